//! Scripts that others include: evaluated in the global scope of the run, each once, so that what they
//! declare is the including script's. Errors name the include's own place.

use rquickjs as js;

use super::convert::Halt;
use super::kit::{self, Call};
use super::shared::Shared;
use super::{eval, set_clock, words};
use crate::describe::Api;
use crate::{HostError, Include, Vocabulary, servicenow};

/// Evaluates the script of this name; `false` where there is none.
pub(crate) fn include(call: &Call<'_, '_>, name: &str) -> Result<bool, Halt> {
    if call.shared.left.included.borrow().iter().any(|known| known == name) {
        return Ok(true);
    }
    let Some(include) = call.read(|host| host.include(name))? else { return Ok(false) };
    if include.vocabulary != call.shared.vocabulary {
        let message = format!(
            "the script {} is written for {}, and this one for {}",
            include.name,
            include.vocabulary.word(),
            call.shared.vocabulary.word()
        );
        return Err(HostError::refused("other_vocabulary", message).into());
    }
    call.shared.cross_border(include.source.len())?;
    // Before it runs: two scripts may include each other.
    call.shared.left.included.borrow_mut().push(name.to_owned());
    if let Err(failed) = evaluate(call, &include) {
        call.shared.left.included.borrow_mut().retain(|known| known != name);
        return Err(failed.into());
    }
    Ok(true)
}

fn evaluate<'js>(call: &Call<'_, 'js>, include: &Include) -> js::Result<()> {
    let ctx = call.ctx;
    let source = include.source.replace('\0', "\u{fffd}");
    furnish(call, &source)?;
    let rewritten = match call.shared.vocabulary {
        Vocabulary::SimpleOne => None,
        Vocabulary::ServiceNow => servicenow::prepare(call, &source)?,
    };
    let evaluated = rewritten.as_ref().map_or_else(|| source.clone(), |done| done.text.clone());
    let file = call.shared.add_source(&include.name, &source, rewritten);
    eval::<js::Value<'js>>(ctx, evaluated, &file)?;
    Ok(())
}

/// Puts in place what the include names and nothing before it did.
fn furnish<'js>(call: &Call<'_, 'js>, source: &str) -> js::Result<()> {
    let ctx = call.ctx;
    if source.contains("Date")
        && let Some(registry) = ctx.userdata::<kit::Registry<'js>>()
        && let Some(date) = registry.take_date()
    {
        ctx.globals().set("Date", date)?;
        set_clock(ctx, call.shared)?;
    }
    let new = words(source);
    let is_known = |name: &str| named_before(call.shared, name);
    kit::install(ctx, Api::of(call.shared.vocabulary), |name| new.contains(name) && !is_known(name))
}

/// Whether a script that was evaluated before has this word.
fn named_before(shared: &Shared, name: &str) -> bool {
    shared.any_source(|source| words(source).contains(name))
}
