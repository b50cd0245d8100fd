//! What may be found, and which documents a sight shows, kept for each part of the index for as long as the sight shows the same entities.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader, TantivyError, Term};

use crate::bits::Bits;
use crate::sets;

/// Found documents so few that each is looked up, in one of so many documents.
const FEW: u32 = 16;
/// Most parts of the index kept; merged parts leave theirs behind.
const MOST_PARTS: usize = 64;

/// What may be found.
#[derive(Default)]
pub struct Visible {
    /// The documents of entities that may be seen; all without it.
    pub documents: Option<Arc<VisibleDocuments>>,
    /// Types of documents that are not found.
    pub hidden_types: Vec<Term>,
}

impl Visible {
    /// Whether every document may be found.
    pub fn is_everything(&self) -> bool {
        self.documents.is_none() && self.hidden_types.is_empty()
    }

    /// Takes away the documents that may not be found.
    pub fn leave_in(&self, found: &mut Bits, part: &SegmentReader) -> Result<(), TantivyError> {
        if !self.hidden_types.is_empty() {
            found.drop(&sets::any(part, &self.hidden_types)?);
        }
        match &self.documents {
            Some(documents) => documents.leave_in(found, part),
            None => Ok(()),
        }
    }
}

/// Says of entities, by the first half of their uids, whether they are seen.
type AreSeen = dyn Fn(&[u64]) -> Vec<bool> + Send + Sync;

/// The documents that a sight shows.
pub struct VisibleDocuments {
    are_seen: Box<AreSeen>,
    kept: Arc<KeptParts>,
}

/// The documents of each part of the index that one state of a sight shows.
#[derive(Default)]
pub struct KeptParts {
    parts: Mutex<HashMap<SegmentId, Arc<Bits>>>,
}

impl VisibleDocuments {
    /// Those of entities that are seen. `kept` must be of the same state of the same sight.
    pub fn new(are_seen: impl Fn(&[u64]) -> Vec<bool> + Send + Sync + 'static, kept: Arc<KeptParts>) -> Self {
        Self {
            are_seen: Box::new(are_seen),
            kept,
        }
    }

    /// Takes away the documents that are not shown.
    fn leave_in(&self, found: &mut Bits, part: &SegmentReader) -> Result<(), TantivyError> {
        let kept = self.kept.parts.lock().get(&part.segment_id()).cloned();
        if let Some(kept) = kept {
            found.keep(&kept);
        } else if found.count() < (part.max_doc() / FEW) as usize {
            *found = self.among(found, part)?;
        } else {
            let all = Arc::new(self.among(&Bits::all(part.max_doc()), part)?);
            found.keep(&all);
            let mut parts = self.kept.parts.lock();
            if parts.len() >= MOST_PARTS {
                parts.clear();
            }
            parts.insert(part.segment_id(), all);
        }
        Ok(())
    }

    fn among(&self, documents: &Bits, part: &SegmentReader) -> Result<Bits, TantivyError> {
        let ids = part.fast_fields().u64("entity_id")?;
        let known = documents
            .iter()
            .filter_map(|document| Some((document, ids.first(document)?)));
        let (documents, ids): (Vec<DocId>, Vec<u64>) = known.unzip();
        let seen = documents.into_iter().zip((self.are_seen)(&ids));
        let seen: Vec<DocId> = seen
            .filter(|(_, is_seen)| *is_seen)
            .map(|(document, _)| document)
            .collect();
        let mut left = Bits::none(part.max_doc());
        left.extend(&seen);
        Ok(left)
    }
}
