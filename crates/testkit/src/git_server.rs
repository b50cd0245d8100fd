//! A plain Git server over HTTP: bare repositories in a folder, served by Git's own program, with or without a password.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Response;
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderName};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::git_backend::{GitRequest, answer};

/// Largest body of a request.
const BODY: usize = 64 << 20;

/// A running server. It stops when dropped, and its repositories are gone with it.
pub struct GitServer {
    folder: TempDir,
    origin: String,
    asked: Arc<Mutex<Vec<String>>>,
    _stop: oneshot::Sender<()>,
}

struct Served {
    folder: PathBuf,
    /// The header of those who may come in; nothing for everybody.
    password: Option<String>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl GitServer {
    /// Starts a server that everybody may read and write.
    ///
    /// # Panics
    ///
    /// When no port of the loopback interface or no temporary folder can be used.
    pub fn start() -> Self {
        Self::with(None)
    }

    /// Starts a server that wants this name and password.
    ///
    /// # Panics
    ///
    /// When no port of the loopback interface or no temporary folder can be used.
    pub fn with_password(name: &str, password: &str) -> Self {
        let word = BASE64_STANDARD.encode(format!("{name}:{password}"));
        Self::with(Some(format!("basic {word}").to_lowercase()))
    }

    fn with(password: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
        let address = listener.local_addr().expect("the socket is bound");
        listener.set_nonblocking(true).expect("the socket is ours");
        let (stop, stopped) = oneshot::channel::<()>();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let served = Served {
            folder: folder.path().to_owned(),
            password,
            asked: asked.clone(),
        };
        let routes = Router::new().fallback(serve).with_state(Arc::new(served));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime
                .expect("threads and sockets are there")
                .block_on(async move {
                    let listener = TcpListener::from_std(listener).expect("the socket does not block");
                    tokio::select! {
                        _ = axum::serve(listener, routes) => {}
                        _ = stopped => {}
                    }
                });
        });
        Self {
            folder,
            origin: format!("http://{address}"),
            asked,
            _stop: stop,
        }
    }

    /// Makes an empty repository; its address.
    ///
    /// # Panics
    ///
    /// When Git cannot make it.
    pub fn repository(&self, name: &str) -> String {
        run(self.folder.path(), &["init", "-q", "--bare", "-b", "main", name]);
        self.git(name, &["config", "http.receivepack", "true"]);
        format!("{}/{name}", self.origin)
    }

    /// Host and port.
    pub fn host(&self) -> String {
        self.origin.trim_start_matches("http://").to_owned()
    }

    /// Runs Git in a repository; what it prints.
    ///
    /// # Panics
    ///
    /// When it fails.
    pub fn git(&self, name: &str, arguments: &[&str]) -> String {
        run(&self.folder.path().join(name), arguments)
    }

    /// The folder of a repository.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What was asked, each as method, path and query.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let ran = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is installed");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "git {arguments:?}: {said}");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

async fn serve(State(served): State<Arc<Served>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let note = format!("{} {}", parts.method, parts.uri);
    served
        .asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(note);
    let header = |name: &HeaderName| {
        let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let given = header(&AUTHORIZATION).to_lowercase();
    if served
        .password
        .as_ref()
        .is_some_and(|password| *password != given)
    {
        return plain(
            Response::builder()
                .status(401)
                .header("www-authenticate", "Basic realm=\"git\""),
        );
    }
    let body = to_bytes(body, BODY).await.unwrap_or_default();
    let (kind, encoding) = (header(&CONTENT_TYPE), header(&CONTENT_ENCODING));
    let protocol = header(&HeaderName::from_static("git-protocol"));
    let answering = tokio::task::spawn_blocking(move || {
        answer(&GitRequest {
            folder: &served.folder,
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            content_type: &kind,
            content_encoding: &encoding,
            protocol: &protocol,
            user: "somebody",
            body: &body,
        })
    });
    let answer = answering.await.expect("the program does not panic");
    Response::builder()
        .status(answer.status)
        .header(CONTENT_TYPE, answer.content_type)
        .body(Body::from(answer.body))
        .expect("the headers are plain text")
}

fn plain(response: axum::http::response::Builder) -> Response<Body> {
    response.body(Body::empty()).expect("the headers are plain text")
}
