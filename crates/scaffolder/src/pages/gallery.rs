//! The gallery of templates.

pub(super) mod view;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use catalog::View;
use catalog::browse::{any_of, one_of};
use catalog::query::ListRequest;
use model::{EntityRef, Fault, Filter, entity};
use plugin::Decision;
use sight::CurrentSight;
use ui::{Chrome, Live, PageHead};
use url::form_urlencoded::Serializer;
use user_settings::personal;
use web::ApiError;

use super::{Pages, address};
use crate::TEMPLATE_MANAGEMENT;
use crate::api::access::Caller;
use view::Gallery;

/// Most templates on the page; who has more searches.
const SHOWN: usize = 200;

/// Filters: name in the address, field of the index, heading.
pub(super) const FILTERS: [(&str, &str, &str); 3] = [
    ("type", "spec.type", "Type"),
    ("owner", "relations.ownedby", "Owner"),
    ("tag", "metadata.tags", "Tags"),
];

/// The word of the address for starred templates, as in the catalog's list.
const STARRED: &str = "starred";

/// What the address says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GalleryState {
    pub text: String,
    /// Those alone that the viewer starred.
    pub is_starred: bool,
    pub chosen: [Vec<String>; 3],
}

impl GalleryState {
    pub(super) fn parse(query: &str) -> Self {
        let chosen = FILTERS.map(|(name, ..)| {
            let values = address::all(query, name).into_iter();
            values.map(|value| model::js::lowercase(&value)).collect()
        });
        Self {
            text: address::first(query, "q").unwrap_or_default(),
            is_starred: address::first(query, "scope").as_deref() == Some(STARRED),
            chosen,
        }
    }

    /// The address of this state.
    pub(super) fn href(&self) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in self.kept() {
            query.append_pair(name, &value);
        }
        if !self.text.is_empty() {
            query.append_pair("q", &self.text);
        }
        match query.finish() {
            query if query.is_empty() => "/create".to_owned(),
            query => format!("/create?{query}"),
        }
    }

    /// Everything but the text: scope and chosen filters.
    pub(super) fn kept(&self) -> Vec<(&'static str, String)> {
        let all = FILTERS.iter().zip(&self.chosen);
        let pairs =
            all.flat_map(|((name, ..), values)| values.iter().map(move |value| (*name, value.clone())));
        let scope = self.is_starred.then(|| ("scope", STARRED.to_owned()));
        scope.into_iter().chain(pairs).collect()
    }

    /// The same with other templates to choose among.
    pub(super) fn scoped(&self, is_starred: bool) -> Self {
        Self {
            is_starred,
            ..self.clone()
        }
    }

    /// The same with one value of a filter switched.
    pub(super) fn toggled(&self, filter: usize, value: &str) -> Self {
        let mut next = self.clone();
        let values = &mut next.chosen[filter];
        match values.iter().position(|known| known == value) {
            Some(at) => {
                values.remove(at);
            }
            None => values.push(value.to_owned()),
        }
        next
    }

    /// The condition of all filters but one. `stars` are what the viewer starred.
    fn condition(&self, but: Option<usize>, stars: &[EntityRef]) -> Filter {
        let chosen = self.chosen.iter().enumerate();
        let chosen = chosen.filter(|(at, values)| Some(*at) != but && !values.is_empty());
        let mut all: Vec<Filter> = chosen.map(|(at, values)| one_of(FILTERS[at].1, values)).collect();
        all.push(one_of("kind", &["template".to_owned()]));
        if self.is_starred {
            all.push(any_of(stars));
        }
        Filter::All(all)
    }
}

/// The templates that the viewer sees.
pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    caller: Caller,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let state = GalleryState::parse(query.as_deref().unwrap_or_default());
    let store = pages.scaffolder.tasks.store();
    let stars = personal::stars(store, caller.viewer.reference()).await;
    let stars = stars.map_err(|error| catalog::store_fault(&error))?;
    let stars: Vec<EntityRef> = stars.iter().filter_map(|text| text.parse().ok()).collect();
    let can_edit = caller
        .permissions
        .decide(&caller.viewer, &TEMPLATE_MANAGEMENT)
        .await?;
    let gallery = load(pages.scaffolder.catalog.seen_by(&sight), state, &stars).await?;
    let gallery = Gallery {
        can_edit: can_edit != Decision::Deny,
        ..gallery
    };
    let head = PageHead::new("Create").live(Live::Prefixes(vec!["template:".to_owned()]));
    Ok(chrome.page(head, view::gallery(&gallery)).into_response())
}

async fn load(view: View<'_>, state: GalleryState, stars: &[EntityRef]) -> Result<Gallery, Fault> {
    let request = ListRequest {
        text: state.text.clone(),
        ..ListRequest::for_people(state.condition(None, stars)).page(0, SHOWN)
    };
    let listing = view.listing(&request).await?;
    let facet = |at: usize| view.counts_of(&state.condition(Some(at), stars), &state.text, FILTERS[at].1);
    let facets = [facet(0), facet(1), facet(2)];
    let scope = |is_starred| view.total_of(&state.scoped(is_starred).condition(None, stars), &state.text);
    let scopes = [scope(false), scope(true)];
    let owners = listing.entities.iter().flat_map(|template| {
        let relations = entity::relations(template).filter(|(kind, _)| *kind == "ownedBy");
        relations
            .filter_map(|(_, owner)| owner.parse::<EntityRef>().ok())
            .collect::<Vec<_>>()
    });
    let listed = facets[1].iter().filter_map(|(owner, _)| owner.parse().ok());
    let owners: Vec<EntityRef> = owners.chain(listed).collect();
    Ok(Gallery {
        known: view.known(&owners),
        total: listing.total,
        templates: listing.entities,
        is_empty: view.total_of(&one_of("kind", &["template".to_owned()]), "") == 0,
        starred: stars.iter().map(ToString::to_string).collect(),
        scopes,
        can_edit: false,
        facets,
        state,
    })
}
