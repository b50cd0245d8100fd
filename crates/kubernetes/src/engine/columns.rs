//! The columns that a definition of custom resources gives its objects, as `kubectl get` prints them.

use std::sync::Arc;

use kube::Api;
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use serde_json::Value;

use super::Kubernetes;
use super::cluster::Cluster;
use super::json_path::JsonPath;
use super::kinds::Kind;
use super::object::Object;

/// Columns that are kept of a kind.
const MOST: usize = 30;

/// A column of a kind's objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its head.
    pub name: String,
    /// What its values are: `string`, `integer`, `number`, `boolean`, or `date` for a moment, which kubectl prints as an age.
    pub sort: String,
    /// What it says, for people.
    pub description: String,
    /// Columns with another priority than 0 are for wide tables.
    pub priority: i64,
    path: JsonPath,
}

impl Column {
    /// What an object has in the column; several values are joined by commas.
    pub fn value(&self, object: &Object) -> Option<String> {
        let found = self.path.find(&object.value);
        let texts: Vec<String> = found.into_iter().filter_map(text).collect();
        (!texts.is_empty()).then(|| texts.join(","))
    }

    /// Reads a column of a definition; nothing for one without a name or with a path that is not understood.
    fn read(value: &Value) -> Option<Self> {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Some(Self {
            name: value["name"].as_str()?.to_owned(),
            sort: text("type"),
            description: text("description"),
            priority: value["priority"].as_i64().unwrap_or(0),
            path: JsonPath::parse(value["jsonPath"].as_str()?)?,
        })
    }
}

impl Kubernetes {
    /// The columns of a kind's objects, in the order of its definition. Nothing for kinds without a definition, and where the
    /// portal's account may not read definitions; a definition without columns has only those that every object has.
    pub fn columns(&self, cluster: &str, kind: &'static Kind) -> Option<Arc<[Column]>> {
        self.cluster(cluster)?.columns(kind)
    }
}

/// Asks a cluster for the columns of a kind in the version in which it is watched.
pub(super) async fn ask(cluster: &Arc<Cluster>, resource: &ApiResource) -> Option<Arc<[Column]>> {
    let kind = GroupVersionKind::gvk("apiextensions.k8s.io", "v1", "CustomResourceDefinition");
    let definitions = ApiResource::from_gvk(&kind);
    let api: Api<DynamicObject> = Api::all_with(cluster.client(None), &definitions);
    let name = format!("{}.{}", resource.plural, resource.group);
    match api.get(&name).await {
        Ok(definition) => Some(of_version(&definition.data, &resource.version)),
        Err(error) => {
            tracing::debug!(
                cluster = cluster.name(),
                name,
                "its definition is not read: {error}"
            );
            None
        }
    }
}

fn of_version(definition: &Value, version: &str) -> Arc<[Column]> {
    let versions = definition["spec"]["versions"].as_array().into_iter().flatten();
    let mut of_version = versions.filter(|served| served["name"] == version);
    let columns = of_version
        .next()
        .and_then(|served| served["additionalPrinterColumns"].as_array());
    columns
        .into_iter()
        .flatten()
        .filter_map(Column::read)
        .take(MOST)
        .collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static ROLLOUTS: Kind = Kind::new("argoproj.io", "rollouts", "Rollout");

    #[test]
    fn columns_are_those_of_the_version() {
        let definition = json!({"spec": {"versions": [
            {"name": "v1alpha1", "additionalPrinterColumns": [{"name": "Old", "type": "string", "jsonPath": ".spec.old"}]},
            {"name": "v1", "additionalPrinterColumns": [
                {"name": "Desired", "type": "integer", "jsonPath": ".spec.replicas", "description": "How many"},
                {"name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status", "priority": 1},
                {"name": "Broken", "type": "string", "jsonPath": ".status["},
            ]},
        ]}});
        let columns = of_version(&definition, "v1");
        let names: Vec<(&str, i64)> = columns
            .iter()
            .map(|column| (column.name.as_str(), column.priority))
            .collect();
        assert_eq!(names, [("Desired", 0), ("Ready", 1)]);
        let object = Object::sample(
            &ROLLOUTS,
            json!({
                "metadata": {"name": "web"}, "spec": {"replicas": 3},
                "status": {"conditions": [{"type": "Ready", "status": "True"}]},
            }),
        );
        let values: Vec<Option<String>> = columns.iter().map(|column| column.value(&object)).collect();
        assert_eq!(values, [Some("3".to_owned()), Some("True".to_owned())]);
        assert!(of_version(&definition, "v2").is_empty());
    }
}
