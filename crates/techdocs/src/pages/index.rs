//! `/docs`: everything that has documentation.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use catalog::browse::{any_of, owned_by, shown_title, title_of};
use catalog::query::ListRequest;
use model::{EntityRef, Filter, entity};
use serde::Deserialize;
use serde_json::Value;
use sight::CurrentSight;
use ui::{Chrome, PageHead};
use user_settings::personal;
use web::CurrentViewer;

use super::{PageFailure, view};
use crate::{Docs, OTHER, REF};

/// Entities of a page.
const PAGE: usize = 60;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub scope: String,
    pub q: String,
    pub offset: usize,
}

/// An entity with documentation.
#[derive(Debug, Clone)]
pub(crate) struct Documented {
    pub reference: EntityRef,
    pub title: String,
    pub description: String,
    pub kind: String,
    pub spec_type: String,
    pub owner: Option<EntityRef>,
    pub owner_title: Option<String>,
    pub is_starred: bool,
}

/// Everything that the page shows.
#[derive(Debug, Default)]
pub(crate) struct IndexView {
    pub scope: String,
    pub words: String,
    pub entities: Vec<Documented>,
    pub total: usize,
    pub previous: Option<usize>,
    pub next: Option<usize>,
    pub start: usize,
    /// How many are owned, starred, all.
    pub counts: [usize; 3],
}

/// The page.
pub(crate) async fn show(
    State(docs): State<Docs>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentSight(sight): CurrentSight,
    Query(asked): Query<Asked>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let seen = docs.catalog.seen_by(&sight);
    let exists = |name: &str| Filter::Exists {
        key: format!("metadata.annotations.{name}"),
    };
    let all = Filter::Any(vec![exists(REF), exists(OTHER)]);
    let owners = seen.ownership(&viewer).await?;
    let starred = personal::stars(&docs.store, viewer.reference()).await?;
    let stars: Vec<EntityRef> = starred.iter().filter_map(|star| star.parse().ok()).collect();
    let of = |scope: &str| match scope {
        "owned" => Filter::All(vec![all.clone(), owned_by(&owners)]),
        "starred" => Filter::All(vec![all.clone(), any_of(&stars)]),
        _ => all.clone(),
    };
    let counts = ["owned", "starred", "all"].map(|scope| seen.total_of(&of(scope), ""));
    let mut request = ListRequest::for_people(of(&asked.scope)).page(asked.offset, PAGE);
    request.text.clone_from(&asked.q);
    let listing = seen.listing(&request).await?;
    let documented = |value: &Value| documented(value, &starred);
    let mut entities: Vec<Documented> = listing.entities.iter().filter_map(documented).collect();
    let known = seen.known(entities.iter().filter_map(|one| one.owner.as_ref()));
    for one in &mut entities {
        let title = one.owner.as_ref().and_then(|owner| title_of(&known, owner));
        one.owner_title = title.map(str::to_owned);
    }
    let view = IndexView {
        entities,
        total: listing.total,
        previous: listing.previous,
        next: listing.next,
        start: listing.start,
        counts,
        scope: asked.scope,
        words: asked.q,
    };
    let content = view::index(&view);
    Ok(chrome.page(PageHead::new("Docs"), content).into_response())
}

fn documented(value: &Value, starred: &[String]) -> Option<Documented> {
    let reference = EntityRef::of(value)?;
    let owner = entity::relations(value).find(|(kind, _)| *kind == "ownedBy");
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Some(Documented {
        title: shown_title(value).unwrap_or(reference.name()).to_owned(),
        description: text(entity::description(value)),
        kind: text(entity::kind(value)),
        spec_type: text(entity::spec_type(value)),
        owner: owner.and_then(|(_, target)| target.parse().ok()),
        owner_title: None,
        is_starred: starred.contains(&reference.to_string()),
        reference,
    })
}
