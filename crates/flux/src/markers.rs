//! Deployments as moments in the charts of other plugins.

use std::sync::Arc;

use async_trait::async_trait;
use kubernetes::Kubernetes;
use kubernetes::engine::kinds::{EVENTS, OF_ENTITIES};
use kubernetes::engine::surroundings::kinds_of_tab;
use kubernetes::engine::{Kind, Question};
use model::EntityRef;
use plugin::{EntityMarker, EntityMarkers, MarkerOutcome, MarkerQuestion, Permission, RenderError};
use serde_json::Value;
use ui::href;

use crate::engine::kinds::ALL;
use crate::engine::rollouts::{self, Outcome, Rollout};
use crate::engine::{Deliveries, Delivery, Link, Revision, find};

/// The path of the tab that says more.
const TAB: &str = "deployments";
/// Longest reference that is named: a branch, a tag, a version.
const LONGEST: usize = 40;

/// Tells which revision of an entity was deployed when, as the appliers' own logs say it.
pub(crate) struct Deployments(pub Kubernetes);

#[async_trait]
impl EntityMarkers for Deployments {
    fn needs(&self) -> Option<&'static Permission> {
        Some(&kubernetes::RESOURCES_READ)
    }

    fn applies_to(&self, entity: &Value) -> bool {
        self.0.is_configured() && Question::of(entity).is_some_and(|question| question.is_ok())
    }

    async fn between(&self, asked: MarkerQuestion) -> Result<Vec<EntityMarker>, RenderError> {
        let Some(Ok(question)) = Question::of(&asked.entity) else {
            return Ok(Vec::new());
        };
        let workloads: Vec<&'static Kind> = OF_ENTITIES.into_iter().filter(|kind| **kind != EVENTS).collect();
        let watched: Vec<&'static Kind> = kinds_of_tab().into_iter().chain(ALL).collect();
        self.0.watch(&watched).await;
        let found = find(&self.0, &question, &workloads);
        Ok(markers(&found, &asked))
    }
}

/// What the appliers of an entity did in the span.
fn markers(found: &Deliveries, asked: &MarkerQuestion) -> Vec<EntityMarker> {
    let own = own(found);
    let names_places = own.len() > 1;
    let of = |one: &&Delivery| {
        let place = names_places.then(|| format!("{} in {}", one.applier.name(), one.title));
        let all = rollouts::of(&one.applier).into_iter();
        all.filter(|rollout| (asked.from..=asked.to).contains(&rollout.at))
            .map(|rollout| marker(&rollout, place.as_deref(), &asked.reference))
            .collect::<Vec<_>>()
    };
    own.iter().flat_map(of).collect()
}

/// The appliers of the entity's workloads, or those that carry its label where none applies one.
fn own(found: &Deliveries) -> Vec<&Delivery> {
    let of = |link| found.all.iter().filter(move |one| one.link == link);
    let applying: Vec<&Delivery> = of(Link::Applies).collect();
    if applying.is_empty() {
        of(Link::Labelled).collect()
    } else {
        applying
    }
}

fn marker(rollout: &Rollout, place: Option<&str>, entity: &EntityRef) -> EntityMarker {
    let what = rollout
        .revision
        .as_ref()
        .map_or_else(|| "A revision".to_owned(), named);
    let place = place.map(|place| format!(" by {place}")).unwrap_or_default();
    let (text, outcome) = match rollout.outcome {
        Outcome::Done => (format!("{what} was deployed{place}"), MarkerOutcome::Done),
        Outcome::Failed => (
            format!("{what} failed{place}: {}", rollout.word),
            MarkerOutcome::Failed,
        ),
        Outcome::Other if rollout.word.is_empty() => {
            (format!("{what} was begun{place}"), MarkerOutcome::Open)
        }
        Outcome::Other => (format!("{what}{place}: {}", rollout.word), MarkerOutcome::Open),
    };
    EntityMarker {
        at: rollout.at,
        text,
        path: Some(href::entity_tab(entity, TAB)),
        outcome,
    }
}

/// A revision as people call it: `main@9f1c2d3e`, `6.5.4`.
fn named(revision: &Revision) -> String {
    let reference = revision.reference.as_deref().unwrap_or_default();
    let reference: String = reference.chars().take(LONGEST).collect();
    let short = revision.short();
    if reference.is_empty() || revision.text == short {
        return short.chars().take(LONGEST).collect();
    }
    format!("{reference}@{short}")
}

/// The deployments of the clusters.
pub(crate) fn of(kubernetes: &Kubernetes) -> Arc<dyn EntityMarkers> {
    Arc::new(Deployments(kubernetes.clone()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kubernetes::engine::Object;
    use serde_json::json;

    use super::*;
    use crate::engine::kinds::KUSTOMIZATIONS;

    const SHA: &str = "9f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c";

    /// A Kustomization with a log of one failure and two deployments.
    fn delivery(title: &str, link: Link) -> Delivery {
        let entry = |at: &str, word: &str, revision: &str| json!({"firstReconciled": at, "lastReconciledStatus": word, "metadata": {"revision": revision}});
        let history = json!([
            entry(
                "2026-11-24T09:00:00Z",
                "HealthCheckFailed",
                &format!("main@sha1:{SHA}")
            ),
            entry(
                "2026-11-24T08:00:00Z",
                "ReconciliationSucceeded",
                &format!("main@sha1:{SHA}")
            ),
            entry("2026-11-20T08:00:00Z", "ReconciliationSucceeded", "v1.2.3"),
        ]);
        let value =
            json!({"metadata": {"name": "apps", "namespace": "flux-system"}, "status": {"history": history}});
        Delivery::of(
            ("c", title),
            Object::sample(&KUSTOMIZATIONS, value),
            link,
            None,
            None,
        )
    }

    fn told(all: Vec<Delivery>, from: &str) -> Vec<String> {
        let found = Deliveries {
            all,
            ..Deliveries::default()
        };
        let asked = MarkerQuestion {
            entity: Arc::default(),
            reference: EntityRef::new("component", "default", "web"),
            from: from.parse().unwrap(),
            to: "2026-11-24T10:00:00Z".parse::<Timestamp>().unwrap(),
        };
        let told = markers(&found, &asked);
        assert!(
            told.iter()
                .all(|one| one.path.as_deref() == Some("/catalog/default/component/web/deployments"))
        );
        told.into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn deployments_of_the_span_are_told_in_words() {
        let north = || delivery("North", Link::Applies);
        assert_eq!(
            told(vec![north()], "2026-11-01T00:00:00Z"),
            [
                "main@9f1c2d3e failed: HealthCheckFailed",
                "main@9f1c2d3e was deployed",
                "v1.2.3 was deployed"
            ]
        );
        assert_eq!(
            told(
                vec![
                    north(),
                    delivery("South", Link::Applies),
                    delivery("West", Link::Above)
                ],
                "2026-11-24T08:30:00Z"
            ),
            [
                "main@9f1c2d3e failed by apps in North: HealthCheckFailed",
                "main@9f1c2d3e failed by apps in South: HealthCheckFailed"
            ],
            "what applies the appliers is not about the entity"
        );
        assert_eq!(
            told(vec![delivery("North", Link::Labelled)], "2026-11-24T07:00:00Z").len(),
            2
        );
        assert_eq!(told(Vec::new(), "2026-11-01T00:00:00Z"), [""; 0]);
    }
}
