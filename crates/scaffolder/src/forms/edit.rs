//! What the buttons of lists do: one row more, one less, a row that changes places.

use serde_json::Value;

use super::controls::{control_of, value_of};
use super::effective::Branches;
use super::pointer::{below, last};
use super::reading::{MOST_ROWS, Sent};
use super::{Filled, Form};

/// A change of a list, or of an object whose names a person gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    /// A row more in the list at this pointer.
    Add(String),
    /// Without the row at this pointer.
    Remove(String),
    /// The row at this pointer changes places with the one above.
    Up(String),
    /// The row at this pointer changes places with the one below.
    Down(String),
}

impl Edit {
    /// The change that a button stands for.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        let (what, pointer) = word.split_once(':')?;
        let pointer = pointer.to_owned();
        match what {
            "add" => Some(Self::Add(pointer)),
            "remove" => Some(Self::Remove(pointer)),
            "up" => Some(Self::Up(pointer)),
            "down" => Some(Self::Down(pointer)),
            _ => None,
        }
    }

    /// The word of the button.
    pub(crate) fn word(&self) -> String {
        let (what, pointer) = match self {
            Self::Add(pointer) => ("add", pointer),
            Self::Remove(pointer) => ("remove", pointer),
            Self::Up(pointer) => ("up", pointer),
            Self::Down(pointer) => ("down", pointer),
        };
        format!("{what}:{pointer}")
    }

    /// The same change of the value that a control shows.
    fn of_value(&self, value_of: impl Fn(&str) -> Option<String>) -> Option<Self> {
        Some(match self {
            Self::Add(pointer) => Self::Add(value_of(pointer)?),
            Self::Remove(pointer) => Self::Remove(value_of(pointer)?),
            Self::Up(pointer) => Self::Up(value_of(pointer)?),
            Self::Down(pointer) => Self::Down(value_of(pointer)?),
        })
    }

    /// The parts that were chosen in rows move with them.
    pub(crate) fn move_branches(&self, branches: &mut Branches) {
        let (Self::Remove(pointer) | Self::Up(pointer) | Self::Down(pointer)) = self else {
            return;
        };
        let Ok(row) = last(pointer).parse::<usize>() else {
            return;
        };
        let list = parent(pointer);
        let place = |at: usize| match self {
            Self::Remove(_) if at == row => None,
            Self::Remove(_) if at > row => Some(at - 1),
            Self::Up(_) | Self::Down(_) if Some(at) == self.target(pointer) => Some(row),
            Self::Up(_) | Self::Down(_) if at == row => self.target(pointer),
            _ => Some(at),
        };
        let moved = |(key, part): (String, usize)| {
            let rest = key.strip_prefix(list).and_then(|rest| rest.strip_prefix('/'));
            let (at, inner) = rest.map_or(("", ""), |rest| rest.split_once('/').unwrap_or((rest, "")));
            let Ok(at) = at.parse::<usize>() else {
                return Some((key, part));
            };
            let row = below(list, &place(at)?.to_string());
            Some((
                if inner.is_empty() {
                    row
                } else {
                    format!("{row}/{inner}")
                },
                part,
            ))
        };
        *branches = std::mem::take(branches).into_iter().filter_map(moved).collect();
    }

    /// The pointer of the value to go on with.
    fn focus(&self, values: &Value) -> String {
        match self {
            Self::Add(pointer) => match values.pointer(pointer) {
                Some(Value::Array(rows)) => below(pointer, &rows.len().saturating_sub(1).to_string()),
                _ => below(pointer, ""),
            },
            Self::Remove(pointer) => parent(pointer).to_owned(),
            Self::Up(pointer) | Self::Down(pointer) => {
                let row = self.target(pointer).unwrap_or_default();
                below(parent(pointer), &row.to_string())
            }
        }
    }

    /// Where a row comes to lie.
    fn target(&self, pointer: &str) -> Option<usize> {
        let row = last(pointer).parse::<usize>().ok()?;
        match self {
            Self::Up(_) => row.checked_sub(1),
            _ => row.checked_add(1),
        }
    }

    /// Does it. What does not fit the values changes nothing.
    fn apply(&self, values: &mut Value) {
        match self {
            Self::Add(pointer) => match values.pointer_mut(pointer) {
                Some(Value::Array(rows)) if rows.len() < MOST_ROWS => rows.push(Value::Null),
                Some(Value::Object(entries)) if entries.len() < MOST_ROWS => {
                    entries.entry("").or_insert(Value::Null);
                }
                _ => {}
            },
            Self::Remove(pointer) => match values.pointer_mut(parent(pointer)) {
                Some(Value::Array(rows)) => {
                    let row = last(pointer).parse::<usize>().ok();
                    if let Some(row) = row.filter(|row| *row < rows.len()) {
                        rows.remove(row);
                    }
                }
                // A field of the page has no button that removes it.
                Some(Value::Object(entries)) if !parent(pointer).is_empty() => {
                    entries.shift_remove(&last(pointer));
                }
                _ => {}
            },
            Self::Up(pointer) | Self::Down(pointer) => {
                let (row, target) = (last(pointer).parse::<usize>().ok(), self.target(pointer));
                if let (Some(Value::Array(rows)), Some(row), Some(target)) =
                    (values.pointer_mut(parent(pointer)), row, target)
                    && row.max(target) < rows.len()
                {
                    rows.swap(row, target);
                }
            }
        }
    }
}

/// The pointer of the list in which a row lies.
fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(list, _)| list)
}

impl Form<'_> {
    /// The values after a button of a list was used, and the control to go on with. A new row has its defaults.
    pub(crate) fn edited(&self, edit: &Edit, filled: Filled) -> (Filled, Option<String>) {
        let schema = self.effective(&filled.values);
        let Some(edit) = edit.of_value(|control| value_of(&schema, &filled.values, control)) else {
            return (filled, None);
        };
        let mut filled = filled;
        edit.apply(&mut filled.values);
        let filled = self.fill(&Sent::default(), &filled);
        let schema = self.effective(&filled.values);
        let focus = control_of(&schema, &filled.values, &edit.focus(&filled.values));
        (filled, Some(focus))
    }
}
