//! What is certainly wrong in a script, found without running it: members of the vocabulary's objects that do
//! not exist or are not supported, names that the platform has and Rejoinder does not, and objects made of a
//! class that nobody declares.
//!
//! A scan of words, no analysis: whatever a script declares itself is left alone, and so is everything that
//! depends on a value. It never reports what might work.

mod tokens;

use std::collections::HashSet;

use crate::describe::{Api, Class, LANGUAGE};
use crate::nearest::nearest;
use crate::{Location, Script};
use tokens::{Token, tokens};

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub at: Location,
    /// What, and what to use, for the person who wrote the script.
    pub message: String,
}

/// What every object and function of the language has.
const OF_EVERY_OBJECT: [&str; 14] = [
    "toString",
    "toLocaleString",
    "valueOf",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "constructor",
    "__proto__",
    "prototype",
    "name",
    "length",
    "call",
    "apply",
    "bind",
];

/// What is certainly wrong, in the order of the source. `known` are names that scripts find beside those of the
/// vocabulary: script includes.
pub fn lint(script: &Script<'_>, known: &[&str]) -> Vec<Finding> {
    let tokens = tokens(script.source);
    let source = Source { api: Api::of(script.vocabulary), known, declared: declared(&tokens), tokens };
    let mut findings: Vec<(usize, String)> =
        (0..source.tokens.len()).filter_map(|index| source.fault(index)).collect();
    findings.dedup();
    let at = |offset| location(script, offset);
    findings.into_iter().map(|(offset, message)| Finding { at: at(offset), message }).collect()
}

struct Source<'a> {
    api: &'static Api,
    known: &'a [&'a str],
    declared: HashSet<&'a str>,
    tokens: Vec<Token<'a>>,
}

impl<'a> Source<'a> {
    fn token(&self, index: usize) -> Option<Token<'a>> {
        self.tokens.get(index).copied()
    }

    fn word(&self, index: usize) -> Option<(&'a str, usize)> {
        match self.token(index) {
            Some(Token::Word(word, at)) => Some((word, at)),
            _ => None,
        }
    }

    fn is_sign(&self, index: usize, sign: char) -> bool {
        self.token(index) == Some(Token::Sign(sign))
    }

    /// What is wrong with the word at this place.
    fn fault(&self, index: usize) -> Option<(usize, String)> {
        let (word, at) = self.word(index)?;
        let before = index.checked_sub(1).and_then(|before| self.token(before));
        let is_member = before == Some(Token::Sign('.'));
        let is_key = self.is_sign(index + 1, ':');
        if is_member
            || is_key
            || self.declared.contains(word)
            || matches!(before, Some(Token::Word("typeof", _)))
        {
            return None;
        }
        let made = matches!(before, Some(Token::Word("new", _)));
        self.refused(index, at).or_else(|| self.member(index, word)).or_else(|| {
            (made && !self.exists(word))
                .then(|| (at, with_nearest(format!("there is no {word}"), self.near(word))))
        })
    }

    /// A name that the platform has, as it is written or with what follows its dots.
    fn refused(&self, index: usize, at: usize) -> Option<(usize, String)> {
        let mut path = self.word(index)?.0.to_owned();
        let mut next = index + 1;
        loop {
            if let Some((name, why)) = self.api.refused.iter().find(|(name, _)| *name == path) {
                return Some((at, format!("{name} is not supported: {why}")));
            }
            if !self.is_sign(next, '.') {
                break;
            }
            let Some((more, _)) = self.word(next + 1) else { break };
            path = format!("{path}.{more}");
            next += 2;
        }
        let function = self.api.functions.iter().find(|one| one.name == path && !one.is_supported());
        function.map(|one| (at, format!("{path} is not supported: {}", one.doc)))
    }

    /// A member of an object that there is one of, or of a class itself.
    fn member(&self, index: usize, word: &str) -> Option<(usize, String)> {
        let (dot, name) =
            if self.is_sign(index + 1, '?') { (index + 2, index + 3) } else { (index + 1, index + 2) };
        if !self.is_sign(dot, '.') {
            return None;
        }
        let (member, at) = self.word(name)?;
        let members = self.members_of(word)?;
        if OF_EVERY_OBJECT.contains(&member) || self.is_sign(name + 1, '=') {
            return None;
        }
        match members.iter().find(|known| known.name == member) {
            Some(known) if known.is_supported() => None,
            Some(known) => Some((at, format!("{word}.{member} is not supported: {}", known.doc))),
            None => {
                let names = members.iter().filter(|one| one.is_supported()).map(|one| one.name);
                let near = nearest(member, names).map(|near| format!("{word}.{near}"));
                Some((at, with_nearest(format!("there is no {word}.{member}"), near)))
            }
        }
    }

    fn members_of(&self, word: &str) -> Option<&'static [crate::describe::Member]> {
        let object = self.api.objects.iter().find(|(name, _)| *name == word);
        if let Some((_, class)) = object {
            return class.fields.is_none().then_some(class.members);
        }
        // What the language has beside the vocabulary is not described.
        let is_global = |class: &&&Class| class.name == word && !LANGUAGE.contains(&word);
        self.api.classes.iter().find(is_global).map(|class| class.statics)
    }

    fn exists(&self, word: &str) -> bool {
        let given = self.api.given.iter().map(|(name, _)| *name);
        // A script that brings others in may find anything.
        let brings = |token: &Token<'_>| matches!(token, Token::Word("include" | "importIncludeScript", _));
        LANGUAGE.contains(&word)
            || self.known.contains(&word)
            || self.api.names().chain(given).any(|name| name == word)
            || self.tokens.iter().any(brings)
    }

    fn near(&self, word: &str) -> Option<String> {
        let own = nearest(word, self.known.iter().copied());
        own.or_else(|| nearest(word, self.api.names())).map(str::to_owned)
    }
}

fn with_nearest(message: String, near: Option<String>) -> String {
    match near {
        Some(near) => format!("{message}; did you mean {near}?"),
        None => message,
    }
}

/// Every name that the script may have declared or changed itself: rather too many than too few.
fn declared<'a>(tokens: &[Token<'a>]) -> HashSet<&'a str> {
    let mut found = HashSet::new();
    let word = |index: usize| match tokens.get(index) {
        Some(Token::Word(word, _)) => Some(*word),
        _ => None,
    };
    let mut open: Vec<usize> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1);
        match token {
            Token::Word("var" | "let" | "const" | "function" | "class" | "import", _) => {
                let end = |token: &Token<'_>| {
                    matches!(token, Token::Sign('=' | ';' | '(') | Token::Word("of" | "in", _))
                };
                let names = tokens.iter().skip(index + 1).take_while(|token| !end(token));
                found.extend(names.filter_map(|token| match token {
                    Token::Word(word, _) => Some(*word),
                    _ => None,
                }));
            }
            Token::Sign('=') | Token::Arrow => {
                let is_member = before.and_then(|before| before.checked_sub(1));
                let is_member = is_member.and_then(|at| tokens.get(at)) == Some(&Token::Sign('.'));
                found.extend(before.and_then(word).filter(|_| !is_member));
            }
            Token::Sign(',') => {
                let ends = matches!(tokens.get(index + 2), Some(Token::Sign(';' | ',')));
                found.extend(word(index + 1).filter(|_| ends));
            }
            Token::Sign('(') => open.push(index),
            Token::Sign(')') => {
                let Some(start) = open.pop() else { continue };
                let follows = matches!(tokens.get(index + 1), Some(Token::Arrow | Token::Sign('{')));
                let head = start.checked_sub(1).and_then(word);
                if follows && !matches!(head, Some("if" | "for" | "while" | "switch" | "with")) {
                    found.extend((start..index).filter_map(word));
                }
            }
            _ => {}
        }
    }
    found
}

fn location(script: &Script<'_>, offset: usize) -> Location {
    let before = script.source.get(..offset).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Location { script: script.name.to_owned(), line: number(line), column: number(column) }
}
