//! Server-sent events. They end when the server stops; a client that fell behind gets an event that says so.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream, StreamExt};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// A comment is sent after this much silence, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Sends any stream of events.
pub fn answer(
    events: impl Stream<Item = Event> + Send + 'static,
    soft: CancellationToken,
) -> impl IntoResponse {
    let events = events
        .map(Ok::<Event, Infallible>)
        .take_until(soft.cancelled_owned());
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// The event that makes a client load its state again.
pub fn resync() -> Event {
    Event::default().event("resync").data("{}")
}

/// Sends a first event, then the events of a channel. A client that is too slow for the channel's bound gets an event
/// `resync` in place of the events that it missed.
pub fn from_channel<T: Clone + Send + 'static>(
    first: Option<Event>,
    receiver: Receiver<T>,
    soft: CancellationToken,
    event_of: impl Fn(&T) -> Option<Event> + Send + 'static,
) -> impl IntoResponse {
    let events = stream::unfold((receiver, event_of), |(mut receiver, event_of)| async move {
        loop {
            match receiver.recv().await {
                Ok(item) => {
                    if let Some(event) = event_of(&item) {
                        return Some((event, (receiver, event_of)));
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    return Some((resync(), (receiver, event_of)));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    });
    answer(stream::iter(first).chain(events), soft)
}
