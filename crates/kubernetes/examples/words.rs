//! What is said of objects in files, for comparing with `kubectl` and others (`cargo xtask conformance kubernetes`).
//!
//! The argument is a folder. Each line of the input names an object of a file in it: `{"file": "a.yaml", "at": "0/items/1", "kind":
//! "Pod"}`. A line of output answers it: the columns of `kubectl`, how far a change is, one word for how it is, and the whole sentence.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use kubernetes::engine::kinds::{CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, JOBS, REPLICA_SETS, STATEFUL_SETS};
use kubernetes::engine::{Kind, Object};
use kubernetes::health::network::Endpoints;
use kubernetes::health::rollout::{self, Rollout};
use kubernetes::health::{Verdict, autoscaler, budget, custom, job, network, node, pod, storage, workload};
use serde_json::{Value, json};

/// Long after all that is recorded, so that nothing counts as new.
const NOW: &str = "2026-11-24T09:30:00Z";

fn main() -> io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_default());
    let now: Timestamp = NOW.parse().expect("a valid time");
    let mut files: HashMap<String, Value> = HashMap::new();
    let mut output = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line?)?;
        let file = question["file"].as_str().unwrap_or_default();
        if !files.contains_key(file) {
            files.insert(file.to_owned(), documents(&folder.join(file))?);
        }
        let at = format!("/{}", question["at"].as_str().unwrap_or_default());
        let answer = match (files[file].pointer(&at), question["kind"].as_str()) {
            (Some(object), Some(kind)) if object.is_object() => answer(kind, object, now),
            _ => json!({"error": format!("{file} has nothing at {at}")}),
        };
        writeln!(output, "{answer}")?;
    }
    output.flush()
}

/// The documents of a file, as a list.
fn documents(file: &Path) -> io::Result<Value> {
    let text = std::fs::read_to_string(file)?;
    if file.extension().is_some_and(|extension| extension == "json") {
        return Ok(json!([serde_json::from_str::<Value>(&text)?]));
    }
    let documents = yaml::parse(&text, &yaml::Limits::default()).into_iter();
    Ok(documents
        .map(|document| document.value.unwrap_or_default())
        .collect())
}

fn answer(kind: &str, object: &Value, now: Timestamp) -> Value {
    let verdict = verdict(kind, object, now);
    let reason = verdict
        .reason
        .as_ref()
        .map_or_else(String::new, |reason| format!(": {reason}"));
    json!({
        "kubectl": columns(kind, object, &verdict),
        "rollout": rollout_of(kind, object),
        "health": format!("{:?}", verdict.health),
        "says": format!("{:?} {}{reason}", verdict.health, verdict.words),
    })
}

fn workload_kind(kind: &str) -> Option<&'static Kind> {
    let known = [
        &DEPLOYMENTS,
        &STATEFUL_SETS,
        &DAEMON_SETS,
        &REPLICA_SETS,
        &JOBS,
        &CRON_JOBS,
    ];
    known.into_iter().find(|known| known.name == kind)
}

fn verdict(kind: &str, object: &Value, now: Timestamp) -> Verdict {
    if let Some(kind) = workload_kind(kind) {
        return workload::verdict(&Object::sample(kind, object.clone()), &[], &[], now);
    }
    match kind {
        "Pod" => pod::verdict(object, now),
        "HorizontalPodAutoscaler" => autoscaler::verdict(object),
        "Service" => network::service(object, Endpoints::Unknown, now),
        "Ingress" => network::ingress(object),
        "PersistentVolumeClaim" => storage::claim(object, true),
        "PodDisruptionBudget" => budget::disruption(object),
        "Node" => node::verdict(object),
        _ => custom::verdict(object),
    }
}

fn rollout_of(kind: &str, object: &Value) -> Option<&'static str> {
    let rollout = match kind {
        "Deployment" => rollout::deployment(object),
        "StatefulSet" => rollout::stateful_set(object),
        "DaemonSet" => rollout::daemon_set(object),
        _ => return None,
    };
    Some(match rollout {
        Rollout::Done => "done",
        Rollout::Under(_) | Rollout::Short(_) => "under way",
        Rollout::Stuck(_) => "stuck",
    })
}

/// The columns of `kubectl get` that are computed here.
fn columns(kind: &str, object: &Value, verdict: &Verdict) -> Value {
    let words = verdict.words.as_str();
    let status = &object["status"];
    match kind {
        "Pod" => {
            let told = pod::status(object);
            let ready = format!("{}/{}", told.ready, told.total);
            json!({"READY": ready, "STATUS": told.text, "RESTARTS": told.restarts.to_string()})
        }
        "Job" => {
            let word = words.split(' ').next().unwrap_or_default();
            let word = if word == "Succeeded" { "Complete" } else { word };
            json!({"STATUS": word, "COMPLETIONS": job::done(object)})
        }
        "Deployment" | "StatefulSet" => {
            let ready = words
                .strip_prefix("Paused, ")
                .unwrap_or(words)
                .strip_suffix(" ready");
            json!({"READY": ready.unwrap_or("0/0")})
        }
        "HorizontalPodAutoscaler" => json!({"TARGETS": autoscaler::targets(object)}),
        "PersistentVolumeClaim" | "Node" => json!({"STATUS": words}),
        "PodDisruptionBudget" => {
            json!({"ALLOWED DISRUPTIONS": status["disruptionsAllowed"].as_u64().unwrap_or_default().to_string()})
        }
        _ => json!({}),
    }
}
