//! Listening, connections and the graceful end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use config::ListenAddress;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::lifecycle::Lifecycle;
use crate::options::Limits;
use crate::readiness::{Readiness, Stage};

/// Pause after a failed accept, usually for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A bound listener and its address.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    /// Where it listens; with port 0 configured, the port the system chose.
    pub address: SocketAddr,
}

/// Binds the configured address.
pub async fn bind(listen: &ListenAddress) -> io::Result<Bound> {
    let listener = match listen.host.as_deref() {
        Some(host) => TcpListener::bind((host, listen.port)).await?,
        // All interfaces: IPv6 takes IPv4 too where the system has both.
        None => match TcpListener::bind(("::", listen.port)).await {
            Ok(listener) => listener,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(_) => TcpListener::bind(("0.0.0.0", listen.port)).await?,
        },
    };
    let address = listener.local_addr()?;
    Ok(Bound { listener, address })
}

/// Serves until the life ends; requests that were begun are finished unless the end is hard.
pub async fn serve(bound: Bound, router: Router, limits: Limits, readiness: Readiness, life: Lifecycle) {
    let connections = Arc::new(Semaphore::new(limits.max_connections));
    let graceful = GracefulShutdown::new();
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30));
    let builder = Arc::new(builder);
    let stop = stopping(&limits, &readiness, &life);
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&bound.listener, &connections) => accepted,
            () = &mut stop => break,
        };
        if let Some((stream, peer, permit)) = accepted {
            tokio::spawn(connection(
                builder.clone(),
                stream,
                peer,
                router.clone(),
                graceful.watcher(),
                (permit, life.clone()),
            ));
        }
    }
    drop(bound);
    graceful.shutdown().await;
}

/// Ends when the server must stop accepting; until then it says so to whoever asks for health.
async fn stopping(limits: &Limits, readiness: &Readiness, life: &Lifecycle) {
    life.soft().cancelled().await;
    readiness.enter(Stage::Stopping);
    tokio::time::sleep(limits.shutdown_delay).await;
}

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = connections.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            tracing::warn!("could not accept a connection: {error}");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

async fn connection(
    builder: Arc<Builder<TokioExecutor>>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
    held: (OwnedSemaphorePermit, Lifecycle),
) {
    // Small answers must not wait for the acknowledgement of the last one.
    let _ = stream.set_nodelay(true);
    let service = router.map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let served =
        builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
    let served = watcher.watch(served.into_owned());
    tokio::select! {
        end = served => if let Err(error) = end { tracing::debug!(%peer, "connection ended: {error}") },
        () = held.1.hard().cancelled_owned() => {}
    }
}
