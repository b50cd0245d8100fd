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
const SIGNS: [&str; 31] = [
    "===", "!==", "==", "!=", "<=", ">=", "//", "**", "<", ">", "+", "-", "*", "/", "%", "~", "|", ",", ".",
    ":", "(", ")", "[", "]", "{", "}", "=", "!", ";", "?", "@",
];

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
            self.data(&trim);
            trim = self.tag()?;
        }
        Ok(self.tokens)
    }

    /// Text up to the next tag.
    fn data(&mut self, trim: &Trim) {
        let starts = [self.options.variable_start, "{%", "{#"];
        let end = starts.iter().filter_map(|start| self.rest.find(start)).min();
        let end = end.unwrap_or(self.rest.len());
        let at = self.at;
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
                .ok_or_else(|| at.error("expected end of comment, got end of file"))?;
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
        let Some((word, head)) = statement(self.rest, &["raw", "verbatim"]) else {
            return Ok(None);
        };
        let opening = self.advance(head);
        let end = format!("end{word}");
        let (mut depth, mut from) = (1, 0);
        while let Some(found) = self.rest[from..].find("{%") {
            let start = from + found;
            let Some((found, tail)) = statement(&self.rest[start..], &[word, &end]) else {
                from = start + 2;
                continue;
            };
            depth = if found == word { depth + 1 } else { depth - 1 };
            if depth == 0 {
                self.push_raw(opening, start, at);
                let closing = self.advance(tail);
                return Ok(Some(Trim::blanks(closing.ends_with("-%}"))));
            }
            from = start + tail;
        }
        Err(at.error(format!("expected {end}, got end of file")))
    }

    fn push_raw(&mut self, opening: &str, end: usize, at: Position) {
        let mut text = self.advance(end);
        if opening.ends_with("-%}") {
            text = text.trim_start();
        } else if self.options.trim_blocks {
            text = text.strip_prefix('\n').unwrap_or(text);
        }
        if self.rest.starts_with("{%-") {
            text = text.trim_end();
        }
        self.tokens.push((Token::Data(text.to_owned()), at));
    }

    /// Tokens up to the end of a tag and with it; whether the end has a minus.
    fn inside(&mut self, end: &str, last: &Token, start: Position) -> Result<bool, TemplateError> {
        loop {
            let blanks = self.rest.len() - self.rest.trim_start().len();
            self.advance(blanks);
            if self.rest.is_empty() {
                return Err(start.error("Unexpected expression token at end of input"));
            }
            let at = self.at;
            let has_minus = self
                .rest
                .strip_prefix('-')
                .is_some_and(|rest| rest.starts_with(end));
            if has_minus || self.rest.starts_with(end) {
                self.advance(end.len() + usize::from(has_minus));
                self.tokens.push((last.clone(), at));
                return Ok(has_minus);
            }
            let token = self.token(at)?;
            self.tokens.push((token, at));
        }
    }

    fn token(&mut self, at: Position) -> Result<Token, TemplateError> {
        let first = self.rest.chars().next().unwrap_or_default();
        if matches!(first, '"' | '\'') {
            return self.text(first, at);
        }
        if self.rest.starts_with("r/") {
            return self.regex(at);
        }
        if let Some(sign) = SIGNS.into_iter().find(|sign| self.rest.starts_with(sign)) {
            self.advance(sign.len());
            return Ok(Token::Sign(sign));
        }
        let is_end = |letter: char| letter.is_whitespace() || "()[]{}%*-+~/#,:|.<>=!;?@\"'".contains(letter);
        let length = self
            .rest
            .find(is_end)
            .unwrap_or(self.rest.len())
            .max(first.len_utf8());
        if first.is_ascii_digit() {
            return self.number(length, at);
        }
        Ok(Token::Symbol(self.advance(length).to_owned()))
    }

    fn number(&mut self, length: usize, at: Position) -> Result<Token, TemplateError> {
        let whole = self.advance(length);
        let wrong = || at.error(format!("Unexpected expression token {whole}"));
        if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let fraction = self.rest.strip_prefix('.').unwrap_or_default();
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let text = if digits > 0 {
            let fraction = self.advance(digits + 1);
            format!("{whole}{fraction}")
        } else {
            whole.to_owned()
        };
        text.parse().map(Token::Number).map_err(|_| wrong())
    }

    fn text(&mut self, quote: char, at: Position) -> Result<Token, TemplateError> {
        let mut text = String::new();
        let mut letters = self.rest.char_indices().skip(1);
        while let Some((index, letter)) = letters.next() {
            match letter {
                _ if letter == quote => {
                    self.advance(index + 1);
                    return Ok(Token::Text(text));
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
        Err(at.error("Unterminated string"))
    }

    fn regex(&mut self, at: Position) -> Result<Token, TemplateError> {
        self.advance(2);
        let mut is_escaped = false;
        let end = self.rest.char_indices().find(|(_, letter)| {
            let is_end = *letter == '/' && !is_escaped;
            is_escaped = *letter == '\\' && !is_escaped;
            is_end
        });
        let (end, _) = end.ok_or_else(|| at.error("Unterminated regular expression"))?;
        let pattern = self.advance(end).to_owned();
        self.advance(1);
        let flags = self
            .rest
            .bytes()
            .take_while(|byte| b"gimy".contains(byte))
            .count();
        let flags = self.advance(flags).to_owned();
        Ok(Token::Regex(pattern, flags))
    }

    fn advance(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        for letter in taken.chars() {
            if letter == '\n' {
                self.at.line += 1;
                self.at.column = 1;
            } else {
                self.at.column += 1;
            }
        }
        self.rest = rest;
        taken
    }
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

/// The word of a statement that is one of these and nothing else, and the length of the statement.
fn statement<'w>(text: &str, words: &[&'w str]) -> Option<(&'w str, usize)> {
    let end = text.find("%}")?;
    let inner = text.get(2..end)?;
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    let inner = inner.strip_suffix('-').unwrap_or(inner).trim();
    let word = words.iter().find(|word| **word == inner)?;
    Some((word, end + 2))
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
            Self::Text(text) => format!("{text:?}"),
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
