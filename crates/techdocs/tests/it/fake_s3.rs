//! A server that speaks S3 as far as published sites need it, and believes no signature that is not right.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use ring::hmac::{HMAC_SHA256, Key, sign};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const BUCKET: &str = "docs";
pub const REGION: &str = "eu-test-1";
pub const KEY: &str = "AKIDEXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

#[derive(Default)]
struct Kept {
    objects: BTreeMap<String, Vec<u8>>,
    /// Requests for objects, each with the status of its answer.
    asked: Vec<(String, u16)>,
    /// What every request is answered with.
    refusal: Option<(u16, &'static str)>,
}

pub struct FakeS3 {
    pub address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    serving: JoinHandle<()>,
}

impl FakeS3 {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let app = axum::Router::new().fallback(answer).with_state(kept.clone());
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

async fn answer(State(kept): State<Arc<Mutex<Kept>>>, request: Request<Body>) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let refused = kept.lock().refusal;
    if let Some((status, code)) = refused {
        return error(status, code);
    }
    if let Err(code) = judge(
        &method,
        uri.path(),
        uri.query().unwrap_or_default(),
        request.headers(),
    ) {
        return error(403, code);
    }
    let path = uri.path().trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    if bucket != BUCKET {
        return error(404, "NoSuchBucket");
    }
    let key = key.to_owned();
    if method == Method::PUT {
        let bytes = axum::body::to_bytes(request.into_body(), usize::MAX)
            .await
            .unwrap();
        let mut kept = kept.lock();
        kept.asked.push((format!("PUT {key}"), 200));
        kept.objects.insert(key, bytes.to_vec());
        return ([("etag", "\"new\"")], "").into_response();
    }
    if method == Method::DELETE {
        let mut kept = kept.lock();
        kept.objects.remove(&key);
        kept.asked.push((format!("DELETE {key}"), 204));
        return StatusCode::NO_CONTENT.into_response();
    }
    if key.is_empty() {
        return list(&kept.lock(), uri.query().unwrap_or_default());
    }
    let mut kept = kept.lock();
    let found = kept.objects.get(&key).cloned();
    let response = match found {
        None => error(404, "NoSuchKey"),
        Some(bytes) => {
            let etag = format!("\"{}\"", &hex(&Sha256::digest(&bytes))[..32]);
            let known = request.headers().get("if-none-match");
            if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
                StatusCode::NOT_MODIFIED.into_response()
            } else {
                let headers = [
                    ("etag", etag),
                    ("last-modified", "Sun, 29 Nov 2026 08:00:00 GMT".to_owned()),
                ];
                (headers, bytes).into_response()
            }
        }
    };
    kept.asked.push((key, response.status().as_u16()));
    response
}

fn list(kept: &Kept, query: &str) -> Response {
    let prefix = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("prefix="))
        .map(|prefix| prefix.replace("%2F", "/"))
        .unwrap_or_default();
    let contents: String = kept
        .objects
        .iter()
        .filter(|(key, _)| key.starts_with(&prefix))
        .map(|(key, bytes)| {
            format!(
                "<Contents><Key>{key}</Key><LastModified>2026-11-29T08:00:00.000Z</LastModified><ETag>\"x\"</ETag><Size>{}</Size></Contents>",
                bytes.len()
            )
        })
        .collect();
    let text = format!(
        "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
    );
    ([("content-type", "application/xml")], text).into_response()
}

fn error(status: u16, code: &str) -> Response {
    let text = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message><Region>eu-other-9</Region></Error>"
    );
    (StatusCode::from_u16(status).unwrap(), text).into_response()
}

/// Version 4 of Amazon's signatures, as its documentation says it.
fn judge(method: &Method, path: &str, query: &str, headers: &HeaderMap) -> Result<(), &'static str> {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let authorization = header("authorization");
    let part = |name: &str| {
        let (_, rest) = authorization.split_once(&format!("{name}=")).unwrap_or_default();
        rest.split(',').next().unwrap_or_default().trim()
    };
    let (credential, signed, signature) = (part("Credential"), part("SignedHeaders"), part("Signature"));
    let (id, scope) = credential.split_once('/').ok_or("AccessDenied")?;
    if id != KEY {
        return Err("InvalidAccessKeyId");
    }
    let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_unstable();
    let lines: String = signed
        .split(';')
        .map(|name| format!("{name}:{}\n", header(name).trim()))
        .collect();
    let canonical = format!(
        "{method}\n{path}\n{}\n{lines}\n{signed}\n{}",
        pairs.join("&"),
        header("x-amz-content-sha256")
    );
    let text = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        header("x-amz-date"),
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in scope.split('/') {
        key = sign(&Key::new(HMAC_SHA256, &key), part.as_bytes())
            .as_ref()
            .to_vec();
    }
    if scope.split('/').nth(1) != Some(REGION) {
        return Err("AuthorizationHeaderMalformed");
    }
    if hex(sign(&Key::new(HMAC_SHA256, &key), text.as_bytes()).as_ref()) != signature {
        return Err("SignatureDoesNotMatch");
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
