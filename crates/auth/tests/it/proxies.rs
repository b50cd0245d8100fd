//! People whom a proxy in front of the portal names: believed from where the configuration says, by whose key it says, and nowhere
//! else.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::provider::Provider;
use crate::world::{Answer, Browser, World, settings};

const BY_EMAIL: &str = "emailMatchingUserEntityProfileEmail";
const GIVEN_ADDRESS: &str = "192.0.2.7";

async fn world(id: &'static str, section: impl FnOnce(&Provider) -> Value) -> World {
    World::configured(|provider| {
        let mut all = settings(provider, json!({}));
        all["auth"]["providers"] = json!({ id: section(provider) });
        all
    })
    .await
}

fn by(resolver: &str) -> Value {
    json!({"resolvers": [{"resolver": resolver}]})
}

async fn oauth2_proxy(resolver: &'static str) -> World {
    world(
        "oauth2Proxy",
        |_| json!({"trustedProxies": [GIVEN_ADDRESS, "10.0.0.0/8"], "signIn": by(resolver)}),
    )
    .await
}

async fn get(world: &World, path: &str, headers: &[(&str, &str)]) -> Answer {
    Browser::default().send(world, "GET", path, headers, "").await
}

/// Who the portal takes the sender of these headers for.
async fn who(world: &World, headers: &[(&str, &str)]) -> String {
    let answer = get(world, "/who", headers).await;
    match answer.status {
        200 => answer.text,
        status => status.to_string(),
    }
}

const ADA: &str = "user:default/ada user:default/ada group:default/platform group:default/engineering";

#[tokio::test(flavor = "multi_thread")]
async fn oauth2_proxy_names_people() {
    let email = [
        ("x-forwarded-email", "ada@example.com"),
        ("x-forwarded-user", "f3c1"),
    ];
    let name = [("x-forwarded-user", "ada")];
    let preferred = [
        ("x-forwarded-user", "f3c1"),
        ("x-forwarded-preferred-username", "ada"),
    ];
    let by_email = oauth2_proxy(BY_EMAIL).await;
    assert_eq!(who(&by_email, &email).await, ADA);
    assert_eq!(who(&by_email, &[]).await, "401");
    assert_eq!(who(&by_email, &name).await, "401", "no address");
    let by_user = oauth2_proxy("forwardedUserMatchingUserEntityName").await;
    assert_eq!(who(&by_user, &name).await, ADA);
    assert_eq!(who(&by_user, &email).await, "401");
    let by_name = oauth2_proxy("forwardedPreferredUsernameMatchingUserEntityName").await;
    assert_eq!(who(&by_name, &preferred).await, ADA);
    assert_eq!(who(&by_name, &name).await, "401");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_from_elsewhere_is_nobody() {
    let world = oauth2_proxy("forwardedUserMatchingUserEntityName").await;
    let name = [("x-forwarded-user", "ada")];
    assert_eq!(who(&world, &name).await, ADA);
    world.another_address();
    assert_eq!(who(&world, &name).await, "401");
    let page = get(&world, "/sign-in", &name).await;
    assert_eq!(page.status, 401);
    let email = get(&world, "/sign-in", &[("x-forwarded-email", "ada@example.com")]).await;
    assert!(
        email.text.contains("The header x-forwarded-email came from"),
        "{}",
        email.text
    );
    for part in ["came from 192.0.2.8", "auth.providers.oauth2Proxy.trustedProxies"] {
        assert!(page.text.contains(part), "{part} in {}", page.text);
    }
    let refresh = get(&world, "/api/auth/oauth2Proxy/refresh", &name).await;
    assert_eq!(refresh.status, 401);
    assert!(refresh.text.contains("AuthenticationError"), "{}", refresh.text);
    assert!(
        world.heard().is_empty(),
        "anybody could fill the audit: {:?}",
        world.heard()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_which_there_are_two_is_nobody() {
    let world = oauth2_proxy("forwardedUserMatchingUserEntityName").await;
    let both = [("x-forwarded-user", "ada"), ("x-forwarded-user", "twin")];
    assert_eq!(who(&world, &both).await, "401");
    let page = get(&world, "/sign-in", &both).await;
    assert!(page.text.contains("x-forwarded-user twice"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_address_to_trust_no_header_counts() {
    let world = world(
        "oauth2Proxy",
        |_| json!({"signIn": by("forwardedUserMatchingUserEntityName")}),
    )
    .await;
    let name = [("x-forwarded-user", "ada")];
    assert_eq!(who(&world, &name).await, "401");
    let page = get(&world, "/sign-in", &name).await.text;
    assert!(page.contains("trustedProxies is missing"), "{page}");
    assert_eq!(
        get(&world, "/api/auth/oauth2Proxy/refresh", &name).await.status,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_open_by_themselves_and_say_why_they_do_not() {
    let world = oauth2_proxy("forwardedUserMatchingUserEntityName").await;
    let page = get(&world, "/sign-in?return=/who", &[("x-forwarded-user", "ada")]).await;
    assert_eq!((page.status, page.header("location")), (303, "/who"), "{page:?}");
    let unknown = get(&world, "/sign-in", &[("x-forwarded-user", "eve")]).await;
    assert_eq!(unknown.status, 403);
    assert!(
        unknown.text.contains("looked for the entity user:default/eve"),
        "{}",
        unknown.text
    );
    assert!(
        world.heard()[0].contains("auth.session.create"),
        "{:?}",
        world.heard()
    );
    let nobody = get(&world, "/sign-in", &[]).await;
    assert_eq!(nobody.status, 401);
    assert!(
        nobody.text.contains("no header x-forwarded-user"),
        "{}",
        nobody.text
    );
    assert!(
        !nobody.text.contains("no sign-in service is configured"),
        "{}",
        nobody.text
    );
    // A page of another site gets nothing by the headers that the proxy adds.
    let foreign = [("x-forwarded-user", "ada"), ("sec-fetch-site", "cross-site")];
    assert_eq!(who(&world, &foreign).await, "403");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_refresh_of_the_original() {
    let world = oauth2_proxy("forwardedUserMatchingUserEntityName").await;
    let headers = [
        ("x-forwarded-user", "ada"),
        ("x-oauth2-proxy-id-token", "Bearer an-id-token"),
    ];
    // Neither a cookie nor the header of scripts nor an environment.
    for method in ["GET", "POST"] {
        let answer = Browser::default()
            .send(&world, method, "/api/auth/oauth2Proxy/refresh", &headers, "")
            .await;
        assert_eq!(
            (answer.status, answer.header("cache-control")),
            (200, "no-store"),
            "{answer:?}"
        );
        let body: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(body["profile"]["email"], "Ada@example.com");
        assert_eq!(body["profile"]["displayName"], "ada");
        assert_eq!(body["providerInfo"]["accessToken"], "an-id-token");
        assert_eq!(
            body["backstageIdentity"]["identity"]["userEntityRef"],
            "user:default/ada"
        );
        let token = format!("Bearer {}", body["backstageIdentity"]["token"].as_str().unwrap());
        assert_eq!(who(&world, &[("authorization", &token)]).await, ADA);
    }
    for path in ["start", "handler/frame"] {
        let answer = get(
            &world,
            &format!("/api/auth/oauth2Proxy/{path}?env=development"),
            &headers,
        )
        .await;
        assert_eq!(answer.status, 501, "{answer:?}");
        assert!(answer.text.contains("Not implemented"), "{answer:?}");
    }
    assert_eq!(
        get(&world, "/api/auth/oauth2Proxy/refresh", &[]).await.status,
        401
    );
    let answer = get(&world, "/api/auth/gcpIap/refresh", &headers).await;
    assert!(
        answer.text.contains("Unknown auth provider 'gcpIap'"),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn identity_aware_proxy_signs_what_it_says() {
    let world = world("gcpIap", |provider| {
        let resolvers = json!({"resolvers": [
            {"resolver": "idMatchingUserEntityAnnotation"}, {"resolver": BY_EMAIL}]});
        json!({"audience": "/projects/1/apps/p", "keysUrl": format!("{}/keys", provider.base()), "signIn": resolvers})
    })
    .await;
    let now = world.provider_now();
    let claims = |changed: Value| {
        let mut claims = json!({
            "iss": "https://cloud.google.com/iap", "aud": "/projects/1/apps/p", "iat": now, "exp": now + 600,
            "sub": "accounts.google.com:1", "email": "ada@example.com",
        });
        for (key, value) in changed.as_object().unwrap() {
            claims[key] = value.clone();
        }
        claims
    };
    let header = "x-goog-iap-jwt-assertion";
    let token = |changed: Value| world.provider.plugin_token("JWT", &claims(changed));
    assert_eq!(who(&world, &[(header, &token(json!({})))]).await, ADA);
    let by_id = json!({"sub": "accounts.google.com:583231"});
    assert!(
        who(&world, &[(header, &token(by_id))])
            .await
            .starts_with("user:default/octocat")
    );
    for (changed, reason) in [
        (json!({"aud": "/projects/2/apps/other"}), "for another client"),
        (json!({"iss": "https://evil.example"}), "of another issuer"),
        (json!({"exp": now - 61}), "has expired"),
        (json!({"iat": now + 120}), "from the future"),
    ] {
        let token = token(changed.clone());
        assert_eq!(who(&world, &[(header, &token)]).await, "401", "{changed}");
        let page = get(&world, "/sign-in", &[(header, &token)]).await;
        assert!(page.text.contains(reason), "{changed} {}", page.text);
        assert!(!page.text.contains(&token), "no token in a page");
    }
    let right = token(json!({}));
    let (signed, _) = right.rsplit_once('.').unwrap();
    let header_of_none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let payload = signed.split('.').nth(1).unwrap();
    for forged in [
        format!("{signed}.AAAA"),
        format!("{header_of_none}.{payload}."),
        "x".to_owned(),
    ] {
        assert_eq!(who(&world, &[(header, &forged)]).await, "401", "{forged}");
    }
    // What was believed is not believed for longer than its token lasts.
    world.advance(jiff::SignedDuration::from_mins(12));
    assert_eq!(who(&world, &[(header, &right)]).await, "401");
}

/// A load balancer of AWS with its key, and the server of the keys.
struct Balancer {
    key: EcdsaKeyPair,
    keys_url: String,
}

impl Balancer {
    async fn start() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        let mut der = vec![
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
            0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        der.extend(key.public_key().as_ref());
        let text = STANDARD.encode(der);
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n{}\n-----END PUBLIC KEY-----\n",
            &text[..64],
            &text[64..]
        );
        let keys = move |Path(name): Path<String>| {
            let pem = pem.clone();
            async move {
                if name == "the-key" {
                    Ok(pem)
                } else {
                    Err(StatusCode::NOT_FOUND)
                }
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let keys_url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/{name}", routing::get(keys));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { key, keys_url }
    }

    /// A token as a load balancer writes it: each part is padded.
    fn token(&self, header: &Value, claims: &Value) -> String {
        let [header, claims] = [header, claims].map(|part| URL_SAFE.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE.encode(signature.as_ref()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_balancer_signs_what_it_says() {
    let balancer = Balancer::start().await;
    let keys_url = balancer.keys_url.clone();
    let world = world("awsalb", move |_| {
        json!({"issuer": "https://id.example", "signer": "arn:own", "region": "eu-central-1", "keysUrl": keys_url,
            "signIn": by(BY_EMAIL)})
    })
    .await;
    let now = world.provider_now();
    let header = json!({"typ": "JWT", "alg": "ES256", "kid": "the-key", "signer": "arn:own", "iss": "https://id.example"});
    let claims =
        json!({"sub": "1", "email": "Ada@example.com", "iss": "https://id.example", "exp": now + 120});
    let with = |value: &Value, key: &str, changed: Value| {
        let mut value = value.clone();
        value[key] = changed;
        value
    };
    let name = "x-amzn-oidc-data";
    assert_eq!(
        who(&world, &[(name, &balancer.token(&header, &claims))]).await,
        ADA
    );
    for (header, claims, reason) in [
        (
            with(&header, "signer", json!("arn:somebody-else")),
            claims.clone(),
            "Another load balancer",
        ),
        (
            with(&header, "signer", json!(null)),
            claims.clone(),
            "Another load balancer",
        ),
        (
            with(&header, "alg", json!("none")),
            claims.clone(),
            "not signed by the algorithm",
        ),
        (
            with(&header, "kid", json!("other-key")),
            claims.clone(),
            "a key that it does not publish",
        ),
        (
            with(&header, "kid", json!("../the-key")),
            claims.clone(),
            "a key that it does not publish",
        ),
        (
            header.clone(),
            with(&claims, "iss", json!("https://evil.example")),
            "of another issuer",
        ),
        (
            header.clone(),
            with(&claims, "exp", json!(now - 61)),
            "has expired",
        ),
    ] {
        let token = balancer.token(&header, &claims);
        let page = get(&world, "/sign-in", &[(name, &token)]).await;
        assert_eq!(who(&world, &[(name, &token)]).await, "401", "{header} {claims}");
        assert!(page.text.contains(reason), "{reason} in {}", page.text);
    }
    let another = Balancer::start().await.token(&header, &claims);
    assert_eq!(
        who(&world, &[(name, &another)]).await,
        "401",
        "signed by another key"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn app_service_names_people_from_its_address_alone() {
    let world = world(
        "azureEasyAuth",
        |_| json!({"trustedProxies": GIVEN_ADDRESS, "signIn": by("idMatchingUserEntityAnnotation")}),
    )
    .await;
    let now = world.provider_now();
    let token = |claims: Value| format!("e30.{}.unread", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let right = token(json!({"ver": "2.0", "oid": "entra-583231", "exp": now + 60}));
    let name = "x-ms-token-aad-id-token";
    assert!(
        who(&world, &[(name, &right)])
            .await
            .starts_with("user:default/octocat")
    );
    let old = token(json!({"ver": "1.0", "oid": "entra-583231", "exp": now + 60}));
    let over = token(json!({"ver": "2.0", "oid": "entra-583231", "exp": now - 1}));
    for wrong in [old.as_str(), over.as_str(), "x"] {
        assert_eq!(who(&world, &[(name, wrong)]).await, "401", "{wrong}");
    }
    world.another_address();
    assert_eq!(who(&world, &[(name, &right)]).await, "401");
}
