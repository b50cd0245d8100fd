//! Asking the index: one page of results, with exact counts of what the viewer may see.

use tantivy::schema::Value;
use tantivy::{DocAddress, Searcher, TantivyDocument, TantivyError, Term};

use crate::counts::{self, Counts};
use crate::found::Found;
use crate::index::SearchIndex;
use crate::marks::Marker;
use crate::question::{Question, Tolerance};
use crate::rank;
use crate::schema::Shown;
use crate::sets::Docs;
use crate::spelling;
use crate::visible::Visible;
use crate::ways::{Plan, Way};

/// With so few results, words with mistakes are looked for, too.
const FEW: usize = 3;

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
    pub types: Vec<String>,
}

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
    let (tolerance, mut found) = asked.find()?;
    Ok(Answer {
        hits: asked.page(&mut found, page)?,
        total: found.total(),
        marker: Marker::new(question, tolerance),
        suggestion: asked.suggestion(tolerance)?,
        facets: asked.facets(&found, page.counted.facets)?,
        types: asked.types(&found, &page.counted.types)?,
    })
}

/// A question to one state of the index.
struct Asked<'a> {
    index: &'a SearchIndex,
    searcher: Searcher,
    question: &'a Question,
    visible: &'a Visible,
}

impl Asked<'_> {
    /// The results, with no more tolerance than it takes to find some.
    fn find(&self) -> Result<(Tolerance, Found), TantivyError> {
        let mut tolerance = Tolerance::Typed;
        let mut found = self.find_with(tolerance)?;
        if self.question.pieces().is_empty() {
            return Ok((tolerance, found));
        }
        for (next, enough) in [(Tolerance::Mistyped, FEW), (Tolerance::Partly, 1)] {
            // Whoever types a whole name made no mistake.
            if found.total() >= enough || (next == Tolerance::Mistyped && self.is_whole_name()?) {
                break;
            }
            let more = self.find_with(next)?;
            if more.total() > found.total() {
                (found, tolerance) = (more, next);
            }
        }
        Ok((tolerance, found))
    }

    fn find_with(&self, tolerance: Tolerance) -> Result<Found, TantivyError> {
        self.look_up(self.question.plan(&self.index.fields, tolerance))
    }

    fn look_up(&self, plan: Plan) -> Result<Found, TantivyError> {
        Found::look_up(plan, &self.searcher, self.visible)
    }

    /// Whether the question is the whole name of something that may be seen. Asked of the index and not of a
    /// page's scores, so that it holds for all pages alike.
    fn is_whole_name(&self) -> Result<bool, TantivyError> {
        let named = self.look_up(self.question.whole_name_plan(&self.index.fields))?;
        Ok(named.total() > 0)
    }

    fn page(&self, found: &mut Found, page: &Page) -> Result<Vec<Shown>, TantivyError> {
        if page.limit == 0 || page.offset >= found.total() {
            return Ok(Vec::new());
        }
        let end = page.offset.saturating_add(page.limit);
        let best = rank::best(found, &self.searcher, page.now, end)?;
        let page = best.into_iter().skip(page.offset);
        page.map(|address| self.shown(address)).collect()
    }

    /// Whether a document that may be seen has a word.
    fn is_seen(&self, word: &Term) -> Result<bool, TantivyError> {
        if self.visible.is_everything() {
            return Ok(true);
        }
        let mut plan = Plan::default();
        let set = plan.set(Docs::Any(vec![word.clone()]));
        plan.pieces.push(Way::In(set, 1.0));
        Ok(self.look_up(plan)?.total() > 0)
    }

    fn suggestion(&self, tolerance: Tolerance) -> Result<Option<String>, TantivyError> {
        if tolerance == Tolerance::Typed {
            return Ok(None);
        }
        let is_seen = |term: &Term| self.is_seen(term);
        spelling::suggestion(&self.searcher, &self.index.fields, &self.question.text, &is_seen)
    }

    /// Counts the values of each field as if no value of it had been chosen: choosing another shows so many more.
    fn facets(&self, found: &Found, fields: &'static [&'static str]) -> Result<Vec<Counts>, TantivyError> {
        if fields.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = counts::of(&self.searcher, &found.documents, fields)?;
        for (at, field) in fields.iter().enumerate() {
            let is_chosen = |chosen: &str| chosen == *field;
            let restrictions = &found.plan.restrictions;
            if restrictions
                .iter()
                .any(|one| one.field.as_deref().is_some_and(is_chosen))
            {
                let others = found.despite(|one| one.field.as_deref().is_some_and(is_chosen));
                all[at] = counts::of(&self.searcher, &others, &fields[at..=at])?.swap_remove(0);
            }
        }
        Ok(all)
    }

    fn types(&self, found: &Found, types: &[String]) -> Result<Vec<usize>, TantivyError> {
        let docs = |kind: &String| Docs::Any(vec![Term::from_field_text(self.index.fields.kind, kind)]);
        let sets: Vec<Docs> = types.iter().map(docs).collect();
        found.of_any_type(&self.searcher, &sets)
    }

    fn shown(&self, address: DocAddress) -> Result<Shown, TantivyError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let body = document.get_first(self.index.fields.body);
        let body = body.as_ref().and_then(Value::as_str).unwrap_or_default();
        serde_json::from_str(body).map_err(|error| TantivyError::SystemError(error.to_string()))
    }
}
