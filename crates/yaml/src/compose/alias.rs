//! Anchors, aliases and the bound on their use.

use super::{Composed, Composer, Outcome, Properties, Sort};
use crate::error::Fault;
use crate::map::Pair;
use crate::token::{Span, Token};
use serde_json::Value;
use std::collections::HashMap;

/// Anchors seen so far in one document.
#[derive(Default)]
pub struct Anchors<'a> {
    by_name: HashMap<&'a str, usize>,
    all: Vec<Anchor>,
    /// Anchors used, in order; a node's part of it says what its value is made of.
    uses: Vec<usize>,
    scalars: usize,
}

struct Anchor {
    /// `None` while the node is being read.
    value: Option<(Value, Sort)>,
    /// Times the node appears: itself, and once per alias.
    count: usize,
    weight: usize,
    uses: (usize, usize),
    has_scalar: bool,
    scalars_before: usize,
}

impl<'a> Anchors<'a> {
    pub fn count_scalar(&mut self) {
        self.scalars += 1;
    }

    pub fn open(&mut self, text: &'a str, token: Token) -> usize {
        let id = self.all.len();
        let uses = (self.uses.len(), self.uses.len());
        let scalars_before = self.scalars;
        self.all.push(Anchor {
            value: None,
            count: 1,
            weight: 0,
            uses,
            has_scalar: false,
            scalars_before,
        });
        self.by_name.insert(&token.text(text)[1..], id);
        id
    }

    pub fn close(&mut self, id: usize, composed: &Composed) {
        let anchor = &mut self.all[id];
        anchor.value = Some((composed.value.clone(), composed.sort));
        anchor.uses.1 = self.uses.len();
        anchor.has_scalar = self.scalars > anchor.scalars_before;
    }

    /// Counts one more use; false when that is too much.
    fn admit(&mut self, id: usize, limit: usize) -> bool {
        self.all[id].count += 1;
        if self.all[id].weight == 0 {
            let (from, to) = self.all[id].uses;
            let inner = self.uses[from..to].iter().map(|used| {
                let anchor = &self.all[*used];
                anchor.count.saturating_mul(anchor.weight)
            });
            let own = usize::from(self.all[id].has_scalar);
            self.all[id].weight = inner.max().unwrap_or(0).max(own);
        }
        self.uses.push(id);
        self.all[id].count.saturating_mul(self.all[id].weight) <= limit
    }
}

impl Composer<'_> {
    pub(super) fn alias(
        &mut self,
        token: Token,
        end: Option<Span>,
        properties: &Properties,
    ) -> Outcome<Composed> {
        let (start, content_end) = (token.start as usize, token.end as usize);
        let name = &token.text(self.text)[1..];
        if name.is_empty() {
            return Err(Fault::at(start, "BAD_ALIAS", "Alias cannot be an empty string"));
        }
        if name.ends_with(':') {
            self.warn(token, "BAD_ALIAS", "Alias ending in : is ambiguous".to_owned());
        }
        let line_end = self.line_end(end, content_end, true)?;
        if properties.anchor.is_some() || properties.tag.is_some() {
            let message = "An alias node must not specify any properties";
            return Err(Fault::token(&token, "ALIAS_PROPS", message));
        }
        let value = match self.resolve_alias(name, &token) {
            Ok(found) => self.copy_of(found)?,
            Err(fault) => {
                self.late.get_or_insert(fault);
                Value::Null
            }
        };
        Ok(Composed {
            value,
            sort: Sort::Other,
            start,
            content_end,
            end: line_end,
        })
    }

    fn resolve_alias(&mut self, name: &str, token: &Token) -> Result<usize, Box<Fault>> {
        let Some(&id) = self.anchors.by_name.get(name) else {
            let message = format!("Unresolved alias (the anchor must be set before the alias): {name}");
            return Err(Fault::reference(token, "ALIAS_UNRESOLVED", message));
        };
        if self.anchors.all[id].value.is_none() {
            return Err(Fault::reference(
                token,
                "ALIAS_CYCLE",
                format!("Alias refers to itself: {name}"),
            ));
        }
        if !self.anchors.admit(id, self.limits.aliases) {
            let message = "Excessive alias count indicates a resource exhaustion attack".to_owned();
            return Err(Fault::reference(token, "ALIAS_LIMIT", message));
        }
        Ok(id)
    }

    fn copy_of(&mut self, id: usize) -> Outcome<Value> {
        let value = self.anchors.all[id]
            .value
            .as_ref()
            .map_or(&Value::Null, |(value, _)| value);
        let (weight, height) = measure(value);
        let copy = value.clone();
        if height > self.limits.depth {
            return Err(Fault::limit(
                "LIMIT_DEPTH",
                format!("Nested deeper than {}", self.limits.depth),
            ));
        }
        self.spend(weight)?;
        Ok(copy)
    }

    /// What a `<<` key brings into its mapping.
    pub(super) fn merge_pair(&mut self, value: Value) -> Pair {
        let maps = match value {
            Value::Array(items) => items,
            one => vec![one],
        };
        if !maps.iter().all(Value::is_object) {
            let message = "Merge sources must be maps or map aliases".to_owned();
            self.late.get_or_insert(Fault::plain("MERGE", message));
        }
        Pair::Merge(maps)
    }
}

/// Nodes in a value (long strings count as several) and its height.
fn measure(value: &Value) -> (usize, usize) {
    let children: Vec<(usize, usize)> = match value {
        Value::Array(items) => items.iter().map(measure).collect(),
        Value::Object(map) => map.values().map(measure).collect(),
        Value::String(text) => return (1 + text.len() / 64, 0),
        _ => return (1, 0),
    };
    let height = children.iter().map(|child| child.1).max().unwrap_or(0) + 1;
    (children.iter().map(|child| child.0).sum::<usize>() + 1, height)
}
