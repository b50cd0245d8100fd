//! Samples of the page in its states, for the snapshot test.

use jiff::Timestamp;
use maud::Markup;
use model::{Actor, Fault, Viewer};

use super::view::{events, refused};
use crate::question::{PAGE, Question};
use crate::record::Recorded;

/// The page with its states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let all = Question::default();
    let narrow = Question {
        actor: "user:default/ines".to_owned(),
        outcome: "refused".to_owned(),
        from: Some(at("08:00")),
        ..Question::default()
    };
    let many: Vec<Recorded> = (0..=PAGE).flat_map(|_| some()).take(PAGE + 1).collect();
    let pages = events(&narrow, &many, at("09:30")).0;
    let end = pages.rfind("<nav").unwrap_or_default();
    vec![
        ("audit", events(&all, &some(), at("09:30"))),
        ("audit-empty", events(&all, &[], at("09:30"))),
        ("audit-nothing-found", events(&narrow, &[], at("09:30"))),
        ("audit-pages", maud::PreEscaped(pages[end..].to_owned())),
        (
            "audit-misunderstood",
            refused(&Fault::input("from 'yesterday' is no time, expected 2026-01-31")),
        ),
    ]
}

fn some() -> Vec<Recorded> {
    let ines = Viewer::person(
        "user:default/ines".parse().expect("a reference"),
        Vec::new(),
        None,
    );
    let event = |id, actor, action: &str, outcome, reason: &str| Recorded {
        id,
        at: at("09:12"),
        actor,
        action: action.to_owned(),
        subject: "url:https://gitea.example.com/talent/api/catalog-info.yaml".to_owned(),
        outcome,
        reason: reason.to_owned(),
    };
    vec![
        event(
            3,
            Actor::caller(&ines, Some("4711".into())),
            "catalog.location.create",
            "done",
            "",
        ),
        event(
            2,
            Actor::caller(&Viewer::service("ci", Vec::new()), None),
            "catalog.location.delete",
            "refused",
            "This token leaves only reading.",
        ),
        event(
            1,
            Actor::system("retention"),
            "catalog.entity.delete",
            "failed",
            "The database does not answer.",
        ),
    ]
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}:00Z").parse().expect("a valid time")
}
