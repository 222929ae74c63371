//! Addresses of pages and mailboxes as fields of the kind `url` take them.
//!
//! Only schemes that a page can safely offer as a link: what is kept here is shown to others.

/// Whether `text` is an address that a `url` field takes: `http:` or `https:` with a host, or `mailto:` with an
/// address, without spaces or control characters.
pub fn is_url(text: &str) -> bool {
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"')) {
        return false;
    }
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.strip_prefix("//").is_some_and(has_host),
        "mailto" => {
            let address = rest.split('?').next().unwrap_or_default();
            address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        }
        _ => false,
    }
}

fn has_host(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (name, port) = match host.strip_prefix('[') {
        Some(inner) => match inner.split_once(']') {
            Some((name, port)) => (name, port),
            None => return false,
        },
        None => host.find(':').map_or((host, ""), |at| host.split_at(at)),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    !name.is_empty()
        && (port.is_empty() || port.starts_with(':'))
        && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_mailboxes_are_addresses() {
        for text in [
            "https://example.com",
            "HTTP://example.com:8080/a?b#c",
            "https://user@[::1]:443/",
            "https://пример.рф/путь",
            "mailto:anna@example.com?subject=x",
        ] {
            assert!(is_url(text), "{text}");
        }
    }

    #[test]
    fn scripts_files_and_half_addresses_are_not() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "example.com",
            "https:example.com",
            "https://",
            "https://:80",
            "https://a:b/",
            "https://[::1",
            "https://a b",
            "https://a\n",
            "mailto:",
            "mailto:@x",
            "https://x/\"onclick",
        ] {
            assert!(!is_url(text), "{text}");
        }
    }
}
