//! Panels that are there once for each value of a variable.

use serde_json::{Value, json};

use crate::world::World;

async fn world(current: Value) -> World {
    let world = World::with("grafana/dashboard-selector: app=orders").await;
    world.grafana.set_panels(json!({
        "uid": "orders", "title": "Orders",
        "templating": {"list": [{"name": "pod", "type": "query", "multi": true, "includeAll": true, "current": {"value": current}, "options": []}]},
        "panels": [
            {"id": 1, "type": "timeseries", "title": "Requests of $pod", "repeat": "pod", "maxPerRow": 2, "gridPos": {"y": 0},
             "datasource": {"uid": "prom"}, "targets": [{"refId": "A", "expr": "requests{pod=\"$pod\"}"}]},
            {"id": 2, "type": "heatmap", "title": "Latency", "gridPos": {"y": 1}, "datasource": {"uid": "prom"},
             "targets": [{"refId": "A", "expr": "sum by (le) (rate(x_bucket[$__rate_interval]))", "format": "heatmap"}]},
        ],
    }));
    world
}

#[tokio::test]
async fn each_value_has_a_chart_of_its_own() {
    let world = world(json!(["a", "b", "c"])).await;
    let tab = world.tab("", "").await.unwrap();
    for words in [
        "Requests of a",
        "Requests of b",
        "chart/orders/1-2?",
        "chart-repeat chart-repeat-2",
        "chart/orders/2?",
    ] {
        assert!(tab.contains(words), "{words} is missing: {tab}");
    }
    let chart = world.tab("chart/orders/1-1", "").await.unwrap();
    assert!(
        chart.contains("Requests of b") && chart.contains("id=\"chart-orders-1-1\""),
        "{chart}"
    );
    assert!(
        chart.contains("var-pod=b") && chart.contains("viewPanel=1"),
        "{chart}"
    );
    assert_eq!(
        world.grafana.last_query()["queries"][0]["expr"],
        "requests{pod=\"b\"}"
    );
    for missing in [
        "chart/orders/1-3",
        "chart/orders/2-1",
        "chart/orders/1-",
        "chart/orders/x",
    ] {
        assert_eq!(world.tab(missing, "").await, None, "{missing}");
    }
}

#[tokio::test]
async fn values_that_grafana_alone_knows_are_drawn_together() {
    let world = world(json!(["$__all"])).await;
    let chart = world.tab("chart/orders/1", "").await.unwrap();
    assert!(chart.contains("once for each value of pod"), "{chart}");
    assert_eq!(
        world.grafana.last_query()["queries"][0]["expr"],
        "requests{pod=\".*\"}"
    );
}

#[tokio::test]
async fn a_heat_map_asks_for_as_many_columns_as_it_draws() {
    let world = world(json!(["a"])).await;
    let chart = world.tab("chart/orders/2", "range=6h").await.unwrap();
    assert!(
        chart.contains("heat-cells") && chart.contains("heat-8"),
        "{chart}"
    );
    let asked = world.grafana.last_query();
    let query = &asked["queries"][0];
    assert_eq!(
        (&query["maxDataPoints"], &query["intervalMs"]),
        (&json!(60), &json!(360_000))
    );
}
