//! A site while it is written: pages, what changes, and who may read it.

use std::time::Duration;

use techdocs::Preview;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// The answer to a request, head and body, as far as it comes within a moment.
async fn ask(address: std::net::SocketAddr, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_saved_file_shows_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("docs")).unwrap();
    let write = |text: &str| std::fs::write(folder.path().join("docs/index.md"), text).unwrap();
    write("# First");
    std::fs::write(folder.path().join("docs/a.md"), "# A").unwrap();
    let preview = Preview::open(folder.path().to_path_buf()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(preview.serve(listener, stop.clone(), |_| {}));
    let front = ask(address, "/", "localhost:8000").await;
    assert!(
        front.contains("First") && front.contains("<script src=\"/-/preview.js\">"),
        "{front}"
    );
    assert!(
        front.contains("content-security-policy: default-src 'self'"),
        "{front}"
    );
    assert!(ask(address, "/a", "127.0.0.1").await.contains("location: /a/"));
    assert!(
        ask(address, "/nowhere/", "127.0.0.1")
            .await
            .starts_with("HTTP/1.1 404")
    );
    assert!(
        ask(address, "/", "evil.example.org")
            .await
            .starts_with("HTTP/1.1 421")
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET /-/changes HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut heard = String::new();
    let hearing = async {
        let mut part = [0; 1024];
        while !heard.contains("event: changed") {
            let read = stream.read(&mut part).await.unwrap();
            assert!(read > 0, "{heard}");
            heard.push_str(&String::from_utf8_lossy(&part[..read]));
            if heard.contains("event-stream") {
                write("# Second, longer");
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), hearing)
        .await
        .unwrap();
    assert!(ask(address, "/", "localhost").await.contains("Second"));
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(20), serving)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}
