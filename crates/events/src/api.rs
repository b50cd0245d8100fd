//! `POST /api/events/http/<topic>`: a webhook is checked, noted, published and acknowledged.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Actor, Clock, Fault, SystemClock};
use plugin::{Rows, Rule};
use scm::{Push, Verifier};
use serde_json::{Map, Value, json};
use store::{Lane, Store, Tx};
use web::ApiError;
use web::api::{Json, RawBody};
use work::{Events, Jobs, WorkError};

use crate::{PUSHES, is_first, section, webhooks_of};

/// Most bytes of a webhook, as in the original.
const MAX_BYTES: usize = 5_000_000;
/// The author of what webhooks cause.
const ACTOR: Actor = Actor::system("webhook");
/// Headers that subscribers do not get, because they prove who sent them.
const SECRET_HEADERS: [&str; 4] = ["authorization", "cookie", "x-gitlab-token", "proxy-authorization"];

/// The endpoint of all topics that have a secret.
#[derive(Clone)]
pub(crate) struct Endpoint {
    verifiers: Arc<BTreeMap<String, Verifier>>,
    store: Store,
    jobs: Jobs,
}

impl Endpoint {
    /// With the topics of the section.
    pub(crate) fn new(section: &Value, store: &Store, jobs: &Jobs) -> Self {
        let topics = section::served(section).into_iter();
        let verifiers = topics.map(|(topic, secret)| {
            let verifier = Verifier::new(&topic, &secret);
            (topic, verifier)
        });
        Self {
            verifiers: Arc::new(verifiers.collect()),
            store: store.clone(),
            jobs: jobs.clone(),
        }
    }

    /// Publishes a webhook, unless it was published before.
    async fn publish(&self, topic: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), WorkError> {
        let payload =
            serde_json::from_slice(body).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(body)));
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        if is_first(&mut tx, topic, &scm::delivery(headers, body), SystemClock.now()).await? {
            publish_in(&mut tx, topic, headers, payload).await?;
        }
        tx.commit().await?;
        self.jobs.nudge();
        Ok(())
    }
}

async fn publish_in(tx: &mut Tx, topic: &str, headers: &HeaderMap, payload: Value) -> Result<(), WorkError> {
    if let Some(push) = Push::read(headers, &payload) {
        Events.publish(tx, PUSHES, &push, &ACTOR).await?;
    }
    let event =
        |payload: Value| json!({"topic": topic, "eventPayload": payload, "metadata": metadata(headers)});
    let topic = webhooks_of(topic);
    match Events.publish(tx, &topic, &event(payload), &ACTOR).await {
        Err(WorkError::TooLarge { bytes, most, .. }) => {
            tracing::warn!(
                "a webhook of {topic} has {bytes} bytes, more than {most}: subscribers do not get its payload"
            );
            Events.publish(tx, &topic, &event(Value::Null), &ACTOR).await
        }
        published => published,
    }
}

/// The headers for subscribers, each with its first value.
fn metadata(headers: &HeaderMap) -> Map<String, Value> {
    let shown = headers
        .keys()
        .filter(|name| !SECRET_HEADERS.contains(&name.as_str()));
    let texts = shown.filter_map(|name| Some((name.to_string(), headers.get(name)?.to_str().ok()?.into())));
    texts.collect()
}

/// The rows below `/api/events`.
pub(crate) fn rows(endpoint: &Endpoint) -> Rows {
    Rows::new()
        .post("/http/{topic}", Rule::anyone().raw_body(MAX_BYTES), receive)
        .with_state(endpoint)
}

async fn receive(
    State(endpoint): State<Endpoint>,
    Path(topic): Path<String>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Response, ApiError> {
    let Some(verifier) = endpoint.verifiers.get(&topic) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    check_media_type(&headers)?;
    verifier.verify(&headers, &body)?;
    let published = endpoint.publish(&topic, &headers, &body).await;
    published.map_err(Fault::from)?;
    Ok((StatusCode::ACCEPTED, Json(json!({"status": "accepted"}))).into_response())
}

fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = given
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if matches!(media_type.as_str(), "application/json" | "text/plain") {
        return Ok(());
    }
    let message = format!(
        "Unsupported media type: {media_type}. Set the content type of the webhook to application/json."
    );
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    Err(ApiError::new(Fault::new("UnsupportedMediaTypeError", message))
        .with_status(status)
        .with_field("statusCode", status.as_u16().into()))
}
