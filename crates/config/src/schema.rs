//! The JSON schema of the configuration, made from the typed sections.

use std::sync::OnceLock;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::sections::Sections;

/// The JSON schema (draft 2020-12) of `app-config.yaml`. Values that must not be shown carry
/// `"visibility": "secret"`.
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        let mut schema = settings.into_generator().into_root_schema_for::<Sections>();
        schema.insert("title".to_owned(), Value::from("app-config.yaml"));
        Value::from(schema)
    })
}

/// The alternatives of a schema, nested ones flattened and `null` left out; a schema without
/// alternatives is its own.
pub(crate) fn alternatives(schema: &Value) -> Vec<&Value> {
    match schema.get("anyOf").and_then(Value::as_array) {
        Some(all) => all
            .iter()
            .filter(|one| one["type"] != "null")
            .flat_map(alternatives)
            .collect(),
        None => vec![schema],
    }
}

/// The type words of a schema, `null` left out.
pub(crate) fn types(schema: &Value) -> Vec<&str> {
    let words = match &schema["type"] {
        Value::String(word) => vec![word.as_str()],
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    words.into_iter().filter(|word| *word != "null").collect()
}

/// The texts a schema allows, if it lists them.
pub(crate) fn choices(schema: &Value) -> Option<Vec<&str>> {
    if let Some(Value::Array(texts)) = schema.get("enum") {
        return Some(texts.iter().filter_map(Value::as_str).collect());
    }
    let options = schema.get("oneOf")?.as_array()?;
    let texts = options.iter().flat_map(|option| match option.get("enum") {
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect::<Vec<_>>(),
        _ => option.get("const").and_then(Value::as_str).into_iter().collect(),
    });
    Some(texts.collect())
}
