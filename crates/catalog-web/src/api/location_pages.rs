//! `POST /locations/by-query`: registered locations, page by page.

use axum::extract::State;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Fault;
use serde_json::{Value, json};
use uuid::Uuid;
use web::JsonBody;
use web::api::Json;

use super::Api;
use super::answer::Answer;
use super::locations::{SeenLocations, shown};
use catalog::query::LocationFilter;

/// Locations on a page when nobody says how many.
const LIMIT: usize = 1_000;

/// One page of locations; also what a cursor holds.
struct LocationsParams {
    limit: usize,
    after: Option<Uuid>,
    filter: Option<LocationFilter>,
}

pub(super) async fn by_query(
    State(api): State<Api>,
    seen: SeenLocations,
    JsonBody(body): JsonBody,
) -> Answer {
    let asked = LocationsParams::read(&body)?;
    let mut locations = seen.of(&api.catalog).await?;
    locations.retain(|location| {
        asked
            .filter
            .as_ref()
            .is_none_or(|filter| filter.matches(location))
    });
    let total = locations.len();
    let start = asked.after.map_or(0, |after| {
        locations.partition_point(|location| location.id <= after)
    });
    let rest = locations.get(start..).unwrap_or_default();
    let page = rest.get(..asked.limit).unwrap_or(rest);
    let mut info = json!({});
    if let Some(last) = page.last().filter(|_| page.len() < rest.len()) {
        info["nextCursor"] = asked.cursor_after(last.id).into();
    }
    let items: Vec<Value> = page.iter().map(shown).collect();
    Ok(Json(json!({"items": items, "totalItems": total, "pageInfo": info})).into_response())
}

impl LocationsParams {
    /// With a cursor, everything else in the body is ignored.
    fn read(body: &Value) -> Result<Self, Fault> {
        match body["cursor"].as_str() {
            None => Self::from_fields(body),
            Some("") => Err(Fault::input("Cursor cannot be empty")),
            Some(cursor) => {
                let decoded: Option<Value> = STANDARD
                    .decode(cursor)
                    .ok()
                    .and_then(|bytes| serde_json::from_slice(&bytes).ok());
                let decoded = decoded.ok_or_else(|| Fault::input("Malformed cursor, unknown encoding"))?;
                let after = decoded["afterId"].as_str().and_then(|id| id.parse().ok());
                let after = after.ok_or_else(|| Fault::input("Malformed cursor, it names no location"))?;
                Ok(Self {
                    after: Some(after),
                    ..Self::from_fields(&decoded)?
                })
            }
        }
    }

    fn from_fields(fields: &Value) -> Result<Self, Fault> {
        let limit = match fields.get("limit") {
            None => LIMIT,
            Some(limit) => limit
                .as_u64()
                .filter(|limit| *limit > 0)
                .and_then(|limit| usize::try_from(limit).ok())
                .ok_or_else(|| Fault::input("Limit must be a positive integer >= 1"))?,
        };
        Ok(Self {
            limit,
            after: None,
            filter: fields.get("query").map(LocationFilter::parse).transpose()?,
        })
    }

    fn cursor_after(&self, id: Uuid) -> String {
        let mut cursor = json!({"limit": self.limit, "afterId": id.to_string()});
        if let Some(filter) = &self.filter {
            cursor["query"] = filter.as_json().clone();
        }
        STANDARD.encode(cursor.to_string())
    }
}
