//! What comes back, and what is said when something else does.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use outside::{Changed, OutsideError, What};
use serde_json::{Value, json};
use testkit::{FileServer, Mode};
use url::Url;

use crate::server::Scene;

#[tokio::test]
async fn json_text_and_bodies() {
    let scene = Scene::start().await;
    let value: Value = scene.get("/json").send().await.unwrap().json().await.unwrap();
    assert_eq!(value, json!({"ok": true}));
    let post = || scene.host.request(Method::POST, scene.url("/echo"));
    let text = post()
        .json(&json!([1]))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(text, r#""application/json" [1]"#);
    let sent = post()
        .header(CONTENT_TYPE, "text/plain")
        .body("hello")
        .send()
        .await;
    assert_eq!(
        &sent.unwrap().bytes().await.unwrap()[..],
        br#""text/plain" hello"#
    );
}

#[tokio::test]
async fn versions() {
    let scene = Scene::start().await;
    let ask = async |etag: Option<&str>| {
        scene
            .get("/version")
            .if_changed(etag)
            .send()
            .await
            .unwrap()
            .changed()
    };
    let Changed::New(answer) = ask(None).await else {
        panic!("there was no version")
    };
    let etag = answer.etag().unwrap().to_owned();
    assert_eq!(answer.text().await.unwrap(), "content");
    assert!(matches!(ask(Some(&etag)).await, Changed::Same));
    assert!(matches!(ask(Some("\"v0\"")).await, Changed::New(_)));
}

#[tokio::test]
async fn no_json() {
    let scene = Scene::start().await;
    for (path, expected) in [
        (
            "/html",
            "grafana (/html) sent no JSON but text/html: a page for people; is the address that of the API, and is a proxy \
             or a sign-in in between?",
        ),
        (
            "/cut-json",
            "grafana (/cut-json) sent no JSON but application/json: it ends too early (line 1, column 6)",
        ),
    ] {
        let error = scene
            .get(path)
            .send()
            .await
            .unwrap()
            .json::<Value>()
            .await
            .unwrap_err();
        assert_eq!(scene.told(&error), expected);
    }
}

#[tokio::test]
async fn statuses() {
    let scene = Scene::start().await;
    assert_eq!(
        scene.failure("/missing").await,
        "grafana (/missing) answered 404 Not Found"
    );
    let error = scene
        .get("/denied?token=geheim")
        .bearer("geheim")
        .send()
        .await
        .err()
        .unwrap();
    let expected = "grafana (/denied) answered 401 Unauthorized: unknown Bearer [redacted]";
    assert_eq!(scene.told(&error), expected);
    let answer = scene.get("/missing").any_status().send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.text().await.unwrap(), "secret stack trace");
}

#[tokio::test]
async fn redirects() {
    let scene = Scene::start().await;
    let base = scene.url("/").to_string();
    for (path, expected) in [
        (
            "/protected",
            "redirects to its sign-in page /login: check the token",
        ),
        (
            "/moved",
            "redirects to /json, which is not followed: configure the final address",
        ),
    ] {
        let told = scene.failure(path).await.replace(&base, "/");
        assert_eq!(told, format!("grafana ({path}) {expected}"));
    }
    let follow = async |path: &str| {
        let host_for = |_: &Url| Ok::<_, OutsideError>(scene.host.clone());
        scene.get(path).bearer("geheim").follow(3, host_for).await
    };
    assert_eq!(
        follow("/moved").await.unwrap().text().await.unwrap(),
        r#"{"ok":true}"#
    );
    assert_eq!(
        follow("/loop").await.err().unwrap().what,
        What::TooManyRedirects(3)
    );
    assert_eq!(
        follow("/token").await.unwrap().text().await.unwrap(),
        r#"Some("Bearer geheim")"#
    );
    assert_eq!(follow("/elsewhere").await.unwrap().text().await.unwrap(), "None");
}

#[tokio::test]
async fn nobody_there() {
    let scene = Scene::start().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut url = Url::parse(&format!(
        "http://{}/x?token=geheim",
        listener.local_addr().unwrap()
    ))
    .unwrap();
    url.set_password(Some("geheim")).unwrap();
    drop(listener);
    let error = scene.host.get(url).send().await.err().unwrap();
    assert_eq!(error.what, What::Refused);
    assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
    let unknown = Url::parse("http://nowhere.invalid/").unwrap();
    let error = scene.host.get(unknown).send().await.err().unwrap();
    assert_eq!(error.what, What::UnknownName);
}

#[tokio::test]
async fn slow_endless_and_no_http() {
    let scene = Scene::start().await;
    let server = FileServer::start();
    server.put("/a", "content");
    let url = Url::parse(&server.url("/a")).unwrap();
    let ask = async |mode| {
        server.set_mode(mode);
        let request = scene.host.get(url.clone()).within(Duration::from_secs(1));
        request.send().await?.bytes().await
    };
    assert_eq!(ask(Mode::Ok).await.unwrap(), "content");
    let what = async |mode| ask(mode).await.unwrap_err().what;
    assert_eq!(what(Mode::Slow).await, What::TooSlow(Duration::from_secs(1)));
    assert_eq!(what(Mode::Endless).await, What::TooLarge(10_000));
    assert!(matches!(what(Mode::Garbage).await, What::BrokenOff(_)));
}

#[tokio::test]
async fn a_request_that_cannot_be_sent() {
    let scene = Scene::start().await;
    let error = scene
        .get("/json")
        .bearer("two\nlines")
        .send()
        .await
        .err()
        .unwrap();
    let expected =
        "grafana (/json) is not called: the header authorization would contain a line break or the like";
    assert_eq!(scene.told(&error), expected);
}
