//! Rows that come and go: lists, and objects whose names a person gives.

use std::collections::BTreeSet;

use maud::{Markup, html};
use serde_json::Value;
use ui::icon;

use super::draw::{Drawing, Field};
use super::edit::Edit;
use super::effective::{effective_row, triggers};
use super::kind::{Kind, fixed_rows, kind, row_schema, takes_rows};
use super::pointer::{below, further_rows, id, row_name};
use super::reading::{MOST_ROWS, list_mark};
use super::schema::{further, more, option, title};
use super::without_blanks;

/// What the buttons beside a row may do.
#[derive(Clone, Copy)]
struct Moves {
    remove: bool,
    up: bool,
    down: bool,
}

impl Drawing<'_> {
    /// The rows of a list.
    pub(super) fn list(&self, field: &Field<'_>) -> Markup {
        let empty = Vec::new();
        let rows = field.value.as_array().unwrap_or(&empty);
        let fixed = fixed_rows(field.schema);
        let may = |name: &str| may(field, name);
        let has_place = |row: usize| row >= fixed && row < rows.len() && may("orderable");
        let moves = |row: usize| Moves {
            remove: row >= fixed && may("removable"),
            up: row > fixed && has_place(row),
            down: has_place(row) && has_place(row + 1),
        };
        let most = field.schema["maxItems"].as_u64().unwrap_or(u64::MAX);
        let is_full = rows.len() >= MOST_ROWS || u64::try_from(rows.len()).is_ok_and(|rows| rows >= most);
        // What is missing goes into the first row that is still empty.
        let blank = rows
            .iter()
            .position(Value::is_null)
            .filter(|_| field.focus && field.error.is_some());
        html! {
            input type="hidden" name=(list_mark(&field.pointer)) value="";
            @for (index, value) in rows.iter().enumerate() { (self.row(field, index, (value, blank == Some(index)), moves(index))) }
            @if may("addable") && takes_rows(field.schema) && !is_full {
                (add_button(&field.pointer, &field.title, field.focus && blank.is_none()))
            }
        }
    }

    fn row(&self, list: &Field<'_>, index: usize, (value, focus): (&Value, bool), moves: Moves) -> Markup {
        let row_of = row_schema(list.schema, index);
        let pointer = below(&list.pointer, &index.to_string());
        let schema = effective_row(&row_of, &without_blanks(value), self.branches, &pointer);
        let is_fixed = index < fixed_rows(list.schema);
        let name = if is_fixed && row_of.get("title").is_some() {
            title(&row_of, &list.title)
        } else {
            format!("{} {}", title(&row_of, &list.title), index + 1)
        };
        let triggers = triggers_in(&row_of, &pointer);
        let drawing = self.within(&triggers);
        let mut row = drawing.field(&schema, pointer.clone(), name.clone(), Some(value), false);
        row.is_row = !is_fixed;
        row.focus |= focus;
        html! {
            div.list-row {
                (drawing.one(&row))
                (row_buttons(&pointer, &name, moves))
            }
        }
    }

    /// The entries of an object whose names a person gives.
    pub(super) fn further(&self, schema: &Value, pointer: &str, values: &Value) -> Markup {
        let rows = further_rows(pointer);
        let entries: Vec<(&String, &Value)> = further(schema, values).collect();
        let is_first = entries.is_empty() && self.focus.as_deref() == Some(pointer);
        html! {
            @if let Some(row_of) = more(schema) {
                input type="hidden" name=(list_mark(&rows)) value="";
                @for (index, (name, value)) in entries.iter().enumerate() {
                    (self.entry(row_of, &below(&rows, &index.to_string()), (index, name.as_str()), value))
                }
                @if entries.len() < MOST_ROWS { (add_button(&rows, &title(row_of, "an entry"), is_first)) }
            }
        }
    }

    fn entry(&self, row_of: &Value, pointer: &str, (index, name): (usize, &str), value: &Value) -> Markup {
        let schema = effective_row(row_of, &without_blanks(value), self.branches, pointer);
        let triggers = triggers_in(row_of, pointer);
        let drawing = self.within(&triggers);
        let number = index + 1;
        let what = if name.is_empty() {
            format!("entry {number}")
        } else {
            name.to_owned()
        };
        let mut row = Field {
            is_row: true,
            ..drawing.field(
                &schema,
                pointer.to_owned(),
                format!("Value of {what}"),
                Some(value),
                false,
            )
        };
        let is_unnamed = name.is_empty();
        let name_focus = row.focus && is_unnamed;
        let error = if is_unnamed { row.error.take() } else { None };
        row.focus &= !is_unnamed;
        let name_id = id(&row_name(pointer));
        let error_id = format!("{name_id}-error");
        let moves = Moves {
            remove: true,
            up: false,
            down: false,
        };
        html! {
            div.list-row {
                div.entry {
                    div.field.field-invalid[error.is_some()] {
                        label.visually-hidden for=(name_id) { "Name of entry " (number) }
                        input.input type="text" id=(name_id) name=(row_name(pointer)) value=(name) placeholder="Name" autofocus[name_focus]
                            aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| error_id.as_str())]
                            spellcheck="false" autocapitalize="off" autocomplete="off";
                        @if let Some(error) = error { p.field-error id=(error_id) { (icon("error")) span { (error) } } }
                    }
                    (drawing.one(&row))
                }
                (row_buttons(pointer, &what, moves))
            }
        }
    }
}

/// Pointers of the fields in a row on which others in it depend.
fn triggers_in(row_of: &Value, pointer: &str) -> BTreeSet<String> {
    let own = triggers(row_of).into_iter();
    own.map(|below| format!("{pointer}{below}")).collect()
}

fn may(field: &Field<'_>, name: &str) -> bool {
    let written = option(field.schema, name).and_then(Value::as_bool);
    written.unwrap_or(true) && !field.is_fixed() && kind(field.schema) == Kind::List
}

fn add_button(pointer: &str, title: &str, focus: bool) -> Markup {
    let add = Edit::Add(pointer.to_owned()).word();
    html! {
        button.button.add-row type="submit" name="go" value=(add) id=(id(pointer)) autofocus[focus] {
            (icon("plus")) span { "Add" span.visually-hidden { " to " (title) } }
        }
    }
}

fn row_buttons(pointer: &str, name: &str, moves: Moves) -> Markup {
    let up = (
        moves.up,
        Edit::Up(pointer.to_owned()),
        "Move up",
        "sort-ascending",
    );
    let down = (
        moves.down,
        Edit::Down(pointer.to_owned()),
        "Move down",
        "sort-descending",
    );
    let remove = (moves.remove, Edit::Remove(pointer.to_owned()), "Remove", "trash");
    html! {
        @if moves.up || moves.down || moves.remove {
            div.row-buttons {
                @for (is_shown, edit, word, sign) in [up, down, remove] {
                    @if is_shown {
                        button.icon-button type="submit" name="go" value=(edit.word()) aria-label=(format_args!("{word} {name}")) title=(word) { (icon(sign)) }
                    }
                }
            }
        }
    }
}
