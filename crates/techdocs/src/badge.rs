//! What the head of an entity's page says about its documentation: how many problems readers meet, for those who own it.

use std::sync::Arc;

use model::{EntityRef, Viewer, entity};
use plugin::{Badge, BadgeTone, EntityBadges};
use serde_json::Value;
use ui::href;

use crate::library::Library;
use crate::pages::TAB;

/// The number of problems, as far as it is known without reading anything.
pub(crate) struct HealthBadge(pub(crate) Arc<Library>);

impl EntityBadges for HealthBadge {
    fn badges(&self, reference: &EntityRef, entity: &Value, viewer: &Viewer) -> Vec<Badge> {
        if !is_owner(entity, viewer) {
            return Vec::new();
        }
        let source = self.0.source_of(entity).and_then(Result::ok);
        let known = source.and_then(|source| self.0.known(&source));
        let count = known
            .and_then(|shown| shown.site.known_problems())
            .unwrap_or_default();
        badge(reference, count).into_iter().collect()
    }
}

fn is_owner(entity: &Value, viewer: &Viewer) -> bool {
    entity::relations(entity)
        .filter(|(kind, _)| *kind == "ownedBy")
        .filter_map(|(_, target)| target.parse::<EntityRef>().ok())
        .any(|owner| viewer.claims.contains(&owner))
}

fn badge(reference: &EntityRef, count: usize) -> Option<Badge> {
    let text = match count {
        0 => return None,
        1 => "1 problem in the docs".to_owned(),
        count => format!("{count} problems in the docs"),
    };
    Some(Badge {
        text,
        tone: BadgeTone::Warning,
        path: Some(format!("{}?view=health", href::entity_tab(reference, TAB))),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn owners_are_told() {
        let entity = json!({"relations": [{"type": "ownedBy", "targetRef": "group:default/shop"}]});
        let person = |group: &str| {
            let entity: EntityRef = "user:default/ann".parse().expect("a reference");
            Viewer::person(entity, vec![group.parse().expect("a reference")], None)
        };
        assert!(is_owner(&entity, &person("group:default/shop")));
        assert!(!is_owner(&entity, &person("group:default/other")));
        assert!(!is_owner(&json!({}), &person("group:default/shop")));
        let reference: EntityRef = "component:default/shop".parse().expect("a reference");
        assert_eq!(badge(&reference, 0), None);
        let badge = badge(&reference, 3).expect("there are problems");
        assert_eq!(badge.text, "3 problems in the docs");
        let path = "/catalog/default/component/shop/docs?view=health";
        assert_eq!(badge.path.as_deref(), Some(path));
    }
}
