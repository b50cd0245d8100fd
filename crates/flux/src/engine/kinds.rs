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
/// Charts, which releases make for themselves.
pub static HELM_CHARTS: Kind = Kind::new("source.toolkit.fluxcd.io", "helmcharts", "HelmChart");
/// Folders in object stores.
pub static BUCKETS: Kind = Kind::new("source.toolkit.fluxcd.io", "buckets", "Bucket");
/// Artifacts that another controller makes.
pub static EXTERNAL_ARTIFACTS: Kind = Kind::new(
    "source.toolkit.fluxcd.io",
    "externalartifacts",
    "ExternalArtifact",
);
/// Images whose tags are looked at.
pub static IMAGE_REPOSITORIES: Kind =
    Kind::new("image.toolkit.fluxcd.io", "imagerepositories", "ImageRepository");
/// Which tag of an image is the newest.
pub static IMAGE_POLICIES: Kind = Kind::new("image.toolkit.fluxcd.io", "imagepolicies", "ImagePolicy");
/// Commits that bring new tags into Git.
pub static IMAGE_AUTOMATIONS: Kind = Kind::new(
    "image.toolkit.fluxcd.io",
    "imageupdateautomations",
    "ImageUpdateAutomation",
);
/// Addresses at which Flux is told to look.
pub static RECEIVERS: Kind = Kind::new("notification.toolkit.fluxcd.io", "receivers", "Receiver");
/// What is told to others.
pub static ALERTS: Kind = Kind::new("notification.toolkit.fluxcd.io", "alerts", "Alert");
/// Those who are told.
pub static PROVIDERS: Kind = Kind::new("notification.toolkit.fluxcd.io", "providers", "Provider");

/// What applies.
pub static APPLIERS: [&Kind; 2] = [&KUSTOMIZATIONS, &HELM_RELEASES];
/// What is applied.
pub static SOURCES: [&Kind; 6] = [
    &GIT_REPOSITORIES,
    &OCI_REPOSITORIES,
    &HELM_REPOSITORIES,
    &HELM_CHARTS,
    &BUCKETS,
    &EXTERNAL_ARTIFACTS,
];
/// What brings new images.
pub static IMAGES: [&Kind; 3] = [&IMAGE_REPOSITORIES, &IMAGE_POLICIES, &IMAGE_AUTOMATIONS];
/// The kinds of an entity's tab.
pub static ALL: [&Kind; 11] = [
    &KUSTOMIZATIONS,
    &HELM_RELEASES,
    &GIT_REPOSITORIES,
    &OCI_REPOSITORIES,
    &HELM_REPOSITORIES,
    &HELM_CHARTS,
    &BUCKETS,
    &EXTERNAL_ARTIFACTS,
    &IMAGE_REPOSITORIES,
    &IMAGE_POLICIES,
    &IMAGE_AUTOMATIONS,
];
/// The kinds of the page of all objects, which has what tells others, too.
pub static EVERY: [&Kind; 14] = [
    &KUSTOMIZATIONS,
    &HELM_RELEASES,
    &GIT_REPOSITORIES,
    &OCI_REPOSITORIES,
    &HELM_REPOSITORIES,
    &HELM_CHARTS,
    &BUCKETS,
    &EXTERNAL_ARTIFACTS,
    &IMAGE_REPOSITORIES,
    &IMAGE_POLICIES,
    &IMAGE_AUTOMATIONS,
    &RECEIVERS,
    &ALERTS,
    &PROVIDERS,
];

/// The kind of this name among the sources.
pub fn source(name: &str) -> Option<&'static Kind> {
    SOURCES.iter().find(|kind| kind.name == name).copied()
}

/// The kind of Flux with this group and word, for example `kustomize.toolkit.fluxcd.io` and `Kustomization`.
pub fn of_flux(group: &str, name: &str) -> Option<&'static Kind> {
    let mut every = EVERY.iter();
    every
        .find(|kind| kind.group == group && kind.name == name)
        .copied()
}
