//! An API server of a few kinds: it lists, sends changes, and refuses, forgets or is away when it is to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use futures::stream;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::broadcast;

/// What the server has and what it was asked.
pub struct ApiServer {
    pub url: String,
    objects: Mutex<BTreeMap<String, Vec<Value>>>,
    forbidden: Mutex<BTreeSet<String>>,
    away: Mutex<bool>,
    requests: Mutex<Vec<(String, String)>>,
    changes: broadcast::Sender<Sent>,
}

/// What goes to those that watch.
#[derive(Clone)]
enum Sent {
    Change(String, Value),
    End,
}

impl ApiServer {
    pub async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Arc::new(Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            objects: Mutex::default(),
            forbidden: Mutex::default(),
            away: Mutex::default(),
            requests: Mutex::default(),
            changes: broadcast::Sender::new(64),
        });
        let router = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        server
    }

    /// Has an object from now on.
    pub fn put(&self, plural: &str, object: Value) {
        let mut all = self.objects.lock();
        let all = all.entry(plural.to_owned()).or_default();
        let known = all
            .iter()
            .position(|known| known["metadata"]["name"] == object["metadata"]["name"]);
        let word = if let Some(at) = known {
            all[at] = object.clone();
            "MODIFIED"
        } else {
            all.push(object.clone());
            "ADDED"
        };
        self.send(plural, word, object);
    }

    /// Has it no more.
    pub fn remove(&self, plural: &str, name: &str) {
        let mut all = self.objects.lock();
        let all = all.entry(plural.to_owned()).or_default();
        let at = all
            .iter()
            .position(|known| known["metadata"]["name"] == name)
            .unwrap();
        let gone = all.remove(at);
        self.send(plural, "DELETED", gone);
    }

    fn send(&self, plural: &str, word: &str, mut object: Value) {
        object["metadata"]["resourceVersion"] = "2".into();
        let change = json!({"type": word, "object": object});
        let _ = self.changes.send(Sent::Change(plural.to_owned(), change));
    }

    /// Has forgotten what those that watch have seen.
    pub fn expire(&self, plural: &str) {
        let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "too old resource version", "reason": "Expired", "code": 410});
        let change = json!({"type": "ERROR", "object": status});
        let _ = self.changes.send(Sent::Change(plural.to_owned(), change));
    }

    pub fn forbid(&self, plural: &str) {
        self.forbidden.lock().insert(plural.to_owned());
    }

    /// Goes away, or comes back.
    pub fn be_away(&self, away: bool) {
        *self.away.lock() = away;
        let _ = self.changes.send(Sent::End);
    }

    /// How often a kind was listed.
    pub fn lists(&self, plural: &str) -> usize {
        let asked = self.requests.lock();
        let lists = asked
            .iter()
            .filter(|(path, _)| path.ends_with(&format!("/{plural}?list")));
        lists.count()
    }

    /// The paths that were asked for, and the tokens sent with them.
    pub fn requests(&self) -> Vec<(String, String)> {
        self.requests.lock().clone()
    }

    fn note(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let is_watch = uri.query().is_some_and(|query| query.contains("watch=true"));
        let word = if is_watch { "watch" } else { "list" };
        let token = headers
            .get("authorization")
            .map_or("", |value| value.to_str().unwrap());
        self.requests
            .lock()
            .push((format!("{}?{word}", uri.path()), token.to_owned()));
        is_watch
    }
}

async fn answer(State(server): State<Arc<ApiServer>>, headers: HeaderMap, uri: Uri) -> Response {
    let is_watch = server.note(&uri, &headers);
    if *server.away.lock() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let plural = uri.path().rsplit('/').next().unwrap_or_default().to_owned();
    match plural.as_str() {
        "api" => json_answer(&groups(&[("", "v1", &[("pods", "Pod"), ("events", "Event")])])),
        "apis" => json_answer(&groups(&[("apps", "v1", &[("deployments", "Deployment")])])),
        _ if server.forbidden.lock().contains(&plural) => {
            let message = format!("{plural} is forbidden: User \"portal\" cannot list resource \"{plural}\"");
            let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": "Forbidden", "code": 403});
            (StatusCode::FORBIDDEN, json_answer(&status)).into_response()
        }
        _ if is_watch => watch(&server, plural),
        _ => {
            let items = server.objects.lock().get(&plural).cloned().unwrap_or_default();
            json_answer(
                &json!({"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": items}),
            )
        }
    }
}

fn json_answer(value: &Value) -> Response {
    ([("content-type", "application/json")], value.to_string()).into_response()
}

type Group = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

fn groups(all: &[Group]) -> Value {
    let items: Vec<Value> = all
        .iter()
        .map(|(group, version, kinds)| {
            let kinds: Vec<Value> = kinds
                .iter()
                .map(|(plural, kind)| {
                    json!({
                        "resource": plural, "scope": "Namespaced", "verbs": ["get", "list", "watch"],
                        "responseKind": {"group": group, "version": version, "kind": kind},
                    })
                })
                .collect();
            json!({"metadata": {"name": group}, "versions": [{"version": version, "resources": kinds, "freshness": "Current"}]})
        })
        .collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items})
}

fn watch(server: &ApiServer, plural: String) -> Response {
    let changes = stream::unfold(
        (server.changes.subscribe(), plural),
        |(mut changes, plural)| async move {
            loop {
                match changes.recv().await {
                    Ok(Sent::Change(of, change)) if of == plural => {
                        return Some((format!("{change}\n"), (changes, plural)));
                    }
                    Ok(Sent::Change(..)) => {}
                    Ok(Sent::End) | Err(_) => return None,
                }
            }
        },
    );
    Body::from_stream(changes.map(Ok::<_, std::io::Error>)).into_response()
}
