//! The wire habits of the original, as recorded from it.

use std::net::Ipv4Addr;

use serde_json::json;

use crate::site::{ask, ask_from, router_with};

const JSON: (&str, &str) = ("content-type", "application/json");
const TOKEN: &str = "a-static-token-of-a-service";

fn secured() -> axum::Router {
    let access = json!([{ "type": "static", "options": { "token": TOKEN, "subject": "ci" } }]);
    router_with(json!({ "backend": { "auth": { "externalAccess": access } } }))
}

async fn check(line: &str, expected: &str) {
    let answer = ask(&router_with(json!({})), line, &[], "").await;
    let told = match answer.status {
        200 => answer.text,
        _ if answer.text.is_empty() => answer.status.to_string(),
        status => format!("{status} {}", answer.message()),
    };
    assert_eq!(told, expected, "{line}");
}

#[tokio::test]
async fn queries_are_read_strictly() {
    let none = r#"{"filter":[],"limit":null}"#;
    check("GET /api/catalog/entities", none).await;
    check(
        "GET /api/catalog/entities?foo=1",
        "400 Unknown query parameter 'foo'",
    )
    .await;
    check(
        "GET /api/catalog/entities?limit=abc",
        "400 request/query/limit must be integer",
    )
    .await;
    check(
        "GET /api/catalog/entities?limit=1.5",
        "400 request/query/limit must be integer",
    )
    .await;
    check(
        "GET /api/catalog/entities?limit=-1",
        "400 request/query/limit must be >= 0",
    )
    .await;
    check(
        "GET /api/catalog/entities?limit=0",
        "400 Invalid limit, must be greater than zero",
    )
    .await;
    check(
        "GET /api/catalog/entities?limit=",
        "400 Empty value found for query parameter 'limit'",
    )
    .await;
    check(
        "GET /api/catalog/entities?filter=",
        "400 Empty value found for query parameter 'filter'",
    )
    .await;
    check(
        "GET /api/catalog/entities?limit=1&limit=2",
        "400 request/query/limit must be integer",
    )
    .await;
    check(
        "GET /api/catalog/entities?totalItems=maybe",
        "400 request/query/totalItems must be equal to one of the allowed values: include, exclude",
    )
    .await;
    check(
        "GET /api/catalog/entities?limit=x&totalItems=y",
        "400 request/query/limit must be integer, request/query/totalItems must be equal to one of the allowed values: include, exclude",
    )
    .await;
}

#[tokio::test]
async fn lists_and_escapes_in_queries() {
    let one = r#"{"filter":["kind=api"],"limit":null}"#;
    check("GET /api/catalog/entities?filter=kind=api", one).await;
    check("GET /api/catalog/entities?filter[]=kind=api", one).await;
    check("GET /api/catalog/entities?filter%5B0%5D=kind%3Dapi", one).await;
    check(
        "GET /api/catalog/entities?filter[a]=x",
        "400 request/query/filter/0 must be string",
    )
    .await;
    check(
        "GET /api/catalog/entities?filter=a&filter=",
        r#"{"filter":["a",""],"limit":null}"#,
    )
    .await;
    check(
        "GET /api/catalog/entities?filter=%ZZ",
        r#"{"filter":["%ZZ"],"limit":null}"#,
    )
    .await;
    check(
        "GET /api/catalog/entities?filter=a+b%2B",
        r#"{"filter":["a b+"],"limit":null}"#,
    )
    .await;
}

#[tokio::test]
async fn paths_are_lenient_and_what_is_unknown_is_empty() {
    let none = r#"{"filter":[],"limit":null}"#;
    check("GET /API/Catalog/ENTITIES/", none).await;
    check(
        "GET /api/catalog/Entities/By-Name/API/Foo",
        r#"{"kind":"API","name":"Foo"}"#,
    )
    .await;
    check("GET /api/catalog/entities/by-name/a/%ZZ", "400 malformed uri'").await;
    check("GET /api/catalog/entities/by-name/a", "404").await;
    check("GET /api/catalog", "404").await;
    check("GET /api/catalog/nope", "404").await;
    check("GET /api/nope", "404").await;
    check("GET /api", "404").await;
    check("GET /nope", "404").await;
    check("DELETE /api/catalog/entities", "404").await;
    check("POST /.backstage/health/v1/readiness", "404").await;
    check("GET /.backstage/health/v1/readiness", r#"{"status":"ok"}"#).await;
    check("OPTIONS /api/catalog/entities", "GET,HEAD").await;
}

#[tokio::test]
async fn errors_name_the_request_below_the_mount() {
    let answer = ask(
        &router_with(json!({})),
        "GET /api/catalog/entities/by-name/a/nope",
        &[],
        "",
    )
    .await;
    assert_eq!(
        answer.json(),
        json!({
            "error": { "name": "NotFoundError", "message": "No entity named 'nope' found" },
            "request": { "method": "GET", "url": "/entities/by-name/a/nope" },
            "response": { "statusCode": 404 },
        })
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert!(answer.header("etag").is_some_and(|etag| etag.starts_with("W/\"")));
}

async fn check_body(kind: Option<&str>, body: &str, expected: &str) {
    let headers: Vec<(&str, &str)> = kind.iter().map(|kind| ("content-type", *kind)).collect();
    let answer = ask(
        &router_with(json!({})),
        "POST /api/catalog/entities/by-query",
        &headers,
        body,
    )
    .await;
    let told = if answer.status == 200 {
        answer.text
    } else {
        format!("{} {}", answer.status, answer.message())
    };
    assert_eq!(told, expected, "{kind:?} {body}");
}

#[tokio::test]
async fn bodies() {
    let json = Some("application/json");
    check_body(json, "", "{}").await;
    check_body(None, "", "{}").await;
    check_body(Some("application/json; charset=utf-8"), "{\"a\": 1}", "{\"a\":1}").await;
    check_body(
        json,
        "{bad json",
        "400 Expected property name or '}' in JSON at position 1 (line 1 column 2)",
    )
    .await;
    check_body(
        json,
        "\"x\"",
        "400 Unexpected token '\"', \"\"x\"\" is not valid JSON",
    )
    .await;
    check_body(
        Some("application/x-www-form-urlencoded"),
        "a=b",
        "400 unsupported media type application/x-www-form-urlencoded",
    )
    .await;
    check_body(
        json,
        &format!("[\"{}\"]", "x".repeat(102_400)),
        "400 request entity too large",
    )
    .await;
}

#[tokio::test]
async fn answers_revalidate() {
    let router = router_with(json!({}));
    let line = "GET /api/catalog/entities";
    let etag = ask(&router, line, &[], "")
        .await
        .header("etag")
        .expect("a tag")
        .to_owned();
    let strong = etag.trim_start_matches("W/").to_owned();
    for (known, status) in [
        (etag.as_str(), 304),
        (&strong, 304),
        ("*", 304),
        ("\"other\"", 200),
    ] {
        let answer = ask(&router, line, &[("if-none-match", known)], "").await;
        assert_eq!(answer.status, status, "{known}");
        assert_eq!(answer.text.is_empty(), status == 304);
    }
    let post = ask(
        &router,
        "POST /api/catalog/entities/by-query",
        &[JSON, ("if-none-match", "*")],
        "{}",
    )
    .await;
    assert_eq!(post.status, 200);
    let streamed = ask(
        &router,
        "GET /api/catalog/entities/by-name/a/b",
        &[("if-none-match", "*")],
        "",
    )
    .await;
    assert_eq!((streamed.status, streamed.header("etag")), (200, None));
}

#[tokio::test]
async fn who_may_call() {
    let router = secured();
    let away = Ipv4Addr::new(192, 0, 2, 1);
    let bearer = format!("Bearer {TOKEN}");
    let line = "GET /api/catalog/who";
    let told = async |peer, headers: &[(&str, &str)]| {
        let answer = ask_from(&router, peer, line, headers, "").await;
        if answer.status == 200 {
            answer.text
        } else {
            format!("{} {}", answer.status, answer.message())
        }
    };
    let service = r#"{"ref":"service:default/ci","service":true}"#;
    let guest = r#"{"ref":"user:default/guest","service":false}"#;
    assert_eq!(told(away, &[("authorization", &bearer)]).await, service);
    assert_eq!(told(Ipv4Addr::LOCALHOST, &[]).await, guest);
    assert_eq!(told(away, &[]).await, "401 Missing credentials");
    assert_eq!(
        told(away, &[("authorization", "Basic abc")]).await,
        "401 Missing credentials"
    );
    assert_eq!(
        told(Ipv4Addr::LOCALHOST, &[("authorization", "Bearer x")]).await,
        "401 Illegal token"
    );
    assert_eq!(
        told(Ipv4Addr::LOCALHOST, &[("x-forwarded-for", "1.2.3.4")]).await,
        "401 Missing credentials"
    );
    assert_eq!(
        told(Ipv4Addr::LOCALHOST, &[("host", "evil.example")]).await,
        "401 Missing credentials"
    );
    let unknown = ask_from(&router, away, "GET /api/catalog/nope", &[], "").await;
    assert_eq!(unknown.status, 401);
}

#[tokio::test]
async fn an_open_server_takes_everybody_but_wrong_tokens() {
    let router =
        router_with(json!({ "backend": { "auth": { "dangerouslyDisableDefaultAuthPolicy": true } } }));
    let away = Ipv4Addr::new(192, 0, 2, 1);
    assert_eq!(
        ask_from(&router, away, "GET /api/catalog/who", &[], "")
            .await
            .status,
        200
    );
    let refused = ask_from(
        &router,
        away,
        "GET /api/catalog/who",
        &[("authorization", "Bearer x")],
        "",
    )
    .await;
    assert_eq!(
        refused.message(),
        "Could not resolve credentials; caused by AuthenticationError: Illegal token"
    );
}

#[tokio::test]
async fn pages_of_other_origins_cannot_act_for_the_guest() {
    let router = secured();
    let foreign = ("sec-fetch-site", "cross-site");
    let line = "POST /api/catalog/entities/by-query";
    assert_eq!(ask(&router, line, &[JSON, foreign], "{}").await.status, 403);
    assert_eq!(
        ask(
            &router,
            line,
            &[JSON, ("origin", "http://a"), ("host", "localhost")],
            "{}"
        )
        .await
        .status,
        403
    );
    assert_eq!(
        ask(&router, line, &[JSON, ("sec-fetch-site", "same-origin")], "{}")
            .await
            .status,
        200
    );
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(
        ask(&router, line, &[JSON, foreign, ("authorization", &bearer)], "{}")
            .await
            .status,
        200
    );
    assert_eq!(ask(&router, "POST /save", &[foreign], "").await.status, 403);
    assert_eq!(
        ask(&router, "POST /save", &[("sec-fetch-site", "same-origin")], "")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn headers_of_the_api_and_of_pages() {
    let router = router_with(
        json!({ "backend": { "csp": { "connectSrc": ["'self'", "https:"], "img-src": false } } }),
    );
    let api = ask(&router, "GET /api/catalog/entities", &[], "").await;
    assert_eq!(
        api.header("content-security-policy"),
        Some(
            "default-src 'self';base-uri 'self';font-src 'self' https: data:;frame-ancestors 'self';object-src 'none';\
             script-src 'self' 'unsafe-eval';script-src-attr 'none';style-src 'self' https: 'unsafe-inline';\
             upgrade-insecure-requests;connect-src 'self' https:"
        )
    );
    assert_eq!(api.header("x-frame-options"), Some("SAMEORIGIN"));
    assert!(api.header("x-request-id").is_some());
    let page = ask(&router, "GET /", &[], "").await;
    let nonce = page
        .text
        .trim_start_matches("<p>")
        .trim_end_matches("</p>")
        .to_owned();
    let policy = page
        .header("content-security-policy")
        .expect("a policy")
        .to_owned();
    assert!(
        policy.contains(&format!("script-src 'self' 'nonce-{nonce}'")),
        "{policy}"
    );
}

#[tokio::test]
async fn cors_is_silent_unless_configured() {
    let origin = ("origin", "https://portal.example");
    let silent = ask(
        &router_with(json!({})),
        "GET /api/catalog/entities",
        &[origin],
        "",
    )
    .await;
    assert_eq!(silent.header("access-control-allow-origin"), None);
    let cors = json!({ "origin": "https://*.example", "methods": ["GET", "POST"], "credentials": true });
    let router = router_with(json!({ "backend": { "cors": cors } }));
    let preflight = [origin, ("access-control-request-method", "POST")];
    let answer = ask(&router, "OPTIONS /api/catalog/entities", &preflight, "").await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-methods")),
        (204, Some("GET,POST"))
    );
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin.1));
    let other = ask(
        &router,
        "GET /api/catalog/entities",
        &[("origin", "https://evil.test")],
        "",
    )
    .await;
    assert_eq!(
        (other.status, other.header("access-control-allow-origin")),
        (403, None)
    );
}

#[tokio::test]
async fn a_panic_is_an_answer() {
    let answer = ask(&router_with(json!({})), "GET /api/catalog/panics", &[], "").await;
    assert_eq!(
        (answer.status, answer.message().as_str()),
        (500, "An internal error occurred")
    );
}
