//! Context variables: what a script is given under names of its own.

use std::rc::Rc;

use rquickjs::{self as js, Ctx};

use super::convert;
use super::kit::{self, Call};
use super::shared::Shared;
use crate::{Global, Vocabulary, servicenow, simpleone};

/// Puts the context variables into the global object.
pub(super) fn install(ctx: &Ctx<'_>, shared: &Rc<Shared>, given: &[(String, Global)]) -> js::Result<()> {
    let globals = ctx.globals();
    let call = Call { ctx, shared, this: js::Value::new_undefined(ctx.clone()), arguments: &[] };
    for (name, global) in given {
        let value = match global {
            Global::Value(value) => convert::to_js(ctx, value).map_err(Into::into),
            other => match shared.vocabulary {
                Vocabulary::SimpleOne => simpleone::given(&call, other),
                Vocabulary::ServiceNow => servicenow::given(&call, other),
            },
        };
        globals.set(name.as_str(), kit::settle(ctx, shared, value)?)?;
    }
    Ok(())
}
