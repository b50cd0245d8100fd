//! What the sign-in page says to whoever runs the portal: what is wrong, under which key, and what to do.

use serde_json::{Value, json};

use crate::refusals::check;
use crate::world::{BASE, Browser, World, settings};

const PLACE: &str = "auth.providers.oidc.development";

/// A sign-in that ends with these texts.
async fn told(world: &World, status: u16, texts: &[&str]) {
    let mut browser = Browser::default();
    let answer = browser.get(world, &crate::world::start("/who")).await;
    let answer = if answer.status == 302 {
        let address = answer.header("location").to_owned();
        browser.get(world, &crate::world::way_back(world, &address)).await
    } else {
        answer
    };
    for text in texts {
        check(world, &mut browser, &answer, status, text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_client_secret() {
    let world = World::with(json!({"clientSecret": "not-this-one"})).await;
    let texts = [
        "The sign-in service does not accept this portal",
        "invalid_client",
        &format!("clientId and clientSecret of {PLACE}"),
    ];
    told(&world, 502, &texts).await;
    for answer in [
        // Keycloak 26.7, Gitea 1.24, and a server without a reason.
        (
            401,
            json!({"error": "unauthorized_client", "error_description": "Invalid client or Invalid client credentials"}),
        ),
        (
            400,
            json!({"error": "invalid_client", "error_description": "client is not authorized"}),
        ),
        (401, json!(null)),
    ] {
        let world = World::start().await;
        world.provider.refuses(answer.0, answer.1);
        told(&world, 502, &texts[..1]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_repeats_a_secret() {
    let world = World::start().await;
    let words = format!("nobody knows {}", crate::provider::CLIENT_SECRET);
    world
        .provider
        .refuses(400, json!({"error": "invalid_grant", "error_description": words}));
    // That the secret is nowhere, the check of every refusal sees.
    told(&world, 502, &["nobody knows [redacted]"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_the_provider_does_not_know() {
    let callback = format!("{BASE}/api/auth/oidc/handler/frame");
    let texts = [
        "The sign-in service does not lead back here",
        callback.as_str(),
        PLACE,
    ];
    let world = World::start().await;
    world.provider.refuses(
        400,
        json!({"error": "invalid_grant", "error_description": "Incorrect redirect_uri"}),
    );
    told(&world, 502, &texts).await;
    // GitHub leads back with the error.
    let mut browser = Browser::default();
    let state = crate::world::state_of(&browser.begin(&world, "/who").await);
    let path = format!("/api/auth/oidc/handler/frame?error=redirect_uri_mismatch&state={state}");
    let answer = browser.get(&world, &path).await;
    for text in texts {
        check(&world, &mut browser, &answer, 502, text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discovery_that_is_elsewhere_or_away() {
    let with = async |url: String| World::with(json!({ "metadataUrl": url })).await;
    let away = with("http://127.0.0.1:1/.well-known/openid-configuration".to_owned()).await;
    told(
        &away,
        503,
        &["nothing listens at its address", PLACE, "/connections"],
    )
    .await;
    let start = World::start().await;
    let base = start.provider.base();
    let missing = with(format!("{base}/realms/typo/.well-known/openid-configuration")).await;
    let texts = [
        "Sign-in is not set up",
        "There is no sign-in service at the address",
        PLACE,
        "404",
    ];
    told(&missing, 503, &texts).await;
    let other = with(format!("{base}/keys")).await;
    told(
        &other,
        503,
        &["Sign-in is not set up", "has no authorization_endpoint", PLACE],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_in_the_catalog() {
    let world = World::with(json!({"signIn": {"resolvers": [
        {"resolver": "emailMatchingUserEntityProfileEmail"},
        {"resolver": "preferredUsernameMatchingUserEntityName"},
    ]}}))
    .await;
    world.provider.lies(
        crate::provider::Signing::Right,
        json!({"email": "eve@example.com", "preferred_username": "eve"}),
    );
    let texts = [
        "You have no user in the catalog",
        "spec.profile.email is eve@example.com",
        "the entity user:default/eve",
        "signIn.resolvers of auth.providers.oidc.development",
    ];
    told(&world, 403, &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_used() {
    let page = async |change: fn(&mut Value)| {
        let world = World::configured(|provider| {
            let mut section = settings(provider, json!({}));
            change(&mut section["auth"]["providers"]["oidc"]["development"]);
            section
        })
        .await;
        Browser::default().get(&world, "/sign-in").await.text
    };
    let text = page(|section| section["clientSecret"] = json!(null)).await;
    assert!(text.contains("Sign-in is not set up"), "{text}");
    assert!(
        text.contains("auth.providers.oidc.development: clientSecret is missing"),
        "{text}"
    );
    let text = page(|section| section["signIn"]["resolvers"] = json!([{"resolver": "magic"}])).await;
    assert!(
        text.contains("the resolver &#39;magic&#39; is not known")
            || text.contains("the resolver 'magic' is not known"),
        "{text}"
    );
}
