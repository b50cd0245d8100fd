//! `/kubernetes`: the workloads of all clusters with their entities and owners; also those that are nobody's.

mod asked;
mod rows;
mod view;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use model::EntityRef;
use sight::CurrentSight;
use ui::{Chrome, Live, PageHead};
use web::ApiError;

use crate::api::Desk;
use crate::roster::TOPIC;
pub(crate) use asked::{Asked, FILTERS, PATH};
pub(crate) use rows::{Shown, shown};
pub(crate) use view::{AllWorkloads, page};

/// Rows of a page.
const ROWS: usize = 50;

pub(super) async fn show(
    State(desk): State<Desk>,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    let seen = desk.catalog.seen_by(&sight);
    let all = shown(seen, desk.roster.workloads());
    let counts: Vec<Vec<(String, usize)>> = FILTERS
        .iter()
        .enumerate()
        .map(|(at, _)| counts(&asked, &all, at))
        .collect();
    let wanted: Vec<&Shown> = all.iter().filter(|shown| asked.wants(shown, None)).collect();
    let total = wanted.len();
    let page_rows: Vec<Shown> = wanted.into_iter().skip(asked.start).take(ROWS).cloned().collect();
    let view = AllWorkloads {
        known: seen.known(&named(&page_rows, &counts)),
        troubles: desk.troubles(),
        has_clusters: !desk.kubernetes.cluster_names().is_empty(),
        is_all_empty: all.is_empty(),
        rows: page_rows,
        rows_of_page: ROWS,
        counts,
        total,
        asked,
        now: chrome.now,
    };
    let head = PageHead::new("Workloads").live(Live::Topics(vec![TOPIC.to_owned()]));
    Ok(chrome.page(head, page(&view)).into_response())
}

/// Values of a filter with the workloads that the other filters leave.
fn counts(asked: &Asked, all: &[Shown], at: usize) -> Vec<(String, usize)> {
    let mut found: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for shown in all.iter().filter(|shown| asked.wants(shown, Some(at))) {
        for value in (FILTERS[at].of)(shown) {
            *found.entry(value).or_default() += 1;
        }
    }
    for chosen in &asked.chosen[at] {
        found.entry(chosen.clone()).or_default();
    }
    found.into_iter().collect()
}

/// The entities that rows and filters name.
fn named(rows: &[Shown], counts: &[Vec<(String, usize)>]) -> std::collections::HashSet<EntityRef> {
    let of_rows = rows.iter().flat_map(|shown| &shown.entities);
    let of_rows = of_rows.flat_map(|(entity, owner)| [Some(entity.clone()), owner.clone()]);
    let values = counts.iter().flatten().filter(|(value, _)| value.contains(':'));
    of_rows
        .flatten()
        .chain(values.filter_map(|(value, _)| value.parse().ok()))
        .collect()
}
