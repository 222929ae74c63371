//! `GlideStringUtil`: small helpers with texts.

use super::system::texts::{base64_bytes, base64_decode, base64_encode, url_decode, url_encode};
use crate::describe::{Class, Member};
use crate::interp::kit::{Answer, Call};

/// `GlideStringUtil`.
pub(crate) static CLASS: Class = Class {
    name: "GlideStringUtil",
    doc: "Helpers with texts.",
    constructor: "",
    make: None,
    members: &[],
    statics: &[
        Member::method("escapeHTML", TEXT, "A text with the signs of HTML escaped.", |call| {
            changed(call, escape_html)
        }),
        Member::method("unescapeHTML", TEXT, "A text with escaped signs of HTML as they are.", |call| {
            changed(call, unescape_html)
        }),
        Member::method("unEscapeHTML", TEXT, "The same as `unescapeHTML`.", |call| {
            changed(call, unescape_html)
        }),
        Member::method("newLinesToBreaks", TEXT, "A text with `<br/>` for new lines.", |call| {
            changed(call, |text| text.replace("\r\n", "\n").replace(['\n', '\r'], "<br/>"))
        }),
        Member::method("escapeTicks", TEXT, "A text with a backslash before single quotes.", |call| {
            changed(call, |text| text.replace('\'', "\\'"))
        }),
        Member::method("escapeForHomePage", TEXT, "The same as `escapeHTML`.", |call| {
            changed(call, escape_html)
        }),
        Member::method(
            "escapeQueryTermSeparator",
            TEXT,
            "A text with `^^` for `^`, as a value of an encoded query.",
            |call| changed(call, |text| text.replace('^', "^^")),
        ),
        Member::method(
            "normalizeWhitespace",
            TEXT,
            "A text with one space for what is between words.",
            |call| changed(call, |text| text.split_whitespace().collect::<Vec<_>>().join(" ")),
        ),
        Member::method("dotToUnderBar", TEXT, "A text with `_` for dots.", |call| {
            changed(call, |text| text.replace('.', "_"))
        }),
        Member::method("getNumeric", TEXT, "The digits of a text.", |call| {
            changed(call, |text| text.chars().filter(char::is_ascii_digit).collect())
        }),
        Member::method("isBase64", "(text: string): boolean", "Whether a text is Base64.", |call| {
            let text = call.text(0)?;
            Ok(call.give_flag(!text.is_empty() && base64_bytes(&text).is_some()))
        }),
        Member::method(
            "isEligibleSysID",
            "(text: string): boolean",
            "Whether a text is 32 hexadecimal digits, as ids of ServiceNow are.",
            |call| {
                let text = call.text(0)?;
                Ok(call.give_flag(text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())))
            },
        ),
        Member::method("base64Encode", TEXT, "A text as Base64 of its UTF-8.", base64_encode),
        Member::method(
            "base64Decode",
            "(text: string): string | null",
            "The text of a Base64; null where it is none.",
            base64_decode,
        ),
        Member::method("urlEncode", TEXT, "A text as a value of an address; a space is `+`.", url_encode),
        Member::method("urlDecode", TEXT, "The text of a value of an address.", url_decode),
    ],
    fields: None,
};

const TEXT: &str = "(text: string): string";

/// The signs of HTML and what stands for them; `&` comes first when it is escaped, last when it is not.
const SIGNS: [(&str, &str); 5] =
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")];

fn escape_html(text: &str) -> String {
    SIGNS.iter().fold(text.to_owned(), |text, (sign, escaped)| text.replace(sign, escaped))
}

fn unescape_html(text: &str) -> String {
    let text = text.replace("&#34;", "\"").replace("&nbsp;", "\u{a0}");
    SIGNS.iter().rev().fold(text, |text, (sign, escaped)| text.replace(escaped, sign))
}

fn changed<'js>(call: &Call<'_, 'js>, change: fn(&str) -> String) -> Answer<'js> {
    call.give_text(&change(&call.text(0)?))
}
