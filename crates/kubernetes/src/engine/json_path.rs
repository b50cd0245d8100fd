//! The paths of printer columns: names, places in lists, all of a list, and those of a list that say something
//! (`.status.conditions[?(@.type=="Ready")].status`). That is what definitions use of kubectl's `JSONPath`.

use serde_json::Value;

/// Longest path, in bytes.
const LONGEST: usize = 500;
/// Values that a path finds at most.
const MOST_FOUND: usize = 20;

/// A path that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonPath(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Place(usize),
    All,
    Where(Vec<String>, String),
}

impl JsonPath {
    /// Reads a path; nothing for what is not understood.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim().trim_start_matches('{').trim_end_matches('}');
        if rest.len() > LONGEST {
            return None;
        }
        rest = rest.strip_prefix('$').unwrap_or(rest);
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, left) = match rest.strip_prefix('[') {
                Some(inner) => bracket(inner)?,
                None => key(rest.strip_prefix('.').unwrap_or(rest))?,
            };
            steps.push(step);
            rest = left;
        }
        Some(Self(steps))
    }

    /// What a value has there.
    pub fn find<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let mut found = vec![value];
        for step in &self.0 {
            found = found
                .into_iter()
                .flat_map(|value| step.of(value))
                .take(MOST_FOUND)
                .collect();
        }
        found
    }
}

impl Step {
    fn of<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let items = || value.as_array().into_iter().flatten();
        match self {
            Self::Key(key) => value.get(key).into_iter().collect(),
            Self::Place(place) => value.get(*place).into_iter().collect(),
            Self::All => match value {
                Value::Object(map) => map.values().collect(),
                _ => items().collect(),
            },
            Self::Where(keys, expected) => items().filter(|item| says(item, keys, expected)).collect(),
        }
    }
}

fn says(item: &Value, keys: &[String], expected: &str) -> bool {
    let found = keys.iter().try_fold(item, |value, key| value.get(key));
    match found {
        Some(Value::String(text)) => text == expected,
        Some(other) => serde_json::from_str::<Value>(expected).is_ok_and(|expected| expected == *other),
        None => false,
    }
}

/// A name up to the next dot or bracket; a backslash takes the meaning from a dot.
fn key(text: &str) -> Option<(Step, &str)> {
    let mut name = String::new();
    let mut letters = text.char_indices();
    let mut end = text.len();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => name.push(letters.next()?.1),
            '.' | '[' => {
                end = at;
                break;
            }
            _ => name.push(letter),
        }
    }
    let step = if name == "*" {
        Step::All
    } else {
        Step::Key(name.clone())
    };
    (!name.is_empty()).then_some((step, &text[end..]))
}

/// What stands in brackets, and what follows them.
fn bracket(text: &str) -> Option<(Step, &str)> {
    if let Some(condition) = text.strip_prefix("?(") {
        let (condition, rest) = condition.split_once(")]")?;
        return Some((condition_of(condition)?, rest));
    }
    if let Some(quote) = text.chars().next().filter(|letter| matches!(letter, '\'' | '"')) {
        let (name, rest) = text[1..].split_once(&format!("{quote}]"))?;
        return Some((Step::Key(name.replace('\\', "")), rest));
    }
    let (inner, rest) = text.split_once(']')?;
    let step = match inner.trim() {
        "*" | ":" => Step::All,
        place => Step::Place(place.parse().ok()?),
    };
    Some((step, rest))
}

fn condition_of(text: &str) -> Option<Step> {
    let (path, expected) = text.split_once("==")?;
    let path = path.trim().strip_prefix("@.")?;
    let keys = path.split('.').map(str::to_owned).collect();
    let expected = expected.trim().trim_matches(['"', '\'']);
    Some(Step::Where(keys, expected.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_as_definitions_write_them() {
        let object = json!({
            "metadata": {"annotations": {"example.com/owner": "me"}},
            "spec": {"replicas": 2, "hosts": ["a", "b"], "ports": [{"port": 80}, {"port": 443}]},
            "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Stalled", "status": "False"}]},
        });
        for (path, expected) in [
            (".spec.replicas", json!([2])),
            ("{.spec.replicas}", json!([2])),
            ("$.spec.replicas", json!([2])),
            (".spec.hosts", json!([["a", "b"]])),
            (".spec.hosts[*]", json!(["a", "b"])),
            (".spec.hosts[1]", json!(["b"])),
            (".spec.ports[*].port", json!([80, 443])),
            (".status.conditions[?(@.type==\"Ready\")].status", json!(["True"])),
            (
                ".status.conditions[?(@.type=='Stalled')].status",
                json!(["False"]),
            ),
            (".status.conditions[?(@.type == 'Gone')].status", json!([])),
            (".metadata.annotations.example\\.com/owner", json!(["me"])),
            (".metadata.annotations['example\\.com/owner']", json!(["me"])),
            (".nothing.here", json!([])),
        ] {
            let found = JsonPath::parse(path).unwrap();
            assert_eq!(json!(found.find(&object)), expected, "{path}");
        }
        for wrong in [
            ".a[",
            ".a[x]",
            "..a",
            ".a[?(@.x)]",
            &format!(".{}", "a".repeat(600)),
        ] {
            assert_eq!(JsonPath::parse(wrong), None, "{wrong}");
        }
    }
}
