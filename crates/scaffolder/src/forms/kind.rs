//! Which control a field of a schema gets.

use serde_json::Value;

use super::options::choices;
use super::schema::{field_name, type_of, widget};

/// A control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line of text; with the type of the HTML input.
    Line(&'static str),
    /// Several lines of text.
    Area,
    /// A value that is kept apart from all others and never shown.
    Secret,
    /// A number.
    Number {
        /// With buttons for one more and one less.
        has_steps: bool,
    },
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
        "number" | "integer" => Kind::Number {
            has_steps: widget(schema) == Some("updown"),
        },
        "array" => list(schema),
        "object" if schema["properties"].is_object() => Kind::Group,
        "object" => Kind::Json,
        _ => text(schema),
    }
}

fn list(schema: &Value) -> Kind {
    let items = &schema["items"];
    if items.is_array() || type_of(items) == "array" {
        Kind::Json
    } else if choices(items).is_some() {
        Kind::Boxes
    } else {
        Kind::List
    }
}

fn text(schema: &Value) -> Kind {
    match widget(schema) {
        Some("textarea") => return Kind::Area,
        Some("password") => return Kind::Line("password"),
        Some("color") => return Kind::Line("color"),
        _ => {}
    }
    match schema["format"].as_str() {
        Some("email") => Kind::Line("email"),
        Some("date") => Kind::Line("date"),
        _ => Kind::Line("text"),
    }
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

/// The schema of the rows of a list.
pub(crate) fn row_schema(schema: &Value) -> Value {
    if field_name(schema) == Some("MultiEntityPicker") {
        let mut row = serde_json::json!({"type": "string", "ui:field": "EntityPicker"});
        if let Some(options) = schema.get("ui:options") {
            row["ui:options"] = options.clone();
        }
        return row;
    }
    match &schema["items"] {
        Value::Object(_) => schema["items"].clone(),
        _ => serde_json::json!({"type": "string"}),
    }
}
