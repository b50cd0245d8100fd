//! The sections `auth` and `permission` of the configuration as the commands see them.

use model::{Fault, Problem};
use plugin::ConfigSection;
use serde_json::{Map, Value, json};

use crate::settings::{Settings, at};

/// Keys of `auth` that have an effect.
const AUTH_KEYS: [&str; 2] = ["environment", "providers"];
/// Keys of `permission` and of what is below it.
const PERMISSION_KEYS: [(&str, &[&str]); 3] = [
    ("", &["enabled", "rbac"]),
    ("rbac", &["policies-csv-file", "admin"]),
    ("rbac.admin", &["superUsers"]),
];

/// `auth`: how people sign in.
pub struct AuthSection;

/// `permission`: who may do what.
pub struct PermissionSection;

impl ConfigSection for AuthSection {
    fn path(&self) -> &'static str {
        "auth"
    }

    fn schema(&self) -> Value {
        json!({
            "type": "object",
            "description": "How people sign in.",
            "properties": {
                "environment": {"type": "string", "description": "The environment whose provider people sign in with; development unless it is set."},
                "providers": {
                    "type": "object",
                    "description": "Ways to sign in.",
                    "properties": {"oidc": {
                        "type": "object",
                        "description": "OpenID Connect, by environment.",
                        "additionalProperties": provider_schema(),
                    }},
                },
            },
        })
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        let mut problems = Settings::read(section).problems;
        problems.extend(idle(section, "auth", "", &AUTH_KEYS));
        problems
    }
}

fn provider_schema() -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    let resolver = json!({
        "type": "object", "required": ["resolver"],
        "properties": {
            "resolver": text("emailMatchingUserEntityProfileEmail, emailLocalPartMatchingUserEntityName or preferredUsernameMatchingUserEntityName."),
            "allowedDomains": {"type": "array", "items": {"type": "string"}, "description": "Domains of addresses whose first part may be a name."},
            "dangerouslyAllowSignInWithoutUserInCatalog": {"type": "boolean", "description": "Lets people in who have no User entity."},
        },
    });
    json!({
        "type": "object", "required": ["metadataUrl", "clientId"],
        "properties": {
            "metadataUrl": text("Address of the provider's metadata, which ends with /.well-known/openid-configuration."),
            "clientId": text("Name of the portal at the provider."),
            "clientSecret": {"type": "string", "visibility": "secret", "description": "Secret of the portal at the provider."},
            "callbackUrl": text("Where the provider sends people back to, if it is not <backend.baseUrl>/api/auth/oidc/handler/frame."),
            "tokenEndpointAuthMethod": text("client_secret_basic, client_secret_post or none."),
            "tokenSignedResponseAlg": text("The algorithm by which ID tokens are signed; RS256 unless it is set."),
            "additionalScopes": {"description": "Scopes beside openid, profile and email.", "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "prompt": text("What the provider asks people; auto lets it choose."),
            "startUrlSearchParams": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Further parameters of the provider's sign-in page."},
            "timeout": {"description": "Longest wait for an answer of the provider; 10 seconds unless it is set."},
            "sessionDuration": {"description": "How long people stay signed in at most; 7 days unless it is set."},
            "title": text("What people call the sign-in service; stands on the button."),
            "signIn": {"type": "object", "properties": {"resolvers": {"type": "array", "items": resolver, "description": "Ways to find a person's User entity, tried in this order."}}},
        },
    })
}

impl ConfigSection for PermissionSection {
    fn path(&self) -> &'static str {
        "permission"
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
                        "admin": {"type": "object", "properties": {"superUsers": {"type": "array", "items": member, "description": "People and groups that may do everything."}}},
                    },
                },
            },
        })
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        let known = PERMISSION_KEYS.iter();
        known
            .flat_map(|(key, names)| idle(section, "permission", key, names))
            .collect()
    }
}

/// Keys of the original that change nothing here.
fn idle(section: &Value, path: &str, below: &str, known: &[&str]) -> Vec<Problem> {
    let pointer = match below {
        "" => String::new(),
        below => format!("/{}", below.replace('.', "/")),
    };
    let object = section.pointer(&pointer).and_then(Value::as_object);
    let keys = object.into_iter().flat_map(Map::keys);
    let others = keys.filter(|key| !known.contains(&key.as_str()));
    let remark = |key: &String| {
        let key = [below, key]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(".");
        let fault = Fault::input(format!("'{path}.{key}' has no effect here"));
        at(&key, Problem::warning(fault)).hint("docs/sign-in.md says which keys have one.")
    };
    others.map(remark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(section: &impl ConfigSection, value: &Value) -> Vec<String> {
        section
            .check(value)
            .into_iter()
            .map(|one| one.fault.message)
            .collect()
    }

    #[test]
    fn keys_without_effect_are_told() {
        assert_eq!(
            told(
                &AuthSection,
                &json!({"environment": "a", "session": {"secret": "x"}})
            ),
            ["'auth.session' has no effect here"]
        );
        let rbac = json!({"policies-csv-file": "a.csv", "pluginsWithPermission": [], "admin": {"users": []}});
        assert_eq!(
            told(&PermissionSection, &json!({"enabled": true, "rbac": rbac})),
            [
                "'permission.rbac.pluginsWithPermission' has no effect here",
                "'permission.rbac.admin.users' has no effect here"
            ]
        );
    }
}
