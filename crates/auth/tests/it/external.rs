//! Programs outside the portal that sign their tokens: with a shared secret, with keys that a server publishes, or as plugins of
//! another backend.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::provider::{Provider, Signing};
use crate::tokens::{ADA, FAILED, WHO, ask, limited, refusal, token_of_ada};
use crate::world::{World, settings};

const SECRET: &[u8] = b"a shared secret";
/// The secret in the alphabet of addresses, without padding.
const WRITTEN: &str = "YSBzaGFyZWQgc2VjcmV0";
const OLD: &[u8] = b"\xfb\xff an old one";

/// Services of each sort; `jwks` are more options of the one that publishes its keys.
fn services(jwks: Value) -> impl FnOnce(&Provider) -> Value {
    move |provider| {
        let mut config = settings(provider, json!({}));
        let mut options = json!({"url": format!("{}/keys", provider.base())});
        for (key, value) in jwks.as_object().into_iter().flatten() {
            options[key] = value.clone();
        }
        let elsewhere = json!([{"plugin": "catalog"}]);
        config["backend"]["auth"] = json!({
            "keys": [{"secret": "+/8gYW4gb2xkIG9uZQ=="}],
            "externalAccess": [
                {"type": "legacy", "options": {"secret": WRITTEN, "subject": "ci"}},
                {"type": "legacy", "options": {"secret": "ZWxzZXdoZXJl", "subject": "other"}, "accessRestrictions": elsewhere},
                {"type": "jwks", "options": options},
            ],
        });
        config
    }
}

fn legacy(secret: &[u8], claims: &Value) -> String {
    let key = EncodingKey::from_secret(secret).unwrap();
    encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
}

/// Who calls with a token, or why it is refused.
async fn check(world: &World, what: &str, token: &str, expected: &str) {
    let answer = ask(world, WHO, token).await;
    let found = match answer.status {
        200 => answer.text.trim().to_owned(),
        _ => refusal(&answer).1,
    };
    assert_eq!(found, expected, "{what}");
    world.another_address();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_shared_secret_is_its_service() {
    let world = World::configured(services(json!({}))).await;
    let now = world.provider_now();
    let plain = json!({"sub": "backstage-server"});
    let with = |key: &str, value: Value| {
        let mut claims = plain.clone();
        claims[key] = value;
        claims
    };
    let illegal = "Illegal token";
    check(&world, "plain", &legacy(SECRET, &plain), "service:default/ci").await;
    check(
        &world,
        "with an end",
        &legacy(SECRET, &with("exp", json!(now + 1))),
        "service:default/ci",
    )
    .await;
    check(
        &world,
        "an old key",
        &legacy(OLD, &plain),
        "service:default/external:backstage-plugin",
    )
    .await;
    let elsewhere = legacy(b"elsewhere", &plain);
    check(
        &world,
        "restricted",
        &elsewhere,
        "This token's access is restricted to plugin(s) 'catalog'",
    )
    .await;
    check(
        &world,
        "expired",
        &legacy(SECRET, &with("exp", json!(now))),
        illegal,
    )
    .await;
    check(&world, "another secret", &legacy(b"a guess", &plain), illegal).await;
    check(
        &world,
        "the secret as it is written",
        &legacy(WRITTEN.as_bytes(), &plain),
        illegal,
    )
    .await;
    check(
        &world,
        "another subject",
        &legacy(SECRET, &with("sub", json!("user:default/ada"))),
        illegal,
    )
    .await;
    check(
        &world,
        "an audience",
        &legacy(SECRET, &with("aud", json!("x"))),
        illegal,
    )
    .await;
    let strong = encode(
        &Header::new(Algorithm::HS512),
        &plain,
        &EncodingKey::from_secret(SECRET).unwrap(),
    );
    check(&world, "another algorithm", &strong.unwrap(), illegal).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_a_server_vouches_for_is_a_service() {
    let options = json!({"issuer": "https://ci.example", "audience": "portal, backstage-portal", "subjectPrefix": "ci", "algorithm": "ES256"});
    let world = World::configured(services(options)).await;
    let now = world.provider_now();
    let right = json!({"iss": "https://ci.example", "aud": "portal", "sub": "build-7"});
    let lies = |signing, key: &str, value: Value| {
        let mut claims = right.clone();
        claims[key] = value;
        world.provider.lies(signing, claims);
        world.provider.token()
    };
    let illegal = "Illegal token";
    let fine = "service:default/external:ci:build-7";
    let own = Signing::Right;
    check(&world, "right", &lies(own, "sub", json!("build-7")), fine).await;
    check(
        &world,
        "one of its audiences",
        &lies(own, "aud", json!(["x", "backstage-portal"])),
        fine,
    )
    .await;
    for (what, token) in [
        ("another issuer", lies(own, "iss", json!("https://evil.example"))),
        ("no issuer", lies(own, "iss", Value::Null)),
        ("another audience", lies(own, "aud", json!("other"))),
        ("no audience", lies(own, "aud", Value::Null)),
        ("nobody", lies(own, "sub", Value::Null)),
        ("expired", lies(own, "exp", json!(now))),
        ("not yet", lies(own, "nbf", json!(now + 1))),
        ("alg none", lies(Signing::None, "sub", json!("a"))),
        (
            "the public key as a secret",
            lies(Signing::PublicKeyAsSecret, "sub", json!("a")),
        ),
        ("another key", lies(Signing::OtherKey, "sub", json!("a"))),
        ("an unknown key", lies(Signing::UnknownKey, "sub", json!("a"))),
    ] {
        check(&world, what, &token, illegal).await;
    }
    // A made-up name of a key has the keys fetched at most every ten seconds.
    let fetches = world.provider.fetches();
    check(
        &world,
        "again",
        &lies(Signing::UnknownKey, "sub", json!("a")),
        illegal,
    )
    .await;
    assert_eq!(world.provider.fetches(), fetches);
    world.provider.rotate("second");
    world.advance(jiff::SignedDuration::from_secs(11));
    check(&world, "a new key", &lies(own, "sub", json!("build-7")), fine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_options_every_token_of_the_server_counts() {
    let world = World::configured(services(json!({}))).await;
    world
        .provider
        .lies(Signing::Right, json!({"aud": null, "iss": null}));
    check(
        &world,
        "bare",
        &world.provider.token(),
        "service:default/external:f3c1",
    )
    .await;
    world.provider.lies(Signing::PublicKeyAsSecret, json!({}));
    check(
        &world,
        "a secret of everybody",
        &world.provider.token(),
        "Illegal token",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_be_had_are_no_fault_of_the_token() {
    let world = World::configured(services(json!({"url": "http://127.0.0.1:1/keys"}))).await;
    let answer = ask(&world, WHO, &world.provider.token()).await;
    assert_eq!(
        refusal(&answer),
        (
            503,
            "The keys for this token cannot be had at the moment".to_owned()
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_of_another_backend_calls_for_itself_or_for_a_person() {
    let world = World::configured(|provider| {
        let mut config = settings(provider, json!({}));
        let target = format!("{}/api/{{{{pluginId}}}}", provider.base());
        config["discovery"] = json!({"endpoints": [{"target": target, "plugins": ["todo"]}]});
        config
    })
    .await;
    let now = world.provider_now();
    let right = json!({"sub": "todo", "aud": "lab", "iat": now, "exp": now + 60});
    let with = |key: &str, value: Value| {
        let mut claims = right.clone();
        claims[key] = value;
        claims
    };
    let kind = "vnd.backstage.plugin";
    let sign = |claims: &Value| world.provider.plugin_token(kind, claims);
    let token = token_of_ada(&world).await;
    let small = limited(&token);
    check(&world, "for itself", &sign(&right), "service:default/plugin:todo").await;
    check(
        &world,
        "for a person",
        &sign(&with("obo", json!(small))),
        ADA.trim(),
    )
    .await;
    let failed = "Failed plugin token verification";
    let unsigned = |token: String| token[..=token.rfind('.').unwrap()].to_owned();
    for (what, token, expected) in [
        ("for another plugin", sign(&with("aud", json!("catalog"))), failed),
        ("for several", sign(&with("aud", json!(["lab"]))), failed),
        (
            "of a plugin that is nowhere",
            sign(&with("sub", json!("other"))),
            failed,
        ),
        ("expired", sign(&with("exp", json!(now))), failed),
        ("without a beginning", sign(&with("iat", Value::Null)), failed),
        ("without a signature", unsigned(sign(&right)), failed),
        (
            "for a made-up person",
            sign(&with("obo", json!(unsigned(small.clone())))),
            FAILED,
        ),
        ("for a text", sign(&with("obo", json!("ada"))), failed),
        (
            "as a user",
            world.provider.plugin_token("vnd.backstage.user", &right),
            FAILED,
        ),
        (
            "of no type",
            world.provider.plugin_token("JWT", &right),
            "Illegal token",
        ),
    ] {
        check(&world, what, &token, expected).await;
    }
    world.provider.rotate("second");
    world.advance(jiff::SignedDuration::from_secs(11));
    check(
        &world,
        "with a new key",
        &sign(&right),
        "service:default/plugin:todo",
    )
    .await;
}
