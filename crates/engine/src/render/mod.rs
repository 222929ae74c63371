//! Templates: `${number}`, `${caller.name}`, `{% if %}`, `{% for %}`, rendered with bounded fuel.
//!
//! A template is asked first which names it uses; only these are looked up, each through a [`Names`]. A name
//! that does not exist is an error of the rule, an empty value is empty text. A name may also be a look-up, whose
//! records the template walks through. Must not reach records itself.

mod found;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use found::AllFound;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value as Jinja};

use crate::limits::{BODY_BYTES_MAX, SUBJECT_CHARS_MAX, TEMPLATE_FUEL};

/// Where a template finds its values.
pub trait Names {
    /// The text of a dotted name; `Ok(None)` where there is no such name.
    fn text(&self, name: &str) -> Result<Option<String>, String>;

    /// How many records the look-up of this name has found; `Ok(None)` where there is no such look-up.
    fn found(&self, _look_up: &str) -> Result<Option<usize>, String> {
        Ok(None)
    }

    /// The text of a path from one of the records that a look-up has found, or of the record itself where the path is
    /// empty; `Ok(None)` where there is no such path.
    fn of_found(&self, _look_up: &str, _place: usize, _path: &str) -> Result<Option<String>, String> {
        Ok(None)
    }
}

/// What a template makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One line; line breaks become spaces.
    Line,
    /// Text.
    Text,
    /// HTML; values are escaped.
    Html,
}

/// Why a template could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// It cannot be read.
    #[error("the template cannot be read: {0}")]
    Syntax(String),
    /// It uses a name that does not exist.
    #[error("the template uses `${{{0}}}`, which does not exist")]
    NoName(String),
    /// It went wrong while rendering.
    #[error("the template failed: {0}")]
    Failed(String),
    /// It burnt more than its fuel.
    #[error("the template does too much and was stopped (limit {TEMPLATE_FUEL} steps)")]
    Fuel,
    /// It made more than fits into a mail.
    #[error("the template makes more than {BODY_BYTES_MAX} bytes")]
    TooLarge,
}

/// Renders `source`.
pub fn render(source: &str, format: Format, names: &dyn Names) -> Result<String, RenderError> {
    let environment = if format == Format::Html { &*OF_HTML } else { &*OF_TEXT };
    let environment = environment.as_ref().map_err(Clone::clone)?;
    let template = environment
        .template_from_named_str(if format == Format::Html { "t.html" } else { "t.txt" }, source)
        .map_err(|error| RenderError::Syntax(sentence(&error)))?;
    let (mut root, mut found) = (Node::default(), AllFound::default());
    let mut used: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    used.sort();
    for name in &used {
        let first = name.split('.').next().unwrap_or(name);
        if let Some(count) = names.found(first).map_err(RenderError::Failed)? {
            found.put(first, count);
            continue;
        }
        // A path may go on into something that is no value of ours, such as a loop's own variable.
        match names.text(name).map_err(RenderError::Failed)? {
            Some(text) => root.put(name, text),
            // `range` and its like belong to the language.
            None if environment.globals().any(|(global, _)| global == *name) => {}
            None => return Err(RenderError::NoName(name.clone())),
        }
    }
    let root = Arc::new(root);
    let text = loop {
        let lists = used.iter().filter_map(|name| Some((name.clone(), found.list(name)?))).collect();
        let rendered = template.render(Jinja::from_object(Root { names: root.clone(), lists }));
        // What a run that lacked texts has made, or has failed with, says nothing. Each round learns something new.
        if !found.learn(names)? {
            break rendered.map_err(|error| failure(&error))?;
        }
    };
    if text.len() > BODY_BYTES_MAX {
        return Err(RenderError::TooLarge);
    }
    Ok(if format == Format::Line { line(&text) } else { text })
}

/// The language of the templates, made once: it is the same for all.
static OF_TEXT: LazyLock<Result<Environment<'static>, RenderError>> =
    LazyLock::new(|| environment(Format::Text));
static OF_HTML: LazyLock<Result<Environment<'static>, RenderError>> =
    LazyLock::new(|| environment(Format::Html));

fn environment(format: Format) -> Result<Environment<'static>, RenderError> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .block_delimiters("{%", "%}")
        .variable_delimiters("${", "}")
        .comment_delimiters("{#", "#}")
        .build()
        .map_err(|error| RenderError::Syntax(error.to_string()))?;
    environment.set_syntax(syntax);
    environment.set_fuel(Some(TEMPLATE_FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    // What a value says is never markup: only the author of a template writes HTML.
    environment.remove_filter("safe");
    environment.set_auto_escape_callback(move |_| {
        if format == Format::Html { AutoEscape::Html } else { AutoEscape::None }
    });
    Ok(environment)
}

fn failure(error: &minijinja::Error) -> RenderError {
    if error.kind() == minijinja::ErrorKind::OutOfFuel {
        RenderError::Fuel
    } else {
        RenderError::Failed(sentence(error))
    }
}

fn sentence(error: &minijinja::Error) -> String {
    let place = error.line().map(|line| format!(" in line {line}")).unwrap_or_default();
    format!("{}{place}", error.detail().map_or_else(|| error.kind().to_string(), str::to_owned))
}

/// One line of at most [`SUBJECT_CHARS_MAX`] characters: no line break of a value can become a header.
fn line(text: &str) -> String {
    let one: String =
        text.split(['\r', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    one.chars().take(SUBJECT_CHARS_MAX).collect()
}

/// A value that also has values below it: `${caller}` and `${caller.name}`.
#[derive(Debug, Default)]
struct Node {
    text: String,
    below: BTreeMap<String, Node>,
}

impl Node {
    fn put(&mut self, path: &str, text: String) {
        let mut node = self;
        for part in path.split('.') {
            node = node.below.entry(part.to_owned()).or_default();
        }
        node.text = text;
    }

    fn value(&self) -> Jinja {
        if self.below.is_empty() {
            return Jinja::from(self.text.clone());
        }
        let below = self.below.iter().map(|(name, node)| (name.clone(), node.value())).collect();
        Jinja::from_object(Named { text: self.text.clone(), below })
    }
}

/// All that a template finds: texts by their names, and the records of look-ups.
#[derive(Debug)]
struct Root {
    names: Arc<Node>,
    lists: BTreeMap<String, Jinja>,
}

impl Object for Root {
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let name = key.as_str()?;
        self.lists.get(name).cloned().or_else(|| self.names.below.get(name).map(Node::value))
    }
}

#[derive(Debug)]
struct Named {
    text: String,
    below: BTreeMap<String, Jinja>,
}

impl Object for Named {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        self.below.get(key.as_str()?).cloned()
    }
    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
    fn is_true(self: &Arc<Self>) -> bool {
        !self.text.is_empty()
    }
    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::LOOK_UP_FIELDS_MAX;

    struct Few;
    impl Names for Few {
        fn text(&self, name: &str) -> Result<Option<String>, String> {
            Ok(match name {
                "number" => Some("INC0000042".to_owned()),
                "caller" => Some("Anna".to_owned()),
                "caller.name" => Some("Anna <Ivanova>\r\nBcc: x@example.org".to_owned()),
                "description" => Some(String::new()),
                "agent" => Some("Boris".to_owned()),
                "agent.name" => Some("Boris Petrov".to_owned()),
                _ => None,
            })
        }
    }

    #[test]
    fn names_that_lead_further_are_compared_by_their_texts() {
        let text =
            |source: &str| render(&format!("${{caller.name|length}}{source}"), Format::Text, &Few).unwrap();
        let compared =
            "{% if agent > caller and agent.name and caller != agent and caller == caller %}yes{% endif %}";
        assert!(text(compared).ends_with("yes"), "{}", text(compared));
        let found =
            "{% for one in open if one.caller == one.caller and one.caller.name %}${one.number};{% endfor %}";
        assert_eq!(render(found, Format::Text, &Open).unwrap(), "INC1;INC2;");
        let ordered = "{% for one in open if one < open[0] and one.caller <= one.caller and one.caller.name %}x{% endfor %}";
        assert_eq!(render(ordered, Format::Text, &Open).unwrap(), "");
    }

    #[test]
    fn placeholders_conditions_and_plain_dollars() {
        let text = render(
            "${number}: {% if caller %}${caller}{% endif %}{% if description %}no{% endif %} $5 {x}",
            Format::Text,
            &Few,
        );
        assert_eq!(text.unwrap(), "INC0000042: Anna $5 {x}");
        assert_eq!(
            render("${caller} ${caller.number|default('-')}", Format::Text, &Few),
            Err(RenderError::NoName("caller.number".into()))
        );
    }

    #[test]
    fn a_subject_is_one_line_and_html_is_escaped() {
        assert_eq!(
            render("Re ${caller.name}", Format::Line, &Few).unwrap(),
            "Re Anna <Ivanova> Bcc: x@example.org"
        );
        assert!(
            render("<b>${caller.name}</b>", Format::Html, &Few)
                .unwrap()
                .starts_with("<b>Anna &lt;Ivanova&gt;")
        );
        let long = "x".repeat(SUBJECT_CHARS_MAX + 10);
        assert_eq!(render(&long, Format::Line, &Few).unwrap().len(), SUBJECT_CHARS_MAX);
    }

    #[test]
    fn an_unknown_name_is_an_error_that_names_it() {
        assert_eq!(render("${nunber}", Format::Text, &Few), Err(RenderError::NoName("nunber".into())));
        assert!(matches!(render("${number", Format::Text, &Few), Err(RenderError::Syntax(_))));
    }

    /// Two open incidents; their priority is a number as text.
    struct Open;
    impl Names for Open {
        fn text(&self, _: &str) -> Result<Option<String>, String> {
            Ok(None)
        }
        fn found(&self, look_up: &str) -> Result<Option<usize>, String> {
            Ok((look_up == "open").then_some(2))
        }
        fn of_found(&self, _: &str, place: usize, path: &str) -> Result<Option<String>, String> {
            let number = format!("INC{}", place + 1);
            Ok(match path {
                "" | "number" => Some(number),
                "priority" => Some((place + 1).to_string()),
                "caller" => Some("Anna".to_owned()),
                "caller.name" => Some("<Anna>".to_owned()),
                "caller.email" => Some(String::new()),
                _ if path.starts_with("field_") => Some("x".to_owned()),
                _ => None,
            })
        }
    }

    #[test]
    fn a_template_walks_through_what_a_look_up_has_found() {
        let text = |source: &str| render(source, Format::Text, &Open).unwrap();
        assert_eq!(
            text("${open|length}: {% for one in open %}${one.number} ${loop.index};{% endfor %}"),
            "2: INC1 1;INC2 2;"
        );
        assert_eq!(
            text("{% for one in open %}${one.caller}/${one.caller.name} {% endfor %}"),
            "Anna/<Anna> Anna/<Anna> "
        );
        assert_eq!(
            text("{% for one in open if one.priority == '2' %}${one.number|lower}{% endfor %}"),
            "inc2"
        );
        assert_eq!(text("${open[0]}{% if open[0].caller.email %}!{% endif %}"), "INC1");
        assert_eq!(text("{% set first = open|first %}${first.caller.name}"), "<Anna>");
        assert_eq!(
            render("{% for one in open %}${one.caller.name}{% endfor %}", Format::Html, &Open).unwrap(),
            "&lt;Anna&gt;".repeat(2)
        );
    }

    #[test]
    fn a_field_that_a_found_record_does_not_have_is_an_error_that_names_it() {
        let all = "{% for one in open %}${one.colour}{% endfor %}";
        assert_eq!(render(all, Format::Text, &Open), Err(RenderError::NoName("open.colour".into())));
        assert_eq!(
            render("${closed[0].number}", Format::Text, &Open),
            Err(RenderError::NoName("closed".into()))
        );
    }

    #[test]
    fn a_template_reads_so_many_fields_of_a_look_up_and_no_more() {
        let reads = |count: usize| {
            let fields: Vec<String> = (0..count).map(|place| format!("${{open[0].field_{place}}}")).collect();
            render(&fields.concat(), Format::Text, &Open)
        };
        assert_eq!(reads(LOOK_UP_FIELDS_MAX).unwrap().len(), LOOK_UP_FIELDS_MAX);
        assert!(
            matches!(reads(LOOK_UP_FIELDS_MAX + 1), Err(RenderError::Failed(text)) if text.contains("`open`"))
        );
    }

    #[test]
    fn a_bomb_is_stopped() {
        let bomb = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert_eq!(render(bomb, Format::Text, &Few), Err(RenderError::Fuel));
        let long = "y".repeat(BODY_BYTES_MAX + 1);
        assert_eq!(render(&long, Format::Text, &Few), Err(RenderError::TooLarge));
    }
}
