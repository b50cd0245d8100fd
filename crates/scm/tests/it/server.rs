//! A web server of a few lines that answers with exactly the bytes it is told to.

use std::sync::{Arc, Mutex};

use config::Config;
use model::SystemClock;
use outside::{OutsideCalls, Settings};
use scm::UrlReader;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a path answers.
#[derive(Clone)]
pub enum Reply {
    /// These bytes, then the connection closes.
    Raw(String),
    /// These bytes, which are no text, then the connection closes.
    Bytes(Vec<u8>),
    /// These bytes, then zero bytes without end.
    Endless(String),
    /// These bytes, then silence.
    Silent(String),
}

/// A status line, headers and a body, complete with its length.
pub fn answer(status: &str, headers: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::Raw(format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    ))
}

/// A redirect.
pub fn redirect(status: &str, to: &str) -> Reply {
    answer(status, &format!("Location: {to}\r\n"), "")
}

type Route = Arc<dyn Fn(&str, &str) -> Reply + Send + Sync>;

/// A running server. It stops with the test's runtime.
pub struct Server {
    pub port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server; `route` gets the path with query and the whole head of the request.
    pub async fn start(route: impl Fn(&str, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (route, log): (Route, _) = (Arc::new(route), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&route), Arc::clone(&log)));
            }
        });
        Self { port, requests }
    }

    /// An address on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Heads of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic while locked").clone()
    }

    /// A reader that may read this server plainly, with more settings merged in.
    pub fn reader(&self, more: &Value) -> UrlReader {
        let allow = json!([{ "host": format!("127.0.0.1:{}", self.port) }]);
        let mut value = json!({ "backend": { "reading": { "allow": allow } } });
        let map = value.as_object_mut().expect("an object");
        map.extend(more.as_object().expect("an object").clone());
        reader(value)
    }
}

/// A reader for a configuration.
pub fn reader(value: Value) -> UrlReader {
    let config = Config::from_value(value, std::path::Path::new("/")).expect("a valid configuration");
    let calls = OutsideCalls::new(Settings::default(), Arc::new(SystemClock));
    UrlReader::new(&config, calls).expect("TLS is there")
}

async fn serve(mut stream: TcpStream, route: Route, log: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => head.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    log.lock().expect("no panic while locked").push(head.clone());
    // The peer may hang up at any moment; that is its right.
    let _ = reply(&mut stream, route(&path, &head)).await;
}

async fn reply(stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    match reply {
        Reply::Raw(text) => stream.write_all(text.as_bytes()).await,
        Reply::Bytes(bytes) => stream.write_all(&bytes).await,
        Reply::Endless(head) => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(&[b'x'; 4096]).await?;
            }
        }
        Reply::Silent(head) => {
            stream.write_all(head.as_bytes()).await?;
            std::future::pending().await
        }
    }
}
