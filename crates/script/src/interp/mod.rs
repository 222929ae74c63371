//! One QuickJS runtime per run, and nothing of it outside this module: types of `rquickjs` do not
//! leave it. Evaluates the prelude and the script, waits for promises, takes the result.

mod bridge;
mod convert;
mod fault;
mod random;
mod shared;

use std::rc::Rc;

use rquickjs::context::{EvalOptions, intrinsic};
use rquickjs::promise::PromiseState;
use rquickjs::{self as js, Context, Ctx, Function, Object, Runtime};

use crate::{Global, Host, Limits, Outcome, Run, Script, ScriptError, Value, Vocabulary};
use convert::Halt;
use shared::Shared;

/// The language without clocks (`performance`) and without a view of the collector (`WeakRef`), which
/// would let two runs of one decision differ.
type Intrinsics = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
);

/// The file name of the sandbox's own code in stack traces; no line of it is shown to anyone.
const PRELUDE_FILE: &str = "<prelude>";
const CLOCK: &str = include_str!("../prelude/clock.js");
const SIMPLE_ONE: &str = include_str!("../prelude/simpleone.js");

/// Makes a bare `return` legal, on the script's own first line so that line numbers stay.
const WRAPPER_START: &str = "(function(){";
const WRAPPER_END: &str = "\n})";
/// What the parser says of a bare `return`.
const BARE_RETURN: &str = "return not in a function";
/// Keeps a source that is only checked from running: its first statement ends it.
const DO_NOT_RUN: &str = "throw 0;";

pub(crate) fn run(run: &Run<'_>, host: &mut dyn Host) -> Outcome {
    let shared = Rc::new(Shared::new(run.limits.clamped(), &run.script));
    let result = bridge::with_host(host, || sandbox(&shared, |ctx| decide(ctx, run, &shared)));
    let (log, usage) = shared.report();
    Outcome { result, log, usage }
}

pub(crate) fn check(script: &Script<'_>) -> Result<(), ScriptError> {
    let shared = Rc::new(Shared::new(Limits::default(), script));
    sandbox(&shared, |ctx| match compiles(ctx, &shared, DO_NOT_RUN, "") {
        Err(ScriptError::Syntax { message, .. }) if message == BARE_RETURN => {
            compiles(ctx, &shared, &format!("{DO_NOT_RUN}{WRAPPER_START}"), WRAPPER_END)
        }
        other => other,
    })
}

/// A fresh interpreter under the limits; a spent limit decides, whatever the script made of it.
fn sandbox<T>(
    shared: &Rc<Shared>,
    body: impl FnOnce(&Ctx<'_>) -> Result<T, ScriptError>,
) -> Result<T, ScriptError> {
    let runtime = Runtime::new().map_err(engine)?;
    runtime.set_memory_limit(shared.limits.memory_bytes);
    runtime.set_max_stack_size(shared.limits.stack_bytes);
    let clock = Rc::clone(shared);
    runtime.set_interrupt_handler(Some(Box::new(move || clock.must_stop())));
    let listener = Rc::clone(shared);
    runtime.set_host_promise_rejection_tracker(Some(Box::new(move |ctx, promise, reason, handled| {
        let key = fault::identity(&promise);
        if handled {
            listener.forget_rejection(key);
        } else {
            listener.note_rejection(key, fault::of_value(&ctx, &listener, reason));
        }
    })));
    let context = Context::custom::<Intrinsics>(&runtime).map_err(engine)?;
    let result = context.with(|ctx| body(&ctx));
    match shared.stopped() {
        Some(stop) => Err(fault::of_stop(shared, stop, result.err().as_ref())),
        None => result,
    }
}

fn decide(ctx: &Ctx<'_>, run: &Run<'_>, shared: &Rc<Shared>) -> Result<Value, ScriptError> {
    prepare(ctx, run, shared).map_err(|error| fault::of(ctx, shared, error))?;
    let done = evaluate(ctx, shared).map_err(|error| fault::of(ctx, shared, error))?;
    finish_jobs(ctx, shared);
    if let Some(rejected) = shared.take_rejection() {
        return Err(rejected);
    }
    let (done, asked) = match answer(ctx, &shared.source) {
        _ if done.returned && !done.value.is_undefined() => (done.value, true),
        Ok(Some(answer)) => (answer, true),
        Ok(None) => (done.value, false),
        Err(error) => return Err(fault::of(ctx, shared, error)),
    };
    match settled(done).map(|value| convert::from_js(ctx, shared, &value)) {
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
fn prepare<'js>(ctx: &Ctx<'js>, run: &Run<'_>, shared: &Rc<Shared>) -> js::Result<()> {
    random::install(ctx, run.seed)?;
    // Compiling the clock is a seventh of the cost of a run, and few scripts look at it. Those that
    // never name it lose the engine's own, which would show them the machine's time.
    if shared.source.contains("Date") {
        let clock: Function<'js> = eval(ctx, CLOCK.to_owned(), PRELUDE_FILE)?;
        clock.call::<_, ()>((milliseconds(run.now_micros),))?;
    } else {
        ctx.globals().remove("Date")?;
    }
    let Vocabulary::SimpleOne = run.script.vocabulary;
    let vocabulary: Function<'js> = eval(ctx, SIMPLE_ONE.to_owned(), PRELUDE_FILE)?;
    let record: Function<'js> = vocabulary.call((bridge::native(ctx, shared)?,))?;
    let globals = ctx.globals();
    for (name, global) in &run.globals {
        let value = match global {
            Global::Value(value) => convert::to_js(ctx, value)?,
            Global::Record(handle) => record.call((
                handle.table.as_str(),
                handle.id.as_deref().unwrap_or_default(),
                convert::fields_to_js(ctx, &handle.fields)?,
            ))?,
        };
        globals.set(name.as_str(), value)?;
    }
    Ok(())
}

/// As a script first, which gives the value of its last statement; in a function only if it has a
/// bare `return`.
fn evaluate<'js>(ctx: &Ctx<'js>, shared: &Shared) -> js::Result<Done<'js>> {
    let error = match eval(ctx, shared.source.clone(), &shared.file) {
        Ok(value) => return Ok(Done { value, returned: false }),
        Err(error) => error,
    };
    let thrown = ctx.catch();
    if fault::is_parse_error(shared, &thrown, Some(BARE_RETURN)) {
        shared.wrapped_by(WRAPPER_START.len());
        let wrapped = format!("{WRAPPER_START}{}{WRAPPER_END}", shared.source);
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

/// An object without a prototype, so that a field may have any name.
fn bare<'js>(ctx: &Ctx<'js>) -> js::Result<Object<'js>> {
    Object::new_proto(ctx.clone(), None)
}
