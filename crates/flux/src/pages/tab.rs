//! The tab: it asks the engine, and shows what was found.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use catalog::{Catalog, Sight};
use futures::future::join_all;
use jiff::Timestamp;
use kubernetes::Kubernetes;
use kubernetes::engine::kinds::{EVENTS, OF_ENTITIES};
use kubernetes::engine::surroundings::kinds_of_tab;
use kubernetes::engine::{Kind, Object, Question, topic};
use kubernetes::health::events::{EventLine, merged};
use maud::{Markup, html};
use model::{Clock, EntityRef, SystemClock};
use plugin::{Body, EntityPage, EntityTab, Permission, Place, PluginId, RenderError, TabAnswer};
use scm::Comparison;
use serde_json::Value;
use store::Store;

use super::actions::{Asked, notice};
use super::dependencies::draw;
use super::scene::{Applied, Change, Scene, main, to_compare, wanted};
use super::{states, view};
use crate::actions::{Address, Allowed};
use crate::engine::inventory::{self, Entry, entries};
use crate::engine::kinds::{ALL, source};
use crate::engine::{Commits, Deliveries, LookUps, Looked, Pair, Pushed, dependencies, failures, find};
use crate::webhook;

static TAB: Place = Place::new("deployments", "Deployments", 41);

/// Sort of page in topics.
const PAGE: &str = "flux";
/// The page was given an entity that the viewer sees; only when and how it changed is told, not what.
static SHOWN_ENTITY: Sight = Sight::system("when an entity changed is shown beside its deployments");
/// What Flux told of one object that is shown.
const MOST_PUSHED: usize = 20;
/// Changes of the descriptor that are shown.
const MOST_CHANGES: usize = 20;
/// Appliers whose objects are listed.
const MOST_INVENTORIES: usize = 6;
/// Objects of one applier whose changes an open page hears of.
const MOST_FOLLOWED: usize = 100;

/// The tab "Deployments".
pub(crate) struct Tab {
    pub kubernetes: Kubernetes,
    pub commits: Commits,
    pub look_ups: LookUps,
    pub catalog: Catalog,
    pub store: Store,
    pub allowed: Allowed,
}

#[async_trait]
impl EntityTab for Tab {
    fn place(&self) -> &Place {
        &TAB
    }

    fn applies_to(&self, entity: &Value) -> bool {
        Question::of(entity).is_some()
    }

    fn needs(&self) -> Option<&'static Permission> {
        Some(&kubernetes::RESOURCES_READ)
    }

    fn offers(&self) -> Vec<(PluginId, &'static Permission)> {
        let permissions = self.allowed.permissions();
        permissions.map(|permission| (crate::ID, permission)).collect()
    }

    fn topics(&self, reference: &EntityRef) -> Vec<String> {
        vec![topic(reference, PAGE), webhook::LIVE.to_owned()]
    }

    async fn show(&self, page: EntityPage) -> Result<TabAnswer, RenderError> {
        if !page.rest.is_empty() {
            return Ok(TabAnswer::NotFound);
        }
        let content = if self.kubernetes.is_configured() {
            self.content(&page).await?
        } else {
            states::not_configured()
        };
        Ok(TabAnswer::Content(Body::Ours(content)))
    }
}

impl Tab {
    async fn content(&self, page: &EntityPage) -> Result<Markup, RenderError> {
        let unreadable = |message: String| RenderError {
            message,
            hint: Some(
                "Correct the annotations of the entity whose names begin with backstage.io/kubernetes."
                    .to_owned(),
            ),
        };
        let question = Question::of(&page.entity)
            .ok_or_else(|| unreadable("The entity names no objects.".to_owned()))?;
        let question = question.map_err(|error| unreadable(format!("{error}.")))?;
        let workloads: Vec<&'static Kind> = OF_ENTITIES.into_iter().filter(|kind| **kind != EVENTS).collect();
        let watched: Vec<&'static Kind> = kinds_of_tab().into_iter().chain(ALL).collect();
        self.kubernetes.watch(&watched).await;
        let found = find(&self.kubernetes, &question, &workloads);
        let shown = shown(&found);
        let is_shown = |address: &Address| shown.contains(&address.clone().followed());
        let asked = Asked::read(&page.query, &self.kubernetes, is_shown);
        self.kubernetes
            .follow(topic(&page.reference, PAGE), Some(&question), shown);
        let mut scene = self.scene(found, page.reference.clone()).await;
        scene.allowed = scene.allowed.without(&page.denied);
        Ok(html! { (notice(asked.as_ref())) (view::tab(&scene, &question)) })
    }

    async fn scene(&self, found: Deliveries, reference: EntityRef) -> Scene {
        let now = SystemClock.now();
        let asked = wanted(&found).into_iter().map(async |(repository, sha)| {
            let commit = self.commits.get(&repository, &sha).await;
            ((repository, sha), commit)
        });
        // All that is asked of others is asked at the same time, because the page waits for it.
        let (commits, compared, looked, pushed, changes) = tokio::join!(
            join_all(asked),
            self.compared(&found),
            self.look_ups.of(unwatched(&found)),
            self.pushed(&found),
            self.changes(&reference),
        );
        let dependencies = dependencies::of(&found);
        // The layout may take some milliseconds, in which the thread serves nobody else.
        let drawn = dependencies.clone();
        let drawing = tokio::task::spawn_blocking(move || draw(&drawn)).await;
        Scene {
            commits: commits.into_iter().collect(),
            compared,
            failed: failures::of(&self.kubernetes, &main(&found)),
            events: self.events(&found),
            applied: self.applied(&found, &looked, now),
            dependencies,
            pushed,
            changes,
            reference,
            allowed: self.allowed.clone(),
            drawing: drawing.ok().flatten(),
            found,
            now,
        }
    }

    /// What the newest commits have beyond those that run. Where the host does not tell in time, the page says less.
    async fn compared(&self, found: &Deliveries) -> BTreeMap<Pair, Comparison> {
        let asked = to_compare(found).into_iter().map(async |pair| {
            let told = self.commits.compare(&pair).await;
            let told = told.unwrap_or_else(|reason| {
                tracing::debug!("commits of {} are not compared: {reason}", pair.0);
                None
            });
            Some((pair, told?))
        });
        join_all(asked).await.into_iter().flatten().collect()
    }

    /// What Flux told of the appliers and their sources by its webhook.
    async fn pushed(&self, found: &Deliveries) -> Vec<Pushed> {
        let mut names: Vec<(&str, &Object)> = Vec::new();
        for one in main(found).into_iter().take(MOST_INVENTORIES) {
            let objects = [Some(&one.applier), one.source.as_ref()].into_iter().flatten();
            for object in objects {
                if !names.iter().any(|(_, known)| known.uid() == object.uid()) {
                    names.push((&one.cluster, object));
                }
            }
        }
        let mut all = Vec::new();
        for (cluster, object) in names {
            let name = (object.kind().name, object.namespace(), object.name());
            all.extend(webhook::of_object(&self.store, cluster, name, MOST_PUSHED).await);
        }
        all
    }

    /// Changes of the entity's descriptor. Where the catalog does not answer, none are shown.
    async fn changes(&self, reference: &EntityRef) -> Vec<Change> {
        let view = self.catalog.seen_by(&SHOWN_ENTITY);
        let found = view.history(&reference.to_string(), None, MOST_CHANGES).await;
        let found = found.unwrap_or_else(|error| {
            tracing::warn!("changes of {reference} are not shown beside its deployments: {error}");
            Vec::new()
        });
        let change = |one: catalog::VersionSummary| Change {
            at: one.at,
            seq: one.seq,
            kind: one.kind,
        };
        found.into_iter().map(change).collect()
    }

    /// Events about appliers and their sources.
    fn events(&self, found: &Deliveries) -> Vec<EventLine> {
        let objects = found.all.iter().flat_map(|one| {
            let all = [Some(&one.applier), one.source.as_ref(), one.chart.as_ref()];
            all.into_iter().flatten().map(|object| (&one.cluster, object))
        });
        let images = found
            .images
            .iter()
            .map(|placed| (&placed.cluster, &placed.object));
        let mut seen = BTreeSet::new();
        let events: Vec<_> = objects
            .chain(images)
            .filter(|(_, object)| seen.insert(object.uid().to_owned()))
            .flat_map(|(cluster, object)| self.kubernetes.events(cluster, object.uid()))
            .collect();
        failures::joined(merged(events.iter().map(|event| &event.value)))
    }

    fn applied(&self, found: &Deliveries, looked: &Looked, now: Timestamp) -> Vec<Applied> {
        let main = main(found).into_iter().take(MOST_INVENTORIES);
        main.map(|one| Applied {
            title: one.title.clone(),
            namespace: one.applier.namespace().to_owned(),
            name: one.applier.name().to_owned(),
            inventory: inventory::of(&self.kubernetes, &one.cluster, &one.applier, looked, now),
        })
        .collect()
    }
}

/// Objects of the main appliers whose kinds are not watched.
fn unwatched(found: &Deliveries) -> Vec<(String, Entry)> {
    let main = main(found).into_iter().take(MOST_INVENTORIES);
    main.flat_map(|one| {
        let entries = inventory::unwatched(&one.applier).into_iter();
        entries.map(|entry| (one.cluster.clone(), entry))
    })
    .collect()
}

/// The objects whose changes the page shows. A source that is not there yet counts, too.
fn shown(found: &Deliveries) -> BTreeSet<(String, &'static str, String, String)> {
    let named = |cluster: &str, object: &Object| {
        let (namespace, name) = (object.namespace().to_owned(), object.name().to_owned());
        (cluster.to_owned(), object.kind().plural, namespace, name)
    };
    let mut all = BTreeSet::new();
    for one in &found.all {
        let objects = [Some(&one.applier), one.source.as_ref(), one.chart.as_ref()];
        all.extend(
            objects
                .into_iter()
                .flatten()
                .map(|object| named(&one.cluster, object)),
        );
        if let Some((kind, namespace, name)) = one.source_name.clone()
            && let Some(kind) = source(&kind)
        {
            all.insert((one.cluster.clone(), kind.plural, namespace, name));
        }
        for entry in entries(&one.applier).into_iter().flatten().take(MOST_FOLLOWED) {
            if let Some(kind) = entry.known_kind() {
                all.insert((one.cluster.clone(), kind.plural, entry.namespace, entry.name));
            }
        }
    }
    let placed = found.beside.iter().chain(&found.sources).chain(&found.images);
    all.extend(placed.map(|placed| named(&placed.cluster, &placed.object)));
    all
}
