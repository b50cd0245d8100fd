//! JSON parsing with the error texts of JavaScript's `JSON.parse` (V8), which clients of the
//! original see.
//!
//! Valid texts are read by serde; only a rejected text is scanned again for the sentence about it.

use serde_json::Value;

/// Deeper nesting than this is refused; serde's own limit is the same.
const MAX_DEPTH: usize = 128;
/// Letters shown on each side of an unexpected one.
const CONTEXT: usize = 10;

/// Parses a JSON text; the error is the message of the `SyntaxError` that V8 throws.
pub fn parse_json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        Scanner::new(text)
            .complaint()
            .unwrap_or_else(|| error.to_string())
    })
}

/// Parses an object or array; anything else is refused as the original's body parser does.
pub fn parse_json_container(text: &str) -> Result<Value, String> {
    let trimmed = text.trim_start_matches(['\u{20}', '\t', '\n', '\r']);
    match trimmed.chars().next() {
        None => Err("Unexpected end of JSON input".to_owned()),
        Some('{' | '[') => parse_json(text),
        Some(first) => {
            let units: Vec<char> = text.chars().collect();
            Err(unexpected_token(
                &units,
                units.len() - trimmed.chars().count(),
                first,
            ))
        }
    }
}

/// Stops at the first mistake.
struct Scanner {
    units: Vec<char>,
    at: usize,
}

type Scan = Result<(), String>;

impl Scanner {
    fn new(text: &str) -> Self {
        Self {
            units: text.chars().collect(),
            at: 0,
        }
    }

    fn complaint(mut self) -> Option<String> {
        let whole = self.value(0).and_then(|()| {
            self.skip_space();
            if self.at < self.units.len() {
                self.fail_at("Unexpected non-whitespace character after JSON")
            } else {
                Ok(())
            }
        });
        whole.err()
    }

    fn peek(&self) -> Option<char> {
        self.units.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Scan {
        if depth > MAX_DEPTH {
            return Err("Nesting too deep in JSON input".to_owned());
        }
        self.skip_space();
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.array(depth),
            Some('"') => self.string(),
            Some('-' | '0'..='9') => self.number(),
            Some('t') => self.word("true"),
            Some('f') => self.word("false"),
            Some('n') => self.word("null"),
            _ => self.unexpected(),
        }
    }

    fn object(&mut self, depth: usize) -> Scan {
        self.at += 1;
        self.skip_space();
        let mut expected = "Expected property name or '}' in JSON";
        let mut is_first = true;
        if self.peek() == Some('}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.skip_space();
            if self.peek() != Some('"') {
                return self.fail_at(expected);
            }
            self.string()?;
            self.skip_space();
            if self.peek() != Some(':') {
                return if is_first {
                    self.fail_at("Expected ':' after property name in JSON")
                } else {
                    self.unexpected()
                };
            }
            self.at += 1;
            self.value(depth + 1)?;
            self.skip_space();
            match self.peek() {
                Some(',') => self.at += 1,
                Some('}') => break,
                _ => return self.fail_at("Expected ',' or '}' after property value in JSON"),
            }
            expected = "Expected double-quoted property name in JSON";
            is_first = false;
        }
        self.at += 1;
        Ok(())
    }

    fn array(&mut self, depth: usize) -> Scan {
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            self.skip_space();
            match self.peek() {
                Some(',') => self.at += 1,
                Some(']') => break,
                _ => return self.fail_at("Expected ',' or ']' after array element in JSON"),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Scan {
        self.at += 1;
        loop {
            match self.peek() {
                None => return self.fail_at("Unterminated string in JSON"),
                Some('"') => break,
                Some('\\') => self.escape()?,
                Some(letter) if letter < ' ' => {
                    return self.fail_at("Bad control character in string literal in JSON");
                }
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self) -> Scan {
        self.at += 1;
        match self.peek() {
            None => self.unexpected(),
            Some('u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|letter| letter.is_ascii_hexdigit()) {
                        return self.fail_at("Bad Unicode escape in JSON");
                    }
                    self.at += 1;
                }
                Ok(())
            }
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => {
                self.at += 1;
                Ok(())
            }
            Some(_) => self.fail_at("Bad escaped character in JSON"),
        }
    }

    fn digits(&mut self, complaint: &str) -> Scan {
        if !self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            return self.fail_at(complaint);
        }
        while self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Scan {
        if self.peek() == Some('-') {
            self.at += 1;
        }
        if self.peek() == Some('0') {
            self.at += 1;
            if self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
                return self.fail_at("Unexpected number in JSON");
            }
        } else {
            self.digits("No number after minus sign in JSON")?;
        }
        if self.peek() == Some('.') {
            self.at += 1;
            self.digits("Unterminated fractional number in JSON")?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            self.digits("Exponent part is missing a number in JSON")?;
        }
        Ok(())
    }

    fn word(&mut self, word: &str) -> Scan {
        for letter in word.chars() {
            if self.peek() != Some(letter) {
                return self.unexpected();
            }
            self.at += 1;
        }
        Ok(())
    }

    fn unexpected(&self) -> Scan {
        match self.peek() {
            None => Err("Unexpected end of JSON input".to_owned()),
            Some('-' | '0'..='9') => self.fail_at("Unexpected number in JSON"),
            Some('"') => self.fail_at("Unexpected string in JSON"),
            Some(letter) => Err(unexpected_token(&self.units, self.at, letter)),
        }
    }

    /// A complaint with a position, counted as JavaScript does: UTF-16 units from 0, lines from 1.
    fn fail_at(&self, complaint: &str) -> Scan {
        let before = &self.units[..self.at];
        let length = |letters: &[char]| letters.iter().map(|letter| letter.len_utf16()).sum::<usize>();
        let line = before.iter().filter(|letter| **letter == '\n').count() + 1;
        let start = before
            .iter()
            .rposition(|letter| *letter == '\n')
            .map_or(0, |newline| newline + 1);
        let (position, column) = (length(before), length(&before[start..]) + 1);
        Err(format!(
            "{complaint} at position {position} (line {line} column {column})"
        ))
    }
}

fn unexpected_token(units: &[char], at: usize, token: char) -> String {
    let length = units.len();
    let (start, end) = if length <= CONTEXT * 2 {
        (0, length)
    } else {
        (at.saturating_sub(CONTEXT), length.min(at + CONTEXT))
    };
    let before = if start > 0 { "..." } else { "" };
    let after = if end < length { "..." } else { "" };
    let shown: String = units[start..end].iter().collect();
    format!("Unexpected token '{token}', {before}\"{shown}\"{after} is not valid JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The complaint without its line and column.
    fn check(text: &str, expected: &str) {
        let complaint = parse_json(text).expect_err(text);
        let end = complaint.find(" (line").unwrap_or(complaint.len());
        assert_eq!(&complaint[..end], expected, "{text}");
    }

    #[test]
    fn lines_and_columns_are_told() {
        let complaint = parse_json("{\n \"é\": 1 x}").expect_err("x is no comma");
        assert!(
            complaint.ends_with("at position 10 (line 2 column 9)"),
            "{complaint}"
        );
    }

    #[test]
    fn only_containers_are_bodies() {
        let refused = |text| parse_json_container(text).expect_err(text);
        assert_eq!(
            refused("\"x\""),
            "Unexpected token '\"', \"\"x\"\" is not valid JSON"
        );
        assert_eq!(refused(" "), "Unexpected end of JSON input");
        assert_eq!(parse_json_container(" [1]"), Ok(serde_json::json!([1])));
    }

    // Recorded from V8.
    #[test]
    fn complaints() {
        check("{bad json", "Expected property name or '}' in JSON at position 1");
        check("", "Unexpected end of JSON input");
        check("{", "Expected property name or '}' in JSON at position 1");
        check("[", "Unexpected end of JSON input");
        check("{\"a\"", "Expected ':' after property name in JSON at position 4");
        check("{\"a\":", "Unexpected end of JSON input");
        check(
            "{\"a\":1",
            "Expected ',' or '}' after property value in JSON at position 6",
        );
        check(
            "{\"a\":1,",
            "Expected double-quoted property name in JSON at position 7",
        );
        check(
            "{\"a\":1,}",
            "Expected double-quoted property name in JSON at position 7",
        );
        check(
            "[1",
            "Expected ',' or ']' after array element in JSON at position 2",
        );
        check("[1,", "Unexpected end of JSON input");
        check("[1,]", "Unexpected token ']', \"[1,]\" is not valid JSON");
        check("\"abc", "Unterminated string in JSON at position 4");
        check(
            "\"a\nb\"",
            "Bad control character in string literal in JSON at position 2",
        );
        check("\"\\x\"", "Bad escaped character in JSON at position 2");
        check("\"\\u12G\"", "Bad Unicode escape in JSON at position 5");
        check("-", "No number after minus sign in JSON at position 1");
        check("1.", "Unterminated fractional number in JSON at position 2");
        check("1e", "Exponent part is missing a number in JSON at position 2");
        check("01", "Unexpected number in JSON at position 1");
        check("tru", "Unexpected end of JSON input");
        check("nul", "Unexpected end of JSON input");
        check(
            "{\"a\" 1}",
            "Expected ':' after property name in JSON at position 5",
        );
        check(
            "{\"a\":1 \"b\"}",
            "Expected ',' or '}' after property value in JSON at position 7",
        );
        check(
            "[1 2]",
            "Expected ',' or ']' after array element in JSON at position 3",
        );
        check(
            "1 2",
            "Unexpected non-whitespace character after JSON at position 2",
        );
        check(
            "Line one\nLine two and more",
            "Unexpected token 'L', \"Line one\nL\"... is not valid JSON",
        );
        check(
            "xxxxxxxxxx",
            "Unexpected token 'x', \"xxxxxxxxxx\" is not valid JSON",
        );
        check(
            "{\"aaaaaaaaaaaaaaaaaaaaaaaaaa\": x, \"bbbbbbbbbbbbbbbbbbbbbbb\": 1}",
            "Unexpected token 'x', ...\"aaaaaaa\": x, \"bbbbbb\"... is not valid JSON",
        );
        check(
            "{\"aaaaaaaaaaaaaaaaaaaaaaaaaa\": x}",
            "Unexpected token 'x', ...\"aaaaaaa\": x}\" is not valid JSON",
        );
        check(
            "{\n \"a\": \"😀\",\n \"b\" 1}",
            "Unexpected number in JSON at position 19",
        );
        check("tru e", "Unexpected token ' ', \"tru e\" is not valid JSON");
        check("\"\\", "Unexpected end of JSON input");
        check("\"\\u1", "Bad Unicode escape in JSON at position 4");
        check(
            "\"abc\t\"",
            "Bad control character in string literal in JSON at position 4",
        );
        check("{,}", "Expected property name or '}' in JSON at position 1");
        check("[,]", "Unexpected token ',', \"[,]\" is not valid JSON");
        check("-a", "No number after minus sign in JSON at position 1");
        check("1.x", "Unterminated fractional number in JSON at position 2");
        check(
            "{\"a\":\n\n}",
            "Unexpected token '}', \"{\"a\":\n\n}\" is not valid JSON",
        );
        check("{\"a\":tru", "Unexpected end of JSON input");
    }
}
