//! Changes of fields: path, before, after.

use maud::{Markup, html};
use serde_json::Value;

/// Changes of fields, given as JSON pointer, value before and value after.
pub fn diff_view(changes: &[(&str, Option<&Value>, Option<&Value>)]) -> Markup {
    html! {
        div.diff {
            @for (path, before, after) in changes {
                div.diff-field {
                    code.diff-path { (dotted(path)) }
                    div.diff-values {
                        @if let Some(value) = before { (side("removed", "−", value)) }
                        @if let Some(value) = after { (side("added", "+", value)) }
                    }
                }
            }
        }
    }
}

fn side(what: &str, sign: &str, value: &Value) -> Markup {
    html! {
        @for line in value_text(value).lines() {
            div class=(format_args!("diff-line diff-{what}")) {
                span.diff-sign aria-hidden="true" { (sign) }
                span.visually-hidden { (what) ": " }
                (line)
            }
        }
    }
}

/// A value as people read it: a text without quotes, anything else as JSON.
pub fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::Array(_) | Value::Object(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// A JSON pointer in the dotted form that catalog filters use.
fn dotted(pointer: &str) -> String {
    if pointer.is_empty() {
        return "entity".to_owned();
    }
    let parts: Vec<String> = pointer
        .trim_start_matches('/')
        .split('/')
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::dotted;

    #[test]
    fn pointers() {
        assert_eq!(
            dotted("/metadata/annotations/backstage.io~1x"),
            "metadata.annotations.backstage.io/x"
        );
        assert_eq!(dotted(""), "entity");
    }
}
