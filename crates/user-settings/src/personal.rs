//! What a viewer keeps about entities: stars and recent visits.
//!
//! Both live in the viewer's settings, in the very form and under the keys that the stock frontend
//! uses, so either face shows the other's (as in `@backstage/plugin-user-settings-backend` 0.4.7).

use std::collections::HashSet;

use jiff::Timestamp;
use model::EntityRef;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{SettingKey, Store, StoreError};

/// Visits kept.
const MAX_VISITS: usize = 100;
/// Stars kept.
const MAX_STARS: usize = 1_000;

/// A page that a viewer went to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    /// Identity of the visit.
    pub id: String,
    /// Title of the page.
    pub name: String,
    /// Path of the page.
    pub pathname: String,
    /// How often.
    #[serde(default)]
    pub hits: u64,
    /// Last time, in milliseconds since 1970.
    #[serde(default)]
    pub timestamp: i64,
    /// The entity the page is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_ref: Option<String>,
}

fn stars_key(viewer: &EntityRef) -> SettingKey {
    SettingKey {
        user: viewer.to_string(),
        bucket: "default.starredEntities".into(),
        key: "entityRefs".into(),
    }
}

fn visits_key(viewer: &EntityRef) -> SettingKey {
    SettingKey {
        user: viewer.to_string(),
        bucket: "default".into(),
        key: format!("@backstage/plugin-home:visits:{viewer}"),
    }
}

/// References of the entities a viewer starred, in the order they were starred.
pub async fn stars(store: &Store, viewer: &EntityRef) -> Result<Vec<String>, StoreError> {
    let value = store.setting_get(&stars_key(viewer)).await?.unwrap_or_default();
    Ok(starred_in(&value))
}

/// The same as a set.
pub async fn star_set(store: &Store, viewer: &EntityRef) -> Result<HashSet<String>, StoreError> {
    Ok(stars(store, viewer).await?.into_iter().collect())
}

/// Stars an entity, or takes the star away.
pub async fn set_star(
    store: &Store,
    viewer: &EntityRef,
    entity: &EntityRef,
    starred: bool,
) -> Result<(), StoreError> {
    let text = entity.to_string();
    let change = |known: Option<Value>| {
        let mut list = starred_in(&known.unwrap_or_default());
        list.retain(|known| *known != text);
        if starred {
            list.push(text);
            let surplus = list.len().saturating_sub(MAX_STARS);
            list.drain(..surplus);
        }
        json!(list)
    };
    store.setting_change(&stars_key(viewer), change).await
}

fn starred_in(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// Pages a viewer went to, the latest first. A stored form that cannot be read counts as none.
pub async fn visits(store: &Store, viewer: &EntityRef) -> Result<Vec<Visit>, StoreError> {
    let value = store.setting_get(&visits_key(viewer)).await?.unwrap_or_default();
    Ok(visits_in(&value))
}

fn visits_in(value: &Value) -> Vec<Visit> {
    let mut visits: Vec<Visit> = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|visit| serde_json::from_value(visit.clone()).ok())
        .collect();
    visits.sort_by_key(|visit| std::cmp::Reverse(visit.timestamp));
    visits
}

/// An entity's page that somebody went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visited {
    /// The entity.
    pub entity: EntityRef,
    /// Title of the page; without it the one that is known of it, or its name.
    pub title: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Counts visits of a viewer, in their order.
pub(crate) async fn record_visits(
    store: &Store,
    viewer: &EntityRef,
    visited: &[Visited],
) -> Result<(), StoreError> {
    let change = |known: Option<Value>| {
        let known = visits_in(&known.unwrap_or_default());
        let all = visited.iter().fold(known, |known, one| {
            let title = one
                .title
                .clone()
                .unwrap_or_else(|| known_title(&known, &one.entity));
            with_visit(known, &one.entity, &title, one.at)
        });
        json!(all)
    };
    store.setting_change(&visits_key(viewer), change).await
}

fn known_title(known: &[Visit], entity: &EntityRef) -> String {
    let path = ui::href::entity(entity);
    let visit = known.iter().find(|visit| visit.pathname == path);
    visit.map_or_else(|| entity.name().to_owned(), |visit| visit.name.clone())
}

fn with_visit(mut visits: Vec<Visit>, entity: &EntityRef, title: &str, at: Timestamp) -> Vec<Visit> {
    let pathname = ui::href::entity(entity);
    let text = entity.to_string();
    let before = visits
        .iter()
        .position(|visit| visit.pathname == pathname)
        .map(|index| visits.remove(index));
    let hits = before.as_ref().map_or(0, |visit| visit.hits) + 1;
    let id = before.map_or_else(|| model::sha1_hex(pathname.as_bytes()), |visit| visit.id);
    let visit = Visit {
        id,
        name: title.to_owned(),
        pathname,
        hits,
        timestamp: at.as_millisecond(),
        entity_ref: Some(text),
    };
    visits.insert(0, visit);
    visits.truncate(MAX_VISITS);
    visits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_second_visit_counts_and_comes_first() {
        let [a, b] =
            ["component:default/a", "component:default/b"].map(|text| text.parse::<EntityRef>().unwrap());
        let visits = with_visit(Vec::new(), &a, "A", at(1));
        let visits = with_visit(visits, &b, "B", at(2));
        let visits = with_visit(visits, &a, "A, renamed", at(3));
        let seen: Vec<(&str, u64)> = visits
            .iter()
            .map(|visit| (visit.name.as_str(), visit.hits))
            .collect();
        assert_eq!(seen, [("A, renamed", 2), ("B", 1)]);
        assert_eq!(visits[0].pathname, "/catalog/default/component/a");
    }

    #[test]
    fn only_so_many_are_kept() {
        let mut visits = Vec::new();
        for number in 0..150 {
            let entity = EntityRef::new("component", "default", &format!("c{number}"));
            visits = with_visit(visits, &entity, "C", at(number));
        }
        assert_eq!(
            (visits.len(), visits[0].entity_ref.as_deref()),
            (100, Some("component:default/c149"))
        );
    }
}
