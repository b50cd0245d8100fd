//! Controls that are typed into: lines of every HTML type, areas and secrets.

use maud::{Markup, html};

use super::draw::Field;
use super::kind::{Kind, kind};
use super::options::text_of;
use super::schema::{bound, hint_text, is_on, option, type_of};
use serde_json::Value;

/// What a control without a value says; the text of the schema's default where a person emptied the field.
fn placeholder<'a>(field: &'a Field<'_>) -> Option<&'a str> {
    hint_text(field.schema, "placeholder").or_else(|| field.schema["examples"].get(0)?.as_str())
}

/// A value in the form in which the HTML input takes it; a line of plain text for one that it would drop.
pub(super) fn typed_line(field: &Field<'_>, input: &str) -> Markup {
    let held = text_of(field.value);
    let text = match input {
        "date" => has_form(&held, "0000-00-00").then(|| held.clone()),
        "time" if has_form(&held, "00:00") => Some(held.clone()),
        "time" => has_form(&held, "00:00:00").then(|| without_seconds(&held)),
        "datetime-local" => {
            has_form(&held, "0000-00-00T00:00:00Z").then(|| without_seconds(held.trim_end_matches('Z')))
        }
        "color" => has_form(&held, "#xxxxxx").then(|| held.clone()),
        "number" => held.trim().parse::<f64>().is_ok().then(|| held.clone()),
        _ => Some(held.clone()),
    };
    // A colour without a value would be sent as black.
    let text = text.or_else(|| (held.is_empty() && input != "color").then(String::new));
    match text {
        Some(text) => line(field, input, &text, None),
        None => line(field, "text", &held, None),
    }
}

/// Whether a text has digits where the form has `0`, hexadecimal ones where it has `x`, and is otherwise the same.
fn has_form(text: &str, form: &str) -> bool {
    let is_so = |(sign, wanted): (char, char)| match wanted {
        '0' => sign.is_ascii_digit(),
        'x' => sign.is_ascii_hexdigit(),
        other => sign == other,
    };
    text.len() == form.len() && text.chars().zip(form.chars()).all(is_so)
}

fn without_seconds(time: &str) -> String {
    time.strip_suffix(":00").unwrap_or(time).to_owned()
}

/// The one value that is possible.
pub(super) fn fixed(field: &Field<'_>) -> Markup {
    let value = field.schema.get("const").unwrap_or(field.value);
    html! { output.fixed-value id=(field.id) { (text_of(value)) } }
}

/// A number between two bounds.
pub(super) fn range(field: &Field<'_>) -> Markup {
    let least = text_of(&field.schema["minimum"]);
    let held = if field.value.is_number() {
        text_of(field.value)
    } else {
        least
    };
    html! {
        div.range data-range {
            (line(field, "range", &held, None))
            output for=(field.id) { (held) }
        }
    }
}

pub(super) fn line(field: &Field<'_>, kind_of_input: &str, value: &str, suggestions: Option<&str>) -> Markup {
    let is_number = matches!(kind(field.schema), Kind::Number(_));
    let mode = match type_of(field.schema) {
        "integer" if is_number => Some("numeric"),
        _ if is_number => Some("decimal"),
        _ => None,
    };
    let limit =
        |keyword: &str| bound(field.schema, keyword).filter(|_| matches!(kind_of_input, "number" | "range"));
    let usual_step = if type_of(field.schema) == "integer" {
        "1"
    } else {
        "any"
    };
    let step = matches!(kind_of_input, "number" | "range")
        .then(|| limit("multipleOf").unwrap_or_else(|| usual_step.to_owned()));
    let (is_disabled, is_read) = (field.is_fixed() && !is_read_only(field), is_read_only(field));
    let complete = hint_text(field.schema, "autocomplete").unwrap_or("off");
    html! {
        input.input id=(field.id) name=(field.pointer) type=(kind_of_input) value=(value) placeholder=[placeholder(field)]
            min=[limit("minimum")] max=[limit("maximum")] step=[step]
            required[field.required] aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()]
            autofocus[field.focus] disabled[is_disabled] readonly[is_read] data-updates[field.updates] inputmode=[mode] list=[suggestions]
            autocomplete=(complete) spellcheck="false" autocapitalize="off";
    }
}

/// A person may select and copy the value, but not change it.
fn is_read_only(field: &Field<'_>) -> bool {
    field.is_fixed() && !is_on(field.schema, "disabled")
}

pub(super) fn area(field: &Field<'_>, value: &str, usual_rows: u64) -> Markup {
    let rows = option(field.schema, "rows")
        .and_then(Value::as_u64)
        .unwrap_or(usual_rows);
    html! {
        textarea.input id=(field.id) name=(field.pointer) rows=(rows.clamp(2, 30)) placeholder=[placeholder(field)]
            required[field.required] aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()]
            autofocus[field.focus] disabled[field.is_fixed() && !is_read_only(field)] readonly[is_read_only(field)] data-updates[field.updates] { "\n" (value) }
    }
}

/// A secret is never sent back to the browser.
pub(super) fn secret(field: &Field<'_>) -> Markup {
    let is_given = field.value.as_str().is_some_and(|stars| !stars.is_empty());
    let placeholder = if is_given { "Given; type to replace it" } else { "" };
    html! {
        input.input id=(field.id) name=(field.pointer) type="password" placeholder=(placeholder) required[field.required && !is_given]
            aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()] autofocus[field.focus]
            disabled[field.is_fixed()] autocomplete="new-password" spellcheck="false";
    }
}
