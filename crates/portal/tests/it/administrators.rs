//! Pages for administrators: who may open them, and who sees their entries of the navigation.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::served::sign_in;
use crate::world::World;

const GUEST: (&str, &str) = ("accept", "text/html");
const INES: (&str, &str) = ("x-person", "user:default/ines");
const PAGES: [&str; 3] = ["/audit", "/work", "/connections"];

async fn ask(world: &World, path: &str, (name, value): (&str, &str)) -> (u16, String) {
    let request = Request::get(path).header(name, value).body(Body::empty());
    world.send(request.unwrap()).await
}

async fn check(more: Value, caller: (&str, &str), may: bool) {
    let world = World::configured(vec![sign_in()], more.clone()).await.unwrap();
    for path in PAGES {
        let (status, page) = ask(&world, path, caller).await;
        assert_eq!(status, if may { 200 } else { 403 }, "{path} {caller:?} {more}");
        assert_eq!(page.contains("portal.administrators"), !may, "{path}: {page}");
    }
    // Pages that are there, that are not, and that are refused.
    for path in ["/catalog", "/nowhere", "/audit"] {
        let page = ask(&world, path, caller).await.1;
        for entry in PAGES {
            let link = format!("href=\"{entry}\"");
            assert_eq!(page.contains(&link), may, "{entry} on {path} for {caller:?}");
        }
        assert!(page.contains("href=\"/sources\""), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_for_administrators_are_shown_and_open_to_them_alone() {
    check(json!({}), GUEST, true).await;
    check(json!({}), INES, false).await;
    let named = json!({"portal": {"administrators": ["user:default/ines"]}});
    check(named, INES, true).await;
    let behind_a_proxy = json!({"backend": {
        "listen": ":7007", "auth": {"dangerouslyDisableDefaultAuthPolicy": true},
    }});
    check(behind_a_proxy, GUEST, false).await;
}
