//! Routes of the Gateway API: each of its parents says on its own whether it takes the route.

use serde_json::Value;

use super::container::list;
use super::network::Link;
use super::rollout::number;
use super::verdict::{Health, Verdict};

/// How a route is, by the parent that takes it worst.
pub fn verdict(route: &Value) -> Verdict {
    let generation = number(&route["metadata"]["generation"]);
    let parents: Vec<Verdict> = list(&route["status"]["parents"])
        .map(|parent| of_parent(parent, generation))
        .collect();
    if parents.is_empty() {
        let named: Vec<String> = list(&route["spec"]["parentRefs"]).map(name).collect();
        let named = if named.is_empty() {
            "none".to_owned()
        } else {
            named.join(", ")
        };
        return Verdict::of(Health::Degraded, "Not taken").because(format!(
            "no gateway says anything about it; its parentRefs name {named}"
        ));
    }
    let worst = parents.into_iter().rev().max_by_key(|parent| parent.health);
    worst.unwrap_or_else(|| Verdict::of(Health::Well, "Accepted"))
}

/// `Gateway web, listener https`.
fn name(parent: &Value) -> String {
    let kind = parent["kind"].as_str().unwrap_or("Gateway");
    let namespace = parent["namespace"]
        .as_str()
        .map_or_else(String::new, |namespace| format!("{namespace}/"));
    let section = parent["sectionName"].as_str();
    let section = section.map_or_else(String::new, |section| format!(", listener {section}"));
    format!(
        "{kind} {namespace}{}{section}",
        parent["name"].as_str().unwrap_or_default()
    )
}

fn of_parent(parent: &Value, generation: u64) -> Verdict {
    let name = name(&parent["parentRef"]);
    let condition = |kind: &str| list(&parent["conditions"]).find(|condition| condition["type"] == kind);
    let told = |condition: &Value, words: &str| {
        let message = condition["message"].as_str().unwrap_or_default();
        let reason = condition["reason"].as_str().unwrap_or_default();
        let said = [in_words(reason), message]
            .into_iter()
            .filter(|text| !text.is_empty());
        let said: Vec<&str> = said.collect();
        Verdict::of(Health::Down, words).because(format!("{name}: {}", said.join(": ")))
    };
    let accepted = condition("Accepted");
    if let Some(refused) = accepted.filter(|condition| condition["status"] == "False") {
        return told(refused, "Not accepted");
    }
    let is_old = accepted.is_some_and(|condition| {
        condition["observedGeneration"]
            .as_u64()
            .is_some_and(|seen| seen < generation)
    });
    if is_old || accepted.is_none_or(|condition| condition["status"] != "True") {
        return Verdict::of(Health::Changing, "Pending").because(format!("{name} has not taken it up yet"));
    }
    let unresolved = condition("ResolvedRefs").filter(|condition| condition["status"] == "False");
    if let Some(unresolved) = unresolved {
        return told(unresolved, "Leads nowhere");
    }
    let partly = condition("PartiallyInvalid").filter(|condition| condition["status"] == "True");
    if let Some(partly) = partly {
        return Verdict {
            health: Health::Degraded,
            ..told(partly, "Accepted in part")
        };
    }
    Verdict::of(Health::Well, "Accepted")
}

fn in_words(reason: &str) -> &str {
    match reason {
        "NotAllowedByListeners" => "its listeners do not allow routes from here",
        "NoMatchingListenerHostname" => "no listener has one of its hostnames",
        "NoMatchingParent" => "there is no such listener",
        "BackendNotFound" => "a service that it names is not there",
        "RefNotPermitted" => "it names something of another namespace, which no ReferenceGrant allows",
        "InvalidKind" => "it names something that is no service",
        "UnsupportedProtocol" => "the protocol of its backend is not supported",
        "UnsupportedValue" => "it asks for what this gateway does not support",
        "IncompatibleFilters" => "its filters do not go together",
        other => other,
    }
}

/// Names of the gateways that a route names, with their namespaces.
pub fn gateways(route: &Value) -> Vec<(String, String)> {
    let own = route["metadata"]["namespace"].as_str().unwrap_or_default();
    list(&route["spec"]["parentRefs"])
        .filter(|parent| parent["kind"].as_str().is_none_or(|kind| kind == "Gateway"))
        .filter_map(|parent| {
            let namespace = parent["namespace"].as_str().unwrap_or(own);
            Some((namespace.to_owned(), parent["name"].as_str()?.to_owned()))
        })
        .collect()
}

/// The addresses of a route. A route without hostnames has those of its listeners; how they are called is known from the listeners, and
/// taken as https where the gateway may not be seen.
pub fn links(route: &Value, gateways: &[&Value]) -> Vec<Link> {
    let spec = &route["spec"];
    let listeners: Vec<&Value> = gateways
        .iter()
        .flat_map(|gateway| list(&gateway["spec"]["listeners"]))
        .collect();
    let own: Vec<&str> = list(&spec["hostnames"]).filter_map(Value::as_str).collect();
    let hosts: Vec<&str> = if own.is_empty() {
        listeners
            .iter()
            .filter_map(|listener| listener["hostname"].as_str())
            .collect()
    } else {
        own
    };
    let paths: Vec<&str> = list(&spec["rules"])
        .flat_map(|rule| list(&rule["matches"]))
        .filter(|one| one["path"]["type"] != "RegularExpression")
        .filter_map(|one| one["path"]["value"].as_str())
        .collect();
    let paths = if paths.is_empty() { vec!["/"] } else { paths };
    let mut all: Vec<Link> = Vec::new();
    for host in hosts {
        let scheme = scheme(spec, &listeners, host);
        for link in paths.iter().map(|path| Link::new(scheme, host, path)) {
            if !all.contains(&link) {
                all.push(link);
            }
        }
    }
    all
}

fn scheme(spec: &Value, listeners: &[&Value], host: &str) -> &'static str {
    let sections: Vec<&str> = list(&spec["parentRefs"])
        .filter_map(|parent| parent["sectionName"].as_str())
        .collect();
    let serves = |listener: &&&Value| {
        let name = listener["name"].as_str().unwrap_or_default();
        let hostname = listener["hostname"].as_str().unwrap_or_default();
        let fits = hostname.is_empty()
            || hostname == host
            || hostname.strip_prefix('*').is_some_and(|end| host.ends_with(end));
        (sections.is_empty() || sections.contains(&name)) && fits
    };
    let mut protocols = listeners
        .iter()
        .filter(serves)
        .filter_map(|listener| listener["protocol"].as_str());
    let is_plain = |protocol: &str| protocol == "HTTP";
    let first = protocols.next().filter(|first| is_plain(first));
    if first.is_some() && protocols.all(is_plain) {
        "http"
    } else {
        "https"
    }
}
