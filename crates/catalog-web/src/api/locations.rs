//! Registered locations.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use catalog::Catalog;
use config::ConflictStrategy;
use model::{EntityRef, Fault, LocationRef, entity, js};
use serde_json::{Value, json};
use sight::WholeSight;
use store::Location;
use web::api::{Json, Parameter, ReadQuery, Values};
use web::{CurrentActor, Granted, JsonBody, Query};

use super::Api;
use super::answer::Answer;

/// Annotation that names the registered location an entity came from.
const ORIGIN: &str = "backstage.io/managed-by-origin-location";

pub(super) fn shown(location: &Location) -> Value {
    json!({
        "id": location.id.to_string(),
        "type": location.kind,
        "target": location.target,
        "entityRef": location.entity_ref,
    })
}

pub(super) async fn list(State(api): State<Api>, seen: SeenLocations, _: Query<()>) -> Answer {
    let locations = seen.of(&api.catalog).await?;
    let wrapped: Vec<Value> = locations
        .iter()
        .map(|location| json!({"data": shown(location)}))
        .collect();
    Ok(Json(wrapped).into_response())
}

/// Whether the caller may see registered locations: all or none of them. A caller that sees only a part of the catalog
/// is refused.
pub(super) struct SeenLocations {
    are_seen: bool,
}

impl SeenLocations {
    /// The locations.
    pub(super) async fn of(&self, catalog: &Catalog) -> Result<Vec<Location>, Fault> {
        if self.are_seen {
            catalog.locations().await
        } else {
            Ok(Vec::new())
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SeenLocations {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let are_seen = Granted::from_request_parts(parts, state).await?.is_whole();
        if are_seen {
            WholeSight::from_request_parts(parts, state).await?;
        }
        Ok(Self { are_seen })
    }
}

pub(super) async fn show(
    State(api): State<Api>,
    seen: SeenLocations,
    Path(id): Path<String>,
    _: Query<()>,
) -> Answer {
    if !seen.are_seen {
        return Err(Fault::not_found(format!("Found no location with ID {id}")).into());
    }
    Ok(Json(shown(&api.catalog.location(&id).await?)).into_response())
}

pub(super) struct Creation {
    is_dry_run: bool,
    on_conflict: Option<ConflictStrategy>,
}

impl ReadQuery for Creation {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::text("dryRun"),
        Parameter::choice("onConflict", &["refresh", "reject"]),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        let is_dry_run = values.text("dryRun").is_some_and(|text| {
            matches!(
                text.to_ascii_lowercase().as_str(),
                "true" | "1" | "yes" | "y" | "on"
            )
        });
        let on_conflict = values.text("onConflict").map(|word| match word {
            "refresh" => ConflictStrategy::Refresh,
            _ => ConflictStrategy::Reject,
        });
        Ok(Self {
            is_dry_run,
            on_conflict,
        })
    }
}

pub(super) async fn create(
    State(api): State<Api>,
    _: WholeSight,
    CurrentActor(actor): CurrentActor,
    Query(asked): Query<Creation>,
    JsonBody(body): JsonBody,
) -> Answer {
    check_input(&body)?;
    let (kind, target) = (text(&body, "type"), text(&body, "target"));
    if asked.is_dry_run {
        let outcome = api.catalog.dry_run_location(kind, target).await?;
        let mut location = shown(&outcome.location);
        location["id"] = json!(format!("{kind}:{target}"));
        let answer = json!({"exists": outcome.exists, "location": location, "entities": outcome.entities});
        return Ok((StatusCode::CREATED, Json(answer)).into_response());
    }
    let presence = body["presence"].as_str();
    let located = api
        .catalog
        .register_location(&actor, (kind, target), presence, asked.on_conflict)
        .await?;
    api.visible(located.seq).await;
    let answer = json!({"location": shown(&located.location), "entities": []});
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

pub(super) async fn update(
    State(api): State<Api>,
    _: WholeSight,
    CurrentActor(actor): CurrentActor,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Answer {
    let located = api
        .catalog
        .update_location(&actor, &id, (text(&body, "type"), text(&body, "target")))
        .await?;
    api.visible(located.seq).await;
    Ok(Json(shown(&located.location)).into_response())
}

/// A text that the description of the API requires.
fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body[key].as_str().unwrap_or_default()
}

/// What the description does not say about a new location, in the words of the original's validator.
fn check_input(body: &Value) -> Result<(), Fault> {
    let mut issues = Vec::new();
    match body.get("presence") {
        None => {}
        Some(Value::String(presence)) if ["required", "optional"].contains(&presence.as_str()) => {}
        Some(presence) => issues.push(wrong_presence(presence)),
    }
    let known = ["type", "target", "presence"];
    let fields = body.as_object().into_iter().flatten();
    let unknown: Vec<&str> = fields
        .map(|(key, _)| key.as_str())
        .filter(|key| !known.contains(key))
        .collect();
    if !unknown.is_empty() {
        let quoted: Vec<String> = unknown.iter().map(|key| format!("'{key}'")).collect();
        let message = format!("Unrecognized key(s) in object: {}", quoted.join(", "));
        issues.push(json!({"code": "unrecognized_keys", "keys": unknown, "path": [], "message": message}));
    }
    if issues.is_empty() {
        return Ok(());
    }
    let issues = serde_json::to_string_pretty(&issues).expect("JSON values are JSON");
    Err(Fault::input(format!("Malformed request: {issues}")))
}

fn wrong_presence(received: &Value) -> Value {
    let expected = |word: &str| {
        json!({
            "issues": [{
                "received": received,
                "code": "invalid_literal",
                "expected": word,
                "path": ["presence"],
                "message": format!("Invalid literal value, expected \"{word}\""),
            }],
            "name": "ZodError",
        })
    };
    json!({
        "code": "invalid_union",
        "unionErrors": [expected("required"), expected("optional")],
        "path": ["presence"],
        "message": "Invalid input",
    })
}

pub(super) async fn remove(
    State(api): State<Api>,
    _: WholeSight,
    CurrentActor(actor): CurrentActor,
    Path(id): Path<String>,
) -> Answer {
    let seq = api.catalog.unregister_location(&actor, &id).await?;
    api.visible(seq).await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn by_entity(
    State(api): State<Api>,
    WholeSight(sight): WholeSight,
    seen: SeenLocations,
    Path((kind, namespace, name)): Path<(String, String, String)>,
    _: Query<()>,
) -> Answer {
    let reference = js::lowercase(&format!("{kind}:{namespace}/{name}"));
    let parsed: EntityRef = reference.parse()?;
    let found = api.catalog.seen_by(&sight).entity(&parsed).await?;
    let found = found.ok_or_else(|| Fault::not_found(format!("found no entity for ref {reference}")))?;
    let origin = entity::annotation(&found, ORIGIN)
        .ok_or_else(|| Fault::not_found(format!("found no origin annotation for ref {reference}")))?;
    let origin = LocationRef::parse(origin)?;
    let locations = seen.of(&api.catalog).await?;
    let location = locations
        .iter()
        .find(|one| one.kind == origin.kind && one.target == origin.target);
    let missing = || {
        Fault::not_found(format!(
            "Found no location with type {} and target {}",
            origin.kind, origin.target
        ))
    };
    Ok(Json(shown(location.ok_or_else(missing)?)).into_response())
}
