//! Bounds the resources that answers to clients hold: memory of whole answers, and event streams.

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
use model::{Fault, FaultKind};

use crate::api::ApiError;
use crate::options::Limits;
use crate::peer::Peer;
use crate::shares::{Share, Shares};

/// Answers up to this size are not counted; larger ones are handed on in pieces of this size.
const PIECE: usize = 64 * 1024;

/// Bytes that an answer without a length keeps in memory until they are read. Handlers put it into the extensions of
/// such an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread(pub usize);

/// The resources that clients hold.
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

/// Sends an answer only if its client does not hold too much already.
pub(crate) async fn hold(State(holding): State<Arc<Holding>>, request: Request, next: Next) -> Response {
    let peer = Peer::of(request.extensions());
    let answer = next.run(request).await;
    let Some(peer) = peer else {
        return answer;
    };
    let size = size_of(&answer);
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

/// The bytes that an answer keeps in memory: its length, or the number that its handler states.
fn size_of(answer: &Response) -> usize {
    let told = answer.extensions().get::<Unread>();
    match answer.body().size_hint().exact() {
        Some(size) => usize::try_from(size).unwrap_or(usize::MAX),
        None => told.map_or(0, |unread| unread.0),
    }
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
    ApiError::new(Fault::new(FaultKind::Unavailable, message)).into_response()
}

/// A body for which its client holds a share. It is sent in small pieces, so that its memory is freed as soon as the
/// client has fetched the last one.
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

#[cfg(test)]
mod tests {
    use axum::Extension;
    use axum::Router;
    use axum::extract::ConnectInfo;
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use futures::stream;
    use std::net::{Ipv4Addr, SocketAddr};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn answers_without_a_length_count_as_they_say() {
        let limits = Limits {
            max_unread_bytes: 3 * PIECE,
            max_unread_bytes_per_peer: 3 * PIECE,
            ..Limits::default()
        };
        let long = || async {
            let pieces = stream::iter([Ok::<_, std::io::Error>("a")]);
            (Extension(Unread(2 * PIECE)), Body::from_stream(pieces))
        };
        let router = Router::new()
            .route("/", get(long))
            .layer(from_fn_with_state(Holding::new(&limits), hold));
        let ask = async || {
            let peer = ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000)));
            let request = Request::builder().extension(peer).body(Body::empty());
            let answer = router.clone().oneshot(request.expect("a request")).await;
            answer.expect("it never fails")
        };
        let first = ask().await;
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(ask().await.status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(first);
        assert_eq!(ask().await.status(), StatusCode::OK);
    }
}
