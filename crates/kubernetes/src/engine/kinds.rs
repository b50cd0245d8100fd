//! The kinds of objects that are known by name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A kind of objects, as the API server names it. Its version is discovered.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind {
    /// Group of the API; empty for the core.
    pub group: &'static str,
    /// The word in addresses and in roles, for example `deployments`.
    pub plural: &'static str,
    /// The word in objects, for example `Deployment`.
    pub name: &'static str,
}

impl Kind {
    /// A kind.
    pub const fn new(group: &'static str, plural: &'static str, name: &'static str) -> Self {
        Self { group, plural, name }
    }
}

/// The rules of a `ClusterRole` that let the portal see these kinds, as YAML.
pub fn rules<'a>(kinds: impl IntoIterator<Item = &'a Kind>) -> String {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for kind in kinds {
        groups.entry(kind.group).or_default().push(kind.plural);
    }
    let mut text = "rules:\n".to_owned();
    for (group, plurals) in groups {
        let resources = plurals.join(", ");
        let _ = writeln!(
            text,
            "  - {{apiGroups: [\"{group}\"], resources: [{resources}], verbs: [get, list, watch]}}"
        );
    }
    text
}

/// Pods.
pub static PODS: Kind = Kind::new("", "pods", "Pod");
/// Services.
pub static SERVICES: Kind = Kind::new("", "services", "Service");
/// Configuration of workloads.
pub static CONFIG_MAPS: Kind = Kind::new("", "configmaps", "ConfigMap");
/// Limits of a namespace's containers.
pub static LIMIT_RANGES: Kind = Kind::new("", "limitranges", "LimitRange");
/// Quotas of a namespace.
pub static RESOURCE_QUOTAS: Kind = Kind::new("", "resourcequotas", "ResourceQuota");
/// Events about objects.
pub static EVENTS: Kind = Kind::new("", "events", "Event");
/// Deployments.
pub static DEPLOYMENTS: Kind = Kind::new("apps", "deployments", "Deployment");
/// The generations of a deployment's pods.
pub static REPLICA_SETS: Kind = Kind::new("apps", "replicasets", "ReplicaSet");
/// Sets of pods with a name and storage each.
pub static STATEFUL_SETS: Kind = Kind::new("apps", "statefulsets", "StatefulSet");
/// Pods on every node.
pub static DAEMON_SETS: Kind = Kind::new("apps", "daemonsets", "DaemonSet");
/// Pods that end.
pub static JOBS: Kind = Kind::new("batch", "jobs", "Job");
/// Jobs by a clock.
pub static CRON_JOBS: Kind = Kind::new("batch", "cronjobs", "CronJob");
/// Automatic sizes of workloads.
pub static AUTOSCALERS: Kind = Kind::new(
    "autoscaling",
    "horizontalpodautoscalers",
    "HorizontalPodAutoscaler",
);
/// Addresses from outside.
pub static INGRESSES: Kind = Kind::new("networking.k8s.io", "ingresses", "Ingress");

/// The kinds of the tab, in the order of the wire contract; events, which the contract has not, are last.
pub static OF_ENTITIES: [&Kind; 14] = [
    &PODS,
    &SERVICES,
    &CONFIG_MAPS,
    &LIMIT_RANGES,
    &RESOURCE_QUOTAS,
    &DEPLOYMENTS,
    &REPLICA_SETS,
    &AUTOSCALERS,
    &JOBS,
    &CRON_JOBS,
    &INGRESSES,
    &STATEFUL_SETS,
    &DAEMON_SETS,
    &EVENTS,
];

/// The kinds that stand on their own in the tree of workloads.
pub static WORKLOADS: [&Kind; 6] = [
    &DEPLOYMENTS,
    &STATEFUL_SETS,
    &DAEMON_SETS,
    &CRON_JOBS,
    &JOBS,
    &PODS,
];
