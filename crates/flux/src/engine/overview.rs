//! Flux in all clusters: its controllers, and every object with its state.

use jiff::Timestamp;
use kubernetes::Kubernetes;
use kubernetes::engine::kinds::{DEPLOYMENTS, PODS, REPLICA_SETS};
use kubernetes::engine::{ClusterAnswer, Kind, Object, Question, Selector};
use kubernetes::health::{Verdict, workload};

use super::delivery::ClusterState;
use super::kinds::EVERY;
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
    /// Its controllers, by namespace and name.
    pub controllers: Vec<Controller>,
    /// All objects, by kind, namespace and name.
    pub objects: Vec<Seen>,
}

/// The kinds that must be watched.
pub fn kinds() -> Vec<&'static Kind> {
    EVERY.iter().chain(&OF_CONTROLLERS).copied().collect()
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
            kinds: kubernetes.states(&one.cluster, &EVERY),
        },
        controllers: one
            .of(&DEPLOYMENTS)
            .map(|deployment| controller(one, deployment, now))
            .collect(),
        objects: objects.collect(),
    }
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
