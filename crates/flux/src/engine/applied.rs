//! What an applier has applied, was to apply, and could apply. A release says it otherwise than a Kustomization.

use kubernetes::engine::Object;
use serde_json::Value;

use super::delivery::Revisions;
use super::kinds::{GIT_REPOSITORIES, HELM_RELEASES, HELM_REPOSITORIES};
use super::revision::Revision;

/// The revisions of an applier with its source, and the chart that a release made for itself.
pub(crate) fn revisions(applier: &Object, source: Option<&Object>, chart: Option<&Object>) -> Revisions {
    let status = &applier.value["status"];
    let read = |value: &Value| Revision::read(value.as_str());
    let common = Revisions {
        attempted: read(&status["lastAttemptedRevision"]),
        newest_origin: source.and_then(origin),
        ..Revisions::default()
    };
    if *applier.kind() == HELM_RELEASES {
        return of_release(status, common, source, chart);
    }
    Revisions {
        applied: read(&status["lastAppliedRevision"]),
        applied_origin: read(&status["lastAppliedOriginRevision"]),
        newest: source.and_then(artifact),
        ..common
    }
}

/// Since v2 a release has no `lastAppliedRevision`; what is deployed stands first in its history.
fn of_release(
    status: &Value,
    common: Revisions,
    source: Option<&Object>,
    chart: Option<&Object>,
) -> Revisions {
    let last = &status["history"][0];
    let applied = Revision::read(
        last["chartVersion"]
            .as_str()
            .or(status["lastAppliedRevision"].as_str()),
    );
    // The artifact of a repository of charts is its list, and that of one of Git is a commit: neither is a version of the chart.
    let is_of_charts = |source: &&Object| ![&HELM_REPOSITORIES, &GIT_REPOSITORIES].contains(&source.kind());
    let newest = chart
        .and_then(artifact)
        .or_else(|| source.filter(is_of_charts).and_then(artifact));
    let chart_digest = Revision::read(last["ociDigest"].as_str());
    // The origin is that of the newest artifact; of an older one nobody says it.
    let is_newest = chart_digest
        .as_ref()
        .zip(newest.as_ref())
        .is_some_and(|(own, newest)| own.is_same(newest));
    Revisions {
        applied,
        applied_origin: common.newest_origin.clone().filter(|_| is_newest),
        newest,
        chart_digest,
        ..common
    }
}

fn artifact(source: &Object) -> Option<Revision> {
    Revision::read(source.text("/status/artifact/revision"))
}

/// The commit that the artifact of a registry was built of, as its annotations say.
fn origin(source: &Object) -> Option<Revision> {
    let metadata = &source.value["status"]["artifact"]["metadata"];
    let revision = Revision::read(metadata["org.opencontainers.image.revision"].as_str())?;
    revision.commit.is_some().then_some(revision)
}
