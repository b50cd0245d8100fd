//! Every question that can be asked through the door.

use std::collections::BTreeSet;
use std::fmt::Debug;

use catalog::browse::{self, Known};
use catalog::impact;
use catalog::neighbourhood::Request;
use catalog::query::{Cursor, Direction, FullText, ListRequest, OrderField, Page, PageRequest, Unhealthy};
use catalog::{Caller, ChangeClass, Sight, View};
use model::{EntityRef, Filter, Viewer};
use serde_json::{Value, json};

use super::lab::{Entry, Lab, NAMES, passes_form};
use crate::world::{ACTOR, EVERYTHING};

/// The catalogs that are asked the same.
pub struct Compared<'a> {
    /// All of it, with the restricted sight.
    pub whole: View<'a>,
    /// Only what may be seen.
    pub visible: View<'a>,
    /// The same without relations to hidden entities.
    pub unrelated: View<'a>,
    pub hidden: &'a BTreeSet<String>,
}

fn same<T: PartialEq + Debug>(question: &str, whole: &T, expected: &T) {
    assert_eq!(whole, expected, "{question}");
}

fn names() -> Vec<String> {
    let unknown = ["component:default/nowhere", "component:default/pending"];
    NAMES
        .iter()
        .chain(&unknown)
        .map(|name| (*name).to_owned())
        .collect()
}

fn references() -> Vec<EntityRef> {
    names().iter().map(|name| name.parse().unwrap()).collect()
}

fn filters() -> Vec<Filter> {
    vec![
        Filter::All(Vec::new()),
        browse::one_of("kind", &["component".to_owned(), "group".to_owned()]),
        browse::owned_by(&[NAMES[2].parse().unwrap()]),
        Filter::Not(Box::new(Filter::Exists {
            key: "metadata.tags".to_owned(),
        })),
    ]
}

fn order(field: &str, direction: Direction) -> OrderField {
    OrderField {
        field: field.to_owned(),
        direction,
    }
}

impl Compared<'_> {
    pub async fn on_the_wire(&self) {
        for filter in filters() {
            same(
                "count",
                &self.whole.count(Some(&filter)),
                &self.visible.count(Some(&filter)),
            );
            self.lists(&filter).await;
            let keys = ["kind", "metadata.tags", "relations.ownedby", "metadata.uid"].map(str::to_owned);
            for filter in [None, Some(&filter)] {
                let facets = |view: View<'_>| view.facets(&keys, filter, &Caller::default()).unwrap();
                same("facets", &facets(self.whole), &facets(self.visible));
                let whole = self.whole.by_references(&names(), filter).await.unwrap();
                same(
                    "by_references",
                    &whole,
                    &self.visible.by_references(&names(), filter).await.unwrap(),
                );
            }
        }
        self.pages().await;
        for name in names() {
            let whole = self.whole.by_reference(&name).await.unwrap();
            let visible = self.visible.by_reference(&name).await.unwrap();
            same("by_reference", &whole, &visible);
            same(
                "ancestry",
                &ways_up(self.whole, &name).await,
                &ways_up(self.visible, &name).await,
            );
        }
        for uid in (0..9_u128).flat_map(|who| (1..4).map(move |made| who * 1_000 + made)) {
            let uid = uuid::Uuid::from_u128((uid * 0x9E37_79B9_7F4A_7C15) << 64 | uid);
            let whole = self.whole.by_uid(uid).await.unwrap();
            let visible = self.visible.by_uid(uid).await.unwrap();
            same("by_uid", &whole, &visible);
            let ids = self.whole.seen_ids().expect("the sight is restricted");
            same(
                "seen_ids",
                &ids.are_seen(&[uid.as_u64_pair().0]),
                &vec![visible.is_some()],
            );
        }
    }

    async fn lists(&self, filter: &Filter) {
        let by_type = order("spec.type", Direction::Descending);
        let orders = [
            vec![],
            vec![by_type.clone()],
            vec![by_type, order("metadata.tags", Direction::Ascending)],
        ];
        for (order, bounds) in orders
            .iter()
            .flat_map(|order| [(order, None), (order, Some((1, 3)))])
        {
            let request = ListRequest {
                filter: Some(filter.clone()),
                order: order.clone(),
                offset: bounds.map(|(offset, _)| offset),
                limit: bounds.map(|(_, limit)| limit),
                ..ListRequest::default()
            };
            self.list(&request).await;
        }
    }

    async fn list(&self, request: &ListRequest) {
        let listed = async |view: View<'_>| {
            let listed = view.list(request).await.unwrap();
            let bodies = view.bodies(&listed.versions).await.unwrap();
            (bodies, listed.total, listed.has_more)
        };
        same("list", &listed(self.whole).await, &listed(self.visible).await);
    }

    /// Walks through all pages and back.
    async fn pages(&self) {
        for (order_by, text) in [(None, ""), (Some("metadata.name"), ""), (Some("spec.type"), "pa")] {
            let order = order_by.map(|field| order(field, Direction::Descending));
            let mut request =
                PageRequest::first(Some(json!({"spec.type": "a"})), order.into_iter().collect());
            request.cursor.full_text = Some(FullText {
                term: text.to_owned(),
                fields: Some(vec!["metadata.name".to_owned()]),
            });
            request.limit = 2;
            let mut page = self.page(&request).await;
            while let Some(next) = page.next {
                page = self.page(&at(next)).await;
            }
            while let Some(previous) = page.previous {
                page = self.page(&at(previous)).await;
            }
        }
    }

    async fn page(&self, request: &PageRequest) -> Page {
        let whole = self.whole.page(request).await.unwrap();
        let visible = self.visible.page(request).await.unwrap();
        let parts = async |view: View<'_>, page: &Page| {
            let cursors = [&page.next, &page.previous].map(|cursor| cursor.as_ref().map(Cursor::encode));
            (view.bodies(&page.versions).await.unwrap(), page.total, cursors)
        };
        same(
            "page",
            &parts(self.whole, &whole).await,
            &parts(self.visible, &visible).await,
        );
        whole
    }

    pub async fn on_pages(&self) {
        for filter in filters() {
            for (order, text) in [("metadata.name", ""), ("spec.type", ""), ("metadata.title", "PA")] {
                self.listing(&filter, order, text).await;
                let fields = ["kind", "metadata.tags", "spec.type"];
                same(
                    "counts",
                    &self.whole.counts(&filter, text, &fields),
                    &self.visible.counts(&filter, text, &fields),
                );
                same(
                    "total_of",
                    &self.whole.total_of(&filter, text),
                    &self.visible.total_of(&filter, text),
                );
            }
        }
        same("total", &self.whole.total(), &self.visible.total());
        let all = references();
        let whole = self.whole.entities(&all).await.unwrap();
        same("entities", &whole, &self.unrelated.entities(&all).await.unwrap());
        let everything = self.whole.catalog().seen_by(&EVERYTHING);
        for name in names() {
            // Fetched when it could still be seen.
            let body = everything.by_reference(&name).await.unwrap();
            let shown = body.and_then(|body| self.whole.shown(&body));
            let expected = self.unrelated.entity(&name.parse().unwrap()).await.unwrap();
            same("shown", &shown, &expected);
        }
        let (whole, visible) = (
            self.whole.recent_changes(4).await.unwrap(),
            self.visible.recent_changes(4).await.unwrap(),
        );
        same("recent_changes", &whole, &visible);
        let groups = [NAMES[2], NAMES[6]].map(|name| name.parse::<EntityRef>().unwrap());
        same(
            "owned_kinds",
            &self.whole.owned_kinds(&groups),
            &self.visible.owned_kinds(&groups),
        );
        let (whole, visible) = (
            self.whole.owned(&groups, 3).await.unwrap(),
            self.visible.owned(&groups, 3).await.unwrap(),
        );
        same(
            "owned",
            &(whole.entities.len(), whole.total),
            &(visible.entities.len(), visible.total),
        );
        let viewer = Viewer::person(NAMES[3].parse().unwrap(), vec![groups[0].clone()], None);
        let whole = self.whole.ownership(&viewer).await.unwrap();
        same(
            "ownership",
            &whole,
            &self.unrelated.ownership(&viewer).await.unwrap(),
        );
        let (whole, visible) = (
            self.whole.organization().await.unwrap(),
            self.unrelated.organization().await.unwrap(),
        );
        same("organization", &format!("{whole:?}"), &format!("{visible:?}"));
        self.unhealthy().await;
        self.neighbourhood().await;
    }

    async fn listing(&self, filter: &Filter, order: &str, text: &str) {
        for direction in [Direction::Ascending, Direction::Descending] {
            let request = ListRequest {
                text: text.to_owned(),
                ..ListRequest::for_people(filter.clone())
            };
            let request = request.by(order, direction);
            self.list(&request).await;
            let request = request.page(1, 2);
            let whole = self.whole.listing(&request).await.unwrap();
            let visible = self.visible.listing(&request).await.unwrap();
            let mut expected = visible.entities.clone();
            for entity in &mut expected {
                self.leave_out_hidden(entity);
            }
            same("listing", &whole.entities, &expected);
            let rest = |page: &browse::Listing| (page.start, page.total, page.previous, page.next);
            same("listing", &rest(&whole), &rest(&visible));
        }
    }

    fn leave_out_hidden(&self, entity: &mut Value) {
        let relations = entity["relations"].as_array_mut().unwrap();
        relations.retain(|relation| !self.hidden.contains(relation["targetRef"].as_str().unwrap()));
    }

    async fn unhealthy(&self) {
        for which in [Unhealthy::Failed, Unhealthy::Pending, Unhealthy::Orphaned] {
            for (after, limit) in [("", 2), ("component:default/pay", 9)] {
                let names = async |view: View<'_>| -> Vec<String> {
                    let nodes = view.unhealthy(which, after, limit).await.unwrap();
                    nodes.into_iter().map(|node| node.reference).collect()
                };
                same("unhealthy", &names(self.whole).await, &names(self.visible).await);
            }
        }
        let names = async |view: View<'_>| -> Vec<String> {
            let all = view.unprocessed().await.unwrap();
            all.into_iter().map(|one| one.entity_ref).collect()
        };
        same(
            "unprocessed",
            &names(self.whole).await,
            &names(self.visible).await,
        );
        for reference in references() {
            let whole = self.whole.condition(&reference).await.unwrap();
            same(
                "condition",
                &whole,
                &self.visible.condition(&reference).await.unwrap(),
            );
            let node = async |view: View<'_>| view.node(&reference).await.unwrap().map(|node| node.uid);
            same("node", &node(self.whole).await, &node(self.visible).await);
        }
    }

    async fn neighbourhood(&self) {
        for root in references() {
            for direction in [impact::Direction::Dependents, impact::Direction::Dependencies] {
                same(
                    "impact",
                    &self.whole.impact(&root, direction, 100).await.unwrap(),
                    &self.unrelated.impact(&root, direction, 100).await.unwrap(),
                );
            }
            for (depth, is_simplified) in [(1, true), (3, false)] {
                let request = Request {
                    roots: vec![root.clone()],
                    depth,
                    is_simplified,
                    limit: 4,
                    ..Request::default()
                };
                let whole = self.whole.neighbourhood(&request).await.unwrap();
                same(
                    "neighbourhood",
                    &whole,
                    &self.unrelated.neighbourhood(&request).await.unwrap(),
                );
            }
        }
    }

    pub fn near_and_beside(&self) {
        let all = references();
        let (whole, visible) = (self.whole.known(&all), self.visible.known(&all));
        for reference in &all {
            let (whole, visible) = (&whole[reference], &visible[reference]);
            same("known", &whole.seen(), &visible.seen());
            let is_hidden = self.hidden.contains(&reference.to_string());
            same("hidden", &(*whole == Known::Hidden), &is_hidden);
        }
        for name in ["pay", "paay", "opays", "payments-v2", "team", "zebra", "shpo", ""] {
            let wanted = EntityRef::new("component", "default", name);
            same(
                "near_names",
                &self.whole.near_names(&wanted, 3),
                &self.visible.near_names(&wanted, 3),
            );
        }
    }

    /// What is not seen can neither be read again nor removed.
    pub async fn doing(&self) {
        for name in names() {
            let refreshed = async |view: View<'_>| {
                view.refresh(&ACTOR, &EVERYTHING, &name)
                    .await
                    .map_err(|fault| fault.message)
            };
            same(
                "refresh",
                &refreshed(self.whole).await,
                &refreshed(self.visible).await,
            );
            let exists = async |view: View<'_>| view.exists(&name).await.unwrap();
            if self.hidden.contains(&name) {
                assert!(!exists(self.whole).await, "{name} is hidden");
            }
        }
        let catalog = self.whole.catalog();
        let served = catalog.seen_by(&EVERYTHING).total();
        for name in self.hidden {
            let reference = name.parse().unwrap();
            let node = catalog
                .seen_by(&EVERYTHING)
                .node(&reference)
                .await
                .unwrap()
                .unwrap();
            same(
                "delete_by_uid",
                &self
                    .whole
                    .delete_by_uid(&ACTOR, &EVERYTHING, node.uid)
                    .await
                    .unwrap(),
                &None,
            );
        }
        catalog.catch_up().await.unwrap();
        same("total", &catalog.seen_by(&EVERYTHING).total(), &served);
        let seen = references()
            .into_iter()
            .find(|name| self.whole.known([name])[name].seen().is_some());
        if let Some(seen) = seen {
            let node = self.whole.node(&seen).await.unwrap().unwrap();
            self.whole
                .delete_by_uid(&ACTOR, &EVERYTHING, node.uid)
                .await
                .unwrap();
            catalog.catch_up().await.unwrap();
            same("known", &self.whole.known([&seen])[&seen], &Known::Missing);
        }
    }
}

fn at(cursor: Cursor) -> PageRequest {
    PageRequest {
        limit: 2,
        ..PageRequest::at(cursor)
    }
}

/// An entity and what led to it.
async fn ways_up(view: View<'_>, name: &str) -> Option<Vec<(String, Vec<String>)>> {
    let found = view.ancestry(name).await.unwrap()?;
    let one = |item: catalog::query::Ancestor| (item.entity.to_string(), item.parents);
    Some(found.items.into_iter().map(one).collect())
}

/// The feed tells of what may be seen alone: no other entity, owner or relation, and of what changed only what lies
/// between two forms that passed.
pub async fn feed(whole: &Lab, sight: &Sight) {
    let view = whole.catalog.seen_by(sight);
    let passes = |form: &Option<Value>| form.as_ref().is_none_or(|form| passes_form(sight, form));
    let feed = view.feed(None).await.unwrap();
    assert_eq!(feed.older, None);
    for told in &feed.entries {
        let reference = told.reference.to_string();
        assert!(view.exists(&reference).await.unwrap(), "{reference}");
        let entry = whole.entries.iter().find(|entry| entry.seq == told.seq).unwrap();
        assert_eq!((&entry.reference, entry.kind), (&reference, told.kind));
        let is_told = !told.told.fields.is_empty() || !told.told.relations.is_empty();
        assert!(
            !is_told || passes(&entry.before) && passes(&entry.after),
            "{reference}"
        );
        let named = told.told.relations.iter().map(|relation| &relation.target);
        for name in named.chain(&told.owner) {
            assert!(
                whole.is_seen(sight, &name.to_string()),
                "{reference} names {name}"
            );
        }
    }
    // What is not told are relations alone.
    for entry in &whole.entries {
        let is_told = feed.entries.iter().any(|told| told.seq == entry.seq);
        let changes = model::diff::changes(entry.before.as_ref(), entry.after.as_ref());
        let is_expected = ChangeClass::of(entry.kind, &changes) == ChangeClass::Descriptor
            && view.exists(&entry.reference).await.unwrap()
            && !entry.reference.starts_with("location:");
        assert!(is_told || !is_expected, "{} {}", entry.seq, entry.reference);
    }
}

/// The history shows every entry of what may be seen, and of the forms only those that passed.
pub async fn history(whole: &Lab, sight: &Sight) {
    let view = whole.catalog.seen_by(sight);
    for name in NAMES {
        let entries: Vec<&Entry> = whole
            .entries
            .iter()
            .rev()
            .filter(|entry| entry.reference == name)
            .collect();
        let last = entries
            .first()
            .and_then(|entry| entry.after.as_ref().or(entry.before.as_ref()));
        let is_seen = last.is_some_and(|form| passes_form(sight, form));
        let passes = |form: &Option<Value>| form.as_ref().is_none_or(|form| passes_form(sight, form));
        let found = view.history(name, None, 100).await.unwrap();
        assert_eq!(view.exists(name).await.unwrap(), is_seen, "{name}");
        assert_eq!(found.len(), if is_seen { entries.len() } else { 0 }, "{name}");
        for (entry, shown) in entries.iter().zip(&found) {
            assert_eq!((shown.seq, shown.kind), (entry.seq, entry.kind.as_str()));
            let is_open = passes(&entry.before) && passes(&entry.after);
            let expected = model::diff::changes(entry.before.as_ref(), entry.after.as_ref());
            assert_eq!(
                shown.changes,
                if is_open { expected } else { Vec::new() },
                "{name} {}",
                entry.seq
            );
        }
        if let [newest, ..] = &*found {
            let rest = view.history(name, Some(newest.seq), 1).await.unwrap();
            assert_eq!(rest.as_slice(), &found[1..found.len().min(2)]);
        }
        for entry in &entries {
            let version = view.version(name, entry.seq).await;
            if is_seen && passes(&entry.after) {
                assert_eq!(version.unwrap().entity, entry.after, "{name} {}", entry.seq);
            } else {
                let expected = format!("No version {} of {name} is kept", entry.seq);
                assert_eq!(version.unwrap_err().message, expected);
            }
        }
    }
}
