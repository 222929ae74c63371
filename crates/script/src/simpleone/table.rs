//! `SimpleTable`: which tables extend which.

use std::rc::Rc;

use crate::describe::{Class, Member};
use crate::interp::kit::{Answer, Call};
use crate::{TableInfo, Value};

/// `SimpleTable`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleTable",
    doc: "A table among those that it extends and those that extend it. The id of a table is its name.",
    constructor: "(table: string)",
    make: Some(|call| {
        let info: Rc<TableInfo> = call.shared.table(call, &call.text(0)?)?;
        Ok(info)
    }),
    members: &[
        Member::method(
            "getParentTables",
            "(): { sys_id: string, name: string }[]",
            "The tables that it extends, the nearest first.",
            |call| tables(call, call.state::<TableInfo>()?.parents.clone()),
        ),
        Member::method(
            "getChildTables",
            "(): { sys_id: string, name: string }[]",
            "The tables that extend it, at any depth.",
            |call| {
                let info = call.state::<TableInfo>()?;
                tables(call, call.host(|host| host.extending(&info.name))?)
            },
        ),
    ],
    statics: &[],
    fields: None,
};

fn tables<'js>(call: &Call<'_, 'js>, names: Vec<String>) -> Answer<'js> {
    let entry = |name: String| {
        let name = Value::Text(name);
        Value::Map(vec![("sys_id".to_owned(), name.clone()), ("name".to_owned(), name)])
    };
    call.give(&Value::List(names.into_iter().map(entry).collect()))
}
