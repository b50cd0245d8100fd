//! ID tokens: whom a provider vouches for, to this portal, for this sign-in, now.
//!
//! The library checks the signature; claims are checked here, strictly and by the portal's clock: its own check takes lists
//! for an issuer and reads the machine's clock.

use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::AtProvider;
use crate::resolver::Profile;

/// How far the clocks of provider and portal may differ, in seconds.
pub(super) const LEEWAY: f64 = 60.0;

/// What a token has to say.
pub(crate) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub algorithm: Algorithm,
    pub now: Timestamp,
}

/// Why a token is refused, without any part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenFault {
    #[error("Its ID token cannot be read")]
    Malformed,
    #[error("Its ID token is not signed by the algorithm that tokenSignedResponseAlg names")]
    Algorithm,
    #[error("Its ID token is signed with a key that it does not publish")]
    UnknownKey,
    #[error("The signature of its ID token is wrong")]
    Signature,
    #[error("Its ID token is of another issuer")]
    Issuer,
    #[error("Its ID token is for another client")]
    Audience,
    /// So many seconds ago.
    #[error("Its ID token has expired, {} ago by the portal's clock", span(*.0))]
    Expired(i64),
    /// By so many seconds.
    #[error("Its ID token is from the future, by {} of the portal's clock", span(*.0))]
    Future(i64),
    #[error("Its ID token was made for another sign-in")]
    Nonce,
    #[error("Its ID token names nobody")]
    Nobody,
}

/// The claims of a verified token.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: f64,
    iat: Option<f64>,
    nonce: Option<String>,
    azp: Option<String>,
    /// Not before; OpenID Connect does without it, some providers do not.
    nbf: Option<f64>,
    sid: Option<String>,
    #[serde(flatten)]
    about: About,
}

/// What is said about the person.
#[derive(Debug, Clone, Default, Deserialize)]
struct About {
    email: Option<String>,
    email_verified: Option<Value>,
    preferred_username: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

/// The claims of a token that fulfils everything.
pub(crate) fn verify(token: &str, keys: &[Jwk], expected: &Expected<'_>) -> Result<Claims, TokenFault> {
    let claims: Claims = signed(token, keys, expected.algorithm)?;
    claims.check(expected)?;
    Ok(claims)
}

/// The claims of a token that one of the keys signed by the algorithm. Nothing of them is checked.
pub(crate) fn signed<T: DeserializeOwned>(
    token: &str,
    keys: &[Jwk],
    algorithm: Algorithm,
) -> Result<T, TokenFault> {
    let header = decode_header(token).map_err(|_| unreadable_header(token))?;
    if header.alg != algorithm {
        return Err(TokenFault::Algorithm);
    }
    if header.crit.is_some() {
        return Err(TokenFault::Malformed);
    }
    let key = key_for(keys, header.kid.as_deref(), algorithm)?;
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let decoded = decode(token, &key, &validation).map_err(|error| match error.kind() {
        ErrorKind::InvalidSignature => TokenFault::Signature,
        ErrorKind::InvalidAlgorithm => TokenFault::Algorithm,
        _ => TokenFault::Malformed,
    })?;
    Ok(decoded.claims)
}

/// Seconds for people.
fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3_600),
    }
}

/// Whole seconds; a token may say any number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "beyond the range it is the end of the range"
)]
fn whole(seconds: f64) -> i64 {
    seconds as i64
}

/// A header with an algorithm that nobody knows, such as `none`, is no broken one.
fn unreadable_header(token: &str) -> TokenFault {
    let is_token = token.split('.').count() == 3;
    if is_token {
        TokenFault::Algorithm
    } else {
        TokenFault::Malformed
    }
}

/// The key that a token names, or the only one there is for the algorithm.
pub(crate) fn key_for(
    keys: &[Jwk],
    id: Option<&str>,
    algorithm: Algorithm,
) -> Result<DecodingKey, TokenFault> {
    let mut fitting = keys.iter().filter(|key| fits(key, algorithm));
    let key = match id {
        Some(id) => fitting.find(|key| key.common.key_id.as_deref() == Some(id)),
        None => fitting.next().filter(|_| fitting.next().is_none()),
    };
    let key = key.ok_or(TokenFault::UnknownKey)?;
    DecodingKey::from_jwk(key).map_err(|_| TokenFault::UnknownKey)
}

/// A public key for signatures, of the algorithm's family.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let family = match &key.algorithm {
        AlgorithmParameters::RSA(_) => AlgorithmFamily::Rsa,
        AlgorithmParameters::EllipticCurve(_) => AlgorithmFamily::Ec,
        AlgorithmParameters::OctetKeyPair(_) => AlgorithmFamily::Ed,
        _ => return false,
    };
    let is_for_signatures = key
        .common
        .public_key_use
        .as_ref()
        .is_none_or(|intended| *intended == PublicKeyUse::Signature);
    let named = key.common.key_algorithm;
    let is_of_algorithm = named.is_none_or(|named| named == KeyAlgorithm::from(algorithm));
    family == algorithm.family() && is_for_signatures && is_of_algorithm
}

impl Audience {
    /// Whether somebody is among those that a token is for.
    pub fn names(&self, somebody: &str) -> bool {
        match self {
            Self::One(one) => one == somebody,
            Self::Several(all) => all.iter().any(|one| one == somebody),
        }
    }
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), TokenFault> {
        if self.iss != expected.issuer {
            return Err(TokenFault::Issuer);
        }
        if !self.is_for(expected.client_id) {
            return Err(TokenFault::Audience);
        }
        let now = expected.now.as_duration().as_secs_f64();
        if self.exp + LEEWAY <= now {
            return Err(TokenFault::Expired(whole(now - self.exp)));
        }
        let begins = self.iat.unwrap_or(now).max(self.nbf.unwrap_or(now));
        if begins - LEEWAY > now {
            return Err(TokenFault::Future(whole(begins - now)));
        }
        let nonce = self.nonce.as_deref().unwrap_or_default();
        if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
            return Err(TokenFault::Nonce);
        }
        if self.sub.is_empty() {
            return Err(TokenFault::Nobody);
        }
        Ok(())
    }

    /// A token for several must say that this client asked for it.
    fn is_for(&self, client_id: &str) -> bool {
        let is_meant = self.aud.names(client_id);
        let are_several = matches!(&self.aud, Audience::Several(all) if all.len() > 1);
        let is_asker = match &self.azp {
            Some(asker) => asker == client_id,
            None => !are_several,
        };
        is_meant && is_asker
    }

    /// By what the provider knows the person and its session.
    pub fn at_provider(&self) -> AtProvider {
        AtProvider {
            subject: self.sub.clone(),
            session: self.sid.clone().filter(|session| !session.is_empty()),
        }
    }

    /// Whether the address or the name of the person is missing.
    pub fn is_bare(&self) -> bool {
        self.about.email.is_none() || self.about.preferred_username.is_none()
    }

    /// With what the provider's user information says, if that is about the same person.
    pub fn completed(mut self, info: &Value) -> Option<Self> {
        if info["sub"].as_str() != Some(self.sub.as_str()) {
            return None;
        }
        let about: About = serde_json::from_value(info.clone()).ok()?;
        if self.about.email.is_none() {
            (self.about.email, self.about.email_verified) = (about.email, about.email_verified);
        }
        self.about.preferred_username = self.about.preferred_username.or(about.preferred_username);
        self.about.name = self.about.name.or(about.name);
        Some(self)
    }

    /// The person.
    pub fn into_profile(self) -> Profile {
        let About {
            email,
            email_verified,
            preferred_username,
            name,
        } = self.about;
        let is_verified = match email_verified {
            Some(Value::Bool(is_verified)) => is_verified,
            Some(Value::String(text)) => text == "true",
            _ => false,
        };
        let there = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let email = there(email);
        Profile {
            id: Some(self.sub),
            has_unverified_email: email.is_some() && !is_verified,
            email: email.filter(|_| is_verified),
            username: there(preferred_username),
            name: there(name),
        }
    }
}
