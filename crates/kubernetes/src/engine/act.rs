//! What a cluster is asked to do with an object, in the requests that `kubectl` would send.

use std::time::Duration;

use http::{Method, header};
use jiff::Timestamp;
use model::{Clock, SystemClock};
use serde_json::{Map, Value, json};
use ui::href::encode;

use super::cluster::Cluster;
use super::failure::{Failure, Sort};
use super::logs::refusal;
use super::object::Object;

/// Who changes fields, in the objects' own record of that.
const FIELD_MANAGER: &str = "backstage";
/// The annotation of a template of pods that is changed so that they are made anew.
pub(crate) const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";
/// The annotation of a job that nobody's clock began.
const INSTANTIATE: &str = "cronjob.kubernetes.io/instantiate";
/// How long a request may take. Two of them fit into the time of a page.
const TIME: Duration = Duration::from_secs(10);
/// Largest answer, in bytes. An API server keeps objects of at most 3 MiB.
const MAX_ANSWER: u64 = 8 << 20;
/// Letters of a message of a cluster that are shown.
const MAX_MESSAGE: usize = 400;
/// Longest name of a job, whose pods carry it as a label.
const MAX_NAME: usize = 63;

const MERGE: &str = "application/merge-patch+json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";
const JSON: &str = "application/json";

/// What is asked of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Pods of a workload are made anew.
    Restart,
    /// A workload gets another number of pods.
    Scale {
        /// How many the person saw; with another number in the cluster nothing is done.
        from: u32,
        /// How many it gets.
        to: u32,
    },
    /// A pod is deleted, if it is still the same one.
    DeletePod,
    /// A job is made of a cron job's template.
    RunCronJob,
}

/// Why a cluster did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undone {
    pub failure: Failure,
    /// The rule of a `ClusterRole` without which the portal's account may not ask for it.
    pub rule: &'static str,
}

/// A request to an API server.
struct Call<'a> {
    method: Method,
    path: &'a str,
    /// The media type of the body, and the body.
    body: Option<(&'static str, Value)>,
    /// The rule that lets an account send it.
    rule: &'static str,
}

impl Cluster {
    /// Has the cluster do something with an object; returns the name of the job that was made, if one was.
    pub async fn act(&self, object: &Object, deed: Deed, now: Timestamp) -> Result<Option<String>, Undone> {
        match deed {
            Deed::Restart => self.restart(object, now).await.map(|()| None),
            Deed::Scale { from, to } => self.scale(object, from, to).await.map(|()| None),
            Deed::DeletePod => self.delete_pod(object).await.map(|()| None),
            Deed::RunCronJob => self.run_now(object, now).await.map(Some),
        }
    }

    async fn restart(&self, object: &Object, now: Timestamp) -> Result<(), Undone> {
        let annotations = json!({ RESTARTED_AT: restarted_at(now) });
        let patch = json!({"spec": {"template": {"metadata": {"annotations": annotations}}}});
        let call = Call {
            method: Method::PATCH,
            path: &path_of(object),
            body: Some((STRATEGIC, patch)),
            rule: "{apiGroups: [apps], resources: [deployments, statefulsets, daemonsets], verbs: [patch]}",
        };
        self.send(call).await.map(drop)
    }

    /// The size is read and written with the version that was read, so that of two people who ask at once one is told.
    async fn scale(&self, object: &Object, from: u32, to: u32) -> Result<(), Undone> {
        let rule =
            "{apiGroups: [apps], resources: [deployments/scale, statefulsets/scale], verbs: [get, patch]}";
        let path = format!("{}/scale", path_of(object));
        let read = Call {
            method: Method::GET,
            path: &path,
            body: None,
            rule,
        };
        let scale = self.send(read).await?;
        let has = scale["spec"]["replicas"].as_u64().unwrap_or_default();
        if has != u64::from(from) {
            let message = format!("it was to have {from} pods when you looked, and is to have {has} now");
            return Err(undone(Sort::Other, message, Some(409), rule));
        }
        let version = &scale["metadata"]["resourceVersion"];
        let patch = json!({"metadata": {"resourceVersion": version}, "spec": {"replicas": to}});
        let write = Call {
            method: Method::PATCH,
            path: &path,
            body: Some((MERGE, patch)),
            rule,
        };
        self.send(write).await.map(drop)
    }

    async fn delete_pod(&self, object: &Object) -> Result<(), Undone> {
        let options = json!({
            "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": object.uid()},
        });
        let call = Call {
            method: Method::DELETE,
            path: &path_of(object),
            body: Some((JSON, options)),
            rule: "{apiGroups: [\"\"], resources: [pods], verbs: [delete]}",
        };
        self.send(call).await.map(drop)
    }

    /// Of the template as it is now, which may be newer than what is kept.
    async fn run_now(&self, object: &Object, now: Timestamp) -> Result<String, Undone> {
        let read = Call {
            method: Method::GET,
            path: &path_of(object),
            body: None,
            rule: "{apiGroups: [batch], resources: [cronjobs], verbs: [get]}",
        };
        let cron_job = self.send(read).await?;
        let rule = "{apiGroups: [batch], resources: [jobs], verbs: [create]}";
        if cron_job["metadata"]["uid"] != object.uid() {
            let message = "another cron job of this name took its place";
            return Err(undone(Sort::Other, message, Some(409), rule));
        }
        let name = job_name(object.name(), now);
        let call = Call {
            method: Method::POST,
            path: &format!("/apis/batch/v1/namespaces/{}/jobs", encode(object.namespace())),
            body: Some((JSON, job_of(&cron_job, object, &name))),
            rule,
        };
        self.send(call).await.map(|_| name)
    }

    async fn send(&self, call: Call<'_>) -> Result<Value, Undone> {
        let rule = call.rule;
        let sent = self.answered(call, FIELD_MANAGER).await;
        sent.map_err(|failure| Undone { failure, rule })
    }

    /// Merges a patch into an object of any kind, in the version that the cluster prefers, as this manager of fields.
    pub async fn merge_patch(&self, object: &Object, patch: Value, manager: &str) -> Result<(), Failure> {
        let namespace = Some(object.namespace()).filter(|namespace| !namespace.is_empty());
        let path = self.path(object.kind(), namespace.map(encode).as_deref());
        let path = path.strip_prefix(self.prefix()).unwrap_or(&path);
        let call = Call {
            method: Method::PATCH,
            path: &format!("{path}/{}", encode(object.name())),
            body: Some((MERGE, patch)),
            rule: "",
        };
        self.answered(call, manager).await.map(drop)
    }

    async fn answered(&self, call: Call<'_>, manager: &str) -> Result<Value, Failure> {
        let line = self.usable_line()?;
        let is_question = call.method == Method::GET || call.method == Method::DELETE;
        let query = if is_question {
            String::new()
        } else {
            format!("fieldManager={}", encode(manager))
        };
        let mut request = line
            .host
            .request(call.method, line.address(call.path, &query))
            .any_status()
            .within(TIME)
            .max_bytes(MAX_ANSWER)
            .header(header::ACCEPT, JSON);
        if let Some(token) = line.token().await? {
            request = request.bearer(&token);
        }
        if let Some((media_type, body)) = call.body {
            request = request
                .header(header::CONTENT_TYPE, media_type)
                .body(body.to_string());
        }
        let now = SystemClock.now();
        let answer = request.send().await;
        let answer = answer.map_err(|error| Failure::of_call(&error, now))?;
        if answer.is_success() {
            let text = answer.text().await;
            let text = text.map_err(|error| Failure::of_call(&error, now))?;
            return Ok(serde_json::from_str(&text).unwrap_or_default());
        }
        let mut refused = refusal(answer, now).await;
        refused.message = refused.message.chars().take(MAX_MESSAGE).collect();
        Err(refused)
    }
}

fn undone(sort: Sort, message: impl Into<String>, status: Option<u16>, rule: &'static str) -> Undone {
    Undone {
        failure: Failure {
            status,
            ..Failure::new(sort, message, SystemClock.now())
        },
        rule,
    }
}

/// The moment as the annotation has it.
pub(crate) fn restarted_at(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The path of an object. The kinds that are acted upon have one version each.
fn path_of(object: &Object) -> String {
    let kind = object.kind();
    let root = if kind.group.is_empty() {
        "/api/v1".to_owned()
    } else {
        format!("/apis/{}/v1", kind.group)
    };
    let (namespace, name) = (encode(object.namespace()), encode(object.name()));
    format!("{root}/namespaces/{namespace}/{}/{name}", kind.plural)
}

/// The name of a job that is run now: the cron job's, cut where it is long, and the moment.
fn job_name(of: &str, now: Timestamp) -> String {
    let moment = format!("{:x}", now.as_millisecond());
    let end = format!("-manual-{moment}");
    let room = MAX_NAME - end.len();
    let start: String = of.chars().take(room).collect();
    format!("{}{end}", start.trim_end_matches(['-', '.']))
}

/// A job of a cron job's template, which belongs to it.
fn job_of(cron_job: &Value, object: &Object, name: &str) -> Value {
    let template = &cron_job["spec"]["jobTemplate"];
    let labels = template["metadata"]["labels"].as_object().cloned();
    let annotations = template["metadata"]["annotations"].as_object().cloned();
    let mut annotations: Map<String, Value> = annotations.unwrap_or_default();
    annotations.insert(INSTANTIATE.to_owned(), "manual".into());
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": object.namespace(),
            "labels": labels.unwrap_or_default(),
            "annotations": annotations,
            // Without `blockOwnerDeletion`, which would need the right to change the cron job.
            "ownerReferences": [{
                "apiVersion": "batch/v1", "kind": "CronJob", "name": object.name(), "uid": object.uid(), "controller": true,
            }],
        },
        "spec": template["spec"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_jobs_fit_into_a_label() {
        let now: Timestamp = "2026-11-24T09:30:00Z".parse().unwrap();
        assert_eq!(job_name("nightly", now), "nightly-manual-1a20ce405c0");
        let long = job_name(&"a-".repeat(26), now);
        assert!(
            long.len() <= MAX_NAME && long.ends_with("a-manual-1a20ce405c0"),
            "{long}"
        );
        let later = job_name("nightly", "2026-11-24T09:30:00.001Z".parse().unwrap());
        assert_ne!(later, job_name("nightly", now));
    }

    #[test]
    fn the_moment_of_a_restart_is_in_whole_seconds() {
        let now: Timestamp = "2026-11-24T09:30:00.123Z".parse().unwrap();
        assert_eq!(restarted_at(now), "2026-11-24T09:30:00Z");
    }
}
