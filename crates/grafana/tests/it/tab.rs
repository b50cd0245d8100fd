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
    assert!(chart.contains("<h2>Requests of orders</h2>"), "{chart}");
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
        (
            Mode::Unprocessable,
            "422 Unprocessable Entity",
            "grafanaDashboardSearchLimit",
        ),
        (Mode::Broken, "500 Internal Server Error", "asks again by itself"),
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
async fn a_query_that_is_refused_leaves_the_others() {
    let world = orders().await;
    world.grafana.set(Mode::HalfRefused);
    let chart = world.tab("chart/shared/1", "").await.unwrap();
    assert!(
        chart.contains("parse error: &lt;unexpected&gt; end") && chart.contains("half"),
        "{chart}"
    );
    for (mode, words) in [
        (
            Mode::Forbidden,
            "403 Forbidden: You'll need additional permissions",
        ),
        (Mode::SignIn, "it asks for a sign-in"),
        (Mode::Html, "sent no JSON"),
        (Mode::Broken, "500 Internal Server Error"),
    ] {
        let world = orders().await;
        world.tab("", "").await;
        world.tab("chart/shared/1", "").await;
        world.grafana.set(mode);
        let chart = world.tab("chart/shared/1", "").await.unwrap();
        assert!(chart.contains(words), "{mode:?}: {chart}");
    }
}

#[tokio::test]
async fn what_was_noted_stands_in_the_charts() {
    let world = orders().await;
    for panel in ["chart/shared/1", "chart/orders/1", "chart/shared/1"] {
        let chart = world.tab(panel, "").await.unwrap();
        assert!(chart.contains("main@0123456 was deployed"), "{chart}");
        assert!(
            chart.contains("Failover drill") && !chart.contains("Elsewhere"),
            "{chart}"
        );
    }
    assert_eq!(
        world.grafana.calls("/api/annotations"),
        4,
        "two for each dashboard and span"
    );
    let world = orders().await;
    world.grafana.set(Mode::SlowNotes);
    let begun = Instant::now();
    let chart = world.tab("chart/shared/1", "").await.unwrap();
    assert!(
        chart.contains("chart-line") && !chart.contains("Failover"),
        "{chart}"
    );
    assert!(begun.elapsed() < Duration::from_secs(6));
}

#[tokio::test]
async fn an_entity_without_dashboards_has_signals() {
    let section = |address: &str| serde_json::json!({"domain": "https://grafana.example.com", "url": address, "token": "geheim", "signals": {"dataSource": "mimir"}});
    let world = World::configured("grafana/alert-label-selector: app=orders", section).await;
    let tab = world.tab("", "").await.unwrap();
    assert!(
        tab.contains("derived") && tab.contains("{app=&quot;orders&quot;}"),
        "{tab}"
    );
    assert!(tab.contains("monitoring/chart/signals/5?"), "{tab}");
    let chart = world.tab("chart/signals/1", "range=6h").await.unwrap();
    assert!(
        chart.contains("Requests a second") && chart.contains("/explore?schemaVersion=1"),
        "{chart}"
    );
    let asked = world.grafana.last_query();
    let query = asked["queries"][0]["expr"].as_str().unwrap();
    assert!(query.contains("http_requests_total{app=\"orders\"}"), "{query}");
    assert_eq!(asked["queries"][0]["datasource"]["uid"], "mimir");
    // With dashboards of its own, signals are one more choice, and not the first.
    let world = World::configured("grafana/dashboard-selector: app=orders", section).await;
    let tab = world.tab("", "").await.unwrap();
    assert!(
        !tab.contains("derived") && tab.contains("dashboard=signals"),
        "{tab}"
    );
    // What runs somewhere has signals even if it names nothing of Grafana.
    let world = World::configured("backstage.io/kubernetes-id: orders", section).await;
    assert!(world.tab("", "").await.unwrap().contains("derived"));
}

#[tokio::test]
async fn panels_that_grafana_draws_are_shown_where_it_does() {
    let section = |more: &'static str| move |address: &str| serde_json::json!({"domain": "https://grafana.example.com", "url": address, "token": "geheim", more: true});
    let annotation = "grafana/dashboard-selector: app=orders";
    let world = World::configured(annotation, section("pictures")).await;
    let panel = world.tab("chart/orders/2", "range=6h").await.unwrap();
    assert!(
        panel.contains(
            "src=\"/api/grafana/pictures/component/default/orders/orders/2?range=6h&amp;theme=light\""
        ),
        "{panel}"
    );
    world.tab("chart/orders/2", "range=6h").await;
    assert_eq!(
        world.grafana.calls("/render/d-solo/orders/panel"),
        1,
        "a picture is kept"
    );
    let world = World::configured(annotation, section("pictures")).await;
    world.grafana.set(Mode::NoPictures);
    let panel = world.tab("chart/orders/2", "").await.unwrap();
    assert!(
        panel.contains("no image renderer") && !panel.contains("<img"),
        "{panel}"
    );

    let world = World::configured(annotation, section("embed")).await;
    let panel = world.tab("chart/shared/2", "").await.unwrap();
    assert!(
        panel.contains("src=\"https://grafana.example.com/d-solo/shared/panel?var-app=orders&amp;from=now-1h&amp;to=now&amp;panelId=2\""),
        "{panel}"
    );
    assert_eq!(world.contributions.frame_hosts, ["https://grafana.example.com"]);
    let world = World::configured(annotation, section("embed")).await;
    world.grafana.set(Mode::NoPictures);
    let panel = world.tab("chart/orders/2", "").await.unwrap();
    assert!(
        panel.contains("X-Frame-Options: deny") && !panel.contains("<iframe"),
        "{panel}"
    );
    // Without either, such a panel is a link.
    let world = orders().await;
    assert_eq!(world.tab("chart/orders/2", "").await, None);
    assert!(world.contributions.frame_hosts.is_empty());
}

#[tokio::test]
async fn all_pages_of_dashboards_are_read_once() {
    let world = World::with("grafana/dashboard-selector: orders-app").await;
    let mut boards: Vec<serde_json::Value> = (0..2_500)
        .map(|at| serde_json::json!({"uid": format!("d{at}"), "title": format!("Übersicht {at} 🚀"), "url": format!("/d/d{at}/x"), "tags": ["many"]}))
        .collect();
    boards[2_400]["tags"] = serde_json::json!(["orders-app"]);
    // While pages are read, a dashboard may move from one to the next.
    boards[1_000] = boards[999].clone();
    world.grafana.set_dashboards(boards);
    let tab = world.tab("", "").await.unwrap();
    assert!(tab.contains("Übersicht 2400 🚀"), "{tab}");
    assert_eq!(world.grafana.calls("/api/search"), 3);
}

#[tokio::test]
async fn a_grafana_without_the_older_api_is_asked_by_the_newer_one() {
    let world = orders().await;
    world.grafana.set(Mode::OnlyNew);
    let tab = world.tab("", "").await.unwrap();
    assert!(
        tab.contains("New labelled") && !tab.contains("New elsewhere"),
        "{tab}"
    );
    assert!(
        tab.contains("Team / Eins") && tab.contains("/dashboards/f/f"),
        "{tab}"
    );
    let chart = world.tab("chart/labelled/1", "").await.unwrap();
    assert!(chart.contains("chart-line"), "{chart}");
    assert_eq!(
        world.grafana.calls("/api/search"),
        1,
        "what is gone is not asked again"
    );
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
