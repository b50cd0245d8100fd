//! `/entity-facets`, by GET and by POST.

use std::collections::HashSet;

use axum::extract::State;
use model::{Fault, Filter};
use serde::{Serialize, Serializer};
use sight::CurrentSight;
use web::api::{Json, Parameter, ReadQuery, Values};
use web::{JsonBody, Query};

use super::answer::{Answer, Refused, for_sight};
use super::{Api, texts};
use catalog::query::Facet;
use catalog::{Caller, Sight};

pub(super) struct FacetsParams {
    facets: Vec<String>,
    filter: Option<Filter>,
}

impl ReadQuery for FacetsParams {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::repeated("facet").required(),
        Parameter::repeated("filter"),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        Ok(Self {
            facets: values.list("facet").unwrap_or_default().to_vec(),
            filter: Filter::from_query_params(values.list("filter").unwrap_or_default())?,
        })
    }
}

pub(super) async fn by_get(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Query(asked): Query<FacetsParams>,
) -> Answer {
    answer(&api, sight, &asked.facets, asked.filter).await
}

pub(super) async fn by_post(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    JsonBody(body): JsonBody,
) -> Answer {
    let facets: Vec<String> = texts(&body["facets"]).map(str::to_owned).collect();
    let filter = body.get("query").map(Filter::from_predicate).transpose()?;
    answer(&api, sight, &facets, filter).await
}

async fn answer(api: &Api, sight: Sight, facets: &[String], filter: Option<Filter>) -> Answer {
    // FacetsParams for twice, a facet is counted and answered once.
    let mut seen = HashSet::new();
    let facets: Vec<String> = facets
        .iter()
        .filter(|facet| seen.insert(*facet))
        .cloned()
        .collect();
    let catalog = api.catalog.clone();
    let count = move |caller: &Caller| {
        let view = catalog.seen_by(&sight);
        let found = view.facets(&facets, filter.as_ref(), caller)?;
        let named = Named(facets.iter().zip(&found).collect());
        Ok::<_, Refused>(for_sight(&sight, Json(Answered { facets: named })))
    };
    api.catalog.run_slow(count).await?
}

#[derive(Serialize)]
struct Answered<'a> {
    facets: Named<'a>,
}

/// An object of facets in the order they were asked for.
struct Named<'a>(Vec<(&'a String, &'a Vec<Facet>)>);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
