//! What failed lately, as the objects themselves and the events of their cluster say it. The status of a Kustomization keeps what was
//! applied; a build that failed and a source that could not be fetched stand nowhere else.

use jiff::Timestamp;
use kubernetes::Kubernetes;
use kubernetes::engine::Object;
use kubernetes::health::events::{EventLine, line};
use serde_json::Value;

use super::delivery::Delivery;
use super::revision::Revision;
use super::rollouts::{Outcome, Rollout};
use super::state::{self, Display};

/// Failures of one object that are told.
const MOST: usize = 10;
/// The begin of a message that stands for several.
const COMBINED: &str = "(combined from similar events): ";
/// It is no failure of its own.
const WAITS: &str = "DependencyNotReady";

/// Something that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The cluster's name for people.
    pub title: String,
    /// The word for the kind of the object.
    pub kind: &'static str,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// When it failed first, as far as that is known.
    pub at: Timestamp,
    /// When it failed last.
    pub last: Option<Timestamp>,
    /// How often, as far as events counted it.
    pub times: u64,
    /// It is so now.
    pub lasts: bool,
    /// The reason in one word, verbatim.
    pub reason: String,
    /// The message, verbatim.
    pub message: String,
    /// What was to be applied.
    pub revision: Option<Revision>,
}

/// What failed of these appliers, their sources and charts; each object once.
pub fn of(kubernetes: &Kubernetes, all: &[&Delivery]) -> Vec<Failed> {
    let objects = all.iter().flat_map(|one| {
        let objects = [Some(&one.applier), one.source.as_ref(), one.chart.as_ref()];
        objects.into_iter().flatten().map(move |object| (*one, object))
    });
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let mut found = Vec::new();
    for (one, object) in objects {
        let name = (one.cluster.as_str(), object.uid());
        if !seen.contains(&name) {
            seen.push(name);
            let events = kubernetes.events(&one.cluster, object.uid());
            found.extend(of_object(
                &one.title,
                object,
                events.iter().map(|event| &event.value),
            ));
        }
    }
    found
}

/// What failed of an object, newest first.
fn of_object<'a>(title: &str, object: &Object, events: impl Iterator<Item = &'a Value>) -> Vec<Failed> {
    let mut all: Vec<Failed> = now(title, object).into_iter().collect();
    for event in events {
        let line = line(event);
        let Some(at) = line.at.filter(|_| line.is_warning && line.reason != WAITS) else {
            continue;
        };
        let new = of_event(title, object, event, at, line);
        match all.iter_mut().find(|known| known.is_the_same(&new)) {
            Some(known) => known.join(new),
            None => all.push(new),
        }
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.last.unwrap_or(one.at)));
    all.truncate(MOST);
    all
}

/// What an object's conditions say is wrong now.
fn now(title: &str, object: &Object) -> Option<Failed> {
    let state = state::of(object);
    let is_failed = matches!(state.display, Display::Failed | Display::Stalled);
    let at = state.since.filter(|_| is_failed)?;
    Some(Failed {
        lasts: true,
        times: 0,
        last: None,
        reason: state.reason?,
        message: state.message.unwrap_or_default().trim().to_owned(),
        revision: Revision::read(object.text("/status/lastAttemptedRevision")),
        ..Failed::of(title, object, at)
    })
}

fn of_event(title: &str, object: &Object, event: &Value, at: Timestamp, line: EventLine) -> Failed {
    let first = event["firstTimestamp"].as_str();
    let first: Option<Timestamp> = first.and_then(|first| first.parse().ok());
    // The key begins with the group of the controller.
    let annotations = event["metadata"]["annotations"].as_object();
    let mut annotations = annotations.into_iter().flatten();
    let revision = annotations.find(|(key, _)| key.ends_with(".toolkit.fluxcd.io/revision"));
    Failed {
        last: Some(at),
        times: line.count,
        reason: line.reason,
        message: line.message.trim_start_matches(COMBINED).to_owned(),
        revision: Revision::read(revision.and_then(|(_, value)| value.as_str())),
        ..Failed::of(title, object, first.unwrap_or(at))
    }
}

/// A message without what differs from try to try: names of temporary folders, durations, and who counted it.
pub(crate) fn gist(message: &str) -> String {
    let message = message.strip_prefix(COMBINED).unwrap_or(message);
    let mut gist = String::with_capacity(message.len());
    for letter in message.chars() {
        if !letter.is_ascii_digit() {
            gist.push(letter);
        } else if !gist.ends_with('#') {
            gist.push('#');
        }
    }
    gist
}

/// Events, newest first; those that differ only from try to try are one.
pub(crate) fn joined(events: Vec<EventLine>) -> Vec<EventLine> {
    let mut all: Vec<EventLine> = Vec::new();
    for event in events {
        let is_it = |known: &&mut EventLine| {
            known.object == event.object
                && known.reason == event.reason
                && gist(&known.message) == gist(&event.message)
        };
        match all.iter_mut().find(is_it) {
            Some(known) => known.count += event.count,
            None => all.push(event),
        }
    }
    all
}

impl Failed {
    fn of(title: &str, object: &Object, at: Timestamp) -> Self {
        Self {
            title: title.to_owned(),
            kind: object.kind().name,
            namespace: object.namespace().to_owned(),
            name: object.name().to_owned(),
            at,
            last: None,
            times: 1,
            lasts: false,
            reason: String::new(),
            message: String::new(),
            revision: None,
        }
    }

    fn is_the_same(&self, other: &Self) -> bool {
        let revisions = self.revision.as_ref().zip(other.revision.as_ref());
        self.reason == other.reason
            && gist(&self.message) == gist(&other.message)
            && revisions.is_none_or(|(own, other)| own.is_same(other))
    }

    fn join(&mut self, other: Self) {
        if other.last > self.last && !self.lasts {
            self.message = other.message;
        }
        self.at = self.at.min(other.at);
        self.last = self.last.max(other.last);
        self.times += other.times;
        self.revision = self.revision.take().or(other.revision);
    }

    /// Whether it is about this object.
    pub fn is_about(&self, kind: &str, namespace: &str, name: &str) -> bool {
        (self.kind, self.namespace.as_str(), self.name.as_str()) == (kind, namespace, name)
    }

    /// Whether an entry of the object's own log tells of it.
    pub fn is_in(&self, rollout: &Rollout) -> bool {
        let revisions = self.revision.as_ref().zip(rollout.revision.as_ref());
        rollout.outcome == Outcome::Failed && revisions.is_some_and(|(own, logged)| own.is_same(logged))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kinds::KUSTOMIZATIONS;
    use super::*;
    use kubernetes::health::events::merged;
    use serde_json::json;

    const SHA: &str = "464990e9200baca057cce2d0d46b75b58d7ee8da";

    fn applier(spec: Value, reason: &str) -> Object {
        let ready = json!({"type": "Ready", "status": "False", "reason": reason, "message": "no such path", "lastTransitionTime": "2026-11-24T09:05:00Z"});
        let status = json!({"conditions": [ready], "lastAttemptedRevision": format!("main@sha1:{SHA}")});
        let metadata = json!({"name": "apps", "namespace": "flux-system", "uid": "u"});
        Object::sample(
            &KUSTOMIZATIONS,
            json!({"metadata": metadata, "spec": spec, "status": status}),
        )
    }

    fn event(sort: &str, reason: &str, message: &str, last: &str) -> Value {
        let annotations = json!({"kustomize.toolkit.fluxcd.io/revision": format!("main@sha1:{SHA}")});
        json!({"type": sort, "reason": reason, "message": message, "count": 3, "firstTimestamp": "2026-11-24T09:04:00Z",
            "lastTimestamp": last, "metadata": {"annotations": annotations}})
    }

    #[test]
    fn what_fails_now_and_what_events_tell_is_one() {
        let events = [
            event("Warning", "BuildFailed", "no such path", "2026-11-24T09:20:00Z"),
            event("Warning", "BuildFailed", "no such path", "2026-11-24T09:10:00Z"),
            event("Warning", "HealthCheckFailed", "timeout", "2026-11-24T08:40:00Z"),
            event("Warning", WAITS, "crds is not ready", "2026-11-24T09:20:00Z"),
            event(
                "Normal",
                "ReconciliationSucceeded",
                "finished",
                "2026-11-24T09:00:00Z",
            ),
        ];
        let all = of_object("North", &applier(json!({}), "BuildFailed"), events.iter());
        let told: Vec<(&str, u64, bool)> = all
            .iter()
            .map(|one| (one.reason.as_str(), one.times, one.lasts))
            .collect();
        assert_eq!(told, [("BuildFailed", 6, true), ("HealthCheckFailed", 3, false)]);
        assert_eq!(all[0].at.to_string(), "2026-11-24T09:04:00Z");
        assert_eq!(all[0].last.unwrap().to_string(), "2026-11-24T09:20:00Z");
        assert_eq!(all[0].revision.as_ref().unwrap().commit.as_deref(), Some(SHA));
    }

    #[test]
    fn tries_that_differ_in_a_temporary_name_are_one() {
        let message = |name: &str| format!("path not found: stat /tmp/kustomization-{name}/deploy");
        let event = |text: &str, last: &str| event("Warning", "ArtifactFailed", text, last);
        let events = [
            event(&message("983083024"), "2026-11-24T09:10:00Z"),
            event(&format!("{COMBINED}{}", message("17")), "2026-11-24T09:20:00Z"),
            event("path not found: stat /elsewhere", "2026-11-24T09:00:00Z"),
        ];
        let counts: Vec<u64> = joined(merged(&events)).iter().map(|line| line.count).collect();
        assert_eq!(counts, [6, 3]);
        let all = of_object("North", &applier(json!({"suspend": true}), "x"), events.iter());
        let told: Vec<(&str, u64)> = all.iter().map(|one| (one.message.as_str(), one.times)).collect();
        assert_eq!(
            told,
            [
                (message("17").as_str(), 6),
                ("path not found: stat /elsewhere", 3)
            ]
        );
    }

    #[test]
    fn who_waits_or_rests_has_not_failed() {
        for (spec, reason, count) in [
            (json!({}), "BuildFailed", 1),
            (json!({}), WAITS, 0),
            (json!({"suspend": true}), "BuildFailed", 0),
        ] {
            let all = of_object("North", &applier(spec.clone(), reason), std::iter::empty());
            assert_eq!(all.len(), count, "{spec} {reason}");
        }
    }
}
