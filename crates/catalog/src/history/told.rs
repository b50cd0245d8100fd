//! What a change says to people: whether the descriptor said it, others did, or only how the entity is has changed.
//!
//! Decided from the stored difference alone. Relations follow from descriptors: where nothing but relations changed,
//! another entity's descriptor said so.

use std::collections::HashSet;

use model::{EntityRef, diff, js};
use serde_json::Value;
use store::ChangeKind;

use super::VersionSummary;
use crate::query::View;

/// Who is behind a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeClass {
    /// The descriptor, or a person here: other fields than relations and status, or the entity came or went.
    Descriptor,
    /// The descriptors of other entities: nothing but relations.
    Relations,
    /// Nothing but how the entity is.
    Status,
}

impl ChangeClass {
    /// The class of a change.
    pub fn of(kind: ChangeKind, changes: &[diff::Change]) -> Self {
        let parts = || changes.iter().filter_map(|change| part(&change.path));
        if kind != ChangeKind::Changed || parts().any(|part| part == Self::Descriptor) {
            Self::Descriptor
        } else if parts().any(|part| part == Self::Relations) {
            Self::Relations
        } else {
            Self::Status
        }
    }

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Descriptor => "descriptor",
            Self::Relations => "relations",
            Self::Status => "status",
        }
    }
}

/// The class of a field; nothing for what is derived from the others.
fn part(path: &str) -> Option<ChangeClass> {
    let is_below = |field: &str| {
        path.strip_prefix(field)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if path == "/metadata/etag" {
        None
    } else if is_below("/relations") {
        Some(ChangeClass::Relations)
    } else if is_below("/status") {
        Some(ChangeClass::Status)
    } else {
        Some(ChangeClass::Descriptor)
    }
}

/// A relation that came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationChange {
    /// It came.
    pub is_new: bool,
    /// Its type.
    pub kind: String,
    /// Where it leads.
    pub target: EntityRef,
}

/// A change as people are told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Who is behind it.
    pub class: ChangeClass,
    /// The fields that the descriptor changed.
    pub fields: Vec<diff::Change>,
    /// Relations that came or went, of those that may be seen.
    pub relations: Vec<RelationChange>,
    /// The status changed as well.
    pub has_status: bool,
}

impl View<'_> {
    /// A version as pages tell it.
    pub fn told_of(&self, version: &VersionSummary) -> Told {
        let kind = ChangeKind::parse(version.kind).unwrap_or(ChangeKind::Changed);
        self.told(kind, version.changes.clone())
    }

    /// A change as pages tell it: without relations to what may not be seen.
    pub fn told(&self, kind: ChangeKind, changes: Vec<diff::Change>) -> Told {
        let class = ChangeClass::of(kind, &changes);
        let (mut fields, mut relations, mut has_status) = (Vec::new(), Vec::new(), false);
        for change in changes {
            match part(&change.path) {
                Some(ChangeClass::Descriptor) => fields.push(change),
                Some(ChangeClass::Relations) => relations.extend(relation_changes(&change)),
                Some(ChangeClass::Status) => has_status = true,
                None => {}
            }
        }
        if !self.sight.is_everything() {
            let model = self.catalog.index().read();
            let eyes = self.eyes(&model);
            // What is gone may have been hidden, so that only what is seen now is named.
            relations.retain(|relation| eyes.find(&relation.target.to_string()).is_some());
        }
        Told {
            class,
            fields,
            relations,
            has_status,
        }
    }
}

fn relation_changes(change: &diff::Change) -> Vec<RelationChange> {
    let [before, after] = [&change.before, &change.after].map(|list| relations(list.as_ref()));
    let missing_in = |list: &[(String, EntityRef)], other: &[(String, EntityRef)], is_new| {
        let known: HashSet<&(String, EntityRef)> = other.iter().collect();
        let new = list.iter().filter(|relation| !known.contains(relation));
        let told = new.map(|(kind, target)| RelationChange {
            is_new,
            kind: kind.clone(),
            target: target.clone(),
        });
        told.collect::<Vec<_>>()
    };
    let mut found = missing_in(&after, &before, true);
    found.extend(missing_in(&before, &after, false));
    found
}

fn relations(list: Option<&Value>) -> Vec<(String, EntityRef)> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    let relation = |item: &Value| {
        let target = js::lowercase(item["targetRef"].as_str()?).parse().ok()?;
        Some((item["type"].as_str()?.to_owned(), target))
    };
    items.filter_map(relation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(kind: ChangeKind, before: &Value, after: &Value, expected: ChangeClass) {
        let changes = diff::changes(Some(before), Some(after));
        assert_eq!(ChangeClass::of(kind, &changes), expected, "{changes:?}");
    }

    #[test]
    fn the_difference_tells_who_is_behind_a_change() {
        let form = |etag: &str, lifecycle: &str, relations: Value, status: Value| {
            json!({
                "metadata": {"etag": etag}, "spec": {"lifecycle": lifecycle}, "relations": relations,
                "status": {"items": status},
            })
        };
        let uses = || json!([{"type": "hasPart", "targetRef": "component:default/a"}]);
        let old = form("1", "production", json!([]), json!([]));
        let (changed, none) = (ChangeKind::Changed, || json!([]));
        check(
            changed,
            &old,
            &form("2", "production", uses(), none()),
            ChangeClass::Relations,
        );
        check(
            changed,
            &old,
            &form("2", "production", none(), json!([1])),
            ChangeClass::Status,
        );
        check(
            changed,
            &old,
            &form("2", "production", uses(), json!([1])),
            ChangeClass::Relations,
        );
        check(
            changed,
            &old,
            &form("2", "deprecated", uses(), none()),
            ChangeClass::Descriptor,
        );
        check(ChangeKind::Orphaned, &old, &old, ChangeClass::Descriptor);
        check(
            changed,
            &old,
            &form("2", "production", none(), none()),
            ChangeClass::Status,
        );
        // A field that only begins like another one.
        let other = json!({"metadata": {"etag": "1"}, "relationship": 1});
        check(
            changed,
            &json!({"metadata": {"etag": "1"}}),
            &other,
            ChangeClass::Descriptor,
        );
    }

    #[test]
    fn of_relations_those_that_came_and_went() {
        let relation =
            |name: &str| json!({"type": "hasPart", "targetRef": format!("component:default/{name}")});
        let change = diff::Change {
            path: "/relations".to_owned(),
            before: Some(json!([relation("a"), relation("b")])),
            after: Some(json!([relation("B"), relation("c")])),
        };
        let told: Vec<String> = relation_changes(&change)
            .iter()
            .map(|one| format!("{}{}", if one.is_new { '+' } else { '-' }, one.target.name()))
            .collect();
        assert_eq!(told, ["+c", "-a"]);
    }
}
