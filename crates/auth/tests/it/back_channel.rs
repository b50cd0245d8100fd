//! A provider ends sessions from its side (OpenID Connect Back-Channel Logout 1.0).

use serde_json::{Value, json};

use crate::provider::{CLIENT, Signing};
use crate::world::{Browser, World};

const PATH: &str = "/api/auth/oidc/back-channel-logout";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The claims of a logout token, with some of them changed.
fn claims(world: &World, changed: Value) -> Value {
    let now = world.provider_now();
    let mut claims = json!({
        "iss": world.provider.base(), "aud": CLIENT, "iat": now, "exp": now + 120, "jti": uuid::Uuid::new_v4().to_string(),
        "sub": "f3c1", "events": {EVENT: {}},
    });
    if let Value::Object(changed) = changed {
        for (key, value) in changed {
            claims[key] = value;
        }
    }
    claims
}

/// What the provider is answered.
async fn tell(world: &World, token: &str) -> (u16, String) {
    let form = format!("logout_token={token}");
    let answer = Browser::default().send(world, "POST", PATH, &[], &form).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    (answer.status, answer.text)
}

async fn ends(world: &World, changed: Value) -> (u16, String) {
    let token = world.provider.plugin_token("logout+jwt", &claims(world, changed));
    tell(world, &token).await
}

/// A browser that is signed in by a session of the provider.
async fn signed_in(world: &World, session: &str) -> Browser {
    world.provider.lies(Signing::Right, json!({ "sid": session }));
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(world).await.status, 303);
    browser
}

async fn is_in(world: &World, browser: &mut Browser) -> bool {
    browser.who(world).await.starts_with("user:default/ada")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_that_of_the_provider_in_every_process() {
    let mut world = World::start().await;
    let (mut one, mut other) = (signed_in(&world, "s-1").await, signed_in(&world, "s-2").await);
    // Another process of the same portal is told.
    world.restart();
    assert_eq!(
        ends(&world, json!({"sid": "s-3"})).await.0,
        200,
        "a session that nobody knows"
    );
    assert!(is_in(&world, &mut one).await && is_in(&world, &mut other).await);
    assert_eq!(ends(&world, json!({"sid": "s-1", "sub": "other"})).await.0, 200);
    assert!(is_in(&world, &mut one).await, "it is not that person's");
    assert_eq!(ends(&world, json!({"sid": "s-1"})).await.0, 200);
    assert!(!is_in(&world, &mut one).await && is_in(&world, &mut other).await);
    let last = world.heard().pop().unwrap();
    assert!(
        last.contains("auth.session.delete user:default/ada")
            && last.contains("at the word of the sign-in service"),
        "{last}"
    );
    // Without a session all of the person end.
    let mut third = signed_in(&world, "s-4").await;
    assert_eq!(ends(&world, json!({})).await.0, 200);
    assert!(!is_in(&world, &mut other).await && !is_in(&world, &mut third).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_token_counts_once() {
    let world = World::start().await;
    let mut browser = signed_in(&world, "s-1").await;
    let token = world
        .provider
        .plugin_token("logout+jwt", &claims(&world, json!({})));
    assert_eq!(tell(&world, &token).await.0, 200);
    assert!(!is_in(&world, &mut browser).await);
    let mut again = signed_in(&world, "s-2").await;
    let (status, text) = tell(&world, &token).await;
    assert_eq!(status, 400);
    assert!(
        text.contains("invalid_request") && text.contains("used before"),
        "{text}"
    );
    assert!(is_in(&world, &mut again).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_token_that_proves_nothing_ends_nothing() {
    let world = World::start().await;
    let mut browser = signed_in(&world, "s-1").await;
    let now = world.provider_now();
    for (changed, reason) in [
        (json!({"iss": "http://evil.example"}), "of another issuer"),
        (json!({"aud": "other"}), "for another client"),
        (json!({"iat": now + 120}), "from the future"),
        (json!({"iat": now - 700, "exp": now + 700}), "has expired"),
        (json!({"exp": now - 61}), "has expired"),
        (json!({"nonce": "n"}), "has a nonce"),
        (json!({"events": {}}), "something else than a logout"),
        (
            json!({"events": {"http://schemas.openid.net/event/other": {}}}),
            "something else than a logout",
        ),
        (json!({"jti": null}), "no jti"),
        (json!({"sub": null}), "neither sid nor sub"),
    ] {
        let (status, text) = ends(&world, changed.clone()).await;
        assert_eq!(status, 400, "{changed} {text}");
        assert!(text.contains(reason), "{changed} {text}");
    }
    // The claims of a logout, but signed by nobody who may.
    for signing in [
        Signing::None,
        Signing::PublicKeyAsSecret,
        Signing::OtherKey,
        Signing::UnknownKey,
    ] {
        let lies = claims(&world, json!({"nonce": null, "sid": "s-1"}));
        world.provider.lies(signing, lies);
        let (status, text) = tell(&world, &world.provider.token()).await;
        assert_eq!(status, 400, "{signing:?} {text}");
    }
    // An ID token is none.
    world.provider.lies(
        Signing::Right,
        json!({"sid": "s-1", "nonce": null, "jti": "an-id-token"}),
    );
    assert_eq!(tell(&world, &world.provider.token()).await.0, 400);
    for form in ["", "logout_token=", "logout_token=x", "other=1"] {
        let answer = Browser::default().send(&world, "POST", PATH, &[], form).await;
        assert_eq!(answer.status, 400, "{form}");
    }
    assert!(is_in(&world, &mut browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_whose_keys_cannot_be_had_may_come_again() {
    let world = World::start().await;
    let token = world
        .provider
        .plugin_token("logout+jwt", &claims(&world, json!({})));
    world.provider.goes_away(true);
    assert_eq!(tell(&world, &token).await.0, 503);
    world.provider.goes_away(false);
    assert_eq!(tell(&world, &token).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn providers_that_are_not_there_are_told_so() {
    let world = World::start().await;
    for (path, status) in [
        ("/api/auth/google/back-channel-logout", 404),
        ("/api/auth/magic/back-channel-logout", 404),
        ("/api/auth/oidc/back-channel-logout?env=zz", 404),
    ] {
        let answer = Browser::default().send(&world, "POST", path, &[], "").await;
        assert_eq!(answer.status, status, "{path}");
    }
}
