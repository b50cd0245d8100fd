//! `POST /api/events/http/<topic>`: a webhook is checked, noted, published and acknowledged.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use config::Config;
use model::{Actor, Clock, Fault, SystemClock};
use plugin::{AuditEvent, AuditLog, AuditOutcome, Rows, Rule};
use scm::{HostEvent, Verifier};
use serde_json::{Map, Value, json};
use store::{Lane, Store, StoreError, Tx};
use web::ApiError;
use web::api::{Json, RawBody};
use work::{Events, Jobs, WorkError};

use crate::senders::{self, Restraint};
use crate::{PUSHES, REFERENCES, REFUSED, RELEASES, REPOSITORIES, is_first, section, tables, webhooks_of};

/// Most bytes of a webhook, as in the original.
const MAX_BYTES: usize = 5_000_000;
/// The author of what webhooks cause.
const ACTOR: Actor = Actor::system("webhook");
/// Name of the fault for a body in another form.
const MEDIA_TYPE: &str = "UnsupportedMediaTypeError";
/// Headers that subscribers do not get, because they prove who sent them.
const SECRET_HEADERS: [&str; 4] = ["authorization", "cookie", "x-gitlab-token", "proxy-authorization"];

/// The endpoint of all topics that have a secret.
#[derive(Clone)]
pub(crate) struct Endpoint {
    verifiers: Arc<BTreeMap<String, Verifier>>,
    store: Store,
    jobs: Jobs,
    audit: Arc<dyn AuditLog>,
    restraint: Arc<Restraint>,
}

impl Endpoint {
    /// With the topics of the section.
    pub(crate) fn new(config: &Config, store: &Store, jobs: &Jobs, audit: Arc<dyn AuditLog>) -> Self {
        let verifiers = section::served(config).into_iter().map(|(topic, secret)| {
            let verifier = Verifier::new(&topic, &secret);
            (topic, verifier)
        });
        Self {
            verifiers: Arc::new(verifiers.collect()),
            store: store.clone(),
            jobs: jobs.clone(),
            audit,
            restraint: Arc::default(),
        }
    }

    /// Publishes a webhook, unless it was published before.
    async fn publish(&self, topic: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), WorkError> {
        let payload =
            serde_json::from_slice(body).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(body)));
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        let now = SystemClock.now();
        if is_first(&mut tx, topic, &scm::delivery(headers, body), now).await? {
            senders::note(&mut tx, topic, (headers, &payload), now).await?;
            publish_in(&mut tx, topic, headers, payload).await?;
        }
        tx.commit().await?;
        self.jobs.nudge();
        Ok(())
    }

    /// Takes note of a webhook that is refused, unless many are.
    async fn note_refused(&self, topic: &str, reason: &str) {
        let due = self.restraint.refused(topic, Instant::now());
        if due.is_reported {
            tracing::warn!(
                topic,
                reason,
                "a webhook was refused; further ones are counted, and reported after ten minutes"
            );
            let event = AuditEvent {
                actor: ACTOR,
                action: REFUSED.into(),
                subject: topic.to_owned(),
                outcome: AuditOutcome::Refused(reason.to_owned()),
            };
            self.audit.record_attempt(event).await;
        }
        if due.recorded > 0
            && let Err(error) = self.record_refused(topic, (reason, due.recorded)).await
        {
            tracing::warn!(topic, %error, "refused webhooks could not be recorded");
        }
    }

    async fn record_refused(&self, topic: &str, refused: (&str, u64)) -> Result<(), StoreError> {
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        tables::note_refused(&mut tx, topic, refused, SystemClock.now()).await?;
        tx.commit().await.map(drop)
    }
}

/// The topic of an event of a Git host.
fn topic_of(event: &HostEvent) -> &'static str {
    match event {
        HostEvent::Push(_) => PUSHES,
        HostEvent::Reference(_) => REFERENCES,
        HostEvent::Repository(_) => REPOSITORIES,
        HostEvent::Release(_) => RELEASES,
    }
}

async fn publish_in(tx: &mut Tx, topic: &str, headers: &HeaderMap, payload: Value) -> Result<(), WorkError> {
    if let Some(event) = HostEvent::read(headers, &payload) {
        Events.publish(tx, topic_of(&event), &event, &ACTOR).await?;
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
    if let Err(fault) = check(verifier, &headers, &body) {
        endpoint.note_refused(&topic, &fault.describe()).await;
        return Err(refusal(fault));
    }
    let published = endpoint.publish(&topic, &headers, &body).await;
    published.map_err(Fault::from)?;
    Ok((StatusCode::ACCEPTED, Json(json!({"status": "accepted"}))).into_response())
}

fn check(verifier: &Verifier, headers: &HeaderMap, body: &[u8]) -> Result<(), Fault> {
    check_media_type(headers)?;
    verifier.verify(headers, body)
}

fn refusal(fault: Fault) -> ApiError {
    if fault.name != MEDIA_TYPE {
        return fault.into();
    }
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    ApiError::new(fault)
        .with_status(status)
        .with_field("statusCode", status.as_u16().into())
}

/// A form is refused: hosts differ in whether they sign the form or the payload in it.
fn check_media_type(headers: &HeaderMap) -> Result<(), Fault> {
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
    let shown: String = media_type.chars().take(100).collect();
    let message =
        format!("Unsupported media type: {shown}. Set the content type of the webhook to application/json.");
    Err(Fault::new(MEDIA_TYPE, message))
}
