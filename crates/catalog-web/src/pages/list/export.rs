//! The list as comma-separated values (RFC 4180).

use model::{EntityRef, entity};
use serde_json::Value;

use super::state::ListState;
use super::states::SeenStates;
use catalog::browse::shown_title;

/// The table: the columns shown, and what plugins know of the state of entities.
pub(super) struct Table {
    shown: Vec<(&'static str, &'static str)>,
    states: SeenStates,
    state_names: Vec<&'static str>,
}

impl Table {
    /// The columns that a list shows.
    pub fn new(state: &ListState, states: SeenStates) -> Self {
        let shown = state.shown();
        let columns = state.all_columns().filter(|(name, _)| shown.contains(name));
        Self {
            shown: columns.collect(),
            state_names: states.columns().iter().map(|column| column.name).collect(),
            states,
        }
    }

    /// The titles of the columns, the reference first.
    pub fn heading(&self) -> String {
        let titles = self.shown.iter().map(|(_, title)| (*title).to_owned());
        line(std::iter::once("Reference".to_owned()).chain(titles))
    }

    /// The line of an entity.
    pub fn row(&self, value: &Value) -> String {
        let Some(reference) = EntityRef::of(value) else {
            return String::new();
        };
        let states = self.states.of(&reference);
        let of_state = |name: &str| {
            let at = self.state_names.iter().position(|known| *known == name)?;
            Some(
                states
                    .get(at)?
                    .as_ref()
                    .map_or_else(String::new, |state| state.text.clone()),
            )
        };
        let cells = self.shown.iter();
        let cells = cells.map(|(name, _)| of_state(name).unwrap_or_else(|| cell(value, name)));
        line(std::iter::once(reference.to_string()).chain(cells))
    }
}

fn cell(value: &Value, column: &str) -> String {
    let relation = |wanted: &str| {
        let targets = entity::relations(value)
            .filter(|(kind, _)| *kind == wanted)
            .map(|(_, target)| target);
        targets.collect::<Vec<_>>().join(" ")
    };
    match column {
        "name" => shown_title(value)
            .or(entity::name(value))
            .unwrap_or_default()
            .to_owned(),
        "kind" => entity::kind(value).unwrap_or_default().to_owned(),
        "owner" => relation("ownedBy"),
        "system" => relation("partOf"),
        "type" => entity::spec_type(value).unwrap_or_default().to_owned(),
        "lifecycle" => entity::lifecycle(value).unwrap_or_default().to_owned(),
        "namespace" => entity::namespace(value).to_owned(),
        "description" => entity::description(value).unwrap_or_default().to_owned(),
        _ => entity::tags(value).collect::<Vec<_>>().join(" "),
    }
}

/// One line of the file.
pub fn line(cells: impl Iterator<Item = String>) -> String {
    let mut text = cells.map(|cell| quoted(&cell)).collect::<Vec<_>>().join(",");
    text.push_str("\r\n");
    text
}

/// Spreadsheets run what begins like a formula, so such cells get an apostrophe.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    if guard.is_empty() && !cell.contains(['"', ',', '\n', '\r']) {
        return cell.to_owned();
    }
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        let value = json!({"kind": "Component", "metadata": {"name": "a", "description": "=1+1, \"x\""}});
        let table = Table::new(
            &ListState::parse("columns=description", &[]),
            SeenStates::default(),
        );
        assert_eq!(table.heading(), "Reference,Name,Description\r\n");
        assert_eq!(
            table.row(&value),
            "component:default/a,a,\"'=1+1, \"\"x\"\"\"\r\n"
        );
    }
}
