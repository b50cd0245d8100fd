//! What a provider knows while it works.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::EntityRef;

use super::known::{Descriptor, Known};
use super::location;
use super::settings::ProviderSettings;

/// All that a provider knows, with what is not kept or delivered yet.
pub(super) struct Ledger {
    /// The repositories by their numbers.
    pub known: BTreeMap<i64, Known>,
    /// Names of locations.
    pub names: BTreeSet<String>,
}

impl Ledger {
    /// Takes note of the descriptors of a repository; the locations of those that are gone.
    pub fn found(
        &mut self,
        id: i64,
        found: Vec<(String, String)>,
        (settings, web): (&ProviderSettings, &str),
        now: Timestamp,
    ) -> Vec<EntityRef> {
        let Self { known, names } = self;
        let Some(known) = known.get_mut(&id) else {
            return Vec::new();
        };
        let before = known.descriptors.clone();
        known.looked_through(found, settings, now, |repository, branch, path| {
            let address = location::address(web, &repository.full_name, branch, path);
            let name = location::generated_name(&address);
            // The name is taken where another repository had this address, and keeps its locations.
            let name = if names.contains(&name) {
                format!("{name}-{}", repository.id)
            } else {
                name
            };
            names.insert(name.clone());
            name
        });
        let is_gone = |one: &&Descriptor| !known.descriptors.iter().any(|now| now.name == one.name);
        let gone: Vec<_> = before.iter().filter(is_gone).collect();
        for one in &gone {
            names.remove(&one.name);
        }
        gone.iter().map(|one| location::reference(&one.name)).collect()
    }
}
