//! Links to entities that another one names: by title, and marked where they lead to nothing.

use maud::Markup;
use model::EntityRef;
use ui::{entity_link, missing_link};

use catalog::browse::Named;

/// A link to an entity of which something may be known.
pub(crate) fn named_link(reference: &EntityRef, known: &Named) -> Markup {
    match known.get(reference) {
        Some(None) => missing_link(reference),
        Some(Some(known)) => entity_link(reference, known.title.as_deref()),
        None => entity_link(reference, None),
    }
}
