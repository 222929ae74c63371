//! Damaged mails through the whole decision with the shipped packs, a million by `make torture`: nothing panics, memory
//! does not grow, and nearly every mail under 2 MB is decided within a tenth of a second.
//!
//! `--mails N`, `--seed S`, `--only PLACE` (one mail again, which is also written beside: `torture-PLACE.eml`),
//! `--corpora FOLDER` (the one beside the project otherwise; the mails of a place are others with others).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot go on ends")]
#![expect(clippy::print_stdout, reason = "figures are for people")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rejoinder_testkit::torture::{CORPORA, Mutator, Tally, World, resident};

/// Mails where nothing is said: among the other benchmarks. `make torture` plays a million.
const MAILS: u64 = 50_000;
/// Memory must be flat from here on.
const WARM: u64 = 10_000;
/// What it may grow afterwards, in kilobytes: an allocator keeps pieces of large mails.
const GROWTH_KB: u64 = 64 * 1_024;
/// Between two lines of figures.
const SAY: u64 = 100_000;
/// The goal for 99.9 % of the mails.
const GOAL: Duration = Duration::from_millis(100);
/// The stack of the threads that decide in the program.
const STACK_BYTES: usize = 2 * 1_024 * 1_024;

#[derive(Clone)]
struct Asked {
    mails: u64,
    seed: u64,
    only: Option<u64>,
    corpora: PathBuf,
}

fn asked() -> Asked {
    let all: Vec<String> = std::env::args().collect();
    let text = |name: &str| {
        let place = all.iter().position(|argument| argument == name)?;
        all.get(place + 1).map(String::as_str)
    };
    let number = |name: &str| {
        let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("{name} NUMBER, and not {text}"));
        text(name).map(number)
    };
    Asked {
        mails: number("--mails").unwrap_or(MAILS),
        seed: number("--seed").unwrap_or(1),
        only: number("--only"),
        corpora: PathBuf::from(text("--corpora").unwrap_or(CORPORA)),
    }
}

fn main() -> ExitCode {
    let asked = asked();
    let run = move || match asked.only {
        Some(place) => one(&asked, place),
        None => all(&asked),
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run).unwrap();
    if thread.join().unwrap() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(asked: &Asked, place: u64) -> bool {
    let world = World::new();
    let mutator = Mutator::new(asked.seed, world.leads.clone(), Some(&asked.corpora));
    let (bytes, name) = mutator.mail(place);
    let file = format!("torture-{place}.eml");
    std::fs::write(&file, &bytes).unwrap();
    println!("mail {place} of seed {}, made of {name}: {} bytes, written to {file}", asked.seed, bytes.len());
    for _ in 0..3 {
        let played = world.play(place, bytes.clone());
        let ended = played.plan.as_ref().err().map_or("decided", String::as_str);
        println!("  {:.2} ms: {ended}", millis(played.used));
        if played.plan.is_err() {
            return false;
        }
    }
    true
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn all(asked: &Asked) -> bool {
    let world = World::new();
    let mutator = Mutator::new(asked.seed, world.leads.clone(), Some(&asked.corpora));
    let (fixtures, corpora) = mutator.bases();
    let mails = usize::try_from(asked.mails).unwrap();
    println!(
        "{mails} mails of seed {}, made of {fixtures} fixtures and {corpora} mails of corpora",
        asked.seed
    );
    let (mut tally, mut bytes, mut warm, mut most) = (Tally::new(mails), 0, 0, 0);
    let began = Instant::now();
    for place in 0..asked.mails {
        let (mail, name) = mutator.mail(place);
        bytes += mail.len();
        let played = world.play(place, mail);
        tally.add(place, played.used);
        if let Err(why) = played.plan {
            println!("  mail {place} (of {name}): {why}");
            tally.faults.push((place, why));
        }
        let done = place + 1;
        if done == WARM {
            warm = resident();
        }
        if done.is_multiple_of(SAY) || done == WARM {
            most = most.max(resident());
            let took = began.elapsed().as_secs_f64();
            println!("  {done:>9} mails after {took:>5.0} s: {} MB resident", resident() / 1_024);
        }
    }
    println!("  {:.1} kB a mail", per(bytes, mails) / 1e3);
    told(asked, &tally, (warm, most))
}

fn told(asked: &Asked, tally: &Tally, (warm, most): (u64, u64)) -> bool {
    let [p50, p99, p999, max] = tally.within(&[500, 990, 999, 1_000])[..] else { return false };
    let quick = p999 <= GOAL;
    let flat = asked.mails <= WARM || most <= warm + GROWTH_KB;
    let word = |good| if good { "reached" } else { "NOT reached" };
    println!(
        "  p50 {:.2}  p99 {:.2}  p99.9 {:.2}  max {:.1} ms of processor time (goal: p99.9 <= {} ms: {})",
        millis(p50),
        millis(p99),
        millis(p999),
        millis(max),
        GOAL.as_millis(),
        word(quick)
    );
    println!(
        "  resident: {} MB after {WARM}, {} MB at most (flat: {})",
        warm / 1_024,
        most / 1_024,
        word(flat)
    );
    println!("  panics and errors: {}", tally.faults.len());
    for (time, place) in tally.slowest() {
        println!("  {:>8.1} ms: --seed {} --only {place}", millis(*time), asked.seed);
    }
    quick && flat && tally.faults.is_empty()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn per(sum: usize, count: usize) -> f64 {
    sum as f64 / count.max(1) as f64
}
