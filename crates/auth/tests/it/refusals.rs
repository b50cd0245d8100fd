//! Sign-ins that must not come about.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::provider::{ACCESS_TOKEN, CLIENT_SECRET, Signing};
use crate::world::{Answer, Browser, World, state_of, way_back};

/// The page of a refusal: its status and text, and that nobody is signed in.
pub async fn check(world: &World, browser: &mut Browser, answer: &Answer, status: u16, text: &str) {
    assert_eq!(answer.status, status, "{text}: {answer:?}");
    assert!(answer.text.contains(text), "{text} in {}", answer.text);
    assert!(answer.cookies().is_empty(), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(browser.who(world).await, "401", "{text}");
    let secrets = [CLIENT_SECRET.to_owned(), ACCESS_TOKEN.to_owned()]
        .into_iter()
        .chain(world.provider.given());
    for secret in secrets {
        assert!(!answer.text.contains(&secret), "{secret} in {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_proves_nothing_is_refused() {
    let world = World::start().await;
    let now = world.provider_now();
    let right = Signing::Right;
    let lies: [(Signing, Value, &str); 16] = [
        (Signing::None, json!({}), "not signed by the algorithm"),
        (
            Signing::PublicKeyAsSecret,
            json!({}),
            "not signed by the algorithm",
        ),
        (Signing::ClientSecret, json!({}), "not signed by the algorithm"),
        (
            Signing::OtherKey,
            json!({}),
            "The signature of its ID token is wrong",
        ),
        (Signing::UnknownKey, json!({}), "a key that it does not publish"),
        (right, json!({"iss": "http://evil.example"}), "of another issuer"),
        (right, json!({"iss": [world.provider.base()]}), "cannot be read"),
        (right, json!({"aud": "other"}), "for another client"),
        (
            right,
            json!({"aud": ["other", "portal"], "azp": null}),
            "for another client",
        ),
        (right, json!({"azp": "other"}), "for another client"),
        (right, json!({"exp": now - 61}), "has expired"),
        (right, json!({"exp": null}), "cannot be read"),
        (right, json!({"iat": now + 120}), "from the future"),
        (
            right,
            json!({"nonce": "that-of-another-sign-in"}),
            "made for another sign-in",
        ),
        (right, json!({"nonce": null}), "made for another sign-in"),
        (right, json!({"sub": ""}), "names nobody"),
    ];
    for (signing, claims, text) in lies {
        world.provider.lies(signing, claims);
        let mut browser = Browser::default();
        let answer = browser.sign_in(&world).await;
        check(&world, &mut browser, &answer, 502, text).await;
    }
    world.provider.lies(
        right,
        json!({"aud": ["other", "portal"], "exp": now - 59, "iat": now + 59}),
    );
    assert_eq!(
        Browser::default().sign_in(&world).await.status,
        303,
        "clocks may differ a little"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_belongs_to_one_sign_in_of_one_browser() {
    let world = World::start().await;
    let text = "This sign-in cannot be finished";
    let (mut own, mut other) = (Browser::default(), Browser::default());
    let address = own.begin(&world, "/who").await;
    let back = way_back(&world, &address);
    // Another browser, without and with a sign-in of its own: it must not become signed in as somebody else.
    let answer = other.get(&world, &back).await;
    check(&world, &mut other, &answer, 400, text).await;
    other.begin(&world, "/who").await;
    let answer = other.get(&world, &back).await;
    check(&world, &mut other, &answer, 400, text).await;
    for wrong in ["state=x", "", &format!("state={}", "a".repeat(43))] {
        let answer = own
            .get(&world, &format!("/api/auth/oidc/handler/frame?code=c&{wrong}"))
            .await;
        check(&world, &mut own, &answer, 400, text).await;
    }
    assert_eq!(
        own.get(&world, &back).await.status,
        303,
        "the right browser still may"
    );
    let mut thief = own.clone();
    thief.cookies.remove("portal-session");
    let answer = thief.get(&world, &back).await;
    check(&world, &mut thief, &answer, 400, text).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_redeemed_once_and_in_time() {
    let world = World::start().await;
    let mut browser = Browser::default();
    let first = browser.begin(&world, "/who").await;
    let second = browser.begin(&world, "/who").await;
    let back = way_back(&world, &first);
    assert_eq!(browser.get(&world, &back).await.status, 303);
    let mut thief = browser.clone();
    thief.cookies.remove("portal-session");
    // The code of the first sign-in in the second one, and a code of the second for the first's challenge.
    let stolen = back.replace(&state_of(&first), &state_of(&second));
    let answer = thief.get(&world, &stolen).await;
    check(&world, &mut thief, &answer, 502, "It did not redeem the code").await;
    let late = thief.begin(&world, "/who").await;
    let back = way_back(&world, &late);
    world.advance(SignedDuration::from_secs(601));
    let answer = thief.get(&world, &back).await;
    check(&world, &mut thief, &answer, 400, "within the last ten minutes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_another_browser_fails_its_challenge() {
    let world = World::start().await;
    let (mut own, mut victim) = (Browser::default(), Browser::default());
    let code = world.provider.lets_in(&victim.begin(&world, "/who").await);
    let state = state_of(&own.begin(&world, "/who").await);
    let answer = own
        .get(
            &world,
            &format!("/api/auth/oidc/handler/frame?code={code}&state={state}"),
        )
        .await;
    check(&world, &mut own, &answer, 502, "It did not redeem the code").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_says_is_shown_as_text() {
    let world = World::start().await;
    let mut browser = Browser::default();
    for (answer, status, text) in [
        ("error=access_denied", 403, "You cancelled it"),
        ("error=login_required", 403, "prompt: none"),
        (
            "error=server_error&error_description=%3Cscript%3Ealert(1)%3C/script%3E",
            403,
            "&lt;script&gt;alert(1)",
        ),
        (
            "code=c&iss=http://evil.example",
            400,
            "names another sign-in service",
        ),
    ] {
        let state = state_of(&browser.begin(&world, "/who").await);
        let answer = browser
            .get(
                &world,
                &format!("/api/auth/oidc/handler/frame?{answer}&state={state}"),
            )
            .await;
        check(&world, &mut browser, &answer, status, text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_fetched_again_for_a_new_one_and_not_for_every_made_up_one() {
    let world = World::start().await;
    assert_eq!(Browser::default().sign_in(&world).await.status, 303);
    world.provider.rotate("second");
    world.advance(SignedDuration::from_secs(20));
    assert_eq!(Browser::default().sign_in(&world).await.status, 303);
    assert_eq!(world.provider.fetches(), 2);
    world.provider.lies(Signing::UnknownKey, json!({}));
    for _ in 0..3 {
        assert_eq!(Browser::default().sign_in(&world).await.status, 502);
    }
    assert_eq!(world.provider.fetches(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_is_told_and_nobody_is_signed_out() {
    let world = World::start().await;
    let mut signed_in = Browser::default();
    signed_in.sign_in(&world).await;
    let away = json!({"metadataUrl": "http://127.0.0.1:1/.well-known/openid-configuration"});
    let other = World::with(away).await;
    let mut browser = Browser::default();
    let answer = browser.get(&other, &crate::world::start("/who")).await;
    check(
        &other,
        &mut browser,
        &answer,
        503,
        "is away: nothing listens at its address",
    )
    .await;
    assert!(answer.text.contains("/connections"), "{}", answer.text);
    assert!(signed_in.who(&world).await.starts_with("user:default/ada"));
}
