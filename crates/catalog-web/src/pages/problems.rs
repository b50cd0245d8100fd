//! What is wrong in the catalog, grouped by what mends it.

pub(super) mod groups;
pub(super) mod state;
pub(super) mod view;

use std::collections::HashMap;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use catalog::{Finding, View};
use maud::html;
use model::{Cause, EntityRef};
use sight::CurrentSight;
use ui::{Chrome, Live, PageHead};

use super::Pages;
use super::failure::PageFailure;
use super::flash::flash;
use groups::grouped;
use state::ProblemsState;
use view::{Item, ProblemsView, problems};

/// Things on a page.
const SHOWN: usize = 50;
/// Entities that suffer from a thing and are named beside it.
const NAMED: usize = 4;
/// Names that may have been meant.
const MEANT: usize = 2;

pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let seen = pages.catalog.seen_by(&sight);
    let state = ProblemsState::parse(query.as_deref().unwrap_or_default());
    let view = load(seen, state).await?;
    let content = html! { (flash(&chrome.query)) (problems(&view)) };
    Ok(chrome
        .page(PageHead::new("Problems").live(Live::Any), content)
        .into_response())
}

async fn load(seen: View<'_>, state: ProblemsState) -> Result<ProblemsView, PageFailure> {
    let all = seen.findings();
    let counts = state.counts(&all);
    let choices = state.choices(&all);
    let shown: Vec<Finding> = all.into_iter().filter(|finding| state.has(finding)).collect();
    let total = shown.len();
    let start = state.start.min(total);
    let sorted = grouped(shown);
    let totals = sorted.iter().map(|(key, findings)| (key.clone(), findings.len()));
    let totals: HashMap<_, _> = totals.collect();
    let flat = sorted
        .into_iter()
        .flat_map(|(key, findings)| findings.into_iter().map(move |finding| (key.clone(), finding)));
    let page: Vec<_> = flat.skip(start).take(SHOWN).collect();
    let items = items(seen, page).await?;
    let teams = choices[0].iter().filter_map(|(team, _)| team.parse().ok());
    let named: Vec<EntityRef> = items
        .iter()
        .flat_map(|(_, item)| item.references())
        .chain(teams)
        .collect();
    Ok(ProblemsView {
        known: seen.known(&named),
        counts,
        choices,
        groups: view::regrouped(items, &totals),
        start,
        total,
        next: (start + SHOWN < total).then_some(start + SHOWN),
        previous: (start > 0).then(|| start.saturating_sub(SHOWN)),
        state,
    })
}

/// What the page shows of each thing: where it is written, and what may have been meant.
async fn items(
    seen: View<'_>,
    page: Vec<(groups::Key, Finding)>,
) -> Result<Vec<(groups::Key, Item)>, PageFailure> {
    let affected = page
        .iter()
        .flat_map(|(_, finding)| finding.affected.iter().take(NAMED));
    let subjects = page.iter().map(|(_, finding)| &finding.subject);
    let names: Vec<String> = affected.chain(subjects).cloned().collect();
    let places = seen.places(&names).await?;
    let item = |(key, finding): (groups::Key, Finding)| {
        let subject: Option<EntityRef> = finding.subject.parse().ok();
        let meant = subject
            .as_ref()
            .filter(|_| finding.cause == Cause::MissingReference)
            .map_or_else(Vec::new, |missing| seen.meant(missing, MEANT));
        let affected = finding.affected.iter().take(NAMED);
        let affected = affected.filter_map(|name| Some((name.parse().ok()?, places.get(name).cloned())));
        let item = Item {
            place: finding
                .problem
                .place
                .clone()
                .or_else(|| places.get(&finding.subject).cloned()),
            affected: affected.collect(),
            subject,
            meant,
            finding,
        };
        (key, item)
    };
    Ok(page.into_iter().map(item).collect())
}
