//! A Grafana on loopback: the routes that the portal calls, with answers that a test chooses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use parking_lot::Mutex;
use serde_json::{Value, json};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Well,
    Unauthorized,
    Forbidden,
    Html,
    SignIn,
    SlowQueries,
    SlowLists,
}

#[derive(Default)]
struct Told {
    mode: Mode,
    state: &'static str,
    calls: BTreeMap<String, usize>,
    queries: Vec<Value>,
    silences: Value,
    dashboards: Vec<Value>,
}

/// The Grafana.
#[derive(Clone)]
pub struct Fake {
    told: Arc<Mutex<Told>>,
    pub address: String,
}

impl Fake {
    pub async fn start() -> Self {
        let told = Arc::new(Mutex::new(Told {
            state: "Alerting",
            dashboards: vec![
                json!({"uid": "orders", "title": "Orders", "url": "/d/orders/orders", "type": "dash-db", "tags": ["app=orders"]}),
                json!({"uid": "shared", "title": "Any service", "url": "/d/shared/any", "type": "dash-db", "tags": ["shared"], "folderTitle": "A / B", "folderUrl": "/dashboards/f/a/b"}),
                json!({"uid": "other", "title": "Other", "url": "/d/other/other", "type": "dash-db", "tags": ["orders-old"]}),
            ],
            ..Told::default()
        }));
        let router = Router::new()
            .route("/api/search", get(search))
            .route("/api/dashboards/uid/{uid}", get(dashboard))
            .route("/api/prometheus/{source}/api/v1/rules", get(rules))
            .route("/api/alertmanager/{source}/api/v2/silences", get(silences))
            .route("/api/ds/query", post(query))
            .with_state(told.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { told, address }
    }

    pub fn set(&self, mode: Mode) {
        self.told.lock().mode = mode;
    }

    /// The state of the alert.
    pub fn set_state(&self, state: &'static str) {
        self.told.lock().state = state;
    }

    /// What the alert manager says of silences.
    pub fn set_silences(&self, silences: Value) {
        self.told.lock().silences = silences;
    }

    /// How often a path was called.
    pub fn calls(&self, path: &str) -> usize {
        self.told.lock().calls.get(path).copied().unwrap_or_default()
    }

    /// The last body of a query.
    pub fn last_query(&self) -> Value {
        self.told.lock().queries.last().cloned().unwrap_or_default()
    }
}

type Shared = State<Arc<Mutex<Told>>>;

/// Counts the call; an answer where the mode says so.
fn refusal(told: &Mutex<Told>, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let mut told = told.lock();
    *told.calls.entry(uri.path().to_owned()).or_default() += 1;
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|token| token != "Bearer geheim")
    {
        return Some((StatusCode::UNAUTHORIZED, Json(json!({"message": "Unauthorized"}))).into_response());
    }
    match told.mode {
        Mode::Unauthorized => Some(
            (
                StatusCode::UNAUTHORIZED,
                Json(json!({"message": "Unauthorized geheim"})),
            )
                .into_response(),
        ),
        Mode::Forbidden => Some(
            (
                StatusCode::FORBIDDEN,
                Json(json!({"message": "You'll need additional permissions"})),
            )
                .into_response(),
        ),
        Mode::Html => Some(axum::response::Html("<title>Sign in</title>").into_response()),
        Mode::SignIn => Some((StatusCode::FOUND, [(header::LOCATION, "/login")]).into_response()),
        _ => None,
    }
}

async fn search(State(told): Shared, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(refusal) = refusal(&told, &uri, &headers) {
        return refusal;
    }
    if told.lock().mode == Mode::SlowLists {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    Json(told.lock().dashboards.clone()).into_response()
}

async fn dashboard(State(told): Shared, uri: Uri, headers: HeaderMap, Path(uid): Path<String>) -> Response {
    if let Some(refusal) = refusal(&told, &uri, &headers) {
        return refusal;
    }
    let list = if uid == "shared" {
        json!([{"name": "app", "type": "textbox", "query": "x", "current": {"value": "x"}}])
    } else {
        json!([])
    };
    Json(json!({"meta": {"url": format!("/d/{uid}/x")}, "dashboard": {
        "uid": uid, "title": format!("Board {uid}"), "templating": {"list": list}, "panels": [
            {"id": 1, "type": "timeseries", "title": "Requests", "datasource": {"uid": "prom", "type": "prometheus"},
             "targets": [{"refId": "A", "expr": "requests{app=\"$app\"}"}], "fieldConfig": {"defaults": {"unit": "reqps"}}},
            {"id": 2, "type": "text", "title": "Notes", "targets": [{"refId": "A"}]},
            {"id": 3, "type": "stat", "title": "Anywhere", "targets": [{"refId": "A", "expr": "x"}]},
        ],
    }}))
    .into_response()
}

async fn rules(State(told): Shared, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(refusal) = refusal(&told, &uri, &headers) {
        return refusal;
    }
    let state = told.lock().state;
    let firing = if state == "Alerting" { "firing" } else { "inactive" };
    Json(json!({"status": "success", "data": {"groups": [{"name": "g", "file": "F", "rules": [
        {"uid": "r", "name": "Orders fail", "state": firing, "health": "ok", "type": "alerting", "labels": {"app": "orders"},
         "alerts": [{"state": state, "labels": {"app": "orders", "pod": "a"}, "activeAt": "2026-11-24T09:00:00Z", "value": "1e+00",
                     "annotations": {"summary": "Orders <fail>", "runbook_url": "javascript:alert(1)"}}]},
        {"uid": "q", "name": "Quiet", "state": "inactive", "health": "ok", "type": "alerting", "labels": {"app": "orders"}, "alerts": []},
    ]}]}}))
    .into_response()
}

async fn silences(State(told): Shared, uri: Uri, headers: HeaderMap) -> Response {
    refusal(&told, &uri, &headers).unwrap_or_else(|| Json(told.lock().silences.clone()).into_response())
}

async fn query(State(told): Shared, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refusal) = refusal(&told, &uri, &headers) {
        return refusal;
    }
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let end: i64 = asked["to"].as_str().unwrap().parse().unwrap();
    told.lock().queries.push(asked);
    if told.lock().mode == Mode::SlowQueries {
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    Json(json!({"results": {"A": {"status": 200, "frames": [{
        "schema": {"fields": [{"name": "Time", "type": "time"}, {"name": "Value", "type": "number", "config": {"displayNameFromDS": "all"}}]},
        "data": {"values": [[end - 600_000, end - 300_000], [41, 42]]},
    }]}}}))
    .into_response()
}
