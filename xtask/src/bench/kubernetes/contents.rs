//! What the clusters hold: applications as they are met, each with what a chart brings and what controllers make of it.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::{Context, Result};

use super::template::{self, Template, Words};

/// A kind and its objects as JSON.
pub struct Kind {
    /// Group of the API; empty for the core.
    pub group: &'static str,
    /// Version.
    pub version: &'static str,
    /// The word in addresses.
    pub plural: &'static str,
    /// The word in objects.
    pub name: &'static str,
    /// The objects.
    pub objects: Vec<String>,
}

/// A cluster's objects.
pub struct Contents {
    /// Its name.
    pub name: &'static str,
    /// All kinds, those without objects too.
    pub kinds: Vec<Kind>,
    /// Names of pods by namespace, for what they use.
    pub pods: BTreeMap<String, Vec<String>>,
}

/// Pods of a deployment.
pub const REPLICAS: usize = 4;
/// Pods of a stateful set.
const MEMBERS: usize = 3;
/// Nodes, on each of which a daemon set has a pod.
const NODES: usize = 46;
/// Deployments of a namespace.
const OF_A_NAMESPACE: usize = 12;

/// The clusters, with their tenths of everything.
const CLUSTERS: [(&str, usize); 3] = [("production", 5), ("staging", 3), ("edge", 2)];

/// Kinds that are served: group, version, plural, word.
const KINDS: [(&str, &str, &str, &str); 18] = [
    ("", "v1", "pods", "Pod"),
    ("", "v1", "services", "Service"),
    ("", "v1", "configmaps", "ConfigMap"),
    ("", "v1", "limitranges", "LimitRange"),
    ("", "v1", "resourcequotas", "ResourceQuota"),
    ("", "v1", "events", "Event"),
    ("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
    ("", "v1", "nodes", "Node"),
    ("apps", "v1", "deployments", "Deployment"),
    ("apps", "v1", "replicasets", "ReplicaSet"),
    ("apps", "v1", "statefulsets", "StatefulSet"),
    ("apps", "v1", "daemonsets", "DaemonSet"),
    ("batch", "v1", "jobs", "Job"),
    ("batch", "v1", "cronjobs", "CronJob"),
    (
        "autoscaling",
        "v2",
        "horizontalpodautoscalers",
        "HorizontalPodAutoscaler",
    ),
    ("networking.k8s.io", "v1", "ingresses", "Ingress"),
    ("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
    ("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute"),
];

/// The state of a container that runs.
const RUNS: &str = r#"{"running":{"startedAt":"2026-05-04T09:12:31Z"}}"#;
/// The state of one that ended as it should.
const DONE: &str = r#"{"terminated":{"exitCode":0,"reason":"Completed","startedAt":"2026-05-04T09:12:31Z","finishedAt":"2026-05-04T09:13:02Z"}}"#;

/// Makes the clusters, together 20,000 pods and 6,000 workloads where `scale` is 100. `now` is a moment in RFC 3339.
pub fn make(scale: usize, now: &str) -> Result<Vec<Contents>> {
    let templates = template::read_all()?;
    let clusters = CLUSTERS.into_iter().map(|(name, tenths)| {
        let mut cluster = Making {
            templates: &templates,
            contents: Contents {
                name,
                kinds: KINDS
                    .map(|(group, version, plural, name)| Kind {
                        group,
                        version,
                        plural,
                        name,
                        objects: Vec::new(),
                    })
                    .into(),
                pods: BTreeMap::new(),
            },
            now,
        };
        cluster.fill(tenths * scale)?;
        Ok(cluster.contents)
    });
    clusters.collect()
}

/// The label by which an entity finds the deployment of a number.
pub fn service(number: usize) -> String {
    format!("service-{number:05}")
}

struct Making<'a> {
    templates: &'a HashMap<String, Template>,
    contents: Contents,
    now: &'a str,
}

impl Making<'_> {
    /// Per 1,000: 3,000 deployments, 600 stateful sets, 100 daemon sets, 700 cron jobs and 1,600 jobs, thus 20,000 pods.
    fn fill(&mut self, thousandths: usize) -> Result<()> {
        for number in 0..thousandths * 3 {
            self.deployment(number)?;
        }
        for number in 0..thousandths * 6 / 10 {
            self.stateful_set(number)?;
        }
        for number in 0..thousandths / 10 {
            self.daemon_set(number)?;
        }
        let cron_jobs = thousandths * 7 / 10;
        for number in 0..cron_jobs {
            let words = self.words(&format!("report-{number:05}"), number);
            self.add("cronjobs", "cron-job", &format!("report-{number:05}"), &words)?;
        }
        for number in 0..thousandths * 16 / 10 {
            self.job(number, cron_jobs)?;
        }
        Ok(())
    }

    fn deployment(&mut self, number: usize) -> Result<()> {
        let app = service(number);
        let words = self.words(&app, number);
        let owner = self.add(
            "deployments",
            "deployment",
            &app,
            &with(&words, [("replicas", REPLICAS.to_string())]),
        )?;
        for (revision, replicas) in [("before", 0), ("now", REPLICAS)] {
            let hash = digits(&(&app, revision, self.contents.name))[..10].to_owned();
            let set = format!("{app}-{hash}");
            let more = [
                ("hash", hash),
                ("replicas", replicas.to_string()),
                ("owner", app.clone()),
                ("owner_uid", owner.clone()),
            ];
            let uid = self.add("replicasets", "replica-set", &set, &with(&words, more))?;
            for pod in 0..replicas {
                let name = format!("{set}-{}", &digits(&(&set, pod))[..5]);
                self.pod(&name, &words, ["apps/v1", "ReplicaSet", &set, &uid], RUNS)?;
            }
        }
        self.add("services", "service", &app, &words)?;
        if number.is_multiple_of(5) {
            self.add("ingresses", "ingress", &app, &words)?;
            self.add("horizontalpodautoscalers", "autoscaler", &app, &words)?;
        }
        if number.is_multiple_of(2) {
            let long = format!("\"{}\"", format!("value of {app}; ").repeat(40));
            self.add(
                "configmaps",
                "config-map",
                &format!("{app}-settings"),
                &with(&words, [("long", long)]),
            )?;
        }
        Ok(())
    }

    fn stateful_set(&mut self, number: usize) -> Result<()> {
        let app = format!("database-{number:05}");
        let words = self.words(&app, number);
        let uid = self.add(
            "statefulsets",
            "stateful-set",
            &app,
            &with(&words, [("replicas", MEMBERS.to_string())]),
        )?;
        (0..MEMBERS).try_for_each(|at| {
            self.pod(
                &format!("{app}-{at}"),
                &words,
                ["apps/v1", "StatefulSet", &app, &uid],
                RUNS,
            )
        })
    }

    fn daemon_set(&mut self, number: usize) -> Result<()> {
        let app = format!("agent-{number:05}");
        let words = self.words(&app, number);
        let uid = self.add(
            "daemonsets",
            "daemon-set",
            &app,
            &with(&words, [("replicas", NODES.to_string())]),
        )?;
        (0..NODES).try_for_each(|node| {
            let name = format!("{app}-{}", &digits(&(&app, node))[..5]);
            self.pod(&name, &words, ["apps/v1", "DaemonSet", &app, &uid], RUNS)
        })
    }

    fn job(&mut self, number: usize, cron_jobs: usize) -> Result<()> {
        let above = number % cron_jobs.max(1);
        let (app, name) = (
            format!("report-{above:05}"),
            format!("report-{above:05}-{number:08}"),
        );
        let owner = self.uid("cronjobs", &app);
        let words = self.words(&app, above);
        let uid = self.add(
            "jobs",
            "job",
            &name,
            &with(&words, [("owner", app.clone()), ("owner_uid", owner)]),
        )?;
        self.pod(
            &format!("{name}-{}", &digits(&name)[..5]),
            &words,
            ["batch/v1", "Job", &name, &uid],
            DONE,
        )
    }

    fn pod(&mut self, name: &str, words: &Words, owner: [&str; 4], state: &str) -> Result<()> {
        let runs = state == RUNS;
        let [api, kind, owner_name, owner_uid] = owner.map(str::to_owned);
        let more = [
            ("hash", digits(&owner_uid)[..10].to_owned()),
            ("owner_api", api),
            ("owner_kind", kind),
            ("owner", owner_name),
            ("owner_uid", owner_uid),
            ("phase", if runs { "Running" } else { "Succeeded" }.to_owned()),
            ("is_ready", if runs { "True" } else { "False" }.to_owned()),
            ("ready", runs.to_string()),
            ("restarts", "0".to_owned()),
            ("state", state.to_owned()),
            ("last", "{}".to_owned()),
        ];
        let words = with(words, more);
        let namespace = words
            .iter()
            .find(|(key, _)| *key == "namespace")
            .map(|(_, word)| word.clone());
        let namespace = namespace.context("a pod is in a namespace")?;
        let uid = self.add("pods", "pod", name, &words)?;
        if self
            .contents
            .pods
            .values()
            .map(Vec::len)
            .sum::<usize>()
            .is_multiple_of(10)
        {
            let event = format!("{name}.{}", &digits(&name)[..16]);
            self.add(
                "events",
                "event",
                &event,
                &with(&words, [("owner", name.to_owned()), ("owner_uid", uid)]),
            )?;
        }
        self.contents
            .pods
            .entry(namespace)
            .or_default()
            .push(name.to_owned());
        Ok(())
    }

    /// Adds an object and returns its id.
    fn add(&mut self, plural: &'static str, pattern: &str, name: &str, words: &Words) -> Result<String> {
        let uid = self.uid(plural, name);
        let (one, two) = (digits(&(name, 1)), digits(&(name, 2)));
        let octets = name.len() * 7 + self.contents.pods.len();
        let own = [
            ("name", name.to_owned()),
            ("uid", uid.clone()),
            ("version", (one.len() * octets).to_string()),
            ("short", one[..5].to_owned()),
            ("hash", two[..10].to_owned()),
            ("digest", format!("{one}{two}")),
            ("digest2", format!("{two}{one}")),
            ("octet", (octets % 250).to_string()),
            ("octet2", ((octets / 250) % 250).to_string()),
            (
                "node",
                format!("node-{:02}.{}.example.com", octets % NODES, self.contents.name),
            ),
        ];
        // Words that are given stand first, so that they win.
        let all: Words = words.iter().cloned().chain(own).collect();
        let template = self
            .templates
            .get(pattern)
            .with_context(|| format!("{pattern} is in objects.json"))?;
        let kind = self.contents.kinds.iter_mut().find(|kind| kind.plural == plural);
        kind.with_context(|| format!("{plural} are served"))?
            .objects
            .push(template.write(&all));
        Ok(uid)
    }

    fn uid(&self, plural: &str, name: &str) -> String {
        let text = digits(&(self.contents.name, plural, name));
        format!(
            "{}-{}-4{}-8{}-{}",
            &text[..8],
            &text[8..12],
            &text[13..16],
            &text[17..20],
            &text[20..32]
        )
    }

    /// What all objects of an application share.
    fn words(&self, app: &str, number: usize) -> Words {
        let team = number / OF_A_NAMESPACE;
        let minute = number % 60;
        vec![
            ("app", app.to_owned()),
            ("namespace", format!("team-{team:03}")),
            ("team", format!("team-{team:03}")),
            ("release", format!("1.{}.{}", number % 40, number % 7)),
            ("time", format!("2026-05-04T09:{minute:02}:31Z")),
            ("now", self.now.to_owned()),
        ]
    }
}

fn with<const N: usize>(words: &Words, more: [(&'static str, String); N]) -> Words {
    more.into_iter().chain(words.iter().cloned()).collect()
}

/// 32 hexadecimal digits that are always the same for the same.
fn digits(of: &impl Hash) -> String {
    let part = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (of, salt).hash(&mut hasher);
        hasher.finish()
    };
    format!("{:016x}{:016x}", part(0), part(1))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn clusters_hold_what_was_asked_for_and_owners_are_there() {
        let clusters = make(10, "2026-05-04T09:12:31Z").unwrap();
        let kinds = || clusters.iter().flat_map(|cluster| &cluster.kinds);
        let count = |plurals: &[&str]| {
            let chosen = kinds().filter(|kind| plurals.contains(&kind.plural));
            chosen.map(|kind| kind.objects.len()).sum::<usize>()
        };
        assert_eq!(count(&["pods"]), 2_000);
        let workloads = ["deployments", "statefulsets", "daemonsets", "cronjobs", "jobs"];
        assert_eq!(count(&workloads), 600);
        let objects: Vec<Value> = kinds()
            .flat_map(|kind| &kind.objects)
            .inspect(|text| assert!(!text.contains("{{"), "{text}"))
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        let uids: HashSet<&str> = objects
            .iter()
            .filter_map(|object| object["metadata"]["uid"].as_str())
            .collect();
        assert_eq!(uids.len(), objects.len(), "each has an id of its own");
        let owners = objects
            .iter()
            .filter_map(|object| object["metadata"]["ownerReferences"].as_array());
        for owner in owners.flatten() {
            assert!(uids.contains(owner["uid"].as_str().unwrap()), "{owner}");
        }
    }
}
