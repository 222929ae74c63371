//! Who sent a mail, how far that is proven, and what follows from it (design 7.3).

use rejoinder_mail::Address;

use super::Work;
use crate::condition::{Condition, Operator};
use crate::config::UnknownSender;
use crate::display::Reader;
use crate::draft::ChangeError;
use crate::plan::{Actor, Authenticity, Class, Why};
use crate::record::{Fields, Record, RecordKey};
use crate::trace::Step;
use crate::value::{Kind, Value};
use crate::view::{Query, ViewError};

/// Who sent a mail.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The address, in its normal form; empty where the mail names none.
    pub address: String,
    /// The name beside the address, or the user's.
    pub name: String,
    /// The user that they act as; `None` for a guest.
    pub user: Option<Record>,
    /// How far it is proven.
    pub authenticity: Authenticity,
    /// Whether they may only create records and comment where they are a participant.
    pub restricted: bool,
    /// Why their mail is not taken.
    pub refused: Option<Why>,
}

impl Sender {
    /// The actor of everything that the mail changes.
    ///
    /// A guest is called by the address: the name beside it is theirs to choose, and could be an agent's.
    pub fn actor(&self) -> Actor {
        let guest = self.user.is_none() || self.name.is_empty();
        let label = if guest { self.address.clone() } else { self.name.clone() };
        Actor { user: self.user.as_ref().map(|user| user.id), label }
    }
}

impl Sender {
    /// Whether the mail acts as the user without restriction: the sender is verified, or the account trusts those who
    /// are not.
    pub const fn is_trusted(&self) -> bool {
        self.user.is_some() && !self.restricted
    }

    /// As whom they read. Whoever is not proven to be an agent does not read what only agents read.
    pub fn reader(&self) -> Reader {
        let mut reader = self.user.as_ref().map_or_else(Reader::guest, Reader::user);
        reader.agent &= !self.restricted;
        reader
    }
}

/// Finds out who sent the mail.
pub fn identify(work: &mut Work<'_>, class: Class) -> Result<Sender, ViewError> {
    let from = work.facts.mail.from.clone();
    let address = from.as_ref().map(Address::normalized).unwrap_or_default();
    let name = from.and_then(|from| from.name).unwrap_or_default();
    let (authenticity, proof) = authenticity(work, &address);
    let mut sender = Sender {
        name: if name.is_empty() { address.clone() } else { name },
        address,
        user: None,
        authenticity,
        restricted: match authenticity {
            Authenticity::Verified => false,
            Authenticity::Unverified => !work.account.trust_unverified,
            Authenticity::Failed => true,
        },
        refused: None,
    };
    let because = if authenticity == Authenticity::Failed {
        format!("{proof}; a failed check makes everybody a guest")
    } else if class == Class::DeliveryReport {
        format!("{proof}; a delivery report speaks for nobody")
    } else {
        format!("{proof}; {}", find_user(work, &mut sender, class)?)
    };
    let as_whom =
        sender.user.as_ref().map_or_else(|| "guest".to_owned(), |user| user.text("name").to_owned());
    work.trace().push(Step::Sender {
        address: sender.address.clone(),
        user: sender.user.as_ref().map(|user| user.id),
        name: as_whom,
        authenticity: authenticity.word().to_owned(),
        because,
    });
    Ok(sender)
}

/// Sets the user by the account's policies, and says which one was followed.
fn find_user(work: &mut Work<'_>, sender: &mut Sender, class: Class) -> Result<String, ViewError> {
    let Some(user) = user_by_address(&work.draft.reads, &sender.address)? else {
        return unknown(work, sender, class);
    };
    let usable = user.get("active").is_true() && !user.get("locked").is_true();
    if usable {
        user.text("name").clone_into(&mut sender.name);
        sender.user = Some(user);
        return Ok("the address belongs to a user".to_owned());
    }
    if work.account.inactive_as_guest {
        return Ok("the user is locked or inactive and counts as a guest".to_owned());
    }
    let text =
        format!("{} is locked or inactive, and the account refuses mail of such users", sender.address);
    sender.refused = Some(Why::new("sender_inactive", text));
    Ok("the user is locked or inactive".to_owned())
}

fn unknown(work: &mut Work<'_>, sender: &mut Sender, class: Class) -> Result<String, ViewError> {
    match work.account.unknown_sender {
        UnknownSender::Guest => Ok("no user has this address; the account takes guests".to_owned()),
        UnknownSender::Refuse => {
            let text = format!(
                "no user has the address {}, and the account refuses unknown senders",
                sender.address
            );
            sender.refused = Some(Why::new("sender_unknown", text));
            Ok("no user has this address".to_owned())
        }
        UnknownSender::Create => {
            // Programs do not become people.
            if super::classify::do_not_answer(work, class).is_some() {
                return Ok("no user has this address, and automatic mail makes none".to_owned());
            }
            if !makes_users_of(work, &sender.address) {
                return Ok("no user has this address, and its domain is not listed for new users".to_owned());
            }
            match new_user(work, &sender.name, &sender.address) {
                Ok(key) => {
                    sender.user = work.draft.reads.get("user", key.id)?;
                    Ok("the address is new and its domain is listed: a user was made".to_owned())
                }
                Err(ChangeError::View(error)) => Err(error),
                Err(error) => Ok(format!("no user could be made of this address: {error}")),
            }
        }
    }
}

/// Whether the account makes users of unknown addresses of this domain.
pub(super) fn makes_users_of(work: &Work<'_>, address: &str) -> bool {
    work.account.unknown_sender == UnknownSender::Create
        && work.account.create_domains.iter().any(|pattern| in_domain(address, pattern))
}

/// Makes a user of an address.
pub(super) fn new_user(work: &mut Work<'_>, name: &str, address: &str) -> Result<RecordKey, ChangeError> {
    let fields: Fields = [
        ("name".to_owned(), Value::text(name)),
        ("email".to_owned(), Value::text(address)),
        ("active".to_owned(), Value::Bool(true)),
    ]
    .into();
    work.draft.insert("user", fields)
}

/// The user with this address, primary or secondary.
pub fn user_by_address(reads: &crate::reads::Reads<'_>, address: &str) -> Result<Option<Record>, ViewError> {
    if address.is_empty() {
        return Ok(None);
    }
    let by = |table: &str, field: &str| {
        let condition = Condition::clause(field, Kind::Email, Operator::Is, vec![Value::text(address)]);
        let mut query = Query::new(table, condition);
        query.limit = 1;
        reads.query(&query).map(|rows| rows.into_iter().next())
    };
    if let Some(user) = by("user", "email")? {
        return Ok(Some(user));
    }
    let Some(second) = by("user_address", "email")? else { return Ok(None) };
    let Some(id) = second.get("user").as_ref_id() else { return Ok(None) };
    reads.get("user", id)
}

/// Whether the address lies in a domain; `*.example.org` also takes every domain below.
pub fn in_domain(address: &str, pattern: &str) -> bool {
    let Some((_, domain)) = address.rsplit_once('@') else { return false };
    let domain = domain.to_lowercase();
    let pattern = pattern.trim().trim_start_matches('@').to_lowercase();
    match pattern.strip_prefix("*.") {
        Some(parent) => domain == parent || domain.ends_with(&format!(".{parent}")),
        None => domain == pattern,
    }
}

/// What trusted checks say: those of our own listener, else of a host that the account names (RFC 8601).
fn authenticity(work: &Work<'_>, address: &str) -> (Authenticity, String) {
    match work.arrival.authentication.as_str() {
        "verified" => return (Authenticity::Verified, "checked on reception".to_owned()),
        "failed" => return (Authenticity::Failed, "the check on reception failed".to_owned()),
        _ => {}
    }
    let mail = &work.facts.mail;
    let trusted = mail.headers_named("Authentication-Results").find_map(|value| {
        let (host, results) = value.split_once(';')?;
        // The version may follow the name of the host.
        let host = host.split_whitespace().next()?.to_lowercase();
        work.account.trusted_hosts.contains(&host).then(|| (host, results.to_lowercase()))
    });
    let Some((host, results)) = trusted else {
        return (Authenticity::Unverified, "nobody that the account trusts has checked".to_owned());
    };
    (judge(&results, address), format!("by the results of {host}"))
}

/// DMARC decides where it was checked; else an aligned DKIM or SPF pass verifies. Other results prove nothing.
fn judge(results: &str, address: &str) -> Authenticity {
    let clauses: Vec<&str> = results.split(';').map(str::trim).collect();
    let result = |method: &str| {
        clauses.iter().find_map(|clause| {
            let value = clause.strip_prefix(method)?.trim_start().strip_prefix('=')?;
            value.split_whitespace().next()
        })
    };
    match result("dmarc") {
        Some("pass") => return Authenticity::Verified,
        Some("fail") => return Authenticity::Failed,
        _ => {}
    }
    let domain = address.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
    let aligned = |clause: &&&str| {
        let properties = clause.split_whitespace().filter_map(|word| word.split_once('='));
        let mut signers = properties
            .filter(|(name, _)| matches!(*name, "header.d" | "header.i" | "smtp.mailfrom"))
            .map(|(_, value)| value.rsplit('@').next().unwrap_or(value));
        signers.any(|signer| !domain.is_empty() && signer == domain)
    };
    let passed = |clause: &&&str| clause.starts_with("dkim=pass") || clause.starts_with("spf=pass");
    if clauses.iter().filter(passed).any(|clause| aligned(&clause)) {
        Authenticity::Verified
    } else {
        Authenticity::Unverified
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_takes_the_domain_and_those_below() {
        assert!(in_domain("a@example.org", "example.org"));
        assert!(!in_domain("a@sub.example.org", "example.org"));
        assert!(
            in_domain("a@sub.example.org", "*.example.org") && in_domain("a@example.org", "*.example.org")
        );
        assert!(!in_domain("a@badexample.org", "*.example.org"));
    }

    #[test]
    fn only_an_aligned_pass_verifies() {
        let judge = |results: &str| judge(results, "anna@example.org");
        assert_eq!(judge(" dmarc=pass header.from=example.org"), Authenticity::Verified);
        assert_eq!(judge(" spf=pass smtp.mailfrom=x@example.org; dmarc=fail"), Authenticity::Failed);
        assert_eq!(judge(" dkim=pass header.d=example.org"), Authenticity::Verified);
        assert_eq!(judge(" dkim=pass header.d=evil.example"), Authenticity::Unverified);
        assert_eq!(judge(" spf=fail smtp.mailfrom=example.org"), Authenticity::Unverified);
    }
}
