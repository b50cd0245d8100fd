//! What a panel does with tables before they are shown: columns left out, renamed and put in order, tables merged.
//!
//! Other transformations are not made; a panel that has one is shown without it, and says so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::board::text;

/// What is done with tables.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Arrangement {
    /// Columns that are left out.
    pub(crate) hidden: BTreeSet<String>,
    /// Names in place of others.
    pub(crate) names: BTreeMap<String, String>,
    /// Places of columns.
    pub(crate) places: BTreeMap<String, i64>,
    /// The tables of all queries are one.
    pub(crate) is_merged: bool,
    /// Transformations that are not made here.
    pub(crate) unknown: Vec<String>,
}

impl Arrangement {
    /// Reads the transformations of a panel.
    pub(crate) fn read(transformations: &Value) -> Self {
        let mut found = Self::default();
        let all = transformations.as_array().into_iter().flatten();
        for one in all.filter(|one| one["disabled"] != true).take(20) {
            let options = &one["options"];
            match one["id"].as_str() {
                Some("organize") => found.organize(options),
                Some("merge" | "joinByField" | "seriesToColumns") => found.is_merged = true,
                Some("labelsToFields" | "sortBy" | "seriesToRows") | None => {}
                Some(other) => found.unknown.push(other.to_owned()),
            }
        }
        found
    }

    fn organize(&mut self, options: &Value) {
        let entries = |key: &str| options[key].as_object().into_iter().flat_map(Map::iter);
        let hidden = entries("excludeByName").filter(|(_, is_hidden)| **is_hidden == true);
        self.hidden.extend(hidden.map(|(name, _)| name.clone()));
        let names = entries("renameByName").map(|(name, to)| (name.clone(), text(to)));
        self.names.extend(names.filter(|(_, to)| !to.is_empty()));
        let places = entries("indexByName").filter_map(|(name, place)| Some((name.clone(), place.as_i64()?)));
        self.places.extend(places);
    }
}
