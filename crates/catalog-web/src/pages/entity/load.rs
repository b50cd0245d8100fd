//! Fetches what the entity page shows.

use std::sync::Arc;

use maud::Markup;
use model::Viewer;
use model::{Cause, EntityRef, Fault, LocationRef, Problem, entity};
use plugin::{Denied, EntityPage};
use serde_json::Value;
use ui::href;

use super::about::Places;
use super::contacts::Contact;
use super::deprecation::Deprecation;
use super::parts::Wanted;
use super::relations::{RelatedEntities, relation_pages};
use super::view::{self, EntityFrame, HEAD_TARGETS, Overview, SHOWN_IN_HEAD};
use super::{dependencies, people};
use crate::pages::Pages;
use crate::pages::failure::PageFailure;
use crate::pages::graph::state::GraphState;
use catalog::View;
use catalog::browse::Known;
use catalog::query::Said;
use user_settings::personal;
use web::Permissions;

/// Missing entities that are named.
const MISSING_NAMED: usize = 5;
/// Places of the built-in tabs among those of plugins.
const BUILT_IN: [(i32, &str, &str); 3] = [
    (0, "", "Overview"),
    (80, "history", "History"),
    (90, "yaml", "YAML"),
];

/// What every tab shows; `None` when there is no such entity.
pub(super) async fn frame(
    pages: &Pages,
    seen: View<'_>,
    (viewer, permissions): (&Viewer, Option<&Permissions>),
    reference: &EntityRef,
    tab: &str,
) -> Result<Option<EntityFrame>, PageFailure> {
    let Some(entity) = seen.entity(reference).await? else {
        return Ok(None);
    };
    let condition = seen.condition(reference).await?;
    let starred = personal::star_set(&pages.store, viewer.reference())
        .await?
        .contains(&reference.to_string());
    let in_head: Vec<EntityRef> = SHOWN_IN_HEAD
        .iter()
        .flat_map(|(_, relation)| view::targets(&entity, relation).take(HEAD_TARGETS))
        .collect();
    let said = seen.said_of(reference, condition.problems, condition.place.as_ref());
    let mut problems = problems(seen, said);
    for place in problems.iter_mut().filter_map(|problem| problem.place.as_mut()) {
        if let Some(path) = place.source.strip_prefix("file:") {
            place.source = format!("file:{}", pages.catalog.shown_path(path));
        }
    }
    let location_id = location_id(seen, &entity).await?;
    Ok(Some(EntityFrame {
        location_id,
        known: seen.known(&in_head),
        tabs: tabs(pages, &entity),
        entity: Arc::new(entity),
        reference: reference.clone(),
        problems,
        starred,
        denied: pages.parts().denied(viewer, permissions, tab).await?,
        current: tab.to_owned(),
    }))
}

/// The registered location that an entity comes from, if it may be unregistered.
async fn location_id(seen: View<'_>, entity: &Value) -> Result<Option<String>, PageFailure> {
    let catalog = seen.catalog();
    let may_remove = seen.sight().is_everything() && !catalog.is_readonly();
    let origin = entity::annotation(entity, entity::MANAGED_BY_ORIGIN_LOCATION)
        .and_then(|origin| LocationRef::parse(origin).ok());
    let Some(origin) = origin.filter(|_| may_remove) else {
        return Ok(None);
    };
    let location = catalog.registered_location(&origin).await?;
    Ok(location.map(|location| location.id.to_string()))
}

/// What is said of an entity. References that lead nowhere are one problem, which names the first of them.
fn problems(seen: View<'_>, said: Vec<Said>) -> Vec<Problem> {
    let (missing, others): (Vec<Said>, Vec<Said>) = said
        .into_iter()
        .partition(|one| one.cause == Cause::MissingReference && one.problem.subject.is_some());
    let others = others.into_iter().map(|one| one.problem);
    others.chain(missing_targets(seen, &missing)).collect()
}

fn missing_targets(seen: View<'_>, missing: &[Said]) -> Option<Problem> {
    let named = missing.iter().filter_map(|one| one.problem.subject.as_deref());
    let first: Vec<&str> = named.take(MISSING_NAMED).collect();
    let names = match missing.len() - first.len() {
        _ if missing.is_empty() => return None,
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    };
    let fault = Fault::not_found(format!("It refers to what is not in the catalog: {names}"));
    let meant = first.iter().filter_map(|name| {
        let meant = seen.meant(&name.parse().ok()?, 1).pop()?;
        Some(format!("`{name}` is perhaps `{meant}`."))
    });
    let meant: Vec<String> = meant.collect();
    let hint = if meant.is_empty() {
        "Correct the names in the descriptor, or register the files that describe what is missing.".to_owned()
    } else {
        format!(
            "Correct the names in the descriptor, or register what is missing. {}",
            meant.join(" ")
        )
    };
    let place = missing.first().and_then(|one| one.problem.place.clone());
    let problem = Problem::warning(fault).hint(hint);
    Some(Problem { place, ..problem })
}

fn tabs(pages: &Pages, entity: &Value) -> Vec<(String, String)> {
    let own = |(order, path, title): (i32, &str, &str)| (order, path.to_owned(), title.to_owned());
    let mut tabs: Vec<(i32, String, String)> = BUILT_IN.map(own).to_vec();
    if dependencies::applies_to(entity) {
        tabs.push(own((10, dependencies::TAB, "Dependencies")));
    }
    tabs.extend(pages.parts().tabs(entity));
    tabs.sort_by_key(|(order, ..)| *order);
    tabs.into_iter().map(|(_, path, title)| (path, title)).collect()
}

/// The overview's content.
pub(super) async fn overview(
    pages: &Pages,
    seen: View<'_>,
    wanted: &Wanted,
    page: EntityPage,
    denied: &Denied,
) -> Result<Markup, PageFailure> {
    let (entity, reference) = (&*page.entity, &page.reference);
    let has_people_parts = people::has_people_parts(reference);
    let is_shown = |kind: &str| {
        let is_in_head = SHOWN_IN_HEAD.iter().any(|(_, relation)| *relation == kind);
        let is_by_people = has_people_parts && people::SHOWN_BY_PEOPLE.contains(&kind);
        !is_in_head && !is_by_people
    };
    let relations = relation_pages(entity, &page.query, is_shown);
    let (cards, drawing, people, deprecation, related, owners) = tokio::join!(
        pages.parts().cards(wanted, &page, denied),
        Box::pin(dependencies::small(seen, entity, reference)),
        Box::pin(people::load(seen, entity, reference, &page.query)),
        Box::pin(Deprecation::load(seen, entity, reference)),
        RelatedEntities::load(seen, reference, &relations),
        owners(seen, entity),
    );
    Ok(view::overview(&Overview {
        entity,
        drawing: drawing?,
        people: people?,
        places: Places::of(entity, |path| pages.catalog.shown_path(path)),
        cards,
        relations,
        related: related?,
        owners: owners?,
        itself: has_people_parts.then(|| Contact::of(reference, Some(entity))),
        deprecation: deprecation?,
        path: href::entity(reference),
        graph_href: GraphState::around(reference).href(),
    }))
}

/// The owners that the head names, with how they are reached; one that may not be seen is left out.
async fn owners(seen: View<'_>, entity: &Value) -> Result<Vec<Contact>, Fault> {
    let named: Vec<EntityRef> = view::targets(entity, "ownedBy").take(HEAD_TARGETS).collect();
    let known = seen.known(&named);
    let values = seen.entities(&named).await?;
    let shown = named
        .iter()
        .zip(&values)
        .filter(|(owner, _)| known.get(owner) != Some(&Known::Hidden));
    Ok(shown
        .map(|(owner, value)| Contact::of(owner, value.as_ref()))
        .collect())
}
