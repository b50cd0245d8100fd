//! Samples of the search page in its states, for the snapshot test and for looking at.

use maud::Markup;
use serde_json::json;

use super::load::{Results, Words};
use super::state::PageState;
use super::view;
use crate::answer::Answer;
use crate::marks::Marker;
use crate::question::Tolerance;
use crate::schema::Shown;

/// The page with its states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let hits = vec![
        shown(
            "component:default/talentmesh-api",
            "TalentMesh API",
            "Serves people, skills and matches",
        ),
        shown("api:default/talent-events", "talent-events", ""),
    ];
    vec![
        ("search-empty", view::results(&sample("", None))),
        (
            "search-found",
            view::results(&sample("query=talent&kind=component", Some((hits, None)))),
        ),
        (
            "search-nothing",
            view::results(&sample("query=zebra&owner=x", Some((Vec::new(), None)))),
        ),
        (
            "search-suggestion",
            view::results(&sample("query=tallent", Some((Vec::new(), Some("talent"))))),
        ),
    ]
}

fn sample(query: &str, answer: Option<(Vec<Shown>, Option<&str>)>) -> Results {
    let state = PageState::parse(query);
    let answer = answer.map(|(hits, suggestion)| Answer {
        total: hits.len(),
        marker: Marker::new(&state.question(), Tolerance::Typed),
        suggestion: suggestion.map(str::to_owned),
        facets: vec![vec![("component".to_owned(), 1), ("api".to_owned(), 1)]],
        types: vec![hits.len()],
        hits,
    });
    Results {
        words: Words::default(),
        is_complete: answer.is_some(),
        state,
        answer,
        types: vec![(crate::ENTITIES.to_owned(), "Entities".to_owned())],
    }
}

fn shown(entity: &str, title: &str, text: &str) -> Shown {
    let document = json!({
        "title": title, "text": text, "kind": "Component", "type": "service", "owner": "group:default/talent-team",
        "namespace": "default", "location": "/catalog/default/component/talentmesh-api",
    });
    Shown {
        kind: crate::ENTITIES.to_owned(),
        entity: entity.to_owned(),
        note: String::new(),
        document: document.as_object().cloned().unwrap_or_default(),
    }
}
