//! Fetches what the entity page shows.

use std::collections::BTreeMap;
use std::time::Instant;

use futures::future::join_all;
use maud::{Markup, html};
use model::{EntityRef, entity};
use plugin::{EntityPageContext, Viewer};
use serde_json::Value;
use ui::{error_state, href};
use url::form_urlencoded;

use super::view::{self, EntityFrame, RELATED_PER_PAGE, RELATIONS, RelationPage};
use crate::pages::Pages;
use crate::pages::failure::PageFailure;
use crate::{browse, personal};

/// Places of the built-in tabs among those of plugins.
const BUILT_IN: [(i32, &str, &str); 3] = [
    (0, "", "Overview"),
    (80, "history", "History"),
    (90, "yaml", "YAML"),
];

/// What every tab shows; `None` when there is no such entity.
pub(super) async fn frame(
    pages: &Pages,
    viewer: &Viewer,
    reference: &EntityRef,
    tab: &str,
) -> Result<Option<EntityFrame>, PageFailure> {
    let Some(entity) = browse::entity(&pages.catalog, reference).await? else {
        return Ok(None);
    };
    let store = pages.catalog.store();
    let node = store.node(&reference.to_string()).await?;
    let starred = personal::star_set(store, &viewer.reference)
        .await?
        .contains(&reference.to_string());
    Ok(Some(EntityFrame {
        tabs: tabs(pages, &entity),
        entity,
        reference: reference.clone(),
        problems: node.map(|node| node.problems).unwrap_or_default(),
        starred,
        current: tab.to_owned(),
    }))
}

fn tabs(pages: &Pages, entity: &Value) -> Vec<(&'static str, String)> {
    let mut tabs: Vec<(i32, &'static str, &str)> = BUILT_IN.to_vec();
    let plugins = pages.tabs.iter().filter(|tab| tab.applies_to(entity));
    tabs.extend(plugins.map(|tab| (tab.order(), tab.path(), tab.title())));
    tabs.sort_by_key(|(order, ..)| *order);
    tabs.into_iter()
        .map(|(_, path, title)| (path, title.to_owned()))
        .collect()
}

/// The overview's content.
pub(super) async fn overview(pages: &Pages, context: EntityPageContext<'_>) -> Result<Markup, PageFailure> {
    let relations = relation_pages(context.entity, context.query);
    let shown: Vec<EntityRef> = relations
        .iter()
        .flat_map(|page| page.targets.iter().cloned())
        .collect();
    let known = browse::known(&pages.catalog, &shown).await?;
    let cards = plugin_cards(pages, context).await;
    let cards: Vec<(&str, Markup)> = cards.into_iter().collect();
    Ok(view::overview(
        context.entity,
        &relations,
        &known,
        &cards,
        &href::entity(context.reference),
    ))
}

async fn plugin_cards(pages: &Pages, context: EntityPageContext<'_>) -> Vec<(&'static str, Markup)> {
    let limit = context.deadline.saturating_duration_since(Instant::now());
    let applying = pages.cards.iter().filter(|card| card.applies_to(context.entity));
    let rendered = applying.map(|card| async move {
        let markup = match tokio::time::timeout(limit, card.render(context)).await {
            Ok(Ok(markup)) => markup,
            Ok(Err(error)) => error_state(
                "This card could not be made",
                &error.message,
                error.hint.as_deref(),
            ),
            Err(_) => html! { p.muted { "This card took too long and was left out." } },
        };
        (card.title(), markup)
    });
    join_all(rendered).await
}

/// The asked-for page of each relation, in the order people expect. What the head of the page says
/// already (owner) is left out.
fn relation_pages(value: &Value, query: &str) -> Vec<RelationPage> {
    let mut groups: BTreeMap<(usize, &str), Vec<EntityRef>> = BTreeMap::new();
    for (kind, target) in entity::relations(value).filter(|(kind, _)| *kind != "ownedBy") {
        let place = RELATIONS
            .iter()
            .position(|(known, ..)| *known == kind)
            .unwrap_or(RELATIONS.len());
        if let Ok(target) = target.parse() {
            groups.entry((place, kind)).or_default().push(target);
        }
    }
    groups
        .into_iter()
        .map(|((_, kind), targets)| relation_page(kind, targets, query))
        .collect()
}

fn relation_page(kind: &str, mut targets: Vec<EntityRef>, query: &str) -> RelationPage {
    targets.sort();
    let total = targets.len();
    let asked = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == kind);
    let number = asked
        .and_then(|(_, value)| value.parse::<usize>().ok())
        .unwrap_or(1);
    let page = number
        .saturating_sub(1)
        .min(total.saturating_sub(1) / RELATED_PER_PAGE);
    let targets = targets
        .into_iter()
        .skip(page * RELATED_PER_PAGE)
        .take(RELATED_PER_PAGE)
        .collect();
    RelationPage {
        kind: kind.to_owned(),
        targets,
        total,
        page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(query: &str, expected: &[(&str, usize, usize)]) {
        let relations: Vec<Value> = (0..25)
            .map(|number| json!({"type": "dependsOn", "targetRef": format!("resource:default/r{number}")}))
            .chain([
                json!({"type": "custom", "targetRef": "a:b/c"}),
                json!({"type": "ownedBy", "targetRef": "group:default/g"}),
            ])
            .collect();
        let pages = relation_pages(&json!({ "relations": relations }), query);
        let found: Vec<(&str, usize, usize)> = pages
            .iter()
            .map(|page| (page.kind.as_str(), page.page, page.targets.len()))
            .collect();
        assert_eq!(found, expected, "{query}");
    }

    #[test]
    fn pages_of_relations() {
        check("", &[("dependsOn", 0, 10), ("custom", 0, 1)]);
        check("dependsOn=3", &[("dependsOn", 2, 5), ("custom", 0, 1)]);
        check("dependsOn=99", &[("dependsOn", 2, 5), ("custom", 0, 1)]);
        check("dependsOn=x", &[("dependsOn", 0, 10), ("custom", 0, 1)]);
    }
}
