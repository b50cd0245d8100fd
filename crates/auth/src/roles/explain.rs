//! Why a viewer may do something, or may not.

use std::collections::BTreeSet;

use model::{EntityRef, Viewer};
use plugin::{Decision, Permission};

use super::{Roles, names};

/// A decision with what led to it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Explanation {
    pub decision: Decision,
    /// Nothing where no line is about the permission.
    pub because: Vec<Because>,
}

/// A line that counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Because {
    /// Who may do everything: the viewer, or this group of it.
    Superuser(EntityRef),
    /// A line of the file of roles.
    Line {
        role: String,
        number: usize,
        allows: bool,
        /// Who has the role: the viewer, or groups of it.
        through: Vec<EntityRef>,
    },
    /// A policy of the file of conditions.
    Condition {
        role: String,
        number: usize,
        through: Vec<EntityRef>,
    },
}

impl Roles {
    /// A decision with its reasons.
    pub fn explain(&self, viewer: &Viewer, permission: &Permission) -> Explanation {
        let superuser = names(viewer).find(|name| self.superusers.contains(*name));
        if let Some(name) = superuser {
            return Explanation {
                decision: Decision::Allow,
                because: vec![Because::Superuser(name.clone())],
            };
        }
        let roles: BTreeSet<&String> = self.of(viewer).collect();
        let because = if self.lines_count(&roles, permission) {
            let lines = self.lines_about(&roles, permission);
            let because = lines.map(|(role, line)| Because::Line {
                role: role.to_owned(),
                number: line.number,
                allows: line.allows,
                through: self.through(viewer, role),
            });
            because.collect()
        } else {
            let conditions = self.conditions_of(&roles, permission);
            let because = conditions.map(|(role, policy)| Because::Condition {
                role: role.to_owned(),
                number: policy.number,
                through: self.through(viewer, role),
            });
            because.collect()
        };
        Explanation {
            decision: self.decide_one(viewer, &roles, permission),
            because,
        }
    }

    /// By which of its names a viewer has a role.
    fn through(&self, viewer: &Viewer, role: &str) -> Vec<EntityRef> {
        let has = |name: &&EntityRef| self.members.get(*name).is_some_and(|roles| roles.contains(role));
        names(viewer).filter(has).cloned().collect()
    }

    /// The roles of a viewer, each once.
    pub fn roles_of(&self, viewer: &Viewer) -> Vec<(String, Vec<EntityRef>)> {
        let roles: BTreeSet<&String> = self.of(viewer).collect();
        let named = roles.into_iter();
        named
            .map(|role| (role.clone(), self.through(viewer, role)))
            .collect()
    }
}
