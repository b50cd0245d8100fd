//! A form as markup: fields one under another, groups, lists, and the parts of a repository's place.

use std::collections::BTreeSet;

use maud::{Markup, html};
use serde_json::Value;
use ui::{icon, inline_code};

use super::check::Mistakes;
use super::edit::Edit;
use super::effective::{Branches, effective_row};
use super::kind::{Kind, kind, row_schema, unknown_field};
use super::pickers::Offers;
use super::pointer::{below, id};
use super::reading::{MOST_ROWS, branch_name, list_mark};
use super::repository::{self, GitHost, RepositoryPlace, part_name};
use super::schema::{
    BRANCH, BRANCHES, description, hint_text, is_fixed, is_required, option, properties, title,
};
use super::without_blanks;

/// Everything that fields are drawn with besides their schema and value.
pub(crate) struct Drawing<'a> {
    /// Chosen parts of an `oneOf`.
    pub branches: &'a Branches,
    /// What the catalog offers.
    pub offers: &'a Offers,
    /// What is wrong.
    pub mistakes: &'a Mistakes,
    /// Pointers of the fields on which others depend.
    pub triggers: &'a BTreeSet<String>,
    /// The Git hosts that the portal knows.
    pub hosts: &'a [GitHost],
    /// Pointer of the field that gets the focus.
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
        let is_hinted = description(self.schema).is_some()
            || hint_text(self.schema, "help").is_some()
            || unknown_field(self.schema).is_some();
        let hint = (is_hinted && !self.is_row).then(|| format!("{}-hint", self.id));
        let error = self.error.map(|_| format!("{}-error", self.id));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    pub(super) fn is_fixed(&self) -> bool {
        is_fixed(self.schema)
    }
}

/// The pointer of the field with the first mistake, in the order in which fields are shown; else of the field that asks
/// for the focus.
pub(crate) fn focus(effective: &Value, mistakes: &Mistakes) -> Option<String> {
    let mut order = Vec::new();
    flatten(effective, "", &mut order);
    let is_wrong = |pointer: &str| {
        let within = |wrong: &String| {
            wrong
                .strip_prefix(pointer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        mistakes.keys().any(within)
    };
    let wrong = order.iter().find(|(pointer, _)| is_wrong(pointer));
    if let Some((pointer, _)) = wrong {
        let deepest = mistakes.keys().find(|key| key.starts_with(pointer.as_str()));
        return deepest.cloned().or_else(|| Some(pointer.clone()));
    }
    let wanted = order.into_iter().find(|(_, wants)| *wants);
    wanted.map(|(pointer, _)| pointer)
}

fn flatten(schema: &Value, pointer: &str, order: &mut Vec<(String, bool)>) {
    for (name, field) in properties(schema) {
        let at = below(pointer, name);
        if kind(field) == Kind::Group {
            flatten(field, &at, order);
        } else {
            order.push((at, super::schema::is_on(field, "autofocus")));
        }
    }
}

impl Drawing<'_> {
    /// The fields of an object.
    pub(crate) fn fields(&self, schema: &Value, pointer: &str, values: &Value) -> Markup {
        html! {
            (branch(schema, pointer))
            @for (name, field) in properties(schema) {
                (self.one(field, &below(pointer, name), title(field, name), values.get(name).unwrap_or(&Value::Null), is_required(schema, name), false))
            }
        }
    }

    fn one(
        &self,
        schema: &Value,
        pointer: &str,
        title: String,
        value: &Value,
        required: bool,
        is_row: bool,
    ) -> Markup {
        let field = Field {
            schema,
            id: id(pointer),
            title,
            value,
            required,
            is_row,
            error: self.mistakes.get(pointer).map(String::as_str),
            focus: self.focus.as_deref() == Some(pointer),
            updates: self.triggers.contains(pointer),
            pointer: pointer.to_owned(),
        };
        match kind(schema) {
            Kind::Hidden => hidden(&field),
            Kind::Group => framed(&field, &self.fields(schema, pointer, value)),
            Kind::List => framed(&field, &self.list(&field)),
            Kind::Boxes => framed(&field, &super::draw_field::boxes(&field)),
            Kind::Radio => framed(&field, &super::draw_field::radio(&field)),
            Kind::Repository => framed(&field, &self.repository(&field)),
            Kind::Switch => switch(&field),
            _ => labelled(&field, &self.control(&field)),
        }
    }

    fn list(&self, field: &Field<'_>) -> Markup {
        let row_of = row_schema(field.schema);
        let empty = Vec::new();
        let rows = field.value.as_array().unwrap_or(&empty);
        let may = |name: &str| {
            option(field.schema, name)
                .and_then(Value::as_bool)
                .unwrap_or(true)
                && !field.is_fixed()
        };
        let add = Edit::Add(field.pointer.clone()).word();
        html! {
            input type="hidden" name=(list_mark(&field.pointer)) value="";
            @for (index, value) in rows.iter().enumerate() {
                (self.row(field, &row_of, index, value, may("removable")))
            }
            @if may("addable") && rows.len() < MOST_ROWS {
                button.button.add-row type="submit" name="go" value=(add) id=(field.id) autofocus[field.focus] {
                    (icon("plus")) span { "Add" span.visually-hidden { " to " (field.title) } }
                }
            }
        }
    }

    fn row(&self, list: &Field<'_>, row_of: &Value, index: usize, value: &Value, may_go: bool) -> Markup {
        let pointer = below(&list.pointer, &index.to_string());
        let schema = effective_row(row_of, &without_blanks(value), self.branches, &pointer);
        let name = format!("{} {}", title(row_of, &list.title), index + 1);
        let remove = Edit::Remove(pointer.clone()).word();
        html! {
            div.list-row {
                (self.one(&schema, &pointer, name.clone(), value, false, true))
                @if may_go {
                    button.icon-button type="submit" name="go" value=(remove) aria-label=(format_args!("Remove {name}")) title="Remove" { (icon("trash")) }
                }
            }
        }
    }

    fn repository(&self, field: &Field<'_>) -> Markup {
        let place = RepositoryPlace::parse(field.value.as_str().unwrap_or_default());
        let hosts = repository::hosts(field.schema, self.hosts);
        let host = if place.host.is_empty() {
            hosts.first().cloned().unwrap_or_default()
        } else {
            place.host.clone()
        };
        let parts = repository::parts(repository::kind_of(&host, self.hosts));
        let host_id = id(&part_name(&field.pointer, "host"));
        html! {
            div.field-parts {
                div.field {
                    label for=(host_id) { "Host" }
                    (host_control(field, &host_id, &host, &hosts))
                }
                @for part in parts { (part_control(field, part, place.get(part.name))) }
            }
            @if hosts.len() > 1 { (update_button(&host_id)) }
        }
    }
}

fn hidden(field: &Field<'_>) -> Markup {
    let value = super::options::text_of(field.value);
    html! {
        @if let Some(error) = field.error { p.field-error { (icon("error")) (field.title) ": " (error) } }
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
            (below_control(field))
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
                        option value=(index) selected[Some(index) == chosen] { (title.as_str().unwrap_or_default()) }
                    }
                }
                (update_button(&id(&name)))
            }
        }
    }
}

fn host_control(field: &Field<'_>, host_id: &str, host: &str, hosts: &[String]) -> Markup {
    let name = part_name(&field.pointer, "host");
    html! {
        @match hosts {
            [] => {
                input.input type="text" id=(host_id) name=(name) value=(host) placeholder="gitea.example.com" spellcheck="false" autocapitalize="off";
            }
            [only] if host == only.as_str() => {
                input.input type="text" id=(host_id) name=(name) value=(only) readonly;
            }
            _ => {
                select.input id=(host_id) name=(name) data-updates disabled[field.is_fixed()] {
                    @if !hosts.iter().any(|one| one == host) { option value=(host) selected { (host) " (not allowed)" } }
                    @for one in hosts { option value=(one) selected[one == host] { (one) } }
                }
            }
        }
    }
}

fn part_control(field: &Field<'_>, part: repository::Part, value: &str) -> Markup {
    let name = part_name(&field.pointer, part.name);
    let allowed = repository::allowed(field.schema, part.name);
    let label = match part.name {
        "owner" => hint_text(field.schema, "ownerLabel"),
        "repo" => hint_text(field.schema, "repoLabel"),
        _ => None,
    };
    let is_invalid = field.error.is_some() && part.is_needed && value.is_empty();
    let control_id = id(&name);
    html! {
        div.field {
            label for=(control_id) { (label.unwrap_or(part.title)) @if !part.is_needed { span.field-optional { "optional" } } }
            @if allowed.is_empty() {
                input.input type="text" id=(control_id) name=(name) value=(value) aria-invalid=[is_invalid.then_some("true")]
                    autofocus[field.focus && is_invalid] disabled[field.is_fixed()] spellcheck="false" autocapitalize="off" autocomplete="off";
            } @else {
                select.input id=(control_id) name=(name) disabled[field.is_fixed()] {
                    @if !part.is_needed || value.is_empty() { option value="" { "Choose" } }
                    @for one in &allowed { option value=(one) selected[one == value] { (one) } }
                }
            }
        }
    }
}

/// A field whose control has one label.
fn labelled(field: &Field<'_>, control: &Markup) -> Markup {
    html! {
        div.field.field-invalid[field.error.is_some()] {
            label.visually-hidden[field.is_row] for=(field.id) {
                (field.title)
                @if !field.required && !field.is_row { span.field-optional { "optional" } }
            }
            (control)
            @if field.updates { (update_button(&field.id)) }
            (below_control(field))
        }
    }
}

/// A field of several controls.
fn framed(field: &Field<'_>, content: &Markup) -> Markup {
    let is_group = kind(field.schema) == Kind::Group;
    html! {
        fieldset.field.field-group[is_group].field-invalid[field.error.is_some()] aria-describedby=[field.described_by()] {
            legend.visually-hidden[field.is_row && !is_group] {
                (field.title)
                @if !field.required && !field.is_row && !is_group { span.field-optional { "optional" } }
            }
            @if is_group { (hints(field)) }
            (content)
            @if field.updates { (update_button(&field.id)) }
            @if !is_group { (hints(field)) }
            (error_line(field))
        }
    }
}

pub(super) fn below_control(field: &Field<'_>) -> Markup {
    html! { (hints(field)) (error_line(field)) }
}

/// What a field is about, how to answer, and what is missing of it.
fn hints(field: &Field<'_>) -> Markup {
    let texts = [description(field.schema), hint_text(field.schema, "help")];
    let unknown = unknown_field(field.schema);
    html! {
        @if field.described_by().is_some_and(|ids| ids.contains("-hint")) {
            div id=(format_args!("{}-hint", field.id)) {
                @for text in texts.into_iter().flatten() { p.field-hint.prewrap { (inline_code(text)) } }
                @if let Some(name) = unknown {
                    p.field-hint { "The template asks for the field " code { (name) } ", which this portal does not have. Give its value as it is." }
                }
            }
        }
    }
}

fn error_line(field: &Field<'_>) -> Markup {
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
