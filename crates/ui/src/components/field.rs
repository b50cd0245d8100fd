//! Form fields. Label, hint and error belong to a control and cannot be left apart.

use maud::{Markup, html};

use super::button::{Button, button};
use super::sheet::sheet_head;
use crate::icon::icon;

/// What a field says besides its control.
#[derive(Debug, Clone, Copy, Default)]
pub struct Field<'a> {
    /// Id and name of the control.
    pub name: &'a str,
    /// What is asked for.
    pub label: &'a str,
    /// How to answer.
    pub hint: Option<&'a str>,
    /// What is wrong with the answer.
    pub error: Option<&'a str>,
    /// The form cannot be sent without it.
    pub required: bool,
    /// It is one of a list's filters, where none is required and none is marked as optional.
    pub is_filter: bool,
}

impl Field<'_> {
    fn described_by(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.name));
        let error = self.error.map(|_| format!("{}-error", self.name));
        let parts: Vec<String> = hint.into_iter().chain(error).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// A field around any control that has the field's name as id.
#[expect(clippy::needless_pass_by_value, reason = "markup is built at the call")]
pub fn field(field: Field<'_>, control: Markup) -> Markup {
    html! {
        div.field.field-invalid[field.error.is_some()] {
            label for=(field.name) { (field.label) @if !field.required && !field.is_filter { span.field-optional { "optional" } } }
            (control)
            @if let Some(hint) = field.hint { p.field-hint id=(format_args!("{}-hint", field.name)) { (hint) } }
            @if let Some(error) = field.error {
                p.field-error id=(format_args!("{}-error", field.name)) { (icon("error")) (error) }
            }
        }
    }
}

/// A field for a line of text. `kind` is an HTML input type.
pub fn text_input(field_of: Field<'_>, kind: &str, value: &str, placeholder: &str) -> Markup {
    field(
        field_of,
        html! {
            input.input id=(field_of.name) name=(field_of.name) type=(kind) value=(value) placeholder=(placeholder)
                required[field_of.required] aria-invalid=[field_of.error.map(|_| "true")]
                aria-describedby=[field_of.described_by()];
        },
    )
}

/// A field for several lines of text.
pub fn text_area(field_of: Field<'_>, value: &str, rows: u32) -> Markup {
    field(
        field_of,
        html! {
            textarea.input id=(field_of.name) name=(field_of.name) rows=(rows) required[field_of.required]
                aria-invalid=[field_of.error.map(|_| "true")] aria-describedby=[field_of.described_by()] { (value) }
        },
    )
}

/// A field to choose one of several values, given as value and text.
pub fn select(field_of: Field<'_>, options: &[(&str, &str)], chosen: &str) -> Markup {
    field(
        field_of,
        html! {
            select.input id=(field_of.name) name=(field_of.name) aria-describedby=[field_of.described_by()] {
                @for (value, text) in options { option value=(value) selected[*value == chosen] { (text) } }
            }
        },
    )
}

/// The fields that narrow down a list: a row, and on phones a sheet behind a button. `active` is how many are set, `clear`
/// the list without any.
pub fn filter_form(action: &str, fields: &Markup, (active, clear): (usize, &str)) -> Markup {
    html! {
        search.filter-form {
            button.button.sheet-button type="button" popovertarget="filters" {
                (icon("filter")) span { "Filters" }
                @if active > 0 { span.count { (active) } }
            }
            form #filters.filter-fields.sheet popover="auto" action=(action) method="get" {
                (sheet_head("Filters", "filters", &html! {}))
                (fields)
                div.filter-buttons {
                    (button(Button { label: "Show", icon: Some("filter"), ..Button::default() }))
                    @if active > 0 { a.button.button-ghost href=(clear) { "Clear" } }
                }
            }
        }
    }
}

/// A box to tick.
pub fn checkbox(name: &str, label: &str, checked: bool) -> Markup {
    html! {
        label.checkbox { input type="checkbox" name=(name) value="true" checked[checked]; span { (label) } }
    }
}

/// The search field of a list: a GET form that keeps the other parameters of the address.
pub fn search_field(action: &str, name: &str, value: &str, label: &str, kept: &[(&str, &str)]) -> Markup {
    html! {
        search {
            form.search-field action=(action) method="get" {
                @for (key, value) in kept { input type="hidden" name=(key) value=(value); }
                span.search-icon { (icon("search")) }
                input.js-auto-submit type="search" id=(format_args!("search-{name}")) name=(name) value=(value)
                    placeholder=(label) aria-label=(label) autocomplete="off" spellcheck="false";
            }
        }
    }
}
