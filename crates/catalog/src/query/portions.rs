//! The entities of a long answer, fetched in portions: the answer never lies in memory whole, and nothing
//! more is fetched when nobody reads on. What went out of sight since the last portion is left out of the next.

use super::{Body, QueryError, View};
use crate::index::Version;
use crate::{Catalog, Sight};

/// An entity at one of its versions, or nothing where the answer has a gap.
pub type Wanted = Option<Version>;

/// Entities in the first portion, and in the largest.
const FIRST: usize = 64;
const LARGEST: usize = 500;
/// Bytes that a portion is to have.
pub const PORTION_BYTES: usize = 2 << 20;

/// Entities that are still to be fetched.
pub struct Portions {
    catalog: Catalog,
    sight: Sight,
    wanted: Vec<Wanted>,
    at: usize,
    size: usize,
}

impl View<'_> {
    /// Fetches the entities that were found at these versions in portions, in their order.
    pub fn portions(&self, wanted: Vec<Wanted>) -> Portions {
        Portions {
            catalog: self.catalog.clone(),
            sight: self.sight.clone(),
            wanted,
            at: 0,
            size: FIRST,
        }
    }
}

impl Portions {
    /// The next portion: a body for each version, nothing for those that are gone or hidden by now. `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Option<Body>>>, QueryError> {
        let view = self.catalog.seen_by(&self.sight);
        let rest = &mut self.wanted[self.at..];
        if rest.is_empty() {
            return Ok(None);
        }
        let size = rest.len().min(self.size);
        let portion = &mut rest[..size];
        view.still_seen(portion);
        let versions: Vec<Version> = portion.iter().flatten().copied().collect();
        let fetched = view.fetch(&versions).await?;
        let bytes: usize = fetched.iter().flatten().map(|body| body.len()).sum();
        let mut fetched = fetched.into_iter();
        let found = portion
            .iter()
            .map(|wanted| wanted.and_then(|_| fetched.next().flatten()));
        let found: Vec<Option<Body>> = found.collect();
        self.at += found.len();
        self.size = next_size(found.len(), bytes);
        Ok(Some(found))
    }
}

/// As many as bring about the bytes wanted, judged by the last portion; grows slowly, shrinks at once.
fn next_size(entities: usize, bytes: usize) -> usize {
    let fitting = entities.saturating_mul(PORTION_BYTES) / bytes.max(1);
    fitting.clamp(1, entities.saturating_mul(2).clamp(1, LARGEST))
}

#[cfg(test)]
mod tests {
    use super::next_size;

    #[test]
    fn portions_follow_the_size_of_what_they_bring() {
        assert_eq!(next_size(64, 64 * 2_000), 128);
        assert_eq!(next_size(400, 400 * 2_000), 500);
        assert_eq!(next_size(64, 64 << 20), 2);
        assert_eq!(next_size(64, 64 << 30), 1);
        assert_eq!(next_size(1, 0), 2);
    }
}
