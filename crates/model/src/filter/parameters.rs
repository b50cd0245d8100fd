//! `filter=a=b,c`: conditions in query strings.

use serde_json::{Map, Value, json};

use super::Filter;
use crate::{Fault, js};

/// Conditions on one key: values, or none when the key must only exist.
type Conditions = Vec<(String, Vec<String>)>;

pub(super) fn parse(parameters: &[String]) -> Result<Option<Filter>, Fault> {
    let sets = sets(parameters)?;
    let mut filters: Vec<Filter> = sets.into_iter().map(all_of).collect();
    Ok(match filters.len() {
        0 => None,
        1 => filters.pop(),
        _ => Some(Filter::Any(filters)),
    })
}

fn all_of(conditions: Conditions) -> Filter {
    let mut filters: Vec<Filter> = conditions
        .into_iter()
        .map(|(key, values)| {
            let key = js::lowercase(&key);
            if values.is_empty() {
                Filter::Exists { key }
            } else {
                Filter::In {
                    key,
                    values: values.iter().map(|value| js::lowercase(value)).collect(),
                }
            }
        })
        .collect();
    match filters.len() {
        1 => filters.remove(0),
        _ => Filter::All(filters),
    }
}

/// The predicate that says the same, as cursors carry it (as in `@backstage/plugin-catalog-backend` 4.0.0).
pub fn predicate_from_params(parameters: &[String]) -> Result<Option<Value>, Fault> {
    let mut predicates: Vec<Value> = sets(parameters)?.into_iter().map(predicate_of).collect();
    Ok(match predicates.len() {
        0 => None,
        1 => predicates.pop(),
        _ => Some(json!({ "$any": predicates })),
    })
}

fn predicate_of(conditions: Conditions) -> Value {
    let mut predicates: Vec<Value> = conditions
        .into_iter()
        .map(|(key, values)| {
            let value = match values.as_slice() {
                [] => json!({ "$exists": true }),
                [value] => json!(value),
                _ => json!({ "$in": values }),
            };
            Value::Object(Map::from_iter([(key, value)]))
        })
        .collect();
    match predicates.len() {
        1 => predicates.remove(0),
        _ => json!({ "$all": predicates }),
    }
}

/// One set for each parameter that states something.
fn sets(parameters: &[String]) -> Result<Vec<Conditions>, Fault> {
    let sets = parameters
        .iter()
        .map(|parameter| set(parameter))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(sets.into_iter().filter(|set| !set.is_empty()).collect())
}

fn set(parameter: &str) -> Result<Conditions, Fault> {
    let mut conditions: Conditions = Vec::new();
    for statement in parameter
        .split(',')
        .map(js::trim)
        .filter(|statement| !statement.is_empty())
    {
        let (key, value) = match statement.split_once('=') {
            Some((key, value)) => (js::trim(key), Some(js::trim(value))),
            None => (statement, None),
        };
        if key.is_empty() {
            return Err(Fault::input(format!(
                "Invalid filter, '{statement}' is not a valid statement (expected a string on the form a=b or a= or a)"
            )));
        }
        let position = conditions
            .iter()
            .position(|(known, _)| known == key)
            .unwrap_or_else(|| {
                conditions.push((key.to_owned(), Vec::new()));
                conditions.len() - 1
            });
        conditions[position].1.extend(value.map(str::to_owned));
    }
    Ok(conditions)
}
