//! Changes of fields: path, and line by line what went and what came.

use std::time::{Duration, Instant};

use maud::{Markup, html};
use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

/// Lines shown of one field.
const MAX_LINES: usize = 400;
/// Unchanged lines shown beside a change in a long text.
const CONTEXT: usize = 2;
/// After this, what is left is shown as wholly changed.
const LONGEST: Duration = Duration::from_millis(20);

/// Changes of fields, given as JSON pointer, value before and value after. Of lists and long texts only the parts
/// that changed are shown.
pub fn diff_view(changes: &[(&str, Option<&Value>, Option<&Value>)]) -> Markup {
    html! {
        div.diff {
            @for (path, before, after) in changes {
                div.diff-field {
                    code.diff-path { (dotted(path)) }
                    div.diff-values { (field(*before, *after)) }
                }
            }
        }
    }
}

/// Changes of a text, line by line, with what stands around each.
pub fn text_diff(before: &str, after: &str) -> Markup {
    let value = |text: &str| (!text.is_empty()).then(|| Value::from(text));
    html! {
        div.diff-field.diff-text tabindex="0" role="group" aria-label="Changes" {
            (field(value(before).as_ref(), value(after).as_ref()))
        }
    }
}

fn field(before: Option<&Value>, after: Option<&Value>) -> Markup {
    let lines = differences(before, after);
    html! {
        @for line in lines.iter().take(MAX_LINES) { (line.markup()) }
        @if lines.len() > MAX_LINES { (Line::Skipped(lines.len() - MAX_LINES, "more lines").markup()) }
    }
}

/// One line of a difference.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Removed(String),
    Added(String),
    Same(String),
    /// So many of these are not shown.
    Skipped(usize, &'static str),
}

impl Line {
    fn markup(&self) -> Markup {
        let (what, sign, text) = match self {
            Self::Removed(text) => ("removed", "−", text),
            Self::Added(text) => ("added", "+", text),
            Self::Same(text) => return html! { div.diff-line { (text) } },
            Self::Skipped(count, of_what) => {
                return html! { div.diff-line.diff-skipped { "⋯ " (count) " " (of_what) } };
            }
        };
        html! {
            div class=(format_args!("diff-line diff-{what}")) {
                span.diff-sign aria-hidden="true" { (sign) }
                span.visually-hidden { (what) ": " }
                (text)
            }
        }
    }
}

fn differences(before: Option<&Value>, after: Option<&Value>) -> Vec<Line> {
    let [old, new] = [before, after].map(|value| value.map(parts).unwrap_or_default());
    let is_list = [before, after]
        .iter()
        .any(|value| value.is_some_and(Value::is_array));
    let (context, of_what) = if is_list {
        (0, "unchanged")
    } else {
        (CONTEXT, "lines unchanged")
    };
    let deadline = Instant::now() + LONGEST;
    let steps = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    let mut lines = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let (_, gone, come) = step.as_tag_tuple();
        if let DiffOp::Equal { .. } = step {
            let (is_first, is_last) = (number == 0, number + 1 == steps.len());
            let head = if is_first { 0 } else { context.min(gone.len()) };
            let tail = if is_last {
                0
            } else {
                context.min(gone.len() - head)
            };
            let same = |part: &[String]| part.iter().cloned().map(Line::Same).collect::<Vec<_>>();
            let skipped = gone.len() - head - tail;
            lines.extend(same(&old[gone.start..gone.start + head]));
            lines.extend((skipped > 0).then_some(Line::Skipped(skipped, of_what)));
            lines.extend(same(&old[gone.end - tail..gone.end]));
        } else {
            lines.extend(old[gone].iter().cloned().map(Line::Removed));
            lines.extend(new[come].iter().cloned().map(Line::Added));
        }
    }
    lines
}

/// What a value is compared by: the elements of a list, the lines of anything else.
fn parts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(elements) => elements.iter().map(element_text).collect(),
        other => value_text(other).lines().map(str::to_owned).collect(),
    }
}

/// An element of a list on one line; a relation as people say it.
fn element_text(value: &Value) -> String {
    match (value["type"].as_str(), value["targetRef"].as_str()) {
        (Some(kind), Some(target)) => format!("{kind} {target}"),
        _ => match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        },
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
    use serde_json::{Value, json};

    use super::{Line, differences, dotted};

    fn check(before: &Value, after: &Value, expected: &[&str]) {
        let told = |line: Line| match line {
            Line::Removed(text) => format!("-{text}"),
            Line::Added(text) => format!("+{text}"),
            Line::Same(text) => format!(" {text}"),
            Line::Skipped(count, what) => format!("{count} {what}"),
        };
        let found: Vec<String> = differences(Some(before), Some(after))
            .into_iter()
            .map(told)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn of_lists_only_the_elements_that_changed() {
        let relation =
            |name: &str| json!({"type": "dependencyOf", "targetRef": format!("component:default/{name}")});
        check(
            &json!([relation("a"), relation("b"), relation("d")]),
            &json!([relation("a"), relation("b"), relation("c"), relation("d")]),
            &["2 unchanged", "+dependencyOf component:default/c", "1 unchanged"],
        );
        check(&json!(["x", 1]), &json!(["y", 1]), &["-x", "+y", "1 unchanged"]);
        check(&json!(["x"]), &json!("x y"), &["-x", "+x y"]);
    }

    #[test]
    fn of_long_texts_what_stands_around_a_change() {
        let text = |fifth: &str| json!(format!("1\n2\n3\n4\n{fifth}\n6\n7\n8\n9"));
        check(
            &text("5"),
            &text("five"),
            &[
                "2 lines unchanged",
                " 3",
                " 4",
                "-5",
                "+five",
                " 6",
                " 7",
                "2 lines unchanged",
            ],
        );
    }

    #[test]
    fn pointers() {
        assert_eq!(
            dotted("/metadata/annotations/backstage.io~1x"),
            "metadata.annotations.backstage.io/x"
        );
        assert_eq!(dotted(""), "entity");
    }
}
