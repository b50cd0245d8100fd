//! Services and Ingresses: what they lead to, and whether somebody answers.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::container::{list, moment};
use super::verdict::{Health, Verdict};

/// How long a load balancer may take.
const BALANCING: SignedDuration = SignedDuration::from_mins(5);

/// The pods that a service leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoints {
    /// Who answers is not known.
    Unknown,
    /// So many are ready, of so many.
    Counted {
        /// Those that are ready.
        ready: usize,
        /// All of them.
        all: usize,
    },
    /// Nobody is to answer: what the service leads to is scaled to zero.
    AtRest,
}

impl Endpoints {
    /// From the slices of a service. Where it is not said whether an endpoint is ready, it is.
    pub fn of<'a>(slices: impl IntoIterator<Item = &'a Value>) -> Self {
        let endpoints = slices.into_iter().flat_map(|slice| list(&slice["endpoints"]));
        let (mut ready, mut all) = (0, 0);
        for endpoint in endpoints {
            let addresses = list(&endpoint["addresses"]).count();
            all += addresses;
            if endpoint["conditions"]["ready"] != false {
                ready += addresses;
            }
        }
        Self::Counted { ready, all }
    }
}

/// How a service is.
pub fn service(value: &Value, endpoints: Endpoints, now: Timestamp) -> Verdict {
    let (spec, status) = (&value["spec"], &value["status"]);
    let sort = spec["type"].as_str().unwrap_or("ClusterIP");
    if sort == "ExternalName" {
        let name = spec["externalName"].as_str().unwrap_or_default();
        return Verdict::of(Health::Well, format!("Leads to {name}"));
    }
    if sort == "LoadBalancer" && list(&status["loadBalancer"]["ingress"]).next().is_none() {
        let created = moment(&value["metadata"]["creationTimestamp"]);
        let is_new = created.is_some_and(|created| now.duration_since(created) < BALANCING);
        let verdict = if is_new {
            Health::Changing
        } else {
            Health::Degraded
        };
        return Verdict::of(verdict, "No address yet")
            .because("nothing gave its load balancer an address; the events say why, if something tries");
    }
    let has_selector = spec["selector"]
        .as_object()
        .is_some_and(|selector| !selector.is_empty());
    match endpoints {
        Endpoints::AtRest => {
            Verdict::of(Health::Idle, "At rest").because("what it leads to is scaled to zero")
        }
        Endpoints::Counted { ready: 0, all: 0 } if has_selector => {
            Verdict::of(Health::Degraded, "Leads to no pod")
                .because(format!("no pod has the labels {}", selector(spec)))
        }
        Endpoints::Counted { ready: 0, all } if has_selector => {
            Verdict::of(Health::Degraded, "Nobody answers")
                .because(format!("none of its {all} pods is ready"))
        }
        Endpoints::Counted { ready, all } if has_selector => {
            Verdict::of(Health::Well, format!("{ready}/{all} ready"))
        }
        _ => Verdict::of(Health::Well, "There"),
    }
}

fn selector(spec: &Value) -> String {
    let pairs = spec["selector"].as_object().into_iter().flatten();
    let pairs: Vec<String> = pairs
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    pairs.join(",")
}

/// `80 → http`, `443:30443 → 8443/UDP`: what it listens at, at each node, and where that leads.
pub fn ports(spec: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    list(&spec["ports"])
        .map(|port| {
            let node = port["nodePort"]
                .as_u64()
                .map_or_else(String::new, |node| format!(":{node}"));
            let target = &port["targetPort"];
            let target = if target.is_null() { &port["port"] } else { target };
            let protocol = port["protocol"].as_str().filter(|protocol| *protocol != "TCP");
            let protocol = protocol.map_or_else(String::new, |protocol| format!("/{protocol}"));
            format!("{}{node} → {}{protocol}", port["port"], text(target))
        })
        .collect()
}

/// Addresses of the load balancer of a service or an Ingress.
pub fn balanced(value: &Value) -> Vec<&str> {
    let all = list(&value["status"]["loadBalancer"]["ingress"]);
    all.filter_map(|one| one["ip"].as_str().or(one["hostname"].as_str()))
        .collect()
}

/// How an Ingress is. It has no conditions, and some controllers never say its address.
pub fn ingress(value: &Value) -> Verdict {
    match balanced(value).first() {
        Some(address) => Verdict::of(Health::Well, format!("At {address}")),
        None => Verdict::of(Health::Changing, "No address yet"),
    }
}

/// An address of an entity from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Host and path.
    pub text: String,
    /// The address that a browser opens; nothing for one that stands for many.
    pub href: Option<String>,
}

impl Link {
    pub(crate) fn new(scheme: &str, host: &str, path: &str) -> Self {
        let path = path.trim_end_matches('*');
        let text = if path == "/" {
            host.to_owned()
        } else {
            format!("{host}{path}")
        };
        // Paths of regular expressions are none that a browser can open.
        let is_plain =
            !host.contains('*') && path.starts_with('/') && !path.contains(['(', '[', '^', '$', '*', '{']);
        Self {
            href: is_plain.then(|| format!("{scheme}://{host}{path}")),
            text,
        }
    }
}

/// The addresses of an Ingress; a host of its `tls` is called by https.
pub fn links(value: &Value) -> Vec<Link> {
    let spec = &value["spec"];
    let secure: Vec<&str> = list(&spec["tls"])
        .flat_map(|tls| list(&tls["hosts"]))
        .filter_map(Value::as_str)
        .collect();
    let mut all: Vec<Link> = Vec::new();
    for rule in list(&spec["rules"]) {
        let Some(host) = rule["host"].as_str() else {
            continue;
        };
        let scheme = if is_secure(&secure, host) { "https" } else { "http" };
        let mut paths: Vec<&str> = list(&rule["http"]["paths"])
            .map(|path| {
                path["path"]
                    .as_str()
                    .filter(|path| !path.is_empty())
                    .unwrap_or("/")
            })
            .collect();
        if paths.is_empty() {
            paths.push("/");
        }
        for link in paths.into_iter().map(|path| Link::new(scheme, host, path)) {
            if !all.contains(&link) {
                all.push(link);
            }
        }
    }
    all
}

fn is_secure(secure: &[&str], host: &str) -> bool {
    let parent = host.split_once('.').map(|(_, parent)| parent);
    secure
        .iter()
        .any(|known| *known == host || known.strip_prefix("*.") == parent && parent.is_some())
}
