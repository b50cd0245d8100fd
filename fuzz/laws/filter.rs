//! Any filter parameters and any predicate are read or refused; the predicate form of parameters finds
//! the same entities as the parameters themselves, unless it is refused for a reason.

use model::{Filter, predicate_from_params, search_rows};
use serde_json::json;

/// Stops when the law is broken. The lines of the text are the values of `filter`, or all of it is a predicate.
pub fn check(text: &str) {
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
    match Filter::from_predicate(&predicate.expect("they are no empty filter")) {
        Ok(same) => assert_eq!(filter.matches(&rows), same.matches(&rows), "{parameters:?}"),
        Err(_) => assert!(is_beyond_predicates(&parameters), "{parameters:?}"),
    }
}

/// In predicates `$` begins an operator and no key has line ends; and they have a largest size.
fn is_beyond_predicates(parameters: &[String]) -> bool {
    let conditions: usize = parameters
        .iter()
        .map(|parameter| parameter.split(',').count())
        .sum();
    let has_odd_key = |parameter: &String| parameter.contains(['$', '\r', '\u{2028}', '\u{2029}']);
    conditions > 1_000 || parameters.iter().any(has_odd_key)
}
