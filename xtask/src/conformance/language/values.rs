//! Values for the names that texts speak of, always the same for the same texts.

use serde_json::{Map, Value, json};

/// Words of the language, which are no names of values.
const WORDS: [&str; 36] = [
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "in",
    "endfor",
    "set",
    "endset",
    "and",
    "or",
    "not",
    "is",
    "true",
    "false",
    "none",
    "null",
    "undefined",
    "macro",
    "endmacro",
    "call",
    "endcall",
    "raw",
    "endraw",
    "filter",
    "endfilter",
    "range",
    "cycler",
    "joiner",
    "loop",
    "block",
    "endblock",
    "include",
    "extends",
    "import",
    "switch",
];
/// Members that the original refuses in values.
const RESERVED: [&str; 3] = ["__proto__", "constructor", "prototype"];
/// Deepest member of a value.
const DEEPEST: usize = 8;

/// Sets of values for the names of a text: a text for each, values of all kinds, and nothing at all.
pub fn contexts(text: &str) -> [(&'static str, Value); 3] {
    let mut names = Map::new();
    for path in tags(text).flat_map(paths) {
        put(&mut names, &path);
    }
    let names = Value::Object(names);
    let last = |path: &str| json!(format!("{}-1", path.rsplit('.').next().unwrap_or(path)));
    let filled = |value: &dyn Fn(&str) -> Value| match &names {
        Value::Object(members) if members.is_empty() => json!({}),
        names => filled(names, "", value),
    };
    [
        ("texts", filled(&last)),
        ("values of all kinds", filled(&of_some_kind)),
        ("nothing", json!({})),
    ]
}

/// A value whose kind depends on the name alone.
fn of_some_kind(path: &str) -> Value {
    let hash = path
        .bytes()
        .fold(5381u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(byte));
    match hash % 11 {
        0 => json!(true),
        1 => json!(false),
        2 => json!(42),
        3 => json!(0.5),
        4 => json!(null),
        5 => json!(["red", "green", "red"]),
        6 => json!([{"name": "first", "value": 1}, {"name": "second", "value": 2}]),
        7 => json!({"key": "value", "n": 7}),
        8 => json!("Größe <b>\"A\" & b</b>\nsecond 🚀 line"),
        9 => json!(""),
        _ => json!("github.com?owner=acme&repo=Order Service"),
    }
}

/// What stands between braces.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("{{").chain(text.split("{%")).skip(1);
    parts.filter_map(|part| part.split("}}").next()?.split("%}").next())
}

/// The names of values in a tag with their members: `a.b` and `a["b"]` are `[a, b]`. What is called or is a filter is left out.
fn paths(tag: &str) -> Vec<Vec<String>> {
    let letters: Vec<char> = tag.chars().collect();
    let (mut paths, mut at, mut before) = (Vec::new(), 0, ' ');
    while at < letters.len() {
        let letter = letters[at];
        if matches!(letter, '"' | '\'') {
            at = skip_quoted(&letters, at);
        } else if letter.is_alphabetic() || letter == '_' {
            let (path, end) = path(&letters, at);
            let is_word = WORDS.contains(&path[0].as_str());
            if before != '|' && before != '.' && !is_word {
                paths.push(path);
            }
            at = end;
        } else {
            at += 1;
        }
        if !letter.is_whitespace() {
            before = letter;
        }
    }
    paths
}

fn skip_quoted(letters: &[char], at: usize) -> usize {
    let end = letters[at + 1..].iter().position(|letter| *letter == letters[at]);
    end.map_or(letters.len(), |end| at + end + 2)
}

fn path(letters: &[char], begin: usize) -> (Vec<String>, usize) {
    let is_part = |letter: &char| letter.is_alphanumeric() || *letter == '_';
    let name = |at: usize| {
        letters[at..]
            .iter()
            .take_while(|letter| is_part(letter))
            .collect::<String>()
    };
    let first = name(begin);
    let mut at = begin + first.chars().count();
    let mut path = vec![first];
    while path.len() < DEEPEST {
        match letters.get(at) {
            Some('.') => {
                let member = name(at + 1);
                let end = at + 1 + member.chars().count();
                if member.is_empty() || letters.get(end) == Some(&'(') {
                    break;
                }
                path.push(member);
                at = end;
            }
            Some('[') if matches!(letters.get(at + 1), Some('"' | '\'')) => {
                let end = skip_quoted(letters, at + 1);
                path.push(
                    letters[at + 2..end.saturating_sub(1).max(at + 2)]
                        .iter()
                        .collect(),
                );
                at = end + 1;
            }
            _ => break,
        }
    }
    (path, at.min(letters.len()))
}

fn put(names: &mut Map<String, Value>, path: &[String]) {
    if let Some((first, rest)) = path
        .split_first()
        .filter(|(first, _)| !RESERVED.contains(&first.as_str()))
    {
        let inner = names.entry(first.clone()).or_insert_with(|| json!({}));
        if let Value::Object(inner) = inner {
            put(inner, rest);
        }
    }
}

/// The names with a value for each that has no members.
fn filled(names: &Value, path: &str, value: &dyn Fn(&str) -> Value) -> Value {
    match names {
        Value::Object(members) if !members.is_empty() => {
            let member = |(name, inner): (&String, &Value)| {
                (name.clone(), filled(inner, &format!("{path}.{name}"), value))
            };
            Value::Object(members.iter().map(member).collect())
        }
        _ => value(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_values_are_found() {
        let found = paths(" if values.a.b and steps['x-y'].output.z | upper == \"q.r\" or n.includes(m) ");
        let found: Vec<String> = found.into_iter().map(|path| path.join("/")).collect();
        assert_eq!(found, ["values/a/b", "steps/x-y/output/z", "n", "m"]);
    }
}
