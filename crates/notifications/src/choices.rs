//! What people want to hear of: origins and their topics, switched on and off.

use std::collections::BTreeMap;

use model::Fault;
use serde_json::{Value, json};

use crate::notification::LONGEST_WORD;

/// The one channel that there is: the pages of the portal.
pub const CHANNEL: &str = "Web";
/// Most origins and topics that a person decides about.
const MOST: usize = 1_000;

/// What is decided: about an origin as a whole, or about one of its topics.
pub type Subject = (String, Option<String>);

/// Decisions of a person, or of the configuration for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    /// What holds where nothing else is decided.
    pub fallback: Option<bool>,
    /// The decisions.
    pub about: BTreeMap<Subject, bool>,
}

impl Choices {
    /// Reads channels in the form of the wire and of the configuration. A topic is on only where its origin is.
    pub fn read(value: &Value) -> Result<Self, Fault> {
        let mut choices = Self::default();
        for channel in list(&value["channels"]) {
            if channel["id"] != CHANNEL {
                return Err(Fault::input("Invalid channel"));
            }
            choices.fallback = channel["enabled"].as_bool().or(choices.fallback);
            for origin in list(&channel["origins"]) {
                choices.read_origin(origin)?;
            }
        }
        Ok(choices)
    }

    fn read_origin(&mut self, origin: &Value) -> Result<(), Fault> {
        let id = word(&origin["id"])?;
        let is_on = origin["enabled"].as_bool().unwrap_or(true);
        self.decide((id.clone(), None), is_on)?;
        for topic in list(&origin["topics"]) {
            let is_wanted = topic["enabled"].as_bool().unwrap_or(true);
            self.decide((id.clone(), Some(word(&topic["id"])?)), is_on && is_wanted)?;
        }
        Ok(())
    }

    /// Adds a decision; refuses more than a person can have.
    pub fn decide(&mut self, about: Subject, is_on: bool) -> Result<(), Fault> {
        self.about.insert(about, is_on);
        if self.about.len() > MOST {
            return Err(Fault::input(format!(
                "At most {MOST} origins and topics can be switched on and off"
            )));
        }
        Ok(())
    }

    /// What is decided, the most exact decision first.
    fn decided(&self, origin: &str, topic: Option<&str>) -> Option<bool> {
        let about = |topic: Option<&str>| {
            let subject = (origin.to_owned(), topic.map(str::to_owned));
            self.about.get(&subject).copied()
        };
        topic.and_then(|topic| about(Some(topic))).or_else(|| about(None))
    }

    /// Whether a notification is wanted: as the person decided, else as the configuration says.
    pub fn allow(&self, defaults: &Self, origin: &str, topic: Option<&str>) -> bool {
        self.decided(origin, topic)
            .or_else(|| defaults.decided(origin, topic))
            .or(defaults.fallback)
            .unwrap_or(true)
    }
}

/// An origin with its topics, each with what holds for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownOrigin {
    /// Its name.
    pub id: String,
    /// Whether its notifications come.
    pub is_on: bool,
    /// Its topics, and whether those come.
    pub topics: Vec<(String, bool)>,
}

/// Everything that a person can decide about: what it decided, what it got, and what the configuration names.
pub(crate) fn shown(own: &Choices, defaults: &Choices, received: &[Subject]) -> Vec<ShownOrigin> {
    let named = own.about.keys().chain(defaults.about.keys());
    let mut origins: BTreeMap<&str, BTreeMap<&str, bool>> = BTreeMap::new();
    for (origin, topic) in named.chain(received) {
        let topics = origins.entry(origin).or_default();
        if let Some(topic) = topic {
            topics.insert(topic, own.allow(defaults, origin, Some(topic)));
        }
    }
    let shown = origins.into_iter().map(|(id, topics)| ShownOrigin {
        id: id.to_owned(),
        is_on: own.allow(defaults, id, None),
        topics: topics
            .into_iter()
            .map(|(id, is_on)| (id.to_owned(), is_on))
            .collect(),
    });
    shown.collect()
}

/// The form of the wire.
pub(crate) fn to_json(origins: &[ShownOrigin], defaults: &Choices) -> Value {
    let topic = |(id, is_on): &(String, bool)| json!({"id": id, "enabled": is_on});
    let origin = |one: &ShownOrigin| {
        let topics: Vec<Value> = one.topics.iter().map(topic).collect();
        json!({"id": one.id, "enabled": one.is_on, "topics": topics})
    };
    let mut channel = json!({"id": CHANNEL, "origins": origins.iter().map(origin).collect::<Vec<_>>()});
    if let Some(fallback) = defaults.fallback {
        channel["enabled"] = fallback.into();
    }
    json!({ "channels": [channel] })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn word(value: &Value) -> Result<String, Fault> {
    named(value.as_str().unwrap_or_default())
}

/// The name of an origin or topic, which is not empty and not too long.
pub(crate) fn named(text: &str) -> Result<String, Fault> {
    let length = text.chars().count();
    if length == 0 || length > LONGEST_WORD {
        return Err(Fault::input(format!(
            "The id of an origin or topic must have 1 to {LONGEST_WORD} characters, this one has {length}"
        )));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(origins: Value) -> Choices {
        Choices::read(&json!({"channels": [{"id": "Web", "origins": origins}]})).unwrap()
    }

    #[test]
    fn the_most_exact_decision_counts_and_the_persons_before_the_configurations() {
        let own = read(json!([
            {"id": "ci", "enabled": true, "topics": [{"id": "builds", "enabled": false}]},
            {"id": "mail", "enabled": false, "topics": [{"id": "digest", "enabled": true}]},
        ]));
        let mut defaults = read(json!([{"id": "flux", "enabled": false}, {"id": "ci", "enabled": false}]));
        let check = |defaults: &Choices, origin, topic, expected| {
            let found = own.allow(defaults, origin, topic);
            assert_eq!(found, expected, "{origin} {topic:?}");
        };
        check(&defaults, "ci", None, true);
        check(&defaults, "ci", Some("builds"), false);
        check(&defaults, "ci", Some("releases"), true);
        check(&defaults, "mail", Some("digest"), false);
        check(&defaults, "flux", Some("any"), false);
        check(&defaults, "new", None, true);
        defaults.fallback = Some(false);
        check(&defaults, "new", None, false);
        check(&defaults, "ci", None, true);
    }

    #[test]
    fn what_is_shown_is_decided_received_or_configured() {
        let own = read(json!([{"id": "ci", "enabled": false}]));
        let defaults = read(json!([{"id": "flux", "enabled": true}]));
        let received = [
            ("ci".to_owned(), Some("builds".to_owned())),
            ("ops".to_owned(), None),
        ];
        let shown = to_json(&shown(&own, &defaults, &received), &defaults);
        assert_eq!(
            shown,
            json!({"channels": [{"id": "Web", "origins": [
                {"id": "ci", "enabled": false, "topics": [{"id": "builds", "enabled": false}]},
                {"id": "flux", "enabled": true, "topics": []},
                {"id": "ops", "enabled": true, "topics": []},
            ]}]})
        );
    }

    #[test]
    fn other_channels_and_too_much_are_refused() {
        let other = json!({"channels": [{"id": "Fax", "origins": []}]});
        assert_eq!(Choices::read(&other).unwrap_err().message, "Invalid channel");
        let origins: Vec<Value> = (0..=MOST)
            .map(|id| json!({"id": id.to_string(), "enabled": true}))
            .collect();
        let many = Choices::read(&json!({"channels": [{"id": "Web", "origins": origins}]}));
        assert!(many.unwrap_err().message.starts_with("At most 1000 origins"));
        let empty = Choices::read(&json!({"channels": [{"id": "Web", "origins": [{"id": ""}]}]}));
        assert!(empty.unwrap_err().message.contains("1 to 255 characters"));
    }
}
