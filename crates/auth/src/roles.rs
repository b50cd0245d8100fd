//! Who may do what, without code: roles with permissions, and the people and groups that have them.
//!
//! The file is the `policies-csv-file` of Red Hat Developer Hub:
//!
//! ```text
//! p, role:default/developer, catalog-entity, read, allow
//! p, role:default/developer, catalog.location.create, create, allow
//! g, group:default/platform, role:default/developer
//! ```
//!
//! What no line allows is denied, and a line that denies counts more than all that allow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use async_trait::async_trait;
use config::Config;
use model::{EntityRef, Fault, Viewer};
use plugin::{Decision, Permission, Policy};
use serde_json::Value;

/// Largest file, in bytes.
const MAX_BYTES: u64 = 16 << 20;
/// How the name of a role begins.
const ROLE: &str = "role:";

/// The roles of a portal.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// Lines about permissions, by role.
    lines: BTreeMap<String, Vec<Line>>,
    /// Roles by the people and groups that have them.
    members: BTreeMap<EntityRef, BTreeSet<String>>,
    /// People and groups that may do everything.
    superusers: BTreeSet<EntityRef>,
}

/// What a role may do, or may not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    /// Name of a permission, or the type of things that permissions are about.
    about: String,
    action: String,
    allows: bool,
}

impl Line {
    fn is_about(&self, permission: &Permission) -> bool {
        let names = self.about == permission.name || permission.resource == Some(self.about.as_str());
        names && self.action == permission.action.as_str()
    }
}

impl Roles {
    /// The roles that a configuration names; nothing where permissions are switched off, or no policy is configured.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or a line of it is no policy: a mistake there must neither open nor close anything unseen.
    pub fn from_config(config: &Config) -> Result<Option<Self>, Fault> {
        let Some(path) = config.roles_file() else {
            return Ok(None);
        };
        let text = read(&path).map_err(|reason| {
            Fault::input(format!(
                "permission.rbac.policies-csv-file: {} cannot be read: {reason}",
                path.display()
            ))
        })?;
        let mut roles = Self::parse(&text, &path.display().to_string())?;
        roles.superusers = superusers(&config.value()["permission"])?;
        Ok(Some(roles))
    }

    /// Reads a file; its name stands in errors.
    pub fn parse(text: &str, name: &str) -> Result<Self, Fault> {
        let mut roles = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            roles
                .take(line)
                .map_err(|reason| Fault::input(format!("{name}:{number}: {reason}")))?;
        }
        Ok(roles)
    }

    fn take(&mut self, line: &str) -> Result<(), String> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        match fields.as_slice() {
            ["p", role, about, action, effect] => {
                let line = Line {
                    about: (*about).to_owned(),
                    action: (*action).to_owned(),
                    allows: effect_of(effect)?,
                };
                self.lines.entry(role_of(role)?).or_default().push(line);
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

    /// Whether a viewer has any role.
    pub(crate) fn has_any(&self, viewer: &Viewer) -> bool {
        self.is_superuser(viewer) || self.of(viewer).next().is_some()
    }

    fn is_superuser(&self, viewer: &Viewer) -> bool {
        names(viewer).any(|name| self.superusers.contains(name))
    }

    /// Roles of a viewer: its own and those of its groups.
    fn of<'a>(&'a self, viewer: &'a Viewer) -> impl Iterator<Item = &'a String> {
        names(viewer).filter_map(|name| self.members.get(name)).flatten()
    }
}

#[async_trait]
impl Policy for Roles {
    async fn decide(&self, viewer: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        if self.is_superuser(viewer) {
            return Ok(vec![Decision::Allow; asked.len()]);
        }
        let roles: BTreeSet<&String> = self.of(viewer).collect();
        let lines: Vec<&Line> = roles
            .into_iter()
            .filter_map(|role| self.lines.get(role))
            .flatten()
            .collect();
        Ok(asked
            .iter()
            .map(|permission| decision(&lines, permission))
            .collect())
    }
}

/// What lines say about a permission: all that are about it allow it, and there is one.
fn decision(lines: &[&Line], permission: &Permission) -> Decision {
    let mut fitting = lines.iter().filter(|line| line.is_about(permission)).peekable();
    let is_named = fitting.peek().is_some();
    if is_named && fitting.all(|line| line.allows) {
        Decision::Allow
    } else {
        Decision::Deny
    }
}

/// The references by which the file may name a viewer.
fn names(viewer: &Viewer) -> impl Iterator<Item = &EntityRef> {
    let own = viewer.reference();
    let groups = viewer.claims.iter().filter(move |claim| *claim != own);
    std::iter::once(own).chain(groups)
}

fn read(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MAX_BYTES {
        return Err(format!("it is larger than {MAX_BYTES} bytes"));
    }
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}

fn effect_of(text: &str) -> Result<bool, String> {
    match text {
        "allow" => Ok(true),
        "deny" => Ok(false),
        other => Err(format!("'{other}' is neither allow nor deny")),
    }
}

fn role_of(text: &str) -> Result<String, String> {
    let is_role = text.strip_prefix(ROLE).is_some_and(|name| !name.is_empty());
    let role = is_role.then(|| text.to_ascii_lowercase());
    role.ok_or_else(|| format!("'{text}' is no role, expected for example role:default/developer"))
}

fn member_of(text: &str) -> Result<EntityRef, String> {
    let entity = text.parse::<EntityRef>().ok();
    let member = entity.filter(|entity| matches!(entity.kind(), "user" | "group"));
    member.ok_or_else(|| format!("'{text}' is no person or group, expected for example user:default/ada"))
}

/// `permission.rbac.admin.superUsers`.
fn superusers(section: &Value) -> Result<BTreeSet<EntityRef>, Fault> {
    let listed = section
        .pointer("/rbac/admin/superUsers")
        .and_then(Value::as_array);
    let names = listed
        .into_iter()
        .flatten()
        .map(|entry| entry["name"].as_str().unwrap_or_default());
    let parsed = names.map(|name| {
        member_of(name).map_err(|reason| Fault::input(format!("permission.rbac.admin.superUsers: {reason}")))
    });
    parsed.collect()
}

#[cfg(test)]
mod tests {
    use plugin::PermissionAction;

    use super::*;

    static READ: Permission =
        Permission::new("catalog.entity.read", PermissionAction::Read).on("catalog-entity");
    static CREATE: Permission = Permission::new("catalog.location.create", PermissionAction::Create);
    static ADMINISTER: Permission =
        Permission::new("audit.event.read", PermissionAction::Read).for_administrators();

    const FILE: &str = "\
# Everybody of the platform reads; Ada registers, too, and Grace does not.
p, role:default/reader, catalog-entity, read, allow
p, role:default/writer, catalog.location.create, create, allow
p, role:default/banned, catalog.location.create, create, deny

g, group:default/platform, role:default/reader
g, user:default/ada, role:default/writer
g, User:default/Grace, ROLE:default/writer
g, user:default/grace, role:default/banned
";

    fn viewer(name: &str, groups: &[&str]) -> Viewer {
        let claims = groups.iter().map(|group| group.parse().unwrap());
        Viewer::person(name.parse().unwrap(), claims.collect(), None)
    }

    async fn check(viewer: &Viewer, expected: [bool; 3]) {
        let mut roles = Roles::parse(&FILE.replace("ROLE:", "role:"), "policy.csv").unwrap();
        roles.superusers.insert("group:default/owners".parse().unwrap());
        let decided = roles
            .decide(viewer, &[&READ, &CREATE, &ADMINISTER])
            .await
            .unwrap();
        let allowed: Vec<bool> = decided.into_iter().map(|one| one == Decision::Allow).collect();
        assert_eq!(allowed, expected, "{viewer:?}");
        assert_eq!(
            roles.has_any(viewer),
            viewer.reference().name() != "mallory" && viewer.reference().name() != "guest"
        );
    }

    #[tokio::test]
    async fn roles_decide_and_what_nobody_allows_is_denied() {
        let platform = ["group:default/platform"];
        check(&viewer("user:default/ada", &platform), [true, true, false]).await;
        check(&viewer("user:default/ada", &[]), [false, true, false]).await;
        check(&viewer("user:default/grace", &platform), [true, false, false]).await;
        check(
            &viewer("user:default/mallory", &["group:default/guests"]),
            [false; 3],
        )
        .await;
        check(
            &viewer("user:default/linus", &["group:default/owners"]),
            [true; 3],
        )
        .await;
        check(&Viewer::guest(), [false; 3]).await;
    }

    #[test]
    fn a_line_that_is_no_policy_is_an_error_with_its_place() {
        for (line, reason) in [
            (
                "p, role:default/a, catalog-entity, read",
                "policy.csv:2: a line 'p' has",
            ),
            (
                "p, role:default/a, catalog-entity, read, maybe",
                "'maybe' is neither",
            ),
            ("p, user:default/ada, catalog-entity, read, allow", "is no role"),
            ("g, component:default/a, role:default/a", "is no person or group"),
            ("g, user:default/ada", "a line 'g' has"),
            ("x, y", "begins with 'p' or 'g'"),
        ] {
            let fault = Roles::parse(&format!("# one\n{line}\n"), "policy.csv").unwrap_err();
            assert!(fault.message.contains(reason), "{line}: {fault}");
        }
    }
}
