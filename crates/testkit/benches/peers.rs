//! Head to head with Roundup and django-helpdesk: the same 500 mails, how fast each takes them, and what it makes of them.
//!
//! Each system in turn, several times over, on an empty database that has taken a few mails before. First come new
//! mails of many kinds, the same bytes for all; then replies, which differ in nothing but the ids and numbers that each
//! system itself has answered with. The others run in one process as their own code takes mails, with the quickest
//! settings that they have; ours takes them over SMTP. What should come of each mail is written beside it
//! (`peers/letters.rs`), and one judge looks at all of them. `scripts/bench-peers` installs the others for it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot go on ends"
)]
#![expect(clippy::indexing_slicing, reason = "texts are chosen from lists of this file")]
#![expect(clippy::print_stdout, reason = "figures are for people")]

#[path = "peers/judge.rs"]
mod judge;
#[path = "peers/letters.rs"]
mod letters;
#[path = "peers/mime.rs"]
mod mime;
#[path = "peers/ours.rs"]
mod ours;
#[path = "peers/peer.rs"]
mod peer;
#[path = "peers/replies.rs"]
mod replies;
#[path = "peers/texts.rs"]
mod texts;

use std::time::{Duration, Instant};

use judge::{Seen, Took, Verdict, faults, table};
use letters::{Home, Letter, Writer, conversations, others};
use ours::Ours;
use peer::{PYTHON, Peer};
use rejoinder_testkit::random::Random;
use replies::{Sent, replies};
use tokio::runtime::Runtime;

/// How often each system takes all mails; `--runs N` says otherwise.
const RUNS: usize = 3;
/// What the mails are made from.
const SEED: u64 = 7;
/// Mails that are taken before anything is measured.
const WARM_UP: usize = 30;
/// Scripts of the other systems.
const PEERS: [&str; 2] = ["roundup_tracker.py", "django_helpdesk.py"];

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// One run of one system.
struct Run {
    wall: Duration,
    processor: Duration,
    verdict: Verdict,
    letters: Vec<Letter>,
    /// Ours alone: until the rules have heard of everything, and the clients' share of the processor time.
    more: Option<(Duration, Duration)>,
}

/// The new mails: those that are replied to, and all of them in the order in which they come.
struct Mails {
    warm_up: Vec<Letter>,
    conversations: Vec<Letter>,
    first: Vec<Letter>,
}

fn mails() -> Mails {
    let mut warm = Writer::new(SEED + 1, "warm");
    let warm_up = conversations(&mut warm).into_iter().step_by(5).take(WARM_UP).collect();
    let mut writer = Writer::new(SEED, "mark");
    let conversations = conversations(&mut writer);
    let mut first = conversations.clone();
    first.extend(others(&mut writer, &conversations));
    shuffle(&mut first, SEED);
    Mails { warm_up, conversations, first }
}

fn shuffle(letters: &mut [Letter], seed: u64) {
    let mut random = Random::new(seed);
    for last in (1..letters.len()).rev() {
        letters.swap(last, texts::index(&mut random, last + 1));
    }
    // A copy comes after the mail that it is a copy of.
    for at in 0..letters.len() {
        let later = letters.iter().rposition(|other| other.expects.mark == letters[at].expects.mark);
        if let Some(later) = later.filter(|later| *later > at && letters[at].expects.home == Home::Once) {
            letters.swap(at, later);
        }
    }
}

/// The replies to what a system has sent.
fn second(mails: &Mails, took: &Took) -> Vec<Letter> {
    let mut sent = Sent::new();
    for (letter, one) in mails.first.iter().zip(&took.mails) {
        sent.entry(letter.expects.mark.clone()).or_default().extend(one.sent.iter().cloned());
    }
    let mut letters = replies(&mut Writer::new(SEED + 2, "reply"), &mails.conversations, &sent);
    shuffle(&mut letters, SEED + 2);
    letters
}

fn run(
    mails: &Mails,
    mut take: impl FnMut(&[Letter], bool) -> (Took, Vec<Seen>, Option<(Duration, Duration)>),
) -> Run {
    take(&mails.warm_up, false);
    let (first, _, early) = take(&mails.first, false);
    let replies = second(mails, &first);
    let (then, records, late) = take(&replies, true);
    let mut verdict = Verdict::default();
    let letters: Vec<Letter> = mails.first.iter().chain(&replies).cloned().collect();
    for (letter, one) in letters.iter().zip(first.mails.iter().chain(&then.mails)) {
        let faults = faults(letter, one, &records);
        if std::env::args().any(|argument| argument == "--each") && !faults.is_empty() {
            println!(
                "    {} {:?}: {faults:?} {}",
                letter.expects.mark,
                letter.kind,
                one.error.clone().unwrap_or_default()
            );
        }
        verdict.add(letter, &faults);
    }
    let more = early.zip(late).map(|(early, late)| (early.0 + late.0, early.1 + late.1));
    Run { wall: first.wall + then.wall, processor: first.processor + then.processor, verdict, letters, more }
}

fn ours(runtime: &Runtime, mails: &Mails) -> (String, Run) {
    let ours = Ours::start(runtime);
    let about = ours.about();
    let run = run(mails, |letters, records| {
        let (took, more) = ours.take(letters);
        let seen = if records { ours.records() } else { Vec::new() };
        (took, seen, Some((more.told, more.clients)))
    });
    ours.stop(runtime);
    (about, run)
}

fn theirs(python: &str, script: &str, mails: &Mails) -> (String, Run) {
    let mut peer = Peer::start(python, script);
    let run = run(mails, |letters, records| {
        let (took, seen) = peer.take(letters, records);
        (took, seen, None)
    });
    let name = peer.name.clone();
    peer.stop();
    (name, run)
}

/// The middle one, and the span.
fn middle(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[0], values[values.len() - 1])
}

fn millis(time: Duration, mails: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of mails is small")]
    let mails = mails as f64;
    time.as_secs_f64() * 1_000.0 / mails
}

fn report(all: &[(String, Vec<Run>)]) {
    println!("| system | mails/s | processor time a mail, ms | wrong |\n|---|---|---|---|");
    let mut rates = Vec::new();
    for (name, runs) in all {
        let mails = runs[0].letters.len();
        let rate = middle(runs.iter().map(|run| 1_000.0 / millis(run.wall, mails)).collect());
        let processor = middle(runs.iter().map(|run| millis(run.processor, mails)).collect());
        println!(
            "| {name} | **{:.0}** ({:.0}–{:.0}) | {:.2} ({:.2}–{:.2}) | {} |",
            rate.0, rate.1, rate.2, processor.0, processor.1, processor.2, runs[0].verdict.wrong
        );
        rates.push((rate.0, processor.0));
        if runs[0].more.is_some() {
            let told =
                middle(runs.iter().filter_map(|run| Some(1_000.0 / millis(run.more?.0, mails))).collect());
            let clients = middle(runs.iter().filter_map(|run| Some(millis(run.more?.1, mails))).collect());
            println!(
                "| … until the rules have heard of it; the clients' part | {:.0} ({:.0}–{:.0}) | {:.2} of these | |",
                told.0, told.1, told.2, clients.0
            );
        }
    }
    let fastest = rates[1..].iter().map(|rate| rate.0).fold(0.0, f64::max);
    let least = rates[1..].iter().map(|rate| rate.1).fold(f64::MAX, f64::min);
    println!(
        "\nof the faster of the others: {:.1} times the mails/s (goal 15), {:.1} times less processor time\n",
        rates[0].0 / fastest,
        least / rates[0].1
    );
    let verdicts: Vec<(String, Verdict)> =
        all.iter().map(|(name, runs)| (name.clone(), runs[0].verdict.clone())).collect();
    println!("{}", table(&all[0].1[0].letters, &verdicts));
    for (name, runs) in all {
        if runs.iter().any(|run| run.verdict != runs[0].verdict) {
            println!(
                "{name} judged differently from run to run: {:?}",
                runs.iter().map(|run| run.verdict.wrong).collect::<Vec<_>>()
            );
        }
    }
}

fn add(all: &mut Vec<(String, Vec<Run>)>, (name, run): (String, Run)) {
    match all.iter_mut().find(|(known, _)| *known == name) {
        Some((_, runs)) => runs.push(run),
        None => all.push((name, vec![run])),
    }
}

fn main() {
    let Ok(python) = std::env::var(PYTHON) else {
        println!("peers: left out, {PYTHON} names no Python with them (scripts/bench-peers installs them)");
        return;
    };
    let arguments: Vec<String> = std::env::args().collect();
    let runs = arguments
        .iter()
        .position(|argument| argument == "--runs")
        .and_then(|at| arguments.get(at + 1)?.parse().ok());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mails = mails();
    let mut all: Vec<(String, Vec<Run>)> = Vec::new();
    for _ in 0..runs.unwrap_or(RUNS) {
        let (about, run) = ours(&runtime, &mails);
        if all.is_empty() {
            println!("500 mails; Rejoinder with everything that ships: {about}");
        }
        add(&mut all, ("Rejoinder".to_owned(), run));
        for script in PEERS {
            add(&mut all, theirs(&python, script, &mails));
        }
    }
    report(&all);
}
