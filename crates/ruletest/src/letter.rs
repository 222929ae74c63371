//! The bytes of a case's mail: placeholders filled, and what the case leaves to the runner added.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;
use rejoinder_engine::id::Seed;
use rejoinder_engine::plan::OutgoingEmail;

use crate::case::Section;
use crate::error::Fault;
use crate::limits::TIMES_MAX;
use crate::named::numbered;
use crate::words::PLACEHOLDERS;
use crate::world::World;

/// `{name}` or `{name:value}`; a pattern that cannot be compiled finds nothing.
static HOLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\{([a-z-]+)(?::([^}]+))?\}").ok());

/// The mail that a section writes.
pub(crate) fn bytes(world: &World, section: &Section) -> Result<Vec<u8>, Fault> {
    let text = filled(world, &section.body)?;
    let (head, _) = text.split_once("\n\n").unwrap_or((&text, ""));
    let head = head.to_ascii_lowercase();
    let named = |name: &str| head.lines().any(|line| line.starts_with(name));
    let mut added = String::new();
    if !section.has("bare") {
        if !named("message-id:") {
            let _ = writeln!(added, "Message-ID: <step-{}@mail.example.org>", world.steps + 1);
        }
        if !named("date:") {
            let _ = writeln!(added, "Date: {}", date(world));
        }
        if !named("to:") {
            added.push_str("To: help@example.com\n");
        }
    }
    Ok((added + &text).replace('\n', "\r\n").into_bytes())
}

/// The moment as RFC 5322 has it.
fn date(world: &World) -> String {
    let at = jiff::Timestamp::from_microsecond(world.now.micros()).unwrap_or_default();
    at.strftime("%d %b %Y %H:%M:%S +0000").to_string()
}

/// Fills `{…}`: what a mail client would have copied from a mail of ours, or what the case wants forged.
pub(crate) fn filled(world: &World, text: &str) -> Result<String, Fault> {
    let mut out = String::new();
    let mut last = 0;
    for hit in HOLE.iter().flat_map(|hole| hole.captures_iter(text)) {
        let (Some(whole), Some(name)) = (hit.get(0), hit.get(1)) else { continue };
        let of = hit.get(2).map_or("", |of| of.as_str());
        let line = text.bytes().take(whole.start()).filter(|byte| *byte == b'\n').count() + 1;
        let value = placeholder(world, name.as_str(), of).map_err(|fault| fault.at(line))?;
        out.push_str(text.get(last..whole.start()).unwrap_or_default());
        out.push_str(&value);
        last = whole.end();
    }
    out.push_str(text.get(last..).unwrap_or_default());
    Ok(out)
}

fn placeholder(world: &World, name: &str, of: &str) -> Result<String, Fault> {
    let token = || -> Result<String, Fault> {
        let record = numbered(&world.view, of)?;
        world.config.keys.token(record.id, world.now).ok_or_else(|| Fault::new("nothing signs tokens here"))
    };
    Ok(match name {
        "message-id" => last_to(world, of)?.message_id.clone(),
        "subject" => last_to(world, of)?.subject.clone(),
        "quote" => {
            let quoted: Vec<String> =
                last_to(world, of)?.text.lines().map(|line| format!("> {line}")).collect();
            quoted.join("\n")
        }
        "lost-message-id" => lost(world, of)?,
        "token" => token()?,
        "forged-token" => {
            let token = token()?;
            let (first, rest) = token.split_at_checked(1).unwrap_or_default();
            format!("{}{rest}", if first == "b" { 'c' } else { 'b' })
        }
        "times" => {
            let wrong = || {
                Fault::new(format!("`{{times:{of}}}` cannot be read"))
                    .hint(format!("write `{{times:COUNT:TEXT}}`, at most {TIMES_MAX} times"))
            };
            let (count, what) = of.split_once(':').ok_or_else(wrong)?;
            let count: usize = count.parse().map_err(|_| wrong())?;
            if count.saturating_mul(what.len()) > TIMES_MAX {
                return Err(wrong());
            }
            what.repeat(count)
        }
        other => {
            let known = PLACEHOLDERS.map(|(name, ..)| name);
            return Err(Fault::unknown(format!("`{{{other}}}` is no placeholder"), other, known));
        }
    })
}

/// The id of a mail of ours about the record that nothing is left of.
fn lost(world: &World, number: &str) -> Result<String, Fault> {
    let record = numbered(&world.view, number)?.id;
    let email = Seed::new([7; 32]).id("lost", world.now);
    let id = world.config.keys.message_id(email, Some(record), "example.com");
    id.ok_or_else(|| Fault::new("nothing signs Message-IDs here"))
}

fn last_to<'a>(world: &'a World, address: &str) -> Result<&'a OutgoingEmail, Fault> {
    let to = |email: &&OutgoingEmail| email.deliveries.iter().any(|one| one.address == address);
    world.sent.iter().rev().find(to).ok_or_else(|| {
        let known = world.sent.iter().flat_map(|email| &email.deliveries).map(|one| one.address.as_str());
        Fault::unknown(format!("no mail of ours went to {address}"), address, known)
    })
}
