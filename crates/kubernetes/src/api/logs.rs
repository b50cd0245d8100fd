//! `GET /api/kubernetes/logs`: a container's log as server-sent events, bounded on both sides.

use std::collections::VecDeque;
use std::sync::LazyLock;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use catalog::Sight;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use model::{EntityRef, Fault, FaultKind};
use serde_json::{Value, json};
use sight::CurrentSight;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use url::form_urlencoded;
use web::ApiError;
use web::api::{Parameter, ReadQuery, Values};

use super::Desk;
use crate::engine::kinds::OF_ENTITIES;
use crate::engine::kinds::PODS;
use crate::engine::{Failure, LogLine, LogQuestion, Object, Question};

/// Logs that are followed at the same time.
const MOST: usize = 100;
/// Lines of one event; what more comes in its time is left out.
const TOGETHER: usize = 500;
/// How long lines are gathered.
const GATHER: Duration = Duration::from_millis(250);

static PLACES: LazyLock<std::sync::Arc<Semaphore>> = LazyLock::new(|| Semaphore::new(MOST).into());

/// A container of an entity's pod, as addresses name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogAddress {
    pub entity: EntityRef,
    pub cluster: String,
    pub namespace: String,
    pub pod: String,
    pub container: String,
    pub is_previous: bool,
    pub after: Option<jiff::Timestamp>,
}

impl LogAddress {
    /// The pairs of an address.
    pub fn with_path(&self, path: &str) -> String {
        let entity = self.entity.to_string();
        let previous = if self.is_previous { "true" } else { "" };
        ui::href::with_query(
            path,
            [
                ("entity", entity.as_str()),
                ("cluster", &self.cluster),
                ("namespace", &self.namespace),
                ("pod", &self.pod),
                ("container", &self.container),
                ("previous", previous),
            ],
        )
    }

    /// Reads the pairs of an address.
    pub fn read(query: &str) -> Result<Self, Fault> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let of = |name: &str| {
            pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        let needed = |name: &str| {
            let value = of(name).filter(|value| !value.is_empty());
            value.ok_or_else(|| Fault::input(format!("'{name}' is missing in the address")))
        };
        let after = of("after")
            .filter(|text| !text.is_empty())
            .map(|text| text.parse())
            .transpose();
        Ok(Self {
            entity: needed("entity")?
                .parse()
                .map_err(|error| Fault::input(format!("'entity': {error}")))?,
            cluster: needed("cluster")?,
            namespace: needed("namespace")?,
            pod: needed("pod")?,
            container: needed("container")?,
            is_previous: of("previous").is_some_and(|text| text == "true"),
            after: after.map_err(|_| Fault::input("'after' must be a time such as 2026-01-31T12:00:00Z"))?,
        })
    }

    pub fn question(&self) -> LogQuestion {
        LogQuestion {
            cluster: self.cluster.clone(),
            namespace: self.namespace.clone(),
            pod: self.pod.clone(),
            container: self.container.clone(),
            is_previous: self.is_previous,
            after: self.after,
        }
    }
}

impl Desk {
    /// The pod of an address, if it belongs to the entity and the caller sees that.
    pub async fn pod(&self, sight: &Sight, address: &LogAddress) -> Result<Object, Fault> {
        let missing = || {
            Fault::not_found(format!(
                "{} has no pod {} in the namespace {} of {}; it may have been replaced",
                address.entity, address.pod, address.namespace, address.cluster
            ))
        };
        let entity = self.catalog.seen_by(sight).entity(&address.entity).await?;
        let question = entity.as_ref().and_then(Question::of).ok_or_else(missing)?;
        let question = question.map_err(|error| Fault::input(error.to_string()))?;
        self.kubernetes.watch(&OF_ENTITIES).await;
        let answer = self.kubernetes.ask(&question, &[&PODS]);
        let clusters = answer
            .clusters
            .iter()
            .filter(|one| one.cluster == address.cluster);
        let mut pods = clusters.flat_map(|one| one.of(&PODS));
        let found = pods.find(|pod| pod.name() == address.pod && pod.namespace() == address.namespace);
        found.cloned().ok_or_else(missing)
    }
}

/// The pairs of an address.
const NAMES: [&str; 7] = [
    "entity",
    "cluster",
    "namespace",
    "pod",
    "container",
    "previous",
    "after",
];

/// The address as it came; the desk reads it.
pub(super) struct Asked(LogAddress);

impl ReadQuery for Asked {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::text(NAMES[0]),
        Parameter::text(NAMES[1]),
        Parameter::text(NAMES[2]),
        Parameter::text(NAMES[3]),
        Parameter::text(NAMES[4]),
        Parameter::text(NAMES[5]),
        Parameter::text(NAMES[6]),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for name in NAMES {
            if let Some(value) = values.text(name) {
                pairs.append_pair(name, value);
            }
        }
        LogAddress::read(&pairs.finish()).map(Self)
    }
}

pub(super) async fn follow(
    State(desk): State<Desk>,
    CurrentSight(sight): CurrentSight,
    headers: HeaderMap,
    web::Query(Asked(mut address)): web::Query<Asked>,
) -> Result<Response, ApiError> {
    desk.pod(&sight, &address).await?;
    // A browser that comes back says what it has seen.
    let seen = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    address.after = seen.or(address.after);
    let Ok(place) = PLACES.clone().try_acquire_owned() else {
        let message = format!("{MOST} logs are followed already; close one, or try again");
        return Err(Fault::new(FaultKind::TooManyRequests, message).into());
    };
    let events = match desk.kubernetes.follow_lines(&address.question()).await {
        Ok(lines) => events(lines, place).boxed(),
        Err(failure) => stream::iter([ended(&failure.message)]).boxed(),
    };
    Ok(web::sse::answer(events, desk.stop.clone()).into_response())
}

type Lines = BoxStream<'static, Result<LogLine, Failure>>;

fn events(lines: Lines, place: OwnedSemaphorePermit) -> impl Stream<Item = Event> + Send {
    stream::unfold(Some((lines, place)), |open| async move {
        let (mut lines, place) = open?;
        match gathered(&mut lines).await {
            Gathered::Lines(batch) => Some((event(&batch), Some((lines, place)))),
            Gathered::End(reason) => Some((ended(&reason), None)),
        }
    })
}

enum Gathered {
    Lines(Batch),
    End(String),
}

/// Lines that came together.
struct Batch {
    lines: VecDeque<LogLine>,
    left_out: usize,
}

/// Waits for a line, and gathers those that come soon after it; of very many the last ones.
async fn gathered(lines: &mut Lines) -> Gathered {
    let first = match lines.next().await {
        Some(Ok(line)) => line,
        Some(Err(failure)) => return Gathered::End(failure.message),
        None => return Gathered::End("The container ended, or its log was rotated.".to_owned()),
    };
    let mut batch = Batch {
        lines: VecDeque::from([first]),
        left_out: 0,
    };
    let until = Instant::now() + GATHER;
    while let Ok(Some(Ok(line))) = timeout_at(until, lines.next()).await {
        if batch.lines.len() >= TOGETHER {
            batch.lines.pop_front();
            batch.left_out += 1;
        }
        batch.lines.push_back(line);
    }
    Gathered::Lines(batch)
}

fn event(batch: &Batch) -> Event {
    let lines: Vec<Value> = batch
        .lines
        .iter()
        .map(|line| json!({"at": line.at, "text": line.text}))
        .collect();
    let data = json!({"lines": lines, "leftOut": batch.left_out}).to_string();
    let event = Event::default().event("lines").data(data);
    match batch.lines.iter().rev().find_map(|line| line.at) {
        Some(at) => event.id(at.to_string()),
        None => event,
    }
}

fn ended(reason: &str) -> Event {
    Event::default()
        .event("ended")
        .data(json!({ "reason": reason }).to_string())
}
