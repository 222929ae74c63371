//! The configuration of one generation, compiled: dictionary, accounts, rules, actions, settings, keys.
//!
//! Made from the records of the configuration tables, once per generation, and shared by all decisions. A rule
//! or action that cannot be read is kept with its error, so that it is seen instead of silently missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::access::{ACCESS_RULE, AccessRule, AccessRules, ROLE};
use crate::account::{EMAIL_ACCOUNT, word};
use crate::automation::{Automation, vocabulary};
use crate::condition::Condition;
use crate::condition::source::Source;
use crate::dictionary::{Dictionary, TableInfo};
use crate::events::{EVENT_REGISTER, Registered, registry};
use crate::id::Id;
use crate::inbound::INBOUND_ACTION;
use crate::inbound::mail_table::mail_table;
use crate::limits::REPLY_TEMPLATES_MAX;
use crate::notify::rule_table::change_table;
use crate::record::Record;
use crate::schedule::{SCHEDULED_JOB, ScheduledJob};
use crate::script::Vocabulary;
use crate::script::names::ScriptNames;
use crate::setting::Settings;
use crate::template::{EMAIL_TEMPLATE, Templates};
use crate::token::Keys;
use crate::value::Value;

pub use crate::account::{Account, Filing, UnknownSender};

/// Which incoming mails an action is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// Freshly written.
    New,
    /// Answers.
    Reply,
    /// Forwarded.
    Forward,
    /// Any of these.
    All,
}

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// It changes records.
    RecordAction,
    /// It answers.
    Reply,
}

/// Which record an action works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A new record of the action's table.
    New,
    /// The record that the mail is about.
    Record,
    /// The record that the mail mentions.
    Related,
}

/// Whose rights an action has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunAs {
    /// The program's own; the sender is the actor all the same.
    System,
    /// Those of the user who sent the mail.
    Sender,
}

/// What an action takes as the text of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// The text without quotes and signature.
    NewText,
    /// All of it.
    Whole,
}

/// One entry of a field mapping: where the value of a field comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The field of the target.
    pub field: String,
    /// The source.
    pub from: MappingSource,
    /// The constant, the template, the regular expression (its first group, or all of it), or the name of a
    /// `name: value` pair.
    #[serde(default)]
    pub value: String,
}

/// Sources of a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappingSource {
    /// The subject without prefixes.
    Subject,
    /// What the action takes as the text: its `body`.
    Body,
    /// The whole text, whatever the action takes.
    BodyText,
    /// The text without quotes and signature, whatever the action takes.
    NewText,
    /// The user who sent it.
    Sender,
    /// The new text without the word that it begins with.
    Rest,
    /// The user who wrote the mail that was forwarded.
    OriginalSender,
    /// The users in To and Cc.
    CopiedUsers,
    /// `value` as it stands.
    Constant,
    /// `value` as a template over the mail and the target.
    Template,
    /// What `value`, a regular expression, finds in the subject and the action's text.
    Capture,
    /// The value of the pair `value: …` in the action's text.
    Pair,
}

/// Whose mail an action takes. One of the lists is enough.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Senders {
    /// Users.
    pub users: Vec<Id>,
    /// Members of groups.
    pub groups: Vec<Id>,
    /// People with roles.
    pub roles: Vec<String>,
}

impl Senders {
    /// Whether nobody is named, so that anybody may send.
    pub fn is_anybody(&self) -> bool {
        self.users.is_empty() && self.groups.is_empty() && self.roles.is_empty()
    }
}

/// One template that an action may answer with: `{ template = "VIP", condition = … }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyChoice {
    /// The name of the template.
    pub template: String,
    /// What the mail fulfils; the same questions as in the action's own condition. Without one it is always for it.
    #[serde(default = "Source::always")]
    pub condition: Source,
}

/// An inbound action, compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Its identity.
    pub id: Id,
    /// The version of its record, for traces.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its place; equal ones by name.
    pub order: i64,
    /// The table it works on.
    pub table: String,
    /// Which mails.
    pub message_type: MessageType,
    /// Whether also for delivery reports.
    pub on_reports: bool,
    /// Whether also for invitations.
    pub on_invitations: bool,
    /// Whether also for automatic answers.
    pub on_automatic: bool,
    /// The accounts; none means all.
    pub accounts: Vec<String>,
    /// Whose mail it takes, by user, group or role; anybody's where none is named.
    pub senders: Senders,
    /// Whether only for verified senders.
    pub verified_only: bool,
    /// Its condition over the mail, or what is wrong with it.
    pub condition: Result<Condition, String>,
    /// What it does.
    pub kind: ActionKind,
    /// Which record.
    pub target: Target,
    /// Whose rights it has.
    pub run_as: RunAs,
    /// What it takes as the text of the mail.
    pub body: Body,
    /// The field mapping, or what is wrong with it.
    pub mapping: Result<Vec<Mapping>, String>,
    /// A script that must answer true, too; empty where there is none.
    pub condition_script: String,
    /// The script; empty where there is none.
    pub script: String,
    /// The names and classes that its scripts use.
    pub vocabulary: Vocabulary,
    /// The templates that it answers with, each with its condition: the first that holds; or what is wrong with them.
    pub reply_templates: Result<Vec<(String, Condition)>, String>,
    /// The subject of the answer, a template.
    pub reply_subject: String,
    /// The text of the answer, a template.
    pub reply_text: String,
    /// Whether no action after it runs.
    pub stop: bool,
}

/// A notification rule, compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its identity.
    pub id: Id,
    /// The version of its record, for traces.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its table.
    pub table: String,
    /// Whether also for tables that extend it.
    pub with_extending: bool,
    /// When a record is inserted.
    pub on_insert: bool,
    /// When it is updated.
    pub on_update: bool,
    /// When it is deleted.
    pub on_delete: bool,
    /// When this event is raised.
    pub event_name: Option<String>,
    /// Its condition over the change, or what is wrong with it.
    pub condition: Result<Condition, String>,
    /// A script that must answer true, too; empty where there is none.
    pub condition_script: String,
    /// The names and classes that the script uses.
    pub vocabulary: Vocabulary,
    /// Users.
    pub users: Vec<Id>,
    /// Groups.
    pub groups: Vec<Id>,
    /// Paths to references to users or groups, or to addresses.
    pub fields: Vec<String>,
    /// Fixed addresses.
    pub addresses: Vec<String>,
    /// Event parameters (1 to 5) that name users, groups or addresses.
    pub params: Vec<usize>,
    /// Whether the followers of the record.
    pub followers: bool,
    /// Whether also the person who made the change.
    pub send_to_actor: bool,
    /// The subject, a template.
    pub subject: String,
    /// The text, a template.
    pub text: String,
    /// The HTML, a template; empty where there is none.
    pub html: String,
    /// The account; the default one where there is none.
    pub account: Option<Id>,
    /// The heaviest of a group goes.
    pub weight: i64,
    /// The group of rules of which one person gets one mail per change.
    pub weight_group: Option<String>,
    /// Whether mails carry a watermark.
    pub watermark: bool,
}

/// The configuration of one generation.
#[derive(Debug, Clone)]
pub struct Config {
    /// The generation.
    pub generation: i64,
    /// The dictionary.
    pub dictionary: Arc<Dictionary>,
    /// Accounts by id.
    pub accounts: BTreeMap<Id, Account>,
    /// Actions in the order in which they run.
    pub actions: Vec<Action>,
    /// Email templates.
    pub templates: Templates,
    /// Rules by name.
    pub rules: Vec<Rule>,
    /// Who may do what with records.
    pub access: AccessRules,
    /// The roles that there are; none where the installation does not list them.
    pub roles: Vec<String>,
    /// Settings.
    pub settings: Settings,
    /// Keys that sign.
    pub keys: Keys,
    /// Events of names of their own, by name.
    pub events: BTreeMap<String, Registered>,
    /// Scheduled jobs by id.
    pub jobs: BTreeMap<Id, ScheduledJob>,
    /// What is automated with scripts: business rules, event actions, includes.
    pub automation: Automation,
    /// The names of the script vocabularies.
    pub names: ScriptNames,
}

impl Config {
    /// Compiles the records of the configuration tables.
    pub fn new(generation: i64, dictionary: Arc<Dictionary>, records: &[Record], keys: Keys) -> Self {
        let of = |table: &str| {
            let of_table = |record: &&Record| dictionary.is_a(&record.table, table);
            records.iter().filter(of_table).collect::<Vec<_>>()
        };
        let settings = of("setting")
            .iter()
            .map(|row| (row.text("name").to_owned(), row.text("value").to_owned()))
            .collect();
        let actions = read_actions(of(INBOUND_ACTION).into_iter(), &dictionary);
        let mut rules: Vec<Rule> = of("notification_rule")
            .iter()
            .filter(|row| row.get("active").is_true())
            .map(|row| read_rule(row, &dictionary))
            .collect();
        rules.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        let access = of(ACCESS_RULE).into_iter().filter(|row| row.get("active").is_true());
        let access = access.filter_map(|row| AccessRule::read(row, &dictionary)).collect();
        Self {
            generation,
            access: AccessRules::new(access),
            roles: of(ROLE).iter().map(|row| row.text("name").to_owned()).collect(),
            accounts: of(EMAIL_ACCOUNT).iter().map(|row| (row.id, Account::read(&dictionary, row))).collect(),
            actions,
            templates: Templates::new(&of(EMAIL_TEMPLATE)),
            rules,
            settings: Settings::new(settings),
            keys,
            events: registry(of(EVENT_REGISTER).into_iter()),
            jobs: of(SCHEDULED_JOB)
                .iter()
                .map(|row| (row.id, ScheduledJob::read(row, &dictionary)))
                .collect(),
            automation: Automation::new(&dictionary, |table| of(table)),
            names: ScriptNames::new(&of("script_alias")),
            dictionary,
        }
    }

    /// The same with other inbound actions, which need not be saved: the active ones among these records.
    pub fn with_actions(&self, rows: &[Record]) -> Self {
        Self { actions: read_actions(rows.iter(), &self.dictionary), ..self.clone() }
    }

    /// The table of this name, ours or of a script vocabulary.
    pub fn table_called<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        let known = |name: &&str| self.dictionary.table(name).is_some();
        let theirs = || Vocabulary::ALL.into_iter().map(|one| self.names.of(one).table(name)).find(known);
        Some(name).filter(known).or_else(theirs)
    }

    /// The account that sends: `preferred`, else the default one, else the only active one that sends.
    pub fn sending_account(&self, preferred: Option<Id>) -> Option<&Account> {
        let named = preferred.and_then(|id| self.accounts.get(&id)).filter(|account| account.is_sending());
        named.or_else(|| self.default_of(self.settings.default_send_account(), Account::is_sending))
    }

    /// The account that receives what comes without one: the default one, else the only active one that receives.
    pub fn receiving_account(&self) -> Option<&Account> {
        self.default_of(self.settings.default_read_account(), Account::is_receiving)
    }

    /// The account that a setting or a person names, by its name or its id.
    pub fn account_called(&self, name: &str) -> Option<&Account> {
        let named = self.accounts.values().find(|account| account.name == name);
        named.or_else(|| self.accounts.get(&name.parse::<Id>().ok()?))
    }

    fn default_of(&self, name: Option<&str>, usable: fn(&Account) -> bool) -> Option<&Account> {
        let named = name.and_then(|name| self.account_called(name)).filter(|account| usable(account));
        let only = || {
            let mut all = self.accounts.values().filter(|account| usable(account));
            all.next().filter(|_| all.next().is_none())
        };
        named.or_else(only)
    }

    /// Whether `address` (in its normal form) is one of ours.
    pub fn is_own_address(&self, address: &str) -> bool {
        self.accounts.values().any(|account| {
            account.from.eq_ignore_ascii_case(address) || account.addresses.iter().any(|own| own == address)
        })
    }

    /// The table, as an error sentence where it does not exist.
    pub fn table(&self, name: &str) -> Result<&Arc<TableInfo>, String> {
        self.dictionary.table(name).ok_or_else(|| format!("there is no table `{name}`"))
    }
}

fn optional(row: &Record, field: &str) -> Option<String> {
    row.get(field).as_text().map(str::to_owned)
}

fn items(row: &Record, field: &str) -> Vec<String> {
    row.get(field).items().to_vec()
}

fn ids(row: &Record, field: &str) -> Vec<Id> {
    row.get(field).items().iter().filter_map(|text| text.parse().ok()).collect()
}

fn integer(row: &Record, field: &str, default: i64) -> i64 {
    if let Value::Int(number) = row.get(field) { *number } else { default }
}

pub(crate) fn condition_of(
    row: &Record,
    dictionary: &Dictionary,
    table: &Result<TableInfo, String>,
) -> Result<Condition, String> {
    let table = table.as_ref().map_err(Clone::clone)?;
    let source = Source::parse(row.text("condition")).map_err(|error| error.to_string())?;
    source.check_in(dictionary, table).map_err(|error| error.to_string())
}

/// The active actions in the order in which they run.
fn read_actions<'r>(rows: impl Iterator<Item = &'r Record>, dictionary: &Dictionary) -> Vec<Action> {
    let active = rows.filter(|row| row.get("active").is_true());
    let mut actions: Vec<Action> = active.map(|row| action_of(row, dictionary)).collect();
    actions.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
    actions
}

/// The field mapping of an inbound action.
pub(crate) fn mapping(row: &Record) -> Result<Vec<Mapping>, String> {
    match row.text("mapping") {
        "" => Ok(Vec::new()),
        json => {
            serde_json::from_str(json).map_err(|error| format!("the field mapping cannot be read: {error}"))
        }
    }
}

/// The templates that an inbound action names, as they are written.
pub(crate) fn reply_choices(row: &Record) -> Result<Vec<ReplyChoice>, String> {
    let json = row.text("reply_templates");
    if json.trim().is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<ReplyChoice> = serde_json::from_str(json)
        .map_err(|error| format!("the templates of the reply cannot be read: {error}"))?;
    if all.len() > REPLY_TEMPLATES_MAX {
        return Err(format!("an action chooses from at most {REPLY_TEMPLATES_MAX} templates"));
    }
    Ok(all)
}

/// The templates of an action with their conditions over its mail.
pub(crate) fn reply_templates(
    row: &Record,
    dictionary: &Dictionary,
    mail: &Result<TableInfo, String>,
) -> Result<Vec<(String, Condition)>, String> {
    let mail = mail.as_ref().map_err(Clone::clone)?;
    let typed = |choice: ReplyChoice| {
        let condition = choice.condition.check_in(dictionary, mail);
        let condition = condition
            .map_err(|error| format!("the condition of the template `{}`: {error}", choice.template))?;
        Ok((choice.template, condition))
    };
    reply_choices(row)?.into_iter().map(typed).collect()
}

/// The action of a record, active or not.
pub fn action_of(row: &Record, dictionary: &Dictionary) -> Action {
    let table = row.text("table").to_owned();
    let mail = mail_table(dictionary, &table);
    Action {
        id: row.id,
        version: row.version,
        name: row.text("name").to_owned(),
        order: integer(row, "order", 100),
        message_type: word(row, "message_type", MessageType::All),
        on_reports: row.get("on_reports").is_true(),
        on_invitations: row.get("on_invitations").is_true(),
        on_automatic: row.get("on_automatic").is_true(),
        accounts: items(row, "accounts"),
        senders: Senders {
            users: ids(row, "sender_users"),
            groups: ids(row, "sender_groups"),
            roles: items(row, "sender_roles"),
        },
        run_as: word(row, "run_as", RunAs::System),
        body: word(row, "body", Body::NewText),
        verified_only: row.get("verified_only").is_true(),
        condition: condition_of(row, dictionary, &mail),
        kind: word(row, "kind", ActionKind::RecordAction),
        target: word(row, "target", Target::Record),
        mapping: mapping(row),
        condition_script: row.text("condition_script").to_owned(),
        script: row.text("script").to_owned(),
        vocabulary: vocabulary(row),
        reply_templates: reply_templates(row, dictionary, &mail),
        reply_subject: row.text("reply_subject").to_owned(),
        reply_text: row.text("reply_text").to_owned(),
        stop: row.get("stop_processing").is_true(),
        table,
    }
}

fn read_rule(row: &Record, dictionary: &Dictionary) -> Rule {
    let table = row.text("table").to_owned();
    let change = change_table(dictionary, &table);
    let params = items(row, "event_params").iter().filter_map(|text| text.parse().ok()).collect();
    Rule {
        id: row.id,
        version: row.version,
        name: row.text("name").to_owned(),
        with_extending: row.get("with_extending").is_true(),
        on_insert: row.get("on_insert").is_true(),
        on_update: row.get("on_update").is_true(),
        on_delete: row.get("on_delete").is_true(),
        event_name: optional(row, "event_name"),
        condition: condition_of(row, dictionary, &change),
        condition_script: row.text("condition_script").to_owned(),
        vocabulary: vocabulary(row),
        users: ids(row, "users"),
        groups: ids(row, "groups"),
        fields: items(row, "fields"),
        addresses: items(row, "addresses"),
        params,
        followers: row.get("to_followers").is_true(),
        send_to_actor: row.get("send_to_actor").is_true(),
        subject: row.text("subject").to_owned(),
        text: row.text("body_text").to_owned(),
        html: row.text("body_html").to_owned(),
        account: row.get("account").as_ref_id(),
        weight: integer(row, "weight", 0),
        weight_group: optional(row, "weight_group"),
        watermark: !matches!(row.get("watermark"), Value::Bool(false)),
        table,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Seed;
    use crate::time::Timestamp;

    #[test]
    fn an_action_chooses_from_so_many_templates_and_no_more() {
        let of = |count: usize| {
            let all = vec![r#"{"template":"A"}"#; count].join(",");
            let fields = [("reply_templates".to_owned(), Value::text(format!("[{all}]")))].into();
            let id = Seed::new([1; 32]).id("x", Timestamp::from_micros(1));
            reply_choices(&Record { table: INBOUND_ACTION.to_owned(), id, version: 1, fields })
        };
        assert_eq!(of(REPLY_TEMPLATES_MAX).unwrap().len(), REPLY_TEMPLATES_MAX);
        assert!(of(REPLY_TEMPLATES_MAX + 1).is_err());
    }
}
