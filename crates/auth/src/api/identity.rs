//! Who is asking, as clients of the original ask for it: tokens for people who are signed in and for the guest, the keys behind
//! them, and what a token stands for.

use axum::extract::{Path, RawQuery, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use model::{EntityRef, Fault, FaultKind};
use plugin::{Rows, Rule};
use serde_json::{Value, json};
use web::api::Json;
use web::{ApiError, CurrentViewer};

use super::{check_script, no_store, wanted_provider};
use crate::front::{Front, SignedIn};
use crate::oidc::{Provider, ProviderTokens};
use crate::proxies::Proxy;
use crate::resolver::profile_of;

/// The rows of tokens and of what they stand for.
pub(super) fn rows() -> Rows<Front> {
    Rows::new()
        .get("/.well-known/jwks.json", Rule::anyone(), keys)
        .get("/.well-known/openid-configuration", Rule::anyone(), description)
        .get("/v1/userinfo", Rule::person_by_cookie(), user_info)
        .get("/guest/refresh", Rule::anyone(), guest)
        .post("/guest/refresh", Rule::anyone(), guest)
        .get("/guest/start", Rule::anyone(), not_implemented)
        .get("/guest/handler/frame", Rule::anyone(), not_implemented)
        .get("/{provider}/refresh", Rule::anyone(), refresh)
        .post("/{provider}/refresh", Rule::anyone(), refresh)
}

/// The public keys of user tokens.
async fn keys(State(front): State<Front>) -> Result<Response, ApiError> {
    Ok(Json(front.tokens.keys().set().await?).into_response())
}

/// What the portal is as a provider of identities (`@backstage/plugin-auth-backend` 0.30.1, with nothing experimental on).
async fn description(State(front): State<Front>) -> Response {
    let issuer = front.tokens.issuer();
    let at = |path: &str| format!("{issuer}{path}");
    Json(json!({
        "issuer": issuer,
        "token_endpoint": at("/v1/token"),
        "userinfo_endpoint": at("/v1/userinfo"),
        "jwks_uri": at("/.well-known/jwks.json"),
        "response_types_supported": ["code", "id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported":
            ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"],
        "scopes_supported": ["openid"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "claims_supported": ["sub", "ent"],
        "grant_types_supported": ["authorization_code"],
        "authorization_endpoint": at("/v1/authorize"),
        "code_challenge_methods_supported": ["S256", "plain"],
    }))
    .into_response()
}

/// Who is asking, and what it owns by.
async fn user_info(CurrentViewer(viewer): CurrentViewer) -> Result<Response, ApiError> {
    if viewer.is_service_alone() {
        return Err(ApiError::new(Fault::input(
            "Userinfo endpoint must be called with a token that represents a user principal",
        )));
    }
    let owners: Vec<String> = viewer.claims.iter().map(ToString::to_string).collect();
    let claims = json!({ "sub": viewer.reference().to_string(), "ent": owners });
    Ok(Json(json!({ "claims": claims })).into_response())
}

/// A token for the person whose session a browser has.
async fn refresh(
    State(front): State<Front>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    if let Some(proxy) = front.proxies.get(&id) {
        return of_proxy(&front, proxy, &parts).await;
    }
    let headers = parts.headers;
    let provider = wanted_provider(&front, &id, query.as_deref())?;
    check_script(&front, &headers)?;
    let session = front.sessions.of(&headers).await?;
    let session = session.filter(|session| session.provider == provider.settings.key());
    let session = session.ok_or_else(|| refused(Fault::input("Missing session cookie")))?;
    // A session outlives its provider's tokens, and a provider that is away.
    let tokens = front.provider_tokens(&session.id).await.ok().flatten();
    let info = provider_info(&front, provider, tokens.map(|(_, tokens)| tokens));
    answer(&front, &session.entity, Some(info)).await
}

/// What clients are told of the provider.
fn provider_info(front: &Front, provider: &Provider, tokens: Option<ProviderTokens>) -> Value {
    let mut info = json!({ "scope": provider.settings.scopes.join(" ") });
    if let Some(tokens) = tokens {
        if let Some(end) = tokens.expires {
            info["expiresInSeconds"] = end.duration_since(front.clock.now()).as_secs().into();
        }
        if let Some(token) = tokens.id_token {
            info["idToken"] = token.into();
        }
        info["accessToken"] = tokens.access_token.into();
    }
    info
}

/// What the window that waits for a sign-in is told.
pub(super) async fn of_sign_in(front: &Front, signed_in: &SignedIn) -> Result<Value, Fault> {
    let provider = front.provider(&signed_in.provider);
    let tokens = signed_in.tokens.clone();
    let info = provider.map(|provider| provider_info(front, provider, Some(tokens)));
    body(front, &signed_in.entity, info).await
}

/// A token for the person whom a proxy names in this very request. Neither a cookie nor the header of scripts is asked for, as in
/// the original.
async fn of_proxy(front: &Front, proxy: &Proxy, parts: &Parts) -> Result<Response, ApiError> {
    let refused = |message: String| ApiError::new(Fault::new(FaultKind::Authentication.as_wire(), message));
    let person = front.proxies.person_of(proxy, parts).await;
    let person = person.map_err(|refusal| refused(format!("{}. {}", refusal.title, refusal.message)))?;
    let person = person.ok_or_else(|| refused("The proxy named nobody in this request".to_owned()))?;
    let info = person.access_token.as_ref();
    let info = info.map(|token| json!({ "accessToken": token }));
    let mut body = body(front, &person.entity, info).await?;
    // What the catalog does not say of the person, the proxy does.
    for (key, said) in [
        ("email", &person.profile.email),
        ("displayName", &person.profile.name),
    ] {
        if let (true, Some(said)) = (body["profile"][key].is_null(), said) {
            body["profile"][key] = said.clone().into();
        }
    }
    Ok(no_store(Json(body).into_response()))
}

/// A token for the guest, where there is one.
async fn guest(State(front): State<Front>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    if !front.admits_guest(&parts) {
        return Err(ApiError::new(Fault::not_allowed(
            "There is no guest for requests from elsewhere; whoever runs the portal can set \
             auth.providers.guest.dangerouslyAllowOutsideDevelopment: true",
        )));
    }
    answer(&front, &front.guest.entity, None).await
}

fn refused(cause: Fault) -> Fault {
    Fault::new(FaultKind::Authentication.as_wire(), "Refresh failed").caused_by(cause)
}

/// A new token of a person with what clients show of it.
async fn answer(front: &Front, person: &EntityRef, provider: Option<Value>) -> Result<Response, ApiError> {
    Ok(no_store(
        Json(body(front, person, provider).await?).into_response(),
    ))
}

async fn body(front: &Front, person: &EntityRef, provider: Option<Value>) -> Result<Value, Fault> {
    let owners = front.owners.of(person).await?;
    let profile = profile_of(&front.catalog, person).await?;
    let named = front.names_owners.then_some(&*owners);
    let token = front.tokens.issue(person, named).await?;
    let owners: Vec<String> = owners.iter().map(ToString::to_string).collect();
    let mut body = json!({ "profile": profile });
    if let Some(provider) = provider {
        body["providerInfo"] = provider;
    }
    body["backstageIdentity"] = json!({
        "token": token.text,
        "identity": {
            "type": "user",
            "userEntityRef": person.to_string(),
            "ownershipEntityRefs": owners,
        },
        "expiresInSeconds": token.expires - front.clock.now().as_second(),
    });
    Ok(body)
}

async fn not_implemented() -> ApiError {
    ApiError::new(super::not_implemented())
}
