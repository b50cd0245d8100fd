//! A form as markup: fields one under another, each with its label, hints and what is wrong with it.

use std::collections::BTreeSet;

use maud::{Markup, html};
use serde_json::Value;
use ui::icon;

use super::check::Mistakes;
use super::draw_field;
use super::effective::Branches;
use super::kind::{Kind, kind, unknown_field, unknown_widget};
use super::pickers::Offers;
use super::pointer::{below, id};
use super::prose::prose;
use super::reading::branch_name;
use super::repository::{GitHost, asks_for_credentials};
use super::schema::{
    BRANCH, BRANCHES, description, hint, hint_text, is_fixed, is_required, properties, title,
};

/// Everything that fields are drawn with besides their schema and value.
pub(crate) struct Drawing<'a> {
    /// Chosen parts of an `oneOf`.
    pub branches: &'a Branches,
    /// What the catalog offers.
    pub offers: &'a Offers,
    /// What is wrong, by the pointer of the control.
    pub mistakes: &'a Mistakes,
    /// Pointers of the fields on which others depend.
    pub triggers: &'a BTreeSet<String>,
    /// The Git hosts that the portal knows.
    pub hosts: &'a [GitHost],
    /// Pointer of the control that gets the focus.
    pub focus: Option<String>,
}

/// A field with everything that is said about it.
pub(super) struct Field<'a> {
    pub schema: &'a Value,
    pub pointer: String,
    pub id: String,
    pub title: String,
    pub value: &'a Value,
    pub required: bool,
    /// It is a row of a list, whose number says what it is.
    pub is_row: bool,
    pub error: Option<&'a str>,
    /// It gets the focus.
    pub focus: bool,
    /// Other fields depend on it.
    pub updates: bool,
}

impl Field<'_> {
    /// Ids of the texts about the field.
    pub(super) fn described_by(&self) -> Option<String> {
        let is_hinted = !self.is_row && !notes(self).is_empty();
        let hint = is_hinted.then(|| format!("{}-hint", self.id));
        let error = self.error.map(|_| format!("{}-error", self.id));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    pub(super) fn is_fixed(&self) -> bool {
        is_fixed(self.schema)
    }

    /// The label is for people who do not see the page alone: the row's place or the template's wish.
    fn is_label_hidden(&self) -> bool {
        self.is_row || hint(self.schema, "label") == Some(&Value::Bool(false))
    }
}

/// The pointer of the control with the first mistake, in the order in which fields are shown; else of the field that
/// asks for the focus.
pub(crate) fn focus(effective: &Value, mistakes: &Mistakes) -> Option<String> {
    let mut order = Vec::new();
    flatten(effective, "", &mut order);
    let within = |pointer: &str, wrong: &str| {
        let rest = wrong.strip_prefix(pointer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#']))
    };
    let first = |pointer: &str| mistakes.keys().find(|wrong| within(pointer, wrong)).cloned();
    if let Some(wrong) = order.iter().find_map(|(pointer, _)| first(pointer)) {
        return Some(wrong);
    }
    let wanted = order.into_iter().find(|(_, wants)| *wants);
    wanted.map(|(pointer, _)| pointer)
}

fn flatten(schema: &Value, pointer: &str, order: &mut Vec<(String, bool)>) {
    for (name, field) in properties(schema) {
        let at = below(pointer, name);
        let is_group = kind(field) == Kind::Group;
        if is_group {
            flatten(field, &at, order);
        }
        order.push((at, !is_group && super::schema::is_on(field, "autofocus")));
    }
}

impl Drawing<'_> {
    /// The fields of an object.
    pub(crate) fn fields(&self, schema: &Value, pointer: &str, values: &Value) -> Markup {
        html! {
            (branch(schema, pointer))
            @for (name, field) in properties(schema) {
                (self.one(&self.field(field, below(pointer, name), title(field, name), values.get(name), is_required(schema, name))))
            }
            // The page itself holds values of other pages, too.
            @if !pointer.is_empty() { (self.further(schema, pointer, values)) }
        }
    }

    /// The same for a row, in which other fields have others that depend on them.
    pub(super) fn within<'d>(&'d self, triggers: &'d BTreeSet<String>) -> Drawing<'d> {
        Drawing {
            triggers,
            focus: self.focus.clone(),
            ..*self
        }
    }

    /// A field of the form, with what is known of it.
    pub(super) fn field<'f>(
        &'f self,
        schema: &'f Value,
        pointer: String,
        title: String,
        value: Option<&'f Value>,
        required: bool,
    ) -> Field<'f> {
        Field {
            schema,
            id: id(&pointer),
            title,
            value: value.unwrap_or(&Value::Null),
            required,
            is_row: false,
            error: self.mistakes.get(&pointer).map(String::as_str),
            focus: self.focus.as_deref() == Some(&pointer),
            updates: self.triggers.contains(&pointer),
            pointer,
        }
    }

    /// A field with its label.
    pub(super) fn one(&self, field: &Field<'_>) -> Markup {
        match kind(field.schema) {
            Kind::Hidden => hidden(field),
            Kind::Group => framed(field, &self.fields(field.schema, &field.pointer, field.value)),
            Kind::List => framed(field, &self.list(field)),
            Kind::Boxes => framed(field, &draw_field::boxes(field)),
            Kind::Radio => framed(field, &draw_field::radio(field)),
            Kind::Repository => framed(field, &self.repository(field)),
            Kind::Switch => switch(field),
            _ => labelled(field, &self.control(field)),
        }
    }
}

fn hidden(field: &Field<'_>) -> Markup {
    let value = super::options::text_of(field.value);
    html! {
        @if let Some(error) = field.error { p.field-error { (icon("error")) span { (field.title) ": " (error) } } }
        input type="hidden" name=(field.pointer) value=(value);
    }
}

fn switch(field: &Field<'_>) -> Markup {
    html! {
        div.field.field-invalid[field.error.is_some()] {
            @if !field.is_fixed() { input type="hidden" name=(field.pointer) value="false"; }
            label.checkbox {
                input type="checkbox" id=(field.id) name=(field.pointer) value="true" checked[*field.value == true]
                    aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()]
                    autofocus[field.focus] disabled[field.is_fixed()] data-updates[field.updates];
                span { (field.title) }
            }
            @if field.updates { (update_button(&field.id)) }
            (hints(field))
            (error_line(field))
        }
    }
}

/// The choice between the parts of an `oneOf`.
fn branch(schema: &Value, pointer: &str) -> Markup {
    let titles = schema[BRANCHES].as_array();
    let chosen = schema[BRANCH].as_u64();
    let name = branch_name(pointer);
    html! {
        @if let Some(titles) = titles {
            div.field {
                label for=(id(&name)) { "Kind" }
                select.input id=(id(&name)) name=(name) data-updates {
                    @for (index, title) in (0..).zip(titles) {
                        @if let Some(title) = title.as_str() { option value=(index) selected[Some(index) == chosen] { (title) } }
                    }
                }
                (update_button(&id(&name)))
            }
        }
    }
}

/// A field whose control has one label.
fn labelled(field: &Field<'_>, control: &Markup) -> Markup {
    html! {
        div.field.field-invalid[field.error.is_some()] {
            label.visually-hidden[field.is_label_hidden()] for=(field.id) {
                (field.title)
                @if !field.required && !field.is_row && kind(field.schema) != Kind::Fixed { span.field-optional { "optional" } }
            }
            (branch(field.schema, &field.pointer))
            (control)
            @if field.updates { (update_button(&field.id)) }
            (hints(field))
            (error_line(field))
        }
    }
}

/// A field of several controls.
fn framed(field: &Field<'_>, content: &Markup) -> Markup {
    let is_group = kind(field.schema) == Kind::Group;
    let has_to_have_rows = field.schema["minItems"].as_u64().unwrap_or(0) > 0;
    let is_optional = !field.required && !field.is_row && !is_group && !has_to_have_rows;
    html! {
        fieldset.field.field-group[is_group].field-invalid[field.error.is_some()] aria-describedby=[field.described_by()] disabled[field.is_fixed()] {
            legend.visually-hidden[field.is_label_hidden() && !is_group] {
                (field.title)
                @if is_optional { span.field-optional { "optional" } }
            }
            @if is_group { (hints(field)) } @else { (branch(field.schema, &field.pointer)) }
            (content)
            @if field.updates { (update_button(&field.id)) }
            @if !is_group { (hints(field)) }
            (error_line(field))
        }
    }
}

/// What a field is about, how to answer, and what is missing of it.
fn notes(field: &Field<'_>) -> Vec<Markup> {
    let texts = [description(field.schema), hint_text(field.schema, "help")];
    let mut notes: Vec<Markup> = texts.into_iter().flatten().map(prose).collect();
    let own = hint_text(field.schema, "helperText").filter(|_| kind(field.schema) == Kind::Tags);
    notes.extend(own.map(prose));
    if let Some(name) = unknown_field(field.schema) {
        notes.push(html! { "The template asks for the field " code { (name) } ", which this portal does not have. Give its value as it is." });
    } else if let Some(name) = unknown_widget(field.schema) {
        notes.push(html! { "The template asks for the widget " code { (name) } ", which this portal does not have." });
    }
    if asks_for_credentials(field.schema) {
        notes.push(html! { "The template asks for your own access to the Git host. This portal uses its own instead." });
    }
    notes
}

fn hints(field: &Field<'_>) -> Markup {
    let notes = if field.is_row { Vec::new() } else { notes(field) };
    html! {
        @if !notes.is_empty() {
            div id=(format_args!("{}-hint", field.id)) { @for note in notes { p.field-hint.prewrap { (note) } } }
        }
    }
}

pub(super) fn error_line(field: &Field<'_>) -> Markup {
    html! {
        @if let Some(error) = field.error {
            p.field-error id=(format_args!("{}-error", field.id)) { (icon("error")) span { (error) } }
        }
    }
}

/// Draws the form anew, where there is no script that does it by itself.
pub(super) fn update_button(of: &str) -> Markup {
    html! {
        noscript { button.button.update-button type="submit" name="go" value="update" aria-describedby=(of) { (icon("refresh")) span { "Show fields for this choice" } } }
    }
}
