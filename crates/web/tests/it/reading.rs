//! Answers that nobody reads.

use std::net::SocketAddr;
use std::time::Duration;

use h2::client::{self, SendRequest};
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use web::Limits;

use crate::site::{LARGE, site_with};
use crate::wire::{PATIENCE, get, rest, send, start};

const LARGE_PATH: &str = "/api/catalog/large";

fn hasty() -> Limits {
    Limits {
        write_timeout: Duration::from_millis(400),
        max_unread_bytes: 3 * LARGE,
        max_unread_bytes_per_peer: 3 * LARGE,
        ..Limits::default()
    }
}

async fn serve() -> (SocketAddr, web::Lifecycle) {
    let mut site = site_with(json!({}));
    site.options.limits = hasty();
    let (address, life, _) = start(site.into_router(), hasty()).await;
    (address, life)
}

/// Waits until a large answer is given again.
async fn room_again(address: SocketAddr) {
    timeout(PATIENCE, async {
        while get(address, LARGE_PATH).await.len() < LARGE {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("what was not read is given up");
}

#[tokio::test]
async fn large_answers_arrive_whole() {
    let (address, _life) = serve().await;
    let answer = get(address, LARGE_PATH).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains(&format!("content-length: {LARGE}")), "{head}");
    assert!(body.len() == LARGE && body.bytes().all(|byte| byte == b'x'));
}

#[tokio::test]
async fn a_slow_reader_gets_all_as_long_as_it_reads() {
    let (address, _life) = serve().await;
    let mut stream = send(address, LARGE_PATH).await;
    let mut read = 0;
    let mut chunk = vec![0; 2 * 1024 * 1024];
    while read < LARGE {
        sleep(Duration::from_millis(100)).await;
        let length = timeout(PATIENCE, stream.read(&mut chunk))
            .await
            .expect("it goes on")
            .expect("it is not cut");
        assert!(length > 0, "ended after {read} bytes");
        read += length;
    }
}

#[tokio::test]
async fn answers_over_http1_that_nobody_reads_are_dropped() {
    let (address, _life) = serve().await;
    let mut unread = Vec::new();
    for _ in 0..3 {
        let mut stream = send(address, LARGE_PATH).await;
        let mut byte = [0; 1];
        assert!(stream.read(&mut byte).await.expect("an answer begins") > 0);
        unread.push(stream);
    }
    let refused = get(address, LARGE_PATH).await;
    assert!(
        refused.starts_with("HTTP/1.1 503"),
        "{}",
        &refused[..refused.len().min(300)]
    );
    room_again(address).await;
    for stream in unread {
        assert!(rest(stream).await.len() < LARGE, "the connection was cut");
    }
}

async fn http2(address: SocketAddr, window: u32) -> (SendRequest<bytes::Bytes>, tokio::task::JoinHandle<()>) {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    let (sender, connection) = client::Builder::new()
        .initial_window_size(window)
        .handshake(stream)
        .await
        .expect("it speaks HTTP/2");
    let driver = tokio::spawn(async move { drop(connection.await) });
    (sender, driver)
}

#[tokio::test]
async fn answers_over_http2_without_window_are_dropped() {
    let (address, _life) = serve().await;
    let (mut sender, _driver) = http2(address, 0).await;
    let request = |path: &str| {
        let uri = format!("http://localhost{path}");
        hyper::Request::get(uri).body(()).expect("a request")
    };
    let mut answers = Vec::new();
    for number in 0..5 {
        let (answer, _) = sender.send_request(request(LARGE_PATH), true).expect("sent");
        let answer = timeout(PATIENCE, answer).await.expect("a head").expect("a head");
        assert_eq!(
            answer.status().as_u16(),
            if number < 3 { 200 } else { 503 },
            "{number}"
        );
        answers.push(answer);
    }
    room_again(address).await;
    // The connection lives on for other requests.
    let (answer, _) = sender
        .send_request(request("/api/catalog/who"), true)
        .expect("sent");
    let answer = timeout(PATIENCE, answer).await.expect("a head").expect("a head");
    assert_eq!(answer.status().as_u16(), 200);
    drop(answers);
}
