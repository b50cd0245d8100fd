//! Who is the guest, and what other sites cannot do in the guest's name.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Version};
use serde_json::{Value, json};

use crate::site::{ask, ask_from, router_with, send};

const WHO: &str = "GET /api/catalog/who";
const SIDECAR: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 6);

async fn check(settings: Value, peer: Ipv4Addr, expected: u16) {
    let router = router_with(settings.clone());
    let api = ask_from(&router, peer, WHO, &[], "").await;
    let page = ask_from(&router, peer, "GET /", &[], "").await;
    assert_eq!(
        (api.status, page.status),
        (expected, expected),
        "{settings} {peer}"
    );
    // Styles are for everybody, also on the page that refuses.
    let style = ask_from(&router, peer, "GET /-/assets/style.css", &[], "").await;
    assert_eq!(style.status, 200, "{settings} {peer}");
    if expected == 401 {
        assert_eq!(api.message(), "Missing credentials");
        let way_out = "backend.auth.dangerouslyDisableDefaultAuthPolicy";
        assert!(page.message().contains(way_out), "{}", page.message());
    }
}

#[tokio::test]
async fn there_is_a_guest_only_where_nobody_else_comes() {
    let near = Ipv4Addr::LOCALHOST;
    check(json!({}), near, 200).await;
    check(json!({}), Ipv4Addr::new(192, 0, 2, 1), 401).await;
    check(json!({ "backend": { "listen": "127.0.0.1:1" } }), SIDECAR, 200).await;
    for listen in [":7007", "0.0.0.0:7007", "10.0.0.1:7007"] {
        check(json!({ "backend": { "listen": listen } }), near, 401).await;
        check(json!({ "backend": { "listen": listen } }), SIDECAR, 401).await;
    }
    let behind_a_proxy = json!({ "app": { "baseUrl": "https://portal.example.com" } });
    check(behind_a_proxy, near, 401).await;
    let asked_for = json!({ "backend": { "listen": ":1" }, "portal": { "auth": { "guest": true } } });
    check(asked_for.clone(), near, 200).await;
    check(asked_for, Ipv4Addr::new(192, 0, 2, 1), 401).await;
    check(json!({ "portal": { "auth": { "guest": false } } }), near, 401).await;
}

async fn status(
    router: &Router,
    build: impl FnOnce(axum::http::request::Builder) -> axum::http::request::Builder,
) -> u16 {
    let peer = ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000)));
    let request = build(Request::builder()).extension(peer);
    send(router, request.body(Body::empty()).expect("a valid request"))
        .await
        .status
}

#[tokio::test]
async fn the_guest_calls_the_portal_by_one_of_its_names() {
    let router = router_with(json!({}));
    let path = "/api/catalog/who";
    for (host, expected) in [
        ("localhost", 200),
        ("LOCALHOST:7007", 200),
        ("127.0.0.1:7007", 200),
        ("[::1]:7007", 200),
        ("[::1]", 200),
        ("evil.example", 401),
        ("[::1].evil.com", 401),
        ("[::1", 401),
        ("127.0.0.1:80:evil.com", 401),
        ("localhost:x", 401),
        ("me@localhost", 401),
        ("", 401),
    ] {
        let answered = status(&router, |request| request.uri(path).header("host", host)).await;
        assert_eq!(answered, expected, "{host}");
    }
    assert_eq!(status(&router, |request| request.uri(path)).await, 401, "no Host");
    let two = |request: axum::http::request::Builder| {
        request
            .uri(path)
            .header("host", "localhost")
            .header("host", "localhost")
    };
    assert_eq!(status(&router, two).await, 401, "two Hosts");
    let odd = |request: axum::http::request::Builder| request.uri(path).header("host", &b"local\xc3host"[..]);
    assert_eq!(status(&router, odd).await, 401, "a Host that is not ASCII");
    for (authority, expected) in [("localhost:7007", 200), ("evil.example", 401)] {
        let over_http2 = |request: axum::http::request::Builder| {
            request
                .version(Version::HTTP_2)
                .uri(format!("http://{authority}{path}"))
        };
        assert_eq!(status(&router, over_http2).await, expected, "{authority}");
    }
    let contradicting = |request: axum::http::request::Builder| {
        request
            .uri(format!("http://localhost{path}"))
            .header("host", "evil.example")
    };
    assert_eq!(status(&router, contradicting).await, 401);
}

#[tokio::test]
async fn pages_of_other_sites_read_nothing_in_the_guests_name() {
    let router = router_with(json!({}));
    let site = |word| ("sec-fetch-site", word);
    let link = [
        site("cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    let frame = [
        site("cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "iframe"),
    ];
    for line in [WHO, "GET /"] {
        let status = async |headers: &[(&str, &str)]| ask(&router, line, headers, "").await.status;
        assert_eq!(
            status(&[site("cross-site"), ("sec-fetch-mode", "no-cors")]).await,
            403,
            "{line}"
        );
        assert_eq!(status(&[site("same-site")]).await, 403, "{line}");
        assert_eq!(status(&frame).await, 403, "{line}");
        assert_eq!(status(&[("origin", "https://evil.example")]).await, 403, "{line}");
        assert_eq!(status(&[("origin", "null")]).await, 403, "{line}");
        assert_eq!(status(&link).await, 200, "a link is followed: {line}");
        assert_eq!(status(&[site("same-origin")]).await, 200, "{line}");
        assert_eq!(status(&[site("none")]).await, 200, "{line}");
        assert_eq!(status(&[("origin", "http://localhost")]).await, 200, "{line}");
    }
    let allowed = json!({ "backend": { "cors": { "origin": "https://friend.example" } } });
    let friend = [site("cross-site"), ("origin", "https://friend.example")];
    assert_eq!(ask(&router_with(allowed), WHO, &friend, "").await.status, 200);
}

#[tokio::test]
async fn an_address_that_tries_tokens_is_braked() {
    let external = json!([
        { "type": "static", "options": { "token": "first-token", "subject": "one" } },
        { "type": "static", "options": { "token": "second-token", "subject": "two" } },
    ]);
    let router = router_with(json!({ "backend": { "auth": { "externalAccess": external } } }));
    let [bad, other] = [1, 2].map(|last| Ipv4Addr::new(192, 0, 2, last));
    let with = async |peer, token: &str| {
        let bearer = format!("Bearer {token}");
        ask_from(&router, peer, WHO, &[("authorization", &bearer)], "").await
    };
    assert_eq!(with(bad, "first-token").await.status, 200);
    for number in 0..20 {
        let answer = with(bad, &format!("wrong-{number}")).await;
        assert_eq!((answer.status, answer.message().as_str()), (401, "Illegal token"));
    }
    let braked = with(bad, "wrong-again").await;
    assert_eq!((braked.status, braked.header("retry-after")), (429, Some("60")));
    // Whether a guess is right is not told any more; what was right before goes on.
    assert_eq!(with(bad, "second-token").await.status, 429);
    assert_eq!(with(bad, "first-token").await.status, 200);
    assert_eq!(with(other, "second-token").await.status, 200);
}
