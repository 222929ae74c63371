//! One QuickJS runtime per run, and nothing of it outside this module: types of `rquickjs` do not
//! leave it. Furnishes a sandbox, evaluates the script, waits for promises, takes the result.

mod bridge;
pub(crate) mod convert;
mod fault;
mod given;
mod guards;
mod include;
pub(crate) mod kit;
pub(crate) mod lazy;
pub(crate) mod random;
mod sandbox;
pub(crate) mod shared;

use std::collections::HashSet;
use std::rc::Rc;

use rquickjs::context::EvalOptions;
use rquickjs::promise::PromiseState;
use rquickjs::{self as js, Ctx, Function};

use crate::describe::Api;
use crate::{Host, Limits, Outcome, Run, Script, ScriptError, Value, Vocabulary, servicenow};
use convert::Halt;
use kit::Call;
use shared::Shared;

pub(crate) use include::include;
pub(crate) use sandbox::{prepare, prepared};

/// The file name of the sandbox's own code in stack traces; no line of it is shown to anyone.
const PRELUDE_FILE: &str = "<prelude>";
const CLOCK: &str = include_str!("../prelude/clock.js");

/// Makes a bare `return` legal, on the script's own first line so that line numbers stay.
const WRAPPER_START: &str = "(function(){";
const WRAPPER_END: &str = "\n})";
/// What the parser says of a bare `return`.
const BARE_RETURN: &str = "return not in a function";
/// Keeps a source that is only checked from running: its first statement ends it.
const DO_NOT_RUN: &str = "throw 0;";

pub(crate) fn run(run: &Run<'_>, host: &mut dyn Host) -> Outcome {
    let shared = Rc::new(Shared::new(run.limits.clamped(), &run.script, run.now_micros));
    shared.seed.set(run.seed);
    let result =
        bridge::within_run(host, &shared, || sandbox::within(&shared, |ctx| decide(ctx, run, &shared)));
    shared.report(result)
}

pub(crate) fn check(script: &Script<'_>) -> Result<(), ScriptError> {
    let shared = Rc::new(Shared::new(Limits::default(), script, 0));
    sandbox::within(&shared, |ctx| match compiles(ctx, &shared, DO_NOT_RUN, "") {
        Err(ScriptError::Syntax { message, .. }) if message == BARE_RETURN => {
            compiles(ctx, &shared, &format!("{DO_NOT_RUN}{WRAPPER_START}"), WRAPPER_END)
        }
        other => other,
    })
}

fn decide(ctx: &Ctx<'_>, run: &Run<'_>, shared: &Rc<Shared>) -> Result<Value, ScriptError> {
    furnish(ctx, run, shared).map_err(|error| fault::of(ctx, shared, error))?;
    let done = evaluate(ctx, shared).map_err(|error| fault::of(ctx, shared, error))?;
    finish_jobs(ctx, shared);
    if let Some(rejected) = shared.take_rejection() {
        return Err(rejected);
    }
    if let Some(result) = shared.left.result.take().filter(|_| !done.returned || done.value.is_undefined()) {
        return Ok(result);
    }
    let (done, asked) = match answer(ctx, &shared.source) {
        _ if done.returned && !done.value.is_undefined() => (done.value, true),
        Ok(Some(answer)) => (answer, true),
        Ok(None) => (done.value, false),
        Err(error) => return Err(fault::of(ctx, shared, error)),
    };
    let call = Call { ctx, shared, this: js::Value::new_undefined(ctx.clone()), arguments: &[] };
    match settled(done).map(|value| convert::from_js(ctx, shared, &servicenow::result(&call, value))) {
        None => Ok(Value::Null),
        Some(Ok(value)) => Ok(value),
        Some(Err(Halt::TooDeep)) => {
            if asked {
                Err(ScriptError::Result)
            } else {
                Ok(Value::Null)
            }
        }
        Some(Err(Halt::Stop(stop))) => {
            shared.stop(stop);
            Ok(Value::Null)
        }
        Some(Err(Halt::Host(error))) => Err(ScriptError::Engine { message: error.message }),
        Some(Err(Halt::Js(error))) => Err(fault::of(ctx, shared, error)),
    }
}

/// The value of a script, and whether a `return` gave it.
struct Done<'js> {
    value: js::Value<'js>,
    returned: bool,
}

/// Puts time, randomness, the vocabulary and the context variables in place.
fn furnish<'js>(ctx: &Ctx<'js>, run: &Run<'_>, shared: &Rc<Shared>) -> js::Result<()> {
    random::install(ctx, run.seed)?;
    // Compiling the clock is a seventh of the cost of a run, and few scripts look at it. Those that
    // never name it lose the engine's own, which would show them the machine's time.
    if shared.source.contains("Date") {
        set_clock(ctx, shared)?;
    } else {
        if let Some(registry) = ctx.userdata::<kit::Registry<'js>>() {
            registry.keep_date(ctx.globals().get("Date")?);
        }
        ctx.globals().remove("Date")?;
    }
    let api = Api::of(run.script.vocabulary);
    let words = words(&shared.source);
    kit::install(ctx, api, |name| words.contains(name))?;
    bridge::with_shared(|shared| {
        given::install(ctx, shared, &run.globals)?;
        if run.script.vocabulary == Vocabulary::ServiceNow {
            let call = Call { ctx, shared, this: js::Value::new_undefined(ctx.clone()), arguments: &[] };
            shared.set_rewritten(servicenow::prepare(&call, &shared.source)?);
        }
        Ok(())
    })
}

/// `Date` as the run has it.
fn set_clock(ctx: &Ctx<'_>, shared: &Shared) -> js::Result<()> {
    let clock: Function<'_> = eval(ctx, CLOCK.to_owned(), PRELUDE_FILE)?;
    clock.call::<_, ()>((milliseconds(shared.now_micros),))
}

/// The words of a source that may be names of something.
pub(crate) fn words(source: &str) -> HashSet<&str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    source.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()).collect()
}

/// As a script first, which gives the value of its last statement; in a function only if it has a
/// bare `return`.
fn evaluate<'js>(ctx: &Ctx<'js>, shared: &Shared) -> js::Result<Done<'js>> {
    let error = match eval(ctx, shared.evaluated(), &shared.file) {
        Ok(value) => return Ok(Done { value, returned: false }),
        Err(error) => error,
    };
    let thrown = ctx.catch();
    if fault::is_parse_error(shared, &thrown, Some(BARE_RETURN)) {
        shared.wrapped_by(WRAPPER_START.len());
        let wrapped = format!("{WRAPPER_START}{}{WRAPPER_END}", shared.evaluated());
        let body: Function<'js> = eval(ctx, wrapped, &shared.file)?;
        return Ok(Done { value: body.call(())?, returned: true });
    }
    Err(if matches!(error, js::Error::Exception) { ctx.throw(thrown) } else { error })
}

/// The variable `answer`, however it was declared, unless it is `undefined`.
fn answer<'js>(ctx: &Ctx<'js>, source: &str) -> js::Result<Option<js::Value<'js>>> {
    if !source.contains("answer") {
        return Ok(None);
    }
    let answer: js::Value<'js> =
        eval(ctx, "typeof answer === 'undefined' ? undefined : answer".to_owned(), PRELUDE_FILE)?;
    Ok((!answer.is_undefined()).then_some(answer))
}

/// Promise jobs run when the script is through, under the same limits.
fn finish_jobs(ctx: &Ctx<'_>, shared: &Shared) {
    while !shared.must_stop() && ctx.execute_pending_job() {}
}

/// The value of a promise; nothing while it is pending, since nothing can settle it any more.
fn settled(value: js::Value<'_>) -> Option<js::Value<'_>> {
    match value.as_promise().map(|promise| (promise.state(), promise.result())) {
        None => Some(value),
        Some((PromiseState::Resolved, Some(Ok(value)))) => Some(value),
        Some(_) => None,
    }
}

fn compiles(ctx: &Ctx<'_>, shared: &Shared, before: &str, after: &str) -> Result<(), ScriptError> {
    shared.wrapped_by(before.len());
    let Err(error) = eval::<()>(ctx, format!("{before}{}{after}", shared.source), &shared.file) else {
        return Ok(());
    };
    let thrown = ctx.catch();
    if thrown.as_int() == Some(0) {
        return Ok(());
    }
    Err(match error {
        js::Error::Exception => fault::of_value(ctx, shared, thrown),
        other => engine(other),
    })
}

fn eval<'js, V: js::FromJs<'js>>(ctx: &Ctx<'js>, source: String, file: &str) -> js::Result<V> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(file.to_owned());
    ctx.eval_with_options(source, options)
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of any date fit 53 bits")]
fn milliseconds(micros: i64) -> f64 {
    micros.div_euclid(1_000) as f64
}

fn engine(error: js::Error) -> ScriptError {
    ScriptError::Engine { message: error.to_string() }
}
