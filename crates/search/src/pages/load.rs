//! Fetches what the search page shows.

use catalog::personal;
use catalog::query::Access;
use jiff::Timestamp;
use plugin::Viewer;
use web::ApiError;

use super::state::{FIELDS, PAGE, PageState};
use crate::answer::{Answer, Counted, Page};
use crate::question::Question;
use crate::search::Search;

/// What the search page shows.
pub struct Results {
    /// What was asked.
    pub state: PageState,
    /// The answer; nothing when nothing was asked.
    pub answer: Option<Answer>,
    /// Document types with their headings.
    pub types: Vec<(&'static str, &'static str)>,
    /// Everything there is was indexed.
    pub is_complete: bool,
}

/// Asks on behalf of a viewer.
pub async fn results(
    search: &Search,
    viewer: &Viewer,
    state: PageState,
    now: Timestamp,
) -> Result<Results, ApiError> {
    let types: Vec<(&'static str, &'static str)> = search.types().collect();
    let is_asked = !state.text.is_empty() || state.active() > 0 || state.document_type.is_some();
    let answer = if is_asked {
        let question = personal(search, viewer, state.question()).await?;
        let page = Page {
            offset: state.page * PAGE,
            limit: PAGE,
            now: now.as_second(),
            counted: Counted {
                facets: FIELDS,
                types: types.iter().map(|(kind, _)| *kind).collect(),
            },
        };
        let answer = search.ask(question, &Access::all(), page).await;
        Some(answer.map_err(|error| ApiError::internal(&error))?)
    } else {
        None
    };
    Ok(Results {
        state,
        answer,
        types,
        is_complete: search.is_complete(),
    })
}

/// A question that knows what its viewer owns and starred.
pub async fn personal(search: &Search, viewer: &Viewer, question: Question) -> Result<Question, ApiError> {
    let starred = personal::stars(search.catalog().store(), &viewer.reference).await;
    Ok(Question {
        owners: viewer.ownership.iter().map(ToString::to_string).collect(),
        starred: starred.map_err(|error| catalog::store_fault(&error))?,
        ..question
    })
}
