//! The home page: what one works with, what is one's own, what is broken.

pub(super) mod view;

use super::{Pages, parts};
use crate::personal;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use catalog::browse::{self, Known};
use catalog::{Finding, View};
use model::Viewer;
use model::{Cause, EntityRef, Filter};
use plugin::Seen;
use sight::CurrentSight;
use store::Store;
use ui::{Chrome, Live, PageHead};
use web::{ApiError, CurrentViewer};

use view::{Broken, Home, Line};

/// Lines in each card.
const SHOWN: usize = 10;
/// Lines in the card of what changed; it is news, not an inventory.
const CHANGES: usize = 6;

pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentSight(sight): CurrentSight,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let (catalog, own) = (pages.catalog.clone(), sight.clone());
    let seen = Seen::by(move |filter| catalog.seen_by(&own).count(Some(filter)));
    let (home, cards) = tokio::join!(
        load(pages.catalog.seen_by(&sight), &pages.store, &viewer),
        parts::home_cards(&pages.parts, &viewer, &seen)
    );
    let content = view::home(&home?, &cards, chrome.now);
    Ok(chrome
        .page(PageHead::new("Home").live(Live::Any), content)
        .into_response())
}

async fn load(seen: View<'_>, store: &Store, viewer: &Viewer) -> Result<Home, ApiError> {
    let failed = |error| catalog::store_fault(&error);
    let mut starred = personal::stars(store, viewer.reference()).await.map_err(failed)?;
    starred.reverse();
    let visits = personal::visits(store, viewer.reference())
        .await
        .map_err(failed)?;
    let ownership = seen.ownership(viewer).await?;
    let owned = seen.owned(&ownership, SHOWN).await?;
    let broken = seen.most_urgent(&ownership, SHOWN);

    let mut kinds = seen.counts_of(&Filter::All(Vec::new()), "", "kind");
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let changed = seen.recent_changes(CHANGES).await?;
    let starred: Vec<EntityRef> = parsed(starred.iter().map(String::as_str));
    let recent = visits.iter().filter_map(|visit| {
        let reference: EntityRef = visit.entity_ref.as_deref()?.parse().ok()?;
        Some((reference, jiff_of(visit.timestamp)?))
    });
    let recent: Vec<(EntityRef, jiff::Timestamp)> = recent.take(SHOWN).collect();
    let wanted: Vec<EntityRef> = starred
        .iter()
        .chain(recent.iter().map(|(reference, _)| reference))
        .cloned()
        .collect();
    let known = seen.known(&wanted);
    let is_shown = |reference: &EntityRef| known.get(reference) != Some(&Known::Hidden);
    let line = |reference: EntityRef| Line {
        known: known.get(&reference).and_then(Known::seen).cloned(),
        reference,
    };
    Ok(Home {
        kinds,
        changed,
        starred: starred.into_iter().filter(is_shown).map(line).collect(),
        recent: recent
            .into_iter()
            .filter(|(reference, _)| is_shown(reference))
            .map(|(reference, at)| (line(reference), at))
            .collect(),
        owned_total: owned.total,
        owned: owned.entities,
        problems: seen.health_counts(),
        broken: broken_lines(seen, &broken, &ownership),
    })
}

fn jiff_of(milliseconds: i64) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(milliseconds).ok()
}

fn parsed<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<EntityRef> {
    texts.filter_map(|text| text.parse().ok()).take(SHOWN).collect()
}

fn broken_lines(seen: View<'_>, findings: &[Finding], ownership: &[EntityRef]) -> Vec<Broken> {
    let references = parsed(findings.iter().map(|finding| finding.subject.as_str()));
    let known = seen.known(&references);
    let line = |finding: &Finding| {
        let reference: EntityRef = finding.subject.parse().ok()?;
        let title = browse::title_of(&known, &reference).map(str::to_owned);
        // A location without a name of its own is known by where it leads.
        let is_generated = reference.name().starts_with("generated-");
        let owner = finding.owner.as_deref();
        Some(Broken {
            title: title.or_else(|| finding.origin.clone().filter(|_| is_generated)),
            is_missing: finding.cause == Cause::MissingReference,
            message: message(finding),
            is_own: owner.is_some_and(|owner| ownership.iter().any(|own| own.to_string() == owner)),
            reference,
        })
    };
    findings.iter().filter_map(line).collect()
}

/// What is wrong, in a few words.
fn message(finding: &Finding) -> String {
    match finding.cause {
        Cause::MissingReference if finding.affected_total == 1 => {
            "not in the catalog, named by 1 entity".to_owned()
        }
        Cause::MissingReference => {
            format!("not in the catalog, named by {} entities", finding.affected_total)
        }
        Cause::Invalid => ui::plain_words(&finding.problem.fault).replace('`', ""),
        cause => cause.title().to_owned(),
    }
}
