//! Texts as they may be shown: addresses without login, reasons without what stood in the file.

use model::{Fault, Problem};

use crate::redact::{REDACTED, is_secret_key};

/// An address, or a text that contains some, without passwords: neither before the host nor among the
/// parameters of the query. Texts without any stay as they are.
pub fn without_passwords(text: &str) -> String {
    let ends_word = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>');
    text.split_inclusive(ends_word)
        .map(|word| {
            let end = word.trim_end_matches(ends_word).len();
            format!("{}{}", address(&word[..end]), &word[end..])
        })
        .collect()
}

/// A problem that quotes no password.
pub(crate) fn problem(mut problem: Problem) -> Problem {
    fault(&mut problem.fault);
    problem.hint = problem.hint.map(|hint| without_passwords(&hint));
    problem
}

fn fault(one: &mut Fault) {
    one.message = without_passwords(&one.message);
    if let Some(cause) = &mut one.cause {
        fault(cause);
    }
}

/// The reason of a syntax error, without the excerpt and without words of the file: a secret may stand there.
pub(crate) fn syntax_reason(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim_end_matches(':');
    let (reason, place) = match line.rfind(" at line ") {
        Some(at) => line.split_at(at),
        None => (line, ""),
    };
    // What is quoted stands after a colon, or begins with the sign of a tag.
    let quoted = reason
        .match_indices(": ")
        .find(|(at, _)| !reason[..*at].ends_with(' '));
    let reason = quoted.map_or(reason, |(at, _)| &reason[..at]);
    let words = reason
        .split(' ')
        .map(|word| if word.starts_with('!') { "!…" } else { word });
    format!("{}{place}", words.collect::<Vec<_>>().join(" "))
}

/// One word; an address when it has a login or a query.
fn address(word: &str) -> String {
    let (start, rest) = word
        .split_once("://")
        .map_or((String::new(), word), |(scheme, rest)| {
            (format!("{scheme}://"), rest)
        });
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let query = if query.is_empty() || start.is_empty() {
        word[start.len() + rest.len()..].to_owned()
    } else {
        format!("?{}", parameters(query))
    };
    format!("{start}{}{query}", host(&start, rest))
}

/// Login, host and path without the password.
fn host(scheme: &str, rest: &str) -> String {
    // In an address that is none, a slash may belong to the password.
    let is_address = !scheme.is_empty() && url::Url::parse(&format!("{scheme}{rest}")).is_ok();
    let end = rest.find(['/', '#']).filter(|_| is_address).unwrap_or(rest.len());
    let Some(at) = rest[..end].rfind('@') else {
        return rest.to_owned();
    };
    let login = &rest[..at];
    match login.split_once(':') {
        // A single word before the host is a token as often as a name; elsewhere it is an e-mail address.
        None if scheme.is_empty() => rest.to_owned(),
        None | Some(("", _)) => format!("{REDACTED}{}", &rest[at..]),
        Some((user, _)) => format!("{user}:{REDACTED}{}", &rest[at..]),
    }
}

fn parameters(query: &str) -> String {
    let (query, fragment) = query.split_at(query.find('#').unwrap_or(query.len()));
    let one = |parameter: &str| match parameter.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_secret_parameter(name) => {
            format!("{name}={REDACTED}")
        }
        _ => parameter.to_owned(),
    };
    let shown: Vec<String> = query.split('&').map(one).collect();
    format!("{}{fragment}", shown.join("&"))
}

fn is_secret_parameter(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "key" | "sig" | "pass" | "code")
        || name.ends_with("signature")
        || is_secret_key(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_addresses() {
        let check = |text: &str, expected: &str| assert_eq!(without_passwords(text), expected);
        check("https://u:geheim@h/p", "https://u:<secret>@h/p");
        check("https://geheim@h/p", "https://<secret>@h/p");
        check("redis://:geheim@h", "redis://<secret>@h");
        check(
            "Invalid \"postgres://u:ge/heim@h\" at 'x'",
            "Invalid \"postgres://u:<secret>@h\" at 'x'",
        );
        check("'u:geheim@h'", "'u:<secret>@h'");
        check(
            "https://h/@scope/x?a=1&token=geheim#x",
            "https://h/@scope/x?a=1&token=<secret>#x",
        );
        check(
            "https://h/?sig=geheim&Access_Token=geheim",
            "https://h/?sig=<secret>&Access_Token=<secret>",
        );
        for text in [
            "me@example.com",
            "a: b",
            "https://h:80/x?page=1",
            "C:\\x",
            "why?",
            "",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn reasons_without_words_of_the_file() {
        let check = |message: &str, expected: &str| assert_eq!(syntax_reason(message), expected);
        check(
            "Nested mappings are not allowed in compact mappings at line 1, column 9:\n\na: tok: x\n   ^\n",
            "Nested mappings are not allowed in compact mappings at line 1, column 9",
        );
        check(
            "Unresolved alias (the anchor): ecret",
            "Unresolved alias (the anchor)",
        );
        check(
            "Missing space after : in flow map at line 1, column 2",
            "Missing space after : in flow map at line 1, column 2",
        );
        check("The !geheim! tag has no suffix", "The !… tag has no suffix");
    }
}
