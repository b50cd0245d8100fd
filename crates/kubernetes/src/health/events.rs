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
    // The newer API names the same things differently.
    let about = [&event["involvedObject"], &event["regarding"]];
    let about = about
        .into_iter()
        .find(|about| about.is_object())
        .unwrap_or(&Value::Null);
    let message = [&event["message"], &event["note"]]
        .into_iter()
        .find(|text| text.is_string());
    let moments = [
        &event["series"]["lastObservedTime"],
        &event["lastTimestamp"],
        &event["deprecatedLastTimestamp"],
        &event["eventTime"],
        &event["metadata"]["creationTimestamp"],
    ];
    let count = [
        &event["series"]["count"],
        &event["count"],
        &event["deprecatedCount"],
    ];
    let counted = count
        .iter()
        .find_map(|count| count.as_u64().filter(|count| *count > 0));
    EventLine {
        at: moments.iter().find_map(|moment| moment.as_str()?.parse().ok()),
        count: counted.unwrap_or(1),
        is_warning: event["type"] == "Warning",
        reason: text(&event["reason"]),
        message: message.map_or_else(String::new, text).trim().to_owned(),
        object: format!("{} {}", text(&about["kind"]), text(&about["name"])),
    }
}

/// Events newest first. The same about the same object is one event, with the sum of what was counted.
pub fn merged<'a>(events: impl IntoIterator<Item = &'a Value>) -> Vec<EventLine> {
    let mut all: Vec<EventLine> = Vec::new();
    for event in events {
        let mut new = line(event);
        let same = all.iter_mut().find(|known| {
            known.object == new.object && known.reason == new.reason && known.message == new.message
        });
        match same {
            Some(known) => {
                new.count += known.count;
                new.at = new.at.max(known.at);
                *known = new;
            }
            None => all.push(new),
        }
    }
    all.sort_by_key(|event| std::cmp::Reverse(event.at));
    all
}
