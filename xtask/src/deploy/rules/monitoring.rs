//! Alerts and the dashboard ask for metrics that are there, and each alert says what to do.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Sources;
use crate::deploy::manifest::{Manifests, list, text, title};

/// Metrics of `CloudNativePG` and of its plugin for backups.
const OF_OTHERS: [&str; 2] = [
    "cnpg_collector_up",
    "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp",
];

/// What a histogram adds to its name.
const OF_HISTOGRAMS: [&str; 3] = ["_bucket", "_sum", "_count"];

pub fn problems(set: &Manifests, sources: &Sources) -> Vec<String> {
    let mut problems = Vec::new();
    for rules in set.of("PrometheusRule") {
        for alert in list(rules, "/spec/groups")
            .iter()
            .flat_map(|group| list(group, "/rules"))
        {
            of_alert(alert, sources, &mut problems);
        }
    }
    for map in set.of("ConfigMap") {
        if text(map, "/metadata/labels/grafana_dashboard") == "1" {
            for (file, content) in map["data"].as_object().into_iter().flatten() {
                of_dashboard(file, content.as_str().unwrap_or_default(), sources, &mut problems);
            }
            if map.to_string().len() > 1 << 20 {
                problems.push(format!("{} is larger than a ConfigMap may be", title(map)));
            }
        }
    }
    problems
}

fn of_alert(alert: &Value, sources: &Sources, problems: &mut Vec<String>) {
    let name = text(alert, "/alert");
    for metric in unknown(text(alert, "/expr"), sources) {
        problems.push(format!("{name} asks for {metric}, which nobody exports"));
    }
    for at in [
        "/for",
        "/labels/severity",
        "/annotations/summary",
        "/annotations/description",
    ] {
        if text(alert, at).is_empty() {
            problems.push(format!("{name} has no {at}"));
        }
    }
    let anchor = name.to_lowercase();
    if !text(alert, "/annotations/runbook_url").ends_with(&format!("docs/runbooks.md#{anchor}")) {
        problems.push(format!(
            "{name}: its runbook_url does not lead to docs/runbooks.md#{anchor}"
        ));
    }
    if !sources.runbooks.lines().any(|line| line == format!("## {name}")) {
        problems.push(format!("docs/runbooks.md has no part '## {name}'"));
    }
}

fn of_dashboard(file: &str, content: &str, sources: &Sources, problems: &mut Vec<String>) {
    let Ok(dashboard) = serde_json::from_str::<Value>(content) else {
        problems.push(format!("{file} is no JSON"));
        return;
    };
    if text(&dashboard, "/uid").is_empty() || dashboard.get("id").is_some() {
        problems.push(format!("{file}: a dashboard has a uid and no id"));
    }
    if !list(&dashboard, "/tags").contains(&Value::from("portal")) {
        problems.push(format!(
            "{file}: without the tag 'portal' the portal does not find its own dashboard"
        ));
    }
    for panel in list(&dashboard, "/panels") {
        if text(panel, "/datasource/uid") != "${datasource}" {
            problems.push(format!(
                "{file}: {} names a data source of one Grafana",
                text(panel, "/title")
            ));
        }
        for target in list(panel, "/targets") {
            for metric in unknown(text(target, "/expr"), sources) {
                problems.push(format!(
                    "{file}: {} asks for {metric}, which nobody exports",
                    text(panel, "/title")
                ));
            }
        }
    }
}

/// The metrics of an expression that neither the portal nor an operator exports.
fn unknown(expression: &str, sources: &Sources) -> Vec<String> {
    metrics_of(expression)
        .into_iter()
        .filter(|metric| {
            let base = OF_HISTOGRAMS.iter().find_map(|end| metric.strip_suffix(end));
            let is_exported = |name: &str| sources.metrics.contains(name);
            !is_exported(metric) && !base.is_some_and(is_exported) && !OF_OTHERS.contains(&metric.as_str())
        })
        .collect()
}

/// The names before a `{`: every selector here has labels, at least that of the namespace.
fn metrics_of(expression: &str) -> Vec<String> {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    expression
        .match_indices('{')
        .map(|(at, _)| {
            let before = &expression[..at];
            let begin = before
                .rfind(|letter| !is_of_name(letter))
                .map_or(0, |last| last + 1);
            before[begin..].to_owned()
        })
        .filter(|name| !name.is_empty())
        .collect()
}

/// The names of all metrics in the code of the crates.
pub fn exported(crates: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(crates)? {
        let source = entry?.path().join("src");
        if source.is_dir() {
            of_folder(&source, &mut found)?;
        }
    }
    Ok(found)
}

fn of_folder(folder: &Path, found: &mut BTreeSet<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            of_folder(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            found.extend(of_source(&text));
        }
    }
    Ok(())
}

/// The first text after the opening of each macro that makes a metric.
fn of_source(text: &str) -> Vec<String> {
    let macros = ["metrics::counter!(", "metrics::gauge!(", "metrics::histogram!("];
    let places = macros.iter().flat_map(|opening| text.match_indices(opening));
    places
        .filter_map(|(at, opening)| text[at + opening.len()..].trim_start().strip_prefix('"'))
        .filter_map(|rest| rest.split_once('"'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_found_in_code_and_expressions() {
        let code = "metrics::gauge!(\"a_b\").set(1.0); metrics::counter!(\n    \"c_total\",\n\"x\" => y)";
        assert_eq!(of_source(code), ["c_total", "a_b"]);
        let expression = r#"sum by (a) (rate(c_total{x="1"}[5m])) / d_bucket{y=~"2"} > 3 and {z="4"}"#;
        assert_eq!(metrics_of(expression), ["c_total", "d_bucket"]);
    }

    #[test]
    fn names_of_histograms_have_ends() {
        let sources = Sources {
            metrics: BTreeSet::from(["a_seconds".to_owned()]),
            ..Sources::default()
        };
        assert_eq!(
            unknown(r#"a_seconds_bucket{l="1"} + b_total{l="1"}"#, &sources),
            ["b_total"]
        );
    }
}
