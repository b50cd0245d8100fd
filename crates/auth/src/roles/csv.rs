//! Lines of roles: `policies-csv-file` of Red Hat Developer Hub.
//!
//! ```text
//! p, role:default/developer, catalog-entity, read, allow
//! p, role:default/developer, catalog.location.create, create, allow
//! g, group:default/platform, role:default/developer
//! ```

use model::{EntityRef, Fault};

use super::{Line, Roles};

/// How the name of a role begins.
const ROLE: &str = "role:";

impl Roles {
    /// Reads a file; its name stands in errors.
    #[cfg(test)]
    pub fn parse(text: &str, name: &str) -> Result<Self, Fault> {
        let mut roles = Self::default();
        roles.add_lines(text, name)?;
        Ok(roles)
    }

    /// Adds the lines of a text; its name stands in errors.
    pub fn add_lines(&mut self, text: &str, name: &str) -> Result<(), Fault> {
        for (number, line) in (1..).zip(text.lines()) {
            self.take(line, number)
                .map_err(|reason| Fault::input(format!("{name}:{number}: {reason}")))?;
        }
        Ok(())
    }

    fn take(&mut self, line: &str, number: usize) -> Result<(), String> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        match fields.as_slice() {
            ["p", role, about, action, effect] => {
                let line = Line {
                    action: (*action).to_owned(),
                    allows: effect_of(effect)?,
                    number,
                };
                let of_role = self.lines.entry(role_of(role)?).or_default();
                of_role.entry((*about).to_owned()).or_default().push(line);
            }
            ["g", member, role] => {
                let member = member_of(member)?;
                self.members.entry(member).or_default().insert(role_of(role)?);
            }
            ["p", ..] => {
                return Err(
                    "a line 'p' has a role, a permission, an action and 'allow' or 'deny'".to_owned(),
                );
            }
            ["g", ..] => return Err("a line 'g' has a person or group, and a role".to_owned()),
            _ => return Err("a line begins with 'p' or 'g'".to_owned()),
        }
        Ok(())
    }
}

fn effect_of(text: &str) -> Result<bool, String> {
    match text {
        "allow" => Ok(true),
        "deny" => Ok(false),
        other => Err(format!("'{other}' is neither allow nor deny")),
    }
}

pub(super) fn role_of(text: &str) -> Result<String, String> {
    let is_role = text.strip_prefix(ROLE).is_some_and(|name| !name.is_empty());
    let role = is_role.then(|| text.to_ascii_lowercase());
    role.ok_or_else(|| format!("'{text}' is no role, expected for example role:default/developer"))
}

pub(super) fn member_of(text: &str) -> Result<EntityRef, String> {
    let entity = text.parse::<EntityRef>().ok();
    let member = entity.filter(|entity| matches!(entity.kind(), "user" | "group"));
    member.ok_or_else(|| format!("'{text}' is no person or group, expected for example user:default/ada"))
}
