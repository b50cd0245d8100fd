//! The list as comma-separated values (RFC 4180).

use model::{EntityRef, entity};
use serde_json::Value;

use super::state::{COLUMNS, ColumnKey};
use catalog::browse::shown_title;

/// The titles of the columns shown, the reference first.
pub(super) fn heading(shown: &[&'static str]) -> String {
    let titles = columns(shown).map(|column| column.title.to_owned());
    line(std::iter::once("Reference".to_owned()).chain(titles))
}

/// The line of an entity.
pub(super) fn row(value: &Value, shown: &[&'static str]) -> String {
    let Some(reference) = EntityRef::of(value) else {
        return String::new();
    };
    let cells = columns(shown).map(|column| cell(value, column.name));
    line(std::iter::once(reference.to_string()).chain(cells))
}

fn columns(shown: &[&'static str]) -> impl Iterator<Item = &'static ColumnKey> {
    COLUMNS.iter().filter(|column| shown.contains(&column.name))
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

fn line(cells: impl Iterator<Item = String>) -> String {
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
        let shown = ["name", "description"];
        assert_eq!(heading(&shown), "Reference,Name,Description\r\n");
        assert_eq!(
            row(&value, &shown),
            "component:default/a,a,\"'=1+1, \"\"x\"\"\"\r\n"
        );
    }
}
