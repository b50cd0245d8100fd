//! The tab: dashboards by labels, charts each within their own time, and every way in which Grafana may not answer.

use std::time::{Duration, Instant};

use crate::fake::Mode;
use crate::world::World;

async fn orders() -> World {
    World::with("grafana/dashboard-selector: app=orders").await
}

#[tokio::test]
async fn dashboards_are_found_by_tag_and_by_variable() {
    let world = orders().await;
    let tab = world.tab("", "range=6h").await.unwrap();
    assert!(
        tab.contains("https://grafana.example.com/d/orders/orders?from=now-6h"),
        "{tab}"
    );
    // The shared dashboard has a variable for the label, with which it is opened.
    assert!(
        tab.contains("https://grafana.example.com/d/shared/any?var-app=orders"),
        "{tab}"
    );
    assert!(!tab.contains("/d/other"), "{tab}");
    assert!(
        tab.contains("data-deferred=\"/catalog/default/component/orders/monitoring/chart/orders/1?range=6h"),
        "{tab}"
    );
    world.tab("", "").await;
    world.tab("dashboards", "").await;
    assert_eq!(
        world.grafana.calls("/api/search"),
        1,
        "the list is kept for a minute"
    );
}

#[tokio::test]
async fn a_chart_is_drawn_for_the_entity() {
    let world = orders().await;
    let chart = world.tab("chart/shared/1", "range=1h").await.unwrap();
    assert!(
        chart.contains("id=\"chart-shared-1\"") && chart.contains("chart-line"),
        "{chart}"
    );
    assert!(chart.contains("42\u{a0}req/s"), "{chart}");
    let asked = world.grafana.last_query();
    assert_eq!(asked["queries"][0]["expr"], "requests{app=\"orders\"}");
    assert_eq!(asked["queries"][0]["datasource"]["uid"], "prom");
    let number = |key: &str| asked[key].as_str().unwrap().parse::<i64>().unwrap();
    assert_eq!(number("to") - number("from"), 3_600_000);
    let without = world.tab("chart/orders/3", "").await.unwrap();
    assert!(without.contains("defaultDataSource"), "{without}");
}

#[tokio::test]
async fn only_panels_of_own_dashboards_are_drawn() {
    let world = orders().await;
    for rest in [
        "chart/other/1",
        "chart/orders/2",
        "chart/orders/99",
        "chart/orders/x",
        "chart/orders",
        "x",
    ] {
        assert_eq!(world.tab(rest, "").await, None, "{rest}");
    }
}

#[tokio::test]
async fn a_slow_data_source_is_the_trouble_of_its_chart_alone() {
    let world = orders().await;
    world.grafana.set(Mode::SlowQueries);
    let begun = Instant::now();
    let chart = world.tab_within("chart/orders/1", "", Duration::from_millis(900));
    let chart = chart.await.unwrap();
    assert!(
        chart.contains("gave no answer") || chart.contains("too slow"),
        "{chart}"
    );
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert!(world.tab("", "").await.unwrap().contains("/d/orders"));
}

#[tokio::test]
async fn the_page_does_not_wait_for_a_slow_list() {
    let world = orders().await;
    world.grafana.set(Mode::SlowLists);
    let begun = Instant::now();
    let tab = world.tab("", "range=24h&dashboard=shared").await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(
        tab.contains("monitoring/dashboards?range=24h&amp;dashboard=shared&amp;part=monitoring"),
        "{tab}"
    );
    assert!(world.tab("dashboards", "").await.unwrap().contains("/d/orders"));
}

#[tokio::test]
async fn every_refusal_is_told_as_what_it_is() {
    for (mode, words, hint) in [
        (Mode::Unauthorized, "401 Unauthorized", "role Viewer"),
        (Mode::Forbidden, "403 Forbidden", "lacks this right"),
        (Mode::Html, "sent no JSON but text/html", "grafana.url"),
        (Mode::SignIn, "sign-in page", "service account"),
    ] {
        let world = orders().await;
        world.grafana.set(mode);
        let tab = world.tab("", "").await.unwrap();
        assert!(tab.contains(words) && tab.contains(hint), "{mode:?}: {tab}");
        assert!(!tab.contains("geheim"), "{tab}");
    }
    let away = World::configured(
        "grafana/dashboard-selector: app=orders",
        |_| serde_json::json!({"domain": "https://g", "url": "http://127.0.0.1:1", "token": "geheim"}),
    );
    let tab = away.await.tab("", "").await.unwrap();
    assert!(tab.contains("nothing listens"), "{tab}");
}

#[tokio::test]
async fn what_is_known_outlives_an_outage() {
    let world = orders().await;
    world.refresh().await;
    world.until_badges(&["1 alert firing"]).await;
    let tab = world.tab("", "").await.unwrap();
    assert!(
        tab.contains("Orders &lt;fail&gt;") && tab.contains("1 rule is quiet"),
        "{tab}"
    );
    assert!(!tab.contains("href=\"javascript:"), "{tab}");
    world.grafana.set(Mode::Unauthorized);
    world.refresh().await;
    let begun = Instant::now();
    loop {
        let tab = world.tab("", "").await.unwrap();
        if tab.contains("What follows is what Grafana said") {
            assert!(
                tab.contains("Orders &lt;fail&gt;") && tab.contains("/d/orders"),
                "{tab}"
            );
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{tab}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn mistakes_in_annotations_stand_on_the_tab() {
    for (annotations, words) in [
        (
            "grafana/dashboard-selector: \"title = 'x'\"",
            "Unexpected &quot;=&quot; at character 6",
        ),
        (
            "grafana/dashboard-selector: \"title @> 'x'\"",
            "@&gt; operator can only be used on an array",
        ),
        (
            "grafana/dashboard-selector: orders, grafana/host-id: b",
            "Grafana instance &quot;b&quot; not found. Available instances: default",
        ),
        (
            "grafana/dashboard-selector: none-such",
            "No dashboard belongs to this entity",
        ),
        ("grafana/dashboard-selector: orders-mobile", "Tags like these"),
        (
            "grafana/alert-label-selector: orders",
            "The selector names no label and value",
        ),
        ("grafana/tag-selector: \"tags @> 'shared'\"", "Any service"),
        (
            "grafana/overview-dashboard: \"https://grafana.example.com/d/other/x?var-app=z\"",
            "chart/other/1",
        ),
    ] {
        let world = World::with(annotations).await;
        let tab = world.tab("", "").await.unwrap();
        assert!(tab.contains(words), "{annotations}: {tab}");
    }
}
