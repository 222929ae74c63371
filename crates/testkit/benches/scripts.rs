//! What a script costs over the same plan built in Rust: a typical inbound script (query, insert, update) in both
//! vocabularies, in processor time of the deciding thread; and what waiting for its sandbox costs.
//!
//! Both sides decide over the same snapshot of SQLite with the same seed and must give the same changes. The time of a
//! script holds everything: its sandbox where none was made ahead, rewriting, compiling, host calls and the end of it.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]
#![expect(clippy::print_stdout, reason = "figures are for people")]

use rejoinder_engine::access::Rights;
use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::context::{Context, NextNumber};
use rejoinder_engine::draft::Draft;
use rejoinder_engine::id::Seed;
use rejoinder_engine::plan::{Actor, Cause, CauseKind, Plan, Unit};
use rejoinder_engine::record::Fields;
use rejoinder_engine::request::Change;
use rejoinder_engine::script::console::{ConsoleRun, decide};
use rejoinder_engine::script::{Vocabulary, prepare};
use rejoinder_engine::trace::Trace;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::Query;
use rejoinder_server::app::App;
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::serve::{Options, start};
use rejoinder_testkit::folder::Folder;
use rustix::time::{ClockId, clock_gettime};

/// Decisions of each kind.
const ROUNDS: usize = 2_000;
/// Rounds that are not counted: caches fill.
const WARM_UP: usize = 200;
/// The goal for a script over Rust, in microseconds of processor time.
const GOAL: f64 = 400.0;
/// The goal for waiting for a sandbox, in microseconds.
const GOAL_WAIT: f64 = 100.0;

const SIMPLEONE: &str = "
const user = new SimpleRecord('user');
user.addQuery('email', 'caller@bench.example');
user.query();
if (user.next()) {
  const incident = new SimpleRecord('itsm_incident');
  incident.subject = 'Printer on floor three';
  incident.caller = user.sys_id;
  incident.insert();
  incident.impact = 'high';
  incident.additional_comments = 'Hello ' + user.name;
  incident.update();
}
";

const SERVICENOW: &str = "
var user = new GlideRecord('sys_user');
user.addQuery('email', 'caller@bench.example');
user.query();
if (user.next()) {
    var incident = new GlideRecord('incident');
    incident.initialize();
    incident.short_description = 'Printer on floor three';
    incident.caller_id = user.sys_id;
    incident.insert();
    incident.impact = 1;
    incident.comments = 'Hello ' + user.name;
    incident.update();
}
";

/// Processor time of this thread in microseconds.
fn used() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "a benchmark takes no days")]
    let micros = now.tv_sec as f64 * 1e6 + now.tv_nsec as f64 / 1e3;
    micros
}

/// The plan as it is built without a script.
fn in_rust(context: Context<'_>, actor: &Actor) -> Plan {
    let mut draft = Draft::new(context, actor.clone());
    let id = context.seed.id("request", context.now);
    let email = Value::text("caller@bench.example");
    let condition = Condition::clause("email", Kind::Email, Operator::Is, vec![email]);
    let users = draft.reads.query(&Query::new("user", condition)).unwrap();
    let user = users.first().unwrap();
    let greeting = format!("Hello {}", user.text("name"));
    let fields = |all: Vec<(&str, Value)>| -> Fields {
        all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    };
    let new =
        fields(vec![("subject", Value::text("Printer on floor three")), ("caller", Value::Ref(user.id))]);
    let key = draft.insert("incident", new).unwrap();
    let more = fields(vec![("impact", Value::text("high")), ("additional_comments", Value::text(&greeting))]);
    draft.update(&key, more).unwrap();
    let trace = Trace::new("request", id, context.now, context.config.generation);
    let cause = Cause { kind: CauseKind::Request, id, chain: Vec::new() };
    let mut plan = Plan::new(Unit::Request { id }, context.now, actor.clone(), cause.clone(), trace);
    draft.finish(&mut plan, &cause, None);
    plan.trace = plan.trace.bounded();
    plan
}

fn by_script(context: Context<'_>, actor: &Actor, vocabulary: Vocabulary, source: &str) -> Plan {
    let asked = ConsoleRun {
        id: context.seed.id("request", context.now),
        name: "bench".to_owned(),
        vocabulary,
        source: source.to_owned(),
        record: None,
        actor: actor.clone(),
        rights: Rights::Program,
        content: None,
    };
    let (plan, outcome) = decide(context, &asked).unwrap();
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    plan
}

/// The same on threads that have never done it: nothing that a thread remembers helps.
fn on_new_threads(app: &App, make: impl Fn(Context<'_>) -> Plan + Copy + Sync) -> Figures {
    let one = |round: usize| {
        let (config, view) = app.moment().unwrap();
        let seed = Seed::new([1; 32]).derive(&format!("round:{round}"));
        let now = app.env.now();
        let context = Context { config: &config, view: &view, now, seed, numbers: &NextNumber };
        let before = used();
        drop(make(context));
        used() - before
    };
    let rounds = 0..ROUNDS / 10;
    let times = rounds
        .map(|round| std::thread::scope(|scope| scope.spawn(move || one(round)).join()).unwrap_or(f64::NAN));
    Figures::of(times.collect())
}

/// The figures of one kind, sorted.
struct Figures(Vec<f64>);

impl Figures {
    fn of(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        Self(all)
    }

    fn at(&self, share: f64) -> f64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        let place = ((self.0.len() - 1) as f64 * share) as usize;
        self.0.get(place).copied().unwrap_or_default()
    }

    fn mean(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let count = self.0.len() as f64;
        self.0.iter().sum::<f64>() / count
    }
}

fn say(what: &str, figures: &Figures) {
    let (median, late) = (figures.at(0.5), figures.at(0.95));
    println!("{what:<44} mean {:>7.1} µs   median {median:>7.1} µs   p95 {late:>7.1} µs", figures.mean());
}

/// A thousand people, one of whom writes.
fn people(app: &App) {
    let people = (0..1_000).map(|place| {
        let email = if place == 500 {
            "caller@bench.example".to_owned()
        } else {
            format!("person{place}@bench.example")
        };
        let fields = [("name", format!("Person {place}")), ("email", email)];
        let fields = fields.map(|(name, text)| (name.to_owned(), Value::text(text)));
        Change::Insert { table: "user".to_owned(), id: None, fields: fields.into() }
    });
    change(app, Asker::program(), people.collect()).unwrap();
}

fn main() {
    let folder = Folder::new("bench-scripts");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = Options { node: Some("bench".to_owned()), ..Options::on_loopback(folder.path()) };
    let running = runtime.block_on(start(options)).unwrap();
    let app = running.app.clone();
    people(&app);
    let (config, view) = app.moment().unwrap();
    let actor = Actor::system();
    let now = app.env.now();
    let scripts = [(Vocabulary::SimpleOne, SIMPLEONE), (Vocabulary::ServiceNow, SERVICENOW)];
    let mut times: [Vec<f64>; 5] = Default::default();
    let mut making = Vec::new();
    for round in 0..WARM_UP + ROUNDS {
        let seed = Seed::new([0; 32]).derive(&format!("round:{round}"));
        let context = Context { config: &config, view: &view, now, seed, numbers: &NextNumber };
        let mut measure = |place: usize, make: &dyn Fn() -> Plan| {
            let before = used();
            let plan = make();
            let took = used() - before;
            if let Some(list) = times.get_mut(place).filter(|_| round >= WARM_UP) {
                list.push(took);
            }
            plan
        };
        let plan = measure(0, &|| in_rust(context, &actor));
        for (place, (vocabulary, source)) in scripts.iter().enumerate() {
            let alone = measure(1 + place, &|| by_script(context, &actor, *vocabulary, source));
            let before = used();
            prepare(1);
            making.push(used() - before);
            let ready = measure(3 + place, &|| by_script(context, &actor, *vocabulary, source));
            for scripted in [&alone, &ready] {
                assert_eq!(scripted.records, plan.records, "the same changes");
                assert_eq!(scripted.activities, plan.activities, "the same entries");
            }
        }
    }
    drop(view);
    let [rust, simpleone, servicenow, simpleone_ready, servicenow_ready] = times.map(Figures::of);
    let making = Figures::of(making);
    say("the plan in Rust", &rust);
    say("SimpleOne, with its sandbox", &simpleone);
    say("SimpleOne, its sandbox made ahead", &simpleone_ready);
    say("ServiceNow, with its sandbox", &servicenow);
    say("ServiceNow, its sandbox made ahead", &servicenow_ready);
    say("making a sandbox", &making);
    let actor = &actor;
    let rust_new = on_new_threads(&app, |context| in_rust(context, actor));
    say("the plan in Rust, first on its thread", &rust_new);
    for (name, vocabulary, source, alone) in [
        ("SimpleOne", Vocabulary::SimpleOne, SIMPLEONE, &simpleone),
        ("ServiceNow", Vocabulary::ServiceNow, SERVICENOW, &servicenow),
    ] {
        let new = on_new_threads(&app, |context| by_script(context, actor, vocabulary, source));
        say(&format!("{name}, first on its thread"), &new);
        let overs =
            [("", alone.mean() - rust.mean()), (", first on its thread", new.mean() - rust_new.mean())];
        for (when, over) in overs {
            let word = if over <= GOAL { "reached" } else { "NOT reached" };
            println!("{name}{when}: {over:.0} µs over Rust; goal {GOAL:.0} µs: {word}");
        }
    }
    let wait = making.at(0.95);
    let word = if wait <= GOAL_WAIT { "reached" } else { "NOT reached" };
    println!(
        "waiting for a sandbox: none that was made ahead; else {wait:.0} µs (p95); goal {GOAL_WAIT:.0} µs: {word}"
    );
    runtime.block_on(running.stop());
}
