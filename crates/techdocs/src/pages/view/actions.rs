//! What one can do with a page: set its text, report something, edit it.

use maud::{Markup, html};
use ui::{Button, ButtonKind, button, icon};

use super::{ReaderView, Reading, Shows};

/// Sizes of texts, with their names.
const SIZES: [(&str, &str); 3] = [("small", "Small"), ("normal", "Normal"), ("large", "Large")];
/// Widths of lines, with their names.
const WIDTHS: [(&str, &str); 2] = [("normal", "Normal"), ("wide", "Wide")];

/// The actions above a page.
pub(super) fn actions(view: &ReaderView) -> Markup {
    let Shows::Page { edit, report, .. } = &view.shows else {
        return html! {};
    };
    html! {
        div.docs-actions {
            (reading(&view.reading))
            @if let Some(report) = report {
                a.button.button-ghost.docs-report href=(report) rel="noopener noreferrer" { (icon("chat")) span { "Report an issue" } }
            }
            // A version is read at its commit, which nobody edits.
            @if let Some(edit) = edit.as_ref().filter(|_| view.version.is_none()) {
                (button(Button { label: "Edit this page", icon: Some("edit"), href: Some(edit), kind: ButtonKind::Ghost, ..Button::default() }))
            }
        }
    }
}

/// How texts are set. Hidden until the script that keeps the choice has started.
fn reading(reading: &Reading) -> Markup {
    html! {
        details.docs-reading hidden {
            summary.button.button-ghost title="Size of the text, width of the lines" { span aria-hidden="true" { "Aa" } span.visually-hidden { "Size of the text, width of the lines" } }
            div.docs-reading-choices {
                (choices(reading, "size", "Text", &SIZES))
                (choices(reading, "width", "Lines", &WIDTHS))
            }
        }
    }
}

fn choices(reading: &Reading, key: &str, name: &str, values: &[(&str, &str)]) -> Markup {
    html! {
        div role="group" aria-label=(name) {
            span { (name) }
            @for (value, label) in values {
                button type="button" data-key=(key) data-value=(value) aria-pressed=(reading.is(key, value)) { (label) }
            }
        }
    }
}
