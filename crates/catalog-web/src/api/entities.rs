//! `GET /entities`.

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderValue, Uri, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Fault, Filter};
use serde_json::{Value, json};
use sight::CurrentSight;
use url::form_urlencoded;
use web::Query;
use web::api::{Parameter, ReadQuery, Values};

use super::Api;
use super::answer::{Answer, Tag, for_sight, send};
use crate::outgoing::Outgoing;
use catalog::query::{Direction, Fields, ListRequest, OrderField};

pub(super) struct List {
    request: ListRequest,
    fields: Fields,
}

impl ReadQuery for List {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::commas("fields"),
        Parameter::integer("limit"),
        Parameter::repeated("filter"),
        Parameter::integer("offset"),
        Parameter::text("after"),
        Parameter::repeated("order"),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        let after = values.text("after").map(After::decode).transpose()?;
        let given = |name: &str| {
            values
                .integer(name)
                .map(|number| usize::try_from(number).unwrap_or(usize::MAX))
        };
        let is_continued = after.is_some();
        let after = after.unwrap_or_default();
        let limit = after.limit.or(given("limit"));
        if limit == Some(0) {
            return Err(Fault::input("Invalid limit, must be greater than zero"));
        }
        let offset = after.offset.or(given("offset")).or(is_continued.then_some(0));
        let filters = values.list("filter").unwrap_or_default();
        let orders = values.list("order").unwrap_or_default();
        let fields = values.list("fields").unwrap_or_default();
        Ok(Self {
            request: ListRequest {
                filter: Filter::from_query_params(filters)?,
                order: orders
                    .iter()
                    .map(|order| parse_order(order))
                    .collect::<Result<_, _>>()?,
                offset,
                limit,
                ..ListRequest::default()
            },
            fields: Fields::parse(fields.iter().map(String::as_str))?,
        })
    }
}

fn parse_order(text: &str) -> Result<OrderField, Fault> {
    let parsed = text.split_once(':').filter(|(_, field)| !field.is_empty());
    let parsed = parsed.and_then(|(direction, field)| Some((Direction::parse(direction)?, field)));
    match parsed {
        Some((direction, field)) => Ok(OrderField {
            field: field.to_owned(),
            direction,
        }),
        None => Err(Fault::input(format!(
            "Invalid order parameter \"{text}\", expected \"<asc or desc>:<field name>\""
        ))),
    }
}

/// Where to go on. A text without these numbers pages through everything.
#[derive(Default)]
struct After {
    limit: Option<usize>,
    offset: Option<usize>,
}

impl After {
    fn decode(text: &str) -> Result<Self, Fault> {
        let decoded: Option<Value> = STANDARD
            .decode(text)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let decoded = decoded.ok_or_else(|| Fault::input("Malformed after cursor, could not be parsed"))?;
        let number = |name: &str| match decoded.get(name) {
            None => Ok(None),
            Some(value) if value.is_number() => {
                Ok(value.as_u64().and_then(|number| usize::try_from(number).ok()))
            }
            Some(_) => Err(Fault::input(format!(
                "Malformed after cursor, {name} was not a number"
            ))),
        };
        Ok(Self {
            limit: number("limit")?,
            offset: number("offset")?,
        })
    }
}

pub(super) async fn list(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    OriginalUri(uri): OriginalUri,
    Query(asked): Query<List>,
) -> Answer {
    let request = &asked.request;
    let view = api.catalog.seen_by(&sight);
    let listed = view.list(request).await?;
    let is_page = request.limit.is_some() || request.offset.is_some();
    let tag = if is_page {
        Tag::of(&asked.fields)
    } else if listed.versions.is_empty() {
        Tag::WhereShort
    } else {
        Tag::Never
    };
    let response = send(view, Outgoing::list(listed.versions, &asked.fields), tag).await?;
    let mut response = for_sight(&sight, response);
    if listed.has_more {
        let limit = request.limit.unwrap_or_default();
        let after = json!({"limit": limit, "offset": request.offset.unwrap_or(0).saturating_add(limit)});
        if let Ok(link) = HeaderValue::from_str(&next_link(&uri, &STANDARD.encode(after.to_string()))) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    Ok(response)
}

/// The address that was asked for, relative to the mount, with another `after` and no `offset`.
fn next_link(uri: &Uri, after: &str) -> String {
    let path = uri.path().splitn(4, '/').last().unwrap_or_default();
    let mut link = form_urlencoded::Serializer::new(String::new());
    let mut is_placed = false;
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        match &*name {
            "offset" => {}
            "after" if is_placed => {}
            "after" => {
                is_placed = true;
                link.append_pair(&name, after);
            }
            _ => drop(link.append_pair(&name, &value)),
        }
    }
    if !is_placed {
        link.append_pair("after", after);
    }
    format!("</{path}?{}>; rel=\"next\"", link.finish())
}
