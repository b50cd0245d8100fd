//! Access tokens: who makes them, what they are good for, and how they end.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::provider::Signing;
use crate::world::{Answer, Browser, World, settings};

const SAME: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];

async fn signed_in(world: &World) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(world).await;
    browser
}

async fn call(world: &World, method: &str, path: &str, token: &str) -> Answer {
    let header = format!("Bearer {token}");
    Browser::default()
        .send(world, method, path, &[("authorization", &header)], "")
        .await
}

async fn by_api(browser: &mut Browser, world: &World, path: &str, body: &Value) -> Answer {
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    browser
        .send(world, "POST", path, &headers, &body.to_string())
        .await
}

/// A token of the person in a browser, with its name in addresses.
async fn made(browser: &mut Browser, world: &World, scopes: &[&str]) -> (String, String) {
    let body = json!({"name": "laptop", "scopes": scopes, "expiresInDays": 30});
    let answer = by_api(browser, world, "/api/auth/tokens", &body).await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (201, "no-store"),
        "{answer:?}"
    );
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    let text = |key: &str| body[key].as_str().unwrap().to_owned();
    (text("token"), text("id"))
}

async fn listed(browser: &mut Browser, world: &World) -> Vec<Value> {
    let answer = browser.get(world, "/api/auth/tokens").await;
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    body["tokens"].as_array().unwrap().clone()
}

async fn administered() -> World {
    World::configured(|provider| {
        let mut config = settings(provider, json!({}));
        config["portal"] = json!({"administrators": ["user:default/ada"]});
        config
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_stands_for_its_person_and_its_text_is_kept_nowhere() {
    let world = World::start().await;
    let mut browser = signed_in(&world).await;
    let (token, id) = made(&mut browser, &world, &["all"]).await;
    assert!(token.starts_with("backstage_pat_"));
    let answer = call(&world, "GET", "/api/lab/who", &token).await;
    assert_eq!(
        answer.text,
        "user:default/ada user:default/ada group:default/platform group:default/engineering"
    );
    let list = listed(&mut browser, &world).await;
    assert_eq!(list.len(), 1);
    assert_eq!(
        (list[0]["id"].as_str(), list[0]["token"].is_null()),
        (Some(id.as_str()), true)
    );
    let stored = world.stored_tokens().await;
    assert!(
        stored.contains("laptop") && !stored.contains(&token[14..]),
        "only a digest is kept: {stored}"
    );
    let heard = world.heard();
    let line = "user:default/ada auth.token.create user:default/ada, 'laptop': all done";
    assert!(heard.iter().any(|event| event == line), "{heard:?}");
    assert!(!heard.concat().contains(&token));
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_leave_what_they_name() {
    let world = World::start().await;
    let mut browser = signed_in(&world).await;
    // Who asks, reads, notes, changes.
    for (scopes, expected) in [
        (&["all"][..], [200, 200, 200, 200]),
        (&["read"], [200, 200, 403, 403]),
        (&["lab:read"], [200, 200, 403, 403]),
        (&["lab:write"], [200, 200, 200, 200]),
        (&["auth:write"], [403, 403, 403, 403]),
        (&["lab.thing.update"], [403, 403, 403, 200]),
        (&["read", "lab.thing.update"], [200, 200, 403, 200]),
    ] {
        let (token, _) = made(&mut browser, &world, scopes).await;
        let mut found = Vec::new();
        for (method, path) in [
            ("GET", "/api/lab/who"),
            ("GET", "/api/lab/things"),
            ("POST", "/api/lab/note"),
            ("POST", "/api/lab/things"),
        ] {
            found.push(call(&world, method, path, &token).await.status);
        }
        assert_eq!(found, expected, "{scopes:?}");
        assert_eq!(
            call(&world, "DELETE", "/api/lab/things", &token).await.status,
            403,
            "ada does not administer"
        );
    }
    let (token, _) = made(&mut browser, &world, &["read"]).await;
    let answer = call(&world, "POST", "/api/lab/note", &token).await;
    assert!(answer.text.contains("it lacks the scope lab:write"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_makes_no_other_token_and_ends_no_session() {
    let world = administered().await;
    let mut browser = signed_in(&world).await;
    let (token, id) = made(&mut browser, &world, &["all"]).await;
    for (method, path) in [
        ("GET", "/api/auth/tokens"),
        ("DELETE", &format!("/api/auth/tokens/{id}")),
        ("GET", "/api/auth/service-tokens"),
        ("DELETE", &format!("/api/auth/service-tokens/{id}")),
        ("GET", "/tokens/all"),
    ] {
        let answer = call(&world, method, path, &token).await;
        assert_eq!(answer.status, 403, "{method} {path} {answer:?}");
    }
    let header = format!("Bearer {token}");
    for (path, kind, body) in [
        (
            "/api/auth/tokens",
            "application/json",
            r#"{"name": "x", "scopes": ["all"]}"#,
        ),
        (
            "/api/auth/service-tokens",
            "application/json",
            r#"{"account": "x", "name": "x", "scopes": ["all"]}"#,
        ),
        (
            "/tokens",
            "application/x-www-form-urlencoded",
            "name=x&days=7&reach=all",
        ),
        ("/sign-out/session", "application/x-www-form-urlencoded", ""),
    ] {
        let headers = [("authorization", header.as_str()), ("content-type", kind)];
        let answer = Browser::default()
            .send(&world, "POST", path, &headers, body)
            .await;
        assert_eq!(answer.status, 403, "{path} {answer:?}");
    }
    assert_eq!(listed(&mut browser, &world).await.len(), 1, "the session goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_end_when_they_expire_or_are_revoked() {
    let world = World::start().await;
    let mut browser = signed_in(&world).await;
    let (kept, _) = made(&mut browser, &world, &["read"]).await;
    let (revoked, id) = made(&mut browser, &world, &["read"]).await;
    let form = format!("id={id}");
    let answer = browser.send(&world, "POST", "/tokens/revoke", SAME, &form).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/tokens"));
    assert_eq!(
        browser
            .send(&world, "POST", "/tokens/revoke", SAME, &form)
            .await
            .status,
        404
    );
    assert_eq!(call(&world, "GET", "/api/lab/who", &revoked).await.status, 401);
    world.advance(SignedDuration::from_hours(30 * 24 - 1));
    assert_eq!(call(&world, "GET", "/api/lab/who", &kept).await.status, 200);
    world.advance(SignedDuration::from_hours(1));
    let answer = call(&world, "GET", "/api/lab/who", &kept).await;
    assert!(
        answer.status == 401 && answer.text.contains("has expired"),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_is_kept_once_a_minute() {
    let world = World::start().await;
    let mut browser = signed_in(&world).await;
    let (token, _) = made(&mut browser, &world, &["read"]).await;
    assert!(listed(&mut browser, &world).await[0]["lastUsedAt"].is_null());
    let mut seen = Vec::new();
    for seconds in [1, 30, 30] {
        world.advance(SignedDuration::from_secs(seconds));
        call(&world, "GET", "/api/lab/who", &token).await;
        seen.push(listed(&mut browser, &world).await[0]["lastUsedAt"].clone());
    }
    assert!(seen[0].is_string() && seen[0] == seen[1], "{seen:?}");
    assert_ne!(seen[1], seen[2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_is_refused_and_nobody_elses_can_be_revoked() {
    let by_name = json!({"resolvers": [{"resolver": "emailLocalPartMatchingUserEntityName"}]});
    let world = World::with(json!({"signIn": by_name})).await;
    let mut browser = signed_in(&world).await;
    let (token, id) = made(&mut browser, &world, &["read"]).await;
    let cut = &token[..token.len() - 1];
    let made_up = format!("backstage_pat_{}", "a".repeat(36));
    for wrong in [cut, &made_up, "backstage_sat_"] {
        let answer = call(&world, "GET", "/api/lab/who", wrong).await;
        assert!(
            answer.status == 401 && answer.text.contains("Illegal token"),
            "{wrong} {answer:?}"
        );
    }
    world
        .provider
        .lies(Signing::Right, json!({"sub": "2", "email": "twin@example.com"}));
    let mut twin = signed_in(&world).await;
    assert!(twin.who(&world).await.starts_with("user:default/twin"));
    let answer = twin
        .send(&world, "DELETE", &format!("/api/auth/tokens/{id}"), SAME, "")
        .await;
    assert_eq!(answer.status, 404, "{answer:?}");
    assert_eq!(call(&world, "GET", "/api/lab/who", &token).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_make_tokens_of_service_accounts() {
    let world = administered().await;
    let mut ada = signed_in(&world).await;
    let body = json!({"account": "ci", "name": "main pipeline", "scopes": ["lab:write"]});
    let answer = by_api(&mut ada, &world, "/api/auth/service-tokens", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    let token = body["token"].as_str().unwrap();
    assert!(token.starts_with("backstage_sat_"));
    assert_eq!(
        call(&world, "GET", "/api/lab/who", token).await.text.trim(),
        "service:default/account:ci"
    );
    assert_eq!(call(&world, "POST", "/api/lab/things", token).await.status, 200);
    // It names the plugin, as accessRestrictions of a fixed token would.
    assert_eq!(call(&world, "DELETE", "/api/lab/things", token).await.status, 200);
    assert_eq!(
        call(&world, "GET", "/api/auth/service-tokens", token)
            .await
            .status,
        403
    );
    let id = body["id"].as_str().unwrap();
    let page = ada.get(&world, "/tokens/all").await;
    assert!(
        page.text.contains("main pipeline") && !page.text.contains(token),
        "{page:?}"
    );
    let answer = ada
        .send(
            &world,
            "DELETE",
            &format!("/api/auth/service-tokens/{id}"),
            SAME,
            "",
        )
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert_eq!(call(&world, "GET", "/api/lab/who", token).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_administer_sees_no_tokens_of_others() {
    let world = World::start().await;
    let mut ada = signed_in(&world).await;
    for path in ["/tokens/all", "/api/auth/service-tokens"] {
        assert_eq!(ada.get(&world, path).await.status, 403, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_makes_a_token_without_scripts_and_shows_it_once() {
    let world = World::start().await;
    let mut browser = signed_in(&world).await;
    let form = "name=my+laptop&days=7&reach=some&of-lab=write&of-auth=&permissions=lab.thing.read";
    let answer = browser.send(&world, "POST", "/tokens", SAME, form).await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, "no-store"),
        "{answer:?}"
    );
    let at = answer.text.find("backstage_pat_").unwrap();
    let token = &answer.text[at..at + 50];
    assert_eq!(call(&world, "POST", "/api/lab/things", token).await.status, 200);
    let again = browser.get(&world, "/tokens").await;
    assert!(again.text.contains("my laptop") && !again.text.contains(token));
    let refused = browser
        .send(&world, "POST", "/tokens", SAME, "name=keep+me&days=7&reach=some")
        .await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("at least one scope") && refused.text.contains("keep me"));
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ];
    let answer = browser.send(&world, "POST", "/tokens", &foreign, form).await;
    assert_eq!(answer.status, 403, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_an_end_to_the_making_of_tokens() {
    let world = World::start().await;
    let mut browser = signed_in(&world).await;
    for _ in 0..10 {
        made(&mut browser, &world, &["read"]).await;
    }
    let body = json!({"name": "one more", "scopes": ["read"]});
    let answer = by_api(&mut browser, &world, "/api/auth/tokens", &body).await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, "60"),
        "{answer:?}"
    );
}
