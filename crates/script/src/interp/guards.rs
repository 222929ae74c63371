//! Built-in functions that QuickJS runs to their end without looking at the time limit: on arrays of a
//! length that no memory holds, and when a long text is searched for in a longer one. They get a length
//! that memory can hold, or an error; what they do is theirs.
//!
//! The originals are kept out of the reach of scripts. A guard that trusted what it has seen would be
//! deceived by a getter that answers differently the second time, so what is not an array is copied
//! first, and what is not a text is made one.

use rquickjs::function::{Args, IntoJsFunc, ParamRequirement, Params};
use rquickjs::object::Property;
use rquickjs::{self as js, Array, Ctx, Exception, Function, JsLifetime, Object, Symbol};

use crate::limits::{MAX_ARRAY_LENGTH, MAX_SEARCH_STEPS};

/// Parts of a text up to this long are looked for without measuring the text.
const SHORT_PART_BYTES: usize = 64;

/// The originals, in the order of [`GUARDS`].
#[derive(JsLifetime)]
struct Originals<'js>(Vec<Function<'js>>);

#[derive(Clone, Copy)]
enum Kind {
    /// Reads the array; what is only like one is copied.
    Reads,
    /// Changes the array in its place: arrays only.
    Changes,
    /// Joins several arrays.
    Concat,
    /// Looks into arrays inside the array.
    Flat,
    /// Looks for a text in the text.
    Searches,
    /// Looks for a text, or lets the pattern do it under this symbol.
    Splits(fn(Ctx<'_>) -> Symbol<'_>),
    /// `String.raw`.
    Raw,
}

struct Guard {
    owner: &'static str,
    on_prototype: bool,
    name: &'static str,
    kind: Kind,
}

const fn of_array(name: &'static str, kind: Kind) -> Guard {
    Guard { owner: "Array", on_prototype: true, name, kind }
}

const fn of_text(name: &'static str, kind: Kind) -> Guard {
    Guard { owner: "String", on_prototype: true, name, kind }
}

#[expect(clippy::redundant_closure, reason = "the functions themselves are of one lifetime only")]
const GUARDS: [Guard; 20] = [
    of_array("reverse", Kind::Changes),
    of_array("sort", Kind::Changes),
    of_array("copyWithin", Kind::Changes),
    of_array("splice", Kind::Changes),
    of_array("shift", Kind::Changes),
    of_array("unshift", Kind::Changes),
    of_array("join", Kind::Reads),
    of_array("slice", Kind::Reads),
    of_array("toString", Kind::Reads),
    of_array("toLocaleString", Kind::Reads),
    of_array("concat", Kind::Concat),
    of_array("flat", Kind::Flat),
    of_array("flatMap", Kind::Flat),
    of_text("indexOf", Kind::Searches),
    of_text("lastIndexOf", Kind::Searches),
    of_text("includes", Kind::Searches),
    of_text("split", Kind::Splits(|ctx| Symbol::split(ctx))),
    of_text("replace", Kind::Splits(|ctx| Symbol::replace(ctx))),
    of_text("replaceAll", Kind::Splits(|ctx| Symbol::replace(ctx))),
    Guard { owner: "String", on_prototype: false, name: "raw", kind: Kind::Raw },
];

/// `flat` and `flatMap` in the language itself, whose loops are interrupted.
const FLAT: &str = "(function () {
  const { isArray } = Array;
  const walk = (out, list, depth) => {
    for (let i = 0, n = list.length; i < n; i++)
      if (i in list) {
        const item = list[i];
        if (depth > 0 && isArray(item)) walk(out, item, depth - 1);
        else out[out.length] = item;
      }
    return out;
  };
  const flat = (list, depth) => walk([], list, depth === undefined ? 1 : +depth || 0);
  const flatMap = (list, map, self) => {
    if (typeof map !== 'function') throw new TypeError('not a function');
    const out = [];
    for (let i = 0, n = list.length; i < n; i++)
      if (i in list) walk(out, [map.call(self, list[i], i, list)], 1);
    return out;
  };
  return [flat, flatMap];
})()";

/// Puts the guards before the built-in functions of a context that no script has seen.
pub(super) fn install(ctx: &Ctx<'_>) -> js::Result<()> {
    let mut originals = Vec::with_capacity(GUARDS.len());
    for (place, guard) in GUARDS.iter().enumerate() {
        let owner: Object<'_> = ctx.globals().get(guard.owner)?;
        let owner = if guard.on_prototype { owner.get("prototype")? } else { owner };
        let original: Function<'_> = owner.get(guard.name)?;
        let length: usize = original.get("length")?;
        originals.push(original);
        let guarded = Function::new::<Guarded, _>(ctx.clone(), Guarded(place))?;
        let guarded = guarded.with_name(guard.name)?.with_length(length)?;
        owner.prop(guard.name, Property::from(guarded).writable().configurable())?;
    }
    // Nothing else is stored under this type.
    drop(ctx.store_userdata(Originals(originals)));
    Ok(())
}

fn original<'js>(ctx: &Ctx<'js>, place: usize) -> js::Result<Function<'js>> {
    let originals = ctx.userdata::<Originals<'js>>();
    let found = originals.and_then(|originals| originals.0.get(place).cloned());
    found.ok_or(js::Error::Unknown)
}

/// A built-in function behind its guard, by its place.
struct Guarded(usize);

impl<'js> IntoJsFunc<'js, Guarded> for Guarded {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> js::Result<js::Value<'js>> {
        let ctx = params.ctx().clone();
        let Some(guard) = GUARDS.get(self.0) else { return Err(js::Error::Unknown) };
        let arguments: Vec<js::Value<'js>> =
            (0..params.len()).filter_map(|index| params.arg(index)).collect();
        let this = params.this();
        match guard.kind {
            Kind::Changes => {
                if real_array(&this).is_none() {
                    let text = format!("Array.prototype.{} works on arrays only", guard.name);
                    return Err(Exception::throw_type(&ctx, &text));
                }
                let this = held(&ctx, this)?;
                apply(&ctx, self.0, this, arguments)
            }
            Kind::Reads if guard.name == "toString" && real_array(&this).is_none() => {
                apply(&ctx, self.0, this, arguments)
            }
            Kind::Reads => {
                let this = held(&ctx, this)?;
                apply(&ctx, self.0, this, arguments)
            }
            Kind::Concat => {
                let this = spread(&ctx, this)?;
                let parts =
                    arguments.into_iter().map(|part| spread(&ctx, part)).collect::<js::Result<_>>()?;
                apply(&ctx, self.0, this, parts)
            }
            Kind::Flat => {
                let this = held(&ctx, this)?;
                let both: Array<'js> = ctx.eval(FLAT)?;
                let flat: Function<'js> = both.get(usize::from(guard.name == "flatMap"))?;
                let nothing = js::Value::new_undefined(ctx.clone());
                call(&ctx, &flat, nothing, [this].into_iter().chain(arguments))
            }
            Kind::Searches => search(&ctx, self.0, this, arguments),
            Kind::Splits(symbol) => {
                if let Some(pattern) = arguments.first().and_then(js::Value::as_object) {
                    let method: js::Value<'js> = pattern.get(symbol(ctx.clone()))?;
                    if let Some(method) = method.as_function() {
                        let pattern = pattern.clone().into_value();
                        return call(
                            &ctx,
                            method,
                            pattern,
                            [this].into_iter().chain(arguments.into_iter().skip(1)),
                        );
                    }
                }
                search(&ctx, self.0, this, arguments)
            }
            Kind::Raw => {
                let raw: Option<js::Value<'js>> = arguments
                    .first()
                    .and_then(js::Value::as_object)
                    .map(|strings| strings.get("raw"))
                    .transpose()?;
                let Some(raw) = raw else { return apply(&ctx, self.0, this, arguments) };
                let strings = Object::new(ctx.clone())?;
                strings.set("raw", held(&ctx, raw)?)?;
                let rest = arguments.into_iter().skip(1);
                apply(&ctx, self.0, this, [strings.into_value()].into_iter().chain(rest).collect())
            }
        }
    }
}

fn call<'js>(
    ctx: &Ctx<'js>,
    function: &Function<'js>,
    this: js::Value<'js>,
    arguments: impl Iterator<Item = js::Value<'js>>,
) -> js::Result<js::Value<'js>> {
    let mut args = Args::new_unsized(ctx.clone());
    args.this(this)?;
    args.push_args(arguments)?;
    args.apply(function)
}

fn apply<'js>(
    ctx: &Ctx<'js>,
    place: usize,
    this: js::Value<'js>,
    arguments: Vec<js::Value<'js>>,
) -> js::Result<js::Value<'js>> {
    call(ctx, &original(ctx, place)?, this, arguments.into_iter())
}

/// An array of the language itself, whose length is what it says.
fn real_array<'a, 'js>(value: &'a js::Value<'js>) -> Option<&'a Array<'js>> {
    value.as_array().filter(|_| !value.is_proxy())
}

/// An array of a length that memory holds: the value itself, or a copy of what is only like an array.
fn held<'js>(ctx: &Ctx<'js>, value: js::Value<'js>) -> js::Result<js::Value<'js>> {
    let array = match (real_array(&value), value.as_object()) {
        (Some(array), _) => array.clone(),
        (None, Some(object)) => {
            let length: js::Value<'js> = object.get("length")?;
            let length: f64 = length.get::<js::Coerced<f64>>()?.0;
            if length > f64::from(MAX_ARRAY_LENGTH) {
                return Err(too_long(ctx));
            }
            let copy = Array::new(ctx.clone())?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts saturate")]
            for index in 0..length as u32 {
                let item: js::Value<'js> = object.get(index)?;
                copy.set(index as usize, item)?;
            }
            copy
        }
        (None, None) => return Ok(value),
    };
    // `Array::len` panics at 2^31.
    let length: f64 = array.as_object().get("length")?;
    if length > f64::from(MAX_ARRAY_LENGTH) {
        return Err(too_long(ctx));
    }
    Ok(array.into_value())
}

fn too_long(ctx: &Ctx<'_>) -> js::Error {
    Exception::throw_range(ctx, &format!("the array is longer than {MAX_ARRAY_LENGTH}"))
}

/// What `concat` takes apart becomes an array of a length that memory holds; what it does not, the only item
/// of one.
fn spread<'js>(ctx: &Ctx<'js>, value: js::Value<'js>) -> js::Result<js::Value<'js>> {
    let Some(object) = value.as_object() else { return Ok(value) };
    let marked: js::Value<'js> = object.get(is_concat_spreadable(ctx)?)?;
    let marked = if marked.is_undefined() { None } else { Some(marked.get::<js::Coerced<bool>>()?.0) };
    if marked.unwrap_or_else(|| value.is_array()) {
        return held(ctx, value);
    }
    let only = Array::new(ctx.clone())?;
    only.set(0, value)?;
    Ok(only.into_value())
}

/// Searches where that takes no more steps than [`MAX_SEARCH_STEPS`].
fn search<'js>(
    ctx: &Ctx<'js>,
    place: usize,
    this: js::Value<'js>,
    mut arguments: Vec<js::Value<'js>>,
) -> js::Result<js::Value<'js>> {
    if this.is_undefined() || this.is_null() || arguments.is_empty() {
        return apply(ctx, place, this, arguments);
    }
    let text: js::Coerced<js::String<'js>> = this.get()?;
    let Some(first) = arguments.first_mut() else { return Err(js::Error::Unknown) };
    // `split(undefined)` gives the whole text; `includes` refuses patterns by itself.
    let by_itself = first.is_undefined() || (first.is_object() && is_pattern(ctx, first)?);
    if !by_itself {
        let part: js::Coerced<js::String<'js>> = first.get()?;
        let wanted = part.0.to_string().map_or(usize::MAX, |part| part.len());
        // Measuring a text takes a copy of it; what is short is found in any text that memory holds.
        let is_long = wanted > SHORT_PART_BYTES;
        let steps = |text: &js::String<'js>| {
            let length = text.to_string().map_or(usize::MAX, |text| text.len());
            (length as u64).saturating_mul(wanted as u64)
        };
        if is_long && steps(&text.0) > MAX_SEARCH_STEPS {
            return Err(Exception::throw_range(ctx, "the text, or what is looked for in it, is too long"));
        }
        *first = part.0.into_value();
    }
    apply(ctx, place, text.0.into_value(), arguments)
}

fn is_pattern<'js>(ctx: &Ctx<'js>, value: &js::Value<'js>) -> js::Result<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    let matches: js::Value<'js> = object.get(Symbol::r#match(ctx.clone()))?;
    Ok(!matches.is_undefined())
}

fn is_concat_spreadable<'js>(ctx: &Ctx<'js>) -> js::Result<Symbol<'js>> {
    let symbols: Object<'js> = ctx.globals().get("Symbol")?;
    symbols.get("isConcatSpreadable")
}
