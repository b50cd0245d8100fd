//! Keys that still work and have another name now.

use serde_json::Value;

use super::Rule;
use super::finding::{Findings, Path, below};
use super::steps::Steps;

/// Deepest value that is looked at.
const DEPTH: usize = 48;

pub(super) fn check(spec: &Value, steps: &Steps<'_>, found: &mut Findings<'_>) {
    let path = ["spec", "parameters"].map(str::to_owned).to_vec();
    fields(&spec["parameters"], &path, 0, found);
    for key in ["remoteUrl", "entityRef"] {
        if spec["output"].get(key).is_some() {
            let path = ["spec", "output", key].map(str::to_owned);
            let way_out = "List it below `links`: `- {title: …, url: …}` or `- {title: …, entityRef: …}`.";
            tell(
                found,
                &path,
                &format!("`output.{key}` is an old way to show a link"),
                way_out,
            );
        }
    }
    for placed in &steps.all {
        let key = "copyWithoutRender";
        let input = placed.step.input.as_ref();
        if placed.step.action == "fetch:template" && input.is_some_and(|input| input.get(key).is_some()) {
            let path = below(&below(&placed.path, "input"), key);
            let message = "`copyWithoutRender` is called `copyWithoutTemplating` now";
            tell(found, &path, message, "Write `copyWithoutTemplating`.");
        }
    }
}

/// Options of fields anywhere in the form.
fn fields(value: &Value, path: &Path, depth: usize, found: &mut Findings<'_>) {
    if depth > DEPTH {
        return;
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                fields(item, &below(path, index), depth + 1, found);
            }
        }
        Value::Object(entries) => {
            if value["ui:options"].get("allowedKinds").is_some() {
                let path = below(&below(path, "ui:options"), "allowedKinds");
                let message = "`allowedKinds` is called `catalogFilter` now";
                tell(found, &path, message, "Write `catalogFilter: {kind: [Group]}`.");
            }
            for (key, entry) in entries {
                fields(entry, &below(path, key), depth + 1, found);
            }
        }
        _ => {}
    }
}

fn tell(found: &mut Findings<'_>, path: &[String], message: &str, way_out: &str) {
    found.at(Rule::DeprecatedKey, path, message, Some(way_out.to_owned()));
}
