//! The tab and the card Code in front of a Gitea in memory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use catalog::Catalog;
use config::Config;
use model::{Actor, EntityRef, Fault, SystemClock, Viewer};
use outside::{OutsideCalls, Settings};
use plugin::{
    AuditEvent, AuditLog, Body, Contributions, Denied, EntityPage, SearchFeed, Services, TabAnswer,
};
use serde_json::{Value, json};
use store::{Announced, Announcements, Database, Store, StoreError, Tx};
use testkit::FakeGitea;
use tokio_util::sync::CancellationToken;
use work::{Checkpoint, Job, JobId, JobLog, Jobs};

/// Longest wait for something that happens in another task.
const SOON: Duration = Duration::from_secs(10);

struct NoSearch;

#[async_trait]
impl SearchFeed for NoSearch {
    async fn changed(&self, _: &[EntityRef]) -> Result<(), Fault> {
        Ok(())
    }

    async fn changed_in(&self, _: &mut Tx, _: &[EntityRef]) -> Result<(), StoreError> {
        Ok(())
    }
}

struct NoAudit;

#[async_trait]
impl AuditLog for NoAudit {
    async fn record(&self, _: &mut Tx, _: AuditEvent) -> Result<(), StoreError> {
        Ok(())
    }

    async fn record_attempt(&self, _: AuditEvent) {}
}

pub struct Code {
    pub store: Store,
    contributions: Contributions,
    base: String,
}

impl Code {
    /// The plugin, connected to a server.
    pub async fn at(gitea: &FakeGitea) -> Self {
        let config = json!({
            "app": {"baseUrl": "http://portal.example"},
            "integrations": {"gitea": [{"host": gitea.host(), "baseUrl": gitea.url(), "password": gitea.token()}]},
        });
        let config = Arc::new(Config::from_value(config, std::path::Path::new("/")).unwrap());
        let tables = [
            ("work", work::MIGRATIONS),
            ("gitea", gitea::declaration().migrations),
            ("gitea-people", gitea::people_declaration().migrations),
        ];
        let store = Store::open_with(&Database::SqliteMemory, &tables).await.unwrap();
        let catalog = Catalog::builder(config.clone(), store.clone()).build().unwrap();
        let services = Services {
            store: store.clone(),
            outside: OutsideCalls::new(Settings::default(), Arc::new(SystemClock)),
            jobs: Jobs::new(store.clone()),
            search: Arc::new(NoSearch),
        };
        let contributions = gitea::contributions(&config, &catalog, &services, Arc::new(NoAudit));
        Self {
            store,
            contributions,
            base: gitea.url(),
        }
    }

    /// An entity whose code lies at a path of the server, such as `shop/orders/src/branch/main/`.
    pub fn entity(&self, path: &str) -> Value {
        Self::entity_at(&format!("{}/{path}", self.base))
    }

    pub fn entity_at(address: &str) -> Value {
        json!({"kind": "Component", "metadata": {"name": "orders", "annotations": {
            "backstage.io/source-location": format!("url:{address}"),
        }}})
    }

    pub fn applies_to(&self, entity: &Value) -> bool {
        self.contributions.entity_tabs[0].applies_to(entity)
    }

    /// The tab as it is sent with the page, or a part below it.
    pub async fn tab(&self, entity: &Value, rest: &str, time: Duration) -> Option<String> {
        let tab = self.contributions.entity_tabs[0].clone();
        match tab.show(page(entity, rest, time)).await.unwrap() {
            TabAnswer::Content(Body::Ours(markup)) => Some(markup.0),
            _ => None,
        }
    }

    /// The tab with all its parts.
    pub async fn whole(&self, entity: &Value) -> String {
        let begun = Instant::now();
        loop {
            let tab = self.tab(entity, "", Duration::from_millis(1_500)).await.unwrap();
            if !tab.contains("data-deferred") {
                return tab;
            }
            assert!(begun.elapsed() < SOON, "{tab}");
        }
    }

    /// The card of the overview.
    pub async fn card(&self, entity: &Value) -> String {
        let card = self.contributions.entity_cards[0].clone();
        match card.show(page(entity, "", SOON)).await.unwrap() {
            Body::Ours(markup) => markup.0,
            Body::Foreign(text) => text,
        }
    }

    /// The topics that the open tab follows.
    pub fn topics(&self) -> Vec<String> {
        self.contributions.entity_tabs[0].topics(&reference())
    }

    /// Does the job of an event.
    pub async fn event(&self, payload: Value) {
        let job = Job {
            id: JobId(uuid::Uuid::nil()),
            kind: "gitea.activity".into(),
            attempt: 1,
            payload,
            actor: Actor::system("test"),
            stop: CancellationToken::new(),
            log: JobLog::in_memory(),
            checkpoint: Checkpoint::in_memory(None),
        };
        let mut jobs = self.contributions.jobs.iter();
        let handler = jobs.find(|handler| handler.kind() == "gitea.activity").unwrap();
        handler.run(job).await.unwrap();
    }
}

/// Waits until a topic is announced.
pub async fn until_announced(announcements: &mut Announcements, topic: &str) {
    let heard = async { while announcements.next().await != Some(Announced::Topic(topic.into())) {} };
    tokio::time::timeout(SOON, heard).await.unwrap();
}

fn reference() -> EntityRef {
    EntityRef::new("component", "default", "orders")
}

fn page(entity: &Value, rest: &str, time: Duration) -> EntityPage {
    EntityPage {
        entity: Arc::new(entity.clone()),
        reference: reference(),
        viewer: Viewer::guest(),
        denied: Denied::default(),
        rest: rest.to_owned(),
        query: String::new(),
        deadline: Instant::now() + time,
        markers: plugin::Markers::default(),
        seen: plugin::Seen::default(),
    }
}
