//! The section `kubernetes` of the configuration.

use std::path::Path;

use model::{Fault, Problem};
use plugin::ConfigSection;
use serde_json::{Value, json};

use crate::settings::{access, auth_provider, locators};

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
        let cluster = json!({
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": text("The cluster's name, unique."),
                "title": text("Its name for people."),
                "url": text("The address of its API server."),
                "authProvider": text("How the portal signs in: serviceAccount or localKubectlProxy."),
                "authMetadata": {"type": "object", "description": "Another place for authProvider: kubernetes.io/auth-provider."},
                "serviceAccountToken": {"type": "string", "visibility": "secret", "description": "The token of the portal's account there."},
                "serviceAccountTokenFile": text("A file with the token, read anew for every call."),
                "caData": text("The certificate of its authority, base64 of PEM."),
                "caFile": text("A file with the certificate of its authority, PEM."),
                "skipTLSVerify": switch("Any certificate is taken; whoever is on the way can read everything."),
                "skipMetricsLookup": switch("What containers use is not asked for."),
                "dashboardUrl": text("Its dashboard for people."),
                "dashboardApp": text("Sort of that dashboard."),
                "dashboardParameters": {"type": "object", "description": "Parameters of that dashboard."},
                "customResources": {"type": "array", "items": {"type": "object"}, "description": "Kinds of the cluster's own. They have no effect yet."},
            },
        });
        let locator = json!({
            "type": "object",
            "properties": {
                "type": text("config, or localKubectlProxy."),
                "clusters": {"type": "array", "items": cluster, "description": "The clusters, of the type config."},
            },
        });
        json!({
            "type": "object",
            "description": "Clusters whose objects are shown with the entities that they belong to.",
            "properties": {
                "serviceLocatorMethod": {
                    "type": "object",
                    "properties": {"type": text("multiTenant: an entity may run in every cluster.")},
                },
                "clusterLocatorMethods": {"type": "array", "items": locator, "description": "Where clusters come from."},
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
        if !matches!(method, "multiTenant" | "singleTenant") {
            problems.push(refused(
                "serviceLocatorMethod.type",
                &format!("the serviceLocatorMethod \"{method}\""),
                "multiTenant",
            ));
        }
        problems.extend(idle(section));
        let mut names: Vec<&str> = Vec::new();
        for (index, locator) in locators(section).into_iter().enumerate() {
            let path = format!("clusterLocatorMethods[{index}]");
            match locator["type"].as_str().unwrap_or("(none)") {
                "config" => problems.extend(clusters(&path, locator, &mut names)),
                "localKubectlProxy" => {}
                other => problems.push(refused(
                    &format!("{path}.type"),
                    &format!("the clusterLocatorMethod \"{other}\""),
                    "config, or localKubectlProxy",
                )),
            }
        }
        problems
    }
}

/// Keys of the original that are not read yet.
const IDLE: [&str; 4] = [
    "customResources",
    "objectTypes",
    "apiVersionOverrides",
    "clusterLocatorContinueOnError",
];

fn idle(section: &Value) -> impl Iterator<Item = Problem> {
    let given = IDLE.iter().filter(|key| section.get(**key).is_some());
    given.map(|key| {
        let fault = Fault::input(format!("kubernetes.{key} has no effect yet"));
        at(key, Problem::warning(fault))
    })
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

fn is_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
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
        let provider = auth_provider(cluster).unwrap_or("serviceAccount");
        let is_own = provider == "serviceAccount" && cluster["serviceAccountToken"].is_null();
        // Whether the portal runs in a cluster, and where files are, is known when it starts.
        let is_known_later = is_own || cluster["caFile"].is_string();
        if let Some(given) = cluster["url"]
            .as_str()
            .filter(|given| is_known_later && !is_address(given))
        {
            let fault = Fault::input(format!(
                "kubernetes.{path}.url must be an address such as https://kubernetes.example.com, not \"{given}\""
            ));
            problems.push(at(&format!("{path}.url"), Problem::error(fault)));
        }
        if let Some(reason) = access(cluster, provider, Path::new(""), None)
            .err()
            .filter(|_| !is_known_later)
        {
            let fault = Fault::input(format!(
                "kubernetes.{path}: the cluster \"{name}\" cannot be called: {reason}"
            ));
            problems.push(at(&path, Problem::error(fault)));
        }
    }
    problems
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
        for (section, expected) in [
            (
                json!({"objectTypes": ["secrets"]}),
                "kubernetes.objectTypes has no effect yet",
            ),
            (
                json!({"clusterLocatorMethods": [{"type": "gke"}]}),
                "\"gke\" is not there yet",
            ),
            (
                json!({"serviceLocatorMethod": {"type": "catalogRelation"}}),
                "\"catalogRelation\" is not there yet",
            ),
            (
                with(json!([cluster("a", "oidc")])),
                "the cluster \"a\" cannot be called: authProvider \"oidc\"",
            ),
            (
                with(json!([
                    cluster("a", "serviceAccount"),
                    cluster("a", "serviceAccount")
                ])),
                "a name of its own",
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
