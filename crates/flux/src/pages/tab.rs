//! The tab: it asks the engine, and shows what was found.

use std::collections::BTreeSet;

use async_trait::async_trait;
use futures::future::join_all;
use kubernetes::Kubernetes;
use kubernetes::engine::kinds::{EVENTS, OF_ENTITIES};
use kubernetes::engine::{Kind, Question, topic};
use kubernetes::health::events::merged;
use maud::Markup;
use model::{Clock, EntityRef, SystemClock};
use plugin::{Body, EntityPage, EntityTab, Permission, Place, RenderError, TabAnswer};
use serde_json::Value;

use super::scene::{Scene, wanted};
use super::{states, view};
use crate::engine::kinds::ALL;
use crate::engine::{Commits, Deliveries, find};

static TAB: Place = Place::new("deployments", "Deployments", 41);

/// Sort of page in topics.
const PAGE: &str = "flux";

/// The tab "Deployments".
pub(crate) struct Tab {
    pub kubernetes: Kubernetes,
    pub commits: Commits,
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

    fn topics(&self, reference: &EntityRef) -> Vec<String> {
        vec![topic(reference, PAGE)]
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
        let watched: Vec<&'static Kind> = OF_ENTITIES.into_iter().chain(ALL).collect();
        self.kubernetes.watch(&watched).await;
        let found = find(&self.kubernetes, &question, &workloads);
        self.kubernetes
            .follow(topic(&page.reference, PAGE), Some(&question), shown(&found));
        Ok(view::tab(&self.scene(found).await, &question))
    }

    async fn scene(&self, found: Deliveries) -> Scene {
        let asked = wanted(&found).into_iter().map(async |(repository, sha)| {
            let commit = self.commits.get(&repository, &sha).await;
            ((repository, sha), commit)
        });
        let appliers = found.all.iter().map(|one| (&one.cluster, &one.applier));
        let sources = found
            .all
            .iter()
            .filter_map(|one| Some((&one.cluster, one.source.as_ref()?)));
        let events: Vec<_> = appliers
            .chain(sources)
            .flat_map(|(cluster, object)| self.kubernetes.events(cluster, object.uid()))
            .collect();
        Scene {
            commits: join_all(asked).await.into_iter().collect(),
            events: merged(events.iter().map(|event| &event.value)),
            found,
            now: SystemClock.now(),
        }
    }
}

/// The objects whose changes the page shows. A source that is not there yet counts, too.
fn shown(found: &Deliveries) -> BTreeSet<(String, &'static str, String, String)> {
    let appliers = found.all.iter().map(|one| {
        let object = &one.applier;
        (
            one.cluster.clone(),
            object.kind().plural,
            object.namespace().to_owned(),
            object.name().to_owned(),
        )
    });
    let sources = found.all.iter().filter_map(|one| {
        let (kind, namespace, name) = one.source_name.clone()?;
        Some((
            one.cluster.clone(),
            crate::engine::kinds::source(&kind)?.plural,
            namespace,
            name,
        ))
    });
    appliers.chain(sources).collect()
}
