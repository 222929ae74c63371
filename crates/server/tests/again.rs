//! Mails that are decided once more: what they did stays and is not done again, whatever interrupts it. The workers'
//! ticks, called by hand with a clock that is moved by hand, over both databases.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what fails ends the test with its place"
)]

use std::sync::Arc;

use rejoinder_engine::condition::Condition;
use rejoinder_engine::file::NewFile;
use rejoinder_engine::id::Id;
use rejoinder_engine::inbound::INBOUND_ACTION;
use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::{ActivityKind, Actor, Direction, Plan, Unit};
use rejoinder_engine::record::{Fields, Record, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::time::{HOUR, Timestamp};
use rejoinder_engine::value::Value;
use rejoinder_engine::view::{Query, View};
use rejoinder_server::accept::{Incoming, account_for, keep};
use rejoinder_server::app::{App, context};
use rejoinder_server::env::Env;
use rejoinder_server::install::{install, shipped};
use rejoinder_server::limits::{LEASE, REPROCESS_MAX, REPROCESS_SHOWN_MAX};
use rejoinder_server::numbers::RequestNumbers;
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::ops::reprocess::{Which, begin, meant};
use rejoinder_server::serve::open;
use rejoinder_server::wire::Egress;
use rejoinder_server::workers::reprocess::decide_one;
use rejoinder_server::workers::{jobs, notify, process};
use rejoinder_store::{ApplyError, ArrivalFilter, EmailFilter, FaultKind, Page, Reprocessed};
use rejoinder_testkit::folder::Folder;

struct World {
    app: Arc<App>,
    _folder: Folder,
}

/// What a test counts: incidents, comments and notes, mails out, files, open entries of attention.
type Counts = (usize, usize, usize, usize, usize);

impl World {
    fn on_both(name: &str, check: impl Fn(&Self)) {
        check(&Self::over(name, None));
        let Ok(server) = std::env::var("REJOINDER_TEST_POSTGRES") else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "REJOINDER_TEST_POSTGRES is not set");
            println!("left out: REJOINDER_TEST_POSTGRES names no server (make test starts one)");
            println!("{name}: 1 on SQLite, 0 on PostgreSQL");
            return;
        };
        let database = rejoinder_testkit::postgres::database(&server, &name.replace('-', "_"));
        check(&Self::over(&format!("{name}-postgres"), Some(database)));
        println!("{name}: 1 on SQLite, 1 on PostgreSQL");
    }

    fn over(name: &str, database: Option<String>) -> Self {
        let folder = Folder::new(name);
        let store = open(folder.path(), database.as_deref()).unwrap();
        let env = Env::fixed(Timestamp::parse("2026-11-23T12:00:00Z").unwrap(), 42);
        let app = Arc::new(App::new(store, env, Egress::LoopbackOnly, Some("test".to_owned())).unwrap());
        install(&app, &["core", "itsm", "demo"].map(|pack| shipped(pack).unwrap())).unwrap();
        app.env.advance(HOUR);
        Self { app, _folder: folder }
    }

    /// A mail that comes, and everything that follows from it.
    fn receive(&self, mail: &str) -> Id {
        self.receive_at("help@example.com", mail)
    }

    fn receive_at(&self, to: &str, mail: &str) -> Id {
        let account = account_for(&self.app.config().unwrap(), to).unwrap();
        let copy = Incoming {
            account,
            source: "smtp".to_owned(),
            envelope_from: Some("x@example.com".to_owned()),
            envelope_to: vec![to.to_owned()],
            bytes: mail.replace('\n', "\r\n").into_bytes(),
            source_key: None,
            refused: None,
        };
        let kept = keep(&self.app, vec![copy]).unwrap().remove(0);
        self.settle();
        self.app.env.advance(HOUR);
        kept.id
    }

    fn settle(&self) {
        while process::tick(&self.app).unwrap()
            + notify::tick(&self.app).unwrap()
            + jobs::tick(&self.app).unwrap()
            > 0
        {}
    }

    /// Has these decided once more, and gives what became of each.
    fn again(&self, arrivals: &[Id]) -> Vec<Reprocessed> {
        let job = begin(&self.app, boris(), arrivals.to_vec(), None).unwrap();
        self.settle();
        self.app.env.advance(HOUR);
        let (row, mut items) = self.app.store.reprocess_job(job).unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.by.as_str()), ("processed", "Boris"));
        items.sort_by_key(|item| arrivals.iter().position(|id| *id == item.arrival));
        items
    }

    /// The outcome of having one decided once more.
    fn outcome(&self, arrival: Id) -> (String, Option<String>) {
        let item = self.again(&[arrival]).remove(0);
        (item.outcome, item.why.map(|why| why.code))
    }

    fn incidents(&self) -> Vec<Record> {
        self.app.store.view().unwrap().query(&Query::new("incident", Condition::always())).unwrap()
    }

    fn counts(&self) -> Counts {
        let page = Page { after: None, limit: 200 };
        let incidents = self.incidents();
        let of = |record: &Record| {
            let entries = self.app.store.activities(record.id, true, &page).unwrap().items.len();
            (entries, self.app.store.attachments(record.id).unwrap().len())
        };
        let each: Vec<(usize, usize)> = incidents.iter().map(of).collect();
        let filter = EmailFilter { direction: Some(Direction::Outgoing), ..EmailFilter::default() };
        let out = self.app.store.emails(&filter, &page).unwrap().items.len();
        let open = self.app.store.attention(true, &page).unwrap().items.len();
        let sum = |part: fn(&(usize, usize)) -> usize| each.iter().map(part).sum();
        (incidents.len(), sum(|one| one.0), out, sum(|one| one.1), open)
    }

    /// Saves an action of this name, with these values and further texts.
    fn action(&self, name: &str, fields: &[(&str, &str)]) -> RecordKey {
        let mut values: Fields = [("name", name), ("table", "incident")]
            .into_iter()
            .chain(fields.iter().copied())
            .map(|(field, text)| (field.to_owned(), Value::text(text)))
            .collect();
        values.insert("order".to_owned(), Value::Int(500));
        let insert = Change::Insert { table: INBOUND_ACTION.to_owned(), id: None, fields: values };
        change(&self.app, Asker::program(), vec![insert]).unwrap()[0].key()
    }

    fn set(&self, key: &RecordKey, field: &str, value: Value) {
        let fields = [(field.to_owned(), value)].into();
        change(&self.app, Asker::program(), vec![Change::Update { key: key.clone(), fields }]).unwrap();
    }

    /// Takes the shipped actions out of use, or back.
    fn shipped_actions(&self, active: bool) {
        for row in self.app.store.records_of(INBOUND_ACTION).unwrap() {
            if row.get("active").is_true() != active {
                self.set(&row.key(), "active", Value::Bool(active));
            }
        }
    }
}

fn boris() -> Actor {
    Actor { user: Some(record_id("demo", "people/boris")), label: "Boris".to_owned() }
}

fn mail(subject: &str, id: &str) -> String {
    format!(
        "From: anna@example.com\nTo: help@example.com\nSubject: {subject}\nMessage-ID: <{id}@example.com>\nDate: Mon, 23 Nov 2026 11:59:00 +0000\n\nThe text of {subject}.\n"
    )
}

/// The same with a file.
fn with_file(subject: &str, id: &str) -> String {
    format!(
        "From: anna@example.com\nTo: help@example.com\nSubject: {subject}\nMessage-ID: <{id}@example.com>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee the file.\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=log.txt\n\nOne line.\n--b--\n"
    )
}

#[test]
fn a_mail_that_no_action_took_is_decided_anew_and_what_was_open_about_it_is_cleared() {
    World::on_both("again-no-action", |world| {
        world.shipped_actions(false);
        let arrival = world.receive(&with_file("Printer", "m1"));
        assert_eq!(world.counts(), (0, 0, 0, 0, 1), "nothing was done, and a person is told");
        world.shipped_actions(true);
        let filter = ArrivalFilter { attention: Some("no_action".to_owned()), ..ArrivalFilter::default() };
        let found = meant(&world.app, &Which::Found(filter.clone())).unwrap();
        assert_eq!((found.arrivals, found.more), (vec![arrival], false));
        assert_eq!(world.outcome(arrival), ("done".to_owned(), None));
        let (incidents, _, answers, files, open) = world.counts();
        assert_eq!((incidents, answers, files, open), (1, 1, 1, 0));
        let about = world.app.store.arrival(arrival).unwrap().unwrap().email.unwrap();
        let cleared = world.app.store.attention_of(&[about]).unwrap().remove(0).cleared;
        assert_eq!(cleared.map(|(_, by)| by).as_deref(), Some("Boris: reprocessed"));
        assert_eq!(meant(&world.app, &Which::Found(filter)).unwrap().arrivals, []);
        let row = world.app.store.email(about).unwrap().unwrap();
        assert_eq!((row.row.state.word(), row.row.why, row.links.len()), ("processed", None, 1));
        assert_eq!(row.attachments.len(), 1, "the file is one, and on the record");
    });
}

/// Mails that were taken before the program knew of protection have none in their row.
#[test]
fn what_an_earlier_program_did_not_tell_of_a_mail_is_told_then() {
    World::on_both("again-protection", |world| {
        let signed = "From: anna@example.com\nTo: help@example.com\nSubject: Sealed\nMessage-ID: <s1@example.com>\n\
                      Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\n\n\
                      --b\nContent-Type: text/plain\n\nSigned.\n--b\nContent-Type: application/pgp-signature\n\n\
                      -----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n--b--\n";
        let arrival = world.receive(signed);
        let store = &world.app.store;
        let kept = || {
            let sql = "SELECT protection FROM email WHERE direction = 'incoming'";
            store.read(|tx| tx.query(sql, &[])?.first().unwrap().text(0)).unwrap()
        };
        assert_eq!(kept(), "signed");
        store.write(|tx| tx.execute("UPDATE email SET protection = NULL", &[]).map(|_| ())).unwrap();
        assert_eq!(world.outcome(arrival).0, "nothing");
        assert_eq!(kept(), "signed");
    });
}

#[test]
fn what_was_done_is_not_done_again() {
    World::on_both("again-done", |world| {
        let first = world.receive(&with_file("Printer", "m1"));
        let number = world.incidents()[0].text("number").to_owned();
        let answer = format!(
            "From: anna@example.com\nTo: help@example.com\nSubject: Re: Printer\nMessage-ID: <m2@example.com>\nIn-Reply-To: <m1@example.com>\n\nIt is {number}.\n"
        );
        let second = world.receive(&answer);
        let away = "From: anna@example.com\nTo: help@example.com\nSubject: Away\nMessage-ID: <m3@example.com>\nAuto-Submitted: auto-replied\nIn-Reply-To: <m1@example.com>\n\nBack on Monday.\n".to_owned();
        let third = world.receive(&away);
        let before = world.counts();
        assert_eq!((before.0, before.1), (1, 2), "an incident with a comment and an automatic answer");
        for round in 0..2 {
            let outcomes = world.again(&[first, second, third]);
            let words: Vec<&str> = outcomes.iter().map(|one| one.outcome.as_str()).collect();
            assert_eq!(words, ["nothing"; 3], "round {round}");
            assert_eq!(world.counts(), before, "round {round}");
        }
        let traces = world.app.store.traces(first).unwrap();
        assert_eq!(traces.len(), 3, "each decision keeps its reason");
        assert!(
            traces[2].tell().contains("Create incident: skipped (it had its effects on this mail before")
        );
        let kinds = world.app.store.activities(world.incidents()[0].id, true, &Page::default()).unwrap();
        let noted = kinds.items.iter().filter(|one| one.kind == ActivityKind::AutomaticAnswer).count();
        assert_eq!(noted, 1);
    });
}

#[test]
fn only_what_failed_and_what_is_new_is_run() {
    World::on_both("again-failed", |world| {
        let broken = world.action(
            "Note it",
            &[("message_type", "new"), ("target", "record"), ("script", "throw new Error('not yet');")],
        );
        let arrival = world.receive(&mail("Printer", "m1"));
        assert_eq!(world.counts(), (1, 0, 1, 0, 1), "the others ran, and a person is told");
        world.set(&broken, "script", Value::text("current.work_notes = 'Noted'; current.update();"));
        assert_eq!(world.outcome(arrival), ("done".to_owned(), None));
        assert_eq!(world.counts(), (1, 1, 1, 0, 0));
        world.action(
            "Say it, too",
            &[
                ("message_type", "new"),
                ("target", "record"),
                ("script", "current.work_notes = 'Said'; current.update();"),
            ],
        );
        assert_eq!(world.outcome(arrival).0, "done");
        assert_eq!(world.outcome(arrival).0, "nothing");
        assert_eq!(world.counts(), (1, 2, 1, 0, 0));
    });
}

#[test]
fn a_step_that_is_interrupted_leaves_nothing_and_is_done_once() {
    World::on_both("again-kill", |world| {
        world.shipped_actions(false);
        let arrival = world.receive(&with_file("Printer", "m1"));
        world.shipped_actions(true);
        let (app, nothing) = (&world.app, world.counts());
        let other = planned(world, begin(app, boris(), vec![arrival], None).unwrap(), arrival);
        let job = begin(app, boris(), vec![arrival], None).unwrap();
        let plan = planned(world, job, arrival);
        let mut hit = 0;
        loop {
            app.store.faults().arm(hit + 1, FaultKind::Statement);
            let applied = app.store.apply(&plan);
            if !app.store.faults().fired() {
                applied.unwrap();
                break;
            }
            applied.unwrap_err();
            assert_eq!(world.counts(), nothing, "statement {} left something behind", hit + 1);
            hit += 1;
        }
        app.store.faults().arm(0, FaultKind::Statement);
        assert!(hit > 20, "only {hit} statements were hit: the plan is longer");
        let done = world.counts();
        assert_eq!((done.0, done.2, done.3, done.4), (1, 1, 1, 0));
        assert!(matches!(app.store.apply(&plan), Err(ApplyError::Fenced)), "a step is not done twice");
        assert!(
            matches!(app.store.apply(&other), Err(ApplyError::Conflict(_))),
            "nor by a job that was decided before"
        );
        app.env.advance(HOUR);
        world.settle();
        assert_eq!(world.counts(), done, "the other job, decided again, finds nothing to do");
    });
}

/// Claims the only step of a job, and decides it.
fn planned(world: &World, job: Id, arrival: Id) -> Plan {
    let app = &world.app;
    let claimed = app.store.claim_jobs(&app.claim("test", 4, LEASE)).unwrap();
    let claimed = claimed.into_iter().find(|one| one.id == job).unwrap();
    let known = app.store.decided_before(arrival).unwrap().unwrap();
    let bytes = app.store.blob(&known.arrival.digest).unwrap().unwrap();
    let unit = Unit::Job { id: job, epoch: claimed.epoch, cursor: None };
    let (config, view) = app.moment().unwrap();
    let numbers = RequestNumbers::new(app);
    let context = context(&config, &view, claimed.created_at, claimed.seed, &numbers);
    decide_one(context, &known, &bytes, (unit, "Boris")).unwrap()
}

#[test]
fn two_jobs_over_one_mail_do_it_once() {
    World::on_both("again-twice", |world| {
        world.shipped_actions(false);
        let arrival = world.receive(&mail("Printer", "m1"));
        world.shipped_actions(true);
        for _ in 0..2 {
            begin(&world.app, boris(), vec![arrival], None).unwrap();
        }
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| jobs::tick(&world.app).unwrap());
            }
        });
        world.settle();
        let (incidents, _, answers, ..) = world.counts();
        assert_eq!((incidents, answers), (1, 1));
    });
}

#[test]
fn a_file_that_somebody_took_off_its_record_does_not_come_back() {
    World::on_both("again-file", |world| {
        let arrival = world.receive(&with_file("Printer", "m1"));
        let incident = world.incidents()[0].key();
        let file = world.app.store.attachments(incident.id).unwrap().remove(0);
        let off = Change::TakeOff {
            key: incident.clone(),
            attachment: file.id,
            name: "log.txt".to_owned(),
            brought_by: None,
        };
        let added = NewFile {
            name: "other.txt".to_owned(),
            media_type: "text/plain".to_owned(),
            bytes: b"other".to_vec(),
        };
        let added = Change::Attach { key: incident.clone(), file: added };
        change(&world.app, Asker::program(), vec![off, added]).unwrap();
        world.settle();
        assert_eq!(world.outcome(arrival).0, "nothing");
        let names: Vec<_> = world.app.store.attachments(incident.id).unwrap();
        assert_eq!(names.len(), 1);
        assert_eq!(names[0].file_name.as_deref(), Some("other.txt"));
    });
}

#[test]
fn a_mail_stays_on_its_record_and_its_later_answers_follow_it() {
    World::on_both("again-record", |world| {
        let arrival = world.receive(&mail("Printer", "m1"));
        let incident = world.incidents()[0].key();
        // A new action would make another record of the mail; the first one is then only related.
        world.action("Another record", &[("message_type", "new"), ("target", "new")]);
        let rows = world.app.store.records_of(INBOUND_ACTION).unwrap();
        let added = rows.iter().find(|row| row.text("name") == "Another record").unwrap();
        world.set(&added.key(), "mapping", Value::text("[{\"field\":\"subject\",\"from\":\"subject\"}]"));
        assert_eq!(world.outcome(arrival).0, "done");
        let email = world.app.store.arrival(arrival).unwrap().unwrap().email.unwrap();
        let detail = world.app.store.email(email).unwrap().unwrap();
        assert_ne!(detail.row.record.as_ref(), Some(&incident), "it is about what it made last");
        assert_eq!(detail.links.len(), 2, "and still on what it made first");
        assert_eq!(world.counts().0, 2);
    });
}

#[test]
fn what_cannot_be_decided_once_more_is_passed_over_and_says_why() {
    World::on_both("again-not", |world| {
        let text = mail("Printer", "m1");
        let first = world.receive(&text);
        let second = world.receive_at("support@example.com", &text);
        let copy = world.app.store.arrival(second).unwrap().unwrap();
        assert_eq!(copy.why.map(|why| why.code).as_deref(), Some("duplicate"));
        assert_eq!(world.outcome(second), ("not_possible".to_owned(), Some("second_copy".to_owned())));
        assert_eq!(world.counts().0, 1);
        let most = usize::try_from(REPROCESS_MAX).unwrap();
        let many = Which::These(vec![first; most + 1]);
        let refused = meant(&world.app, &many).unwrap_err().to_string();
        assert!(refused.contains(&REPROCESS_MAX.to_string()), "{refused}");
        let twice = meant(&world.app, &Which::These(vec![first; most])).unwrap();
        assert_eq!(twice.arrivals, [first], "none is named twice");
        const { assert!(REPROCESS_SHOWN_MAX < REPROCESS_MAX) };
    });
}
