//! The entities of the index that a question is about, as far as its sight shows them.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use model::Filter;
use read_model::{Excerpt, Like, ReadModel, Subset};
use roaring::RoaringBitmap;
use uuid::Uuid;

use super::View;
use crate::browse::NAMES;

/// Entities that pass a filter and are seen.
pub(crate) enum Chosen<'m> {
    /// Nothing is hidden.
    Open(Cow<'m, RoaringBitmap>),
    /// All that a sight shows.
    Seen(Arc<Excerpt>),
    /// Some of what a sight shows.
    SomeSeen(Arc<RoaringBitmap>, Arc<Excerpt>),
}

impl Chosen<'_> {
    /// The entities and what they are part of.
    pub fn subset(&self) -> Subset<'_> {
        let excerpt = match self {
            Self::Open(_) => None,
            Self::Seen(excerpt) | Self::SomeSeen(_, excerpt) => Some(&**excerpt),
        };
        Subset { set: self, excerpt }
    }

    /// Only those that are in another set, too.
    pub fn narrowed(self, other: &RoaringBitmap) -> Self {
        match self {
            Self::Open(set) => Self::Open(Cow::Owned(&*set & other)),
            Self::Seen(excerpt) => Self::SomeSeen(Arc::new(excerpt.set() & other), excerpt),
            Self::SomeSeen(set, excerpt) => Self::SomeSeen(Arc::new(&*set & other), excerpt),
        }
    }

    /// The same apart from the index, if that takes no copy.
    pub fn detached(self) -> Option<Chosen<'static>> {
        match self {
            Self::Open(Cow::Borrowed(_)) => None,
            Self::Open(Cow::Owned(set)) => Some(Chosen::Open(Cow::Owned(set))),
            Self::Seen(excerpt) => Some(Chosen::Seen(excerpt)),
            Self::SomeSeen(set, excerpt) => Some(Chosen::SomeSeen(set, excerpt)),
        }
    }
}

impl Deref for Chosen<'_> {
    type Target = RoaringBitmap;

    fn deref(&self) -> &RoaringBitmap {
        match self {
            Self::Open(set) => set,
            Self::Seen(excerpt) => excerpt.set(),
            Self::SomeSeen(set, _) => set,
        }
    }
}

/// Says of single entities whether a sight shows them.
pub(crate) struct Eyes<'m> {
    model: &'m ReadModel,
    sight: Seeing<'m>,
}

enum Seeing<'m> {
    Everything,
    /// The sight is in use, so that its entities are known.
    These(Arc<Excerpt>),
    /// Each entity is judged by its own values.
    Passing(&'m Filter),
}

impl Eyes<'_> {
    /// Whether an entity is seen.
    pub fn see(&self, doc: u32) -> bool {
        match &self.sight {
            Seeing::Everything => true,
            Seeing::These(excerpt) => excerpt.set().contains(doc),
            Seeing::Passing(filter) => self.model.matches(filter, doc),
        }
    }

    /// Whether there is an entity with this uid that is seen.
    pub fn has_uid(&self, uid: Uuid) -> bool {
        self.model.by_uid(uid).is_some_and(|doc| self.see(doc))
    }

    /// The entity with this reference, if it is seen.
    pub fn find(&self, reference: &str) -> Option<u32> {
        self.model.by_reference(reference).filter(|doc| self.see(*doc))
    }
}

impl View<'_> {
    /// Entities that pass a filter, hold a text in their name or title, and are seen.
    pub(crate) fn matching<'m>(
        &self,
        model: &'m ReadModel,
        filter: Option<&Filter>,
        text: &str,
    ) -> Chosen<'m> {
        let set = self.chosen(model, filter);
        let text = text.trim();
        if text.is_empty() {
            return set;
        }
        set.narrowed(&model.matching(&NAMES.map(str::to_owned), &Like::containing(text)))
    }

    /// Entities that pass a filter and are seen.
    pub(crate) fn chosen<'m>(&self, model: &'m ReadModel, filter: Option<&Filter>) -> Chosen<'m> {
        let seen = self.catalog.index().sights().excerpt(model, self.sight);
        let filter = filter.filter(|filter| !matches!(filter, Filter::All(parts) if parts.is_empty()));
        match (filter, seen) {
            (Some(filter), Some(seen)) => Chosen::SomeSeen(seen.part(model, filter), seen),
            (Some(filter), None) => Chosen::Open(model.evaluate(filter)),
            (None, Some(seen)) => Chosen::Seen(seen),
            (None, None) => Chosen::Open(model.everything()),
        }
    }

    /// For questions about single entities.
    pub(crate) fn eyes<'m>(&'m self, model: &'m ReadModel) -> Eyes<'m> {
        let sight = self.sight.filter().map_or(Seeing::Everything, |filter| {
            let kept = self.catalog.index().sights().kept(self.sight.key());
            kept.map_or(Seeing::Passing(filter), Seeing::These)
        });
        Eyes { model, sight }
    }
}
