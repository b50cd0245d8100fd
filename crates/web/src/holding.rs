//! Bounds what clients hold of the portal with answers: memory of whole answers, and event streams.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::{Buf as _, Bytes};
use hyper::body::{Frame, SizeHint};
use model::Fault;

use crate::api::ApiError;
use crate::options::Limits;
use crate::peer::Peer;
use crate::shares::{Share, Shares};

/// Answers up to this size are not counted; larger ones are handed on in pieces of this size.
const PIECE: usize = 64 * 1024;

/// What clients hold.
#[derive(Debug)]
pub(crate) struct Holding {
    bytes: Arc<Shares>,
    streams: Arc<Shares>,
}

impl Holding {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        let half = |connections: usize| (connections / 2).max(1);
        Arc::new(Self {
            bytes: Shares::new(limits.max_unread_bytes, limits.max_unread_bytes_per_peer),
            streams: Shares::new(
                half(limits.max_connections),
                half(limits.max_connections_per_peer),
            ),
        })
    }
}

/// Lets an answer go out only if its client does not hold too much already.
pub(crate) async fn hold(State(holding): State<Arc<Holding>>, request: Request, next: Next) -> Response {
    let peer = Peer::of(request.extensions());
    let answer = next.run(request).await;
    let Some(peer) = peer else {
        return answer;
    };
    let size = answer.body().size_hint().exact().unwrap_or_default();
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let (share, is_whole) = if is_event_stream(&answer) {
        (holding.streams.take(peer, 1), false)
    } else if size > PIECE {
        (holding.bytes.take(peer, size), true)
    } else {
        return answer;
    };
    let Some(share) = share else {
        drop(answer);
        return too_much(is_whole);
    };
    answer.map(|body| {
        Body::new(HeldBody {
            body,
            rest: Bytes::new(),
            _share: share,
        })
    })
}

fn is_event_stream(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

fn too_much(is_whole: bool) -> Response {
    let message = if is_whole {
        "Large answers to this address wait to be read; read them and try again"
    } else {
        "Too many event streams are open; close some and try again"
    };
    ApiError::new(Fault::new("ServiceUnavailableError", message)).into_response()
}

/// A body that its client holds a share for. It comes in pieces of its own, so that the whole is given back as soon
/// as the last piece was fetched.
struct HeldBody {
    body: Body,
    rest: Bytes,
    _share: Share,
}

impl HttpBody for HeldBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context)) else {
                return Poll::Ready(None);
            };
            match frame?.into_data() {
                Ok(data) if data.len() > PIECE => self.rest = data,
                Ok(data) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Err(other) => return Poll::Ready(Some(Ok(other))),
            }
        }
        let length = self.rest.len().min(PIECE);
        let piece = Bytes::copy_from_slice(&self.rest[..length]);
        self.rest.advance(length);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        let of_body = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest + of_body.lower());
        if let Some(upper) = of_body.upper() {
            hint.set_upper(rest + upper);
        }
        hint
    }
}
