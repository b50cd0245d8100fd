//! Fields as a table, which is a list on a phone.

use maud::{Markup, html};
use ui::href;

use super::blocks::{Frame, more};
use crate::block::{Field, words as words_of};

/// Steps of indentation.
const MAX_INDENT: usize = 8;

/// A table of fields.
pub(super) fn table(frame: &Frame<'_>, fields: &[Field]) -> Markup {
    let (mut left, mut rows) = (frame.left(), Vec::new());
    let has_kinds = fields
        .iter()
        .any(|field| !field.kind.is_empty() || !field.marks.is_empty());
    for field in fields {
        let row = row(frame, field, has_kinds);
        if row.0.len() > left && !rows.is_empty() {
            break;
        }
        left = left.saturating_sub(row.0.len());
        rows.push(row);
    }
    let cut = fields.len() - rows.len();
    html! {
        div.api-fields.api-two[!has_kinds] tabindex="0" role="group" aria-label="Fields" {
            table {
                thead { tr { th scope="col" { "Name" } @if has_kinds { th scope="col" { "Type" } } th scope="col" { "Description" } } }
                tbody { @for row in rows { (row) } }
            }
        }
        @if cut > 0 { p.api-none { (cut) " more are in the raw definition." } }
    }
}

fn row(frame: &Frame<'_>, field: &Field, has_kind: bool) -> Markup {
    let onward = field.onward.as_ref().map(|onward| {
        let from = onward.from.to_string();
        let from = Some(("from", from.as_str())).filter(|_| onward.from > 0);
        let pairs = [("at", onward.pointer.as_str())].into_iter().chain(from);
        href::with_query(&format!("{}/part", frame.place.path), pairs)
    });
    let kind = words_of(&field.kind);
    html! {
        tr {
            td class=(format_args!("api-depth-{}", field.depth.min(MAX_INDENT))) {
                code { (field.name) }
                @if field.required { span.api-required { "required" } }
                @if field.deprecated { span.api-deprecated { "deprecated" } }
            }
            @if has_kind {
                td.api-kind {
                    @if !kind.is_empty() { (frame.spans(&field.kind)) }
                    @for mark in &field.marks { span.api-mark { (mark) } }
                }
            }
            td.api-said {
                (frame.words(&field.description))
                @if !field.facts.is_empty() {
                    ul.api-limits {
                        @for fact in &field.facts {
                            li { span.api-limit { (fact.label) } " " (frame.spans(&fact.value)) }
                        }
                    }
                }
                @if let Some(address) = onward { p { a href=(address) { "Show its fields" } } }
                @if !field.more.is_empty() { (more(&field.more)) }
            }
        }
    }
}
