//! The character NUL, which no name can have and PostgreSQL cannot keep.

use axum::http::Uri;
use model::Fault;
use serde_json::Value;

/// Refuses an address that has it.
pub(crate) fn refuse_in_address(uri: &Uri) -> Result<(), Fault> {
    let has_it = |text: &str| text.contains("%00");
    if has_it(uri.path()) || uri.query().is_some_and(has_it) {
        return Err(Fault::input(
            "The address has a NUL character (%00), which nothing here can be named by",
        ));
    }
    Ok(())
}

/// Refuses a body that has it in a text or a key.
pub(crate) fn refuse_in_body(body: &Value) -> Result<(), Fault> {
    if has_nul(body) {
        return Err(Fault::input(
            "The body has a NUL character (\\u0000), which cannot be kept",
        ));
    }
    Ok(())
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields
            .iter()
            .any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_found_wherever_it_stands() {
        for body in [json!("a\0"), json!([{"x": ["\0"]}]), json!({"a\0": 1})] {
            assert!(refuse_in_body(&body).is_err(), "{body}");
        }
        assert!(refuse_in_body(&json!({"a": ["b", 0, null, "\\u0000"]})).is_ok());
        for (address, fine) in [("/a%00", false), ("/a?b=%00", false), ("/a%20?b=0%01", true)] {
            assert_eq!(
                refuse_in_address(&address.parse().unwrap()).is_ok(),
                fine,
                "{address}"
            );
        }
    }
}
