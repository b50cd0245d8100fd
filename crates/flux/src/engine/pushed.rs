//! What the notification controller tells by its webhook: an event of an object, with the revision that it is about.

use jiff::Timestamp;
use serde_json::Value;

/// Letters of a message that are kept; the controller sends up to 39 000.
const MOST_MESSAGE: usize = 4_000;
/// Letters of a name that are kept.
const MOST_NAME: usize = 260;

/// An event that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// When it happened.
    pub at: Timestamp,
    /// The cluster's name, where the alert's `eventMetadata` says it as `cluster`; else empty.
    pub cluster: String,
    /// The word for the kind of the object.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whether it is an error.
    pub is_error: bool,
    /// The reason in one word, verbatim.
    pub reason: String,
    /// The message, verbatim.
    pub message: String,
    /// What it is about, the commit where an artifact was built of one; else empty.
    pub revision: String,
}

impl Pushed {
    /// Reads the body of a webhook. Nothing of what is no event of an object, and of what is sent for tracing.
    pub fn read(body: &Value) -> Option<Self> {
        let object = &body["involvedObject"];
        let cut = |value: &Value, most: usize| -> String {
            value
                .as_str()
                .unwrap_or_default()
                .trim()
                .chars()
                .take(most)
                .collect()
        };
        let severity = body["severity"].as_str().unwrap_or("info");
        let metadata = &body["metadata"];
        let told = Self {
            at: body["timestamp"].as_str()?.parse().ok()?,
            cluster: cut(&metadata["cluster"], MOST_NAME),
            kind: cut(&object["kind"], MOST_NAME),
            namespace: cut(&object["namespace"], MOST_NAME),
            name: cut(&object["name"], MOST_NAME),
            is_error: severity == "error",
            reason: cut(&body["reason"], MOST_NAME),
            message: cut(&body["message"], MOST_MESSAGE),
            revision: revision(metadata).unwrap_or_default(),
        };
        (severity != "trace" && !told.kind.is_empty() && !told.name.is_empty()).then_some(told)
    }
}

/// The revision, whose key some versions send with the group of the controller.
fn revision(metadata: &Value) -> Option<String> {
    let text = |word: &str| {
        let all = metadata.as_object()?;
        let found = all.iter().find(|(key, _)| key.rsplit('/').next() == Some(word))?;
        let text = found.1.as_str()?.trim();
        (!text.is_empty() && text.len() <= MOST_NAME).then(|| text.to_owned())
    };
    text("originRevision").or_else(|| text("revision"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_body_of_a_webhook_is_read() {
        let body = json!({
            "involvedObject": {"kind": "Kustomization", "namespace": "flux-system", "name": "apps", "uid": "u"},
            "severity": "error", "timestamp": "2026-11-24T09:00:00Z", "message": "no such path", "reason": "BuildFailed",
            "metadata": {"revision": "main@sha1:464990e9200baca057cce2d0d46b75b58d7ee8da", "cluster": "north"},
            "reportingController": "kustomize-controller",
        });
        let told = Pushed::read(&body).unwrap();
        assert_eq!(
            [
                &told.cluster,
                &told.kind,
                &told.namespace,
                &told.name,
                &told.reason,
                &told.message
            ],
            [
                "north",
                "Kustomization",
                "flux-system",
                "apps",
                "BuildFailed",
                "no such path"
            ]
        );
        assert!(told.is_error && told.revision.starts_with("main@sha1:464990e9"));
        let with = |key: &str, value: Value| {
            let mut body = body.clone();
            body[key] = value;
            Pushed::read(&body)
        };
        let grouped = json!({"kustomize.toolkit.fluxcd.io/revision": "r", "kustomize.toolkit.fluxcd.io/originRevision": "o"});
        assert_eq!(with("metadata", grouped).unwrap().revision, "o");
        assert_eq!(with("metadata", Value::Null).unwrap().revision, "");
        let long = with("message", "x".repeat(39_000).into()).unwrap();
        assert_eq!(long.message.len(), MOST_MESSAGE);
        for (key, value) in [
            ("severity", json!("trace")),
            ("timestamp", json!("yesterday")),
            ("involvedObject", json!({"kind": "Kustomization"})),
            ("involvedObject", json!("x")),
        ] {
            assert_eq!(with(key, value.clone()), None, "{key} {value}");
        }
    }
}
