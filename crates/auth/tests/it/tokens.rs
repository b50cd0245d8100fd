//! Tokens of people: how they are got, what they are good for, and what is not believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::provider::ACCESS_TOKEN;
use crate::replica::Replica;
use crate::world::{Answer, BASE, Browser, World, settings, start, way_back};

const SCRIPT: (&str, &str) = ("x-requested-with", "XMLHttpRequest");
const REFRESH: &str = "/api/auth/oidc/refresh?optional&scope=openid&env=development";
pub const WHO: &str = "/api/lab/who";
pub const ADA: &str = "user:default/ada user:default/ada group:default/platform group:default/engineering";
pub const FAILED: &str = "Failed user token verification";

pub fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("{answer:?}"))
}

/// The message of an error, with its status.
pub fn refusal(answer: &Answer) -> (u16, String) {
    let message = body(answer)["error"]["message"].as_str().unwrap().to_owned();
    (answer.status, message)
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The limited token that every holder of a user token can make.
pub fn limited(token: &str) -> String {
    let (header, claims) = (part(token, 0), part(token, 1));
    let header = format!(
        r#"{{"typ":"vnd.backstage.limited-user","alg":"ES256","kid":{}}}"#,
        header["kid"]
    );
    let payload = format!(
        r#"{{"sub":{},"iat":{},"exp":{}}}"#,
        claims["sub"], claims["iat"], claims["exp"]
    );
    let [header, payload] = [header, payload].map(|text| URL_SAFE_NO_PAD.encode(text));
    format!("{header}.{payload}.{}", claims["uip"].as_str().unwrap())
}

pub async fn token_of_ada(world: &World) -> String {
    let mut browser = Browser::default();
    browser.sign_in(world).await;
    let answer = browser.send(world, "GET", REFRESH, &[SCRIPT], "").await;
    body(&answer)["backstageIdentity"]["token"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Asks with a token and nothing else.
pub async fn ask(world: &World, path: &str, token: &str) -> Answer {
    let header = format!("Bearer {token}");
    let headers = [("authorization", header.as_str())];
    Browser::default().send(world, "GET", path, &headers, "").await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_in_gets_a_token_that_programs_carry() {
    let world = World::start().await;
    let mut browser = Browser::default();
    browser.sign_in(&world).await;
    let answer = browser.send(&world, "GET", REFRESH, &[SCRIPT], "").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let got = body(&answer);
    assert_eq!(got["profile"], json!({"email": "Ada@example.com"}));
    let info = &got["providerInfo"];
    assert_eq!(info["scope"], "openid profile email");
    assert_eq!(info["idToken"], world.provider.given()[0]);
    assert_eq!(
        (&info["accessToken"], &info["expiresInSeconds"]),
        (&json!(ACCESS_TOKEN), &json!(300))
    );
    let identity = &got["backstageIdentity"];
    assert_eq!(identity["expiresInSeconds"], 3600);
    assert_eq!(
        identity["identity"],
        json!({
            "type": "user", "userEntityRef": "user:default/ada",
            "ownershipEntityRefs": ["user:default/ada", "group:default/platform", "group:default/engineering"],
        })
    );
    let token = identity["token"].as_str().unwrap();
    let [header, claims] = [0, 1].map(|at| {
        let part = token.split('.').nth(at).unwrap();
        String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    });
    let (now, read) = (world.provider_now(), part(token, 1));
    let uip = read["uip"].as_str().unwrap();
    assert_eq!(
        claims,
        format!(
            r#"{{"iss":"{BASE}/api/auth","sub":"user:default/ada","aud":"backstage","iat":{now},"exp":{},"uip":"{uip}"}}"#,
            now + 3600
        )
    );
    assert!(
        header.starts_with(r#"{"typ":"vnd.backstage.user","alg":"ES256","kid":""#),
        "{header}"
    );
    let keys = body(
        &Browser::default()
            .get(&world, "/api/auth/.well-known/jwks.json")
            .await,
    );
    assert_eq!(keys["keys"][0]["kid"], part(token, 0)["kid"]);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    assert_eq!(ask(&world, WHO, token).await.text, ADA);
    let info = body(&ask(&world, "/api/auth/v1/userinfo", token).await);
    assert_eq!(info["claims"]["sub"], "user:default/ada");
    assert_eq!(info["claims"]["ent"][2], "group:default/engineering");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_gets_one() {
    let world = World::start().await;
    let mut stranger = Browser::default();
    let answer = stranger.send(&world, "GET", REFRESH, &[SCRIPT], "").await;
    assert_eq!(
        refusal(&answer),
        (
            401,
            "Refresh failed; caused by InputError: Missing session cookie".to_owned()
        )
    );
    let mut browser = Browser::default();
    browser.sign_in(&world).await;
    let evil = ("origin", "https://evil.example");
    for (path, headers, status) in [
        (REFRESH, vec![], 401),
        (REFRESH, vec![SCRIPT, evil], 403),
        ("/api/auth/oidc/refresh", vec![SCRIPT], 400),
        ("/api/auth/oidc/refresh?env=other", vec![SCRIPT], 404),
        ("/api/auth/github/refresh?env=development", vec![SCRIPT], 404),
        ("/api/auth/guest/refresh", vec![SCRIPT], 403),
        ("/api/auth/guest/start", vec![], 501),
    ] {
        let answer = browser.send(&world, "GET", path, &headers, "").await;
        assert_eq!(answer.status, status, "{path} {headers:?}");
        assert!(!answer.text.contains("backstageIdentity"), "{answer:?}");
    }
}

const USER: &str = "vnd.backstage.user";

/// Why tokens are refused. Each address may be wrong a few times only.
async fn check_refused(world: &World, table: Vec<(&str, String, &str)>) {
    for (what, token, expected) in table {
        let answer = ask(world, WHO, &token).await;
        assert_eq!(refusal(&answer), (401, expected.to_owned()), "{what}");
        world.another_address();
    }
}

/// A replica of the portal whose key is published, and the claims of a token that is right.
async fn replica_of(world: &World) -> (Replica, Value) {
    let (replica, now) = (Replica::new(), world.provider_now());
    world.publish(&replica, now).await;
    let claims = json!({"sub": "user:default/ada", "aud": "backstage", "iat": now, "exp": now + 60});
    assert_eq!(ask(world, WHO, &replica.sign(USER, &claims)).await.text, ADA);
    (replica, claims)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_somebody_changed_is_refused() {
    let world = World::start().await;
    let token = token_of_ada(&world).await;
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("{token}");
    };
    let text = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let changed = |key: &str, value: Value| {
        let mut claims = part(&token, 1);
        claims[key] = value;
        format!("{header}.{}.{signature}", text(&claims.to_string()))
    };
    let none = text(r#"{"typ":"vnd.backstage.user","alg":"none"}"#);
    let letters = "+".repeat(86);
    let table = vec![
        ("no token at all", "abc".to_owned(), "Illegal token"),
        (
            "another person",
            changed("sub", json!("user:default/twin")),
            FAILED,
        ),
        (
            "a longer life",
            changed("exp", json!(world.provider_now() + 9_999)),
            FAILED,
        ),
        ("another proof", changed("uip", json!("A".repeat(86))), FAILED),
        ("no signature", format!("{header}.{payload}."), FAILED),
        ("a short signature", format!("{header}.{payload}.AAAA"), FAILED),
        ("no base64", format!("{header}.{payload}.{letters}"), FAILED),
        ("an empty payload", format!("{header}..{signature}"), FAILED),
        ("alg none", format!("{none}.{payload}."), FAILED),
        (
            "alg none, signed",
            format!("{none}.{payload}.{signature}"),
            FAILED,
        ),
        ("a limited token", limited(&token), "Illegal limited user token"),
    ];
    check_refused(&world, table).await;
    assert_eq!(ask(&world, WHO, &token).await.text, ADA);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_key_or_algorithm_is_refused() {
    let world = World::start().await;
    let (replica, claims) = replica_of(&world).await;
    let unknown = Replica::new();
    let extended = format!(
        r#"{{"typ":"{USER}","alg":"ES256","kid":"{}","crit":["exp"]}}"#,
        replica.id
    );
    let nameless = format!(r#"{{"typ":"{USER}","alg":"ES256"}}"#);
    let table = vec![
        ("a key that nobody published", unknown.sign(USER, &claims), FAILED),
        (
            "another key under the name",
            unknown.named(&replica.id).sign(USER, &claims),
            FAILED,
        ),
        (
            "a name that is none",
            replica.named("' OR 1=1 --").sign(USER, &claims),
            FAILED,
        ),
        ("no name", replica.sign_header(&nameless, &claims), FAILED),
        ("an extension", replica.sign_header(&extended, &claims), FAILED),
        (
            "the public key as a secret",
            replica.sign_with_public_key_as_secret(USER, &claims),
            FAILED,
        ),
    ];
    check_refused(&world, table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_token_with_other_claims_is_refused() {
    let world = World::start().await;
    let (replica, claims) = replica_of(&world).await;
    let of = |kind: &str, key: &str, value: Value| {
        let mut claims = claims.clone();
        claims[key] = value;
        replica.sign(kind, &claims)
    };
    let now = world.provider_now();
    let table = vec![
        ("another type", of("JWT", "aud", json!("other")), "Illegal token"),
        ("no known type, as of old", replica.sign("JWT", &claims), FAILED),
        ("another audience", of(USER, "aud", json!("other")), FAILED),
        ("several audiences", of(USER, "aud", json!(["backstage"])), FAILED),
        ("no audience", of(USER, "aud", Value::Null), FAILED),
        ("expired now", of(USER, "exp", json!(now)), FAILED),
        ("no expiry", of(USER, "exp", Value::Null), FAILED),
        ("no beginning", of(USER, "iat", Value::Null), FAILED),
        ("nobody", of(USER, "sub", json!("ada")), FAILED),
    ];
    check_refused(&world, table).await;
    world.advance(SignedDuration::from_hours(3));
    let late = json!({"sub": "user:default/ada", "aud": "backstage", "iat": now, "exp": now + 99_999});
    check_refused(
        &world,
        vec![("a key that is too old", replica.sign(USER, &late), FAILED)],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_counts_before_the_cookie_of_a_session() {
    let world = World::start().await;
    let mut browser = Browser::default();
    browser.sign_in(&world).await;
    let wrong = [("authorization", "Bearer wrong")];
    let answer = browser.send(&world, "GET", WHO, &wrong, "").await;
    assert_eq!(refusal(&answer), (401, "Illegal token".to_owned()));
    assert_eq!(browser.get(&world, WHO).await.text, ADA);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_and_hold_in_every_process() {
    let mut world = World::start().await;
    let first = token_of_ada(&world).await;
    world.restart();
    assert_eq!(ask(&world, WHO, &first).await.text, ADA, "another process");
    world.advance(SignedDuration::from_mins(59));
    let second = token_of_ada(&world).await;
    world.advance(SignedDuration::from_mins(2));
    assert_eq!(
        refusal(&ask(&world, WHO, &first).await).1,
        FAILED,
        "an hour is over"
    );
    let third = token_of_ada(&world).await;
    let key = |token: &str| part(token, 0)["kid"].clone();
    assert_ne!(key(&first), key(&second), "every process has its own key");
    assert_eq!(key(&second), key(&third), "which signs for an hour");
    world.advance(SignedDuration::from_mins(57));
    assert_eq!(ask(&world, WHO, &third).await.text, ADA);
    let fourth = token_of_ada(&world).await;
    assert_eq!(key(&third), key(&fourth));
    world.advance(SignedDuration::from_mins(3));
    let fifth = token_of_ada(&world).await;
    assert_ne!(key(&fourth), key(&fifth), "and then a new one");
    assert_eq!(ask(&world, WHO, &fourth).await.text, ADA, "old ones verify");
    let path = "/api/auth/.well-known/jwks.json";
    let listed = body(&Browser::default().get(&world, path).await);
    assert_eq!(listed["keys"].as_array().unwrap().len(), 3);
    world.advance(SignedDuration::from_hours(3));
    let listed = body(&Browser::default().get(&world, path).await);
    assert_eq!(
        listed["keys"].as_array().unwrap().len(),
        0,
        "three hours after they were made"
    );
}

/// A configuration without a provider, with this guest.
fn with_guest(more: Value) -> impl FnOnce(&crate::provider::Provider) -> Value {
    move |provider| {
        let mut config = settings(provider, json!({}));
        config["auth"] = json!({"providers": {"guest": more}});
        config
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guest_gets_a_token_where_the_configuration_says_so() {
    let guest = async |world: &World| {
        let answer = Browser::default().get(world, "/api/auth/guest/refresh").await;
        (answer.status, answer)
    };
    let world = World::configured(with_guest(json!({}))).await;
    assert_eq!(guest(&world).await.0, 403);
    let open = json!({"dangerouslyAllowOutsideDevelopment": true});
    let world = World::configured(with_guest(open.clone())).await;
    let (status, answer) = guest(&world).await;
    assert_eq!(status, 200, "{answer:?}");
    let token = body(&answer)["backstageIdentity"]["token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        ask(&world, WHO, &token).await.text,
        "user:development/guest user:development/guest"
    );
    // Where people sign in, nobody comes in without.
    let world = World::configured(|provider| {
        let mut config = settings(provider, json!({}));
        config["auth"]["providers"]["guest"] = open;
        config
    })
    .await;
    assert_eq!(guest(&world).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_original_s_frontend_signs_people_in_from_its_own_address() {
    let app = "http://frontend.example";
    let world = World::configured(|provider| {
        let mut config = settings(provider, json!({}));
        config["app"] = json!({"baseUrl": format!("{app}/portal")});
        config
    })
    .await;
    let mut browser = Browser::default();
    let begin = |page: &str| format!("{}&origin={app}&flow=redirect", start(page));
    let page = format!("{app}/portal/docs");
    let answer = browser.get(&world, &begin(&page)).await;
    let back = way_back(&world, answer.header("location"));
    let answer = browser.get(&world, &back).await;
    assert_eq!((answer.status, answer.header("location")), (303, page.as_str()));
    let headers = [SCRIPT, ("origin", app), ("sec-fetch-site", "same-site")];
    let answer = browser.send(&world, "GET", REFRESH, &headers, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    for elsewhere in [
        "http://frontend.example.evil.example/",
        "http://evil.example/",
        "https://frontend.example/",
    ] {
        assert_eq!(
            browser.get(&world, &begin(elsewhere)).await.status,
            400,
            "{elsewhere}"
        );
    }
}
