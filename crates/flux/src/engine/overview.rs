//! Flux in all clusters: its controllers, and every object with its state.

use jiff::Timestamp;
use kubernetes::Kubernetes;
use kubernetes::engine::kinds::{CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, PODS, REPLICA_SETS, STATEFUL_SETS};
use kubernetes::engine::{ClusterAnswer, Condition, Kind, KindState, Object, Question, Selector, Sort};
use kubernetes::health::{Verdict, workload};

use super::delivery::ClusterState;
use super::kinds::EVERY;
use super::operator::{self, OF_OPERATOR, Operator};
use super::state::{self, State};

/// The label that Flux sets on all that it consists of.
const PART_OF_FLUX: (&str, &str) = ("app.kubernetes.io/part-of", "flux");
/// Kinds of the controllers.
static OF_CONTROLLERS: [&Kind; 3] = [&DEPLOYMENTS, &REPLICA_SETS, &PODS];

/// A controller of Flux.
#[derive(Debug, Clone)]
pub struct Controller {
    /// Its namespace.
    pub namespace: String,
    /// What it is, for example `source-controller`.
    pub component: String,
    /// The version of Flux that it belongs to, as its label says.
    pub version: Option<String>,
    /// The tag of its image, which is its own version.
    pub own_version: Option<String>,
    /// How it is.
    pub verdict: Verdict,
}

/// An object of Flux with its state.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The object.
    pub object: Object,
    /// Its state.
    pub state: State,
}

/// Flux in one cluster.
#[derive(Debug, Clone)]
pub struct InCluster {
    /// The cluster's name.
    pub cluster: String,
    /// How what is known of its kinds is, with the name for people.
    pub state: ClusterState,
    /// What the Flux Operator says, where there is one.
    pub operator: Option<Operator>,
    /// Its controllers, by namespace and name.
    pub controllers: Vec<Controller>,
    /// All objects, by kind, namespace and name.
    pub objects: Vec<Seen>,
}

/// Workloads that lead to entities, beside those of the controllers.
static OF_ENTITIES: [&Kind; 3] = [&STATEFUL_SETS, &DAEMON_SETS, &CRON_JOBS];

/// The kinds that must be watched.
pub fn kinds() -> Vec<&'static Kind> {
    let own = EVERY.iter().chain(&OF_OPERATOR);
    own.chain(&OF_CONTROLLERS).chain(&OF_ENTITIES).copied().collect()
}

/// Flux in all clusters.
pub fn of(kubernetes: &Kubernetes, now: Timestamp) -> Vec<InCluster> {
    let question = Question {
        selector: Selector::equal(PART_OF_FLUX.0, PART_OF_FLUX.1),
        namespace: None,
        cluster: None,
        // All clusters, also where entities name those that they run in.
        depends_on: kubernetes.cluster_names(),
    };
    let answers = kubernetes.ask(&question, &OF_CONTROLLERS).clusters;
    answers
        .into_iter()
        .map(|one| in_cluster(kubernetes, &one, now))
        .collect()
}

fn in_cluster(kubernetes: &Kubernetes, one: &ClusterAnswer, now: Timestamp) -> InCluster {
    let objects = EVERY
        .iter()
        .flat_map(|kind| kubernetes.objects(&one.cluster, kind, None))
        .map(|object| Seen {
            state: state::of(&object),
            object,
        });
    InCluster {
        cluster: one.cluster.clone(),
        state: ClusterState {
            title: one.title.clone(),
            kinds: states(kubernetes, &one.cluster),
        },
        operator: operator::of(kubernetes, &one.cluster),
        controllers: one
            .of(&DEPLOYMENTS)
            .map(|deployment| controller(one, deployment, now))
            .collect(),
        objects: objects.collect(),
    }
}

/// The states of the kinds. Few clusters have the operator, and one without it lacks nothing.
fn states(kubernetes: &Kubernetes, cluster: &str) -> Vec<KindState> {
    let mut states = kubernetes.states(cluster, &EVERY);
    let of_operator = kubernetes.states(cluster, &OF_OPERATOR).into_iter();
    let is_there = |state: &KindState| {
        let failure = state.failure();
        failure.is_none_or(|failure| failure.sort != Sort::NotInstalled)
    };
    states.extend(of_operator.filter(|state| state.condition != Condition::Loading && is_there(state)));
    states
}

fn controller(one: &ClusterAnswer, deployment: &Object, now: Timestamp) -> Controller {
    let label = |key: &str| {
        deployment
            .labels()
            .get(&format!("app.kubernetes.io/{key}"))
            .map(str::to_owned)
    };
    let pods: Vec<&Object> = one
        .owned(deployment)
        .flat_map(|set| one.owned(set))
        .filter(|below| *below.kind() == PODS)
        .collect();
    let image = deployment.text("/spec/template/spec/containers/0/image");
    let tag = image.and_then(|image| image.split('@').next()?.rsplit_once(':'));
    Controller {
        namespace: deployment.namespace().to_owned(),
        component: label("component").unwrap_or_else(|| deployment.name().to_owned()),
        version: label("version"),
        own_version: tag
            .map(|(_, tag)| tag.to_owned())
            .filter(|tag| !tag.contains('/')),
        verdict: workload::verdict(deployment, &pods, &[], now),
    }
}
