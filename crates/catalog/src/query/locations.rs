//! Which registered locations are asked for (as in `@backstage/plugin-catalog-backend` 4.0.0).
//!
//! The predicates look like those for entities, but differ: only four keys are known, and empty
//! `$all` and `$any` both match nothing.

use model::{Fault, Predicate, js};
use serde_json::{Map, Value};
use store::Location;

/// A condition on registered locations.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationFilter(Value);

impl LocationFilter {
    /// Reads the predicate of a query. Keys that locations do not have are refused.
    pub fn parse(query: &Value) -> Result<Self, Fault> {
        let predicate = Predicate::parse(query)?.as_json().clone();
        check_keys(&predicate)?;
        Ok(Self(predicate))
    }

    /// The predicate as JSON.
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// Whether a location is meant.
    pub fn matches(&self, location: &Location) -> bool {
        matches(&self.0, location)
    }
}

/// The parts of a predicate that is `$all`, `$any` or `$not`.
fn parts(predicate: &Map<String, Value>) -> Option<(&str, &[Value])> {
    let (operator, value) = predicate.iter().find(|(key, _)| key.starts_with('$'))?;
    let parts = match value {
        Value::Array(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    Some((operator, parts))
}

fn check_keys(predicate: &Value) -> Result<(), Fault> {
    let Value::Object(fields) = predicate else {
        return Err(Fault::input(format!(
            "Invalid filter predicate, expected an object, got {}",
            js::json(predicate)
        )));
    };
    if let Some((_, parts)) = parts(fields) {
        return parts.iter().try_for_each(check_keys);
    }
    match fields
        .keys()
        .find(|key| !["id", "type", "target", "entityRef"].contains(&key.as_str()))
    {
        None => Ok(()),
        Some(unknown) => Err(Fault::input(format!(
            "Invalid filter predicate, expected key to be 'id', 'type', 'target', or 'entityRef', got '{unknown}'"
        ))),
    }
}

fn matches(predicate: &Value, location: &Location) -> bool {
    let Value::Object(fields) = predicate else {
        return false;
    };
    match parts(fields) {
        Some(("$not", parts)) => !parts.iter().all(|part| matches(part, location)),
        Some(("$all", parts)) => !parts.is_empty() && parts.iter().all(|part| matches(part, location)),
        Some((_, parts)) => parts.iter().any(|part| matches(part, location)),
        None => fields.iter().all(|(key, condition)| {
            let own = match key.as_str() {
                "id" => location.id.to_string(),
                "type" => location.kind.clone(),
                "target" => location.target.clone(),
                _ => location.entity_ref.clone(),
            };
            holds(condition, &js::lowercase(&own))
        }),
    }
}

/// Whether a condition holds for a lower-cased value, which every location has for every key.
fn holds(condition: &Value, own: &str) -> bool {
    let lowered = |value: &Value| js::lowercase(&js::string_of(value));
    let Value::Object(operators) = condition else {
        return lowered(condition) == own;
    };
    match operators.iter().next() {
        Some((operator, wanted)) if operator == "$exists" => wanted == true,
        Some((operator, wanted)) if operator == "$in" => wanted
            .as_array()
            .is_some_and(|values| values.iter().any(|value| lowered(value) == own)),
        Some((operator, wanted)) if operator == "$hasPrefix" => own.starts_with(&lowered(wanted)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(query: Value, expected: Result<bool, &str>) {
        let location = Location {
            id: uuid::Uuid::nil(),
            kind: "url".to_owned(),
            target: "https://git.example/Catalog.yaml".to_owned(),
            entity_ref: "location:default/generated-1".to_owned(),
        };
        let found = LocationFilter::parse(&query).map(|filter| filter.matches(&location));
        assert_eq!(
            found.map_err(|fault| fault.message),
            expected.map_err(str::to_owned),
            "{query}"
        );
    }

    #[test]
    fn predicates() {
        check(json!({}), Ok(true));
        check(
            json!({"type": "URL", "target": "https://git.example/catalog.yaml"}),
            Ok(true),
        );
        check(json!({"type": "url", "target": "x"}), Ok(false));
        check(json!({"id": "00000000-0000-0000-0000-000000000000"}), Ok(true));
        check(json!({"entityRef": {"$hasPrefix": "Location:"}}), Ok(true));
        check(json!({"type": {"$in": ["file", "url"]}}), Ok(true));
        check(json!({"type": {"$in": []}}), Ok(false));
        check(json!({"type": {"$exists": true}}), Ok(true));
        check(json!({"type": {"$exists": false}}), Ok(false));
        check(json!({"target": {"$contains": "git"}}), Ok(false));
        check(json!({"$not": {"type": "file"}}), Ok(true));
        check(json!({"$all": []}), Ok(false));
        check(json!({"$any": []}), Ok(false));
        check(
            json!({"$all": [{"type": "url"}, {"$not": {"target": "x"}}]}),
            Ok(true),
        );
        check(json!({"$any": [{"type": "file"}, {"type": "url"}]}), Ok(true));
        let unknown =
            "Invalid filter predicate, expected key to be 'id', 'type', 'target', or 'entityRef', got 'kind'";
        check(json!({"kind": "x"}), Err(unknown));
        check(json!({"$all": [{"$not": {"kind": "x"}}]}), Err(unknown));
        check(
            json!({"$bad": 1}),
            Err("Invalid query: Validation error: Invalid at \"$bad\""),
        );
    }
}
