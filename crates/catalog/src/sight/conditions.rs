//! The conditions of policies as filters.
//!
//! A condition is compared the way filters compare: without regard to case, and only with keys and values that an
//! entity's rows have room for. A condition that could never be met for that reason is refused, because its
//! negation would let everything through.

use model::{Fault, Filter, js};
use plugin::Condition;
use serde_json::Value;

/// Longest key and value that rows hold, in UTF-16 units.
const LONGEST: usize = 200;

/// The filter of a condition on entities.
pub(super) fn filter(condition: &Condition) -> Result<Filter, Fault> {
    Ok(match condition {
        Condition::All(parts) => Filter::All(filters(parts)?),
        Condition::Any(parts) => Filter::Any(filters(parts)?),
        Condition::Not(part) => Filter::Not(Box::new(filter(part)?)),
        Condition::Rule { name, parameters } => rule(name, parameters)?,
    })
}

fn filters(parts: &[Condition]) -> Result<Vec<Filter>, Fault> {
    if parts.is_empty() {
        return Err(Fault::error(
            "A condition of a permission policy has an empty list; give it at least one condition",
        ));
    }
    parts.iter().map(filter).collect()
}

fn rule(name: &str, parameters: &Value) -> Result<Filter, Fault> {
    match name {
        "IS_ENTITY_OWNER" => one_of("relations.ownedby", name, parameters, "claims"),
        "IS_ENTITY_KIND" => one_of("kind", name, parameters, "kinds"),
        "HAS_ANNOTATION" => field("metadata.annotations", name, parameters, "annotation"),
        "HAS_LABEL" => field("metadata.labels", name, parameters, "label"),
        "HAS_METADATA" => field("metadata", name, parameters, "key"),
        "HAS_SPEC" => field("spec", name, parameters, "key"),
        _ => Err(Fault::error(format!(
            "Permission rule '{name}' does not exist for resource type 'catalog-entity'"
        ))),
    }
}

/// Any of the texts that a parameter lists.
fn one_of(key: &str, rule: &str, parameters: &Value, parameter: &str) -> Result<Filter, Fault> {
    let listed = parameters[parameter].as_array();
    let texts: Option<Vec<&str>> = listed.and_then(|list| list.iter().map(Value::as_str).collect());
    let texts = texts.ok_or_else(|| wrong(rule, parameter, "has to be a list of strings"))?;
    let values = texts.into_iter().map(|text| comparable(rule, parameter, text));
    Ok(Filter::In {
        key: key.to_owned(),
        values: values.collect::<Result<_, _>>()?,
    })
}

/// A field below `parent` that is there, or has a value.
fn field(parent: &str, rule: &str, parameters: &Value, parameter: &str) -> Result<Filter, Fault> {
    let name = parameters[parameter].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| wrong(rule, parameter, "has to be a string"))?;
    let key = comparable(rule, parameter, &format!("{parent}.{name}"))?;
    match parameters.get("value") {
        None => Ok(Filter::Exists { key }),
        Some(Value::String(value)) => Ok(Filter::In {
            key,
            values: vec![comparable(rule, "value", value)?],
        }),
        Some(_) => Err(wrong(rule, "value", "has to be a string")),
    }
}

/// A text as rows write it.
fn comparable(rule: &str, parameter: &str, text: &str) -> Result<String, Fault> {
    if text.encode_utf16().count() > LONGEST {
        let reason = format!("is longer than the {LONGEST} characters that can be compared");
        return Err(wrong(rule, parameter, &reason));
    }
    Ok(js::lowercase(text))
}

fn wrong(rule: &str, parameter: &str, reason: &str) -> Fault {
    Fault::error(format!(
        "The parameter '{parameter}' of the permission rule '{rule}' {reason}; correct the permission policy"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Checks which of some entities a rule lets through, or why it is refused.
    fn check(name: &str, parameters: Value, expected: Result<&str, &str>) {
        let entity = |name: &str, metadata: Value, spec: Value, owner: &str| {
            let mut entity = json!({"kind": "Component", "metadata": metadata, "spec": spec,
                "relations": [{"type": "ownedBy", "targetRef": owner}]});
            entity["metadata"]["name"] = name.into();
            entity
        };
        let all = [
            entity(
                "a",
                json!({"labels": {"tier": "Gold"}, "annotations": {"x.io/y": "1"}}),
                json!({"type": "Service"}),
                "group:default/a",
            ),
            entity(
                "b",
                json!({"tags": ["java"]}),
                json!({"type": "website"}),
                "group:default/b",
            ),
        ];
        let condition = Condition::Rule {
            name: name.to_owned(),
            parameters: parameters.clone(),
        };
        let found = filter(&condition).map(|filter| {
            let passing = all
                .iter()
                .filter(|entity| filter.matches(&model::search_rows(entity).unwrap()));
            passing
                .map(|entity| entity["metadata"]["name"].as_str().unwrap())
                .collect::<String>()
        });
        let found = found.map_err(|fault| fault.message);
        match (&found, expected) {
            (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
            _ => assert_eq!(found.as_deref().ok(), expected.ok(), "{name} {parameters}"),
        }
    }

    #[test]
    fn rules_of_entities() {
        check("IS_ENTITY_OWNER", json!({"claims": ["Group:default/a"]}), Ok("a"));
        check("IS_ENTITY_OWNER", json!({"claims": []}), Ok(""));
        check("IS_ENTITY_KIND", json!({"kinds": ["COMPONENT"]}), Ok("ab"));
        check("HAS_ANNOTATION", json!({"annotation": "x.io/y"}), Ok("a"));
        check(
            "HAS_ANNOTATION",
            json!({"annotation": "x.io/y", "value": "2"}),
            Ok(""),
        );
        check("HAS_LABEL", json!({"label": "tier", "value": "gold"}), Ok("a"));
        check("HAS_METADATA", json!({"key": "tags", "value": "java"}), Ok("b"));
        check("HAS_SPEC", json!({"key": "type", "value": "service"}), Ok("a"));
        check("HAS_SPEC", json!({"key": "type"}), Ok("ab"));
    }

    #[test]
    fn rules_that_cannot_be_compared_are_refused() {
        check("IS_OWNER", json!({}), Err("'IS_OWNER' does not exist"));
        check("IS_ENTITY_OWNER", json!({"claims": "a"}), Err("list of strings"));
        check("IS_ENTITY_KIND", json!({"kinds": [1]}), Err("list of strings"));
        check("HAS_SPEC", json!({}), Err("'key'"));
        check("HAS_SPEC", json!({"key": "type", "value": 1}), Err("'value'"));
        check(
            "HAS_SPEC",
            json!({"key": "type", "value": "x".repeat(201)}),
            Err("200"),
        );
        for empty in [Condition::All(Vec::new()), Condition::Any(Vec::new())] {
            assert!(filter(&Condition::Not(Box::new(empty))).is_err());
        }
    }

    #[test]
    fn conditions_are_joined_and_turned() {
        let kind = |name: &str| Condition::Rule {
            name: "IS_ENTITY_KIND".to_owned(),
            parameters: json!({"kinds": [name]}),
        };
        let condition = Condition::All(vec![
            Condition::Any(vec![kind("api"), kind("component")]),
            Condition::Not(Box::new(kind("api"))),
        ]);
        let rows =
            |kind: &str| model::search_rows(&json!({"kind": kind, "metadata": {"name": "a"}})).unwrap();
        let found = filter(&condition).unwrap();
        let passes = ["API", "Component", "Group"].map(|kind| found.matches(&rows(kind)));
        assert_eq!(passes, [false, true, false]);
    }
}
