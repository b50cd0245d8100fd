//! Asking the index: one page of results, with exact counts of what the viewer may see.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::collector::{Collector, Count, FilterCollector, TopDocs};
use tantivy::query::{BooleanQuery, Occur, Query};
use tantivy::schema::Value;
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentReader, TantivyDocument, TantivyError, Term};

use crate::counts::{Counts, FacetCounts};
use crate::index::SearchIndex;
use crate::marks::Marker;
use crate::question::{Question, Tolerance};
use crate::schema::Shown;
use crate::spelling;

/// With so few results, words with mistakes are looked for, too.
const FEW: usize = 3;
/// From so many documents with each word on, names are looked at alone first.
const MANY: u64 = 1_000;
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

/// Which page of the results.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Results to leave out.
    pub offset: usize,
    /// Most results.
    pub limit: usize,
    /// The time, in seconds since 1970.
    pub now: i64,
    /// What else to count.
    pub counted: Counted,
}

/// What is counted beside the results.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Fields whose values are counted among the results.
    pub facets: &'static [&'static str],
    /// Document types whose results are counted, whichever of them are asked for.
    pub types: Vec<&'static str>,
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
    /// Values of the counted fields, in their order.
    pub facets: Vec<Counts>,
    /// Results of the counted types, in their order.
    pub types: Vec<usize>,
}

/// Answers. Blocks for as long as that takes.
pub fn ask(
    index: &SearchIndex,
    question: &Question,
    visible: &Visible,
    page: &Page,
) -> Result<Answer, TantivyError> {
    let asked = Asked {
        index,
        searcher: index.searcher(),
        question,
        visible,
    };
    let (tolerance, found, total) = asked.best(page)?;
    let hits = found.into_iter().map(|(_, address)| asked.shown(address));
    Ok(Answer {
        hits: hits.collect::<Result<_, _>>()?,
        total,
        marker: Marker::new(question, tolerance),
        suggestion: asked.suggestion(tolerance)?,
        facets: asked.facets(tolerance, page.counted.facets)?,
        types: asked.types(tolerance, &page.counted.types)?,
    })
}

/// A question to one state of the index.
struct Asked<'a> {
    index: &'a SearchIndex,
    searcher: Searcher,
    question: &'a Question,
    visible: &'a Visible,
}

/// Documents with their scores, the best first.
type Scored = Vec<(Score, DocAddress)>;

impl Asked<'_> {
    /// A page of the results, with no more tolerance than it takes to find some.
    fn best(&self, page: &Page) -> Result<(Tolerance, Scored, usize), TantivyError> {
        let mut tolerance = Tolerance::Typed;
        let (mut found, mut total) = self.find(tolerance, page)?;
        if self.question.pieces().is_empty() {
            return Ok((tolerance, found, total));
        }
        for (next, enough) in [(Tolerance::Mistyped, FEW), (Tolerance::Partly, 1)] {
            // Whoever types a whole name made no mistake.
            if total >= enough || (next == Tolerance::Mistyped && self.is_whole_name()?) {
                break;
            }
            let (more, count) = self.find(next, page)?;
            if count > total {
                (found, total, tolerance) = (more, count, next);
            }
        }
        Ok((tolerance, found, total))
    }

    fn find(&self, tolerance: Tolerance, page: &Page) -> Result<(Scored, usize), TantivyError> {
        let query = self.question.query(&self.index.fields, tolerance);
        if page.limit == 0 {
            return Ok((Vec::new(), self.collect(&*query, Count)?));
        }
        if tolerance == Tolerance::Typed && self.is_broad()? {
            let total = self.collect(&*query, Count)?;
            return Ok((self.names_first(query, page)?, total));
        }
        self.collect(&*query, (best(page), Count))
    }

    /// Whether the question is the whole name of something that may be seen. Asked of the index and not of a
    /// page's scores, so that it holds for all pages alike.
    fn is_whole_name(&self) -> Result<bool, TantivyError> {
        let query = self.question.whole_name_query(&self.index.fields);
        Ok(self.collect(&*query, Count)? > 0)
    }

    /// Whether each word of the question is in very many documents.
    fn is_broad(&self) -> Result<bool, TantivyError> {
        let fields = &self.index.fields;
        let words = self.question.words();
        for word in &words {
            let in_names = Term::from_field_text(fields.word_start, word);
            let in_texts = Term::from_field_text(fields.text, word);
            let found = self.searcher.doc_freq(&in_names)? + self.searcher.doc_freq(&in_texts)?;
            if found < MANY {
                return Ok(false);
            }
        }
        Ok(!words.is_empty())
    }

    /// A page of very many results: those found by their names, then the others. A frequent word is in the
    /// text of half the catalog, and working out what each of those is worth is in vain where names fill
    /// the page.
    fn names_first(&self, query: Box<dyn Query>, page: &Page) -> Result<Scored, TantivyError> {
        let names = self.question.names_query(&self.index.fields);
        let named = self.collect(&*names, Count)?;
        let mut found = Vec::new();
        if page.offset < named {
            found = self.top(&*names, page)?;
        }
        if found.len() < page.limit {
            let others = BooleanQuery::new(vec![(Occur::Must, query), (Occur::MustNot, names)]);
            let rest = Page {
                offset: page.offset.saturating_sub(named),
                limit: page.limit - found.len(),
                now: page.now,
                ..Page::default()
            };
            found.extend(self.top(&others, &rest)?);
        }
        Ok(found)
    }

    fn top(&self, query: &dyn Query, page: &Page) -> Result<Scored, TantivyError> {
        self.collect(query, best(page))
    }

    fn suggestion(&self, tolerance: Tolerance) -> Result<Option<String>, TantivyError> {
        if tolerance == Tolerance::Typed {
            return Ok(None);
        }
        spelling::suggestion(&self.searcher, &self.index.fields, &self.question.text)
    }

    /// Counts the values of each field as if no value of it had been chosen: choosing another shows so many more.
    fn facets(
        &self,
        tolerance: Tolerance,
        fields: &'static [&'static str],
    ) -> Result<Vec<Counts>, TantivyError> {
        if fields.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = self.counts(self.question, tolerance, fields)?;
        for (at, field) in fields.iter().enumerate() {
            if let Some(others) = self.question.without_condition(field) {
                all[at] = self.counts(&others, tolerance, &fields[at..=at])?.swap_remove(0);
            }
        }
        Ok(all)
    }

    fn counts(
        &self,
        question: &Question,
        tolerance: Tolerance,
        fields: &'static [&'static str],
    ) -> Result<Vec<Counts>, TantivyError> {
        let query = question.query(&self.index.fields, tolerance);
        let found = self.collect(&*query, FacetCounts { fields })?;
        Ok(FacetCounts { fields }.sorted(found))
    }

    fn types(&self, tolerance: Tolerance, types: &[&str]) -> Result<Vec<usize>, TantivyError> {
        let count = |kind: &&str| {
            let question = Question {
                types: vec![(*kind).to_owned()],
                ..self.question.clone()
            };
            self.collect(&*question.query(&self.index.fields, tolerance), Count)
        };
        types.iter().map(count).collect()
    }

    /// Only documents that the viewer may see reach the collector.
    fn collect<C: Collector + Send + Sync>(
        &self,
        query: &dyn Query,
        collector: C,
    ) -> Result<C::Fruit, TantivyError> {
        match self.visible.clone() {
            None => self.searcher.search(query, &collector),
            Some(visible) => {
                let may_see = move |id: u64| visible.contains(&id);
                let filter = FilterCollector::new("entity_id".to_owned(), may_see, collector);
                self.searcher.search(query, &filter)
            }
        }
    }

    fn shown(&self, address: DocAddress) -> Result<Shown, TantivyError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let body = document.get_first(self.index.fields.body);
        let body = body.as_ref().and_then(Value::as_str).unwrap_or_default();
        serde_json::from_str(body).map_err(|error| TantivyError::SystemError(error.to_string()))
    }
}

/// The best of a page, without those of the pages before.
fn best(page: &Page) -> impl Collector<Fruit = Scored> + use<> {
    let now = page.now;
    TopDocs::with_limit(page.limit)
        .and_offset(page.offset)
        .tweak_score(move |segment: &SegmentReader| worth(segment, now))
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
        score + recent + short + (weight - 100.0) * WEIGHT
    }
}
