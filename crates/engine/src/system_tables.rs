//! The program's own tables as the dictionary shows them: mails, queues, feeds, history. Read-only, declared here alone.
//!
//! The API lists them, the store makes a view of each for SQL clients. Each field has the name of its column; what may
//! hold a secret (images of records, seeds) has no field here. Must not decide who reads them.

use crate::value::Kind;

/// One field of a table of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemField {
    /// Its name, and its column's.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What people read, in English and in Russian.
    pub label: [&'static str; 2],
    /// The table that a reference points to.
    pub table: Option<&'static str>,
}

/// One table of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemTable {
    /// Its name.
    pub name: &'static str,
    /// What people read, in English and in Russian.
    pub label: [&'static str; 2],
    /// What the store calls it.
    pub kept_in: &'static str,
    /// The column that stands for the id of a row.
    pub key: &'static str,
    /// The field that names a row to people.
    pub display: &'static str,
    /// Where the API reads it, below `/api/v1`.
    pub read_at: &'static str,
    /// Its fields.
    pub fields: &'static [SystemField],
}

const fn field(name: &'static str, kind: Kind, en: &'static str, ru: &'static str) -> SystemField {
    SystemField { name, kind, label: [en, ru], table: None }
}

const fn reference(
    name: &'static str,
    table: &'static str,
    en: &'static str,
    ru: &'static str,
) -> SystemField {
    SystemField { name, kind: Kind::Reference, label: [en, ru], table: Some(table) }
}

const STATE: SystemField = field("state", Kind::String, "State", "Состояние");
const REASON_CODE: SystemField = field("reason_code", Kind::String, "Code of the reason", "Код причины");
const REASON_TEXT: SystemField = field("reason_text", Kind::Text, "Reason", "Причина");
const RECORD_TABLE: SystemField =
    field("record_table", Kind::String, "Table of the record", "Таблица записи");
const RECORD_ID: SystemField = field("record_id", Kind::String, "Record", "Запись");
const CREATED_AT: SystemField = field("created_at", Kind::Datetime, "Created", "Создано");
const SETTLED_AT: SystemField = field("settled_at", Kind::Datetime, "Settled", "Завершено");
const NEXT_AT: SystemField = field("next_at", Kind::Datetime, "Next attempt", "Следующая попытка");
const ATTEMPTS: SystemField = field("attempts", Kind::Integer, "Attempts", "Попытки");
const AT: SystemField = field("at", Kind::Datetime, "When", "Когда");
const ACTOR_USER: SystemField = reference("actor_user", "user", "User who did it", "Пользователь");
const ACTOR_LABEL: SystemField = field("actor_label", Kind::String, "Who did it", "Кто");
const CAUSE_KIND: SystemField = field("cause_kind", Kind::String, "Kind of the cause", "Вид причины");
const CAUSE_ID: SystemField = field("cause_id", Kind::String, "Cause", "Источник");
const ACCOUNT: SystemField = reference("account", "email_account", "Account", "Аккаунт");
const EMAIL: SystemField = reference("email", "email", "Email", "Письмо");
const PURPOSE: SystemField = field("purpose", Kind::String, "Purpose", "Назначение");
const SUBJECT: SystemField = field("subject", Kind::String, "Subject", "Тема");

/// All of them, by name.
pub const SYSTEM_TABLES: &[SystemTable] = &[
    SystemTable {
        name: "activity",
        label: ["Activity", "Активность"],
        kept_in: "activity",
        key: "id",
        display: "kind",
        read_at: "/records/{table}/{id}/feed",
        fields: &[
            RECORD_TABLE,
            RECORD_ID,
            field("kind", Kind::String, "Kind", "Вид"),
            AT,
            ACTOR_USER,
            ACTOR_LABEL,
            field("body", Kind::Text, "Text", "Текст"),
            EMAIL,
            field("mark", Kind::String, "Mark", "Пометка"),
        ],
    },
    SystemTable {
        name: "arrival",
        label: ["Incoming copy", "Входящая копия"],
        kept_in: "arrival",
        key: "id",
        display: "subject",
        read_at: "/arrivals",
        fields: &[
            ACCOUNT,
            field("source", Kind::String, "Source", "Источник"),
            field("envelope_from", Kind::String, "Envelope sender", "Отправитель конверта"),
            field("size", Kind::Integer, "Bytes", "Байты"),
            field("sender", Kind::String, "Sender", "Отправитель"),
            SUBJECT,
            field("received_at", Kind::Datetime, "Received", "Получено"),
            STATE,
            REASON_CODE,
            REASON_TEXT,
            ATTEMPTS,
            NEXT_AT,
            EMAIL,
            SETTLED_AT,
        ],
    },
    SystemTable {
        name: "attachment",
        label: ["Attachment", "Вложение"],
        kept_in: "attachment",
        key: "id",
        display: "file_name",
        read_at: "/records/{table}/{id}/attachments",
        fields: &[
            RECORD_TABLE,
            RECORD_ID,
            EMAIL,
            field("file_name", Kind::String, "File name", "Имя файла"),
            field("media_type", Kind::String, "Media type", "Тип"),
            field("digest", Kind::String, "SHA-256", "SHA-256"),
            field("size", Kind::Integer, "Bytes", "Байты"),
            field("left_out_code", Kind::String, "Code why it was left out", "Код, почему не взято"),
            field("left_out_text", Kind::Text, "Why it was left out", "Почему не взято"),
            CREATED_AT,
        ],
    },
    SystemTable {
        name: "delivery",
        label: ["Delivery", "Доставка"],
        kept_in: "delivery",
        key: "id",
        display: "address",
        read_at: "/deliveries",
        fields: &[
            EMAIL,
            ACCOUNT,
            field("address", Kind::String, "Address", "Адрес"),
            field("name", Kind::String, "Name", "Имя"),
            reference("user_id", "user", "User", "Пользователь"),
            field("slot", Kind::String, "To, Cc or Bcc", "Кому, копия или скрытая копия"),
            PURPOSE,
            RECORD_ID,
            STATE,
            REASON_CODE,
            REASON_TEXT,
            field("reply", Kind::Text, "What the server answered", "Ответ сервера"),
            field("stage", Kind::String, "Stage of sending", "Этап отправки"),
            ATTEMPTS,
            field("first_attempt_at", Kind::Datetime, "First attempt", "Первая попытка"),
            NEXT_AT,
            CREATED_AT,
            SETTLED_AT,
        ],
    },
    SystemTable {
        name: "email",
        label: ["Email", "Письмо"],
        kept_in: "email",
        key: "id",
        display: "subject",
        read_at: "/emails",
        fields: &[
            field("direction", Kind::String, "Direction", "Направление"),
            STATE,
            REASON_CODE,
            REASON_TEXT,
            ACCOUNT,
            PURPOSE,
            field("class", Kind::String, "Class", "Класс"),
            field("message_id", Kind::String, "Message-ID", "Message-ID"),
            field("in_reply_to", Kind::String, "In-Reply-To", "In-Reply-To"),
            SUBJECT,
            field("sender_address", Kind::String, "Address of the sender", "Адрес отправителя"),
            reference("sender", "user", "Sender", "Отправитель"),
            field("recipients", Kind::Json, "Recipients", "Получатели"),
            field("mail_date", Kind::Datetime, "Date of the mail", "Дата письма"),
            CREATED_AT,
            RECORD_TABLE,
            RECORD_ID,
            field("body_text", Kind::Text, "Text", "Текст"),
            field("new_text", Kind::Text, "New text", "Новый текст"),
            reference("rule", "notification_rule", "Notification rule", "Правило уведомления"),
            reference("parent", "email", "Mail of the whole mailing", "Письмо всей рассылки"),
            CAUSE_KIND,
            CAUSE_ID,
        ],
    },
    SystemTable {
        name: "event",
        label: ["Event", "Событие"],
        kept_in: "event",
        key: "id",
        display: "name",
        read_at: "/events",
        fields: &[
            field("name", Kind::String, "Name", "Название"),
            RECORD_TABLE,
            RECORD_ID,
            ACTOR_USER,
            ACTOR_LABEL,
            CAUSE_KIND,
            CAUSE_ID,
            CREATED_AT,
            STATE,
            REASON_CODE,
            REASON_TEXT,
            ATTEMPTS,
            NEXT_AT,
            SETTLED_AT,
        ],
    },
    SystemTable {
        name: "job",
        label: ["Job", "Задание"],
        kept_in: "job",
        key: "id",
        display: "kind",
        read_at: "/status",
        fields: &[
            field("kind", Kind::String, "Kind", "Вид"),
            CREATED_AT,
            STATE,
            REASON_CODE,
            REASON_TEXT,
            ATTEMPTS,
            NEXT_AT,
        ],
    },
    SystemTable {
        // Not `change`: that is what a service desk calls a change of its systems.
        name: "record_change",
        label: ["Change of a record", "Изменение записи"],
        kept_in: "change",
        key: "record_id",
        display: "operation",
        read_at: "/changes",
        fields: &[
            RECORD_TABLE,
            RECORD_ID,
            field("sequence", Kind::Integer, "Version that it made", "Версия после изменения"),
            AT,
            field("operation", Kind::String, "Operation", "Операция"),
            ACTOR_USER,
            ACTOR_LABEL,
            CAUSE_KIND,
            CAUSE_ID,
        ],
    },
    SystemTable {
        name: "trace",
        label: ["Trace of a decision", "Трассировка решения"],
        kept_in: "trace",
        key: "id",
        display: "kind",
        read_at: "/explanations/{key}",
        fields: &[field("step", Kind::String, "Step", "Шаг"), field("kind", Kind::String, "Kind", "Вид"), AT],
    },
];

/// The table of the program of that name.
pub fn find(name: &str) -> Option<&'static SystemTable> {
    SYSTEM_TABLES.iter().find(|table| table.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_named_in_both_languages_and_shows_a_field_that_it_has() {
        for table in SYSTEM_TABLES {
            assert!(table.fields.iter().any(|field| field.name == table.display), "{}", table.name);
            assert!(table.label.iter().all(|text| !text.is_empty()) && table.read_at.starts_with('/'));
            for field in table.fields {
                assert!(field.label.iter().all(|text| !text.is_empty()), "{}.{}", table.name, field.name);
                assert_eq!(field.table.is_some(), field.kind == Kind::Reference);
            }
        }
        assert!(SYSTEM_TABLES.is_sorted_by_key(|table| table.name));
    }

    #[test]
    fn what_may_hold_a_secret_is_not_shown() {
        let hidden = ["seed", "secret", "old_image", "new_image", "old_values", "new_values", "journal"];
        let shown = SYSTEM_TABLES.iter().flat_map(|table| table.fields);
        assert!(shown.clone().all(|field| !hidden.contains(&field.name)));
    }
}
