//! What plugins tell of an entity stands in its charts, as far as the viewer may see it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::SignedDuration;
use plugin::{
    EntityMarker, EntityMarkers, MarkerOutcome, MarkerQuestion, Markers, Of, PluginId, RenderError,
};
use serde_json::Value;

use crate::world::World;

/// Tells of two deployments in the middle of the span, or of nothing for a long time.
struct Deployments {
    takes: Duration,
}

#[async_trait]
impl EntityMarkers for Deployments {
    fn applies_to(&self, entity: &Value) -> bool {
        entity["metadata"]["name"] == "orders"
    }

    async fn between(&self, asked: MarkerQuestion) -> Result<Vec<EntityMarker>, RenderError> {
        tokio::time::sleep(self.takes).await;
        let half = asked.to.duration_since(asked.from) / 2;
        let marker = |text: &str, outcome| EntityMarker {
            at: asked.from + half - SignedDuration::from_mins(1),
            text: text.to_owned(),
            path: Some("/catalog/default/component/orders/deployments".to_owned()),
            outcome,
        };
        Ok(vec![
            marker("main@01234567 was deployed", MarkerOutcome::Done),
            marker("main@89abcdef failed: HealthCheckFailed", MarkerOutcome::Failed),
        ])
    }
}

async fn world(takes: Duration) -> World {
    let mut world = World::with("grafana/dashboard-selector: app=orders").await;
    world.markers = Markers::of(vec![Of {
        plugin: PluginId::built_in("deploying"),
        part: Arc::new(Deployments { takes }) as Arc<dyn EntityMarkers>,
    }]);
    world
}

#[tokio::test]
async fn deployments_stand_in_charts_beside_what_grafana_noted() {
    let world = world(Duration::ZERO).await;
    let chart = world.tab("chart/shared/1", "").await.unwrap();
    for words in [
        "class=\"chart-flag marked tone-green\" tabindex=\"0\"",
        "class=\"chart-flag marked tone-red\" tabindex=\"0\"",
        "href=\"/catalog/default/component/orders/deployments\"",
        "main@89abcdef failed: HealthCheckFailed",
        "Failover drill",
    ] {
        assert!(chart.contains(words), "{words} is missing: {chart}");
    }
    // What Flux noted in Grafana a minute later is the same deployment.
    assert!(!chart.contains("main@0123456 was deployed"), "{chart}");
    let number = world.tab("chart/shared/3", "").await.unwrap();
    assert!(
        !number.contains("was deployed"),
        "only lines have moments: {number}"
    );
}

#[tokio::test]
async fn a_plugin_that_is_slow_holds_up_no_chart_for_long() {
    let world = world(Duration::from_secs(30)).await;
    let begun = Instant::now();
    let chart = world.tab("chart/shared/1", "").await.unwrap();
    assert!(
        chart.contains("chart-line") && chart.contains("Failover drill"),
        "{chart}"
    );
    assert!(begun.elapsed() < Duration::from_secs(6));
}
