//! Entities that are not right, as the original's unprocessed-entities module lists them.
//!
//! `pending` lists what was never served, `failed` what is served in an older form because its newest
//! one has errors. The original leaves id and reference out of the former and finds nothing for the latter
//! (docs/compatibility.md).

use axum::extract::State;
use model::{Fault, Severity};
use serde_json::{Value, json};
use sight::CurrentSight;
use web::Query;
use web::api::{Json, Parameter, ReadQuery, Values};

use super::Api;
use super::answer::{Answer, for_sight};
use catalog::{Unprocessed, View};

pub(super) struct UnprocessedParams {
    owner: Option<String>,
}

impl ReadQuery for UnprocessedParams {
    const PARAMETERS: &'static [Parameter] = &[Parameter::text("owner")];

    fn read(values: &Values) -> Result<Self, Fault> {
        Ok(Self {
            owner: values.text("owner").map(str::to_owned),
        })
    }
}

pub(super) async fn failed(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Query(asked): Query<UnprocessedParams>,
) -> Answer {
    answer(api.catalog.seen_by(&sight), "failed", &asked, |one| {
        !one.is_hidden
    })
    .await
}

pub(super) async fn pending(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Query(asked): Query<UnprocessedParams>,
) -> Answer {
    answer(api.catalog.seen_by(&sight), "pending", &asked, |one| {
        one.is_hidden
    })
    .await
}

async fn answer(
    view: View<'_>,
    kind: &str,
    asked: &UnprocessedParams,
    is_meant: fn(&Unprocessed) -> bool,
) -> Answer {
    let all = view.unprocessed().await?;
    let rows: Vec<Value> = all
        .iter()
        .filter(|one| is_meant(one))
        .map(row)
        .filter(|row| kind == "pending" || row["errors"] != json!([]))
        .filter(|row| {
            let owner = &row["unprocessed_entity"]["spec"]["owner"];
            asked.owner.as_ref().is_none_or(|wanted| owner == wanted)
        })
        .collect();
    let answer = json!({"type": kind, "entities": rows});
    Ok(for_sight(view.sight(), Json(answer)))
}

fn row(one: &Unprocessed) -> Value {
    let errors: Vec<Value> = one
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| problem.fault.to_wire())
        .collect();
    // What never was processed has no hash of its own: its outcome is its errors.
    let result_hash = match one.result_hash.as_str() {
        "" => model::sha1_hex(Value::from(errors.clone()).to_string().as_bytes()),
        known => known.to_owned(),
    };
    let unprocessed = one.unprocessed_entity.as_ref().or(one.processed_entity.as_ref());
    json!({
        "entity_id": one.entity_id,
        "entity_ref": one.entity_ref,
        "unprocessed_entity": unprocessed,
        "processed_entity": one.processed_entity,
        "cache": {},
        "errors": errors,
        "next_update_at": one.next_run_at,
        "last_discovery_at": one.updated_at,
        "location_key": one.location_key,
        "result_hash": result_hash,
        "unprocessed_hash": one.raw_hash,
        "hash": null,
        "final_entity": null,
        "last_updated_at": null,
    })
}
