//! Several values at once. A malformed body is answered as the original's validator does: with 500
//! and the list of what is wrong.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::Fault;
use serde_json::{Value, json};
use store::{SettingKey, Store};
use web::api::Json;
use web::{ApiError, JsonBody};

use super::{Person, failed};

/// Most values asked for at once; the stock client asks for at most 100.
const MAX_ITEMS: usize = 1_000;

pub(super) async fn multiget(
    State(store): State<Store>,
    Person(user): Person,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let wanted = read_items(&body).map_err(invalid)?;
    if wanted.len() > MAX_ITEMS {
        return Err(Fault::input(format!("At most {MAX_ITEMS} settings can be read at once")).into());
    }
    let mut items = Vec::with_capacity(wanted.len());
    for (bucket, key) in wanted {
        let name = SettingKey {
            user: user.clone(),
            bucket,
            key,
        };
        let value = store.setting_get(&name).await.map_err(failed)?;
        items.push(value.map_or(Value::Null, |value| json!({ "value": value })));
    }
    Ok(Json(json!({ "items": items })).into_response())
}

/// Buckets and keys, or everything that is wrong with the body.
fn read_items(body: &Value) -> Result<Vec<(String, String)>, Vec<Value>> {
    if !body.is_object() {
        return Err(vec![issue("object", Some(body), json!([]))]);
    }
    let Some(items) = body["items"].as_array() else {
        return Err(vec![issue("array", body.get("items"), json!(["items"]))]);
    };
    let mut issues = Vec::new();
    let mut wanted = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if !item.is_object() {
            issues.push(issue("object", Some(item), json!(["items", index])));
            continue;
        }
        let mut text = |name: &str| match item.get(name) {
            Some(Value::String(text)) => text.clone(),
            other => {
                issues.push(issue("string", other, json!(["items", index, name])));
                String::new()
            }
        };
        wanted.push((text("bucket"), text("key")));
    }
    if issues.is_empty() {
        Ok(wanted)
    } else {
        Err(issues)
    }
}

fn issue(expected: &str, found: Option<&Value>, path: Value) -> Value {
    let received = model::js::type_of(found);
    let message = if found.is_none() {
        "Required".to_owned()
    } else {
        format!("Expected {expected}, received {received}")
    };
    json!({ "code": "invalid_type", "expected": expected, "received": received, "path": path, "message": message })
}

fn invalid(issues: Vec<Value>) -> ApiError {
    let issues = Value::Array(issues);
    let text = serde_json::to_string_pretty(&issues).unwrap_or_default();
    ApiError::new(Fault::new("ZodError", text))
        .with_status(StatusCode::INTERNAL_SERVER_ERROR)
        .with_field("issues", issues)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &Value, expected: &str) {
        let found = match read_items(body) {
            Ok(items) => format!("{items:?}"),
            Err(issues) => issues
                .iter()
                .map(|issue| {
                    format!(
                        "{} {}; ",
                        issue["path"],
                        issue["message"].as_str().unwrap_or_default()
                    )
                })
                .collect(),
        };
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn bodies() {
        check(&json!({"items": []}), "[]");
        check(
            &json!({"items": [{"bucket": "b", "key": "k", "more": 1}]}),
            r#"[("b", "k")]"#,
        );
        check(&json!({}), r#"["items"] Required; "#);
        check(
            &json!({"items": [{"bucket": "b"}, 1]}),
            r#"["items",0,"key"] Required; ["items",1] Expected object, received number; "#,
        );
        check(&json!([]), "[] Expected object, received array; ");
    }
}
