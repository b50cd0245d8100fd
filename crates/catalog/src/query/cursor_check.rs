//! Whether a cursor has the right form, with the original's words when it has not.
//!
//! The words are those of its validator: a JSON list of issues, indented by two.

use model::js::type_of;
use model::{Fault, Predicate};
use serde_json::{Value, json};

/// Checks all members and returns the predicate, if there is one; the inner error is the list of issues
/// as text. Fails outright when the predicate would take too long to read.
pub(super) fn check(cursor: &Value) -> Result<Result<Option<Predicate>, String>, Fault> {
    let mut issues = Vec::new();
    if !cursor.is_object() {
        issues.push(invalid_type(&[], "object", Some(cursor)));
        return Ok(Err(render(&issues)));
    }
    check_order(cursor.get("orderFields"), &mut issues);
    let values = cursor.get("orderFieldValues");
    if !values.is_some_and(Value::is_array) {
        issues.push(invalid_type(&[json!("orderFieldValues")], "array", values));
    }
    check_values("orderFieldValues", values, &mut issues);
    let first = cursor.get("firstSortFieldValues");
    if first.is_some_and(|first| !first.is_array()) {
        issues.push(invalid_type(&[json!("firstSortFieldValues")], "array", first));
    }
    check_values("firstSortFieldValues", first, &mut issues);
    check_member(cursor, "isPrevious", "boolean", true, &mut issues);
    let query = check_query(cursor.get("query"), &mut issues)?;
    check_member(cursor, "filter", "object", false, &mut issues);
    check_member(cursor, "fullTextFilter", "object", false, &mut issues);
    check_member(cursor, "totalItems", "number", false, &mut issues);
    Ok(if issues.is_empty() {
        Ok(query)
    } else {
        Err(render(&issues))
    })
}

fn check_order(order: Option<&Value>, issues: &mut Vec<Value>) {
    let Some(Value::Array(fields)) = order else {
        issues.push(invalid_type(&[json!("orderFields")], "array", order));
        return;
    };
    for (at, field) in fields.iter().enumerate() {
        let path = |name: &str| [json!("orderFields"), json!(at), json!(name)];
        if !field["field"].is_string() {
            issues.push(invalid_type(&path("field"), "string", field.get("field")));
        }
        match field.get("order") {
            Some(Value::String(order)) if order == "asc" || order == "desc" => {}
            Some(Value::String(order)) => issues.push(json!({
                "received": order,
                "code": "invalid_enum_value",
                "options": ["asc", "desc"],
                "path": path("order"),
                "message": format!("Invalid enum value. Expected 'asc' | 'desc', received '{order}'"),
            })),
            other => issues.push(json!({
                "expected": "'asc' | 'desc'",
                "received": type_of(other),
                "code": "invalid_type",
                "path": path("order"),
                "message": wrong(other, "'asc' | 'desc'"),
            })),
        }
    }
}

fn check_values(name: &str, values: Option<&Value>, issues: &mut Vec<Value>) {
    for (at, value) in values.and_then(Value::as_array).into_iter().flatten().enumerate() {
        if !value.is_string() && !value.is_null() {
            issues.push(invalid_type(&[json!(name), json!(at)], "string", Some(value)));
        }
    }
}

fn check_member(cursor: &Value, name: &str, kind: &str, required: bool, issues: &mut Vec<Value>) {
    let value = cursor.get(name);
    if (required || value.is_some()) && type_of(value) != kind {
        issues.push(invalid_type(&[json!(name)], kind, value));
    }
}

fn check_query(query: Option<&Value>, issues: &mut Vec<Value>) -> Result<Option<Predicate>, Fault> {
    let Some(query) = query else { return Ok(None) };
    match Predicate::parse_at(query, &["query"])? {
        Ok(predicate) => return Ok(Some(predicate)),
        Err(found) => match found.to_json() {
            Value::Array(list) => issues.extend(list),
            other => issues.push(other),
        },
    }
    Ok(None)
}

fn invalid_type(path: &[Value], expected: &str, received: Option<&Value>) -> Value {
    json!({
        "code": "invalid_type",
        "expected": expected,
        "received": type_of(received),
        "path": path,
        "message": wrong(received, expected),
    })
}

fn wrong(received: Option<&Value>, expected: &str) -> String {
    match received {
        None => "Required".to_owned(),
        some => format!("Expected {expected}, received {}", type_of(some)),
    }
}

fn render(issues: &[Value]) -> String {
    serde_json::to_string_pretty(issues).expect("JSON values are JSON")
}
