//! Which connections are taken, and how long one lives.
//!
//! Connections are bounded in all and for each client. Beyond the bounds a few are taken still, for health probes
//! alone: an orchestrator must not restart a portal because its clients are many.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, Version, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::connection_watch::{ConnectionWatch, Patience, Verdict};
use crate::health;
use crate::options::Limits;
use crate::peer::Peer;
use crate::readiness::{Readiness, Stage};
use crate::shares::{Share, Shares};

/// Connections for health probes beyond the bounds, in all and for each client.
const RESERVE: (usize, usize) = (64, 4);
/// How long such a connection lives.
const RESERVE_LIFE: Duration = Duration::from_secs(5);
/// How long a connection that was asked to end may still take.
const FAREWELL: Duration = Duration::from_secs(5);
/// Requests at once on one HTTP/2 connection.
const MAX_REQUESTS: u32 = 100;
/// Most of a request's head, and of an answer on its way out, that is kept for one HTTP/1 connection.
const MAX_BUFFER: usize = 128 * 1024;
/// Most of one answer that is on its way out over HTTP/2.
const MAX_SEND_BUFFER: usize = 64 * 1024;

/// All connections of a listener.
#[derive(Clone)]
pub(crate) struct Connections {
    shares: Arc<Shares>,
    reserve: Arc<Shares>,
    builder: Builder<TokioExecutor>,
    patience: Patience,
    readiness: Readiness,
    router: Router,
}

/// A connection that was taken.
pub(crate) struct Admitted {
    share: Share,
    is_reserve: bool,
}

/// When connections end with the server.
#[derive(Clone)]
pub(crate) struct Endings {
    /// Requests that were begun are finished.
    pub(crate) soft: CancellationToken,
    /// Everything is dropped.
    pub(crate) hard: CancellationToken,
}

impl Connections {
    pub(crate) fn new(limits: &Limits, readiness: Readiness, router: Router) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .max_buf_size(MAX_BUFFER)
            .header_read_timeout(limits.header_timeout);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(MAX_REQUESTS)
            .max_send_buf_size(MAX_SEND_BUFFER)
            .keep_alive_interval(Duration::from_secs(30));
        Self {
            shares: Shares::new(limits.max_connections, limits.max_connections_per_peer),
            reserve: Shares::new(RESERVE.0, RESERVE.1),
            builder,
            patience: Patience {
                first_request: limits.header_timeout,
                reading: limits.write_timeout,
                idle: limits.write_timeout * 2,
            },
            readiness,
            router,
        }
    }

    /// Takes a connection, unless there are too many.
    pub(crate) fn admit(&self, peer: SocketAddr) -> Option<Admitted> {
        let peer = Peer::new(peer.ip());
        let regular = self.shares.take(peer, 1);
        let is_reserve = regular.is_none();
        let share = regular.or_else(|| self.reserve.take(peer, 1))?;
        Some(Admitted { share, is_reserve })
    }

    /// Serves a connection to its end.
    pub(crate) async fn serve(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        admitted: Admitted,
        endings: Endings,
    ) {
        // Small answers must not wait for the acknowledgement of the last one.
        let _ = stream.set_nodelay(true);
        let Admitted { share, is_reserve } = admitted;
        if is_reserve {
            let _ = tokio::time::timeout(RESERVE_LIFE, self.serve_probes(stream, peer, endings)).await;
        } else {
            self.serve_all(stream, peer, endings).await;
        }
        drop(share);
    }

    async fn serve_all(self, stream: TcpStream, peer: SocketAddr, endings: Endings) {
        let watch = ConnectionWatch::new(self.patience);
        let (router, readiness, watched) = (self.router, self.readiness, watch.clone());
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let version = request.version();
            let running = watched.begin(version);
            let answer = router.clone().oneshot(from_peer(request, peer));
            let readiness = readiness.clone();
            async move {
                let mut answer = answer.await?;
                if version < Version::HTTP_2 && readiness.stage() == Stage::Stopping {
                    send_elsewhere(&mut answer);
                }
                Ok::<_, Infallible>(answer.map(|body| running.watch(body)))
            }
        });
        let connection = self
            .builder
            .serve_connection_with_upgrades(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let mut looks = interval(self.patience.between_looks());
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let farewell = sleep(Duration::MAX);
        tokio::pin!(farewell);
        let mut is_ending = false;
        loop {
            tokio::select! {
                end = connection.as_mut() => {
                    if let Err(error) = end { tracing::debug!(%peer, "connection ended: {error}"); }
                    return;
                }
                () = endings.hard.cancelled() => return,
                () = &mut farewell => return,
                () = endings.soft.cancelled(), if !is_ending => {
                    is_ending = true;
                    connection.as_mut().graceful_shutdown();
                }
                _ = looks.tick() => match watch.judge() {
                    Verdict::Fine => {}
                    Verdict::Idle if is_ending => {}
                    Verdict::Idle => {
                        is_ending = true;
                        connection.as_mut().graceful_shutdown();
                        farewell.as_mut().reset(tokio::time::Instant::now() + FAREWELL);
                    }
                    Verdict::Dead => return,
                },
            }
        }
    }

    /// One request, which is answered when it asks for the state of the portal.
    async fn serve_probes(&self, stream: TcpStream, peer: SocketAddr, endings: Endings) {
        let router = self.router.clone();
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let router = router.clone();
            async move {
                if request.uri().path().starts_with(health::PATH) {
                    router.oneshot(from_peer(request, peer)).await
                } else {
                    Ok(no_room())
                }
            }
        });
        let mut builder = self.builder.clone().http1_only();
        builder.http1().keep_alive(false);
        tokio::select! {
            _ = builder.serve_connection(TokioIo::new(stream), service) => {}
            () = endings.hard.cancelled() => {}
        }
    }
}

fn from_peer(mut request: hyper::Request<Incoming>, peer: SocketAddr) -> axum::extract::Request {
    request.extensions_mut().insert(ConnectInfo(peer));
    request.map(Body::new)
}

/// Has the client ask on another connection, which leads to another process: a connection that is closed between two
/// requests may lose the one that is on its way. HTTP/2 has a message of its own for that (GOAWAY).
fn send_elsewhere(answer: &mut Response) {
    // A connection that becomes something else has no next request.
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        let close = HeaderValue::from_static("close");
        answer.headers_mut().insert(header::CONNECTION, close);
    }
}

fn no_room() -> Response {
    let headers = [(header::RETRY_AFTER, "5"), (header::CACHE_CONTROL, "no-store")];
    let text = "The server has too many connections; try again in a moment.\n";
    (StatusCode::SERVICE_UNAVAILABLE, headers, text).into_response()
}
