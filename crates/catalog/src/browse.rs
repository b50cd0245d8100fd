//! The catalog as pages read it: lists, counts and short forms, from the index.
//!
//! Further questions to a [`View`], answered from the same lists, sets and bodies as those of the wire. Entities come
//! parsed, and without their relations to entities that the sight hides: a page that shows what it gets names nothing
//! that is hidden. Counts are facets of fields that the page chooses, so that they need no bounds; a text is looked for
//! in names and titles alone. Nothing here knows addresses or markup, or reads the store for a filter, an order or a count.

use std::collections::{HashMap, HashSet};

use model::{EntityRef, Fault, Filter, entity};
use serde_json::Value;
use store::StoreError;

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
    fn of(value: &Value) -> Self {
        Self {
            title: shown_title(value).map(str::to_owned),
            spec_type: entity::spec_type(value).map(str::to_owned),
            kind: entity::kind(value).map(str::to_owned),
        }
    }

    /// The same from the index, which spares reading the entity.
    fn indexed(model: &ReadModel, doc: u32) -> Self {
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
    /// The entities that changed last, the latest first. Locations are left out: they say how the catalog is fed,
    /// not what it holds.
    pub async fn recent_changes(&self, limit: usize) -> Result<Vec<Recent>, StoreError> {
        let store = self.catalog.store();
        let mut end = store.last_seq().await?;
        let (mut found, mut met, mut read) = (Vec::new(), HashSet::new(), 0);
        while found.len() < limit && end > 0 && read < MOST_CHANGES_READ {
            let start = end.saturating_sub_unsigned(CHANGES_READ as u64).max(0);
            let mut changes = store.changes_since(start, CHANGES_READ).await?;
            changes.retain(|change| change.seq <= end);
            read += CHANGES_READ;
            end = start;
            for change in changes.iter().rev() {
                if met.insert(change.reference.clone())
                    && let Some(recent) = self.recent(change).await?
                {
                    found.push(recent);
                }
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// A change as it is shown; nothing when it is of no interest or may not be seen. Of what is gone, its last form
    /// decides.
    async fn recent(&self, change: &store::Change) -> Result<Option<Recent>, StoreError> {
        let Ok(reference) = change.reference.parse::<EntityRef>() else {
            return Ok(None);
        };
        if reference.kind() == "location" {
            return Ok(None);
        }
        let parse = |text: &str| serde_json::from_str::<Value>(text).ok();
        let served = change.body.as_deref().and_then(parse);
        if !self.sight.is_everything() {
            let form = match &served {
                Some(form) => Some(form.clone()),
                None => self.last_form(&change.reference).await?,
            };
            if !form.is_some_and(|form| self.sight.sees(&form)) {
                return Ok(None);
            }
        }
        Ok(Some(Recent {
            known: served.as_ref().map(Head::of),
            reference,
            kind: change.kind,
            at: change.at,
        }))
    }

    /// The last form of an entity that is gone.
    async fn last_form(&self, reference: &str) -> Result<Option<Value>, StoreError> {
        let last = self.catalog.store().history(reference, None, 1).await?;
        let body = last.into_iter().next().and_then(|row| row.body_before);
        Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
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
