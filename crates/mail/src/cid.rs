//! Which parts an HTML body shows: its `cid:` references (RFC 2392). One pass over the bytes, no document is built.

use std::{borrow::Cow, collections::HashSet};

use crate::limits::{MAX_MESSAGE_ID_BYTES, MAX_PARTS};

/// The Content-IDs that `html` refers to, without their escapes; at most as many as a mail has parts.
pub(crate) fn references(html: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut rest = html;
    while let Some(at) = find_scheme(rest) {
        rest = rest.get(at..).unwrap_or_default();
        let ends = |character: char| {
            character.is_whitespace()
                || character.is_control()
                || matches!(character, '"' | '\'' | '<' | '>' | ')' | '(' | '`' | '\\')
        };
        let end = rest.find(ends).unwrap_or(rest.len());
        let (id, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if !id.is_empty() && id.len() <= MAX_MESSAGE_ID_BYTES && found.len() < MAX_PARTS {
            found.insert(unescaped(id));
        }
        rest = after;
    }
    found
}

/// Where the next reference begins, behind its scheme.
fn find_scheme(text: &str) -> Option<usize> {
    const SCHEME: &[u8] = b"cid:";
    let found =
        text.as_bytes().windows(SCHEME.len()).position(|window| window.eq_ignore_ascii_case(SCHEME))?;
    Some(found + SCHEME.len())
}

/// Without percent signs, and without the entities of the characters that ids hold.
fn unescaped(id: &str) -> String {
    let id: Cow<'_, str> = if id.contains('&') {
        id.replace("&#64;", "@").replace("&#x40;", "@").replace("&commat;", "@").replace("&amp;", "&").into()
    } else {
        id.into()
    };
    let (bytes, _) = crate::media_type::percent_decode(&id);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Vec<String> {
        let mut list: Vec<String> = references(html).into_iter().collect();
        list.sort();
        list
    }

    #[test]
    fn references_in_every_writing() {
        let html = "<img src=\"cid:a@x\"><img src=CID:b@x><td background='cid:c%40x'><p style=\"background:url(cid:d@x)\">\
                    <img src=\"cid:e&amp;f@x\"><img src=\"cid:g&#64;x\"><img src=\"cid:\">";
        assert_eq!(found(html), ["a@x", "b@x", "c@x", "d@x", "e&f@x", "g@x"]);
        assert_eq!(found("no reference, acid"), [""; 0]);
    }

    #[test]
    fn at_the_limits() {
        let id = "x".repeat(MAX_MESSAGE_ID_BYTES);
        assert_eq!(found(&format!("cid:{id}")), std::slice::from_ref(&id));
        assert_eq!(found(&format!("cid:{id}x")), [""; 0]);
        let many = (0..=MAX_PARTS).fold(String::new(), |text, number| text + &format!("cid:{number} "));
        assert_eq!(references(&many).len(), MAX_PARTS);
    }
}
