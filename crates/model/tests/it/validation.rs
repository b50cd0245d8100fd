//! What is an entity, and the words for what is not.

use model::{Kinds, Verdict, kinds, policy, validate_document};
use serde_json::{Value, json};

fn component() -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": "cart", "namespace": "shop"},
        "spec": {"type": "service", "lifecycle": "production", "owner": "team-a"}
    })
}

/// The component with one field set, or removed by null.
fn with(pointer: &str, value: Value) -> Value {
    let mut entity = component();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let fields = entity.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        drop(fields.remove(key));
    } else {
        drop(fields.insert(key.to_owned(), value));
    }
    entity
}

fn verdict(document: &Value) -> String {
    match validate_document(&Kinds::builtin(), document) {
        Verdict::Valid(reference) => format!("valid {reference}"),
        Verdict::Invalid(fault) => fault.to_string(),
        Verdict::UnknownKind(reference) => format!("unknown-kind {reference}"),
        Verdict::Empty => "empty".to_owned(),
        Verdict::NotObject(kind) => format!("not-object {kind}"),
    }
}

#[test]
fn documents_are_judged_with_the_words_of_the_original() {
    let check = |document: Value, expected: &str| {
        let found = verdict(&document);
        assert!(
            found.starts_with(expected),
            "{document}\n found {found}\nexpected {expected}"
        );
    };
    check(component(), "valid component:shop/cart");
    check(json!(null), "empty");
    check(json!("text"), "not-object string");
    check(json!([1]), "not-object object");
    check(with("/kind", json!("Gizmo")), "unknown-kind gizmo:shop/cart");
    check(
        with("/apiVersion", json!("backstage.io/v7")),
        "unknown-kind component:shop/cart",
    );
    check(
        with("/spec/owner", Value::Null),
        "TypeError: /spec must have required property 'owner' - missingProperty: owner",
    );
    check(
        with("/spec/owner", json!("")),
        "TypeError: /spec/owner must NOT have fewer than 1 characters - limit: 1",
    );
    check(
        with("/spec/dependsOn", json!("x")),
        "TypeError: /spec/dependsOn must be array - type: array",
    );
    check(
        with("/spec/dependsOn", json!([1])),
        "TypeError: /spec/dependsOn/0 must be string - type: string",
    );
    check(
        with("/spec", Value::Null),
        "TypeError: <root> must have required property 'spec' - missingProperty: spec",
    );
    check(
        with("/spec", json!("x")),
        "Error: Malformed envelope, /spec must be object",
    );
    check(
        with("/colour", json!("red")),
        "Error: Malformed envelope, <root> must NOT have additional properties",
    );
    check(with("/relations", json!([])), "Error: Unknown field relations");
    check(
        with("/metadata/name", Value::Null),
        "Error: Malformed envelope, /metadata must have required property 'name'",
    );
    check(
        with("/metadata/labels", json!({"a": 5})),
        "Error: Malformed envelope, /metadata/labels/a must be string",
    );
    check(
        with("/metadata/name", json!("two words")),
        "Error: \"metadata.name\" is not valid; expected a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total but found \"two words\". To learn more about catalog file format, visit: https://",
    );
    check(
        with("/metadata/tags", json!(["ok", "Not Ok"])),
        "Error: \"tags.1\" is not valid;",
    );
    check(with("/metadata/tags", json!(["a:b+c#"])), "valid");
    check(
        with("/metadata/namespace", json!("Shop")),
        "Error: \"metadata.namespace\" is not valid;",
    );
    check(
        with("/metadata/annotations", json!({"a/b/c": "x"})),
        "Error: \"annotations.a/b/c\" is not valid;",
    );
    check(
        with("/metadata/links", json!([{"url": "nope"}])),
        "Error: \"links.0.url\" is not valid; expected a string that is a valid url",
    );
    check(
        with("/metadata/links", json!([{"title": "x"}])),
        "Error: Malformed envelope, /metadata/links/0 must have required property 'url'",
    );
}

#[test]
fn names_have_a_length_and_an_alphabet() {
    let check = |name: &str, holds: bool| {
        assert_eq!(
            verdict(&with("/metadata/name", json!(name))).starts_with("valid"),
            holds,
            "{name}"
        );
    };
    check(&"x".repeat(63), true);
    check(&"x".repeat(64), false);
    check("a.b_c-d", true);
    check("-a", false);
    check("a-", false);
    check("ä", false);
}

#[test]
fn the_default_namespace_is_filled_in() {
    let mut entity = with("/metadata/namespace", Value::Null);
    policy::apply(&mut entity).unwrap();
    assert_eq!(entity["metadata"]["namespace"], "default");
}

#[test]
fn the_first_layer_asks_for_little() {
    let check = |document: Value, expected: &str| {
        let outcome = policy::check_envelope(&document).map_err(|fault| fault.to_string());
        assert_eq!(outcome.err().unwrap_or_default(), expected, "{document}");
    };
    check(with("/anything", json!(1)), "");
    check(
        with("/apiVersion", Value::Null),
        "TypeError: <root> must have required property 'apiVersion' - missingProperty: apiVersion",
    );
    check(
        with("/metadata/name", json!(5)),
        "TypeError: /metadata/name must be string - type: string",
    );
}

#[test]
fn relations_go_both_ways_and_default_to_the_own_namespace() {
    let mut entity = with("/spec/dependsOn", json!(["resource:db", "component:other/b"]));
    kinds::sort_references(&mut entity);
    let found: Vec<String> = Kinds::builtin()
        .relations(&entity)
        .unwrap()
        .iter()
        .map(|relation| format!("{} {} {}", relation.source, relation.kind, relation.target))
        .collect();
    for expected in [
        "component:shop/cart ownedBy group:shop/team-a",
        "group:shop/team-a ownerOf component:shop/cart",
        "component:shop/cart dependsOn resource:shop/db",
        "component:other/b dependencyOf component:shop/cart",
    ] {
        assert!(
            found.iter().any(|relation| relation == expected),
            "{expected} is not among {found:?}"
        );
    }
}

#[test]
fn a_reference_without_kind_fails_where_no_kind_is_implied() {
    let fault = Kinds::builtin()
        .relations(&with("/spec/dependsOn", json!(["x"])))
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "Error: Entity reference \"x\" had missing or empty kind (e.g. did not start with \"component:\" or similar)"
    );
    assert_eq!(fault.field(), Some("/spec/dependsOn/0"));
}

#[test]
fn templates_need_steps_with_actions() {
    let check = |spec: Value, expected: &str| {
        let document = json!({"apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template",
            "metadata": {"name": "t"}, "spec": spec});
        assert_eq!(verdict(&document), expected);
    };
    check(
        json!({"type": "service", "steps": [{"action": "debug:log", "if": true}]}),
        "valid template:default/t",
    );
    check(
        json!({"type": "service", "steps": [{"id": "x"}]}),
        "TypeError: /spec/steps/0 must have required property 'action' - missingProperty: action",
    );
}
