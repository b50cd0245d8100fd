//! A server that speaks as the storages of Amazon, Google or Azure do, as far as published sites need it, and believes no
//! signature that is not right.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{fake_azure, fake_google, fake_s3};

/// The bucket, or container.
pub const BUCKET: &str = "docs";

/// Whose storage it is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cloud {
    Amazon,
    Google,
    Azure,
}

#[derive(Default)]
pub struct Kept {
    pub objects: BTreeMap<String, Vec<u8>>,
    /// Requests for objects, each with the status of its answer.
    pub asked: Vec<(String, u16)>,
    /// What every request is answered with.
    refusal: Option<(u16, &'static str)>,
    /// What every removal at Azure is answered with.
    pub removal: Option<(u16, &'static str)>,
    /// Somebody else removes the next object first.
    pub is_lost: bool,
}

impl Kept {
    /// Removes an object; says whether it was there.
    pub fn take(&mut self, key: &str) -> bool {
        let was_there = self.objects.remove(key).is_some();
        was_there && !std::mem::take(&mut self.is_lost)
    }
}

type Shared = (Cloud, Arc<Mutex<Kept>>);

pub struct FakeStore {
    pub address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    serving: JoinHandle<()>,
}

impl FakeStore {
    pub async fn start(cloud: Cloud) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let app = axum::Router::new()
            .fallback(answer)
            .with_state((cloud, kept.clone()));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            address,
            kept,
            serving,
        }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn put(&self, key: &str, bytes: impl Into<Vec<u8>>) {
        self.kept.lock().objects.insert(key.to_owned(), bytes.into());
    }

    pub fn remove(&self, key: &str) {
        self.kept.lock().objects.remove(key);
    }

    /// The keys of all objects.
    pub fn keys(&self) -> Vec<String> {
        self.kept.lock().objects.keys().cloned().collect()
    }

    /// Puts the files of a folder below a key.
    pub fn publish(&self, folder: &Path, below: &str) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let key = format!("{below}/{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                self.publish(&path, &key);
            } else {
                self.put(&key, std::fs::read(&path).unwrap());
            }
        }
    }

    /// Has every request refused, or none.
    pub fn refuse(&self, refusal: Option<(u16, &'static str)>) {
        self.kept.lock().refusal = refusal;
    }

    /// Has the next object that is to be removed be gone already.
    pub fn lose_next_removal(&self) {
        self.kept.lock().is_lost = true;
    }

    /// Has every removal at Azure refused.
    pub fn refuse_removals(&self, refusal: (u16, &'static str)) {
        self.kept.lock().removal = Some(refusal);
    }

    /// The requests since the last time, in any order.
    pub fn asked(&self) -> Vec<(String, u16)> {
        let mut asked = std::mem::take(&mut self.kept.lock().asked);
        asked.sort();
        asked
    }

    /// The keys of objects that were written, in that order.
    pub fn written(&self) -> Vec<String> {
        let kept = self.kept.lock();
        let asked = kept
            .asked
            .iter()
            .filter_map(|(asked, _)| asked.strip_prefix("PUT "));
        asked.map(str::to_owned).collect()
    }

    /// Nothing listens any more.
    pub async fn stop(self) {
        self.serving.abort();
        let _ = self.serving.await;
    }
}

async fn answer(State((cloud, kept)): State<Shared>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let refused = kept.lock().refusal;
    let judged = refused.map_or_else(|| judge(cloud, &parts.method, &parts.uri, &parts.headers), Err);
    if let Err((status, code)) = judged {
        return error(status, code);
    }
    let path = percent_decode_str(parts.uri.path()).decode_utf8().unwrap();
    let path = path.trim_start_matches('/');
    // Azure's emulator has the account before the container.
    let path = path
        .strip_prefix(fake_azure::ACCOUNT)
        .unwrap_or(path)
        .trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    if bucket != BUCKET {
        let code = if cloud == Cloud::Azure {
            "ContainerNotFound"
        } else {
            "NoSuchBucket"
        };
        return error(404, code);
    }
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let mut kept = kept.lock();
    match (parts.method, key) {
        (Method::PUT, key) => {
            let status = if cloud == Cloud::Azure { 201 } else { 200 };
            kept.asked.push((format!("PUT {key}"), status));
            kept.objects.insert(key.to_owned(), bytes.to_vec());
            (StatusCode::from_u16(status).unwrap(), [("etag", "\"new\"")], "").into_response()
        }
        (Method::POST, _) => fake_azure::remove(&mut kept, std::str::from_utf8(&bytes).unwrap()),
        (Method::DELETE, key) => {
            let was_there = kept.take(key);
            kept.asked.push((format!("DELETE {key}"), 204));
            if was_there || cloud == Cloud::Amazon {
                StatusCode::NO_CONTENT.into_response()
            } else {
                error(404, "NoSuchKey")
            }
        }
        (_, "") => list(cloud, &kept, &parts.uri),
        (_, key) => {
            let response = object(cloud, &kept, key, &parts.headers);
            kept.asked.push((key.to_owned(), response.status().as_u16()));
            response
        }
    }
}

fn judge(cloud: Cloud, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), (u16, &'static str)> {
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    match cloud {
        Cloud::Amazon => fake_s3::judge(method, path, query, headers).map_err(|code| (403, code)),
        Cloud::Google => fake_google::judge(headers).map_err(|code| (401, code)),
        Cloud::Azure => fake_azure::judge(method, path, query, headers),
    }
}

fn object(cloud: Cloud, kept: &Kept, key: &str, headers: &HeaderMap) -> Response {
    let Some(bytes) = kept.objects.get(key).cloned() else {
        let code = if cloud == Cloud::Azure {
            "BlobNotFound"
        } else {
            "NoSuchKey"
        };
        return error(404, code);
    };
    let etag = format!("\"{}\"", &hex(&Sha256::digest(&bytes))[..32]);
    let known = headers.get("if-none-match");
    if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let headers = [
        ("etag", etag),
        ("last-modified", "Sun, 29 Nov 2026 08:00:00 GMT".to_owned()),
    ];
    (headers, bytes).into_response()
}

fn list(cloud: Cloud, kept: &Kept, uri: &Uri) -> Response {
    let query = uri.query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let prefix = pairs.find(|(key, _)| key == "prefix");
    let prefix = prefix.map(|(_, prefix)| prefix.into_owned()).unwrap_or_default();
    let text = if cloud == Cloud::Azure {
        fake_azure::list(kept, &prefix)
    } else {
        listed_by_amazon(kept, &prefix)
    };
    ([("content-type", "application/xml")], text).into_response()
}

/// Google writes it like Amazon.
fn listed_by_amazon(kept: &Kept, prefix: &str) -> String {
    let contents: String = kept
        .objects
        .iter()
        .filter(|(key, _)| key.starts_with(prefix))
        .map(|(key, bytes)| {
            format!(
                "<Contents><Key>{key}</Key><LastModified>2026-11-29T08:00:00.000Z</LastModified><ETag>\"x\"</ETag><Size>{}</Size></Contents>",
                bytes.len()
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
    )
}

fn error(status: u16, code: &str) -> Response {
    let text = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message><Region>eu-other-9</Region></Error>"
    );
    (StatusCode::from_u16(status).unwrap(), text).into_response()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
