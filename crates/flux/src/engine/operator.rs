//! What the Flux Operator says about Flux in a cluster: its report, and the instance that it installs.
//! The shapes are those of <https://fluxoperator.dev/docs/crd/fluxreport/> and `…/fluxinstance/`.

use kubernetes::Kubernetes;
use kubernetes::engine::{Kind, Object};
use serde_json::Value;

use super::state::{self, State};

/// What the operator saw of Flux, every five minutes.
pub static FLUX_REPORTS: Kind = Kind::new("fluxcd.controlplane.io", "fluxreports", "FluxReport");
/// What the operator installs.
pub static FLUX_INSTANCES: Kind = Kind::new("fluxcd.controlplane.io", "fluxinstances", "FluxInstance");
/// The kinds of the operator that are watched.
pub static OF_OPERATOR: [&Kind; 2] = [&FLUX_REPORTS, &FLUX_INSTANCES];

/// What the operator says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operator {
    /// The operator's own version.
    pub version: Option<String>,
    /// The version of Flux.
    pub distribution: Option<String>,
    /// More about the distribution, verbatim: its status, who manages and who issued it.
    pub about: Vec<(&'static str, String)>,
    /// Controllers, in the order of the report.
    pub components: Vec<Component>,
    /// What the cluster itself is synced from.
    pub sync: Option<ClusterSync>,
    /// The state of the instance, where the operator installs Flux.
    pub instance: Option<State>,
}

/// A controller, as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// The tag of its image.
    pub version: Option<String>,
    /// Whether it is ready; nothing where that is not said.
    pub is_ready: Option<bool>,
    /// What is said of it, verbatim.
    pub status: String,
}

/// What the cluster itself is synced from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterSync {
    /// Kind and name of what applies it.
    pub id: String,
    /// The address of its source.
    pub source: String,
    /// The folder in it.
    pub path: String,
    /// Whether it is ready; nothing where that is not said.
    pub is_ready: Option<bool>,
    /// What is said of it, verbatim.
    pub status: String,
}

/// What the operator says in a cluster; nothing where it has neither a report nor an instance.
pub fn of(kubernetes: &Kubernetes, cluster: &str) -> Option<Operator> {
    let first = |kind| kubernetes.objects(cluster, kind, None).into_iter().next();
    read(first(&FLUX_REPORTS).as_ref(), first(&FLUX_INSTANCES).as_ref())
}

/// The names of its objects, whose changes the page shows: cluster, kind, namespace and name.
pub(crate) fn names(kubernetes: &Kubernetes, cluster: &str) -> Vec<(String, &'static str, String, String)> {
    let objects = OF_OPERATOR
        .iter()
        .flat_map(|kind| kubernetes.objects(cluster, kind, None));
    let name = |object: Object| {
        let (namespace, name) = (object.namespace().to_owned(), object.name().to_owned());
        (cluster.to_owned(), object.kind().plural, namespace, name)
    };
    objects.map(name).collect()
}

/// Reads a report and an instance. What the report does not say, which comes late, the instance does.
pub(crate) fn read(report: Option<&Object>, instance: Option<&Object>) -> Option<Operator> {
    let reported = report.map(of_report).unwrap_or_default();
    let installed = instance.map(of_instance).unwrap_or_default();
    let has_components = !reported.components.is_empty();
    (report.is_some() || instance.is_some()).then(|| Operator {
        distribution: reported.distribution.or(installed.distribution),
        components: if has_components {
            reported.components
        } else {
            installed.components
        },
        sync: reported.sync.or(installed.sync),
        instance: installed.instance,
        ..reported
    })
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn words(value: &Value) -> String {
    text(value).unwrap_or_default()
}

fn of_report(report: &Object) -> Operator {
    let spec = &report.value["spec"];
    let distribution = &spec["distribution"];
    let about = [
        ("Status", "status"),
        ("Managed by", "managedBy"),
        ("Issuer", "entitlement"),
    ];
    let about = about.into_iter();
    let components = spec["components"].as_array().into_iter().flatten();
    Operator {
        version: text(&spec["operator"]["version"]),
        distribution: text(&distribution["version"]),
        about: about
            .filter_map(|(title, key)| Some((title, text(&distribution[key])?)))
            .collect(),
        components: components.filter_map(component).collect(),
        sync: sync(&spec["sync"]),
        instance: None,
    }
}

fn component(told: &Value) -> Option<Component> {
    let image = told["image"].as_str().unwrap_or_default();
    let image = image.split('@').next().unwrap_or_default();
    let tag = image.rsplit_once(':').map(|(_, tag)| tag);
    Some(Component {
        name: text(&told["name"])?,
        version: tag.filter(|tag| !tag.contains('/')).map(str::to_owned),
        is_ready: told["ready"].as_bool(),
        status: words(&told["status"]),
    })
}

fn sync(told: &Value) -> Option<ClusterSync> {
    Some(ClusterSync {
        id: text(&told["id"])?,
        source: words(&told["source"]),
        path: words(&told["path"]),
        is_ready: told["ready"].as_bool(),
        status: words(&told["status"]),
    })
}

fn of_instance(instance: &Object) -> Operator {
    let (spec, status) = (&instance.value["spec"], &instance.value["status"]);
    let applied = text(&status["lastAppliedRevision"]);
    let version = applied.and_then(|applied| applied.split('@').next().map(str::to_owned));
    let component = |told: &Value| {
        Some(Component {
            name: text(&told["name"])?,
            version: text(&told["tag"]),
            is_ready: None,
            status: String::new(),
        })
    };
    let components = status["components"].as_array().into_iter().flatten();
    let from = &spec["sync"];
    let name = text(&from["name"]).unwrap_or_else(|| instance.namespace().to_owned());
    let sync = text(&from["url"]).map(|source| ClusterSync {
        id: format!("kustomization/{name}"),
        source,
        path: words(&from["path"]),
        is_ready: None,
        status: String::new(),
    });
    Operator {
        distribution: version.or_else(|| text(&spec["distribution"]["version"])),
        components: components.filter_map(component).collect(),
        sync,
        instance: Some(state::of(instance)),
        ..Operator::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report() -> Object {
        let components = json!([
            {"image": "ghcr.io/fluxcd/source-controller:v1.9.3@sha256:16", "name": "source-controller", "ready": true, "status": "Current"},
            {"image": "registry:5000/odd", "name": "odd", "ready": false, "status": "it fails"},
        ]);
        let spec = json!({
            "components": components,
            "distribution": {"version": "v2.9.4", "status": "Installed", "managedBy": "flux-operator", "entitlement": ""},
            "operator": {"version": "v0.58.0"},
            "sync": {"id": "kustomization/flux-system", "path": "clusters/north", "ready": true, "source": "https://git.example.com/fleet.git", "status": "Applied revision: main"},
        });
        Object::sample(
            &FLUX_REPORTS,
            json!({"metadata": {"name": "flux", "namespace": "flux-system"}, "spec": spec}),
        )
    }

    fn instance() -> Object {
        let ready = json!({"type": "Ready", "status": "False", "reason": "BuildFailed", "message": "no such version"});
        Object::sample(
            &FLUX_INSTANCES,
            json!({
                "metadata": {"name": "flux", "namespace": "flux-system"},
                "spec": {"distribution": {"version": "2.x"}, "sync": {"kind": "GitRepository", "url": "https://git.example.com/fleet.git", "path": "clusters/north"}},
                "status": {"lastAppliedRevision": "v2.9.3@sha256:75", "components": [{"name": "source-controller", "tag": "v1.9.2"}], "conditions": [ready]},
            }),
        )
    }

    #[test]
    fn the_report_says_more_than_the_instance() {
        assert_eq!(read(None, None), None);
        let both = read(Some(&report()), Some(&instance())).unwrap();
        assert_eq!(both.distribution.as_deref(), Some("v2.9.4"));
        assert_eq!(both.version.as_deref(), Some("v0.58.0"));
        assert_eq!(
            both.about,
            [
                ("Status", "Installed".to_owned()),
                ("Managed by", "flux-operator".to_owned())
            ]
        );
        let told: Vec<(&str, Option<&str>, Option<bool>)> = both
            .components
            .iter()
            .map(|one| (one.name.as_str(), one.version.as_deref(), one.is_ready))
            .collect();
        assert_eq!(
            told,
            [
                ("source-controller", Some("v1.9.3"), Some(true)),
                ("odd", None, Some(false))
            ]
        );
        assert_eq!(both.sync.unwrap().is_ready, Some(true));
        assert_eq!(both.instance.unwrap().message.as_deref(), Some("no such version"));

        let alone = read(None, Some(&instance())).unwrap();
        assert_eq!(alone.distribution.as_deref(), Some("v2.9.3"));
        assert_eq!(alone.components[0].version.as_deref(), Some("v1.9.2"));
        let sync = alone.sync.unwrap();
        assert_eq!(
            (sync.id.as_str(), sync.path.as_str()),
            ("kustomization/flux-system", "clusters/north")
        );
    }
}
