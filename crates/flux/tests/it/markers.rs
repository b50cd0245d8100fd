//! Deployments as moments of an entity, from its workloads upwards.

use std::sync::Arc;
use std::time::Duration;

use model::EntityRef;
use plugin::{EntityMarker, MarkerOutcome, MarkerQuestion};
use serde_json::{Value, json};

use crate::world::{SHA, World, cluster, object};

const SOON: Duration = Duration::from_secs(3);

fn question(annotations: Value) -> MarkerQuestion {
    MarkerQuestion {
        entity: Arc::new(
            json!({"kind": "Component", "metadata": {"name": "web", "annotations": annotations}}),
        ),
        reference: EntityRef::new("component", "default", "web"),
        from: "2026-11-24T08:00:00Z".parse().unwrap(),
        to: "2026-11-24T10:00:00Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn what_an_applier_did_is_told_of_the_entity_whose_workloads_it_applies() {
    let server = cluster().await;
    let entry = |at: &str, word: &str| {
        json!({"digest": at, "firstReconciled": at, "lastReconciled": at, "lastReconciledStatus": word,
            "metadata": {"revision": format!("main@sha1:{SHA}")}})
    };
    let history = json!([
        entry("2026-11-24T09:30:00Z", "HealthCheckFailed"),
        entry("2026-11-24T09:00:00Z", "ReconciliationSucceeded"),
        entry("2026-11-01T09:00:00Z", "ReconciliationSucceeded"),
    ]);
    let more = json!({"spec": {}, "status": {"history": history}});
    server.put("kustomizations", object("flux-system", "apps", json!({}), more));
    let world = World::of(&server, json!({})).await;
    let asked = question(json!({"backstage.io/kubernetes-id": "web"}));
    let mut told = Vec::new();
    for _ in 0..150 {
        told = world.markers.between(&asked, SOON).await;
        if !told.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let short = &SHA[..8];
    let marker = |at: &str, text: String, outcome| EntityMarker {
        at: at.parse().unwrap(),
        text,
        path: Some("/catalog/default/component/web/deployments".to_owned()),
        outcome,
    };
    assert_eq!(
        told,
        [
            marker(
                "2026-11-24T09:00:00Z",
                format!("main@{short} was deployed"),
                MarkerOutcome::Done
            ),
            marker(
                "2026-11-24T09:30:00Z",
                format!("main@{short} failed: HealthCheckFailed"),
                MarkerOutcome::Failed
            ),
        ]
    );
    for nothing in [json!({}), json!({"backstage.io/kubernetes-id": "other"})] {
        assert_eq!(world.markers.between(&question(nothing), SOON).await, []);
    }
}
