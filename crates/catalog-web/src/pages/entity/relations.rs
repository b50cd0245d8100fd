//! Cards of related entities, a page at a time.

use std::collections::BTreeMap;

use maud::{Markup, html};
use model::{EntityRef, entity};
use serde_json::Value;
use ui::{Card, EntityLine, Pagination, card, entity_lines, href, pagination};
use url::form_urlencoded;

use catalog::browse::{Known, Named};

/// Related entities on one page of a card.
pub(crate) const RELATED_PER_PAGE: usize = 10;

/// One page of the entities that one relation leads to.
pub(crate) struct RelationPage {
    /// Type of the relation.
    pub(crate) kind: String,
    /// Targets of this page.
    pub(crate) targets: Vec<EntityRef>,
    /// Targets on all pages.
    pub(crate) total: usize,
    /// This page, counted from 0.
    pub(crate) page: usize,
}

/// The asked-for page of each relation that is wanted, in the order people expect.
pub(super) fn relation_pages(value: &Value, query: &str, wanted: impl Fn(&str) -> bool) -> Vec<RelationPage> {
    let mut groups: BTreeMap<(usize, &str), Vec<EntityRef>> = BTreeMap::new();
    for (kind, target) in entity::relations(value).filter(|(kind, _)| wanted(kind)) {
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

/// The card of one relation.
///
/// Of a target that is among the `unserved` the card says that it is declared and not valid, and not that it is missing.
pub(crate) fn relation_card(
    page: &RelationPage,
    known: &Named,
    path: &str,
    unserved: &[EntityRef],
) -> Markup {
    let lines: Vec<EntityLine> = page
        .targets
        .iter()
        .filter(|target| known.get(target) != Some(&Known::Hidden))
        .map(|target| {
            let found = known.get(target).and_then(Known::seen);
            EntityLine {
                reference: target.clone(),
                missing: found.is_none() && !unserved.contains(target),
                title: found.and_then(|found| found.title.clone()),
                note: found.and_then(|found| found.spec_type.clone()).or_else(|| {
                    unserved
                        .contains(target)
                        .then(|| "not valid, so it is not served".to_owned())
                }),
            }
        })
        .collect();
    let anchor = format!("relation-{}", page.kind);
    let step = |number: usize| format!("{path}?{}={number}#{anchor}", href::encode(&page.kind));
    let last = page.total.div_ceil(RELATED_PER_PAGE);
    let first = page.page * RELATED_PER_PAGE;
    let title = relation_title(&page.kind);
    html! {
        (card(Card { title: &title, count: Some(page.total), id: Some(&anchor), flush: true, ..Card::default() }, html! {
            (entity_lines(&lines))
            @if last > 1 {
                (pagination(&Pagination {
                    label: label_of_pages(&page.kind),
                    previous: (page.page > 0).then(|| step(page.page)),
                    next: (page.page + 1 < last).then(|| step(page.page + 2)),
                    range: Some((first + 1, first + page.targets.len())),
                    total: Some(page.total),
                }))
            }
        }))
    }
}

/// Relations as people call them, seen from the entity, in the order shown.
pub(crate) const RELATIONS: [(&str, &str, &str); 16] = [
    ("hasPart", "Has parts", "Pages of parts"),
    ("partOf", "Part of", "Pages of what this is part of"),
    ("providesApi", "Provides APIs", "Pages of provided APIs"),
    ("consumesApi", "Consumes APIs", "Pages of consumed APIs"),
    ("apiProvidedBy", "Provided by", "Pages of providers"),
    ("apiConsumedBy", "Consumed by", "Pages of consumers"),
    ("dependsOn", "Depends on", "Pages of dependencies"),
    ("dependencyOf", "Needed by", "Pages of dependents"),
    ("ownerOf", "Owns", "Pages of what is owned"),
    ("hasMember", "Members", "Pages of members"),
    ("memberOf", "Member of", "Pages of groups"),
    ("parentOf", "Groups below", "Pages of groups below"),
    ("childOf", "Group above", "Pages of groups above"),
    ("hasOwner", "Owners", "Pages of owners"),
    ("ownedBy", "Owned by", "Pages of owners"),
    ("subcomponentOf", "Subcomponent of", "Pages of components"),
];

fn relation_title(kind: &str) -> String {
    RELATIONS
        .iter()
        .find(|(known, ..)| *known == kind)
        .map_or_else(|| kind.to_owned(), |(_, title, _)| (*title).to_owned())
}

fn label_of_pages(kind: &str) -> &'static str {
    RELATIONS
        .iter()
        .find(|(known, ..)| *known == kind)
        .map_or("Pages of related entities", |(.., label)| label)
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
        let pages = relation_pages(&json!({ "relations": relations }), query, |kind| {
            kind != "ownedBy"
        });
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
