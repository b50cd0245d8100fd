//! Who may do what, without code: roles with permissions, and the people and groups that have them.
//!
//! The files are those of Red Hat Developer Hub: `policies-csv-file` (`csv`) and `conditionalPoliciesFile` (`conditions`). What no
//! line allows is denied, and a line that denies counts more than all that allow. Of lines and conditions of a viewer's roles about the
//! same things the conditions count, or the lines ([`Precedence`]).

mod conditions;
mod csv;
mod explain;
mod file;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{EntityRef, Viewer};
use plugin::{Condition, Decision, Permission};

pub(crate) use explain::{Because, Explanation};
pub use file::RolesFile;

use conditions::ConditionalPolicy;

/// What counts where both lines and conditions are about a permission: `policyDecisionPrecedence`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precedence {
    /// The conditions (`conditional`).
    #[default]
    Conditions,
    /// The lines (`basic`).
    Lines,
}

/// The roles of a portal.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Roles {
    /// Lines about permissions: by role, and what they are about.
    lines: BTreeMap<String, HashMap<String, Vec<Line>>>,
    /// Roles by the people and groups that have them.
    members: BTreeMap<EntityRef, BTreeSet<String>>,
    /// What roles may do to things that meet a condition.
    conditional: BTreeMap<String, Vec<ConditionalPolicy>>,
    /// People and groups that may do everything.
    superusers: BTreeSet<EntityRef>,
    precedence: Precedence,
}

/// What a role may do, or may not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    action: String,
    allows: bool,
    /// Its number in the file, from 1.
    number: usize,
}

impl Roles {
    /// Whether a viewer has any role.
    pub fn has_any(&self, viewer: &Viewer) -> bool {
        self.is_superuser(viewer) || self.of(viewer).next().is_some()
    }

    fn is_superuser(&self, viewer: &Viewer) -> bool {
        names(viewer).any(|name| self.superusers.contains(name))
    }

    /// Roles of a viewer: its own and those of its groups.
    fn of<'a>(&'a self, viewer: &'a Viewer) -> impl Iterator<Item = &'a String> {
        names(viewer).filter_map(|name| self.members.get(name)).flatten()
    }

    /// What roles say about permissions, in the same order.
    pub fn decide(&self, viewer: &Viewer, asked: &[&Permission]) -> Vec<Decision> {
        if self.is_superuser(viewer) {
            return vec![Decision::Allow; asked.len()];
        }
        let roles: BTreeSet<&String> = self.of(viewer).collect();
        let decide = |permission: &&Permission| self.decide_one(viewer, &roles, permission);
        asked.iter().map(decide).collect()
    }

    fn decide_one(&self, viewer: &Viewer, roles: &BTreeSet<&String>, permission: &Permission) -> Decision {
        if self.lines_count(roles, permission) {
            let mut fitting = self.lines_about(roles, permission).peekable();
            let is_named = fitting.peek().is_some();
            return if is_named && fitting.all(|(_, line)| line.allows) {
                Decision::Allow
            } else {
                Decision::Deny
            };
        }
        let conditions = self.conditions_of(roles, permission);
        let mut conditions: Vec<Condition> =
            conditions.map(|(_, policy)| policy.for_viewer(viewer)).collect();
        match conditions.pop() {
            Some(only) if conditions.is_empty() => Decision::Conditional(only),
            Some(last) => {
                conditions.push(last);
                Decision::Conditional(Condition::Any(conditions))
            }
            None => Decision::Deny,
        }
    }

    /// Whether lines decide about a permission, and not conditions.
    fn lines_count(&self, roles: &BTreeSet<&String>, permission: &Permission) -> bool {
        match self.precedence {
            Precedence::Conditions => self.conditions_of(roles, permission).next().is_none(),
            Precedence::Lines => {
                self.lines_about(roles, permission).next().is_some()
                    || self.conditions_of(roles, permission).next().is_none()
            }
        }
    }

    /// The lines of some roles that are about a permission, by its name or by the type of things that it is about.
    fn lines_about<'a>(
        &'a self,
        roles: &'a BTreeSet<&'a String>,
        permission: &'a Permission,
    ) -> impl Iterator<Item = (&'a str, &'a Line)> {
        let about = [Some(permission.name), permission.resource];
        roles.iter().flat_map(move |role| {
            let of_role = self.lines.get(*role);
            let lines = about
                .into_iter()
                .flatten()
                .filter_map(move |about| of_role?.get(about));
            let fitting = lines
                .flatten()
                .filter(|line| line.action == permission.action.as_str());
            fitting.map(|line| (role.as_str(), line))
        })
    }

    /// The conditions of some roles that are about a permission.
    fn conditions_of<'a>(
        &'a self,
        roles: &'a BTreeSet<&'a String>,
        permission: &'a Permission,
    ) -> impl Iterator<Item = (&'a str, &'a ConditionalPolicy)> {
        roles.iter().flat_map(move |role| {
            let policies = self.conditional.get(*role).into_iter().flatten();
            let fitting = policies.filter(|policy| policy.is_about(permission));
            fitting.map(|policy| (role.as_str(), policy))
        })
    }
}

/// The references by which the file may name a viewer.
fn names(viewer: &Viewer) -> impl Iterator<Item = &EntityRef> {
    let own = viewer.reference();
    let groups = viewer.claims.iter().filter(move |claim| *claim != own);
    std::iter::once(own).chain(groups)
}

#[cfg(test)]
mod tests;
