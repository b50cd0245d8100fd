//! Clusters that are asked with the viewer's own token. What they answer is the viewer's alone: it is asked for anew each time, and
//! nothing of it is kept.

use std::sync::Arc;

use config::Secret;
use futures::future::join_all;
use kube::api::{Api, ListParams};
use kube::core::DynamicObject;
use kube::discovery::Scope;
use model::{Clock, SystemClock};

use super::answer::{ClusterAnswer, KindState};
use super::cluster::Cluster;
use super::failure::{Failure, Sort};
use super::kinds::Kind;
use super::object::{Kept, Object};
use super::pulse::Condition;
use super::question::Question;

/// Objects of one page of a list.
const PAGE: u32 = 500;
/// Pages that are read of one kind.
const MOST_PAGES: usize = 10;

impl Cluster {
    /// What the cluster shows to the bearer of a token.
    pub async fn answer_as(
        self: &Arc<Self>,
        token: &Secret,
        question: &Question,
        kinds: &[&'static Kind],
    ) -> ClusterAnswer {
        let answers = join_all(kinds.iter().map(|kind| self.list_as(token, question, kind))).await;
        let mut states = Vec::new();
        let mut objects = Vec::new();
        for (kind, answer) in kinds.iter().zip(answers) {
            let now = SystemClock.now();
            let (condition, as_of, found) = match answer {
                Ok(found) => (Condition::Current, Some(now), found),
                Err(failure) => (Condition::Failed(failure), None, Vec::new()),
            };
            states.push(KindState {
                kind,
                condition,
                as_of,
                count: found.len(),
            });
            objects.extend(found);
        }
        ClusterAnswer {
            cluster: self.name().to_owned(),
            title: self.title().to_owned(),
            kinds: states,
            objects,
        }
    }

    /// The answer of a cluster for which there is no token.
    pub fn answer_without_token(&self, provider: &str, kinds: &[&'static Kind]) -> ClusterAnswer {
        self.failed(Sort::NeedsViewer, super::missing(provider), kinds)
    }

    /// The answer of a cluster that could not be asked.
    pub fn answer_failed(&self, reason: &str, kinds: &[&'static Kind]) -> ClusterAnswer {
        self.failed(Sort::Away, reason.to_owned(), kinds)
    }

    fn failed(&self, sort: Sort, reason: String, kinds: &[&'static Kind]) -> ClusterAnswer {
        let failure = Failure::new(sort, reason, SystemClock.now());
        let states = kinds.iter().map(|kind| KindState {
            kind,
            condition: Condition::Failed(failure.clone()),
            as_of: None,
            count: 0,
        });
        ClusterAnswer {
            cluster: self.name().to_owned(),
            title: self.title().to_owned(),
            kinds: states.collect(),
            objects: Vec::new(),
        }
    }

    async fn list_as(
        self: &Arc<Self>,
        token: &Secret,
        question: &Question,
        kind: &'static Kind,
    ) -> Result<Vec<Object>, Failure> {
        let known = self.known_kinds(Some(token)).await?;
        let client = self.client_as(token.clone());
        let Some((resource, capabilities)) = known.get(kind.group, kind.plural) else {
            return Err(Failure::not_installed(kind, SystemClock.now()));
        };
        let api: Api<DynamicObject> = match &question.namespace {
            Some(namespace) if capabilities.scope == Scope::Namespaced => {
                Api::namespaced_with(client, namespace, resource)
            }
            _ => Api::all_with(client, resource),
        };
        let mut asked = ListParams::default()
            .labels(question.selector.as_str())
            .limit(PAGE);
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let page = api.list(&asked).await;
            let page = page.map_err(|error| Failure::of(&error, SystemClock.now()))?;
            let kept = page.items.into_iter().map(|mut object| {
                super::watch::name_type(&mut object, resource);
                Arc::new(Kept::new(kind, object)).read()
            });
            found.extend(kept);
            match page.metadata.continue_.filter(|next| !next.is_empty()) {
                Some(next) => asked = asked.continue_token(&next),
                None => break,
            }
        }
        Ok(found)
    }
}
