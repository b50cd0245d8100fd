//! What a descriptor may say, but hardly means.

use serde_json::Value;

use crate::placeholders::PLACEHOLDERS;
use crate::{Fault, Problem};

/// Most oddities told of one document.
const MOST: usize = 10;
/// Deepest nesting that is searched.
const MAX_DEPTH: usize = 128;

/// Warnings of an entity as its author wrote it. Each fault names its field.
pub fn oddities(entity: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    search(entity, &mut String::new(), 0, &mut found);
    found
}

fn search(value: &Value, pointer: &mut String, depth: usize, found: &mut Vec<Problem>) {
    if depth > MAX_DEPTH || found.len() == MOST {
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                below(pointer, &key.replace('~', "~0").replace('/', "~1"), |pointer| {
                    if key == "<<" && (child.is_object() || child.is_array()) {
                        found.push(unmerged(pointer));
                    } else {
                        search(child, pointer, depth + 1, found);
                    }
                });
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                below(pointer, &index.to_string(), |pointer| {
                    search(child, pointer, depth + 1, found);
                });
            }
        }
        Value::String(text) => found.extend(placeholder_in(text).map(|name| in_a_text(pointer, name))),
        _ => {}
    }
}

/// Goes one step down and up again.
fn below(pointer: &mut String, step: &str, visit: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(step);
    visit(pointer);
    pointer.truncate(length);
}

/// The placeholder that a text would be, were it none: `$text: ./file`, alone.
fn placeholder_in(text: &str) -> Option<&'static str> {
    let (key, target) = text.trim().split_once(':')?;
    let is_target = !target.trim().is_empty() && !target.trim().contains(char::is_whitespace);
    let known = PLACEHOLDERS.into_iter().find(|name| *name == key.trim());
    known.filter(|_| is_target)
}

fn in_a_text(pointer: &str, name: &str) -> Problem {
    let fault = Fault::input(format!(
        "{pointer} is a text that says {name}, so nothing is read for it"
    ));
    Problem::warning(fault.at(pointer)).hint(format!(
        "Write `{name}: …` as a key of its own: without `|`, `>` and quotes around it."
    ))
}

fn unmerged(pointer: &str) -> Problem {
    let fault = Fault::input(format!(
        "{pointer} is kept as a key with the name <<, nothing is merged"
    ));
    Problem::warning(fault.at(pointer)).hint(UNMERGED)
}

/// The way out of a key `<<`.
pub(crate) const UNMERGED: &str =
    "Write the keys out, or begin the file with the lines `%YAML 1.1` and `---`, which makes `<<` merge.";
