//! `SimpleEmailTemplate`: a mail of a header, a text, a comment and buttons as HTML.

use std::cell::RefCell;
use std::rc::Rc;

use crate::Value;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::limits::MAX_TEMPLATE_BUTTONS;

/// What a button is painted with where no color is given.
const BUTTON_COLOR: &str = "#05C270";

/// `SimpleEmailTemplate`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleEmailTemplate",
    doc: "A mail of a header, a text, a comment and buttons. It needs no import; importing it does nothing.",
    constructor: "(title?: string)",
    make: Some(|call| {
        let title = call.text(0)?;
        Ok(Rc::new(RefCell::new(Parts { title, ..Parts::default() })))
    }),
    members: &[
        Member::method("setTitle", "(text: string): void", "Writes the title.", |call| {
            set(call, Part::Title)
        }),
        Member::method("getTitle", "(): string", "The title.", |call| get(call, Part::Title)),
        Member::method("setBodyHeader", "(html: string): void", "Writes the header.", |call| {
            set(call, Part::Header)
        }),
        Member::method("getBodyHeader", "(): string", "The header.", |call| get(call, Part::Header)),
        Member::method("setBodyText", "(html: string): void", "Writes the text.", |call| {
            set(call, Part::Text)
        }),
        Member::method("getBodyText", "(): string", "The text.", |call| get(call, Part::Text)),
        Member::method(
            "setComment",
            "(html: string): void",
            "Writes the comment, a block in grey italics.",
            |call| set(call, Part::Comment),
        ),
        Member::method("getComment", "(): string", "The comment.", |call| get(call, Part::Comment)),
        Member::method(
            "addButton",
            "(text: string, url: string, color?: string): { text: string, url: string, color: string }[]",
            "Adds a button; all buttons.",
            add_button,
        ),
        Member::method(
            "getButtons",
            "(): { text: string, url: string, color: string }[]",
            "All buttons.",
            buttons,
        ),
        Member::method("removeButton", "(): void", "Removes the last button.", |call| {
            call.state::<RefCell<Parts>>()?.borrow_mut().buttons.pop();
            Ok(call.undefined())
        }),
        Member::method("removeAllButtons", "(): void", "Removes all buttons.", |call| {
            call.state::<RefCell<Parts>>()?.borrow_mut().buttons.clear();
            Ok(call.undefined())
        }),
        Member::method(
            "setProperty",
            "(name: 'title' | 'bodyHeader' | 'bodyText' | 'comment', value: string, label: string): void",
            "Writes a part by its name; a value that is no text is an error, which names `label`.",
            set_property,
        ),
        Member::method("formEmailTemplate", "(): string", "The mail as HTML.", |call| {
            let html = call.state::<RefCell<Parts>>()?.borrow().html();
            call.give_text(&html)
        }),
    ],
    statics: &[],
    fields: None,
};

#[derive(Clone, Copy)]
enum Part {
    Title,
    Header,
    Text,
    Comment,
}

#[derive(Default)]
struct Parts {
    title: String,
    header: String,
    text: String,
    comment: String,
    buttons: Vec<Button>,
}

struct Button {
    text: String,
    url: String,
    color: String,
}

impl Parts {
    const fn part(&mut self, part: Part) -> &mut String {
        match part {
            Part::Title => &mut self.title,
            Part::Header => &mut self.header,
            Part::Text => &mut self.text,
            Part::Comment => &mut self.comment,
        }
    }

    /// Header, text and comment are HTML; title and buttons are plain text.
    fn html(&self) -> String {
        let mut html = String::from("<div style=\"font-family:Arial,sans-serif;font-size:14px\">");
        let mut block = |style: &str, text: &str| {
            if !text.is_empty() {
                html.push_str(&format!("<div style=\"{style}\">{text}</div>"));
            }
        };
        block("font-size:20px;font-weight:bold;margin-bottom:16px", &escaped(&self.title));
        block("font-size:16px;font-weight:bold;margin-bottom:12px", &self.header);
        block("margin-bottom:12px", &self.text);
        block("color:#808080;font-style:italic;margin-bottom:12px", &self.comment);
        let buttons: Vec<String> = self.buttons.iter().map(Button::html).collect();
        block("margin-top:16px", &buttons.join(" "));
        html.push_str("</div>");
        html
    }
}

impl Button {
    fn html(&self) -> String {
        let style =
            "display:inline-block;padding:8px 16px;color:#FFFFFF;text-decoration:none;border-radius:4px";
        format!(
            "<a href=\"{}\" style=\"{style};background:{}\">{}</a>",
            escaped(&self.url),
            escaped(&self.color),
            escaped(&self.text)
        )
    }

    fn value(&self) -> Value {
        let entry = |name: &str, text: &str| (name.to_owned(), Value::Text(text.to_owned()));
        Value::Map(vec![entry("text", &self.text), entry("url", &self.url), entry("color", &self.color)])
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

fn set<'js>(call: &Call<'_, 'js>, part: Part) -> Answer<'js> {
    let text = call.text(0)?;
    *call.state::<RefCell<Parts>>()?.borrow_mut().part(part) = text;
    Ok(call.undefined())
}

fn get<'js>(call: &Call<'_, 'js>, part: Part) -> Answer<'js> {
    let text = call.state::<RefCell<Parts>>()?.borrow_mut().part(part).clone();
    call.give_text(&text)
}

fn add_button<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let color = call.optional_text(2)?.unwrap_or_else(|| BUTTON_COLOR.to_owned());
    let button = Button { text: call.text(0)?, url: call.text(1)?, color };
    let parts = call.state::<RefCell<Parts>>()?;
    if parts.borrow().buttons.len() >= MAX_TEMPLATE_BUTTONS {
        return Err(call.type_error(&format!("addButton: a mail has at most {MAX_TEMPLATE_BUTTONS} buttons")));
    }
    parts.borrow_mut().buttons.push(button);
    buttons(call)
}

fn buttons<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let list = call.state::<RefCell<Parts>>()?.borrow().buttons.iter().map(Button::value).collect();
    call.give(&Value::List(list))
}

fn set_property<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (name, value) = (call.text(0)?, call.value(1)?);
    let part = match name.as_str() {
        "title" => Part::Title,
        "bodyHeader" => Part::Header,
        "bodyText" => Part::Text,
        "comment" => Part::Comment,
        _ => return Err(unknown(call, &name)),
    };
    let Value::Text(text) = value else {
        let label = call.optional_text(2)?.unwrap_or(name);
        return Err(call.type_error(&format!("{label} must be a text")));
    };
    *call.state::<RefCell<Parts>>()?.borrow_mut().part(part) = text;
    Ok(call.undefined())
}

fn unknown(call: &Call<'_, '_>, name: &str) -> Halt {
    call.type_error(&format!("setProperty: there is no part {name}: title, bodyHeader, bodyText or comment"))
}
