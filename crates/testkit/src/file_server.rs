//! A small HTTP server on the loopback interface for sources read by URL, good and bad ones.
//!
//! It speaks as much HTTP/1.1 as a client that reads files needs, one request per connection. It runs
//! on threads of its own, so a test's runtime may end or stand still before it.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

/// How the server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// With the file, its `ETag`, and 304 to who has it.
    #[default]
    Ok,
    /// With half of the file, then silence until the client hangs up.
    Slow,
    /// With a body that never ends.
    Endless,
    /// With bytes that are not HTTP.
    Garbage,
    /// With 404.
    NotFound,
    /// With 500.
    ServerError,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Vec<u8>>,
    mode: Mode,
    requests: usize,
    stopped: bool,
}

/// A running server; it stops when dropped.
pub struct FileServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl FileServer {
    /// Starts a server without files on a free port.
    ///
    /// # Panics
    ///
    /// When no port of the loopback interface can be used.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
        let address = listener.local_addr().expect("the socket is bound");
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if lock(&shared).stopped {
                    return;
                }
                let state = shared.clone();
                // A client that hangs up early is no concern of the server.
                thread::spawn(move || drop(answer(stream, &state)));
            }
        });
        Self { address, state }
    }

    /// Serves `content` at `path`, which starts with `/`, from now on.
    pub fn put(&self, path: &str, content: impl Into<Vec<u8>>) {
        lock(&self.state).files.insert(path.to_owned(), content.into());
    }

    /// Serves nothing at `path` any more.
    pub fn remove(&self, path: &str) {
        lock(&self.state).files.remove(path);
    }

    /// Answers all requests in this way from now on.
    pub fn set_mode(&self, mode: Mode) {
        lock(&self.state).mode = mode;
    }

    /// How many requests there were.
    pub fn requests(&self) -> usize {
        lock(&self.state).requests
    }

    /// The address of a path, which starts with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        lock(&self.state).stopped = true;
        // Wakes the listening thread; when that fails it ends with the process.
        let _ = TcpStream::connect(self.address);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    let target = request.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default().to_owned();
    let mut known = None;
    for line in lines {
        let line = line?;
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("if-none-match") => {
                known = Some(value.trim().to_owned());
            }
            Some(_) => {}
            None => break,
        }
    }
    let (mode, file) = {
        let mut state = lock(state);
        state.requests += 1;
        (state.mode, state.files.get(&path).cloned())
    };
    match (mode, file) {
        (Mode::Garbage, _) => stream.write_all(b"\x16\x03\x01 this is not HTTP\r\n\r\n"),
        (Mode::Endless, _) => endless(&mut stream),
        (Mode::ServerError, _) => whole(&mut stream, "500 Internal Server Error", "", b"broken"),
        (Mode::NotFound, _) | (_, None) => whole(&mut stream, "404 Not Found", "", b"not here"),
        (Mode::Slow, Some(file)) => half(&mut stream, &file),
        (Mode::Ok, Some(file)) => {
            let etag = etag_of(&file);
            let header = format!("ETag: {etag}\r\n");
            if known == Some(etag) {
                whole(&mut stream, "304 Not Modified", &header, b"")
            } else {
                whole(&mut stream, "200 OK", &header, &file)
            }
        }
    }
}

fn etag_of(file: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    file.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

fn head(status: &str, headers: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n")
}

fn whole(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = format!("{headers}Content-Length: {}\r\n", body.len());
    stream.write_all(head(status, &length).as_bytes())?;
    stream.write_all(body)
}

fn half(stream: &mut TcpStream, body: &[u8]) -> std::io::Result<()> {
    let length = format!("Content-Length: {}\r\n", body.len());
    stream.write_all(head("200 OK", &length).as_bytes())?;
    stream.write_all(&body[..body.len() / 2])?;
    stream.read(&mut [0]).map(drop)
}

fn endless(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(head("200 OK", "").as_bytes())?;
    loop {
        stream.write_all(&[b'#'; 16_384])?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(server: &FileServer, path: &str, header: &str) -> String {
        let mut stream = TcpStream::connect(server.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n{header}\r\n").unwrap();
        let mut answer = Vec::new();
        stream.take(100_000).read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[test]
    fn answers_as_told() {
        let server = FileServer::start();
        server.put("/a.yaml", "kind: Component");
        let first = get(&server, "/a.yaml", "");
        assert!(first.starts_with("HTTP/1.1 200 OK\r\n"), "{first}");
        assert!(first.ends_with("\r\n\r\nkind: Component"), "{first}");
        let etag = etag_of(b"kind: Component");
        let check = |mode, header: &str, expected: &str| {
            server.set_mode(mode);
            let answer = get(&server, "/a.yaml", header);
            assert!(answer.starts_with(expected), "{mode:?}: {answer}");
        };
        check(Mode::Ok, &format!("if-none-match: {etag}\r\n"), "HTTP/1.1 304 ");
        check(Mode::Ok, "If-None-Match: \"other\"\r\n", "HTTP/1.1 200 ");
        check(Mode::Endless, "", "HTTP/1.1 200 ");
        check(Mode::Garbage, "", "\u{16}");
        check(Mode::NotFound, "", "HTTP/1.1 404 ");
        check(Mode::ServerError, "", "HTTP/1.1 500 ");
        assert_eq!(server.requests(), 7);
        assert!(server.url("/a.yaml").starts_with("http://127.0.0.1:"));
    }
}
