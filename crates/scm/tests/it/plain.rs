//! Reads that only `backend.reading.allow` permits.

use serde_json::json;

use crate::server::{Reply, Server, answer, reader, redirect};

fn route(path: &str, head: &str) -> Reply {
    let has_etag = head.to_lowercase().contains("if-none-match: \"v1\"");
    match path {
        "/file.yaml" if has_etag => answer("304 Not Modified", "ETag: \"v1\"\r\n", ""),
        "/file.yaml" => answer("200 OK", "ETag: \"v1\"\r\n", "kind: X"),
        "/broken" => answer("500 Internal Server Error", "", "secret stack trace"),
        "/relative" => redirect("302 Found", "file.yaml"),
        "/loop" => redirect("301 Moved Permanently", "/loop"),
        "/inside" => redirect("302 Found", "http://169.254.169.254/latest/meta-data"),
        "/loopback" => redirect("307 Temporary Redirect", "http://127.0.0.1:1/x"),
        "/scheme" => redirect("302 Found", "file:///etc/passwd"),
        "/credentials" => redirect("302 Found", "http://a:b@127.0.0.1/"),
        "/nowhere" => answer("302 Found", "", ""),
        "/large" => Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_owned()),
        "/endless" => Reply::Endless("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_owned()),
        "/silent" => Reply::Silent("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".to_owned()),
        "/mute" => Reply::Silent(String::new()),
        "/garbage" => Reply::Raw("\u{1}\u{2}not http at all\r\n\r\n".to_owned()),
        "/cut" => Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".to_owned()),
        "/headers" => Reply::Raw(format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", "a: b\r\n".repeat(1_000))),
        _ => answer("404 Not Found", "", ""),
    }
}

/// Bounds that make hostile servers quick to test.
fn limits() -> serde_json::Value {
    json!({ "portal": { "reading": { "maxBytes": 100_000, "totalTimeout": "300ms", "connectTimeout": "200ms" } } })
}

#[tokio::test]
async fn files_and_versions() {
    let server = Server::start(route).await;
    let reader = server.reader(&json!({}));
    let url = server.url("/file.yaml");
    let first = reader.read_url(&url, None).await.expect("readable");
    assert_eq!(
        (first.bytes.as_ref(), first.etag.as_deref(), first.not_modified),
        (&b"kind: X"[..], Some("\"v1\""), false)
    );
    let second = reader
        .read_url(&url, first.etag.as_deref())
        .await
        .expect("readable");
    assert_eq!(
        (second.bytes.len(), second.etag.as_deref(), second.not_modified),
        (0, Some("\"v1\""), true)
    );
    let found = reader.search(&url, None).await.expect("readable");
    assert_eq!(
        (found.files[0].url.as_str(), found.files[0].bytes.as_ref()),
        (url.as_str(), &b"kind: X"[..])
    );
    assert!(
        reader
            .search(&url, Some("\"v1\""))
            .await
            .expect("readable")
            .not_modified
    );
    assert_eq!(
        reader
            .search(&server.url("/gone"), None)
            .await
            .expect("no error")
            .files,
        []
    );
    assert_eq!(
        reader
            .read_url(&server.url("/relative"), None)
            .await
            .expect("followed")
            .bytes
            .as_ref(),
        b"kind: X"
    );
}

async fn check(server: &Server, path: &str, expected: &str) {
    let error = server
        .reader(&limits())
        .read_url(&server.url(path), None)
        .await
        .expect_err(path);
    let text = error.to_string().replace(&server.url(""), "");
    assert!(text.starts_with(expected), "{path}: {text}");
}

#[tokio::test]
async fn what_fails_says_why() {
    let server = Server::start(route).await;
    check(
        &server,
        "/gone",
        "NotFoundError: could not read /gone, 404 Not Found",
    )
    .await;
    check(
        &server,
        "/broken",
        "Error: could not read /broken, 500 Internal Server Error",
    )
    .await;
    check(&server, "/nowhere", "Error: could not read /nowhere, 302 Found").await;
    check(
        &server,
        "/loop",
        "Error: Too many redirects (max 5) when reading /loop",
    )
    .await;
    assert_eq!(
        server
            .requests()
            .iter()
            .filter(|head| head.contains("/loop "))
            .count(),
        5
    );
    let refused = "Error: URL not allowed by backend.reading.allow configuration: http://";
    check(
        &server,
        "/inside",
        &format!("{refused}169.254.169.254/latest/meta-data"),
    )
    .await;
    check(&server, "/loopback", &format!("{refused}127.0.0.1:1/x")).await;
    check(
        &server,
        "/scheme",
        "Error: Unable to read /scheme, it redirects to an unusable address",
    )
    .await;
    check(
        &server,
        "/credentials",
        "Error: Unable to read /credentials, it redirects to an unusable address",
    )
    .await;
}

#[tokio::test]
async fn hostile_servers_are_cut_off() {
    let server = Server::start(route).await;
    for path in ["/large", "/endless"] {
        let expected = format!("Error: Unable to read {path}, the file is larger than 100000 bytes");
        check(&server, path, &expected).await;
    }
    for path in ["/silent", "/mute"] {
        check(
            &server,
            path,
            &format!("Error: Unable to read {path}, no complete answer within 0.3 s"),
        )
        .await;
    }
    for path in ["/garbage", "/cut", "/headers"] {
        check(&server, path, &format!("Error: Unable to read {path}, ")).await;
    }
}

#[tokio::test]
async fn urls_that_are_never_asked() {
    let server = Server::start(route).await;
    let reader = server.reader(&json!({}));
    let check = async |url: &str, expected: &str| {
        let error = reader.search(url, None).await.expect_err(url);
        assert_eq!(error.to_string(), expected, "{url}");
    };
    let advice = "You may need to configure an integration for the target host, or add it to the configured list \
                  of allowed hosts at 'backend.reading.allow'";
    for url in [
        "https://blocked.example.invalid/x.yaml",
        "file:///etc/passwd",
        "http://127.0.0.1/x",
        "ftp://127.0.0.1/x",
    ] {
        check(
            url,
            &format!("NotAllowedError: Reading from '{url}' is not allowed. {advice}"),
        )
        .await;
    }
    check("not a url", "TypeError: Invalid URL").await;
    check("./relative.yaml", "TypeError: Invalid URL").await;
    check(&server.url("/*.yaml"), "Error: Unsupported search pattern URL").await;
    let with_password = format!("http://me:geheim@127.0.0.1:{}/x", server.port);
    let shown = server.url("/x");
    check(
        &with_password,
        &format!("InputError: Unable to read {shown}, the URL must not contain credentials"),
    )
    .await;
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn nobody_listening() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("bound").port()
    };
    let reader =
        reader(json!({ "backend": { "reading": { "allow": [{ "host": format!("127.0.0.1:{closed}") }] } } }));
    let error = reader
        .read_url(&format!("http://127.0.0.1:{closed}/x"), None)
        .await
        .expect_err("closed");
    assert!(
        error.message.contains("connect ECONNREFUSED 127.0.0.1"),
        "{}",
        error.message
    );
}
