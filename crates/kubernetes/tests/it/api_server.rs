//! An API server of a few kinds: it lists, sends changes, and refuses, forgets, is slow or is away when it is to. Whatever is no
//! question of a reader it answers with what it heard.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use futures::stream;
use http_body_util::BodyExt;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use url::form_urlencoded;

/// What the server has and what it was asked.
pub struct ApiServer {
    pub url: String,
    objects: Mutex<BTreeMap<String, Vec<Value>>>,
    forbidden: Mutex<BTreeSet<String>>,
    away: Mutex<bool>,
    /// How long a list takes.
    pause: Mutex<Duration>,
    /// The one token that is taken; empty: any.
    token: Mutex<String>,
    requests: Mutex<Vec<(String, String)>>,
    heard: Mutex<HeaderMap>,
    /// What changes were asked for.
    sent: Mutex<Vec<Value>>,
    /// Answers to such requests, by method and path.
    replies: Mutex<BTreeMap<(String, String), (u16, Value)>>,
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
            pause: Mutex::default(),
            token: Mutex::default(),
            requests: Mutex::default(),
            heard: Mutex::default(),
            sent: Mutex::default(),
            replies: Mutex::default(),
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

    pub fn allow(&self, plural: &str) {
        self.forbidden.lock().remove(plural);
    }

    /// Goes away, or comes back.
    pub fn be_away(&self, away: bool) {
        *self.away.lock() = away;
        let _ = self.changes.send(Sent::End);
    }

    /// Takes its time for each list from now on.
    pub fn be_slow(&self, pause: Duration) {
        *self.pause.lock() = pause;
    }

    /// Takes this token alone from now on, and ends what is watched.
    pub fn take_only(&self, token: &str) {
        format!("Bearer {token}").clone_into(&mut self.token.lock());
        let _ = self.changes.send(Sent::End);
    }

    /// The headers of the last request that was no question of a reader.
    pub fn heard(&self) -> HeaderMap {
        self.heard.lock().clone()
    }

    /// Answers so from now on.
    pub fn reply(&self, method: &str, path: &str, status: u16, answer: Value) {
        let asked = (method.to_owned(), path.to_owned());
        self.replies.lock().insert(asked, (status, answer));
    }

    /// The requests that were no question of a reader, each with what it carried.
    pub fn sent(&self) -> Vec<Value> {
        std::mem::take(&mut self.sent.lock())
    }

    /// How often anything was listed.
    pub fn all_lists(&self) -> usize {
        let asked = self.requests.lock();
        let kinds = asked
            .iter()
            .filter(|(path, _)| path.ends_with("?list") && path.matches('/').count() > 2);
        kinds.count()
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

async fn answer(State(server): State<Arc<ApiServer>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let is_watch = server.note(&head.uri, &head.headers);
    if *server.away.lock() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if let Some(refused) = server.refuse(&head.headers) {
        return refused;
    }
    match head.uri.path() {
        "/api" => return json_answer(&groups(&CORE)),
        "/apis" => return json_answer(&groups(&server.groups())),
        "/version" => return json_answer(&json!({"major": "1", "minor": "36", "gitVersion": "v1.36.3"})),
        _ => {}
    }
    let Some(asked) = Asked::of(&head.uri).filter(|_| head.method == Method::GET) else {
        let media_type = head
            .headers
            .get("content-type")
            .map(|value| value.to_str().unwrap().to_owned());
        *server.heard.lock() = head.headers;
        let body = body.collect().await.unwrap().to_bytes();
        let carried: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        server.sent.lock().push(json!({"method": head.method.as_str(), "path": head.uri.path(), "query": head.uri.query(), "type": media_type, "body": carried}));
        let asked = (head.method.to_string(), head.uri.path().to_owned());
        if let Some((status, answer)) = server.replies.lock().get(&asked) {
            return (StatusCode::from_u16(*status).unwrap(), json_answer(answer)).into_response();
        }
        let told = json!({"method": head.method.as_str(), "path": head.uri.path(), "query": head.uri.query(), "body": String::from_utf8_lossy(&body)});
        return ([("set-cookie", "a=b"), ("x-cluster", "yes")], json_answer(&told)).into_response();
    };
    if server.forbidden.lock().contains(&asked.plural) {
        return forbidden(&asked.plural);
    }
    if is_watch {
        return watch(&server, asked.plural);
    }
    let pause = *server.pause.lock();
    tokio::time::sleep(pause).await;
    server.list(&asked)
}

/// What a reader asks for.
struct Asked {
    plural: String,
    namespace: Option<String>,
    name: Option<String>,
    label: Option<(String, String)>,
}

impl Asked {
    fn of(uri: &Uri) -> Option<Self> {
        let parts: Vec<&str> = uri.path().trim_start_matches('/').split('/').collect();
        let (["api", _, below @ ..] | ["apis", _, _, below @ ..]) = parts.as_slice() else {
            return None;
        };
        let (namespace, below) = match below {
            ["namespaces", namespace, below @ ..] if !below.is_empty() => {
                (Some((*namespace).to_owned()), below)
            }
            _ => (None, below),
        };
        let (plural, name) = match below {
            [plural] => (plural, None),
            [plural, name] => (plural, Some((*name).to_owned())),
            _ => return None,
        };
        // What pods use lies beside them.
        let plural = if parts[1] == "metrics.k8s.io" {
            &"podmetrics"
        } else {
            plural
        };
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let selector = pairs.filter(|(key, _)| key == "labelSelector").last();
        let label = selector.and_then(|(_, text)| {
            let (key, value) = text.split_once('=')?;
            Some((key.to_owned(), value.to_owned()))
        });
        Some(Self {
            plural: (*plural).to_owned(),
            namespace,
            name,
            label,
        })
    }

    fn selects(&self, object: &Value) -> bool {
        let meta = &object["metadata"];
        let is_within = self
            .namespace
            .as_ref()
            .is_none_or(|name| meta["namespace"] == *name);
        let label = self.label.as_ref();
        is_within && label.is_none_or(|(key, value)| meta["labels"][key] == *value)
    }
}

impl ApiServer {
    fn refuse(&self, headers: &HeaderMap) -> Option<Response> {
        let token = self.token.lock();
        let given = headers
            .get("authorization")
            .map_or("", |value| value.to_str().unwrap());
        (!token.is_empty() && given != *token).then(|| {
            let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "Unauthorized", "reason": "Unauthorized", "code": 401});
            (StatusCode::UNAUTHORIZED, json_answer(&status)).into_response()
        })
    }

    /// The groups that it has: some only where objects of them were put.
    fn groups(&self) -> Vec<Group> {
        let objects = self.objects.lock();
        let mut all = GROUPS.to_vec();
        all.extend(objects.contains_key("cronjobs").then_some(BATCH));
        if objects.contains_key("kustomizations") {
            all.extend(FLUX);
        }
        all.extend(objects.contains_key("fluxreports").then_some(OPERATOR));
        all
    }

    fn list(&self, asked: &Asked) -> Response {
        let objects = self.objects.lock();
        let all = objects.get(&asked.plural).map(Vec::as_slice).unwrap_or_default();
        if let Some(name) = &asked.name {
            let found = all.iter().find(|object| object["metadata"]["name"] == *name);
            return found.map_or_else(|| missing(&asked.plural, name), json_answer);
        }
        let items: Vec<&Value> = all.iter().filter(|object| asked.selects(object)).collect();
        json_answer(
            &json!({"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": items}),
        )
    }
}

fn missing(plural: &str, name: &str) -> Response {
    let message = format!("{plural} \"{name}\" not found");
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": "NotFound", "code": 404});
    (StatusCode::NOT_FOUND, json_answer(&status)).into_response()
}

fn forbidden(plural: &str) -> Response {
    let message = format!("{plural} is forbidden: User \"portal\" cannot list resource \"{plural}\"");
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": "Forbidden", "code": 403});
    (StatusCode::FORBIDDEN, json_answer(&status)).into_response()
}

fn json_answer(value: &Value) -> Response {
    ([("content-type", "application/json")], value.to_string()).into_response()
}

/// A group with its versions, the preferred one first, and the kinds that each has.
type Group = (
    &'static str,
    &'static [(&'static str, &'static [(&'static str, &'static str)])],
);

const CORE: [Group; 1] = [(
    "",
    &[(
        "v1",
        &[
            ("pods", "Pod"),
            ("events", "Event"),
            ("configmaps", "ConfigMap"),
            ("services", "Service"),
            ("nodes", "Node"),
        ],
    )],
)];
/// A group that servers have which have cron jobs.
const BATCH: Group = ("batch", &[("v1", &[("cronjobs", "CronJob"), ("jobs", "Job")])]);
/// Groups of servers that have Flux, an older one in part.
const FLUX: [Group; 3] = [
    (
        "kustomize.toolkit.fluxcd.io",
        &[("v1", &[("kustomizations", "Kustomization")])],
    ),
    (
        "helm.toolkit.fluxcd.io",
        &[("v2beta2", &[("helmreleases", "HelmRelease")])],
    ),
    (
        "source.toolkit.fluxcd.io",
        &[(
            "v1",
            &[
                ("gitrepositories", "GitRepository"),
                ("helmrepositories", "HelmRepository"),
            ],
        )],
    ),
];
/// The group of the Flux Operator.
const OPERATOR: Group = (
    "fluxcd.controlplane.io",
    &[(
        "v1",
        &[("fluxreports", "FluxReport"), ("fluxinstances", "FluxInstance")],
    )],
);
const GROUPS: [Group; 5] = [
    ("metrics.k8s.io", &[("v1beta1", &[("pods", "PodMetrics")])]),
    (
        "apps",
        &[(
            "v1",
            &[
                ("deployments", "Deployment"),
                ("replicasets", "ReplicaSet"),
                ("statefulsets", "StatefulSet"),
            ],
        )],
    ),
    (
        "autoscaling",
        &[
            ("v2", &[("horizontalpodautoscalers", "HorizontalPodAutoscaler")]),
            ("v1", &[("horizontalpodautoscalers", "HorizontalPodAutoscaler")]),
        ],
    ),
    (
        "gateway.networking.k8s.io",
        &[("v1", &[("httproutes", "HTTPRoute")])],
    ),
    (
        "example.com",
        &[
            ("v1", &[("widgets", "Widget"), ("gadgets", "Gadget")]),
            ("v1alpha1", &[("widgets", "Widget"), ("trials", "Trial")]),
        ],
    ),
];

fn groups(all: &[Group]) -> Value {
    let items: Vec<Value> = all
        .iter()
        .map(|(group, versions)| {
            let versions: Vec<Value> = versions
                .iter()
                .map(|(version, kinds)| {
                    let kinds: Vec<Value> = kinds
                        .iter()
                        .map(|(plural, kind)| {
                            json!({
                                "resource": plural, "scope": "Namespaced", "verbs": ["get", "list", "watch"],
                                "responseKind": {"group": group, "version": version, "kind": kind},
                            })
                        })
                        .collect();
                    json!({"version": version, "resources": kinds, "freshness": "Current"})
                })
                .collect();
            json!({"metadata": {"name": group}, "versions": versions})
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
    let body = Body::from_stream(changes.map(Ok::<_, std::io::Error>));
    ([("content-type", "application/json")], body).into_response()
}
