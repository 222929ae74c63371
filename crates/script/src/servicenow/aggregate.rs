//! `GlideAggregate`: counts and sums over the rows of a query, worked out here from the rows that the host
//! gives, within the limit of rows.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::{element, record};
use crate::describe::{Class, Member, joined};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};
use crate::record::{Record, is_empty, plain};
use crate::value::number_text;
use crate::{FieldKind, Row, Value};

/// `GlideAggregate`.
pub(super) static CLASS: Class = Class {
    name: "GlideAggregate",
    doc: "Counts and sums over the rows of a query. The rows are read, and count against the limit of rows.",
    constructor: "(table: string)",
    make: Some(make),
    members: &MEMBERS,
    statics: &[],
    fields: Some(record::FIELDS),
};

static MEMBERS: [Member; OWN.len() + record::FIND.len()] = joined(&[OWN, record::FIND]);

const OWN: &[Member] = &[
    Member::method(
        "addAggregate",
        "(operation: string, field?: string): void",
        "Asks for COUNT, SUM, AVG, MIN, MAX, STDDEV, GROUP_CONCAT or GROUP_CONCAT_DISTINCT. A COUNT of a field \
         counts each of its values by itself.",
        add,
    ),
    Member::method("groupBy", "(field: string): void", "One row for each value of a field.", group_by),
    Member::method(
        "addHaving",
        "(operation: string, field: any, operator: any, value?: any): void",
        "Only groups whose aggregate is so (`=`, `!=`, `<`, `<=`, `>`, `>=`).",
        having,
    ),
    Member::method(
        "orderByAggregate",
        "(operation: string, field?: string): void",
        "Sorts the groups by an aggregate, the largest first.",
        order_by,
    ),
    Member::method("setGroup", "(group: boolean): void", "With false, all rows are one group.", set_group),
    Member::method(
        "setAggregateWindow",
        "(first: number, last: number): void",
        "Limits the groups to those from the first (0 is the very first) to before the last.",
        window,
    ),
    Member::method("query", "(): void", "Runs the query.", query),
    Member::method("next", "(): boolean", "Moves to the next group; false behind the last one.", next),
    Member::method("hasNext", "(): boolean", "Whether there is another group.", has_next),
    Member::method("getRowCount", "(): number", "How many groups there are.", count),
    Member::method(
        "getAggregate",
        "(operation: string, field?: string): string | null",
        "An aggregate of the current group as text; null where it has none.",
        get,
    ),
    Member::method(
        "getValue",
        "(field: string): string | null",
        "The value of a field that was grouped by.",
        value,
    ),
    Member::method("getDisplayValue", "(field: string): string", "How that value is shown.", display),
    Member::method("getTableName", "(): string", "The table.", table),
    Member::refused("addTrend", "group by a field that says the time, or count with one query for each span"),
];

/// An operation and its field; empty where it counts rows.
type Wanted = (String, String);

/// Rows with the same values of the fields that are grouped by.
struct Group {
    keys: Vec<Value>,
    /// The value of each field that an operation is about, by row.
    rows: Vec<Vec<(String, Value)>>,
}

pub(crate) struct Aggregate {
    record: Rc<Record>,
    wanted: RefCell<Vec<Wanted>>,
    grouped: RefCell<Vec<String>>,
    having: RefCell<Vec<(Wanted, String, f64)>>,
    order: RefCell<Vec<Wanted>>,
    whole: Cell<bool>,
    window: Cell<Option<(usize, usize)>>,
    groups: RefCell<Vec<Group>>,
    /// The group after the current one.
    position: Cell<usize>,
}

impl Aggregate {
    /// The record whose query and current values it has.
    pub(super) fn record(&self) -> Rc<Record> {
        Rc::clone(&self.record)
    }

    fn fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = self.wanted.borrow().iter().map(|(_, field)| field.clone()).collect();
        fields.extend(self.having.borrow().iter().map(|((_, field), ..)| field.clone()));
        fields.extend(self.order.borrow().iter().map(|(_, field)| field.clone()));
        fields.retain(|field| !field.is_empty());
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    fn group(&self, name: &str) {
        let mut grouped = self.grouped.borrow_mut();
        if !grouped.iter().any(|known| known == name) {
            grouped.push(name.to_owned());
        }
    }
}

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    Ok(Rc::new(Aggregate {
        record: record::open(call, &call.text(0)?)?,
        wanted: RefCell::default(),
        grouped: RefCell::default(),
        having: RefCell::default(),
        order: RefCell::default(),
        whole: Cell::default(),
        window: Cell::default(),
        groups: RefCell::default(),
        position: Cell::default(),
    }))
}

fn own(call: &Call<'_, '_>) -> Result<Rc<Aggregate>, Halt> {
    call.state::<Aggregate>()
}

/// The operation and field of the first arguments.
fn wanted(call: &Call<'_, '_>) -> Result<Wanted, Halt> {
    let operation = call.text(0)?.to_uppercase();
    let known = ["COUNT", "SUM", "AVG", "MIN", "MAX", "STDDEV", "GROUP_CONCAT", "GROUP_CONCAT_DISTINCT"];
    if !known.contains(&operation.as_str()) {
        return Err(call.not_supported("GlideAggregate", &operation, None, &known));
    }
    Ok((operation, call.text(1)?))
}

fn add<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (own, wanted) = (own(call)?, wanted(call)?);
    if wanted.0 == "COUNT" && !wanted.1.is_empty() {
        own.group(&wanted.1);
    }
    own.wanted.borrow_mut().push(wanted);
    Ok(call.undefined())
}

fn group_by<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    own(call)?.group(&call.text(0)?);
    Ok(call.undefined())
}

fn having<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let mut wanted = wanted(call)?;
    // Of a count the field may be left out.
    let (operator, value) = if call.count() < 4 {
        wanted.1 = String::new();
        (call.text(1)?, call.number(2)?)
    } else {
        (call.text(2)?, call.number(3)?)
    };
    own(call)?.having.borrow_mut().push((wanted, operator, value));
    Ok(call.undefined())
}

fn order_by<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let wanted = wanted(call)?;
    own(call)?.order.borrow_mut().push(wanted);
    Ok(call.undefined())
}

fn set_group<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    own(call)?.whole.set(!call.flag(0, true)?);
    Ok(call.undefined())
}

fn window<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let first = usize::try_from(call.whole(0, 0)?).unwrap_or_default();
    let last = usize::try_from(call.whole(1, 0)?).unwrap_or_default();
    own(call)?.window.set(Some((first, last)));
    Ok(call.undefined())
}

fn query<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let own = own(call)?;
    let mut choice = own.record.choose(|choice| choice.clone());
    // A limit is one of groups, and what is sorted by is grouped by.
    let limit = choice.limit.take().map(|limit| limit as usize);
    let order = std::mem::take(&mut choice.order);
    for (field, _) in &order {
        own.group(field);
    }
    let rows = own.record.select(call, &choice)?;
    let mut groups = grouped(call, &own, rows)?;
    for (wanted, operator, value) in own.having.borrow().iter() {
        groups.retain(|group| holds(result(group, wanted), operator, *value));
    }
    sort(&own, &mut groups, &order);
    if let Some((first, last)) = own.window.get() {
        groups = groups.into_iter().take(last).skip(first).collect();
    }
    groups.truncate(limit.unwrap_or(usize::MAX));
    *own.groups.borrow_mut() = groups;
    own.position.set(0);
    own.record.blank();
    Ok(call.undefined())
}

fn grouped(call: &Call<'_, '_>, own: &Aggregate, rows: Vec<Row>) -> Result<Vec<Group>, Halt> {
    let by = if own.whole.get() { Vec::new() } else { own.grouped.borrow().clone() };
    let fields = own.fields();
    let mut groups: Vec<Group> = Vec::new();
    if by.is_empty() {
        // Without groups there is one, also of no rows.
        groups.push(Group { keys: Vec::new(), rows: Vec::new() });
    }
    for row in rows {
        let row = own.record.sibling(row);
        let value = |path: &String| match element::at_path(call, &row, path)? {
            Some(element) => element.value(call),
            None => Ok(Value::Null),
        };
        let keys = by.iter().map(value).collect::<Result<Vec<_>, Halt>>()?;
        let values = fields.iter().map(|path| Ok((path.clone(), value(path)?)));
        let values = values.collect::<Result<Vec<_>, Halt>>()?;
        match groups.iter_mut().find(|group| group.keys == keys) {
            Some(group) => group.rows.push(values),
            None => groups.push(Group { keys, rows: vec![values] }),
        }
    }
    Ok(groups)
}

/// By the order that was asked for; groups by the values that they have in common.
fn sort(own: &Aggregate, groups: &mut [Group], order: &[(String, bool)]) {
    let by = own.grouped.borrow();
    groups.sort_by(|one, other| compare_all(&one.keys, &other.keys));
    for (field, descending) in order.iter().rev() {
        let Some(place) = by.iter().position(|known| known == field) else { continue };
        groups.sort_by(|one, other| {
            let order = match (one.keys.get(place), other.keys.get(place)) {
                (Some(one), Some(other)) => compare(one, other),
                _ => std::cmp::Ordering::Equal,
            };
            if *descending { order.reverse() } else { order }
        });
    }
    for wanted in own.order.borrow().iter().rev() {
        groups.sort_by(|one, other| {
            let (one, other) = (result(one, wanted), result(other, wanted));
            compare(&text_value(other), &text_value(one))
        });
    }
}

fn text_value(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

fn compare_all(one: &[Value], other: &[Value]) -> std::cmp::Ordering {
    let pairs = one.iter().zip(other).map(|(one, other)| compare(one, other));
    pairs.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
}

/// Numbers by their size, everything else as text.
fn compare(one: &Value, other: &Value) -> std::cmp::Ordering {
    let (one, other) = (plain(one), plain(other));
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => one.cmp(&other),
    }
}

fn holds(result: Option<String>, operator: &str, value: f64) -> bool {
    let Some(own) = result.and_then(|text| text.parse::<f64>().ok()) else { return false };
    match operator {
        #[expect(clippy::float_cmp, reason = "what was asked for")]
        "=" => own == value,
        #[expect(clippy::float_cmp, reason = "what was asked for")]
        "!=" => own != value,
        "<" => own < value,
        "<=" => own <= value,
        ">" => own > value,
        ">=" => own >= value,
        _ => false,
    }
}

/// An aggregate of a group; `None` where there is nothing to work it out from.
#[expect(clippy::cast_precision_loss, reason = "rows are limited far below 2^53")]
fn result(group: &Group, (operation, field): &Wanted) -> Option<String> {
    if operation == "COUNT" {
        return Some(group.rows.len().to_string());
    }
    let of_row =
        |row: &'_ Vec<(String, Value)>| row.iter().find(|(name, _)| name == field).map(|(_, v)| v.clone());
    let values: Vec<Value> = group.rows.iter().filter_map(of_row).filter(|value| !is_empty(value)).collect();
    if values.is_empty() {
        return None;
    }
    let numbers = || values.iter().filter_map(|value| plain(value).parse::<f64>().ok()).collect::<Vec<_>>();
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
    match operation.as_str() {
        "SUM" => Some(number_text(numbers().iter().sum())),
        "AVG" => Some(numbers()).filter(|all| !all.is_empty()).map(|all| number_text(mean(&all))),
        "STDDEV" => Some(numbers()).filter(|all| !all.is_empty()).map(|all| {
            let mean = mean(&all);
            let squares: f64 = all.iter().map(|one| (one - mean).powi(2)).sum();
            number_text((squares / all.len() as f64).sqrt())
        }),
        "MIN" => values.iter().min_by(|one, other| compare(one, other)).map(plain),
        "MAX" => values.iter().max_by(|one, other| compare(one, other)).map(plain),
        _ => {
            let mut texts: Vec<String> = values.iter().map(plain).collect();
            if operation == "GROUP_CONCAT_DISTINCT" {
                texts.sort_unstable();
                texts.dedup();
            }
            Some(texts.join(","))
        }
    }
}

fn next<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let own = own(call)?;
    let position = own.position.get();
    let groups = own.groups.borrow();
    let Some(group) = groups.get(position) else {
        own.record.blank();
        return Ok(call.give_flag(false));
    };
    own.position.set(position + 1);
    let names = own.grouped.borrow().clone();
    let shown = names.into_iter().zip(group.keys.iter().cloned()).filter(|(name, _)| !name.contains('.'));
    own.record.show(shown.collect());
    Ok(call.give_flag(true))
}

fn has_next<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let own = own(call)?;
    let there = own.position.get() < own.groups.borrow().len();
    Ok(call.give_flag(there))
}

#[expect(clippy::cast_precision_loss, reason = "rows are limited far below 2^53")]
fn count<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let count = own(call)?.groups.borrow().len();
    Ok(call.give_number(count as f64))
}

fn get<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (own, wanted) = (own(call)?, wanted(call)?);
    let groups = own.groups.borrow();
    let group = own.position.get().checked_sub(1).and_then(|place| groups.get(place));
    match group.and_then(|group| result(group, &wanted)) {
        Some(text) => call.give_text(&text),
        None => Ok(call.null()),
    }
}

/// The value of a field that the current group has in common.
fn key(call: &Call<'_, '_>, field: &str) -> Result<Option<Value>, Halt> {
    let own = own(call)?;
    let place = own.grouped.borrow().iter().position(|known| known == field);
    let groups = own.groups.borrow();
    let group = own.position.get().checked_sub(1).and_then(|place| groups.get(place));
    Ok(place.and_then(|place| group?.keys.get(place).cloned()))
}

fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let field = call.text(0)?;
    let kind = own(call)?.record.field(&field).map(|info| info.kind.clone()).unwrap_or_default();
    match key(call, &field)? {
        Some(value) => record::told(call, &kind, &value),
        None => Ok(call.null()),
    }
}

fn display<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (own, field) = (own(call)?, call.text(0)?);
    let Some(value) = key(call, &field)?.filter(|value| !is_empty(value)) else { return call.give_text("") };
    // Behind a path it is the table at its end that knows how a value is shown.
    let mut table = own.record.table().to_owned();
    let mut names = field.split('.').peekable();
    let mut name = "";
    while let Some(next) = names.next() {
        name = next;
        if names.peek().is_some()
            && let Some(FieldKind::Reference(to)) =
                call.shared.table(call, &table)?.field(next).map(|info| info.kind.clone())
        {
            table = to;
        }
    }
    call.give_text(&call.read(|host| host.display_of(&table, name, &value))?)
}

fn table<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(own(call)?.record.table())
}
