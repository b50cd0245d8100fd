//! The control of one field: what is chosen, and what the catalog offers.

use maud::{Markup, html};
use serde_json::Value;

use super::draw::{Drawing, Field};
use super::draw_input::{area, fixed, line, range, secret, typed_line};
use super::kind::{Kind, kind};
use super::options::{Choice, choices, text_of, yes_and_no};
use super::pickers::{Offer, question, takes_any};
use super::schema::{hint, option};

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
            Kind::Fixed => fixed(field),
            Kind::Number("range") => range(field),
            Kind::Number(input) | Kind::Line(input) => typed_line(field, input),
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
        if takes_any(field.schema) || offer.is_cut {
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
        let is_counted = option(field.schema, "showCounts") == Some(&Value::Bool(true));
        let shown = |(tag, label): &(String, String)| if is_counted { label.clone() } else { tag.clone() };
        let known: Vec<String> = known.into_iter().flatten().map(shown).collect();
        let source = question(field.schema).and_then(|question| question.address());
        html! {
            div.picker data-choices=[source] data-several { (line(field, "text", &text, None)) }
            p.field-hint { "Separated by commas." @if !known.is_empty() { " In use: " (known.join(", ")) "." } }
        }
    }
}

/// A choice that the template shows but does not give.
fn is_barred(field: &Field<'_>, choice: &Choice) -> bool {
    let barred = hint(field.schema, "enumDisabled").and_then(Value::as_array);
    barred.is_some_and(|barred| barred.contains(&choice.value))
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
            @for choice in known { option value=(choice.text()) selected[is_known && choice.text() == held] disabled[is_barred(field, choice)] { (choice.label) } }
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
                        aria-describedby=[described.as_deref()] autofocus[field.focus && index == 0] disabled[is_barred(field, choice)] data-updates[field.updates];
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
                        autofocus[field.focus && index == 0] disabled[is_barred(field, choice)] data-updates[field.updates];
                    span { (choice.label) }
                }
            }
        }
    }
}

/// A line of text with what the catalog offers: the first as suggestions of the browser, and all while one types.
fn suggested(field: &Field<'_>, held: &str, offer: &Offer) -> Markup {
    let list = format!("{}-offer", field.id);
    let source = question(field.schema).and_then(|question| question.address());
    let title = offer.choices.iter().find(|(value, _)| value == held);
    html! {
        div.picker data-choices=[source] {
            (line(field, "text", held, Some(&list)))
            datalist id=(list) { @for (value, label) in &offer.choices { option value=(value) { (label) } } }
            @if let Some((_, label)) = title { p.field-hint.chosen { (label) } }
        }
    }
}

fn json_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}
