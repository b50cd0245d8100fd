//! The page of one entry, and of a part that is nested too deep for its entry.

use maud::{Markup, html};
use ui::{Badge, Tone, badge, inline_code};

use super::blocks::Frame;
use super::head::head;
use super::list::{back, tone};
use super::{Asked, Place};
use crate::formats::{Format, fields_at};
use crate::outline::{Entry, Group, Outline};

/// All that is said of an entry.
pub(super) fn page(
    format: Format,
    outline: &Outline,
    (group, entry): (&Group, &Entry),
    place: &Place,
) -> Markup {
    let frame = Frame::new(outline, place);
    let of_group = format!("{}#{}", place.path, group.anchor);
    html! {
        (head(format, Some(outline), place, &Asked::default()))
        (back(&of_group))
        article.api-entry {
            header {
                (badge(Badge { text: &entry.verb, tone: tone(&entry.verb), icon: None }))
                h3 { code.api-signature { (entry.signature) } }
                @if entry.deprecated { (badge(Badge { text: "deprecated", tone: Tone::Amber, icon: None })) }
            }
            @if !entry.summary.is_empty() && !entry.description.starts_with(&entry.summary) {
                p.api-entry-summary { (inline_code(&entry.summary)) }
            }
            (frame.body(entry))
        }
    }
}

/// A part of the definition by its pointer.
pub(super) fn part(format: Format, outline: &Outline, place: &Place, asked: &Asked) -> Option<Markup> {
    let blocks = fields_at(&outline.document, &asked.at, asked.from)?;
    let frame = Frame::new(outline, place);
    Some(html! {
        (head(format, Some(outline), place, &Asked::default()))
        (back(&place.path))
        article.api-entry {
            header { h3 { code.api-signature { (asked.at) } } }
            (frame.blocks(&blocks))
        }
    })
}
