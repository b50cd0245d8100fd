//! The catalog as pages read it: lists, counts and short forms, from the index.
//!
//! A thin layer over `index` and `query` for this crate's pages and those of other features. It knows
//! nothing of addresses or markup, and never reads the store for a filter, an order or a count.

use std::collections::HashMap;

use model::{EntityRef, Fault, Filter, entity};
use roaring::RoaringBitmap;
use serde_json::Value;

use crate::query::{self, Access};
use crate::{Catalog, store_fault};
use read_model::{Like, ReadModel};

/// Where a typed text is looked for.
const NAMES: [&str; 3] = ["metadata.name", "metadata.title", "spec.profile.displayname"];

/// Entries of the change log looked at for each change that is shown: an entity often changes twice.
const LOOKED_AT_PER_CHANGE: usize = 6;

/// What to list.
#[derive(Debug, Clone)]
pub struct ListRequest {
    /// Which entities.
    pub filter: Filter,
    /// Part of the name or title; empty for all.
    pub text: String,
    /// Field to order by.
    pub order: String,
    /// Largest first.
    pub descending: bool,
    /// Place in the list, as an earlier page gave it.
    pub cursor: Option<String>,
    /// Most entities.
    pub limit: usize,
}

/// One page of a list.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The entities.
    pub entities: Vec<Value>,
    /// Entities on the pages before.
    pub start: usize,
    /// Entities on all pages.
    pub total: usize,
    /// Cursor of the page before.
    pub previous: Option<String>,
    /// Cursor of the page after.
    pub next: Option<String>,
}

/// What a list tells of an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Its title.
    pub title: Option<String>,
    /// Its type.
    pub spec_type: Option<String>,
    /// Its kind, as it spells it.
    pub kind: Option<String>,
}

impl Known {
    fn of(value: &Value) -> Self {
        Self {
            title: shown_title(value).map(str::to_owned),
            spec_type: entity::spec_type(value).map(str::to_owned),
            kind: entity::kind(value).map(str::to_owned),
        }
    }

    /// The same from the index, which spares reading the entity.
    fn indexed(model: &ReadModel, doc: u32) -> Self {
        let written = |key| model.written(doc, key).filter(|text| !text.trim().is_empty());
        let is_generated = || {
            let name = model.reference(doc);
            name.starts_with("location:") && name.contains("/generated-")
        };
        Self {
            title: written("metadata.title")
                .or_else(|| written("spec.profile.displayname"))
                .or_else(|| written("spec.target").filter(|_| is_generated())),
            spec_type: written("spec.type"),
            kind: written("kind"),
        }
    }
}

/// What is known of entities that are named somewhere; nothing of those that are not in the catalog.
pub type Named = HashMap<EntityRef, Option<Known>>;

/// Something that happened to an entity lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The entity.
    pub reference: EntityRef,
    /// What is known of it; nothing when it is gone.
    pub known: Option<Known>,
    /// What happened, as the change log names it.
    pub kind: store::ChangeKind,
    /// When.
    pub at: jiff::Timestamp,
}

/// The entities that changed last, the latest first. Locations are left out: they say how the catalog
/// is fed, not what it holds.
pub async fn recent_changes(catalog: &Catalog, limit: usize) -> Result<Vec<Recent>, store::StoreError> {
    let store = catalog.store();
    let last = store.last_seq().await?;
    let looked_at = i64::try_from(limit * LOOKED_AT_PER_CHANGE).unwrap_or(i64::MAX);
    let changes = store
        .changes_since((last - looked_at).max(0), limit * LOOKED_AT_PER_CHANGE)
        .await?;
    let mut found: Vec<Recent> = Vec::new();
    for change in changes.iter().rev() {
        let Ok(reference) = change.reference.parse::<EntityRef>() else {
            continue;
        };
        if reference.kind() == "location" || found.iter().any(|recent| recent.reference == reference) {
            continue;
        }
        let Some(row) = store
            .history(&change.reference, None, 1)
            .await?
            .into_iter()
            .next()
        else {
            continue;
        };
        found.push(Recent {
            known: change
                .body
                .as_deref()
                .and_then(|body| serde_json::from_str::<Value>(body).ok())
                .map(|value| Known::of(&value)),
            reference,
            kind: row.kind,
            at: row.at,
        });
        if found.len() == limit {
            break;
        }
    }
    Ok(found)
}

/// The title people know an entity by: its own, the name in the profile of a person or group, or what
/// a location without a name of its own leads to.
pub fn shown_title(value: &Value) -> Option<&str> {
    let display_name = || value["spec"]["profile"]["displayName"].as_str();
    let is_generated = entity::kind(value) == Some("Location")
        && entity::name(value).is_some_and(|name| name.starts_with("generated-"));
    let target = || value["spec"]["target"].as_str().filter(|_| is_generated);
    entity::title(value)
        .or_else(display_name)
        .or_else(target)
        .filter(|title| !title.trim().is_empty())
}

/// In whose name a viewer owns things: what the sign-in says, and the groups the catalog knows.
pub async fn ownership(catalog: &Catalog, viewer: &model::Viewer) -> Result<Vec<EntityRef>, Fault> {
    let mut names = viewer.claims.to_vec();
    if let Some(person) = entity(catalog, viewer.reference()).await? {
        let groups = entity::relations(&person).filter(|(kind, _)| *kind == "memberOf");
        names.extend(groups.filter_map(|(_, target)| target.parse().ok()));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// A condition on the values of a field.
pub fn one_of(field: &str, values: &[String]) -> Filter {
    Filter::In {
        key: model::js::lowercase(field),
        values: values.iter().map(|value| model::js::lowercase(value)).collect(),
    }
}

/// Whether an entity belongs to one of these owners.
pub fn owned_by(owners: &[EntityRef]) -> Filter {
    Filter::In {
        key: "relations.ownedby".to_owned(),
        values: owners.iter().map(ToString::to_string).collect(),
    }
}

/// Exactly these entities.
pub fn any_of(references: &[EntityRef]) -> Filter {
    let mut groups: HashMap<(&str, &str), Vec<String>> = HashMap::new();
    for reference in references {
        groups
            .entry((reference.kind(), reference.namespace()))
            .or_default()
            .push(reference.name().to_owned());
    }
    let one = |key: &str, values| Filter::In {
        key: key.to_owned(),
        values,
    };
    let parts = groups.into_iter().map(|((kind, namespace), names)| {
        Filter::All(vec![
            one("kind", vec![kind.to_owned()]),
            one("metadata.namespace", vec![namespace.to_owned()]),
            one("metadata.name", names),
        ])
    });
    Filter::Any(parts.collect())
}

/// The first entities of these owners, by name.
pub async fn owned(catalog: &Catalog, owners: &[EntityRef], limit: usize) -> Result<Listing, Fault> {
    let request = ListRequest {
        filter: owned_by(owners),
        text: String::new(),
        order: "metadata.name".to_owned(),
        descending: false,
        cursor: None,
        limit,
    };
    list(catalog, request).await
}

/// What is known of entities.
pub fn known<'a>(catalog: &Catalog, references: impl IntoIterator<Item = &'a EntityRef>) -> Named {
    let model = catalog.index().read();
    let of = |reference: &EntityRef| {
        let doc = model.by_reference(&reference.to_string())?;
        Some(Known::indexed(&model, doc))
    };
    references
        .into_iter()
        .map(|reference| (reference.clone(), of(reference)))
        .collect()
}

/// An entity as it is served.
pub async fn entity(catalog: &Catalog, reference: &EntityRef) -> Result<Option<Value>, Fault> {
    Ok(entities(catalog, std::slice::from_ref(reference))
        .await?
        .pop()
        .flatten())
}

/// One page of entities, those with the same value by name. Those without the field it is ordered by come last; a
/// cursor is the number of entities before the page.
pub async fn list(catalog: &Catalog, request: ListRequest) -> Result<Listing, Fault> {
    let start: usize = request
        .cursor
        .as_deref()
        .and_then(|cursor| cursor.parse().ok())
        .unwrap_or(0);
    let (versions, total) = {
        let model = catalog.index().read();
        let set = chosen(&model, &request.filter, &request.text);
        let order = model::js::lowercase(&request.order);
        let docs = model.page_by_value(&set, &order, request.descending, start, request.limit);
        (query::versions(&model, docs), count(set.len()))
    };
    let entities = read(catalog, &versions).await?;
    let end = start + versions.len();
    Ok(Listing {
        entities,
        start,
        total,
        previous: (start > 0).then(|| start.saturating_sub(request.limit).to_string()),
        next: (end < total && !versions.is_empty()).then(|| end.to_string()),
    })
}

/// The entities of a list from its beginning on, to be fetched by their versions.
pub fn versions(catalog: &Catalog, request: &ListRequest) -> Vec<(uuid::Uuid, u32)> {
    let model = catalog.index().read();
    let set = chosen(&model, &request.filter, &request.text);
    let order = model::js::lowercase(&request.order);
    let docs = model.page_by_value(&set, &order, request.descending, 0, request.limit);
    query::versions(&model, docs)
}

/// Values of each field with the number of entities that hold each, in the order of the fields.
pub fn counts(catalog: &Catalog, filter: &Filter, text: &str, fields: &[&str]) -> Vec<Vec<(String, usize)>> {
    let model = catalog.index().read();
    let set = chosen(&model, filter, text);
    let facet = |field: &&str| {
        let values = model.facet(&model::js::lowercase(field), Some(&set));
        values
            .into_iter()
            .map(|(value, held)| (value, count(held)))
            .collect()
    };
    fields.iter().map(facet).collect()
}

/// Values of one field with the number of entities that hold each.
pub fn counts_of(catalog: &Catalog, filter: &Filter, text: &str, field: &str) -> Vec<(String, usize)> {
    counts(catalog, filter, text, &[field]).pop().unwrap_or_default()
}

/// How many entities pass a filter and hold a text in their name or title.
pub fn total_of(catalog: &Catalog, filter: &Filter, text: &str) -> usize {
    count(chosen(&catalog.index().read(), filter, text).len())
}

/// Entities in the catalog.
pub fn total(catalog: &Catalog) -> usize {
    count(catalog.index().read().len())
}

/// References of the first `limit` entities.
pub fn names(catalog: &Catalog, limit: usize) -> Vec<EntityRef> {
    let model = catalog.index().read();
    let all = model.everything();
    all.iter()
        .take(limit)
        .filter_map(|doc| model.reference(doc).parse().ok())
        .collect()
}

/// Entities as they are served; `None` for those that are not in the catalog.
pub async fn entities(catalog: &Catalog, references: &[EntityRef]) -> Result<Vec<Option<Value>>, Fault> {
    let names: Vec<String> = references.iter().map(ToString::to_string).collect();
    let access = Access::all();
    let bodies = catalog.query(&access).by_references(&names, None).await?;
    Ok(bodies
        .into_iter()
        .map(|body| serde_json::from_str(&body?).ok())
        .collect())
}

/// Entities that pass a filter and hold a text in their name or title.
fn chosen(model: &ReadModel, filter: &Filter, text: &str) -> RoaringBitmap {
    let set = model.evaluate(filter);
    let text = text.trim();
    if text.is_empty() {
        return set.into_owned();
    }
    set.as_ref() & model.matching(&NAMES.map(str::to_owned), &Like::containing(text))
}

async fn read(catalog: &Catalog, versions: &[(uuid::Uuid, u32)]) -> Result<Vec<Value>, Fault> {
    let bodies = catalog.index().bodies().get(catalog.store(), versions).await;
    let bodies = bodies.map_err(|error| store_fault(&error))?;
    Ok(bodies
        .into_iter()
        .flatten()
        .filter_map(|body| serde_json::from_str(&body).ok())
        .collect())
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
