//! Webhooks at a server in memory: made, left alone, repaired, made anew and removed.

use std::path::Path;

use events::{Refusals, Sender};
use jiff::SignedDuration;
use outside::Settings;
use serde_json::{Value, json};
use store::Database;
use testkit::FakeGitea;
use testkit::gitea::{Hook as FakeHook, Kind, Target, Trouble};

use super::*;

const SECRET: &str = "a-long-secret";
const URL: &str = "http://127.0.0.1:7007/api/events/http/gitea";

/// A server, and a portal that keeps its webhooks.
struct World {
    gitea: FakeGitea,
    store: Store,
    keeper: Keeper,
    arrivals: Arrivals,
}

impl World {
    /// The organisations `shop` and `lab`, owned by ada, and a portal with a token.
    async fn with(token: &str) -> Self {
        let gitea = FakeGitea::start();
        gitea.user("ada");
        for name in ["shop", "lab"] {
            gitea.organization(name);
            gitea.join(name, "Owners", "ada");
        }
        gitea.add_token("of-ada", "ada", &["read:user", "write:organization"]);
        gitea.add_token("reading", "ada", &["read:user", "read:organization"]);
        let token = if token.is_empty() { gitea.token() } else { token };
        let tables = [
            ("events", events::MIGRATIONS),
            ("gitea-webhooks", crate::hooks::MIGRATIONS),
        ];
        let store = Store::open_with(&Database::SqliteMemory, &tables).await.unwrap();
        let keeper = keeper(&gitea, &store, token, &json!({}), SECRET);
        Self {
            gitea,
            store,
            keeper,
            arrivals: Arrivals::default(),
        }
    }

    /// The portal starts again with another section and secret.
    fn starts_with(&mut self, token: &str, section: &Value, secret: &str) {
        self.keeper = keeper(&self.gitea, &self.store, token, section, secret);
    }

    /// One look; whether it went well.
    async fn look(&self) -> Result<(), String> {
        let host = &self.keeper.settings.hosts[0];
        let known = self.known().await;
        let log = JobLog::in_memory();
        let looked = self
            .keeper
            .host_with(host, known, self.arrivals.clone(), &log)
            .await;
        looked.map_err(|fault| fault.describe())
    }

    async fn known(&self) -> Vec<Kept> {
        let mut session = self.store.read().await.unwrap();
        tables::of_host(&mut session, &self.gitea.host()).await.unwrap()
    }

    fn hooks(&self) -> Vec<(Target, u64)> {
        let hooks = self.gitea.hooks().into_iter();
        hooks.map(|hook| (hook.target, hook.id)).collect()
    }

    /// The only webhook there is.
    fn hook(&self) -> FakeHook {
        let mut hooks = self.gitea.hooks();
        assert_eq!(hooks.len(), 1, "{hooks:?}");
        hooks.remove(0)
    }

    /// Changes that were asked of the server since it was forgotten.
    fn changes(&self) -> Vec<String> {
        let requests = self.gitea.requests().into_iter();
        requests
            .map(|request| format!("{} {}", request.route, request.target))
            .filter(|request| !request.starts_with("GET"))
            .collect()
    }

    /// Something of an organisation came in just now.
    fn delivered(&mut self, organization: &str) {
        self.arrivals.senders.push(Sender {
            page: format!("{}/{organization}", self.gitea.url()),
            at: SystemClock.now(),
            event: "push".to_owned(),
            deliveries: 1,
        });
    }

    fn refused(&mut self) {
        self.arrivals.refusals = Some(Refusals {
            at: SystemClock.now(),
            reason: "the secrets differ".to_owned(),
            count: 1,
        });
    }
}

fn keeper(gitea: &FakeGitea, store: &Store, token: &str, section: &Value, secret: &str) -> Keeper {
    let mut own = json!({"webhook": "manage"});
    own.as_object_mut()
        .unwrap()
        .extend(section.as_object().unwrap().clone());
    let config = json!({
        "backend": {"baseUrl": "http://127.0.0.1:7007"},
        "integrations": {"gitea": [{"host": gitea.host(), "baseUrl": gitea.url(), "password": token}]},
        "events": {"modules": {"gitea": {"webhookSecret": secret}}},
        "portal": {"gitea": own},
    });
    let config = Config::from_value(config, Path::new("/")).unwrap();
    Keeper {
        settings: Arc::new(HookSettings::of(&config)),
        integrations: config.integrations().clone(),
        calls: OutsideCalls::new(Settings::default(), Arc::new(SystemClock)),
        store: store.clone(),
    }
}

fn organization(name: &str) -> Target {
    Target::Organization(name.to_owned())
}

#[tokio::test]
async fn an_owner_gets_one_for_each_organisation_and_no_more() {
    let world = World::with("of-ada").await;
    world.look().await.unwrap();
    let made = world.gitea.hooks();
    let mut targets: Vec<String> = made.iter().map(|hook| format!("{:?}", hook.target)).collect();
    targets.sort();
    assert_eq!(
        targets,
        [
            format!("{:?}", organization("lab")),
            format!("{:?}", organization("shop"))
        ]
    );
    for hook in &made {
        assert_eq!((hook.url.as_str(), hook.secret.as_str()), (URL, SECRET));
        assert_eq!(hook.content_type, "json");
        assert!(hook.active);
        let mut events = hook.events.clone();
        events.sort();
        assert_eq!(events, ["create", "delete", "push", "release", "repository"]);
    }
    world.gitea.forget_calls();
    world.look().await.unwrap();
    assert_eq!(world.changes(), [""; 0], "nothing is done twice");
    assert_eq!(world.gitea.hooks().len(), 2);
}

#[tokio::test]
async fn an_administrator_gets_one_for_the_server() {
    let world = World::with("").await;
    world.look().await.unwrap();
    assert_eq!(world.hook().target, Target::System);
    world.gitea.forget_calls();
    world.look().await.unwrap();
    assert_eq!(world.changes(), [""; 0]);
}

#[tokio::test]
async fn a_damaged_one_is_repaired_in_its_place() {
    let mut world = World::with("of-ada").await;
    world.starts_with("of-ada", &json!({"webhookOrganizations": ["shop"]}), SECRET);
    world.look().await.unwrap();
    let before = world.hook();
    world.gitea.edit_hook(before.id, |hook| {
        hook.active = false;
        hook.events = vec!["push".to_owned(), "issues".to_owned()];
        "form".clone_into(&mut hook.content_type);
        "main".clone_into(&mut hook.branch_filter);
    });
    world.look().await.unwrap();
    let after = world.hook();
    assert_eq!(
        (after.id, after.secret.as_str(), after.active),
        (before.id, SECRET, true)
    );
    assert_eq!(
        (after.content_type.as_str(), after.branch_filter.as_str()),
        ("json", "*")
    );
    assert!(
        after.events.contains(&"issues".to_owned()),
        "what others chose stays: {:?}",
        after.events
    );
    assert!(after.events.contains(&"delete".to_owned()));
    let known = world.known().await;
    assert!(known[0].done.contains("it was not active"), "{known:?}");
}

#[tokio::test]
async fn another_secret_makes_it_anew() {
    let mut world = World::with("").await;
    world.look().await.unwrap();
    let before = world.hook();
    let token = world.gitea.token().to_owned();
    world.starts_with(&token, &json!({}), "another-secret");
    world.look().await.unwrap();
    let after = world.hook();
    assert_ne!(after.id, before.id);
    assert_eq!(after.secret, "another-secret");
}

#[tokio::test]
async fn a_secret_that_somebody_changed_is_found_by_the_refusal() {
    let mut world = World::with("").await;
    world.look().await.unwrap();
    let before = world.hook();
    // Refused ones of somebody else change nothing.
    world.refused();
    world.look().await.unwrap();
    assert_eq!(world.hook().id, before.id);
    world
        .gitea
        .edit_hook(before.id, |hook| "changed".clone_into(&mut hook.secret));
    world.refused();
    world.look().await.unwrap();
    let after = world.hook();
    assert_ne!(after.id, before.id);
    assert_eq!(after.secret, SECRET);
}

#[tokio::test]
async fn one_that_a_person_made_is_taken_over_if_it_delivers() {
    let mut world = World::with("of-ada").await;
    let section = json!({"webhookOrganizations": ["shop"]});
    world.starts_with("of-ada", &section, SECRET);
    let by_hand = world.gitea.hook(organization("shop"), URL, SECRET);
    world
        .gitea
        .edit_hook(by_hand, |hook| hook.events.push("release".to_owned()));
    world.delivered("shop");
    world.look().await.unwrap();
    assert_eq!(world.hook().id, by_hand);
    world.starts_with("of-ada", &json!({"webhookOrganizations": ["lab"]}), SECRET);
    world.look().await.unwrap();
    let left = world.hooks();
    assert!(
        left.contains(&(organization("shop"), by_hand)),
        "it is not the portal's: {left:?}"
    );
}

#[tokio::test]
async fn one_of_unknown_secret_is_made_anew() {
    let mut world = World::with("of-ada").await;
    world.starts_with("of-ada", &json!({"webhookOrganizations": ["shop"]}), SECRET);
    let by_hand = world.gitea.hook(organization("shop"), URL, "who-knows");
    world.look().await.unwrap();
    assert_ne!(world.hook().id, by_hand);
    assert_eq!(world.hook().secret, SECRET);
}

#[tokio::test]
async fn an_organisation_that_is_named_no_more_loses_the_portals_own() {
    let mut world = World::with("of-ada").await;
    world.look().await.unwrap();
    world.starts_with("of-ada", &json!({"webhookOrganizations": ["lab"]}), SECRET);
    world.look().await.unwrap();
    assert_eq!(world.hook().target, organization("lab"));
    assert_eq!(world.known().await.len(), 1);
}

#[tokio::test]
async fn surplus_and_old_addresses_are_removed_and_others_stay() {
    let mut world = World::with("of-ada").await;
    let one = json!({"webhookOrganizations": ["shop"]});
    world.starts_with("of-ada", &one, SECRET);
    world.look().await.unwrap();
    let other = world
        .gitea
        .hook(organization("shop"), "https://elsewhere.example/", "x");
    world.gitea.hook(organization("shop"), URL, SECRET);
    world.look().await.unwrap();
    assert_eq!(world.hooks().len(), 2);
    let moved = json!({"webhookOrganizations": ["shop"], "webhookUrl": "http://portal.svc:7007"});
    world.starts_with("of-ada", &moved, SECRET);
    world.look().await.unwrap();
    let mut urls: Vec<String> = world.gitea.hooks().into_iter().map(|hook| hook.url).collect();
    urls.sort();
    assert_eq!(
        urls,
        [
            "http://portal.svc:7007/api/events/http/gitea",
            "https://elsewhere.example/"
        ]
    );
    assert!(world.hooks().iter().any(|(_, id)| *id == other));
}

#[tokio::test]
async fn a_missing_right_is_named() {
    let world = World::with("reading").await;
    world.look().await.unwrap();
    let known = world.known().await;
    assert_eq!(known.len(), 2, "each organisation by itself");
    for kept in &known {
        let problem = kept.problem.as_deref().unwrap();
        assert!(problem.contains("write:organization"), "{problem}");
    }
    assert_eq!(world.hooks(), []);
}

#[tokio::test]
async fn a_server_that_fails_leaves_what_is_known() {
    let world = World::with("").await;
    world.look().await.unwrap();
    world
        .gitea
        .trouble(Trouble::with("GET /user", Kind::ProxyPage(502)));
    let said = world.look().await.unwrap_err();
    assert!(said.contains("502"), "{said}");
    let known = world.known().await;
    assert_eq!(known[0].hook, i64::try_from(world.hook().id).ok());
    assert!(known[0].problem.as_deref().unwrap().contains("502"));
    world.gitea.calm();
    world.look().await.unwrap();
    assert_eq!(world.known().await[0].problem, None);
}

#[tokio::test]
async fn a_try_without_an_arrival_is_noticed() {
    let mut world = World::with("").await;
    world.look().await.unwrap();
    let id = world.hook().id;
    let missed = async |world: &World| world.known().await[0].missed_at;
    assert_eq!(missed(&world).await, None, "nothing was tried");
    // The server notes each try at the webhook.
    world.gitea.edit_hook(id, |_| {});
    world.look().await.unwrap();
    assert!(missed(&world).await.is_some());
    world.gitea.edit_hook(id, |_| {});
    world.delivered("shop");
    world.look().await.unwrap();
    assert_eq!(missed(&world).await, None, "something came in");
    let day = SignedDuration::from_hours(24);
    world.arrivals.senders[0].at = SystemClock.now() - day;
    world.gitea.edit_hook(id, |_| {});
    world.look().await.unwrap();
    assert!(
        missed(&world).await.is_some(),
        "what came in yesterday is not this try"
    );
}
