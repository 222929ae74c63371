//! One call of a member: its arguments as values of this side, and the way to the host.

use std::rc::Rc;

use rquickjs::function::{IntoJsFunc, ParamRequirement, Params};
use rquickjs::{self as js, Ctx, Exception};

use super::{Answer, Native, State, instance};
use crate::interp::bridge;
use crate::interp::convert::{self, Halt};
use crate::interp::fault::NOT_SUPPORTED;
use crate::interp::shared::Shared;
use crate::nearest::nearest;
use crate::{Host, HostError, Level, Value};

/// A call of a member.
pub(crate) struct Call<'a, 'js> {
    /// Where it happens.
    pub(crate) ctx: &'a Ctx<'js>,
    /// The run.
    pub(crate) shared: &'a Rc<Shared>,
    /// The object; of a constructor the class that is made.
    pub(crate) this: js::Value<'js>,
    /// What it is given.
    pub(crate) arguments: &'a [js::Value<'js>],
}

impl<'js> Call<'_, 'js> {
    /// How many arguments there are.
    pub(crate) const fn count(&self) -> usize {
        self.arguments.len()
    }

    /// An argument as it is; `undefined` where it is missing.
    pub(crate) fn raw(&self, index: usize) -> js::Value<'js> {
        self.arguments.get(index).cloned().unwrap_or_else(|| js::Value::new_undefined(self.ctx.clone()))
    }

    /// Whether an argument is missing, `undefined` or `null`.
    pub(crate) fn is_missing(&self, index: usize) -> bool {
        self.arguments.get(index).is_none_or(|value| value.is_undefined() || value.is_null())
    }

    /// An argument as a value of the border: objects of this side as what they stand for (a record its
    /// id, an element its value, a moment its text); missing ones are null.
    pub(crate) fn value(&self, index: usize) -> Result<Value, Halt> {
        match self.arguments.get(index) {
            Some(value) => convert::from_js(self.ctx, self.shared, value),
            None => Ok(Value::Null),
        }
    }

    /// An argument as text, as `String(…)` gives it; what is missing is empty.
    pub(crate) fn text(&self, index: usize) -> Result<String, Halt> {
        let Some(value) = self.arguments.get(index).filter(|_| !self.is_missing(index)) else {
            return Ok(String::new());
        };
        self.text_of(value)
    }

    /// The same, `None` where it is missing.
    pub(crate) fn optional_text(&self, index: usize) -> Result<Option<String>, Halt> {
        if self.is_missing(index) { Ok(None) } else { self.text(index).map(Some) }
    }

    /// A value as text, as `String(…)` gives it.
    pub(crate) fn text_of(&self, value: &js::Value<'js>) -> Result<String, Halt> {
        if let Some(text) = value.as_string() {
            return convert::text_from_js(self.ctx, self.shared, text);
        }
        let text: js::Coerced<js::String<'js>> = value.get()?;
        convert::text_from_js(self.ctx, self.shared, &text.0)
    }

    /// An argument as a number, as `Number(…)` gives it; NaN where it is missing.
    pub(crate) fn number(&self, index: usize) -> Result<f64, Halt> {
        let Some(value) = self.arguments.get(index) else { return Ok(f64::NAN) };
        if let Some(number) = value.as_number() {
            return Ok(number);
        }
        let number: js::Coerced<f64> = value.get()?;
        Ok(number.0)
    }

    /// An argument as a whole number; `otherwise` where it is missing or none.
    #[expect(clippy::cast_possible_truncation, reason = "casts of floats saturate")]
    pub(crate) fn whole(&self, index: usize, otherwise: i64) -> Result<i64, Halt> {
        let number = self.number(index)?;
        Ok(if number.is_nan() || self.is_missing(index) { otherwise } else { number as i64 })
    }

    /// Whether an argument is true; `otherwise` where it is missing.
    pub(crate) fn flag(&self, index: usize, otherwise: bool) -> Result<bool, Halt> {
        let Some(value) = self.arguments.get(index).filter(|value| !value.is_undefined()) else {
            return Ok(otherwise);
        };
        if let Some(flag) = value.as_bool() {
            return Ok(flag);
        }
        // `'false'` is how records write it.
        if self.value(index)?.as_text() == Some("false") {
            return Ok(false);
        }
        let flag: js::Coerced<bool> = value.get()?;
        Ok(flag.0)
    }

    /// The state of the object that the member is called on.
    pub(crate) fn state<T: 'static>(&self) -> Result<Rc<T>, Halt> {
        let state = instance::state_of(&self.this).and_then(|state| state.downcast::<T>().ok());
        state.ok_or_else(|| self.type_error("the method was called on an object of another class"))
    }

    /// The state of an argument, where it is an object with such a state.
    pub(crate) fn argument_state<T: 'static>(&self, index: usize) -> Option<Rc<T>> {
        self.arguments.get(index).and_then(instance::state_of).and_then(|state| state.downcast().ok())
    }

    /// Asks the host.
    pub(crate) fn host<T>(
        &self,
        body: impl FnOnce(&mut dyn Host) -> Result<T, HostError>,
    ) -> Result<T, Halt> {
        bridge::ask(self.shared, body)
    }

    /// Asks the host to read: one of the queries of the run.
    pub(crate) fn read<T>(
        &self,
        body: impl FnOnce(&mut dyn Host) -> Result<T, HostError>,
    ) -> Result<T, Halt> {
        self.shared.count_query()?;
        self.host(body)
    }

    /// Asks the host to plan something: one of the effects of the run.
    pub(crate) fn plan<T>(
        &self,
        body: impl FnOnce(&mut dyn Host) -> Result<T, HostError>,
    ) -> Result<T, Halt> {
        self.shared.count_effect()?;
        self.host(body)
    }

    /// An argument as a log shows it. Whatever the value is, this fails only when the run is over.
    pub(crate) fn shown(&self, index: usize) -> Result<String, Halt> {
        if self.shared.log_is_full() {
            return Ok(String::new());
        }
        match self.value(index) {
            Ok(Value::Text(text)) => Ok(text),
            Ok(other) => Ok(other.to_json().to_string()),
            Err(Halt::Stop(stop)) => Err(stop.into()),
            Err(Halt::Js(error)) => {
                if self.ctx.has_exception() {
                    let thrown = self.ctx.catch();
                    if thrown.is_uncatchable_error() {
                        return Err(Halt::Js(self.ctx.throw(thrown)));
                    }
                }
                drop(error);
                Ok("(a value that cannot be shown)".to_owned())
            }
            Err(Halt::TooDeep | Halt::Host(_)) => Ok("(a value that cannot be shown)".to_owned()),
        }
    }

    /// Writes to the log of the run.
    pub(crate) fn log(&self, level: Level, text: impl Into<String>) {
        if self.shared.log_is_full() {
            self.shared.leave_out_log_line();
        } else {
            self.shared.log(level, text.into());
        }
    }

    /// `undefined`.
    pub(crate) fn undefined(&self) -> js::Value<'js> {
        js::Value::new_undefined(self.ctx.clone())
    }

    /// `null`.
    pub(crate) fn null(&self) -> js::Value<'js> {
        js::Value::new_null(self.ctx.clone())
    }

    /// A value for the script.
    pub(crate) fn give(&self, value: &Value) -> Answer<'js> {
        Ok(convert::to_js(self.ctx, value)?)
    }

    /// Text for the script.
    pub(crate) fn give_text(&self, text: &str) -> Answer<'js> {
        Ok(convert::text_to_js(self.ctx, text)?)
    }

    /// A number for the script.
    pub(crate) fn give_number(&self, number: f64) -> js::Value<'js> {
        js::Value::new_number(self.ctx.clone(), number)
    }

    /// `true` or `false` for the script.
    pub(crate) fn give_flag(&self, flag: bool) -> js::Value<'js> {
        js::Value::new_bool(self.ctx.clone(), flag)
    }

    /// A new object of a class.
    pub(crate) fn object(&self, class: &'static crate::describe::Class, state: State) -> Answer<'js> {
        Ok(super::class::object(self.ctx, class, state)?)
    }

    /// A `TypeError`, which the script can catch.
    pub(crate) fn type_error(&self, message: &str) -> Halt {
        Halt::Js(Exception::throw_type(self.ctx, message))
    }

    /// A member that does not exist or is not supported: the error names it, the nearest that exists
    /// among `known`, and why where that is known.
    pub(crate) fn not_supported(&self, owner: &str, name: &str, why: Option<&str>, known: &[&str]) -> Halt {
        let near = if why.is_some() { None } else { nearest(name, known.iter().copied()) };
        let member = if owner.is_empty() { name.to_owned() } else { format!("{owner}.{name}") };
        let message = match (why, near) {
            (Some(why), _) => format!("{member} is not supported: {why}"),
            (None, Some(near)) => format!("{member} is not supported; did you mean {near}?"),
            (None, None) => format!("{member} is not supported"),
        };
        let thrown = Exception::from_message(self.ctx.clone(), &message).and_then(|exception| {
            exception.as_object().set("name", NOT_SUPPORTED)?;
            exception.as_object().set("member", member)?;
            exception.as_object().set("why", why)?;
            exception.as_object().set("nearest", near)?;
            Ok(exception.throw())
        });
        Halt::Js(thrown.unwrap_or_else(|failed| failed))
    }
}

/// A member's answer as the interpreter wants it.
pub(crate) fn settle<'js>(
    ctx: &Ctx<'js>,
    shared: &Shared,
    answer: Answer<'js>,
) -> js::Result<js::Value<'js>> {
    let halt = match answer {
        Ok(value) if shared.stopped().is_none() => return Ok(value),
        Ok(_) => return Err(end(ctx)),
        Err(halt) => halt,
    };
    match halt {
        Halt::Stop(stop) => {
            shared.stop(stop);
            Err(end(ctx))
        }
        Halt::Js(error) => Err(error),
        Halt::TooDeep => {
            Err(Exception::throw_range(ctx, "the value is nested too deeply or refers to itself"))
        }
        Halt::Host(error) => Err(bridge::refuse(ctx, &error)),
    }
}

/// An exception that no script can catch: the run has been stopped, so the interrupt ends the loop.
fn end(ctx: &Ctx<'_>) -> js::Error {
    match ctx.eval::<(), _>("for(;;);") {
        Err(error) => error,
        Ok(()) => js::Error::Unknown,
    }
}

/// A member as a function of the interpreter.
pub(super) struct Invoke(pub(super) Native);

impl<'js> IntoJsFunc<'js, Invoke> for Invoke {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    fn call<'a>(&self, params: Params<'a, 'js>) -> js::Result<js::Value<'js>> {
        let arguments: Vec<js::Value<'js>> =
            (0..params.len()).filter_map(|index| params.arg(index)).collect();
        within(params.ctx(), params.this(), &arguments, self.0)
    }
}

/// Does `body` as a call of the present run. Where the run is over, nothing is done any more.
pub(crate) fn within<'js>(
    ctx: &Ctx<'js>,
    this: js::Value<'js>,
    arguments: &[js::Value<'js>],
    body: impl FnOnce(&Call<'_, 'js>) -> Answer<'js>,
) -> js::Result<js::Value<'js>> {
    bridge::with_shared(|shared| {
        if shared.stopped().is_some() {
            return Err(end(ctx));
        }
        let answer = body(&Call { ctx, shared, this, arguments });
        settle(ctx, shared, answer)
    })
}
