//! A text that fits a pattern, a format and a length.

use fancy_regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value;

/// Tried first, because they read like something that a person might enter.
const USUAL: [&str; 14] = [
    "sample-name",
    "sample",
    "Sample",
    "SampleName",
    "SAMPLE",
    "sample_name",
    "sample.name",
    "https://example.com/sample",
    "sample@example.com",
    "1",
    "1.0.0",
    "10.0.0.0/16",
    "123456789012",
    "A",
];
/// Longest text that a pattern is followed for.
const LONGEST: usize = 4_096;

/// A text for a schema; the first usual one where nothing fits.
pub(super) fn fitting(schema: &Value) -> String {
    let pattern = schema["pattern"].as_str();
    let regex = pattern.and_then(|pattern| Regex::new(pattern).ok());
    let fits = |text: &str| {
        let length = text.chars().count() as u64;
        let in_bounds = schema["minLength"].as_u64().is_none_or(|least| length >= least)
            && schema["maxLength"].as_u64().is_none_or(|most| length <= most);
        in_bounds
            && regex
                .as_ref()
                .is_none_or(|regex| regex.is_match(text).unwrap_or(false))
    };
    let of_format = of_format(schema["format"].as_str().unwrap_or_default());
    let usual = of_format.into_iter().chain(USUAL);
    let made = pattern.and_then(by_pattern);
    let mut all = usual.map(str::to_owned).chain(made).chain(lengthened(schema));
    all.find(|text| fits(text)).unwrap_or_else(|| USUAL[0].to_owned())
}

fn of_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "email" | "idn-email" => "sample@example.com",
        "uri" | "url" | "iri" | "uri-reference" => "https://example.com/sample",
        "date" => "2026-01-31",
        "time" => "12:00:00Z",
        "date-time" => "2026-01-31T12:00:00Z",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "hostname" => "sample.example.com",
        "uuid" => "00000000-0000-4000-8000-000000000000",
        _ => return None,
    })
}

/// Letters of the length that a schema asks for.
fn lengthened(schema: &Value) -> Option<String> {
    let bound = |key: &str| schema[key].as_u64().and_then(|bound| usize::try_from(bound).ok());
    let wanted = bound("minLength").or_else(|| bound("maxLength"))?;
    Some("sample-name-".chars().cycle().take(wanted.min(LONGEST)).collect())
}

/// The shortest text of a pattern. Conditions that look around are left out, so that the text may not fit them.
fn by_pattern(pattern: &str) -> Option<String> {
    let plain = without_looks(pattern);
    let hir = regex_syntax::Parser::new().parse(&plain).ok()?;
    let mut text = String::new();
    write(&hir, &mut text)?;
    Some(text)
}

fn write(hir: &Hir, text: &mut String) -> Option<()> {
    if text.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(one_of(class)?),
        HirKind::Repetition(repeated) => {
            // What may be left out is written once, where more is allowed: a name is more telling than nothing.
            let least = repeated.min.max(u32::from(repeated.max.is_none()));
            for _ in 0..least {
                write(&repeated.sub, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, text))?,
        HirKind::Alternation(parts) => write(parts.first()?, text)?,
    }
    Some(())
}

/// A character of a class: a letter or a digit where there is one.
fn one_of(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let holds = |wanted: char| {
        class
            .ranges()
            .iter()
            .any(|range| (range.start()..=range.end()).contains(&wanted))
    };
    ['a', 'A', '1', '-', ' ']
        .into_iter()
        .find(|wanted| holds(*wanted))
        .or_else(|| {
            class
                .ranges()
                .first()
                .map(regex_syntax::hir::ClassUnicodeRange::start)
        })
}

/// A pattern without its groups `(?=…)`, `(?!…)`, `(?<=…)` and `(?<!…)`.
fn without_looks(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(start) = LOOKS.iter().filter_map(|look| rest.find(look)).min() {
        out.push_str(&rest[..start]);
        rest = after_group(&rest[start..]);
    }
    out + rest
}

const LOOKS: [&str; 4] = ["(?=", "(?!", "(?<=", "(?<!"];

/// What follows the group that a text begins with.
fn after_group(text: &str) -> &str {
    let (mut depth, mut is_escaped, mut is_class) = (0_usize, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => is_class = true,
            ']' => is_class = false,
            '(' if !is_class => depth += 1,
            ')' if !is_class => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return &text[at + 1..];
                }
            }
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_of_real_forms_are_met() {
        for pattern in [
            "^[a-z0-9]+(?:-[a-z0-9]+)*$",
            "^(?!-)(?!.*--)[A-Za-z0-9-]{3,63}(?<!-)$",
            r"^arn:aws:iam::\d{12}:role/[\w+=,.@-]+$",
            r"^(\d{1,3}\.){3}\d{1,3}/(8|16)$",
            "^[A-Z]{2,5}-[0-9]+$",
            "^v[0-9]+$|^latest$",
            r"^https://[^\s]+\.git$",
        ] {
            let text = fitting(&json!({"pattern": pattern}));
            let regex = Regex::new(pattern).unwrap();
            assert!(regex.is_match(&text).unwrap(), "{pattern} {text}");
        }
    }

    #[test]
    fn bounds_of_length_hold() {
        for (least, most) in [(0, 3), (12, 12), (200, 250)] {
            let text = fitting(&json!({"minLength": least, "maxLength": most}));
            assert!((least..=most).contains(&text.len()), "{text}");
        }
    }
}
