//! Rules for every entity whatever its kind: envelope, known root fields, field formats
//! (reference/catalog.md §1.1 and §1.2).

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::{
    Fault, formats, js,
    schema::{self, Object, Schema, TEXT, object},
};

const LEARN_MORE: &str = "To learn more about catalog file format, visit: https://github.com/backstage/backstage/blob/master/docs/architecture-decisions/adr002-default-catalog-file-format.md";

/// Root fields that a descriptor may have.
const ROOT_FIELDS: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];

static ENVELOPE: LazyLock<Schema> = LazyLock::new(|| {
    let metadata = object(&["name"], vec![("name", TEXT), ("namespace", TEXT)]);
    object(
        &["apiVersion", "kind", "metadata"],
        vec![("apiVersion", TEXT), ("kind", TEXT), ("metadata", metadata)],
    )
});

static ENTITY: LazyLock<Schema> = LazyLock::new(|| {
    Schema::Object(Object {
        required: &["apiVersion", "kind", "metadata"],
        properties: vec![
            ("apiVersion", TEXT),
            ("kind", TEXT),
            ("metadata", metadata()),
            ("spec", object(&[], Vec::new())),
            (
                "relations",
                Schema::List {
                    items: Box::new(relation()),
                    least: 0,
                },
            ),
            ("status", status()),
        ],
        closed: true,
        others: None,
    })
});

fn metadata() -> Schema {
    let any_text = || Schema::Text { least: 0, most: None };
    let strings = || {
        Schema::Object(Object {
            others: Some(Box::new(any_text())),
            ..Object::default()
        })
    };
    let link = object(
        &["url"],
        vec![("url", TEXT), ("title", TEXT), ("icon", TEXT), ("type", TEXT)],
    );
    object(
        &["name"],
        vec![
            ("uid", TEXT),
            ("etag", TEXT),
            ("name", TEXT),
            ("namespace", TEXT),
            ("title", TEXT),
            ("description", any_text()),
            ("labels", strings()),
            ("annotations", strings()),
            ("tags", schema::texts()),
            (
                "links",
                Schema::List {
                    items: Box::new(link),
                    least: 0,
                },
            ),
        ],
    )
}

fn relation() -> Schema {
    let properties = vec![("type", TEXT), ("target", Schema::Any), ("targetRef", TEXT)];
    Schema::Object(Object {
        required: &["type", "targetRef"],
        properties,
        closed: true,
        others: None,
    })
}

fn status() -> Schema {
    let level = Schema::OneOf(&["info", "warning", "error"]);
    let error = object(&["name", "message"], vec![("name", TEXT)]);
    let item = object(
        &["type", "level", "message"],
        vec![("type", TEXT), ("level", level), ("error", error)],
    );
    object(
        &[],
        vec![(
            "items",
            Schema::List {
                items: Box::new(item),
                least: 0,
            },
        )],
    )
}

/// The first layer: whether a value can be called an entity at all.
pub fn check_envelope(entity: &Value) -> Result<(), Fault> {
    schema::check(&ENVELOPE, entity).map_err(|wrong| Fault::type_error(wrong.full_text()).at(wrong.path))
}

/// The full entity form once more, as it is checked before the kinds are.
pub fn check_entity(entity: &Value) -> Result<(), Fault> {
    schema::check(&ENTITY, entity).map_err(|wrong| Fault::type_error(wrong.full_text()).at(wrong.path))
}

/// The policies: entity form, default namespace (filled in), known root fields, field formats.
pub fn apply(entity: &mut Value) -> Result<(), Fault> {
    schema::check(&ENTITY, entity)
        .map_err(|wrong| Fault::error(format!("Malformed envelope, {}", wrong.text())).at(wrong.path))?;
    if let Some(metadata) = entity["metadata"].as_object_mut()
        && !metadata.contains_key("namespace")
    {
        metadata.insert("namespace".to_owned(), json!("default"));
    }
    let unknown = entity
        .as_object()
        .and_then(|fields| fields.keys().find(|key| !ROOT_FIELDS.contains(&key.as_str())));
    if let Some(key) = unknown {
        return Err(Fault::error(format!("Unknown field {key}")).at(format!("/{key}")));
    }
    check_formats(entity)
}

/// A rule for one field, and how it is called in messages.
struct Rule {
    holds: fn(&str) -> bool,
    expected: &'static str,
}

const NAME: Rule = Rule {
    holds: formats::is_name,
    expected: "a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total",
};
const LABEL_VALUE: Rule = Rule {
    holds: formats::is_label_value,
    expected: NAME.expected,
};
const NAMESPACE: Rule = Rule {
    holds: formats::is_dns_label,
    expected: "a string that is sequences of [a-z0-9] separated by [-], at most 63 characters in total",
};
const API_VERSION: Rule = Rule {
    holds: formats::is_api_version,
    expected: "a valid prefix and/or suffix",
};
const KEY: Rule = Rule {
    holds: formats::is_key,
    expected: API_VERSION.expected,
};
const KIND: Rule = Rule {
    holds: formats::is_kind,
    expected: "a string that is a sequence of [a-zA-Z][a-z0-9A-Z], at most 63 characters in total",
};
const TAG: Rule = Rule {
    holds: formats::is_tag,
    expected: "a string that is sequences of [a-z0-9+#] separated by [-], at most 63 characters in total",
};
const URL: Rule = Rule {
    holds: formats::is_url,
    expected: "a string that is a valid url",
};
const NOT_BLANK: Rule = Rule {
    holds: |text| !text.trim().is_empty(),
    expected: "a non empty string",
};

fn check_formats(entity: &Value) -> Result<(), Fault> {
    let metadata = &entity["metadata"];
    hold("apiVersion", "/apiVersion", &entity["apiVersion"], &API_VERSION)?;
    hold("kind", "/kind", &entity["kind"], &KIND)?;
    hold("metadata.name", "/metadata/name", &metadata["name"], &NAME)?;
    hold(
        "metadata.namespace",
        "/metadata/namespace",
        &metadata["namespace"],
        &NAMESPACE,
    )?;
    for (key, value) in metadata["labels"].as_object().into_iter().flatten() {
        let path = format!("/metadata/labels/{key}");
        hold(&format!("labels.{key}"), &path, &json!(key), &KEY)?;
        hold(&format!("labels.{key}"), &path, value, &LABEL_VALUE)?;
    }
    for key in metadata["annotations"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key)
    {
        hold(
            &format!("annotations.{key}"),
            &format!("/metadata/annotations/{key}"),
            &json!(key),
            &KEY,
        )?;
    }
    for (index, tag) in metadata["tags"].as_array().into_iter().flatten().enumerate() {
        hold(
            &format!("tags.{index}"),
            &format!("/metadata/tags/{index}"),
            tag,
            &TAG,
        )?;
    }
    metadata["links"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
        .try_for_each(|(index, link)| check_link(index, link))
}

fn check_link(index: usize, link: &Value) -> Result<(), Fault> {
    let path = |key: &str| format!("/metadata/links/{index}/{key}");
    hold(&format!("links.{index}.url"), &path("url"), &link["url"], &URL)?;
    for key in ["title", "icon"] {
        if let Some(value) = link.get(key) {
            hold(&format!("links.{index}.{key}"), &path(key), value, &NOT_BLANK)?;
        }
    }
    Ok(())
}

fn hold(field: &str, path: &str, value: &Value, rule: &Rule) -> Result<(), Fault> {
    match value {
        Value::Null => Err(Fault::error(format!("{field} must have a value")).at(path)),
        Value::String(text) if (rule.holds)(text) => Ok(()),
        _ => {
            let found = js::string_of(value);
            let message = format!(
                "\"{field}\" is not valid; expected {} but found \"{found}\". {LEARN_MORE}",
                rule.expected
            );
            Err(Fault::error(message).at(path))
        }
    }
}
