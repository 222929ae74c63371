//! An outgoing mail from its texts: account, Message-ID, thread, watermark, headers, bytes.
//!
//! Shared by notifications and automatic answers, so that every mail of ours carries the same marks.

use rejoinder_mail::Address;
use rejoinder_mail::compose::{Outgoing, compose as to_bytes, is_message_id};
use sha2::{Digest, Sha256};

use crate::config::Account;
use crate::context::Context;
use crate::id::Id;
use crate::plan::{DeliveryState, Link, NewDelivery, OutgoingEmail, Plan, Purpose, Slot, Why};
use crate::record::RecordKey;
use crate::token::WATERMARK;
use crate::trace::Step;

/// The line above which an answer is written, per language; the first is the fall-back.
pub const ANSWER_LINES: [(&str, &str); 2] = [
    ("en", "-- Please write your answer above this line --"),
    ("ru", "-- Пожалуйста, пишите ответ выше этой строки --"),
];
/// What automatic answers and notifications ask other programs not to send back (`All` would stop bounces too).
const SUPPRESS: &str = "OOF, AutoReply, RN, NRN";

/// What a mail says and belongs to.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What its id is drawn from; unique within the unit.
    pub label: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The account that the rule names.
    pub account: Option<Id>,
    /// The rule or action.
    pub rule: String,
    /// The record it speaks of.
    pub record: Option<RecordKey>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML; empty where there is none.
    pub html: String,
    /// Whether it carries a watermark.
    pub watermark: bool,
    /// The language of the lines that we add.
    pub language: String,
    /// The mail that it answers.
    pub in_reply_to: Option<String>,
    /// The thread, oldest first.
    pub references: Vec<String>,
    /// Whether its recipient may ask for no more mail about its record.
    pub can_be_muted: bool,
    /// Where answers go.
    pub reply_to: Option<Address>,
    /// The mail that stands for all of a fan-out.
    pub parent: Option<Id>,
}

/// One recipient of a letter.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// The name.
    pub name: Option<String>,
    /// The user.
    pub user: Option<Id>,
    /// Ready or suppressed.
    pub state: DeliveryState,
    /// Why it is suppressed.
    pub why: Option<Why>,
}

/// Makes the mail. An error sentence says what is missing.
pub fn compose(context: Context<'_>, letter: &Letter, to: Vec<Recipient>) -> Result<OutgoingEmail, String> {
    let account = context.config.sending_account(letter.account).ok_or(
        "no account sends mail: make an account of the type smtp and name it in default.email.account.send",
    )?;
    let domain = Address::new(account.from.clone()).domain().ok_or_else(|| {
        format!("the account {} has no From address: `{}` is none", account.name, account.from)
    })?;
    let id = context.seed.id(&letter.label, context.now);
    let record = letter.record.as_ref().map(|key| key.id);
    let message_id =
        context.config.keys.message_id(id, record, &domain).ok_or("there is no key to sign with")?;
    let token = record.filter(|_| letter.watermark).and_then(|id| context.config.keys.token(id, context.now));
    let text = framed(&letter.text, &letter.language, token.as_deref());
    // What others write as ids may be none: better a mail without its thread than no mail.
    let in_reply_to = letter.in_reply_to.clone().filter(|id| is_message_id(id));
    let references = letter.references.iter().filter(|id| is_message_id(id)).cloned().collect();
    let mail = Outgoing {
        from: Address { name: account.label.clone(), email: account.from.clone() },
        to: to.iter().map(|one| Address { name: one.name.clone(), email: one.address.clone() }).collect(),
        cc: Vec::new(),
        reply_to: letter.reply_to.clone(),
        subject: letter.subject.clone(),
        message_id: message_id.clone(),
        in_reply_to: in_reply_to.clone(),
        references,
        date: context.now.micros(),
        text: text.clone(),
        html: html_framed(letter, token.as_deref()),
        headers: headers(letter, &account.from, token.as_deref()),
        attachments: Vec::new(),
        boundary_seed: context.seed.boundary(&letter.label),
    };
    let bytes = to_bytes(&mail).map_err(|error| format!("the mail cannot be written: {error}"))?;
    Ok(OutgoingEmail {
        id,
        purpose: letter.purpose,
        account: account.id,
        message_id,
        in_reply_to,
        subject: letter.subject.clone(),
        from: account.from.clone(),
        text,
        record: letter.record.clone(),
        rule: letter.rule.clone(),
        parent: letter.parent,
        digest: data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes)),
        bytes,
        deliveries: to
            .into_iter()
            .enumerate()
            .map(|(place, one)| delivery(context, letter, place, one))
            .collect(),
    })
}

fn delivery(context: Context<'_>, letter: &Letter, place: usize, to: Recipient) -> NewDelivery {
    NewDelivery {
        id: context.seed.id(&format!("{}:to:{place}", letter.label), context.now),
        address: to.address,
        name: to.name,
        user: to.user,
        slot: Slot::To,
        state: to.state,
        why: to.why,
    }
}

fn headers(letter: &Letter, from: &str, token: Option<&str>) -> Vec<(String, String)> {
    let auto = if letter.purpose == Purpose::Answer { "auto-replied" } else { "auto-generated" };
    let mut headers = vec![
        ("Auto-Submitted".to_owned(), auto.to_owned()),
        ("X-Auto-Response-Suppress".to_owned(), SUPPRESS.to_owned()),
    ];
    if let Some(token) = token.filter(|_| letter.can_be_muted) {
        let to = letter.reply_to.as_ref().map_or(from, |address| &address.email);
        let mail = format!("<mailto:{to}?subject=unsubscribe%20{WATERMARK}{token}>");
        headers.push(("List-Unsubscribe".to_owned(), mail));
    }
    headers
}

/// The answer line above, the watermark below. The watermark is visible text: clients drop what is hidden.
fn framed(text: &str, language: &str, token: Option<&str>) -> String {
    let Some(token) = token else { return format!("{}\n", text.trim_end()) };
    format!("{}\n\n{}\n\nRef: {WATERMARK}{token}\n", answer_line(language), text.trim_end())
}

fn html_framed(letter: &Letter, token: Option<&str>) -> Option<String> {
    if letter.html.is_empty() {
        return None;
    }
    let Some(token) = token else { return Some(letter.html.clone()) };
    let line = answer_line(&letter.language);
    Some(format!(
        "<p style=\"color:#888\">{line}</p>\n{}\n<p style=\"color:#888\">Ref: {WATERMARK}{token}</p>\n",
        letter.html
    ))
}

fn answer_line(language: &str) -> &'static str {
    let [(_, fallback), ..] = ANSWER_LINES;
    ANSWER_LINES.iter().find(|(known, _)| *known == language).map_or(fallback, |(_, line)| line)
}

/// The account that answers to our mail come to: one that uses tokens, best the one with the sender's address.
pub fn receiving_account(context: Context<'_>, sending: Option<Id>) -> Option<&Account> {
    let from = context
        .config
        .sending_account(sending)
        .map(|account| Address::new(account.from.clone()).normalized());
    let receives = |account: &&Account| account.is_receiving() && account.address_tokens;
    let mut all = context.config.accounts.values().filter(receives);
    let same = all.clone().find(|account| from.as_ref().is_some_and(|from| account.addresses.contains(from)));
    same.or_else(|| all.next())
}

/// `help+TOKEN@…` for the record, where the account uses tokens in addresses.
pub fn tokened_address(
    context: Context<'_>,
    account: &Account,
    record: Option<&RecordKey>,
) -> Option<Address> {
    if !account.address_tokens {
        return None;
    }
    let (local, domain) = account.addresses.first()?.split_once('@')?;
    let token = context.config.keys.token(record?.id, context.now)?;
    Some(Address::new(format!("{local}+{token}@{domain}")))
}

/// The place of the mail on its record's feed.
pub fn link_of(email: &OutgoingEmail) -> Option<Link> {
    email.record.clone().map(|record| Link { email: email.id, record, related: false })
}

/// Names the mail in the trace.
pub fn say(plan: &mut Plan, email: &OutgoingEmail) {
    let to = email.deliveries.iter().map(|one| match &one.why {
        Some(why) => format!("{} ({}: {})", one.address, one.state, why.code),
        None => one.address.clone(),
    });
    plan.trace.push(Step::Mailed {
        email: email.id,
        rule: email.rule.clone(),
        to: to.collect(),
        subject: email.subject.clone(),
    });
}
