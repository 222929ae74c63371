//! The machine-readable parts of reports: groups of header fields (RFC 3464, 2.1; RFC 5965, 3).

use super::{Action, Reason, ReportedRecipient};
use crate::{
    address::{self, is_valid_email},
    defect::Defects,
    header_block::{self, HeaderBlock},
    lines::split_line,
};

/// Groups of fields read of one part: the one of the message and those of its recipients.
const MAX_GROUPS: usize = crate::limits::MAX_REPORTED_RECIPIENTS + 1;

/// The groups of fields, which empty lines part.
fn groups(bytes: &[u8]) -> Vec<HeaderBlock<'_>> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && found.len() < MAX_GROUPS {
        let block = header_block::read(rest, &mut Defects::default());
        // Prose between the groups is passed over line by line.
        rest = if block.body.len() < rest.len() { block.body } else { split_line(rest).1 };
        if !block.headers.is_empty() {
            found.push(block);
        }
    }
    found
}

/// What a `message/delivery-status` part says of its recipients.
pub(super) fn recipients(bytes: &[u8]) -> Vec<ReportedRecipient> {
    groups(bytes).iter().filter_map(recipient).collect()
}

fn recipient(group: &HeaderBlock<'_>) -> Option<ReportedRecipient> {
    let address_in = |name: &str| group.first(name).and_then(typed_address);
    let final_address = address_in("Final-Recipient");
    let original = address_in("Original-Recipient");
    let actual = address_in("X-Actual-Recipient");
    let address = final_address.or_else(|| actual.clone()).or_else(|| original.clone())?;
    let status = group.first("Status").and_then(status_code);
    let diagnostic = group.first("Diagnostic-Code").map(without_type).filter(|text| !text.is_empty());
    // Servers that always write 5.0.0 often know better in their own words.
    let status = match status {
        Some(code) if !code.ends_with(".0.0") => Some(code),
        vague => diagnostic.as_deref().and_then(status_code).or(vague),
    };
    let action =
        group.first("Action").and_then(action).unwrap_or_else(|| action_of_status(status.as_deref()));
    let other = original.or(actual).filter(|other| !other.eq_ignore_ascii_case(&address));
    Some(ReportedRecipient {
        address,
        original_address: other,
        action,
        status,
        diagnostic,
        reason: Reason::Unknown,
    })
}

/// `rfc822; anna@example.org`, with or without its type, brackets and comments.
pub(super) fn typed_address(value: &str) -> Option<String> {
    let bare = value.split_once(';').map_or(value, |(_, address)| address);
    let found = address::parse_list(bare)
        .into_iter()
        .map(|address| address.email)
        .find(|email| email.contains('@'))?;
    let clean = found.trim_matches(['<', '>', '"', '\'']).to_owned();
    (is_valid_email(&clean) || clean.starts_with(|c: char| c.is_alphanumeric())).then_some(clean)
}

fn without_type(value: &str) -> String {
    let text = match value.split_once(';') {
        Some((kind, text)) if !kind.contains(' ') => text,
        _ => value,
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn action(value: &str) -> Option<Action> {
    let word: String = value.trim().chars().take_while(char::is_ascii_alphabetic).collect();
    match word.to_ascii_lowercase().as_str() {
        "failed" | "fail" | "failure" | "expired" => Some(Action::Failed),
        "delayed" | "deferred" => Some(Action::Delayed),
        "delivered" | "deliverable" => Some(Action::Delivered),
        "relayed" => Some(Action::Relayed),
        "expanded" => Some(Action::Expanded),
        _ => None,
    }
}

/// A report without an action is about a failure, unless its status says otherwise.
pub(super) fn action_of_status(status: Option<&str>) -> Action {
    match status.and_then(|code| code.chars().next()) {
        Some('2') => Action::Delivered,
        Some('4') => Action::Delayed,
        _ => Action::Failed,
    }
}

/// The first enhanced status code (RFC 3463, 2) in a text.
pub(super) fn status_code(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
        let word = word.trim_matches('.');
        let mut pieces = word.split('.');
        let (class, subject, detail) = (pieces.next()?, pieces.next()?, pieces.next()?);
        let number = |text: &str| (1..=3).contains(&text.len());
        (pieces.next().is_none() && matches!(class, "2" | "4" | "5") && number(subject) && number(detail))
            .then(|| word.to_owned())
    })
}

/// The recipients that a complaint names.
pub(super) fn complained_recipients(bytes: &[u8]) -> Vec<String> {
    let groups = groups(bytes);
    let named = ["Original-Rcpt-To", "Removal-Recipient", "Redacted-Address"];
    let mut found: Vec<String> = Vec::new();
    for value in groups.iter().flat_map(|group| named.into_iter().flat_map(|name| group.all(name))) {
        let new = typed_address(value).filter(|address| is_valid_email(address) && !found.contains(address));
        found.extend(new);
    }
    found
}

/// The field by which Outlook.com names who complained.
const WHO_COMPLAINED: &str = "X-HmXmrOriginalRecipient";

/// Whether the header of a returned mail names who complained of it.
pub(super) fn names_who_complained(bytes: &[u8]) -> bool {
    header_block::read(bytes, &mut Defects::default()).first(WHO_COMPLAINED).is_some()
}

/// The recipients in the header of a returned mail.
pub(super) fn header_recipients(bytes: &[u8]) -> Vec<String> {
    let block = header_block::read(bytes, &mut Defects::default());
    [WHO_COMPLAINED, "X-Failed-Recipients", "To", "Delivered-To", "Cc"]
        .into_iter()
        .map(|name| {
            block
                .all(name)
                .flat_map(address::parse_list)
                .map(|address| address.email)
                .filter(|email| is_valid_email(email))
                .collect()
        })
        .find(|found: &Vec<String>| !found.is_empty())
        .unwrap_or_default()
}
