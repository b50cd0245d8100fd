//! Clients that keep their connections and ask all the while, and to whom every request counts: nothing is tried again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::portal::PATIENCE;

/// Clients at the same time.
const CLIENTS: u64 = 6;
/// Pause of a client between an answer and its next request.
const PAUSE: Duration = Duration::from_millis(25);

/// A request: method and path, and a body that is JSON.
pub struct Wanted {
    /// `GET /path`.
    pub line: String,
    /// Empty without one.
    pub body: String,
}

/// What all clients saw.
#[derive(Default)]
pub struct Seen {
    /// Numbers of the requests that were answered with 2xx, with the body.
    pub answered: Vec<(u64, String)>,
    /// What went wrong with the others.
    pub failed: Vec<String>,
}

/// Asks until `is_over`. The request of each number is made by `wanted`.
pub fn visit(address: &str, is_over: &AtomicBool, wanted: &(dyn Fn(u64) -> Wanted + Sync)) -> Seen {
    let (seen, next) = (Mutex::new(Seen::default()), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut client = Client::new(address);
                while !is_over.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let request = wanted(number);
                    let answer = client.ask(&request);
                    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                    match answer {
                        Ok((status, body)) if (200..300).contains(&status) => {
                            seen.answered.push((number, body));
                        }
                        Ok((status, body)) => seen
                            .failed
                            .push(format!("{}: {status} {body:.300}", request.line)),
                        Err(error) => seen.failed.push(format!("{}: {error}", request.line)),
                    }
                    drop(seen);
                    std::thread::sleep(PAUSE);
                }
            });
        }
    });
    seen.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A client with one connection, which it keeps until it is told to close it.
struct Client<'a> {
    address: &'a str,
    connection: Option<BufReader<TcpStream>>,
}

impl<'a> Client<'a> {
    fn new(address: &'a str) -> Self {
        Self {
            address,
            connection: None,
        }
    }

    /// Status and body of an answer.
    fn ask(&mut self, wanted: &Wanted) -> std::io::Result<(u16, String)> {
        let mut connection = if let Some(kept) = self.connection.take() {
            kept
        } else {
            let stream = TcpStream::connect(self.address)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            BufReader::new(stream)
        };
        let Wanted { line, body } = wanted;
        let request = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        connection.get_mut().write_all(request.as_bytes())?;
        let head = head(&mut connection)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| std::io::Error::other(format!("no answer: {head:?}")))?;
        let lower = head.to_lowercase();
        let body = match header(&lower, "content-length") {
            Some(length) => exactly(&mut connection, length.parse().map_err(std::io::Error::other)?)?,
            None if header(&lower, "transfer-encoding") == Some("chunked") => chunks(&mut connection)?,
            None => Vec::new(),
        };
        if header(&lower, "connection") != Some("close") {
            self.connection = Some(connection);
        }
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// Everything up to the empty line.
fn head(connection: &mut impl BufRead) -> std::io::Result<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if connection.read_line(&mut head)? == 0 {
            return Err(std::io::Error::other(format!("closed after {head:?}")));
        }
    }
    Ok(head)
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.trim())
}

fn exactly(connection: &mut impl Read, length: usize) -> std::io::Result<Vec<u8>> {
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    Ok(body)
}

fn chunks(connection: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
        body.extend(exactly(connection, length)?);
        exactly(connection, 2)?;
        if length == 0 {
            return Ok(body);
        }
    }
}
