//! Where an entity comes from: the locations that led to it, up to the registered one.

use std::collections::{BTreeSet, HashMap};

use super::{Body, QueryError, View};

/// Most steps up.
const DEEPEST: usize = 32;

/// An entity on the way up.
#[derive(Debug, Clone)]
pub struct Ancestor {
    /// Its served JSON.
    pub entity: Body,
    /// Entities that declare it.
    pub parents: Vec<String>,
}

/// The way up.
#[derive(Debug, Clone)]
pub struct Ancestry {
    /// The entity asked for.
    pub root: String,
    /// It and its ancestors, nearest first.
    pub items: Vec<Ancestor>,
}

impl View<'_> {
    /// The way up from an entity; nothing if there is no such entity.
    pub async fn ancestry(&self, reference: &str) -> Result<Option<Ancestry>, QueryError> {
        let mut seen = BTreeSet::from([reference.to_owned()]);
        let mut level = vec![reference.to_owned()];
        let mut items = Vec::new();
        for _ in 0..DEEPEST {
            let bodies = self.by_references(&level, None).await?;
            let mut parents = self.parents(&level).await?;
            let mut above = Vec::new();
            for (reference, body) in level.iter().zip(bodies) {
                let Some(entity) = body else { continue };
                let parents = parents.remove(reference).unwrap_or_default();
                above.extend(
                    parents
                        .iter()
                        .filter(|parent| seen.insert((*parent).clone()))
                        .cloned(),
                );
                items.push(Ancestor { entity, parents });
            }
            if above.is_empty() {
                break;
            }
            level = above;
        }
        Ok((!items.is_empty()).then(|| Ancestry {
            root: reference.to_owned(),
            items,
        }))
    }

    async fn parents(&self, children: &[String]) -> Result<HashMap<String, Vec<String>>, QueryError> {
        let mut parents: HashMap<String, Vec<String>> = HashMap::new();
        for (child, source) in self.catalog.store().parents(children).await? {
            if let Some(parent) = source.entity() {
                parents.entry(child).or_default().push(parent.to_owned());
            }
        }
        for list in parents.values_mut() {
            list.sort();
        }
        if !self.sight.is_everything() {
            let model = self.catalog.index().read();
            let eyes = self.eyes(&model);
            for list in parents.values_mut() {
                list.retain(|parent| eyes.find(parent).is_some());
            }
        }
        Ok(parents)
    }
}
