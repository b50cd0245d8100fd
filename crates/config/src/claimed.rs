//! Sections that plugins read: held against the schemas that the plugins declare, and converted as these say.

use std::sync::Arc;

use model::{Place, Problem, Severity};
use serde_json::Value;

use crate::config::{Config, shown};
use crate::conform::{Conformed, Reader, conform_below};
use crate::json_path::{dotted, pointer, segments};

/// A section of the configuration that a plugin reads.
pub struct ClaimedSection<'a> {
    /// Its key, with dots between parts.
    pub path: &'a str,
    /// Its JSON schema. Types, `required`, `enum`, `minimum` and `maximum` are enforced, as is the format `human-duration`; a
    /// key that it does not have is said to have no effect. `"visibility": "secret"` marks what is never shown.
    pub schema: Value,
    /// The page of the documentation that lists its keys.
    pub page: Option<&'a str>,
    /// Problems of a value of it that the schema cannot express. A fault's path is a key within the section, with dots
    /// between parts.
    pub check: &'a dyn Fn(&Value) -> Vec<Problem>,
}

impl Config {
    /// What [`Config::check`] says, for a portal whose plugins read sections that this crate does not know. Their sections are
    /// held against their schemas, and their own checks come in addition.
    pub fn check_with(&self, claimed: &[ClaimedSection<'_>]) -> Vec<Problem> {
        let mut problems = self.check();
        let nodes = claimed
            .iter()
            .filter_map(|section| self.tree().at(&segments(section.path)));
        let places: Vec<Place> = nodes.map(|node| node.origin.place()).collect();
        let is_claimed =
            |problem: &Problem| problem.place.as_ref().is_some_and(|place| places.contains(place));
        problems.retain(|problem| problem.severity == Severity::Error || !is_claimed(problem));
        let mut found: Vec<Problem> = claimed
            .iter()
            .flat_map(|section| self.check_section(section))
            .collect();
        found.sort_by_key(|problem| {
            let place = problem.place.as_ref();
            place.map(|place| (place.source.clone(), place.line, place.column))
        });
        problems.extend(shown(found));
        problems
    }

    /// The configuration as plugins read it: where a schema asks for a number or a boolean, a text that means one has become it,
    /// as with the original. What cannot be used stays as it is written.
    #[must_use]
    pub fn with_sections(&self, claimed: &[ClaimedSection<'_>]) -> Self {
        let mut inner = self.inner().clone();
        for section in claimed {
            let found = self.conform_section(section);
            inner.secrets.extend(found.secrets);
            inner.known.extend(found.known);
            if let Some(value) = inner.value.pointer_mut(&pointer(&segments(section.path))) {
                take_over(value, found.value);
            }
        }
        Self::from_inner(Arc::new(inner))
    }

    fn conform_section(&self, section: &ClaimedSection<'_>) -> Conformed {
        let reader = Reader::Plugin { page: section.page };
        conform_below(
            self.tree(),
            self.topmost(),
            &segments(section.path),
            &section.schema,
            reader,
        )
    }

    /// What the schema says comes first. Of two sentences about one key the more exact one stays: that of the schema about a
    /// wrong value, and that of the plugin about a key without effect.
    fn check_section(&self, section: &ClaimedSection<'_>) -> Vec<Problem> {
        let Some(node) = self.tree().at(&segments(section.path)) else {
            return Vec::new();
        };
        let found = self.conform_section(section);
        let mut value = node.to_value();
        take_over(&mut value, found.value);
        let key = |problem: &Problem| {
            let below = problem.fault.path.iter().flat_map(|path| segments(path));
            dotted(
                &segments(section.path)
                    .into_iter()
                    .chain(below)
                    .collect::<Vec<_>>(),
            )
        };
        let own: Vec<(String, Problem)> = (section.check)(&value)
            .into_iter()
            .map(|problem| (key(&problem), problem))
            .collect();
        let is_wrong = |key: &String| {
            let mut errors = found
                .problems
                .iter()
                .filter(|(_, one)| one.severity == Severity::Error);
            errors.any(|(wrong, _)| wrong == key)
        };
        let is_known_better = |key: &String| own.iter().any(|(own, _)| covers(own, key, section.path));
        let said = found.problems.iter();
        let by_schema = said.filter(|(key, one)| one.severity == Severity::Error || !is_known_better(key));
        let by_plugin = own.iter().filter(|(key, _)| !is_wrong(key));
        let placed = |(key, problem): &(String, Problem)| problem.clone().at(self.place(key));
        by_schema
            .map(|(_, problem)| problem.clone())
            .chain(by_plugin.map(placed))
            .collect()
    }
}

/// Whether a problem of the plugin is about a key or one above it, and not about the section as a whole.
fn covers(own: &str, key: &str, section: &str) -> bool {
    let rest = key.strip_prefix(own);
    own != section && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Takes over what could be converted; nothing is taken away.
fn take_over(value: &mut Value, converted: Value) {
    match (value, converted) {
        (_, Value::Null) => {}
        (Value::Object(old), Value::Object(new)) => {
            for (key, new) in new {
                if let Some(old) = old.get_mut(&key) {
                    take_over(old, new);
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for (old, new) in old.iter_mut().zip(new) {
                take_over(old, new);
            }
        }
        (value, converted) => *value = converted,
    }
}
