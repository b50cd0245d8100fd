//! The shapes that entities must have, checked in the order and with the words of the original.
//!
//! The original validates with JSON Schema (Ajv, draft 7) and shows the first violation. A [`Shape`]
//! says the part of JSON Schema that the catalog uses; the order of the checks below is Ajv's order of
//! evaluation, not the order in which a schema is written. Not for schemas that users write.

mod check;

pub(crate) use check::escape;

/// What a value must look like.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Any object.
    AnyObject,
    /// A text, possibly empty.
    Text,
    /// A text of at least one character.
    NonEmpty,
    /// A text of at least one and at most so many characters.
    Limited(usize),
    /// A text of at least one character, all of them letters, digits or `_`.
    Word,
    /// One of these texts.
    OneOfTexts(&'static [&'static str]),
    /// Exactly this text.
    Exactly(&'static str),
    /// A text or a boolean.
    TextOrFlag,
    /// A list.
    List {
        /// What each item must look like.
        items: &'static Shape,
        /// Fewest items.
        at_least: usize,
    },
    /// An object whose values are all texts.
    TextMap,
    /// An object with these fields.
    Object(Fields),
    /// An object or a list; the first of two shapes that fits decides.
    Either(&'static Shape, &'static Shape),
}

/// The fields of an object.
#[derive(Debug)]
pub(crate) struct Fields {
    /// Fields that must be there.
    pub required: &'static [&'static str],
    /// What fields must look like when they are there.
    pub known: &'static [(&'static str, Shape)],
    /// What other fields must look like.
    pub others: Others,
}

/// Fields that are not listed.
#[derive(Debug)]
pub(crate) enum Others {
    /// May be there.
    Allowed,
    /// Must not be there.
    Forbidden,
    /// Must look like this.
    Like(&'static Shape),
}

impl Shape {
    /// A list of texts, none of them empty.
    pub(crate) const TEXTS: Shape = Shape::List {
        items: &Shape::NonEmpty,
        at_least: 0,
    };

    /// An object with these fields and possibly others.
    pub(crate) const fn object(
        required: &'static [&'static str],
        known: &'static [(&'static str, Shape)],
    ) -> Self {
        Self::Object(Fields::open(required, known))
    }

    /// An object with these fields and no others.
    pub(crate) const fn closed(
        required: &'static [&'static str],
        known: &'static [(&'static str, Shape)],
    ) -> Self {
        Self::Object(Fields {
            required,
            known,
            others: Others::Forbidden,
        })
    }

    /// A list of objects with these fields and possibly others.
    pub(crate) const fn list(items: &'static Shape) -> Self {
        Self::List { items, at_least: 0 }
    }
}

impl Fields {
    /// These fields and possibly others.
    pub(crate) const fn open(
        required: &'static [&'static str],
        known: &'static [(&'static str, Shape)],
    ) -> Self {
        Self {
            required,
            known,
            others: Others::Allowed,
        }
    }
}
