//! Conditions of policies, read and written as the wire contract of the original has them (`permission-common` 0.9).

use serde_json::{Map, Value, json};

/// Deepest nesting of a condition.
const DEEPEST: usize = 16;

/// A condition on a thing, in the form in which policies of the original write it.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A rule of the plugin whose things are decided about, for example `IS_ENTITY_OWNER`.
    Rule {
        /// Name of the rule.
        name: String,
        /// Its parameters.
        parameters: Value,
    },
    /// All of these.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
}

impl Condition {
    /// Reads `{rule, params}`, `{allOf}`, `{anyOf}` or `{not}`.
    ///
    /// # Errors
    ///
    /// What is wrong, in words, when it is none of these, an empty list, or nested too deep.
    pub fn from_wire(value: &Value) -> Result<Self, String> {
        read(value, 0)
    }

    /// The same for the wire, about things of a type.
    pub fn to_wire(&self, resource: &str) -> Value {
        let all = |parts: &[Self]| {
            parts
                .iter()
                .map(|part| part.to_wire(resource))
                .collect::<Vec<_>>()
        };
        match self {
            Self::All(parts) => json!({ "allOf": all(parts) }),
            Self::Any(parts) => json!({ "anyOf": all(parts) }),
            Self::Not(part) => json!({ "not": part.to_wire(resource) }),
            Self::Rule { name, parameters } => {
                json!({ "rule": name, "resourceType": resource, "params": parameters })
            }
        }
    }

    /// The same with other parameters.
    pub fn with_parameters(&self, change: &impl Fn(&Value) -> Value) -> Self {
        let all = |parts: &[Self]| parts.iter().map(|part| part.with_parameters(change)).collect();
        match self {
            Self::All(parts) => Self::All(all(parts)),
            Self::Any(parts) => Self::Any(all(parts)),
            Self::Not(part) => Self::Not(Box::new(part.with_parameters(change))),
            Self::Rule { name, parameters } => Self::Rule {
                name: name.clone(),
                parameters: change(parameters),
            },
        }
    }
}

fn read(value: &Value, depth: usize) -> Result<Condition, String> {
    if depth > DEEPEST {
        return Err(format!("conditions are nested more than {DEEPEST} deep"));
    }
    let list = |key: &str| {
        let parts = value[key].as_array().filter(|parts| !parts.is_empty());
        let parts = parts.ok_or_else(|| format!("{key} has to list at least one condition"))?;
        parts
            .iter()
            .map(|part| read(part, depth + 1))
            .collect::<Result<Vec<_>, _>>()
    };
    if value.get("allOf").is_some() {
        return list("allOf").map(Condition::All);
    }
    if value.get("anyOf").is_some() {
        return list("anyOf").map(Condition::Any);
    }
    if let Some(part) = value.get("not") {
        return Ok(Condition::Not(Box::new(read(part, depth + 1)?)));
    }
    let name = value["rule"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or("a condition has a rule, allOf, anyOf or not")?;
    let parameters = value.get("params").cloned();
    Ok(Condition::Rule {
        name: name.to_owned(),
        parameters: parameters.unwrap_or_else(|| Value::Object(Map::new())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_and_written() {
        let rule = |kind: &str| json!({"rule": "IS_ENTITY_KIND", "resourceType": "catalog-entity", "params": {"kinds": [kind]}});
        let wire = json!({"anyOf": [rule("api"), {"not": {"allOf": [rule("user")]}}]});
        assert_eq!(
            Condition::from_wire(&wire).unwrap().to_wire("catalog-entity"),
            wire
        );
        for (wrong, reason) in [
            (json!({"allOf": []}), "allOf has to list"),
            (json!({"anyOf": {}}), "anyOf has to list"),
            (json!({"not": {}}), "has a rule"),
            (json!("x"), "has a rule"),
        ] {
            let error = Condition::from_wire(&wrong).unwrap_err();
            assert!(error.contains(reason), "{wrong}: {error}");
        }
        let deep = (0..20).fold(rule("api"), |inner, _| json!({"not": inner}));
        assert!(Condition::from_wire(&deep).is_err());
    }
}
