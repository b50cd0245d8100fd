//! From a line of text to a question.

use super::{Case, Condition, Field, Form, Hint, LONGEST, MOST_PARTS, Question, Term};
use crate::language::Language;
use crate::pattern;

/// Words that people write for a field which is called otherwise, and its name.
const OTHERWISE: &[(&str, &str)] = &[
    ("repos", "repo"),
    ("paths", "path"),
    ("filename", "path"),
    ("extension", "path:*."),
    ("ext", "path:*."),
    ("languages", "lang"),
    ("team", "owner"),
    ("owners", "owner"),
    ("org", "repo"),
    ("type", "kind"),
];

/// What makes a text between slashes a regular expression rather than a path.
const SIGNS: &[char] = &[
    '\\', '^', '$', '.', '|', '?', '*', '+', '(', ')', '[', ']', '{', '}',
];

/// Reads a question.
pub fn question(text: &str) -> Question {
    let mut reader = Reader {
        rest: text,
        question: Question::default(),
    };
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end));
        reader.rest = &text[..end.unwrap_or(0)];
        reader.question.hints.push(Hint::TooLong);
    }
    while reader.part() {}
    reader.question
}

struct Reader<'a> {
    rest: &'a str,
    question: Question,
}

impl<'a> Reader<'a> {
    /// Reads one part; false at the end.
    fn part(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        if self.rest.is_empty() {
            return false;
        }
        if self.question.terms.len() + self.question.conditions.len() >= MOST_PARTS {
            self.question.hints.push(Hint::TooMany);
            return false;
        }
        let negated = self.minus();
        if !self.field(negated) && !self.phrase(negated) && !self.regex(negated) {
            let word = self.word();
            self.literal(word, negated);
        }
        true
    }

    /// Takes a minus that turns what follows round.
    fn minus(&mut self) -> bool {
        match self.rest.strip_prefix('-') {
            Some(after) if after.starts_with(|next: char| !next.is_whitespace() && next != '-') => {
                self.rest = after;
                true
            }
            _ => false,
        }
    }

    /// Takes what stands before the next space.
    fn word(&mut self) -> &'a str {
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn literal(&mut self, text: impl Into<String>, negated: bool) {
        self.term(text.into(), Form::Literal, negated);
    }

    fn term(&mut self, text: String, form: Form, negated: bool) {
        let term = Term { text, form, negated };
        if !self.question.terms.contains(&term) {
            self.question.terms.push(term);
        }
    }

    fn phrase(&mut self, negated: bool) -> bool {
        if !self.rest.starts_with('"') {
            return false;
        }
        match quoted(self.rest) {
            Some((text, rest)) => {
                self.rest = rest;
                if !text.is_empty() {
                    self.literal(text, negated);
                }
            }
            None => self.as_written(negated, |written| Hint::OpenQuote { written }),
        }
        true
    }

    fn regex(&mut self, negated: bool) -> bool {
        let Some((text, rest)) = slashed(self.rest) else {
            return false;
        };
        match pattern::problem(&text) {
            None => {
                self.rest = rest;
                self.term(text, Form::Regex, negated);
            }
            Some(reason) => {
                let written = self.rest[..self.rest.len() - rest.len()].to_owned();
                self.rest = rest;
                self.literal(written.clone(), negated);
                self.question.hints.push(Hint::NoRegex { written, reason });
            }
        }
        true
    }

    /// Takes the next word as a literal and says why.
    fn as_written(&mut self, negated: bool, hint: impl FnOnce(String) -> Hint) {
        let word = self.word();
        self.literal(word, negated);
        self.question.hints.push(hint(word.to_owned()));
    }

    /// Reads `field:value`; false when it is none.
    fn field(&mut self, negated: bool) -> bool {
        let Some((name, _)) = self.rest.split_once(':') else {
            return false;
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return false;
        }
        if name.eq_ignore_ascii_case("case") {
            self.case(negated);
            return true;
        }
        let Some(field) = Field::of_name(name) else {
            return self.other_field(name, negated);
        };
        self.value(field, name.len() + 1, negated);
        true
    }

    fn case(&mut self, negated: bool) {
        let after = &self.rest["case:".len()..];
        let end = after.find(char::is_whitespace).unwrap_or(after.len());
        let case = match after[..end].to_ascii_lowercase().as_str() {
            "yes" | "exact" | "true" => Some(Case::Exact),
            "no" | "any" | "false" => Some(Case::Folded),
            "auto" | "smart" => Some(Case::Smart),
            _ => None,
        };
        match case {
            Some(case) if !negated => {
                self.word();
                self.question.case = case;
            }
            _ => self.as_written(negated, |written| Hint::NoCase { written }),
        }
    }

    /// A field that nobody knows is a literal like `std::fmt`; for some a person is told of ours.
    fn other_field(&mut self, name: &str, negated: bool) -> bool {
        let Some((_, meant)) = OTHERWISE
            .iter()
            .find(|(other, _)| name.eq_ignore_ascii_case(other))
        else {
            return false;
        };
        if self.rest[name.len() + 1..].starts_with(|next: char| next == ':' || next.is_whitespace()) {
            return false;
        }
        self.as_written(negated, |written| Hint::NoField { written, meant });
        true
    }

    fn value(&mut self, field: Field, start: usize, negated: bool) {
        let after = &self.rest[start..];
        let (value, form, rest) = match (quoted(after), slashed(after)) {
            (Some((value, rest)), _) => (value, Form::Literal, rest),
            // `path:/src/` is a folder from the root on.
            (None, Some((value, rest))) if field.takes_patterns() && value.contains(SIGNS) => {
                match pattern::problem(&value) {
                    None => (value, Form::Regex, rest),
                    Some(reason) => {
                        self.as_written(negated, |written| Hint::NoRegex { written, reason });
                        return;
                    }
                }
            }
            _ => {
                let end = after.find(char::is_whitespace).unwrap_or(after.len());
                let glob = field.takes_patterns() && after[..end].contains(['*', '?']);
                let form = if glob { Form::Glob } else { Form::Literal };
                (after[..end].to_owned(), form, &after[end..])
            }
        };
        if value.is_empty() {
            self.as_written(negated, |written| Hint::NoValue { written });
        } else if field == Field::Language && Language::of_name(&value).is_none() {
            self.as_written(negated, |written| Hint::NoLanguage { written });
        } else {
            self.rest = rest;
            let condition = Condition {
                field,
                value,
                form,
                negated,
            };
            if !self.question.conditions.contains(&condition) {
                self.question.conditions.push(condition);
            }
        }
    }
}

/// Reads `"…"` with `\"` and `\\`: the text and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut read = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, next)) = chars.next() {
        match next {
            '"' => return Some((read, &inner[at + 1..])),
            '\\' if inner[at + 1..].starts_with(['"', '\\']) => {
                read.extend(chars.next().map(|(_, next)| next));
            }
            _ => read.push(next),
        }
    }
    None
}

/// Reads `/…/`, where `\/` is a slash and the last one ends the word: the expression and what follows.
fn slashed(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('/')?;
    let mut read = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, next)) = chars.next() {
        match next {
            '/' => {
                let rest = &inner[at + 1..];
                let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
                return (ends && !read.is_empty()).then_some((read, rest));
            }
            '\\' => {
                let escaped = chars.next().map(|(_, escaped)| escaped)?;
                if escaped != '/' {
                    read.push('\\');
                }
                read.push(escaped);
            }
            _ => read.push(next),
        }
    }
    None
}
