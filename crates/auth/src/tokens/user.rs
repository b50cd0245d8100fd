//! User tokens and limited ones, byte for byte as `@backstage/plugin-auth-backend` 0.30.1 makes them: whoever holds a user
//! token builds the limited one from its claims, so order and spacing of the keys count.

use model::{EntityRef, Fault, FaultKind};
use serde::{Deserialize, Serialize};

use super::jwt::{Jwt, signature_text, unsigned};
use super::keys::{ALGORITHM, Keys};

/// The type of a token that is good everywhere.
const USER: &str = "vnd.backstage.user";
/// The type of one that is good for what browsers load by themselves.
const LIMITED: &str = "vnd.backstage.limited-user";
/// Whom user tokens are for.
const AUDIENCE: &str = "backstage";

/// Makes and verifies user tokens. Clones share the keys.
#[derive(Clone)]
pub(crate) struct UserTokens {
    keys: Keys,
    issuer: String,
}

/// A token that was made for a person.
pub(crate) struct UserToken {
    pub text: String,
    /// Seconds since 1970.
    pub expires: i64,
}

/// What a verified token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verified {
    pub entity: EntityRef,
    pub is_limited: bool,
    /// Seconds since 1970.
    pub expires: i64,
    /// The limited token of a user token.
    pub limited: Option<String>,
}

/// Why a token is refused, for the log: clients learn only that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum TokenFault {
    #[error("it is signed by another algorithm than ES256")]
    Algorithm,
    #[error("it needs an extension that nobody knows")]
    Extension,
    #[error("no key of this portal signed it")]
    Signature,
    #[error("its claims cannot be read")]
    Malformed,
    #[error("it is for another audience")]
    Audience,
    #[error("it has expired")]
    Expired,
    #[error("it names nobody")]
    Nobody,
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'static str,
    alg: &'static str,
    kid: &'a str,
}

#[derive(Serialize)]
struct UserClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ent: Option<Vec<String>>,
    aud: &'static str,
    iat: i64,
    exp: i64,
    uip: &'a str,
}

#[derive(Serialize)]
struct LimitedClaims<'a> {
    sub: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    exp: i64,
    aud: Option<String>,
    uip: Option<String>,
}

impl UserTokens {
    /// Tokens that these keys sign and that name `issuer`.
    pub fn new(keys: Keys, issuer: String) -> Self {
        Self { keys, issuer }
    }

    /// The issuer that the tokens name.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The keys behind them.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// A token for a person; with the references it owns by, where they are given.
    pub async fn issue(&self, person: &EntityRef, owners: Option<&[EntityRef]>) -> Result<UserToken, Fault> {
        let key = self.keys.signing().await?;
        let (sub, iat) = (person.to_string(), self.keys.now().as_second());
        let exp = iat.saturating_add(self.keys.lifetime().as_secs());
        let uip = signature_text(&key.sign(&limited_part(&key.id, &sub, iat, exp))?);
        let claims = UserClaims {
            iss: &self.issuer,
            sub: &sub,
            ent: owners.map(|owners| owners.iter().map(ToString::to_string).collect()),
            aud: AUDIENCE,
            iat,
            exp,
            uip: &uip,
        };
        let part = unsigned(&header(USER, &key.id), &claims);
        let signature = signature_text(&key.sign(&part)?);
        Ok(UserToken {
            text: format!("{part}.{signature}"),
            expires: exp,
        })
    }

    /// What a token says; nothing for a text that is no user token, limited or not. Fails for one that is not to be believed.
    pub async fn verify(&self, text: &str) -> Result<Option<Verified>, Fault> {
        let Some(token) = Jwt::read(text).filter(is_about_a_user) else {
            return Ok(None);
        };
        let verified = self.check(&token).await?;
        verified.map(Some).map_err(|fault| {
            tracing::debug!("a user token is refused: {fault}");
            Fault::new(
                FaultKind::Authentication.as_wire(),
                "Failed user token verification",
            )
        })
    }

    async fn check(&self, token: &Jwt<'_>) -> Result<Result<Verified, TokenFault>, Fault> {
        let header = &token.header;
        if header.alg != ALGORITHM {
            return Ok(Err(TokenFault::Algorithm));
        }
        if header.crit.is_some() {
            return Ok(Err(TokenFault::Extension));
        }
        let key = header.kid.as_deref().unwrap_or_default();
        if !self.keys.verifies(key, token.signed, &token.signature).await? {
            return Ok(Err(TokenFault::Signature));
        }
        Ok(self.read(token, key))
    }

    /// The claims of a token whose signature is right.
    fn read(&self, token: &Jwt<'_>, key: &str) -> Result<Verified, TokenFault> {
        let claims: Claims = token.claims().ok_or(TokenFault::Malformed)?;
        let is_limited = match token.kind() {
            LIMITED => true,
            USER => false,
            _ => return Err(TokenFault::Malformed),
        };
        if !is_limited && claims.aud.as_deref() != Some(AUDIENCE) {
            return Err(TokenFault::Audience);
        }
        if claims.exp <= self.keys.now().as_second() {
            return Err(TokenFault::Expired);
        }
        let entity = claims.sub.parse().map_err(|_| TokenFault::Nobody)?;
        let limited = claims.uip.as_deref().filter(|_| !is_limited).map(|proof| {
            let part = limited_part(key, &claims.sub, claims.iat, claims.exp);
            format!("{part}.{proof}")
        });
        Ok(Verified {
            entity,
            is_limited,
            expires: claims.exp,
            limited,
        })
    }
}

/// Whether a token says that it is about a user. Without a type that is one of the original's before it had types, which
/// this portal never made.
fn is_about_a_user(token: &Jwt<'_>) -> bool {
    let is_old = || {
        let claims: Option<serde_json::Value> = token.claims();
        claims.is_some_and(|claims| claims["aud"] == AUDIENCE)
    };
    match token.kind() {
        USER | LIMITED => true,
        _ => is_old(),
    }
}

fn header<'a>(typ: &'static str, kid: &'a str) -> Header<'a> {
    Header {
        typ,
        alg: ALGORITHM,
        kid,
    }
}

fn limited_part(key: &str, sub: &str, iat: i64, exp: i64) -> String {
    unsigned(&header(LIMITED, key), &LimitedClaims { sub, iat, exp })
}
