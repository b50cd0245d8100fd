//! `${VARIABLE}` in strings.

use std::collections::BTreeMap;

/// The variables that may be put in.
pub(crate) type Environment = BTreeMap<String, String>;

/// A string after substitution.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Substituted {
    /// The text; `None` when a variable without fallback is not set, which undoes the whole value.
    pub text: Option<String>,
    /// Whether any variable was asked for.
    pub used_variable: bool,
    /// The first variable that has neither value nor fallback.
    pub missing: Option<String>,
}

/// The trimmed value of a variable.
pub(crate) fn variable<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    environment.get(name).map(|value| value.trim())
}

/// Deepest nesting of fallbacks; what is nested deeper stays as it is written.
const MAX_DEPTH: usize = 16;

/// Replaces `${NAME}` and `${NAME:-fallback}`, where the fallback may hold variables again; `$${…}` stands for a
/// literal `${…}`.
pub(crate) fn substitute(input: &str, environment: &Environment) -> Substituted {
    let mut text = Some(String::with_capacity(input.len()));
    let mut used_variable = false;
    let mut missing = None;
    let mut rest = input;
    while let Some((before, escaped, expression, after)) = next_expression(rest) {
        let piece = if escaped {
            Some(format!("${{{expression}}}"))
        } else {
            used_variable = true;
            match evaluate(expression, environment) {
                Ok(value) => Some(value),
                Err(name) => {
                    missing.get_or_insert(name);
                    None
                }
            }
        };
        text = text.zip(piece).map(|(text, piece)| text + before + &piece);
        rest = after;
    }
    Substituted {
        text: text.map(|text| text + rest),
        used_variable,
        missing,
    }
}

/// Finds the next `${…}`, in which braces occur only as further `${…}` behind `:-`: text before it, whether it is
/// escaped, its inside and the text after it.
fn next_expression(text: &str) -> Option<(&str, bool, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find("${")?;
        let inside = &text[start + 2..];
        if let Some(end) = expression_end(inside, 0) {
            let escaped = text[..start].ends_with('$');
            let before = &text[..start - usize::from(escaped)];
            return Some((before, escaped, &inside[..end], &inside[end + 1..]));
        }
        from = start + 2;
    }
}

/// Where the brace is that closes an expression, of which this is the inside and what follows.
fn expression_end(inside: &str, depth: usize) -> Option<usize> {
    let mut at = 0;
    loop {
        let brace = at + inside[at..].find(['{', '}'])?;
        if inside.as_bytes()[brace] == b'}' {
            return Some(brace);
        }
        let before = &inside[..brace];
        if depth == MAX_DEPTH || !before.ends_with('$') || !before.contains(":-") {
            return None;
        }
        at = brace + 1 + expression_end(&inside[brace + 1..], depth + 1)? + 1;
    }
}

/// The value of an expression, or the name of the variable that has none.
fn evaluate(expression: &str, environment: &Environment) -> Result<String, String> {
    let (name, fallback) = match expression.split_once(":-") {
        Some((name, fallback)) => (name.trim(), Some(fallback.trim())),
        None => (expression.trim(), None),
    };
    let value = variable(environment, name);
    let Some(fallback) = fallback else {
        return value.map(str::to_owned).ok_or_else(|| name.to_owned());
    };
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        return Ok(value.to_owned());
    }
    let filled = substitute(fallback, environment);
    let text = filled.text.filter(|text| !text.is_empty());
    text.ok_or_else(|| filled.missing.unwrap_or_else(|| name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Option<&str>) {
        let environment = [("A", " one "), ("EMPTY", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(
            substitute(input, &environment).text.as_deref(),
            expected,
            "{input}"
        );
    }

    #[test]
    fn variables_fallbacks_and_escapes() {
        check("plain", Some("plain"));
        check("${A}", Some("one"));
        check("x${ A }y${A}z", Some("xoneyonez"));
        check("${MISSING}", None);
        check("before ${MISSING} after", None);
        check("${MISSING:-two}", Some("two"));
        check("${MISSING:- two }", Some("two"));
        check("${EMPTY:-two}", Some("two"));
        check("${EMPTY}", Some(""));
        check("${EMPTY:-}", None);
        check("${A:-two}", Some("one"));
        check("$${A}", Some("${A}"));
        check("$$${A}", Some("$${A}"));
        check("${{A}}", Some("${{A}}"));
        check("${A", Some("${A"));
        check("${a{${A}", Some("${a{one"));
        check("$A {A}", Some("$A {A}"));
        check("é${A}é", Some("éoneé"));
        check("${}", None);
    }

    #[test]
    fn a_fallback_may_hold_variables() {
        check("${MISSING:-${A}}", Some("one"));
        check("${MISSING:-${GONE:-deep}}", Some("deep"));
        check("${A:-${GONE:-deep}}", Some("one"));
        check("${MISSING:-${GONE}}", None);
        check("x${MISSING:-a${GONE:-b}c${A}d}y", Some("xabconedy"));
        check("${MISSING:-${EMPTY:-${GONE:-third}}}", Some("third"));
        check("$${MISSING:-${A}}", Some("${MISSING:-${A}}"));
        check("${MISSING:-{A}}", Some("${MISSING:-{A}}"));
        check("${MISSING:-${A}", Some("${MISSING:-one"));
        check("${${A}}", Some("${one}"));
        let nested = |depth: usize| format!("{}last{}", "${MISSING:-".repeat(depth), "}".repeat(depth));
        check(&nested(MAX_DEPTH), Some("last"));
        let environment = Environment::new();
        let missing = |input: &str| substitute(input, &environment).missing;
        assert_eq!(missing("${A:-${B}}").as_deref(), Some("B"));
        assert_eq!(missing("${A:-}").as_deref(), Some("A"));
        // Neither time nor memory depend on what is nested without end.
        assert!(substitute(&"${A:-".repeat(50_000), &environment).text.is_some());
    }
}
