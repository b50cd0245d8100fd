//! Whose an object of Flux is, on the page of all objects.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::world::{World, cluster, object};

const MORE: &str = "---\n\
    apiVersion: backstage.io/v1alpha1\nkind: Component\n\
    metadata: {name: worker, annotations: {backstage.io/kubernetes-label-selector: 'app=worker,tier in (back,batch)', backstage.io/kubernetes-namespace: shop}}\n\
    spec: {type: service, lifecycle: production, owner: team}\n\
    ---\n\
    apiVersion: backstage.io/v1alpha1\nkind: Component\n\
    metadata: {name: elsewhere, annotations: {backstage.io/kubernetes-label-selector: app=worker, backstage.io/kubernetes-namespace: other}}\n\
    spec: {type: service, lifecycle: production, owner: team}\n";

/// The entities that the page names beside an object.
fn owners(page: &str, kind: &str, name: &str) -> Vec<String> {
    let begin = page.find(&format!("{kind} <strong>{name}</strong>")).unwrap();
    let row = &page[begin..];
    let row = &row[..row.find("</tr>").unwrap()];
    let links = row.split("href=\"/catalog/default/component/").skip(1);
    links
        .map(|rest| rest.split('/').next().unwrap().to_owned())
        .collect()
}

fn labels(by: (&str, &str), app: &str) -> Value {
    let (group, name) = by;
    json!({format!("{group}/name"): name, format!("{group}/namespace"): "flux-system", "app": app, "tier": "back"})
}

#[tokio::test]
async fn selectors_and_the_chain_of_appliers_lead_to_entities() {
    let server = cluster().await;
    let kustomize = "kustomize.toolkit.fluxcd.io";
    // The Kustomization `apps` applies a release, and the release a workload that a selector names.
    let release =
        json!({"spec": {"chart": {"spec": {"sourceRef": {"kind": "HelmRepository", "name": "charts"}}}}});
    let mut managed = labels((kustomize, "apps"), "none");
    managed["tier"] = "none".into();
    server.put("helmreleases", object("flux-system", "worker", managed, release));
    server.put(
        "helmrepositories",
        object("flux-system", "charts", json!({}), json!({"spec": {}})),
    );
    let worker = labels(("helm.toolkit.fluxcd.io", "worker"), "worker");
    server.put(
        "deployments",
        object("shop", "worker", worker, json!({"spec": {"replicas": 1}})),
    );
    let world = World::with(&server, json!({}), MORE).await;
    let page = world.page_with("/flux", "/component/worker/").await;
    for (kind, name, expected) in [
        ("HelmRelease", "worker", vec!["worker"]),
        ("HelmRepository", "charts", vec!["worker"]),
        ("Kustomization", "apps", vec!["web", "worker"]),
        // It applies what applies them.
        ("Kustomization", "cluster", vec!["web", "worker"]),
        ("GitRepository", "fleet", vec!["web", "worker"]),
    ] {
        assert_eq!(owners(&page, kind, name), expected, "{kind} {name}");
    }
}

#[tokio::test]
async fn of_many_entities_the_first_are_named() {
    let server = cluster().await;
    let mut entities = String::new();
    for number in 0..8 {
        let _ = write!(
            entities,
            "---\napiVersion: backstage.io/v1alpha1\nkind: Component\n\
             metadata: {{name: part-{number}, annotations: {{backstage.io/kubernetes-label-selector: app=many}}}}\n\
             spec: {{type: service, lifecycle: production, owner: team}}\n"
        );
    }
    let many = labels(("kustomize.toolkit.fluxcd.io", "apps"), "many");
    server.put(
        "deployments",
        object("shop", "many", many, json!({"spec": {"replicas": 1}})),
    );
    let world = World::with(&server, json!({}), &entities).await;
    let page = world.page_with("/flux", "/component/part-0/").await;
    assert_eq!(owners(&page, "Kustomization", "apps").len(), 5);
    assert!(page.contains("and 4 more"), "{page}");
}
