//! The tab and the card of an entity.

use async_trait::async_trait;
use config::Secret;
use futures::future::join_all;
use maud::html;
use model::{Clock, EntityRef, SystemClock, Viewer};
use plugin::{
    Body, EntityCard, EntityPage, EntityTab, PeopleTokens, Permission, Place, PluginId, RenderError,
    TabAnswer,
};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

use super::object::{self, ObjectAddress};
use super::scene::{Columns, Scene};
use super::{actions, connect, summary, workloads};
use crate::RESOURCES_READ;
use crate::actions::Allowed;
use crate::engine::kinds::{OF_ENTITIES, WORKLOADS};
use crate::engine::surroundings::kinds_of_tab;
use crate::engine::{Answer, Kind, Kubernetes, Question, topic};

/// Objects beside the workloads whose changes an open page hears of.
const MOST_FOLLOWED: usize = 500;

/// How long a view waits for clusters that are asked with the viewer's token.
const VIEWER_WAIT: Duration = Duration::from_secs(1);

static TAB: Place = Place::new("kubernetes", "Kubernetes", 40);
static CARD: Place = Place::new("kubernetes", "Kubernetes", 20);

fn has_annotation(entity: &Value) -> bool {
    Question::of(entity).is_some()
}

/// What the entity's objects are, or why that cannot be asked.
fn question(entity: &Value) -> Result<Question, RenderError> {
    let question = Question::of(entity).ok_or_else(|| RenderError {
        message: "The entity has no annotation about its objects.".to_owned(),
        hint: Some("Add backstage.io/kubernetes-id to its metadata.annotations.".to_owned()),
    })?;
    question.map_err(|error| RenderError {
        message: format!("{error}."),
        hint: Some("Correct the annotation backstage.io/kubernetes-label-selector.".to_owned()),
    })
}

/// The tab "Kubernetes".
pub(crate) struct Tab {
    pub kubernetes: Kubernetes,
    /// For clusters that take the viewer's own token.
    pub tokens: Arc<dyn PeopleTokens>,
}

#[async_trait]
impl EntityTab for Tab {
    fn place(&self) -> &Place {
        &TAB
    }

    fn applies_to(&self, entity: &Value) -> bool {
        has_annotation(entity)
    }

    fn needs(&self) -> Option<&'static Permission> {
        Some(&RESOURCES_READ)
    }

    fn offers(&self) -> Vec<(PluginId, &'static Permission)> {
        let allowed = self.kubernetes.allowed();
        let permissions = allowed.permissions();
        permissions
            .map(|permission| (crate::actions::ID, permission))
            .collect()
    }

    fn topics(&self, reference: &EntityRef) -> Vec<String> {
        vec![topic(reference, "objects")]
    }

    async fn show(&self, page: EntityPage) -> Result<TabAnswer, RenderError> {
        let asked = ObjectAddress::read(&page.rest);
        if asked.is_none() && !page.rest.is_empty() {
            return Ok(TabAnswer::NotFound);
        }
        if !self.kubernetes.is_configured() {
            return Ok(TabAnswer::Content(Body::Ours(connect::not_configured())));
        }
        let question = question(&page.entity)?;
        self.kubernetes.watch_with_custom(&kinds_of_tab()).await;
        let mut scene = self.scene(page.reference, question, &page.viewer).await;
        scene.actions = scene.actions.without(&page.denied);
        let content = match asked {
            None => html! { (actions::notice(&page.query, &scene, None)) (workloads::tab(&scene)) },
            Some(asked) => match asked.find(&scene) {
                Some((one, found)) => {
                    let notice = actions::notice(&page.query, &scene, Some((one, found)));
                    html! { (notice) (object::page(&scene, one, found)) }
                }
                None => return Ok(TabAnswer::NotFound),
            },
        };
        Ok(TabAnswer::Content(Body::Ours(content)))
    }
}

impl Tab {
    async fn scene(&self, reference: EntityRef, question: Question, viewer: &Viewer) -> Scene {
        let custom = self.kubernetes.custom_kinds();
        let mut answer = self
            .kubernetes
            .ask(&question, &[kinds_of_tab(), custom.clone()].concat());
        self.kubernetes.surround(&mut answer);
        self.ask_as(viewer, &question, &mut answer).await;
        self.kubernetes
            .follow(topic(&reference, "objects"), Some(&question), followed(&answer));
        let asked = Scene::namespaces(&answer)
            .into_iter()
            .map(async |(cluster, namespace)| {
                let usage = self.kubernetes.usage(&cluster, &namespace).await;
                ((cluster, namespace), usage)
            });
        let is_empty = answer.clusters.iter().all(|one| one.objects.is_empty());
        let near = if is_empty {
            self.kubernetes.near(&question)
        } else {
            Vec::new()
        };
        Scene {
            near,
            columns: self.columns(&answer, &custom),
            elsewhere: if is_empty {
                self.elsewhere(&question)
            } else {
                BTreeMap::new()
            },
            actions: self.kubernetes.allowed(),
            used: join_all(asked).await.into_iter().collect(),
            reference,
            question,
            answer,
            now: SystemClock.now(),
        }
    }
}

impl Tab {
    /// Asks the clusters that take the viewer's own token, where the sign-in gave one.
    async fn ask_as(&self, viewer: &Viewer, question: &Question, answer: &mut Answer) {
        let kinds = &kinds_of_tab();
        let asked = answer.clusters.iter().map(async |one| {
            let cluster = self.kubernetes.cluster(&one.cluster)?;
            let token = match self.tokens.id_token(viewer, cluster.viewer_provider()?).await {
                Ok(token) => Secret::new(token?.expose_secret()),
                Err(fault) => return Some(cluster.answer_failed(&fault.message, kinds)),
            };
            let seen = cluster.answer_as(&token, question, kinds);
            let late = || cluster.answer_failed("it did not answer in time", kinds);
            Some(timeout(VIEWER_WAIT, seen).await.unwrap_or_else(|_| late()))
        });
        let found = join_all(asked).await;
        for (one, seen) in answer.clusters.iter_mut().zip(found) {
            if let Some(seen) = seen {
                *one = seen;
            }
        }
    }

    /// The columns that definitions give the custom resources of an answer.
    fn columns(&self, answer: &Answer, kinds: &[&'static Kind]) -> Columns {
        let clusters = answer.clusters.iter();
        let all = clusters.flat_map(|one| {
            let of = |kind: &&'static Kind| {
                Some((
                    (one.cluster.clone(), *kind),
                    self.kubernetes.columns(&one.cluster, kind)?,
                ))
            };
            kinds.iter().filter_map(of)
        });
        all.collect()
    }

    /// Objects that carry the labels, but are in another namespace or cluster than the annotations name.
    fn elsewhere(&self, question: &Question) -> BTreeMap<(String, String), usize> {
        let mut found = BTreeMap::new();
        if question.namespace.is_none() && question.cluster.is_none() {
            return found;
        }
        let anywhere = Question {
            namespace: None,
            cluster: None,
            ..question.clone()
        };
        for one in self.kubernetes.ask(&anywhere, &WORKLOADS).clusters {
            for object in &one.objects {
                let place = (one.title.clone(), object.namespace().to_owned());
                *found.entry(place).or_default() += 1;
            }
        }
        found
    }
}

/// The names of objects that the question does not select, which are shown as well.
fn followed(answer: &Answer) -> BTreeSet<(String, &'static str, String, String)> {
    let all = answer.clusters.iter().flat_map(|one| {
        let others = one
            .objects
            .iter()
            .filter(|object| !object::is_followed_by_itself(object));
        others.map(|object| {
            (
                one.cluster.clone(),
                object.kind().plural,
                object.namespace().to_owned(),
                object.name().to_owned(),
            )
        })
    });
    all.take(MOST_FOLLOWED).collect()
}

/// The card "Kubernetes" of the overview.
pub(crate) struct Card(pub Kubernetes);

#[async_trait]
impl EntityCard for Card {
    fn place(&self) -> &Place {
        &CARD
    }

    fn applies_to(&self, entity: &Value) -> bool {
        self.0.is_configured() && has_annotation(entity)
    }

    fn needs(&self) -> Option<&'static Permission> {
        Some(&RESOURCES_READ)
    }

    fn topics(&self, reference: &EntityRef) -> Vec<String> {
        vec![topic(reference, "card")]
    }

    async fn show(&self, page: EntityPage) -> Result<Body, RenderError> {
        let question = question(&page.entity)?;
        self.0
            .follow(topic(&page.reference, "card"), Some(&question), BTreeSet::new());
        self.0.begin(&OF_ENTITIES);
        let scene = Scene {
            answer: self.0.ask(&question, &OF_ENTITIES),
            reference: page.reference,
            question,
            used: super::scene::Used::new(),
            near: Vec::new(),
            elsewhere: BTreeMap::new(),
            columns: Columns::new(),
            actions: Allowed::default(),
            now: SystemClock.now(),
        };
        Ok(Body::Ours(html! { (summary::card(&scene)) }))
    }
}
