//! Expressions in the steps and the output of a template.

use nunjucks::{Options, Template};
use serde_json::Value;

use super::Rule;
use super::finding::{Findings, below};
use super::names::{Names, Standpoint, mentions};
use crate::refusal::is_placeholder;

/// The action whose input is logged.
const LOG: &str = "debug:log";
/// Names that are meant as those of expressions, even where the `$` was forgotten.
const MEANT: [&str; 4] = ["parameters.", "steps.", "secrets.", "each."];

pub(super) fn check(spec: &Value, names: &Names<'_>, found: &mut Findings<'_>) {
    for (index, placed) in names.steps.all.iter().enumerate() {
        let step = &placed.step;
        let in_input = Standpoint {
            steps_before: index,
            sees_secrets: true,
            has_each: step.each.is_some(),
            is_logged: step.action == LOG,
        };
        let in_each = Standpoint {
            has_each: false,
            is_logged: false,
            ..in_input
        };
        // Of a step with rounds the condition sees secrets, too.
        let in_condition = Standpoint {
            sees_secrets: step.each.is_some(),
            is_logged: false,
            ..in_input
        };
        for (key, value, at) in [
            ("input", &step.input, in_input),
            ("if", &step.condition, in_condition),
            ("each", &step.each, in_each),
        ] {
            if let Some(value) = value {
                walk(value, &below(&placed.path, key), names, at, found);
            }
        }
    }
    let at = Standpoint {
        steps_before: names.steps.all.len(),
        sees_secrets: false,
        has_each: false,
        is_logged: false,
    };
    let path = ["spec", "output"].map(str::to_owned);
    walk(&spec["output"], &path, names, at, found);
}

fn walk(value: &Value, path: &[String], names: &Names<'_>, at: Standpoint, found: &mut Findings<'_>) {
    match value {
        Value::String(text) => text_at(text, path, names, at, found),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &below(path, index), names, at, found);
            }
        }
        Value::Object(_) if is_placeholder(value) => {}
        Value::Object(entries) => {
            for (key, value) in entries {
                walk(value, &below(path, key), names, at, found);
            }
        }
        _ => {}
    }
}

fn text_at(text: &str, path: &[String], names: &Names<'_>, at: Standpoint, found: &mut Findings<'_>) {
    let template = match Template::parse(text, &Options::default()) {
        Ok(template) => template,
        Err(error) => {
            let part = before(text, error.line, error.column);
            let message = format!(
                "The expression cannot be read, and stays as it is written: {}",
                error.text
            );
            return found.within(Rule::ExpressionSyntax, path, part, message, None);
        }
    };
    if let Some((start, name)) = forgotten(text) {
        let message = format!("`{{{{ {name}… }}}}` is plain text, because a `$` is missing before it");
        let way_out = format!("Write `${{{{ {name}… }}}}`.");
        found.within(Rule::PlainBraces, path, &text[..start], message, Some(way_out));
    }
    for mention in mentions(&template) {
        if let Some((rule, message, way_out)) = names.judge(&template, &mention, at) {
            let part = before(text, mention.line, mention.column);
            found.within(rule, path, part, message, way_out);
        }
    }
}

/// The text before a place of it. Columns count UTF-16 units.
fn before(text: &str, line: u32, column: u32) -> &str {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1) as usize);
    let start: usize = lines.map(str::len).sum();
    let mut left = column.saturating_sub(1) as usize;
    let rest = &text[start..];
    let end = rest.char_indices().find(|(_, letter)| {
        let is_there = left == 0;
        left = left.saturating_sub(letter.len_utf16());
        is_there
    });
    &text[..start + end.map_or(rest.len(), |(offset, _)| offset)]
}

/// Where `{{ parameters.` stands without a `$` before it, and the name.
fn forgotten(text: &str) -> Option<(usize, &'static str)> {
    let places = text.match_indices("{{").map(|(start, _)| start);
    let mut plain = places.filter(|start| !text[..*start].ends_with('$'));
    plain.find_map(|start| {
        let inner = text[start + 2..].trim_start_matches(['-', ' ']);
        let name = MEANT.into_iter().find(|name| inner.starts_with(name))?;
        Some((start, name))
    })
}
