//! Watches one connection: whether it sends requests, and whether it reads their answers.
//!
//! HTTP alone does not end a useless connection. A client that sends no byte at all is never timed out, and an HTTP/2
//! client that opens no window keeps its answers in memory for as long as it likes.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::Version;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

/// How long a connection may do nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Until its first request.
    pub(crate) first_request: Duration,
    /// While an answer waits to be read.
    pub(crate) reading: Duration,
    /// Without any request, once there was one.
    pub(crate) idle: Duration,
}

impl Patience {
    /// Time between two checks of a connection: a quarter of the shortest patience.
    pub(crate) fn between_looks(self) -> Duration {
        (self.first_request.min(self.reading) / 4).max(Duration::from_millis(10))
    }
}

/// The decision about a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing: it works.
    Fine,
    /// It had no request for a while: it is asked to end.
    Idle,
    /// It never sent a request, or does not read its answer: it is cut.
    Dead,
}

/// One connection. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionWatch {
    patience: Patience,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    has_asked: bool,
    running: usize,
    quiet_since: Instant,
    answers: Vec<Weak<Mutex<Answer>>>,
}

/// A request, until its answer has been handed over or dropped.
#[derive(Debug)]
pub(crate) struct Running {
    state: Arc<Mutex<State>>,
    version: Version,
}

#[derive(Debug)]
struct Answer {
    /// `None` once it was given up.
    body: Option<Body>,
    /// Since when the client could fetch the next part; `None` while the portal has to make it.
    waits_since: Option<Instant>,
    /// Dropped with the answer.
    running: Option<Running>,
}

/// The body of an answer, whose progress is watched.
struct WatchedBody(Arc<Mutex<Answer>>);

impl ConnectionWatch {
    pub(crate) fn new(patience: Patience) -> Self {
        let state = State {
            has_asked: false,
            running: 0,
            quiet_since: Instant::now(),
            answers: Vec::new(),
        };
        Self {
            patience,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Notes that a request began.
    pub(crate) fn begin(&self, version: Version) -> Running {
        let mut state = locked(&self.state);
        state.has_asked = true;
        state.running += 1;
        Running {
            state: self.state.clone(),
            version,
        }
    }

    /// Judges the connection, and gives up answers that the client did not read in time.
    pub(crate) fn judge(&self) -> Verdict {
        if self.give_up_unread() {
            return Verdict::Dead;
        }
        let state = locked(&self.state);
        let quiet = state.quiet_since.elapsed();
        match (state.running, state.has_asked) {
            (0, false) if quiet >= self.patience.first_request => Verdict::Dead,
            (0, true) if quiet >= self.patience.idle => Verdict::Idle,
            _ => Verdict::Fine,
        }
    }

    /// Whether giving up an answer makes the connection useless. HTTP/2 goes on with its other answers.
    fn give_up_unread(&self) -> bool {
        let mut answers = Vec::new();
        locked(&self.state).answers.retain(|answer| {
            let answer = answer.upgrade();
            answers.extend(answer.clone());
            answer.is_some()
        });
        let mut is_dead = false;
        for answer in answers {
            let mut answer = locked(&answer);
            if answer
                .waits_since
                .is_none_or(|since| since.elapsed() < self.patience.reading)
            {
                continue;
            }
            let given_up = (answer.body.take(), answer.running.take());
            answer.waits_since = None;
            drop(answer);
            is_dead |= given_up
                .1
                .is_some_and(|running| running.version < Version::HTTP_2);
        }
        is_dead
    }
}

impl Running {
    /// Watches the answer to this request.
    pub(crate) fn watch(self, body: Body) -> UnsyncBoxBody<Bytes, BoxError> {
        let state = self.state.clone();
        let answer = Arc::new(Mutex::new(Answer {
            body: Some(body),
            waits_since: Some(Instant::now()),
            running: Some(self),
        }));
        locked(&state).answers.push(Arc::downgrade(&answer));
        UnsyncBoxBody::new(WatchedBody(answer))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = locked(&self.state);
        state.running -= 1;
        state.quiet_since = Instant::now();
        // Entries of ended requests are removed, because one connection may carry any number of short requests.
        if state.running == 0 {
            state.answers.clear();
        } else if state.answers.len() > 2 * state.running + 16 {
            state.answers.retain(|answer| answer.strong_count() > 0);
        }
    }
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut answer = locked(&self.0);
        let Some(body) = &mut answer.body else {
            let error = io::Error::new(io::ErrorKind::TimedOut, "the answer was not read in time");
            return Poll::Ready(Some(Err(error.into())));
        };
        let polled = Pin::new(body).poll_frame(context);
        answer.waits_since = polled.is_ready().then(Instant::now);
        polled.map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        locked(&self.0).body.as_ref().is_some_and(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        locked(&self.0)
            .body
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long enough to be short of it on a busy machine.
    const MOMENT: Duration = Duration::from_millis(300);

    const PATIENCE: Patience = Patience {
        first_request: MOMENT,
        reading: MOMENT,
        idle: MOMENT,
    };

    #[tokio::test]
    async fn quiet_connections_are_asked_to_end() {
        let watch = ConnectionWatch::new(PATIENCE);
        let running = watch.begin(Version::HTTP_2);
        tokio::time::sleep(MOMENT * 2).await;
        assert_eq!(watch.judge(), Verdict::Fine, "it works");
        drop(running);
        assert_eq!(watch.judge(), Verdict::Fine, "it may ask again");
        tokio::time::sleep(MOMENT * 2).await;
        assert_eq!(watch.judge(), Verdict::Idle);
        assert_eq!(ConnectionWatch::new(PATIENCE).judge(), Verdict::Fine);
    }

    #[tokio::test]
    async fn an_answer_that_the_portal_still_writes_is_waited_for() {
        let watch = ConnectionWatch::new(PATIENCE);
        let silent = Body::from_stream(futures::stream::pending::<Result<Bytes, io::Error>>());
        let mut answer = Box::pin(watch.begin(Version::HTTP_11).watch(silent));
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(answer.as_mut().poll_frame(&mut context).is_pending());
        tokio::time::sleep(MOMENT * 2).await;
        assert_eq!(watch.judge(), Verdict::Fine);
    }

    #[tokio::test]
    async fn nothing_is_remembered_of_answers_that_are_gone() {
        let watch = ConnectionWatch::new(PATIENCE);
        let _kept = watch.begin(Version::HTTP_2);
        for _ in 0..1_000 {
            drop(watch.begin(Version::HTTP_2).watch(Body::empty()));
        }
        assert!(locked(&watch.state).answers.len() < 50);
    }
}
