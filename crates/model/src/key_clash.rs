//! Keys of an entity that are the same in lower case: filters could not tell them apart.

use serde_json::Value;

use crate::{Fault, search_rows};

/// Refuses keys that only differ in case, as the original does when it joins an entity.
pub fn check_keys(served: &Value) -> Result<(), Fault> {
    if may_clash(served) {
        return search_rows(served).map(drop);
    }
    Ok(())
}

/// Whether a close look is worth its time. Rows are paths, so keys clash that begin alike and of which at least one
/// is not in lower case; items of a list share their path.
fn may_clash(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            let mut mixed = fields.keys().filter(|key| !is_lower(key));
            let clashes = |key: &String| fields.keys().any(|other| key != other && begin_alike(key, other));
            mixed.any(clashes) || fields.values().any(may_clash)
        }
        Value::Array(items) => {
            items.len() > 1 && items.iter().any(has_mixed_keys) || items.iter().any(may_clash)
        }
        _ => false,
    }
}

fn has_mixed_keys(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields
            .iter()
            .any(|(key, field)| !is_lower(key) || has_mixed_keys(field)),
        Value::Array(items) => items.iter().any(has_mixed_keys),
        _ => false,
    }
}

fn is_lower(key: &str) -> bool {
    key.bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}

fn begin_alike(left: &str, right: &str) -> bool {
    let first = |key: &str| key.split('.').next().unwrap_or_default().to_lowercase();
    let differ = match (left.as_bytes().first(), right.as_bytes().first()) {
        (Some(left), Some(right)) if left.is_ascii() && right.is_ascii() => !left.eq_ignore_ascii_case(right),
        _ => false,
    };
    !differ && first(left) == first(right)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let key = prop::sample::select(vec!["a", "A", "b", "a.b", "A.b", "ä", "Ä", "c"]);
        let leaf = prop::sample::select(vec![json!(1), json!("x"), json!(null)]);
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec((key.clone(), inner.clone()), 0..4).prop_map(|fields| fields
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()),
                prop::collection::vec(inner, 0..3).prop_map(Value::Array),
            ]
        })
    }

    proptest! {
        #[test]
        fn nothing_is_passed_that_the_index_refuses(spec in value()) {
            let entity = json!({"kind": "K", "metadata": {"name": "n"}, "spec": spec});
            prop_assert_eq!(check_keys(&entity).is_ok(), search_rows(&entity).is_ok());
        }
    }

    #[test]
    fn usual_keys_need_no_close_look() {
        let annotations =
            json!({"backstage.io/managed-by-location": "", "backstage.io/view-url": "", "example.com/x": ""});
        let spec = json!({"dependsOn": ["a", "b"], "providesApis": ["c"], "type": "service"});
        assert!(!may_clash(
            &json!({"kind": "K", "metadata": {"annotations": annotations}, "spec": spec})
        ));
    }
}
