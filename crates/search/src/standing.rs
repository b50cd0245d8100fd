//! What a document is worth whatever is asked: by its kind, the length of its name and its last change.

use std::fmt::Debug;
use std::sync::Arc;

use tantivy::columnar::{Cardinality, Column, ColumnValues};
use tantivy::{DocId, SegmentReader, TantivyError};

/// Days after which a change no longer counts as recent.
const RECENT_DAYS: f32 = 30.0;
/// What a change just now is worth.
const RECENT: f32 = 3.0;
/// What a very short name is worth among equals.
const SHORT: f32 = 8.0;
/// Letters at which half of that is left.
const SHORT_LETTERS: f32 = 12.0;
/// What a percent of a document's weight is worth: enough to decide between equals.
const WEIGHT: f32 = 0.25;

/// The standing of the documents in one part of the index.
pub struct Standing {
    weight: Arc<dyn ColumnValues<u64>>,
    length: Arc<dyn ColumnValues<u64>>,
    changed: Arc<dyn ColumnValues<i64>>,
    now: i64,
}

impl Standing {
    /// At a time, in seconds since 1970.
    pub fn at(now: i64, part: &SegmentReader) -> Result<Self, TantivyError> {
        let columns = part.fast_fields();
        Ok(Self {
            weight: values(columns.u64("weight")?, 100),
            length: values(columns.u64("length")?, 0),
            changed: values(columns.i64("changed")?, 0),
            now,
        })
    }

    /// What a document is worth.
    pub fn of(&self, document: DocId) -> f32 {
        let changed = self.changed.get_val(document);
        let recent = if changed > 0 {
            recent(self.now.abs_diff(changed))
        } else {
            0.0
        };
        recent + short(self.length.get_val(document)) + weight(self.weight.get_val(document))
    }

    /// No document is worth more.
    pub fn most(&self) -> f32 {
        RECENT + short(self.length.min_value()) + weight(self.weight.max_value())
    }
}

/// The values of a column. Where every document has one, they are read without looking for it.
fn values<T: PartialOrd + Copy + Debug + Default + Send + Sync + 'static>(
    column: Column<T>,
    default: T,
) -> Arc<dyn ColumnValues<T>> {
    match column.get_cardinality() {
        Cardinality::Full => column.values,
        _ => column.first_or_default_col(default),
    }
}

fn recent(seconds: u64) -> f32 {
    RECENT * (1.0 - number(seconds) / 86_400.0 / RECENT_DAYS).max(0.0)
}

fn short(letters: u64) -> f32 {
    SHORT * SHORT_LETTERS / (SHORT_LETTERS + number(letters))
}

fn weight(percent: u64) -> f32 {
    (number(percent) - 100.0) * WEIGHT
}

#[expect(
    clippy::cast_precision_loss,
    reason = "small numbers and times of this century"
)]
fn number(value: u64) -> f32 {
    value as f32
}
