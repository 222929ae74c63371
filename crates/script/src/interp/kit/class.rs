//! Prototypes, constructors and global names of described classes, made when they are first needed in
//! a context.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rquickjs::function::{IntoJsFunc, ParamRequirement, Params};
use rquickjs::object::Property;
use rquickjs::proxy::ProxyHandler;
use rquickjs::{self as js, Atom, Ctx, Function, JsLifetime, Object, Proxy};

use super::call::{Invoke, within};
use super::{Answer, Call, Native, State, instance};
use crate::describe::{Api, Class, Member, What};
use crate::interp::bridge;
use crate::interp::convert::Halt;

/// The prototypes that a context has so far.
#[derive(JsLifetime, Default)]
pub(crate) struct Registry<'js> {
    names: RefCell<Vec<String>>,
    prototypes: RefCell<Vec<Object<'js>>>,
    traps: RefCell<Option<Object<'js>>>,
    date: RefCell<Option<js::Value<'js>>>,
    kept: RefCell<Option<js::Value<'js>>>,
    helpers: Cell<bool>,
}

impl<'js> Registry<'js> {
    /// Keeps the engine's own `Date` out of reach of the script.
    pub(crate) fn keep_date(&self, date: js::Value<'js>) {
        *self.date.borrow_mut() = Some(date);
    }

    /// Whether the helpers of rewritten scripts are in place; from now on they are.
    pub(crate) fn are_helpers_there(&self) -> bool {
        self.helpers.replace(true)
    }

    /// Keeps a value for the very next call.
    pub(crate) fn keep(&self, value: js::Value<'js>) {
        *self.kept.borrow_mut() = Some(value);
    }

    /// Gives the value back that was kept last.
    pub(crate) fn take_kept(&self) -> Option<js::Value<'js>> {
        self.kept.borrow_mut().take()
    }

    /// Gives it back, once.
    pub(crate) fn take_date(&self) -> Option<js::Value<'js>> {
        self.date.borrow_mut().take()
    }
}

/// Puts the global names of the API into the context, those of them that `mentioned` says are used: making
/// one costs more than most scripts take.
pub(crate) fn install<'js>(
    ctx: &Ctx<'js>,
    api: &'static Api,
    mentioned: impl Fn(&str) -> bool,
) -> js::Result<()> {
    let globals = ctx.globals();
    let put = |name: &str, value: js::Value<'js>| {
        globals.prop(name, Property::from(value).writable().configurable())
    };
    for class in api.classes.iter().filter(|class| mentioned(class.name)) {
        let made = constructor(ctx, class)?;
        extend(&globals, class.name, &made)?;
        put(class.name, made)?;
    }
    for (name, class) in api.objects.iter().filter(|(name, _)| mentioned(name)) {
        put(name, object(ctx, class, Rc::new(()))?)?;
    }
    for member in api.functions {
        // `Object.extendsObject` is a function of a name that the language has.
        match member.name.split_once('.') {
            None if mentioned(member.name) => put(member.name, global(ctx, member)?)?,
            Some((owner, name)) if mentioned(name) => {
                let owner: Object<'js> = globals.get(owner)?;
                let value = function(ctx, "", member)?;
                owner.prop(name, Property::from(value).writable().configurable())?;
            }
            _ => {}
        }
    }
    for (name, why) in api.refused.iter().filter(|(name, _)| mentioned(name)) {
        put(name, absent(ctx, name, why)?)?;
    }
    Ok(())
}

/// What the language has under the name of a class (`JSON`) stays there beside it.
fn extend<'js>(globals: &Object<'js>, name: &str, made: &js::Value<'js>) -> js::Result<()> {
    let known: js::Value<'js> = globals.get(name)?;
    let (Some(known), Some(made)) = (known.as_object(), made.as_object()) else { return Ok(()) };
    let names = known.own_keys::<js::String<'js>>(js::object::Filter::new().string());
    for key in names {
        let key = key?;
        let value: js::Value<'js> = known.get(key.clone())?;
        made.prop(key, Property::from(value).writable().configurable())?;
    }
    Ok(())
}

/// A global name of the platform that is not supported: neither it nor any member of it can be used.
fn absent<'js>(ctx: &Ctx<'js>, name: &'static str, why: &'static str) -> js::Result<js::Value<'js>> {
    let refuse = Refuse { owner: "", name, why };
    let target = Function::new::<Refuse, _>(ctx.clone(), refuse)?.with_constructor(true);
    let traps = Object::new_proto(ctx.clone(), None)?;
    traps.set("get", Function::new::<Absent, _>(ctx.clone(), Absent { name, why })?)?;
    let proxy = Proxy::new(ctx.clone(), target.into_inner(), ProxyHandler::from_object(traps)?)?;
    Ok(proxy.into_value())
}

/// A member of a global name that is not supported, read.
struct Absent {
    name: &'static str,
    why: &'static str,
}

impl<'js> IntoJsFunc<'js, Absent> for Absent {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> js::Result<js::Value<'js>> {
        let Some(key) = params.arg(1).filter(|key| !key.is_symbol()) else {
            return Ok(js::Value::new_undefined(params.ctx().clone()));
        };
        let member = Atom::from_value(params.ctx().clone(), &key)?.to_string()?;
        within(params.ctx(), params.this(), &[], |call| {
            match member.as_str() {
                // What is asked when it is shown, or given to a promise.
                "name" | "toString" | "toJSON" | "then" => Ok(call.undefined()),
                // What is asked when a class extends it, or something is held against it.
                "prototype" => Err(call.not_supported("", self.name, Some(self.why), &[])),
                _ => Err(call.not_supported(self.name, &member, Some(self.why), &[])),
            }
        })
    }
}

/// A global function, or the value of a global name that is no class and no object of one.
fn global<'js>(ctx: &Ctx<'js>, member: &'static Member) -> js::Result<js::Value<'js>> {
    match member.what {
        What::Property(get, _) => within(ctx, js::Value::new_undefined(ctx.clone()), &[], get),
        What::Method(_) | What::Refused => function(ctx, "", member),
    }
}

/// A new object of a class.
pub(crate) fn object<'js>(ctx: &Ctx<'js>, class: &'static Class, state: State) -> js::Result<js::Value<'js>> {
    let prototype = prototype(ctx, class)?;
    instance::wrap(class, state, prototype, traps(ctx)?)
}

fn traps<'js>(ctx: &Ctx<'js>) -> js::Result<Object<'js>> {
    if let Some(registry) = ctx.userdata::<Registry<'js>>()
        && let Some(known) = registry.traps.borrow().as_ref()
    {
        return Ok(known.clone());
    }
    let traps = instance::traps(ctx)?;
    if let Some(registry) = ctx.userdata::<Registry<'js>>() {
        *registry.traps.borrow_mut() = Some(traps.clone());
    }
    Ok(traps)
}

fn prototype<'js>(ctx: &Ctx<'js>, class: &'static Class) -> js::Result<Object<'js>> {
    if let Some(registry) = ctx.userdata::<Registry<'js>>()
        && let Some(place) = registry.names.borrow().iter().position(|name| name == class.name)
        && let Some(known) = registry.prototypes.borrow().get(place)
    {
        return Ok(known.clone());
    }
    let prototype = Object::new(ctx.clone())?;
    let whole = is_small(class) || within_sources(|source| shows_prototype(source, class));
    let methods = class.members.iter().filter(|member| matches!(member.what, What::Method(_)));
    for member in methods.filter(|member| whole || AT_ONCE.contains(&member.name)) {
        lend(ctx, &prototype, class, member)?;
    }
    if let Some(registry) = ctx.userdata::<Registry<'js>>() {
        registry.names.borrow_mut().push(class.name.to_owned());
        registry.prototypes.borrow_mut().push(prototype.clone());
    }
    Ok(prototype)
}

/// Methods that every object inherits from the language, or that the language itself asks for: they have to
/// be there before anybody names them.
const AT_ONCE: [&str; 5] = ["toString", "valueOf", "toLocaleString", "toJSON", "[Symbol.toPrimitive]"];
/// Prototypes of so many members are made as a whole; of larger ones each method when it is first used,
/// because making them all takes longer than most scripts run.
const SMALL: usize = 16;

fn is_small(class: &Class) -> bool {
    class.members.len() <= SMALL
}

/// Whether a script looks at the prototype itself, beside the objects that have it.
fn shows_prototype(source: &str, class: &Class) -> bool {
    let mut extended = source.match_indices("extends").map(|(at, word)| source.get(at + word.len()..));
    let mut named = source.match_indices(class.name).map(|(at, name)| source.get(at + name.len()..));
    ["getPrototypeOf", "__proto__"].iter().any(|word| source.contains(word))
        || extended.any(|rest| rest.is_some_and(|rest| rest.contains(class.name)))
        || named.any(|rest| rest.is_some_and(|rest| rest.trim_start().starts_with(".prototype")))
}

fn within_sources(holds: impl Fn(&str) -> bool) -> bool {
    bridge::with_shared(|shared| shared.any_source(holds))
}

/// Puts a method into its prototype.
fn lend<'js>(
    ctx: &Ctx<'js>,
    prototype: &Object<'js>,
    class: &'static Class,
    member: &'static Member,
) -> js::Result<js::Value<'js>> {
    let method = function(ctx, class.name, member)?;
    // Not writable: what an include finds under a name is what is described.
    if member.name == "[Symbol.toPrimitive]" {
        prototype.prop(js::Symbol::to_primitive(ctx.clone()), Property::from(method.clone()))?;
    } else {
        prototype.prop(member.name, Property::from(method.clone()))?;
    }
    Ok(method)
}

/// A method of a class that its prototype does not have yet.
pub(super) fn method<'js>(
    ctx: &Ctx<'js>,
    class: &'static Class,
    name: &str,
) -> js::Result<Option<js::Value<'js>>> {
    if is_small(class) {
        return Ok(None);
    }
    match class.member(name).filter(|member| matches!(member.what, What::Method(_))) {
        Some(member) => lend(ctx, &prototype(ctx, class)?, class, member).map(Some),
        None => Ok(None),
    }
}

fn function<'js>(ctx: &Ctx<'js>, owner: &'static str, member: &'static Member) -> js::Result<js::Value<'js>> {
    let function = match member.what {
        What::Method(native) | What::Property(native, _) => {
            Function::new::<Invoke, _>(ctx.clone(), Invoke(native))?
        }
        What::Refused => {
            let refuse = Refuse { owner, name: member.name, why: member.doc };
            Function::new::<Refuse, _>(ctx.clone(), refuse)?
        }
    };
    Ok(function.with_name(member.name)?.into_value())
}

fn constructor<'js>(ctx: &Ctx<'js>, class: &'static Class) -> js::Result<js::Value<'js>> {
    let prototype = prototype(ctx, class)?;
    let made = Function::new::<Construct, _>(ctx.clone(), Construct(class))?.with_constructor(true);
    made.set_name(class.name)?;
    made.prop("prototype", Property::from(prototype.clone()))?;
    prototype.prop("constructor", Property::from(made.clone()))?;
    for member in class.statics {
        let value = function(ctx, class.name, member)?;
        made.prop(member.name, Property::from(value))?;
    }
    Ok(made.into_value())
}

/// What the prototypes of an object have under a name.
pub(super) fn inherited<'js>(object: &js::Value<'js>, atom: Atom<'js>) -> js::Result<Option<js::Value<'js>>> {
    let Some(prototype) = object.as_object().and_then(Object::get_prototype) else { return Ok(None) };
    let found: js::Value<'js> = prototype.get(atom)?;
    Ok((!found.is_undefined()).then_some(found))
}

/// Writes argument 0 under a name.
pub(super) fn write(call: &Call<'_, '_>, class: &'static Class, name: &str) -> Result<(), Halt> {
    if let Some(What::Property(_, Some(set))) = class.member(name).map(|member| member.what) {
        set(call)?;
        return Ok(());
    }
    match class.fields {
        Some(fields) if !class.names().any(|member| member == name) => (fields.set)(call, name),
        _ => {
            let owner = Api::of(call.shared.vocabulary).called(class);
            let message = format!("{owner}.{name} cannot be written");
            Err(call.type_error(&message))
        }
    }
}

/// Reads a property member.
pub(super) fn property<'js>(call: &Call<'_, 'js>, class: &'static Class, name: &str) -> Option<Answer<'js>> {
    match class.member(name)?.what {
        What::Property(get, _) => Some(get(call)),
        _ => None,
    }
}

/// A function of ours that is no member.
pub(crate) fn native<'js>(ctx: &Ctx<'js>, native: Native) -> js::Result<js::Value<'js>> {
    Ok(Function::new::<Invoke, _>(ctx.clone(), Invoke(native))?.into_value())
}

/// `new` of a class.
struct Construct(&'static Class);

impl<'js> IntoJsFunc<'js, Construct> for Construct {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> js::Result<js::Value<'js>> {
        let arguments: Vec<js::Value<'js>> =
            (0..params.len()).filter_map(|index| params.arg(index)).collect();
        let class = self.0;
        within(params.ctx(), params.this(), &arguments, |call| {
            if !params.is_constructor() {
                let message = format!("{} is a class: write `new {}(…)`", class.name, class.name);
                return Err(call.type_error(&message));
            }
            let Some(make) = class.make else {
                let message = format!("{} cannot be made by a script", class.name);
                return Err(call.type_error(&message));
            };
            let state = make(call)?;
            // Of a class that extends this one, what is asked for is its own prototype.
            let wanted: Option<Object<'js>> =
                call.this.as_object().map(|made| made.get("prototype")).transpose()?;
            let prototype = wanted.map_or_else(|| prototype(call.ctx, class), Ok)?;
            Ok(instance::wrap(class, state, prototype, traps(call.ctx)?)?)
        })
    }
}

/// A member that is not supported, called.
struct Refuse {
    owner: &'static str,
    name: &'static str,
    why: &'static str,
}

impl<'js> IntoJsFunc<'js, Refuse> for Refuse {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> js::Result<js::Value<'js>> {
        within(params.ctx(), params.this(), &[], |call| {
            Err(call.not_supported(self.owner, self.name, Some(self.why), &[]))
        })
    }
}
