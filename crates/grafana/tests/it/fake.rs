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
    Unprocessable,
    Broken,
    /// The older API is gone.
    OnlyNew,
    /// Annotations take half a minute.
    SlowNotes,
    /// No renderer, and no frames.
    NoPictures,
    /// The data source refuses one of the queries.
    HalfRefused,
    /// There is a renderer, and it fails.
    BrokenRenderer,
    /// There is a renderer, and something else answers for it.
    NoPng,
}

#[derive(Default)]
struct Told {
    mode: Mode,
    state: &'static str,
    calls: BTreeMap<String, usize>,
    queries: Vec<Value>,
    notes: Vec<Value>,
    silences: Value,
    dashboards: Vec<Value>,
    /// What the newer API answers, by what follows the namespace.
    newer: BTreeMap<String, Value>,
    /// Panels of all dashboards, where they are others.
    panels: Option<Value>,
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
            .route("/api/frontend/settings", get(settings))
            .route("/render/{*panel}", get(render))
            .route("/d-solo/{uid}/{slug}", get(solo))
            .route("/api/annotations", get(annotations).post(annotate))
            .route("/apis/{group}/v1beta1/namespaces/{namespace}/{*what}", get(newer))
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

    /// Other dashboards.
    pub fn set_dashboards(&self, dashboards: Vec<Value>) {
        self.told.lock().dashboards = dashboards;
    }

    /// What the newer API answers for a path below the namespace, instead of what it would.
    pub fn answer_newer(&self, what: &str, answer: Value) {
        self.told.lock().newer.insert(what.to_owned(), answer);
    }

    /// Other panels and variables of all dashboards.
    pub fn set_panels(&self, panels: Value) {
        self.told.lock().panels = Some(panels);
    }

    /// How often a path was called.
    pub fn calls(&self, path: &str) -> usize {
        self.told.lock().calls.get(path).copied().unwrap_or_default()
    }

    /// What was noted.
    pub fn notes(&self) -> Vec<Value> {
        self.told.lock().notes.clone()
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
        Mode::Unprocessable => Some(
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                Json(json!({"message": "Limit is above maximum allowed (5000), use page parameter to access hits beyond limit"})),
            )
                .into_response(),
        ),
        Mode::Broken => Some((StatusCode::INTERNAL_SERVER_ERROR, "boom").into_response()),
        Mode::OnlyNew if uri.path() == "/api/search" => Some(StatusCode::NOT_FOUND.into_response()),
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
    let asked: BTreeMap<String, usize> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)))
        .collect();
    let (limit, page) = (asked["limit"], asked["page"]);
    let all = told.lock().dashboards.clone();
    let page: Vec<Value> = all
        .into_iter()
        .skip((page.max(1) - 1) * limit)
        .take(limit)
        .collect();
    Json(page).into_response()
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
    if let Some(own) = told.lock().panels.clone() {
        return Json(json!({"meta": {"url": format!("/d/{uid}/x")}, "dashboard": own})).into_response();
    }
    Json(json!({"meta": {"url": format!("/d/{uid}/x")}, "dashboard": {
        "uid": uid, "title": format!("Board {uid}"), "templating": {"list": list}, "panels": [
            {"id": 1, "type": "timeseries", "title": "Requests of $app", "datasource": {"uid": "prom", "type": "prometheus"},
             "targets": [{"refId": "A", "expr": "requests{app=\"$app\"}"}], "fieldConfig": {"defaults": {"unit": "reqps"}}},
            {"id": 2, "type": "text", "title": "Notes", "targets": [{"refId": "A"}]},
            {"id": 3, "type": "stat", "title": "Anywhere", "targets": [{"refId": "A", "expr": "x"}]},
        ],
    }}))
    .into_response()
}

/// The newer API: two pages of whole dashboards, and the folders.
async fn newer(
    State(told): Shared,
    uri: Uri,
    headers: HeaderMap,
    Path((_, _, what)): Path<(String, String, String)>,
) -> Response {
    if let Some(refusal) = refusal(&told, &uri, &headers) {
        return refusal;
    }
    if let Some(answer) = told.lock().newer.get(&what).cloned() {
        let code = answer["code"].as_u64().and_then(|code| u16::try_from(code).ok());
        let status = code.and_then(|code| StatusCode::from_u16(code).ok());
        return (status.unwrap_or_default(), Json(answer)).into_response();
    }
    let item = |uid: &str, labels: Value, folder: &str| {
        json!({"metadata": {"name": uid, "labels": labels, "annotations": {"grafana.app/folder": folder}},
               "spec": {"title": format!("New {uid}"), "tags": ["new"], "panels": [
                   {"id": 1, "type": "timeseries", "datasource": {"uid": "prom"}, "targets": [{"refId": "A", "expr": "x"}]}]}})
    };
    let query = uri.query().unwrap_or_default();
    let answer = match what.as_str() {
        "folders" => json!({"items": [{"metadata": {"name": "f"}, "spec": {"title": "Team / Eins"}}]}),
        "dashboards" if query.contains("continue=second") => {
            json!({"metadata": {}, "items": [item("labelled", json!({"app": "orders"}), "f")]})
        }
        "dashboards" => {
            json!({"metadata": {"continue": "second"}, "items": [item("elsewhere", json!({"app": "billing"}), "")]})
        }
        uid => item(uid.trim_start_matches("dashboards/"), json!({}), ""),
    };
    Json(answer).into_response()
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

async fn annotations(State(told): Shared, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(refusal) = refusal(&told, &uri, &headers) {
        return refusal;
    }
    if told.lock().mode == Mode::SlowNotes {
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    let query = uri.query().unwrap_or_default();
    let number = |name: &str| -> i64 {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name));
        pair.unwrap().parse().unwrap()
    };
    let middle = i64::midpoint(number("from="), number("to="));
    let flux = [
        "flux",
        "revision: main@sha1|0123456789abcdef0123456789abcdef01234567",
        "name: orders",
    ];
    Json(if query.contains("dashboardUID=") {
        json!([{"time": middle, "panelId": 1, "text": "Failover drill", "tags": []}, {"time": middle, "panelId": 9, "text": "Elsewhere"}])
    } else if query.contains("tags=name%3A%20orders") {
        json!([{"time": middle, "text": "kustomization/orders.shop", "tags": flux}])
    } else {
        json!([])
    })
    .into_response()
}

async fn settings(State(told): Shared, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(refusal) = refusal(&told, &uri, &headers) {
        return refusal;
    }
    Json(json!({"rendererAvailable": told.lock().mode != Mode::NoPictures})).into_response()
}

async fn render(State(told): Shared, uri: Uri, headers: HeaderMap) -> Response {
    let picture = || {
        (
            [(header::CONTENT_TYPE, "image/png")],
            &b"\x89PNG\r\n\x1a\nrest"[..],
        )
            .into_response()
    };
    if let Some(refusal) = refusal(&told, &uri, &headers) {
        return refusal;
    }
    match told.lock().mode {
        Mode::BrokenRenderer => {
            let message = json!({"message": "Rendering failed: context deadline exceeded"});
            (StatusCode::INTERNAL_SERVER_ERROR, Json(message)).into_response()
        }
        Mode::NoPng => axum::response::Html("<title>Sign in</title>").into_response(),
        _ => picture(),
    }
}

async fn solo(State(told): Shared) -> Response {
    if told.lock().mode == Mode::NoPictures {
        return ([(header::X_FRAME_OPTIONS, "deny")], "page").into_response();
    }
    "page".into_response()
}

async fn annotate(State(told): Shared, uri: Uri, headers: HeaderMap, Json(note): Json<Value>) -> Response {
    if let Some(refusal) = refusal(&told, &uri, &headers) {
        return refusal;
    }
    told.lock().notes.push(note);
    Json(json!({"message": "Annotation added", "id": 7})).into_response()
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
    if told.lock().mode == Mode::HalfRefused {
        let frame = json!({"schema": {"fields": [{"name": "Time", "type": "time"}, {"name": "Value", "type": "number", "config": {"displayNameFromDS": "half"}}]},
            "data": {"values": [[end - 600_000, end - 300_000], [1, 2]]}});
        let half = json!({"results": {
            "A": {"status": 400, "error": "parse error: <unexpected> end", "errorSource": "downstream"},
            "B": {"status": 200, "frames": [frame]},
        }});
        return (StatusCode::BAD_REQUEST, Json(half)).into_response();
    }
    Json(json!({"results": {"A": {"status": 200, "frames": [{
        "schema": {"fields": [{"name": "Time", "type": "time"}, {"name": "Value", "type": "number", "config": {"displayNameFromDS": "all"}}]},
        "data": {"values": [[end - 600_000, end - 300_000], [41, 42]]},
    }]}}}))
    .into_response()
}
