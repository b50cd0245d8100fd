//! The kinds of objects that are known by name, and those that a configuration or a request names.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use parking_lot::Mutex;

/// Kinds that are named while the portal runs.
const MOST_NAMED: usize = 500;

/// A kind of objects, as the API server names it. Its version is discovered. Group and plural tell kinds apart.
#[derive(Debug)]
pub struct Kind {
    /// Group of the API; empty for the core.
    pub group: &'static str,
    /// The word in addresses and in roles, for example `deployments`.
    pub plural: &'static str,
    /// The word in objects, for example `Deployment`. Of a kind that was named by its plural that one; its objects know better
    /// ([`super::Object::kind_word`]).
    pub name: &'static str,
}

impl Kind {
    /// A kind.
    pub const fn new(group: &'static str, plural: &'static str, name: &'static str) -> Self {
        Self { group, plural, name }
    }

    /// The kind of a group and plural. A kind that is not known is kept as long as the process runs; nothing where too many
    /// were named already, and nothing for secrets, which the portal never asks for.
    pub fn named(group: &str, plural: &str) -> Option<&'static Self> {
        if (group, plural) == ("", "secrets") {
            return None;
        }
        let is_it = |kind: &&&'static Self| (kind.group, kind.plural) == (group, plural);
        if let Some(known) = KNOWN.iter().find(is_it) {
            return Some(known);
        }
        let mut named = NAMED.lock();
        if let Some(known) = named.iter().find(is_it) {
            return Some(known);
        }
        if named.len() >= MOST_NAMED {
            return None;
        }
        let plural: &'static str = plural.to_owned().leak();
        let kind: &'static Self = Box::leak(Box::new(Self::new(group.to_owned().leak(), plural, plural)));
        named.insert(kind);
        Some(kind)
    }

    /// Whether the kind may be one that was added to the API server by a definition.
    pub(crate) fn may_be_defined(&self) -> bool {
        self.group.contains('.') && !OWN_GROUPS.contains(&self.group)
    }

    fn key(&self) -> (&'static str, &'static str) {
        (self.group, self.plural)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Kind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kind {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

static NAMED: LazyLock<Mutex<HashSet<&'static Kind>>> = LazyLock::new(Mutex::default);

/// Groups with a dot that the API server brings itself.
const OWN_GROUPS: [&str; 8] = [
    "networking.k8s.io",
    "metrics.k8s.io",
    "storage.k8s.io",
    "discovery.k8s.io",
    "coordination.k8s.io",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
    "events.k8s.io",
];

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
/// Addresses from outside, in the way of the Gateway API.
pub static HTTP_ROUTES: Kind = Kind::new("gateway.networking.k8s.io", "httproutes", "HTTPRoute");
/// Claims of storage.
pub static VOLUME_CLAIMS: Kind = Kind::new("", "persistentvolumeclaims", "PersistentVolumeClaim");
/// Storage.
pub static VOLUMES: Kind = Kind::new("", "persistentvolumes", "PersistentVolume");
/// How many pods may be taken away at once.
pub static DISRUPTION_BUDGETS: Kind = Kind::new("policy", "poddisruptionbudgets", "PodDisruptionBudget");
/// Machines of a cluster.
pub static NODES: Kind = Kind::new("", "nodes", "Node");
/// Namespaces.
pub static NAMESPACES: Kind = Kind::new("", "namespaces", "Namespace");

/// All kinds that are known by name.
static KNOWN: [&Kind; 20] = [
    &PODS,
    &SERVICES,
    &CONFIG_MAPS,
    &LIMIT_RANGES,
    &RESOURCE_QUOTAS,
    &EVENTS,
    &DEPLOYMENTS,
    &REPLICA_SETS,
    &STATEFUL_SETS,
    &DAEMON_SETS,
    &JOBS,
    &CRON_JOBS,
    &AUTOSCALERS,
    &INGRESSES,
    &HTTP_ROUTES,
    &VOLUME_CLAIMS,
    &VOLUMES,
    &DISRUPTION_BUDGETS,
    &NODES,
    &NAMESPACES,
];

/// Kinds of which objects stand around workloads without the label of an entity ([`super::Kubernetes::around`]).
pub static AROUND: [&Kind; 9] = [
    &SERVICES,
    &AUTOSCALERS,
    &INGRESSES,
    &HTTP_ROUTES,
    &VOLUME_CLAIMS,
    &DISRUPTION_BUDGETS,
    &CONFIG_MAPS,
    &RESOURCE_QUOTAS,
    &LIMIT_RANGES,
];

/// The kinds of the wire contract that `kubernetes.objectTypes` may name beyond those of [`OF_ENTITIES`]; secrets are not among
/// them.
pub(crate) static BY_CHOICE: [&Kind; 2] = [&VOLUMES, &VOLUME_CLAIMS];

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
