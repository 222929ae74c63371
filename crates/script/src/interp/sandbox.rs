//! One QuickJS runtime and context for one run, made ahead where somebody asked for it. None serves
//! two runs. They wait on the thread that made them: rquickjs can hand them to others (its feature
//! `parallel`), but then forgets the depth of the stack whenever Rust calls a function.

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::context::intrinsic;
use rquickjs::{Context, Ctx, Runtime};

use super::kit::Registry;
use super::shared::Shared;
use super::{engine, fault, guards};
use crate::{Limits, ScriptError};

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

/// A sandbox that no script has seen.
pub(super) struct Fresh {
    context: Context,
    runtime: Runtime,
}

thread_local! {
    static PREPARED: RefCell<Vec<Fresh>> = const { RefCell::new(Vec::new()) };
}

impl Fresh {
    fn new() -> Result<Self, ScriptError> {
        let runtime = Runtime::new().map_err(engine)?;
        let context = Context::custom::<Intrinsics>(&runtime).map_err(engine)?;
        let clean = |ctx: Ctx<'_>| {
            // Memory and waiting between threads, of which there are none.
            ctx.globals().remove("SharedArrayBuffer")?;
            ctx.globals().remove("Atomics")?;
            guards::install(&ctx)
        };
        context.with(clean).map_err(engine)?;
        Ok(Self { context, runtime })
    }
}

/// Makes sandboxes ahead for this thread until it has `count`; what fails is made when it is needed.
pub(crate) fn prepare(count: usize) {
    PREPARED.with_borrow_mut(|prepared| {
        while prepared.len() < count.min(Limits::MAX_PREPARED) {
            let Ok(fresh) = Fresh::new() else { break };
            prepared.push(fresh);
        }
    });
}

/// How many sandboxes wait on this thread.
pub(crate) fn prepared() -> usize {
    PREPARED.with_borrow(Vec::len)
}

/// Does `body` in a fresh sandbox under the limits; a spent limit decides, whatever the script made of it.
pub(super) fn within<T>(
    shared: &Rc<Shared>,
    body: impl FnOnce(&Ctx<'_>) -> Result<T, ScriptError>,
) -> Result<T, ScriptError> {
    let fresh = match PREPARED.with_borrow_mut(Vec::pop) {
        Some(fresh) => fresh,
        None => Fresh::new()?,
    };
    let runtime = &fresh.runtime;
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
    let result = fresh.context.with(|ctx| {
        ctx.store_userdata(Registry::default())
            .map_err(|_| ScriptError::Engine { message: "the sandbox was not fresh".to_owned() })?;
        body(&ctx)
    });
    match shared.stopped() {
        Some(stop) => Err(fault::of_stop(shared, stop, result.err().as_ref())),
        None => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_sandboxes_are_kept_for_a_thread_and_no_more() {
        prepare(Limits::MAX_PREPARED + 1);
        assert_eq!(PREPARED.with_borrow(Vec::len), Limits::MAX_PREPARED);
        prepare(1);
        assert_eq!(PREPARED.with_borrow(Vec::len), Limits::MAX_PREPARED);
    }
}
