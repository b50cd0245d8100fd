//! OpenAPI 3.0 and 3.1, and Swagger 2, read as plain JSON so that imperfect files still show.

use serde_json::Value;

use super::schema::{fields, resolve, type_name, types};
use super::{entries, text_at};
use crate::outline::{Field, Group, Operation, Outline, Section};

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];
/// Group of operations without a tag.
const UNTAGGED: &str = "Operations";

pub(super) fn read(root: &Value) -> Outline {
    let info = &root["info"];
    let mut outline = Outline {
        title: text_at(info, "title"),
        version: text_at(info, "version"),
        description: text_at(info, "description"),
        servers: servers(root),
        ..Outline::default()
    };
    for tag in root["tags"].as_array().into_iter().flatten() {
        outline.groups.push(Group {
            name: text_at(tag, "name"),
            description: text_at(tag, "description"),
            operations: Vec::new(),
        });
    }
    for (path, item) in entries(root, "paths").chain(entries(root, "webhooks")) {
        let item = resolve(root, item);
        if item["$ref"].is_string() {
            outline.problems.push(format!(
                "{path} is described in another file: {}",
                text_at(item, "$ref")
            ));
        }
        for method in METHODS.iter().filter(|method| item[**method].is_object()) {
            add(
                &mut outline,
                tag_of(&item[*method]),
                operation(root, path, method, item),
            );
        }
    }
    outline.groups.retain(|group| !group.operations.is_empty());
    let schemas = if root["components"].is_object() {
        &root["components"]["schemas"]
    } else {
        &root["definitions"]
    };
    outline.types = types(root, schemas);
    outline
}

fn servers(root: &Value) -> Vec<String> {
    let listed: Vec<String> = root["servers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|server| text_at(server, "url"))
        .collect();
    if !listed.is_empty() || !root["host"].is_string() {
        return listed;
    }
    let scheme = root["schemes"][0].as_str().unwrap_or("https");
    vec![format!(
        "{scheme}://{}{}",
        text_at(root, "host"),
        text_at(root, "basePath")
    )]
}

fn tag_of(operation: &Value) -> &str {
    operation["tags"][0].as_str().unwrap_or(UNTAGGED)
}

fn add(outline: &mut Outline, group: &str, operation: Operation) {
    if let Some(known) = outline.groups.iter_mut().find(|known| known.name == group) {
        known.operations.push(operation);
    } else {
        outline.groups.push(Group {
            name: group.to_owned(),
            operations: vec![operation],
            ..Group::default()
        });
    }
}

fn operation(root: &Value, path: &str, method: &str, item: &Value) -> Operation {
    let described = &item[method];
    let mut sections = Vec::new();
    let own = described["parameters"].as_array().into_iter().flatten();
    let all: Vec<&Value> = item["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .chain(own)
        .map(|p| resolve(root, p))
        .collect();
    let (bodies, parameters): (Vec<&Value>, Vec<&Value>) = all.into_iter().partition(|p| p["in"] == "body");
    if !parameters.is_empty() {
        let fields = parameters.into_iter().map(parameter_field).collect();
        sections.push(Section {
            heading: "Parameters".to_owned(),
            fields,
            ..Section::default()
        });
    }
    for body in bodies {
        sections.push(content("Request body", body, root, &body["schema"]));
    }
    sections.extend(contents(
        "Request body",
        root,
        resolve(root, &described["requestBody"]),
    ));
    for (status, response) in entries(described, "responses") {
        sections.extend(answers(status, root, resolve(root, response)));
    }
    Operation {
        verb: method.to_uppercase(),
        signature: path.to_owned(),
        name: text_at(described, "operationId"),
        summary: text_at(described, "summary"),
        description: text_at(described, "description"),
        deprecated: described["deprecated"] == true,
        sections,
        anchor: String::new(),
    }
}

fn parameter_field(parameter: &Value) -> Field {
    let schema = if parameter["schema"].is_object() {
        &parameter["schema"]
    } else {
        parameter
    };
    let place = text_at(parameter, "in");
    let kind = type_name(schema);
    Field {
        name: text_at(parameter, "name"),
        depth: 0,
        kind: if kind.is_empty() {
            place
        } else {
            format!("{place} · {kind}")
        },
        required: parameter["required"] == true,
        description: text_at(parameter, "description"),
    }
}

/// One section for each media type.
fn contents(title: &str, root: &Value, holder: &Value) -> Vec<Section> {
    entries(holder, "content")
        .map(|(media, described)| content(&format!("{title} · {media}"), holder, root, &described["schema"]))
        .collect()
}

fn answers(status: &str, root: &Value, response: &Value) -> Vec<Section> {
    let found = contents(status, root, response);
    if !found.is_empty() {
        return found;
    }
    // Swagger 2 has the schema on the response; many answers have none at all.
    vec![content(status, response, root, &response["schema"])]
}

fn content(heading: &str, holder: &Value, root: &Value, schema: &Value) -> Section {
    let kind = type_name(schema);
    let heading = if kind.is_empty() {
        heading.to_owned()
    } else {
        format!("{heading} · {kind}")
    };
    Section {
        heading,
        description: text_at(holder, "description"),
        fields: fields(root, schema),
    }
}
