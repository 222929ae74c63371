//! Lists of properties inside a `winmail.dat` (MS-OXTNEF, 2.1.3.4).

use super::cursor::Cursor;

/// The value of a property; of several values the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Number(u32),
    /// Text in the code page of the stream.
    Narrow(&'a [u8]),
    /// Text in UTF-16.
    Wide(&'a [u8]),
    Bytes(&'a [u8]),
    /// The identity of an interface, and its bytes.
    Object(&'a [u8]),
    /// Of a kind that nothing here asks for.
    Other,
}

impl Value<'_> {
    pub(super) const fn number(&self) -> Option<u32> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Property<'a> {
    pub(super) id: u16,
    pub(super) value: Value<'a>,
}

/// Ids from here on have a name of their own beside them.
const FIRST_NAMED: u16 = 0x8000;
/// The mark of a kind with several values.
const SEVERAL: u16 = 0x1000;

/// The properties of `bytes`, and whether all could be read. `may_go_on` is asked before each.
pub(super) fn read(bytes: &[u8], mut may_go_on: impl FnMut() -> bool) -> (Vec<Property<'_>>, bool) {
    let mut properties = Vec::new();
    let mut cursor = Cursor::new(bytes);
    let Some(count) = cursor.u32() else { return (properties, false) };
    for _ in 0..count {
        if !may_go_on() {
            return (properties, false);
        }
        let Some(property) = property(&mut cursor, &mut may_go_on) else { return (properties, false) };
        properties.push(property);
    }
    (properties, true)
}

fn property<'a>(cursor: &mut Cursor<'a>, may_go_on: &mut impl FnMut() -> bool) -> Option<Property<'a>> {
    let kind = cursor.u16()?;
    let id = cursor.u16()?;
    if id >= FIRST_NAMED {
        name(cursor)?;
    }
    let base = kind & !SEVERAL;
    let is_list = kind & SEVERAL != 0 || matches!(base, 0x0D | 0x1E | 0x1F | 0x102);
    let count = if is_list { cursor.u32()? } else { 1 };
    let mut first = None;
    for number in 0..count {
        if number > 0 && !may_go_on() {
            return None;
        }
        let value = value(cursor, base)?;
        first = first.or(Some(value));
    }
    Some(Property { id, value: first.unwrap_or(Value::Other) })
}

/// Passes over the name: the identity of its family, and a number or a text.
fn name(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.take(16)?;
    if cursor.u32()? == 0 {
        cursor.u32()?;
        return Some(());
    }
    let length = usize::try_from(cursor.u32()?).ok()?;
    cursor.take_padded(length).map(|_| ())
}

fn value<'a>(cursor: &mut Cursor<'a>, kind: u16) -> Option<Value<'a>> {
    match kind {
        0x01 => Some(Value::Other),
        0x03 => cursor.u32().map(Value::Number),
        0x02 | 0x04 | 0x0A | 0x0B => cursor.take(4).map(|_| Value::Other),
        0x05 | 0x06 | 0x07 | 0x14 | 0x40 => cursor.take(8).map(|_| Value::Other),
        0x48 => cursor.take(16).map(|_| Value::Other),
        0x0D | 0x1E | 0x1F | 0x102 => {
            let length = usize::try_from(cursor.u32()?).ok()?;
            let bytes = cursor.take_padded(length)?;
            Some(match kind {
                0x0D => Value::Object(bytes),
                0x1E => Value::Narrow(bytes),
                0x1F => Value::Wide(bytes),
                _ => Value::Bytes(bytes),
            })
        }
        // The size of an unknown kind is not known either.
        _ => None,
    }
}
