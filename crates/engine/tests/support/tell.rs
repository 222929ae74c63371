//! Outcomes in words that a person checks: ids become names, signatures become what they lead to.

use std::fmt::Write as _;

use regex::Regex;
use rejoinder_engine::config::Config;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{DeliveryState, IncomingEmail, OutgoingEmail, Plan, Purpose, RecordOp, Unit};
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::trace::{Step, tell_clause};
use rejoinder_engine::value::Value;

use super::world::World;

/// What of an outcome is told.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    /// The texts of mails.
    pub(crate) texts: bool,
    /// The header fields of mails that loops and threads depend on.
    pub(crate) headers: bool,
    /// Also actions that are for other mails, and every note.
    pub(crate) all: bool,
}

/// Tells what `world` has decided.
pub(crate) struct Teller<'a> {
    pub(crate) world: &'a World,
    pub(crate) wanted: Wanted,
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

fn config(world: &World) -> &Config {
    &world.config
}

impl Teller<'_> {
    fn name(&self, id: Id) -> String {
        let found = self.world.view.records.get(&id).or_else(|| self.world.before.records.get(&id));
        let Some(record) = found else { return "‹unknown›".to_owned() };
        let display = &config(self.world).dictionary.table(&record.table).unwrap().table.display;
        match record.get(display) {
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
        let id = Regex::new(r"[a-z2-7]{26}\.(?:0|[a-z2-7]{26})\.[a-z2-7]{16}@[a-z.]+").unwrap();
        let text = id.replace_all(text, |hit: &regex::Captures<'_>| {
            let place = self.world.sent.iter().position(|email| email.message_id == hit[0]);
            place.map_or_else(|| hit[0].to_owned(), |place| format!("‹id of mail {}›", place + 1))
        });
        let token = Regex::new(r"\b[a-z2-7]{42}\b").unwrap();
        let text = token.replace_all(&text, |hit: &regex::Captures<'_>| {
            keys.read_token(&hit[0]).map_or_else(
                || "‹a forged token›".to_owned(),
                |token| format!("‹token of {}›", self.name(token.record)),
            )
        });
        text.into_owned()
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
        let short: String = text.chars().take(300).collect();
        let more = if chars > 300 { format!("… ({chars} characters)") } else { String::new() };
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
    pub(crate) fn mail(&self, subject: &str, plan: &Plan) -> String {
        let mut out = String::new();
        let (state, why, again) = match (&plan.unit, &plan.again) {
            (_, Some(again)) => (again.state, again.why.as_ref(), " once more"),
            (Unit::Arrival { state, why, .. }, None) => (*state, why.as_ref(), ""),
            _ => panic!("no arrival"),
        };
        let ending = why.map(|why| format!(" ({})", why.code)).unwrap_or_default();
        let class = plan.incoming.as_ref().map(|mail| format!("{}, ", mail.class)).unwrap_or_default();
        writeln!(out, "mail \"{}\"{again}: {class}{state}{ending}", self.mask(subject)).unwrap();
        if let Some(mail) = &plan.incoming {
            self.row(mail, plan, &mut out);
        }
        self.steps(plan, &mut out);
        self.effects(plan, &mut out);
        out
    }

    fn row(&self, mail: &IncomingEmail, plan: &Plan, out: &mut String) {
        let from = mail.sender.map_or_else(|| "guest".to_owned(), |id| self.name(id));
        writeln!(out, "  sender: {from} <{}>, {}", mail.from, mail.authenticity).unwrap();
        let related = plan.links.iter().find(|link| link.related && link.email == mail.id);
        let related =
            related.map(|link| format!(", related {}", self.name(link.record.id))).unwrap_or_default();
        writeln!(out, "  record: {}{related}", self.key(mail.record.as_ref())).unwrap();
        if let Some(why) = &mail.do_not_answer {
            writeln!(out, "  not to be answered: {why}").unwrap();
        }
        if let Some(why) = &mail.attention {
            writeln!(out, "  needs attention: {} ({})", why.code, self.mask(&why.text)).unwrap();
        }
    }

    pub(crate) fn steps(&self, plan: &Plan, out: &mut String) {
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
                    if other && !self.wanted.all {
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
            writeln!(out, "  {line}").unwrap();
        }
    }

    /// Ids in the words of a clause become names.
    fn told(&self, text: &str) -> String {
        let id = Regex::new(r"\b[0-9a-f]{32}\b").unwrap();
        id.replace_all(text, |hit: &regex::Captures<'_>| self.name(hit[0].parse().unwrap())).into_owned()
    }

    /// What a plan does.
    pub(crate) fn effects(&self, plan: &Plan, out: &mut String) {
        for operation in &plan.records {
            let (word, rest) = match operation {
                RecordOp::Insert { fields, .. } => ("insert", self.fields(fields, None)),
                RecordOp::Update { old, new, .. } => ("update", self.fields(new, Some(old))),
                RecordOp::Delete { .. } => ("delete", String::new()),
            };
            let key = operation.key();
            let rest = if rest.is_empty() { String::new() } else { format!(": {rest}") };
            writeln!(out, "  {word} {} {}{rest}", key.table, self.name(key.id)).unwrap();
        }
        for one in &plan.activities {
            let mark = one.mark.as_ref().map(|mark| format!(", {mark}")).unwrap_or_default();
            let text = self.value(&Value::text(&one.text));
            writeln!(
                out,
                "  {} on {} by {}{mark}: {text}",
                one.kind,
                self.name(one.record.id),
                one.actor.label
            )
            .unwrap();
        }
        for file in &plan.attachments {
            let place = match (&file.record, &file.left_out) {
                (Some(record), None) => format!("on {}", self.name(record.id)),
                (_, Some(why)) => format!("stays on the mail, {}", why.code),
                (None, None) => "stays on the mail".to_owned(),
            };
            writeln!(out, "  file {} ({}): {place}", file.file_name, file.media_type).unwrap();
        }
        for report in &plan.reports {
            writeln!(out, "  delivery: {}, {}", report.state, report.why.text).unwrap();
        }
        plan.outgoing.iter().for_each(|email| self.outgoing(email, out));
        for job in &plan.jobs {
            writeln!(
                out,
                "  job: {}",
                if matches!(job.work, rejoinder_engine::plan::JobWork::FanOut { .. }) {
                    "fan_out"
                } else {
                    "other"
                }
            )
            .unwrap();
        }
        for one in &plan.attention {
            writeln!(out, "  attention: {} ({})", one.why.code, self.mask(&one.why.text)).unwrap();
        }
        if let Unit::Event { unheard: Some(why), .. } = &plan.unit {
            writeln!(out, "  done without effect: {} ({})", why.code, why.text).unwrap();
        }
        if let Unit::Event { parked: Some(why), .. } = &plan.unit {
            writeln!(out, "  parked: {} ({})", why.code, why.text).unwrap();
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
        writeln!(out, "  {what} to {to}: \"{}\" by {}", email.subject, email.rule).unwrap();
        if self.wanted.headers {
            let mail = rejoinder_mail::parse(&email.bytes);
            for name in HEADERS {
                if let Some(value) = mail.header(name) {
                    writeln!(out, "    {name}: {}", self.mask(value)).unwrap();
                }
            }
        }
        if self.wanted.texts {
            for line in self.mask(&email.text).lines() {
                writeln!(out, "    | {line}").unwrap();
            }
            let html = rejoinder_mail::parse(&email.bytes).html.unwrap_or_default();
            for line in self.mask(&html).lines() {
                writeln!(out, "    html | {line}").unwrap();
            }
        }
    }
}
