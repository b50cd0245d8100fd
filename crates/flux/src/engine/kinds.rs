//! The kinds of Flux. Their versions are discovered, so that old and new ones are read.

use kubernetes::engine::Kind;

/// Folders of a source that are applied.
pub static KUSTOMIZATIONS: Kind = Kind::new("kustomize.toolkit.fluxcd.io", "kustomizations", "Kustomization");
/// Releases of charts.
pub static HELM_RELEASES: Kind = Kind::new("helm.toolkit.fluxcd.io", "helmreleases", "HelmRelease");
/// Git repositories.
pub static GIT_REPOSITORIES: Kind = Kind::new("source.toolkit.fluxcd.io", "gitrepositories", "GitRepository");
/// Artifacts in registries.
pub static OCI_REPOSITORIES: Kind = Kind::new("source.toolkit.fluxcd.io", "ocirepositories", "OCIRepository");
/// Repositories of charts.
pub static HELM_REPOSITORIES: Kind =
    Kind::new("source.toolkit.fluxcd.io", "helmrepositories", "HelmRepository");
/// Folders in object stores.
pub static BUCKETS: Kind = Kind::new("source.toolkit.fluxcd.io", "buckets", "Bucket");

/// What applies.
pub static APPLIERS: [&Kind; 2] = [&KUSTOMIZATIONS, &HELM_RELEASES];
/// What is applied.
pub static SOURCES: [&Kind; 4] = [&GIT_REPOSITORIES, &OCI_REPOSITORIES, &HELM_REPOSITORIES, &BUCKETS];
/// All of them.
pub static ALL: [&Kind; 6] = [
    &KUSTOMIZATIONS,
    &HELM_RELEASES,
    &GIT_REPOSITORIES,
    &OCI_REPOSITORIES,
    &HELM_REPOSITORIES,
    &BUCKETS,
];

/// The kind of this name among the sources.
pub fn source(name: &str) -> Option<&'static Kind> {
    SOURCES.iter().find(|kind| kind.name == name).copied()
}
