//! `GlideTableHierarchy`: tables that a table extends, and that extend it.

use std::rc::Rc;

use super::user::list;
use crate::TableInfo;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Call, State};

/// `GlideTableHierarchy`.
pub(crate) static CLASS: Class = Class {
    name: "GlideTableHierarchy",
    doc: "The tables that a table extends, and those that extend it.",
    constructor: "(table: string)",
    make: Some(make),
    members: &[
        Member::method("getName", "(): string", "The table.", |call| {
            call.give_text(&call.state::<TableInfo>()?.name)
        }),
        Member::method(
            "getTables",
            "(): string[]",
            "The table and those that it extends, nearest first.",
            |call| {
                let info = call.state::<TableInfo>()?;
                let tables: Vec<String> = std::iter::once(&info.name).chain(&info.parents).cloned().collect();
                list(call, &tables)
            },
        ),
        Member::method(
            "getBase",
            "(): string",
            "The table at the root of those that it extends; itself without one.",
            |call| {
                let info = call.state::<TableInfo>()?;
                call.give_text(info.parents.last().unwrap_or(&info.name))
            },
        ),
        Member::method("getTableExtensions", "(): string[]", "The tables that extend it.", |call| {
            list(call, &extending(call)?)
        }),
        Member::method("getAllExtensions", "(): string[]", "The table and those that extend it.", |call| {
            let own = call.state::<TableInfo>()?.name.clone();
            let tables: Vec<String> = std::iter::once(own).chain(extending(call)?).collect();
            list(call, &tables)
        }),
        Member::method("hasExtensions", "(): boolean", "Whether tables extend it.", |call| {
            Ok(call.give_flag(!extending(call)?.is_empty()))
        }),
        Member::method(
            "isBaseClass",
            "(): boolean",
            "Whether it extends no table, and tables extend it.",
            |call| {
                let is_root = call.state::<TableInfo>()?.parents.is_empty();
                Ok(call.give_flag(is_root && !extending(call)?.is_empty()))
            },
        ),
        Member::method(
            "isSoloClass",
            "(): boolean",
            "Whether it extends no table, and none extends it.",
            |call| {
                let is_root = call.state::<TableInfo>()?.parents.is_empty();
                Ok(call.give_flag(is_root && extending(call)?.is_empty()))
            },
        ),
    ],
    statics: &[],
    fields: None,
};

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    let info: Rc<TableInfo> = call.shared.table(call, &call.text(0)?)?;
    Ok(info)
}

fn extending(call: &Call<'_, '_>) -> Result<Vec<String>, Halt> {
    let info = call.state::<TableInfo>()?;
    let tables = call.host(|host| host.extending(&info.name))?;
    Ok(tables.into_iter().filter(|table| *table != info.name).collect())
}
