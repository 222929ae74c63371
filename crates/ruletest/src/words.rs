//! The words of the case language, described once: what a line `== …` may say is checked against this table, and the
//! documentation is written from it. Must not know what they do.

use std::fmt::Write as _;

/// How an option stands on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The first word after the section's name; it must be there.
    First,
    /// The word alone.
    Flag,
    /// `name=value`.
    Value,
    /// The name, then the value as the next word.
    After,
    /// As `After`, and it must be there.
    MustFollow,
}

/// What may lie below a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    None,
    /// TOML.
    Toml,
    /// Any text.
    Text,
}

/// An option of a section.
#[derive(Debug, Clone, Copy)]
pub struct OptionWord {
    /// How it stands there.
    pub form: Form,
    /// Its name, or what the first word is.
    pub name: &'static str,
    /// What its value looks like; empty where it has none.
    pub value: &'static str,
    /// What it does.
    pub says: &'static str,
}

/// A section of the language.
#[derive(Debug, Clone, Copy)]
pub struct SectionWord {
    /// The word after `==`.
    pub name: &'static str,
    /// What it does.
    pub says: &'static str,
    /// What lies below it.
    pub body: Body,
    /// What that is, for people.
    pub holds: &'static str,
    /// What may follow on its line.
    pub options: &'static [OptionWord],
}

const fn word(form: Form, name: &'static str, value: &'static str, says: &'static str) -> OptionWord {
    OptionWord { form, name, value, says }
}

const QUIET: OptionWord =
    word(Form::Flag, "quiet", "", "What it does is not told, so that the expectation need not state it.");
const BY: OptionWord =
    word(Form::After, "by", "PERSON", "Who does it, by name or address; `system` where nobody is said.");
const NUMBER: OptionWord = word(
    Form::First,
    "NUMBER",
    "",
    "The record, by its number (`INC0000001` is the first incident), or by its name.",
);

/// All sections, in the order in which people meet them.
pub const SECTIONS: [SectionWord; 15] = [
    SectionWord {
        name: "records",
        says: "Writes records before the story begins; nobody is notified of them. One that is there already by its \
               display name (for a user also by an address) is changed.",
        body: Body::Toml,
        holds: "`[table.\"display name\"]`, then `field = value`; references by the names of what they name",
        options: &[],
    },
    SectionWord {
        name: "config",
        says: "The same for configuration: rules, actions, accounts, settings. There is no difference in what it does.",
        body: Body::Toml,
        holds: "as `records`",
        options: &[word(
            Form::Flag,
            "stale",
            "",
            "Structured values are not looked at, as an earlier version of the program allowed them.",
        )],
    },
    SectionWord {
        name: "time",
        says: "Goes to a moment, which must not lie before the story's. A case begins at 2026-11-23T12:00:00Z, and \
               each step takes a second.",
        body: Body::None,
        holds: "nothing",
        options: &[word(Form::First, "MOMENT", "", "The moment as RFC 3339: `2026-12-01T09:30:00Z`.")],
    },
    SectionWord {
        name: "advance",
        says: "Lets time pass.",
        body: Body::None,
        holds: "nothing",
        options: &[word(Form::First, "SPAN", "", "How much: `5m`, `2h`, `1d`.")],
    },
    SectionWord {
        name: "mail",
        says: "A mail arrives and is worked on. `Message-ID`, `Date` and `To: help@example.com` are added where the \
               text does not have them.",
        body: Body::Text,
        holds: "the mail as it is sent: header fields, an empty line, the text; with placeholders",
        options: &[
            word(
                Form::Value,
                "account",
                "NAME",
                "The account that receives it; `Help desk` where none is said.",
            ),
            word(Form::Value, "rcpt", "ADDRESS", "The recipient in the envelope."),
            word(Form::Value, "return-path", "ADDRESS", "The sender in the envelope; `<>` for none."),
            word(
                Form::Value,
                "checked",
                "RESULT",
                "What the receiving server found out about the sender: `verified`, `failed`.",
            ),
            word(Form::Flag, "bare", "", "Nothing is added to the text."),
            word(
                Form::Flag,
                "again",
                "",
                "The bytes of the mail before it once more; the text below is not used.",
            ),
            word(
                Form::Flag,
                "at-the-same-moment",
                "",
                "It is first decided on the records as they were before the mail before it, as by another worker.",
            ),
            QUIET,
        ],
    },
    SectionWord {
        name: "insert",
        says: "Somebody makes a record.",
        body: Body::Toml,
        holds: "`field = value`",
        options: &[word(Form::First, "TABLE", "", "Its table."), BY, CHAIN, QUIET],
    },
    SectionWord {
        name: "change",
        says: "Somebody changes a record.",
        body: Body::Toml,
        holds: "`field = value`",
        options: &[NUMBER, BY, CHAIN, QUIET],
    },
    SectionWord {
        name: "delete",
        says: "Somebody deletes a record.",
        body: Body::None,
        holds: "nothing",
        options: &[NUMBER, BY, CHAIN, QUIET],
    },
    SectionWord {
        name: "raise",
        says: "Somebody raises an event on a record.",
        body: Body::Text,
        holds: "its parameters, one a line",
        options: &[
            word(Form::First, "EVENT", "", "The name of the event."),
            word(Form::MustFollow, "on", "NUMBER", "The record, by its number."),
            BY,
            CHAIN,
            QUIET,
        ],
    },
    SectionWord {
        name: "reprocess",
        says: "The last mail is decided once more: what it has done stays and is not done again.",
        body: Body::None,
        holds: "nothing",
        options: &[QUIET],
    },
    SectionWord {
        name: "events",
        says: "The events that wait are worked on: rules are asked, mails are written.",
        body: Body::None,
        holds: "nothing",
        options: &[QUIET],
    },
    SectionWord {
        name: "job",
        says: "A scheduled job runs one step.",
        body: Body::None,
        holds: "nothing",
        options: &[word(Form::First, "NAME", "", "Its name."), QUIET],
    },
    SectionWord {
        name: "content",
        says: "A content script of a notification runs on a record, as by hand.",
        body: Body::Text,
        holds: "the script",
        options: &[
            NUMBER,
            word(Form::Value, "vocabulary", "WORD", "The names that it uses: `simpleone` or `servicenow`."),
            word(Form::Value, "param1", "TEXT", "The first parameter of the event."),
            word(Form::Value, "param2", "TEXT", "The second one."),
            QUIET,
        ],
    },
    SectionWord {
        name: "relay",
        says: "A relay gave a mail of ours another Message-ID, and its answer said so.",
        body: Body::None,
        holds: "nothing",
        options: &[
            word(Form::MustFollow, "renames", "MESSAGE-ID", "Ours, with a placeholder."),
            word(Form::MustFollow, "to", "MESSAGE-ID", "Theirs."),
        ],
    },
    SectionWord {
        name: "expect",
        says: "What came of everything since the expectation before it. It is the last section of every case.",
        body: Body::Text,
        holds: "the outcome, as `rejoinder test --update` writes it",
        options: &[
            word(Form::Flag, "texts", "", "Also the texts of the mails that are sent."),
            word(Form::Flag, "headers", "", "Also their header fields that loops and threads depend on."),
            word(
                Form::Flag,
                "brief",
                "",
                "Nothing of what was skipped: a new action or rule that is for others leaves the expectation as it is.",
            ),
            word(Form::Flag, "all", "", "Also actions that are for other mails, and every note."),
        ],
    },
];

const CHAIN: OptionWord = word(
    Form::Value,
    "chain",
    "NAMES",
    "The rules and actions that the change came through, joined by commas: for tests of loops.",
);

/// Placeholders in mails: the name, what follows the colon, and what stands there then.
pub const PLACEHOLDERS: [(&str, &str, &str); 7] = [
    ("message-id", "ADDRESS", "The Message-ID of our last mail to the address, without angle brackets."),
    (
        "lost-message-id",
        "NUMBER",
        "The Message-ID of a mail of ours about the record that nothing is left of.",
    ),
    ("subject", "ADDRESS", "The subject of our last mail to the address."),
    (
        "quote",
        "ADDRESS",
        "The text of our last mail to the address with `> ` before each line, as a mail client quotes it.",
    ),
    ("token", "NUMBER", "A signed token that leads to the record."),
    ("forged-token", "NUMBER", "The same with a wrong signature."),
    ("times", "COUNT:TEXT", "The text so many times."),
];

/// The section of this name.
pub fn section(name: &str) -> Option<&'static SectionWord> {
    SECTIONS.iter().find(|section| section.name == name)
}

/// The whole language as Markdown, for the documentation.
pub fn reference() -> String {
    let mut out = String::new();
    for section in &SECTIONS {
        let _ = writeln!(out, "### `== {}`\n", heading(section));
        let _ = writeln!(out, "{} Below it: {}.\n", section.says, section.holds);
        if section.options.is_empty() {
            continue;
        }
        let _ = writeln!(out, "| option | meaning |\n|---|---|");
        for option in section.options {
            let _ = writeln!(out, "| `{}` | {} |", written(option), option.says);
        }
        out.push('\n');
    }
    out.push_str("### Placeholders in mails\n\n| placeholder | what stands there |\n|---|---|\n");
    for (name, of, says) in PLACEHOLDERS {
        let _ = writeln!(out, "| `{{{name}:{of}}}` | {says} |");
    }
    out
}

fn heading(section: &SectionWord) -> String {
    let needed =
        section.options.iter().filter(|option| matches!(option.form, Form::First | Form::MustFollow));
    needed.fold(section.name.to_owned(), |line, option| format!("{line} {}", written(option)))
}

/// An option as it is written.
pub fn written(option: &OptionWord) -> String {
    match option.form {
        Form::First | Form::Flag => option.name.to_owned(),
        Form::Value => format!("{}={}", option.name, option.value),
        Form::After | Form::MustFollow => format!("{} {}", option.name, option.value),
    }
}
