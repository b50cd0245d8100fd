//! Prints values as YAML, in the style of the original's `stringify`.

mod fold;
mod text;

use serde_json::{Map, Value};
use text::Setting;

/// How YAML is written, with the options that the original's `stringify` has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Spaces by which a mapping is indented in another one: `indent`.
    pub indent: usize,
    /// Sequences are indented in mappings: `indentSeq`.
    pub indents_sequences: bool,
    /// Longest line aimed at, in UTF-16 units; 0 for lines of any length: `lineWidth`.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            indent: 2,
            indents_sequences: true,
            width: 80,
        }
    }
}

/// One-line form of a collection used as a key; long collections take a line per item.
pub fn flow_text(value: &Value) -> String {
    flow(value, "", &Style::default())
}

fn flow(value: &Value, indent: &str, style: &Style) -> String {
    let inner = format!("{indent}  ");
    let (lines, open, close): (Vec<String>, _, _) = match value {
        Value::Array(items) => (
            items.iter().map(|item| flow(item, &inner, style)).collect(),
            '[',
            ']',
        ),
        Value::Object(map) => (
            map.iter()
                .map(|(key, item)| flow_pair(key, item, &inner, style))
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
                style,
            };
            return text::scalar(scalar, &setting);
        }
    };
    if lines.is_empty() {
        return format!("{open}{close}");
    }
    let length: usize = lines.iter().map(|line| text::units(line) + 3).sum::<usize>() + 1;
    if length > style.width || lines.iter().any(|line| line.contains('\n')) {
        let body: Vec<String> = lines.iter().map(|line| format!("\n{inner}{line}")).collect();
        return format!("{open}{}\n{indent}{close}", body.join(","));
    }
    format!("{open} {} {close}", lines.join(", "))
}

fn flow_pair(key: &str, item: &Value, indent: &str, style: &Style) -> String {
    let setting = Setting {
        indent,
        implicit_key: true,
        in_flow: true,
        column: None,
        style,
    };
    let key = text::string(key, &setting);
    if item.is_null() {
        key
    } else {
        format!("{key}: {}", flow(item, indent, style))
    }
}

/// Block form of a value, with a final line break.
pub fn block_text(value: &Value, style: &Style) -> String {
    let mut out = String::new();
    node(&mut out, value, ("", None), style);
    out.push('\n');
    out
}

fn node(out: &mut String, value: &Value, (indent, column): (&str, Option<usize>), style: &Style) {
    match value {
        Value::Array(items) if !items.is_empty() => sequence(out, items, indent, style),
        Value::Object(map) if !map.is_empty() => mapping(out, map, indent, style),
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
        scalar => {
            let setting = Setting {
                indent,
                implicit_key: false,
                in_flow: false,
                column,
                style,
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

fn sequence(out: &mut String, items: &[Value], indent: &str, style: &Style) {
    let inner = format!("{indent}  ");
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            next_line(out, indent);
        }
        out.push_str("- ");
        node(out, item, (&inner, None), style);
    }
}

fn mapping(out: &mut String, map: &Map<String, Value>, indent: &str, style: &Style) {
    let inner = format!("{indent}{}", " ".repeat(style.indent));
    // `- ` counts as indentation where sequences have none of their own.
    let of_sequences = &inner[if style.indents_sequences || style.indent < 2 {
        0
    } else {
        2
    }..];
    for (at, (key, value)) in map.iter().enumerate() {
        if at > 0 {
            next_line(out, indent);
        }
        let setting = Setting {
            indent: &inner,
            implicit_key: true,
            in_flow: false,
            column: None,
            style,
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
                next_line(out, of_sequences);
                sequence(out, items, of_sequences, style);
            }
            Value::Object(map) if !map.is_empty() && !long => {
                next_line(out, &inner);
                mapping(out, map, &inner, style);
            }
            _ => {
                let mut written = String::new();
                node(&mut written, value, (&inner, (!long).then_some(column)), style);
                out.push_str(if written.starts_with('\n') { "" } else { " " });
                out.push_str(&written);
            }
        }
    }
}
