//! Whose log an address means, and what of it.

use catalog::Sight;
use model::{EntityRef, Fault, FaultKind};
use serde_json::Value;
use url::form_urlencoded;

use super::Desk;
use crate::engine::kinds::{OF_ENTITIES, PODS, WORKLOADS};
use crate::engine::{
    ClusterAnswer, KINDS_OF_LOGS, Kind, Known, LogQuestion, Look, Marks, Object, Question, Source,
};
use crate::health::container::{containers, list};
use crate::pages::below;

/// Letters of a search.
const MAX_SEARCH: usize = 200;

/// Spans of time that may be asked for, with their seconds.
pub(crate) const SPANS: [(&str, u64); 5] = [
    ("5m", 300),
    ("15m", 900),
    ("1h", 3_600),
    ("6h", 21_600),
    ("24h", 86_400),
];

/// Whose logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LogOf {
    /// One pod's.
    Pod(String),
    /// Those of all pods of a workload.
    Workload {
        /// Its kind's word in addresses.
        kind: String,
        /// Its name.
        name: String,
    },
}

/// A log of an entity's pods, as addresses name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogAddress {
    pub entity: EntityRef,
    pub cluster: String,
    pub namespace: String,
    pub of: LogOf,
    /// The container; nothing: all of them.
    pub container: Option<String>,
    pub is_previous: bool,
    /// A word of [`SPANS`].
    pub since: Option<&'static str>,
    /// Only lines with this text.
    pub search: String,
    /// What was seen already.
    pub marks: Marks,
}

/// The pairs of an address.
pub(crate) const NAMES: [&str; 10] = [
    "entity",
    "cluster",
    "namespace",
    "pod",
    "workload",
    "container",
    "previous",
    "since",
    "q",
    "marks",
];

impl LogAddress {
    /// All containers of this run.
    pub fn new(entity: &EntityRef, cluster: &str, namespace: &str, of: LogOf) -> Self {
        Self {
            entity: entity.clone(),
            cluster: cluster.to_owned(),
            namespace: namespace.to_owned(),
            of,
            container: None,
            is_previous: false,
            since: None,
            search: String::new(),
            marks: Marks::default(),
        }
    }

    /// An address with these pairs.
    pub fn with_path(&self, path: &str) -> String {
        let entity = self.entity.to_string();
        let (pod, workload) = match &self.of {
            LogOf::Pod(pod) => (pod.clone(), String::new()),
            LogOf::Workload { kind, name } => (String::new(), format!("{kind}/{name}")),
        };
        let marks = self.marks.to_string();
        ui::href::with_query(
            path,
            [
                ("entity", entity.as_str()),
                ("cluster", &self.cluster),
                ("namespace", &self.namespace),
                ("pod", &pod),
                ("workload", &workload),
                ("container", self.container.as_deref().unwrap_or_default()),
                ("previous", if self.is_previous { "true" } else { "" }),
                ("since", self.since.unwrap_or_default()),
                ("q", &self.search),
                ("marks", &marks),
            ],
        )
    }

    /// Reads the pairs of an address.
    pub fn read(query: &str) -> Result<Self, Fault> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let of = |name: &str| {
            let found = pairs.iter().find(|(key, value)| key == name && !value.is_empty());
            found.map(|(_, value)| value.clone())
        };
        let needed =
            |name: &str| of(name).ok_or_else(|| Fault::input(format!("'{name}' is missing in the address")));
        let since = of("since").map(|text| {
            let known = SPANS.iter().find(|(word, _)| *word == text);
            let words = SPANS.map(|(word, _)| word).join(", ");
            known
                .map(|(word, _)| *word)
                .ok_or_else(|| Fault::input(format!("'since' must be one of {words}")))
        });
        let marks = of("marks").unwrap_or_default().parse();
        Ok(Self {
            entity: needed("entity")?
                .parse()
                .map_err(|error| Fault::input(format!("'entity': {error}")))?,
            cluster: needed("cluster")?,
            namespace: needed("namespace")?,
            of: read_of(of("pod"), of("workload"))?,
            container: of("container"),
            is_previous: of("previous").is_some_and(|text| text == "true"),
            since: since.transpose()?,
            search: of("q").unwrap_or_default().chars().take(MAX_SEARCH).collect(),
            marks: marks.map_err(|()| Fault::input("'marks' must be those that the stream gave"))?,
        })
    }

    /// What the questions about its containers have in common.
    pub fn question(&self) -> LogQuestion {
        LogQuestion {
            is_previous: self.is_previous,
            since: SPANS
                .iter()
                .find(|(word, _)| Some(*word) == self.since)
                .map(|(_, seconds)| *seconds),
            tail: if self.since.is_some() { 2_000 } else { 500 },
            ..LogQuestion::new(&self.cluster, &self.namespace, "", "")
        }
    }

    /// The pods that it means, of what belongs to the entity.
    pub fn pods<'a>(&self, one: &'a ClusterAnswer) -> Vec<&'a Object> {
        let is_here = |object: &&Object| object.namespace() == self.namespace;
        match &self.of {
            LogOf::Pod(name) => one
                .of(&PODS)
                .filter(is_here)
                .filter(|pod| pod.name() == name)
                .collect(),
            LogOf::Workload { kind, name } => {
                let mut all = one.objects.iter().filter(is_here);
                let workload = all.find(|object| object.kind().plural == kind && object.name() == name);
                let mut pods: Vec<&Object> = workload
                    .map(|workload| below(one, workload))
                    .into_iter()
                    .flatten()
                    .filter(|object| *object.kind() == PODS)
                    .collect();
                // The newest are of interest where there are too many.
                pods.sort_by_key(|pod| std::cmp::Reverse(pod.moment("/metadata/creationTimestamp")));
                pods
            }
        }
    }

    /// The containers of these pods whose logs it means.
    pub fn sources(&self, pods: &[&Object]) -> Vec<Known> {
        let mut all = Vec::new();
        for pod in pods {
            for (name, is_over) in named_containers(&pod.value) {
                if self.container.as_ref().is_none_or(|only| *only == name) {
                    let source = Source {
                        pod: pod.name().to_owned(),
                        container: name,
                    };
                    all.push(Known { source, is_over });
                }
            }
        }
        all
    }
}

fn read_of(pod: Option<String>, workload: Option<String>) -> Result<LogOf, Fault> {
    match (pod, workload) {
        (Some(pod), None) => Ok(LogOf::Pod(pod)),
        (None, Some(workload)) => workload
            .split_once('/')
            .map(|(kind, name)| LogOf::Workload {
                kind: kind.to_owned(),
                name: name.to_owned(),
            })
            .ok_or_else(|| Fault::input("'workload' must be like deployments/web")),
        _ => Err(Fault::input("the address must have either 'pod' or 'workload'")),
    }
}

/// The containers of a pod, those that somebody attached to it included, with whether they have ended for good.
fn named_containers(pod: &Value) -> Vec<(String, bool)> {
    let has_ended = matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"));
    let groups = [
        ("initContainers", "initContainerStatuses"),
        ("containers", "containerStatuses"),
        ("ephemeralContainers", "ephemeralContainerStatuses"),
    ];
    let mut all = Vec::new();
    for (specified, statuses) in groups {
        for spec in list(&pod["spec"][specified]) {
            let status = list(&pod["status"][statuses]).find(|status| status["name"] == spec["name"]);
            let state = status.map_or(&Value::Null, |status| &status["state"]);
            // Those that begin first, and those of jobs, do not run again in this pod once they have ended well.
            let is_restarted = specified == "containers"
                && pod["spec"]["restartPolicy"].as_str().unwrap_or("Always") == "Always";
            let is_done = !is_restarted && state["terminated"]["exitCode"] == 0;
            all.push((
                spec["name"].as_str().unwrap_or_default().to_owned(),
                has_ended || is_done,
            ));
        }
    }
    all
}

/// The kinds that are needed to find the pods of an address.
fn kinds() -> Vec<&'static Kind> {
    let mut kinds: Vec<&'static Kind> = WORKLOADS.to_vec();
    kinds.extend(KINDS_OF_LOGS.iter().filter(|kind| !WORKLOADS.contains(kind)));
    kinds
}

impl Desk {
    /// The pods of an address that belong to the entity, if the caller sees that, and the question by which they are found.
    pub async fn logged(
        &self,
        sight: &Sight,
        address: &LogAddress,
    ) -> Result<(Question, Vec<Object>), Fault> {
        let what = match &address.of {
            LogOf::Pod(pod) => format!("no pod {pod}"),
            LogOf::Workload { kind, name } => format!("no pod of {kind}/{name}"),
        };
        let missing = || {
            Fault::not_found(format!(
                "{} has {what} in the namespace {} of {}; it may have been replaced",
                address.entity, address.namespace, address.cluster
            ))
        };
        let entity = self.catalog.seen_by(sight).entity(&address.entity).await?;
        let question = entity.as_ref().and_then(Question::of).ok_or_else(missing)?;
        let question = question.map_err(|error| Fault::input(error.to_string()))?;
        let cluster = self.kubernetes.cluster(&address.cluster);
        if let Some(provider) = cluster.as_ref().and_then(|cluster| cluster.viewer_provider()) {
            return Err(Fault::new(
                FaultKind::NotImplemented,
                format!(
                    "{} is asked with the viewer's own token (oidc.{provider}), with which logs are not read; use kubectl logs",
                    address.cluster
                ),
            ));
        }
        self.kubernetes.watch(&OF_ENTITIES).await;
        let pods = self.pods_of(&question, address);
        if pods.is_empty() {
            return Err(missing());
        }
        Ok((question, pods))
    }

    fn pods_of(&self, question: &Question, address: &LogAddress) -> Vec<Object> {
        let answer = self.kubernetes.ask(question, &kinds());
        let one = answer.clusters.iter().find(|one| one.cluster == address.cluster);
        one.map(|one| address.pods(one).into_iter().cloned().collect())
            .unwrap_or_default()
    }

    /// Finds the containers of an address again and again.
    pub fn look(&self, question: Question, address: &LogAddress) -> Look {
        let (desk, address) = (self.clone(), address.clone());
        Box::new(move || {
            let pods = desk.pods_of(&question, &address);
            address.sources(&pods.iter().collect::<Vec<&Object>>())
        })
    }
}

/// The names of the containers of pods, each once.
pub(crate) fn container_names(pods: &[Object], now: jiff::Timestamp) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for container in pods.iter().flat_map(|pod| containers(&pod.value, now)) {
        if !names.contains(&container.name) {
            names.push(container.name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn addresses_are_written_and_read() {
        let of = LogOf::Workload {
            kind: "deployments".to_owned(),
            name: "web".to_owned(),
        };
        let reference = EntityRef::new("component", "default", "web");
        let address = LogAddress {
            container: Some("app".to_owned()),
            is_previous: true,
            since: Some("1h"),
            search: "a & b".to_owned(),
            marks: "web-1/app@2026-01-01T00:00:00Z*2".parse().unwrap(),
            ..LogAddress::new(&reference, "north", "shop", of)
        };
        let text = address.with_path("/x");
        assert_eq!(
            LogAddress::read(text.split_once('?').unwrap().1).unwrap(),
            address,
            "{text}"
        );
        let base = "entity=component:default/web&cluster=north&namespace=shop";
        for (rest, told) in [
            ("", "either 'pod' or 'workload'"),
            ("&pod=a&workload=deployments/b", "either 'pod' or 'workload'"),
            ("&workload=web", "must be like deployments/web"),
            ("&pod=a&since=2y", "must be one of 5m"),
            ("&pod=a&marks=x", "'marks' must be"),
        ] {
            let error = LogAddress::read(&format!("{base}{rest}"))
                .unwrap_err()
                .to_string();
            assert!(error.contains(told), "{rest}: {error}");
        }
    }

    #[test]
    fn containers_that_have_ended_for_good() {
        let pod = json!({"spec": {"initContainers": [{"name": "first"}], "containers": [{"name": "web"}], "ephemeralContainers": [{"name": "look"}]},
            "status": {"phase": "Running", "initContainerStatuses": [{"name": "first", "state": {"terminated": {"exitCode": 0}}}],
                "containerStatuses": [{"name": "web", "state": {"terminated": {"exitCode": 0}}}]}});
        let all = named_containers(&pod);
        let expected = [("first", true), ("web", false), ("look", false)];
        assert_eq!(all, expected.map(|(name, is_over)| (name.to_owned(), is_over)));
    }
}
