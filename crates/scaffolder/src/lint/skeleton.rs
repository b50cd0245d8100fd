//! Folders and files beside a template that its steps fetch, and the texts in them.

use std::collections::BTreeSet;

use model::entity;
use nunjucks::{Extensions, Mention, Mentioned, Template};
use scm::{Tree, TreeFile};
use serde_json::Value;
use url::Url;

use super::finding::{Findings, below, joined};
use super::names::{Wrong, mentions, unknown_filter, unknown_function};
use super::steps::{Placed, Steps, is_expression};
use super::{Folders, Rule, did_you_mean};
use crate::actions::template::Rendering;
use crate::refusal::is_placeholder;

/// Actions that fetch from beside the template, and whether they render what they fetch.
const FETCHING: [(&str, bool); 4] = [
    ("fetch:template", true),
    ("fetch:template:file", true),
    ("fetch:plain", false),
    ("fetch:plain:file", false),
];
/// Inputs that say how a skeleton is read.
const MODES: [&str; 6] = [
    "cookiecutterCompat",
    "templateFileExtension",
    "copyWithoutTemplating",
    "copyWithoutRender",
    "trimBlocks",
    "lstripBlocks",
];

/// The addresses, relative to the template's file, that the steps of a template fetch.
pub fn fetched(entity: &Value) -> BTreeSet<String> {
    if entity::kind(entity) != Some("Template") {
        return BTreeSet::new();
    }
    let steps = entity["spec"]["steps"].as_array().into_iter().flatten();
    steps
        .filter_map(|step| address(step["action"].as_str()?, &step["input"]))
        .collect()
}

/// What a step fetches from beside the template, as it is written.
fn address(action: &str, input: &Value) -> Option<String> {
    let is_fetching = FETCHING.iter().any(|(known, _)| *known == action);
    let url = input["url"]
        .as_str()
        .filter(|url| is_fetching && !is_expression(url))?;
    let is_elsewhere = Url::parse(url).is_ok() || url.starts_with('/') || url.is_empty();
    (!is_elsewhere).then(|| url.to_owned())
}

pub(super) fn check(steps: &Steps<'_>, folders: &Folders, filters: &Extensions, found: &mut Findings<'_>) {
    for placed in &steps.all {
        let Some(input) = &placed.step.input else { continue };
        let Some(address) = address(&placed.step.action, input) else {
            continue;
        };
        match folders.get(&address) {
            None => {}
            Some(Err(fault)) => missing(
                placed,
                format!("`{address}` cannot be read: {}", fault.message),
                found,
            ),
            Some(Ok(tree)) if tree.files.is_empty() => {
                missing(
                    placed,
                    format!("There are no files at `{address}` beside the template"),
                    found,
                );
            }
            Some(Ok(tree)) => rendered(placed, input, (&address, tree), filters, found),
        }
    }
}

fn missing(placed: &Placed<'_>, message: String, found: &mut Findings<'_>) {
    let path = below(&below(&placed.path, "input"), "url");
    let way_out = "The address is relative to the folder of the template's own file.".to_owned();
    found.at(Rule::SkeletonMissing, &path, message, Some(way_out));
}

/// The files of a folder that a step renders.
fn rendered(
    placed: &Placed<'_>,
    input: &Value,
    (address, tree): (&str, &Tree),
    filters: &Extensions,
    found: &mut Findings<'_>,
) {
    let is_rendered = FETCHING
        .iter()
        .any(|(known, renders)| *known == placed.step.action && *renders);
    let is_known = |mode: &&str| !has_expression(&input[*mode]);
    if !is_rendered || !MODES.iter().all(is_known) {
        return;
    }
    // Rules about modes that do not go together are those of the action.
    let Ok(rendering) = Rendering::of(input, filters) else {
        return;
    };
    let skeleton = Skeleton {
        rendering: &rendering,
        values: values(input),
        filters,
    };
    for (path, file) in &tree.files {
        skeleton.file(&joined(address, path), path, file, found);
    }
}

fn has_expression(value: &Value) -> bool {
    match value {
        Value::String(text) => is_expression(text),
        Value::Array(items) => items.iter().any(has_expression),
        _ => is_placeholder(value),
    }
}

/// The names of the values that a step passes on; nothing where they are not all known.
fn values(input: &Value) -> Option<BTreeSet<&str>> {
    match &input["values"] {
        Value::Null => Some(BTreeSet::new()),
        values if is_placeholder(values) => None,
        Value::Object(values) => Some(values.keys().map(String::as_str).collect()),
        _ => None,
    }
}

/// A folder that is rendered.
struct Skeleton<'a> {
    rendering: &'a Rendering,
    values: Option<BTreeSet<&'a str>>,
    filters: &'a Extensions,
}

impl Skeleton<'_> {
    fn file(&self, shown: &str, path: &str, file: &TreeFile, found: &mut Findings<'_>) {
        let (name, is_rendered) = self.rendering.name_of(path);
        self.text(shown, name, true, found);
        let text = std::str::from_utf8(&file.bytes)
            .ok()
            .filter(|text| !text.contains('\0'));
        if let Some(text) = text.filter(|_| is_rendered) {
            self.text(shown, text, false, found);
        }
    }

    fn text(&self, shown: &str, text: &str, is_name: bool, found: &mut Findings<'_>) {
        let place = |line, column| Some((line, column)).filter(|_| !is_name);
        let part = if is_name { " in the file's name" } else { "" };
        let template = match Template::parse(text, self.rendering.options()) {
            Ok(template) => template,
            Err(error) => {
                let message = format!("The file cannot be read as a template{part}: {}", error.text);
                let way_out = "Put what is meant literally between {% raw %} and {% endraw %}, or list the file in \
                               `copyWithoutTemplating`.";
                let place = place(error.line, error.column);
                return found.in_file(
                    Rule::SkeletonSyntax,
                    shown,
                    place,
                    message,
                    Some(way_out.to_owned()),
                );
            }
        };
        for mention in mentions(&template) {
            if let Some((rule, message, way_out)) = self.judge(&template, &mention) {
                let message = format!("{message}{part}");
                found.in_file(rule, shown, place(mention.line, mention.column), message, way_out);
            }
        }
    }

    fn judge(&self, template: &Template, mention: &Mention) -> Option<Wrong> {
        let path = match &mention.what {
            Mentioned::Filter(name) => return unknown_filter(template, name, self.filters),
            Mentioned::Function(name) => return unknown_function(name, self.filters, &[]),
            Mentioned::Value(path) => path,
        };
        let (root, name) = (path.first()?, path.get(1));
        let seen = self.rendering.root();
        if root != seen {
            if mention.is_guarded {
                return None;
            }
            let message = format!("Skeletons see `{seen}` alone: `{root}` is nothing here");
            let way_out = format!(
                "Pass it on below `values` and write `{seen}.…`; what is meant literally stands between {{% raw %}} and \
                 {{% endraw %}}."
            );
            return Some((Rule::UnknownName, message, Some(way_out)));
        }
        let (name, values) = (name?, self.values.as_ref()?);
        if mention.is_guarded || values.contains(name.as_str()) {
            return None;
        }
        let way_out = did_you_mean(name, values.iter().copied())
            .unwrap_or_else(|| format!("Add `{name}` to the `values` of the step."));
        Some((
            Rule::UnknownValue,
            format!("The step passes on no value `{name}`"),
            Some(way_out),
        ))
    }
}
