//! Served forms and the differences between them.

use model::{Fault, Problem, diff, stitch};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z~/]{0,3}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c~/]{0,2}", inner, 0..4)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn differences_lead_from_one_version_to_the_other_and_back(old in json_value(), new in json_value()) {
        let changes = diff::changes(Some(&old), Some(&new));
        let (mut forward, mut back) = (old.clone(), new.clone());
        diff::apply(&mut forward, &changes);
        diff::unapply(&mut back, &changes);
        prop_assert_eq!(forward, new);
        prop_assert_eq!(back, old);
    }
}

fn served(orphan: bool, problems: &[Problem]) -> (Value, String) {
    let processed = json!({"kind": "Component", "metadata": {"name": "a", "annotations": {
        "backstage.io/view-url": "java\nscript:alert(1)"}}});
    let relations = [
        ("ownedBy".to_owned(), "group:default/b".to_owned()),
        ("dependsOn".to_owned(), "x:y/z".to_owned()),
    ];
    let input = stitch::StitchInput {
        processed,
        uid: Uuid::nil(),
        relations: &relations,
        problems,
        orphan,
    };
    stitch::final_entity(input).unwrap()
}

#[test]
fn relations_are_sorted_and_problems_become_status_items() {
    let (entity, _) = served(
        true,
        &[Problem::error(
            Fault::input("boom").caused_by(Fault::error("why")),
        )],
    );
    assert_eq!(
        entity["relations"][0],
        json!({"type": "dependsOn", "targetRef": "x:y/z"})
    );
    assert_eq!(entity["metadata"]["annotations"]["backstage.io/orphan"], "true");
    assert_eq!(
        entity["metadata"]["annotations"]["backstage.io/view-url"],
        "https://backstage.io/annotation-rejected-for-security-reasons"
    );
    assert_eq!(entity["status"]["items"][0]["level"], "error");
    assert_eq!(
        entity["status"]["items"][0],
        json!({
            "type": "backstage.io/catalog-processing",
            "level": "error",
            "message": "InputError: boom; caused by Error: why",
            "error": {
                "name": "InputError",
                "message": "boom; caused by Error: why",
                "cause": {"name": "Error", "message": "why"},
            },
        })
    );
}

#[test]
fn the_hash_follows_the_content() {
    let (entity, hash) = served(false, &[]);
    assert_eq!(entity["metadata"]["etag"], json!(hash));
    assert!(entity.get("status").is_none());
    assert_ne!(hash, served(true, &[]).1);
}
