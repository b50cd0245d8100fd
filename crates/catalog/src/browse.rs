//! The catalog as pages read it: lists, counts and short forms, from the index.
//!
//! Further questions to a [`View`], answered from the same lists, sets and bodies as those of the wire. Entities come
//! parsed, and without their relations to entities that the sight hides: a page that shows what it gets names nothing
//! that is hidden. Counts are facets of fields that the page chooses, so that they need no bounds; a text is looked for
//! in names and titles alone. Nothing here knows addresses or markup, or reads the store for a filter, an order or a count.

use std::collections::{HashMap, HashSet};

use model::{EntityRef, Fault, Filter, entity};
use serde_json::Value;

use crate::ChangeClass;
use crate::index::Version;
use crate::query::{self, ListRequest, View};
use read_model::ReadModel;

/// Where a typed text is looked for.
pub const NAMES: [&str; 3] = ["metadata.name", "metadata.title", "spec.profile.displayname"];

/// Entries of the change log read at a time for the latest changes.
const CHANGES_READ: usize = 50;
/// Most entries read for them.
const MOST_CHANGES_READ: usize = 1_000;

/// One page of a list.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The entities.
    pub entities: Vec<Value>,
    /// Entities on the pages before.
    pub start: usize,
    /// Entities on all pages.
    pub total: usize,
    /// Where the page before begins.
    pub previous: Option<usize>,
    /// Where the page after begins.
    pub next: Option<usize>,
}

/// What a list shows of an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Its title.
    pub title: Option<String>,
    /// Its type.
    pub spec_type: Option<String>,
    /// Its kind, as it spells it.
    pub kind: Option<String>,
}

impl Head {
    /// From the index, which spares reading the entity.
    pub(crate) fn indexed(model: &ReadModel, doc: u32) -> Self {
        let written = |key| model.written(doc, key).filter(|text| !text.trim().is_empty());
        let is_generated = || {
            let name = model.reference(doc);
            name.starts_with("location:") && name.contains("/generated-")
        };
        Self {
            title: written("metadata.title")
                .or_else(|| written("spec.profile.displayname"))
                .or_else(|| written("spec.target").filter(|_| is_generated())),
            spec_type: written("spec.type"),
            kind: written("kind"),
        }
    }
}

/// What is known of an entity that is named somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It may be seen.
    Seen(Head),
    /// It is in the catalog, but may not be seen: neither its name nor its absence is shown.
    Hidden,
    /// It is not in the catalog.
    Missing,
}

impl Known {
    /// What may be seen of it.
    pub fn seen(&self) -> Option<&Head> {
        match self {
            Self::Seen(head) => Some(head),
            Self::Hidden | Self::Missing => None,
        }
    }

    /// The same, taken out.
    pub fn into_seen(self) -> Option<Head> {
        match self {
            Self::Seen(head) => Some(head),
            Self::Hidden | Self::Missing => None,
        }
    }
}

/// What is known of entities that are named somewhere.
pub type Named = HashMap<EntityRef, Known>;

/// The title of an entity among those that are known.
pub fn title_of<'a>(named: &'a Named, reference: &EntityRef) -> Option<&'a str> {
    named.get(reference)?.seen()?.title.as_deref()
}

/// Something that happened to an entity lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The entity.
    pub reference: EntityRef,
    /// What is known of it; nothing when it is gone.
    pub known: Option<Head>,
    /// What happened, as the change log names it.
    pub kind: store::ChangeKind,
    /// When.
    pub at: jiff::Timestamp,
}

/// The title people know an entity by: its own, the name in the profile of a person or group, or what
/// a location without a name of its own leads to.
pub fn shown_title(value: &Value) -> Option<&str> {
    let display_name = || value["spec"]["profile"]["displayName"].as_str();
    let is_generated = entity::kind(value) == Some("Location")
        && entity::name(value).is_some_and(|name| name.starts_with("generated-"));
    let target = || value["spec"]["target"].as_str().filter(|_| is_generated);
    entity::title(value)
        .or_else(display_name)
        .or_else(target)
        .filter(|title| !title.trim().is_empty())
}

/// A condition on the values of a field.
pub fn one_of(field: &str, values: &[String]) -> Filter {
    Filter::In {
        key: model::js::lowercase(field),
        values: values.iter().map(|value| model::js::lowercase(value)).collect(),
    }
}

/// Whether an entity belongs to one of these owners.
pub fn owned_by(owners: &[EntityRef]) -> Filter {
    Filter::In {
        key: "relations.ownedby".to_owned(),
        values: owners.iter().map(ToString::to_string).collect(),
    }
}

/// Exactly these entities.
pub fn any_of(references: &[EntityRef]) -> Filter {
    let mut groups: HashMap<(&str, &str), Vec<String>> = HashMap::new();
    for reference in references {
        groups
            .entry((reference.kind(), reference.namespace()))
            .or_default()
            .push(reference.name().to_owned());
    }
    let one = |key: &str, values| Filter::In {
        key: key.to_owned(),
        values,
    };
    let parts = groups.into_iter().map(|((kind, namespace), names)| {
        Filter::All(vec![
            one("kind", vec![kind.to_owned()]),
            one("metadata.namespace", vec![namespace.to_owned()]),
            one("metadata.name", names),
        ])
    });
    Filter::Any(parts.collect())
}

impl View<'_> {
    /// The entities whose descriptors changed last, the latest first. Locations are left out: they say how the catalog
    /// is fed, not what it holds. So is what changed because of others.
    pub async fn recent_changes(&self, limit: usize) -> Result<Vec<Recent>, Fault> {
        let (mut found, mut met, mut before, mut read) = (Vec::new(), HashSet::new(), None, 0);
        while found.len() < limit && read < MOST_CHANGES_READ {
            let feed = self.feed_within(before, CHANGES_READ).await?;
            let told = feed.entries.into_iter();
            for entry in told.filter(|entry| entry.told.class == ChangeClass::Descriptor) {
                if met.insert(entry.reference.clone()) {
                    found.push(Recent {
                        reference: entry.reference,
                        known: entry.known,
                        kind: entry.kind,
                        at: entry.at,
                    });
                }
            }
            read += CHANGES_READ;
            before = feed.older;
            if before.is_none() {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// In whose name a viewer owns things: the claims of the sign-in; of a viewer that has none but itself, as the guest, the
    /// groups that the catalog knows.
    pub async fn ownership(&self, viewer: &model::Viewer) -> Result<Vec<EntityRef>, Fault> {
        let (own, mut names) = (viewer.reference(), viewer.claims.to_vec());
        if names.iter().all(|claim| claim == own) && self.entity(own).await?.is_some() {
            names.extend(self.catalog.owners_of(own).await?);
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The first entities of these owners, by name.
    pub async fn owned(&self, owners: &[EntityRef], limit: usize) -> Result<Listing, Fault> {
        self.listing(&ListRequest::for_people(owned_by(owners)).page(0, limit))
            .await
    }

    /// What is known of entities.
    pub fn known<'b>(&self, references: impl IntoIterator<Item = &'b EntityRef>) -> Named {
        let model = self.catalog.index().read();
        let eyes = self.eyes(&model);
        let of = |reference: &EntityRef| match model.by_reference(&reference.to_string()) {
            None => Known::Missing,
            Some(doc) if eyes.see(doc) => Known::Seen(Head::indexed(&model, doc)),
            Some(_) => Known::Hidden,
        };
        references
            .into_iter()
            .map(|reference| (reference.clone(), of(reference)))
            .collect()
    }

    /// One page of a list, with its entities.
    pub async fn listing(&self, request: &ListRequest) -> Result<Listing, Fault> {
        let (start, limit) = (request.offset.unwrap_or(0), request.limit.unwrap_or(usize::MAX));
        let listed = self.list(request).await?;
        Ok(Listing {
            start,
            total: count(listed.total),
            previous: (start > 0).then(|| start.saturating_sub(limit)),
            next: listed.has_more.then(|| start + listed.versions.len()),
            entities: self.read(&listed.versions).await?,
        })
    }

    /// Values of each field with the number of entities that hold each, in the order of the fields.
    pub fn counts(&self, filter: &Filter, text: &str, fields: &[&str]) -> Vec<Vec<(String, usize)>> {
        let model = self.catalog.index().read();
        let set = self.matching(&model, Some(filter), text);
        let facet = |field: &&str| {
            let values = model.facet(&model::js::lowercase(field), Some(&set));
            values
                .into_iter()
                .map(|(value, held)| (value, count(held)))
                .collect()
        };
        fields.iter().map(facet).collect()
    }

    /// Values of one field with the number of entities that hold each.
    pub fn counts_of(&self, filter: &Filter, text: &str, field: &str) -> Vec<(String, usize)> {
        self.counts(filter, text, &[field]).pop().unwrap_or_default()
    }

    /// The first value of each field, as it is written, of at most `limit` entities that pass a filter.
    pub fn written(
        &self,
        filter: &Filter,
        fields: &[&str],
        limit: usize,
    ) -> Vec<(EntityRef, Vec<Option<String>>)> {
        let model = self.catalog.index().read();
        let set = self.matching(&model, Some(filter), "");
        let fields: Vec<String> = fields.iter().map(|field| model::js::lowercase(field)).collect();
        let of = |doc: u32| {
            let values = fields.iter().map(|field| model.written(doc, field)).collect();
            Some((model.reference(doc).parse().ok()?, values))
        };
        set.iter().filter_map(of).take(limit).collect()
    }

    /// How many entities pass a filter and hold a text in their name or title.
    pub fn total_of(&self, filter: &Filter, text: &str) -> usize {
        count(
            self.matching(&self.catalog.index().read(), Some(filter), text)
                .len(),
        )
    }

    /// Entities in the catalog.
    pub fn total(&self) -> usize {
        count(self.count(None))
    }

    /// An entity as it is served.
    pub async fn entity(&self, reference: &EntityRef) -> Result<Option<Value>, Fault> {
        let found = self.entities(std::slice::from_ref(reference)).await?;
        Ok(found.into_iter().next().flatten())
    }

    /// Entities as they are served; `None` for those that are not in the catalog.
    pub async fn entities(&self, references: &[EntityRef]) -> Result<Vec<Option<Value>>, Fault> {
        let names: Vec<String> = references.iter().map(ToString::to_string).collect();
        let bodies = self.by_references(&names, None).await?;
        let parse = |body: Option<query::Body>| serde_json::from_str(&body?).ok();
        let mut entities: Vec<Option<Value>> = bodies.into_iter().map(parse).collect();
        self.leave_out_hidden(entities.iter_mut().flatten());
        Ok(entities)
    }

    /// An entity as a page shows it, made of what is served; nothing where it may not be seen any more.
    pub fn shown(&self, body: &str) -> Option<Value> {
        let mut entity = serde_json::from_str(body).ok()?;
        if !self.sight.sees(&entity) {
            return None;
        }
        self.leave_out_hidden(std::iter::once(&mut entity));
        Some(entity)
    }

    /// Takes the relations to what may not be seen now out of an entity as it once was.
    pub fn leave_out(&self, entity: &mut Value) {
        self.leave_out_hidden(std::iter::once(entity));
    }

    async fn read(&self, versions: &[Version]) -> Result<Vec<Value>, Fault> {
        let bodies = self.bodies(versions).await?;
        let parsed = bodies.iter().filter_map(|body| serde_json::from_str(body).ok());
        let mut entities: Vec<Value> = parsed.collect();
        self.leave_out_hidden(entities.iter_mut());
        Ok(entities)
    }

    /// Takes the relations to hidden entities out of entities that a page shows.
    fn leave_out_hidden<'v>(&self, entities: impl Iterator<Item = &'v mut Value>) {
        if self.sight.is_everything() {
            return;
        }
        let model = self.catalog.index().read();
        let eyes = self.eyes(&model);
        let is_hidden = |relation: &Value| {
            let target = relation["targetRef"].as_str().map(model::js::lowercase);
            let doc = target.and_then(|target| model.by_reference(&target));
            doc.is_some_and(|doc| !eyes.see(doc))
        };
        for entity in entities {
            if let Some(relations) = entity.get_mut("relations").and_then(Value::as_array_mut) {
                relations.retain(|relation| !is_hidden(relation));
            }
        }
    }
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
