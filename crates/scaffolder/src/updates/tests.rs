//! Templates, projects and updates at a Gitea in memory.

use std::sync::Arc;

use async_trait::async_trait;
use catalog::Catalog;
use config::Config;
use model::{Actor, EntityRef, Fault, SystemClock};
use outside::OutsideCalls;
use plugin::{Action, ActionRegistry, AuditEvent, AuditLog, Of, PluginId, SearchFeed, Services, Slot};
use serde_json::{Value, json};
use store::{Database, Store, StoreError, Tx};
use testkit::FakeGitea;
use testkit::gitea::{Change, Repository};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use work::Jobs;

use super::merge::Outcome;
use super::record::{self, Record};
use super::tables::{self, Found, NewProject, Project, Standing};
use super::{Desk, Update};
use crate::tasks::TaskId;

const TEMPLATE: &str = "
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: service
  title: A service
spec:
  type: service
  parameters:
    - properties:
        name: {type: string}
  steps:
    - id: fetch
      action: fetch:template
      input: {url: ./skeleton, values: {name: '${{ parameters.name }}', port: '${{ parameters.port }}'}}
    - id: publish
      action: publish:gitea
      input: {repoUrl: 'HOST?owner=shop&repo=${{ parameters.name }}'}
";
const MAIN: &str = "name = '${{ values.name }}'\na = 1\nb = 2\nc = 3\n";
const PROJECT: &str = "shop/orders";
const TEMPLATES: &str = "platform/templates";

mod branches;
mod elsewhere;
mod noting;

struct Silent;

#[async_trait]
impl AuditLog for Silent {
    async fn record(&self, _: &mut Tx, _: AuditEvent) -> Result<(), StoreError> {
        Ok(())
    }

    async fn record_attempt(&self, _: AuditEvent) {}
}

#[async_trait]
impl SearchFeed for Silent {
    async fn changed(&self, _: &[EntityRef]) -> Result<(), Fault> {
        Ok(())
    }

    async fn changed_in(&self, _: &mut Tx, _: &[EntityRef]) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A template, a project that was made of its first commit and changed since, and the portal.
struct World {
    gitea: FakeGitea,
    desk: Desk,
    project: Project,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        Self::with(&Value::Null).await
    }

    /// With further integrations and hosts that may be read.
    async fn with(more: &Value) -> Self {
        let gitea = FakeGitea::start();
        gitea.repository(Repository::new(TEMPLATES));
        let first = Change::new("first")
            .file("service/template.yaml", TEMPLATE.replace("HOST", &gitea.host()))
            .file("service/skeleton/main.py", MAIN)
            .file("service/skeleton/old.txt", "goes\n")
            .file("other/readme.md", "another template");
        let commit = gitea.push(TEMPLATES, "main", first).after;
        let record = Record {
            template: "template:default/service".to_owned(),
            source: source(&gitea),
            commit: commit.clone(),
            step: "publish".to_owned(),
            by: None,
            parameters: json!({"name": "orders"}),
            hidden: Vec::new(),
            branch: None,
        };
        gitea.repository(Repository::new(PROJECT));
        let made = Change::new("initial commit")
            .file("main.py", "name = 'orders'\na = 1\nb = 2\nc = 3\n")
            .file("old.txt", "goes\n")
            .file(record::PATH, record.text());
        gitea.push(PROJECT, "main", made);
        let (desk, folder) = desk(&gitea, more).await;
        let project = Project {
            id: Uuid::new_v4(),
            repository: format!("{}/{PROJECT}/src/branch/main/", gitea.url()),
            template: record.template,
            task: TaskId(Uuid::new_v4()),
            created_by: None,
            created_at: jiff::Timestamp::UNIX_EPOCH,
            commits: vec![commit.clone()],
            found: Found {
                standing: Standing::Unchecked,
                recorded: Some(commit),
                newest: None,
                problem: None,
                head: None,
            },
            proposal: None,
            checked_at: None,
        };
        Self {
            gitea,
            desk,
            project,
            _folder: folder,
        }
    }

    fn team(&self, path: &str, text: &str) {
        let change = Change::new("ours").file(path, text);
        self.gitea.push(PROJECT, "main", change);
    }

    fn template(&self, change: Change) {
        self.gitea.push(TEMPLATES, "main", change);
    }

    /// The project as the table has it; it is put there first.
    async fn noted(&mut self) -> Project {
        if self.desk.show(self.project.id).await.unwrap().is_none() {
            let mut tx = self.desk.store.write_unordered(store::Lane::Bulk).await.unwrap();
            let new = NewProject {
                repository: &self.project.repository,
                template: &self.project.template,
                task: self.project.task,
                created_by: None,
                commit: &self.project.commits[0],
            };
            tables::add(&mut tx, &new).await.unwrap();
            tx.commit().await.unwrap();
            self.project = self
                .desk
                .list(&crate::Authors::default())
                .await
                .unwrap()
                .remove(0);
        }
        self.desk.show(self.project.id).await.unwrap().unwrap()
    }

    async fn update(&self, more: Value) -> Result<Update, Fault> {
        let actor = Actor::system("test");
        self.desk.work_out(&self.project, &more, &actor).await
    }

    async fn standing(&self) -> Standing {
        let found = self.desk.check(&self.project).await.unwrap();
        assert_eq!(found.problem, None);
        found.standing
    }

    async fn at(&self, branch: &str, path: &str) -> String {
        let url = format!("{}/{PROJECT}/src/branch/{branch}/{path}", self.gitea.url());
        let read = self.desk.reader.read_url(&url, None).await;
        read.map_or_else(
            |fault| fault.to_string(),
            |read| String::from_utf8_lossy(&read.bytes).into_owned(),
        )
    }
}

/// Where the template is.
fn source(gitea: &FakeGitea) -> String {
    format!(
        "{}/{TEMPLATES}/src/branch/main/service/template.yaml",
        gitea.url()
    )
}

async fn desk(gitea: &FakeGitea, more: &Value) -> (Desk, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut integrations = more["integrations"].as_object().cloned().unwrap_or_default();
    let own = json!([{"host": gitea.host(), "baseUrl": gitea.url(), "password": gitea.token()}]);
    integrations.insert("gitea".to_owned(), own);
    let config = json!({
        "integrations": integrations,
        "backend": {"workingDirectory": folder.path(), "reading": {"allow": more["allow"].as_array().cloned().unwrap_or_default()}},
        "catalog": {"rules": [{"allow": ["Template"]}], "locations": [{"type": "url", "target": source(gitea)}]},
    });
    let config = Config::from_value(config, folder.path()).unwrap();
    let tables = [
        (work::PLUGIN, work::MIGRATIONS),
        ("scaffolder", crate::MIGRATIONS),
    ];
    let store = Store::open_with(&Database::SqliteMemory, &tables).await.unwrap();
    let calls = OutsideCalls::new(outside::Settings::default(), Arc::new(SystemClock));
    let reader = scm::UrlReader::new(&config, calls).unwrap();
    let catalog = Catalog::builder(Arc::new(config.clone()), store.clone()).url_source(Arc::new(reader));
    let catalog = catalog.build().unwrap();
    catalog.start().await.unwrap();
    catalog.settle().await.unwrap();
    catalog.catch_up().await.unwrap();
    let services = Services {
        jobs: Jobs::new(store.clone()),
        outside: OutsideCalls::new(outside::Settings::default(), Arc::new(SystemClock)),
        search: Arc::new(Silent),
        store,
    };
    let slot: Slot<ActionRegistry> = Slot::default();
    let stop = CancellationToken::new();
    let (scaffolder, made) = crate::assembled(
        &config,
        &catalog,
        &services,
        Arc::new(Silent),
        (slot.clone(), web::Inward::default()),
        stop,
    );
    let of = |part: Arc<dyn Action>| Of {
        plugin: PluginId::built_in("scaffolder"),
        part,
    };
    let actions = made.actions.into_iter().map(of).collect();
    slot.fill(ActionRegistry::new(actions).unwrap());
    (scaffolder.updates, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_both_changed_is_merged_and_proposed() {
    let mut world = World::new().await;
    assert_eq!(world.standing().await, Standing::Current);
    world.template(Change::new("not this template").file("other/readme.md", "changed"));
    assert_eq!(world.standing().await, Standing::Current);
    world.team("main.py", "name = 'orders'\na = 1\nb = 2\nc = 'ours'\n");
    world.team("own.txt", "ours");
    let newer = Change::new("newer")
        .file("service/skeleton/main.py", MAIN.replace("a = 1", "a = 'newer'"))
        .file("service/skeleton/${{ values.name }}.md", "# ${{ values.name }}\n")
        .delete("service/skeleton/old.txt");
    world.template(newer);
    assert_eq!(world.standing().await, Standing::Behind);
    let update = world.update(Value::Null).await.unwrap();
    let outcomes: Vec<_> = update
        .changes
        .iter()
        .map(|change| (change.path.as_str(), change.outcome))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("main.py", Outcome::Merged),
            ("old.txt", Outcome::Removed),
            ("orders.md", Outcome::Added)
        ]
    );
    let actor = Actor::system("test");
    let proposed = world.desk.propose(&world.project, &update, &actor).await.unwrap();
    assert_eq!(proposed.page, format!("{}/{PROJECT}/pulls/1", world.gitea.url()));
    let branch = format!("portal/template-{}", &update.next.commit[..10]);
    assert_eq!(
        world.at(&branch, "main.py").await,
        "name = 'orders'\na = 'newer'\nb = 2\nc = 'ours'\n"
    );
    assert_eq!(world.at(&branch, "orders.md").await, "# orders\n");
    assert_eq!(world.at(&branch, "own.txt").await, "ours");
    assert!(world.at(&branch, "old.txt").await.contains("NotFound"));
    let written = world.at(&branch, record::PATH).await;
    let written = Record::read(written.as_bytes(), "there").unwrap();
    assert_eq!(written.commit, update.next.commit);
    let again = world.desk.propose(&world.project, &update, &actor).await.unwrap();
    assert_eq!(again, proposed, "an open proposal is not made twice");
    let theirs = Change::new("decided").file("decided.txt", "by the team");
    world.gitea.push(PROJECT, &branch, theirs);
    world.gitea.close(PROJECT, 1);
    let second = world.desk.propose(&world.project, &update, &actor).await.unwrap();
    assert_ne!(
        second.page, proposed.page,
        "a closed proposal does not stand in the way"
    );
    assert_eq!(world.at(&branch, "decided.txt").await, "by the team");
    world.project.commits.push(update.next.commit.clone());
    world.team(record::PATH, &update.next.text());
    assert_eq!(world.standing().await, Standing::Current);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_lines_make_a_draft() {
    let world = World::new().await;
    world.team("main.py", "name = 'orders'\na = 'ours'\nb = 2\nc = 3\n");
    let newer = MAIN.replace("a = 1", "a = 'newer'");
    world.template(Change::new("newer").file("service/skeleton/main.py", newer));
    let update = world.update(Value::Null).await.unwrap();
    assert_eq!(update.changes[0].outcome, Outcome::Conflict);
    let actor = Actor::system("test");
    world.desk.propose(&world.project, &update, &actor).await.unwrap();
    let branch = format!("portal/template-{}", &update.next.commit[..10]);
    let marked = "<<<<<<< this repository\na = 'ours'\n=======\na = 'newer'\n>>>>>>> newer template\n";
    assert!(world.at(&branch, "main.py").await.contains(marked));
    let requests = world.gitea.requests();
    let opened = requests
        .iter()
        .rfind(|one| one.route.starts_with("POST") && one.route.ends_with("/pulls"));
    let body = String::from_utf8_lossy(&opened.unwrap().body);
    assert!(body.contains("WIP: Update to the newest template"));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_values_are_asked_for() {
    let world = World::new().await;
    let asking = TEMPLATE
        .replace("HOST", &world.gitea.host())
        .replace("name: {type: string}", "name: {type: string}\n        port: {type: integer}\n        level: {type: string, default: info}\n      required: [port]");
    let newer = Change::new("newer")
        .file("service/template.yaml", asking)
        .file("service/skeleton/port.txt", "${{ values.port }}\n");
    world.template(newer);
    let update = world.update(Value::Null).await.unwrap();
    assert_eq!(update.wrong.len(), 1);
    assert!(
        update.wrong[0].message.contains("port"),
        "{}",
        update.wrong[0].message
    );
    let update = world.update(json!({"port": 8080})).await.unwrap();
    assert_eq!(update.wrong, []);
    let after = update.changes[0].after.as_ref().unwrap();
    assert_eq!(&*after.bytes, b"8080\n");
    assert_eq!(
        update.next.parameters,
        json!({"name": "orders", "port": 8080, "level": "info"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_and_places_of_strangers_are_not_believed() {
    let world = World::new().await;
    let stranger = world.gitea.push(
        TEMPLATES,
        "stranger",
        Change::new("evil").file("service/skeleton/main.py", "evil"),
    );
    let text = world.at("main", record::PATH).await;
    let record = Record::read(text.as_bytes(), "there").unwrap();
    let forged = Record {
        commit: stranger.after,
        ..record.clone()
    };
    world.team(record::PATH, &forged.text());
    let fault = world.update(Value::Null).await.unwrap_err();
    assert!(
        fault.message.contains("which the portal has not written there"),
        "{fault}"
    );
    let elsewhere = Record {
        source: "https://elsewhere.example/secret/template.yaml".to_owned(),
        ..record
    };
    world.team(record::PATH, &elsewhere.text());
    let update = world.update(Value::Null).await.unwrap();
    assert!(update.changes.is_empty() && update.next.source == source(&world.gitea));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_worked_out_says_why() {
    let world = World::new().await;
    world.template(Change::new("moved").delete("service/template.yaml"));
    let fault = world.update(Value::Null).await.unwrap_err();
    assert!(fault.message.contains("service/template.yaml"), "{fault}");
    world
        .gitea
        .push(PROJECT, "main", Change::new("gone").delete(record::PATH));
    let fault = world.update(Value::Null).await.unwrap_err();
    assert!(
        fault.message.contains("There is no record of the template"),
        "{fault}"
    );
    let found = world.desk.check(&world.project).await.unwrap();
    assert_eq!(found.standing, Standing::Unknown);
    assert!(found.problem.unwrap().contains(".backstage/template.yaml"));
}
