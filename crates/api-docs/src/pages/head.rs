//! The head of every page of a definition: what it is, the search, the views, the file.

use maud::{Markup, html};
use ui::{Button, ButtonKind, Tab, button, href, search_field, segmented};

use super::{Asked, Place, counted};
use crate::formats::Format;
use crate::outline::{Outline, Sort};

/// The head.
pub(super) fn head(format: Format, outline: Option<&Outline>, place: &Place, asked: &Asked) -> Markup {
    let path = place.path.as_str();
    let views = [
        Tab::new("Outline", path, !asked.as_text),
        Tab::new("Text", href::with_query(path, [("view", "text")]), asked.as_text),
    ];
    let kept: &[(&str, &str)] = if asked.as_text { &[("view", "text")] } else { &[] };
    html! {
        div.api-head {
            @if let Some(outline) = outline {
                div {
                    h2.api-title { (if outline.title.is_empty() { format.name() } else { &outline.title }) }
                    p.api-facts { (facts(format, outline)) }
                }
            } @else {
                h2.api-title { (format.name()) }
            }
            div.api-tools {
                (search_field(path, "q", &asked.words, "Search inside the definition", kept))
                @if outline.is_some() || asked.as_text { (segmented("How to show the definition", &views)) }
                @if !place.raw.is_empty() {
                    (button(Button {
                        label: "Raw",
                        icon: Some("download"),
                        kind: ButtonKind::Ghost,
                        href: Some(&place.raw),
                        ..Button::default()
                    }))
                }
            }
        }
    }
}

fn facts(format: Format, outline: &Outline) -> String {
    let dialect = if outline.dialect.is_empty() {
        format.name()
    } else {
        &outline.dialect
    };
    let mut facts = vec![dialect.to_owned()];
    if format == Format::Protobuf {
        facts.insert(0, format.name().to_owned());
    }
    if !outline.version.is_empty() {
        facts.push(format!("version {}", outline.version));
    }
    if outline.groups.iter().any(|group| group.sort == Sort::Operation) {
        facts.push(counted(outline.operation_count(), "operation"));
    }
    if outline.type_count() > 0 {
        facts.push(counted(outline.type_count(), "type"));
    }
    facts.join(" · ")
}
