//! A Grafana in memory: it answers the questions of the portal at once, and counts them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use serde_json::{Value, json};

/// Panels of a dashboard, lines of a panel, points of a line.
const PANELS: usize = 8;
const LINES: usize = 5;
const POINTS: i64 = 600;
/// Of so many rules one is firing.
const FIRING: usize = 50;

/// The server; it ends with the program.
pub struct Grafana {
    /// Its address.
    pub url: String,
    calls: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// What it answers from.
struct Answers {
    dashboards: Vec<Value>,
    rules: String,
}

impl Grafana {
    /// Starts it with a rule for each entity.
    pub fn start(entities: usize, dashboards: usize) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let url = format!("http://{}", listener.local_addr()?);
        let calls = Arc::new(Mutex::new(BTreeMap::new()));
        let answers = Arc::new(Answers {
            dashboards: (0..dashboards).map(hit).collect(),
            rules: rules(entities).to_string(),
        });
        let counted = calls.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, calls) = (answers.clone(), counted.clone());
                std::thread::spawn(move || serve(stream, &answers, &calls));
            }
        });
        Ok(Self { url, calls })
    }

    /// Calls of paths that begin like this.
    pub fn calls(&self, beginning: &str) -> usize {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let found = calls.iter().filter(|(path, _)| path.starts_with(beginning));
        found.map(|(_, count)| count).sum()
    }

    /// All calls.
    pub fn all_calls(&self) -> usize {
        self.calls("/")
    }
}

/// Answers the requests of one connection, until it ends.
fn serve(stream: TcpStream, answers: &Answers, calls: &Mutex<BTreeMap<String, usize>>) {
    let Ok(mut writer) = stream.try_clone() else {
        return;
    };
    // Otherwise the kernel holds the body back until the head was acknowledged, which takes 40 ms.
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    while let Some((path, body)) = request(&mut reader) {
        let called = path.split('?').next().unwrap_or_default().to_owned();
        *calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(called)
            .or_default() += 1;
        let answer = answer(&path, &body, answers);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        if writer
            .write_all(head.as_bytes())
            .and_then(|()| writer.write_all(answer.as_bytes()))
            .is_err()
        {
            return;
        }
    }
}

/// The path and the body of the next request.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok().filter(|read| *read > 0)?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, body))
}

fn answer(path: &str, body: &[u8], answers: &Answers) -> String {
    let number = |name: &str, usual: usize| {
        let (_, query) = path.split_once('?').unwrap_or_default();
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| value.parse().ok());
        found.unwrap_or(usual)
    };
    if path.starts_with("/api/search") {
        let (limit, page) = (number("limit", 1_000), number("page", 1).max(1));
        let hits: Vec<&Value> = answers
            .dashboards
            .iter()
            .skip((page - 1) * limit)
            .take(limit)
            .collect();
        return json!(hits).to_string();
    }
    if path.starts_with("/api/prometheus/") {
        return answers.rules.clone();
    }
    if let Some(uid) = path.strip_prefix("/api/dashboards/uid/") {
        return board(uid).to_string();
    }
    if path.starts_with("/api/ds/query") {
        return frames(body).to_string();
    }
    "[]".to_owned()
}

fn hit(at: usize) -> Value {
    json!({
        "id": at, "uid": format!("d{at}"), "title": format!("Service {at}"), "type": "dash-db", "url": format!("/d/d{at}/service"),
        "tags": [format!("app=svc-{at}"), "services"], "folderTitle": "Services", "folderUrl": "/dashboards/f/services/services",
    })
}

fn rules(entities: usize) -> Value {
    let rule = |at: usize| {
        let state = if at.is_multiple_of(FIRING) {
            "firing"
        } else {
            "inactive"
        };
        let labels = json!({"app": format!("svc-{at}"), "severity": "critical"});
        json!({
            "uid": format!("r{at}"), "name": format!("Service {at} fails"), "type": "alerting", "state": state, "health": "ok", "labels": labels,
            "alerts": [{"state": if state == "firing" { "Alerting" } else { "Normal" }, "labels": labels, "activeAt": "2026-11-24T09:00:00Z", "value": "1"}],
        })
    };
    let rules: Vec<Value> = (0..entities).map(rule).collect();
    json!({"status": "success", "data": {"groups": [{"name": "services", "file": "Services", "rules": rules}]}})
}

fn board(uid: &str) -> Value {
    let panel = |id: usize| {
        json!({
            "id": id, "type": "timeseries", "title": format!("Panel {id}"), "datasource": {"uid": "prom", "type": "prometheus"},
            "gridPos": {"x": 0, "y": id}, "targets": [{"refId": "A", "expr": "requests{app=\"$app\"}"}],
            "fieldConfig": {"defaults": {"unit": "reqps"}},
        })
    };
    let panels: Vec<Value> = (1..=PANELS).map(panel).collect();
    json!({"meta": {"url": format!("/d/{uid}/service")}, "dashboard": {"uid": uid, "title": "Service", "panels": panels}})
}

/// Lines over the span that was asked for.
fn frames(body: &[u8]) -> Value {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let moment = |key: &str| {
        asked[key]
            .as_str()
            .and_then(|text| text.parse::<i64>().ok())
            .unwrap_or_default()
    };
    let (from, to) = (moment("from"), moment("to"));
    let times: Vec<i64> = (0..POINTS).map(|at| from + (to - from) * at / POINTS).collect();
    let frame = |line: usize| {
        let values: Vec<usize> = (0..times.len()).map(|at| (at * 7 + line * 31) % 100).collect();
        json!({
            "schema": {"fields": [{"name": "Time", "type": "time"}, {"name": "Value", "type": "number", "config": {"displayNameFromDS": format!("pod-{line}")}}]},
            "data": {"values": [times, values]},
        })
    };
    json!({"results": {"A": {"status": 200, "frames": (0..LINES).map(frame).collect::<Vec<_>>()}}})
}
