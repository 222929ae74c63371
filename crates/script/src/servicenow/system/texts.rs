//! Texts: encodings, identities, and whether a value is none.

use data_encoding::{BASE64, HEXLOWER};

use crate::describe::Member;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::interp::random;

/// The members.
pub(super) const MEMBERS: &[Member] = &[
    Member::method(
        "nil",
        "(value: any): boolean",
        "Whether a value is null, undefined, an empty text or an empty field.",
        |call| Ok(call.give_flag(is_nil(call)?)),
    ),
    Member::method(
        "generateGUID",
        "(): string",
        "A new id of 32 hexadecimal digits, from the randomness of the run.",
        |call| {
            let number = call.shared.identities.get();
            call.shared.identities.set(number.wrapping_add(1));
            call.give_text(&HEXLOWER.encode(&random::identity(call.shared.seed.get(), number)))
        },
    ),
    Member::method("base64Encode", "(text: string): string", "A text as Base64 of its UTF-8.", base64_encode),
    Member::method(
        "base64Decode",
        "(text: string): string | null",
        "The text of a Base64; null where it is none.",
        base64_decode,
    ),
    Member::method(
        "urlEncode",
        "(text: string): string",
        "A text as a value of an address; a space is `+`.",
        url_encode,
    ),
    Member::method("urlDecode", "(text: string): string", "The text of a value of an address.", url_decode),
    Member::refused("xmlToJSON", "XML is not read"),
    Member::refused("sleep", "a script must not wait: raise an event for later with gs.eventQueueScheduled"),
];

/// Whether argument 0 is nothing.
fn is_nil(call: &Call<'_, '_>) -> Result<bool, Halt> {
    let value = call.raw(0);
    if call.is_missing(0) {
        return Ok(true);
    }
    // Objects of the vocabulary (elements, dates) are what their text is.
    if value.is_string() || value.as_proxy().is_some() {
        return Ok(call.text(0)?.is_empty());
    }
    Ok(false)
}

/// Argument 0 as Base64.
pub(in crate::servicenow) fn base64_encode<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&BASE64.encode(call.text(0)?.as_bytes()))
}

/// The bytes of a Base64 text, which may be broken into lines.
pub(in crate::servicenow) fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    let dense: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    BASE64.decode(dense.as_bytes()).ok()
}

/// The text of the Base64 in argument 0.
pub(in crate::servicenow) fn base64_decode<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    match base64_bytes(&call.text(0)?) {
        Some(bytes) => call.give_text(&String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}")),
        None => Ok(call.null()),
    }
}

/// Argument 0 as a value of an address.
pub(in crate::servicenow) fn url_encode<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let mut encoded = String::new();
    for byte in call.text(0)?.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    call.give_text(&encoded)
}

/// The text of the value of an address in argument 0.
pub(in crate::servicenow) fn url_decode<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let text = call.text(0)?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = if byte == b'%' { escaped(rest.clone()) } else { None };
        match (byte, hex) {
            (_, Some(decoded)) => {
                bytes.push(decoded);
                rest.nth(1);
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(other),
        }
    }
    call.give_text(&String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}"))
}

/// The byte that the next two hexadecimal digits write.
fn escaped(mut ahead: std::str::Bytes<'_>) -> Option<u8> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    let (high, low) = (digit(ahead.next())?, digit(ahead.next())?);
    u8::try_from(high * 16 + low).ok()
}
