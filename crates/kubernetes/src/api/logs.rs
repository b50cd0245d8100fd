//! `GET /api/kubernetes/logs`: logs of a container or of all pods of a workload as server-sent events, bounded on both sides; and
//! `GET /api/kubernetes/logs/text`, the last lines as a file.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use futures::future::join_all;
use futures::stream::{self, Stream};
use model::{Fault, FaultKind};
use serde_json::{Value, json};
use sight::CurrentSight;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::form_urlencoded;
use web::ApiError;
use web::api::{Parameter, ReadQuery, Values};

use super::Desk;
use super::log_address::{LogAddress, NAMES};
use crate::engine::{Batch, Failure, Fed, LogFeed, LogLine, LogQuestion, MOST_TOGETHER, Object, Source};
use crate::pages::ReadLine;

/// Readers of logs at the same time.
const MOST: usize = 50;
/// Lines of a file, of each container.
const FILE_LINES: usize = 50_000;
/// Bytes of a file, of all containers together.
const FILE_BYTES: u64 = 10 << 20;

static PLACES: LazyLock<std::sync::Arc<Semaphore>> = LazyLock::new(|| Semaphore::new(MOST).into());

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
        Parameter::text(NAMES[7]),
        Parameter::text(NAMES[8]),
        Parameter::text(NAMES[9]),
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
    let (question, _) = desk.logged(&sight, &address).await?;
    // A browser that comes back says what it has seen.
    let seen = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    if let Some(seen) = seen {
        address.marks = seen;
    }
    let place = place()?;
    let look = desk.look(question, &address);
    let feed = LogFeed::new(
        desk.kubernetes.clone(),
        address.question(),
        address.marks.clone(),
        look,
    );
    Ok(web::sse::answer(events(feed, place), desk.stop.clone()).into_response())
}

/// A place among those that read logs.
fn place() -> Result<OwnedSemaphorePermit, Fault> {
    let message = format!("{MOST} people follow logs already; close one, or try again");
    let place = PLACES.clone().try_acquire_owned();
    place.map_err(|_| Fault::new(FaultKind::TooManyRequests, message))
}

fn events(feed: LogFeed, place: OwnedSemaphorePermit) -> impl Stream<Item = Event> + Send {
    stream::unfold(Some((feed, place)), |open| async move {
        let (mut feed, place) = open?;
        match feed.next().await {
            Fed::Lines(batch) => {
                let event = lines(&batch).id(feed.marks.to_string());
                Some((event, Some((feed, place))))
            }
            Fed::Note(text) => Some((told("note", &text), Some((feed, place)))),
            Fed::End(reason) => Some((told("ended", &reason), None)),
        }
    })
}

fn lines(batch: &Batch) -> Event {
    let lines: Vec<Value> = batch
        .lines
        .iter()
        .map(|(source, line)| as_json(source, line))
        .collect();
    let data = json!({"lines": lines, "leftOut": batch.left_out}).to_string();
    Event::default().event("lines").data(data)
}

/// A line as the page's script takes it: what a line of JSON says is taken apart here and nowhere else.
fn as_json(source: &Source, line: &LogLine) -> Value {
    let read = ReadLine::of(&line.text);
    let mut told =
        json!({"pod": source.pod, "container": source.container, "at": line.at, "text": read.plain});
    if let Some(level) = read.level {
        told["level"] = level.word().into();
    }
    if let Some(said) = read.said {
        told["message"] = said.message.into();
        told["fields"] = json!(said.fields);
    }
    told
}

fn told(name: &str, reason: &str) -> Event {
    Event::default()
        .event(name)
        .data(json!({ "reason": reason }).to_string())
}

/// The last lines as a file.
pub(super) async fn text(
    State(desk): State<Desk>,
    CurrentSight(sight): CurrentSight,
    web::Query(Asked(address)): web::Query<Asked>,
) -> Result<Response, ApiError> {
    let (_, pods) = desk.logged(&sight, &address).await?;
    let _place = place()?;
    let lines = desk.last_lines(&address, &pods, FILE_LINES, FILE_BYTES).await;
    let lines = lines.map_err(|failure| Fault::new(FaultKind::Unavailable, failure.message))?;
    let is_one = pods.len() == 1 && address.container.is_some();
    let mut text = String::new();
    for (source, line) in lines
        .iter()
        .filter(|(_, line)| address.search.is_empty() || line.text.contains(&address.search))
    {
        if let Some(at) = line.at {
            text.push_str(&at.to_string());
            text.push(' ');
        }
        if !is_one {
            text.push_str(&format!("{}/{} ", source.pod, source.container));
        }
        text.push_str(&line.text);
        text.push('\n');
    }
    let name = format!("{}-{}.log", address.namespace, pods[0].name());
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}

impl Desk {
    /// The last lines of all containers that an address means, in the order of time, at most so many lines of each container and so
    /// many bytes of all. A failure only where no container has a log.
    pub async fn last_lines(
        &self,
        address: &LogAddress,
        pods: &[Object],
        lines: usize,
        bytes: u64,
    ) -> Result<Vec<(Source, LogLine)>, Failure> {
        let known = address.sources(&pods.iter().collect::<Vec<&Object>>());
        let sources: Vec<Source> = known
            .into_iter()
            .map(|one| one.source)
            .take(MOST_TOGETHER)
            .collect();
        let share = u64::try_from(sources.len().max(1)).unwrap_or(1);
        let asked = sources.into_iter().map(async |source| {
            let question = LogQuestion {
                pod: source.pod.clone(),
                container: source.container.clone(),
                tail: lines,
                tail_bytes: bytes / share,
                ..address.question()
            };
            (self.kubernetes.last_lines(&question).await, source)
        });
        let (mut found, mut failure) = (Vec::new(), None);
        let mut has_any = false;
        for (answered, source) in join_all(asked).await {
            match answered {
                Ok(lines) => {
                    has_any = true;
                    found.extend(lines.into_iter().map(|line| (source.clone(), line)));
                }
                Err(failed) => failure = failure.or(Some(failed)),
            }
        }
        // The order of each container's lines stays.
        found.sort_by_key(|(_, line)| line.at);
        match failure.filter(|_| !has_any) {
            Some(failure) => Err(failure),
            None => Ok(found),
        }
    }
}
