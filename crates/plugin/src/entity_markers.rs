//! What happened to an entity and when, for charts that other plugins draw: deployments, changes.
//!
//! A plugin tells what it knows of ([`EntityMarkers`]); the page hands those that its viewer may see to every part
//! ([`crate::EntityPage::markers`]). Charts do without: what is slow, fails or panics is left out.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use jiff::Timestamp;
use model::EntityRef;
use serde_json::Value;

use crate::{Of, Permission, RenderError, contained};

/// Most that one plugin tells for one question.
const MOST: usize = 100;

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkerOutcome {
    /// As it should.
    Done,
    /// Not as it should.
    Failed,
    /// It did not end yet, or nothing can be said about it.
    Open,
}

/// Something that happened to an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityMarker {
    /// When.
    pub at: Timestamp,
    /// What, in a few words.
    pub text: String,
    /// A path of this portal that says more.
    pub path: Option<String>,
    /// How it ended.
    pub outcome: MarkerOutcome,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct MarkerQuestion {
    /// The served entity.
    pub entity: Arc<Value>,
    /// Its reference.
    pub reference: EntityRef,
    /// The first moment.
    pub from: Timestamp,
    /// The last moment.
    pub to: Timestamp,
}

/// Tells what happened to entities.
#[async_trait]
pub trait EntityMarkers: Send + Sync + 'static {
    /// The permission without which nothing is told.
    fn needs(&self) -> Option<&'static Permission> {
        None
    }
    /// Whether the plugin may know something of an entity. Must be quick and without IO.
    fn applies_to(&self, entity: &Value) -> bool;
    /// What happened between the two moments, in any order.
    async fn between(&self, question: MarkerQuestion) -> Result<Vec<EntityMarker>, RenderError>;
}

/// What plugins tell one viewer of what happened to entities.
#[derive(Clone, Default)]
pub struct Markers(Vec<Of<Arc<dyn EntityMarkers>>>);

impl Markers {
    /// Those of these plugins, all of which the viewer may see.
    pub fn of(all: Vec<Of<Arc<dyn EntityMarkers>>>) -> Self {
        Self(all)
    }

    /// What happened to an entity, the oldest first, as far as plugins tell it in time: of each at most a hundred, the newest.
    pub async fn between(&self, question: &MarkerQuestion, within: Duration) -> Vec<EntityMarker> {
        let asked = self.0.iter().map(|of| one(of, question.clone(), within));
        let mut found: Vec<EntityMarker> = join_all(asked).await.into_iter().flatten().collect();
        found.sort_by(|one, other| (one.at, &one.text).cmp(&(other.at, &other.text)));
        found
    }
}

async fn one(
    of: &Of<Arc<dyn EntityMarkers>>,
    question: MarkerQuestion,
    within: Duration,
) -> Vec<EntityMarker> {
    let (part, span) = (of.part.clone(), question.from..=question.to);
    let work = async move {
        if part.applies_to(&question.entity) {
            part.between(question).await
        } else {
            Ok(Vec::new())
        }
    };
    let told = contained(&of.plugin, "markers", within, work).await;
    let mut told = told.unwrap_or_default();
    told.retain(|marker| span.contains(&marker.at));
    told.sort_by_key(|marker| std::cmp::Reverse(marker.at));
    told.truncate(MOST);
    told
}

impl fmt::Debug for Markers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plugins = self.0.iter().map(|of| of.plugin.as_str());
        formatter.debug_list().entries(plugins).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PluginId;

    /// Tells of as many things as it is long, one a second; panics where it is told nothing.
    struct Teller(&'static str, i64);

    #[async_trait]
    impl EntityMarkers for Teller {
        fn applies_to(&self, entity: &Value) -> bool {
            entity["kind"] != "Other"
        }

        async fn between(&self, _: MarkerQuestion) -> Result<Vec<EntityMarker>, RenderError> {
            assert!(self.1 > 0, "as tests do");
            let marker = |second| EntityMarker {
                at: Timestamp::from_second(second).unwrap(),
                text: self.0.to_owned(),
                path: None,
                outcome: MarkerOutcome::Done,
            };
            Ok((0..self.1).map(marker).collect())
        }
    }

    #[tokio::test]
    async fn what_happened_is_bounded_and_a_plugin_that_panics_is_left_out() {
        let of = |part: Teller| Of {
            plugin: PluginId::built_in(part.0),
            part: Arc::new(part) as Arc<dyn EntityMarkers>,
        };
        let markers = Markers::of(vec![
            of(Teller("many", 500)),
            of(Teller("broken", 0)),
            of(Teller("few", 12)),
        ]);
        let question = |kind: &str| MarkerQuestion {
            entity: Arc::new(serde_json::json!({"kind": kind})),
            reference: EntityRef::new("component", "default", "x"),
            from: Timestamp::from_second(10).unwrap(),
            to: Timestamp::from_second(300).unwrap(),
        };
        let soon = Duration::from_secs(5);
        let found = markers.between(&question("Component"), soon).await;
        let told: Vec<(i64, &str)> = found
            .iter()
            .map(|one| (one.at.as_second(), one.text.as_str()))
            .collect();
        assert_eq!(told[..2], [(10, "few"), (11, "few")], "the oldest first");
        assert_eq!(
            (told[2], told.last(), told.len()),
            ((201, "many"), Some(&(300, "many")), 102)
        );
        assert_eq!(markers.between(&question("Other"), soon).await, []);
    }
}
