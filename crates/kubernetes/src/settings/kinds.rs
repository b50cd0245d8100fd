//! Kinds and versions that the section names: custom resources, other versions, and the kinds of the wire contract.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::engine::Kind;
use crate::engine::kinds::{BY_CHOICE, EVENTS, OF_ENTITIES};

/// Kinds of a cluster's own, at most.
pub(crate) const MOST_CUSTOM: usize = 40;

/// Kinds of a cluster's own, and versions that are wanted of kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Custom resources that may belong to entities.
    pub custom: Vec<&'static Kind>,
    /// The version in which a kind is asked for where the cluster serves it, by group and plural.
    pub versions: BTreeMap<(String, String), String>,
}

impl Wanted {
    /// What a section wants of every cluster.
    pub fn everywhere(section: &Value) -> Self {
        let mut wanted = Self::default();
        wanted.add(&section["customResources"]);
        let overrides = section["apiVersionOverrides"].as_object().into_iter().flatten();
        for (plural, version) in overrides {
            let mut kinds = OF_ENTITIES.iter().chain(&BY_CHOICE);
            let kind = kinds.find(|kind| kind.plural == plural);
            if let (Some(kind), Some(version)) = (kind, version.as_str()) {
                let name = (kind.group.to_owned(), kind.plural.to_owned());
                wanted.versions.insert(name, version.to_owned());
            }
        }
        wanted
    }

    /// The same for a cluster, whose own list replaces the common one.
    pub fn of_cluster(&self, one: &Value) -> Self {
        if !one["customResources"].is_array() {
            return self.clone();
        }
        let mut wanted = Self {
            custom: Vec::new(),
            versions: self.versions.clone(),
        };
        wanted.add(&one["customResources"]);
        wanted
    }

    fn add(&mut self, list: &Value) {
        let list = list.as_array().into_iter().flatten().take(MOST_CUSTOM);
        for (group, version, plural) in list.filter_map(names) {
            let Some(kind) = Kind::named(group, plural) else {
                continue;
            };
            if !self.custom.contains(&kind) {
                self.custom.push(kind);
            }
            let name = (group.to_owned(), plural.to_owned());
            self.versions.insert(name, version.to_owned());
        }
    }
}

/// Group, version and plural of a custom resource; nothing if one of them is not what such names are.
pub(crate) fn names(custom: &Value) -> Option<(&str, &str, &str)> {
    let name = |key: &str| {
        let text = custom[key].as_str()?;
        let is_letter =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-.".contains(letter);
        let is_name = !text.is_empty() && text.len() <= 253 && text.chars().all(is_letter);
        is_name.then_some(text)
    };
    Some((name("group")?, name("apiVersion")?, name("plural")?))
}

/// The kinds of the wire contract: those by default, or those of `objectTypes`, in the contract's order. Secrets are never asked
/// for.
pub(super) fn of_wire(section: &Value) -> Vec<&'static Kind> {
    let by_default = OF_ENTITIES.iter().copied().filter(|kind| **kind != EVENTS);
    let Some(chosen) = section["objectTypes"].as_array() else {
        return by_default.collect();
    };
    let is_chosen = |kind: &&'static Kind| chosen.iter().any(|name| name == kind.plural);
    BY_CHOICE
        .iter()
        .copied()
        .chain(by_default)
        .filter(is_chosen)
        .collect()
}
