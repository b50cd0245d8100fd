//! Samples of home and settings in their states, for the snapshot test and for looking at.

use catalog::browse::{Head, Named, Recent};
use jiff::Timestamp;
use maud::Markup;
use model::EntityRef;
use model::Viewer;
use serde_json::json;
use store::ChangeKind;
use ui::Theme;

use super::home::view::{Broken, Home, Line, home};
use super::settings::settings;
use catalog::query::HealthCounts;

/// Pages with their states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let nothing_kept = Home {
        kinds: kinds(),
        ..Home::default()
    };
    vec![
        ("home", home(&full(), &[], at("09:30"))),
        ("home-of-somebody-new", home(&nothing_kept, &[], at("09:30"))),
        (
            "home-of-an-empty-catalog",
            home(&Home::default(), &[], at("09:30")),
        ),
        (
            "settings",
            settings(
                Theme::Dark,
                Some(&viewer()),
                (&viewer().claims, &Named::new()),
                &[],
            ),
        ),
        (
            "settings-of-nobody",
            settings(Theme::Auto, None, (&[], &Named::new()), &[]),
        ),
    ]
}

fn full() -> Home {
    let change = |name: &str, kind, time| Recent {
        reference: reference(name),
        known: None,
        kind,
        at: at(time),
    };
    Home {
        starred: vec![
            line("component:default/talentmesh-api", true),
            line("api:default/gone", false),
        ],
        recent: vec![(line("resource:default/valkey-cache", true), at("09:12"))],
        owned: vec![json!({
            "kind": "Component",
            "metadata": {"name": "orders", "title": "Orders"},
            "spec": {"type": "service"},
        })],
        owned_total: 31,
        broken: vec![
            Broken {
                is_missing: false,
                reference: reference("component:default/orders"),
                title: None,
                message: "/spec must have required property 'owner'".to_owned(),
                is_own: true,
            },
            Broken {
                is_missing: false,
                reference: reference("api:shop/prices"),
                title: None,
                message: "Name is already taken".to_owned(),
                is_own: false,
            },
        ],
        problems: HealthCounts {
            errors: 10,
            warnings: 2,
            orphans: 0,
        },
        kinds: kinds(),
        changed: vec![
            change("component:default/orders", ChangeKind::Created, "09:28"),
            change("api:default/gone", ChangeKind::Deleted, "08:00"),
        ],
    }
}

fn kinds() -> Vec<(String, usize)> {
    [("Component", 1_240), ("API", 210), ("Group", 40)]
        .map(|(kind, count)| (kind.to_owned(), count))
        .to_vec()
}

/// An entity of a list, or one that is gone.
fn line(name: &str, is_there: bool) -> Line {
    let known = Head {
        kind: None,
        title: Some("A title".to_owned()),
        spec_type: Some("service".to_owned()),
    };
    Line {
        reference: reference(name),
        known: is_there.then_some(known),
    }
}

fn viewer() -> Viewer {
    let claims = ["user:default/ines", "group:default/platform-team"].map(reference);
    Viewer::person(reference("user:default/ines"), claims.to_vec(), None)
}

fn reference(text: &str) -> EntityRef {
    text.parse().expect("a reference")
}

/// A time of one day.
fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}:00Z").parse().expect("a time")
}
