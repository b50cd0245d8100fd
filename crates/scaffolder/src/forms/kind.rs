//! Which control a field of a schema gets.

use serde_json::Value;

use super::options::choices;
use super::schema::{BRANCHES, field_name, hint_text, more, type_of, widget};

/// A control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line of text; with the type of the HTML input.
    Line(&'static str),
    /// Several lines of text.
    Area,
    /// A value that is kept apart from all others and never shown.
    Secret,
    /// A number; with the type of the HTML input.
    Number(&'static str),
    /// The one value that is possible, which a person sees and does not choose.
    Fixed,
    /// A box to tick.
    Switch,
    /// One of several values, in a list that opens.
    Select,
    /// One of several values, all in view.
    Radio,
    /// Some of several values.
    Boxes,
    /// As many rows as wanted.
    List,
    /// The fields of an object.
    Group,
    /// Not in view.
    Hidden,
    /// An entity of the catalog.
    Entity,
    /// Tags.
    Tags,
    /// A repository on a Git host.
    Repository,
    /// Anything else, written as JSON.
    Json,
}

/// Fields that are plain text here, and say so nowhere because nothing is missing for the template.
const PLAIN: [&str; 3] = ["EntityNamePicker", "RepoBranchPicker", "RepoOwnerPicker"];
/// Fields that have a control of their own, or one of a kind below.
const KNOWN: [&str; 8] = [
    "EntityPicker",
    "OwnerPicker",
    "OwnedEntityPicker",
    "MyGroupsPicker",
    "MultiEntityPicker",
    "EntityTagsPicker",
    "RepoUrlPicker",
    "Secret",
];

/// The control of a field.
pub(crate) fn kind(schema: &Value) -> Kind {
    if widget(schema) == Some("hidden") {
        return Kind::Hidden;
    }
    match field_name(schema) {
        Some("Secret") => return Kind::Secret,
        Some("EntityPicker" | "OwnerPicker" | "OwnedEntityPicker" | "MyGroupsPicker") => {
            return Kind::Entity;
        }
        Some("EntityTagsPicker") => return Kind::Tags,
        Some("RepoUrlPicker") => return Kind::Repository,
        Some("MultiEntityPicker") => return Kind::List,
        _ if is_constant(schema) => return Kind::Fixed,
        _ => {}
    }
    let is_radio = widget(schema) == Some("radio");
    let type_of = type_of(schema);
    if !matches!(type_of, "array" | "object") && choices(schema).is_some() {
        return if is_radio { Kind::Radio } else { Kind::Select };
    }
    match type_of {
        "boolean" if is_radio => Kind::Radio,
        "boolean" if widget(schema) == Some("select") => Kind::Select,
        "boolean" => Kind::Switch,
        "number" | "integer" => Kind::Number(match widget(schema) {
            Some("updown") => "number",
            Some("range") if schema["minimum"].is_number() && schema["maximum"].is_number() => "range",
            _ => "text",
        }),
        "array" if choices(&schema["items"]).is_some() => Kind::Boxes,
        "array" => Kind::List,
        "object" if is_group(schema) => Kind::Group,
        "object" => Kind::Json,
        _ => text(schema),
    }
}

fn is_group(schema: &Value) -> bool {
    schema["properties"].is_object() || more(schema).is_some() || schema.get(BRANCHES).is_some()
}

/// A constant is no choice, except for a box that has to be ticked and a list of which it is part.
fn is_constant(schema: &Value) -> bool {
    let value = schema.get("const");
    value.is_some_and(|value| !value.is_boolean()) && choices(schema).is_none()
}

fn text(schema: &Value) -> Kind {
    if widget(schema) == Some("textarea") {
        return Kind::Area;
    }
    let asked = [
        widget(schema),
        hint_text(schema, "inputType"),
        schema["format"].as_str(),
    ];
    let mut inputs = asked.into_iter().flatten().filter_map(input_of);
    Kind::Line(inputs.next().unwrap_or("text"))
}

/// The type of the HTML input for a widget or format.
fn input_of(name: &str) -> Option<&'static str> {
    let input = match name {
        "password" => "password",
        "color" => "color",
        "email" | "idn-email" => "email",
        "uri" | "URL" | "URLWidget" | "url" | "iri" => "url",
        "tel" => "tel",
        "date" | "alt-date" => "date",
        "time" => "time",
        "date-time" | "datetime" | "alt-datetime" | "datetime-local" => "datetime-local",
        _ => return None,
    };
    Some(input)
}

/// Widgets that a field of this sort can have.
const WIDGETS: [&str; 10] = [
    "hidden",
    "radio",
    "select",
    "checkbox",
    "checkboxes",
    "updown",
    "range",
    "textarea",
    "text",
    "default",
];

/// The name of a widget that the portal does not have.
pub(crate) fn unknown_widget(schema: &Value) -> Option<&str> {
    widget(schema).filter(|name| !WIDGETS.contains(name) && input_of(name).is_none())
}

/// The names of the fields that the portal has.
pub(crate) fn field_names() -> impl Iterator<Item = &'static str> {
    PLAIN.into_iter().chain(KNOWN)
}

/// The name of a field that the portal does not have.
pub(crate) fn unknown_field(schema: &Value) -> Option<&str> {
    let is_known = |name: &str| PLAIN.contains(&name) || KNOWN.contains(&name);
    field_name(schema).filter(|name| !is_known(name))
}

/// The schema of a row of a list.
pub(crate) fn row_schema(schema: &Value, index: usize) -> Value {
    if field_name(schema) == Some("MultiEntityPicker") {
        let mut row = serde_json::json!({"type": "string", "ui:field": "EntityPicker"});
        if let Some(options) = schema.get("ui:options") {
            row["ui:options"] = options.clone();
        }
        return row;
    }
    let of = match &schema["items"] {
        Value::Array(fixed) => fixed.get(index).unwrap_or(&schema["additionalItems"]),
        one => one,
    };
    if of.is_object() {
        of.clone()
    } else {
        serde_json::json!({"type": "string"})
    }
}

/// Rows that a list always has, each with a schema of its own.
pub(crate) fn fixed_rows(schema: &Value) -> usize {
    schema["items"].as_array().map_or(0, Vec::len)
}

/// Whether a list may have rows besides the fixed ones.
pub(crate) fn takes_rows(schema: &Value) -> bool {
    !schema["items"].is_array() || schema["additionalItems"].is_object()
}
