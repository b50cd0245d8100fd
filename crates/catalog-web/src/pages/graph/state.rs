//! What the graph shows, as its address says it; the parameters are those of the original.

use model::EntityRef;
use ui::{Flow, href};
use url::form_urlencoded;

use catalog::neighbourhood::Request;

/// Where the page stands.
pub(crate) const PATH: &str = "/catalog-graph";
/// Steps unless the address says otherwise.
const DEFAULT_DEPTH: usize = 1;
/// Most steps; as good as no bound.
pub(crate) const MAX_DEPTH: usize = 20;
/// Most values of one parameter; further ones do not count.
const MAX_VALUES: usize = 50;

/// What the graph shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct GraphState {
    /// The entities it is drawn around.
    pub(crate) roots: Vec<EntityRef>,
    /// Steps from them, when not the usual.
    pub(crate) depth: Option<usize>,
    /// Only these kinds, lower-cased.
    pub(crate) kinds: Vec<String>,
    /// Only these relations, by their forward names.
    pub(crate) relations: Vec<String>,
    /// Where arrows lead.
    pub(crate) flow: Flow,
    /// Only the shortest ways.
    pub(crate) is_simplified: bool,
    /// Alike entities are shown one by one.
    pub(crate) is_expanded: bool,
}

impl GraphState {
    /// The graph around an entity.
    pub(crate) fn around(root: &EntityRef) -> Self {
        Self {
            roots: vec![root.clone()],
            ..Self::default()
        }
    }

    /// Reads an address. What is not understood is left out, so that an old link still works.
    pub(crate) fn parse(query: &str) -> Self {
        let mut state = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            if !value.is_empty() {
                state.read(key.trim_end_matches("[]"), &value);
            }
        }
        state
    }

    fn read(&mut self, key: &str, value: &str) {
        let add = |values: &mut Vec<String>, value: String| {
            if values.len() < MAX_VALUES && !values.contains(&value) {
                values.push(value);
            }
        };
        match key {
            "rootEntityRefs" => {
                let root = value.parse::<EntityRef>().ok();
                let is_new = |root: &EntityRef| self.roots.len() < MAX_VALUES && !self.roots.contains(root);
                if let Some(root) = root.filter(is_new) {
                    self.roots.push(root);
                }
            }
            // The original writes `Infinity` for no bound.
            "maxDepth" => {
                let depth = value.parse().unwrap_or(MAX_DEPTH);
                self.depth = Some(depth.min(MAX_DEPTH));
            }
            "selectedKinds" => add(&mut self.kinds, model::js::lowercase(value)),
            "selectedRelations" => add(&mut self.relations, value.to_owned()),
            "direction" => self.flow = Flow::parse(value).unwrap_or_default(),
            "unidirectional" => self.is_simplified = value == "true",
            "collapse" => self.is_expanded = value == "false",
            _ => {}
        }
    }

    /// The address.
    pub(crate) fn href(&self) -> String {
        let roots: Vec<String> = self.roots.iter().map(ToString::to_string).collect();
        let depth = self.depth.map(|depth| depth.to_string());
        let flow = if self.flow == Flow::default() {
            ""
        } else {
            self.flow.as_str()
        };
        let listed = |key: &'static str, values: &'_ [String]| -> Vec<(&'static str, String)> {
            values.iter().map(|value| (key, value.clone())).collect()
        };
        let mut pairs = listed("rootEntityRefs[]", &roots);
        pairs.push(("maxDepth", depth.unwrap_or_default()));
        pairs.extend(listed("selectedKinds[]", &self.kinds));
        pairs.extend(listed("selectedRelations[]", &self.relations));
        pairs.push(("direction", flow.to_owned()));
        pairs.push((
            "unidirectional",
            if self.is_simplified { "true" } else { "" }.to_owned(),
        ));
        pairs.push(("collapse", if self.is_expanded { "false" } else { "" }.to_owned()));
        href::with_query(PATH, pairs.iter().map(|(key, value)| (*key, value.as_str())))
    }

    /// The same, changed.
    pub(crate) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut state = self.clone();
        change(&mut state);
        state
    }

    /// Steps from the roots.
    pub(crate) fn steps(&self) -> usize {
        self.depth.unwrap_or(DEFAULT_DEPTH)
    }

    /// What is to be collected.
    pub(crate) fn request(&self, limit: usize) -> Request {
        Request {
            roots: self.roots.clone(),
            depth: self.steps(),
            kinds: self.kinds.clone(),
            relations: self.relations.clone(),
            is_simplified: self.is_simplified,
            collapses: !self.is_expanded,
            limit,
        }
    }
}

/// With a value put in, or taken out when it was in.
pub(crate) fn toggled(values: &mut Vec<String>, value: &str) {
    match values.iter().position(|known| known == value) {
        Some(at) => drop(values.remove(at)),
        None => values.push(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: &str) {
        assert_eq!(
            GraphState::parse(query).href(),
            format!("{PATH}{expected}"),
            "{query}"
        );
    }

    #[test]
    fn addresses_are_read_and_written() {
        check("", "");
        check(
            "rootEntityRefs%5B%5D=Component:default/A&maxDepth=3&selectedKinds[]=API&direction=TB",
            "?rootEntityRefs%5B%5D=component:default/a&maxDepth=3&selectedKinds%5B%5D=api&direction=TB",
        );
        check(
            "maxDepth=Infinity&direction=sideways&unidirectional=true&collapse=false&curve=x",
            "?maxDepth=20&unidirectional=true&collapse=false",
        );
        check("rootEntityRefs[]=without-a-kind", "");
        check(
            "selectedRelations[]=dependsOn&selectedRelations[]=dependsOn",
            "?selectedRelations%5B%5D=dependsOn",
        );
    }
}
