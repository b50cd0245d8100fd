//! Ways out of faults.

use model::{Fault, Kinds, Verdict, hint_for, validate_document};
use serde_json::{Value, json};

/// A valid component with one field replaced; null removes it.
fn component(pointer: &str, value: Value) -> Value {
    let mut entity = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": "cart", "tags": ["a"], "links": [{"url": "https://x"}], "annotations": {}},
        "spec": {"type": "service", "lifecycle": "production", "owner": "team-a"}
    });
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let fields = entity.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        fields.remove(key);
    } else {
        fields.insert(key.to_owned(), value);
    }
    entity
}

fn hint(document: &Value) -> Option<String> {
    let kinds = Kinds::builtin();
    let fault = match validate_document(&kinds, document) {
        Verdict::Invalid(fault) => Fault::input("Policy check failed").caused_by(fault),
        Verdict::Valid(_) => kinds.relations(document).unwrap_err(),
        _ => Fault::input("No processor recognized the entity x as valid"),
    };
    hint_for(&kinds, &fault, document)
}

#[test]
fn every_common_mistake_has_a_way_out() {
    let check = |pointer: &str, value: Value, expected: &str| {
        assert_eq!(
            hint(&component(pointer, value)).as_deref(),
            Some(expected),
            "{pointer}"
        );
    };
    check("/spec/owner", Value::Null, "add `owner: my-team` under spec");
    check(
        "/metadata/name",
        Value::Null,
        "add `name: my-component` under metadata",
    );
    check("/kind", Value::Null, "add `kind: Component` at the root");
    check("/spec/owner", json!(5), "put it in quotes, as it is written");
    check("/spec/owner", json!(""), "give `owner` a value or remove it");
    check(
        "/spec/dependsOn",
        json!("x"),
        "write a list: one `- value` on each line, or `[a, b]`",
    );
    check("/spec", json!("x"), "write `key: value` pairs below `spec`");
    check("/annotations", json!({}), "move `annotations` below metadata");
    check("/owner", json!("x"), "move `owner` below spec");
    check(
        "/relations",
        json!([]),
        "remove `relations`; the catalog works it out by itself",
    );
    check("/metdata", json!({}), "did you mean `metadata`?");
    check("/kind", json!("component"), "did you mean kind Component?");
    check(
        "/apiVersion",
        json!("backstage.io/v7"),
        "kind Component is not known under apiVersion backstage.io/v7; use backstage.io/v1alpha1 or backstage.io/v1beta1",
    );
    check("/metadata/tags", json!(["Not  Ok!"]), "write `not-ok`");
    check("/metadata/name", json!("two words"), "write `two-words`");
    check("/metadata/namespace", json!("My Space"), "write `my-space`");
    check(
        "/metadata/annotations",
        json!({"a b/c": "x"}),
        "write the key as `a-b/c`",
    );
    check(
        "/metadata/links",
        json!([{"url": "x"}]),
        "begin with a scheme, for example `https://`",
    );
    check(
        "/spec/dependsOn",
        json!(["db"]),
        "say what kind it is, for example `component:db` or `resource:db`",
    );
    check(
        "/spec/system",
        json!("a:"),
        "write it as `name`, `kind:name` or `kind:namespace/name`",
    );
}
