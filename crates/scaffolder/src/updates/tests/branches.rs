//! Which branch of a project is looked at, and which one an update goes into.

use serde_json::Value;
use testkit::gitea::Change;

use model::Actor;

use super::{MAIN, PROJECT, World, record};
use crate::updates::record::Record;
use crate::updates::tables::Standing;

fn newer() -> Change {
    Change::new("newer").file("service/skeleton/main.py", MAIN.replace("a = 1", "a = 2"))
}

impl World {
    /// Takes the newest template into a branch by hand.
    async fn take_over(&mut self, branch: &str) {
        let update = self.update(Value::Null).await.unwrap();
        self.project.commits.push(update.next.commit.clone());
        let taken = Change::new("taken over").file(record::PATH, update.next.text());
        self.gitea.push(PROJECT, branch, taken);
    }

    async fn record(&self) -> Record {
        let text = self.at("main", record::PATH).await;
        Record::read(text.as_bytes(), "there").unwrap()
    }

    /// Where the last pull request goes.
    fn onto(&self) -> String {
        let requests = self.gitea.requests();
        let opened = requests
            .iter()
            .rfind(|one| one.route.starts_with("POST") && one.route.ends_with("/pulls"));
        let body: Value = serde_json::from_slice(&opened.unwrap().body).unwrap();
        body["base"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_branch_counts_whatever_it_was_at_the_beginning() {
    let mut world = World::new().await;
    world.gitea.branch(PROJECT, "trunk");
    world
        .gitea
        .edit(PROJECT, |found| "trunk".clone_into(&mut found.default_branch));
    world.template(newer());
    assert_eq!(world.standing().await, Standing::Behind);
    world.take_over("trunk").await;
    assert_eq!(world.standing().await, Standing::Current);
    world.template(Change::new("more").file("service/skeleton/more.txt", "more"));
    let update = world.update(Value::Null).await.unwrap();
    let paths: Vec<_> = update.changes.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(
        (update.ground.branch.as_str(), paths),
        ("trunk", vec!["more.txt"])
    );
    let actor = Actor::system("test");
    world.desk.propose(&world.project, &update, &actor).await.unwrap();
    assert_eq!(world.onto(), "trunk");
    world.gitea.edit(PROJECT, |found| found.archived = true);
    assert_eq!(world.standing().await, Standing::Behind);
    let fault = world.update(Value::Null).await.unwrap_err();
    assert!(fault.message.contains("is archived"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_may_name_another_branch() {
    let mut world = World::new().await;
    let named = Record {
        branch: Some("develop".to_owned()),
        ..world.record().await
    };
    world.team(record::PATH, &named.text());
    let found = world.desk.check(&world.project).await.unwrap();
    let problem = found.problem.unwrap();
    assert!(problem.contains("has no branch develop"), "{problem}");
    world.gitea.branch(PROJECT, "develop");
    world.template(newer());
    assert_eq!(world.standing().await, Standing::Behind);
    let update = world.update(Value::Null).await.unwrap();
    assert_eq!(update.ground.branch, "develop");
    assert_eq!(update.next.branch.as_deref(), Some("develop"));
    let actor = Actor::system("test");
    world.desk.propose(&world.project, &update, &actor).await.unwrap();
    assert_eq!(world.onto(), "develop");
    world.take_over("develop").await;
    assert_eq!(world.standing().await, Standing::Current);
    assert_ne!(world.record().await.commit, update.next.commit);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_has_not_moved_is_not_read_again() {
    let mut world = World::new().await;
    let reads = |world: &World| {
        let requests = world.gitea.requests();
        let reads = requests.iter().filter(|one| one.target.contains(".backstage"));
        reads.count()
    };
    world.project = world.noted().await;
    assert_eq!(world.standing().await, Standing::Current);
    let first = reads(&world);
    assert!(first > 0);
    world.project = world.noted().await;
    world.template(newer());
    assert_eq!(world.standing().await, Standing::Behind);
    assert_eq!(reads(&world), first);
    world.project = world.noted().await;
    world.team("own.txt", "ours");
    assert_eq!(world.standing().await, Standing::Behind);
    assert!(reads(&world) > first);
    // What could not be believed is read again.
    world.project = world.noted().await;
    let forged = Record {
        commit: "4f2c".to_owned(),
        ..world.record().await
    };
    world.team(record::PATH, &forged.text());
    for _ in 0..2 {
        let found = world.desk.check(&world.project).await.unwrap();
        assert_eq!(found.standing, Standing::Unknown);
        world.project = world.noted().await;
    }
    world.project.commits.push("4f2c".to_owned());
    let found = world.desk.check(&world.project).await.unwrap();
    assert_eq!(found.recorded.as_deref().map(str::len), Some(40), "{found:?}");
}
