//! What the methods of elements do.

use super::{Element, text::shown};
use crate::date::Moment;
use crate::date::calendar::text_of;
use crate::date::run::zone;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::{Record, is_empty, is_journal, is_true, plain};
use crate::servicenow::{coerce, descriptor, language, record};
use crate::{FieldKind, Right, Value};

pub(super) fn own(call: &Call<'_, '_>) -> Result<std::rc::Rc<Element>, Halt> {
    call.state::<Element>()
}

pub(super) fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    let value = element.value(call)?;
    match element.kind(call)? {
        FieldKind::Boolean if !is_empty(&value) => call.give_text(if is_true(&value) { "1" } else { "0" }),
        _ => call.give_text(&plain(&value)),
    }
}

/// Writes a value into the record of an element.
pub(super) fn write(call: &Call<'_, '_>, element: &Element, value: Value) -> Result<(), Halt> {
    record::write_field(call, &*element.owner(call)?, element.name(), value);
    Ok(())
}

pub(super) fn set_value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    write(call, &*own(call)?, call.value(0)?)?;
    Ok(call.undefined())
}

pub(super) fn set_display<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (element, text) = (own(call)?, call.text(0)?);
    record::write_display(call, &*element.owner(call)?, element.name(), &text)?;
    Ok(call.undefined())
}

fn display_text(call: &Call<'_, '_>) -> Result<String, Halt> {
    let element = own(call)?;
    let owner = element.owner(call)?;
    let text = match owner.field(element.name()) {
        Some(info) if is_journal(info) => element.text(call)?,
        Some(_) if is_empty(&element.value(call)?) => String::new(),
        Some(_) => owner.display(call, Some(element.name()))?,
        None => owner.id(),
    };
    let max = usize::try_from(call.whole(0, 0)?).unwrap_or_default();
    Ok(if max == 0 { text } else { text.chars().take(max).collect() })
}

pub(super) fn display<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&display_text(call)?)
}

pub(super) fn display_or<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let text = display_text(call)?;
    if text.is_empty() { call.give_text(&call.text(1)?) } else { call.give_text(&text) }
}

pub(super) fn html<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&shown(&display_text(call)?))
}

pub(super) fn html_or<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let text = display_text(call)?;
    call.give_text(&if text.is_empty() { call.text(1)? } else { shown(&text) })
}

pub(super) fn escaped<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&shown(&own(call)?.text(call)?))
}

pub(super) fn changes<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(own(call)?.changes(call)?))
}

pub(super) fn changes_to<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (element, wanted) = (own(call)?, call.value(0)?);
    let now = match element.value(call)? {
        Value::Null => Value::Text(element.text(call)?),
        value => value,
    };
    let same = coerce::alike(&element.kind(call)?, &now, &wanted);
    Ok(call.give_flag(same && element.changes(call)?))
}

pub(super) fn changes_from<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (element, wanted) = (own(call)?, call.value(0)?);
    let owner = element.owner(call)?;
    // For an insert everything was empty before, and no value changes from anything.
    let Some(old) = owner.old_value(element.name()).filter(|_| !owner.is_inserted()) else {
        return Ok(call.give_flag(false));
    };
    let same = coerce::alike(&element.kind(call)?, &old, &wanted);
    Ok(call.give_flag(same && element.changes(call)?))
}

fn is_nil(call: &Call<'_, '_>) -> Result<bool, Halt> {
    Ok(own(call)?.text(call)?.is_empty())
}

pub(super) fn nil<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(is_nil(call)?))
}

pub(super) fn has_value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(!is_nil(call)?))
}

pub(super) fn referenced<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    let FieldKind::Reference(table) = element.kind(call)? else {
        return Err(call.type_error(&format!("getRefRecord: {} is no reference", element.name())));
    };
    let id = plain(&element.value(call)?);
    record::object(call, Record::referenced(call, &table, &id)?)
}

pub(super) fn reference_table<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    match own(call)?.kind(call)? {
        FieldKind::Reference(table) | FieldKind::List(table) if !table.is_empty() => call.give_text(&table),
        _ => Ok(call.null()),
    }
}

pub(super) fn table<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(own(call)?.owner(call)?.table())
}

pub(super) fn base<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let owner = own(call)?.owner(call)?;
    call.give_text(owner.info.parents.last().map_or(owner.table(), String::as_str))
}

pub(super) fn name<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(own(call)?.name())
}

pub(super) fn label<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    let info = element.info(call)?;
    call.give_text(info.as_ref().map_or(element.name(), |info| &info.label))
}

pub(super) fn journal<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    let owner = element.owner(call)?;
    let Some(info) = owner.field(element.name()).filter(|info| is_journal(info)) else {
        return Err(call.type_error(&format!("getJournalEntry: {} is no journal field", element.name())));
    };
    let id = owner.id();
    if id.is_empty() {
        return call.give_text("");
    }
    let most = call.shared.rows_left();
    let limit = u32::try_from(call.whole(0, 1)?).map_or(most, |count| count.min(most));
    let entries = call.read(|host| host.journal(owner.table(), &id, Some(element.name()), limit))?;
    call.shared.count_rows(entries.len())?;
    let zone = zone(call)?;
    let texts = entries.iter().map(|entry| {
        let at = Moment::from_micros(entry.at_micros)
            .map_or_else(|_| String::new(), |at| text_of(at.local(&zone)));
        format!("{at} - {} ({})\n{}", entry.who, info.label, entry.text)
    });
    call.give_text(&texts.collect::<Vec<_>>().join("\n\n"))
}

pub(super) fn set_journal<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    if !element.info(call)?.as_ref().is_some_and(is_journal) {
        return Err(call.type_error(&format!("setJournalEntry: {} is no journal field", element.name())));
    }
    write(call, &element, Value::Text(call.text(0)?))?;
    Ok(call.undefined())
}

pub(super) fn choices<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let info = own(call)?.info(call)?;
    let values = info.map(|info| info.choices.into_iter().map(|(value, _)| value).collect());
    list_of_choices(call, values.unwrap_or_default())
}

/// Texts as a list of Java's kind.
pub(in crate::servicenow) fn list_of_choices<'js>(call: &Call<'_, 'js>, texts: Vec<String>) -> Answer<'js> {
    let texts = texts.iter().map(|text| call.give_text(text)).collect::<Result<Vec<_>, Halt>>()?;
    language::list(call, texts)
}

pub(super) fn choice<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    let value = element.text(call)?;
    let info = element.info(call)?;
    let label = info.and_then(|info| info.choices.into_iter().find(|(known, _)| *known == value));
    call.give_text(&label.map_or(value, |(_, label)| label))
}

pub(super) fn set_error<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    element.owner(call)?.note_error(&format!("{}: {}", element.name(), call.text(0)?));
    Ok(call.undefined())
}

pub(super) fn error<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    let before = format!("{}: ", element.name());
    let errors = element.owner(call)?.errors();
    let error = errors.iter().rev().find_map(|error| error.strip_prefix(&before));
    call.give_text(error.unwrap_or_default())
}

pub(super) fn descriptor<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    descriptor_of(call, &*element.owner(call)?, element.name())
}

/// What the dictionary says of a field, as an object.
pub(in crate::servicenow) fn descriptor_of<'js>(
    call: &Call<'_, 'js>,
    record: &Record,
    name: &str,
) -> Answer<'js> {
    descriptor::object(call, record.field(name), name)
}

fn may<'js>(call: &Call<'_, 'js>, right: Right) -> Answer<'js> {
    let element = own(call)?;
    let owner = element.owner(call)?;
    let id = Some(owner.id()).filter(|id| !id.is_empty() && right != Right::Create);
    let may = call.host(|host| host.may(right, owner.table(), id.as_deref(), Some(element.name())))?;
    Ok(call.give_flag(may))
}

pub(super) fn can_read<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    may(call, Right::Read)
}

pub(super) fn can_write<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    may(call, Right::Update)
}

pub(super) fn can_create<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    may(call, Right::Create)
}

pub(super) fn has_rights<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    match call.text(0)?.as_str() {
        "read" => may(call, Right::Read),
        "write" => may(call, Right::Update),
        "create" => may(call, Right::Create),
        "delete" => may(call, Right::Delete),
        other => Err(call.type_error(&format!("hasRightsTo: there is no operation {other}"))),
    }
}
