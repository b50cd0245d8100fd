//! What is found for a plan, as sets: exact numbers are counted from them before any document is looked at.

use tantivy::{DocId, Searcher, SegmentReader, TantivyError};

use crate::bits::Bits;
use crate::sets::{Docs, Set};
use crate::visible::Visible;
use crate::ways::{Plan, Restriction};

/// All documents found for a plan.
pub struct Found {
    pub plan: Plan,
    /// The plan's sets, by their numbers.
    pub sets: Vec<Set>,
    /// What is found outside of the restrictions, too, for each part of the index.
    anywhere: Vec<Bits>,
    /// What is found.
    pub documents: Vec<Bits>,
}

impl Found {
    /// Looks a plan up. Only documents that may be seen are found.
    pub fn look_up(plan: Plan, searcher: &Searcher, visible: &Visible) -> Result<Self, TantivyError> {
        let sets = plan.sets.iter().map(|docs| docs.read(searcher));
        let sets = sets.collect::<Result<Vec<_>, _>>()?;
        let mut anywhere = Vec::new();
        for (number, part) in searcher.segment_readers().iter().enumerate() {
            let mut found = pieces(&plan, &sets, number, part.max_doc());
            leave_visible(&mut found, part, visible)?;
            anywhere.push(found);
        }
        let mut found = Self {
            plan,
            sets,
            anywhere,
            documents: Vec::new(),
        };
        found.documents = found.despite(|_| false);
        Ok(found)
    }

    /// How many.
    pub fn total(&self) -> usize {
        self.documents.iter().map(Bits::count).sum()
    }

    /// What would be found without some of the restrictions.
    pub fn despite(&self, lifted: impl Fn(&Restriction) -> bool) -> Vec<Bits> {
        let mut documents = self.anywhere.clone();
        for restriction in self.plan.restrictions.iter().filter(|one| !lifted(one)) {
            for (part, bits) in documents.iter_mut().enumerate() {
                bits.keep(&self.sets[restriction.set].bits[part]);
            }
        }
        documents
    }

    /// How many of the documents that would be found whatever types are asked for are in each of some sets.
    pub fn of_any_type(&self, searcher: &Searcher, sets: &[Docs]) -> Result<Vec<usize>, TantivyError> {
        let documents = self.despite(|restriction| restriction.field.is_none());
        let count = |docs: &Docs| {
            let set = docs.read(searcher)?;
            let parts = documents.iter().zip(&set.bits);
            Ok(parts.map(|(found, bits)| found.count_with(bits)).sum())
        };
        sets.iter().map(count).collect()
    }
}

/// What the pieces of a question find in one part of the index.
fn pieces(plan: &Plan, sets: &[Set], part: usize, documents: DocId) -> Bits {
    let mut pieces = plan.pieces.iter().map(|way| way.found(sets, part));
    let Some(mut found) = pieces.next() else {
        return Bits::all(documents);
    };
    let meet = if plan.any_piece { Bits::join } else { Bits::keep };
    pieces.for_each(|other| meet(&mut found, &other));
    found
}

/// Takes away what was deleted or may not be seen.
fn leave_visible(found: &mut Bits, part: &SegmentReader, visible: &Visible) -> Result<(), TantivyError> {
    if let Some(alive) = part.alive_bitset() {
        found.retain(|document| alive.is_alive(document));
    }
    visible.leave_in(found, part)
}
