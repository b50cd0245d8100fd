//! What a provider, or somebody between it and the portal, may try: each by the name that people give it.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::provider::{CLIENT, Signing};
use crate::refusals::check;
use crate::world::{Browser, World, settings, start, state_of, way_back};

/// A sign-in with a lie in it, which must end on a page that says so.
async fn refused(signing: Signing, claims: Value, text: &str) {
    let world = World::start().await;
    world.provider.lies(signing, claims);
    let mut browser = Browser::default();
    let answer = browser.sign_in(&world).await;
    check(&world, &mut browser, &answer, 502, text).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_audience() {
    refused(Signing::Right, json!({"aud": "other"}), "for another client").await;
    refused(
        Signing::Right,
        json!({"aud": [CLIENT, "other"], "azp": "other"}),
        "for another client",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn algorithm_confusion_none() {
    refused(Signing::None, json!({}), "not signed by the algorithm").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn algorithm_confusion_public_key_as_secret() {
    refused(
        Signing::PublicKeyAsSecret,
        json!({}),
        "not signed by the algorithm",
    )
    .await;
    refused(Signing::ClientSecret, json!({}), "not signed by the algorithm").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clock_skew_of_a_minute_is_borne_and_more_is_told() {
    for (seconds, expected) in [
        (-59, Ok(())),
        (59, Ok(())),
        (-600, Err("has expired, 5 minutes ago by the portal&#39;s clock")),
        (
            600,
            Err("from the future, by 10 minutes of the portal&#39;s clock"),
        ),
    ] {
        let world = World::start().await;
        world.provider.set_time(world.provider_now() + seconds);
        let mut browser = Browser::default();
        let answer = browser.sign_in(&world).await;
        match expected {
            Ok(()) => assert_eq!(answer.status, 303, "{seconds}"),
            Err(text) => {
                let text = text.replace("&#39;", "'");
                check(&world, &mut browser, &answer, 502, &text).await;
                assert!(answer.text.contains("set both by NTP"), "{}", answer.text);
            }
        }
    }
    refused(
        Signing::Right,
        json!({"nbf": i64::from(u32::MAX)}),
        "from the future",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_rotated_out_proves_nothing() {
    let world = World::start().await;
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&world).await.status, 303);
    // The old key goes on signing after the new one is published in its place.
    world.provider.rotate("second");
    world.provider.lies(Signing::OtherKey, json!({}));
    world.advance(SignedDuration::from_secs(20));
    let mut other = Browser::default();
    let answer = other.sign_in(&world).await;
    check(
        &world,
        &mut other,
        &answer,
        502,
        "signature of its ID token is wrong",
    )
    .await;
    world.provider.lies(Signing::Right, json!({}));
    assert_eq!(other.sign_in(&world).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_of_an_answer() {
    let world = World::start().await;
    let mut browser = Browser::default();
    let address = browser.begin(&world, "/who").await;
    let back = way_back(&world, &address);
    assert_eq!(browser.get(&world, &back).await.status, 303);
    let times = world.provider.times();
    let again = browser.get(&world, &back).await;
    assert_eq!(again.status, 400, "{again:?}");
    assert_eq!(world.provider.times(), times, "the provider is not asked again");
    assert!(
        browser.who(&world).await.starts_with("user:default/ada"),
        "the session goes on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reuse_of_a_code_in_another_sign_in() {
    let world = World::start().await;
    let (mut victim, mut attacker) = (Browser::default(), Browser::default());
    let address = attacker.begin(&world, "/who").await;
    let code = world.provider.lets_in(&address);
    let own = state_of(&victim.begin(&world, "/who").await);
    let path = format!("/api/auth/oidc/handler/frame?code={code}&state={own}");
    let answer = victim.get(&world, &path).await;
    check(&world, &mut victim, &answer, 502, "It did not redeem the code").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn state_mismatch() {
    let world = World::start().await;
    let mut browser = Browser::default();
    let address = browser.begin(&world, "/who").await;
    let code = world.provider.lets_in(&address);
    let right = state_of(&address);
    for wrong in [
        String::new(),
        "a".repeat(43),
        right.to_uppercase(),
        format!("{right}x"),
    ] {
        let path = format!("/api/auth/oidc/handler/frame?code={code}&state={wrong}");
        let answer = browser.get(&world, &path).await;
        check(&world, &mut browser, &answer, 400, "cannot be finished").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mix_up_of_issuers() {
    let world = World::start().await;
    world
        .provider
        .says_of_itself(json!({"authorization_response_iss_parameter_supported": true}));
    let text = "names another sign-in service";
    let mut browser = Browser::default();
    for issuer in ["", "&iss=http://evil.example", "&iss="] {
        let address = browser.begin(&world, "/who").await;
        let back = format!("{}{issuer}", way_back(&world, &address));
        let answer = browser.get(&world, &back).await;
        check(&world, &mut browser, &answer, 400, text).await;
        assert_eq!(
            world.provider.times(),
            0,
            "no code goes to a provider it is not of"
        );
    }
    let address = browser.begin(&world, "/who").await;
    let back = format!("{}&iss={}", way_back(&world, &address), world.provider.base());
    assert_eq!(browser.get(&world, &back).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn mix_up_of_providers() {
    let world = World::configured(|provider| {
        let mut section = settings(provider, json!({}));
        let mut gitlab = section["auth"]["providers"]["oidc"]["development"].clone();
        gitlab["audience"] = provider.base().into();
        gitlab.as_object_mut().unwrap().remove("metadataUrl");
        section["auth"]["providers"]["gitlab"] = json!({ "development": gitlab });
        section
    })
    .await;
    let mut browser = Browser::default();
    let address = browser.begin(&world, "/who").await;
    let back = way_back(&world, &address).replace("/oidc/", "/gitlab/");
    let answer = browser.get(&world, &back).await;
    check(
        &world,
        &mut browser,
        &answer,
        400,
        "names another sign-in service",
    )
    .await;
    assert_eq!(world.provider.times(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_goes_away_signs_nobody_out() {
    let world = World::start().await;
    let mut signed_in = Browser::default();
    signed_in.sign_in(&world).await;
    let mut under_way = Browser::default();
    let address = under_way.begin(&world, "/who").await;
    let back = way_back(&world, &address);
    world.provider.goes_away(true);
    world.advance(SignedDuration::from_mins(20));
    assert!(signed_in.who(&world).await.starts_with("user:default/ada"));
    let mut browser = Browser::default();
    let answer = browser.get(&world, &start("/who")).await;
    check(&world, &mut browser, &answer, 503, "does not answer").await;
    assert!(
        answer.text.contains("Everybody who is signed in stays signed in"),
        "{}",
        answer.text
    );
    let page = signed_in.get(&world, "/sign-in").await;
    assert!(page.text.contains("You are signed in as"), "{}", page.text);
    world.advance(SignedDuration::from_mins(-15));
    let answer = under_way.get(&world, &back).await;
    check(&world, &mut under_way, &answer, 503, "does not answer").await;
    world.provider.goes_away(false);
    world.advance(SignedDuration::from_mins(15));
    assert!(signed_in.who(&world).await.starts_with("user:default/ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn session_fixation_by_a_planted_sign_in() {
    let world = World::start().await;
    let mut attacker = Browser::default();
    let address = attacker.begin(&world, "/who").await;
    // The victim gets the cookie of the attacker's sign-in, and signs in of its own accord.
    let mut victim = Browser {
        cookies: attacker.cookies.clone(),
    };
    assert_eq!(victim.sign_in(&world).await.status, 303);
    assert!(victim.who(&world).await.starts_with("user:default/ada"));
    assert_eq!(
        attacker.who(&world).await,
        "401",
        "what was planted is no session"
    );
    let session = |browser: &Browser| browser.cookies.get("portal-session").cloned();
    assert!(session(&victim).is_some() && session(&attacker).is_none());
    // The state of the attacker is worth nothing without its code.
    let state = state_of(&address);
    let answer = attacker
        .get(&world, &format!("/api/auth/oidc/handler/frame?state={state}"))
        .await;
    check(&world, &mut attacker, &answer, 400, "cannot be finished").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_used_by_no_page_of_another_site() {
    let world = World::start().await;
    let mut browser = Browser::default();
    browser.sign_in(&world).await;
    for foreign in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "iframe"),
        ],
    ] {
        for path in ["/who", "/api/lab/who"] {
            let answer = browser.send(&world, "GET", path, foreign, "").await;
            assert_eq!(answer.status, 403, "{path} {foreign:?}");
            assert!(!answer.text.contains("user:default/ada"), "{answer:?}");
        }
    }
    let link = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    let answer = browser.send(&world, "GET", "/who", &link, "").await;
    assert_eq!(answer.status, 200, "a link that a person follows may lead here");
}
