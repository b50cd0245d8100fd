//! Expressions in the values of a task: inputs of steps, conditions, and the output.

use nunjucks::{Extensions, Options, Template};
use serde_json::{Map, Value, json};

use crate::template::without;

/// What expressions of a task see.
pub(crate) struct Context {
    /// Names without secrets.
    pub(crate) open: Value,
    /// The same with secrets.
    pub(crate) with_secrets: Value,
    /// The same with a blank in place of each secret.
    pub(crate) with_blanks: Value,
    pub(crate) extensions: Extensions,
}

/// A text's value; a text that cannot be rendered stays as it is. Nothing for `undefined`.
pub(crate) fn render_text(text: &str, context: &Value, extensions: &Extensions) -> Option<Value> {
    match nunjucks::render(text, context, extensions) {
        Ok(value) => value,
        Err(_) => Some(text.into()),
    }
}

/// A value in which every text is rendered. What becomes `undefined` is left out, and is null in a list.
pub(crate) fn render(value: &Value, context: &Value, extensions: &Extensions) -> Option<Value> {
    match value {
        Value::String(text) => render_text(text, context, extensions),
        Value::Array(items) => {
            let items = items
                .iter()
                .map(|item| render(item, context, extensions).unwrap_or_default());
            Some(items.collect())
        }
        Value::Object(entries) => {
            let rendered = entries
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), render(value, context, extensions)?)));
            Some(Value::Object(rendered.collect::<Map<_, _>>()))
        }
        other => Some(other.clone()),
    }
}

/// Whether a condition holds: a flag, or a text that is rendered.
pub(crate) fn holds(condition: &Value, context: &Value, extensions: &Extensions) -> bool {
    let value = match condition {
        Value::String(text) => render_text(text, context, extensions),
        other => Some(other.clone()),
    };
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => flag,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(_)) => true,
    }
}

/// Whether a condition is to be asked after a failure too.
pub(crate) fn is_asked_after_failure(condition: Option<&Value>) -> bool {
    let Some(Value::String(text)) = condition else {
        return false;
    };
    let parsed = Template::parse(text, &Options::default());
    parsed.is_ok_and(|template| template.calls_any(&["always", "failure"]))
}

/// The output of a task. Links and texts whose condition does not hold are left out.
pub(crate) fn output(written: &Value, context: &Context) -> Value {
    let rendered = render(written, &context.open, &context.extensions);
    let mut output = rendered.filter(Value::is_object).unwrap_or_else(|| json!({}));
    for key in ["links", "text"] {
        let Some(Value::Array(items)) = output.get(key).cloned() else {
            continue;
        };
        let kept = items.iter().filter(|item| match item.get("if") {
            None => true,
            Some(condition) => holds(condition, &context.open, &context.extensions),
        });
        output[key] = kept
            .map(|item| {
                if item.is_object() {
                    without(item, "if").into()
                } else {
                    item.clone()
                }
            })
            .collect();
    }
    output
}
