//! Cards of related entities, a page at a time.

use std::collections::{BTreeMap, HashMap};

use maud::{Markup, html};
use model::{EntityRef, Fault, entity};
use serde_json::Value;
use ui::{
    Card, Column, Pagination, Row, Table, card, data_table, entity_link, entity_link_among, href,
    lifecycle_badge, pagination, twins,
};
use url::form_urlencoded;

use super::view::targets;
use crate::pages::link::named_link;
use crate::pages::prose::plain;
use catalog::View;
use catalog::browse::{Known, Named, title_of};

/// Related entities on one page of a card.
pub(crate) const RELATED_PER_PAGE: usize = 10;
/// Columns of the tables.
const COLUMNS: usize = 5;
/// Letters of a description in a row.
const ABOUT: usize = 200;

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

/// What a row says of a related entity beside its name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Related {
    /// Its lifecycle.
    pub(crate) lifecycle: Option<String>,
    /// Its first owner.
    pub(crate) owner: Option<EntityRef>,
    /// Its description as plain text.
    pub(crate) about: String,
}

impl Related {
    /// What an entity says of itself.
    pub(super) fn of(value: &Value) -> Self {
        let about = entity::description(value).map(plain).unwrap_or_default();
        let end = about.char_indices().nth(ABOUT).map_or(about.len(), |(at, _)| at);
        Self {
            lifecycle: entity::lifecycle(value).map(str::to_owned),
            owner: targets(value, "ownedBy").next(),
            about: about[..end].to_owned(),
        }
    }
}

/// What is known of the entities that the cards name.
#[derive(Default)]
pub(crate) struct RelatedEntities {
    /// How they and their owners are called.
    pub(crate) known: Named,
    /// What else a row says of them.
    pub(crate) facts: HashMap<EntityRef, Related>,
    /// Those of them that are declared and not served.
    pub(crate) unserved: Vec<EntityRef>,
}

impl RelatedEntities {
    /// What `seen` knows of the targets of some pages.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) async fn load(
        seen: View<'_>,
        reference: &EntityRef,
        pages: &[RelationPage],
    ) -> Result<Self, Fault> {
        let shown: Vec<EntityRef> = pages
            .iter()
            .flat_map(|page| page.targets.iter().cloned())
            .collect();
        let values = seen.entities(&shown).await?;
        let facts: HashMap<EntityRef, Related> = shown
            .iter()
            .zip(&values)
            .filter_map(|(target, value)| Some((target.clone(), Related::of(value.as_ref()?))))
            .collect();
        let owners = facts.values().filter_map(|facts| facts.owner.as_ref());
        Ok(Self {
            known: seen.known(shown.iter().chain(owners)),
            unserved: seen.unserved_of(reference),
            facts,
        })
    }
}

/// The card of one relation.
///
/// Of a target that is declared and not valid the card says so, and not that it is missing.
pub(crate) fn relation_card(page: &RelationPage, related: &RelatedEntities, path: &str) -> Markup {
    let targets = page.targets.iter();
    let shown: Vec<&EntityRef> = targets
        .filter(|target| related.known.get(target) != Some(&Known::Hidden))
        .collect();
    let same = twins(
        shown
            .iter()
            .map(|target| (*target, title_of(&related.known, target))),
    );
    let rows: Vec<[Markup; COLUMNS]> = shown
        .iter()
        .map(|target| cells(target, related, same.contains(*target)))
        .collect();
    let anchor = format!("relation-{}", page.kind);
    let step = |number: usize| format!("{path}?{}={number}#{anchor}", href::encode(&page.kind));
    let last = page.total.div_ceil(RELATED_PER_PAGE);
    let first = page.page * RELATED_PER_PAGE;
    let title = relation_title(&page.kind);
    let table = table(&title, &shown, &rows);
    html! {
        (card(Card { title: &title, count: Some(page.total), id: Some(&anchor), flush: true, ..Card::default() }, html! {
            (data_table(&table))
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

/// The rows as a table, without the columns in which nothing stands.
fn table<'a>(title: &'a str, targets: &[&EntityRef], rows: &[[Markup; COLUMNS]]) -> Table<'a> {
    let columns: [Column<'a>; COLUMNS] = [
        Column::new("Name"),
        Column::optional("Type"),
        Column::optional("Owner"),
        Column::optional("Lifecycle"),
        Column::growing("Description"),
    ];
    let is_used = |at: usize| rows.iter().any(|cells| !cells[at].0.is_empty());
    let row = |(target, cells): (&&EntityRef, &[Markup; COLUMNS])| {
        let used = cells.iter().enumerate().filter(|(at, _)| is_used(*at));
        Row::new(used.map(|(_, cell)| cell.clone()).collect()).key(target.to_string())
    };
    Table {
        caption: title,
        rows: targets.iter().zip(rows).map(row).collect(),
        columns: columns
            .into_iter()
            .enumerate()
            .filter_map(|(at, column)| is_used(at).then_some(column))
            .collect(),
    }
}

/// Name, type, owner, lifecycle and description. Narrow windows show the last below the name.
fn cells(target: &EntityRef, related: &RelatedEntities, is_twin: bool) -> [Markup; COLUMNS] {
    let found = related.known.get(target).and_then(Known::seen);
    let spec_type = found.and_then(|found| found.spec_type.as_deref());
    let facts = related.facts.get(target).cloned().unwrap_or_default();
    let name = html! {
        @match found {
            Some(head) => { (entity_link_among(target, head.title.as_deref(), is_twin)) }
            None => {
                (entity_link(target, None)) " "
                span.badge.tone-amber { @if related.unserved.contains(target) { "not valid, so it is not served" } @else { "not in the catalog" } }
            }
        }
        @if !facts.about.is_empty() { span.cell-note.cell-note-grows { (facts.about) } }
    };
    [
        name,
        html! { @if let Some(word) = spec_type { span.muted { (word) } } },
        html! { @if let Some(owner) = &facts.owner { (named_link(owner, &related.known)) } },
        html! { @if let Some(word) = &facts.lifecycle { (lifecycle_badge(word)) } },
        html! { @if !facts.about.is_empty() { span title=(facts.about) { (facts.about) } } },
    ]
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
    fn a_row_says_whose_and_how_far_and_tells_twins_apart() {
        let reference = |text: &str| text.parse::<EntityRef>().unwrap();
        let seen = |title: &str| {
            Known::Seen(catalog::browse::Head {
                title: Some(title.to_owned()),
                ..catalog::browse::Head::default()
            })
        };
        let all = [
            "resource:a/x",
            "resource:b/x",
            "resource:a/gone",
            "resource:a/secret",
        ];
        let value = json!({"metadata": {"description": "**Keeps** orders"}, "spec": {"lifecycle": "production"},
            "relations": [{"type": "ownedBy", "targetRef": "group:default/shop"}]});
        let related = RelatedEntities {
            known: HashMap::from([
                (reference(all[0]), seen("Store")),
                (reference(all[1]), seen("Store")),
                (reference(all[2]), Known::Missing),
                (reference(all[3]), Known::Hidden),
                (reference("group:default/shop"), seen("The Shop")),
            ]),
            facts: HashMap::from([(reference(all[0]), Related::of(&value))]),
            unserved: Vec::new(),
        };
        let page = RelationPage {
            kind: "dependsOn".to_owned(),
            targets: all.map(reference).to_vec(),
            total: all.len(),
            page: 0,
        };
        let shown = relation_card(&page, &related, "/x").into_string();
        for part in [
            ">Keeps orders<",
            ">production<",
            ">The Shop<",
            ">resource:a/x</span>",
            ">resource:b/x</span>",
            "not in the catalog",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert!(!shown.contains("secret"), "{shown}");
        assert!(!shown.contains(">Type<"), "nothing has a type: {shown}");
    }

    #[test]
    fn pages_of_relations() {
        check("", &[("dependsOn", 0, 10), ("custom", 0, 1)]);
        check("dependsOn=3", &[("dependsOn", 2, 5), ("custom", 0, 1)]);
        check("dependsOn=99", &[("dependsOn", 2, 5), ("custom", 0, 1)]);
        check("dependsOn=x", &[("dependsOn", 0, 10), ("custom", 0, 1)]);
    }
}
