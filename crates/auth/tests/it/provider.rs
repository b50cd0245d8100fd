//! A provider of OpenID Connect on the loopback interface, which lies on request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

pub const CLIENT: &str = "portal";
pub const CLIENT_SECRET: &str = "client+secret/of:the portal";
pub const ACCESS_TOKEN: &str = "an-access-token-that-nobody-may-see";

/// How tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signing {
    /// As they should be.
    #[default]
    Right,
    /// `alg: none`, without a signature.
    None,
    /// HS256 with the bytes of the public key, which a library may take for a secret.
    PublicKeyAsSecret,
    /// HS256 with the client's secret.
    ClientSecret,
    /// With another key under the name of the right one.
    OtherKey,
    /// With a key that is not published.
    UnknownKey,
}

struct Key {
    name: String,
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

impl Key {
    fn new(name: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Self {
            name: name.to_owned(),
            public: pair.public_key().as_ref().to_vec(),
            pkcs8: pkcs8.as_ref().to_vec(),
        }
    }

    fn published(&self) -> Value {
        let part = |range: std::ops::Range<usize>| URL_SAFE_NO_PAD.encode(&self.public[range]);
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.name, "x": part(1..33), "y": part(33..65)})
    }
}

/// A code that was given out.
struct Grant {
    nonce: String,
    challenge: String,
}

struct Inner {
    base: String,
    key: Key,
    other: Key,
    now: i64,
    grants: HashMap<String, Grant>,
    signing: Signing,
    /// Laid over the claims.
    claims: Value,
    user_info: Value,
    given: Vec<String>,
    /// The one refresh token that is taken, and how many were given.
    refresh: (String, usize),
    fetches: usize,
    away: bool,
    /// Laid over what it says of itself.
    about: Value,
    /// What the token endpoint answers instead of tokens.
    refuses: Option<(u16, Value)>,
}

#[derive(Clone)]
pub struct Provider {
    inner: Arc<Mutex<Inner>>,
}

impl Provider {
    /// A running provider, whose clock shows this second.
    pub async fn start(now: i64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner {
            base,
            key: Key::new("first"),
            other: Key::new("first"),
            now,
            grants: HashMap::new(),
            signing: Signing::default(),
            claims: json!({}),
            user_info: json!({}),
            given: Vec::new(),
            refresh: (String::new(), 0),
            fetches: 0,
            away: false,
            about: json!({}),
            refuses: None,
        };
        let provider = Self {
            inner: Arc::new(Mutex::new(inner)),
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/api/{plugin}/.backstage/auth/v1/jwks.json", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .layer(middleware::from_fn_with_state(provider.clone(), answering))
            .with_state(provider.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        provider
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn base(&self) -> String {
        self.lock().base.clone()
    }

    pub fn metadata_url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.base())
    }

    /// Signs and claims this from now on.
    pub fn lies(&self, signing: Signing, claims: Value) {
        let mut inner = self.lock();
        (inner.signing, inner.claims) = (signing, claims);
    }

    pub fn tells(&self, user_info: Value) {
        self.lock().user_info = user_info;
    }

    /// Signs with a new key from now on.
    pub fn rotate(&self, name: &str) {
        self.lock().key = Key::new(name);
    }

    pub fn set_time(&self, now: i64) {
        self.lock().now = now;
    }

    /// Answers nothing sensible until it is back.
    pub fn goes_away(&self, away: bool) {
        self.lock().away = away;
    }

    /// Says this, too, of itself.
    pub fn says_of_itself(&self, about: Value) {
        self.lock().about = about;
    }

    /// Gives no tokens, but this answer.
    pub fn refuses(&self, status: u16, answer: Value) {
        self.lock().refuses = Some((status, answer));
    }

    /// How many times tokens were given.
    pub fn times(&self) -> usize {
        self.lock().refresh.1
    }

    /// Gives no new tokens any more.
    pub fn end_session(&self) {
        self.lock().refresh.0 = String::new();
    }

    /// Tokens that were given out.
    pub fn given(&self) -> Vec<String> {
        self.lock().given.clone()
    }

    /// A token without any sign-in, signed and claimed as it lies at present.
    pub fn token(&self) -> String {
        self.lock().token("")
    }

    /// A token of a type, as a plugin of another backend signs it.
    pub fn plugin_token(&self, kind: &str, claims: &Value) -> String {
        let inner = self.lock();
        let header = Header {
            typ: Some(kind.to_owned()),
            kid: Some(inner.key.name.clone()),
            ..Header::new(Algorithm::ES256)
        };
        encode(&header, claims, &EncodingKey::from_ec_der(&inner.key.pkcs8)).unwrap()
    }

    /// How often the keys were fetched.
    pub fn fetches(&self) -> usize {
        self.lock().fetches
    }

    /// Lets the person in who came by this address, and gives the code with which the browser goes back.
    pub fn lets_in(&self, address: &str) -> String {
        let url = Url::parse(address).unwrap();
        let value = |name: &str| {
            let found = url.query_pairs().find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned()).unwrap()
        };
        assert_eq!(
            (value("client_id"), value("code_challenge_method")),
            (CLIENT.to_owned(), "S256".to_owned())
        );
        let mut inner = self.lock();
        let code = format!("code-{}", inner.grants.len() + inner.given.len());
        let grant = Grant {
            nonce: value("nonce"),
            challenge: value("code_challenge"),
        };
        inner.grants.insert(code.clone(), grant);
        code
    }
}

impl Inner {
    /// A refresh token is taken once.
    fn give(&mut self, token: String) -> Response {
        self.given.push(token.clone());
        self.refresh.1 += 1;
        self.refresh.0 = format!("a-refresh-token-that-nobody-may-see-{}", self.refresh.1);
        Json(
            json!({"id_token": token, "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 300,
            "refresh_token": self.refresh.0}),
        )
        .into_response()
    }

    fn claims(&self, nonce: &str) -> Value {
        let mut claims = json!({
            "iss": self.base, "sub": "f3c1", "aud": CLIENT, "azp": CLIENT, "nonce": nonce,
            "iat": self.now, "exp": self.now + 300,
            "email": "ada@example.com", "email_verified": true, "preferred_username": "ada", "name": "Ada Lovelace",
        });
        for (key, value) in self.claims.as_object().unwrap() {
            claims[key] = value.clone();
        }
        claims
    }

    fn token(&self, nonce: &str) -> String {
        let claims = self.claims(nonce);
        let signed = |algorithm, name: &str, key: &EncodingKey| {
            let header = Header {
                kid: Some(name.to_owned()),
                ..Header::new(algorithm)
            };
            encode(&header, &claims, key).unwrap()
        };
        let by_secret = |secret: &[u8]| {
            signed(
                Algorithm::HS256,
                &self.key.name,
                &EncodingKey::from_secret(secret).unwrap(),
            )
        };
        let own = EncodingKey::from_ec_der(&self.key.pkcs8);
        match self.signing {
            Signing::Right => signed(Algorithm::ES256, &self.key.name, &own),
            Signing::UnknownKey => signed(Algorithm::ES256, "nobody-knows", &own),
            Signing::OtherKey => signed(
                Algorithm::ES256,
                &self.key.name,
                &EncodingKey::from_ec_der(&self.other.pkcs8),
            ),
            Signing::PublicKeyAsSecret => by_secret(&self.key.public),
            Signing::ClientSecret => by_secret(CLIENT_SECRET.as_bytes()),
            Signing::None => {
                let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
                format!(
                    "{}.{}.",
                    part(&json!({"alg": "none", "kid": self.key.name})),
                    part(&claims)
                )
            }
        }
    }
}

async fn answering(State(provider): State<Provider>, request: Request, next: Next) -> Response {
    let is_away = provider.lock().away;
    if is_away {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    next.run(request).await
}

async fn metadata(State(provider): State<Provider>) -> Json<Value> {
    let base = provider.base();
    let mut document = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"),
        "userinfo_endpoint": format!("{base}/userinfo"),
        "end_session_endpoint": format!("{base}/logout"),
    });
    for (key, value) in provider.lock().about.as_object().unwrap() {
        document[key] = value.clone();
    }
    Json(document)
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let mut inner = provider.lock();
    inner.fetches += 1;
    // Others publish keys of sorts that nobody here knows, and keys for encryption.
    let odd = json!({"kty": "STRANGE", "kid": "odd"});
    let mut encryption = inner.other.published();
    encryption["use"] = "enc".into();
    Json(json!({"keys": [odd, encryption, inner.key.published()]}))
}

async fn user_info(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    let expected = format!("Bearer {ACCESS_TOKEN}");
    if headers
        .get("authorization")
        .is_none_or(|token| *token != expected)
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(provider.lock().user_info.clone()).into_response()
}

/// Redeems a code once, for who began with its verifier and knows the client's secret.
async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response();
    let login = STANDARD.encode(format!("{CLIENT}:client%2Bsecret%2Fof%3Athe+portal"));
    if headers
        .get("authorization")
        .is_none_or(|given| *given != format!("Basic {login}"))
    {
        return refused("invalid_client");
    }
    let mut inner = provider.lock();
    if let Some((status, answer)) = &inner.refuses {
        return (StatusCode::from_u16(*status).unwrap(), Json(answer.clone())).into_response();
    }
    if form.get("grant_type").map(String::as_str) == Some("refresh_token") {
        if inner.refresh.0.is_empty() || form.get("refresh_token") != Some(&inner.refresh.0) {
            return refused("invalid_grant");
        }
        let token = inner.token("");
        return inner.give(token);
    }
    let Some(grant) = form.get("code").and_then(|code| inner.grants.remove(code)) else {
        return refused("invalid_grant");
    };
    let verifier = form.get("code_verifier").map_or("", String::as_str);
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != grant.challenge {
        return refused("invalid_grant");
    }
    let token = inner.token(&grant.nonce);
    inner.give(token)
}
