//! A server on a real socket.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use config::ListenAddress;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use web::{Lifecycle, Limits, Readiness, Stage};

/// Longest wait for anything.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub async fn start(router: Router, limits: Limits) -> (SocketAddr, Lifecycle, Readiness) {
    let listen = ListenAddress {
        host: Some("127.0.0.1".to_owned()),
        port: 0,
    };
    let bound = web::bind(&listen).await.expect("a free port");
    let address = bound.address;
    let life = Lifecycle::new(Duration::from_secs(10));
    let readiness = Readiness::new();
    readiness.enter(Stage::Ready);
    life.spawn(
        "http",
        web::serve(bound, router, limits, readiness.clone(), life.clone()),
    );
    (address, life, readiness)
}

/// Connects and sends some bytes.
pub async fn dial(address: SocketAddr, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream
        .write_all(bytes.as_bytes())
        .await
        .expect("the server reads");
    stream
}

pub async fn send(address: SocketAddr, path: &str) -> TcpStream {
    dial(
        address,
        &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    )
    .await
}

/// A whole answer on a connection of its own.
pub async fn get(address: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    rest(dial(address, &request).await).await
}

/// Everything until the server closes. A reset is an end as well.
pub async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes));
    let _ = read.await.expect("the server closes");
    String::from_utf8_lossy(&bytes).into_owned()
}
