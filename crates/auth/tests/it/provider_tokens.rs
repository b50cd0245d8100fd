//! The tokens of the provider: kept sealed, renewed once for all who wait, and gone with the provider's session.

use jiff::SignedDuration;
use serde_json::Value;

use crate::tokens::body;
use crate::world::{Browser, World};

const SCRIPT: (&str, &str) = ("x-requested-with", "XMLHttpRequest");
const REFRESH: &str = "/api/auth/oidc/refresh?env=development";

async fn info(browser: &mut Browser, world: &World) -> Value {
    let answer = browser.send(world, "GET", REFRESH, &[SCRIPT], "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    body(&answer)["providerInfo"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_renewed_once_they_have_expired() {
    let world = World::start().await;
    let mut browser = Browser::default();
    browser.sign_in(&world).await;
    let first = info(&mut browser, &world).await["idToken"].clone();
    assert_eq!(world.provider.times(), 1, "a token that is good is not renewed");
    world.advance(SignedDuration::from_secs(280));
    let (mut one, mut other) = (browser.clone(), browser.clone());
    let (one, other) = tokio::join!(info(&mut one, &world), info(&mut other, &world));
    assert_ne!(one["idToken"], first);
    assert_eq!(one["idToken"], other["idToken"]);
    assert_eq!(world.provider.times(), 2, "the provider is asked once");
    assert_eq!(one["expiresInSeconds"], 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_stay_signed_in_when_the_provider_gives_no_tokens_any_more() {
    let world = World::start().await;
    let mut browser = Browser::default();
    browser.sign_in(&world).await;
    world.provider.end_session();
    world.advance(SignedDuration::from_mins(10));
    let info = info(&mut browser, &world).await;
    assert!(info["idToken"].is_null() && info["scope"].is_string(), "{info}");
    assert!(browser.who(&world).await.starts_with("user:default/ada"));
}
