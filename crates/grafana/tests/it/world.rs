//! A catalog of one entity, the plugin on it, and the Grafana behind it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body as HttpBody;
use axum::http::{Request, StatusCode};
use catalog::{Catalog, Sight};
use config::Config;
use model::{Actor, EntityRef, Fault, SystemClock, Viewer};
use outside::{OutsideCalls, Settings};
use plugin::{
    Body, Contributions, Denied, EntityPage, Markers, Policy, Routes, SearchFeed, Seen, Services, TabAnswer,
};
use serde_json::{Value, json};
use store::{Database, Store, StoreError, Tx};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;
use work::{Checkpoint, Job, JobHandler, JobId, JobLog, Jobs};

use crate::fake::Fake;

static EVERYTHING: Sight = Sight::system("a test");
/// Longest wait for what one process tells the others.
const SOON: Duration = Duration::from_secs(10);

pub struct World {
    pub grafana: Fake,
    pub store: Store,
    pub contributions: Contributions,
    catalog: Catalog,
    entity: Arc<Value>,
    reference: EntityRef,
    /// What plugins tell of the entity.
    pub markers: Markers,
    _folder: TempDir,
    _stop: DropGuard,
}

/// Nothing of these tests is searched for.
struct NoFeed;

#[async_trait]
impl SearchFeed for NoFeed {
    async fn changed(&self, _: &[EntityRef]) -> Result<(), Fault> {
        Ok(())
    }

    async fn changed_in(&self, _: &mut Tx, _: &[EntityRef]) -> Result<(), StoreError> {
        Ok(())
    }
}

impl World {
    /// With an entity that has these annotations, written as YAML between braces.
    pub async fn with(annotations: &str) -> Self {
        Self::configured(
            annotations,
            |address| json!({"domain": "https://grafana.example.com", "url": address, "token": "geheim"}),
        )
        .await
    }

    /// With an endpoint under `proxy`, as the original is configured.
    pub async fn behind_the_proxy() -> Self {
        let grafana = Fake::start().await;
        let headers = json!({"Authorization": "Bearer geheim"});
        let proxy = json!({"endpoints": {"/grafana/api": {"target": grafana.address, "headers": headers}}});
        let section = json!({"domain": "https://grafana.example.com"});
        Self::opened("grafana/dashboard-selector: orders", grafana, (section, proxy)).await
    }

    pub async fn configured(annotations: &str, section: impl Fn(&str) -> Value) -> Self {
        let mut world = Self::before_loading(annotations, section).await;
        world.load().await;
        world
    }

    /// Reads the catalog.
    pub async fn load(&mut self) {
        self.catalog.start().await.unwrap();
        self.catalog.settle().await.unwrap();
        self.catalog.catch_up().await.unwrap();
        let entity = self.catalog.seen_by(&EVERYTHING).entity(&self.reference).await;
        self.entity = Arc::new(entity.unwrap().unwrap());
    }

    /// With a catalog that is not read yet.
    pub async fn before_loading(annotations: &str, section: impl Fn(&str) -> Value) -> Self {
        let grafana = Fake::start().await;
        let section = section(&grafana.address);
        Self::opened(annotations, grafana, (section, Value::Null)).await
    }

    async fn opened(annotations: &str, grafana: Fake, (section, proxy): (Value, Value)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: orders, annotations: {{{annotations}}}}}\n\
             spec: {{type: service, lifecycle: production, owner: team, system: shop}}\n---\n\
             apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {{name: shop}}\nspec: {{owner: team}}\n---\n\
             apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{name: team}}\nspec: {{type: team, children: []}}\n"
        );
        std::fs::write(folder.path().join("all.yaml"), text).unwrap();
        let tables = [(work::PLUGIN, work::MIGRATIONS), ("grafana", grafana::MIGRATIONS)];
        let store = Store::open_with(&Database::SqliteMemory, &tables).await.unwrap();
        let catalog = catalog(&folder, &store);
        let services = Services {
            store: store.clone(),
            outside: OutsideCalls::new(Settings::default(), Arc::new(SystemClock)),
            jobs: Jobs::new(store.clone()),
            search: Arc::new(NoFeed),
        };
        let stop = CancellationToken::new();
        let config = json!({"grafana": section, "proxy": proxy});
        let config = config::Config::from_value(config, folder.path()).unwrap();
        let contributions = grafana::contributions(&config, &catalog, &services, stop.clone());
        let reference = EntityRef::new("component", "default", "orders");
        Self {
            grafana,
            store,
            contributions,
            catalog,
            entity: Arc::default(),
            reference,
            markers: Markers::default(),
            _folder: folder,
            _stop: stop.drop_guard(),
        }
    }

    /// Asks for alerts, as the schedule does, and ends the job after one round; the lines of its log.
    pub async fn refresh(&self) -> Vec<String> {
        self.run(0).await
    }

    /// Runs one of the plugin's jobs, which ends after one round; the lines of its log.
    pub async fn run(&self, handler: usize) -> Vec<String> {
        let ended = CancellationToken::new();
        ended.cancel();
        Self::run_until(self.handler(handler), ended).await
    }

    /// One of the plugin's handlers of jobs.
    pub fn handler(&self, handler: usize) -> Arc<dyn JobHandler> {
        self.contributions.jobs[handler].clone()
    }

    /// Runs one of the plugin's jobs until it is to end.
    pub async fn run_until(handler: Arc<dyn JobHandler>, ended: CancellationToken) -> Vec<String> {
        let log = JobLog::in_memory();
        let job = Job {
            id: JobId(uuid::Uuid::new_v4()),
            kind: handler.kind().into(),
            attempt: 1,
            payload: Value::Null,
            actor: Actor::system("test"),
            stop: ended.clone(),
            log: log.clone(),
            checkpoint: Checkpoint::in_memory(None),
        };
        handler.run(job).await.unwrap();
        log.take().into_iter().map(|(_, line)| line).collect()
    }

    /// The words of the badges.
    pub fn badges(&self) -> Vec<String> {
        let all = self.contributions.entity_badges.iter();
        let badges = all.flat_map(|badges| badges.badges(&self.reference, &self.entity, &Viewer::guest()));
        badges.map(|badge| badge.text).collect()
    }

    /// Waits until the badges have these words.
    pub async fn until_badges(&self, expected: &[&str]) {
        let begun = Instant::now();
        while self.badges() != expected {
            assert!(
                begun.elapsed() < SOON,
                "{:?} instead of {expected:?}",
                self.badges()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The tab's content at an address below it; nothing where there is none.
    pub async fn tab(&self, rest: &str, query: &str) -> Option<String> {
        self.tab_within(rest, query, Duration::from_secs(10)).await
    }

    pub async fn tab_within(&self, rest: &str, query: &str, time: Duration) -> Option<String> {
        let page = self.page(rest, query, time);
        let tab = self.contributions.entity_tabs[0].clone();
        assert!(tab.applies_to(&page.entity));
        match tab.show(page).await.unwrap() {
            TabAnswer::Content(Body::Ours(markup)) => Some(markup.0),
            _ => None,
        }
    }

    /// The card of the overview.
    pub async fn card(&self) -> String {
        let page = self.page("", "", Duration::from_secs(1));
        match self.contributions.entity_cards[0].show(page).await.unwrap() {
            Body::Ours(markup) => markup.0,
            Body::Foreign(text) => text,
        }
    }

    fn page(&self, rest: &str, query: &str, time: Duration) -> EntityPage {
        EntityPage {
            entity: self.entity.clone(),
            reference: self.reference.clone(),
            viewer: Viewer::guest(),
            denied: Denied::default(),
            rest: rest.to_owned(),
            query: query.to_owned(),
            deadline: Instant::now() + time,
            markers: self.markers.clone(),
            seen: self.seen(EVERYTHING.clone()),
        }
    }

    /// What a sight lets be seen of the catalog.
    fn seen(&self, sight: Sight) -> Seen {
        let catalog = self.catalog.clone();
        Seen::by(move |filter| catalog.seen_by(&sight).count(Some(filter)))
    }

    /// Whether a system has the card of its parts.
    pub fn shows_parts(&self, system: &str) -> bool {
        self.shows_parts_to(EVERYTHING.clone(), system)
    }

    /// Whether a system has the card of its parts for somebody who sees this much.
    pub fn shows_parts_to(&self, sight: Sight, system: &str) -> bool {
        let page = EntityPage {
            entity: Arc::new(json!({"kind": "System", "metadata": {"name": system, "namespace": "default"}})),
            reference: EntityRef::new("system", "default", system),
            seen: self.seen(sight),
            ..self.page("", "", Duration::from_secs(1))
        };
        let card = &self.contributions.entity_cards[1];
        card.applies_to(&page.entity) && card.is_for(&page)
    }

    /// The card of the home page for a member of a group; nothing where it has nothing to say.
    pub async fn home(&self, group: &str) -> Option<String> {
        self.home_of(EVERYTHING.clone(), group).await
    }

    /// The same for a member who sees this much.
    pub async fn home_of(&self, sight: Sight, group: &str) -> Option<String> {
        let person = EntityRef::new("user", "default", "ines");
        let viewer = Viewer::person(person, vec![EntityRef::new("group", "default", group)], None);
        let within = Instant::now() + Duration::from_secs(1);
        match self.contributions.home_cards[0]
            .show(viewer, self.seen(sight), within)
            .await
            .unwrap()
        {
            Some(Body::Ours(markup)) => Some(markup.0),
            _ => None,
        }
    }

    /// The answer to a request for the plugin's routes, without the rules of their rows: status and content.
    pub async fn get(self, path: &str) -> (StatusCode, String) {
        self.get_under(None, path).await
    }

    /// The same under a policy.
    pub async fn get_under(self, policy: Option<Arc<dyn Policy>>, path: &str) -> (StatusCode, String) {
        let rows = self.contributions.routes.into_iter().flat_map(Routes::into_rows);
        let permissions = web::Permissions::new(policy, grafana::ID);
        let router = rows.fold(Router::new(), |router, (head, method)| {
            router.route(&head.full_path(), method)
        });
        let mut request = Request::get(path).body(HttpBody::empty()).unwrap();
        request.extensions_mut().insert(permissions);
        request.extensions_mut().insert(Viewer::guest());
        let answer = router.oneshot(request).await.unwrap();
        let (status, body) = (answer.status(), answer.into_body());
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The topics that the page of the entity follows.
    pub fn topics(&self) -> Vec<String> {
        let all = self.contributions.entity_badges.iter();
        all.flat_map(|badges| badges.topics(&self.reference, &self.entity))
            .collect()
    }
}

fn catalog(folder: &TempDir, store: &Store) -> Catalog {
    let config = json!({"catalog": {
        "locations": [{"type": "file", "target": "./all.yaml"}],
        "rules": [{"allow": ["Component", "System", "Group"]}],
    }});
    let config = Config::from_value(config, folder.path()).unwrap();
    Catalog::builder(Arc::new(config), store.clone()).build().unwrap()
}
