//! Start, stop and drain over a real socket.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::response::sse::Event;
use axum::routing::get;
use config::ListenAddress;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{broadcast, oneshot};
use web::{Lifecycle, Limits, Readiness, Stage};

use crate::wire::{rest, send, start};

#[tokio::test]
async fn what_was_begun_is_finished() {
    let (entered, is_in) = oneshot::channel::<()>();
    let (finish, may_finish) = oneshot::channel::<()>();
    let once = std::sync::Arc::new(std::sync::Mutex::new(Some((entered, may_finish))));
    let handler = move || {
        let (entered, may_finish) = once.lock().expect("not poisoned").take().expect("one request");
        async move {
            entered.send(()).expect("the test waits");
            may_finish.await.expect("the test tells");
            "done"
        }
    };
    let (address, life, readiness) = start(Router::new().route("/", get(handler)), Limits::default()).await;
    let stream = send(address, "/").await;
    is_in.await.expect("the handler runs");
    life.stop();
    let end = tokio::spawn({
        let life = life.clone();
        async move { life.until_stopped().await }
    });
    finish.send(()).expect("the handler waits");
    assert!(rest(stream).await.ends_with("done"));
    end.await.expect("the life ends");
    assert_eq!(readiness.stage(), Stage::Stopping);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn before_the_end_clients_are_sent_elsewhere() {
    let limits = Limits {
        shutdown_delay: Duration::from_millis(300),
        ..Limits::default()
    };
    let router = Router::new().route("/", get(|| async { "here" }));
    let (address, life, readiness) = start(router, limits).await;
    let mut kept = send(address, "/").await;
    let mut chunk = [0; 1024];
    let length = kept.read(&mut chunk).await.expect("an answer");
    let before = String::from_utf8_lossy(&chunk[..length]).to_lowercase();
    assert!(
        before.contains("here") && !before.contains("connection: close"),
        "{before}"
    );
    life.stop();
    while readiness.stage() != Stage::Stopping {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // New connections are still taken, and one that is kept gets its answer before it is closed.
    let late = rest(send(address, "/").await).await.to_lowercase();
    assert!(
        late.contains("here") && late.contains("connection: close"),
        "{late}"
    );
    kept.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .expect("it is open");
    let last = rest(kept).await.to_lowercase();
    assert!(
        last.contains("here") && last.contains("connection: close"),
        "{last}"
    );
    life.until_stopped().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn event_streams_end_with_the_server_and_tell_what_was_missed() {
    let (sender, _) = broadcast::channel::<u32>(2);
    let feed = sender.clone();
    let (address, life, _) = start(Router::new(), Limits::default()).await;
    life.stop();
    life.until_stopped().await;
    let life = Lifecycle::new(Duration::from_secs(10));
    let soft = life.soft();
    let receiver = feed.subscribe();
    for number in 0..5 {
        sender.send(number).expect("there is a receiver");
    }
    let once = std::sync::Arc::new(std::sync::Mutex::new(Some(receiver)));
    let handler = move || {
        let receiver = once.lock().expect("not poisoned").take().expect("one request");
        let answer = web::sse::from_channel(None, receiver, soft.clone(), |number| {
            Some(Event::default().data(number.to_string()))
        });
        async move { Ok::<_, Infallible>(answer) }
    };
    let listen = ListenAddress {
        host: Some(address.ip().to_string()),
        port: 0,
    };
    let bound = web::bind(&listen).await.expect("a free port");
    let address = bound.address;
    let router = Router::new().route("/", get(handler));
    life.spawn(
        "http",
        web::serve(bound, router, Limits::default(), Readiness::new(), life.clone()),
    );
    let mut stream = send(address, "/").await;
    let mut text = String::new();
    let mut chunk = [0; 1024];
    while !text.contains("data: 4") {
        let length = stream.read(&mut chunk).await.expect("events");
        text.push_str(&String::from_utf8_lossy(&chunk[..length]));
    }
    assert!(
        text.contains("event: resync") && !text.contains("data: 2"),
        "{text}"
    );
    life.stop();
    rest(stream).await;
    life.until_stopped().await;
}

#[tokio::test]
async fn slow_headers_are_cut_off() {
    let limits = Limits {
        header_timeout: Duration::from_millis(50),
        ..Limits::default()
    };
    let (address, life, _) = start(Router::new(), limits).await;
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost:")
        .await
        .expect("the server reads");
    assert!(!rest(stream).await.contains("200"));
    life.stop();
    life.until_stopped().await;
}

#[tokio::test]
async fn a_failed_task_ends_everything() {
    let life = Lifecycle::new(Duration::from_secs(1));
    life.spawn("broken", async { Err::<(), _>("the disk is full") });
    let other = life.soft();
    life.spawn("other", async move { other.cancelled().await });
    assert_eq!(
        format!("{:?}", life.until_stopped().await),
        format!("{:?}", std::process::ExitCode::FAILURE)
    );
}
