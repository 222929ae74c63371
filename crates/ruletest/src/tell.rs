//! Outcomes in words that a person checks: ids become names, signatures become what they lead to. They are the language of
//! expectations: a change of a word here changes what cases state.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;
use rejoinder_engine::config::Config;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{DeliveryState, IncomingEmail, OutgoingEmail, Plan, Purpose, RecordOp, Unit};
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::trace::{Step, tell_clause};
use rejoinder_engine::value::Value;

use crate::limits::TOLD_CHARS_MAX;
use crate::world::World;

/// What of an outcome is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The texts of mails.
    pub texts: bool,
    /// The header fields of mails that loops and threads depend on.
    pub headers: bool,
    /// Also actions that are for other mails, and every note.
    pub all: bool,
    /// Nothing of what was skipped.
    pub brief: bool,
}

/// Tells what `world` has decided.
pub struct Teller<'a> {
    /// Where its names come from.
    pub world: &'a World,
    /// What is told.
    pub wanted: Wanted,
}

/// Header fields that are told.
const HEADERS: [&str; 8] = [
    "From",
    "To",
    "Reply-To",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "List-Unsubscribe",
];
/// Notes that say only what other lines say.
const SILENT_NOTES: [&str; 2] = ["mail_defect", "no_change"];

/// Our Message-IDs, tokens, and ids; a pattern that cannot be compiled finds nothing.
static MESSAGE_ID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[a-z2-7]{26}\.(?:0|[a-z2-7]{26})\.[a-z2-7]{16}@[a-z.]+").ok());
static TOKEN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b[a-z2-7]{42}\b").ok());
static ID: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b[0-9a-f]{32}\b").ok());

/// Every hit in the text replaced.
fn replaced(pattern: &LazyLock<Option<Regex>>, text: &str, by: impl Fn(&str) -> String) -> String {
    let Some(pattern) = pattern.as_ref() else { return text.to_owned() };
    let hit = |hit: &regex::Captures<'_>| by(hit.get(0).map_or("", |hit| hit.as_str()));
    pattern.replace_all(text, hit).into_owned()
}

fn config(world: &World) -> &Config {
    &world.config
}

impl Teller<'_> {
    fn name(&self, id: Id) -> String {
        let found = self.world.view.records.get(&id).or_else(|| self.world.before.records.get(&id));
        let Some(record) = found else { return "‹unknown›".to_owned() };
        let table = config(self.world).dictionary.table(&record.table);
        match record.get(table.map_or("", |info| &info.table.display)) {
            Value::Ref(id) => self.name(*id),
            other => other.plain(),
        }
    }

    fn key(&self, key: Option<&RecordKey>) -> String {
        key.map_or_else(|| "none".to_owned(), |key| self.name(key.id))
    }

    /// Tokens and Message-IDs of ours become what they lead to.
    fn mask(&self, text: &str) -> String {
        let keys = &config(self.world).keys;
        let text = replaced(&MESSAGE_ID, text, |id| {
            let place = self.world.sent.iter().position(|email| email.message_id == id);
            place.map_or_else(|| id.to_owned(), |place| format!("‹id of mail {}›", place + 1))
        });
        replaced(&TOKEN, &text, |token| {
            keys.read_token(token).map_or_else(
                || "‹a forged token›".to_owned(),
                |token| format!("‹token of {}›", self.name(token.record)),
            )
        })
    }

    fn value(&self, value: &Value) -> String {
        let text = match value {
            Value::Null => "nothing".to_owned(),
            Value::Ref(id) => self.name(*id),
            Value::List(items) => items
                .iter()
                .map(|item| item.parse().map_or_else(|_| item.clone(), |id| self.name(id)))
                .collect::<Vec<_>>()
                .join(", "),
            other => other.plain(),
        };
        let chars = text.chars().count();
        let short: String = text.chars().take(TOLD_CHARS_MAX).collect();
        let more = if chars > TOLD_CHARS_MAX { format!("… ({chars} characters)") } else { String::new() };
        self.mask(&short).replace('\n', " ⏎ ") + &more
    }

    fn fields(&self, new: &Fields, old: Option<&Fields>) -> String {
        let told = new.iter().filter(|(name, _)| {
            !matches!(name.as_str(), "created_at" | "created_by" | "updated_at" | "updated_by" | "number")
        });
        let line = |(name, value): (&String, &Value)| {
            let before = old.and_then(|old| old.get(name)).map(|old| format!(" (was {})", self.value(old)));
            format!("{name} = {}{}", self.value(value), before.unwrap_or_default())
        };
        told.map(line).collect::<Vec<_>>().join("; ")
    }

    /// The mail's own row and the verdicts on the way.
    pub fn mail(&self, subject: &str, plan: &Plan) -> String {
        let mut out = String::new();
        let (state, why, again) = match (&plan.unit, &plan.again) {
            (_, Some(again)) => (again.state, again.why.as_ref(), " once more"),
            (Unit::Arrival { state, why, .. }, None) => (*state, why.as_ref(), ""),
            _ => return out,
        };
        let ending = why.map(|why| format!(" ({})", why.code)).unwrap_or_default();
        let class = plan.incoming.as_ref().map(|mail| format!("{}, ", mail.class)).unwrap_or_default();
        let _ = writeln!(out, "mail \"{}\"{again}: {class}{state}{ending}", self.mask(subject));
        if let Some(mail) = &plan.incoming {
            self.row(mail, plan, &mut out);
        }
        self.steps(plan, &mut out);
        self.effects(plan, &mut out);
        out
    }

    fn row(&self, mail: &IncomingEmail, plan: &Plan, out: &mut String) {
        let from = mail.sender.map_or_else(|| "guest".to_owned(), |id| self.name(id));
        let _ = writeln!(out, "  sender: {from} <{}>, {}", mail.from, mail.authenticity);
        let related = plan.links.iter().find(|link| link.related && link.email == mail.id);
        let related =
            related.map(|link| format!(", related {}", self.name(link.record.id))).unwrap_or_default();
        let _ = writeln!(out, "  record: {}{related}", self.key(mail.record.as_ref()));
        if let Some(why) = &mail.do_not_answer {
            let _ = writeln!(out, "  not to be answered: {why}");
        }
        if let Some(why) = &mail.attention {
            let _ = writeln!(out, "  needs attention: {} ({})", why.code, self.mask(&why.text));
        }
    }

    /// The facts of a trace that say how it was decided.
    pub fn steps(&self, plan: &Plan, out: &mut String) {
        for step in &plan.trace.steps {
            let line = match step {
                Step::Evidence { kind, value, record, verdict } => {
                    let leads =
                        record.as_ref().map(|key| format!(" to {}", self.name(key.id))).unwrap_or_default();
                    format!("evidence {kind} {}{leads}: {verdict}", self.mask(value))
                }
                Step::Considered { kind, name, outcome, because, reason, .. } => {
                    let other = because.as_ref().is_some_and(|why| {
                        matches!(why.code.as_str(), "message_type" | "stopped" | "other_table")
                    });
                    if (other && !self.wanted.all) || (self.wanted.brief && outcome == "skipped") {
                        continue;
                    }
                    let why = because.as_ref().map(|why| format!(" ({}: {})", why.code, why.text));
                    let clause = reason
                        .as_ref()
                        .and_then(|reason| reason.failing())
                        .map(|clause| format!(" ({})", self.told(&tell_clause(clause))));
                    format!("{kind} {name}: {outcome}{}", why.or(clause).unwrap_or_default())
                }
                Step::Recipient { rule, who, outcome, .. } if outcome != "mailed" => {
                    format!("recipient {who} of {rule}: {outcome}")
                }
                Step::Class { because, .. } if self.wanted.all => format!("class because of {because}"),
                Step::Sender { because, .. } if self.wanted.all => format!("sender because {because}"),
                Step::Note { why } if self.wanted.all || !SILENT_NOTES.contains(&why.code.as_str()) => {
                    format!("note {}: {}", why.code, self.mask(&why.text))
                }
                Step::Error { of, why } => format!("ERROR {of}: {}: {}", why.code, self.mask(&why.text)),
                Step::Raised { event, name, .. } => format!("raises {event} on {name}"),
                Step::Log { level, text, .. } => format!("log {level}: {}", self.mask(text)),
                _ => continue,
            };
            let _ = writeln!(out, "  {line}");
        }
    }

    /// Ids in the words of a clause become names.
    fn told(&self, text: &str) -> String {
        replaced(&ID, text, |id| id.parse().map_or_else(|_| id.to_owned(), |id| self.name(id)))
    }

    /// What a plan does.
    pub fn effects(&self, plan: &Plan, out: &mut String) {
        for operation in &plan.records {
            let (word, rest) = match operation {
                RecordOp::Insert { fields, .. } => ("insert", self.fields(fields, None)),
                RecordOp::Update { old, new, .. } => ("update", self.fields(new, Some(old))),
                RecordOp::Delete { .. } => ("delete", String::new()),
            };
            let key = operation.key();
            let rest = if rest.is_empty() { String::new() } else { format!(": {rest}") };
            let _ = writeln!(out, "  {word} {} {}{rest}", key.table, self.name(key.id));
        }
        for one in &plan.activities {
            let mark = one.mark.as_ref().map(|mark| format!(", {mark}")).unwrap_or_default();
            let text = self.value(&Value::text(&one.text));
            let _ = writeln!(
                out,
                "  {} on {} by {}{mark}: {text}",
                one.kind,
                self.name(one.record.id),
                one.actor.label
            );
        }
        for file in &plan.attachments {
            let place = match (&file.record, &file.left_out) {
                (Some(record), None) => format!("on {}", self.name(record.id)),
                (_, Some(why)) => format!("stays on the mail, {}", why.code),
                (None, None) => "stays on the mail".to_owned(),
            };
            let _ = writeln!(out, "  file {} ({}): {place}", file.file_name, file.media_type);
        }
        for report in &plan.reports {
            let _ = writeln!(out, "  delivery: {}, {}", report.state, report.why.text);
        }
        plan.outgoing.iter().for_each(|email| self.outgoing(email, out));
        for job in &plan.jobs {
            let _ = writeln!(
                out,
                "  job: {}",
                if matches!(job.work, rejoinder_engine::plan::JobWork::FanOut { .. }) {
                    "fan_out"
                } else {
                    "other"
                }
            );
        }
        for one in &plan.attention {
            let _ = writeln!(out, "  attention: {} ({})", one.why.code, self.mask(&one.why.text));
        }
        if let Unit::Event { unheard: Some(why), .. } = &plan.unit {
            let _ = writeln!(out, "  done without effect: {} ({})", why.code, why.text);
        }
        if let Unit::Event { parked: Some(why), .. } = &plan.unit {
            let _ = writeln!(out, "  parked: {} ({})", why.code, why.text);
        }
    }

    fn outgoing(&self, email: &OutgoingEmail, out: &mut String) {
        let to = email.deliveries.iter().map(|one| match (&one.why, one.state) {
            (Some(why), state) => format!("{} ({state}: {})", one.address, why.code),
            (None, DeliveryState::Ready) => one.address.clone(),
            (None, state) => format!("{} ({state})", one.address),
        });
        let what = match email.purpose {
            Purpose::Answer => "answer",
            Purpose::Notification => "notification",
            Purpose::FanOut => "fan-out",
        };
        let to = to.collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "  {what} to {to}: \"{}\" by {}", email.subject, email.rule);
        if self.wanted.headers {
            let mail = rejoinder_mail::parse(&email.bytes);
            for name in HEADERS {
                if let Some(value) = mail.header(name) {
                    let _ = writeln!(out, "    {name}: {}", self.mask(value));
                }
            }
        }
        if self.wanted.texts {
            for line in self.mask(&email.text).lines() {
                let _ = writeln!(out, "    | {line}");
            }
            let html = rejoinder_mail::parse(&email.bytes).html.unwrap_or_default();
            for line in self.mask(&html).lines() {
                let _ = writeln!(out, "    html | {line}");
            }
        }
    }
}
