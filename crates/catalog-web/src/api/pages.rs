//! `/entities/by-query`, by GET and by POST.

use axum::extract::State;
use model::{Fault, Predicate, predicate_from_params};
use serde_json::{Value, json};
use sight::CurrentSight;
use web::api::{Parameter, ReadQuery, Values};
use web::{JsonBody, Query};

use super::Api;
use super::answer::{Answer, Tag, for_sight, send};
use crate::outgoing::Outgoing;
use catalog::Sight;
use catalog::query::{Cursor, Direction, Fields, FullText, OrderField, PageRequest};

/// Entities on a page when nobody says how many.
const LIMIT: usize = 200;

pub(super) struct PageParams(PageRequest);

impl ReadQuery for PageParams {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::commas("fields"),
        Parameter::integer("limit"),
        Parameter::integer("offset"),
        Parameter::repeated("orderField"),
        Parameter::text("cursor"),
        Parameter::repeated("filter"),
        Parameter::choice("totalItems", &["include", "exclude"]),
        Parameter::text("fullTextFilterTerm"),
        Parameter::commas("fullTextFilterFields"),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        let mut request = match values.text("cursor") {
            Some(cursor) => PageRequest::at(Cursor::decode(cursor)?),
            None => first(values)?,
        };
        let number = |name: &str| {
            values
                .integer(name)
                .map(|number| usize::try_from(number).unwrap_or(usize::MAX))
        };
        request.limit = number("limit").unwrap_or(LIMIT);
        request.offset = number("offset").unwrap_or(0);
        request.fields = Fields::parse(
            values
                .list("fields")
                .unwrap_or_default()
                .iter()
                .map(String::as_str),
        )?;
        leave_out_total(&mut request, values.text("totalItems"));
        Ok(Self(request))
    }
}

fn first(values: &Values) -> Result<PageRequest, Fault> {
    let orders = values.list("orderField").unwrap_or_default();
    let order = orders
        .iter()
        .map(|text| parse_order(text))
        .collect::<Result<Vec<_>, _>>()?;
    let filters = values.list("filter").unwrap_or_default();
    let mut request = PageRequest::first(predicate_from_params(filters)?, order);
    request.cursor.full_text = Some(FullText {
        term: values
            .text("fullTextFilterTerm")
            .unwrap_or_default()
            .trim()
            .to_owned(),
        fields: values.list("fullTextFilterFields").map(<[String]>::to_vec),
    });
    Ok(request)
}

fn parse_order(text: &str) -> Result<OrderField, Fault> {
    let (field, direction) = text.split_once(',').unwrap_or((text, "asc"));
    order_field(field.trim(), direction.trim())
}

fn order_field(field: &str, direction: &str) -> Result<OrderField, Fault> {
    match Direction::parse(direction) {
        Some(direction) => Ok(OrderField {
            field: field.to_owned(),
            direction,
        }),
        None => Err(Fault::input("Invalid order field order, must be asc or desc")),
    }
}

pub(super) async fn by_get(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Query(asked): Query<PageParams>,
) -> Answer {
    answer(&api, &sight, asked.0).await
}

pub(super) async fn by_post(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    JsonBody(body): JsonBody,
) -> Answer {
    let asked = from_body(&body)?;
    answer(&api, &sight, asked).await
}

fn from_body(body: &Value) -> Result<PageRequest, Fault> {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let number = |key: &str| whole(body.get(key), key);
    let mut request = match text("cursor") {
        Some("") => return Err(Fault::input("Cursor cannot be empty")),
        Some(cursor) => PageRequest::at(Cursor::decode(cursor)?),
        None => first_of_body(body)?,
    };
    request.limit = number("limit")?.unwrap_or(LIMIT);
    request.offset = number("offset")?.unwrap_or(0);
    let fields = body
        .get("fields")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    request.fields = Fields::parse(fields)?;
    leave_out_total(&mut request, text("totalItems"));
    Ok(request)
}

/// Without the total, this page and those that its cursors lead to say 0.
fn leave_out_total(request: &mut PageRequest, choice: Option<&str>) {
    if choice == Some("exclude") {
        request.cursor.total = Some(0);
    }
}

/// A whole number that is not negative.
fn whole(value: Option<&Value>, key: &str) -> Result<Option<usize>, Fault> {
    match value {
        None => Ok(None),
        Some(value) => match value.as_u64() {
            Some(number) => Ok(Some(usize::try_from(number).unwrap_or(usize::MAX))),
            None => Err(Fault::input(format!("request/body/{key} must be >= 0"))),
        },
    }
}

fn first_of_body(body: &Value) -> Result<PageRequest, Fault> {
    let query = body.get("query").map(Predicate::parse).transpose()?;
    let orders = body
        .get("orderBy")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let order = orders
        .map(|one| {
            order_field(
                one["field"].as_str().unwrap_or_default(),
                one["order"].as_str().unwrap_or_default(),
            )
        })
        .collect::<Result<Vec<_>, _>>()?;
    let query = query.map(|predicate| predicate.as_json().clone());
    let mut request = PageRequest::first(query, order);
    request.cursor.full_text = body.get("fullTextFilter").map(|filter| FullText {
        term: filter["term"].as_str().unwrap_or_default().trim().to_owned(),
        fields: filter["fields"]
            .as_array()
            .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
    });
    Ok(request)
}

async fn answer(api: &Api, sight: &Sight, request: PageRequest) -> Answer {
    let view = api.catalog.seen_by(sight);
    let page = view.page(&request).await?;
    let mut info = json!({});
    if let Some(next) = &page.next {
        info["nextCursor"] = json!(next.encode());
    }
    if let Some(previous) = &page.previous {
        info["prevCursor"] = json!(previous.encode());
    }
    let after = format!(",\"totalItems\":{},\"pageInfo\":{info}}}", page.total);
    let list = Outgoing::list(page.versions, &request.fields).within("{\"items\":", &after);
    let response = send(view, list, Tag::of(&request.fields)).await?;
    Ok(for_sight(sight, response))
}
