//! Problems of the section that its schema cannot express.

use model::{Fault, Problem};
use serde_json::Value;

use super::address;

/// All problems of a section.
pub(super) fn problems(section: &Value) -> Vec<Problem> {
    let hosts = section.get("hosts").and_then(Value::as_array);
    let mut found = Vec::new();
    match hosts {
        Some(hosts) if !hosts.is_empty() => {
            found.extend(of_hosts(hosts));
            if section.get("domain").is_some() {
                let fault = Fault::input("'grafana.domain' has no effect beside 'grafana.hosts'");
                found.push(at("domain", Problem::warning(fault)));
            }
        }
        _ => found.extend(of_host(section, "")),
    }
    found.extend(of_default(section, hosts));
    found
}

fn of_hosts(hosts: &[Value]) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    for (index, host) in hosts.iter().enumerate() {
        found.extend(of_host(host, &format!("hosts.{index}.")));
        for key in ["id", "proxyPath"] {
            let is_same = |other: &&Value| other.get(key).is_some() && other.get(key) == host.get(key);
            if hosts[..index].iter().any(|other| is_same(&other)) {
                let fault = Fault::input(format!("Two of grafana.hosts have the same {key} {}", host[key]));
                found.push(at(&format!("hosts.{index}.{key}"), Problem::error(fault)));
            }
        }
    }
    found
}

fn of_host(host: &Value, before: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    for key in ["domain", "url"] {
        let problem = match host.get(key) {
            None if key == "domain" => Fault::input(format!("grafana.{before}domain is missing")),
            Some(value) if value.as_str().and_then(address).is_none() => Fault::input(format!(
                "grafana.{before}{key} must be an address such as https://grafana.example.com, not {value}"
            )),
            _ => continue,
        };
        let hint = "domain is what browsers open, url what the portal calls.";
        found.push(at(&format!("{before}{key}"), Problem::error(problem).hint(hint)));
    }
    found
}

fn of_default(section: &Value, hosts: Option<&Vec<Value>>) -> Option<Problem> {
    let default = section.get("defaultHost")?.as_str()?;
    let ids: Vec<&str> = hosts?
        .iter()
        .filter_map(|host| host.get("id")?.as_str())
        .collect();
    if ids.contains(&default) {
        return None;
    }
    let fault = Fault::input(format!(
        "grafana.defaultHost names '{default}', which is none of grafana.hosts"
    ));
    Some(at(
        "defaultHost",
        Problem::error(fault).hint(format!("There are: {}.", ids.join(", "))),
    ))
}

fn at(key: &str, problem: Problem) -> Problem {
    let fault = Fault {
        path: Some(key.to_owned()),
        ..problem.fault.clone()
    };
    Problem { fault, ..problem }
}
