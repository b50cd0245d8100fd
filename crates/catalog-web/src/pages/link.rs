//! Links to entities that another one names: by title, marked where they lead to nothing, and without a name where
//! they lead to what may not be seen.

use std::collections::HashSet;

use maud::{Markup, html};
use model::EntityRef;
use serde_json::Value;
use ui::{entity_link, missing_link};

use catalog::browse::{Known, Named, shown_title};

/// A link to an entity of which something may be known.
pub(crate) fn named_link(reference: &EntityRef, known: &Named) -> Markup {
    match known.get(reference) {
        Some(Known::Missing) => missing_link(reference),
        Some(Known::Hidden) => html! { span.muted { "hidden from you" } },
        Some(Known::Seen(head)) => entity_link(reference, head.title.as_deref()),
        None => entity_link(reference, None),
    }
}

/// Entities that are called like another of the same page.
pub(crate) fn twins_among(entities: &[Value]) -> HashSet<EntityRef> {
    let references: Vec<(EntityRef, Option<&str>)> = entities
        .iter()
        .filter_map(|value| Some((EntityRef::of(value)?, shown_title(value))))
        .collect();
    ui::twins(references.iter().map(|(reference, title)| (reference, *title)))
}
