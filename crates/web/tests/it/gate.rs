//! The gate before every route: callers, permissions, restrictions of tokens, bounds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::http::request::Parts;
use model::{Fault, Viewer};
use plugin::{
    AuditEvent, AuditLog, AuditOutcome, Authenticator, Condition, Decision, Permission, PermissionAction,
    PluginId, Policy, Routes, Rows, Rule,
};
use serde_json::{Value, json};
use store::{StoreError, Tx};
use web::{CurrentViewer, Granted, JsonBody, RawBody, Site};

use crate::site::{ask, site_with};

static READ: Permission = Permission::new("lab.thing.read", PermissionAction::Read);
static CHANGE: Permission = Permission::new("lab.thing.change", PermissionAction::Update);
static ADMINISTER: Permission =
    Permission::new("lab.thing.administer", PermissionAction::Update).for_administrators();

const INES: (&str, &str) = ("x-person", "ines");
const COOKIE: (&str, &str) = ("x-cookie", "ines");
const FULL: (&str, &str) = ("authorization", "Bearer full-token");
const LIMITED: (&str, &str) = ("authorization", "Bearer limited-token");

/// Knows persons by a header.
struct ByHeader(&'static str, bool);

#[async_trait]
impl Authenticator for ByHeader {
    fn name(&self) -> &str {
        self.0
    }

    fn is_limited(&self) -> bool {
        self.1
    }

    async fn authenticate(&self, request: &Parts) -> Result<Option<Viewer>, Fault> {
        let Some(name) = request.headers.get(self.0) else {
            return Ok(None);
        };
        let entity = format!("user:default/{}", name.to_str().unwrap_or("?"));
        let entity = entity
            .parse()
            .map_err(|_| Fault::new("AuthenticationError", "The name is none"))?;
        Ok(Some(Viewer::person(entity, Vec::new(), None)))
    }
}

/// Lets persons read some things and change nothing.
struct SomeThings;

#[async_trait]
impl Policy for SomeThings {
    async fn decide(&self, _: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        let decision = |one: &&'static Permission| match one.action {
            PermissionAction::Read => Decision::Conditional(Condition::All(Vec::new())),
            _ => Decision::Deny,
        };
        Ok(asked.iter().map(decision).collect())
    }
}

#[derive(Default)]
struct Heard(Mutex<Vec<AuditEvent>>);

#[async_trait]
impl AuditLog for Heard {
    async fn record(&self, _: &mut Tx, event: AuditEvent) -> Result<(), StoreError> {
        self.record_attempt(event).await;
        Ok(())
    }

    async fn record_attempt(&self, event: AuditEvent) {
        self.0.lock().unwrap().push(event);
    }
}

async fn who(CurrentViewer(viewer): CurrentViewer) -> String {
    viewer.reference().to_string()
}

fn lab() -> Site {
    lab_with(json!({}))
}

/// The lab with this section `portal`.
fn lab_with(portal: Value) -> Site {
    let token = |token: &str, limits: Value| json!({ "type": "static", "options": { "token": token, "subject": "ci" }, "accessRestrictions": limits });
    let external = json!([
        token("full-token", json!([])),
        token(
            "limited-token",
            json!([{ "plugin": "lab", "permissionAttribute": { "action": "read" } }])
        ),
        token(
            "elsewhere-token",
            json!([{ "plugin": "search" }, { "plugin": "catalog" }])
        ),
        token("named-token", json!([{ "plugin": "lab" }])),
    ]);
    let rows = Rows::new()
        .get("/anyone", Rule::anyone(), who)
        .get("/signed-in", Rule::signed_in(), who)
        .get("/person", Rule::person(), who)
        .get("/service", Rule::service(), who)
        .get("/cookie", Rule::person_by_cookie(), who)
        .get("/read", Rule::signed_in().needs(&READ), who)
        .post("/change", Rule::signed_in().needs(&CHANGE), who)
        .post("/administer", Rule::signed_in().needs(&ADMINISTER), who)
        .get(
            "/seen",
            Rule::signed_in().left_to_handler(&READ),
            async |Granted(decision): Granted| format!("{decision:?}"),
        )
        .get(
            "/each",
            Rule::signed_in().needs_per_thing(&READ),
            async |Granted(decision): Granted| format!("{decision:?}"),
        )
        .post("/each", Rule::signed_in().needs_per_thing(&CHANGE), who)
        .get(
            "/hangs",
            Rule::anyone().time(Duration::from_millis(20)),
            async || {
                std::future::pending::<()>().await;
            },
        )
        .get("/panics", Rule::anyone(), panics)
        .post(
            "/json",
            Rule::anyone().body(10),
            async |JsonBody(body): JsonBody| body.to_string(),
        )
        .post(
            "/raw",
            Rule::anyone().raw_body(4),
            async |RawBody(body): RawBody| body.len().to_string(),
        )
        .post("/not-raw", Rule::anyone(), async |RawBody(body): RawBody| {
            body.len().to_string()
        })
        .post("/form", Rule::anyone().body(10), async |body: String| body);
    let mut site =
        site_with(json!({ "backend": { "auth": { "externalAccess": external } }, "portal": portal }));
    site.routes.push(Routes::new(PluginId::built_in("lab")).api(rows));
    site.authenticators = vec![
        Arc::new(ByHeader("x-cookie", true)),
        Arc::new(ByHeader("x-person", false)),
    ];
    site
}

async fn check(router: &Router, line: &str, header: &[(&str, &str)], expected: &str) {
    let (method, path) = line.split_once(' ').unwrap();
    let answer = ask(router, &format!("{method} /api/lab{path}"), header, "").await;
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let text = body["error"]["message"].as_str().unwrap_or(&answer.text);
    let told = format!("{} {text}", answer.status);
    assert_eq!(told.trim(), expected, "{line} {header:?}");
}

#[tokio::test]
async fn rules_name_who_may_call() {
    let mut site = lab();
    site.options.access.guest = web::GuestRule::SwitchedOff;
    let router = &site.into_router();
    let ines = "200 user:default/ines";
    let service = "200 service:default/ci";
    let nobody = "401 Missing credentials";
    let no_service = "403 This endpoint does not allow 'service' credentials";
    for (path, bare, person, by_cookie, by_token) in [
        (
            "/anyone",
            "200 user:default/nobody",
            "200 user:default/nobody",
            "200 user:default/nobody",
            "200 user:default/nobody",
        ),
        ("/signed-in", nobody, ines, nobody, service),
        ("/person", nobody, ines, nobody, no_service),
        (
            "/service",
            nobody,
            "403 This endpoint does not allow 'user' credentials",
            nobody,
            service,
        ),
        ("/cookie", nobody, ines, ines, service),
        // What is not there is not told to nobody.
        ("/nowhere", nobody, "404", nobody, "404"),
    ] {
        let line = format!("GET {path}");
        check(router, &line, &[], bare).await;
        check(router, &line, &[INES], person).await;
        check(router, &line, &[COOKIE], by_cookie).await;
        check(router, &line, &[FULL], by_token).await;
    }
    check(router, "PUT /person", &[], nobody).await;
    check(router, "PUT /person", &[INES], "404").await;
    check(router, "GET /cookie", &[COOKIE, FULL], service).await;
    check(
        router,
        "GET /signed-in",
        &[("x-person", "")],
        "401 The name is none",
    )
    .await;
    let wrong = ("authorization", "Bearer wrong-token");
    check(router, "GET /signed-in", &[wrong], "401 Illegal token").await;
    check(router, "GET /anyone", &[wrong], "200 user:default/nobody").await;
}

#[tokio::test]
async fn what_is_refused_elsewhere_may_be_good_for_files() {
    let router = &lab().into_router();
    let unnamed = ("x-person", "");
    check(router, "GET /cookie", &[unnamed, COOKIE], "200 user:default/ines").await;
    check(
        router,
        "GET /signed-in",
        &[unnamed, COOKIE],
        "401 The name is none",
    )
    .await;
    check(router, "GET /cookie", &[unnamed], "401 The name is none").await;
}

#[tokio::test]
async fn pages_of_the_same_site_show_files_and_read_nothing() {
    let router = &lab().into_router();
    let (near, far) = (("sec-fetch-site", "same-site"), ("sec-fetch-site", "cross-site"));
    let (shown, read) = (("sec-fetch-mode", "no-cors"), ("sec-fetch-mode", "cors"));
    let refused = "403 Requests from pages of other origins must carry a token";
    check(
        router,
        "GET /cookie",
        &[COOKIE, near, shown],
        "200 user:default/ines",
    )
    .await;
    for headers in [[COOKIE, near, read], [COOKIE, far, shown]] {
        check(router, "GET /cookie", &headers, refused).await;
    }
    for line in ["GET /signed-in", "POST /change"] {
        check(router, line, &[INES, near, shown], refused).await;
    }
}

/// Asks as each kind of caller to administer: the guest, a person, and services with a token for everything, for reading
/// the lab, and for the lab.
async fn may_administer(site: Site) -> String {
    let router = &site.into_router();
    let named = ("authorization", "Bearer named-token");
    let mut told = Vec::new();
    for headers in [&[][..], &[INES], &[FULL], &[LIMITED], &[named]] {
        let answer = ask(router, "POST /api/lab/administer", headers, "").await;
        told.push(answer.status.to_string());
    }
    told.join(" ")
}

#[tokio::test]
async fn administrators_are_named_or_at_home_where_no_policy_decides() {
    assert_eq!(may_administer(lab()).await, "200 403 403 403 200");
    let named = json!({ "administrators": ["user:default/ines", "service:ci"] });
    assert_eq!(may_administer(lab_with(named)).await, "200 200 200 403 200");
    // Everybody who reaches the server may be this guest.
    let mut site = lab();
    site.options.access.guest = web::GuestRule::SwitchedOn;
    assert_eq!(may_administer(site).await, "403 403 403 403 200");
    let mut site = lab_with(json!({ "administrators": ["user:default/guest"] }));
    site.options.access.guest = web::GuestRule::ListensElsewhere {
        address: "all interfaces".to_owned(),
    };
    site.options.access.is_open = true;
    assert_eq!(may_administer(site).await, "200 403 403 403 200");
    // A policy decides about persons, the configuration about services.
    let mut site = lab();
    site.policy = Some(Arc::new(Everything));
    assert_eq!(may_administer(site).await, "200 200 403 403 200");
}

/// Lets everybody do everything.
struct Everything;

#[async_trait]
impl Policy for Everything {
    async fn decide(&self, _: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        Ok(vec![Decision::Allow; asked.len()])
    }
}

#[tokio::test]
async fn tokens_are_good_for_what_their_restrictions_leave() {
    let router = &lab().into_router();
    let elsewhere = [("authorization", "Bearer elsewhere-token")];
    let refused = "403 This token's access is restricted to plugin(s) 'search', 'catalog'";
    for line in ["GET /signed-in", "GET /read", "GET /nowhere", "DELETE /read"] {
        check(router, line, &elsewhere, refused).await;
    }
    check(router, "GET /anyone", &elsewhere, "200 user:default/nobody").await;
    check(router, "GET /signed-in", &[LIMITED], "200 service:default/ci").await;
    check(router, "GET /read", &[LIMITED], "200 service:default/ci").await;
    check(router, "POST /change", &[LIMITED], "403").await;
    check(router, "POST /change", &[FULL], "200 service:default/ci").await;
    let page = ask(router, "GET /", &[LIMITED], "").await;
    assert_eq!(page.status, 403, "pages belong to plugins too");
    let metrics = ask(router, "GET /metrics", &[LIMITED], "").await;
    assert_eq!(metrics.status, 403);
}

#[tokio::test]
async fn a_policy_decides_for_persons() {
    let mut site = lab();
    let heard = Arc::new(Heard::default());
    site.policy = Some(Arc::new(SomeThings));
    site.audit = Some(heard.clone());
    let router = &site.into_router();
    check(router, "POST /change", &[INES, ("x-request-id", "r1")], "403").await;
    check(router, "POST /change", &[FULL], "200 service:default/ci").await;
    // A handler that does not apply the condition must not be called.
    check(router, "GET /read", &[INES], "403").await;
    check(router, "GET /seen", &[INES], "200 Conditional(All([]))").await;
    check(router, "GET /seen", &[FULL], "200 Allow").await;
    check(router, "GET /each", &[INES], "200 Conditional(All([]))").await;
    check(router, "GET /each", &[FULL], "200 Allow").await;
    check(router, "POST /change", &[LIMITED], "403").await;
    let heard = heard.0.lock().unwrap();
    let told: Vec<(String, &str, &str)> = heard
        .iter()
        .map(|one| (one.actor.name(), &*one.action, one.subject.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "user:default/ines".to_owned(),
                "lab.thing.change",
                "POST /api/lab/change"
            ),
            (
                "service:ci".to_owned(),
                "lab.thing.change",
                "POST /api/lab/change"
            )
        ],
        "changes that were refused are told, reads are not"
    );
    assert_eq!(heard[0].actor.to_json()["request"], "r1");
    assert_eq!(heard[0].outcome, AuditOutcome::Refused(String::new()));
}

async fn panics() -> &'static str {
    panic!("as the test wants it")
}

#[tokio::test]
async fn a_route_has_bounds_of_its_own() {
    let router = &lab().into_router();
    check(router, "GET /hangs", &[], "503 There was no answer within 0.02 s").await;
    check(router, "GET /panics", &[], "500 An internal error occurred").await;
    let kind = [("content-type", "application/json")];
    for (path, body, expected) in [
        ("/json", r#"{"a": 1}"#, 200),
        ("/json", r#"{"a": 1234}"#, 400),
        ("/raw", "1234", 200),
        ("/raw", "12345", 400),
        ("/not-raw", "1", 500),
        ("/form", "1234567890", 200),
        ("/form", "12345678901", 413),
    ] {
        let answer = ask(router, &format!("POST /api/lab{path}"), &kind, body).await;
        assert_eq!(answer.status, expected, "{path} {body}: {}", answer.text);
    }
    let metrics = ask(router, "GET /metrics", &[], "").await.text;
    assert!(
        metrics.contains(r#"plugin_panics_total{plugin="lab"}"#),
        "{metrics}"
    );
}

#[tokio::test]
async fn metrics_name_the_row_and_nothing_that_a_client_made_up() {
    let router = &lab().into_router();
    ask(
        router,
        "GET /api/catalog/entities/by-name/secret-kind/secret-name",
        &[],
        "",
    )
    .await;
    ask(router, "GET /secret-page", &[], "").await;
    ask(router, "GET /api/secret-plugin/x", &[], "").await;
    let metrics = ask(router, "GET /metrics", &[], "").await.text;
    let row = r#"plugin="catalog",path="/api/catalog/entities/by-name/{kind}/{name}""#;
    assert!(metrics.contains(row), "{metrics}");
    assert!(!metrics.contains("secret"), "{metrics}");
}

#[tokio::test]
async fn the_table_has_every_row() {
    let site = lab();
    let rows: Vec<String> = site.table().iter().map(ToString::to_string).collect();
    for row in [
        "GET /metrics",
        "GET /.backstage/health/v1/readiness",
        "GET /api/catalog/entities",
        "POST /save",
        "POST /api/lab/change",
    ] {
        assert!(rows.iter().any(|known| known == row), "{row} in {rows:#?}");
    }
}
