//! The object behind every object of a described class: its class and its state, reached through a
//! proxy. Members come first, then the names of its own (fields), then an error that names what there
//! is.
//!
//! Proxies and not QuickJS's exotic classes: rquickjs 0.14 frees a value twice that is written to one.

use rquickjs::class::{JsClass, Readable, Trace, Tracer};
use rquickjs::function::{Constructor, This};
use rquickjs::proxy::ProxyHandler;
use rquickjs::{self as js, Atom, Class as JsObject, Ctx, Function, JsLifetime, Object, Proxy};

use super::call::within;
use super::{Answer, Call, State, class};
use crate::describe::{Api, Class};
use crate::interp::convert::Halt;

/// An object of a described class.
#[derive(JsLifetime)]
pub(crate) struct Instance {
    class: &'static Class,
    state: State,
}

impl<'js> Trace<'js> for Instance {
    fn trace<'a>(&self, _: Tracer<'a, 'js>) {}
}

impl<'js> JsClass<'js> for Instance {
    const NAME: &'static str = "Object";
    type Mutable = Readable;

    fn prototype(_: &Ctx<'js>) -> js::Result<Option<Object<'js>>> {
        Ok(None)
    }

    fn constructor(_: &Ctx<'js>) -> js::Result<Option<Constructor<'js>>> {
        Ok(None)
    }
}

/// A new object.
pub(super) fn wrap<'js>(
    class: &'static Class,
    state: State,
    prototype: Object<'js>,
    traps: Object<'js>,
) -> js::Result<js::Value<'js>> {
    let ctx = prototype.ctx().clone();
    let instance = JsObject::instance_proto(Instance { class, state }, prototype)?;
    let proxy = Proxy::new(ctx, instance.into_inner(), ProxyHandler::from_object(traps)?)?;
    Ok(proxy.into_value())
}

/// The state of a value, where it is an object of a described class.
pub(crate) fn state_of(value: &js::Value<'_>) -> Option<State> {
    let target = value.as_proxy()?.target().ok()?;
    let instance = JsObject::<Instance>::from_object(&target)?;
    let state = instance.borrow().state.clone();
    Some(state)
}

fn class_of(target: &js::Value<'_>) -> Option<&'static Class> {
    let instance = JsObject::<Instance>::from_object(target.as_object()?)?;
    let class = instance.borrow().class;
    Some(class)
}

/// What the proxies of all objects do.
pub(super) fn traps<'js>(ctx: &Ctx<'js>) -> js::Result<Object<'js>> {
    let traps = Object::new_proto(ctx.clone(), None)?;
    traps.set("get", Function::new(ctx.clone(), get)?)?;
    traps.set("set", Function::new(ctx.clone(), set)?)?;
    traps.set("has", Function::new(ctx.clone(), has)?)?;
    traps.set("defineProperty", Function::new(ctx.clone(), refuse)?)?;
    traps.set("deleteProperty", Function::new(ctx.clone(), refuse)?)?;
    traps.set("setPrototypeOf", Function::new(ctx.clone(), refuse)?)?;
    Ok(traps)
}

fn refuse() -> bool {
    false
}

fn get<'js>(
    ctx: Ctx<'js>,
    target: js::Value<'js>,
    key: js::Value<'js>,
    receiver: js::Value<'js>,
) -> js::Result<js::Value<'js>> {
    let atom = Atom::from_value(ctx.clone(), &key)?;
    if let Some(member) = class::inherited(&target, atom.clone())? {
        return Ok(member);
    }
    let (Some(class), false) = (class_of(&target), key.is_symbol()) else {
        return Ok(js::Value::new_undefined(ctx));
    };
    let name = atom.to_string()?;
    if let Some(method) = class::method(&ctx, class, &name)? {
        return Ok(method);
    }
    within(&ctx, receiver, &[], |call| {
        class::property(call, class, &name).unwrap_or_else(|| missing(call, class, &name))
    })
}

fn set<'js>(
    ctx: Ctx<'js>,
    target: js::Value<'js>,
    key: js::Value<'js>,
    value: js::Value<'js>,
    receiver: js::Value<'js>,
) -> js::Result<bool> {
    let (Some(class), false) = (class_of(&target), key.is_symbol()) else { return Ok(false) };
    let name = Atom::from_value(ctx.clone(), &key)?.to_string()?;
    within(&ctx, receiver, &[value], |call| {
        class::write(call, class, &name)?;
        Ok(call.undefined())
    })?;
    Ok(true)
}

fn has<'js>(
    ctx: Ctx<'js>,
    traps: This<js::Value<'js>>,
    target: js::Value<'js>,
    key: js::Value<'js>,
) -> js::Result<bool> {
    let atom = Atom::from_value(ctx.clone(), &key)?;
    if class::inherited(&target, atom.clone())?.is_some() {
        return Ok(true);
    }
    let (Some(class), false) = (class_of(&target), key.is_symbol()) else { return Ok(false) };
    let name = atom.to_string()?;
    // Methods are put into their prototypes when they are first used.
    if class.names().any(|member| member == name) {
        return Ok(true);
    }
    let (Some(fields), Some(traps)) = (class.fields, traps.0.into_object()) else { return Ok(false) };
    // The trap is given the object itself, and fields are those of what stands before it.
    let proxy = Proxy::new(ctx.clone(), target, ProxyHandler::from_object(traps)?)?;
    let found = within(&ctx, proxy.into_value(), &[], |call| Ok(call.give_flag((fields.has)(call, &name)?)))?;
    Ok(found.as_bool().unwrap_or_default())
}

/// Names by which the language itself probes a value: whether it is a promise, or an object of JSON.
fn is_probe(name: &str) -> bool {
    matches!(name, "then" | "toJSON" | "constructor" | "__proto__")
}

/// What a name gives that no member has.
fn missing<'js>(call: &Call<'_, 'js>, class: &'static Class, name: &str) -> Answer<'js> {
    if let Some(fields) = class.fields
        && let Some(value) = (fields.get)(call, name)?
    {
        return Ok(value);
    }
    if is_probe(name) {
        return Ok(call.undefined());
    }
    Err(unknown(call, class, name)?)
}

/// The error about a member that there is none of.
fn unknown(call: &Call<'_, '_>, class: &'static Class, name: &str) -> Result<Halt, Halt> {
    let why = class.member(name).filter(|member| !member.is_supported()).map(|member| member.doc);
    let own = match class.fields {
        Some(fields) => (fields.names)(call)?,
        None => Vec::new(),
    };
    let mut known: Vec<&str> = class.names().collect();
    known.extend(own.iter().map(String::as_str));
    let owner = Api::of(call.shared.vocabulary).called(class);
    Ok(call.not_supported(owner, name, why, &known))
}
