//! Samples of the pages in their states, for the snapshot test.

use jiff::Timestamp;
use maud::Markup;
use uuid::Uuid;

use super::view::{Page, Shown, inbox};
use super::{Asked, settings};
use crate::bell::bell;
use crate::choices::ShownOrigin;
use crate::notification::{Notification, Payload, Severity};

/// The pages with their states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let page = |query: &str, shown: Vec<Shown>, read: usize| {
        inbox(&Page {
            asked: Asked::parse(query),
            total: if shown.is_empty() { 0 } else { 64 },
            unread: shown.len(),
            shown,
            read,
            topics: vec!["disks".to_owned(), "releases".to_owned()],
            now: at("2026-11-24T09:30:00Z"),
        })
    };
    let topics = ["notifications.0".to_owned(), "notifications.all".to_owned()];
    vec![
        ("notifications", page("", some(), 0)),
        ("notifications-all", page("view=all&offset=30", some(), 3)),
        (
            "notifications-filtered",
            page("view=saved&severity=high&topic=disks", some(), 3),
        ),
        ("notifications-none", page("", Vec::new(), 0)),
        ("notifications-all-read", page("", Vec::new(), 3)),
        ("notifications-nothing-fits", page("search=x", Vec::new(), 3)),
        ("notifications-nothing-saved", page("view=saved", Vec::new(), 3)),
        ("notification-settings", settings::view(&origins(), true)),
        ("notification-settings-none", settings::view(&[], false)),
        ("bell", bell(3, &topics)),
        ("bell-many", bell(100, &topics)),
        ("bell-none", bell(0, &topics)),
    ]
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn some() -> Vec<Shown> {
    let broken = Notification {
        id: Uuid::from_u128(1),
        person: Some("user:default/ines".to_owned()),
        origin: "prometheus".to_owned(),
        created: at("2026-11-24T08:00:00Z"),
        updated: Some(at("2026-11-24T09:28:00Z")),
        read: None,
        saved: None,
        payload: Payload {
            title: "Disk of orders-db is almost full".to_owned(),
            description: Some("94 % of 20 GiB are used.\nAt this rate it is full on Thursday.".to_owned()),
            link: Some("https://grafana.example/d/disks".to_owned()),
            severity: Severity::Critical,
            topic: Some("disks".to_owned()),
            scope: Some("orders-db".to_owned()),
            icon: None,
        },
    };
    let ready = Notification {
        id: Uuid::from_u128(2),
        origin: "plugin:scaffolder".to_owned(),
        created: at("2026-11-24T07:10:00Z"),
        updated: None,
        read: Some(at("2026-11-24T07:20:00Z")),
        saved: Some(at("2026-11-24T07:21:00Z")),
        payload: Payload {
            title: "The service orders is ready".to_owned(),
            link: Some("/catalog/default/component/orders".to_owned()),
            severity: Severity::High,
            ..Payload::default()
        },
        ..broken.clone()
    };
    let odd = Notification {
        id: Uuid::from_u128(3),
        person: None,
        payload: Payload {
            title: "<b>Maintenance</b> tonight".to_owned(),
            link: Some("javascript:alert(1)".to_owned()),
            severity: Severity::Low,
            ..Payload::default()
        },
        ..ready.clone()
    };
    [broken, ready, odd].iter().map(Shown::of).collect()
}

fn origins() -> Vec<ShownOrigin> {
    let origin = |id: &str, is_on, topics: &[(&str, bool)]| ShownOrigin {
        id: id.to_owned(),
        is_on,
        topics: topics
            .iter()
            .map(|(id, is_on)| ((*id).to_owned(), *is_on))
            .collect(),
    };
    vec![
        origin("plugin:scaffolder", true, &[]),
        origin("prometheus", true, &[("disks", true), ("latency", false)]),
    ]
}
