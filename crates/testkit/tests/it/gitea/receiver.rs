//! A receiver of webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A webhook that came: the lines of its head, and its body.
#[derive(Debug, Clone)]
pub struct Came {
    pub head: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Came {
    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self
            .head
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

/// A running receiver. It stops with the test's runtime.
pub struct Receiver {
    pub url: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("bound"));
        let came = Arc::new(Mutex::new(Vec::new()));
        let log = came.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Some(one) = receive(stream).await {
                    log.lock().expect("no panic while locked").push(one);
                }
            }
        });
        Self { url, came }
    }

    pub fn all(&self) -> Vec<Came> {
        self.came.lock().expect("no panic while locked").clone()
    }

    /// Waits until so many came, half a minute at most.
    pub async fn wait(&self, count: usize) -> Vec<Came> {
        for _ in 0..300 {
            if self.all().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.all()
    }
}

async fn receive(mut stream: TcpStream) -> Option<Came> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let head = head.lines().filter_map(|line| line.split_once(": "));
        let head = head.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let came = Came {
            head: head.collect(),
            body: bytes[end + 4..].to_vec(),
        };
        if came.body.len() >= came.header("content-length").parse().unwrap_or(0) {
            let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(answer).await.ok()?;
            return Some(came);
        }
    }
}
