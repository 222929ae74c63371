//! The one check that an address passes before it is written into, or believed from, an SMTP command.
//!
//! It keeps a command a single command (no line ends, no brackets) and an address unambiguous: quoted local
//! parts stay quoted, so that `"a@b"@c.example` can never be mistaken for a mailbox at `b`. Whether a mailbox exists, and
//! what an address means, is not decided here.

use thiserror::Error;

/// Longest address in octets (RFC 5321, 4.5.3.1.3: a path of 256 with its two brackets). Longer ones are refused.
pub(crate) const ADDRESS_MAX: usize = 254;

/// Longest domain or host name in octets (RFC 5321, 4.5.3.1.2). Longer ones are refused.
pub(crate) const DOMAIN_MAX: usize = 255;

/// Why a text is no address that SMTP can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum AddressFault {
    #[error("the address is longer than {ADDRESS_MAX} octets")]
    TooLong,
    #[error("the address holds control characters or angle brackets")]
    Unsafe,
    #[error("the address has no @")]
    NoAt,
    #[error("the part before the @ is no dot-atom and no quoted string")]
    LocalPart,
    #[error("the part after the @ is no domain and no address literal")]
    Domain,
}

/// Checks `local-part@domain` as RFC 5321 (4.1.2) and RFC 6531 (3.3) write it, without brackets.
///
/// More is allowed than the grammar allows where real addresses need it: dots anywhere in a local part, long local
/// parts, underscores in domains.
pub(crate) fn check(address: &str) -> Result<(), AddressFault> {
    if address.len() > ADDRESS_MAX {
        return Err(AddressFault::TooLong);
    }
    if address.chars().any(|c| c.is_control() || matches!(c, '<' | '>' | '\u{2028}' | '\u{2029}')) {
        return Err(AddressFault::Unsafe);
    }
    let (local, domain) = split(address)?;
    if !is_local_part(local) {
        return Err(AddressFault::LocalPart);
    }
    if is_domain(domain) || is_literal(domain) { Ok(()) } else { Err(AddressFault::Domain) }
}

/// A name that may follow `EHLO`: a domain or an address literal.
pub(crate) fn is_host(name: &str) -> bool {
    is_domain(name) || is_literal(name)
}

/// An `@` inside a quoted string belongs to the local part; a domain never holds one, so the last one divides.
fn split(address: &str) -> Result<(&str, &str), AddressFault> {
    address.rsplit_once('@').ok_or(AddressFault::NoAt)
}

fn is_local_part(local: &str) -> bool {
    match local.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"').is_some_and(is_quoted_content),
        None => !local.is_empty() && local.chars().all(|c| c == '.' || is_atext(c)),
    }
}

/// What stands between the quotes: no bare quote, and no backslash that quotes nothing.
fn is_quoted_content(content: &str) -> bool {
    let mut escaped = false;
    for c in content.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return false,
            _ => {}
        }
    }
    !escaped
}

fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || (!c.is_ascii() && !c.is_whitespace())
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| {
                c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || (!c.is_ascii() && c.is_alphanumeric())
            })
    };
    domain.len() <= DOMAIN_MAX && domain.strip_suffix('.').unwrap_or(domain).split('.').all(is_label)
}

fn is_literal(domain: &str) -> bool {
    domain.len() <= DOMAIN_MAX
        && domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(|inner| {
            !inner.is_empty()
                && inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_smtp_can_carry() {
        for good in [
            "anna@example.org",
            "anna+token=1@mail.example.org",
            "a..b.@docomo.example",
            "\"a b\"@example.org",
            "\"a@b\"@example.org",
            "\"quote \\\" and \\\\\"@example.org",
            "x@[127.0.0.1]",
            "x@[IPv6:::1]",
            "анна@пример.рф",
            "root@host_1",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn addresses_that_would_break_a_command_or_mean_two_things() {
        for (bad, fault) in [
            ("a@b>\r\nRCPT TO:<x@y", AddressFault::Unsafe),
            ("a\n@b", AddressFault::Unsafe),
            ("a\u{0}@b", AddressFault::Unsafe),
            ("\"<\"@b", AddressFault::Unsafe),
            ("anna", AddressFault::NoAt),
            ("", AddressFault::NoAt),
            ("@example.org", AddressFault::LocalPart),
            ("a b@example.org", AddressFault::LocalPart),
            ("a@b@example.org", AddressFault::LocalPart),
            ("\"a\"b\"@example.org", AddressFault::LocalPart),
            ("\"a\\\"@example.org", AddressFault::LocalPart),
            ("\"@example.org", AddressFault::LocalPart),
            ("a@", AddressFault::Domain),
            ("a@b..c", AddressFault::Domain),
            ("a@b SIZE=1", AddressFault::Domain),
            ("a@[]", AddressFault::Domain),
        ] {
            assert_eq!(check(bad), Err(fault), "{bad:?}");
        }
    }

    #[test]
    fn the_longest_address_passes_and_one_octet_more_does_not() {
        let of = |length: usize| format!("{}@example.org", "a".repeat(length - "@example.org".len()));
        assert_eq!(check(&of(ADDRESS_MAX)), Ok(()));
        assert_eq!(check(&of(ADDRESS_MAX + 1)), Err(AddressFault::TooLong));
    }

    #[test]
    fn the_longest_host_name_passes_and_one_octet_more_does_not() {
        assert!(is_host(&"a".repeat(DOMAIN_MAX)));
        assert!(!is_host(&"a".repeat(DOMAIN_MAX + 1)));
        assert!(!is_host("two words"));
        assert!(!is_host(""));
    }
}
