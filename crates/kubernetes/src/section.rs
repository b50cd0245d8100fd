//! The section `kubernetes` of the configuration.

use std::path::Path;

use model::{Fault, Problem};
use plugin::ConfigSection;
use serde_json::{Value, json};

use crate::settings::access::{access, address, auth_provider};
use crate::settings::kinds::{MOST_CUSTOM, names};
use crate::settings::{PROXY_NAME, locators};

/// The schema of a list of custom resources.
fn custom_resources(description: &str) -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    let one = json!({
        "type": "object",
        "properties": {
            "group": text("Its group, for example argoproj.io."),
            "apiVersion": text("Its version, where the cluster serves that one."),
            "plural": text("Its plural, for example rollouts."),
        },
    });
    json!({"type": "array", "items": one, "description": description})
}

/// The section as the commands see it.
pub(crate) struct Section;

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        "kubernetes"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/kubernetes.md")
    }

    fn schema(&self) -> Value {
        let text = |description: &str| json!({"type": "string", "description": description});
        let switch = |description: &str| json!({"type": "boolean", "description": description});
        let texts = |description: &str| json!({"type": "array", "items": {"type": "string"}, "description": description});
        let cluster = json!({
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": text("The cluster's name, unique."),
                "title": text("Its name for people."),
                "url": text("The address of its API server."),
                "authProvider": text("How the portal signs in: serviceAccount, oidc (the viewer's own token), or localKubectlProxy."),
                "oidcTokenProvider": text("Whose tokens a cluster with oidc takes: auth.oidc.<this> of a request."),
                "authMetadata": {"type": "object", "description": "Another place for authProvider: kubernetes.io/auth-provider."},
                "serviceAccountToken": {"type": "string", "visibility": "secret", "description": "The token of the portal's account there."},
                "serviceAccountTokenFile": text("A file with the token, read anew for every call."),
                "caData": text("The certificate of its authority, base64 of PEM."),
                "caFile": text("A file with the certificate of its authority, PEM; read again when it changes."),
                "clientCertData": text("The portal's certificate there, in place of a token, base64 of PEM."),
                "clientCertFile": text("A file with that certificate, PEM; read again when it changes."),
                "clientKeyData": {"type": "string", "visibility": "secret", "description": "The key of that certificate, base64 of PEM."},
                "clientKeyFile": text("A file with that key, PEM."),
                "skipTLSVerify": switch("Any certificate is taken; whoever is on the way can read everything."),
                "skipMetricsLookup": switch("What containers use is not asked for."),
                "dashboardUrl": text("Its dashboard for people."),
                "dashboardApp": text("Sort of that dashboard."),
                "dashboardParameters": {"type": "object", "description": "Parameters of that dashboard."},
                "customResources": custom_resources("Kinds of this cluster's own, in place of the common list."),
            },
        });
        let locator = json!({
            "type": "object",
            "properties": {
                "type": text("config, kubeconfig, catalog, or localKubectlProxy."),
                "clusters": {"type": "array", "items": cluster, "description": "The clusters, of the type config."},
                "file": text("The file of kubectl, of the type kubeconfig."),
                "contexts": texts("Its contexts that become clusters, each under its name; without this all."),
                "dangerouslyAllowClusterUrls": texts("Of the type catalog: hosts that need not be public and may be called without TLS, as a name or as *.suffix."),
                "dangerouslyAllowSkipTLSVerify": switch("Of the type catalog: entities may say that any certificate is taken."),
            },
        });
        json!({
            "type": "object",
            "description": "Clusters whose objects are shown with the entities that they belong to.",
            "properties": {
                "serviceLocatorMethod": {
                    "type": "object",
                    "properties": {"type": text("multiTenant and singleTenant: an entity may run in every cluster, or in the one that its annotation names; catalogRelation: in those that it depends on as entities.")},
                },
                "clusterLocatorMethods": {"type": "array", "items": locator, "description": "Where clusters come from."},
                "customResources": custom_resources("Kinds that were added to clusters and are shown with entities."),
                "objectTypes": texts("Kinds of the API's answers, by their plural; pages show theirs."),
                "apiVersionOverrides": {"type": "object", "description": "Versions of kinds, by plural, in place of those that a cluster prefers."},
                "clusterLocatorContinueOnError": switch("Of the original. It has no effect: a cluster that cannot be called hurts no other."),
                "frontend": {"type": "object", "description": "For the original's browser program. It has no effect."},
            },
        })
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        let mut problems = Vec::new();
        let method = section["serviceLocatorMethod"]["type"]
            .as_str()
            .unwrap_or("multiTenant");
        // The annotation that singleTenant reads is read in any case.
        if !matches!(method, "multiTenant" | "singleTenant" | "catalogRelation") {
            problems.push(refused(
                "serviceLocatorMethod.type",
                &format!("the serviceLocatorMethod \"{method}\""),
                "multiTenant, singleTenant, or catalogRelation",
            ));
        }
        problems.extend(idle(section));
        problems.extend(secrets(section));
        problems.extend(custom("customResources", &section["customResources"]));
        let mut names: Vec<&str> = Vec::new();
        for (index, locator) in locators(section).into_iter().enumerate() {
            let path = format!("clusterLocatorMethods[{index}]");
            match locator["type"].as_str().unwrap_or("(none)") {
                "config" => problems.extend(clusters(&path, locator, &mut names)),
                "kubeconfig" if locator["file"].is_string() => {
                    let contexts = locator["contexts"].as_array().into_iter().flatten();
                    for name in contexts.filter_map(Value::as_str) {
                        problems.extend(doubled(&path, name, &mut names));
                    }
                }
                "kubeconfig" => {
                    let fault = Fault::input(format!(
                        "kubernetes.{path}.file: a locator of the type kubeconfig needs the path of a kubeconfig"
                    ));
                    problems.push(at(&format!("{path}.file"), Problem::error(fault)));
                }
                "localKubectlProxy" => problems.extend(doubled(&path, PROXY_NAME, &mut names)),
                "catalog" => {}
                other => problems.push(refused(
                    &format!("{path}.type"),
                    &format!("the clusterLocatorMethod \"{other}\""),
                    "config, kubeconfig, catalog, or localKubectlProxy",
                )),
            }
        }
        problems
    }
}

/// A name that a cluster of another locator has already. Which contexts a file has is known when it is read, and told then.
fn doubled<'a>(path: &str, name: &'a str, names: &mut Vec<&'a str>) -> Option<Problem> {
    if !names.contains(&name) {
        names.push(name);
        return None;
    }
    let fault = Fault::input(format!(
        "kubernetes.{path}: another cluster is named \"{name}\" already; that one is shown, and this one is not"
    ));
    Some(at(path, Problem::warning(fault)).hint("Give each cluster a name of its own."))
}

/// Keys of the original that have no effect.
fn idle(section: &Value) -> Option<Problem> {
    let key = "clusterLocatorContinueOnError";
    section.get(key)?;
    let fault = Fault::input(format!(
        "kubernetes.{key} has no effect: a cluster that cannot be called never hurts another one"
    ));
    Some(at(key, Problem::warning(fault)))
}

/// Secrets among the kinds of the wire contract.
fn secrets(section: &Value) -> Option<Problem> {
    let chosen = section["objectTypes"].as_array()?;
    chosen.iter().find(|name| *name == "secrets")?;
    let fault = Fault::input("kubernetes.objectTypes: secrets are never asked for, and are left out");
    Some(at("objectTypes", Problem::warning(fault)))
}

/// What is wrong with a list of custom resources.
fn custom(path: &str, list: &Value) -> Vec<Problem> {
    let list = list.as_array().into_iter().flatten();
    let mut problems: Vec<Problem> = list
        .clone()
        .enumerate()
        .filter(|(_, one)| names(one).is_none())
        .map(|(index, _)| {
            let path = format!("{path}[{index}]");
            let needs = "needs group, apiVersion and plural, in small letters as in the address of the kind";
            let fault = Fault::input(format!("kubernetes.{path}: a custom resource {needs}"));
            at(&path, Problem::error(fault))
        })
        .collect();
    if list.count() > MOST_CUSTOM {
        let fault = Fault::input(format!(
            "kubernetes.{path}: only the first {MOST_CUSTOM} are watched"
        ));
        problems.push(at(path, Problem::warning(fault)));
    }
    problems
}

fn refused(path: &str, what: &str, instead: &str) -> Problem {
    let fault = Fault::input(format!(
        "kubernetes.{path}: {what} is not there yet, and its clusters are not shown"
    ));
    at(path, Problem::error(fault)).hint(format!("Use {instead}."))
}

fn at(path: &str, problem: Problem) -> Problem {
    let fault = Fault {
        path: Some(path.to_owned()),
        ..problem.fault.clone()
    };
    Problem { fault, ..problem }
}

fn clusters<'a>(path: &str, locator: &'a Value, names: &mut Vec<&'a str>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let all = locator["clusters"].as_array().into_iter().flatten();
    for (index, cluster) in all.enumerate() {
        let path = format!("{path}.clusters[{index}]");
        let name = cluster["name"].as_str().unwrap_or_default();
        if name.is_empty() || names.contains(&name) {
            let fault = Fault::input(format!(
                "kubernetes.{path}.name: each cluster needs a name of its own, and \"{name}\" is none"
            ));
            problems.push(at(&format!("{path}.name"), Problem::error(fault)));
        }
        names.push(name);
        problems.extend(custom(
            &format!("{path}.customResources"),
            &cluster["customResources"],
        ));
        problems.extend(uncallable(&path, name, cluster));
    }
    problems
}

/// Why a cluster cannot be called, as far as that is known before the portal starts.
fn uncallable(path: &str, name: &str, cluster: &Value) -> Vec<Problem> {
    let given = cluster["url"].as_str();
    // Whether the portal runs in a cluster is known when it starts, and so is an account there.
    let is_own = auth_provider(cluster).is_none_or(|provider| provider == "serviceAccount")
        && [
            "serviceAccountToken",
            "serviceAccountTokenFile",
            "clientCertFile",
            "clientCertData",
        ]
        .iter()
        .all(|key| cluster[*key].is_null());
    if is_own {
        let wrong = given.filter(|given| address(given).is_err());
        let problem = wrong.map(|given| {
            let fault = Fault::input(format!(
                "kubernetes.{path}.url must be an address such as https://kubernetes.example.com, not \"{given}\""
            ));
            at(&format!("{path}.url"), Problem::error(fault))
        });
        return problem.into_iter().collect();
    }
    let Err(reason) = access(cluster, Path::new(""), None) else {
        return Vec::new();
    };
    let fault = Fault::input(format!(
        "kubernetes.{path}: the cluster \"{name}\" cannot be called: {reason}"
    ));
    vec![at(path, Problem::error(fault))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(section: Value) -> Vec<String> {
        let problems = Section.check(&section);
        problems
            .iter()
            .map(|problem| problem.fault.message.clone())
            .collect()
    }

    #[test]
    fn what_is_not_there_yet_is_refused_with_a_sentence() {
        let cluster = |name: &str, provider: &str| json!({"name": name, "url": "https://k.example.com", "authProvider": provider, "serviceAccountToken": "t"});
        let with =
            |clusters: Value| json!({"clusterLocatorMethods": [{"type": "config", "clusters": clusters}]});
        assert_eq!(told(with(json!([cluster("a", "serviceAccount")]))), [""; 0]);
        assert_eq!(
            told(
                json!({"clusterLocatorMethods": [{"type": "catalog"}], "serviceLocatorMethod": {"type": "catalogRelation"}})
            ),
            [""; 0]
        );
        for (section, expected) in [
            (json!({"objectTypes": ["secrets"]}), "secrets are never asked for"),
            (
                json!({"customResources": [{"group": "example.com", "plural": "things"}]}),
                "kubernetes.customResources[0]: a custom resource needs group, apiVersion and plural",
            ),
            (
                json!({"clusterLocatorMethods": [{"type": "gke"}]}),
                "\"gke\" is not there yet",
            ),
            (
                json!({"clusterLocatorMethods": [{"type": "kubeconfig"}]}),
                "needs the path of a kubeconfig",
            ),
            (
                json!({"serviceLocatorMethod": {"type": "http"}}),
                "\"http\" is not there yet",
            ),
            (
                with(json!([cluster("a", "oidc")])),
                "the cluster \"a\" cannot be called: it has no oidcTokenProvider",
            ),
            (
                with(json!([cluster("a", "aws")])),
                "its authProvider \"aws\" needs a cloud's own sign-in",
            ),
            (
                with(json!([
                    cluster("a", "serviceAccount"),
                    cluster("a", "serviceAccount")
                ])),
                "a name of its own",
            ),
            (
                json!({"clusterLocatorMethods": [
                    {"type": "config", "clusters": [cluster("a", "serviceAccount"), cluster("local", "serviceAccount")]},
                    {"type": "kubeconfig", "file": "config", "contexts": ["b", "a"]},
                ]}),
                "kubernetes.clusterLocatorMethods[1]: another cluster is named \"a\" already",
            ),
            (
                json!({"clusterLocatorMethods": [{"type": "localKubectlProxy"}, {"type": "localKubectlProxy"}]}),
                "another cluster is named \"local\" already",
            ),
        ] {
            let told = told(section.clone());
            assert!(
                told.iter().any(|text| text.contains(expected)),
                "{section}: {told:?}"
            );
        }
    }

    #[test]
    fn an_address_is_judged_even_where_access_is_known_later() {
        let said = |url: &str| {
            let locator = serde_json::json!({"clusters": [{"name": "a", "url": url}]});
            clusters("clusterLocatorMethods[0]", &locator, &mut Vec::new())
        };
        assert!(said("https://10.0.0.1:6443").is_empty());
        for wrong in ["not a url", "ftp://a"] {
            let problems = said(wrong);
            assert_eq!(problems.len(), 1, "{wrong}");
            let text = problems[0].fault.to_string();
            assert!(text.contains("clusters[0].url must be an address"), "{text}");
        }
    }
}
