//! A site while it is written: pages, what changes, and who may read it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::Fault;
use techdocs::{Preview, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The answer to a request, head and body, as far as it comes within a moment.
async fn ask(address: SocketAddr, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// A preview of a folder.
struct Serving {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Serving {
    async fn of(folder: &Path, told: impl Fn(Result<&Site, &Fault>) + Send + Sync + 'static) -> Self {
        let preview = Preview::open(folder.to_path_buf()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(preview.serve(listener, stop.clone(), told));
        Self {
            address,
            stop,
            serving,
        }
    }

    /// The page at an address when it has some words.
    async fn page_with(&self, path: &str, words: &str) -> String {
        let page = async {
            loop {
                let page = ask(self.address, path, "localhost").await;
                if page.contains(words) {
                    return page;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), page).await.unwrap()
    }

    /// Listens for changes as a page does that shows a version. Gives what is heard until there is one; `heard` is told as soon
    /// as there is an answer.
    async fn change(&self, version: &str, heard: impl Fn()) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET /-/changes?version={version} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut all = String::new();
        let hearing = async {
            let mut part = [0; 1024];
            while !all.contains("event: changed") {
                let read = stream.read(&mut part).await.unwrap();
                assert!(read > 0, "{all}");
                all.push_str(&String::from_utf8_lossy(&part[..read]));
                if all.contains("event-stream") {
                    heard();
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), hearing)
            .await
            .unwrap();
        all
    }

    async fn end(self) {
        self.stop.cancel();
        tokio::time::timeout(Duration::from_secs(20), self.serving)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }
}

/// A folder with a front page of this text.
fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("docs")).unwrap();
    write(&folder, text);
    folder
}

fn write(folder: &tempfile::TempDir, text: &str) {
    std::fs::write(folder.path().join("docs/index.md"), text).unwrap();
}

/// The version that a page says it shows.
fn version(page: &str) -> String {
    let (_, rest) = page
        .split_once("<script src=\"/-/preview.js\" data-version=\"")
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_saved_file_shows_by_itself() {
    let folder = folder("# First");
    std::fs::write(folder.path().join("docs/a.md"), "# A").unwrap();
    let serving = Serving::of(folder.path(), |_| {}).await;
    let address = serving.address;
    let front = ask(address, "/", "localhost:8000").await;
    assert!(front.contains("First"), "{front}");
    assert!(
        front.contains("content-security-policy: default-src 'self'"),
        "{front}"
    );
    assert!(ask(address, "/a", "127.0.0.1").await.contains("location: /a/"));
    let nowhere = ask(address, "/nowhere/", "127.0.0.1").await;
    assert!(nowhere.starts_with("HTTP/1.1 404"), "{nowhere}");
    // A page that comes later shows by itself, too.
    assert_eq!(version(&nowhere), version(&front));
    assert!(
        ask(address, "/", "evil.example.org")
            .await
            .starts_with("HTTP/1.1 421")
    );
    serving
        .change(&version(&front), || write(&folder, "# Second, longer"))
        .await;
    let second = ask(address, "/", "localhost").await;
    assert!(second.contains("Second"));
    assert_ne!(version(&second), version(&front));
    serving.end().await;
}

#[tokio::test]
async fn a_file_that_is_saved_before_the_page_listens_shows() {
    let folder = folder("# First");
    let serving = Serving::of(folder.path(), |_| {}).await;
    let first = serving.page_with("/", "First").await;
    write(&folder, "# Second, longer");
    let second = serving.page_with("/", "Second").await;
    let heard = serving.change(&version(&first), || {}).await;
    assert_eq!(heard.matches("event: changed").count(), 1);
    // Who shows the second one hears of the third one only.
    serving
        .change(&version(&second), || write(&folder, "# Third, still longer"))
        .await;
    serving.page_with("/", "Third").await;
    serving.end().await;
}

#[tokio::test]
async fn readers_do_not_wait_for_who_looks_at_the_whole_site() {
    let folder = folder("# First");
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let titles = Arc::new(Mutex::new(Vec::new()));
    let told = titles.clone();
    let serving = Serving::of(folder.path(), move |site| {
        let _ = wait.lock().unwrap().recv();
        told.lock().unwrap().push(site.unwrap().outline());
    })
    .await;
    serving.page_with("/", "First").await;
    write(&folder, "# Second, longer");
    serving.page_with("/", "Second").await;
    assert!(titles.lock().unwrap().is_empty());
    drop(go);
    let both = async {
        while titles.lock().unwrap().len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), both).await.unwrap();
    assert_eq!(*titles.lock().unwrap(), [["First -> /"], ["Second, longer -> /"]]);
    serving.end().await;
}
