//! What the palette shows while one types: results in groups, as JSON for its script; before one
//! types, what the viewer went to lately and often.

use axum::extract::{Query, State};
use axum::response::Response;
use catalog::View;
use catalog::browse::Known;
use jiff::Timestamp;
use model::EntityRef;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sight::for_sight;
use ui::Chrome;
use user_settings::personal::{self, Visit};
use web::api::Json;
use web::{ApiError, CurrentViewer};

use super::load::{Words, personal};
use super::state::PageState;
use super::view::note;
use crate::answer::{Answer, Page};
use crate::question::Question;
use crate::reach::CurrentReach;
use crate::schema::Shown;
use crate::search::Search;

/// Results shown.
const SHOWN: usize = 12;
/// Visits shown before one types.
const VISITS: usize = 8;
/// A visit loses half of its worth in this time, in milliseconds: a week.
const HALF_LIFE_MS: f64 = 7.0 * 24.0 * 3_600_000.0;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    query: String,
}

#[derive(Debug, Serialize)]
struct Palette {
    groups: Vec<Group>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
    total: usize,
    /// The page with all results.
    all: String,
}

#[derive(Debug, Serialize)]
struct Group {
    title: String,
    items: Vec<Item>,
}

#[derive(Debug, Serialize)]
struct Item {
    title: String,
    /// Ranges of the title that were found, in UTF-16 units, as scripts count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<(usize, usize)>,
    note: String,
    href: String,
    icon: String,
}

pub async fn show(
    State(search): State<Search>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentReach(reach): CurrentReach,
    Query(asked): Query<Asked>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let sight = &reach.sight;
    let state = PageState {
        text: asked.query.trim().to_owned(),
        ..PageState::default()
    };
    if state.text.is_empty() {
        let visits = personal::visits(search.store(), viewer.reference()).await;
        let visits = visits.map_err(|error| catalog::store_fault(&error))?;
        let visits = without_hidden(search.catalog().seen_by(sight), visits);
        return Ok(for_sight(sight, Json(before_typing(visits, chrome.now))));
    }
    let question = Question {
        text: state.text.clone(),
        ..Question::default()
    };
    let question = personal(&search, &viewer, question).await?;
    let page = Page {
        limit: SHOWN,
        now: chrome.now.as_second(),
        ..Page::default()
    };
    let answer = search.ask(question, &reach, page).await;
    let answer = answer.map_err(|error| ApiError::internal(&error))?;
    let palette = Palette {
        groups: groups(&search, search.catalog().seen_by(sight), &answer),
        suggestion: answer.suggestion.clone(),
        total: answer.total,
        all: state.href(),
    };
    Ok(for_sight(sight, Json(palette)))
}

/// Results by type, the type with the best result first.
fn groups(search: &Search, seen: View<'_>, answer: &Answer) -> Vec<Group> {
    let mut groups: Vec<(&str, Group)> = Vec::new();
    let words = Words::of(seen, answer);
    for hit in &answer.hits {
        let item = item(&words, answer, hit);
        if let Some((_, group)) = groups.iter_mut().find(|(kind, _)| *kind == hit.kind) {
            group.items.push(item);
            continue;
        }
        let title = search.types().find(|(kind, _)| *kind == hit.kind);
        let title = title.map_or(hit.kind.as_str(), |(_, title)| title).to_owned();
        let items = vec![item];
        groups.push((&hit.kind, Group { title, items }));
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn item(words: &Words, answer: &Answer, hit: &Shown) -> Item {
    let text = |name: &str| hit.document.get(name).and_then(Value::as_str).unwrap_or_default();
    let title = answer.marker.mark(words.title(hit));
    let units = |end: usize| title.text[..end].encode_utf16().count();
    let marks = title
        .marks
        .iter()
        .map(|mark| (units(mark.start), units(mark.end)));
    Item {
        marks: marks.collect(),
        note: note(words, hit),
        href: text("location").to_owned(),
        icon: icon(&hit.entity),
        title: title.text.clone(),
    }
}

fn icon(entity: &str) -> String {
    let reference: Option<EntityRef> = entity.parse().ok();
    reference
        .map(|reference| reference.kind().to_owned())
        .unwrap_or_default()
}

/// Visits of entities that may be seen, and of what is not in the catalog any more.
fn without_hidden(seen: View<'_>, mut visits: Vec<Visit>) -> Vec<Visit> {
    let reference = |visit: &Visit| visit.entity_ref.as_deref()?.parse::<EntityRef>().ok();
    let references: Vec<EntityRef> = visits.iter().filter_map(reference).collect();
    let known = seen.known(&references);
    visits.retain(|visit| {
        reference(visit).is_none_or(|reference| known.get(&reference) != Some(&Known::Hidden))
    });
    visits
}

fn before_typing(visits: Vec<Visit>, now: Timestamp) -> Palette {
    let items = ranked(visits, now.as_millisecond());
    let items: Vec<Item> = items.into_iter().take(VISITS).map(visited).collect();
    let title = "Recent and frequent".to_owned();
    Palette {
        groups: if items.is_empty() {
            Vec::new()
        } else {
            vec![Group { title, items }]
        },
        suggestion: None,
        total: 0,
        all: "/search".to_owned(),
    }
}

/// Visits by how often and how lately: each half-life halves what the hits are worth.
fn ranked(mut visits: Vec<Visit>, now_ms: i64) -> Vec<Visit> {
    #[expect(clippy::cast_precision_loss, reason = "counts and ages, compared roughly")]
    let worth = |visit: &Visit| {
        let age = (now_ms - visit.timestamp).max(0) as f64;
        (visit.hits.max(1) as f64) * 0.5_f64.powf(age / HALF_LIFE_MS)
    };
    visits.sort_by(|left, right| worth(right).total_cmp(&worth(left)));
    visits
}

fn visited(visit: Visit) -> Item {
    let entity = visit.entity_ref.unwrap_or_default();
    Item {
        title: visit.name,
        marks: Vec::new(),
        note: entity.split(':').next().unwrap_or_default().to_owned(),
        href: visit.pathname,
        icon: icon(&entity),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lately_and_often_come_first() {
        let day = 24 * 3_600_000;
        let visit = |name: &str, hits, days: i64| Visit {
            id: name.to_owned(),
            name: name.to_owned(),
            pathname: "/".to_owned(),
            hits,
            timestamp: 100 * day - days * day,
            entity_ref: None,
        };
        let visits = vec![
            visit("old-often", 20, 60),
            visit("new-once", 1, 0),
            visit("week-ten", 10, 7),
        ];
        let names: Vec<String> = ranked(visits, 100 * day)
            .into_iter()
            .map(|visit| visit.name)
            .collect();
        assert_eq!(names, ["week-ten", "new-once", "old-often"]);
    }
}
