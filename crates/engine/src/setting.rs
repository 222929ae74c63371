//! Settings: named values that an administrator changes, with their defaults and hard maxima.
//!
//! SimpleOne's property names are kept where the meaning is the same.

pub mod script;
mod separators;

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use rejoinder_mail::sign::PrefixLists;

use crate::condition::WeekStart;
use crate::draft::ChangeError;
use crate::limits::PATTERN_BYTES_MAX;
use crate::record::Record;

/// Settings by their names, as stored; what is absent or unreadable has its default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    values: BTreeMap<String, String>,
    /// Read once, because every mail is held against them.
    prefixes: PrefixLists,
    /// Likewise.
    separators: Vec<String>,
}

/// Whether mail is sent at all.
pub const SEND_ACTIVE: &str = "simple.email.smtp.active";
/// Whether mail is received at all.
pub const READ_ACTIVE: &str = "simple.email.read.active";
/// The name of the account that sends where nothing else is said.
pub const DEFAULT_SEND_ACCOUNT: &str = "default.email.account.send";
/// The name of the account that receives what comes without one.
pub const DEFAULT_READ_ACCOUNT: &str = "default.email.account.read";
/// The regular expression that an address must match, beyond RFC 5321 and 6531.
pub const ADDRESS_PATTERN: &str = "email.validation.reg_exp";
/// The prefixes of an answer's subject.
pub const REPLY_PREFIX: &str = "simple.email.reply_subject_prefix";
/// The prefixes of a forwarded mail's subject.
pub const FORWARD_PREFIX: &str = "simple.email.forward_subject_prefix";
/// The prefixes that count only together with another sign.
pub const WEAK_PREFIX: &str = "rejoinder.email.weak_subject_prefix";
/// Lines that end the new text of an answer, one a line.
pub const REPLY_SEPARATORS: &str = "rejoinder.email.reply_separators";
/// The address of the web application, for links.
pub const INSTANCE_URI: &str = "simple.instance.uri";
/// Automatic answers to one address within an hour.
pub const ANSWERS_PER_HOUR: &str = "rejoinder.limit.answers_per_hour";
/// Automatic answers to one address within a day.
pub const ANSWERS_PER_DAY: &str = "rejoinder.limit.answers_per_day";
/// Mails to one address about one record within an hour.
pub const MAILS_PER_RECORD_HOUR: &str = "rejoinder.limit.mails_per_record_hour";
/// What happens to a delivery that may have been sent: `resend` or `hold`.
pub const UNCERTAIN_POLICY: &str = "rejoinder.delivery.uncertain";
/// For how many hours a delivery is tried (RFC 5321, 4.5.4.1 asks for 4 to 5 days).
pub const RETRY_HOURS: &str = "rejoinder.delivery.retry_hours";
/// After how many minutes without a request a session ends.
pub const SESSION_IDLE_MINUTES: &str = "rejoinder.session.idle_minutes";
/// After how many hours a session ends, however busy.
pub const SESSION_HOURS: &str = "rejoinder.session.hours";
/// The least characters of a new password.
pub const PASSWORD_CHARS: &str = "rejoinder.password.min_length";
/// Requests that one token or session may send within a minute.
pub const REQUESTS_PER_MINUTE: &str = "rejoinder.api.requests_per_minute";
/// Requests without a known token or session that one address may send within a minute.
pub const STRANGE_REQUESTS_PER_MINUTE: &str = "rejoinder.api.requests_per_minute_without_token";
/// The proxies before the program, whose `X-Forwarded-For` is believed: addresses, separated by blanks or commas.
pub const TRUSTED_PROXIES: &str = "rejoinder.http.trusted_proxies";

/// The IANA name of the zone in which days begin for rules and actions.
pub const TIME_ZONE: &str = "rejoinder.time_zone";
/// The day on which weeks begin: `monday`, `sunday` or `saturday`.
pub const WEEK_START: &str = "rejoinder.week_start";

/// A number that a setting may have: its default and its hard maximum.
struct Bounds {
    default: u32,
    max: u32,
}

const ANSWERS_HOUR: Bounds = Bounds { default: 3, max: 1_000 };
const ANSWERS_DAY: Bounds = Bounds { default: 10, max: 10_000 };
const MAILS_RECORD: Bounds = Bounds { default: 20, max: 1_000 };
const IDLE: Bounds = Bounds { default: 12 * 60, max: 30 * 24 * 60 };
const HOURS: Bounds = Bounds { default: 7 * 24, max: 90 * 24 };
/// No setting allows a password shorter than this.
pub const PASSWORD_CHARS_MIN: u32 = 8;
const CHARS: Bounds = Bounds { default: 12, max: 128 };
const REQUESTS: Bounds = Bounds { default: 12_000, max: 1_000_000 };
const STRANGE_REQUESTS: Bounds = Bounds { default: 1_200, max: 100_000 };
const RETRY: Bounds = Bounds { default: 120, max: 24 * 30 };

impl Settings {
    /// Settings from the stored names and values.
    pub fn new(values: BTreeMap<String, String>) -> Self {
        let prefixes = read_prefixes(&values);
        let separators = separators::read(values.get(REPLY_SEPARATORS).map_or("", String::as_str));
        Self { values, prefixes, separators }
    }

    /// The stored value, without a default.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// All stored names and values.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn switch(&self, name: &str) -> bool {
        !matches!(self.get(name), Some("false" | "0"))
    }

    fn number(&self, name: &str, bounds: &Bounds) -> u32 {
        let stored = self.get(name).and_then(|text| text.trim().parse().ok());
        stored.unwrap_or(bounds.default).min(bounds.max)
    }

    /// Whether mail is sent.
    pub fn sends(&self) -> bool {
        self.switch(SEND_ACTIVE)
    }

    /// Whether mail is received.
    pub fn receives(&self) -> bool {
        self.switch(READ_ACTIVE)
    }

    /// The name of the default sending account.
    pub fn default_send_account(&self) -> Option<&str> {
        self.get(DEFAULT_SEND_ACCOUNT).filter(|name| !name.is_empty())
    }

    /// The name of the default receiving account.
    pub fn default_read_account(&self) -> Option<&str> {
        self.get(DEFAULT_READ_ACCOUNT).filter(|name| !name.is_empty())
    }

    /// The rule that `address` breaks; `None` where mail can be sent to it: by RFC 5321 and 6531, and by the pattern
    /// of [`ADDRESS_PATTERN`] where there is one.
    pub fn address_fault(&self, address: &str) -> Option<String> {
        let shown = || address.chars().take(80).collect::<String>();
        if !rejoinder_mail::address::is_valid_email(address) {
            return Some(format!("`{}` is no email address (RFC 5321)", shown()));
        }
        let matches = match pattern(self.get(ADDRESS_PATTERN).unwrap_or_default()) {
            Ok(pattern) => pattern.is_none_or(|pattern| pattern.is_match(address)),
            // Said by the doctor; an unreadable pattern must not refuse everybody.
            Err(_) => true,
        };
        (!matches).then(|| format!("`{}` does not match the pattern of {ADDRESS_PATTERN}", shown()))
    }

    /// What is wrong with the pattern of [`ADDRESS_PATTERN`]; `None` where nothing is.
    pub fn address_pattern_fault(&self) -> Option<String> {
        pattern(self.get(ADDRESS_PATTERN).unwrap_or_default()).err()
    }

    /// The address of the web application without a closing slash; `None` where it is not set.
    pub fn instance_uri(&self) -> Option<&str> {
        self.get(INSTANCE_URI).map(|uri| uri.trim_end_matches('/')).filter(|uri| !uri.is_empty())
    }

    /// The prefixes of subjects. A list that holds nothing but separators falls back to `re` and `fw`.
    pub const fn prefixes(&self) -> &PrefixLists {
        &self.prefixes
    }

    /// Lines of the installation's own that end the new text of an answer.
    pub fn separators(&self) -> &[String] {
        &self.separators
    }

    /// Automatic answers to one address within an hour.
    pub fn answers_per_hour(&self) -> u32 {
        self.number(ANSWERS_PER_HOUR, &ANSWERS_HOUR)
    }

    /// Automatic answers to one address within a day.
    pub fn answers_per_day(&self) -> u32 {
        self.number(ANSWERS_PER_DAY, &ANSWERS_DAY)
    }

    /// Mails to one address about one record within an hour.
    pub fn mails_per_record_hour(&self) -> u32 {
        self.number(MAILS_PER_RECORD_HOUR, &MAILS_RECORD)
    }

    /// Whether a delivery that may have been sent is sent again.
    pub fn resends_uncertain(&self) -> bool {
        self.get(UNCERTAIN_POLICY) == Some("resend")
    }

    /// After how many minutes without a request a session ends, at least one.
    pub fn session_idle_minutes(&self) -> u32 {
        self.number(SESSION_IDLE_MINUTES, &IDLE).max(1)
    }

    /// After how many hours a session ends, at least one.
    pub fn session_hours(&self) -> u32 {
        self.number(SESSION_HOURS, &HOURS).max(1)
    }

    /// The least characters of a new password, never below [`PASSWORD_CHARS_MIN`].
    pub fn password_chars(&self) -> u32 {
        self.number(PASSWORD_CHARS, &CHARS).max(PASSWORD_CHARS_MIN)
    }

    /// Requests that one token or session may send within a minute, at least one.
    pub fn requests_per_minute(&self) -> u32 {
        self.number(REQUESTS_PER_MINUTE, &REQUESTS).max(1)
    }

    /// Requests without a known token or session that one address may send within a minute, at least one.
    pub fn strange_requests_per_minute(&self) -> u32 {
        self.number(STRANGE_REQUESTS_PER_MINUTE, &STRANGE_REQUESTS).max(1)
    }

    /// The addresses of the proxies before the program, as they are written.
    pub fn trusted_proxies(&self) -> impl Iterator<Item = &str> {
        let text = self.get(TRUSTED_PROXIES).unwrap_or_default();
        text.split([' ', ',', '\n', '\t', '\r']).filter(|one| !one.is_empty())
    }

    /// The zone in which days begin for rules and actions; UTC where none is set.
    pub fn time_zone(&self) -> &str {
        self.get(TIME_ZONE).filter(|zone| is_zone(zone)).unwrap_or("UTC")
    }

    /// The day on which weeks begin.
    pub fn week_start(&self) -> WeekStart {
        let word = serde_json::Value::from(self.get(WEEK_START).unwrap_or_default());
        serde_json::from_value(word).unwrap_or_default()
    }

    /// For how many hours a delivery is tried.
    pub fn retry_hours(&self) -> u32 {
        self.number(RETRY_HOURS, &RETRY)
    }
}

/// Whether a name is that of a setting of the program, or may become one.
pub fn is_of_the_program(name: &str) -> bool {
    ["rejoinder.", "simple.", "script.", "email.", "default.email."]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// The pattern, compiled; none where there is no text.
fn pattern(text: &str) -> Result<Option<Regex>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let compiled = RegexBuilder::new(text).size_limit(PATTERN_BYTES_MAX).build();
    compiled.map(Some).map_err(|error| format!("the pattern cannot be read: {error}"))
}

fn is_zone(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}

/// Refuses a setting whose value cannot be one. Other records pass.
pub fn check(record: &Record) -> Result<(), ChangeError> {
    if record.table != "setting" {
        return Ok(());
    }
    let value = record.text("value");
    let fault = match record.text("name") {
        ADDRESS_PATTERN => pattern(value).err(),
        TIME_ZONE if !value.is_empty() && !is_zone(value) => {
            Some(format!("`{value}` is no time zone: write a name such as Europe/Moscow or UTC"))
        }
        WEEK_START if !["", "monday", "sunday", "saturday"].contains(&value) => {
            Some(format!("`{value}` is none of monday, sunday, saturday"))
        }
        name => script::fault(name, value).or_else(|| separators::fault(name, value)),
    };
    fault.map_or(Ok(()), |rule| {
        let (table, field) = (record.table.clone(), "value".to_owned());
        Err(ChangeError::Field { table, field, code: "bad_value", rule })
    })
}

fn read_prefixes(values: &BTreeMap<String, String>) -> PrefixLists {
    let given = |name: &str| values.get(name).map(String::as_str).unwrap_or_default();
    let stored = PrefixLists::new(given(REPLY_PREFIX), given(FORWARD_PREFIX), given(WEAK_PREFIX));
    let usual = PrefixLists::default();
    let choose = |name: &str, words: Vec<String>, usual: Vec<String>, least: &[&str]| match values.get(name) {
        None => usual,
        Some(_) if words.is_empty() => least.iter().map(|word| (*word).to_owned()).collect(),
        Some(_) => words,
    };
    PrefixLists {
        reply: choose(REPLY_PREFIX, stored.reply, usual.reply, &["re"]),
        forward: choose(FORWARD_PREFIX, stored.forward, usual.forward, &["fw"]),
        weak: choose(WEAK_PREFIX, stored.weak, usual.weak, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(name: &str, value: &str) -> Settings {
        Settings::new([(name.to_owned(), value.to_owned())].into())
    }

    #[test]
    fn an_empty_prefix_list_falls_back_to_the_plain_one() {
        assert_eq!(settings(REPLY_PREFIX, " , ").prefixes().reply, ["re"]);
        assert_eq!(settings(FORWARD_PREFIX, ":,").prefixes().forward, ["fw"]);
        assert_eq!(settings(REPLY_PREFIX, "Re:, AW").prefixes().reply, ["re", "aw"]);
        assert!(settings(WEAK_PREFIX, "").prefixes().weak.is_empty());
    }

    #[test]
    fn a_limit_ends_at_its_hard_maximum() {
        assert_eq!(Settings::default().answers_per_hour(), ANSWERS_HOUR.default);
        assert_eq!(settings(ANSWERS_PER_HOUR, "999999").answers_per_hour(), ANSWERS_HOUR.max);
        assert_eq!(settings(ANSWERS_PER_DAY, "999999").answers_per_day(), ANSWERS_DAY.max);
        assert_eq!(settings(MAILS_PER_RECORD_HOUR, "999999").mails_per_record_hour(), MAILS_RECORD.max);
        assert_eq!(settings(RETRY_HOURS, "999999").retry_hours(), RETRY.max);
        assert_eq!(settings(SESSION_IDLE_MINUTES, "999999").session_idle_minutes(), IDLE.max);
        assert_eq!(settings(SESSION_HOURS, "999999").session_hours(), HOURS.max);
        assert_eq!(settings(PASSWORD_CHARS, "999999").password_chars(), CHARS.max);
        assert_eq!(settings(REQUESTS_PER_MINUTE, "9999999").requests_per_minute(), REQUESTS.max);
        let strange = settings(STRANGE_REQUESTS_PER_MINUTE, "9999999");
        assert_eq!(strange.strange_requests_per_minute(), STRANGE_REQUESTS.max);
    }

    #[test]
    fn no_setting_makes_passwords_short_or_sessions_end_at_once() {
        assert_eq!(settings(PASSWORD_CHARS, "1").password_chars(), PASSWORD_CHARS_MIN);
        assert_eq!(settings(SESSION_IDLE_MINUTES, "0").session_idle_minutes(), 1);
        assert_eq!(settings(SESSION_HOURS, "0").session_hours(), 1);
    }

    #[test]
    fn addresses_follow_the_rfc_and_a_pattern_where_there_is_one() {
        let plain = Settings::default();
        assert_eq!(plain.address_fault("anna@example.museum"), None);
        assert_eq!(plain.address_fault("анна@почта.рф"), None);
        assert!(plain.address_fault("anna at example").is_some_and(|fault| fault.contains("RFC 5321")));
        let narrow = settings(ADDRESS_PATTERN, "@example\\.com$");
        assert_eq!(narrow.address_fault("anna@example.com"), None);
        assert!(
            narrow.address_fault("anna@example.org").is_some_and(|fault| fault.contains(ADDRESS_PATTERN))
        );
        assert_eq!(settings(ADDRESS_PATTERN, "").address_pattern_fault(), None);
    }

    #[test]
    fn a_pattern_ends_at_its_limit_and_an_unreadable_one_refuses_nobody() {
        let size = |text: &str| RegexBuilder::new(text).size_limit(PATTERN_BYTES_MAX).build().is_ok();
        let (fits, too_large) = ("a{1000}", "(a{1000}){1000}");
        assert!(size(fits) && !size(too_large));
        assert_eq!(settings(ADDRESS_PATTERN, fits).address_pattern_fault(), None);
        for unreadable in [too_large, "("] {
            let settings = settings(ADDRESS_PATTERN, unreadable);
            assert!(settings.address_pattern_fault().is_some(), "{unreadable}");
            assert_eq!(settings.address_fault("anna@example.com"), None, "{unreadable}");
        }
    }

    #[test]
    fn a_default_account_without_a_name_is_none() {
        assert_eq!(settings(DEFAULT_READ_ACCOUNT, "").default_read_account(), None);
        assert_eq!(settings(DEFAULT_READ_ACCOUNT, "Desk").default_read_account(), Some("Desk"));
        assert_eq!(settings(DEFAULT_SEND_ACCOUNT, "").default_send_account(), None);
    }

    #[test]
    fn days_begin_in_the_zone_and_weeks_on_the_day_that_are_set() {
        assert_eq!(Settings::default().time_zone(), "UTC");
        assert_eq!(settings(TIME_ZONE, "Europe/Moscow").time_zone(), "Europe/Moscow");
        assert_eq!(settings(TIME_ZONE, "Mars/Olympus").time_zone(), "UTC");
        assert_eq!(Settings::default().week_start(), WeekStart::Monday);
        assert_eq!(settings(WEEK_START, "sunday").week_start(), WeekStart::Sunday);
        let row = |name: &str, value: &str| {
            let fields = [("name", name), ("value", value)];
            let fields = fields.map(|(field, text)| (field.to_owned(), crate::value::Value::text(text)));
            let id = crate::id::Seed::new([0; 32]).id("x", crate::time::Timestamp::from_micros(0));
            Record { table: "setting".to_owned(), id, version: 1, fields: fields.into() }
        };
        assert!(check(&row(TIME_ZONE, "Europe/Moscow")).is_ok() && check(&row(WEEK_START, "sunday")).is_ok());
        assert!(
            check(&row(TIME_ZONE, "Mars/Olympus")).is_err() && check(&row(WEEK_START, "friday")).is_err()
        );
    }

    #[test]
    fn switches_are_on_until_switched_off() {
        assert!(Settings::default().sends() && Settings::default().receives());
        assert!(!settings(SEND_ACTIVE, "false").sends());
    }
}
