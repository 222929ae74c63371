//! The mail that is being written and the printer of content scripts, behind the objects of both
//! vocabularies: one state a run, which goes to whoever runs the script. Nothing is sent from here.

use regex::RegexBuilder;

use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::limits::{MAX_LETTER_ADDRESSES, MAX_PATTERN_BYTES};
use crate::{HostError, Letter, Level, Value};

/// The setting with the pattern that addresses must match.
const ADDRESS_PATTERN: &str = "email.validation.reg_exp";
/// What `space` prints: a space that HTML keeps.
const SPACE: &str = "&nbsp;";

/// Who a mail goes to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Everybody sees it.
    To,
    /// A copy that everybody sees.
    Cc,
    /// A copy that nobody else sees.
    Bcc,
}

impl Kind {
    /// The word that ServiceNow's scripts use.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "to" => Some(Self::To),
            "cc" => Some(Self::Cc),
            "bcc" => Some(Self::Bcc),
            _ => None,
        }
    }

    const fn of(self, letter: &mut Letter) -> &mut Vec<(String, String)> {
        match self {
            Self::To => &mut letter.to,
            Self::Cc => &mut letter.cc,
            Self::Bcc => &mut letter.bcc,
        }
    }
}

/// Does something with the mail of the run.
pub(crate) fn with<T>(call: &Call<'_, '_>, body: impl FnOnce(&mut Letter) -> T) -> Result<T, Halt> {
    match call.shared.left.letter.borrow_mut().as_mut() {
        Some(letter) => Ok(body(letter)),
        None => Err(HostError::refused("not_here", "no mail is being written where this script runs").into()),
    }
}

/// Adds the recipient of two arguments, address and name. An empty address is left out, with a warning.
pub(crate) fn add<'js>(call: &Call<'_, 'js>, kind: Kind, first: usize) -> Answer<'js> {
    let (address, name) = (line(&call.text(first)?), line(&call.text(first + 1)?));
    if address.is_empty() {
        call.log(Level::Warning, "a recipient without an address was left out");
        return Ok(call.undefined());
    }
    if let Some(fault) = fault(call, &address)? {
        call.log(Level::Warning, format!("a recipient was left out: {fault}"));
        return Ok(call.undefined());
    }
    let added = with(call, |letter| {
        let all = letter.to.len() + letter.cc.len() + letter.bcc.len();
        let room = all < MAX_LETTER_ADDRESSES;
        let list = kind.of(letter);
        if room && !list.iter().any(|(known, _)| known.eq_ignore_ascii_case(&address)) {
            list.push((address, name));
        }
        room
    })?;
    if !added {
        let message = format!("a mail has at most {MAX_LETTER_ADDRESSES} recipients");
        return Err(HostError::refused("too_many_recipients", message).into());
    }
    Ok(call.undefined())
}

/// The addresses of a list.
pub(crate) fn addresses<'js>(call: &Call<'_, 'js>, kind: Kind) -> Answer<'js> {
    let list = with(call, |letter| kind.of(letter).clone())?;
    call.give(&Value::List(list.into_iter().map(|(address, _)| Value::Text(address)).collect()))
}

/// `setFrom`
pub(crate) fn set_from<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let address = address(call, "setFrom")?;
    with(call, |letter| letter.from = address)?;
    Ok(call.undefined())
}

/// `setReplyTo`
pub(crate) fn set_reply_to<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let address = address(call, "setReplyTo")?;
    with(call, |letter| letter.reply_to = address)?;
    Ok(call.undefined())
}

/// `getSubject`
pub(crate) fn subject<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&with(call, |letter| letter.subject.clone())?)
}

/// `setSubject`
pub(crate) fn set_subject<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let subject = line(&call.text(0)?);
    with(call, |letter| letter.subject = subject)?;
    Ok(call.undefined())
}

/// `getBody`
pub(crate) fn body<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&with(call, |letter| letter.body.clone())?)
}

/// `setBody`
pub(crate) fn set_body<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let body = call.text(0)?;
    with(call, |letter| letter.body = body)?;
    Ok(call.undefined())
}

/// Argument 0 as an address for `From` or `Reply-To`, `name <address>` too; it must be valid.
pub(crate) fn address(call: &Call<'_, '_>, method: &str) -> Result<String, Halt> {
    let given = line(&call.text(0)?);
    let plain = given.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>')).unwrap_or(&given);
    match fault(call, plain.trim())? {
        None => Ok(given),
        Some(fault) => Err(call.type_error(&format!("{method}: {fault}"))),
    }
}

/// What is wrong with an address; nothing where mail can be sent to it.
fn fault(call: &Call<'_, '_>, address: &str) -> Result<Option<String>, Halt> {
    let shown: String = address.chars().take(80).collect();
    let (local, domain) = address.rsplit_once('@').unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';');
    if local.is_empty() || domain.is_empty() || address.contains(odd) {
        return Ok(Some(format!("`{shown}` is no email address")));
    }
    let pattern = call.host(|host| host.property(ADDRESS_PATTERN))?.unwrap_or_default();
    if pattern.is_empty() {
        return Ok(None);
    }
    let Ok(known) = RegexBuilder::new(&pattern).size_limit(MAX_PATTERN_BYTES).build() else {
        // An unreadable pattern must not refuse everybody.
        call.log(Level::Warning, format!("the pattern of {ADDRESS_PATTERN} cannot be read and is not asked"));
        return Ok(None);
    };
    let matches = known.is_match(address);
    Ok((!matches).then(|| format!("`{shown}` does not match the pattern of {ADDRESS_PATTERN}")))
}

/// Text for a header: one line.
pub(crate) fn line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ").trim().to_owned()
}

/// Prints argument 0, as `String(…)` gives it.
pub(crate) fn print<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    if call.count() > 0 {
        let text = call.text_of(&call.raw(0))?;
        call.shared.left.printed.borrow_mut().push_str(&text);
    }
    Ok(call.undefined())
}

/// Prints so many spaces; how many.
pub(crate) fn space(call: &Call<'_, '_>) -> Result<usize, Halt> {
    let count = usize::try_from(call.whole(0, 0)?.max(0)).unwrap_or(usize::MAX);
    call.shared.cross_border(count.saturating_mul(SPACE.len()))?;
    call.shared.left.printed.borrow_mut().push_str(&SPACE.repeat(count));
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn headers_are_one_line() {
        assert_eq!(line(" a\r\nBcc: b "), "a  Bcc: b");
    }
}
