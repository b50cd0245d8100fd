//! Which lines and columns an override of a panel is for: by name, by regular expression, by type, by query.

use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::board::text;

/// Longest regular expression, and the room that it may take when it is read, in bytes.
const LONGEST: usize = 1_000;
const ROOM: usize = 1 << 18;
/// Most names of one override.
const NAMES: usize = 500;

/// A line or a column, as overrides tell them apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    /// Its name in the answer.
    pub(crate) name: &'a str,
    /// The name under which it is shown, before an override gives it another.
    pub(crate) shown: &'a str,
    /// `number`, `string`, `time`, `boolean`, `other`.
    pub(crate) kind: &'a str,
    /// The query that it answers.
    pub(crate) query: &'a str,
}

/// The fields that an override is for.
#[derive(Debug, Clone)]
pub(crate) enum Matcher {
    Name(String),
    Names(Vec<String>),
    /// All numbers but those of these names: so Grafana keeps that a person chose lines in the legend.
    NamesExcept(Vec<String>),
    Pattern(Regex),
    Kind(String),
    Query(String),
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pattern(own), Self::Pattern(other)) => own.as_str() == other.as_str(),
            (Self::Names(own), Self::Names(other)) | (Self::NamesExcept(own), Self::NamesExcept(other)) => {
                own == other
            }
            (Self::Name(own), Self::Name(other))
            | (Self::Kind(own), Self::Kind(other))
            | (Self::Query(own), Self::Query(other)) => own == other,
            _ => false,
        }
    }
}

impl Matcher {
    /// Reads the matcher of an override. Nothing for one that is not known here, or that is broken: its override holds for nothing.
    pub(crate) fn read(matcher: &Value) -> Option<Self> {
        let options = &matcher["options"];
        Some(match matcher["id"].as_str()? {
            "byName" => Self::Name(text(options)),
            "byRegexp" => Self::Pattern(pattern(options.as_str()?)?),
            "byType" => Self::Kind(text(options)),
            "byFrameRefID" => Self::Query(text(options)),
            "byNames" => {
                let names = options["names"].as_array().into_iter().flatten();
                let names = names.map(text).take(NAMES).collect();
                if options["mode"] == "exclude" {
                    Self::NamesExcept(names)
                } else {
                    Self::Names(names)
                }
            }
            _ => return None,
        })
    }

    /// Whether it is for a field.
    pub(crate) fn fits(&self, field: &Field<'_>) -> bool {
        let is_named = |name: &String| name == field.shown || name == field.name;
        match self {
            Self::Name(name) => is_named(name),
            Self::Names(names) => names.iter().any(is_named),
            Self::NamesExcept(names) => field.kind == "number" && !names.iter().any(is_named),
            Self::Pattern(pattern) => pattern.is_match(field.shown),
            Self::Kind(kind) => kind == field.kind,
            Self::Query(query) => query == field.query,
        }
    }
}

/// A regular expression as Grafana writes it: `/pattern/i`, or the pattern alone. Those that look around are not known here.
fn pattern(text: &str) -> Option<Regex> {
    if text.len() > LONGEST {
        return None;
    }
    let inner = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    let (pattern, flags) = inner.unwrap_or((text, ""));
    let mut builder = RegexBuilder::new(pattern);
    builder.size_limit(ROOM).case_insensitive(flags.contains('i'));
    builder
        .dot_matches_new_line(flags.contains('s'))
        .multi_line(flags.contains('m'));
    builder.build().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn overrides_find_their_fields() {
        let field = Field {
            name: "Value",
            shown: "GET /orders 500",
            kind: "number",
            query: "B",
        };
        for (id, options, fits) in [
            ("byName", json!("GET /orders 500"), true),
            ("byName", json!("Value"), true),
            ("byName", json!("GET /orders"), false),
            ("byRegexp", json!("/get.*5\\d\\d$/i"), true),
            ("byRegexp", json!("/get.*5\\d\\d$/"), false),
            ("byRegexp", json!("orders"), true),
            ("byRegexp", json!("/a/b/"), false),
            ("byRegexp", json!("(?!x)"), false),
            ("byRegexp", json!("("), false),
            ("byRegexp", json!("(a{1000}){1000}"), false),
            ("byRegexp", json!("a".repeat(5_000)), false),
            ("byType", json!("number"), true),
            ("byType", json!("string"), false),
            ("byFrameRefID", json!("B"), true),
            ("byFrameRefID", json!("A"), false),
            ("byNames", json!({"names": ["x", "Value"]}), true),
            ("byNames", json!({"mode": "exclude", "names": ["x"]}), true),
            (
                "byNames",
                json!({"mode": "exclude", "names": ["GET /orders 500"]}),
                false,
            ),
            ("byValue", json!({"op": "gte"}), false),
            ("byName", json!(null), false),
        ] {
            let matcher = Matcher::read(&json!({"id": id, "options": options}));
            let found = matcher.is_some_and(|matcher| matcher.fits(&field));
            assert_eq!(found, fits, "{id} {options}");
        }
        assert_eq!(Matcher::read(&json!(null)), None);
    }
}
