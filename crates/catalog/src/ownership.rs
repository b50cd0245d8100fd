//! By what a person owns things: itself, its groups, and the groups above them.

use std::collections::HashSet;

use model::{EntityRef, Fault, entity};
use serde_json::Value;

use crate::{Catalog, Sight};

/// Nobody's sight decides whose groups somebody is in.
static EVERYBODY: Sight = Sight::system("the groups of a person are found");
/// Levels of groups above a person's own that are followed.
const MAX_LEVELS: usize = 20;
/// Most references a person owns by.
const MAX_CLAIMS: usize = 1_000;

impl Catalog {
    /// The references by which a person owns things: itself, its groups, and the groups above them, unless
    /// `portal.auth.nestedGroups` is off. The person alone where the catalog does not know it.
    pub async fn owners_of(&self, person: &EntityRef) -> Result<Vec<EntityRef>, Fault> {
        let seen = self.seen_by(&EVERYBODY);
        let mut claims = vec![person.clone()];
        let mut known = HashSet::from([person.clone()]);
        let mut level = match seen.entity(person).await? {
            Some(entity) => related(&entity, "memberOf"),
            None => Vec::new(),
        };
        let above = if self.parts.settings.nested_groups {
            MAX_LEVELS
        } else {
            0
        };
        for at in 0..=above {
            level.retain(|group| known.insert(group.clone()));
            level.truncate(MAX_CLAIMS.saturating_sub(claims.len()));
            claims.extend(level.iter().cloned());
            if level.is_empty() || at == above {
                break;
            }
            let groups = seen.entities(&level).await?;
            let parents = groups
                .iter()
                .flatten()
                .flat_map(|group| related(group, "childOf"));
            level = parents.collect();
            level.sort();
        }
        Ok(claims)
    }
}

/// The groups that an entity has this relation to.
fn related(value: &Value, relation: &str) -> Vec<EntityRef> {
    let targets = entity::relations(value).filter(|(kind, _)| *kind == relation);
    let targets = targets.filter_map(|(_, target)| target.parse::<EntityRef>().ok());
    targets.filter(|target| target.kind() == "group").collect()
}
