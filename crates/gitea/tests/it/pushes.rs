//! A push or a webhook has one repository looked through at once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Change, Kind, Repository, Trouble};
use tokio_util::sync::CancellationToken;
use work::{Checkpoint, Job, JobId, JobLog};

use crate::world::World;

const DESCRIPTOR: &str = "kind: Component\n";

impl World {
    /// Runs the jobs of a kind with this payload.
    async fn job(&self, kind: &str, payload: Value) {
        let mut handlers = self.contributions.jobs.iter();
        let handler = handlers.find(|one| one.kind() == kind).unwrap();
        let job = Job {
            id: JobId(uuid::Uuid::new_v4()),
            kind: kind.into(),
            attempt: 1,
            payload,
            actor: model::Actor::system("test"),
            stop: CancellationToken::new(),
            log: JobLog::in_memory(),
            checkpoint: Checkpoint::in_memory(None),
        };
        handler.run(job).await.unwrap();
    }

    async fn pushed(&self, full_name: &str, branch: &str, is_default: bool) {
        let repository = format!("{}/{full_name}", self.gitea.url());
        let push = json!({
            "repository": repository, "name": branch, "isTag": false, "isDefault": is_default,
            "before": "0", "after": "1",
        });
        self.job("gitea.pushed", push).await;
    }

    async fn repository_changed(&self, full_name: &str, event: &str) {
        let page = format!("{}/{full_name}", self.gitea.url());
        let payload = json!({
            "topic": "gitea", "eventPayload": {"repository": {"html_url": page}},
            "metadata": {"x-gitea-event": event},
        });
        self.job("gitea.repository", payload).await;
    }
}

#[tokio::test]
async fn a_pushed_descriptor_is_found_without_a_list() {
    let gitea = FakeGitea::start();
    gitea.repository(
        Repository::new("shop/cart")
            .file("README.md", "# Cart\n")
            .default_branch("trunk"),
    );
    let world = World::new(gitea, json!({"organization": "shop"})).await;
    world.round().await;
    assert!(world.targets().is_empty());
    world.gitea.push(
        "shop/cart",
        "trunk",
        Change::new("Describe").file("catalog-info.yaml", DESCRIPTOR),
    );
    world.gitea.forget_calls();
    world.pushed("shop/cart", "side", false).await;
    world.finder.fulfil(&world.sink()).await.unwrap();
    assert_eq!(world.gitea.calls_in_all(), 0, "another branch is of no interest");
    world.pushed("shop/cart", "trunk", true).await;
    world.pushed("elsewhere/cart", "trunk", true).await;
    world.finder.fulfil(&world.sink()).await.unwrap();
    assert_eq!(world.targets(), ["shop/cart/src/branch/trunk/catalog-info.yaml"]);
    assert_eq!(world.gitea.calls_in_all(), 2);
    world.gitea.push(
        "shop/cart",
        "trunk",
        Change::new("No").delete("catalog-info.yaml"),
    );
    world.pushed("shop/cart", "trunk", true).await;
    world.finder.fulfil(&world.sink()).await.unwrap();
    assert!(world.targets().is_empty());
    world.gitea.forget_calls();
    world.finder.fulfil(&world.sink()).await.unwrap();
    assert_eq!(world.gitea.calls_in_all(), 0, "a wish is fulfilled once");
}

#[tokio::test]
async fn a_push_does_not_wait_for_a_long_list() {
    let gitea = FakeGitea::start();
    gitea.repository(Repository::new("shop/cart").file("README.md", "# Cart\n"));
    let world = World::new(gitea, json!({})).await;
    world.round().await;
    world.gitea.push(
        "shop/cart",
        "main",
        Change::new("Describe").file("catalog-info.yaml", DESCRIPTOR),
    );
    let list = Kind::Slow(Duration::from_secs(3));
    world.gitea.trouble(Trouble::with("GET /repos/search", list));
    let found = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        world.pushed("shop/cart", "main", true).await;
        let began = Instant::now();
        while world.targets().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        began.elapsed()
    };
    let ((), took) = tokio::join!(world.round(), found);
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(world.targets().len(), 1);
}

#[tokio::test]
async fn made_and_removed_repositories_are_followed() {
    let world = World::new(FakeGitea::start(), json!({})).await;
    world.round().await;
    world
        .gitea
        .repository(Repository::new("shop/cart").file("catalog-info.yaml", DESCRIPTOR));
    world.repository_changed("shop/cart", "push").await;
    world.finder.fulfil(&world.sink()).await.unwrap();
    assert!(world.targets().is_empty(), "pushes have a topic of their own");
    world.repository_changed("shop/cart", "repository").await;
    world.finder.fulfil(&world.sink()).await.unwrap();
    assert_eq!(world.targets().len(), 1);
    world.gitea.rename("shop/cart", "basket");
    world.pushed("shop/basket", "main", true).await;
    world.finder.fulfil(&world.sink()).await.unwrap();
    assert_eq!(world.targets(), ["shop/basket/src/branch/main/catalog-info.yaml"]);
    world.gitea.delete("shop/basket");
    world.repository_changed("shop/basket", "repository").await;
    world.finder.fulfil(&world.sink()).await.unwrap();
    assert!(world.targets().is_empty());
}
