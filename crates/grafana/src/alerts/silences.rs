//! Silences: what people have told the alert manager not to notify anybody about.

use jiff::Timestamp;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Labels, Rule, State};

/// Most silences, and matchers of one, that are read.
const MOST: usize = 2_000;
const MOST_MATCHERS: usize = 40;
/// Largest compiled pattern, in bytes.
const PATTERN: usize = 1 << 18;
/// Longest text of a silence, in characters.
const LONGEST: usize = 300;

/// A silence, as it is shown beside the alerts that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SilenceNote {
    pub(crate) id: String,
    pub(crate) by: String,
    pub(crate) comment: String,
    pub(crate) until: Option<Timestamp>,
}

/// A silence that holds.
#[derive(Debug, Clone)]
pub(crate) struct Silence {
    note: SilenceNote,
    matchers: Vec<Matcher>,
}

/// What a label has to be, or must not be.
#[derive(Debug, Clone)]
struct Matcher {
    name: String,
    value: Wanted,
    is_equal: bool,
}

#[derive(Debug, Clone)]
enum Wanted {
    Text(String),
    Pattern(Regex),
}

/// The silences of an answer that hold now (`GET …/api/v2/silences` of an Alertmanager).
pub(crate) fn read(answer: &Value) -> Vec<Silence> {
    let all = answer.as_array().into_iter().flatten();
    let active = all.filter(|one| one["status"]["state"] == "active");
    active.filter_map(silence).take(MOST).collect()
}

/// A silence; nothing for one whose matchers cannot be read, because it could be for anything.
fn silence(silence: &Value) -> Option<Silence> {
    let text = |key: &str| {
        let text = silence[key].as_str().unwrap_or_default();
        text.chars().take(LONGEST).collect::<String>()
    };
    let matchers = silence["matchers"].as_array()?;
    if matchers.is_empty() || matchers.len() > MOST_MATCHERS {
        return None;
    }
    let matchers: Option<Vec<Matcher>> = matchers.iter().map(matcher).collect();
    Some(Silence {
        note: SilenceNote {
            id: text("id"),
            by: text("createdBy"),
            comment: text("comment"),
            until: text("endsAt").parse().ok(),
        },
        matchers: matchers?,
    })
}

fn matcher(matcher: &Value) -> Option<Matcher> {
    let value = matcher["value"].as_str()?;
    let value = if matcher["isRegex"] == true {
        let pattern = RegexBuilder::new(&format!("^(?:{value})$"))
            .size_limit(PATTERN)
            .build();
        Wanted::Pattern(pattern.ok()?)
    } else {
        Wanted::Text(value.to_owned())
    };
    Some(Matcher {
        name: matcher["name"].as_str()?.to_owned(),
        value,
        is_equal: matcher["isEqual"] != false,
    })
}

impl Silence {
    /// Whether it is for an alert with these labels. A label that is missing counts as an empty one.
    fn is_for(&self, labels: &Labels, name: &str) -> bool {
        self.matchers.iter().all(|matcher| {
            let own = labels.get(&matcher.name).map(String::as_str);
            let value = own.unwrap_or(if matcher.name == "alertname" { name } else { "" });
            let fits = match &matcher.value {
                Wanted::Text(text) => text == value,
                Wanted::Pattern(pattern) => pattern.is_match(value),
            };
            fits == matcher.is_equal
        })
    }
}

/// Notes at each alert that fires which silence is for it.
pub(crate) fn note(rules: &mut [Rule], silences: &[Silence]) {
    for rule in rules {
        let name = &rule.name;
        for alert in rule
            .alerts
            .iter_mut()
            .filter(|alert| alert.state <= State::Pending)
        {
            let found = silences
                .iter()
                .find(|silence| silence.is_for(&alert.labels, name));
            alert.silence = found.map(|silence| silence.note.clone());
        }
    }
}
