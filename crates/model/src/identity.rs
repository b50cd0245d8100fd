//! Who calls, who looks at a page, and who does something.
//!
//! Pure data: finding out who calls is the business of authenticators, deciding what a caller may do is that
//! of a policy.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::{EntityRef, Scope};

/// The entity in whose name a guest keeps settings and stars.
const GUEST: (&str, &str, &str) = ("user", "default", "guest");

/// A limit on what a service's credential is good for, as `accessRestrictions` of the configuration writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    /// The only plugin that may be called.
    pub plugin: String,
    /// Names of the permissions that are left; empty for all of the plugin.
    pub permissions: Vec<String>,
    /// Actions of permissions that are left, for example `read`; empty for all.
    pub actions: Vec<String>,
}

/// A caller, as its credential proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A person who signed in.
    Person {
        /// The person's entity.
        entity: EntityRef,
        /// The session of the pages, where the credential is a cookie of ours.
        session: Option<Arc<str>>,
    },
    /// A program with a token of its own.
    Service {
        /// Name of the program, as configured or as its token says.
        subject: Arc<str>,
        /// What the token is good for; empty for everything.
        restrictions: Arc<[Restriction]>,
        /// The person for whom the program calls.
        on_behalf_of: Option<EntityRef>,
    },
    /// Anybody, where the portal is open to guests.
    Guest,
    /// Anybody without a credential, where the portal is not open to guests.
    Nobody,
}

/// A caller together with the references in whose name it owns things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The caller.
    pub who: Principal,
    /// References that count as the caller's own: its entity and its groups, as the sign-in found them.
    pub claims: Arc<[EntityRef]>,
    reference: EntityRef,
    /// What the caller's token is good for; nothing for a credential that is good for everything.
    scopes: Option<Arc<[Scope]>>,
}

impl Viewer {
    /// A person with the references it owns things by.
    pub fn person(entity: EntityRef, claims: Vec<EntityRef>, session: Option<Arc<str>>) -> Self {
        Self {
            reference: entity.clone(),
            claims: claims.into(),
            who: Principal::Person { entity, session },
            scopes: None,
        }
    }

    /// A program; it owns nothing.
    pub fn service(subject: &str, restrictions: Vec<Restriction>) -> Self {
        Self {
            reference: EntityRef::new("service", "default", subject),
            claims: Arc::default(),
            who: Principal::Service {
                subject: subject.into(),
                restrictions: restrictions.into(),
                on_behalf_of: None,
            },
            scopes: None,
        }
    }

    /// The guest.
    pub fn guest() -> Self {
        let reference = EntityRef::new(GUEST.0, GUEST.1, GUEST.2);
        Self {
            claims: [reference.clone()].into(),
            reference,
            who: Principal::Guest,
            scopes: None,
        }
    }

    /// A caller without a credential.
    pub fn nobody() -> Self {
        Self {
            reference: EntityRef::new("user", "default", "nobody"),
            claims: Arc::default(),
            who: Principal::Nobody,
            scopes: None,
        }
    }

    /// The same caller by a token that is good for nothing else.
    #[must_use]
    pub fn limited_to(mut self, scopes: Arc<[Scope]>) -> Self {
        self.scopes = Some(scopes);
        self
    }

    /// What the caller's token is good for; nothing for a credential that is good for all that its holder may do.
    pub fn scopes(&self) -> Option<&[Scope]> {
        self.scopes.as_deref()
    }

    /// The entity that stands for the caller, also the owner of its settings.
    pub fn reference(&self) -> &EntityRef {
        &self.reference
    }

    /// Whether the caller is a program that calls for nobody.
    pub fn is_service_alone(&self) -> bool {
        matches!(
            self.who,
            Principal::Service {
                on_behalf_of: None,
                ..
            }
        )
    }

    /// The only plugins that the caller's credential is good for; empty for all.
    pub fn only_plugins(&self) -> Vec<&str> {
        match &self.who {
            Principal::Service { restrictions, .. } => {
                restrictions.iter().map(|limit| limit.plugin.as_str()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether the caller is a program and nobody's settings are its own.
    pub fn is_service(&self) -> bool {
        matches!(self.who, Principal::Service { .. })
    }
}

/// The author of a change: a caller, or the portal itself with a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A caller, and the id of its request.
    Caller {
        /// The caller.
        who: Principal,
        /// The request, as the log names it.
        request: Option<Arc<str>>,
    },
    /// Work of the portal that no request asked for.
    System {
        /// Why, in a few words.
        reason: Cow<'static, str>,
    },
}

impl Actor {
    /// The portal itself.
    pub const fn system(reason: &'static str) -> Self {
        Self::System {
            reason: Cow::Borrowed(reason),
        }
    }

    /// The caller of a request.
    pub fn caller(viewer: &Viewer, request: Option<Arc<str>>) -> Self {
        Self::Caller {
            who: viewer.who.clone(),
            request,
        }
    }

    /// The actor's name for history and audit: an entity reference, `service:…`, `guest`, `nobody` or `system`.
    pub fn name(&self) -> String {
        match self {
            Self::Caller { who, .. } => match who {
                Principal::Person { entity, .. } => entity.to_string(),
                Principal::Service { subject, .. } => format!("service:{subject}"),
                Principal::Guest => "guest".to_owned(),
                Principal::Nobody => "nobody".to_owned(),
            },
            Self::System { .. } => "system".to_owned(),
        }
    }

    /// The actor as history, audit and jobs keep it.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Caller { who, request } => {
                let mut kept = match who {
                    Principal::Person { entity, .. } => {
                        json!({"type": "person", "entity": entity.to_string()})
                    }
                    Principal::Service {
                        subject,
                        on_behalf_of,
                        ..
                    } => json!({
                        "type": "service",
                        "subject": &**subject,
                        "onBehalfOf": on_behalf_of.as_ref().map(ToString::to_string),
                    }),
                    Principal::Guest => json!({"type": "guest"}),
                    Principal::Nobody => json!({"type": "nobody"}),
                };
                if let Some(request) = request {
                    kept["request"] = json!(&**request);
                }
                kept
            }
            Self::System { reason } => json!({"type": "system", "reason": reason}),
        }
    }

    /// Reads what [`Actor::to_json`] wrote. Sessions and restrictions are not kept.
    pub fn from_json(kept: &Value) -> Option<Self> {
        let reference = |key: &str| kept[key].as_str().and_then(|text| text.parse::<EntityRef>().ok());
        let who = match kept["type"].as_str()? {
            "person" => Principal::Person {
                entity: reference("entity")?,
                session: None,
            },
            "service" => Principal::Service {
                subject: kept["subject"].as_str()?.into(),
                restrictions: Arc::default(),
                on_behalf_of: reference("onBehalfOf"),
            },
            "guest" => Principal::Guest,
            "nobody" => Principal::Nobody,
            "system" => {
                return Some(Self::System {
                    reason: kept["reason"].as_str()?.to_owned().into(),
                });
            }
            _ => return None,
        };
        let request = kept["request"].as_str().map(Arc::from);
        Some(Self::Caller { who, request })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_actor_is_read_back() {
        let ines: EntityRef = "user:default/ines".parse().unwrap();
        let service = Viewer::service("ci", Vec::new());
        for actor in [
            Actor::system("retention"),
            Actor::caller(&Viewer::guest(), Some("4711".into())),
            Actor::caller(&Viewer::nobody(), None),
            Actor::caller(&Viewer::person(ines, Vec::new(), None), None),
            Actor::caller(&service, Some("4712".into())),
        ] {
            assert_eq!(Actor::from_json(&actor.to_json()), Some(actor));
        }
    }
}
