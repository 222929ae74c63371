//! Made-up conversations of which it is known where each mail belongs: none may end on another record.
//!
//! The same seeds make the same conversations. `REJOINDER_THREADS` says how many are played, for longer runs.

mod clients;
mod desk;
mod dice;
mod kinds;
mod letters;

use std::collections::BTreeMap;

use desk::{AT_ONCE, Broken, Tally};
use kinds::Outcome;

/// Threads of a normal run.
const THREADS: usize = 2_000;
/// Threads that find a broken rule.
const THREADS_BROKEN: usize = 80;

/// Plays that many threads, a few at a time on each processor.
fn play(threads: usize, broken: Broken) -> Tally {
    let desks = threads.div_ceil(AT_ONCE);
    let hands = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    std::thread::scope(|scope| {
        let mine = |hand: usize| {
            move || {
                let mut tally = Tally::default();
                (hand..desks).step_by(hands).for_each(|seed| {
                    tally.add(desk::play(u64::try_from(seed).unwrap(), broken));
                });
                tally
            }
        };
        let all: Vec<_> = (0..hands).map(|hand| scope.spawn(mine(hand))).collect();
        let mut tally = Tally::default();
        all.into_iter().for_each(|hand| tally.add(hand.join().unwrap()));
        // Whatever the number of processors.
        tally.wrong.sort();
        tally
    })
}

fn told(tally: &Tally) -> String {
    let of = |outcome: Outcome| -> usize {
        tally.counts.iter().filter(|((_, one), _)| *one == outcome).map(|(_, count)| count).sum()
    };
    format!(
        "threads: {} with {} mails: {} filed right ({} where agents see it, {} as automatic answers, {} as \
         linked new ones), {} as new with the record related, {} as new, {} need attention, {} filed wrong",
        tally.threads,
        tally.mails,
        of(Outcome::Filed) + of(Outcome::Note) + of(Outcome::Noted) + of(Outcome::FollowUp),
        of(Outcome::Note),
        of(Outcome::Noted),
        of(Outcome::FollowUp),
        of(Outcome::Related),
        of(Outcome::New),
        of(Outcome::Attention),
        of(Outcome::Wrong)
    )
}

fn wrong(tally: &Tally) -> usize {
    tally.counts.iter().filter(|((_, outcome), _)| *outcome == Outcome::Wrong).map(|(_, count)| count).sum()
}

#[test]
fn no_mail_of_thousands_of_threads_is_filed_on_the_wrong_record() {
    let threads = std::env::var("REJOINDER_THREADS").ok().and_then(|text| text.parse().ok());
    let tally = play(threads.unwrap_or(THREADS), Broken::Nothing);
    println!("{}", told(&tally));
    let mut by_kind: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for ((kind, outcome), count) in &tally.counts {
        by_kind.entry(kind).or_default().push(format!("{outcome:?} {count}"));
    }
    by_kind.iter().for_each(|(kind, counts)| println!("  {kind:?}: {}", counts.join(", ")));
    let shown: Vec<&String> = tally.wrong.iter().take(3).collect();
    assert!(shown.is_empty(), "{} mails became what they must not:\n{shown:#?}", tally.wrong.len());
    assert_eq!(wrong(&tally), 0);
}

#[test]
fn the_same_seeds_make_the_same_threads() {
    assert_eq!(play(2 * AT_ONCE, Broken::Nothing), play(2 * AT_ONCE, Broken::Nothing));
}

#[test]
fn a_rule_that_is_broken_on_purpose_is_found_out() {
    for broken in [Broken::LoneNumbersCount, Broken::LoneTokensCount] {
        let tally = play(THREADS_BROKEN, broken);
        println!("{broken:?}: {} of {} mails filed wrong", wrong(&tally), tally.mails);
        assert!(wrong(&tally) > 0, "{broken:?} was not noticed: {}", told(&tally));
    }
}
