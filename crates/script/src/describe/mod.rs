//! The description of both vocabularies: what there is, how it is called, what it does, and which code
//! does it. The classes of the sandbox, the typings (`rejoinder.d.ts`), the completion data of editors
//! and the documentation all come from it, so that none of them can know more or less than another.
//!
//! Only data and its writing; how members are put into an interpreter is `interp::kit`'s.

mod completion;
mod markdown;
mod typings;

pub use completion::completion;
pub use markdown::markdown;
pub use typings::typings;

use crate::interp::kit::{Fields, Make, Native};

/// Names of the language itself, which a vocabulary may add members to.
pub(crate) const LANGUAGE: [&str; 46] = [
    "AggregateError",
    "Array",
    "ArrayBuffer",
    "BigInt64Array",
    "BigUint64Array",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "EvalError",
    "FinalizationRegistry",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "Function",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Intl",
    "Iterator",
    "JSON",
    "Map",
    "Math",
    "Number",
    "Object",
    "Promise",
    "Proxy",
    "RangeError",
    "ReferenceError",
    "Reflect",
    "RegExp",
    "Set",
    "SharedArrayBuffer",
    "String",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakRef",
    "WeakSet",
    "this",
];

/// A class, or an object that there is one of.
pub struct Class {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a sentence or two for people who write scripts.
    pub doc: &'static str,
    /// TypeScript parameters of its constructor, as in `(table: string)`; empty where there is none.
    pub constructor: &'static str,
    /// Makes the state of a new object; `None` where scripts cannot.
    pub(crate) make: Option<Make>,
    /// Members of its objects.
    pub members: &'static [Member],
    /// Members of the class itself.
    pub statics: &'static [Member],
    /// Names beside the members, such as the fields of a record.
    pub(crate) fields: Option<Fields>,
}

/// A member.
#[derive(Clone, Copy)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Of a method its TypeScript parameters and result, as in `(field: string): string`; of a property
    /// its type; empty where it is not supported.
    pub signature: &'static str,
    /// What it does, in a sentence for people who write scripts; of one that is not supported: why, and
    /// what to use.
    pub doc: &'static str,
    pub(crate) what: What,
}

/// What a member is.
#[derive(Clone, Copy)]
pub(crate) enum What {
    /// A function.
    Method(Native),
    /// A value that is read, and written where there is a second function.
    Property(Native, Option<Native>),
    /// The platform has it and Rejoinder does not.
    Refused,
}

impl Member {
    /// A function.
    pub(crate) const fn method(
        name: &'static str,
        signature: &'static str,
        doc: &'static str,
        native: Native,
    ) -> Self {
        Self { name, signature, doc, what: What::Method(native) }
    }

    /// A value that is only read.
    pub(crate) const fn property(
        name: &'static str,
        signature: &'static str,
        doc: &'static str,
        get: Native,
    ) -> Self {
        Self { name, signature, doc, what: What::Property(get, None) }
    }

    /// A value that is read and written.
    pub(crate) const fn variable(
        name: &'static str,
        signature: &'static str,
        doc: &'static str,
        get: Native,
        set: Native,
    ) -> Self {
        Self { name, signature, doc, what: What::Property(get, Some(set)) }
    }

    /// A member of the platform that Rejoinder does not have, and why.
    pub(crate) const fn refused(name: &'static str, doc: &'static str) -> Self {
        Self { name, signature: "", doc, what: What::Refused }
    }

    /// Whether it works.
    pub const fn is_supported(&self) -> bool {
        !matches!(self.what, What::Refused)
    }
}

impl Class {
    /// The member of this name, also one that is not supported.
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// The names of what works.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.members.iter().filter(|member| member.is_supported()).map(|member| member.name)
    }
}

/// The members of several lists as one, for classes that have what another one has; `N` is how many they are.
#[expect(clippy::indexing_slicing, reason = "evaluated when compiled, where a wrong place is an error")]
pub(crate) const fn joined<const N: usize>(lists: &[&[Member]]) -> [Member; N] {
    let mut all = [Member::refused("", ""); N];
    let (mut list, mut count) = (0, 0);
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            all[count] = lists[list][index];
            index += 1;
            count += 1;
        }
        list += 1;
    }
    all
}

/// Everything that scripts of a vocabulary find.
pub struct Api {
    /// Classes by their names.
    pub classes: &'static [&'static Class],
    /// Objects that there is one of, by their global names.
    pub objects: &'static [(&'static str, &'static Class)],
    /// Objects that only some scripts are given, by the names that they usually have there.
    pub given: &'static [(&'static str, &'static Class)],
    /// Global functions.
    pub functions: &'static [Member],
    /// Global names of the platform that Rejoinder does not have, and why.
    pub refused: &'static [(&'static str, &'static str)],
}

impl Api {
    /// Of a vocabulary.
    pub const fn of(vocabulary: crate::Vocabulary) -> &'static Self {
        match vocabulary {
            crate::Vocabulary::SimpleOne => &crate::simpleone::API,
            crate::Vocabulary::ServiceNow => &crate::servicenow::API,
        }
    }

    /// Global names that work.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.classes
            .iter()
            .map(|class| class.name)
            .chain(self.objects.iter().map(|(name, _)| *name))
            .chain(self.functions.iter().filter(|one| one.is_supported()).map(|one| one.name))
    }

    /// The name by which scripts know a class: the global one where it is an object that there is one of.
    pub fn called(&self, class: &'static Class) -> &'static str {
        // What is given under a name of its own may be made by scripts, too: then its class says more.
        let is_class = |class: &Class| self.classes.iter().any(|one| one.name == class.name);
        let given = self.given.iter().filter(|(_, one)| !is_class(one));
        let mut objects = self.objects.iter().chain(given);
        objects.find(|(_, one)| one.name == class.name).map_or(class.name, |(name, _)| name)
    }

    /// Every class, also those of objects, once.
    pub fn all_classes(&self) -> Vec<&'static Class> {
        let mut all: Vec<&'static Class> = Vec::new();
        let classes = self.classes.iter().copied();
        let others = self.objects.iter().chain(self.given).map(|(_, class)| *class);
        for class in classes.chain(others) {
            if all.iter().all(|known| known.name != class.name) {
                all.push(class);
            }
        }
        all
    }
}
