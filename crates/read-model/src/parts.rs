//! The entities of an excerpt that passed the last few filters.

use std::sync::Arc;

use model::Filter;
use roaring::RoaringBitmap;

/// Most filters whose entities are kept.
const MOST: usize = 16;
/// Longest filter that is kept, in bytes of its texts and parts.
const LONGEST: usize = 4_096;
/// Bytes that a part of a filter counts beside its texts.
const PART: usize = 32;

/// The sets, the one that was used last at the end.
#[derive(Debug, Default)]
pub(crate) struct Parts(Vec<(Filter, Arc<RoaringBitmap>)>);

impl Parts {
    /// The entities that pass, if they are known.
    pub fn get(&mut self, filter: &Filter) -> Option<Arc<RoaringBitmap>> {
        let at = self.0.iter().rposition(|(known, _)| known == filter)?;
        let last = self.0.len() - 1;
        self.0[at..].rotate_left(1);
        Some(Arc::clone(&self.0[last].1))
    }

    /// Keeps a set; gives those up that were not used for longest. Returns the entries of room that this frees.
    pub fn keep(&mut self, filter: &Filter, set: &Arc<RoaringBitmap>) -> usize {
        self.0.push((filter.clone(), Arc::clone(set)));
        let surplus = self.0.len().saturating_sub(MOST);
        self.0.drain(..surplus).map(|(_, set)| room(&set)).sum()
    }

    /// Gives all up. Returns the entries of room that this frees.
    pub fn clear(&mut self) -> usize {
        self.0.drain(..).map(|(_, set)| room(&set)).sum()
    }
}

/// The room that a set takes, in entries of four bytes.
pub(crate) fn room(set: &RoaringBitmap) -> usize {
    set.serialized_size().div_ceil(4)
}

/// Whether a filter is short enough to be kept.
pub(crate) fn is_short(filter: &Filter) -> bool {
    weight(filter) <= LONGEST
}

fn weight(filter: &Filter) -> usize {
    let own = match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().map(weight).sum(),
        Filter::Not(part) => weight(part),
        Filter::Exists { key } => key.len(),
        Filter::In { key, values } => {
            key.len() + values.iter().map(|value| value.len() + PART).sum::<usize>()
        }
        Filter::Prefix { key, prefix } => key.len() + prefix.len(),
    };
    own + PART
}
