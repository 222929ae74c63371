//! Plays a case: each section is one step; an `expect` section gets what happened since the one before it.

use std::fmt::Write as _;

use rejoinder_engine::access::Rights;
use rejoinder_engine::context::Context;
use rejoinder_engine::events::Raise;
use rejoinder_engine::inbound::{self, Arrival};
use rejoinder_engine::notify;
use rejoinder_engine::plan::{Actor, Plan, Unit};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::request::Change;
use rejoinder_engine::schedule::run::{self, RunStep};
use rejoinder_engine::script::Vocabulary;
use rejoinder_engine::script::console::{self, ConsoleOutcome, ConsoleRun};
use rejoinder_engine::time::{HOUR, MINUTE, Timestamp};

use crate::case::{Case, EXPECT, Section};
use crate::error::{CaseError, Fault};
use crate::letter::{bytes, filled};
use crate::named::{by_name, called, numbered};
use crate::tell::{Teller, Wanted};
use crate::words::SECTIONS;
use crate::world::{NotDone, World};

/// The account that receives where a mail names none.
const ACCOUNT: &str = "Help desk";
/// Parameters that a content script is given.
const CONTENT_PARAMS: [&str; 2] = ["param1", "param2"];

/// What a case did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// The outcome of each `expect` section.
    pub outcomes: Vec<String>,
}

/// Plays all sections in a world.
pub fn play(case: &Case, world: &mut World) -> Result<Played, CaseError> {
    let mut outcomes = Vec::new();
    let mut told = String::new();
    for (place, section) in case.sections.iter().enumerate() {
        if section.name == EXPECT {
            outcomes.push(std::mem::take(&mut told));
            continue;
        }
        let expect = case.sections.iter().skip(place).find(|section| section.name == EXPECT);
        let has = |word| expect.is_some_and(|expect| expect.has(word));
        let (texts, headers, all, brief) = (has("texts"), has("headers"), has("all"), has("brief"));
        let wanted = Wanted { texts, headers, all, brief };
        let before = told.len();
        step(world, section, wanted, &mut told)
            .map_err(|fault| CaseError::of(&case.path, section.line, fault))?;
        if section.has("quiet") {
            told.truncate(before);
        }
    }
    Ok(Played { outcomes })
}

fn step(world: &mut World, section: &Section, wanted: Wanted, told: &mut String) -> Result<(), Fault> {
    match section.name.as_str() {
        "config" if section.has("stale") => world.write_stale(&section.body),
        "config" | "records" => world.write(&section.body),
        "mail" => mail(world, section, wanted, told),
        "reprocess" => reprocess(world, wanted, told),
        "events" => events(world, wanted, told),
        "job" => job(world, section, wanted, told),
        "change" | "insert" | "delete" | "raise" => change(world, section, wanted, told),
        "content" => content(world, section, told),
        "advance" => advance(world, section.first()),
        "time" => go_to(world, section.first()),
        "relay" => relay(world, section),
        other => {
            let names = SECTIONS.iter().map(|section| section.name);
            Err(Fault::unknown(format!("`== {other}` is no section"), other, names))
        }
    }
}

fn advance(world: &mut World, span: &str) -> Result<(), Fault> {
    let wrong = || Fault::new(format!("`{span}` is no span of time")).hint("write `5m`, `2h` or `1d`");
    let unit = match span.chars().last() {
        Some('m') => MINUTE,
        Some('h') => HOUR,
        Some('d') => 24 * HOUR,
        _ => return Err(wrong()),
    };
    let number: i64 = span.get(..span.len() - 1).and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
    if number < 0 {
        return Err(wrong());
    }
    world.now = world.now.plus(number.saturating_mul(unit));
    Ok(())
}

fn go_to(world: &mut World, moment: &str) -> Result<(), Fault> {
    let wrong = || Fault::new(format!("`{moment}` is no moment")).hint("write `2026-12-01T09:30:00Z`");
    let at = Timestamp::parse(moment).ok_or_else(wrong)?;
    if at < world.now {
        let problem = format!("{at} lies before {}, which the case has come to", world.now);
        return Err(Fault::new(problem).hint("time only goes on"));
    }
    world.now = at;
    Ok(())
}

fn relay(world: &mut World, section: &Section) -> Result<(), Fault> {
    let ours = filled(world, section.after("renames").unwrap_or_default())?;
    let theirs = section.after("to").unwrap_or_default();
    if !world.view.learn(&ours, theirs) {
        return Err(Fault::new(format!("no mail of ours has the Message-ID `{ours}`")));
    }
    if let Some(database) = &world.beside {
        database.learn(&ours, theirs);
    }
    Ok(())
}

/// The id of what a section names; a name without blanks may have `-` in their places.
fn named(world: &World, table: &str, name: &str) -> Result<rejoinder_engine::id::Id, Fault> {
    let dictionary = &world.config.dictionary;
    let exact = by_name(&world.view, dictionary, table, name);
    exact.map_or_else(|| called(&world.view, dictionary, table, &name.replace('-', " ")), Ok)
}

fn mail(world: &mut World, section: &Section, wanted: Wanted, told: &mut String) -> Result<(), Fault> {
    let account = named(world, "email_account", section.option("account").unwrap_or(ACCOUNT))?;
    let bytes = if section.has("again") { world.last_mail.clone() } else { bytes(world, section)? };
    let envelope_to = section.option("rcpt").map(|to| filled(world, to)).transpose()?;
    let seed = world.next_seed();
    let mut arrival = Arrival {
        id: world.unit_id(seed),
        seq: 1,
        epoch: 1,
        account,
        bytes: bytes.clone(),
        envelope_from: section.option("return-path").map(|path| path.trim_matches(['<', '>']).to_owned()),
        envelope_to: envelope_to.into_iter().collect(),
        authentication: section.option("checked").unwrap_or_default().to_owned(),
    };
    let subject = rejoinder_mail::parse(&bytes).subject;
    if let Some(database) = &mut world.beside {
        arrival = database.receive(arrival, seed, world.now);
    }
    let decide = |context: Context<'_>| inbound::decide(context, &arrival).map_err(|error| error.to_string());
    if section.has("at-the-same-moment") {
        let before = world.before.clone();
        let plan = world.decide(seed, &before, decide)?;
        if world.view.holds(&plan) {
            let problem = "nothing that the mail's decision reads was changed by the mail before it";
            return Err(Fault::new(problem).hint("leave out `at-the-same-moment`"));
        }
        if let Some(database) = &world.beside {
            database.conflicts(&plan);
        }
        told.push_str("decided again: what was read has changed\n");
    }
    world.before = world.view.clone();
    let received_at = world.now;
    let plan = world.settle(seed, decide)?;
    world.last_mail = bytes;
    world.has_done(arrival, &plan, received_at);
    told.push_str(&Teller { world, wanted }.mail(&subject, &plan));
    Ok(())
}

/// The last mail is decided once more.
fn reprocess(world: &mut World, wanted: Wanted, told: &mut String) -> Result<(), Fault> {
    let nothing = || Fault::new("no mail has come that could be decided once more");
    let (arrival, before) = world.last_decided.clone().ok_or_else(nothing)?;
    if let Some(database) = &world.beside {
        database.has_done(&arrival, &before);
    }
    let subject = rejoinder_mail::parse(&arrival.bytes).subject;
    let seed = world.next_seed();
    let id = world.unit_id(seed);
    world.before = world.view.clone();
    let plan = world.settle(seed, |context| {
        let for_whom = (Unit::Request { id }, "somebody");
        inbound::again::decide_again(context, &arrival, &before, for_whom).map_err(|error| error.to_string())
    })?;
    world.has_done(arrival, &plan, before.received_at);
    told.push_str(&Teller { world, wanted }.mail(&subject, &plan));
    Ok(())
}

/// Tells the steps of a plan and what it does.
fn tell(world: &World, wanted: Wanted, plan: &Plan, told: &mut String) {
    let teller = Teller { world, wanted };
    teller.steps(plan, told);
    teller.effects(plan, told);
}

fn events(world: &mut World, wanted: Wanted, told: &mut String) -> Result<(), Fault> {
    for mut event in world.take_events() {
        if let Some(database) = &mut world.beside {
            event = database.claim(event, world.now);
        }
        let decide =
            |context: Context<'_>| notify::decide(context, &event).map_err(|error| error.to_string());
        let plan = world.settle(event.seed, decide)?;
        let _ = writeln!(told, "event {}", event.name);
        tell(world, wanted, &plan, told);
    }
    Ok(())
}

/// One step of a run of a scheduled job.
fn job(world: &mut World, section: &Section, wanted: Wanted, told: &mut String) -> Result<(), Fault> {
    let job = named(world, "scheduled_job", section.first())?;
    let name = world.view.records.get(&job).map_or("", |record| record.text("name")).to_owned();
    let seed = world.next_seed();
    let run = world.unit_id(seed);
    let epoch = world.beside.as_mut().map_or(1, |database| database.run(run, job, seed, world.now));
    let step = RunStep { run, epoch, job, cursor: None };
    world.before = world.view.clone();
    let decide = |context: Context<'_>| run::decide(context, &step).map_err(|error| error.to_string());
    let plan = world.settle(seed, decide)?;
    let _ = writeln!(told, "job {name}");
    tell(world, wanted, &plan, told);
    Ok(())
}

fn change(world: &mut World, section: &Section, wanted: Wanted, told: &mut String) -> Result<(), Fault> {
    let by = section.after("by").map_or_else(|| Ok(Actor::system()), |name| world.actor(name))?;
    let asked = asked_for(world, section)?;
    world.before = world.view.clone();
    let _ = writeln!(told, "{} {} by {}", section.name, section.first(), by.label);
    let plan = match world.request(by, vec![asked]) {
        Ok(plan) => plan,
        Err(NotDone::Refused(words)) => {
            let _ = writeln!(told, "  refused: {words}");
            return Ok(());
        }
        Err(NotDone::Fault(fault)) => return Err(fault),
    };
    if let Some(chain) = section.option("chain") {
        let chain: Vec<String> = chain.split(',').map(str::to_owned).collect();
        world.events.iter_mut().for_each(|event| event.chain.clone_from(&chain));
        if let Some(database) = &world.beside {
            database.chain(&chain);
        }
    }
    tell(world, wanted, &plan, told);
    Ok(())
}

/// The change that a section asks for.
fn asked_for(world: &World, section: &Section) -> Result<Change, Fault> {
    let first = section.first();
    let key = |number: &str| {
        let record = numbered(&world.view, number)?;
        Ok::<_, Fault>(RecordKey { table: record.table.clone(), id: record.id })
    };
    Ok(match section.name.as_str() {
        "insert" => {
            Change::Insert { fields: world.values(first, &section.body)?, table: first.to_owned(), id: None }
        }
        "delete" => Change::Delete { key: key(first)? },
        "raise" => {
            let params =
                section.body.lines().filter(|line| !line.is_empty()).map(|line| Some(line.to_owned()));
            let raise = Raise { name: first.to_owned(), params: params.collect(), ..Raise::default() };
            Change::Raise { key: key(section.after("on").unwrap_or_default())?, raise }
        }
        _ => {
            let key = key(first)?;
            Change::Update { fields: world.values(&key.table, &section.body)?, key }
        }
    })
}

/// A content script on a record, run by hand: what it prints, and what it makes of the mail.
fn content(world: &mut World, section: &Section, told: &mut String) -> Result<(), Fault> {
    let record = numbered(&world.view, section.first())?.key();
    let word = section.option("vocabulary").unwrap_or_default();
    let vocabulary = Vocabulary::parse(word).ok_or_else(|| {
        Fault::unknown(format!("`{word}` is no vocabulary"), word, Vocabulary::ALL.map(Vocabulary::word))
    })?;
    let seed = world.next_seed();
    let asked = ConsoleRun {
        id: world.unit_id(seed),
        name: "content".to_owned(),
        vocabulary,
        source: section.body.clone(),
        record: Some(record),
        actor: Actor::system(),
        rights: Rights::Program,
        content: Some(CONTENT_PARAMS.map(|name| section.option(name).map(str::to_owned)).to_vec()),
    };
    let view = world.view.clone();
    let decided = |context: Context<'_>| console::decide(context, &asked).map_err(|error| error.to_string());
    let plan = world.decide(seed, &view, |context| Ok(decided(context)?.0))?;
    if !plan.records.is_empty() {
        return Err(Fault::new("a content script changes nothing, and this one does"));
    }
    let numbers = world.numbers();
    let context = Context { config: &world.config, view: &view, now: world.now, seed, numbers: &numbers };
    let outcome = decided(context).map_err(Fault::new)?.1;
    let _ = writeln!(told, "content of {}", section.first());
    tell_content(outcome, told);
    Ok(())
}

fn tell_content(outcome: ConsoleOutcome, told: &mut String) {
    if let Some(error) = outcome.error {
        let _ = writeln!(told, "  error: {error}");
    }
    for line in outcome.log {
        let _ = writeln!(told, "  log: {}", line.text);
    }
    if !outcome.printed.is_empty() {
        let _ = writeln!(told, "  printed: {}", outcome.printed.replace('\n', " ⏎ "));
    }
    let letter = outcome.letter.unwrap_or_default();
    for (kind, people) in [("to", letter.to), ("cc", letter.cc), ("bcc", letter.bcc)] {
        for (address, name) in people {
            let _ = writeln!(told, "  {kind}: {name} <{address}>");
        }
    }
    let parts = [
        ("from", letter.from),
        ("reply to", letter.reply_to),
        ("subject", letter.subject),
        ("body", letter.body.replace('\n', " ⏎ ")),
    ];
    for (part, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
        let _ = writeln!(told, "  {part}: {text}");
    }
}
