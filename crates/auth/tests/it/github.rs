//! Sign-in with GitHub, against a server that has its three endpoints.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::flow::told;
use crate::world::{Answer, BASE, Browser, World, settings, state_of};

const SECRET: &str = "the-secret-of-the-oauth-app";
const ACCESS: &str = "gho_a-token-that-nobody-may-see";

struct Inner {
    base: String,
    /// Codes with the challenge that each began with.
    codes: HashMap<String, String>,
    given: usize,
    user: Value,
    emails: Value,
    /// Laid over the tokens.
    tokens: Value,
    /// A refresh token that counts once.
    refresh: Option<String>,
}

#[derive(Clone)]
struct GitHub(Arc<Mutex<Inner>>);

impl GitHub {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Inner {
            base: format!("http://{}", listener.local_addr().unwrap()),
            codes: HashMap::new(),
            given: 0,
            user: json!({"login": "ada", "id": 583_231, "name": "Ada Lovelace", "email": "anything@example.com"}),
            emails: json!([
                {"email": "old@example.com", "primary": false, "verified": true},
                {"email": "ada@example.com", "primary": true, "verified": true},
            ]),
            tokens: json!({}),
            refresh: None,
        };
        let github = Self(Arc::new(Mutex::new(inner)));
        let router = Router::new()
            .route("/login/oauth/access_token", post(tokens))
            .route("/api/v3/user", get(user))
            .route("/api/v3/user/emails", get(emails))
            .with_state(github.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        github
    }

    fn base(&self) -> String {
        self.0.lock().unwrap().base.clone()
    }

    /// Lets the person in who came by this address, and says where it leads back to.
    fn lets_in(&self, address: &str) -> String {
        let url = Url::parse(address).unwrap();
        let pairs: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs["client_id"], "app");
        assert_eq!(pairs["code_challenge_method"], "S256");
        assert!(!pairs.contains_key("nonce"), "GitHub knows none");
        let mut inner = self.0.lock().unwrap();
        let code = format!("code-{}", inner.codes.len());
        inner.codes.insert(code.clone(), pairs["code_challenge"].clone());
        format!(
            "/api/auth/github/handler/frame?code={code}&state={}",
            state_of(address)
        )
    }
}

async fn tokens(State(github): State<GitHub>, Form(form): Form<HashMap<String, String>>) -> Response {
    // GitHub answers mistakes with 200, too.
    let refused = |error: &str| Json(json!({"error": error, "error_description": "No."})).into_response();
    let mut inner = github.0.lock().unwrap();
    if form.get("client_secret").map(String::as_str) != Some(SECRET) {
        return refused("incorrect_client_credentials");
    }
    if let Some(refresh) = form.get("refresh_token") {
        if inner.refresh.take().as_ref() != Some(refresh) {
            return refused("bad_refresh_token");
        }
    } else {
        let challenge = form.get("code").and_then(|code| inner.codes.remove(code));
        let verifier = form.get("code_verifier").map_or("", String::as_str);
        if challenge != Some(URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))) {
            return refused("bad_verification_code");
        }
    }
    inner.given += 1;
    let mut answer = json!({"access_token": format!("{ACCESS}-{}", inner.given), "token_type": "bearer", "scope": "read:user"});
    for (key, value) in inner.tokens.as_object().unwrap() {
        answer[key] = value.clone();
    }
    inner.refresh = answer["refresh_token"].as_str().map(str::to_owned);
    Json(answer).into_response()
}

fn is_known(headers: &HeaderMap) -> bool {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok());
    token.is_some_and(|token| token.starts_with(&format!("Bearer {ACCESS}-")))
}

async fn user(State(github): State<GitHub>, headers: HeaderMap) -> Response {
    assert!(is_known(&headers), "{headers:?}");
    Json(github.0.lock().unwrap().user.clone()).into_response()
}

async fn emails(State(github): State<GitHub>, headers: HeaderMap) -> Response {
    assert!(is_known(&headers), "{headers:?}");
    Json(github.0.lock().unwrap().emails.clone()).into_response()
}

async fn world(github: &GitHub, resolver: Value) -> World {
    let base = github.base();
    World::configured(move |provider| {
        let mut section = settings(provider, json!({}));
        section["auth"]["providers"] = json!({"github": {"development": {
            "clientId": "app", "clientSecret": SECRET, "enterpriseInstanceUrl": format!("{base}/"),
            "additionalScopes": ["read:org"], "signIn": {"resolvers": [resolver]},
        }}});
        section
    })
    .await
}

async fn begin(browser: &mut Browser, world: &World, more: &str) -> String {
    let answer = browser
        .get(world, &format!("/api/auth/github/start?env=development{more}"))
        .await;
    assert_eq!(answer.status, 302, "{answer:?}");
    answer.header("location").to_owned()
}

async fn sign_in(browser: &mut Browser, github: &GitHub, world: &World) -> Answer {
    let address = begin(browser, world, "&redirectUrl=/who").await;
    browser.get(world, &github.lets_in(&address)).await
}

fn by(resolver: &str) -> Value {
    json!({ "resolver": resolver })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_with_github() {
    let github = GitHub::start().await;
    let world = world(&github, by("usernameMatchingUserEntityName")).await;
    let mut browser = Browser::default();
    let page = browser.get(&world, "/sign-in").await.text;
    assert!(
        page.contains("Sign in with GitHub") && page.contains("/api/auth/github/start"),
        "{page}"
    );
    let address = begin(&mut browser, &world, "&redirectUrl=/who").await;
    let url = Url::parse(&address).unwrap();
    assert_eq!(url.path(), "/login/oauth/authorize");
    assert!(address.contains("scope=read%3Auser+read%3Aorg&"), "{address}");
    let answer = browser.get(&world, &github.lets_in(&address)).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/who"),
        "{answer:?}"
    );
    assert!(browser.who(&world).await.starts_with("user:default/ada "));
    let script = [("x-requested-with", "XMLHttpRequest")];
    let path = "/api/auth/github/refresh?env=development&optional";
    let body = browser.send(&world, "GET", path, &script, "").await.text;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["providerInfo"]["accessToken"], format!("{ACCESS}-1"));
    assert_eq!(body["providerInfo"]["scope"], "read:user read:org");
    assert!(body["providerInfo"]["idToken"].is_null() && body["providerInfo"]["expiresInSeconds"].is_null());
    assert_eq!(
        body["backstageIdentity"]["identity"]["userEntityRef"],
        "user:default/ada"
    );
    let out = browser
        .send(
            &world,
            "POST",
            "/sign-out",
            &[("sec-fetch-site", "same-origin")],
            "",
        )
        .await;
    assert_eq!(
        out.header("location"),
        "/sign-in?notice=signed-out",
        "GitHub's own session stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_popup_of_github_tells_the_window_that_opened_it() {
    let github = GitHub::start().await;
    let world = world(&github, by("usernameMatchingUserEntityName")).await;
    let mut browser = Browser::default();
    let more = format!("&flow=popup&scope=read:user&origin={BASE}");
    let address = begin(&mut browser, &world, &more).await;
    let (message, origin) = told(&browser.get(&world, &github.lets_in(&address)).await);
    assert_eq!(origin, BASE);
    assert_eq!(message["type"], "authorization_response");
    let response = &message["response"];
    assert_eq!(
        response["backstageIdentity"]["identity"]["userEntityRef"],
        "user:default/ada"
    );
    assert_eq!(response["providerInfo"]["accessToken"], format!("{ACCESS}-1"));
    let address = begin(&mut browser, &world, &more).await;
    let wrong = github.lets_in(&address).replace("code=code-", "code=other-");
    let (message, _) = told(&browser.get(&world, &wrong).await);
    assert_eq!(message["error"]["name"], "ServiceUnavailableError");
    let text = message["error"]["message"].as_str().unwrap();
    assert!(text.contains("bad_verification_code"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn resolvers_of_github() {
    let email = "emailMatchingUserEntityProfileEmail";
    let local = "emailLocalPartMatchingUserEntityName";
    let unverified = json!([{"email": "ada@example.com", "primary": true, "verified": false}]);
    let verified = json!([{"email": "ada@example.com", "primary": true, "verified": true}]);
    for (resolver, emails, id, expected) in [
        (email, &verified, 1, "user:default/ada"),
        (local, &verified, 1, "user:default/ada"),
        (email, &unverified, 1, "does not call it verified"),
        (email, &json!([]), 1, "found no address"),
        (
            "userIdMatchingUserEntityAnnotation",
            &json!([]),
            583_231,
            "user:default/octocat",
        ),
        (
            "userIdMatchingUserEntityAnnotation",
            &json!([]),
            7,
            "looked for a User with the annotation github.com/user-id: 7",
        ),
    ] {
        let github = GitHub::start().await;
        {
            let mut inner = github.0.lock().unwrap();
            inner.emails = emails.clone();
            inner.user["id"] = id.into();
        }
        let world = world(&github, by(resolver)).await;
        let mut browser = Browser::default();
        let answer = sign_in(&mut browser, &github, &world).await;
        let found = if answer.status == 303 {
            browser.who(&world).await
        } else {
            answer.text
        };
        assert!(found.contains(expected), "{resolver} {emails}: {found}");
        assert!(!found.contains(ACCESS), "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_github_is_bound_to_its_sign_in() {
    let github = GitHub::start().await;
    let world = world(&github, by("usernameMatchingUserEntityName")).await;
    let (mut victim, mut attacker) = (Browser::default(), Browser::default());
    let of_attacker = github.lets_in(&begin(&mut attacker, &world, "").await);
    let code = of_attacker
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let own = state_of(&begin(&mut victim, &world, "").await);
    let path = format!("/api/auth/github/handler/frame?code={code}&state={own}");
    let answer = victim.get(&world, &path).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    assert_eq!(victim.who(&world).await, "401");
    let other = attacker
        .get(&world, &of_attacker.replace("/github/", "/oidc/"))
        .await;
    assert_eq!(other.status, 404, "{other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_a_github_app_are_renewed() {
    let github = GitHub::start().await;
    github.0.lock().unwrap().tokens = json!({"expires_in": 28_800, "refresh_token": "ghr_first"});
    let world = world(&github, by("usernameMatchingUserEntityName")).await;
    let mut browser = Browser::default();
    assert_eq!(sign_in(&mut browser, &github, &world).await.status, 303);
    let info = async |browser: &mut Browser| {
        let script = [("x-requested-with", "XMLHttpRequest")];
        let path = "/api/auth/github/refresh?env=development";
        let text = browser.send(&world, "GET", path, &script, "").await.text;
        let body: Value = serde_json::from_str(&text).unwrap();
        body["providerInfo"].clone()
    };
    assert_eq!(info(&mut browser).await["expiresInSeconds"], 28_800);
    world.clock.advance(jiff::SignedDuration::from_hours(9));
    assert_eq!(info(&mut browser).await["accessToken"], format!("{ACCESS}-2"));
}
