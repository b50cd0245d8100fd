//! The catalog as pages read it: lists, counts and short forms, from the index.
//!
//! A thin layer over `query` for this crate's pages and those of other features. It knows nothing of
//! addresses or markup.

use std::collections::HashMap;

use model::{EntityRef, Fault, Filter, entity};
use serde_json::Value;

use crate::Catalog;

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
}

impl Known {
    fn of(value: &Value) -> Self {
        Self {
            title: entity::title(value).map(str::to_owned),
            spec_type: entity::spec_type(value).map(str::to_owned),
        }
    }
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

/// Short forms of entities; `None` for those that are not in the catalog.
pub async fn known(
    catalog: &Catalog,
    references: &[EntityRef],
) -> Result<HashMap<EntityRef, Option<Known>>, Fault> {
    let found = entities(catalog, references).await?;
    Ok(references
        .iter()
        .cloned()
        .zip(found.iter().map(|value| value.as_ref().map(Known::of)))
        .collect())
}

/// An entity as it is served.
pub async fn entity(catalog: &Catalog, reference: &EntityRef) -> Result<Option<Value>, Fault> {
    Ok(entities(catalog, std::slice::from_ref(reference))
        .await?
        .pop()
        .flatten())
}

// ---- until the index answers: a scan ----

async fn scan(catalog: &Catalog) -> Result<Vec<Value>, Fault> {
    let mut position = store::ScanPosition::default();
    let mut all = Vec::new();
    loop {
        let (rows, next) = catalog
            .store()
            .scan_finals(position, 1000)
            .await
            .map_err(|error| Fault::error(error.to_string()))?;
        all.extend(rows.iter().filter_map(|row| serde_json::from_str(&row.json).ok()));
        match next {
            Some(next) => position = next,
            None => return Ok(all),
        }
    }
}

fn matches(value: &Value, filter: &Filter, text: &str) -> bool {
    let text = text.to_lowercase();
    let hit = text.is_empty()
        || entity::name(value).is_some_and(|name| name.to_lowercase().contains(&text))
        || entity::title(value).is_some_and(|title| title.to_lowercase().contains(&text));
    hit && model::search_rows(value).is_ok_and(|rows| filter.matches(&rows))
}

/// One page of entities.
pub async fn list(catalog: &Catalog, request: ListRequest) -> Result<Listing, Fault> {
    let mut found: Vec<Value> = scan(catalog)
        .await?
        .into_iter()
        .filter(|value| matches(value, &request.filter, &request.text))
        .collect();
    let key = |value: &Value| {
        let rows = model::search_rows(value).unwrap_or_default();
        let wanted = model::js::lowercase(&request.order);
        let found = rows
            .into_iter()
            .find(|row| row.key == wanted)
            .and_then(|row| row.value);
        (found.is_none(), found)
    };
    found.sort_by_key(key);
    if request.descending {
        found.reverse();
    }
    let total = found.len();
    let start: usize = request
        .cursor
        .as_deref()
        .and_then(|cursor| cursor.parse().ok())
        .unwrap_or(0);
    let entities: Vec<Value> = found.into_iter().skip(start).take(request.limit).collect();
    let end = start + entities.len();
    Ok(Listing {
        entities,
        total,
        previous: (start > 0).then(|| start.saturating_sub(request.limit).to_string()),
        next: (end < total).then(|| end.to_string()),
    })
}

/// Values of a field with the number of entities that hold each.
pub async fn counts(
    catalog: &Catalog,
    filter: &Filter,
    text: &str,
    field: &str,
) -> Result<Vec<(String, usize)>, Fault> {
    let field = model::js::lowercase(field);
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for value in scan(catalog)
        .await?
        .iter()
        .filter(|value| matches(value, filter, text))
    {
        for row in model::search_rows(value)?
            .into_iter()
            .filter(|row| row.key == field)
        {
            *counts.entry(row.original.unwrap_or_default()).or_default() += 1;
        }
    }
    Ok(counts.into_iter().collect())
}

/// Entities in the catalog.
pub async fn total(catalog: &Catalog) -> Result<usize, Fault> {
    Ok(scan(catalog).await?.len())
}

/// References of the first `limit` entities.
pub async fn names(catalog: &Catalog, limit: usize) -> Result<Vec<EntityRef>, Fault> {
    Ok(scan(catalog)
        .await?
        .iter()
        .filter_map(EntityRef::of)
        .take(limit)
        .collect())
}

/// Entities as they are served; `None` for those that are not in the catalog.
pub async fn entities(catalog: &Catalog, references: &[EntityRef]) -> Result<Vec<Option<Value>>, Fault> {
    let mut found = Vec::new();
    for reference in references {
        let node = catalog
            .store()
            .node(&reference.to_string())
            .await
            .map_err(|error| Fault::error(error.to_string()))?;
        found.push(node.and_then(|node| serde_json::from_str(&node.final_json?).ok()));
    }
    Ok(found)
}
