//! Proxies that sign people in before a request comes here, and say by headers who it is: `auth.providers.oauth2Proxy`, `gcpIap`,
//! `awsalb`, `cfaccess` and `azureEasyAuth` of the original, each without an environment.
//!
//! A header of which nothing proves where it comes from counts only from addresses that the configuration lists.

use config::OneOrMany;
use http::HeaderName;
use jsonwebtoken::Algorithm;
use model::{Fault, Problem};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::networks::Networks;
use super::{SignIn, at, resolvers, web_address};
use crate::resolver::{Names, Resolver};

/// A proxy that signs people in.
#[derive(Debug, Clone)]
pub(crate) struct ProxySettings {
    /// The name of the provider in addresses and in the configuration.
    pub id: &'static str,
    /// What people call it.
    pub title: &'static str,
    pub proof: Proof,
    pub resolvers: Vec<Resolver>,
}

/// Why a header of a proxy is believed.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// The connection comes from one of these addresses.
    Sender(Networks, PlainHeaders),
    /// The proxy signed what it says.
    Signature(Assertion),
}

/// Headers that anybody could write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlainHeaders {
    /// `X-Forwarded-User`, `-Preferred-Username`, `-Email`.
    OAuth2Proxy,
    /// `X-MS-TOKEN-AAD-ID-TOKEN`, a token that App Service has verified.
    EasyAuth,
}

/// A token of the proxy in a header of each request.
#[derive(Debug, Clone)]
pub(crate) struct Assertion {
    pub header: HeaderName,
    /// A cookie that has it where the header does not.
    pub cookie: Option<String>,
    pub issuer: String,
    /// Whom it has to be for; nothing for a proxy that does not say it.
    pub audience: Option<String>,
    pub algorithm: Algorithm,
    pub keys: Keys,
}

/// Where the public halves of a proxy's keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keys {
    /// All of them in one document.
    Set(Url),
    /// Each by its name below an address, as Application Load Balancers have it; and the balancer that has to have signed.
    OfBalancer { base: Url, signer: String },
}

/// The names of all of them.
pub(crate) const PROXIES: [&str; 5] = ["oauth2Proxy", "gcpIap", "awsalb", "cfaccess", "azureEasyAuth"];

/// The section as it is written.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Written {
    trusted_proxies: Option<OneOrMany>,
    audience: Option<String>,
    jwt_header: Option<String>,
    jwt_header_name: Option<String>,
    authorization_cookie_name: Option<String>,
    issuer: Option<String>,
    signer: Option<String>,
    region: Option<String>,
    team_name: Option<String>,
    /// Not a key of the original: a mirror of the keys, in networks that do not reach them.
    keys_url: Option<String>,
    sign_in: SignIn,
}

/// A key, and why it cannot be used.
type Wrong = (&'static str, String);

/// The proxies that a section `auth` configures, and what is wrong with the others.
pub(crate) fn proxies(section: &Value) -> (Vec<ProxySettings>, Vec<Problem>) {
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for id in PROXIES {
        let value = &section["providers"][id];
        if !value.is_object() {
            continue;
        }
        match ProxySettings::read(id, value) {
            Ok(settings) => {
                problems.extend(settings.doubt());
                read.push(settings);
            }
            Err((key, reason)) => problems.push(problem(id, key, &reason)),
        }
    }
    (read, problems)
}

fn problem(id: &str, key: &str, reason: &str) -> Problem {
    let fault = Fault::input(format!("nobody is signed in by auth.providers.{id}: {reason}"));
    let place = match key {
        "" => format!("providers.{id}"),
        key => format!("providers.{id}.{key}"),
    };
    at(&place, Problem::error(fault)).hint("docs/sign-in.md#proxies-that-sign-people-in has an example.")
}

impl ProxySettings {
    fn read(id: &'static str, value: &Value) -> Result<Self, Wrong> {
        let written: Written = serde_json::from_value(value.clone()).map_err(|_| {
            let reason = "one of its values has another type than it should have";
            ("", reason.to_owned())
        })?;
        let (title, proof) = match id {
            "oauth2Proxy" => ("OAuth2 Proxy", written.sender(PlainHeaders::OAuth2Proxy)?),
            "azureEasyAuth" => ("Azure App Service", written.sender(PlainHeaders::EasyAuth)?),
            "gcpIap" => ("Google Identity-Aware Proxy", written.of_google()?),
            "awsalb" => ("AWS Application Load Balancer", written.of_balancer()?),
            _ => ("Cloudflare Access", written.of_cloudflare()?),
        };
        let resolvers = resolvers(&written.sign_in.resolvers, Names::of(id, ""));
        Ok(Self {
            id,
            title,
            proof,
            resolvers: resolvers.map_err(|reason| ("signIn.resolvers", reason))?,
        })
    }

    /// The section of the configuration, for whoever runs the portal.
    pub fn place(&self) -> String {
        format!("auth.providers.{}", self.id)
    }

    /// What is believed that may be too much.
    fn doubt(&self) -> Option<Problem> {
        let Proof::Signature(Assertion {
            audience: None,
            keys: Keys::Set(_),
            ..
        }) = &self.proof
        else {
            return None;
        };
        let fault = Fault::input(format!(
            "auth.providers.{}.audience is missing, so that tokens for other applications of the team count, too",
            self.id
        ));
        let hint = "Copy the Application Audience (AUD) Tag of the portal from Cloudflare Zero Trust.";
        Some(at(&format!("providers.{}", self.id), Problem::warning(fault)).hint(hint))
    }
}

impl Written {
    fn sender(&self, headers: PlainHeaders) -> Result<Proof, Wrong> {
        const KEY: &str = "trustedProxies";
        let listed = self.trusted_proxies.as_ref().map(OneOrMany::as_slice);
        let Some(listed) = listed.filter(|listed| !listed.is_empty()) else {
            let reason = "trustedProxies is missing, and without it everybody who reaches the portal could write the headers of the \
                          proxy; list the addresses from which the proxy connects, for example trustedProxies: [127.0.0.1]";
            return Err((KEY, reason.to_owned()));
        };
        let networks = Networks::read(listed).map_err(|reason| (KEY, format!("{KEY}: {reason}")))?;
        Ok(Proof::Sender(networks, headers))
    }

    fn of_google(&self) -> Result<Proof, Wrong> {
        let header = self.jwt_header.as_deref();
        Ok(Proof::Signature(Assertion {
            header: header_name("jwtHeader", header, "x-goog-iap-jwt-assertion")?,
            cookie: None,
            issuer: "https://cloud.google.com/iap".to_owned(),
            audience: Some(there("audience", self.audience.as_ref())?),
            algorithm: Algorithm::ES256,
            keys: Keys::Set(self.keys_at("https://www.gstatic.com/iap/verify/public_key-jwk")?),
        }))
    }

    /// `signer` is no choice here as it is in the original: the keys are those of all balancers of a region, so that without it a
    /// balancer of anybody could say who people are.
    fn of_balancer(&self) -> Result<Proof, Wrong> {
        let region = there("region", self.region.as_ref())?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !region.bytes().all(is_name) {
            return Err((
                "region",
                format!("region '{region}' is none, expected for example eu-central-1"),
            ));
        }
        let usual = if region.starts_with("us-gov") {
            format!("https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}")
        } else {
            format!("https://public-keys.auth.elb.{region}.amazonaws.com")
        };
        Ok(Proof::Signature(Assertion {
            header: HeaderName::from_static("x-amzn-oidc-data"),
            cookie: None,
            issuer: there("issuer", self.issuer.as_ref())?,
            audience: None,
            algorithm: Algorithm::ES256,
            keys: Keys::OfBalancer {
                base: self.keys_at(&usual)?,
                signer: there("signer", self.signer.as_ref()).map_err(|(key, reason)| {
                    let why = "the ARN of the load balancer, because the keys are those of all balancers of the region";
                    (key, format!("{reason}: {why}"))
                })?,
            },
        }))
    }

    fn of_cloudflare(&self) -> Result<Proof, Wrong> {
        let team = there("teamName", self.team_name.as_ref())?;
        let issuer = format!("https://{team}.cloudflareaccess.com");
        web_address(&issuer).map_err(|_| ("teamName", format!("teamName '{team}' is none")))?;
        let header = self.jwt_header_name.as_deref();
        let cookie = self.authorization_cookie_name.as_deref();
        Ok(Proof::Signature(Assertion {
            header: header_name("jwtHeaderName", header, "cf-access-jwt-assertion")?,
            cookie: Some(cookie.unwrap_or("CF_Authorization").to_owned()),
            audience: self.audience.clone().filter(|text| !text.trim().is_empty()),
            algorithm: Algorithm::RS256,
            keys: Keys::Set(self.keys_at(&format!("{issuer}/cdn-cgi/access/certs"))?),
            issuer,
        }))
    }

    fn keys_at(&self, usual: &str) -> Result<Url, Wrong> {
        let text = self.keys_url.as_deref().unwrap_or(usual);
        web_address(text).map_err(|reason| ("keysUrl", reason))
    }
}

fn there(key: &'static str, text: Option<&String>) -> Result<String, Wrong> {
    let text = text.filter(|text| !text.trim().is_empty());
    text.cloned().ok_or_else(|| (key, format!("{key} is missing")))
}

fn header_name(key: &'static str, name: Option<&str>, usual: &'static str) -> Result<HeaderName, Wrong> {
    let name = name.unwrap_or(usual);
    HeaderName::try_from(name).map_err(|_| (key, format!("'{name}' is no name of a header")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(id: &str, section: &Value, expected: Option<&str>) {
        let mut section = section.clone();
        let by_email = json!({"resolvers": [{"resolver": "emailMatchingUserEntityProfileEmail"}]});
        if section["signIn"].is_null() {
            section["signIn"] = by_email;
        }
        let (read, problems) = proxies(&json!({ "providers": { id: section } }));
        let told: Vec<&str> = problems.iter().map(|one| one.fault.message.as_str()).collect();
        match expected {
            None => assert_eq!((read.len(), told.len()), (1, 0), "{id} {section} {told:?}"),
            Some(part) => assert!(
                told.iter().any(|text| text.contains(part)),
                "{id} {section} {told:?}"
            ),
        }
    }

    #[test]
    fn a_proxy_is_believed_for_a_reason() {
        let local = json!({"trustedProxies": ["127.0.0.1", "10.0.0.0/8"]});
        check("oauth2Proxy", &local, None);
        check(
            "azureEasyAuth",
            &json!({"trustedProxies": "169.254.0.0/16"}),
            None,
        );
        check("oauth2Proxy", &json!({}), Some("trustedProxies is missing"));
        check(
            "azureEasyAuth",
            &json!({"trustedProxies": []}),
            Some("trustedProxies is missing"),
        );
        check(
            "oauth2Proxy",
            &json!({"trustedProxies": ["0.0.0.0/0"]}),
            Some("everybody could be anybody"),
        );
        check("gcpIap", &json!({"audience": "/projects/1/apps/p"}), None);
        check("gcpIap", &json!({}), Some("audience is missing"));
        let balancer =
            json!({"issuer": "https://id.example", "region": "eu-central-1", "signer": "arn:aws:x"});
        check("awsalb", &balancer, None);
        check(
            "awsalb",
            &json!({"issuer": "https://id.example", "region": "eu-central-1"}),
            Some("signer is missing"),
        );
        check(
            "awsalb",
            &json!({"issuer": "https://id.example", "region": "evil.example/", "signer": "a"}),
            Some("region 'evil.example/' is none"),
        );
        check("cfaccess", &json!({"teamName": "acme", "audience": "4f"}), None);
        check(
            "cfaccess",
            &json!({"teamName": "acme"}),
            Some("tokens for other applications"),
        );
        check("cfaccess", &json!({}), Some("teamName is missing"));
        let unknown = json!({"resolvers": [{"resolver": "preferredUsernameMatchingUserEntityName"}]});
        check(
            "oauth2Proxy",
            &json!({"trustedProxies": ["::1"], "signIn": unknown}),
            Some("forwardedUserMatchingUserEntityName"),
        );
        check("gcpIap", &json!({"audience": 5}), Some("another type"));
    }
}
