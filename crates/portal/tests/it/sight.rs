//! A portal whose policy hides some entities: they are on no page, in no answer, in no search and in no stream.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use catalog::Catalog;
use config::Config;
use http_body_util::BodyExt;
use model::{Fault, Viewer};
use plugin::{Condition, Decision, Permission, Policy};
use portal::Ground;
use serde_json::{Value, json};
use store::{Database, Store};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;
use web::{Readiness, ServerOptions, Stage};

/// Part of the name of everything that is hidden.
const HIDDEN: &str = "umbra";
/// Longest wait for a change to be found.
const SOON: Duration = Duration::from_secs(20);

/// Lets everybody see what has the tag `open`.
struct OnlyOpen;

#[async_trait]
impl Policy for OnlyOpen {
    async fn decide(&self, _: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        let open = Condition::Rule {
            name: "HAS_METADATA".to_owned(),
            parameters: json!({"key": "tags", "value": "open"}),
        };
        Ok(asked
            .iter()
            .map(|permission| match permission.name {
                "catalog.entity.read" => Decision::Conditional(open.clone()),
                _ => Decision::Allow,
            })
            .collect())
    }
}

struct Portal {
    folder: TempDir,
    catalog: Catalog,
    search: search::Search,
    store: Store,
    router: Router,
    _stop: DropGuard,
}

struct Answer {
    status: u16,
    etag: String,
    vary: String,
    text: String,
}

impl Portal {
    async fn start(policy: Option<Arc<dyn Policy>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("all.yaml"), entities("open")).unwrap();
        let config = json!({
            "backend": {"database": {"client": "better-sqlite3", "connection": ":memory:"}},
            "catalog": {
                "locations": [{"type": "file", "target": "./all.yaml"}],
                "rules": [{"allow": testkit::KINDS}],
            },
        });
        let config = Arc::new(Config::from_value(config, folder.path()).unwrap());
        let store = Store::open_with(&Database::SqliteMemory, &portal::tables(&portal::declarations()))
            .await
            .unwrap();
        let stop = CancellationToken::new();
        let readiness = Readiness::new();
        let ground = Ground {
            outside: portal::outside_calls(&config, outside::Trust::default()).unwrap(),
            options: ServerOptions::from_config(&config).unwrap(),
            config,
            store: store.clone(),
            background: tokio::runtime::Handle::current(),
            policy,
            readiness: readiness.clone(),
            stop: stop.clone(),
            saved_index: None,
        };
        let made = portal::Portal::open(ground, Vec::new()).await.unwrap();
        let (catalog, search) = (made.catalog.clone(), made.search.clone());
        let (router, loading) = made.into_router();
        loading.await.unwrap().unwrap();
        catalog.start().await.unwrap();
        let (feeding, soft) = (search.clone(), stop.clone());
        tokio::spawn(async move { feeding.run(soft).await });
        readiness.enter(Stage::Ready);
        let portal = Self {
            folder,
            catalog,
            search,
            store,
            router,
            _stop: stop.drop_guard(),
        };
        portal.settle().await;
        portal
    }

    /// Everything written so far is served and can be found.
    async fn settle(&self) {
        self.catalog.settle().await.unwrap();
        self.catalog.catch_up().await.unwrap();
        let seq = self.store.last_seq().await.unwrap();
        assert!(
            self.search.wait_for(seq, SOON).await,
            "change {seq} cannot be found"
        );
    }

    async fn send(&self, line: &str, body: Option<(&str, String)>) -> axum::response::Response {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("sec-fetch-site", "same-origin");
        if let Some((kind, _)) = &body {
            request = request.header("content-type", *kind);
        }
        let body = Body::from(body.map(|(_, text)| text).unwrap_or_default());
        let peer = ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000)));
        let request = request.extension(peer).body(body).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn ask(&self, line: &str) -> Answer {
        let json = line.starts_with("POST /api").then(|| {
            let body = json!({"entityRefs": [name("component", "lumen"), name("component", "umbra-secret")], "fields": ["metadata.name"]});
            ("application/json", body.to_string())
        });
        let (parts, body) = self.send(line, json).await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let header = |name: &str| {
            let all = parts
                .headers
                .get_all(name)
                .iter()
                .map(|value| value.to_str().unwrap());
            all.collect::<Vec<_>>().join(", ")
        };
        Answer {
            status: parts.status.as_u16(),
            etag: header("etag"),
            vary: header("vary"),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

fn name(kind: &str, name: &str) -> String {
    format!("{kind}:default/{name}")
}

/// An open component that depends on a hidden one and is owned by a hidden group, and their neighbours. `tag` is
/// that of one more component.
fn entities(tag: &str) -> String {
    let one = |kind: &str, name: &str, tag: &str, spec: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}, title: The {name}, tags: [{tag}]}}\nspec: {{{spec}}}\n"
        )
    };
    [
        one("Component", "lumen", "open", "type: service, lifecycle: production, owner: umbra-team, dependsOn: ['component:umbra-secret']"),
        one("Component", "lumen-two", tag, "type: service, lifecycle: production, owner: bright-team, dependsOn: ['component:lumen', 'component:nowhere']"),
        one("Component", "umbra-secret", "closed", "type: service, lifecycle: production, owner: umbra-team, dependsOn: ['component:lumen']"),
        one("Group", "bright-team", "open", "type: team, children: [umbra-team]"),
        one("Group", "umbra-team", "closed", "type: team, children: []"),
    ]
    .join("---\n")
}

/// Addresses at which something of the catalog is shown.
const SHOWING: [&str; 33] = [
    "GET /api/catalog/entities?fields=metadata",
    "GET /api/catalog/entities?limit=5&order=asc:metadata.name&fields=kind,metadata",
    "GET /api/catalog/entities/by-query?fields=metadata.name&orderField=metadata.name",
    "POST /api/catalog/entities/by-refs",
    "GET /api/catalog/entity-facets?facet=metadata.name&facet=metadata.tags",
    "GET /api/catalog/entities/unprocessed/failed",
    "GET /api/search/query?term=umbra",
    "GET /api/search/query?term=secret",
    "GET /",
    "GET /settings",
    "GET /catalog",
    "GET /catalog?scope=starred",
    "GET /catalog/export.csv",
    "GET /catalog/default/component/lumen",
    "GET /catalog/default/component/lumen/dependencies",
    "GET /catalog/default/component/lumen-two",
    "GET /catalog/default/component/lumen-two/raw.yaml",
    "GET /catalog/default/group/bright-team",
    "GET /catalog/default/component/umba-secret",
    "GET /org",
    "GET /org/people",
    "GET /catalog-graph",
    "GET /catalog-graph?rootEntityRefs[]=component:default/lumen&maxDepth=3",
    "GET /unprocessed",
    "GET /unprocessed?show=pending",
    "GET /search?query=team",
    "GET /search?query=umbar",
    "GET /-/palette?query=secret",
    "GET /-/palette?query=",
    "GET /sources",
    "GET /changes",
    "GET /api/catalog/change-log",
    "GET /catalog/default/component/lumen/history",
];

/// A text without the words that were asked for, which a page repeats.
fn without_question(line: &str, text: &str) -> String {
    let query = line.split_once('=').map_or("", |(_, query)| query);
    text.replace("umba-secret", "")
        .replace(&format!("{query}&"), "")
        .replace(query, "")
}

#[tokio::test]
async fn what_is_hidden_is_on_no_page_and_in_no_answer() {
    let portal = Portal::start(Some(Arc::new(OnlyOpen))).await;
    let open = Portal::start(None).await;
    for portal in [&portal, &open] {
        for starred in [name("component", "umbra-secret"), name("component", "lumen")] {
            let form = format!("entityRef={starred}&starred=true&return=/");
            let kind = "application/x-www-form-urlencoded";
            let answer = portal.send("POST /starred", Some((kind, form))).await;
            assert_eq!(answer.status(), 303);
        }
    }
    let mut shown = 0;
    for line in SHOWING {
        let (seen, whole) = (portal.ask(line).await, open.ask(line).await);
        let text = without_question(line, &seen.text);
        assert!(!text.contains(HIDDEN), "{line} shows what is hidden:\n{text}");
        shown += usize::from(without_question(line, &whole.text).contains(HIDDEN));
    }
    assert!(shown >= 18, "only {shown} of these would show it at all");
    let home = portal.ask("GET /").await.text;
    assert!(home.contains("The lumen"), "{home}");
}

/// What an author wrote in `spec` stays as it is written.
#[tokio::test]
async fn exported_entities_relate_to_nothing_hidden() {
    let relations = async |policy: Option<Arc<dyn Policy>>| {
        let exported = Portal::start(policy).await.ask("GET /catalog/export.json").await;
        let entities: Vec<Value> = serde_json::from_str(&exported.text).unwrap();
        let relations: String = entities
            .iter()
            .map(|entity| entity["relations"].to_string())
            .collect();
        relations.contains(HIDDEN)
    };
    assert!(!relations(Some(Arc::new(OnlyOpen))).await);
    assert!(relations(None).await, "it would show it");
}

#[tokio::test]
async fn what_is_hidden_is_answered_as_what_is_missing() {
    let portal = Portal::start(Some(Arc::new(OnlyOpen))).await;
    let uid = portal
        .store
        .node(&name("component", "umbra-secret"))
        .await
        .unwrap()
        .unwrap()
        .uid
        .to_string();
    let lines = [
        "GET /api/catalog/entities/by-name/component/default/NAME",
        "GET /api/catalog/entities/by-name/component/default/NAME/ancestry",
        "GET /api/catalog/entities/by-name/component/default/NAME/history",
        "GET /api/catalog/entities/by-name/component/default/NAME/history/1",
        "GET /catalog/default/component/NAME/raw.yaml",
        "GET /catalog-graph?rootEntityRefs[]=component:default/NAME",
        "GET /unprocessed/delete?entity=component:default/NAME",
    ];
    for line in lines {
        let hidden = portal.ask(&line.replace("NAME", "umbra-secret")).await;
        let missing = portal.ask(&line.replace("NAME", "umbra-zecret")).await;
        let text = |answer: &Answer| {
            let text = answer
                .text
                .replace("umbra-secret", "NAME")
                .replace("umbra-zecret", "NAME");
            // Every page has a number of its own.
            let lines = text
                .lines()
                .filter(|line| !line.contains("nonce") && !line.contains("request"));
            lines.collect::<Vec<_>>().join("\n")
        };
        assert_eq!(hidden.status, missing.status, "{line}");
        assert_eq!(text(&hidden), text(&missing), "{line}");
    }
    let answer = portal
        .ask(&format!("GET /api/catalog/entities/by-uid/{uid}"))
        .await;
    assert_eq!(answer.status, 404);
    let answer = portal
        .ask(&format!("DELETE /api/catalog/entities/by-uid/{uid}"))
        .await;
    assert_eq!(answer.status, 204);
    assert!(
        portal
            .store
            .node(&name("component", "umbra-secret"))
            .await
            .unwrap()
            .is_some()
    );
    for line in [
        "GET /api/catalog/sources",
        "GET /api/catalog/locations",
        "GET /catalog-import",
        "GET /sources",
    ] {
        assert_eq!(portal.ask(line).await.status, 403, "{line}");
    }
}

#[tokio::test]
async fn answers_for_different_sights_are_kept_apart() {
    let portal = Portal::start(Some(Arc::new(OnlyOpen))).await;
    let open = Portal::start(None).await;
    let line = "GET /api/catalog/entities?filter=metadata.name=lumen&fields=kind&limit=5";
    let (seen, whole) = (portal.ask(line).await, open.ask(line).await);
    assert_eq!(seen.text, whole.text);
    assert_ne!(seen.etag, whole.etag);
    assert!(seen.vary.contains("Cookie, Authorization"), "{}", seen.vary);
    assert!(whole.vary.contains("Cookie, Authorization"), "{}", whole.vary);
}

#[tokio::test]
async fn the_stream_tells_what_comes_into_sight_and_goes_out_of_it() {
    let portal = Portal::start(Some(Arc::new(OnlyOpen))).await;
    let mut stream = portal.send("GET /api/catalog/changes", None).await.into_body();
    let mut told = String::new();
    for (tag, expected) in [("closed", "deleted"), ("open", "created")] {
        std::fs::write(portal.folder.path().join("all.yaml"), entities(tag)).unwrap();
        let sources = portal.catalog.sources().await.unwrap();
        let names: Vec<String> = sources.into_iter().map(|source| source.source).collect();
        portal.catalog.mark_dirty(&names).await.unwrap();
        portal.settle().await;
        let wanted = json!({"entityRef": name("component", "lumen-two"), "op": expected});
        let event = tokio::time::timeout(SOON, next_change(&mut stream, &mut told))
            .await
            .unwrap();
        let found = json!({"entityRef": event["entityRef"], "op": event["op"]});
        assert_eq!(found, wanted);
    }
    assert!(!told.contains(HIDDEN), "{told}");
}

/// The next change of the component that comes and goes.
async fn next_change(stream: &mut Body, told: &mut String) -> Value {
    loop {
        let frame = stream.frame().await.unwrap().unwrap();
        let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
        told.push_str(&text);
        let data = text.lines().find_map(|line| line.strip_prefix("data: "));
        let event: Value = serde_json::from_str(data.unwrap_or("null")).unwrap();
        if event["entityRef"] == name("component", "lumen-two") {
            return event;
        }
    }
}
