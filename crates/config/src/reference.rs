//! The configuration reference as a Markdown page, made from the schema.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::schema::{alternatives, choices, schema, types};

const INTRODUCTION: &str = "\
# Configuration reference

<!-- Generated from the types of the crate `config`. Do not edit. -->

The portal reads `app-config.yaml`, then `app-config.<name>.yaml` for each name in the variable
`BACKSTAGE_ENV`, then `app-config.local.yaml` and `app-config.<name>.local.yaml`; later files win.
`--config FILE`, which may be repeated, replaces this list. Objects merge, lists and single values
replace, `null` removes. Variables `APP_CONFIG_a_b=value` set `a.b` and win over all files.

In every text `${VARIABLE}` and `${VARIABLE:-fallback}` are replaced, `$${…}` stands for a literal
`${…}`; a variable without value and fallback removes the whole setting. `$env: NAME`, `$file: path`
and `$include: file.yaml#path.to.part` bring in a variable, a file's text and a part of another file.

Durations are written `5 minutes`, `PT5M` or `{ minutes: 5 }`. Secrets are never shown: not in logs,
not by `backstage config print`, not on pages. Without any file the portal starts with the example
catalog and an embedded database in `./data`.
";

/// The reference of all sections.
pub fn reference_markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (name, section) in properties(schema()) {
        let heading = format!("\n## `{name}`\n\n{}\n", description(section));
        page.push_str(&heading);
        page.push_str("\n| key | type | default | meaning |\n| --- | --- | --- | --- |\n");
        rows(section, name, &mut page);
    }
    page
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flat_map(Map::iter)
}

fn description(schema: &Value) -> String {
    schema["description"]
        .as_str()
        .unwrap_or_default()
        .replace('\n', " ")
}

fn rows(schema: &Value, path: &str, page: &mut String) {
    for (key, child) in properties(schema) {
        let key = if key.contains('.') {
            format!("'{key}'")
        } else {
            key.clone()
        };
        row(&format!("{path}.{key}"), child, page);
    }
    if let Some(child) = schema
        .get("additionalProperties")
        .filter(|child| child.is_object())
    {
        below(&format!("{path}.<name>"), child, page);
    }
    if let Some(child) = schema.get("items") {
        below(&format!("{path}[]"), child, page);
    }
}

fn row(path: &str, schema: &Value, page: &mut String) {
    let meaning = description(schema).replace('|', "\\|");
    let default = default_text(schema);
    writeln!(
        page,
        "| `{path}` | {} | {default} | {meaning} |",
        type_text(schema).replace('|', "\\|")
    )
    .expect("writing to a String cannot fail");
    below(path, schema, page);
}

fn below(path: &str, schema: &Value, page: &mut String) {
    if schema["format"] != "human-duration" {
        for alternative in alternatives(schema) {
            rows(alternative, path, page);
        }
    }
}

fn default_text(schema: &Value) -> String {
    match schema.get("default") {
        Some(value @ (Value::Bool(_) | Value::Number(_))) => format!("`{value}`"),
        Some(Value::String(text)) if !text.is_empty() => format!("`{text}`"),
        _ => String::new(),
    }
}

fn type_text(schema: &Value) -> String {
    let words: Vec<String> = alternatives(schema).into_iter().map(one_type).collect();
    words.join(" or ")
}

fn one_type(schema: &Value) -> String {
    if schema["visibility"] == "secret" {
        return "secret".to_owned();
    }
    if schema["format"] == "human-duration" {
        return "duration".to_owned();
    }
    if let Some(choices) = choices(schema) {
        return choices
            .iter()
            .map(|choice| format!("`{choice}`"))
            .collect::<Vec<_>>()
            .join(", ");
    }
    match types(schema)[..] {
        ["array"] => format!("list of {}", type_text(&schema["items"])),
        ["integer"] => "number".to_owned(),
        ["string"] => "text".to_owned(),
        [one] => one.to_owned(),
        _ => "any".to_owned(),
    }
}
