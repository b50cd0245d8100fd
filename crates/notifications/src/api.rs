//! `/api/notifications`: the wire contract of the original (`@backstage/plugin-notifications-backend` 0.6.9).

mod listing;
mod shape;
mod wire;

use std::sync::LazyLock;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use model::{Fault, Principal, Viewer};
use plugin::{Rows, Rule};
use serde_json::{Value, json};
use uuid::Uuid;
use web::api::{Described, Description, Json, JsonBody};
use web::{ApiError, CurrentViewer, Query};

use crate::choices::{self, Choices};
use crate::inbox::{Inbox, Letter, Marks, failed};
use crate::notification::Payload;
use crate::question::Question;
use crate::recipients::Recipients;
use listing::{Filters, Listing};

/// The description of this API: that of the npm package `@backstage/plugin-notifications-backend`, as data and without
/// edits (copyright The Backstage Authors, Apache License 2.0).
static DESCRIPTION: LazyLock<Description> =
    LazyLock::new(|| Description::embedded(include_str!("api/openapi.json")));

type Answer = Result<Response, ApiError>;

/// The rows below `/api/notifications`. Several stand at the root as well, as they did in older versions.
pub(crate) fn rows(inbox: &Inbox) -> Rows {
    let person = Rule::person();
    Rows::new()
        .get("/", person, list)
        .post("/", Rule::service(), create)
        .get("/notifications", person, list)
        .post("/notifications", Rule::service(), create)
        .post("/update", person, update)
        .post("/notifications/update", person, update)
        .get("/status", person, status)
        .get("/settings", person, settings)
        .post("/settings", person, keep_settings)
        .get("/topics", person, topics)
        .get("/{id}", person, one)
        .get("/notifications/{id}", person, one)
        .get(
            "/.well-known/backstage/permissions/metadata",
            Rule::signed_in(),
            permissions,
        )
        .with_state(inbox)
        .described_by(&DESCRIPTION)
}

fn person(viewer: &Viewer) -> String {
    viewer.reference().to_string()
}

/// What the notifications of a program come from: its subject.
fn origin(viewer: &Viewer) -> String {
    match &viewer.who {
        Principal::Service { subject, .. } => subject.to_string(),
        _ => viewer.reference().to_string(),
    }
}

/// The plugin has no permissions: a person reads what is its own.
async fn permissions() -> Response {
    Json(json!({ "permissions": [], "rules": [] })).into_response()
}

async fn create(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    JsonBody(body): JsonBody,
) -> Answer {
    shape::check(&body["recipients"])?;
    let payload = Payload::of(&body["payload"]);
    let to = Recipients::read(&body["recipients"])?;
    let letter = Letter {
        origin: &origin(&viewer),
        to: &to,
        payload: &payload,
        key: None,
    };
    let sent = inbox.send(&letter).await?;
    let sent: Vec<Value> = sent.iter().map(|one| wire::sent(one, &body["payload"])).collect();
    Ok(Json(sent).into_response())
}

async fn list(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    Query(Listing(question)): Query<Listing>,
) -> Answer {
    let question = Question {
        person: person(&viewer),
        ..question
    };
    let listed = inbox.list(&question).await.map_err(failed)?;
    let shown: Vec<Value> = listed.notifications.iter().map(wire::notification).collect();
    Ok(Json(json!({"totalCount": listed.total, "notifications": shown})).into_response())
}

async fn one(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    Path(id): Path<String>,
    _: Query<()>,
) -> Answer {
    let missing = || Fault::not_found("Not found");
    let question = Question {
        ids: Some(vec![id.parse::<Uuid>().map_err(|_| missing())?]),
        ..Question::of(person(&viewer))
    };
    let listed = inbox.list(&question).await.map_err(failed)?;
    let found = listed.notifications.first().ok_or_else(missing)?;
    Ok(Json(wire::notification(found)).into_response())
}

async fn update(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    JsonBody(body): JsonBody,
) -> Answer {
    let ids = body["ids"].as_array().into_iter().flatten();
    // What is no id names no notification.
    let ids: Vec<Uuid> = ids
        .filter_map(Value::as_str)
        .filter_map(|id| id.parse().ok())
        .collect();
    let marks = Marks {
        read: body["read"].as_bool(),
        saved: body["saved"].as_bool(),
    };
    let person = person(&viewer);
    if marks != Marks::default() && !ids.is_empty() {
        inbox.mark(&person, &ids, marks).await.map_err(failed)?;
    }
    let question = Question {
        ids: Some(ids),
        ..Question::of(person)
    };
    let listed = inbox.list(&question).await.map_err(failed)?;
    let shown: Vec<Value> = listed.notifications.iter().map(wire::notification).collect();
    Ok(Json(shown).into_response())
}

async fn status(State(inbox): State<Inbox>, CurrentViewer(viewer): CurrentViewer, _: Query<()>) -> Answer {
    let question = Question::of(person(&viewer));
    let status = inbox.status(&question).await.map_err(failed)?;
    Ok(Json(json!({"unread": status.unread, "read": status.read})).into_response())
}

async fn topics(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    Query(Filters(question)): Query<Filters>,
) -> Answer {
    let question = Question {
        person: person(&viewer),
        ..question
    };
    let topics = inbox.topics(&question).await.map_err(failed)?;
    Ok(Json(json!({ "topics": topics })).into_response())
}

async fn settings(State(inbox): State<Inbox>, CurrentViewer(viewer): CurrentViewer, _: Query<()>) -> Answer {
    shown_settings(&inbox, &person(&viewer)).await
}

async fn keep_settings(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    JsonBody(body): JsonBody,
) -> Answer {
    let person = person(&viewer);
    let choices = Choices::read(&body)?;
    inbox.decide(&person, &choices).await.map_err(failed)?;
    shown_settings(&inbox, &person).await
}

async fn shown_settings(inbox: &Inbox, person: &str) -> Answer {
    let origins = inbox.origins(person).await.map_err(failed)?;
    Ok(Json(choices::to_json(&origins, inbox.defaults())).into_response())
}
