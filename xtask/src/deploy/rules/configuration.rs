//! The configuration in the `ConfigMap`: the portal reads it, everything it asks for is given, and it fits the manifests.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use config::{Config, ListenAddress, LoadOptions};
use model::Severity;
use serde_json::Value;

use super::Sources;
use super::references::secrets;
use crate::deploy::manifest::{Manifests, every_text, list, text, texts};
use crate::process::Scratch;

/// How long the portal finishes what was begun (30 s), and what it gives itself beyond that.
const DRAIN_SECONDS: u64 = 35;

/// Stands in for what an operator will put into a secret.
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const DATABASE: &str = "postgresql://portal:secret@portal-db-rw.portal:5432/portal";

pub fn problems(set: &Manifests, sources: &Sources) -> Result<Vec<String>> {
    let Some(portal) = set.portal() else {
        return Ok(Vec::new());
    };
    let container = &portal["spec"]["template"]["spec"]["containers"][0];
    let Some(content) = configuration(set, portal, container) else {
        return Ok(vec![
            "the file of --config is in no ConfigMap that is mounted there".to_owned(),
        ]);
    };
    let given = environment(set, container);
    let mut problems = variables(set, content, &given, sources)?;
    match load(content, given)? {
        Ok(config) => {
            problems.extend(fits(set, container, &config));
            problems.extend(ends_in_time(&portal["spec"]["template"]["spec"], &config));
            problems.extend(errors(config.check()));
        }
        Err(found) => problems.extend(errors(found)),
    }
    Ok(problems)
}

/// The text of the file that `--config` names: the mount with its folder, the volume of the mount, the key of its `ConfigMap`.
fn configuration<'a>(set: &'a Manifests, portal: &'a Value, container: &'a Value) -> Option<&'a str> {
    let arguments = texts(container, "/args");
    let at = arguments.iter().position(|argument| *argument == "--config")?;
    let (folder, file) = arguments.get(at + 1)?.rsplit_once('/')?;
    let mounts = list(container, "/volumeMounts");
    let mount = mounts.iter().find(|mount| text(mount, "/mountPath") == folder)?;
    let volumes = list(portal, "/spec/template/spec/volumes");
    let volume = volumes.iter().find(|volume| volume["name"] == mount["name"])?;
    let map = set.find("ConfigMap", text(volume, "/configMap/name"))?;
    map["data"].get(file)?.as_str()
}

/// The variables of the container, with something in place of each secret.
fn environment(set: &Manifests, container: &Value) -> BTreeMap<String, String> {
    let mut given = BTreeMap::new();
    for source in list(container, "/envFrom") {
        let wanted = text(source, "/secretRef/name");
        let keys = secrets(set).into_iter().filter(|(name, _)| name == wanted);
        given.extend(
            keys.flat_map(|(_, keys)| keys)
                .map(|key| (key, SECRET.to_owned())),
        );
    }
    for variable in list(container, "/env") {
        let value = match text(variable, "/valueFrom/secretKeyRef/key") {
            "" => text(variable, "/value"),
            "uri" => DATABASE,
            _ => SECRET,
        };
        given.insert(text(variable, "/name").to_owned(), value.to_owned());
    }
    given
}

/// Each `${NAME}` is given, and each secret that is fetched is used and explained.
fn variables(
    set: &Manifests,
    content: &str,
    given: &BTreeMap<String, String>,
    sources: &Sources,
) -> Result<Vec<String>> {
    let value = yaml::parse_one(content, &yaml::Limits::default())
        .map_err(|error| anyhow::anyhow!("app-config.yaml: {error}"))?;
    let mut found = Vec::new();
    every_text(&value, &mut found);
    let used: BTreeSet<&str> = found.into_iter().flat_map(variables_of).collect();
    let mut problems: Vec<String> = used
        .iter()
        .filter(|name| !given.contains_key(**name))
        .map(|name| format!("app-config.yaml asks for ${{{name}}}, which the Deployment does not give"))
        .collect();
    for secret in set.of("ExternalSecret").flat_map(|one| list(one, "/spec/data")) {
        let key = text(secret, "/secretKey");
        if !used.contains(key) {
            problems.push(format!(
                "the secret {key} is fetched, and app-config.yaml does not use it"
            ));
        }
        if !sources.readme.contains(&format!("`{key}`")) {
            problems.push(format!("deploy/README.md does not say what the secret {key} is"));
        }
    }
    Ok(problems)
}

/// The names in `${NAME}` without a fallback; `$${…}` is no variable.
fn variables_of(text: &str) -> Vec<&str> {
    let openings = text
        .match_indices("${")
        .filter(|(at, _)| !text[..*at].ends_with('$'));
    openings
        .filter_map(|(at, _)| text[at + 2..].split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| !name.contains(":-"))
        .collect()
}

/// Reads the text as the portal does.
fn load(content: &str, given: BTreeMap<String, String>) -> Result<Result<Config, Vec<model::Problem>>> {
    let folder = Scratch::new("deployed-configuration")?;
    let file = folder.path().join("app-config.yaml");
    std::fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(Config::load(&LoadOptions {
        files: vec![file],
        env: given,
        cwd: folder.path().to_owned(),
    }))
}

fn errors(problems: Vec<model::Problem>) -> impl Iterator<Item = String> {
    let errors = problems
        .into_iter()
        .filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| format!("app-config.yaml: {}", problem.fault.message))
}

/// The pod may take as long to end as the portal may.
fn ends_in_time(pod: &Value, config: &Config) -> Option<String> {
    let seconds = |at: &str| pod.pointer(at).and_then(Value::as_u64).unwrap_or_default();
    let delay = config.backend().lifecycle.server_shutdown_delay.as_ref();
    let delay = delay.map_or(0, |delay| delay.0.as_secs());
    let needed = DRAIN_SECONDS + delay + seconds("/containers/0/lifecycle/preStop/sleep/seconds");
    (seconds("/terminationGracePeriodSeconds") < needed).then(|| {
        format!("terminationGracePeriodSeconds is less than the {needed} s that the portal may take to end")
    })
}

/// Ports, host and folders of the configuration are those of the manifests.
fn fits(set: &Manifests, container: &Value, config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    let metrics = config.portal().metrics.listen.as_ref();
    let metrics: Option<ListenAddress> = metrics.and_then(|listen| listen.try_into().ok());
    for (port, listen) in [("http", Some(config.listen())), ("metrics", metrics.as_ref())] {
        let ports = list(container, "/ports").iter();
        let mut named = ports.filter(|one| text(one, "/name") == port);
        if !named.any(|one| one["containerPort"].as_u64() == listen.map(|listen| u64::from(listen.port))) {
            problems.push(format!(
                "app-config.yaml does not listen on the port '{port}' of the container"
            ));
        }
        if listen.is_some_and(|listen| listen.host.is_some()) {
            problems.push(format!(
                "app-config.yaml: the Service does not reach the address for '{port}'"
            ));
        }
    }
    let address = config.base_url();
    let host = address.trim_start_matches("https://");
    if !set
        .of("HTTPRoute")
        .any(|route| texts(route, "/spec/hostnames").contains(&host))
    {
        problems.push(format!("no HTTPRoute has the host of {address}"));
    }
    let folder = config.data_directory();
    let mut mounts = list(container, "/volumeMounts").iter();
    let is_writable =
        |mount: &Value| mount["readOnly"] != true && folder.starts_with(text(mount, "/mountPath"));
    if !mounts.any(is_writable) {
        problems.push(format!(
            "nothing that can be written is mounted at {}",
            folder.display()
        ));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::variables_of;

    #[test]
    fn variables_are_those_that_must_be_given() {
        for (text, expected) in [
            ("${A}?x=${B_C}", vec!["A", "B_C"]),
            ("$${A} and ${B:-none}", vec![]),
            ("plain $A {B}", vec![]),
        ] {
            assert_eq!(variables_of(text), expected, "{text}");
        }
    }
}
