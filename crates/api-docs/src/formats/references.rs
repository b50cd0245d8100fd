//! References that lead out of a definition.

use std::collections::BTreeSet;

use serde_json::Value;

use super::within::OTHER_FILE;

/// Files that are named.
const MAX_NAMED: usize = 4;

/// What to say of references to other files, if there are any.
pub(super) fn elsewhere(document: &Value) -> Option<String> {
    let mut files = BTreeSet::new();
    collect(document, &mut files);
    let count = files.len();
    let (addresses, files): (Vec<&str>, Vec<&str>) = files.into_iter().partition(|file| file.contains("://"));
    let named = addresses.iter().chain(&files).take(MAX_NAMED);
    let named: Vec<String> = named.map(|file| format!("`{file}`")).collect();
    if named.is_empty() {
        return None;
    }
    let more = match count.saturating_sub(MAX_NAMED) {
        0 => String::new(),
        left => format!(" and {left} more"),
    };
    let way_out = if files.is_empty() {
        "They are not fetched."
    } else {
        OTHER_FILE
    };
    let way_out = way_out.replace("That file is", "They are");
    Some(format!("It refers to {}{more}. {way_out}", named.join(", ")))
}

fn collect<'a>(value: &'a Value, files: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                match inner.as_str() {
                    Some(address) if key == "$ref" => {
                        let file = address.split('#').next().unwrap_or_default();
                        if !file.is_empty() && (address.contains(['/', '.'])) {
                            files.insert(file);
                        }
                    }
                    _ => collect(inner, files),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, files)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn other_files_are_named_with_the_way_out() {
        let of = |addresses: &[&str]| {
            let list: Vec<Value> = addresses.iter().map(|address| json!({"$ref": address})).collect();
            elsewhere(&json!({ "all": list }))
        };
        assert_eq!(of(&["#/components/a"]), None);
        let told = of(&["a.yaml#/x", "./b.yaml", "a.yaml#/y"]).expect("a sentence");
        assert!(
            told.starts_with("It refers to `./b.yaml`, `a.yaml`. They are not part"),
            "{told}"
        );
        assert!(told.contains("$openapi"), "{told}");
        let told = of(&["https://example.com/a.json"]).expect("a sentence");
        assert_eq!(
            told,
            "It refers to `https://example.com/a.json`. They are not fetched."
        );
    }
}
