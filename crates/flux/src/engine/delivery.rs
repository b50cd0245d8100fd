//! What delivers an entity: appliers with their sources, and whether what runs is the newest.

use jiff::Timestamp;
use kubernetes::engine::{Failure, KindState, Object, Sort};
use serde_json::Value;

use super::applied::revisions;
use super::revision::Revision;
use super::state::{self, State};

/// How an applier belongs to the entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// It applies workloads of the entity.
    Applies,
    /// It applies what applies them.
    Above,
    /// It carries the entity's label.
    Labelled,
}

/// Whether what runs is the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sync {
    /// The newest revision of the source is applied.
    Newest,
    /// Another one is.
    Behind,
    /// It is not known.
    Unknown,
}

/// An object with the cluster that it is in.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The cluster's name.
    pub cluster: String,
    /// The cluster's name for people.
    pub title: String,
    /// The object.
    pub object: Object,
}

/// What is applied, was tried, and could be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revisions {
    /// What is applied.
    pub applied: Option<Revision>,
    /// The commit that the applied artifact was built of, where it is none of Git.
    pub applied_origin: Option<Revision>,
    /// What was to be applied last.
    pub attempted: Option<Revision>,
    /// The newest that the source has.
    pub newest: Option<Revision>,
    /// The commit that the newest artifact was built of.
    pub newest_origin: Option<Revision>,
    /// The digest of the applied chart, where it came from a registry.
    pub chart_digest: Option<Revision>,
}

/// An applier with its source.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The cluster's name.
    pub cluster: String,
    /// The cluster's name for people.
    pub title: String,
    /// The Kustomization or release.
    pub applier: Object,
    /// Its state.
    pub state: State,
    /// How it belongs to the entity.
    pub link: Link,
    /// Kind, namespace and name of its source.
    pub source_name: Option<(String, String, String)>,
    /// Its source.
    pub source: Option<Object>,
    /// The chart that a release made for itself.
    pub chart: Option<Object>,
    /// What is applied, was tried, and could be.
    pub revisions: Revisions,
}

/// What delivers an entity in all clusters.
#[derive(Debug, Clone, Default)]
pub struct Deliveries {
    /// The appliers, those that apply workloads first.
    pub all: Vec<Delivery>,
    /// Appliers that these wait for, directly or through others, and that belong to somebody else.
    pub beside: Vec<Placed>,
    /// Sources that carry the entity's label and belong to none of the appliers.
    pub sources: Vec<Placed>,
    /// Policies, repositories and automations of images that the entity runs or that carry its label.
    pub images: Vec<Placed>,
    /// The clusters with the states of Flux' kinds.
    pub clusters: Vec<ClusterState>,
}

/// How what is known of Flux in a cluster is.
#[derive(Debug, Clone)]
pub struct ClusterState {
    /// Its name for people.
    pub title: String,
    /// The states of the kinds.
    pub kinds: Vec<KindState>,
}

impl ClusterState {
    /// Whether the cluster has no Flux.
    pub fn is_without_flux(&self) -> bool {
        !self.kinds.is_empty() && self.missing() == self.kinds.len()
    }

    /// How many kinds the cluster does not have.
    pub fn missing(&self) -> usize {
        let failures = self.kinds.iter().filter_map(KindState::failure);
        failures
            .filter(|failure| failure.sort == Sort::NotInstalled)
            .count()
    }

    /// The failure that is worth being shown: that of a kind that is there.
    pub fn failures(&self) -> impl Iterator<Item = (&KindState, &Failure)> {
        let failed = self
            .kinds
            .iter()
            .filter_map(|state| Some((state, state.failure()?)));
        failed.filter(|(_, failure)| failure.sort != Sort::NotInstalled)
    }
}

impl Revisions {
    /// Whether what is applied is the newest.
    pub fn sync(&self) -> Sync {
        let (Some(applied), Some(newest)) = (&self.applied, &self.newest) else {
            return Sync::Unknown;
        };
        let by_digest = self
            .chart_digest
            .as_ref()
            .is_some_and(|digest| digest.is_same(newest));
        if by_digest || applied.is_same(newest) {
            Sync::Newest
        } else {
            Sync::Behind
        }
    }

    /// The commit that runs, as far as it is known.
    pub fn running(&self) -> Option<&Revision> {
        self.applied_origin.as_ref().or(self.applied.as_ref())
    }

    /// The commit that would run.
    pub fn coming(&self) -> Option<&Revision> {
        self.newest_origin.as_ref().or(self.newest.as_ref())
    }
}

impl Delivery {
    /// An applier in a cluster (its name, and that for people) with its source, and the chart that a release made for itself.
    pub fn of(
        (cluster, title): (&str, &str),
        applier: Object,
        link: Link,
        source: Option<Object>,
        chart: Option<Object>,
    ) -> Self {
        Self {
            cluster: cluster.to_owned(),
            title: title.to_owned(),
            state: state::of(&applier),
            link,
            source_name: source_name(&applier),
            revisions: revisions(&applier, source.as_ref(), chart.as_ref()),
            source,
            chart,
            applier,
        }
    }

    /// Whether what runs is the newest.
    pub fn sync(&self) -> Sync {
        self.revisions.sync()
    }

    /// Since when the applied revision runs.
    pub fn since(&self) -> Option<Timestamp> {
        let applied = self.revisions.applied.as_ref()?;
        let history = self.applier.value["status"]["history"].as_array()?;
        let entry = history.iter().find(|entry| {
            let revision = entry["metadata"]["revision"]
                .as_str()
                .or(entry["chartVersion"].as_str());
            Revision::read(revision).is_some_and(|revision| revision.is_same(applied))
        });
        let at = entry.and_then(|entry| {
            entry["firstReconciled"]
                .as_str()
                .or(entry["lastDeployed"].as_str())
        });
        at.and_then(|at| at.parse().ok()).or(self.state.since)
    }

    /// The address of the repository of its commits, if one is known.
    pub fn repository(&self) -> Option<&str> {
        repository(self.source.as_ref()?)
    }

    /// Appliers of the same kind that it waits for, by namespace and name.
    pub fn depends_on(&self) -> Vec<(String, String)> {
        depends_on(&self.applier)
    }
}

/// The address of the repository of a source's commits: its own, or that of which its artifact was built.
pub fn repository(source: &Object) -> Option<&str> {
    let metadata = &source.value["status"]["artifact"]["metadata"];
    let origin = metadata["org.opencontainers.image.source"].as_str();
    origin.or_else(|| source.text("/spec/url").filter(|url| !url.starts_with("oci://")))
}

/// Appliers of the same kind that one waits for, by namespace and name.
pub fn depends_on(applier: &Object) -> Vec<(String, String)> {
    let own = applier.namespace();
    let all = applier.value["spec"]["dependsOn"].as_array();
    all.into_iter()
        .flatten()
        .filter_map(|one| {
            let namespace = one["namespace"].as_str().unwrap_or(own);
            Some((namespace.to_owned(), one["name"].as_str()?.to_owned()))
        })
        .collect()
}

/// Kind, namespace and name of the source of an applier.
pub fn source_name(applier: &Object) -> Option<(String, String, String)> {
    let spec = &applier.value["spec"];
    let of_chart = [&spec["chart"]["spec"]["sourceRef"], &spec["chartRef"]];
    let reference: &Value = std::iter::once(&spec["sourceRef"])
        .chain(of_chart)
        .find(|one| one.is_object())?;
    let namespace = reference["namespace"].as_str().unwrap_or(applier.namespace());
    Some((
        reference["kind"].as_str()?.to_owned(),
        namespace.to_owned(),
        reference["name"].as_str()?.to_owned(),
    ))
}
