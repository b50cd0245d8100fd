//! What caches may keep.

use std::net::Ipv4Addr;

use serde_json::json;

use crate::site::{ask, ask_from, router_with};

#[tokio::test]
async fn answers_are_private_unless_they_say_otherwise() {
    let router = router_with(json!({}));
    for line in [
        "GET /api/catalog/entities",
        "GET /api/catalog/entities/by-name/component/nope",
        "GET /api/catalog/who",
        "GET /save/",
        "GET /no-such-page",
        "GET /",
    ] {
        let answer = ask(&router, line, &[], "").await;
        assert_eq!(
            answer.header("cache-control"),
            Some("private, no-cache"),
            "{line}"
        );
        let vary = answer.headers.get_all("vary").iter();
        let vary: Vec<_> = vary.filter_map(|value| value.to_str().ok()).collect();
        assert!(
            vary.join(", ").contains("Cookie, Authorization"),
            "{line} {vary:?}"
        );
    }
    let fresh = ask(&router, "GET /api/catalog/entities", &[], "").await;
    let etag = ("if-none-match", fresh.header("etag").expect("lists have a tag"));
    let same = ask(&router, "GET /api/catalog/entities", &[etag], "").await;
    assert_eq!(
        (same.status, same.header("cache-control")),
        (304, Some("private, no-cache"))
    );
    let asset = ask(&router, "GET /-/assets/style.css", &[], "").await;
    assert_eq!(asset.header("cache-control"), Some("public"));
    let away = Ipv4Addr::new(192, 0, 2, 1);
    let refused = ask_from(&router, away, "GET /api/catalog/who", &[], "").await;
    assert_eq!(
        (refused.status, refused.header("cache-control")),
        (401, Some("no-store"))
    );
}
