//! What the buttons of a list do: one row more, one less.

use serde_json::Value;

use super::Form;
use super::pointer::last;
use super::reading::MOST_ROWS;

/// A change of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    /// A row more in the list at this pointer.
    Add(String),
    /// Without the row at this pointer.
    Remove(String),
}

impl Edit {
    /// The change that a button stands for.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        let (what, pointer) = word.split_once(':')?;
        match what {
            "add" => Some(Self::Add(pointer.to_owned())),
            "remove" => Some(Self::Remove(pointer.to_owned())),
            _ => None,
        }
    }

    /// The word of the button.
    pub(crate) fn word(&self) -> String {
        match self {
            Self::Add(pointer) => format!("add:{pointer}"),
            Self::Remove(pointer) => format!("remove:{pointer}"),
        }
    }

    /// The id of the control to go on with.
    pub(crate) fn focus(&self, values: &Value) -> String {
        let list = match self {
            Self::Add(pointer) => {
                let rows = values
                    .pointer(pointer)
                    .and_then(Value::as_array)
                    .map_or(0, Vec::len);
                return format!("{pointer}/{}", rows.saturating_sub(1));
            }
            Self::Remove(pointer) => pointer.rsplit_once('/').map_or("", |(list, _)| list),
        };
        list.to_owned()
    }

    /// Does it. What does not fit the values changes nothing.
    pub(crate) fn apply(&self, values: &mut Value) {
        match self {
            Self::Add(pointer) => {
                if let Some(Value::Array(rows)) = values.pointer_mut(pointer)
                    && rows.len() < MOST_ROWS
                {
                    rows.push(Value::Null);
                }
            }
            Self::Remove(pointer) => {
                let (list, row) = pointer.rsplit_once('/').unwrap_or_default();
                if let (Some(Value::Array(rows)), Ok(row)) = (
                    values.pointer_mut(list),
                    last(&format!("/{row}")).parse::<usize>(),
                ) && row < rows.len()
                {
                    rows.remove(row);
                }
            }
        }
    }
}

impl Form<'_> {
    /// The values after a button of a list was used: a new row has its defaults.
    pub(crate) fn edited(&self, edit: &Edit, filled: super::Filled) -> super::Filled {
        let mut filled = filled;
        edit.apply(&mut filled.values);
        self.fill(&super::reading::Sent::default(), &filled)
    }
}
