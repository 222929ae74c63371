//! Script includes: found by name when they are first used, evaluated once a run.

use std::collections::HashSet;

use rquickjs::object::Property;
use rquickjs::{self as js, Exception};

use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::interp::{include, lazy};

/// Includes that ServiceNow ships and Rejoinder has as classes. One of the same name that the administrators
/// have brought along is what their scripts were written for.
const SHIPPED: [&str; 5] = ["ArrayUtil", "JSUtil", "GlideRecordUtil", "TableUtils", "AbstractAjaxProcessor"];

/// Puts names in place that lead to includes, those of them that a source mentions.
pub(super) fn prepare(call: &Call<'_, '_>, source: &str, words: &HashSet<&str>) -> js::Result<()> {
    let globals = call.ctx.globals();
    let itself = || Property::from(globals.clone()).writable().configurable();
    if words.contains("global") && !globals.contains_key("global")? {
        globals.prop("global", itself())?;
    }
    let names = call.host(|host| Ok(host.includes())).unwrap_or_default();
    for name in names.iter().filter(|name| words.contains(name.as_str())) {
        let loaded = call.shared.left.included.borrow().contains(name);
        if SHIPPED.contains(&name.as_str()) && !loaded {
            globals.remove(name.as_str())?;
        }
        lazy::define(call, name, get)?;
        for scope in scopes(source, name) {
            if !globals.contains_key(scope)? {
                globals.prop(scope, itself())?;
            }
        }
    }
    Ok(())
}

/// The scopes by which a source qualifies a name (`x_acme_desk.Utils`).
fn scopes<'s>(source: &'s str, name: &str) -> Vec<&'s str> {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let places = source.match_indices(name).map(|(at, _)| at);
    places
        .filter_map(|at| {
            let before = source.get(..at)?.strip_suffix('.')?;
            let start = before.rfind(|sign| !is_part(sign)).map_or(0, |at| at + 1);
            let scope = before.get(start..)?;
            (scope.starts_with("x_") || scope.starts_with("sn_") || scope.starts_with("u_")).then_some(scope)
        })
        .collect()
}

fn get<'js>(call: &Call<'_, 'js>, name: &str) -> Answer<'js> {
    load(call, name)?;
    // Also what is declared with `class`, `let` or `const`, which is no property of the global object.
    let is_there: bool = call.ctx.eval(format!("typeof {name} !== 'undefined'"))?;
    if !is_there {
        let message = format!("{name} is not defined: the script include of this name does not define it");
        return Err(Halt::Js(Exception::throw_reference(call.ctx, &message)));
    }
    Ok(call.ctx.eval(name)?)
}

/// Evaluates the script include of this name, once; `false` where there is none.
pub(crate) fn load(call: &Call<'_, '_>, name: &str) -> Result<bool, Halt> {
    include(call, name)
}

#[cfg(test)]
mod tests {
    use super::scopes;

    #[test]
    fn a_scope_stands_before_the_name() {
        assert_eq!(
            scopes("new x_acme_desk.Utils(); sn_a.Utils.f(); gs.Utils", "Utils"),
            ["x_acme_desk", "sn_a"]
        );
        assert!(scopes("Utils", "Utils").is_empty());
    }
}
