//! Whole pages and samples.

use std::fmt::Write;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use maud::html;
use tower::ServiceExt;
use ui::{Chrome, Crumb, Live, PageHead, Shell};

#[test]
fn samples_look_as_before() {
    let mut text = String::new();
    for sample in ui::samples() {
        let lines = sample.markup.0.replace("><", ">\n<");
        writeln!(text, "== {}\n{lines}", sample.name).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_page_has_title_crumbs_live_scope_and_only_its_icons() {
    let head = PageHead::new("Catalog")
        .crumbs(vec![Crumb::to("Home", "/"), Crumb::here("Catalog")])
        .live(Live::Prefixes(vec!["api:".into(), "component:".into()]));
    let text = Chrome::sample(Shell::default(), "/catalog")
        .page(head, html! { p { "Text" } })
        .render();
    for part in [
        "<title>Catalog · Backstage</title>",
        r#"data-live="api: component:""#,
        r##"<a class="skip-link" href="#main">"##,
        r#"<span aria-current="page">Catalog</span>"#,
        r#"id="i:search""#,
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(text.contains(r#"data-at="2026-11-24T09:30:00Z""#), "{text}");
    assert!(!text.contains("i:trash"), "an icon that is not used is sent");
}

#[test]
fn a_page_follows_topics_of_plugins_unless_pages_are_not_live() {
    let page = |is_live| {
        let mut shell = Shell::new("Backstage", Vec::new());
        shell.is_live = is_live;
        let head = PageHead::new("Work").live(Live::Topics(vec!["work.job".into()]));
        Chrome::sample(shell, "/work").page(head, html! {}).render()
    };
    assert!(page(true).contains(r#"data-live="work.job""#));
    assert!(!page(false).contains("data-live"));
}

async fn get(path: &str) -> (StatusCode, axum::http::HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = ui::rows(true).into_open_router().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (
        parts.status,
        parts.headers,
        String::from_utf8(bytes.to_vec()).unwrap(),
    )
}

#[tokio::test]
async fn assets_are_immutable_and_found_by_the_page() {
    let (_, headers, page) = get("/-/gallery").await;
    let policy = headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap()
        .to_owned();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap();
    assert!(page.contains(&format!("nonce=\"{nonce}\"")));
    for address in page.split('"').filter(|part| part.starts_with("/-/assets/")) {
        let (status, headers, _) = get(address).await;
        assert_eq!(status, StatusCode::OK, "{address}");
        assert_eq!(
            headers[header::CACHE_CONTROL],
            "public, max-age=31536000, immutable"
        );
    }
    assert_eq!(get("/-/assets/app.0.css").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_theme_is_kept_in_a_cookie_and_leads_only_to_own_pages() {
    for (back, expected) in [
        ("%2Fcatalog%3Fa%3D1", "/catalog?a=1"),
        ("%2F%2Fevil.example", "/"),
    ] {
        let request = Request::post("/-/theme")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("theme=dark&return={back}")))
            .unwrap();
        let answer = ui::rows(false).into_open_router().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()[header::LOCATION], expected);
        assert!(
            answer.headers()[header::SET_COOKIE]
                .to_str()
                .unwrap()
                .starts_with("theme=dark;")
        );
    }
}
