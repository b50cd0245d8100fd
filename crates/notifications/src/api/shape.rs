//! The shape of recipients in a body: one of two, which the check of bodies by the description does not tell apart. The words
//! are those of the original's validator.

use model::Fault;
use serde_json::Value;

const PLACE: &str = "request/body/recipients";

/// Refuses recipients that are neither everybody nor the people behind entities.
pub(super) fn check(recipients: &Value) -> Result<(), Fault> {
    let (Some(entities), Some(everybody)) = (of_entities(recipients), of_everybody(recipients)) else {
        return Ok(());
    };
    Err(Fault::input(format!(
        "{entities}, {everybody}, {PLACE} must match exactly one schema in oneOf"
    )))
}

/// What keeps recipients from being the people behind entities.
fn of_entities(recipients: &Value) -> Option<String> {
    missing(recipients, &["type", "entityRef"])
        .or_else(|| other_type(recipients, "entity"))
        .or_else(|| no_references(recipients, "entityRef"))
        .or_else(|| no_references(recipients, "excludeEntityRef"))
}

/// What keeps them from being everybody.
fn of_everybody(recipients: &Value) -> Option<String> {
    missing(recipients, &["type"]).or_else(|| other_type(recipients, "broadcast"))
}

fn missing(recipients: &Value, required: &[&str]) -> Option<String> {
    let Some(fields) = recipients.as_object() else {
        return Some(format!("{PLACE} must be object"));
    };
    let missing = required.iter().find(|name| !fields.contains_key(**name));
    missing.map(|name| format!("{PLACE} must have required property '{name}'"))
}

fn other_type(recipients: &Value, wanted: &str) -> Option<String> {
    let is_other = recipients["type"] != wanted;
    is_other.then(|| format!("{PLACE}/type must be equal to one of the allowed values: {wanted}"))
}

fn no_references(recipients: &Value, name: &str) -> Option<String> {
    let is_right = match &recipients[name] {
        Value::String(_) => true,
        Value::Array(list) => list.iter().all(Value::is_string),
        _ => recipients.get(name).is_none(),
    };
    (!is_right).then(|| format!("{PLACE}/{name} must be a string or a list of strings"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn recipients_have_one_of_two_shapes() {
        let verdict = |recipients: Value| check(&recipients).err().map(|fault| fault.message);
        for right in [
            json!({"type": "broadcast"}),
            json!({"type": "entity", "entityRef": "user:ann"}),
            json!({"type": "entity", "entityRef": ["user:ann"], "excludeEntityRef": []}),
        ] {
            assert_eq!(verdict(right), None);
        }
        let neither = verdict(json!({"type": "x"})).unwrap();
        assert_eq!(
            neither,
            "request/body/recipients must have required property 'entityRef', request/body/recipients/type must be equal \
             to one of the allowed values: broadcast, request/body/recipients must match exactly one schema in oneOf"
        );
        for (wrong, expected) in [
            (json!("all"), "recipients must be object, request"),
            (json!({}), "must have required property 'type'"),
            (
                json!({"type": "entity", "entityRef": 5}),
                "/entityRef must be a string or a list",
            ),
            (
                json!({"type": "entity", "entityRef": "user:ann", "excludeEntityRef": [5]}),
                "/excludeEntityRef must be a string or a list",
            ),
        ] {
            let said = verdict(wrong).unwrap();
            assert!(said.contains(expected), "{said}");
        }
    }
}
