//! The wire contract, `/api/search` (as in `@backstage/plugin-search-backend` 2.1.7).
//!
//! What is found and in which order is ours: names first, near misses too. Parameters, bounds, errors,
//! the shape of results, highlights and cursors are the original's.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::{FromRef, RawQuery, State};
use axum::response::{IntoResponse, Response};
use base64::prelude::*;
use jiff::Timestamp;
use model::Fault;
use plugin::{Rows, Rule};
use serde_json::{Map, Value, json};
use sight::for_sight;
use url::form_urlencoded;
use uuid::Uuid;
use web::ApiError;
use web::api::{Described, Description, Json};

use crate::answer::{Answer, Page};
use crate::marks::Marked;
use crate::question::{Condition, Question};
use crate::reach::CurrentReach;
use crate::search::Search;

/// The description of this API: that of the npm package `@backstage/plugin-search-backend`, as data and without
/// edits (copyright The Backstage Authors, Apache License 2.0).
static DESCRIPTION: LazyLock<Description> =
    LazyLock::new(|| Description::embedded(include_str!("api/openapi.json")));

/// Results on a page unless the client says otherwise.
const PAGE: usize = 25;
/// Most pairs of a query string that are looked at.
const MAX_PAIRS: usize = 1_000;

/// Bounds from the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Most characters of a question.
    pub term: usize,
    /// Most results on a page.
    pub page: usize,
}

#[derive(Clone)]
struct Api {
    search: Search,
    bounds: Bounds,
    /// Around what was found in a highlighted text; no document can contain it by accident.
    tag: Uuid,
}

impl FromRef<Api> for Search {
    fn from_ref(api: &Api) -> Self {
        api.search.clone()
    }
}

/// The rows below `/api/search`.
pub fn rows(search: Search, bounds: Bounds) -> Rows {
    let api = Api {
        search,
        bounds,
        tag: Uuid::new_v4(),
    };
    Rows::new()
        .get("/query", Rule::signed_in(), query)
        .get(
            "/.well-known/backstage/permissions/metadata",
            Rule::signed_in(),
            permissions,
        )
        .with_state(&api)
        .described_by(&DESCRIPTION)
}

/// The plugin has no permissions of its own: what may be found is what may be read, and types of documents have those of
/// their plugins.
async fn permissions() -> Response {
    Json(json!({ "permissions": [], "rules": [] })).into_response()
}

async fn query(
    State(api): State<Api>,
    CurrentReach(reach): CurrentReach,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let request = Request::read(&query.unwrap_or_default(), &api)?;
    let page = Page {
        offset: request.page.unwrap_or(0).saturating_mul(request.limit),
        limit: if request.page.is_none() { 0 } else { request.limit },
        now: Timestamp::now().as_second(),
        ..Page::default()
    };
    let answer = api.search.ask(request.question.clone(), &reach, page).await;
    let answer = answer.map_err(|error| ApiError::internal(&error))?;
    Ok(for_sight(&reach.sight, Json(render(&answer, &request, api.tag))))
}

/// What the client wants.
struct Request {
    question: Question,
    limit: usize,
    /// Number of the page, from 0; nothing when the cursor names none.
    page: Option<usize>,
}

impl Request {
    fn read(query: &str, api: &Api) -> Result<Self, Fault> {
        let pairs = form_urlencoded::parse(query.as_bytes()).take(MAX_PAIRS);
        let mut filters: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let (mut term, mut types) = (String::new(), Vec::new());
        let (mut limit, mut cursor) = (PAGE, None);
        for (name, value) in pairs {
            let (base, keys) = split(&name);
            match (base, keys.as_slice()) {
                ("term", []) => term = value.into_owned(),
                ("types", [] | [_]) => types.push(value.into_owned()),
                ("filters", [key] | [key, _]) => {
                    filters
                        .entry((*key).to_owned())
                        .or_default()
                        .push(value.into_owned());
                }
                ("pageCursor", []) => cursor = Some(value.into_owned()),
                ("pageLimit", []) => limit = integer("pageLimit", &value)?,
                _ => {}
            }
        }
        check(api, &term, &types, limit)?;
        Ok(Self {
            question: Question {
                text: term,
                types,
                conditions: filters
                    .into_iter()
                    .map(|(field, values)| Condition { field, values })
                    .collect(),
                ..Question::default()
            },
            limit: if limit == 0 { PAGE } else { limit },
            page: cursor.map_or(Some(0), |cursor| page_of(&cursor)),
        })
    }
}

/// The name and the keys in brackets behind it.
fn split(name: &str) -> (&str, Vec<&str>) {
    let (base, rest) = name.split_once('[').unwrap_or((name, ""));
    let keys = rest.strip_suffix(']').map(|keys| keys.split("][").collect());
    (base, keys.unwrap_or_default())
}

fn integer(name: &str, value: &str) -> Result<usize, Fault> {
    let number = value.trim().parse::<i64>();
    let number = number.map_err(|_| Fault::input(format!("request/query/{name} must be integer")))?;
    usize::try_from(number).map_err(|_| Fault::input(format!("request/query/{name} must be >= 0")))
}

fn check(api: &Api, term: &str, types: &[String], limit: usize) -> Result<(), Fault> {
    let mut issues: Vec<Value> = Vec::new();
    let mut issue = |message: String, path: Value| {
        issues.push(json!({ "code": "custom", "message": message, "path": path }));
    };
    let length = term.encode_utf16().count();
    if length > api.bounds.term {
        let message = format!(
            "The term length \"{length}\" is greater than \"{}\"",
            api.bounds.term
        );
        issue(message, json!(["term"]));
    }
    for (number, kind) in types.iter().enumerate() {
        if !api.search.types().any(|(known, _)| known == kind) {
            issue("Invalid input".to_owned(), json!(["types", number]));
        }
    }
    if limit > api.bounds.page {
        let message = format!(
            "The page limit \"{limit}\" is greater than \"{}\"",
            api.bounds.page
        );
        issue(message, json!(["pageLimit"]));
    }
    if issues.is_empty() {
        return Ok(());
    }
    let issues = serde_json::to_string_pretty(&issues).unwrap_or_default();
    Err(Fault::input(format!("Invalid query string: {issues}")))
}

/// The number in a cursor. Anything else is a page that is not there, as with the original's default
/// engine.
fn page_of(cursor: &str) -> Option<usize> {
    let bytes = BASE64_STANDARD.decode(cursor).ok()?;
    std::str::from_utf8(&bytes).ok()?.parse().ok()
}

fn cursor(page: usize) -> String {
    BASE64_STANDARD.encode(page.to_string())
}

fn render(answer: &Answer, request: &Request, tag: Uuid) -> Value {
    let page = request.page.unwrap_or(0);
    let before = page.saturating_mul(request.limit);
    let mut body = Map::new();
    body.insert("numberOfResults".to_owned(), answer.total.into());
    if request.page.is_some() && before + answer.hits.len() < answer.total {
        body.insert("nextPageCursor".to_owned(), cursor(page + 1).into());
    }
    if page > 0 {
        body.insert("previousPageCursor".to_owned(), cursor(page - 1).into());
    }
    let results = answer.hits.iter().enumerate().map(|(number, hit)| {
        json!({
            "type": hit.kind,
            "document": hit.document,
            "rank": before + number + 1,
            "highlight": highlight(answer, &hit.document, tag),
        })
    });
    body.insert("results".to_owned(), results.collect());
    Value::Object(body)
}

fn highlight(answer: &Answer, document: &Map<String, Value>, tag: Uuid) -> Value {
    let mut fields = Map::new();
    for name in ["title", "text", "location"] {
        let text = document.get(name).and_then(Value::as_str).unwrap_or_default();
        let marked = answer.marker.mark(text);
        if !marked.marks.is_empty() {
            fields.insert(name.to_owned(), tagged(&marked, tag).into());
        }
    }
    json!({ "preTag": format!("<{tag}>"), "postTag": format!("</{tag}>"), "fields": fields })
}

fn tagged(marked: &Marked, tag: Uuid) -> String {
    let mut text = String::with_capacity(marked.text.len() + marked.marks.len() * 80);
    let mut copied = 0;
    for mark in &marked.marks {
        text.push_str(&marked.text[copied..mark.start]);
        text.push_str(&format!("<{tag}>{}</{tag}>", &marked.text[mark.clone()]));
        copied = mark.end;
    }
    text.push_str(&marked.text[copied..]);
    text
}
