//! From a question to the text that reads as it.

use std::fmt::{self, Write as _};

use super::{Case, Condition, Form, Question, Term, read};

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.terms.iter().map(Term::to_string).collect();
        parts.extend(self.conditions.iter().map(Condition::to_string));
        if self.case != Case::default() {
            parts.push(format!("case:{}", self.case.name()));
        }
        f.write_str(&parts.join(" "))
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_char('-')?;
        }
        match self.form {
            Form::Regex => slashed(f, &self.text),
            Form::Literal | Form::Glob if self.reads_plainly() => f.write_str(&self.text),
            Form::Literal | Form::Glob => quoted(f, &self.text),
        }
    }
}

impl Term {
    /// Whether the text without quotes reads as this term.
    fn reads_plainly(&self) -> bool {
        let plain = Self {
            negated: false,
            ..self.clone()
        };
        let question = read::question(&self.text);
        question.hints.is_empty() && question.conditions.is_empty() && question.terms == [plain]
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minus = if self.negated { "-" } else { "" };
        write!(f, "{minus}{}:", self.field.name())?;
        let plain = !self.value.starts_with(['"', '/']) && !self.value.contains(char::is_whitespace);
        match self.form {
            Form::Regex => slashed(f, &self.value),
            Form::Glob => f.write_str(&self.value),
            Form::Literal if plain && !self.value.contains(['*', '?']) => f.write_str(&self.value),
            Form::Literal => quoted(f, &self.value),
        }
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn slashed(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('/')?;
    let mut chars = text.chars();
    while let Some(next) = chars.next() {
        match next {
            '/' => f.write_str("\\/")?,
            '\\' => {
                f.write_char('\\')?;
                chars.next().map_or(Ok(()), |escaped| f.write_char(escaped))?;
            }
            _ => f.write_char(next)?,
        }
    }
    f.write_char('/')
}
