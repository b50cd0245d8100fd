//! `/entity-facets`, by GET and by POST.

use axum::extract::State;
use model::{Fault, Filter};
use serde::{Serialize, Serializer};
use sight::CurrentSight;
use web::api::{Json, Parameter, ReadQuery, Values};
use web::{JsonBody, Query};

use super::answer::{Answer, for_sight};
use super::{Api, texts};
use catalog::Sight;
use catalog::query::Facet;

pub(super) struct Asked {
    facets: Vec<String>,
    filter: Option<Filter>,
}

impl ReadQuery for Asked {
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
    Query(asked): Query<Asked>,
) -> Answer {
    answer(&api, &sight, &asked.facets, asked.filter.as_ref())
}

pub(super) async fn by_post(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    JsonBody(body): JsonBody,
) -> Answer {
    let facets: Vec<String> = texts(&body["facets"]).map(str::to_owned).collect();
    let filter = body.get("query").map(Filter::from_predicate).transpose()?;
    answer(&api, &sight, &facets, filter.as_ref())
}

fn answer(api: &Api, sight: &Sight, facets: &[String], filter: Option<&Filter>) -> Answer {
    let found = api.catalog.seen_by(sight).facets(facets, filter)?;
    // Asked for twice, a facet is answered once.
    let is_first = |at: usize| !facets[..at].contains(&facets[at]);
    let named = facets.iter().zip(&found).enumerate();
    let named = Named(
        named
            .filter(|(at, _)| is_first(*at))
            .map(|(_, pair)| pair)
            .collect(),
    );
    Ok(for_sight(sight, Json(Answered { facets: named })))
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
