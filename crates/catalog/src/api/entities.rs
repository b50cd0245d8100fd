//! `GET /entities`.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Fault, Filter};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use web::Query;
use web::api::{Parameter, ReadQuery, Values};

use super::Api;
use super::answer::{Answer, list_text, streamed, tagged};
use crate::query::{Direction, Fields, ListRequest, OrderField};

/// What `encodeURIComponent` leaves as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

pub(super) struct List {
    request: ListRequest,
    fields: Fields,
    /// Parameters to repeat in the link to the next page.
    repeated: Vec<(&'static str, String)>,
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
        let after = values.text("after").map(decode_after).transpose()?;
        let given = |name: &str| {
            values
                .integer(name)
                .map(|number| usize::try_from(number).unwrap_or(usize::MAX))
        };
        let from_after = |name: &str| {
            after
                .as_ref()
                .and_then(|after| after[name].as_u64())
                .and_then(|number| usize::try_from(number).ok())
        };
        let limit = from_after("limit").or(given("limit"));
        if limit == Some(0) {
            return Err(Fault::input("Invalid limit, must be greater than zero"));
        }
        // A cursor without numbers pages through everything.
        let offset = from_after("offset")
            .or(given("offset"))
            .or(after.is_some().then_some(0));
        let filters = values.list("filter").unwrap_or_default();
        let orders = values.list("order").unwrap_or_default();
        let fields = values.list("fields").unwrap_or_default();
        let mut repeated = Vec::new();
        repeated.extend(limit.map(|limit| ("limit", limit.to_string())));
        repeated.extend(orders.iter().map(|order| ("order", order.clone())));
        repeated.extend(filters.iter().map(|filter| ("filter", filter.clone())));
        repeated.extend((!fields.is_empty()).then(|| ("fields", fields.join(","))));
        Ok(Self {
            request: ListRequest {
                filter: Filter::from_query_params(filters)?,
                order: orders
                    .iter()
                    .map(|order| parse_order(order))
                    .collect::<Result<_, _>>()?,
                offset,
                limit,
            },
            fields: Fields::parse(fields.iter().map(String::as_str))?,
            repeated,
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

fn decode_after(text: &str) -> Result<Value, Fault> {
    let decoded = STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    decoded.ok_or_else(|| Fault::input("Malformed after cursor, could not be parsed"))
}

pub(super) async fn list(State(api): State<Api>, Query(asked): Query<List>) -> Answer {
    let listed = api.catalog.query(&api.access).list(&asked.request).await?;
    let text = list_text(listed.items.iter().map(Some), &asked.fields);
    let is_page = asked.request.limit.is_some() || asked.request.offset.is_some();
    let mut response = if is_page || !asked.fields.is_all() {
        tagged(text)?
    } else {
        streamed(text).into_response()
    };
    if listed.has_more
        && let Ok(link) = HeaderValue::from_str(&next_link(&asked))
    {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Relative to the mount, as the original writes it.
fn next_link(asked: &List) -> String {
    let limit = asked.request.limit.unwrap_or_default();
    let cursor = json!({"limit": limit, "offset": asked.request.offset.unwrap_or(0) + limit});
    let after = STANDARD.encode(cursor.to_string());
    let parameters = asked
        .repeated
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .chain([("after", after.as_str())]);
    let query: Vec<String> = parameters
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, KEPT)))
        .collect();
    format!("</entities?{}>; rel=\"next\"", query.join("&"))
}
