//! The control of one field.

use maud::{Markup, html};
use serde_json::Value;

use super::draw::{Drawing, Field};
use super::kind::{Kind, kind};
use super::options::{Choice, choices, text_of, yes_and_no};
use super::pickers::{Offer, question, takes_any};
use super::schema::{hint_text, option, type_of};

/// More offers than this are suggested while one types, instead of listed to choose from.
const LISTED: usize = 100;

impl Drawing<'_> {
    /// The control of a field that has one.
    pub(super) fn control(&self, field: &Field<'_>) -> Markup {
        match kind(field.schema) {
            Kind::Area => area(field, &text_of(field.value), 4),
            Kind::Json => area(field, &json_text(field.value), 6),
            Kind::Select => select(field, &known_choices(field)),
            Kind::Entity => self.entity(field),
            Kind::Tags => self.tags(field),
            Kind::Secret => secret(field),
            Kind::Number { has_steps: true } => line(field, "number", &text_of(field.value), None),
            Kind::Line(kind) => line(field, kind, &text_of(field.value), None),
            _ => line(field, "text", &text_of(field.value), None),
        }
    }

    fn offer(&self, field: &Field<'_>) -> Option<&Offer> {
        self.offers.get(&question(field.schema)?)
    }

    fn entity(&self, field: &Field<'_>) -> Markup {
        let nothing = Offer::default();
        let offer = self.offer(field).unwrap_or(&nothing);
        let held = text_of(field.value);
        if takes_any(field.schema) || offer.is_cut || offer.choices.len() > LISTED {
            return suggested(field, &held, offer);
        }
        let choice = |(value, label): &(String, String)| Choice {
            value: Value::String(value.clone()),
            label: label.clone(),
        };
        let mut listed: Vec<Choice> = offer.choices.iter().map(choice).collect();
        if !held.is_empty() && !offer.choices.iter().any(|(value, _)| *value == held) {
            listed.push(Choice {
                label: format!("{held} (not in the catalog)"),
                value: Value::String(held),
            });
        }
        html! {
            (select(field, &listed))
            @if offer.choices.is_empty() { p.field-hint { "The catalog has nothing that could be chosen here." } }
        }
    }

    fn tags(&self, field: &Field<'_>) -> Markup {
        let tags = field
            .value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let text = tags.collect::<Vec<_>>().join(", ");
        let known = self.offer(field).map(|offer| offer.choices.iter().take(12));
        let known: Vec<&str> = known.into_iter().flatten().map(|(tag, _)| tag.as_str()).collect();
        html! {
            (line(field, "text", &text, None))
            p.field-hint { "Separated by commas." @if !known.is_empty() { " In use: " (known.join(", ")) "." } }
        }
    }
}

/// What a control without a value says; the text of the schema's default where a person emptied the field.
fn placeholder<'a>(field: &'a Field<'_>) -> Option<&'a str> {
    hint_text(field.schema, "placeholder").or_else(|| field.schema["examples"].get(0)?.as_str())
}

fn line(field: &Field<'_>, kind_of_input: &str, value: &str, suggestions: Option<&str>) -> Markup {
    let mode = match (kind(field.schema), type_of(field.schema)) {
        (Kind::Number { .. }, "integer") => Some("numeric"),
        (Kind::Number { .. }, _) => Some("decimal"),
        _ => None,
    };
    let complete = hint_text(field.schema, "autocomplete").unwrap_or("off");
    html! {
        input.input id=(field.id) name=(field.pointer) type=(kind_of_input) value=(value) placeholder=[placeholder(field)]
            required[field.required] aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()]
            autofocus[field.focus] disabled[field.is_fixed()] data-updates[field.updates] inputmode=[mode] list=[suggestions]
            autocomplete=(complete) spellcheck="false" autocapitalize="off";
    }
}

fn area(field: &Field<'_>, value: &str, usual_rows: u64) -> Markup {
    let rows = option(field.schema, "rows")
        .and_then(Value::as_u64)
        .unwrap_or(usual_rows);
    html! {
        textarea.input id=(field.id) name=(field.pointer) rows=(rows.clamp(2, 30)) placeholder=[placeholder(field)]
            required[field.required] aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()]
            autofocus[field.focus] disabled[field.is_fixed()] data-updates[field.updates] { "\n" (value) }
    }
}

/// A secret is never sent back to the browser.
fn secret(field: &Field<'_>) -> Markup {
    let is_given = field.value.as_str().is_some_and(|stars| !stars.is_empty());
    let placeholder = if is_given { "Given; type to replace it" } else { "" };
    html! {
        input.input id=(field.id) name=(field.pointer) type="password" placeholder=(placeholder) required[field.required && !is_given]
            aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()] autofocus[field.focus]
            disabled[field.is_fixed()] autocomplete="new-password" spellcheck="false";
    }
}

fn known_choices(field: &Field<'_>) -> Vec<Choice> {
    choices(field.schema).unwrap_or_else(|| yes_and_no(field.schema))
}

fn select(field: &Field<'_>, known: &[Choice]) -> Markup {
    let held = text_of(field.value);
    let is_known = known.iter().any(|choice| choice.text() == held);
    let may_be_empty = held.is_empty() || !field.required;
    html! {
        select.input id=(field.id) name=(field.pointer) required[field.required] aria-invalid=[field.error.map(|_| "true")]
            aria-describedby=[field.described_by()] autofocus[field.focus] disabled[field.is_fixed()] data-updates[field.updates] {
            @if may_be_empty { option value="" { @if field.required { "Choose" } @else { "None" } } }
            @if !is_known && !held.is_empty() { option value=(held) selected { (held) " (not among the choices)" } }
            @for choice in known { option value=(choice.text()) selected[is_known && choice.text() == held] { (choice.label) } }
        }
    }
}

pub(super) fn radio(field: &Field<'_>) -> Markup {
    let held = text_of(field.value);
    let described = field.described_by();
    html! {
        div.choices {
            @for (index, choice) in known_choices(field).iter().enumerate() {
                label.choice {
                    input type="radio" id=[(index == 0).then_some(&field.id)] name=(field.pointer) value=(choice.text()) checked[choice.text() == held]
                        aria-describedby=[described.as_deref()] autofocus[field.focus && index == 0] disabled[field.is_fixed()] data-updates[field.updates];
                    span { (choice.label) }
                }
            }
        }
    }
}

pub(super) fn boxes(field: &Field<'_>) -> Markup {
    let none = Vec::new();
    let held = field.value.as_array().unwrap_or(&none);
    let known = choices(&field.schema["items"]).unwrap_or_default();
    html! {
        @if !field.is_fixed() { input type="hidden" name=(field.pointer) value=""; }
        div.choices {
            @for (index, choice) in known.iter().enumerate() {
                label.choice {
                    input type="checkbox" id=[(index == 0).then_some(&field.id)] name=(field.pointer) value=(choice.text()) checked[held.contains(&choice.value)]
                        autofocus[field.focus && index == 0] disabled[field.is_fixed()] data-updates[field.updates];
                    span { (choice.label) }
                }
            }
        }
    }
}

/// A line of text with what the catalog offers as suggestions.
fn suggested(field: &Field<'_>, held: &str, offer: &Offer) -> Markup {
    let list = format!("{}-offer", field.id);
    html! {
        (line(field, "text", held, Some(&list)))
        datalist id=(list) { @for (value, label) in &offer.choices { option value=(value) { (label) } } }
    }
}

fn json_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}
