//! All that is served, from the table of routes: who may call each row, and the list in `docs/routes.md`.

use std::fmt::Write;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Request;
use axum::http::request::Parts;
use model::{Fault, Viewer};
use plugin::{Authenticator, Contributions, Declaration, Feeds, PluginId, RowHead};
use portal::AddedPlugin;

use crate::world::World;

/// Every kind of caller, with the header that makes it one.
const CALLERS: [(&str, Option<(&str, &str)>); 5] = [
    ("nobody", None),
    ("guest", Some(("host", "localhost"))),
    ("person", Some(("x-person", "user:default/ines"))),
    ("service", Some(("authorization", "Bearer whole-token"))),
    ("restricted", Some(("authorization", "Bearer reading-token"))),
];

struct ByHeader;

#[async_trait]
impl Authenticator for ByHeader {
    fn name(&self) -> &'static str {
        "header"
    }

    async fn authenticate(&self, request: &Parts) -> Result<Option<Viewer>, Fault> {
        let Some(name) = request.headers.get("x-person") else {
            return Ok(None);
        };
        let entity = name.to_str().unwrap_or_default().parse()?;
        Ok(Some(Viewer::person(entity, Vec::new(), None)))
    }
}

pub(crate) fn sign_in() -> AddedPlugin {
    let id = PluginId::built_in("header-sign-in");
    AddedPlugin::new(Declaration::new(id.clone()), |_| {
        let contributions = Contributions {
            authenticators: vec![std::sync::Arc::new(ByHeader)],
            ..Contributions::of(id)
        };
        Ok((Feeds::default(), contributions))
    })
}

/// A path of the row: parameters have a name that nothing has.
fn path(row: &RowHead) -> String {
    let full = row.full_path();
    let parts = full
        .split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn request(row: &RowHead, header: Option<(&str, &str)>) -> Request<Body> {
    let host = if header == CALLERS[1].1 {
        "localhost"
    } else {
        "portal.example"
    };
    let mut request = Request::builder()
        .method(row.method.clone())
        .uri(path(row))
        .header("host", host);
    if let Some((name, value)) = header.filter(|(name, _)| *name != "host") {
        request = request.header(name, value);
    }
    request.body(Body::empty()).unwrap()
}

/// What a committed file should hold; written anew on request.
fn check(file: &str, expected: &str) {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_ROUTES").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == expected,
        "{file} is stale: run `UPDATE_ROUTES=1 cargo test -p portal served` and read what changed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_answers_every_kind_of_caller_as_the_table_says() {
    let world = World::with(vec![sign_in()]).await.unwrap();
    let mut table =
        String::from("| row | nobody | guest | person | service | restricted to reading the catalog |\n");
    table.push_str("|---|---|---|---|---|---|\n");
    for row in world.table() {
        let _ = write!(table, "| {row} |");
        for (_, header) in CALLERS {
            let status = world.status(request(row, header)).await;
            let _ = write!(table, " {status} |");
        }
        table.push('\n');
    }
    check("tests/it/callers.md", &table);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_row_lets_in_whom_its_rule_keeps_out() {
    let world = World::with(vec![sign_in()]).await.unwrap();
    for row in world.table() {
        let nobody = world.status(request(row, None)).await;
        let is_open = row.rule.caller == plugin::Caller::Anyone;
        // Metrics have rules of their own.
        assert!(is_open || nobody == 401, "{row} answers {nobody} to nobody");
        let elsewhere = Some(("authorization", "Bearer elsewhere-token"));
        let restricted = world.status(request(row, elsewhere)).await;
        assert!(
            is_open || restricted == 403,
            "{row} answers {restricted} to a token for another plugin"
        );
    }
}

/// A handler that asks for more than the rule of its row gives it would answer so to every request.
#[tokio::test(flavor = "multi_thread")]
async fn no_row_takes_a_body_that_its_rule_does_not_give() {
    let world = World::with(vec![sign_in()]).await.unwrap();
    let sends = |row: &&RowHead| matches!(row.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE");
    for row in world.table().iter().filter(sends) {
        for media_type in ["application/json", "application/x-www-form-urlencoded"] {
            let mut request = request(row, Some(("x-person", "user:default/ines")));
            let headers = request.headers_mut();
            headers.insert("content-type", media_type.parse().unwrap());
            headers.insert("sec-fetch-site", "same-origin".parse().unwrap());
            *request.body_mut() = Body::from(if media_type.ends_with("json") { "{}" } else { "a=b" });
            let (_, answer) = world.send(request).await;
            assert!(
                !answer.contains("The rule of this route"),
                "{row} answers {media_type} with {answer}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_routes_is_current() {
    let world = World::with(Vec::new()).await.unwrap();
    check("../../docs/routes.md", &list(world.table()));
}

/// The list for people.
fn list(table: &[RowHead]) -> String {
    let mut text = String::from(
        "# Routes\n\nAll that is served, made from the table of routes by `UPDATE_ROUTES=1 cargo test -p portal served`. GET \
         answers HEAD too.\nWhere nothing else is said, a body has at most 100 KiB and an answer begins within 30 seconds. \
         *Signed in* is everybody with a\ncredential, and the guest where there is one.\n\n\
         | plugin | method | path | who may call | permission | remarks |\n|---|---|---|---|---|---|\n",
    );
    let mut rows: Vec<&RowHead> = table.iter().collect();
    rows.sort_by_key(|row| {
        (
            row.plugin.clone(),
            row.face,
            row.full_path(),
            row.method.to_string(),
        )
    });
    for row in rows.into_iter().filter(|row| row.path != "/-/gallery") {
        let permission = row
            .rule
            .needs
            .map_or(String::new(), |needs| format!("`{}`", needs.name));
        let _ = writeln!(
            text,
            "| {} | {} | `{}` | {} | {permission} | {} |",
            row.plugin,
            row.method,
            row.full_path(),
            row.rule.caller.as_str(),
            remarks(row)
        );
    }
    text
}

fn remarks(row: &RowHead) -> String {
    let rule = &row.rule;
    let mut remarks = Vec::new();
    if rule.is_left_to_handler {
        remarks.push("shows only what the caller may see".to_owned());
    }
    if rule.is_per_thing {
        remarks.push("for what the policy names".to_owned());
    }
    if rule.body != plugin::BODY_LIMIT_BYTES {
        remarks.push(format!("body of {} bytes", rule.body));
    }
    if rule.is_raw {
        remarks.push("body as it came".to_owned());
    }
    if let Some(time) = rule.time {
        remarks.push(format!("within {} s", time.as_secs()));
    }
    if rule.prefetch {
        remarks.push("fetched ahead".to_owned());
    }
    remarks.join(", ")
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_and_refusals_are_in_the_audit() {
    let world = World::with(vec![sign_in()]).await.unwrap();
    let post = |path: &str, header: (&str, &str), body: &str| {
        Request::post(path.to_owned())
            .header(header.0, header.1)
            .header("host", "portal.example")
            .header("content-type", "application/json")
            .header("x-request-id", "r-1")
            .body(Body::from(body.to_owned()))
            .unwrap()
    };
    let location = r#"{"type": "url", "target": "https://git.example/a.yaml"}"#;
    let ines = ("x-person", "user:default/ines");
    let reader = ("authorization", "Bearer reading-token");
    for (header, expected) in [(ines, 201), (reader, 403)] {
        let status = world
            .send(post("/api/catalog/locations", header, location))
            .await
            .0;
        assert_eq!(status, expected, "{header:?}");
    }
    let refresh = post(
        "/api/catalog/refresh",
        ines,
        r#"{"entityRef": "component:default/none"}"#,
    );
    assert_eq!(world.send(refresh).await.0, 404);
    let events = world.get("/api/audit/events").await.1;
    let events: serde_json::Value = serde_json::from_str(&events).unwrap();
    let told: Vec<String> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
            let actor = event["actor"]["name"].as_str().unwrap_or_default();
            format!(
                "{actor} {} {} {}",
                text("action"),
                text("subject"),
                text("outcome")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "user:default/ines catalog.entity.refresh component:default/none failed",
            "service:reader catalog.location.create POST /api/catalog/locations refused",
            "user:default/ines catalog.location.create url:https://git.example/a.yaml done",
        ]
    );
    assert_eq!(events["items"][2]["actor"]["request"], "r-1");
    let page = world.get("/audit?outcome=refused").await.1;
    assert!(
        page.contains("service:reader") && !page.contains("user:default/ines catalog"),
        "{page}"
    );
}
