//! The mail as ServiceNow's inbound scripts read it: `email` with its properties.

use rejoinder_script::Value;

use super::{Found, Work};
use crate::config::Body;

/// Header fields that scripts are given as text.
const HEADERS_BYTES_MAX: usize = 64 * 1024;
/// Lines `Name: value` that become properties; further ones are left out.
const PAIRS_MAX: usize = 200;

/// The properties of `email`.
pub(super) fn properties(work: &Work<'_>, found: &Found, taken: Body) -> Vec<(String, Value)> {
    let mail = &work.facts.mail;
    let text = |name: &str, text: String| (name.to_owned(), Value::Text(text));
    let addresses = |list: &[rejoinder_mail::Address]| -> Vec<String> {
        list.iter().map(|address| address.email.clone()).collect()
    };
    let (to, cc) = (addresses(&mail.to), addresses(&mail.cc));
    let all: Vec<String> = to.iter().chain(&cc).cloned().collect();
    let list = |items: &[String]| Value::List(items.iter().cloned().map(Value::Text).collect());
    let user = found.sender.user.as_ref();
    let from = user.map(|user| user.text("email").to_owned()).filter(|address| !address.is_empty());
    let reply = found.class == crate::plan::Class::Reply;
    // Theirs is the latest answer, and the whole text where nothing is answered.
    let body_text =
        if reply && taken == Body::NewText { work.facts.new_text.clone() } else { mail.text.clone() };
    let kind = super::mail_table::message_type(found.class).to_owned();
    vec![
        text("subject", mail.subject.clone()),
        text("body_text", body_text),
        text("body_html", mail.html.clone().unwrap_or_default()),
        text("from", from.unwrap_or_else(|| found.sender.address.clone())),
        text("origemail", found.sender.address.clone()),
        text("from_sys_id", user.map(|user| user.id.to_string()).unwrap_or_default()),
        text("fromAddress", found.sender.address.clone()),
        text("to", all.join(",")),
        text("direct", to.join(",")),
        text("copied", cc.join(",")),
        text("recipients", all.join(",")),
        ("recipients_array".to_owned(), list(&all)),
        text("headers", headers(work)),
        text("content_type", content_type(work)),
        text("importance", importance(work)),
        text("uid", mail.message_id.clone().unwrap_or_default()),
        text("receive_type", kind),
        ("attachments".to_owned(), attachments(work)),
        ("body".to_owned(), body(work.body(taken))),
    ]
}

fn headers(work: &Work<'_>) -> String {
    let mut text = String::new();
    for header in &work.facts.mail.headers {
        if text.len() + header.name.len() + header.value.len() > HEADERS_BYTES_MAX {
            break;
        }
        text.push_str(&format!("{}: {}\n", header.name, header.value));
    }
    text
}

fn content_type(work: &Work<'_>) -> String {
    work.facts.mail.header("Content-Type").unwrap_or("text/plain").to_owned()
}

/// `High`, `Low` or nothing, by `Importance` (RFC 4021) and `X-Priority`.
fn importance(work: &Work<'_>) -> String {
    let mail = &work.facts.mail;
    let word = mail.header("Importance").map(|word| word.trim().to_ascii_lowercase());
    let priority = mail.header("X-Priority").and_then(|text| text.trim().chars().next());
    let word = match (word.as_deref(), priority) {
        (Some("high"), _) | (None, Some('1' | '2')) => "High",
        (Some("low"), _) | (None, Some('4' | '5')) => "Low",
        _ => "",
    };
    word.to_owned()
}

fn attachments(work: &Work<'_>) -> Value {
    let one = |file: &rejoinder_mail::Attachment| {
        let text = |name: &str, text: &str| (name.to_owned(), Value::Text(text.to_owned()));
        let size = u32::try_from(file.bytes.len()).unwrap_or(u32::MAX);
        Value::Map(vec![
            text("file_name", &file.file_name),
            text("content_type", &file.media_type),
            ("size".to_owned(), Value::Number(size.into())),
        ])
    };
    Value::List(work.facts.mail.attachments.iter().map(one).collect())
}

/// The lines `Name: value` of the text that the action takes. Only names of letters, digits, blanks and `_` count, so that addresses of
/// pages and quoted header fields are none; the first line of a name is meant.
fn body(text: &str) -> Value {
    let mut pairs: Vec<(String, Value)> = Vec::new();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let name = name.trim().to_lowercase();
        let fits = |c: char| c.is_alphanumeric() || c == '_' || c == ' ';
        if name.is_empty() || !name.chars().all(fits) || value.starts_with("//") {
            continue;
        }
        let name = name.replace(' ', "_");
        if pairs.len() < PAIRS_MAX && pairs.iter().all(|(known, _)| *known != name) {
            pairs.push((name, Value::Text(value.trim().to_owned())));
        }
    }
    Value::Map(pairs)
}
