//! The regular expressions of Gitea and Forgejo, as the engine at hand reads them.
//!
//! Until 1.25 a server compiles them with Go's `regexp`, since 1.26 with a port of the expressions of .NET, which look ahead and
//! behind. The engine here does so, too, within bounds. Where it reads a sign differently from both, the expression is
//! rewritten; where both refuse an expression, it is refused.

use std::str::Chars;

use fancy_regex::{Regex, RegexBuilder};

/// Most memory of a compiled expression, in bytes.
const MAX_COMPILED: usize = 1 << 20;
/// Most steps back while one path is matched; an expression that needs more does not match.
const MAX_STEPS: usize = 100_000;

/// Compiles an expression for whole paths. Says why not.
pub(super) fn compile(expression: &str) -> Result<Regex, String> {
    // Paths begin without a slash.
    let expression = expression.strip_prefix('/').unwrap_or(expression);
    // `^*` is a beginning that may be left out.
    let (begin, body) = match expression.chars().next() {
        Some('*' | '?') => ("", &expression[1..]),
        Some('+') => ("^", &expression[1..]),
        _ => ("^", expression),
    };
    let is_led = body.len() < expression.len();
    let body = Rewriting::new(body, is_led).run()?;
    let compiled = RegexBuilder::new(&format!("{begin}{body}$"))
        .delegate_size_limit(MAX_COMPILED)
        .delegate_dfa_size_limit(MAX_COMPILED)
        .backtrack_limit(MAX_STEPS)
        .build();
    compiled.map_err(|error| {
        let text = error.to_string();
        text.lines().last().unwrap_or_default().trim().to_owned()
    })
}

/// One expression while it is rewritten.
struct Rewriting<'e> {
    rest: Chars<'e>,
    written: String,
    /// What came last repeats what stands before it, and may be followed by one `?`.
    repeats: Repeats,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    No,
    Yes,
    Lazily,
}

impl<'e> Rewriting<'e> {
    fn new(expression: &'e str, is_led: bool) -> Self {
        Self {
            rest: expression.chars(),
            written: String::with_capacity(expression.len() + 8),
            repeats: if is_led { Repeats::Yes } else { Repeats::No },
        }
    }

    fn run(mut self) -> Result<String, String> {
        // A mark of laziness behind a beginning that may be left out changes nothing.
        if self.repeats == Repeats::Yes && self.next_is('?') {
            self.rest.next();
        }
        while let Some(sign) = self.rest.next() {
            match sign {
                '*' | '+' | '?' => self.repeat(&sign.to_string())?,
                '{' => self.brace()?,
                _ => {
                    self.repeats = Repeats::No;
                    self.plain(sign);
                }
            }
        }
        Ok(self.written)
    }

    fn next_is(&self, sign: char) -> bool {
        self.rest.clone().next() == Some(sign)
    }

    fn plain(&mut self, sign: char) {
        match sign {
            '\\' => self.escape(),
            '[' => self.class(),
            '(' => {
                self.written.push('(');
                if self.next_is('?') {
                    self.rest.next();
                    self.written.push('?');
                }
            }
            other => self.written.push(other),
        }
    }

    fn repeat(&mut self, sign: &str) -> Result<(), String> {
        self.repeats = match self.repeats {
            Repeats::No => Repeats::Yes,
            Repeats::Yes if sign == "?" => Repeats::Lazily,
            _ => return Err(format!("{sign} repeats what is repeated already")),
        };
        self.written.push_str(sign);
        Ok(())
    }

    /// A brace that names no number is a sign like others, as in `{{name}}`.
    fn brace(&mut self) -> Result<(), String> {
        let rest = self.rest.as_str();
        let inside = rest.split_once('}').map(|(inside, _)| inside);
        let is_count = |inside: &&str| {
            let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
            let is_number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
            !least.is_empty() && is_number(least) && is_number(most)
        };
        let Some(inside) = inside.filter(is_count) else {
            self.repeats = Repeats::No;
            self.written.push_str("\\{");
            return Ok(());
        };
        self.rest = rest[inside.len() + 1..].chars();
        self.repeat(&format!("{{{inside}}}"))
    }

    fn escape(&mut self) {
        match self.rest.next() {
            // Everything up to `\E` stands for itself.
            Some('Q') => {
                let rest = self.rest.as_str();
                let (quoted, after) = rest.split_once("\\E").unwrap_or((rest, ""));
                self.written.push_str(&regex::escape(quoted));
                self.rest = after.chars();
            }
            // The engine at hand knows these as ends of words.
            Some(sign @ ('<' | '>')) => self.written.push(sign),
            // A class or a code, whose name stands in braces.
            Some(sign @ ('p' | 'P' | 'x')) if self.next_is('{') => {
                let rest = self.rest.as_str();
                let end = rest.find('}').map_or(rest.len(), |at| at + 1);
                self.written.extend(['\\', sign]);
                self.written.push_str(&rest[..end]);
                self.rest = rest[end..].chars();
            }
            Some(sign) => self.written.extend(['\\', sign]),
            None => self.written.push('\\'),
        }
    }

    /// The engine at hand knows classes within classes, and sets of them; the servers do not.
    fn class(&mut self) {
        self.written.push('[');
        for first in ['^', ']'] {
            if self.next_is(first) {
                self.rest.next();
                self.written.push(first);
            }
        }
        let mut before = ' ';
        while let Some(sign) = self.rest.next() {
            match sign {
                ']' => {
                    self.written.push(']');
                    return;
                }
                '\\' => {
                    self.written.push('\\');
                    self.written.extend(self.rest.next());
                }
                '[' if self.next_is(':') => {
                    let rest = self.rest.as_str();
                    let end = rest.find(":]").map_or(rest.len(), |at| at + 2);
                    self.written.push('[');
                    self.written.push_str(&rest[..end]);
                    self.rest = rest[end..].chars();
                }
                '[' => self.written.push_str("\\["),
                '&' | '~' | '-' if before == sign => self.written.extend(['\\', sign]),
                other => self.written.push(other),
            }
            before = sign;
        }
    }
}
