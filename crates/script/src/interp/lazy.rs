//! Global names whose value is made when it is first asked for. A script that writes one replaces it.

use rquickjs::function::{IntoJsFunc, ParamRequirement, Params};
use rquickjs::object::{Accessor, Property};
use rquickjs::{self as js};

use super::kit::{Answer, Call, within};

/// Makes the value of a name, for which there is no global any more.
pub(crate) type MakeGlobal = for<'a, 'js> fn(&Call<'a, 'js>, &str) -> Answer<'js>;

/// Defines a global name, unless there is one.
pub(crate) fn define(call: &Call<'_, '_>, name: &str, make: MakeGlobal) -> js::Result<()> {
    let globals = call.ctx.globals();
    if globals.contains_key(name)? {
        return Ok(());
    }
    let get = Get { name: name.to_owned(), make };
    let set = Set { name: name.to_owned() };
    globals.prop(name, Accessor::new(get, set).configurable().enumerable())
}

struct Get {
    name: String,
    make: MakeGlobal,
}

impl<'js> IntoJsFunc<'js, Get> for Get {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> js::Result<js::Value<'js>> {
        within(params.ctx(), params.this(), &[], |call| {
            call.ctx.globals().remove(self.name.as_str())?;
            (self.make)(call, &self.name)
        })
    }
}

struct Set {
    name: String,
}

impl<'js> IntoJsFunc<'js, Set> for Set {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> js::Result<js::Value<'js>> {
        let ctx = params.ctx().clone();
        let value = params.arg(0).unwrap_or_else(|| js::Value::new_undefined(ctx.clone()));
        let property = Property::from(value).writable().configurable().enumerable();
        ctx.globals().prop(self.name.as_str(), property)?;
        Ok(js::Value::new_undefined(ctx))
    }
}
