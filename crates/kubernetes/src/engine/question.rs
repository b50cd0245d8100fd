//! Which objects belong to an entity, as its annotations say.

use model::{EntityRef, entity};
use serde_json::Value;

use super::selector::{Labels, Selector, UnreadableSelector};

pub(crate) const ID: &str = "backstage.io/kubernetes-id";
pub(crate) const SELECTOR: &str = "backstage.io/kubernetes-label-selector";
const NAMESPACE: &str = "backstage.io/kubernetes-namespace";
const CLUSTER: &str = "backstage.io/kubernetes-cluster";

/// The annotations of which an entity needs one.
pub const ANNOTATIONS: [&str; 2] = [ID, SELECTOR];

/// Which objects are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What the objects' labels must be.
    pub selector: Selector,
    /// The one namespace they are in; nothing: any.
    pub namespace: Option<String>,
    /// The one cluster they are in; nothing: any.
    pub cluster: Option<String>,
    /// Names of the resources of the entity's namespace that it depends on. Where the service locator is `catalogRelation`, these
    /// are the clusters that are asked.
    pub depends_on: Vec<String>,
}

impl Question {
    /// The objects of an entity; nothing for an entity without annotations about clusters.
    pub fn of(value: &Value) -> Option<Result<Self, UnreadableSelector>> {
        let text = |key| {
            entity::annotation(value, key)
                .map(str::trim)
                .filter(|text| !text.is_empty())
        };
        let selector = match (text(SELECTOR), text(ID)) {
            (Some(selector), _) => Selector::parse(selector),
            (None, Some(id)) => Ok(Selector::equal(ID, id)),
            (None, None) => return None,
        };
        Some(selector.map(|selector| Self {
            selector,
            namespace: text(NAMESPACE).map(str::to_owned),
            cluster: text(CLUSTER).map(str::to_owned),
            depends_on: depends_on(value),
        }))
    }

    /// The wire contract answers for every entity: one without annotations is asked for by its name.
    pub(crate) fn for_wire(value: &Value) -> Result<Self, UnreadableSelector> {
        let by_name = || Self {
            selector: Selector::equal(ID, entity::name(value).unwrap_or_default()),
            namespace: entity::annotation(value, NAMESPACE).map(str::to_owned),
            cluster: entity::annotation(value, CLUSTER).map(str::to_owned),
            depends_on: depends_on(value),
        };
        Self::of(value).unwrap_or_else(|| Ok(by_name()))
    }

    /// Objects with these labels.
    #[cfg(test)]
    pub(crate) fn selecting(selector: &str, namespace: Option<&str>) -> Self {
        Self {
            selector: Selector::parse(selector).expect("a selector"),
            namespace: namespace.map(str::to_owned),
            cluster: None,
            depends_on: Vec::new(),
        }
    }

    /// Whether a cluster is asked.
    pub fn asks(&self, cluster: &str) -> bool {
        self.cluster.as_deref().is_none_or(|only| only == cluster)
    }

    pub(crate) fn selects(&self, namespace: &str, labels: &Labels) -> bool {
        self.namespace.as_deref().is_none_or(|only| only == namespace) && self.selector.matches(labels)
    }
}

fn depends_on(value: &Value) -> Vec<String> {
    let relations = entity::relations(value);
    let targets = relations.filter(|(relation, _)| *relation == "dependsOn");
    let references = targets.filter_map(|(_, target)| target.parse::<EntityRef>().ok());
    let own = entity::namespace(value);
    let resources = references.filter(|target| {
        target.kind().eq_ignore_ascii_case("resource") && target.namespace().eq_ignore_ascii_case(own)
    });
    resources.map(|target| target.name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn annotations_say_what_is_asked_for() {
        let question = |annotations: Value| {
            Question::of(&json!({"metadata": {"name": "x", "annotations": annotations}}))
        };
        let check = |annotations: Value, selector: Option<&str>| {
            let found =
                question(annotations.clone()).map(|found| found.unwrap().selector.as_str().to_owned());
            assert_eq!(found.as_deref(), selector, "{annotations}");
        };
        check(json!({}), None);
        check(json!({ID: ""}), None);
        check(json!({ID: "web"}), Some("backstage.io/kubernetes-id=web"));
        check(json!({ID: "web", SELECTOR: "app=x"}), Some("app=x"));
        assert!(question(json!({SELECTOR: "a b"})).unwrap().is_err());
        let narrowed = question(json!({ID: "web", NAMESPACE: "shop", CLUSTER: "north"}))
            .unwrap()
            .unwrap();
        assert!(narrowed.asks("north") && !narrowed.asks("south"));
        assert!(narrowed.depends_on.is_empty());
        let labels = Labels::from_iter([(ID.to_owned(), "web".to_owned())]);
        assert!(narrowed.selects("shop", &labels) && !narrowed.selects("test", &labels));
    }

    #[test]
    fn resources_of_the_own_namespace_are_depended_on() {
        let relation = |kind: &str, target: &str| json!({"type": kind, "targetRef": target});
        let entity = json!({
            "kind": "Component",
            "metadata": {"name": "web", "namespace": "shop", "annotations": {ID: "web"}},
            "relations": [
                relation("dependsOn", "resource:shop/north"),
                relation("dependsOn", "resource:default/south"),
                relation("dependsOn", "component:shop/east"),
                relation("ownedBy", "resource:shop/west"),
            ],
        });
        assert_eq!(Question::of(&entity).unwrap().unwrap().depends_on, ["north"]);
    }
}
