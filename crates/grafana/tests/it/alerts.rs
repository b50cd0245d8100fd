//! Alerts reach the head of an entity's page, and whoever has it open.

use std::sync::Arc;

use catalog::Sight;
use model::Filter;
use serde_json::{Value, json};
use store::Announced;
use tokio_util::sync::CancellationToken;

use crate::fake::Mode;
use crate::proxy::Closed;
use crate::world::World;

const RULES: &str = "/api/prometheus/grafana/api/v1/rules";

#[tokio::test]
async fn a_badge_says_what_is_firing() {
    let world = World::with("grafana/dashboard-selector: app=orders").await;
    assert_eq!(world.badges(), Vec::<String>::new());
    assert_eq!(world.topics(), ["grafana.alerts"]);
    assert_eq!(world.refresh().await, ["default has 2 rules"]);
    world.until_badges(&["1 alert firing"]).await;
    assert!(world.card().await.contains("Orders fail"));
    world.grafana.set_state("Normal (MissingSeries)");
    world.refresh().await;
    world.until_badges(&[]).await;
    assert!(world.card().await.contains("No alert is firing"));
}

#[tokio::test]
async fn open_pages_hear_when_an_alert_begins_or_ends() {
    let world = World::with("grafana/alert-label-selector: app=orders").await;
    let mut heard = world.store.announcements();
    let mut topics = async |world: &World| {
        world.refresh().await;
        let mut topics = Vec::new();
        while let Ok(Some(Announced::Topic(topic))) =
            tokio::time::timeout(std::time::Duration::from_millis(100), heard.next()).await
        {
            // Lists hear of what was judged, a moment later.
            if topic.starts_with("grafana.") && &*topic != "grafana.alerts.lists" {
                topics.push(topic.to_string());
            }
        }
        topics
    };
    assert_eq!(topics(&world).await, ["grafana.alerts", "grafana.refreshed"]);
    assert_eq!(topics(&world).await, ["grafana.refreshed"], "nothing changed");
    world.grafana.set_state("Normal");
    assert_eq!(topics(&world).await, ["grafana.alerts", "grafana.refreshed"]);
}

#[tokio::test]
async fn a_grafana_that_is_away_leaves_what_was_known() {
    let world = World::with("grafana/dashboard-selector: app=orders").await;
    world.grafana.set(Mode::Unauthorized);
    let log = world.refresh().await;
    assert!(log[0].contains("401"), "{log:?}");
    world.until_badges(&["Alerts unknown"]).await;
    let tab = world.tab("", "").await.unwrap();
    assert!(
        tab.contains("401 Unauthorized") && tab.contains("service account"),
        "{tab}"
    );
    assert!(!tab.contains("geheim"), "{tab}");
    world.grafana.set(Mode::Well);
    world.refresh().await;
    world.until_badges(&["1 alert firing"]).await;
    world.grafana.set(Mode::Html);
    world.refresh().await;
    // What Grafana said a moment ago still holds.
    world.until_badges(&["1 alert firing"]).await;
}

#[tokio::test]
async fn nobody_is_asked_where_no_entity_selects_alerts() {
    for annotations in [
        "grafana/dashboard-selector: orders",
        "grafana/host-id: x",
        "grafana/dashboard-selector: app=orders, grafana/host-id: elsewhere",
    ] {
        let world = World::with(annotations).await;
        world.refresh().await;
        assert_eq!(world.grafana.calls(RULES), 0, "{annotations}");
    }
    let world = World::with("grafana/dashboard-selector: app=orders, grafana/host-id: default").await;
    world.refresh().await;
    assert_eq!(world.grafana.calls(RULES), 1);
}

#[tokio::test]
async fn a_catalog_that_is_not_read_yet_is_looked_at_again_soon() {
    let section = |address: &str| json!({"domain": "https://g", "url": address, "token": "geheim", "alertsEvery": "1 hour"});
    let mut world = World::before_loading("grafana/dashboard-selector: app=orders", section).await;
    let end = CancellationToken::new();
    let job = tokio::spawn(World::run_until(world.handler(0), end.clone()));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(world.grafana.calls(RULES), 0);
    world.load().await;
    world.until_badges(&["1 alert firing"]).await;
    end.cancel();
    let expected = [
        "no entity selects alerts of default; it is not asked",
        "default has 2 rules",
    ];
    assert_eq!(job.await.unwrap(), expected);
}

#[tokio::test]
async fn rules_of_data_sources_count_too() {
    let section = |address: &str| json!({"domain": "https://g", "url": address, "token": "geheim", "rulesFrom": ["mimir"]});
    let world = World::configured("grafana/alert-label-selector: app=orders", section).await;
    world.refresh().await;
    world.until_badges(&["2 alerts firing"]).await;
    assert_eq!(world.grafana.calls("/api/prometheus/mimir/api/v1/rules"), 1);
}

#[tokio::test]
async fn silenced_alerts_alarm_nobody() {
    let world = World::with("grafana/dashboard-selector: app=orders").await;
    world.grafana.set_silences(json!([{
        "id": "s", "createdBy": "ines", "comment": "moving <house>", "endsAt": "2099-01-01T00:00:00Z",
        "status": {"state": "active"}, "matchers": [{"name": "app", "value": "orders", "isRegex": false, "isEqual": true}],
    }]));
    world.refresh().await;
    world.until_badges(&["1 alert silenced"]).await;
    let tab = world.tab("", "").await.unwrap();
    assert!(
        tab.contains("1 alert fires and is silenced.")
            && tab.contains("moving &lt;house&gt;")
            && tab.contains("by ines"),
        "{tab}"
    );
    world.grafana.set_state("Normal");
    let silences = "/api/alertmanager/grafana/api/v2/silences";
    let asked = world.grafana.calls(silences);
    world.refresh().await;
    assert_eq!(
        world.grafana.calls(silences),
        asked,
        "nothing is loud, nobody asks"
    );
}

#[tokio::test]
async fn a_webhook_has_alerts_asked_for_at_once() {
    let world = World::with("grafana/dashboard-selector: app=orders").await;
    let subscriptions = &world.contributions.subscriptions;
    assert_eq!(
        (subscriptions[0].topic.as_str(), subscriptions[0].kind.as_str()),
        ("events.http.grafana", "grafana.pushed")
    );
    assert_eq!(world.run(1).await, ["default has 2 rules"]);
    world.until_badges(&["1 alert firing"]).await;
}

#[tokio::test]
async fn owners_and_systems_have_a_card_for_what_has_alerts() {
    let world = World::with("grafana/dashboard-selector: app=orders").await;
    assert!(world.shows_parts("shop") && !world.shows_parts("other"));
    assert!(world.home("team").await.unwrap().contains("/alerts?of=mine"));
    assert_eq!(world.home("others").await, None);
    let world = World::with("backstage.io/kubernetes-id: orders").await;
    assert!(!world.shows_parts("shop") && world.home("team").await.is_none());
}

#[tokio::test]
async fn cards_about_others_say_nothing_of_what_is_hidden() {
    let world = World::with("grafana/dashboard-selector: app=orders").await;
    world.refresh().await;
    let hidden = || {
        let parts = Filter::In {
            key: "kind".to_owned(),
            values: vec!["system".to_owned(), "group".to_owned()],
        };
        Sight::only(parts)
    };
    assert!(world.shows_parts("shop") && !world.shows_parts_to(hidden(), "shop"));
    assert!(world.home("team").await.is_some() && world.home_of(hidden(), "team").await.is_none());
    // Neither does the page behind the cards, not even by a number.
    let closed = Arc::new(Closed);
    let (_, page) = world
        .get_under(Some(closed), "/alerts?of=system%3Adefault%2Fshop")
        .await;
    assert!(
        page.contains("No entity here selects alerts") && !page.contains("Orders fail"),
        "{page}"
    );
}

#[tokio::test]
async fn without_grafana_nothing_runs_and_the_tab_says_how_to_connect() {
    let world = World::configured("grafana/dashboard-selector: orders", |_| Value::Null).await;
    assert!(world.contributions.jobs.is_empty() && world.contributions.schedules.is_empty());
    assert!(
        world
            .tab("", "")
            .await
            .unwrap()
            .contains("Grafana is not connected")
    );
}
