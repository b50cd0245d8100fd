//! Filters of query strings and bodies, and the rows they match.

use model::{Filter, SearchRow, predicate_from_params, search_rows};
use proptest::prelude::*;
use serde_json::{Value, json};

fn entity() -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": "Cart", "uid": "u", "etag": "e", "tags": ["Java", "go"],
            "annotations": {"backstage.io/techdocs-ref": "dir:."}},
        "spec": {"type": "service", "count": 5, "flag": true, "none": null, "list": [{"a": 1}, {"a": 2}],
            "long": "x".repeat(201)},
        "relations": [{"type": "ownedBy", "targetRef": "group:default/a"}]
    })
}

fn matches(filter: &Filter) -> bool {
    filter.matches(&search_rows(&entity()).unwrap())
}

#[test]
fn query_parameters() {
    let check = |parameters: &[&str], expected: bool| {
        let parameters: Vec<String> = parameters.iter().map(ToString::to_string).collect();
        let filter = Filter::from_query_params(&parameters).unwrap();
        assert_eq!(
            filter.is_none_or(|filter| matches(&filter)),
            expected,
            "{parameters:?}"
        );
    };
    check(&[""], true);
    check(&["kind=component"], true);
    check(&["KIND=Component"], true);
    check(&["kind=api,kind=component"], true);
    check(&["kind=component,spec.type=website"], false);
    check(&["kind=api", "spec.type=service"], true);
    check(&["metadata.tags.java"], true);
    check(&["metadata.tags=go"], true);
    check(&["metadata.annotations.backstage.io/techdocs-ref"], true);
    check(&["relations.ownedby=group:default/a"], true);
    check(&["spec.none"], true);
    check(&["spec.none="], false);
    check(&["spec.long"], true);
    check(&["spec"], false);
    check(&["spec.list.a=2"], true);
    check(&["metadata.namespace=default"], true);
    check(&["metadata.etag=e"], false);
}

#[test]
fn a_statement_without_key_is_refused() {
    let error = Filter::from_query_params(&["=x".to_owned()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "InputError: Invalid filter, '=x' is not a valid statement (expected a string on the form a=b or a= or a)"
    );
}

#[test]
fn predicates() {
    let check = |predicate: Value, expected: bool| {
        assert_eq!(
            matches(&Filter::from_predicate(&predicate).unwrap()),
            expected,
            "{predicate}"
        );
    };
    check(json!({}), true);
    check(json!({"$all": []}), true);
    check(json!({"$any": []}), false);
    check(json!({"$not": {"kind": "api"}}), true);
    check(json!({"kind": "COMPONENT", "spec.count": 5}), true);
    check(json!({"spec.flag": true}), true);
    check(json!({"spec.type": {"$in": ["x", "Service"]}}), true);
    check(json!({"spec.type": {"$in": []}}), false);
    check(json!({"spec.type": {"$hasPrefix": "SER"}}), true);
    check(json!({"spec.nope": {"$exists": false}}), true);
    check(json!({"metadata.tags": {"$contains": "java"}}), true);
    check(
        json!({"relations": {"$contains": {"type": "ownedBy", "targetRef": {"$in": ["group:default/a"]}}}}),
        true,
    );
    check(json!({"relations": {"$contains": {"type": "ownerOf"}}}), false);
    check(json!({"$all": [{}, {"kind": "component"}]}), true);
}

#[test]
fn broken_predicates_are_explained() {
    let check = |predicate: Value, expected: &str| {
        assert_eq!(
            Filter::from_predicate(&predicate).unwrap_err().describe(),
            expected,
            "{predicate}"
        );
    };
    check(
        json!({"$foo": 1}),
        "Invalid query: Validation error: Invalid at \"$foo\"",
    );
    check(
        json!({"$any": [{"kind": "api"}], "kind": "api"}),
        "Invalid query: Validation error: Unrecognized key(s) in object: 'kind'",
    );
    check(
        json!({"spec.list": {"$contains": {"type": "x"}}}),
        "Object form of $contains is not supported for field \"spec.list\"",
    );
    check(
        json!({"kind": null}),
        "Invalid query: Validation error: Expected string, received null at \"kind\", or Expected number, received null at \"kind\", or Expected boolean, received null at \"kind\", or Expected object, received null at \"kind\", or Invalid at \"kind\"; Expected never, received null at \"kind\", or Expected string, received object, or Expected number, received object, or Expected boolean, received object, or Required at \"$all\"; Unrecognized key(s) in object: 'kind', or Required at \"$any\"; Unrecognized key(s) in object: 'kind', or Required at \"$not\"; Unrecognized key(s) in object: 'kind'",
    );
}

#[test]
fn keys_that_differ_only_in_case_cannot_be_indexed() {
    let entity = json!({"kind": "X", "metadata": {"name": "a"}, "spec": {"Some": 1, "some": 2}});
    let error = search_rows(&entity).unwrap_err();
    assert_eq!(
        error.message,
        "Entity has duplicate keys that vary only in casing, 'spec.some'"
    );
}

#[test]
fn rows_keep_the_original_spelling() {
    let rows = search_rows(&entity()).unwrap();
    let row = rows.iter().find(|row| row.key == "metadata.name").unwrap();
    let expected = SearchRow {
        key: "metadata.name".into(),
        value: Some("cart".into()),
        original: Some("Cart".into()),
    };
    assert_eq!(*row, expected);
}

proptest! {
    /// The cursor form of a filter means what the filter meant.
    #[test]
    fn parameters_mean_what_their_predicate_means(
        parameters in prop::collection::vec(r"(kind|spec\.type|a)(=(component|service|api|))?(,(kind|a)(=x)?)?", 1..4)
    ) {
        let direct = Filter::from_query_params(&parameters).unwrap().unwrap();
        let predicate = predicate_from_params(&parameters).unwrap().unwrap();
        prop_assert_eq!(matches(&direct), matches(&Filter::from_predicate(&predicate).unwrap()));
    }
}

/// What a predicate says, read off the entity's rows without the normal form in between.
fn holds(predicate: &Value, rows: &[SearchRow]) -> bool {
    let Value::Object(fields) = predicate else {
        return false;
    };
    let list = |parts: &Value| parts.as_array().cloned().unwrap_or_default();
    fields.iter().all(|(key, value)| match key.as_str() {
        "$all" => list(value).iter().all(|part| holds(part, rows)),
        "$any" => list(value).iter().any(|part| holds(part, rows)),
        "$not" => !holds(value, rows),
        path => {
            let held = rows.iter().filter(|row| row.key == path.to_lowercase());
            field_holds(value, &held.map(|row| row.value.clone()).collect::<Vec<_>>())
        }
    })
}

fn field_holds(condition: &Value, held: &[Option<String>]) -> bool {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_lowercase)
    };
    let is = |value: &Value| held.contains(&Some(text(value)));
    match condition {
        Value::Object(operator) => match operator.iter().next().map(|(name, value)| (name.as_str(), value)) {
            Some(("$exists", wanted)) => *wanted == json!(!held.is_empty()),
            Some(("$in", Value::Array(values))) => values.iter().any(is),
            Some(("$contains", value)) => is(value),
            Some(("$hasPrefix", start)) => held.iter().flatten().any(|value| value.starts_with(&text(start))),
            other => panic!("not made here: {other:?}"),
        },
        value => is(value),
    }
}

fn predicate() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "kind",
        "KIND",
        "metadata.tags",
        "metadata.tags.go",
        "spec.type",
        "spec.count",
        "spec.flag",
        "spec.none",
        "spec.nope",
    ]);
    let primitive = prop::sample::select(vec![
        json!("component"),
        json!("Service"),
        json!("JAVA"),
        json!("x"),
        json!(5),
        json!(true),
        json!("null"),
        json!(""),
    ]);
    let condition = prop_oneof![
        primitive.clone(),
        any::<bool>().prop_map(|wanted| json!({"$exists": wanted})),
        prop::collection::vec(primitive.clone(), 0..3).prop_map(|values| json!({"$in": values})),
        primitive.prop_map(|value| json!({"$contains": value})),
        prop::sample::select(vec!["", "S", "comp", "ja"]).prop_map(|start| json!({"$hasPrefix": start})),
    ];
    let leaf = prop::collection::vec((key, condition), 0..3).prop_map(|fields| {
        fields
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect::<Value>()
    });
    leaf.prop_recursive(3, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| json!({"$all": parts})),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| json!({"$any": parts})),
            inner.prop_map(|part| json!({"$not": part})),
        ]
    })
}

proptest! {
    #[test]
    fn predicates_mean_what_they_say_about_the_rows(predicate in predicate()) {
        let filter = Filter::from_predicate(&predicate).unwrap();
        prop_assert_eq!(matches(&filter), holds(&predicate, &search_rows(&entity()).unwrap()), "{}", predicate);
    }
}
