//! Finds what has to be edited in the syntax tree. Walks without recursion, because a source may be nested
//! as deeply as it likes.

use tree_sitter::{Node, Parser, TreeCursor};

use super::edits::Edits;
use super::{EQUAL, KEPT, OR_FALSE, TRUE, TRUE_OR_KEEP, UNEQUAL, VALUES};

/// Methods whose names are only used for plain values: no need to test what they give.
const PLAIN_METHODS: [&str; 22] = [
    "next",
    "_next",
    "hasNext",
    "indexOf",
    "lastIndexOf",
    "nil",
    "hasValue",
    "changes",
    "changesTo",
    "changesFrom",
    "isValidRecord",
    "isValidField",
    "isNewRecord",
    "hasRole",
    "startsWith",
    "endsWith",
    "includes",
    "test",
    "hasOwnProperty",
    "getRowCount",
    "toString",
    "getUserID",
];

/// What becomes of the value of an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It may go anywhere.
    Value,
    /// Only whether it counts as true matters.
    Test,
    /// Nothing, or it is the value of the program, which only counts as true or not; and the expression
    /// may start its statement, so that a bracket before it could join it with the line above.
    Statement,
}

/// The source with `for each` as `for`, of the same length, so that it parses.
pub(super) fn without_each(source: &str) -> String {
    let mut text = source.to_owned();
    for at in each_places(source) {
        text.replace_range(at..at + 4, "    ");
    }
    text
}

/// Where `each` stands after `for`, also in texts and comments.
fn each_places(source: &str) -> Vec<usize> {
    let places = source.match_indices("each").map(|(at, _)| at);
    places
        .filter(|at| {
            let before = source.get(..*at).unwrap_or_default();
            let after = source.get(at + 4..).unwrap_or_default();
            let word = before.trim_end();
            word.len() < before.len() && word.ends_with("for") && after.trim_start().starts_with('(')
        })
        .collect()
}

/// Collects the edits; nothing where the source does not parse.
pub(super) fn collect(source: &str, parsable: &str, edits: &mut Edits) -> Option<()> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_javascript::LANGUAGE.into()).ok()?;
    let tree = parser.parse(parsable, None)?;
    if tree.root_node().has_error() {
        return None;
    }
    let each = if source == parsable { Vec::new() } else { each_places(source) };
    let mut walk = Walk { source: parsable, each, edits, open: vec![(tree.root_node(), Use::Value)] };
    let mut cursor = tree.walk();
    while let Some((node, used)) = walk.open.pop() {
        walk.visit(node, used, &mut cursor);
    }
    Some(())
}

struct Walk<'a, 't> {
    source: &'a str,
    each: Vec<usize>,
    edits: &'a mut Edits,
    /// Nodes that are yet to be visited; the order does not matter but that outer ones come first.
    open: Vec<(Node<'t>, Use)>,
}

impl<'t> Walk<'_, 't> {
    fn visit(&mut self, node: Node<'t>, used: Use, cursor: &mut TreeCursor<'t>) {
        match node.kind() {
            "parenthesized_expression" => self.children(node, used, cursor),
            "sequence_expression" => self.sequence(node, used, cursor),
            "binary_expression" => self.binary(node, used),
            "ternary_expression" => {
                let branch = if used == Use::Test { Use::Test } else { Use::Value };
                self.field(node, "condition", Use::Test);
                self.field(node, "consequence", branch);
                self.field(node, "alternative", branch);
            }
            "unary_expression" if self.sign(node) == "!" => self.field(node, "argument", Use::Test),
            "if_statement" | "while_statement" | "do_statement" | "for_statement" => {
                let condition = node.child_by_field_name("condition");
                self.others(node, condition, cursor);
                self.field(node, "condition", Use::Test);
            }
            "for_in_statement" => {
                self.walk_over_values(node);
                self.children(node, Use::Value, cursor);
            }
            "expression_statement" => self.children(node, Use::Statement, cursor),
            // Nothing in these is an expression.
            "string" | "regex" | "comment" | "number" | "identifier" => self.plain(node, used),
            _ => {
                self.plain(node, used);
                self.children(node, Use::Value, cursor);
            }
        }
    }

    /// An expression that has no say in how it is tested.
    fn plain(&mut self, node: Node<'t>, used: Use) {
        if used == Use::Test && may_be_element(self.source, node) {
            self.wrap(node, &[TRUE, "("], &[")"]);
        }
    }

    fn wrap(&mut self, node: Node<'t>, before: &'static [&'static str], after: &'static [&'static str]) {
        self.edits.open(node.start_byte(), before);
        self.edits.close(node.end_byte(), after);
    }

    fn field(&mut self, node: Node<'t>, name: &str, used: Use) {
        // The condition of `for (;;)` is a sign and no expression.
        let child = node.child_by_field_name(name);
        if let Some(child) = child.filter(|child| child.is_named() && child.kind() != "empty_statement") {
            self.open.push((child, used));
        }
    }

    fn children(&mut self, node: Node<'t>, used: Use, cursor: &mut TreeCursor<'t>) {
        self.open.extend(node.named_children(cursor).map(|child| (child, used)));
    }

    fn others(&mut self, node: Node<'t>, but: Option<Node<'t>>, cursor: &mut TreeCursor<'t>) {
        let children = node.named_children(cursor).filter(|child| Some(*child) != but);
        self.open.extend(children.map(|child| (child, Use::Value)));
    }

    /// Of `a, b` only the last one is the value, and only the first one may start a statement.
    fn sequence(&mut self, node: Node<'t>, used: Use, cursor: &mut TreeCursor<'t>) {
        let count = node.named_child_count();
        for (index, child) in node.named_children(cursor).enumerate() {
            let last = index + 1 == count;
            let used = match used {
                Use::Test if last => Use::Test,
                Use::Statement => Use::Statement,
                _ => Use::Value,
            };
            self.open.push((child, used));
        }
    }

    fn binary(&mut self, node: Node<'t>, used: Use) {
        let (left, right) = (node.child_by_field_name("left"), node.child_by_field_name("right"));
        let sign = self.sign(node);
        let (Some(left), Some(right)) = (left, right) else { return };
        let (mut of_left, mut of_right) = (Use::Value, Use::Value);
        match (sign, used) {
            ("&&" | "||", Use::Test) => (of_left, of_right) = (Use::Test, Use::Test),
            ("&&" | "||", Use::Statement) => (of_left, of_right) = (Use::Test, Use::Value),
            ("||", Use::Value) if may_be_element(self.source, left) => {
                self.wrap(left, &[OR_FALSE, "("], &[")"]);
            }
            ("&&", Use::Value) if may_be_element(self.source, left) => {
                self.wrap(node, &["("], &[":", KEPT, "())"]);
                self.wrap(left, &[TRUE_OR_KEEP, "("], &[")"]);
                self.replace_sign(node, &["?"]);
            }
            ("==" | "!=", _) if may_be_element(self.source, left) || may_be_element(self.source, right) => {
                let helper: &[&str] = if sign == "==" { &[EQUAL, "("] } else { &[UNEQUAL, "("] };
                self.wrap(node, helper, &[")"]);
                self.replace_sign(node, &[","]);
            }
            _ => {}
        }
        self.open.push((left, of_left));
        self.open.push((right, of_right));
    }

    fn replace_sign(&mut self, node: Node<'t>, text: &'static [&'static str]) {
        if let Some(sign) = node.child_by_field_name("operator") {
            self.edits.replace(sign.start_byte(), sign.end_byte() - sign.start_byte(), text);
        }
    }

    fn sign(&self, node: Node<'t>) -> &str {
        sign(self.source, node)
    }

    /// `for each (a in b)` as `for (a of values(b))`.
    fn walk_over_values(&mut self, node: Node<'t>) {
        let left = node.child_by_field_name("left");
        let (Some(left), Some(right)) = (left, node.child_by_field_name("right")) else { return };
        let is_own = |at: &&usize| (node.start_byte()..left.start_byte()).contains(*at);
        let Some(each) = self.each.iter().find(is_own).copied() else { return };
        let Some(sign) = node.child_by_field_name("operator") else { return };
        self.edits.replace(each, 4, &["    "]);
        self.edits.replace(sign.start_byte(), 2, &["of"]);
        self.wrap(right, &[VALUES, "("], &[")"]);
    }
}

fn text<'s>(source: &'s str, node: Node<'_>) -> &'s str {
    source.get(node.byte_range()).unwrap_or_default()
}

fn sign<'s>(source: &'s str, node: Node<'_>) -> &'s str {
    node.child_by_field_name("operator").map_or("", |sign| text(source, sign))
}

/// Whether the value of an expression could be an element.
fn may_be_element(source: &str, node: Node<'_>) -> bool {
    let mut node = node;
    loop {
        let inner = match node.kind() {
            "parenthesized_expression" => node.named_child(0),
            "assignment_expression" => node.child_by_field_name("right"),
            _ => return may_be_element_itself(source, node),
        };
        let Some(inner) = inner else { return true };
        node = inner;
    }
}

fn may_be_element_itself(source: &str, node: Node<'_>) -> bool {
    match node.kind() {
        "number"
        | "string"
        | "template_string"
        | "true"
        | "false"
        | "null"
        | "undefined"
        | "regex"
        | "array"
        | "object"
        | "function_expression"
        | "arrow_function"
        | "class"
        | "new_expression"
        | "unary_expression"
        | "update_expression"
        | "augmented_assignment_expression"
        | "this" => false,
        "binary_expression" => matches!(sign(source, node), "&&" | "||" | "??"),
        "call_expression" => {
            let called = node.child_by_field_name("function");
            let method = called.and_then(|function| function.child_by_field_name("property"));
            method.is_none_or(|name| !PLAIN_METHODS.contains(&text(source, name)))
        }
        _ => true,
    }
}
