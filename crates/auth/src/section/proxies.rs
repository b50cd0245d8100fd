//! The keys of proxies that sign people in.

use serde_json::{Value, json};

use super::{resolvers, with};

const BY_ADDRESS: &str = "emailMatchingUserEntityProfileEmail, emailLocalPartMatchingUserEntityName";

pub(super) fn oauth2_proxy() -> Value {
    let names = format!(
        "forwardedUserMatchingUserEntityName, forwardedPreferredUsernameMatchingUserEntityName, {BY_ADDRESS}."
    );
    section(
        "oauth2-proxy, which names people by X-Forwarded-User, -Preferred-Username and -Email.",
        &names,
        &trusted(),
    )
}

pub(super) fn azure_easy_auth() -> Value {
    let names = format!(
        "idMatchingUserEntityAnnotation (graph.microsoft.com/user-id), preferredUsernameMatchingUserEntityName, {BY_ADDRESS}."
    );
    section(
        "Azure App Service, which names people by X-MS-TOKEN-AAD-ID-TOKEN.",
        &names,
        &trusted(),
    )
}

pub(super) fn gcp_iap() -> Value {
    let names = format!(
        "emailMatchingUserEntityAnnotation (google.com/email), idMatchingUserEntityAnnotation (google.com/user-id), {BY_ADDRESS}."
    );
    let own = json!({
        "audience": text("Whom its tokens are for: /projects/<number>/apps/<project>, or /projects/<number>/global/backendServices/<service>."),
        "jwtHeader": text("The header that has the token; x-goog-iap-jwt-assertion unless it is set."),
        "keysUrl": keys_url(),
    });
    section("Google Identity-Aware Proxy.", &names, &own)
}

pub(super) fn aws_alb() -> Value {
    let own = json!({
        "issuer": text("Issuer of the identity provider that the load balancer asks."),
        "signer": text("ARN of the load balancer; tokens of another one do not count."),
        "region": text("Region of the load balancer, which names the server of its keys."),
        "keysUrl": keys_url(),
    });
    let names = format!("{BY_ADDRESS}.");
    section(
        "AWS Application Load Balancer, which names people by x-amzn-oidc-data.",
        &names,
        &own,
    )
}

pub(super) fn cloudflare_access() -> Value {
    let own = json!({
        "teamName": text("Name of the team: that of <team>.cloudflareaccess.com."),
        "audience": text("Application Audience (AUD) Tag of the portal; without it tokens for other applications of the team count, too."),
        "jwtHeaderName": text("The header that has the token; cf-access-jwt-assertion unless it is set."),
        "authorizationCookieName": text("The cookie that has it where the header does not; CF_Authorization unless it is set."),
        "keysUrl": keys_url(),
    });
    let names = format!("{BY_ADDRESS}.");
    section("Cloudflare Access.", &names, &own)
}

/// No key is required here: what is missing the check of the settings tells, with the reason why it is needed.
fn section(description: &str, resolver_names: &str, own: &Value) -> Value {
    let common = json!({ "signIn": resolvers(resolver_names) });
    json!({"type": "object", "description": description, "properties": with(own.clone(), &common)})
}

fn trusted() -> Value {
    json!({"trustedProxies": {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "Addresses and networks from which the proxy connects, for example 127.0.0.1 or 10.0.4.0/24. Headers from elsewhere do not count.",
    }})
}

fn keys_url() -> Value {
    text("Address of the public keys, where that of the provider is not reached.")
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}
