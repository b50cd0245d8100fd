//! The home page: what one works with, what is one's own, what is broken.

pub(super) mod view;

use super::{Pages, parts};
use crate::personal;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use catalog::View;
use catalog::browse::{self, Known};
use catalog::query::Unhealthy;
use model::Viewer;
use model::{EntityRef, Filter};
use plugin::Seen;
use sight::CurrentSight;
use store::{Node, Store};
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
    let broken = seen.unhealthy(Unhealthy::Failed, "", SHOWN + 1).await?;

    let mut kinds = seen.counts_of(&Filter::All(Vec::new()), "", "kind");
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let changed = seen.recent_changes(CHANGES).await.map_err(failed)?;
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
        more_broken: broken.len() > SHOWN,
        broken: broken_lines(seen, &broken, &ownership),
    })
}

fn jiff_of(milliseconds: i64) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(milliseconds).ok()
}

fn parsed<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<EntityRef> {
    texts.filter_map(|text| text.parse().ok()).take(SHOWN).collect()
}

fn broken_lines(seen: View<'_>, nodes: &[Node], ownership: &[EntityRef]) -> Vec<Broken> {
    let shown = &nodes[..nodes.len().min(SHOWN)];
    let references: Vec<EntityRef> = parsed(shown.iter().map(|node| node.reference.as_str()));
    let known = seen.known(&references);
    let line = |node: &Node| {
        let (reference, message, is_own) = of_owners(ownership)(node)?;
        let title = browse::title_of(&known, &reference).map(str::to_owned);
        // A location without a name of its own is known by where it leads.
        let is_generated = reference.name().starts_with("generated-");
        Some(Broken {
            title: title.or_else(|| node.location_key.clone().filter(|_| is_generated)),
            reference,
            message,
            is_own,
        })
    };
    shown.iter().filter_map(line).collect()
}

/// A broken entity with its first problem, and whether it is the viewer's own.
fn of_owners(ownership: &[EntityRef]) -> impl Fn(&Node) -> Option<(EntityRef, String, bool)> {
    move |node| {
        let reference: EntityRef = node.reference.parse().ok()?;
        let message = node.problems.first()?.fault.root().message.clone();
        let owner = node
            .final_json
            .as_deref()
            .and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
        let own = owner.is_some_and(|entity| {
            model::entity::relations(&entity)
                .filter(|(kind, _)| *kind == "ownedBy")
                .any(|(_, target)| ownership.iter().any(|owned| owned.to_string() == target))
        });
        Some((reference, message, own))
    }
}
