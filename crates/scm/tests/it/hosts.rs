//! Reads through integrations: address, headers, errors and redirects.

use serde_json::{Value, json};

use crate::server::{Reply, Server, answer, redirect};

/// The integrations of every kind, all served by one port.
fn integrations(port: u16) -> Value {
    let base = format!("http://127.0.0.1:{port}");
    json!({
        "github": [
            { "host": "github.com", "apiBaseUrl": format!("{base}/gh-api"), "rawBaseUrl": format!("{base}/gh-raw") },
            { "host": "ghe.example.com", "apiBaseUrl": format!("{base}/ghe/"), "token": " geheim " },
        ],
        "gitea": [
            { "host": "git.example.com", "baseUrl": base, "password": "geheim" },
            { "host": format!("127.0.0.1:{port}"), "baseUrl": base, "username": "bot", "password": "pass" },
        ],
        "gitlab": [{ "host": "gl.example.com", "token": "geheim" }],
        "bitbucketServer": [{ "host": "bb.example.com", "apiBaseUrl": format!("{base}/bb"), "token": "geheim" }],
    })
}

fn route(path: &str, _head: &str) -> Reply {
    match path {
        "/api/v1/repos/o/r/raw/forbidden.yaml?ref=main" => answer("403 Forbidden", "", ""),
        "/api/v1/repos/o/r/raw/moved.yaml?ref=main" => redirect("302 Found", "http://127.0.0.2:1/elsewhere"),
        "/api/v1/repos/o/r/raw/metadata.yaml?ref=main" => redirect("302 Found", "http://169.254.169.254/"),
        "/api/v1/repos/o/r/raw/inside.yaml?ref=main" => redirect("302 Found", "http://localhost:1/"),
        path if path.contains("gone") => answer("404 Not Found", "", ""),
        path => answer("200 OK", "ETag: \"blob\"\r\n", path),
    }
}

async fn check(url: &str, asked: &str, authorization: Option<&str>) {
    let server = Server::start(route).await;
    let reader = server.reader(&json!({ "integrations": integrations(server.port) }));
    let url = url.replace("PORT", &server.port.to_string());
    let read = reader
        .read_url(&url, None)
        .await
        .unwrap_or_else(|fault| panic!("{url}: {fault}"));
    assert_eq!(String::from_utf8_lossy(&read.bytes), asked, "{url}");
    let head = server.requests().concat();
    let sent = head.lines().find_map(|line| line.strip_prefix("authorization: "));
    assert_eq!(sent, authorization, "{url}");
}

#[tokio::test]
async fn each_host_is_asked_its_own_way() {
    check(
        "https://github.com/o/r/blob/main/d/x.yaml",
        "/gh-raw/o/r/main/d/x.yaml",
        None,
    )
    .await;
    check(
        "https://ghe.example.com/o/r/blob/main/x.yaml",
        "/ghe/repos/o/r/contents/x.yaml?ref=main",
        Some("Bearer geheim"),
    )
    .await;
    check(
        "http://127.0.0.1:PORT/o/r/src/branch/main/d/x.yaml",
        "/api/v1/repos/o/r/raw/d/x.yaml?ref=main",
        Some("Basic Ym90OnBhc3M="),
    )
    .await;
    check(
        "https://bb.example.com/projects/P/repos/r/browse/x.yaml?at=dev",
        "/bb/projects/P/repos/r/raw/x.yaml?at=dev",
        Some("Bearer geheim"),
    )
    .await;
}

#[tokio::test]
async fn what_fails_says_why() {
    let server = Server::start(route).await;
    let reader = server.reader(&json!({ "integrations": integrations(server.port) }));
    let check = async |url: &str, expected: &str| {
        let url = url.replace("GITEA", &server.url("/o/r/src/branch/main"));
        let text = reader.read_url(&url, None).await.expect_err(&url).to_string();
        let text = text.replace(&url, "URL").replace(&server.url(""), "");
        assert_eq!(text, expected, "{url}");
    };
    check(
        "GITEA/gone.yaml",
        "NotFoundError: URL could not be read as /api/v1/repos/o/r/raw/gone.yaml?ref=main, 404 Not Found",
    )
    .await;
    check(
        "GITEA/forbidden.yaml",
        "AuthenticationError: URL could not be read, 403 Forbidden",
    )
    .await;
    check(
        "https://github.com/o/r/blob/main/gone.yaml",
        "NotFoundError: Request failed for /gh-raw/o/r/main/gone.yaml, 404 Not Found",
    )
    .await;
    check(
        "https://github.com/o/r",
        "Error: Incorrect URL: URL, Error: Invalid GitHub URL or file path",
    )
    .await;
    check(
        "GITEA/%2e%2e%2fx",
        "Error: Invalid SCM URL: path traversal is not allowed in the URL",
    )
    .await;
    check(
        "https://gl.example.com/o/r",
        "Error: Failed extracting project path from /o/r. Url path must include /blob/.",
    )
    .await;
    let private = "redirects to private addresses are not followed unless backend.reading.allow names \
                   their host";
    check(
        "GITEA/moved.yaml",
        &format!("Error: Unable to read http://127.0.0.2:1/elsewhere, {private}"),
    )
    .await;
    check(
        "GITEA/metadata.yaml",
        &format!("Error: Unable to read http://169.254.169.254/, {private}"),
    )
    .await;
    check(
        "GITEA/inside.yaml",
        &format!("Error: Unable to read http://localhost:1/, {private}"),
    )
    .await;
}

#[tokio::test]
async fn a_token_stays_with_its_host() {
    let target = Server::start(|_, _| answer("200 OK", "", "moved content")).await;
    let to = target.url("/elsewhere");
    let source = Server::start(move |_, _| redirect("302 Found", &to)).await;
    let base = source.url("");
    let reader = target.reader(&json!({ "integrations": {
        "gitea": [{ "host": "git.example.com", "baseUrl": base, "password": "geheim" }]
    }}));
    // The page's host and the API's host differ, as behind an internal service name.
    let url = format!("{base}/o/r/src/branch/main/x.yaml");
    let error = reader
        .read_url(&url, None)
        .await
        .expect_err("not the integration's host");
    assert_eq!(error.name, "NotAllowedError");
    let reader = target.reader(&json!({ "integrations": {
        "gitea": [{ "host": base.trim_start_matches("http://"), "baseUrl": base, "password": "geheim" }]
    }}));
    let read = reader.read_url(&url, None).await.expect("the target is allowed");
    assert_eq!(read.bytes.as_ref(), b"moved content");
    assert!(source.requests().concat().contains("authorization: token geheim"));
    assert!(
        !target
            .requests()
            .concat()
            .to_lowercase()
            .contains("authorization")
    );
}

#[tokio::test]
async fn a_token_that_is_no_header_value_is_told_and_not_left_out() {
    let server = Server::start(|_, _| answer("200 OK", "", "public")).await;
    let base = server.url("");
    let reader = server.reader(&json!({ "integrations": {
        "gitea": [{ "host": base.trim_start_matches("http://"), "baseUrl": base, "password": "ge\nheim" }]
    }}));
    let url = format!("{base}/o/r/src/branch/main/x.yaml");
    let fault = reader
        .read_url(&url, None)
        .await
        .expect_err("the token is unusable");
    let told = "failed, reason: the header authorization would contain a line break or the like";
    assert!(fault.message.ends_with(told), "{fault}");
    assert!(!fault.message.contains("heim"), "{fault}");
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn a_descriptor_at_gitea_comes_with_its_commit() {
    let commit = "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d";
    let log = format!(r#"[{{"sha": "{commit}"}}]"#);
    let server = Server::start(move |path, head| match path {
        "/api/v1/repos/o/r/raw/a/x.yaml?ref=main" if head.contains("if-none-match") => {
            answer("304 Not Modified", "", "")
        }
        "/api/v1/repos/o/r/raw/a/x.yaml?ref=main" => answer("200 OK", "ETag: \"1\"\r\n", "a: 1"),
        _ if path.starts_with("/api/v1/repos/o/r/commits?limit=1&")
            && path.ends_with("&sha=main&path=a%2Fx.yaml") =>
        {
            answer("200 OK", "", &log)
        }
        _ => answer("404 Not Found", "", ""),
    })
    .await;
    let base = server.url("");
    let reader = server.reader(&json!({ "integrations": {
        "gitea": [{ "host": base.trim_start_matches("http://"), "baseUrl": base }]
    }}));
    let url = format!("{base}/o/r/src/branch/main/a/x.yaml");
    let found = reader.search(&url, None).await.expect("it is there");
    assert_eq!(found.files[0].commit.as_deref(), Some(commit));
    let asked = server.requests().len();
    let again = reader
        .search(&url, found.etag.as_deref())
        .await
        .expect("it is there");
    assert!(again.not_modified);
    assert_eq!(
        server.requests().len(),
        asked + 1,
        "an unchanged file costs one question"
    );
}
