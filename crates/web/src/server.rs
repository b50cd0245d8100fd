//! Listening, and the graceful end.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use config::ListenAddress;
use futures::FutureExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connections::{Connections, Endings};
use crate::lifecycle::Lifecycle;
use crate::options::Limits;
use crate::readiness::{Readiness, Stage};

/// Pause after a failed accept, usually for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Connections that the system lets in before they are accepted, at most: what tokio asks it for.
const BACKLOG: usize = 1024;

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
    let connections = Connections::new(&limits, readiness.clone(), router);
    let endings = Endings {
        soft: CancellationToken::new(),
        hard: life.hard(),
    };
    let tasks = TaskTracker::new();
    let stop = stopping(&limits, &readiness, &life);
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&bound.listener) => accepted,
            () = &mut stop => break,
        };
        if let Some((stream, peer)) = accepted {
            take(&connections, (stream, peer), &tasks, &endings);
        }
    }
    // Who was let in by the system before the end is answered, not cut off.
    for _ in 0..BACKLOG {
        let Some(Ok(waiting)) = bound.listener.accept().now_or_never() else {
            break;
        };
        take(&connections, waiting, &tasks, &endings);
    }
    drop(bound);
    endings.soft.cancel();
    tasks.close();
    tasks.wait().await;
}

/// Serves a new connection beside the others, where there is room for it.
fn take(
    connections: &Connections,
    (stream, peer): (TcpStream, SocketAddr),
    tasks: &TaskTracker,
    endings: &Endings,
) {
    let Some(admitted) = connections.admit(peer) else {
        tracing::debug!(%peer, "too many connections; closing a new one");
        return;
    };
    tasks.spawn(connections.clone().serve(stream, peer, admitted, endings.clone()));
}

/// Ends when the server must stop accepting connections; until then the health endpoint says that it is stopping.
async fn stopping(limits: &Limits, readiness: &Readiness, life: &Lifecycle) {
    life.soft().cancelled().await;
    readiness.enter(Stage::Stopping);
    tokio::time::sleep(limits.shutdown_delay).await;
}

async fn accept(listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
    match listener.accept().await {
        Ok(accepted) => Some(accepted),
        Err(error) => {
            tracing::warn!("could not accept a connection: {error}");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}
