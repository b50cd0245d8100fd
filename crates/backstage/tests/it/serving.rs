//! The server from start to stop.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

use crate::process::{command, fixtures};

pub struct Server {
    child: Child,
    /// Host and port it listens on.
    pub address: String,
}

impl Server {
    /// Starts with the configuration in a folder, which must leave the port to the system, and reads
    /// the port from the log line that tells it.
    pub fn start_in(folder: &Path) -> Self {
        let mut child = command(folder, &["serve"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let log = BufReader::new(child.stderr.take().expect("piped"));
        let address = log.lines().map_while(Result::ok).find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line).expect("JSON logs");
            line["address"]
                .as_str()
                .and_then(|url| url.strip_prefix("http://"))
                .map(str::to_owned)
        });
        Self {
            child,
            address: address.expect("the server tells its address"),
        }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("the server listens");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.address
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn serves_and_stops_when_told() {
    let mut server = Server::start_in(&fixtures().join("config"));
    let readiness = server.get("/.backstage/health/v1/readiness");
    assert!(
        readiness.starts_with("HTTP/1.1 200") && readiness.contains(r#"{"status":"ok"}"#),
        "{readiness}"
    );
    let missing = server.get("/no-such-page");
    assert!(
        missing.starts_with("HTTP/1.1 404") && missing.contains("Page not found"),
        "{missing}"
    );
    let stopped = std::process::Command::new("kill")
        .arg(server.child.id().to_string())
        .status()
        .expect("kill runs");
    assert!(stopped.success());
    assert!(server.child.wait().expect("it ends").success());
}
