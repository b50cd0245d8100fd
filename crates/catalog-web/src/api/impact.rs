//! Who is hurt when an entity goes away, as JSON: an addition of this portal beside the original's `ancestry`.

use axum::extract::{Path, State};
use catalog::impact::{Direction, Impact, MOST, Reached};
use model::{EntityRef, Fault};
use serde_json::{Value, json};
use sight::CurrentSight;
use web::Query;
use web::api::{Json, Parameter, ReadQuery, Values};

use super::Api;
use super::answer::{Answer, for_sight};

/// Which way, and how many entities at most.
pub(super) struct Wanted {
    direction: Direction,
    most: usize,
}

impl ReadQuery for Wanted {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::choice("direction", &["dependents", "dependencies"]),
        Parameter::integer("limit"),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        let direction = values.text("direction").and_then(Direction::parse);
        let most = values
            .integer("limit")
            .map_or(MOST, |limit| usize::try_from(limit).unwrap_or(MOST).min(MOST));
        let direction = direction.unwrap_or_default();
        Ok(Self { direction, most })
    }
}

pub(super) async fn show(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Path((kind, namespace, name)): Path<(String, String, String)>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let root = EntityRef::new(&kind, &namespace, &name);
    let seen = api.catalog.seen_by(&sight);
    if seen.entity(&root).await?.is_none() {
        return Err(Fault::not_found(format!("No such entity {root}")).into());
    }
    let impact = seen.impact(&root, wanted.direction, wanted.most).await?;
    Ok(for_sight(&sight, Json(answer(&root, wanted.direction, &impact))))
}

fn answer(root: &EntityRef, direction: Direction, impact: &Impact) -> Value {
    let item = |reached: &Reached| {
        let owners: Vec<String> = reached.owners.iter().map(ToString::to_string).collect();
        json!({
            "entityRef": reached.reference.to_string(),
            "title": reached.title,
            "type": reached.entity_type,
            "lifecycle": reached.lifecycle,
            "ownerRefs": owners,
            "distance": reached.distance,
            "overEntityRef": reached.over.to_string(),
            "relation": reached.relation,
            "isMissing": reached.is_missing,
        })
    };
    let owner = |(owner, count): &(EntityRef, usize)| json!({"ownerRef": owner.to_string(), "count": count});
    json!({
        "rootEntityRef": root.to_string(),
        "direction": direction.as_str(),
        "items": impact.reached.iter().map(item).collect::<Vec<_>>(),
        "owners": impact.owners().iter().map(owner).collect::<Vec<_>>(),
        "leftOut": impact.left_out,
    })
}
