//! Values to choose from: `enum` with `enumNames`, and `oneOf` of constants.

use serde_json::Value;

use super::schema::hint;

/// One value to choose.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    /// The value.
    pub value: Value,
    /// What people read.
    pub label: String,
}

impl Choice {
    /// The value as a form sends it.
    pub(crate) fn text(&self) -> String {
        text_of(&self.value)
    }
}

/// A value as a form sends it.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The values to choose from; nothing where any value is possible.
pub(crate) fn choices(schema: &Value) -> Option<Vec<Choice>> {
    enumeration(schema)
        .or_else(|| constants(&schema["oneOf"]))
        .or_else(|| constants(&schema["anyOf"]))
}

fn enumeration(schema: &Value) -> Option<Vec<Choice>> {
    let values = schema["enum"].as_array()?;
    let names = schema
        .get("enumNames")
        .or_else(|| hint(schema, "enumNames"))
        .and_then(Value::as_array);
    let name = |index: usize| names.and_then(|names| names.get(index)?.as_str());
    let choice = |(index, value): (usize, &Value)| Choice {
        label: name(index).map_or_else(|| text_of(value), str::to_owned),
        value: value.clone(),
    };
    Some(values.iter().enumerate().map(choice).collect())
}

fn constants(parts: &Value) -> Option<Vec<Choice>> {
    let parts = parts.as_array()?;
    let choice = |part: &Value| {
        let value = part
            .get("const")
            .or_else(|| match part["enum"].as_array()?.as_slice() {
                [one] => Some(one),
                _ => None,
            })?;
        let label = part["title"].as_str();
        Some(Choice {
            label: label.map_or_else(|| text_of(value), str::to_owned),
            value: value.clone(),
        })
    };
    parts.iter().map(choice).collect()
}

/// The values for yes and no.
pub(crate) fn yes_and_no(schema: &Value) -> Vec<Choice> {
    let names = schema
        .get("enumNames")
        .or_else(|| hint(schema, "enumNames"))
        .and_then(Value::as_array);
    let name = |index: usize, usual: &str| {
        let written = names.and_then(|names| names.get(index)?.as_str());
        written.unwrap_or(usual).to_owned()
    };
    let choice = |value: bool, label| Choice {
        value: Value::Bool(value),
        label,
    };
    vec![choice(true, name(0, "Yes")), choice(false, name(1, "No"))]
}
