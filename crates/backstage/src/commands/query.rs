//! `backstage catalog query`: finding entities of a running server.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use catalog::browse;
use model::entity;
use serde_json::{Map, Value, json};
use url::Url;

use super::remote::{PAGE, Remote};
use crate::cli::{Common, Format, QueryArguments};
use crate::{output, settings};

/// Prints what was found.
pub async fn run(common: &Common, what: &QueryArguments) -> Result<ExitCode> {
    let url = match &what.url {
        Some(url) => url.clone(),
        None => Url::parse(&settings::require(common)?.base_url())?,
    };
    let server = Remote::new(&url, what.token.clone())?;
    let mut query = request(what)?;
    let mut left = what.limit;
    let mut total = 0;
    while left > 0 {
        query["limit"] = json!(left.min(PAGE));
        let (items, all, next) = server.page(&query).await?;
        total = all;
        left = left.saturating_sub(items.len());
        for item in &items {
            print(item, common.format)?;
        }
        match next {
            Some(cursor) => query = Remote::next_page(&cursor, PAGE, &what.fields),
            None => break,
        }
    }
    if common.format == Format::Text {
        output::complain(&format!("{} of {total} entities", what.limit - left));
    }
    Ok(ExitCode::SUCCESS)
}

fn request(what: &QueryArguments) -> Result<Value> {
    let mut query = Map::new();
    let predicate = match &what.predicate {
        Some(text) => {
            Some(serde_json::from_str(text).with_context(|| format!("the predicate is no JSON: {text}"))?)
        }
        None => predicate(&what.filters)?,
    };
    if let Some(predicate) = predicate {
        query.insert("query".to_owned(), predicate);
    }
    if !what.order.is_empty() {
        let order: Vec<Value> = what.order.iter().map(|field| order(field)).collect();
        query.insert("orderBy".to_owned(), json!(order));
    }
    if !what.fields.is_empty() {
        query.insert("fields".to_owned(), json!(what.fields));
    }
    if let Some(text) = &what.text {
        query.insert(
            "fullTextFilter".to_owned(),
            json!({ "term": text, "fields": browse::NAMES }),
        );
    }
    Ok(Value::Object(query))
}

/// Filters in the predicate form, which also keeps them out of the URL.
fn predicate(filters: &[String]) -> Result<Option<Value>> {
    let mut any = Vec::new();
    for filter in filters {
        let mut all = Vec::new();
        for condition in filter
            .split(',')
            .map(str::trim)
            .filter(|condition| !condition.is_empty())
        {
            all.push(match condition.split_once('=') {
                Some(("", _)) => {
                    bail!("'{condition}' is no condition; write key=value, or key alone for 'exists'")
                }
                Some((key, value)) => json!({ key: value }),
                None => json!({ condition: { "$exists": true } }),
            });
        }
        any.push(json!({ "$all": all }));
    }
    Ok((!any.is_empty()).then(|| json!({ "$any": any })))
}

fn order(field: &str) -> Value {
    let (field, order) = field.split_once(',').unwrap_or((field, "asc"));
    json!({ "field": field, "order": order })
}

fn print(item: &Value, format: Format) -> Result<()> {
    if format == Format::Json {
        return output::json(item);
    }
    match model::EntityRef::of(item) {
        Some(reference) => {
            let words = [
                entity::spec_type(item),
                entity::lifecycle(item),
                entity::owner(item),
            ];
            let rest: Vec<&str> = words.into_iter().flatten().collect();
            output::line(format!("{reference:<50} {}", rest.join("  ")).trim_end())
        }
        None => output::text(&format!("---\n{}", yaml::to_string(item))),
    }
}
