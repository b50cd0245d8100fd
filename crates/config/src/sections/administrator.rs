//! An entry of `portal.administrators`.

use model::{EntityRef, Fault};

/// How the name of a service begins.
const SERVICE: &str = "service:";

/// A caller, or a group of callers, who administers the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Administrator {
    /// A person, or the members of a group.
    Entity(EntityRef),
    /// A service by its subject.
    Service(String),
}

impl Administrator {
    /// Reads an entry. Fails for a text that names no caller.
    pub fn parse(name: &str) -> Result<Self, Fault> {
        if let Some(subject) = name.strip_prefix(SERVICE).filter(|subject| !subject.is_empty()) {
            return Ok(Self::Service(subject.to_owned()));
        }
        let entity = EntityRef::parse(name, None, "default").ok();
        let caller = entity.filter(|entity| matches!(entity.kind(), "user" | "group"));
        caller.map(Self::Entity).ok_or_else(|| {
            Fault::input(format!(
                "'{name}' in portal.administrators names no caller, expected user:default/name, group:default/name \
                 or service:subject"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_groups_and_services_administer() {
        for (name, expected) in [
            ("user:default/ines", "user:default/ines"),
            ("Group:Platform", "group:default/platform"),
            ("service:CI of us", "CI of us"),
        ] {
            let read = match Administrator::parse(name).unwrap() {
                Administrator::Entity(entity) => entity.to_string(),
                Administrator::Service(subject) => subject,
            };
            assert_eq!(read, expected, "{name}");
        }
        for name in ["ines", "service:", "component:default/x", "", "user:"] {
            let fault = Administrator::parse(name).unwrap_err();
            assert!(fault.message.contains("names no caller"), "{name}: {fault}");
        }
    }
}
