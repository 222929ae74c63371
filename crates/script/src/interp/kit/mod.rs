//! How described classes become objects of an interpreter: prototypes from the description, calls with
//! their arguments, objects with a state on this side of the border.
//!
//! States hold no JavaScript values: a value held by Rust is invisible to the collector and would keep
//! the sandbox from being freed. What a member means is decided by the vocabularies.

mod call;
mod class;
mod instance;

use std::any::Any;
use std::rc::Rc;

use rquickjs as js;

use super::convert::Halt;

pub(crate) use call::{Call, settle, within};
pub(crate) use class::{Registry, install, native};
pub(crate) use instance::state_of;

/// What a member gives.
pub(crate) type Answer<'js> = Result<js::Value<'js>, Halt>;
/// What a member does.
pub(crate) type Native = for<'a, 'js> fn(&Call<'a, 'js>) -> Answer<'js>;
/// The state of an object; shared with objects that depend on it.
pub(crate) type State = Rc<dyn Any>;
/// Makes the state of a new object from the arguments of its constructor.
pub(crate) type Make = for<'a, 'js> fn(&Call<'a, 'js>) -> Result<State, Halt>;

/// Names beside the members of a class.
#[derive(Clone, Copy)]
pub(crate) struct Fields {
    /// The value under a name; `None` where there is no such name.
    pub(crate) get: for<'a, 'js> fn(&Call<'a, 'js>, &str) -> Result<Option<js::Value<'js>>, Halt>,
    /// Writes argument 0 under a name.
    pub(crate) set: for<'a, 'js> fn(&Call<'a, 'js>, &str) -> Result<(), Halt>,
    /// Whether there is such a name (`in`).
    pub(crate) has: for<'a, 'js> fn(&Call<'a, 'js>, &str) -> Result<bool, Halt>,
    /// The names that there are, for `for … in` and for messages about others.
    pub(crate) names: for<'a, 'js> fn(&Call<'a, 'js>) -> Result<Vec<String>, Halt>,
}
