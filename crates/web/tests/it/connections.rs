//! Connections that ask for nothing, or for too much.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use web::Limits;

use crate::site::router_with;
use crate::wire::{PATIENCE, dial, get, rest, send, start};

const PROBE: &str = "/.backstage/health/v1/liveness";
const PAGE: &str = "/api/catalog/who";

fn hasty() -> Limits {
    Limits {
        header_timeout: Duration::from_millis(200),
        write_timeout: Duration::from_millis(500),
        ..Limits::default()
    }
}

async fn serve(limits: Limits) -> (SocketAddr, web::Lifecycle) {
    let (address, life, _) = start(router_with(json!({})), limits).await;
    (address, life)
}

#[tokio::test]
async fn silence_is_closed() {
    let (address, _life) = serve(hasty()).await;
    for opening in [
        "",
        "G",
        "PRI * HTTP/2.0\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\r\nhost:",
    ] {
        let told = rest(dial(address, opening).await).await;
        assert!(!told.contains(" 200 "), "{opening:?}: {told}");
    }
    // The settings of HTTP/2 and nothing after them.
    let settings = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0";
    rest(dial(address, settings).await).await;
    // One that works is kept meanwhile, and closed once it has nothing more to say.
    let mut stream = send(address, PAGE).await;
    let mut chunk = [0; 2048];
    let length = stream.read(&mut chunk).await.expect("an answer");
    assert!(chunk[..length].starts_with(b"HTTP/1.1 200"));
    assert_eq!(rest(stream).await, "");
}

#[tokio::test]
async fn health_is_told_however_many_clients_there_are() {
    let limits = Limits {
        max_connections: 8,
        max_connections_per_peer: 8,
        header_timeout: Duration::from_mins(1),
        ..Limits::default()
    };
    let (address, _life) = serve(limits).await;
    let mut idle = Vec::new();
    for _ in 0..8 {
        let mut stream = send(address, PAGE).await;
        let mut chunk = [0; 2048];
        assert!(stream.read(&mut chunk).await.expect("an answer") > 0);
        idle.push(stream);
    }
    let probe = get(address, PROBE).await;
    assert!(probe.starts_with("HTTP/1.1 200"), "{probe}");
    let page = get(address, PAGE).await;
    assert!(
        page.starts_with("HTTP/1.1 503") && page.contains("retry-after: 5"),
        "{page}"
    );
    // The reserve is bounded for each client, too.
    let mut kept = Vec::new();
    for _ in 0..4 {
        kept.push(dial(address, "").await);
    }
    assert_eq!(rest(dial(address, "").await).await, "");
    drop((idle, kept));
    timeout(PATIENCE, async {
        while !get(address, PAGE).await.starts_with("HTTP/1.1 200") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("connections that end make room");
}

#[tokio::test]
async fn one_client_does_not_take_the_room_of_others() {
    let limits = Limits {
        max_connections: 8,
        max_connections_per_peer: 2,
        header_timeout: Duration::from_mins(1),
        ..Limits::default()
    };
    let (address, _life) = serve(limits).await;
    let _idle = [dial(address, "GET").await, dial(address, "GET").await];
    let refused = get(address, PAGE).await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    // Another client: all of 127.0.0.0/8 is this machine.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket
        .bind("127.0.0.2:0".parse().expect("an address"))
        .expect("it is free");
    let mut other: TcpStream = socket.connect(address).await.expect("the server listens");
    let request = format!("GET {PAGE} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    other
        .write_all(request.as_bytes())
        .await
        .expect("the server reads");
    let answer = rest(other).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn event_streams_are_bounded_for_each_client() {
    let limits = Limits {
        max_connections: 16,
        max_connections_per_peer: 8,
        ..Limits::default()
    };
    let mut site = crate::site::site_with(json!({}));
    site.options.limits = limits.clone();
    let (address, _life, _) = start(site.into_router(), limits).await;
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut stream = send(address, "/api/catalog/events").await;
        let mut chunk = [0; 2048];
        let length = stream.read(&mut chunk).await.expect("a head");
        assert!(chunk[..length].starts_with(b"HTTP/1.1 200"));
        open.push(stream);
    }
    let refused = get(address, "/api/catalog/events").await;
    assert!(
        refused.starts_with("HTTP/1.1 503") && refused.contains("Too many event streams"),
        "{refused}"
    );
    assert!(get(address, PAGE).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn slow_bodies_hold_no_place_for_long() {
    let mut site = crate::site::site_with(json!({}));
    site.options.limits.answer_timeout = Duration::from_millis(300);
    let (address, _life, _) = start(site.into_router(), hasty()).await;
    let head = "POST /api/catalog/entities/by-query HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    let answer = rest(dial(address, head).await).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

#[tokio::test]
async fn heads_are_bounded() {
    let (address, _life) = serve(Limits::default()).await;
    let fine = get(address, &format!("/{}", "a".repeat(60_000))).await;
    assert!(
        fine.starts_with("HTTP/1.1 404"),
        "{}",
        &fine[..fine.len().min(300)]
    );
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let head = format!("GET /{} HTTP/1.1\r\n", "a".repeat(200_000));
    // It may be cut before all was sent.
    let _ = stream.write_all(head.as_bytes()).await;
    let told = rest(stream).await;
    assert!(
        told.is_empty() || told.starts_with("HTTP/1.1 414") || told.starts_with("HTTP/1.1 431"),
        "{told}"
    );
}
