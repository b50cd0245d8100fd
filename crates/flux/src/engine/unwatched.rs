//! How objects are whose kinds are not watched: each is asked for when somebody looks, a few at a time, and the answer counts for a
//! moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use kubernetes::Kubernetes;
use kubernetes::engine::{Named, Sort};
use kubernetes::health::{Health, Verdict, custom};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::inventory::Entry;
use super::remembered::{Bounds, Remembered};

/// Objects that are asked for of one page.
pub(crate) const MOST_ASKED: usize = 60;
/// Objects that are asked for at the same time, over all pages.
const AT_ONCE: usize = 8;
const BOUNDS: Bounds = Bounds {
    whom: "the cluster",
    wait: Duration::from_millis(500),
    counts: Some(Duration::from_secs(15)),
    believed: Duration::from_mins(1),
    most: 2_000,
};

/// An object with the name of its cluster.
pub(crate) type InCluster = (String, Entry);
/// How objects are. Nothing of one that is not there; an error says why it is not known.
pub type Looked = HashMap<InCluster, Result<Option<Verdict>, String>>;

/// Asks clusters. Clones share what was answered.
#[derive(Clone)]
pub(crate) struct LookUps {
    kubernetes: Kubernetes,
    known: Remembered<InCluster, Option<Verdict>>,
    turns: Arc<Semaphore>,
}

impl LookUps {
    pub fn new(kubernetes: Kubernetes) -> Self {
        Self {
            kubernetes,
            known: Remembered::new(BOUNDS),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// How objects are, as far as their clusters answer in time.
    pub async fn of(&self, wanted: Vec<InCluster>) -> Looked {
        let asked = wanted.into_iter().take(MOST_ASKED).map(async |one| {
            let (asks, what) = (self.clone(), one.clone());
            let answer = self.known.get(one.clone(), || asks.ask(what)).await;
            (one, answer)
        });
        join_all(asked).await.into_iter().collect()
    }

    async fn ask(self, (cluster, entry): InCluster) -> Result<Option<Verdict>, String> {
        let _turn = self.turns.acquire().await.map_err(|error| error.to_string())?;
        let named = Named {
            group: &entry.group,
            kind: &entry.kind,
            namespace: &entry.namespace,
            name: &entry.name,
        };
        match self.kubernetes.look_up(&cluster, named).await {
            Ok(found) => Ok(found.map(|value| verdict(&value))),
            Err(failure) if failure.sort == Sort::Forbidden => {
                Err("the portal's account may not see it".to_owned())
            }
            Err(failure) => Err(failure.message),
        }
    }
}

/// How an object of any kind is (kstatus), with what some kinds say in their own way.
fn verdict(value: &Value) -> Verdict {
    let condition = |name: &str| {
        let all = value["status"]["conditions"].as_array();
        all.into_iter().flatten().find(|one| one["type"] == name)
    };
    let is = |condition: &Value, status: &str| condition["status"] == status;
    let why = |condition: &Value| condition["message"].as_str().unwrap_or_default().to_owned();
    match value["kind"].as_str() {
        Some("CustomResourceDefinition") => match (condition("NamesAccepted"), condition("Established")) {
            (Some(names), _) if is(names, "False") => {
                Verdict::of(Health::Down, "Names refused").because(why(names))
            }
            (_, Some(established)) if is(established, "True") => custom::verdict(value),
            _ => Verdict::of(Health::Changing, "In progress"),
        },
        Some("APIService") => match condition("Available") {
            Some(available) if is(available, "False") => {
                Verdict::of(Health::Down, "Not available").because(why(available))
            }
            _ => custom::verdict(value),
        },
        Some("PersistentVolume") if value["status"]["phase"] == "Failed" => {
            let message = value["status"]["message"].as_str().unwrap_or_default();
            Verdict::of(Health::Down, "Failed").because(message)
        }
        _ => custom::verdict(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn states_of_any_kind() {
        let with = |kind: &str, conditions: Value| json!({"kind": kind, "metadata": {"generation": 1}, "status": {"conditions": conditions}});
        let said = |name: &str, status: &str| json!([{"type": name, "status": status, "message": "why"}]);
        for (value, health, words) in [
            (json!({"kind": "ServiceAccount"}), Health::Well, "There"),
            (
                json!({"kind": "ClusterRole", "metadata": {"deletionTimestamp": "x"}}),
                Health::Changing,
                "Terminating",
            ),
            (with("Certificate", said("Ready", "True")), Health::Well, "Ready"),
            (
                with("Certificate", said("Ready", "False")),
                Health::Degraded,
                "Not ready",
            ),
            (
                with("CustomResourceDefinition", said("Established", "True")),
                Health::Well,
                "There",
            ),
            (
                with("CustomResourceDefinition", json!([])),
                Health::Changing,
                "In progress",
            ),
            (
                with("CustomResourceDefinition", said("NamesAccepted", "False")),
                Health::Down,
                "Names refused",
            ),
            (
                with("APIService", said("Available", "False")),
                Health::Down,
                "Not available",
            ),
            (
                json!({"kind": "PersistentVolume", "status": {"phase": "Failed"}}),
                Health::Down,
                "Failed",
            ),
        ] {
            let found = verdict(&value);
            assert_eq!((found.health, found.words.as_str()), (health, words), "{value}");
        }
    }
}
