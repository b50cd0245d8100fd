//! Any filter parameters and any predicate are read or refused; the predicate form of parameters finds
//! the same entities as the parameters themselves.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{Filter, predicate_from_params, search_rows};
use serde_json::json;

fuzz_target!(|text: &str| {
    let entity = json!({
        "kind": "Component",
        "metadata": { "name": "a", "tags": ["java"], "labels": { "tier": "1" } },
        "spec": { "type": "service", "empty": "" },
    });
    let rows = search_rows(&entity).expect("keys differ by more than case");
    if let Ok(predicate) = serde_json::from_str(text)
        && let Ok(filter) = Filter::from_predicate(&predicate)
    {
        let _ = filter.matches(&rows);
    }
    let parameters: Vec<String> = text.lines().map(str::to_owned).collect();
    let Ok(Some(filter)) = Filter::from_query_params(&parameters) else {
        return;
    };
    let predicate = predicate_from_params(&parameters).expect("they are a filter");
    let same = Filter::from_predicate(&predicate.expect("they are no empty filter")).expect("it was made by us");
    assert_eq!(filter.matches(&rows), same.matches(&rows), "{parameters:?}");
});
