//! Prints values as YAML, in the style of the original's `stringify`.

mod fold;
mod text;

use serde_json::{Map, Value};
use text::Setting;

/// Longest line aimed at, in UTF-16 units.
const WIDTH: usize = 80;

/// One-line form of a collection used as a key; long collections take a line per item.
pub fn flow_text(value: &Value) -> String {
    flow(value, "")
}

fn flow(value: &Value, indent: &str) -> String {
    let inner = format!("{indent}  ");
    let (lines, open, close): (Vec<String>, _, _) = match value {
        Value::Array(items) => (items.iter().map(|item| flow(item, &inner)).collect(), '[', ']'),
        Value::Object(map) => (
            map.iter()
                .map(|(key, item)| flow_pair(key, item, &inner))
                .collect(),
            '{',
            '}',
        ),
        scalar => {
            let setting = Setting {
                indent,
                implicit_key: false,
                in_flow: true,
                column: None,
            };
            return text::scalar(scalar, &setting);
        }
    };
    if lines.is_empty() {
        return format!("{open}{close}");
    }
    let length: usize = lines.iter().map(|line| text::units(line) + 3).sum::<usize>() + 1;
    if length > WIDTH || lines.iter().any(|line| line.contains('\n')) {
        let body: Vec<String> = lines.iter().map(|line| format!("\n{inner}{line}")).collect();
        return format!("{open}{}\n{indent}{close}", body.join(","));
    }
    format!("{open} {} {close}", lines.join(", "))
}

fn flow_pair(key: &str, item: &Value, indent: &str) -> String {
    let setting = Setting {
        indent,
        implicit_key: true,
        in_flow: true,
        column: None,
    };
    let key = text::string(key, &setting);
    if item.is_null() {
        key
    } else {
        format!("{key}: {}", flow(item, indent))
    }
}

/// Block form of a value, with a final line break.
pub fn block_text(value: &Value) -> String {
    let mut out = String::new();
    node(&mut out, value, "", None);
    out.push('\n');
    out
}

fn node(out: &mut String, value: &Value, indent: &str, column: Option<usize>) {
    match value {
        Value::Array(items) if !items.is_empty() => sequence(out, items, indent),
        Value::Object(map) if !map.is_empty() => mapping(out, map, indent),
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
        scalar => {
            let setting = Setting {
                indent,
                implicit_key: false,
                in_flow: false,
                column,
            };
            out.push_str(&text::scalar(scalar, &setting));
        }
    }
}

/// Starts the next item on a line of its own.
fn next_line(out: &mut String, indent: &str) {
    out.push('\n');
    out.push_str(indent);
}

fn sequence(out: &mut String, items: &[Value], indent: &str) {
    let inner = format!("{indent}  ");
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            next_line(out, indent);
        }
        out.push_str("- ");
        node(out, item, &inner, None);
    }
}

fn mapping(out: &mut String, map: &Map<String, Value>, indent: &str) {
    let inner = format!("{indent}  ");
    for (at, (key, value)) in map.iter().enumerate() {
        if at > 0 {
            next_line(out, indent);
        }
        let setting = Setting {
            indent: &inner,
            implicit_key: true,
            in_flow: false,
            column: None,
        };
        let key = text::string(key, &setting);
        let long = text::units(&key) > 1024;
        out.push_str(if long { "? " } else { "" });
        out.push_str(&key);
        if long {
            next_line(out, indent);
        }
        out.push(':');
        let column = text::units(&key) + 2;
        match value {
            Value::Array(items) if !items.is_empty() && !long => {
                next_line(out, &inner);
                sequence(out, items, &inner);
            }
            Value::Object(map) if !map.is_empty() && !long => {
                next_line(out, &inner);
                mapping(out, map, &inner);
            }
            _ => {
                let mut written = String::new();
                node(&mut written, value, &inner, (!long).then_some(column));
                out.push_str(if written.starts_with('\n') { "" } else { " " });
                out.push_str(&written);
            }
        }
    }
}
