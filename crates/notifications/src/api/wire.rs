//! Notifications as they stand on the wire.
//!
//! Times are texts on both databases; the original gives numbers for some of them on SQLite.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::inbox::Sent;
use crate::notification::Notification;

/// As its reader gets it, with nulls for what is missing.
pub(super) fn notification(one: &Notification) -> Value {
    let payload = &one.payload;
    json!({
        "id": one.id,
        "user": one.person,
        "created": time(one.created),
        "saved": one.saved.map(time),
        "read": one.read.map(time),
        "updated": one.updated.map(time),
        "origin": one.origin,
        "payload": {
            "title": payload.title,
            "description": payload.description,
            "link": payload.link,
            "topic": payload.topic,
            "severity": payload.severity.as_str(),
            "scope": payload.scope,
            "icon": payload.icon,
        },
    })
}

/// As its sender gets it: a new one with the payload that was sent, and without nulls.
pub(super) fn sent(one: &Sent, given: &Value) -> Value {
    if !one.is_new {
        return notification(&one.notification);
    }
    let Notification {
        id,
        person,
        origin,
        created,
        payload,
        ..
    } = &one.notification;
    let mut given = given.clone();
    given["severity"] = payload.severity.as_str().into();
    json!({"payload": given, "origin": origin, "created": time(*created), "id": id, "user": person})
}

/// A time as JavaScript writes it, in milliseconds.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
