//! A small site to ask.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::{Router, extract};
use config::Config;
use http_body_util::BodyExt;
use model::Fault;
use plugin::{PluginId, Routes, Rows, Rule};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use web::api::{Json, JsonText, Parameter, ReadQuery, Values};
use web::{ApiError, CurrentViewer, JsonBody, Nonce, Query, Readiness, ServerOptions, Site, Stage};

/// Bytes of the large answer.
pub const LARGE: usize = 20 * 1024 * 1024;

pub struct Filters {
    filter: Vec<String>,
    limit: Option<u64>,
}

impl ReadQuery for Filters {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::repeated("filter"),
        Parameter::integer("limit"),
        Parameter::commas("fields"),
        Parameter::text("cursor"),
        Parameter::choice("totalItems", &["include", "exclude"]),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        if values.integer("limit") == Some(0) {
            return Err(Fault::input("Invalid limit, must be greater than zero"));
        }
        let filter = values.list("filter").unwrap_or_default().to_vec();
        Ok(Self {
            filter,
            limit: values.integer("limit"),
        })
    }
}

async fn entities(Query(query): Query<Filters>) -> Json<Value> {
    Json(json!({ "filter": query.filter, "limit": query.limit }))
}

async fn by_name(
    extract::Path((kind, name)): extract::Path<(String, String)>,
    Query(()): Query<()>,
) -> Result<JsonText, ApiError> {
    if name == "nope" {
        return Err(Fault::not_found(format!("No entity named '{name}' found")).into());
    }
    Ok(JsonText(
        format!("{{\"kind\":\"{kind}\",\"name\":\"{name}\"}}").into(),
    ))
}

async fn echo(JsonBody(body): JsonBody) -> Json<Value> {
    Json(body)
}

async fn who(CurrentViewer(viewer): CurrentViewer) -> Json<Value> {
    Json(json!({ "ref": viewer.reference().to_string(), "service": viewer.is_service() }))
}

/// A stream that never ends and never says anything.
async fn events() -> impl axum::response::IntoResponse {
    web::sse::answer(futures::stream::pending(), CancellationToken::new())
}

async fn panics() -> StatusCode {
    panic!("as the test wants it")
}

pub fn router_with(settings: Value) -> Router {
    site_with(settings).into_router()
}

/// The site itself, for what a test adds to it.
pub fn site_with(settings: Value) -> Site {
    let rule = Rule::signed_in();
    let api = Rows::new()
        .get("/entities", rule, entities)
        .get("/entities/by-name/{kind}/{name}", rule, by_name)
        .post("/entities/by-query", rule, echo)
        .get("/entities/by-query", rule, entities)
        .get("/who", rule, who)
        .get("/panics", rule, panics)
        .get("/large", rule, async || "x".repeat(LARGE))
        .get("/events", rule, events);
    let pages = Rows::new()
        .get("/", rule, async |Nonce(nonce): Nonce| {
            axum::response::Html(format!("<p>{nonce}</p>"))
        })
        .post("/save", rule, async || "saved")
        .get("/-/assets/style.css", Rule::anyone(), async || {
            ([("cache-control", "public")], "p {}")
        });
    let catalog = Routes::new(PluginId::built_in("catalog")).api(api).pages(pages);
    let config = Config::from_value(settings, Path::new("/")).expect("the settings are valid");
    let readiness = Readiness::new();
    readiness.enter(Stage::Ready);
    let options = ServerOptions::from_config(&config).expect("the options are valid");
    Site::new(vec![catalog], options, readiness)
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("a JSON body")
    }

    pub fn message(&self) -> String {
        self.json()["error"]["message"]
            .as_str()
            .expect("an error body")
            .to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("a text"))
    }
}

/// Sends `METHOD /path` with headers `name: value` and a body, as a neighbour on this machine.
pub async fn ask(router: &Router, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    ask_from(router, Ipv4Addr::LOCALHOST, line, headers, body).await
}

pub async fn ask_from(
    router: &Router,
    peer: Ipv4Addr,
    line: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let (method, path) = line.split_once(' ').expect("METHOD /path");
    let mut request = Request::builder().method(method).uri(path);
    if headers.iter().all(|(name, _)| *name != "host") {
        request = request.header("host", "localhost");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let peer = ConnectInfo(SocketAddr::from((peer, 40_000)));
    let request = request
        .extension(peer)
        .body(Body::from(body.to_owned()))
        .expect("a valid request");
    send(router, request).await
}

/// Sends a request as it is.
pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router
        .clone()
        .oneshot(request)
        .await
        .expect("routers do not fail");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a whole body").to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        text,
    }
}

#[tokio::test]
async fn addresses_that_end_with_a_slash_lead_to_their_page() {
    let site = router_with(json!({}));
    let answer = ask(&site, "GET /save/?a=b", &[], "").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (308, Some("/save?a=b"))
    );
    // Never to another site.
    for path in ["GET //example.com/", "GET /save//", "POST /save/"] {
        assert_eq!(ask(&site, path, &[], "").await.status, 404, "{path}");
    }
    assert_eq!(ask(&site, "GET /", &[], "").await.status, 200);
}

#[tokio::test]
async fn the_character_that_no_database_keeps_is_refused() {
    let site = router_with(json!({}));
    let answer = ask(&site, "GET /api/catalog/texts%00", &[], "").await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.message(),
        "The address has a NUL character (%00), which nothing here can be named by"
    );
    assert_eq!(ask(&site, "GET /save?x=%00", &[], "").await.status, 400);
}
