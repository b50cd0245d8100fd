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
use crate::entities::DOCUMENT_TYPE;
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
    /// Entities that another result is called like.
    twins: HashSet<EntityRef>,
}

impl Words {
    /// For everything that an answer names.
    pub fn of(seen: View<'_>, answer: &Answer) -> Self {
        let values = answer.facets.iter().flatten().map(|(value, _)| value.as_str());
        let owners = answer.hits.iter().filter_map(owner_of);
        let references: HashSet<EntityRef> = values
            .filter_map(|text| text.parse().ok())
            .chain(owners)
            .chain(answer.hits.iter().filter_map(entity_of))
            .collect();
        let kinds = seen.counts_of(&Filter::All(Vec::new()), "", "kind");
        let named = seen.known(&references);
        let found: Vec<EntityRef> = answer.hits.iter().filter_map(entity_of).collect();
        Self {
            twins: ui::twins(found.iter().map(|entity| (entity, title_of(&named, entity)))),
            kinds: kinds
                .into_iter()
                .map(|(kind, _)| (kind.to_lowercase(), kind))
                .collect(),
            named,
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

    /// What a result is called: an entity as on every page, which clients of the API do not know of, anything else by its title.
    pub fn title<'a>(&'a self, hit: &'a Shown) -> &'a str {
        let entity = entity_of(hit).and_then(|entity| title_of(&self.named, &entity));
        let written = hit.document.get("title").and_then(Value::as_str);
        entity.or(written).unwrap_or_default()
    }

    /// The reference of an entity that another result is called like.
    pub fn told_apart<'a>(&self, hit: &'a Shown) -> Option<&'a str> {
        entity_of(hit).filter(|entity| self.twins.contains(entity))?;
        Some(&hit.entity)
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

/// The entity that a result is, and not only something of it.
fn entity_of(hit: &Shown) -> Option<EntityRef> {
    (hit.kind == DOCUMENT_TYPE).then(|| hit.entity.parse().ok())?
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

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::browse::Head;
    use serde_json::json;

    fn hit(kind: &str, entity: &str, title: &str) -> Shown {
        let document = json!({ "title": title });
        Shown {
            kind: kind.to_owned(),
            entity: entity.to_owned(),
            note: String::new(),
            document: document.as_object().cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn entities_are_called_as_on_every_page_and_twins_told_apart() {
        let all = ["user:default/ines", "group:default/ines", "api:default/pets"];
        let references = all.map(|text| text.parse::<EntityRef>().unwrap());
        let titled = |title: &str| {
            Known::Seen(Head {
                title: Some(title.to_owned()),
                ..Head::default()
            })
        };
        let named = Named::from([
            (references[0].clone(), titled("Ines Duarte")),
            (references[1].clone(), titled("Ines Duarte")),
        ]);
        let words = Words {
            twins: ui::twins(references.iter().map(|entity| (entity, title_of(&named, entity)))),
            named,
            ..Words::default()
        };
        for (kind, entity, title, told_apart) in [
            (DOCUMENT_TYPE, all[0], "Ines Duarte", Some(all[0])),
            (DOCUMENT_TYPE, all[1], "Ines Duarte", Some(all[1])),
            (DOCUMENT_TYPE, all[2], "written", None),
            ("techdocs", all[0], "written", None),
        ] {
            let hit = hit(kind, entity, "written");
            assert_eq!(
                (words.title(&hit), words.told_apart(&hit)),
                (title, told_apart),
                "{kind} {entity}"
            );
        }
    }
}
