//! Asking the index: one page of results, with exact counts of what the viewer may see.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::collector::{Count, FilterCollector, TopDocs};
use tantivy::query::Query;
use tantivy::schema::Value as _;
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentReader, TantivyDocument, TantivyError};

use crate::index::SearchIndex;
use crate::marks::Marker;
use crate::question::{Question, Tolerance};
use crate::schema::Shown;
use crate::spelling;

/// With so few results, words with mistakes are looked for, too.
const FEW: usize = 3;
/// Days after which a change no longer counts as recent.
const RECENT_DAYS: f32 = 30.0;
/// What a change just now is worth.
const RECENT: f32 = 3.0;
/// What a very short name is worth among equals.
const SHORT: f32 = 8.0;
/// Letters at which half of that is left.
const SHORT_LETTERS: f32 = 12.0;

/// Which page of the results.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Results to leave out.
    pub offset: usize,
    /// Most results.
    pub limit: usize,
    /// The time, in seconds since 1970.
    pub now: i64,
}

/// Documents that somebody may see, by the first half of their entities' uids; all without a set.
pub type Visible = Option<Arc<HashSet<u64>>>;

/// The answer to a question.
pub struct Answer {
    /// The page's results, the best first.
    pub hits: Vec<Shown>,
    /// Results on all pages.
    pub total: usize,
    /// Finds the question's words in them.
    pub marker: Marker,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

/// Answers. Blocks for as long as that takes.
pub fn ask(
    index: &SearchIndex,
    question: &Question,
    visible: &Visible,
    page: Page,
) -> Result<Answer, TantivyError> {
    let searcher = index.searcher();
    let run = |tolerance| {
        find(
            &searcher,
            &*question.query(&index.fields, tolerance),
            visible,
            page,
        )
    };
    let is_text = !question.pieces().is_empty();
    let mut tolerance = Tolerance::Typed;
    let (mut found, mut total) = run(tolerance)?;
    for next in [Tolerance::Mistyped, Tolerance::Partly] {
        let is_enough = match next {
            Tolerance::Partly => total > 0,
            _ => total >= FEW,
        };
        if !is_text || is_enough {
            break;
        }
        let (more, count) = run(next)?;
        if count > total {
            (found, total, tolerance) = (more, count, next);
        }
    }
    let suggestion = if is_text && tolerance != Tolerance::Typed {
        spelling::suggestion(&searcher, &index.fields, &question.text)?
    } else {
        None
    };
    let hits = found
        .into_iter()
        .map(|(_, address)| shown(index, &searcher, address));
    Ok(Answer {
        hits: hits.collect::<Result<_, _>>()?,
        total,
        marker: Marker::new(question, tolerance),
        suggestion,
    })
}

/// Number of results without fetching any.
pub fn count(index: &SearchIndex, question: &Question, visible: &Visible) -> Result<usize, TantivyError> {
    let query = question.query(&index.fields, Tolerance::Typed);
    collect(&index.searcher(), &*query, visible, Count)
}

fn find(
    searcher: &Searcher,
    query: &dyn Query,
    visible: &Visible,
    page: Page,
) -> Result<(Vec<(Score, DocAddress)>, usize), TantivyError> {
    if page.limit == 0 {
        return Ok((Vec::new(), collect(searcher, query, visible, Count)?));
    }
    let best = TopDocs::with_limit(page.limit).and_offset(page.offset);
    let best = best.tweak_score(move |segment: &SegmentReader| worth(segment, page.now));
    collect(searcher, query, visible, (best, Count))
}

/// Only documents that the viewer may see reach the collector.
fn collect<C: tantivy::collector::Collector + Send + Sync>(
    searcher: &Searcher,
    query: &dyn Query,
    visible: &Visible,
    collector: C,
) -> Result<C::Fruit, TantivyError> {
    match visible.clone() {
        None => searcher.search(query, &collector),
        Some(visible) => {
            let may_see = move |id: u64| visible.contains(&id);
            searcher.search(
                query,
                &FilterCollector::new("entity_id".to_owned(), may_see, collector),
            )
        }
    }
}

/// The score of a match, adjusted by what kind of document it is, how long its name and how old its
/// last change.
fn worth(segment: &SegmentReader, now: i64) -> impl Fn(DocId, Score) -> Score + use<> {
    let columns = segment.fast_fields();
    let weight = columns
        .u64("weight")
        .ok()
        .map(|column| column.first_or_default_col(100));
    let length = columns
        .u64("length")
        .ok()
        .map(|column| column.first_or_default_col(0));
    let changed = columns
        .i64("changed")
        .ok()
        .map(|column| column.first_or_default_col(0));
    move |document, score| {
        #[expect(
            clippy::cast_precision_loss,
            reason = "small numbers and times of this century"
        )]
        let number = |value: u64| value as f32;
        let weight = weight
            .as_ref()
            .map_or(100.0, |column| number(column.get_val(document)));
        let letters = length
            .as_ref()
            .map_or(0.0, |column| number(column.get_val(document)));
        let changed = changed.as_ref().map_or(0, |column| column.get_val(document));
        let days = number(now.abs_diff(changed)) / 86_400.0;
        let recent = if changed > 0 {
            RECENT * (1.0 - days / RECENT_DAYS).max(0.0)
        } else {
            0.0
        };
        let short = SHORT * SHORT_LETTERS / (SHORT_LETTERS + letters);
        (score + recent + short) * weight / 100.0
    }
}

fn shown(index: &SearchIndex, searcher: &Searcher, address: DocAddress) -> Result<Shown, TantivyError> {
    let document: TantivyDocument = searcher.doc(address)?;
    let body = document.get_first(index.fields.body);
    let body = body.as_ref().and_then(|body| body.as_str()).unwrap_or_default();
    serde_json::from_str(body).map_err(|error| TantivyError::SystemError(error.to_string()))
}
