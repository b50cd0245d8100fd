//! Sign-in with OpenID Connect as `auth.providers.<provider>.<environment>` configures it: with any provider (`oidc`), and with
//! those whose addresses are known (`known_providers`).
//!
//! The keys are those of the original. What is written is read once, into settings that can be used or into problems that say
//! why not; a provider with problems signs nobody in.

use std::collections::BTreeMap;
use std::time::Duration;

use config::{HumanDuration, OneOrMany, Secret};
use jsonwebtoken::Algorithm;
use model::{Fault, Problem};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::resolver::{Names, Resolver};

pub(crate) mod discovery;
mod endpoints;
mod guest;
mod known_providers;
mod networks;
mod proxies;
mod tokens;

pub(crate) use endpoints::{Endpoints, GitHub};
pub(crate) use guest::Guest;
pub(crate) use known_providers::{KNOWN, KnownProvider, OIDC};
pub(crate) use networks::Networks;
pub(crate) use proxies::{Assertion, Keys, PlainHeaders, Proof, ProxySettings};
pub(crate) use tokens::TokenSettings;

/// The environment of a configuration that names none.
const DEFAULT_ENVIRONMENT: &str = "development";
/// Longest wait for an answer of the provider, unless `timeout` says otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a sign-in holds at most, unless `sessionDuration` says otherwise.
const DEFAULT_SESSION: Duration = Duration::from_hours(7 * 24);

/// All providers that can be used, and what is wrong with the others.
#[derive(Default)]
pub(crate) struct Settings {
    /// The environment whose providers the pages offer.
    pub environment: String,
    pub providers: Vec<OidcSettings>,
    pub proxies: Vec<ProxySettings>,
    pub guest: Guest,
    pub tokens: TokenSettings,
    pub problems: Vec<Problem>,
}

/// One provider.
#[derive(Debug, Clone)]
pub(crate) struct OidcSettings {
    /// The name of the provider in addresses and in the configuration.
    pub id: &'static str,
    pub environment: String,
    /// What people call it.
    pub title: Option<String>,
    pub endpoints: Endpoints,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    pub authentication: ClientAuthentication,
    /// The only algorithm by which its tokens may be signed.
    pub algorithm: Algorithm,
    pub scopes: Vec<String>,
    /// Nothing lets the provider choose.
    pub prompt: Option<String>,
    /// Further parameters of the address to which the browser is sent.
    pub parameters: Vec<(String, String)>,
    pub timeout: Duration,
    pub callback_url: Option<Url>,
    pub session: Duration,
    pub resolvers: Vec<Resolver>,
}

/// How the portal proves to the provider who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientAuthentication {
    Basic,
    Post,
    None,
}

/// The section as it is written.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Written {
    title: Option<String>,
    metadata_url: Option<String>,
    client_id: Option<String>,
    callback_url: Option<String>,
    token_endpoint_auth_method: Option<String>,
    token_signed_response_alg: Option<String>,
    additional_scopes: Option<OneOrMany>,
    scope: Option<Value>,
    prompt: Option<String>,
    start_url_search_params: BTreeMap<String, String>,
    timeout: Option<HumanDuration>,
    session_duration: Option<HumanDuration>,
    sign_in: SignIn,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SignIn {
    resolvers: Vec<Value>,
}

/// The names of providers that the section `auth` has.
pub(crate) fn configured(section: &Value) -> std::sync::Arc<[&'static str]> {
    let ids = KNOWN.iter().map(|known| known.id);
    ids.filter(|id| section["providers"][*id].is_object()).collect()
}

impl Settings {
    /// Reads the section `auth`.
    pub fn read(section: &Value) -> Self {
        let environment = section["environment"].as_str().unwrap_or(DEFAULT_ENVIRONMENT);
        let mut settings = Self {
            environment: environment.to_owned(),
            ..Self::default()
        };
        match Guest::read(section.pointer("/providers/guest")) {
            Ok(guest) => settings.guest = guest,
            Err(problem) => settings.problems.push(*problem),
        }
        match TokenSettings::read(section) {
            Ok(tokens) => settings.tokens = tokens,
            Err(problem) => settings.problems.push(*problem),
        }
        let (read, problems) = proxies::proxies(section);
        settings.proxies = read;
        settings.problems.extend(problems);
        let mut environments = Vec::new();
        for known in &KNOWN {
            let written = section["providers"][known.id].as_object();
            for (name, value) in written.into_iter().flatten() {
                environments.push((known.id, name.as_str()));
                match OidcSettings::read(known, name, value) {
                    Ok(provider) => settings.providers.push(provider),
                    Err(problem) => settings.problems.push(*problem),
                }
            }
        }
        settings.check_environment(&environments);
        settings
    }

    /// The providers that the pages offer.
    pub fn offered(&self) -> impl Iterator<Item = &OidcSettings> {
        self.providers
            .iter()
            .filter(|provider| provider.environment == self.environment)
    }

    fn check_environment(&mut self, written: &[(&'static str, &str)]) {
        let is_there = written.iter().any(|(_, name)| *name == self.environment);
        let Some((first, _)) = written.first().filter(|_| !is_there) else {
            return;
        };
        let names: Vec<String> = written.iter().map(|(id, name)| format!("{id}.{name}")).collect();
        let fault = Fault::input(format!(
            "nobody can sign in: auth.environment is '{}', and auth.providers has only {}",
            self.environment,
            names.join(", ")
        ));
        let hint = "Set auth.environment to the environment whose provider people sign in with.";
        self.problems
            .push(at(&format!("providers.{first}"), Problem::error(fault)).hint(hint));
    }
}

impl OidcSettings {
    fn read(known: &KnownProvider, environment: &str, value: &Value) -> Result<Self, Box<Problem>> {
        let key = |name: &str| match name {
            "" => format!("providers.{}.{environment}", known.id),
            name => format!("providers.{}.{environment}.{name}", known.id),
        };
        let wrong = |name: &str, reason: String| {
            let fault = Fault::input(format!("nobody can sign in with auth.{}: {reason}", key("")));
            Box::new(at(&key(name), Problem::error(fault)).hint("docs/sign-in.md has an example."))
        };
        let written: Written = serde_json::from_value(value.clone()).map_err(|_| {
            wrong(
                "",
                "one of its values has another type than it should have".to_owned(),
            )
        })?;
        let text = |name: &str, text: &Option<String>| {
            let found = text.clone().filter(|text| !text.trim().is_empty());
            found.ok_or_else(|| wrong(name, format!("{name} is missing")))
        };
        if written.scope.is_some() {
            return Err(wrong(
                "scope",
                "scope is no key of it; name further scopes under additionalScopes".to_owned(),
            ));
        }
        let endpoints = match (&written.metadata_url, known.endpoints(value)) {
            (None, Some(found)) => found.map_err(|(name, reason)| wrong(name, reason))?,
            (Some(_), Some(Ok(Endpoints::GitHub(_)))) => {
                let reason = "metadataUrl is no key of it; enterpriseInstanceUrl says where a GitHub is";
                return Err(wrong("metadataUrl", reason.to_owned()));
            }
            (written, _) => {
                let url = web_address(&text("metadataUrl", written)?);
                Endpoints::Discovered(url.map_err(|reason| wrong("metadataUrl", reason))?)
            }
        };
        let callback_url = written.callback_url.as_deref().map(web_address).transpose();
        let method = written.token_endpoint_auth_method.as_deref();
        let method = method.or_else(|| endpoints.authentication());
        let authentication =
            ClientAuthentication::read(method).map_err(|reason| wrong("tokenEndpointAuthMethod", reason))?;
        let client_secret = secret(&value["clientSecret"]);
        if client_secret.is_none() && authentication != ClientAuthentication::None {
            return Err(wrong("clientSecret", "clientSecret is missing".to_owned()));
        }
        let resolvers = resolvers(&written.sign_in.resolvers, Names::of(known.id, endpoints.host()))
            .map_err(|reason| wrong("signIn.resolvers", reason))?;
        Ok(Self {
            id: known.id,
            environment: environment.to_owned(),
            client_id: text("clientId", &written.client_id)?,
            authentication,
            algorithm: algorithm(written.token_signed_response_alg.as_deref())
                .map_err(|reason| wrong("tokenSignedResponseAlg", reason))?,
            scopes: scopes(endpoints.scopes(&resolvers), written.additional_scopes.as_ref()),
            endpoints,
            prompt: written.prompt.filter(|prompt| prompt != "auto"),
            parameters: written.start_url_search_params.into_iter().collect(),
            timeout: written.timeout.map_or(DEFAULT_TIMEOUT, |time| time.0),
            callback_url: callback_url.map_err(|reason| wrong("callbackUrl", reason))?,
            session: written.session_duration.map_or(DEFAULT_SESSION, |time| time.0),
            title: written.title.or_else(|| known.title.map(str::to_owned)),
            client_secret,
            resolvers,
        })
    }

    /// The name by which sessions know the provider. Those of `oidc` were known by their environment before there were others.
    pub fn key(&self) -> String {
        match self.id {
            OIDC => self.environment.clone(),
            id => format!("{id}:{}", self.environment),
        }
    }

    /// The words on the button.
    pub fn label(&self) -> String {
        match &self.title {
            Some(title) => format!("Sign in with {title}"),
            None => "Sign in".to_owned(),
        }
    }

    /// The server's host and port, for people.
    pub fn host(&self) -> &str {
        self.endpoints.host()
    }

    /// The section of the configuration, for whoever runs the portal.
    pub fn place(&self) -> String {
        format!("auth.providers.{}.{}", self.id, self.environment)
    }
}

impl ClientAuthentication {
    fn read(method: Option<&str>) -> Result<Self, String> {
        match method {
            None | Some("client_secret_basic") => Ok(Self::Basic),
            Some("client_secret_post") => Ok(Self::Post),
            Some("none") => Ok(Self::None),
            Some(other) => Err(format!(
                "tokenEndpointAuthMethod '{other}' is not known, expected client_secret_basic, client_secret_post or none"
            )),
        }
    }
}

/// Read apart from the other keys, so that no error about a type can show it.
fn secret(value: &Value) -> Option<Secret> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(Secret::new(text.trim())),
        _ => None,
    }
}

/// Only signatures that a public key verifies: the key of a symmetric one would be the client's secret.
const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// The algorithm of a name, if a public key verifies its signatures.
pub(crate) fn public_key_algorithm(name: &str) -> Option<Algorithm> {
    let found = ALGORITHMS.iter().find(|(known, _)| *known == name);
    found.map(|(_, algorithm)| *algorithm)
}

fn algorithm(name: Option<&str>) -> Result<Algorithm, String> {
    let wanted = name.unwrap_or("RS256");
    public_key_algorithm(wanted).ok_or_else(|| {
        let names = ALGORITHMS.map(|(name, _)| name).join(", ");
        format!("tokenSignedResponseAlg '{wanted}' is not accepted, expected one of {names}")
    })
}

fn scopes(required: Vec<&str>, additional: Option<&OneOrMany>) -> Vec<String> {
    let mut scopes: Vec<String> = required.into_iter().map(str::to_owned).collect();
    let further = additional.into_iter().flat_map(OneOrMany::as_slice);
    for scope in further.flat_map(|text| text.split_whitespace()) {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

fn resolvers(written: &[Value], names: Names<'_>) -> Result<Vec<Resolver>, String> {
    if written.is_empty() {
        return Err("signIn.resolvers is empty, so nothing says which User entity a person is".to_owned());
    }
    written.iter().map(|value| Resolver::read(value, names)).collect()
}

fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).ok();
    let usable = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    usable.ok_or_else(|| "it is no web address, expected https://…".to_owned())
}

/// A problem of a key of the section.
pub(crate) fn at(key: &str, problem: Problem) -> Problem {
    let fault = Fault {
        path: Some(key.to_owned()),
        ..problem.fault.clone()
    };
    Problem { fault, ..problem }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn provider(more: &Value) -> Value {
        let mut provider = json!({
            "metadataUrl": "https://id.example/realms/a/.well-known/openid-configuration",
            "clientId": "portal", "clientSecret": "s3cret",
            "signIn": {"resolvers": [{"resolver": "emailMatchingUserEntityProfileEmail"}]},
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            provider[key] = value.clone();
        }
        json!({"environment": "production", "providers": {"oidc": {"production": provider}}})
    }

    fn check(more: &Value, problem: Option<&str>) {
        let settings = Settings::read(&provider(more));
        let found: Vec<String> = settings
            .problems
            .iter()
            .map(|one| one.fault.message.clone())
            .collect();
        assert_eq!(
            settings.offered().next().is_some(),
            problem.is_none(),
            "{more} {found:?}"
        );
        let is_told = |part: &str| found.iter().any(|message| message.contains(part));
        assert!(problem.is_none_or(is_told), "{more} {found:?}");
        assert!(
            !found.iter().any(|message| message.contains("s3cret")),
            "{found:?}"
        );
    }

    #[test]
    fn a_provider_can_be_used_or_says_why_not() {
        check(&json!({}), None);
        check(
            &json!({"tokenSignedResponseAlg": "ES256", "prompt": "auto", "additionalScopes": "groups"}),
            None,
        );
        check(
            &json!({"sessionDuration": {"hours": 8}, "timeout": "5 seconds"}),
            None,
        );
        check(
            &json!({"tokenEndpointAuthMethod": "none", "clientSecret": null}),
            None,
        );
        check(&json!({"clientSecret": null}), Some("clientSecret is missing"));
        check(&json!({"clientId": ""}), Some("clientId is missing"));
        check(&json!({"metadataUrl": "id.example"}), Some("no web address"));
        check(
            &json!({"tokenSignedResponseAlg": "HS256"}),
            Some("'HS256' is not accepted"),
        );
        check(
            &json!({"tokenSignedResponseAlg": "none"}),
            Some("'none' is not accepted"),
        );
        check(&json!({"scope": "openid"}), Some("additionalScopes"));
        check(
            &json!({"signIn": {"resolvers": []}}),
            Some("signIn.resolvers is empty"),
        );
        check(
            &json!({"signIn": {"resolvers": [{"resolver": "byMagic"}]}}),
            Some("'byMagic' is not known"),
        );
    }

    #[test]
    fn the_environment_chooses_the_provider() {
        let mut section = provider(&json!({}));
        section["environment"] = "development".into();
        let settings = Settings::read(&section);
        assert!(settings.offered().next().is_none());
        assert!(
            settings.problems[0]
                .fault
                .message
                .contains("has only oidc.production")
        );
    }

    #[test]
    fn scopes_are_asked_for_once() {
        let settings = Settings::read(&provider(
            &json!({"additionalScopes": ["groups email", "groups"]}),
        ));
        let offered = settings.offered().next().expect("a provider");
        assert_eq!(offered.scopes, ["openid", "profile", "email", "groups"]);
    }

    #[test]
    fn known_providers_need_no_address_of_metadata() {
        let check = |id: &str, more: Value, expected: Result<&str, &str>| {
            let mut provider = provider(&more)["providers"]["oidc"].clone();
            provider["production"]
                .as_object_mut()
                .unwrap()
                .remove("metadataUrl");
            let settings = Settings::read(&json!({"environment": "production", "providers": {id: provider}}));
            let found = settings.offered().next().map(|one| match &one.endpoints {
                Endpoints::Discovered(url) => url.to_string(),
                Endpoints::GitHub(github) => github.user().to_string(),
            });
            let problems: Vec<_> = settings.problems.iter().map(|one| &one.fault.message).collect();
            match expected {
                Ok(url) => assert_eq!(found.as_deref(), Some(url), "{problems:?}"),
                Err(part) => assert!(problems[0].contains(part), "{problems:?}"),
            }
        };
        let of = |base: &str| format!("{base}/.well-known/openid-configuration");
        check("google", json!({}), Ok(&of("https://accounts.google.com")));
        check("gitlab", json!({}), Ok(&of("https://gitlab.com")));
        check(
            "gitlab",
            json!({"audience": "https://git.example/lab/"}),
            Ok(&of("https://git.example/lab")),
        );
        check(
            "gitlab",
            json!({"audience": "git.example"}),
            Err("no web address"),
        );
        check(
            "gitea",
            json!({"baseUrl": "https://gitea.example"}),
            Ok(&of("https://gitea.example")),
        );
        check("gitea", json!({}), Err("baseUrl is missing"));
        check("oidc", json!({}), Err("metadataUrl is missing"));
        check("github", json!({}), Ok("https://api.github.com/user"));
        check(
            "github",
            json!({"enterpriseInstanceUrl": "https://ghe.example/"}),
            Ok("https://ghe.example/api/v3/user"),
        );
        check(
            "github",
            json!({"enterpriseInstanceUrl": "ghe.example"}),
            Err("enterpriseInstanceUrl"),
        );
    }
}
