//! The guest, as `auth.providers.guest` configures it.

use model::{EntityRef, Fault, Problem};
use serde::Deserialize;
use serde_json::Value;

use super::at;

/// Who gets a token without a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guest {
    pub entity: EntityRef,
    /// What it owns by unless the catalog knows it; empty for itself.
    pub owns_by: Vec<EntityRef>,
    /// Whoever reaches the portal may be the guest.
    pub is_for_everybody: bool,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Written {
    user_entity_ref: Option<EntityRef>,
    ownership_entity_refs: Vec<EntityRef>,
    dangerously_allow_outside_development: bool,
}

impl Default for Guest {
    /// The guest of `@backstage/plugin-auth-backend-module-guest-provider` 0.2.23.
    fn default() -> Self {
        Self {
            entity: EntityRef::new("user", "development", "guest"),
            owns_by: Vec::new(),
            is_for_everybody: false,
        }
    }
}

impl Guest {
    /// Reads the section. One that only says that there is a guest (`guest: {}`, `guest: true`) leaves everything as it is.
    pub fn read(section: Option<&Value>) -> Result<Self, Box<Problem>> {
        let Some(section) = section.filter(|section| section.is_object()) else {
            return Ok(Self::default());
        };
        let written: Written = serde_json::from_value(section.clone()).map_err(|error| {
            let fault = Fault::input(format!(
                "auth.providers.guest is not written as expected: {error}"
            ));
            Box::new(
                at("providers.guest", Problem::error(fault)).hint("docs/sign-in.md says what it may hold."),
            )
        })?;
        Ok(Self {
            entity: written.user_entity_ref.unwrap_or_else(|| Self::default().entity),
            owns_by: written.ownership_entity_refs,
            is_for_everybody: written.dangerously_allow_outside_development,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_guest_is_whom_the_configuration_names() {
        let read = |value: Value| Guest::read(Some(&value));
        for plain in [json!({}), json!(true), json!(null)] {
            assert_eq!(read(plain).unwrap(), Guest::default());
        }
        let visitor = json!({
            "userEntityRef": "user:default/visitor", "ownershipEntityRefs": ["group:default/visitors"],
            "dangerouslyAllowOutsideDevelopment": true,
        });
        let expected = Guest {
            entity: "user:default/visitor".parse().unwrap(),
            owns_by: vec!["group:default/visitors".parse().unwrap()],
            is_for_everybody: true,
        };
        assert_eq!(read(visitor).unwrap(), expected);
        let problem = read(json!({"userEntityRef": "visitor"})).unwrap_err();
        assert!(
            problem.fault.message.contains("auth.providers.guest"),
            "{problem:?}"
        );
    }
}
