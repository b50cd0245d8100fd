//! What a person can do about a fault, where it can be told from the fault and the entity.

mod distance;
mod source_text;
mod spelling;

pub use source_text::{has_template_mark, hint_by_looks, hint_if_unfilled};

use serde_json::Value;

use crate::oddities::UNMERGED;
use crate::placeholders::PLACEHOLDERS;
use crate::policy::ROOT_FIELDS;
use crate::{Fault, Kinds, entity};
use distance::nearest;

/// Fields that belong below `metadata`.
const METADATA_FIELDS: [&str; 8] = [
    "name",
    "namespace",
    "title",
    "description",
    "labels",
    "annotations",
    "tags",
    "links",
];

/// A way out of a fault, one sentence.
pub fn hint_for(kinds: &Kinds, fault: &Fault, entity: &Value) -> Option<String> {
    if fault.message.contains("No processor recognized the entity") {
        return Some(unknown_kind(kinds, entity));
    }
    let root = fault.root();
    let field = root.path.as_deref().unwrap_or_default();
    let text = root.message.as_str();
    let says = |words: &str| text.contains(words);
    if let Some(name) = between(text, "must have required property '", "'") {
        return Some(missing(name, field, entity));
    }
    if says("must NOT have additional properties") || text.starts_with("Unknown field ") {
        return Some(misplaced(field.rsplit('/').next().unwrap_or_default()));
    }
    if let Some(reference) = between(text, "Entity reference ", " had missing or empty kind") {
        let name = reference.trim_matches('"');
        return Some(format!(
            "say what kind it is, for example `component:{name}` or `resource:{name}`"
        ));
    }
    if says("was not on the form [<kind>:][<namespace>/]<name>") {
        return Some("write it as `name`, `kind:name` or `kind:namespace/name`".to_owned());
    }
    if field.ends_with("/<<") {
        return Some(UNMERGED.to_owned());
    }
    if says("Placeholder $") {
        return placeholder(text);
    }
    if says("duplicate keys that vary only in casing") {
        return Some("rename one of the keys: they are the same in lower case".to_owned());
    }
    if says(" is not valid; expected ") {
        return spelling::better(field, entity);
    }
    wrong_value(text, field, entity)
}

fn missing(name: &str, field: &str, document: &Value) -> String {
    let example = match (name, entity::kind(document).unwrap_or_default()) {
        ("owner", _) => "owner: my-team",
        ("lifecycle", _) => "lifecycle: production",
        ("type", "API") => "type: openapi",
        ("type", "Resource") => "type: database",
        ("type", "Group") => "type: team",
        ("type", _) => "type: service",
        ("children", _) => "children: []",
        ("memberOf", _) => "memberOf: []",
        ("definition", _) => "definition: { $text: ./openapi.yaml }",
        ("apiVersion", _) => "apiVersion: backstage.io/v1alpha1",
        ("kind", _) => "kind: Component",
        ("name", _) => "name: my-component",
        ("url", _) => "url: https://example.com",
        ("action", _) => "action: debug:log",
        (other, _) => other,
    };
    match field
        .rsplit_once('/')
        .map(|(parent, _)| parent.trim_start_matches('/'))
    {
        None | Some("") => format!("add `{example}` at the root"),
        Some(parent) => format!("add `{example}` under {}", parent.replace('/', ".")),
    }
}

/// A field at the root that does not belong there.
fn misplaced(field: &str) -> String {
    if METADATA_FIELDS.contains(&field) {
        return format!("move `{field}` below metadata");
    }
    if Kinds::spec_fields().any(|known| known == field) {
        return format!("move `{field}` below spec");
    }
    if matches!(field, "relations" | "status") {
        return format!("remove `{field}`; the catalog works it out by itself");
    }
    match nearest(field, ROOT_FIELDS.into_iter()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("remove `{field}`; the root has only apiVersion, kind, metadata and spec"),
    }
}

fn unknown_kind(kinds: &Kinds, document: &Value) -> String {
    let kind = entity::kind(document).unwrap_or_default();
    match nearest(kind, kinds.names().into_iter()) {
        Some(name) if name == kind => {
            let version = entity::api_version(document).unwrap_or_default();
            let known = kinds.api_versions(name).collect::<Vec<_>>().join(" or ");
            format!("kind {kind} is not known under apiVersion {version}; use {known}")
        }
        Some(name) => format!("did you mean kind {name}?"),
        None => format!("kind {kind} is not known; known are {}", kinds.names().join(", ")),
    }
}

fn wrong_value(text: &str, field: &str, document: &Value) -> Option<String> {
    let found = document.pointer(field)?;
    let name = field.rsplit('/').next().unwrap_or_default();
    if let Some(hint) = beside_placeholder(found) {
        return Some(hint);
    }
    if text.contains("must NOT have fewer than 1 characters") || found.is_null() {
        return Some(format!("give `{name}` a value or remove it"));
    }
    if text.contains("must be array") {
        return Some("write a list: one `- value` on each line, or `[a, b]`".to_owned());
    }
    if text.contains("must be string") {
        return Some(match found {
            // How it is written is not known here: 1.10 and 0x1F have become 1.1 and 31.
            Value::Number(_) | Value::Bool(_) => "put it in quotes, as it is written".to_owned(),
            Value::Array(_) => "write one text, not a list".to_owned(),
            _ => "write a text".to_owned(),
        });
    }
    if text.contains("must be object") {
        return Some(format!("write `key: value` pairs below `{name}`"));
    }
    text.contains("one of the allowed values")
        .then(|| "use one of `required` and `optional`".to_owned())
}

/// A way out of a placeholder that cannot be filled.
fn placeholder(text: &str) -> Option<String> {
    const WAYS: [(&str, &str); 8] = [
        (
            "expected an address",
            "write the content without the placeholder, or the name of the file that has it",
        ),
        (
            "is hidden or configures a portal",
            "keep what the entity takes in in a file of its own that is not hidden",
        ),
        (
            "lies outside of",
            "keep the file in the repository of the descriptor, or below the folder of the configured file",
        ),
        (
            "could not form a URL",
            "set `portal.resolveFilePlaceholders: true`, so that files on disk may take in their neighbours, or write a \
             whole address",
        ),
        (
            "backend.reading.allow",
            "add the host to integrations, or to backend.reading.allow",
        ),
        (
            "same repository",
            "copy the file into the repository of the descriptor: others are not read for it",
        ),
        (
            "NotFoundError",
            "correct the path: it begins at the folder of the descriptor, with `/` at the root of the repository",
        ),
        ("is no ordinary file", "name a file"),
    ];
    let way = WAYS.into_iter().find(|(words, _)| text.contains(words));
    way.map(|(_, hint)| hint.to_owned())
}

/// A way out where a placeholder was meant, but is none.
fn beside_placeholder(found: &Value) -> Option<String> {
    let fields = found.as_object()?;
    let name = fields.keys().find(|key| key.starts_with('$'))?;
    if PLACEHOLDERS.contains(&name.as_str()) {
        return Some(match fields.len() {
            1 => format!("`{name}` brings in a value that does not fit here"),
            _ => format!("a placeholder stands alone: remove the keys beside `{name}`"),
        });
    }
    let meant = nearest(name, PLACEHOLDERS.into_iter());
    let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
    let known = PLACEHOLDERS.join(", ");
    Some(format!("`{name}` is no placeholder, known are {known}{meant}"))
}

/// The text between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = &text[text.find(start)? + start.len()..];
    rest.find(end).map(|stop| &rest[..stop])
}
