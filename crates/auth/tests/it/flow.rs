//! A sign-in that comes about, whom it makes of a person, and where it leads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use crate::provider::Signing;
use crate::world::{Answer, BASE, Browser, World, settings, start, way_back};

const ADA: &str = "user:default/ada user:default/ada group:default/platform group:default/engineering";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_and_owns_as_its_groups_do() {
    let world = World::start().await;
    let mut browser = Browser::default();
    assert_eq!(browser.who(&world).await, "401");
    let answer = browser.get(&world, &start("/who?a=b")).await;
    let address = Url::parse(answer.header("location")).unwrap();
    let value = |name: &str| {
        let found = address.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    assert_eq!(value("scope"), "openid profile email");
    assert_eq!(value("response_type"), "code");
    assert_eq!(
        value("redirect_uri"),
        format!("{BASE}/api/auth/oidc/handler/frame")
    );
    assert_eq!(value("code_challenge").len(), 43);
    assert_eq!(answer.header("cache-control"), "no-store");
    let cookie = answer.cookies()[0].to_owned();
    assert!(
        cookie.ends_with("Path=/; Max-Age=600; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );

    let back = way_back(&world, address.as_str());
    let answer = browser.get(&world, &back).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/who?a=b"),
        "{answer:?}"
    );
    let cookie = answer.cookies()[0].to_owned();
    assert!(cookie.starts_with("portal-session="), "{cookie}");
    assert!(
        cookie.ends_with("Path=/; Max-Age=172800; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    assert_eq!(browser.who(&world).await, ADA);
    let info = browser.get(&world, "/api/auth/v1/userinfo").await;
    assert!(
        info.text.contains("\"sub\":\"user:default/ada\""),
        "{}",
        info.text
    );
    assert_eq!(
        world.heard(),
        ["user:default/ada auth.session.create user:default/ada, A program by development done"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_to_pages_of_this_portal_only() {
    let world = World::start().await;
    let mut browser = Browser::default();
    for page in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "http://portal.example.evil.example/",
        "http://portal.example@evil.example/",
        "http://portal.example//evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "catalog",
        "/api/catalog/entities",
        "/sign-in",
        "https://portal.example/",
    ] {
        let answer = browser.get(&world, &start(page)).await;
        assert_eq!(answer.status, 400, "{page:?} {answer:?}");
        let shown = browser
            .get(
                &world,
                &start(page).replace("/api/auth/oidc/start?", "/sign-in?return="),
            )
            .await;
        assert!(!shown.text.contains("evil.example\""), "{}", shown.text);
    }
    for (page, expected) in [
        ("/catalog?kind=api", "/catalog?kind=api"),
        ("http://portal.example/catalog", "/catalog"),
        ("/suche/ä", "/suche/%C3%A4"),
    ] {
        let address = browser.begin(&world, page).await;
        let answer = browser.get(&world, &way_back(&world, &address)).await;
        assert_eq!(answer.header("location"), expected, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_original_s_words_for_what_is_asked_wrongly() {
    let world = World::start().await;
    let mut browser = Browser::default();
    for (query, status, message) in [
        ("", 400, "Must specify 'env' query to select environment"),
        (
            "env=zz",
            404,
            "No configuration available for the 'zz' environment of this provider.",
        ),
        (
            "env=development&origin=https://evil.example",
            403,
            "Origin 'https://evil.example' is not allowed",
        ),
        ("env=development&flow=popup", 400, "needs 'origin'"),
        ("env=development&flow=dance", 400, "popup or redirect"),
        (
            "env=development&flow=popup&origin=https://evil.example",
            403,
            "is not allowed",
        ),
    ] {
        let answer = browser
            .get(&world, &format!("/api/auth/oidc/start?{query}"))
            .await;
        assert_eq!(answer.status, status, "{query}");
        assert!(answer.text.contains(message), "{query} {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_choose_among_providers_and_a_session_stays_with_its_own() {
    let world = World::configured(|provider| {
        let mut section = settings(provider, json!({}));
        let mut gitlab = section["auth"]["providers"]["oidc"]["development"].clone();
        gitlab.as_object_mut().unwrap().remove("metadataUrl");
        gitlab["audience"] = provider.base().into();
        section["auth"]["providers"]["gitlab"] = json!({ "development": gitlab });
        section
    })
    .await;
    let mut browser = Browser::default();
    let page = browser.get(&world, "/sign-in").await.text;
    for part in [
        "/api/auth/oidc/start?",
        "/api/auth/gitlab/start?",
        "Sign in with GitLab",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let answer = browser
        .get(&world, "/api/auth/gitlab/start?env=development&redirectUrl=/who")
        .await;
    let at_provider = answer.header("location").to_owned();
    assert!(at_provider.contains("gitlab%2Fhandler%2Fframe"), "{at_provider}");
    let back = way_back(&world, &at_provider).replace("/oidc/", "/gitlab/");
    assert_eq!(browser.get(&world, &back).await.header("location"), "/who");
    assert!(browser.who(&world).await.starts_with("user:default/ada"));
    let script = [("x-requested-with", "XMLHttpRequest")];
    for (id, status) in [("gitlab", 200), ("oidc", 401), ("google", 404), ("magic", 404)] {
        let path = format!("/api/auth/{id}/refresh?env=development");
        assert_eq!(
            browser.send(&world, "GET", &path, &script, "").await.status,
            status,
            "{id}"
        );
    }
}

/// The message that a popup sends, and where to.
pub fn told(answer: &Answer) -> (serde_json::Value, String) {
    let script = answer.text.split("<script>").nth(1).unwrap();
    let script = script.split("</script>").next().unwrap();
    let digest = STANDARD.encode(Sha256::digest(script.as_bytes()));
    assert_eq!(
        answer.header("content-security-policy"),
        format!("script-src 'sha256-{digest}'")
    );
    let mut texts = script.split("decodeURIComponent('").skip(1);
    let mut text = || {
        let text = texts.next().unwrap().split('\'').next().unwrap();
        percent_encoding::percent_decode_str(text)
            .decode_utf8()
            .unwrap()
            .into_owned()
    };
    (serde_json::from_str(&text()).unwrap(), text())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_popup_tells_the_window_that_opened_it() {
    let world = World::start().await;
    let mut browser = Browser::default();
    let begin = format!("/api/auth/oidc/start?env=development&flow=popup&scope=openid&origin={BASE}");
    let answer = browser.get(&world, &begin).await;
    let back = way_back(&world, answer.header("location"));
    let answer = browser.get(&world, &back).await;
    assert_eq!(
        (answer.status, answer.header("x-frame-options")),
        (200, "sameorigin")
    );
    let (message, origin) = told(&answer);
    assert_eq!(
        (origin.as_str(), &message["type"]),
        (BASE, &"authorization_response".into())
    );
    let response = &message["response"];
    assert_eq!(
        response["backstageIdentity"]["identity"]["userEntityRef"],
        "user:default/ada"
    );
    assert_eq!(response["providerInfo"]["idToken"], world.provider.given()[0]);
    assert!(
        browser.who(&world).await.starts_with("user:default/ada"),
        "the session begins, too"
    );

    world.provider.lies(Signing::OtherKey, serde_json::json!({}));
    let answer = browser.get(&world, &begin).await;
    let back = way_back(&world, answer.header("location"));
    let (message, origin) = told(&browser.get(&world, &back).await);
    assert_eq!(origin, BASE);
    assert!(
        message["error"]["message"]
            .as_str()
            .unwrap()
            .contains("signature"),
        "{message}"
    );
    assert!(message["response"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn by_another_name_of_the_machine_a_browser_is_led_to_the_right_one() {
    let world = World::start().await;
    let mut browser = Browser::default();
    let host = [("host", "127.0.0.1:7007")];
    let moved = browser.send(&world, "GET", &start("/who"), &host, "").await;
    let address = moved.header("location").to_owned();
    assert!(
        address.starts_with(&format!("{BASE}/api/auth/oidc/start?env=development&")),
        "{moved:?}"
    );
    assert!(moved.cookies().is_empty(), "{moved:?}");
    let next = browser
        .send(&world, "GET", address.strip_prefix(BASE).unwrap(), &host, "")
        .await;
    assert!(
        next.header("location").starts_with(&world.provider.base()),
        "no circle behind a proxy: {next:?}"
    );
}

/// Signs in with changed settings and claims, and gives the end: who one is then, or status and text of the page.
async fn end(more: serde_json::Value, claims: serde_json::Value, info: serde_json::Value) -> String {
    let world = World::with(more).await;
    world.provider.lies(Signing::Right, claims);
    world.provider.tells(info);
    let mut browser = Browser::default();
    let answer = browser.sign_in(&world).await;
    match answer.status {
        303 => browser.who(&world).await,
        status => format!("{status} {}", answer.text),
    }
}

async fn check(more: serde_json::Value, claims: serde_json::Value, info: serde_json::Value, expected: &str) {
    let found = end(more.clone(), claims.clone(), info).await;
    assert!(found.contains(expected), "{more} {claims}: {found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn resolvers_find_the_user() {
    let by = |resolver: &str| json!({"signIn": {"resolvers": [{"resolver": resolver}]}});
    let (email, name) = (
        "emailMatchingUserEntityProfileEmail",
        "preferredUsernameMatchingUserEntityName",
    );
    let local = "emailLocalPartMatchingUserEntityName";
    let none = || json!({});
    check(by(email), json!({"email": "ada+portal@example.com"}), none(), ADA).await;
    check(by(name), json!({"email": "else@example.com"}), none(), ADA).await;
    check(by(local), none(), none(), ADA).await;
    check(
        by(email),
        json!({"email_verified": false}),
        none(),
        "does not call it verified",
    )
    .await;
    check(
        by(email),
        json!({"email": "twins@example.com"}),
        none(),
        "403 <!DOCTYPE html>",
    )
    .await;
    check(
        by(email),
        json!({"email": "twins@example.com"}),
        none(),
        "Several User entities",
    )
    .await;
    let unknown = json!({"email": "eve@example.com", "preferred_username": "eve"});
    check(
        by(email),
        unknown.clone(),
        none(),
        "spec.profile.email is eve@example.com",
    )
    .await;
    check(
        by(name),
        unknown.clone(),
        none(),
        "looked for the entity user:default/eve",
    )
    .await;
    check(
        by(name),
        json!({"preferred_username": "group:default/platform"}),
        none(),
        "403 ",
    )
    .await;
    let open = json!({"signIn": {"resolvers": [{"resolver": name, "dangerouslyAllowSignInWithoutUserInCatalog": true}]}});
    check(open, unknown.clone(), none(), "user:default/eve user:default/eve").await;
    let domains = json!({"signIn": {"resolvers": [{"resolver": local, "allowedDomains": ["acme.example"]}]}});
    check(domains, none(), none(), "allowedDomains").await;
    let both = json!({"signIn": {"resolvers": [{"resolver": local}, {"resolver": name}]}});
    check(both, json!({"email": "eve@example.com"}), none(), ADA).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_token_leaves_out_is_asked_for() {
    let bare = json!({"email": null, "email_verified": null, "preferred_username": null});
    let ada = json!({"sub": "f3c1", "email": "ada@example.com", "email_verified": true});
    check(json!({}), bare.clone(), ada, ADA).await;
    let another = json!({"sub": "other", "email": "ada@example.com", "email_verified": true});
    check(json!({}), bare, another, "about somebody else").await;
}
