//! ServiceNow's mail objects: `email` and `template` of mail scripts; `email`, `event`, `logger` and
//! `classifier` of inbound actions.

use std::rc::Rc;

use rquickjs as js;

use super::record;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, Fields};
use crate::letter::{self, Kind};
use crate::occasion;
use crate::{Global, Value};

/// `email` of mail scripts.
pub(crate) static OUTBOUND: Class = Class {
    name: "EmailOutbound",
    doc: "The mail that is being written. It is sent by the rule that the script belongs to.",
    constructor: "",
    make: None,
    members: &[
        Member::method(
            "addAddress",
            "(type: 'to' | 'cc' | 'bcc', address: string, name?: string): void",
            "Adds a recipient. An address that cannot be one is left out, with a warning in the log.",
            add_address,
        ),
        Member::method(
            "setFrom",
            "(address: string): void",
            "The sender in the header, `name <address>` too. An address that does not match the pattern of \
             `email.validation.reg_exp` is an error.",
            letter::set_from,
        ),
        Member::method(
            "setReplyTo",
            "(address: string): void",
            "Where answers go; checked likewise.",
            letter::set_reply_to,
        ),
        Member::method("setSubject", "(subject: string): void", "Writes the subject.", letter::set_subject),
        Member::method("getSubject", "(): string", "The subject.", letter::subject),
        Member::method("setBody", "(html: string): void", "Replaces the whole body.", letter::set_body),
        Member::method("getBody", "(): string", "The body, HTML.", letter::body),
        Member::method(
            "getWatermark",
            "(): string",
            "The mark by which an answer finds its record.",
            watermark,
        ),
        Member::property("watermark", "string", "The mark by which an answer finds its record.", watermark),
        Member::refused("addAttachment", "files are taken along by the option of the notification"),
        Member::refused(
            "save",
            "a script sends no mail; raise an event, and let a notification rule write it",
        ),
    ],
    statics: &[],
    fields: None,
};

/// `template`.
pub(crate) static PRINTER: Class = Class {
    name: "TemplatePrinter",
    doc: "Prints into the text of the mail, where the script stands in it.",
    constructor: "",
    make: None,
    members: &[
        Member::method("print", "(text: any): void", "Prints text, HTML.", letter::print),
        Member::method("space", "(count: number): void", "Prints so many spaces that HTML keeps.", |call| {
            letter::space(call)?;
            Ok(call.undefined())
        }),
    ],
    statics: &[],
    fields: None,
};

/// `email` of inbound actions.
pub(crate) static WRAPPER: Class = Class {
    name: "EmailWrapper",
    doc: "The mail that arrived: `subject`, `body_text`, `body_html`, `from`, `origemail`, `from_sys_id`, `to`, `direct`, \
          `copied`, `recipients`, `recipients_array`, `headers`, `content_type`, `importance`, `uid`, `attachments`, and \
          `body` with what its lines `Name: value` say.",
    constructor: "",
    make: None,
    members: &[Member::method("subject_lower", "(): string", "The subject in lower case.", |call| {
        let mail = call.state::<Incoming>()?;
        let subject = mail.get("subject").and_then(Value::as_text).unwrap_or_default().to_lowercase();
        call.give_text(&subject)
    })],
    statics: &[],
    fields: Some(Fields {
        get: read_mail,
        set: |call, name| {
            Err(call.type_error(&format!("email.{name} cannot be written: the mail has arrived")))
        },
        has: |call, name| Ok(call.state::<Incoming>()?.get(name).is_some()),
        names: |call| Ok(call.state::<Incoming>()?.0.iter().map(|(name, _)| name.clone()).collect()),
    }),
};

/// `event` of inbound actions and of scripts about an event.
pub(crate) static EVENT: Class = Class {
    name: "Event",
    doc: "The event that the script is about: `parm1`, `parm2`, `instance`, `name`.",
    constructor: "",
    make: None,
    members: &[Member::variable(
        "state",
        "string",
        "`stop_processing` leaves out the actions that would come after this one.",
        occasion::state,
        occasion::set_state,
    )],
    statics: &[],
    fields: Some(occasion::FIELDS),
};

/// `logger`.
pub(crate) static LOGGER: Class = Class {
    name: "Logger",
    doc: "The log of the run.",
    constructor: "",
    make: None,
    members: occasion::LOGGER_MEMBERS,
    statics: &[],
    fields: None,
};

/// `classifier`.
pub(crate) static CLASSIFIER: Class = Class {
    name: "Classifier",
    doc: "What kind of mail it is. Other calls do nothing: what they do is not documented.",
    constructor: "",
    make: None,
    members: &[Member::property(
        "classification",
        "'new' | 'reply' | 'forward'",
        "What kind of mail it is.",
        |call| call.give_text(&call.state::<String>()?),
    )],
    statics: &[],
    fields: Some(Fields {
        get: |call, name| match name {
            "then" | "toJSON" | "constructor" | "__proto__" => Ok(None),
            _ => Ok(Some(js::Function::new(call.ctx.clone(), || {})?.into_value())),
        },
        set: |_, _| Ok(()),
        has: |_, _| Ok(false),
        names: |_| Ok(Vec::new()),
    }),
};

/// The objects of inbound actions and mail scripts, by their usual names.
pub(crate) const GIVEN: &[(&str, &Class)] = &[
    ("current", &record::CLASS),
    ("previous", &record::CLASS),
    ("target", &record::CLASS),
    ("sys_email", &record::CLASS),
    ("email", &OUTBOUND),
    ("template", &PRINTER),
    ("email", &WRAPPER),
    ("event", &EVENT),
    ("logger", &LOGGER),
    ("classifier", &CLASSIFIER),
];

/// The object of a context variable that is about mail; `None` where it is about something else.
pub(crate) fn given<'js>(call: &Call<'_, 'js>, global: &Global) -> Option<Answer<'js>> {
    Some(match global {
        Global::Letter(letter) => {
            *call.shared.left.letter.borrow_mut() = Some(letter.clone());
            call.object(&OUTBOUND, Rc::new(()))
        }
        Global::Printer => call.object(&PRINTER, Rc::new(())),
        Global::Incoming(properties) => call.object(&WRAPPER, Rc::new(Incoming(properties.clone()))),
        Global::Event(values) => occasion::event(call, &EVENT, values),
        Global::Logger => call.object(&LOGGER, Rc::new(())),
        Global::Classifier(word) => call.object(&CLASSIFIER, Rc::new(word.clone())),
        Global::Record(_) | Global::Value(_) => return None,
    })
}

/// A mail that arrived.
struct Incoming(Vec<(String, Value)>);

impl Incoming {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

fn read_mail<'js>(call: &Call<'_, 'js>, name: &str) -> Result<Option<js::Value<'js>>, Halt> {
    let mail = call.state::<Incoming>()?;
    mail.get(name).map(|value| call.give(value)).transpose()
}

fn watermark<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&letter::with(call, |letter| letter.watermark.clone())?)
}

fn add_address<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let word = call.text(0)?;
    match Kind::parse(&word) {
        Some(kind) => letter::add(call, kind, 1),
        None => Err(call.type_error(&format!("addAddress: argument 1 is 'to', 'cc' or 'bcc', not '{word}'"))),
    }
}
