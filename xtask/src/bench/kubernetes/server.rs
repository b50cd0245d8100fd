//! An API server that has objects as text, and counts what it is asked: discovery, lists in pages, streams of changes, and what
//! pods use.

use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::contents::{Contents, Kind};

/// Objects of a page where no number is asked for.
const PAGE: usize = 10_000;

/// A server, which answers as long as the process runs.
pub struct ApiServer {
    /// Where it answers.
    pub url: String,
    held: Arc<Held>,
}

struct Held {
    contents: Mutex<Contents>,
    /// Those that follow a kind, by its plural.
    followers: Mutex<Vec<(String, Sender<String>)>>,
    counts: Counts,
}

/// What was asked for.
#[derive(Default)]
struct Counts {
    lists: AtomicU64,
    watches: AtomicU64,
    usage: AtomicU64,
}

impl ApiServer {
    /// Starts a server with these objects.
    pub fn start(contents: Contents) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let url = format!("http://{}", listener.local_addr()?);
        let held = Arc::new(Held {
            contents: Mutex::new(contents),
            followers: Mutex::default(),
            counts: Counts::default(),
        });
        let serving = held.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let held = serving.clone();
                // A connection that breaks off is the other side's decision.
                std::thread::spawn(move || drop(held.serve(connection)));
            }
        });
        Ok(Self { url, held })
    }

    /// Pages of lists that were asked for.
    pub fn lists(&self) -> u64 {
        self.held.counts.lists.load(Ordering::Relaxed)
    }

    /// Streams of changes that were opened.
    pub fn watches(&self) -> u64 {
        self.held.counts.watches.load(Ordering::Relaxed)
    }

    /// Questions for what pods use.
    pub fn usage(&self) -> u64 {
        self.held.counts.usage.load(Ordering::Relaxed)
    }

    /// Has a container of a pod break off again and again from now on, and tells those that follow pods.
    pub fn crash(&self, pod: &str) -> Result<()> {
        let object = {
            let mut contents = lock(&self.held.contents);
            let pods = contents
                .kinds
                .iter_mut()
                .find(|kind| kind.plural == "pods")
                .context("pods are served")?;
            let name = format!("\"name\":\"{pod}\"");
            let known = pods
                .objects
                .iter_mut()
                .find(|object| object.contains(&name))
                .with_context(|| format!("{pod} is there"))?;
            *known = crashed(known)?;
            known.clone()
        };
        let change = format!("{{\"type\":\"MODIFIED\",\"object\":{object}}}\n");
        let mut followers = lock(&self.held.followers);
        followers.retain(|(plural, follower)| plural != "pods" || follower.send(change.clone()).is_ok());
        Ok(())
    }
}

/// A pod whose first container waits for its next try.
fn crashed(pod: &str) -> Result<String> {
    let mut pod: Value = serde_json::from_str(pod)?;
    let container = &mut pod["status"]["containerStatuses"][0];
    container["ready"] = false.into();
    container["restartCount"] = 5.into();
    container["state"] = json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}});
    container["lastState"] = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}});
    for condition in pod["status"]["conditions"].as_array_mut().into_iter().flatten() {
        if condition["type"] == "Ready" || condition["type"] == "ContainersReady" {
            condition["status"] = "False".into();
        }
    }
    pod["metadata"]["resourceVersion"] = "900000".into();
    Ok(pod.to_string())
}

impl Held {
    /// Answers the requests of a connection, one after the other.
    fn serve(&self, connection: TcpStream) -> Result<()> {
        connection.set_nodelay(true)?;
        let mut answers = connection.try_clone()?;
        let mut requests = BufReader::new(connection);
        while let Some(address) = next_request(&mut requests)? {
            let (path, query) = address.split_once('?').unwrap_or((&address, ""));
            if value_of(query, "watch") == Some("true") {
                return self.follow(path, &mut answers);
            }
            let (status, body) = match self.answer(path, query) {
                Some(body) => ("200 OK", body),
                None => (
                    "404 Not Found",
                    json!({"kind": "Status", "status": "Failure", "code": 404}).to_string(),
                ),
            };
            let length = body.len();
            write!(
                answers,
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
            )?;
            answers.write_all(body.as_bytes())?;
        }
        Ok(())
    }

    fn answer(&self, path: &str, query: &str) -> Option<String> {
        let contents = lock(&self.contents);
        match path.trim_start_matches('/').split('/').collect::<Vec<_>>()[..] {
            ["version"] => Some(json!({"major": "1", "minor": "36", "gitVersion": "v1.36.3"}).to_string()),
            ["api"] => Some(discovery(&contents, true)),
            ["apis"] => Some(discovery(&contents, false)),
            ["apis", "metrics.k8s.io", _, "namespaces", namespace, "pods"] => {
                self.counts.usage.fetch_add(1, Ordering::Relaxed);
                Some(usage(&contents, namespace))
            }
            ["api", _, plural] | ["apis", _, _, plural] => {
                self.counts.lists.fetch_add(1, Ordering::Relaxed);
                contents
                    .kinds
                    .iter()
                    .find(|kind| kind.plural == plural)
                    .map(|kind| page(kind, query))
            }
            _ => None,
        }
    }

    /// Sends every change of a kind until the other side goes.
    fn follow(&self, path: &str, answers: &mut TcpStream) -> Result<()> {
        self.counts.watches.fetch_add(1, Ordering::Relaxed);
        let (sender, changes) = channel();
        let plural = path.rsplit('/').next().unwrap_or_default();
        lock(&self.followers).push((plural.to_owned(), sender));
        write!(
            answers,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        )?;
        for change in changes {
            write!(answers, "{:x}\r\n{change}\r\n", change.len())?;
        }
        Ok(())
    }
}

/// The address of the next request; its head is read to the end.
fn next_request(requests: &mut impl BufRead) -> Result<Option<String>> {
    let mut first = String::new();
    if requests.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut line = String::new();
    while requests.read_line(&mut line)? > 2 {
        line.clear();
    }
    Ok(first.split(' ').nth(1).map(str::to_owned))
}

fn value_of<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .next()
}

/// A page of a list. The place at which the next one begins is what it continues with.
fn page(kind: &Kind, query: &str) -> String {
    let number = |name| value_of(query, name).and_then(|text| text.parse::<usize>().ok());
    let start = number("continue").unwrap_or(0).min(kind.objects.len());
    let end = (start + number("limit").unwrap_or(PAGE)).min(kind.objects.len());
    let rest = kind.objects.len() - end;
    let metadata = if rest > 0 {
        json!({"resourceVersion": "800000", "continue": end.to_string(), "remainingItemCount": rest})
    } else {
        json!({"resourceVersion": "800000"})
    };
    let items = kind.objects[start..end].join(",");
    format!(
        "{{\"kind\":\"{}List\",\"apiVersion\":\"v1\",\"metadata\":{metadata},\"items\":[{items}]}}",
        kind.name
    )
}

/// What each pod of a namespace uses.
fn usage(contents: &Contents, namespace: &str) -> String {
    let pods = contents.pods.get(namespace).into_iter().flatten();
    let items: Vec<Value> = pods
        .map(|pod| {
            let used = json!({"name": "app", "usage": {"cpu": "41234567n", "memory": "212345Ki"}});
            json!({"metadata": {"name": pod, "namespace": namespace}, "timestamp": "2026-05-04T09:12:31Z", "window": "15s", "containers": [used]})
        })
        .collect();
    json!({"kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": items})
        .to_string()
}

/// The kinds of the core, or those of all other groups, in the form that tells all at once.
fn discovery(contents: &Contents, core: bool) -> String {
    let metrics = ("metrics.k8s.io", "v1beta1", "pods", "PodMetrics");
    let kinds = contents
        .kinds
        .iter()
        .map(|kind| (kind.group, kind.version, kind.plural, kind.name));
    let kinds: Vec<_> = kinds
        .chain([metrics])
        .filter(|(group, ..)| group.is_empty() == core)
        .collect();
    let mut groups: Vec<&str> = kinds.iter().map(|(group, ..)| *group).collect();
    groups.dedup();
    let items: Vec<Value> = groups
        .into_iter()
        .map(|group| {
            let own: Vec<_> = kinds.iter().filter(|(of, ..)| *of == group).collect();
            let resources: Vec<Value> = own
                .iter()
                .map(|(_, version, plural, name)| {
                    json!({
                        "resource": plural, "scope": "Namespaced", "verbs": ["get", "list", "watch"],
                        "responseKind": {"group": group, "version": version, "kind": name},
                    })
                })
                .collect();
            let version = own.first().map(|(_, version, ..)| *version);
            let versions = json!([{"version": version, "resources": resources, "freshness": "Current"}]);
            json!({"metadata": {"name": group}, "versions": versions})
        })
        .collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}).to_string()
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}
