//! No secret comes out: what a sign-in, its sessions and tokens hold is sown, and looked for in the log, in the audit, in the
//! database and in every answer that is not the one to hand it out.

use serde_json::{Value, json};
use testkit::{Canaries, HeardLog};

use crate::provider::{ACCESS_TOKEN, CLIENT_SECRET};
use crate::world::{Answer, Browser, World, settings, way_back};

const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");

/// A portal whose configuration holds secrets that are looked for.
async fn world(canaries: &mut Canaries) -> World {
    canaries.sow("the client's secret", CLIENT_SECRET);
    canaries.sow("the provider's access token", ACCESS_TOKEN);
    let service = canaries.secret("a fixed token");
    World::configured(|provider| {
        let mut config = settings(provider, json!({}));
        config["backend"]["auth"] =
            json!({"externalAccess": [{"type": "static", "options": {"token": service, "subject": "ci"}}]});
        config["portal"] = json!({"administrators": ["user:default/ada"]});
        config
    })
    .await
}

fn text_at(answer: &Answer, pointer: &str) -> String {
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    body.pointer(pointer).and_then(Value::as_str).unwrap().to_owned()
}

/// Signs in, and sows what the browser and the provider hold now.
async fn sign_in(world: &World, canaries: &mut Canaries) -> Browser {
    let mut browser = Browser::default();
    let address = browser.begin(world, "/who").await;
    canaries.sow("the cookie of a sign-in", &browser.cookies["portal-sign-in"]);
    let back = way_back(world, &address);
    browser.get(world, &back).await;
    // The code was redeemed; coming back again is refused.
    browser.get(world, &back).await;
    canaries.sow("the cookie of a session", &browser.cookies["portal-session"]);
    let headers = [SAME, ("x-requested-with", "XMLHttpRequest")];
    let path = "/api/auth/oidc/refresh?env=development";
    let answer = browser.send(world, "GET", path, &headers, "").await;
    let signature = |token: String| token.rsplit('.').next().unwrap().to_owned();
    canaries.sow(
        "the provider's ID token",
        &signature(text_at(&answer, "/providerInfo/idToken")),
    );
    canaries.sow(
        "a user token",
        &signature(text_at(&answer, "/backstageIdentity/token")),
    );
    for (number, given) in world.provider.given().iter().enumerate() {
        canaries.sow(&format!("the provider's answer {number}"), given);
    }
    browser
}

/// Makes a token of a person and one of a service account, and uses them.
async fn access_tokens(world: &World, canaries: &mut Canaries, browser: &mut Browser) {
    for (path, body) in [
        ("/api/auth/tokens", json!({"name": "laptop", "scopes": ["all"]})),
        (
            "/api/auth/service-tokens",
            json!({"account": "ci", "name": "ci", "scopes": ["read"]}),
        ),
    ] {
        let headers = [SAME, ("content-type", "application/json")];
        let answer = browser
            .send(world, "POST", path, &headers, &body.to_string())
            .await;
        let token = text_at(&answer, "/token");
        canaries.sow(path, &token);
        let right = format!("Bearer {token}");
        // A mistake in the last letter, and a token that is cut off: both are nearly the secret.
        let wrong = format!("Bearer {}", &token[..49]);
        for header in [right.as_str(), &wrong] {
            for path in [
                "/api/lab/who",
                "/api/lab/things",
                "/tokens",
                "/api/auth/tokens",
                "/nowhere",
            ] {
                let answer = Browser::default()
                    .send(world, "GET", path, &[("authorization", header)], "")
                    .await;
                assert_eq!(
                    canaries.found_in(answer.text.as_bytes()),
                    Vec::<&str>::new(),
                    "{path}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_signs_in_is_logged_kept_or_shown() {
    let log = HeardLog::begin();
    let mut canaries = Canaries::default();
    let world = world(&mut canaries).await;
    let mut browser = sign_in(&world, &mut canaries).await;
    access_tokens(&world, &mut canaries, &mut browser).await;
    for path in [
        "/sign-in",
        "/tokens",
        "/tokens/all",
        "/api/auth/tokens",
        "/api/auth/service-tokens",
        "/api/auth/v1/userinfo",
        "/api/auth/.well-known/jwks.json",
        "/api/auth/.well-known/openid-configuration",
        "/api/auth/oidc/start?env=nowhere",
        "/api/auth/oidc/handler/frame?code=x&state=y",
        "/who",
    ] {
        let answer = browser.get(&world, path).await;
        assert!(answer.status < 500, "{path} {answer:?}");
        let found = format!("{:?} {}", answer.headers, answer.text);
        assert_eq!(canaries.found_in(found.as_bytes()), Vec::<&str>::new(), "{path}");
    }
    let stored = world.stored().await;
    assert!(
        stored.contains("laptop") && stored.contains("user:default/ada"),
        "{stored}"
    );
    assert_eq!(
        canaries.found_in(stored.as_bytes()),
        Vec::<&str>::new(),
        "the database"
    );
    let heard = world.heard().join("\n");
    assert!(heard.contains("auth.token.create"), "{heard}");
    assert_eq!(
        canaries.found_in(heard.as_bytes()),
        Vec::<&str>::new(),
        "the audit"
    );
    browser.send(&world, "POST", "/sign-out", &[SAME], "").await;
    let logged = log.bytes();
    assert!(!logged.is_empty(), "nothing was logged");
    assert_eq!(canaries.found_in(&logged), Vec::<&str>::new(), "the log");
}
