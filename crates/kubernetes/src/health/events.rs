//! Events, of the older and of the newer sort.

use jiff::Timestamp;
use serde_json::Value;

/// An event for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine {
    /// When it happened last.
    pub at: Option<Timestamp>,
    /// How often.
    pub count: u64,
    /// Whether a person should look.
    pub is_warning: bool,
    /// One word.
    pub reason: String,
    /// The sentence.
    pub message: String,
    /// Kind and name of the object.
    pub object: String,
}

/// An event for people.
pub fn line(event: &Value) -> EventLine {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let moments = [
        &event["series"]["lastObservedTime"],
        &event["lastTimestamp"],
        &event["eventTime"],
        &event["metadata"]["creationTimestamp"],
    ];
    let count = [&event["series"]["count"], &event["count"]];
    let counted = count
        .iter()
        .find_map(|count| count.as_u64().filter(|count| *count > 0));
    EventLine {
        at: moments.iter().find_map(|moment| moment.as_str()?.parse().ok()),
        count: counted.unwrap_or(1),
        is_warning: event["type"] == "Warning",
        reason: text(&event["reason"]),
        message: text(&event["message"]).trim().to_owned(),
        object: format!(
            "{} {}",
            text(&event["involvedObject"]["kind"]),
            text(&event["involvedObject"]["name"])
        ),
    }
}

/// Events newest first. Those of the same object and reason are one, with the newest text: their texts differ in names that were
/// made up, as those of pods are.
pub fn merged<'a>(events: impl IntoIterator<Item = &'a Value>) -> Vec<EventLine> {
    let mut all: Vec<EventLine> = Vec::new();
    for event in events {
        let mut new = line(event);
        let same = all
            .iter_mut()
            .find(|known| known.object == new.object && known.reason == new.reason);
        match same {
            Some(known) => {
                new.count += known.count;
                if known.at > new.at {
                    (new.at, new.message) = (known.at, known.message.clone());
                }
                *known = new;
            }
            None => all.push(new),
        }
    }
    all.sort_by_key(|event| std::cmp::Reverse(event.at));
    all
}
