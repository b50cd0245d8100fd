//! Headers without a proof of their own. They count because the connection comes from the proxy, which writes them and removes
//! those of clients.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderName;
use jiff::Timestamp;
use serde_json::Value;

use super::{Named, single, text};
use crate::refusal::Refusal;
use crate::resolver::Profile;
use crate::settings::{Networks, PlainHeaders};

/// The headers of oauth2-proxy (`--pass-user-headers`), as the original's provider reads them.
const USER: HeaderName = HeaderName::from_static("x-forwarded-user");
const USERNAME: HeaderName = HeaderName::from_static("x-forwarded-preferred-username");
const EMAIL: HeaderName = HeaderName::from_static("x-forwarded-email");
const ID_TOKEN: HeaderName = HeaderName::from_static("x-oauth2-proxy-id-token");
/// The headers of Azure App Service.
const ENTRA_TOKEN: HeaderName = HeaderName::from_static("x-ms-token-aad-id-token");
const ENTRA_ACCESS: HeaderName = HeaderName::from_static("x-ms-token-aad-access-token");

/// What the headers say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PlainTexts {
    OAuth2Proxy {
        user: Option<String>,
        username: Option<String>,
        email: Option<String>,
        token: Option<String>,
    },
    EasyAuth {
        token: String,
        access: Option<String>,
    },
}

impl PlainHeaders {
    /// The header that names people.
    pub(super) fn first(self) -> &'static str {
        match self {
            Self::OAuth2Proxy => "x-forwarded-user",
            Self::EasyAuth => "x-ms-token-aad-id-token",
        }
    }

    /// What the headers of a request say; nothing where they name nobody.
    pub(super) fn read(self, headers: &HeaderMap, place: &str) -> Result<Option<PlainTexts>, Refusal> {
        let one = |name: &HeaderName| single(headers, name, place);
        Ok(match self {
            Self::OAuth2Proxy => {
                let (user, username, email) = (one(&USER)?, one(&USERNAME)?, one(&EMAIL)?);
                let is_somebody = user.is_some() || username.is_some() || email.is_some();
                let token = one(&ID_TOKEN)?;
                let token = token.map(|text| match text.get(..7) {
                    Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => text[7..].trim().to_owned(),
                    _ => text,
                });
                is_somebody.then_some(PlainTexts::OAuth2Proxy {
                    user,
                    username,
                    email,
                    token,
                })
            }
            Self::EasyAuth => {
                let access = one(&ENTRA_ACCESS)?;
                one(&ENTRA_TOKEN)?.map(|token| PlainTexts::EasyAuth { token, access })
            }
        })
    }
}

/// Whether the connection comes from the proxy.
pub(super) fn check_sender(
    networks: &Networks,
    parts: &Parts,
    header: &str,
    place: &str,
) -> Result<(), Refusal> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let address = peer.map(|peer| peer.0.ip().to_canonical());
    if address.is_some_and(|address| networks.contain(address)) {
        return Ok(());
    }
    let address = address.map_or_else(|| "nowhere".to_owned(), |address| address.to_string());
    Err(Refusal::untrusted(header, &address, place))
}

impl PlainTexts {
    /// The header that names the person.
    pub(super) fn header(&self) -> &'static str {
        match self {
            Self::OAuth2Proxy {
                user: None,
                username: Some(_),
                ..
            } => "x-forwarded-preferred-username",
            Self::OAuth2Proxy {
                user: None,
                email: Some(_),
                ..
            } => "x-forwarded-email",
            Self::OAuth2Proxy { .. } => PlainHeaders::OAuth2Proxy.first(),
            Self::EasyAuth { .. } => PlainHeaders::EasyAuth.first(),
        }
    }

    /// The person.
    pub(super) fn named(&self, place: &str, now: Timestamp) -> Result<Named, Refusal> {
        match self {
            Self::OAuth2Proxy {
                user,
                username,
                email,
                token,
            } => Ok(Named {
                profile: Profile {
                    id: user.clone(),
                    name: username.clone().or_else(|| user.clone()),
                    username: username.clone(),
                    email: email.clone(),
                    has_unverified_email: false,
                },
                access_token: token.clone(),
                until: None,
            }),
            Self::EasyAuth { token, access } => of_entra(token, access.as_ref(), place, now),
        }
    }
}

/// The claims of a token that App Service has verified; of its own accord nothing proves it.
fn of_entra(token: &str, access: Option<&String>, place: &str, now: Timestamp) -> Result<Named, Refusal> {
    let refused = |reason: &str| Refusal::unproved(reason, place);
    let claims = token.split('.').nth(1).and_then(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
        serde_json::from_slice::<Value>(&bytes).ok()
    });
    let claims = claims.ok_or_else(|| refused("Its ID token cannot be read"))?;
    if claims["ver"] != "2.0" {
        return Err(refused("Its ID token is not of version 2.0"));
    }
    let until = claims["exp"]
        .as_i64()
        .and_then(|end| Timestamp::from_second(end).ok());
    if until.is_some_and(|until| until <= now) {
        return Err(refused("Its ID token has expired"));
    }
    Ok(Named {
        profile: Profile {
            id: text(&claims, "oid"),
            username: text(&claims, "preferred_username"),
            name: text(&claims, "name"),
            email: text(&claims, "email"),
            has_unverified_email: false,
        },
        access_token: access.cloned(),
        until,
    })
}
