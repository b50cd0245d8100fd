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

/// Replaces `${NAME}` and `${NAME:-fallback}`; `$${…}` stands for a literal `${…}`.
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
            let value = evaluate(expression, environment);
            if value.is_none() && missing.is_none() {
                missing = expression.split(":-").next().map(|name| name.trim().to_owned());
            }
            value
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

/// Finds the next `${…}` without braces inside: text before it, whether it is escaped, its inside
/// and the text after it.
fn next_expression(text: &str) -> Option<(&str, bool, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find("${")?;
        let inside = &text[start + 2..];
        let end = inside.find(['{', '}'])?;
        if inside.as_bytes()[end] == b'}' {
            let escaped = text[..start].ends_with('$');
            let before = &text[..start - usize::from(escaped)];
            return Some((before, escaped, &inside[..end], &inside[end + 1..]));
        }
        from = start + 2 + end;
    }
}

fn evaluate(expression: &str, environment: &Environment) -> Option<String> {
    match expression.split_once(":-") {
        Some((name, fallback)) => variable(environment, name.trim())
            .filter(|value| !value.is_empty())
            .or_else(|| Some(fallback.trim()).filter(|fallback| !fallback.is_empty()))
            .map(str::to_owned),
        None => variable(environment, expression.trim()).map(str::to_owned),
    }
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
}
