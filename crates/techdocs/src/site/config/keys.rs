//! Keys of `mkdocs.yml` that have no effect. They are told, and never a failure.

use serde_json::Value;

use super::SiteConfig;
use crate::site::problem::Rule;

/// Keys that TechDocs of Backstage accepts, and `INHERIT`, which it drops.
const KEYS: [&str; 28] = [
    "site_name",
    "site_url",
    "site_description",
    "site_author",
    "repo_url",
    "repo_name",
    "edit_uri",
    "edit_uri_template",
    "docs_dir",
    "site_dir",
    "nav",
    "exclude_docs",
    "not_in_nav",
    "theme",
    "plugins",
    "markdown_extensions",
    "extra",
    "extra_css",
    "use_directory_urls",
    "strict",
    "dev_addr",
    "watch",
    "copyright",
    "remote_branch",
    "remote_name",
    "validation",
    "google_analytics",
    "INHERIT",
];
/// Keys of the theme that it accepts.
const THEME: [&str; 9] = [
    "name",
    "font",
    "icon",
    "logo",
    "favicon",
    "language",
    "direction",
    "palette",
    "features",
];
/// Plugins that it accepts, and those that are part of its own.
const PLUGINS: [&str; 7] = [
    "techdocs-core",
    "search",
    "material/search",
    "redirects",
    "group",
    "material/group",
    "monorepo",
];
/// Most keys of a file that are noted.
const MAX_NOTES: usize = 30;
/// Keys that would run something.
const RUN: [&str; 3] = ["hooks", "extra_javascript", "extra_templates"];

/// Notes the keys without effect.
pub(super) fn note(config: &mut SiteConfig, value: &Value) {
    for key in keys(value).filter(|key| !KEYS.contains(&key.as_str())) {
        let way_out = if RUN.contains(&key.as_str()) {
            "Remove it: no script or template of documentation runs here, nor in TechDocs of Backstage."
        } else {
            "Remove it, or correct its name."
        };
        config.note(&[&key], format!("The key '{key}' has no effect"), way_out);
    }
    for key in keys(&value["theme"]).filter(|key| !THEME.contains(&key.as_str())) {
        let text = format!("The key '{key}' of the theme has no effect");
        config.note(
            &["theme", &key],
            text,
            "Remove it: pages have the look of the portal.",
        );
    }
    for (path, name) in plugins(&value["plugins"]) {
        if !PLUGINS.contains(&name.as_str()) {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let text = format!("The plugin '{name}' has no effect");
            config.note(&path, text, "Remove it: no plugin of MkDocs runs here.");
        }
    }
}

fn keys(value: &Value) -> impl Iterator<Item = String> {
    let keys: Vec<String> = value
        .as_object()
        .map(|map| map.keys().cloned().collect())
        .unwrap_or_default();
    keys.into_iter()
}

/// The plugins, each with the path to its name.
fn plugins(value: &Value) -> Vec<(Vec<String>, String)> {
    let here = "plugins".to_owned();
    match value {
        Value::Array(items) => {
            let each = items.iter().enumerate().flat_map(|(at, item)| match item {
                Value::String(name) => vec![(vec![at.to_string()], name.clone())],
                other => keys(other)
                    .map(|name| (vec![at.to_string(), name.clone()], name))
                    .collect(),
            });
            each.map(|(path, name)| ([vec![here.clone()], path].concat(), name))
                .collect()
        }
        other => keys(other)
            .map(|name| (vec![here.clone(), name.clone()], name))
            .collect(),
    }
}

/// The settings of a plugin.
pub(super) fn settings_of<'v>(value: &'v Value, plugin: &str) -> &'v Value {
    match &value["plugins"] {
        Value::Array(items) => items
            .iter()
            .find_map(|item| item.get(plugin))
            .unwrap_or(&Value::Null),
        other => &other[plugin],
    }
}

impl SiteConfig {
    fn note(&mut self, path: &[&str], text: String, way_out: &str) {
        let known = self.problems.iter().filter(|problem| problem.rule == Rule::Key);
        if known.count() < MAX_NOTES {
            let problem = self.problem(Rule::Key, path, text).way_out(way_out);
            self.problems.push(problem);
        }
    }
}
