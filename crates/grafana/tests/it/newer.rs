//! The newer API for dashboards (`dashboard.grafana.app/v1beta1`) in the forms in which Grafana 12 and 13 answer.

use serde_json::{Value, json};

use crate::fake::Mode;
use crate::world::World;

/// A portal that asks an organisation of its own by the newer API alone.
async fn world() -> World {
    let section = |address: &str| json!({"domain": "https://grafana.example.com", "url": address, "token": "geheim", "api": "new", "namespace": "org-2"});
    World::configured("grafana/dashboard-selector: app=orders", section).await
}

/// An object as the API server writes it.
fn item(name: &str, title: &str, more: &Value) -> Value {
    let mut item = json!({
        "kind": "Dashboard", "apiVersion": "dashboard.grafana.app/v1beta1",
        "metadata": {
            "name": name, "namespace": "org-2", "uid": "9c1c3a52-1c5e-4b6e-8f5a-5b1e3a1d0c77", "resourceVersion": "1795512600000",
            "generation": 3, "creationTimestamp": "2026-11-20T09:00:00Z", "labels": {"grafana.app/deprecatedInternalID": "12"},
            "annotations": {"grafana.app/createdBy": "user:u000000001", "grafana.app/updatedTimestamp": "2026-11-24T09:00:00Z"},
        },
        "spec": {"title": title, "tags": ["app=orders"], "schemaVersion": 41, "time": {"from": "now-6h", "to": "now"},
            "templating": {"list": []}, "panels": [
                {"id": 4, "type": "timeseries", "title": "Requests", "datasource": {"type": "prometheus", "uid": "prom"},
                 "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0}, "targets": [{"refId": "A", "expr": "up"}]}]},
        "status": {"conversion": {"failed": false, "storedVersion": "v1beta1"}},
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        item[key.as_str()] = value.clone();
    }
    item
}

#[tokio::test]
async fn lists_and_dashboards_come_in_the_form_of_the_api_server() {
    let world = world().await;
    let mut first = item("orders-1", "Bestellungen / EU", &json!({}));
    first["metadata"]["annotations"]["grafana.app/folder"] = "dezs1".into();
    let second = item("orders-2", "At the top", &json!({}));
    world.grafana.answer_newer(
        "dashboards",
        json!({"kind": "DashboardList", "apiVersion": "dashboard.grafana.app/v1beta1",
            "metadata": {"resourceVersion": "1795512600000", "continue": ""}, "items": [first.clone(), second]}),
    );
    world.grafana.answer_newer(
        "folders",
        json!({"kind": "FolderList", "apiVersion": "folder.grafana.app/v1beta1", "metadata": {}, "items": [
            {"metadata": {"name": "dezs1", "namespace": "org-2"}, "spec": {"title": "Shop / Backend", "description": ""}}]}),
    );
    world.grafana.answer_newer("dashboards/orders-1", first);
    let tab = world.tab("", "").await.unwrap();
    for words in [
        "Bestellungen / EU",
        "At the top",
        "Shop / Backend",
        "https://grafana.example.com/dashboards/f/dezs1",
    ] {
        assert!(tab.contains(words), "{words} is missing: {tab}");
    }
    let chart = world.tab("chart/orders-1/4", "").await.unwrap();
    assert!(
        chart.contains("chart-line") && chart.contains("Requests"),
        "{chart}"
    );
    let base = "/apis/dashboard.grafana.app/v1beta1/namespaces/org%2D2/dashboards";
    assert_eq!(
        (
            world.grafana.calls(base),
            world.grafana.calls(&format!("{base}/orders%2D1"))
        ),
        (1, 1),
        "of its own organisation, each once"
    );
    assert_eq!(world.grafana.calls("/api/search"), 0);
}

#[tokio::test]
async fn what_the_api_server_refuses_is_told() {
    let one = |answer: Value| async move {
        let world = world().await;
        let list = json!({"metadata": {}, "items": [item("orders-1", "Orders", &json!({}))]});
        world.grafana.answer_newer("dashboards", list);
        world.grafana.answer_newer("dashboards/orders-1", answer);
        world.tab("", "").await.unwrap()
    };
    let failed = json!({"status": {"conversion": {"failed": true, "storedVersion": "v2beta1", "error": "tabs are not known"}}, "spec": {"title": "Orders", "panels": []}});
    let tab = one(item("orders-1", "Orders", &failed)).await;
    assert!(
        tab.contains("keeps this dashboard as v2beta1 and cannot turn it into v1beta1: tabs are not known"),
        "{tab}"
    );
    let status = |code: u16, reason: &str, message: &str| json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": code});
    for (code, reason, message, words) in [
        (
            404,
            "NotFound",
            "dashboards.dashboard.grafana.app \"orders-1\" not found",
            "404 Not Found",
        ),
        (
            403,
            "Forbidden",
            "dashboards.dashboard.grafana.app is forbidden",
            "403 Forbidden",
        ),
        (401, "Unauthorized", "Unauthorized", "401 Unauthorized"),
    ] {
        let tab = one(status(code, reason, message)).await;
        assert!(tab.contains(words), "{code}: {tab}");
    }
}

#[tokio::test]
async fn a_broken_list_of_the_newer_api_ends() {
    for list in [
        json!({"metadata": {"continue": "again"}, "items": []}),
        json!({"metadata": {"continue": 7}, "items": [null, {}, {"metadata": {"name": null}}]}),
        json!([]),
    ] {
        let world = world().await;
        world.grafana.answer_newer("dashboards", list.clone());
        let tab = world.tab("", "").await.unwrap();
        assert!(
            tab.contains("No dashboard belongs to this entity"),
            "{list}: {tab}"
        );
    }
    let world = world().await;
    world.grafana.set(Mode::Html);
    assert!(
        world
            .tab("", "")
            .await
            .unwrap()
            .contains("sent no JSON but text/html")
    );
}
