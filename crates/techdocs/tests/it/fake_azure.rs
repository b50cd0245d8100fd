//! How the fake store knows Azure's signatures, lists blobs and removes them, which are parts of one request.

use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use ring::hmac::{HMAC_SHA256, Key, sign};

use crate::fake_store::Kept;

pub const ACCOUNT: &str = "docsaccount";
/// A key that opens nothing, in base64.
pub const KEY: &str = "YSBrZXkgdGhhdCBvcGVucyBub3RoaW5nLCBmb3IgdGVzdHM=";
/// What stands for a signature that the account gave away.
pub const SIGNATURE: &str = "c2lnbmF0dXJlIG9mIGEgdGVzdA==";

/// The key of the account, as Azure's documentation says it, or the signature that was given away.
pub fn judge(
    method: &Method,
    path: &str,
    query: &str,
    headers: &HeaderMap,
) -> Result<(), (u16, &'static str)> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    if let Some((_, signature)) = pairs.iter().find(|(key, _)| key == "sig") {
        let is_right = signature == SIGNATURE;
        return is_right.then_some(()).ok_or((403, "AuthenticationFailed"));
    }
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let length = Some(header("content-length"))
        .filter(|length| *length != "0")
        .unwrap_or_default();
    let mut text = format!(
        "{method}\n\n\n{length}\n\n{}\n{}\n",
        header("content-type"),
        header("date")
    );
    for name in [
        "if-modified-since",
        "if-match",
        "if-none-match",
        "if-unmodified-since",
        "range",
    ] {
        text.push_str(&format!("{}\n", header(name)));
    }
    let mut own: Vec<&str> = headers
        .keys()
        .map(HeaderName::as_str)
        .filter(|name| name.starts_with("x-ms-"))
        .collect();
    own.sort_unstable();
    for name in own {
        text.push_str(&format!("{name}:{}\n", header(name)));
    }
    text.push_str(&format!("/{ACCOUNT}{path}"));
    let mut pairs = pairs;
    pairs.sort();
    for (key, value) in pairs {
        text.push_str(&format!("\n{key}:{value}"));
    }
    let key = Key::new(HMAC_SHA256, &BASE64_STANDARD.decode(KEY).unwrap());
    let signature = BASE64_STANDARD.encode(sign(&key, text.as_bytes()));
    match header("authorization").strip_prefix("SharedKey ") {
        None => Err((401, "NoAuthenticationInformation")),
        Some(known) if known == format!("{ACCOUNT}:{signature}") => Ok(()),
        Some(_) => Err((403, "AuthenticationFailed")),
    }
}

/// The blobs whose names begin with a prefix.
pub fn list(kept: &Kept, prefix: &str) -> String {
    let found = kept.objects.iter().filter(|(key, _)| key.starts_with(prefix));
    let blobs: String = found
        .map(|(key, bytes)| {
            format!(
                "<Blob><Name>{key}</Name><Properties><Last-Modified>Sun, 29 Nov 2026 08:00:00 GMT</Last-Modified><Etag>0x8D</Etag>\
                 <Content-Length>{}</Content-Length><Content-Type>text/html</Content-Type></Properties></Blob>",
                bytes.len()
            )
        })
        .collect();
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"docs\"><Prefix>{prefix}</Prefix>\
         <Blobs>{blobs}</Blobs><NextMarker /></EnumerationResults>"
    )
}

/// Removes the blobs that the parts of a request name.
pub fn remove(kept: &mut Kept, body: &str) -> Response {
    let mut answer = String::new();
    for (at, line) in body
        .lines()
        .filter(|line| line.starts_with("DELETE "))
        .enumerate()
    {
        let path = line.split(' ').nth(1).unwrap();
        let path = percent_decode_str(path).decode_utf8().unwrap();
        let key = path.splitn(4, '/').nth(3).unwrap().to_owned();
        let was_there = kept.removal.is_none() && kept.take(&key);
        let (status, code) = match kept.removal {
            Some(refusal) => refusal,
            None if was_there => (202, ""),
            None => (404, "BlobNotFound"),
        };
        kept.asked.push((format!("DELETE {key}"), status));
        answer.push_str(&format!(
            "--batchresponse_1\r\nContent-Type: application/http\r\nContent-ID: {at}\r\n\r\nHTTP/1.1 {status} So it is.\r\n\
             x-ms-error-code: {code}\r\nContent-Type: application/xml\r\n\r\n<Error><Code>{code}</Code></Error>\r\n"
        ));
    }
    answer.push_str("--batchresponse_1--\r\n");
    let kind = [("content-type", "multipart/mixed; boundary=batchresponse_1")];
    (StatusCode::ACCEPTED, kind, answer).into_response()
}
