//! Definitions made by chance, with all that their formats can say: nothing of them may be lost.

use api_docs::{Definition, Reading};
use serde_json::{Value, json};

use crate::maker::Maker;
use crate::whole;

/// What of a definition is lost: a line for it, with the first of what that is.
fn lost(name: &str, declared: &str, value: &Value) -> Option<String> {
    let text = if name.len().is_multiple_of(2) {
        value.to_string()
    } else {
        yaml::to_string(value)
    };
    let definition = Definition::read(declared, &text);
    assert!(
        matches!(definition.reading, Reading::Outline(_)),
        "{name}: {:?}",
        definition.reading
    );
    let leaves = whole::leaves(value);
    assert!(leaves.len() > 10, "{name}");
    let missing = whole::missing(&definition, &leaves);
    let first: Vec<&String> = missing.iter().take(6).collect();
    (!missing.is_empty()).then(|| format!("{name}, {} lost: {first:#?}", missing.len()))
}

#[test]
fn every_leaf_of_a_definition_is_on_one_of_its_pages() {
    let mut all = Vec::new();
    for seed in 1..=8 {
        let mut maker = Maker::new(seed);
        let mut check = |name: &str, declared: &str, value: &Value| all.extend(lost(name, declared, value));
        check(
            &format!("openapi 3.1, {seed}"),
            "openapi",
            &maker.openapi("3.1.0"),
        );
        check(&format!("swagger, {seed}"), "openapi", &maker.swagger());
        check(&format!("asyncapi 2, {seed}"), "asyncapi", &maker.asyncapi_2());
        check(&format!("asyncapi 3, {seed}"), "asyncapi", &maker.asyncapi_3());
        check(&format!("resource, {seed}"), "crd", &maker.resource());
        check(&format!("avro, {seed}"), "avro", &maker.avro());
        let mut schema = maker.schema(5);
        schema["type"] = json!("object");
        schema["properties"] = maker.named(5, |maker| maker.schema(4));
        schema.as_object_mut().unwrap().remove("$ref");
        check(&format!("schema, {seed}"), "json-schema", &schema);
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}
