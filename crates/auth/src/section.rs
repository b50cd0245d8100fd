//! The sections `auth`, `permission` and `discovery` of the configuration as the commands see them.

mod proxies;

use model::Problem;
use plugin::ConfigSection;
use serde_json::{Value, json};

use crate::settings::Settings;
use crate::settings::discovery::endpoints;

/// `auth`: how people sign in.
pub struct AuthSection;

/// `permission`: who may do what.
pub struct PermissionSection;

/// `discovery`: where plugins of other backends are.
pub struct DiscoverySection;

impl ConfigSection for AuthSection {
    fn path(&self) -> &'static str {
        "auth"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/sign-in.md")
    }

    fn schema(&self) -> Value {
        json!({
            "type": "object",
            "description": "How people sign in.",
            "properties": {
                "environment": {"type": "string", "description": "The environment whose provider people sign in with; development unless it is set."},
                "backstageTokenExpiration": {"type": ["string", "object"], "format": "human-duration", "description": "How long a token of a person lasts, between 10 minutes and a day; an hour unless it is set."},
                "omitIdentityTokenOwnershipClaim": {"type": "boolean", "description": "false puts into the tokens of people what they own by; otherwise programs ask /api/auth/v1/userinfo."},
                "identityTokenAlgorithm": {"type": "string", "description": "ES256, which signs the tokens of people."},
                "providers": {
                    "type": "object",
                    "description": "Ways to sign in.",
                    "properties": {"guest": {
                        "type": "object",
                        "description": "The guest, for clients of the original.",
                        "properties": {
                            "userEntityRef": {"type": "string", "description": "Who the guest is; user:development/guest unless it is set."},
                            "ownershipEntityRefs": {"type": "array", "items": {"type": "string"}, "description": "What the guest owns by, unless the catalog knows it."},
                            "dangerouslyAllowOutsideDevelopment": {"type": "boolean", "description": "Gives everybody who reaches the portal a token of the guest; without it only requests that are the guest's anyway."},
                        },
                    }, "oidc": {
                        "type": "object",
                        "description": "OpenID Connect, by environment.",
                        "additionalProperties": provider_schema(&json!({"metadataUrl": metadata()}), &["metadataUrl", "clientId"]),
                    }, "google": known("Google, by environment.", &json!({})),
                    "gitlab": known("GitLab, by environment.", &json!({"audience": {"type": "string", "description": "Address of GitLab; https://gitlab.com unless it is set."}})),
                    "gitea": known("Gitea, by environment.", &json!({"baseUrl": {"type": "string", "description": "Address of Gitea."}})),
                    "github": github(),
                    "oauth2Proxy": proxies::oauth2_proxy(), "gcpIap": proxies::gcp_iap(), "awsalb": proxies::aws_alb(),
                    "cfaccess": proxies::cloudflare_access(), "azureEasyAuth": proxies::azure_easy_auth()},
                    // The guest needs no keys; the portal says of every other provider that it does not have it.
                    "additionalProperties": {},
                },
            },
        })
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        Settings::read(section).problems
    }
}

/// A provider whose metadata need not be named.
fn known(description: &str, more: &Value) -> Value {
    let own = with(json!({"metadataUrl": metadata()}), more);
    json!({"type": "object", "description": description, "additionalProperties": provider_schema(&own, &["clientId"])})
}

/// GitHub, whose tokens are no ID tokens.
fn github() -> Value {
    let own = json!({"enterpriseInstanceUrl": {"type": "string", "description": "Address of a GitHub Enterprise; https://github.com unless it is set."}});
    let mut schema = provider_schema(&own, &["clientId"]);
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.remove("tokenSignedResponseAlg");
        properties["additionalScopes"]["description"] =
            "Scopes beside read:user, and user:email where a resolver looks for an address.".into();
    }
    json!({"type": "object", "description": "GitHub, by environment.", "additionalProperties": schema})
}

/// The keys of one object with those of another.
fn with(mut object: Value, more: &Value) -> Value {
    if let (Some(object), Some(more)) = (object.as_object_mut(), more.as_object()) {
        object.extend(more.clone());
    }
    object
}

fn metadata() -> Value {
    json!({"type": "string", "description": "Address of the provider's metadata, which ends with /.well-known/openid-configuration."})
}

fn provider_schema(own: &Value, required: &[&str]) -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    let mut schema = json!({
        "type": "object", "required": required,
        "properties": {
            "clientId": text("Name of the portal at the provider."),
            "clientSecret": {"type": "string", "visibility": "secret", "description": "Secret of the portal at the provider."},
            "callbackUrl": text("Where the provider sends people back to, if it is not <backend.baseUrl>/api/auth/<provider>/handler/frame."),
            "tokenEndpointAuthMethod": text("client_secret_basic, client_secret_post or none."),
            "tokenSignedResponseAlg": text("The algorithm by which ID tokens are signed; RS256 unless it is set."),
            "additionalScopes": {"description": "Scopes beside openid, profile and email.", "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "prompt": text("What the provider asks people; auto lets it choose."),
            "startUrlSearchParams": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Further parameters of the provider's sign-in page."},
            "timeout": {"type": ["string", "object"], "format": "human-duration", "description": "Longest wait for an answer of the provider; 10 seconds unless it is set."},
            "sessionDuration": {"type": ["string", "object"], "format": "human-duration", "description": "How long people stay signed in at most; 7 days unless it is set."},
            "title": text("What people call the sign-in service; stands on the button."),
            "signIn": resolvers("emailMatchingUserEntityProfileEmail, emailLocalPartMatchingUserEntityName, preferredUsernameMatchingUserEntityName, usernameMatchingUserEntityName, userIdMatchingUserEntityAnnotation or emailMatchingUserEntityAnnotation, as the provider has them."),
        },
    });
    schema["properties"] = with(schema["properties"].take(), own);
    schema
}

/// How a person's User entity is found; `names` are the resolvers.
fn resolvers(names: &str) -> Value {
    let resolver = json!({
        "type": "object", "required": ["resolver"],
        "properties": {
            "resolver": {"type": "string", "description": names},
            "allowedDomains": {"type": "array", "items": {"type": "string"}, "description": "Domains of addresses whose first part may be a name."},
            "dangerouslyAllowSignInWithoutUserInCatalog": {"type": "boolean", "description": "Lets people in who have no User entity."},
        },
    });
    json!({"type": "object", "properties": {"resolvers": {"type": "array", "items": resolver, "description": "Ways to find a person's User entity, tried in this order."}}})
}

impl ConfigSection for PermissionSection {
    fn path(&self) -> &'static str {
        "permission"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/sign-in.md")
    }

    fn schema(&self) -> Value {
        let member = json!({"type": "object", "properties": {"name": {"type": "string", "description": "user:default/ada or group:default/platform."}}});
        json!({
            "type": "object",
            "description": "Who may do what.",
            "properties": {
                "enabled": {"type": "boolean", "description": "Has the policy decide."},
                "rbac": {
                    "type": "object",
                    "description": "Roles, in the form of Red Hat Developer Hub.",
                    "properties": {
                        "policies-csv-file": {"type": "string", "description": "File of roles, their permissions and their members. Relative files start at the folder the portal was started in."},
                        "conditionalPoliciesFile": {"type": "string", "description": "File of conditions on what roles may do, in YAML. Relative files start at the folder the portal was started in."},
                        "policyDecisionPrecedence": {"type": "string", "enum": ["conditional", "basic"], "default": "conditional", "description": "What counts where both a line and a condition are about something: the condition, or with basic the line."},
                        "admin": {"type": "object", "properties": {"superUsers": {"type": "array", "items": member, "description": "People and groups that may do everything."}}},
                    },
                },
            },
        })
    }
}

impl ConfigSection for DiscoverySection {
    fn path(&self) -> &'static str {
        "discovery"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/sign-in.md")
    }

    fn schema(&self) -> Value {
        let endpoint = json!({
            "type": "object", "required": ["target", "plugins"],
            "properties": {
                "target": {"type": "string", "description": "Address of a plugin there, with {{pluginId}} for its name; the one for calls of servers."},
                "plugins": {"type": "array", "items": {"type": "string"}, "description": "Names of the plugins."},
            },
        });
        json!({
            "type": "object",
            "description": "Where other backends run plugins that call this portal.",
            "properties": {"endpoints": {"type": "array", "items": endpoint, "description": "Backends and their plugins."}},
        })
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        endpoints(Some(section)).1
    }
}
