//! Fetches what the search page shows.

use std::collections::{HashMap, HashSet};

use catalog::View;
use catalog::browse::{Known, Named, title_of};
use jiff::Timestamp;
use model::Viewer;
use model::{EntityRef, Filter};
use serde_json::Value;
use user_settings::personal;
use web::ApiError;

use super::state::{FIELDS, PAGE, PageState};
use crate::answer::{Answer, Counted, Page};
use crate::question::Question;
use crate::reach::Reach;
use crate::schema::Shown;
use crate::search::Search;

/// What the search page shows.
pub struct Results {
    /// What was asked.
    pub state: PageState,
    /// The answer; nothing when nothing was asked.
    pub answer: Option<Answer>,
    /// Document types with their headings.
    pub types: Vec<(String, String)>,
    /// How people call what the answer names.
    pub words: Words,
    /// Everything there is was indexed.
    pub is_complete: bool,
}

/// How people call kinds and owners, which the index knows in lower case and by reference.
#[derive(Default)]
pub struct Words {
    kinds: HashMap<String, String>,
    named: Named,
}

impl Words {
    /// For everything that an answer names.
    pub fn of(seen: View<'_>, answer: &Answer) -> Self {
        let values = answer.facets.iter().flatten().map(|(value, _)| value.as_str());
        let owners = answer.hits.iter().filter_map(owner_of);
        let references: HashSet<EntityRef> = values
            .filter_map(|text| text.parse().ok())
            .chain(owners)
            .collect();
        let kinds = seen.counts_of(&Filter::All(Vec::new()), "", "kind");
        Self {
            kinds: kinds
                .into_iter()
                .map(|(kind, _)| (kind.to_lowercase(), kind))
                .collect(),
            named: seen.known(&references),
        }
    }

    /// A kind as entities spell it.
    pub fn kind<'a>(&'a self, kind: &'a str) -> &'a str {
        self.kinds.get(kind).map_or(kind, String::as_str)
    }

    /// Whether a value names an entity that may not be seen.
    pub fn is_hidden(&self, value: &str) -> bool {
        let reference = value.parse::<EntityRef>();
        reference.is_ok_and(|reference| self.named.get(&reference) == Some(&Known::Hidden))
    }

    /// The title of a result's owner, or its name.
    pub fn owner(&self, hit: &Shown) -> Option<String> {
        let owner = owner_of(hit).filter(|owner| self.named.get(owner) != Some(&Known::Hidden))?;
        let title = title_of(&self.named, &owner).unwrap_or(owner.name());
        Some(title.to_owned())
    }

    /// The title of an entity, or its name; any other text as it is.
    pub fn name<'a>(&'a self, reference: &'a str) -> &'a str {
        let parsed: Option<EntityRef> = reference.parse().ok();
        let title = parsed.and_then(|reference| title_of(&self.named, &reference));
        title.unwrap_or_else(|| reference.rsplit('/').next().unwrap_or(reference))
    }
}

/// The owner of a result, which is written as descriptors write it: a group of the same namespace, unless it says more.
fn owner_of(hit: &Shown) -> Option<EntityRef> {
    let text = |name: &str| hit.document.get(name).and_then(Value::as_str);
    let owner = text("owner").filter(|owner| !owner.is_empty())?;
    EntityRef::parse(owner, Some("group"), text("namespace").unwrap_or("default")).ok()
}

/// Asks on behalf of a viewer.
pub async fn results(
    search: &Search,
    reach: &Reach,
    viewer: &Viewer,
    state: PageState,
    now: Timestamp,
) -> Result<Results, ApiError> {
    let types = search
        .types()
        .filter(|(kind, _)| reach.has_type(kind))
        .map(|(kind, title)| (kind.to_owned(), title.to_owned()));
    let types: Vec<(String, String)> = types.collect();
    let is_asked = !state.text.is_empty() || state.active() > 0 || state.document_type.is_some();
    let answer = if is_asked {
        let question = personal(search, viewer, state.question()).await?;
        let page = Page {
            offset: state.page * PAGE,
            limit: PAGE,
            now: now.as_second(),
            counted: Counted {
                facets: FIELDS,
                types: types.iter().map(|(kind, _)| kind.clone()).collect(),
            },
        };
        let answer = search.ask(question, reach, page).await;
        Some(answer.map_err(|error| ApiError::internal(&error))?)
    } else {
        None
    };
    let seen = search.catalog().seen_by(&reach.sight);
    let words = answer.as_ref().map(|answer| Words::of(seen, answer));
    Ok(Results {
        words: words.unwrap_or_default(),
        state,
        answer,
        types,
        is_complete: search.is_complete(),
    })
}

/// A question that knows what its viewer owns and starred.
pub async fn personal(search: &Search, viewer: &Viewer, question: Question) -> Result<Question, ApiError> {
    let starred = personal::stars(search.store(), viewer.reference()).await;
    Ok(Question {
        owners: viewer.claims.iter().map(ToString::to_string).collect(),
        starred: starred.map_err(|error| catalog::store_fault(&error))?,
        ..question
    })
}
