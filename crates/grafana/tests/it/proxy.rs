//! The original's plugin for browsers asks through the proxy, and reaches nothing else.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::StatusCode;
use model::{Fault, Viewer};
use plugin::{Decision, Permission, Policy};
use serde_json::Value;

use crate::fake::Mode;
use crate::world::World;

#[tokio::test]
async fn what_the_stock_plugin_asks_passes_and_nothing_else() {
    for (path, status, words) in [
        (
            "/api/proxy/grafana/api/api/search?type=dash-db&limit=1000&page=0&tag=orders",
            StatusCode::OK,
            "Any service",
        ),
        (
            "/api/proxy/grafana/api/api/prometheus/grafana/api/v1/rules",
            StatusCode::FORBIDDEN,
            "is not passed on",
        ),
        (
            "/api/proxy/grafana/api/api/datasources/proxy/uid/prom/api/v1/query",
            StatusCode::FORBIDDEN,
            "is not passed on",
        ),
        (
            "/api/proxy/grafana/api/api/search/../users",
            StatusCode::FORBIDDEN,
            "is not passed on",
        ),
        (
            "/api/proxy/other/api/search",
            StatusCode::NOT_FOUND,
            "No endpoint",
        ),
        // This Grafana has no older alerting; the plugin gets its own answer.
        (
            "/api/proxy/grafana/api/api/alerts?dashboardTag=orders",
            StatusCode::NOT_FOUND,
            "",
        ),
    ] {
        let world = World::behind_the_proxy().await;
        let (found, body) = world.get(path).await;
        assert_eq!(found, status, "{path}: {body}");
        assert!(body.contains(words) && !body.contains("geheim"), "{path}: {body}");
    }
    let world = World::behind_the_proxy().await;
    let (_, body) = world
        .get("/api/proxy/grafana/api/api/search?limit=2&page=1")
        .await;
    assert_eq!(
        serde_json::from_str::<Value>(&body)
            .unwrap()
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn refusals_pass_and_pages_for_people_do_not() {
    for (mode, status, words) in [
        (Mode::Forbidden, StatusCode::FORBIDDEN, "additional permissions"),
        (Mode::SignIn, StatusCode::BAD_GATEWAY, "it asks for a sign-in"),
        (Mode::Html, StatusCode::BAD_GATEWAY, "sent no JSON"),
    ] {
        let world = World::behind_the_proxy().await;
        world.grafana.set(mode);
        let (found, body) = world
            .get("/api/proxy/grafana/api/api/search?limit=5&page=1")
            .await;
        assert_eq!(found, status, "{mode:?}: {body}");
        assert!(body.contains(words), "{mode:?}: {body}");
    }
    // Without an endpoint under `proxy` nothing passes, whatever `grafana` says.
    let world = World::with("grafana/dashboard-selector: orders").await;
    assert_eq!(
        world.get("/api/proxy/grafana/api/api/search").await.0,
        StatusCode::NOT_FOUND
    );
}

/// Lets nobody see anything.
pub struct Closed;

#[async_trait]
impl Policy for Closed {
    async fn decide(&self, _: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        Ok(asked.iter().map(|_| Decision::Deny).collect())
    }
}

#[tokio::test]
async fn who_may_not_see_everything_reaches_nothing() {
    let world = World::behind_the_proxy().await;
    let path = "/api/proxy/grafana/api/api/search?limit=5&page=1";
    let (status, body) = world.get_under(Some(Arc::new(Closed)), path).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{body}");
    assert!(!body.contains("Orders"), "{body}");
}
