//! Rules for every entity whatever its kind: envelope, known root fields, field formats
//! (as in `@backstage/catalog-model` 1.10.1).

mod format;

use serde_json::{Map, Value};

use crate::entity_ref::DEFAULT_NAMESPACE;
use crate::schema::Shape;
use crate::{Fault, js};

/// The fields that a descriptor may have at its root.
pub(crate) const ROOT_FIELDS: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];

static ENVELOPE: Shape = Shape::object(
    &["apiVersion", "kind", "metadata"],
    &[
        ("apiVersion", Shape::NonEmpty),
        ("kind", Shape::NonEmpty),
        (
            "metadata",
            Shape::object(
                &["name"],
                &[("name", Shape::NonEmpty), ("namespace", Shape::NonEmpty)],
            ),
        ),
    ],
);

static ENTITY: Shape = Shape::closed(
    &["apiVersion", "kind", "metadata"],
    &[
        ("apiVersion", Shape::NonEmpty),
        ("kind", Shape::NonEmpty),
        ("metadata", METADATA),
        ("spec", Shape::AnyObject),
        ("relations", Shape::list(&RELATION)),
        (
            "status",
            Shape::object(&[], &[("items", Shape::list(&STATUS_ITEM))]),
        ),
    ],
);

const METADATA: Shape = Shape::object(
    &["name"],
    &[
        ("uid", Shape::NonEmpty),
        ("etag", Shape::NonEmpty),
        ("name", Shape::NonEmpty),
        ("namespace", Shape::NonEmpty),
        ("title", Shape::NonEmpty),
        ("description", Shape::Text),
        ("labels", Shape::TextMap),
        ("annotations", Shape::TextMap),
        ("tags", Shape::TEXTS),
        ("links", Shape::list(&LINK)),
    ],
);

const LINK: Shape = Shape::object(
    &["url"],
    &[
        ("url", Shape::NonEmpty),
        ("title", Shape::NonEmpty),
        ("icon", Shape::NonEmpty),
        ("type", Shape::NonEmpty),
    ],
);

const RELATION: Shape = Shape::closed(
    &["type", "targetRef"],
    &[
        ("type", Shape::Word),
        ("target", COMPOUND_REFERENCE),
        ("targetRef", Shape::NonEmpty),
    ],
);

const COMPOUND_REFERENCE: Shape = Shape::closed(
    &["kind", "namespace", "name"],
    &[
        ("kind", Shape::NonEmpty),
        ("namespace", Shape::NonEmpty),
        ("name", Shape::NonEmpty),
    ],
);

const STATUS_ITEM: Shape = Shape::object(
    &["type", "level", "message"],
    &[
        ("type", Shape::NonEmpty),
        ("level", Shape::OneOfTexts(&["info", "warning", "error"])),
        ("message", Shape::Text),
        ("error", STATUS_ERROR),
    ],
);

const STATUS_ERROR: Shape = Shape::object(
    &["name", "message"],
    &[
        ("name", Shape::NonEmpty),
        ("message", Shape::Text),
        ("code", Shape::Text),
        ("stack", Shape::Text),
    ],
);

/// The first layer: whether a document names its kind and itself; everything else is allowed.
pub fn check_envelope(document: &Value) -> Result<(), Fault> {
    check_as_type(&ENVELOPE, document)
}

/// The shape that every entity has, as it is checked once more before its kind's rules.
pub fn check_entity(entity: &Value) -> Result<(), Fault> {
    check_as_type(&ENTITY, entity)
}

fn check_as_type(shape: &Shape, value: &Value) -> Result<(), Fault> {
    shape
        .check(value)
        .map_err(|violation| Fault::type_error(violation.describe()).at(violation.field))
}

/// The policies: checks an entity and gives it the default namespace when it names none.
pub fn apply(entity: &mut Value) -> Result<(), Fault> {
    check_shape(entity)?;
    let Value::Object(fields) = entity else {
        unreachable!("the shape is an object's")
    };
    set_default_namespace(fields);
    check_root(fields)?;
    format::check(fields)
}

fn check_shape(entity: &Value) -> Result<(), Fault> {
    ENTITY.check(entity).map_err(|violation| {
        let text = format!(
            "Malformed envelope, {} {}",
            violation.shown_place(),
            violation.message
        );
        Fault::error(text).at(violation.field)
    })
}

/// The namespace comes first and its parent too, as clients see it from the original.
fn set_default_namespace(fields: &mut Map<String, Value>) {
    let Some(Value::Object(metadata)) = fields.get_mut("metadata") else {
        return;
    };
    if metadata.contains_key("namespace") {
        return;
    }
    metadata.shift_insert(0, "namespace".to_owned(), Value::from(DEFAULT_NAMESPACE));
    if let Some(metadata) = fields.shift_remove("metadata") {
        fields.shift_insert(0, "metadata".to_owned(), metadata);
    }
}

fn check_root(fields: &Map<String, Value>) -> Result<(), Fault> {
    match js::entries(fields).find(|(field, _)| !ROOT_FIELDS.contains(field)) {
        Some((field, _)) => Err(Fault::error(format!("Unknown field {field}")).at(format!("/{field}"))),
        None => Ok(()),
    }
}
