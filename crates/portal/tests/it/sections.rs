//! Every key that a built-in plugin documents: a value of a wrong type is named, and a text that means the right one is taken.

use std::collections::BTreeMap;
use std::fs;

use config::{Config, LoadOptions};
use model::{Problem, Severity};
use serde_json::{Value, json};

/// A key of a section, with its schema.
struct Key {
    path: Vec<String>,
    schema: Value,
}

/// Every key of every section, those of lists and maps under an invented name.
fn keys() -> Vec<Key> {
    let mut keys = Vec::new();
    for section in portal::declarations()
        .iter()
        .filter_map(|one| one.config.as_ref())
    {
        let path = section.path().split('.').map(str::to_owned).collect();
        add(&mut keys, path, &section.schema());
    }
    keys
}

fn add(keys: &mut Vec<Key>, path: Vec<String>, schema: &Value) {
    let below = |name: &str| [path.clone(), vec![name.to_owned()]].concat();
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        add(keys, below(name), schema);
    }
    for (name, schema) in [
        ("invented", &schema["additionalProperties"]),
        ("0", &schema["items"]),
    ] {
        if schema.as_object().is_some_and(|schema| !schema.is_empty()) {
            add(keys, below(name), schema);
        }
    }
    let schema = schema.clone();
    keys.push(Key { path, schema });
}

/// The configuration with one value, each level on a line of its own, and what is said of it.
fn check(path: &[String], value: Value) -> (Config, Vec<Problem>) {
    let folder = tempfile::tempdir().unwrap();
    let document = path.iter().rev().fold(value, |below, name| match name.as_str() {
        "0" => json!([below]),
        name => json!({ name: below }),
    });
    let text = serde_json::to_string_pretty(&document).unwrap();
    fs::write(folder.path().join("app-config.yaml"), text).unwrap();
    let options = LoadOptions {
        files: Vec::new(),
        env: BTreeMap::new(),
        cwd: folder.path().to_owned(),
    };
    let config = Config::load(&options).unwrap();
    let problems = portal::check_configuration(&config, &portal::declarations());
    (
        portal::read_configuration(&config, &portal::declarations()),
        problems,
    )
}

fn dotted(path: &[String]) -> String {
    path.join(".").replace(".0", "[0]")
}

/// Values that a schema does not allow.
fn wrong(schema: &Value) -> Vec<Value> {
    let (text, list, object) = (json!("neither"), json!([]), json!({}));
    if schema["format"] == "human-duration" {
        return vec![json!(5), text, list, object];
    }
    if schema.get("enum").is_some() || schema.get("oneOf").is_some() {
        return vec![json!(5), text, list];
    }
    if schema.get("anyOf").is_some() {
        return vec![json!(5), object];
    }
    // A key that may be left out may be null as well.
    let types = schema["type"]
        .as_array()
        .map_or_else(|| std::slice::from_ref(&schema["type"]), Vec::as_slice);
    let kinds: Vec<&str> = types.iter().filter_map(Value::as_str).collect();
    let fits = |value: &Value| match value {
        Value::Object(_) => kinds.contains(&"object"),
        Value::Array(_) => kinds.contains(&"array"),
        Value::String(_) => kinds.contains(&"string"),
        _ => false,
    };
    let mut wrong = match kinds.iter().find(|kind| **kind != "null").copied() {
        Some("string") => vec![json!(5), json!(true), list, object],
        Some("integer" | "number") => vec![text, json!(true), list],
        Some("boolean") => vec![text, json!(5), object],
        Some("object") => vec![json!(5), text, list],
        Some("array") => vec![json!(5), text, object],
        other => panic!("a documented key without a type that can be checked: {other:?}, {schema}"),
    };
    // A key of several types takes what another one of them is.
    wrong.retain(|value| kinds.len() == 1 || !fits(value));
    wrong
}

#[test]
fn a_value_of_a_wrong_type_is_named_with_its_place_and_a_way_out() {
    let keys = keys();
    assert!(keys.len() > 60, "{} keys", keys.len());
    for key in &keys {
        for value in wrong(&key.schema) {
            let name = dotted(&key.path);
            let (_, problems) = check(&key.path, value.clone());
            let about = |problem: &&Problem| {
                let message = &problem.fault.message;
                problem.severity == Severity::Error && message.contains(&format!("'{name}'"))
            };
            let found: Vec<&Problem> = problems.iter().filter(about).collect();
            let [problem] = found[..] else {
                panic!("{name} = {value}: {problems:#?}");
            };
            let place = problem.place.as_ref().unwrap();
            assert!(place.source.ends_with("app-config.yaml"), "{name}: {place:?}");
            assert_eq!(
                place.line,
                u32::try_from(key.path.len() + 1).ok(),
                "{name} = {value}"
            );
            assert!(place.column.is_some(), "{name}: {place:?}");
            assert!(problem.hint.is_some(), "{name} = {value}: {problem:?}");
        }
    }
}

/// Variables bring texts.
#[test]
fn a_text_that_means_a_number_or_a_boolean_becomes_one() {
    let mut seen = 0;
    for key in keys() {
        let (text, means) = match key.schema["type"].as_str() {
            Some("boolean") => ("true", json!(true)),
            Some("integer" | "number") => ("5", json!(5)),
            _ => continue,
        };
        seen += 1;
        let name = dotted(&key.path);
        let (config, problems) = check(&key.path, json!(text));
        let is_about = |problem: &Problem| problem.fault.message.contains(&format!("'{name}'"));
        let about: Vec<&Problem> = problems.iter().filter(|one| is_about(one)).collect();
        let is_refused = about.iter().any(|problem| problem.severity == Severity::Error);
        assert!(!is_refused, "{name}: {about:?}");
        assert_eq!(
            config.value().pointer(&format!("/{}", key.path.join("/"))),
            Some(&means),
            "{name}"
        );
    }
    assert!(seen > 5, "{seen} keys");
}

#[test]
fn the_schema_of_the_configuration_has_the_sections_of_plugins() {
    let schema = portal::configuration_schema(&portal::declarations());
    for section in ["app", "scaffolder", "kubernetes", "grafana", "auth"] {
        assert!(
            schema["properties"][section]["properties"].is_object(),
            "{section}"
        );
    }
}

#[test]
fn a_key_without_effect_is_named_once_with_the_one_that_may_be_meant() {
    let said = |section: &str, value: Value| {
        let (_, problems) = check(&[section.to_owned()], value);
        let line = |problem: &Problem| {
            format!(
                "{} {}",
                problem.fault.message,
                problem.hint.clone().unwrap_or_default()
            )
        };
        problems.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        said("scaffolder", json!({"defaultOwnr": "a", "taskTimeout": "1h"})),
        [
            "'scaffolder.defaultOwnr' has no effect here Did you mean 'scaffolder.defaultOwner'?",
            "'scaffolder.taskTimeout' has no effect here Remove it; docs/templates.md lists the keys of this section.",
        ]
    );
    assert_eq!(
        said("kubernetes", json!({"clusterLocatorContinueOnError": true})),
        [
            "kubernetes.clusterLocatorContinueOnError has no effect: a cluster that cannot be called never hurts another one "
        ]
    );
    assert_eq!(
        said("events", json!({"modules": {"awsSqs": {"topics": []}}})),
        [
            "'events.modules.awsSqs' has no effect here Only webhooks are taken; name a further topic under events.http.topics."
        ]
    );
    assert_eq!(
        said(
            "permission",
            json!({"rbac": {"pluginsWithPermission": [], "admin": {"users": []}}})
        )
        .len(),
        2
    );
    assert_eq!(said("auth", json!({"providers": {"guest": {}}})), [""; 0]);
}

#[test]
fn a_section_of_a_plugin_that_is_misspelt_is_recognized() {
    for section in portal::declarations()
        .iter()
        .filter_map(|one| one.config.as_ref())
    {
        let path = section.path();
        if path.contains('.') {
            // A key below one of the portal's own is taken for one of a plugin that is not there.
            continue;
        }
        let misspelt = format!("{}{}", &path[..2], &path[3..]);
        let (_, problems) = check(&[misspelt], json!({}));
        let hints: Vec<&str> = problems.iter().filter_map(|one| one.hint.as_deref()).collect();
        assert_eq!(hints, [format!("Did you mean '{path}'?")]);
    }
}
