//! Plays a case: each section is one step; an `expect` section gives what happened since the one before it.

use std::fmt::Write as _;

use regex::Regex;
use rejoinder_engine::access::Rights;
use rejoinder_engine::context::{Context, CountedNumbers};
use rejoinder_engine::events::Raise;
use rejoinder_engine::id::Seed;
use rejoinder_engine::inbound::{self, Arrival};
use rejoinder_engine::notify;
use rejoinder_engine::plan::{Actor, Unit};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::request::Change;
use rejoinder_engine::schedule::run::{self, RunStep};
use rejoinder_engine::script::Vocabulary;
use rejoinder_engine::script::console::{self, ConsoleRun};
use rejoinder_engine::time::{HOUR, MINUTE};

use super::case::{Case, Section};
use super::loading::{by_name, fields};
use super::tell::{Teller, Wanted};
use super::world::World;

/// What a case did: the outcome of each `expect` section, a digest of each plan, and how many verdicts were checked.
pub(crate) struct Played {
    pub(crate) outcomes: Vec<String>,
    pub(crate) verdicts: usize,
    pub(crate) hashes: Vec<String>,
}

/// Plays all sections over records in memory.
pub(crate) fn play(case: &Case) -> Played {
    play_in(case, World::new())
}

/// Plays all sections in a world.
pub(crate) fn play_in(case: &Case, mut world: World) -> Played {
    let mut outcomes = Vec::new();
    let mut told = String::new();
    for (place, section) in case.sections.iter().enumerate() {
        let expect = case.sections[place..].iter().find(|section| section.name == "expect");
        let has = |word| expect.is_some_and(|expect| expect.has(word));
        let wanted = Wanted { texts: has("texts"), headers: has("headers"), all: has("all") };
        if section.name == "expect" {
            outcomes.push(std::mem::take(&mut told));
        } else {
            let before = told.len();
            step(&mut world, section, wanted, &mut told);
            if section.has("quiet") {
                told.truncate(before);
            }
        }
    }
    assert!(told.is_empty(), "{}: an `== expect` is missing at the end", case.name);
    Played { outcomes, verdicts: world.verdicts, hashes: world.hashes }
}

fn step(world: &mut World, section: &Section, wanted: Wanted, told: &mut String) {
    match section.name.as_str() {
        "config" if section.has("stale") => world.write_stale(&section.body),
        "config" | "records" => world.write(&section.body),
        "mail" => mail(world, section, wanted, told),
        "events" => events(world, wanted, told),
        "reprocess" => reprocess(world, wanted, told),
        "job" => job(world, section, wanted, told),
        "change" | "insert" | "delete" | "raise" => change(world, section, wanted, told),
        "content" => content(world, section, told),
        "advance" => advance(world, &section.options[0]),
        "relay" => {
            let ours = filled(world, section.after("renames").unwrap());
            let theirs = section.after("to").unwrap();
            world.view.learn(&ours, theirs);
            if let Some(database) = &world.beside {
                database.learn(&ours, theirs);
            }
        }
        other => panic!("`== {other}` is no section"),
    }
}

/// A content script on a record, run by hand: what it prints, and what it makes of the mail.
fn content(world: &mut World, section: &Section, told: &mut String) {
    let record = world.view.numbered(&section.options[0]).unwrap().key();
    let vocabulary = Vocabulary::parse(section.option("vocabulary").unwrap_or_default()).unwrap();
    let params = (1..=2).map(|place| section.option(&format!("param{place}")).map(str::to_owned)).collect();
    let seed = world.next_seed();
    let asked = ConsoleRun {
        id: world.unit_id(seed),
        name: "content".to_owned(),
        vocabulary,
        source: section.body.clone(),
        record: Some(record),
        actor: Actor::system(),
        rights: Rights::Program,
        content: Some(params),
    };
    let view = world.view.clone();
    let plan = world.decide(seed, &view, |context| console::decide(context, &asked).unwrap().0);
    assert!(plan.records.is_empty(), "a content script changes nothing");
    let numbers = CountedNumbers::after("incident", 0);
    let context = Context { config: &world.config, view: &view, now: world.now, seed, numbers: &numbers };
    let outcome = console::decide(context, &asked).unwrap().1;
    writeln!(told, "content of {}", section.options[0]).unwrap();
    if let Some(error) = outcome.error {
        writeln!(told, "  error: {error}").unwrap();
    }
    for line in outcome.log {
        writeln!(told, "  log: {}", line.text).unwrap();
    }
    if !outcome.printed.is_empty() {
        writeln!(told, "  printed: {}", outcome.printed.replace('\n', " ⏎ ")).unwrap();
    }
    let letter = outcome.letter.unwrap_or_default();
    for (kind, people) in [("to", letter.to), ("cc", letter.cc), ("bcc", letter.bcc)] {
        for (address, name) in people {
            writeln!(told, "  {kind}: {name} <{address}>").unwrap();
        }
    }
    let parts = [
        ("from", letter.from),
        ("reply to", letter.reply_to),
        ("subject", letter.subject),
        ("body", letter.body.replace('\n', " ⏎ ")),
    ];
    for (part, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(told, "  {part}: {text}").unwrap();
    }
}

fn advance(world: &mut World, span: &str) {
    let (number, unit) = span.split_at(span.len() - 1);
    let unit = match unit {
        "m" => MINUTE,
        "h" => HOUR,
        "d" => 24 * HOUR,
        _ => panic!("`{span}` is no span: 5m, 2h, 1d"),
    };
    world.now = world.now.plus(number.parse::<i64>().unwrap() * unit);
}

/// The bytes of a mail: placeholders filled, a Message-ID and a recipient where the case leaves them to the runner.
fn bytes(world: &World, section: &Section) -> Vec<u8> {
    let text = filled(world, &section.body);
    let (head, _) = text.split_once("\n\n").unwrap_or((&text, ""));
    let head = head.to_ascii_lowercase();
    let named = |name: &str| head.lines().any(|line| line.starts_with(name));
    let mut added = String::new();
    if !section.has("bare") {
        if !named("message-id:") {
            writeln!(added, "Message-ID: <step-{}@mail.example.org>", world.steps + 1).unwrap();
        }
        if !named("date:") {
            // `2026-11-23T12:00:00.000000Z` as RFC 5322 has it.
            let at = world.now.rfc3339();
            writeln!(added, "Date: {} Nov 2026 {} +0000", &at[8..10], &at[11..19]).unwrap();
        }
        if !named("to:") {
            added.push_str("To: help@example.com\n");
        }
    }
    (added + &text).replace('\n', "\r\n").into_bytes()
}

fn mail(world: &mut World, section: &Section, wanted: Wanted, told: &mut String) {
    let account = section.option("account").unwrap_or("Help-desk").replace('-', " ");
    let account = by_name(&world.view.list(), &world.config.dictionary, "email_account", &account).unwrap();
    let bytes = if section.has("again") { world.last_mail.clone() } else { bytes(world, section) };
    let seed = world.next_seed();
    let mut arrival = Arrival {
        id: world.unit_id(seed),
        seq: 1,
        epoch: 1,
        account,
        bytes: bytes.clone(),
        envelope_from: section.option("return-path").map(|path| path.trim_matches(['<', '>']).to_owned()),
        envelope_to: section.option("rcpt").map(|to| vec![filled(world, to)]).unwrap_or_default(),
        authentication: section.option("checked").unwrap_or_default().to_owned(),
    };
    let subject = rejoinder_mail::parse(&bytes).subject;
    if let Some(database) = &mut world.beside {
        arrival = database.receive(arrival, seed, world.now);
    }
    let decide = |context: Context<'_>| inbound::decide(context, &arrival).unwrap();
    if section.has("at-the-same-moment") {
        let before = world.before.clone();
        let plan = world.decide(seed, &before, decide);
        assert!(!world.view.holds(&plan), "at the same moment, and yet nothing that was read has changed");
        if let Some(database) = &world.beside {
            database.conflicts(&plan);
        }
        told.push_str("decided again: what was read has changed\n");
    }
    world.before = world.view.clone();
    let received_at = world.now;
    let plan = world.settle(seed, decide);
    world.last_mail = bytes;
    world.decided(arrival, &plan, received_at);
    told.push_str(&Teller { world, wanted }.mail(&subject, &plan));
}

/// The last mail is decided once more.
fn reprocess(world: &mut World, wanted: Wanted, told: &mut String) {
    let (arrival, before) = world.last_decided.clone().unwrap();
    if let Some(database) = &world.beside {
        database.has_done(&arrival, &before);
    }
    let subject = rejoinder_mail::parse(&arrival.bytes).subject;
    let seed = world.next_seed();
    let id = world.unit_id(seed);
    world.before = world.view.clone();
    let plan = world.settle(seed, |context| {
        let unit = Unit::Request { id };
        inbound::again::decide_again(context, &arrival, &before, (unit, "Boris Petrov")).unwrap()
    });
    world.decided(arrival, &plan, before.received_at);
    told.push_str(&Teller { world, wanted }.mail(&subject, &plan));
}

fn events(world: &mut World, wanted: Wanted, told: &mut String) {
    let waiting = std::mem::take(&mut world.events);
    for mut event in waiting {
        if let Some(database) = &mut world.beside {
            event = database.claim(event, world.now);
        }
        let plan = world.settle(event.seed, |context| notify::decide(context, &event).unwrap());
        let teller = Teller { world, wanted };
        writeln!(told, "event {}", event.name).unwrap();
        teller.steps(&plan, told);
        teller.effects(&plan, told);
    }
}

/// One step of a run of a scheduled job, whose name is written with `-` for spaces.
fn job(world: &mut World, section: &Section, wanted: Wanted, told: &mut String) {
    let name = section.options[0].replace('-', " ");
    let job = by_name(&world.view.list(), &world.config.dictionary, "scheduled_job", &name).unwrap();
    let seed = world.next_seed();
    let run = world.unit_id(seed);
    let epoch = world.beside.as_mut().map_or(1, |database| database.run(run, job, seed, world.now));
    let step = RunStep { run, epoch, job, cursor: None };
    world.before = world.view.clone();
    let plan = world.settle(seed, |context| run::decide(context, &step).unwrap());
    writeln!(told, "job {name}").unwrap();
    let teller = Teller { world, wanted };
    teller.steps(&plan, told);
    teller.effects(&plan, told);
}

fn change(world: &mut World, section: &Section, wanted: Wanted, told: &mut String) {
    let by = section.after("by").map_or_else(Actor::system, |name| world.actor(name));
    let key = || {
        let called = section.after("on").unwrap_or(&section.options[0]);
        let named = || world.view.records.values().find(|record| record.text("name") == called);
        let record = world.view.numbered(called).or_else(named).unwrap();
        RecordKey { table: record.table.clone(), id: record.id }
    };
    let values = |table: &str| {
        let written: toml::Table = toml::from_str(&section.body).unwrap();
        fields(&world.view.list(), &world.config.dictionary, table, &written)
    };
    let asked = match section.name.as_str() {
        "insert" => {
            let table = section.options[0].clone();
            Change::Insert { fields: values(&table), table, id: None }
        }
        "delete" => Change::Delete { key: key() },
        "raise" => {
            let params =
                section.body.lines().filter(|line| !line.is_empty()).map(|line| Some(line.to_owned()));
            let params = params.collect();
            let raise = Raise { name: section.options[0].clone(), params, ..Raise::default() };
            Change::Raise { key: key(), raise }
        }
        _ => {
            let key = key();
            Change::Update { fields: values(&key.table), key }
        }
    };
    world.before = world.view.clone();
    writeln!(told, "{} {} by {}", section.name, section.options[0], by.label).unwrap();
    match world.request(by, vec![asked]) {
        Ok(plan) => {
            if let Some(chain) = section.option("chain") {
                let chain: Vec<String> = chain.split(',').map(str::to_owned).collect();
                world.events.iter_mut().for_each(|event| event.chain.clone_from(&chain));
                if let Some(database) = &world.beside {
                    database.chain(&chain);
                }
            }
            let teller = Teller { world, wanted };
            teller.steps(&plan, told);
            teller.effects(&plan, told);
        }
        Err(error) => writeln!(told, "  refused: {error}").unwrap(),
    }
}

/// Fills `{…}`: what a mail client would have copied from a mail of ours, or what the case wants forged.
fn filled(world: &World, text: &str) -> String {
    let hole = Regex::new(r"\{([a-z-]+)(?::([^}]+))?\}").unwrap();
    let fill = |hit: &regex::Captures<'_>| {
        let of = hit.get(2).map(|of| of.as_str()).unwrap_or_default();
        let last_to = |address: &str| {
            let sent = world
                .sent
                .iter()
                .rev()
                .find(|email| email.deliveries.iter().any(|one| one.address == address));
            sent.unwrap_or_else(|| panic!("no mail went to {address}"))
        };
        let token = |number: &str| {
            let record = world.view.numbered(number).unwrap_or_else(|| panic!("no record {number}"));
            world.config.keys.token(record.id, world.now).unwrap()
        };
        match &hit[1] {
            "message-id" => last_to(of).message_id.clone(),
            // The id of a mail of ours about the record that nothing is left of.
            "lost-message-id" => {
                let record = world.view.numbered(of).unwrap_or_else(|| panic!("no record {of}")).id;
                let email = Seed::new([7; 32]).id("lost", world.now);
                world.config.keys.message_id(email, Some(record), "example.com").unwrap()
            }
            "token" => token(of),
            "forged-token" => {
                let token = token(of);
                let first = if token.starts_with('b') { 'c' } else { 'b' };
                format!("{first}{}", &token[1..])
            }
            "quote" => {
                let quoted: Vec<String> = last_to(of).text.lines().map(|line| format!("> {line}")).collect();
                quoted.join(
                    "
",
                )
            }
            "subject" => last_to(of).subject.clone(),
            "times" => {
                let (count, what) = of.split_once(':').unwrap();
                what.repeat(count.parse().unwrap())
            }
            other => panic!("`{{{other}}}` is no placeholder"),
        }
    };
    hole.replace_all(text, fill).into_owned()
}
