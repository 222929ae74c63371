//! Where the calls of a run find its host and its limits.

use std::rc::Rc;

use rquickjs::{self as js, Ctx, Exception};
use scoped_tls_hkt::scoped_thread_local;

use super::convert::Halt;
use super::shared::{Shared, Stop};
use crate::{Host, HostError};

// QuickJS keeps its callbacks for as long as it likes, so they cannot borrow the host; while a run
// lasts, they find it here. A nested run, started by a host, covers the outer one and uncovers it.
scoped_thread_local!(static mut HOST: for<'a> &'a mut (dyn Host + 'a));
scoped_thread_local!(static SHARED: Rc<Shared>);

/// Makes the host and the limits reachable while `body` runs.
pub(super) fn within_run<T>(host: &mut dyn Host, shared: &Rc<Shared>, body: impl FnOnce() -> T) -> T {
    HOST.set(host, || SHARED.set(shared, body))
}

/// The limits and the log of the present run.
pub(super) fn with_shared<T>(body: impl FnOnce(&Rc<Shared>) -> T) -> T {
    SHARED.with(body)
}

/// Asks the host of the present run.
pub(super) fn ask<T>(
    shared: &Shared,
    body: impl FnOnce(&mut dyn Host) -> Result<T, HostError>,
) -> Result<T, Halt> {
    let _guard = EndOnPanic(shared);
    HOST.with(|host| body(host)).map_err(Halt::from)
}

/// A refusal of the host as a JavaScript error with its `code`.
pub(super) fn refuse(ctx: &Ctx<'_>, error: &HostError) -> js::Error {
    let exception = Exception::from_message(ctx.clone(), &error.message).and_then(|exception| {
        exception.as_object().set("code", error.code)?;
        Ok(exception)
    });
    match exception {
        Ok(exception) => exception.throw(),
        Err(failed) => failed,
    }
}

/// A panic of the host crosses the interpreter as an exception, which a script could catch; it is
/// passed on where the run ends, so the run must end.
struct EndOnPanic<'a>(&'a Shared);

impl Drop for EndOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop(Stop::Host(HostError::fatal("host_panicked", "the host failed")));
        }
    }
}
