//! From text to tokens. Blanks that a template leaves out are gone afterwards.

use std::sync::Arc;

use crate::Options;
use crate::error::{Position, TemplateError};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// Text between expressions and statements.
    Data(String),
    VariableStart,
    VariableEnd,
    BlockStart,
    BlockEnd,
    Text(String),
    Number(f64),
    Symbol(String),
    Regex(String, String),
    Sign(&'static str),
}

pub(crate) type Placed = (Token, Position);

/// Signs, longer ones first.
const SIGNS: [&str; 27] = [
    "===", "!==", "==", "!=", "<=", ">=", "//", "**", "<", ">", "+", "-", "*", "/", "%", "~", "|", ",", ".",
    ":", "(", ")", "[", "]", "{", "}", "=",
];
/// Longest name: a name is read again whenever it is looked up.
const LONGEST_NAME: usize = 1_000;
/// Flags that a regular expression may have.
const FLAGS: &str = "gimy";

pub(crate) struct Lexer<'a> {
    rest: &'a str,
    at: Position,
    options: &'a Options,
    tokens: Vec<Placed>,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str, options: &'a Options) -> Self {
        Self {
            rest: text,
            at: Position { line: 1, column: 1 },
            options,
            tokens: Vec::new(),
        }
    }

    pub(crate) fn tokens(mut self) -> Result<Vec<Placed>, TemplateError> {
        let mut trim = Trim::Nothing;
        while !self.rest.is_empty() {
            self.data(&trim)?;
            trim = self.tag()?;
        }
        Ok(self.tokens)
    }

    /// Text up to the next tag.
    fn data(&mut self, trim: &Trim) -> Result<(), TemplateError> {
        let starts = [self.options.variable_start, "{%", "{#"];
        let end = first_of(self.rest, &starts).unwrap_or(self.rest.len());
        let at = self.at;
        if let Some(found) = self.rest[..end].find("#}") {
            self.advance(found);
            return Err(self.at.error("Unexpected end of comment"));
        }
        let mut text = self.advance(end);
        match trim {
            Trim::Nothing => {}
            Trim::Blanks => text = text.trim_start(),
            Trim::LineBreak => {
                text = text
                    .strip_prefix("\r\n")
                    .or(text.strip_prefix('\n'))
                    .unwrap_or(text);
            }
        }
        let after = |start: &str| {
            self.rest
                .strip_prefix(start)
                .is_some_and(|rest| rest.starts_with('-'))
        };
        if starts.iter().any(|start| after(start)) {
            text = text.trim_end();
        } else if self.options.lstrip_blocks && self.rest.starts_with("{%") {
            let line = text.rfind('\n').map_or(0, |end| end + 1);
            if text[line..].trim().is_empty() && (line > 0 || at.column == 1) {
                text = &text[..line];
            }
        }
        if !text.is_empty() {
            self.tokens.push((Token::Data(text.to_owned()), at));
        }
        Ok(())
    }

    /// A comment, an expression or a statement, if one begins here; which blanks behind it are left out.
    fn tag(&mut self) -> Result<Trim, TemplateError> {
        let at = self.at;
        if self.rest.is_empty() {
            return Ok(Trim::Nothing);
        }
        if self.rest.starts_with("{#") {
            let end = self
                .rest
                .find("#}")
                .ok_or_else(|| at.error("Unterminated comment tag"))?;
            let comment = self.advance(end + 2);
            return Ok(Trim::blanks(comment.ends_with("-#}") && comment.len() > 4));
        }
        if self.rest.starts_with("{%") {
            if let Some(trim) = self.raw(at)? {
                return Ok(trim);
            }
            self.advance(2);
            self.skip_minus();
            self.tokens.push((Token::BlockStart, at));
            let has_minus = self.inside("%}", &Token::BlockEnd, at)?;
            return Ok(match has_minus {
                true => Trim::Blanks,
                false if self.options.trim_blocks => Trim::LineBreak,
                false => Trim::Nothing,
            });
        }
        self.advance(self.options.variable_start.len());
        self.skip_minus();
        self.tokens.push((Token::VariableStart, at));
        let has_minus = self.inside("}}", &Token::VariableEnd, at)?;
        Ok(Trim::blanks(has_minus))
    }

    fn skip_minus(&mut self) {
        if self.rest.starts_with('-') {
            self.advance(1);
        }
    }

    /// `{% raw %}` and all up to its end, as text.
    fn raw(&mut self, at: Position) -> Result<Option<Trim>, TemplateError> {
        let Some((word, head)) = statement(self.rest, &["raw", "verbatim"], true) else {
            return Ok(None);
        };
        let opening = self.advance(head);
        let end = format!("end{word}");
        let (mut depth, mut from) = (1, 0);
        while let Some(found) = self.rest[from..].find("{%") {
            let start = from + found;
            let Some((found, tail)) = statement(&self.rest[start..], &[word, &end], false) else {
                from = start + 2;
                continue;
            };
            depth = if found == word { depth + 1 } else { depth - 1 };
            if depth == 0 {
                self.push_raw(opening, start, at);
                self.advance(tail);
                // The end takes no blanks away; a minus at the end of the opening tag takes those behind the whole.
                return Ok(Some(Trim::blanks(opening.ends_with("-%}"))));
            }
            from = start + tail;
        }
        Err(at.error(format!("Missing \"{end}\" tag")))
    }

    fn push_raw(&mut self, opening: &str, end: usize, at: Position) {
        let mut text = self.advance(end);
        if self.options.trim_blocks && !opening.ends_with("-%}") {
            text = text.strip_prefix('\n').unwrap_or(text);
        }
        self.tokens.push((Token::Data(text.to_owned()), at));
    }

    /// Tokens up to the end of a tag and with it; whether the end has a minus.
    fn inside(&mut self, end: &str, last: &Token, start: Position) -> Result<bool, TemplateError> {
        let unterminated = || {
            let kind = if *last == Token::BlockEnd {
                "block"
            } else {
                "variable"
            };
            start.error(format!("Unterminated {kind} tag"))
        };
        loop {
            let behind = self.at;
            let blanks = self.rest.len() - self.rest.trim_start().len();
            self.advance(blanks);
            if self.rest.is_empty() {
                return Err(unterminated());
            }
            let at = self.at;
            let has_minus = self
                .rest
                .strip_prefix('-')
                .is_some_and(|rest| rest.starts_with(end));
            if has_minus || self.rest.starts_with(end) {
                self.advance(end.len() + usize::from(has_minus));
                // A statement ends behind its last word, an expression before its brackets.
                let at = if *last == Token::BlockEnd { behind } else { at };
                self.tokens.push((last.clone(), at));
                return Ok(has_minus);
            }
            let token = self.token(at)?.ok_or_else(unterminated)?;
            self.tokens.push((token, at));
        }
    }

    /// The next token; nothing where it has no end.
    fn token(&mut self, at: Position) -> Result<Option<Token>, TemplateError> {
        let first = self.rest.chars().next().unwrap_or_default();
        if matches!(first, '"' | '\'') {
            return Ok(self.text(first));
        }
        if self.rest.starts_with("r/") {
            return self.regex(at);
        }
        let follows = self.rest.as_bytes().get(1);
        if first.is_ascii_digit() || (first == '.' && follows.is_some_and(u8::is_ascii_digit)) {
            return self.number(at).map(Some);
        }
        if let Some(sign) = SIGNS.into_iter().find(|sign| self.rest.starts_with(sign)) {
            self.advance(sign.len());
            return Ok(Some(Token::Sign(sign)));
        }
        let length = name_length(self.rest);
        if length == 0 {
            return Err(at.error(format!("Unexpected character \"{first}\"")));
        }
        if length > LONGEST_NAME {
            return Err(at.error(format!("A name has at most {LONGEST_NAME} characters")));
        }
        Ok(Some(Token::Symbol(self.advance(length).to_owned())))
    }

    /// Digits, perhaps with a point and more digits. A number behind a point that looks up a member is no fraction.
    fn number(&mut self, at: Position) -> Result<Token, TemplateError> {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let is_member = matches!(self.tokens.last(), Some((Token::Sign("."), _)));
        let mut length = digits(self.rest);
        if !is_member && self.rest[length..].starts_with('.') && !self.rest[length + 1..].starts_with('.') {
            length += 1 + digits(&self.rest[length + 1..]);
        }
        let is_whole = !self.rest.starts_with('.') && name_length(&self.rest[length..]) == 0;
        let number = self.rest[..length].trim_end_matches('.').parse();
        match number {
            Ok(number) if is_whole => {
                self.advance(length);
                Ok(Token::Number(number))
            }
            _ => Err(at.error("Invalid numeric literal")),
        }
    }

    fn text(&mut self, quote: char) -> Option<Token> {
        let mut text = String::new();
        let mut letters = self.rest.char_indices().skip(1);
        while let Some((index, letter)) = letters.next() {
            match letter {
                _ if letter == quote => {
                    self.advance(index + 1);
                    return Some(Token::Text(text));
                }
                '\\' => match letters.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, other)) => text.push(other),
                    None => break,
                },
                _ => text.push(letter),
            }
        }
        None
    }

    fn regex(&mut self, at: Position) -> Result<Option<Token>, TemplateError> {
        self.advance(2);
        let mut is_escaped = false;
        let end = self.rest.char_indices().find(|(_, letter)| {
            let is_end = *letter == '/' && !is_escaped;
            is_escaped = *letter == '\\' && !is_escaped;
            is_end
        });
        let Some((end, _)) = end else {
            return Ok(None);
        };
        let pattern = self.advance(end).to_owned();
        self.advance(1);
        let flags = self.advance(name_length(self.rest)).to_owned();
        if !flags.chars().all(|flag| FLAGS.contains(flag)) {
            return Err(at.error("Unsupported regular-expression flag"));
        }
        let is_twice = |flag: char| flags.matches(flag).count() > 1;
        if flags.chars().any(is_twice) {
            return Err(at.error("Duplicate regular-expression flag"));
        }
        Ok(Some(Token::Regex(pattern, flags)))
    }

    fn advance(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        for letter in taken.chars() {
            if letter == '\n' {
                self.at.line += 1;
                self.at.column = 1;
            } else {
                // Columns are UTF-16 units, as in the original.
                self.at.column += u32::from(letter > '\u{ffff}') + 1;
            }
        }
        self.rest = rest;
        taken
    }
}

/// How many bytes at the beginning of a text may be part of a name.
fn name_length(text: &str) -> usize {
    text.bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count()
}

/// Which blanks behind a tag are left out.
enum Trim {
    Nothing,
    Blanks,
    LineBreak,
}

impl Trim {
    fn blanks(has_minus: bool) -> Self {
        if has_minus { Self::Blanks } else { Self::Nothing }
    }
}

/// Where the first of several signs stands.
fn first_of(text: &str, signs: &[&str]) -> Option<usize> {
    let begins = |letter: char| signs.iter().any(|sign| sign.starts_with(letter));
    let mut places = text.match_indices(begins).map(|(at, _)| at);
    places.find(|at| signs.iter().any(|sign| text[*at..].starts_with(sign)))
}

/// The word of a statement that is one of these and nothing else, and the length of the statement. The end of raw text is no
/// end if it takes blanks away.
fn statement<'w>(text: &str, words: &[&'w str], may_trim: bool) -> Option<(&'w str, usize)> {
    let minus = |rest: &str| usize::from(may_trim && rest.starts_with('-'));
    let inner = text.strip_prefix("{%")?;
    let inner = inner[minus(inner)..].trim_start();
    words.iter().find_map(|word| {
        let rest = inner.strip_prefix(word)?.trim_start();
        let rest = rest[minus(rest)..].strip_prefix("%}")?;
        Some((*word, text.len() - rest.len()))
    })
}

impl Token {
    /// The token in an error.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Data(_) => "text".to_owned(),
            Self::VariableStart => "${{".to_owned(),
            Self::VariableEnd => "}}".to_owned(),
            Self::BlockStart => "{%".to_owned(),
            Self::BlockEnd => "%}".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Symbol(name) => name.clone(),
            Self::Regex(pattern, _) => format!("r/{pattern}/"),
            Self::Sign(sign) => (*sign).to_owned(),
        }
    }
}

/// The text of a token that is kept in the tree.
pub(crate) fn shared(text: &str) -> Arc<str> {
    text.into()
}
