//! Feeds against a server that sends lines, ends them, floods and refuses.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use jiff::Timestamp;
use model::SystemClock;
use outside::OutsideCalls;
use parking_lot::Mutex;
use serde_json::json;
use std::collections::HashMap;
use store::{Database, Store};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::settings::Settings;

fn source(pod: &str) -> Source {
    Source {
        pod: pod.to_owned(),
        container: "web".to_owned(),
    }
}

fn line(at: &str, text: &str) -> LogLine {
    LogLine {
        at: at.parse().ok(),
        text: text.to_owned(),
    }
}

#[test]
fn marks_are_written_and_read() {
    let mut marks = Marks::default();
    for (pod, at) in [
        ("a", "2026-01-01T00:00:01Z"),
        ("b", "2026-01-01T00:00:02.5Z"),
        ("b", "2026-01-01T00:00:02.5Z"),
    ] {
        marks.saw(&source(pod), &line(at, "x"));
    }
    let text = marks.to_string();
    assert_eq!(
        text,
        "a/web@2026-01-01T00:00:01Z*1,b/web@2026-01-01T00:00:02.5Z*2"
    );
    assert_eq!(text.parse(), Ok(marks));
    assert_eq!("".parse(), Ok(Marks::default()));
    for wrong in ["a", "a/web@yesterday*1", "a/web@2026-01-01T00:00:01Z"] {
        assert_eq!(wrong.parse::<Marks>(), Err(()), "{wrong}");
    }
}

#[test]
fn of_too_much_the_last_is_kept_and_the_rest_counted() {
    let mut batch = Batch::default();
    for number in 0..TOGETHER + 7 {
        batch.push(source("a"), line("", &number.to_string()));
    }
    assert_eq!((batch.lines.len(), batch.left_out), (TOGETHER, 7));
    assert_eq!(batch.lines[0].1.text, "7");
    let mut large = Batch::default();
    for _ in 0..100 {
        large.push(source("a"), line("", &"x".repeat(10 << 10)));
    }
    assert!(large.bytes <= TOGETHER_BYTES && large.left_out > 0);
    assert_eq!(large.lines.len() + large.left_out, 100);
}

/// A server with logs.
#[derive(Default)]
struct Logs {
    lines: Mutex<HashMap<String, Vec<(Timestamp, String)>>>,
    /// Open streams end when it changes.
    era: Mutex<u32>,
}

impl Logs {
    fn write(&self, pod: &str, at: &str, text: &str) {
        let line = (format!("2026-01-01T{at}Z").parse().unwrap(), text.to_owned());
        self.lines.lock().entry(pod.to_owned()).or_default().push(line);
    }

    fn cut(&self) {
        *self.era.lock() += 1;
    }

    /// The lines behind the first `seen`, as the kubelet writes them.
    fn behind(&self, pod: &str, seen: usize, since: Option<Timestamp>) -> (usize, String) {
        let lines = self.lines.lock();
        let all = lines.get(pod).map(Vec::as_slice).unwrap_or_default();
        // The kubelet takes whole seconds.
        let since = since.map_or(i64::MIN, Timestamp::as_second);
        let new = all.iter().skip(seen).filter(|(at, _)| at.as_second() >= since);
        (
            all.len(),
            new.map(|(at, text)| format!("{at} {text}\n")).collect(),
        )
    }
}

async fn log(
    State(logs): State<Arc<Logs>>,
    Path((_, pod)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    match pod.as_str() {
        "waiting" => {
            let status =
                json!({"kind": "Status", "message": "container web is waiting to start", "code": 400});
            (StatusCode::BAD_REQUEST, status.to_string()).into_response()
        }
        // The head of the answer comes with the first line.
        "silent" => std::future::pending().await,
        "forbidden" => (
            StatusCode::FORBIDDEN,
            json!({"message": "pods/log is forbidden"}).to_string(),
        )
            .into_response(),
        "flood" => {
            let line = format!("2026-01-01T00:00:00Z {}\n", "x".repeat(200));
            let part = Bytes::from(line.repeat(300));
            Body::from_stream(stream::repeat_with(move || {
                Ok::<Bytes, std::io::Error>(part.clone())
            }))
            .into_response()
        }
        _ => {
            let since = query.get("sinceTime").and_then(|text| text.parse().ok());
            let era = *logs.era.lock();
            let parts = stream::unfold((logs, pod, 0), move |(logs, pod, seen)| async move {
                loop {
                    let (now_seen, text) = logs.behind(&pod, seen, since);
                    if !text.is_empty() {
                        return Some((Ok::<String, std::io::Error>(text), (logs, pod, now_seen)));
                    }
                    if *logs.era.lock() != era {
                        return None;
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            });
            Body::from_stream(parts).into_response()
        }
    }
}

struct World {
    logs: Arc<Logs>,
    kubernetes: Kubernetes,
    known: Arc<Mutex<Vec<Known>>>,
}

impl World {
    async fn start(pods: &[&str]) -> Self {
        let logs = Arc::new(Logs::default());
        let path = "/api/v1/namespaces/{namespace}/pods/{pod}/log";
        let router = Router::new().route(path, get(log)).with_state(logs.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        let section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [
            {"name": "test", "url": url, "authProvider": "serviceAccount", "serviceAccountToken": "t"},
        ]}]});
        let settings = Settings::read(Some(&section), std::path::Path::new(""), None);
        let outside = OutsideCalls::new(outside::Settings::default(), Arc::new(SystemClock));
        let store = Store::open(&Database::SqliteMemory).await.unwrap();
        let world = Self {
            kubernetes: Kubernetes::new(settings, &outside, &store, CancellationToken::new()),
            logs,
            known: Arc::default(),
        };
        for pod in pods {
            world.join(pod);
        }
        world
    }

    fn join(&self, pod: &str) {
        let one = Known {
            source: source(pod),
            is_over: false,
        };
        self.known.lock().push(one);
    }

    fn feed(&self, marks: &str) -> LogFeed {
        let known = self.known.clone();
        let common = LogQuestion::new("test", "shop", "", "");
        let look: Look = Box::new(move || known.lock().clone());
        let mut feed = LogFeed::new(self.kubernetes.clone(), common, marks.parse().unwrap(), look);
        feed.look_every = Duration::from_millis(60);
        feed
    }
}

/// Reads until so many lines are there; notes are marked.
async fn read(feed: &mut LogFeed, count: usize) -> Vec<String> {
    let mut texts = Vec::new();
    while texts.len() < count {
        match tokio::time::timeout(Duration::from_secs(10), feed.next())
            .await
            .expect("something is said")
        {
            Fed::Lines(batch) => texts.extend(
                batch
                    .lines
                    .into_iter()
                    .map(|(source, line)| format!("{} {}", source.pod, line.text)),
            ),
            Fed::Note(text) => texts.push(format!("note {text}")),
            Fed::End(text) => texts.push(format!("end {text}")),
        }
    }
    texts
}

#[tokio::test]
async fn logs_of_several_pods_are_one_and_new_pods_join() {
    let world = World::start(&["silent", "a", "b"]).await;
    world.logs.write("a", "00:00:01", "one");
    world.logs.write("b", "00:00:02", "two");
    let mut feed = world.feed("");
    let mut first = read(&mut feed, 2).await;
    first.sort();
    assert_eq!(first, ["a one", "b two"]);
    world.logs.write("c", "00:00:03", "three");
    world.join("c");
    let mut joined = read(&mut feed, 2).await;
    joined.sort();
    assert_eq!(joined, ["c three", "note c/web joins"]);
}

#[tokio::test]
async fn a_reconnection_goes_on_without_gap_or_repetition() {
    let world = World::start(&["a"]).await;
    for text in ["one", "two", "three"] {
        world.logs.write("a", "00:00:01.5", text);
    }
    let mut feed = world.feed("");
    assert_eq!(read(&mut feed, 3).await, ["a one", "a two", "a three"]);
    let marks = feed.marks.to_string();
    drop(feed);
    // Of the same moment, and of the same second.
    world.logs.write("a", "00:00:01.5", "four");
    world.logs.write("a", "00:00:01.9", "five");
    let mut feed = world.feed(&marks);
    assert_eq!(read(&mut feed, 2).await, ["a four", "a five"]);
    // The server ends the stream, as it does when it turns the file over.
    world.logs.cut();
    world.logs.write("a", "00:00:02", "six");
    assert_eq!(read(&mut feed, 1).await, ["a six"]);
}

#[tokio::test]
async fn a_flood_fills_nothing_and_is_counted() {
    let world = World::start(&["flood"]).await;
    let mut feed = world.feed("");
    let began = Instant::now();
    let (mut batches, mut left_out) = (0, 0);
    while began.elapsed() < Duration::from_millis(1_200) {
        if let Fed::Lines(batch) = feed.next().await {
            assert!(batch.lines.len() <= TOGETHER && batch.bytes <= TOGETHER_BYTES);
            left_out += batch.left_out;
            batches += 1;
        }
    }
    assert!((1..=6).contains(&batches), "{batches} batches");
    assert!(left_out > 0, "what came too fast is counted");
}

#[tokio::test]
async fn why_there_is_no_log_is_said_once_and_a_missing_right_ends_it() {
    let world = World::start(&["waiting", "a"]).await;
    world.logs.write("a", "00:00:01", "one");
    let mut feed = world.feed("");
    let mut said = read(&mut feed, 2).await;
    said.sort();
    assert_eq!(
        said,
        ["a one", "note waiting/web: container web is waiting to start"]
    );
    tokio::time::sleep(Duration::from_millis(200)).await;
    world.logs.write("a", "00:00:02", "two");
    assert_eq!(
        read(&mut feed, 1).await,
        ["a two"],
        "it is not said again and again"
    );
    let forbidden = World::start(&["forbidden"]).await;
    assert_eq!(
        read(&mut forbidden.feed(""), 1).await,
        ["end pods/log is forbidden"]
    );
    let over = World::start(&["a"]).await;
    over.logs.write("a", "00:00:01", "last");
    over.known.lock()[0].is_over = true;
    let mut feed = over.feed("");
    assert_eq!(read(&mut feed, 1).await, ["a last"]);
    over.logs.cut();
    assert_eq!(
        read(&mut feed, 1).await,
        ["end No container of it runs any more."]
    );
}
