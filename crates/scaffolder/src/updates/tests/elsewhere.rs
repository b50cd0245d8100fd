//! Updates of projects at GitHub, at GitLab and at a plain Git server; their templates are at the Gitea in memory.

use std::path::Path;
use std::process::Command;

use model::Actor;
use serde_json::{Value, json};
use testkit::gitea::Change;
use testkit::{FakeGithub, FakeGitlab, GitServer};

use super::{MAIN, World, record};
use crate::updates::merge::Outcome;
use crate::updates::proposal::Proposed;
use crate::updates::tables::Standing;

const OURS: &str = "name = 'orders'\na = 1\nb = 2\nc = 'ours'\n";

/// A newer template: a line of a file changes, a program is new, and a file goes.
fn newer() -> Change {
    Change::new("newer")
        .file("service/skeleton/main.py", MAIN.replace("a = 1", "a = 'newer'"))
        .executable("service/skeleton/bin/run", "#!/bin/sh\necho ${{ values.name }}\n")
        .delete("service/skeleton/old.txt")
}

impl World {
    /// The branch that a proposal gets first.
    async fn branch(&self) -> String {
        let update = self.update(Value::Null).await.unwrap();
        format!("portal/template-{}", &update.next.commit[..10])
    }
}

async fn proposed(world: &World) -> Proposed {
    let update = world.update(Value::Null).await.unwrap();
    let outcomes: Vec<_> = update
        .changes
        .iter()
        .map(|one| (one.path.as_str(), one.outcome))
        .collect();
    let expected = [
        ("bin/run", Outcome::Added),
        ("main.py", Outcome::Merged),
        ("old.txt", Outcome::Removed),
    ];
    assert_eq!(outcomes, expected);
    let actor = Actor::system("test");
    let first = world.desk.propose(&world.project, &update, &actor).await.unwrap();
    let again = world.desk.propose(&world.project, &update, &actor).await.unwrap();
    assert_eq!(again, first, "an open proposal is not made twice");
    first
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_is_opened_at_github() {
    let github = FakeGithub::start();
    let one = json!({"host": github.host(), "apiBaseUrl": github.api(), "token": github.token()});
    let mut world = World::with(&json!({"integrations": {"github": [one]}})).await;
    let record = world.at("main", record::PATH).await;
    let files = [("main.py", OURS), ("old.txt", "goes\n"), (record::PATH, &record)];
    github.add("acme/orders", &files, true);
    world.project.repository = format!("http://{}/acme/orders/blob/main", github.host());
    world.template(newer());
    assert_eq!(world.standing().await, Standing::Behind);
    // Another repository of the same owner may be a fork with a branch of the same name.
    let branch = world.branch().await;
    github.propose_from("acme/orders", "acme/orders-fork", &branch);
    let found = proposed(&world).await;
    assert_eq!(found.page, format!("http://{}/acme/orders/pull/2", github.host()));
    assert!(found.has_request);
    let files = github.files("acme/orders", &found.branch);
    let program = ("100755".to_owned(), "#!/bin/sh\necho orders\n".to_owned());
    assert_eq!(files["bin/run"], program);
    assert_eq!(
        files["main.py"].1,
        "name = 'orders'\na = 'newer'\nb = 2\nc = 'ours'\n"
    );
    assert!(!files.contains_key("old.txt") && files[record::PATH].1 != record);
    let told = github.told("acme/orders", &found.branch).unwrap();
    assert_eq!(
        told,
        "Scaffolder <scaffolder@backstage.io> Update to the newest template \"A service\""
    );
    let pull = &github.repository("acme/orders").unwrap()["pulls"][1];
    assert_eq!(
        (&pull["draft"], &pull["base"]["ref"]),
        (&json!(false), &json!("main"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_opened_at_github_where_there_are_drafts() {
    let github = FakeGithub::start();
    let one = json!({"host": github.host(), "apiBaseUrl": github.api(), "token": github.token()});
    let mut world = World::with(&json!({"integrations": {"github": [one]}})).await;
    let record = world.at("main", record::PATH).await;
    for name in ["acme/orders", "acme/small"] {
        github.add(
            name,
            &[("main.py", "a = 'ours'\n"), (record::PATH, &record)],
            true,
        );
    }
    world.template(newer());
    let actor = Actor::system("test");
    let propose = async |world: &World| {
        let update = world.update(Value::Null).await.unwrap();
        world.desk.propose(&world.project, &update, &actor).await
    };
    world.project.repository = format!("http://{}/acme/orders/blob/main", github.host());
    propose(&world).await.unwrap();
    let pull = &github.repository("acme/orders").unwrap()["pulls"][0];
    assert_eq!(pull["draft"], true, "{pull}");
    world.project.repository = format!("http://{}/acme/small/blob/main", github.host());
    let refusal = json!({"message": "Draft pull requests are not supported in this repository."});
    github.refuse("POST /api/v3/repos/acme/small/pulls", 422, &[], &refusal);
    propose(&world).await.unwrap();
    let pull = &github.repository("acme/small").unwrap()["pulls"][0];
    assert_eq!(pull["draft"], false, "{pull}");
    assert_eq!(
        pull["title"],
        "Draft: Update to the newest template \"A service\""
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_leaves_no_branch() {
    let github = FakeGithub::start();
    let one = json!({"host": github.host(), "apiBaseUrl": github.api(), "token": github.token()});
    let mut world = World::with(&json!({"integrations": {"github": [one]}})).await;
    let record = world.at("main", record::PATH).await;
    github.add("acme/orders", &[("main.py", OURS), (record::PATH, &record)], true);
    world.project.repository = format!("http://{}/acme/orders/blob/main", github.host());
    world.template(newer());
    let update = world.update(Value::Null).await.unwrap();
    let refusal = json!({"message": "Resource not accessible by personal access token"});
    github.refuse("POST /api/v3/repos/acme/orders/pulls", 403, &[], &refusal);
    let actor = Actor::system("test");
    let fault = world
        .desk
        .propose(&world.project, &update, &actor)
        .await
        .unwrap_err();
    assert!(fault.message.contains("cannot be opened"), "{fault}");
    let branch = format!("portal/template-{}", &update.next.commit[..10]);
    assert!(github.files("acme/orders", &branch).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_request_is_opened_at_gitlab() {
    let gitlab = FakeGitlab::start();
    let one = json!({"host": gitlab.host(), "baseUrl": gitlab.url(), "token": gitlab.token()});
    let mut world = World::with(&json!({"integrations": {"gitlab": [one]}})).await;
    let record = world.at("main", record::PATH).await;
    let files = [("main.py", OURS), ("old.txt", "goes\n"), (record::PATH, &record)];
    gitlab.add("acme/orders", &files);
    world.project.repository = format!("{}/acme/orders/-/blob/main", gitlab.url());
    world.template(newer());
    assert_eq!(world.standing().await, Standing::Behind);
    gitlab.propose_from_fork("acme/orders", &world.branch().await);
    let found = proposed(&world).await;
    assert_eq!(
        found.page,
        format!("{}/acme/orders/-/merge_requests/2", gitlab.url())
    );
    let files = gitlab.files("acme/orders", &found.branch);
    assert_eq!((files["bin/run"].0.as_str(), files.len()), ("100755", 3));
    let request = &gitlab.project("acme/orders").unwrap()["requests"][1];
    assert_eq!(request["title"], "Update to the newest template \"A service\"");
    assert_eq!(request["target_branch"], "main");
    gitlab.add(
        "acme/other",
        &[("main.py", "a = 'ours'\n"), (record::PATH, &record)],
    );
    world.project.repository = format!("{}/acme/other/-/tree/main/", gitlab.url());
    let update = world.update(Value::Null).await.unwrap();
    let actor = Actor::system("test");
    world.desk.propose(&world.project, &update, &actor).await.unwrap();
    let request = &gitlab.project("acme/other").unwrap()["requests"][0];
    assert_eq!(
        request["title"],
        "Draft: Update to the newest template \"A service\""
    );
}

/// Runs a script in a folder.
fn run(folder: &Path, script: &str) {
    let ran = Command::new("sh")
        .args(["-ec", script])
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "ines")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "i@x")))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// A project at a plain Git server, and a checkout of it.
async fn at_a_plain_server(server: &GitServer) -> (World, tempfile::TempDir) {
    let mut world = World::with(&json!({"allow": [{"host": server.host()}]})).await;
    world.project.repository = server.repository("orders.git");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::create_dir_all(path.join(".backstage")).unwrap();
    std::fs::write(path.join(record::PATH), world.at("main", record::PATH).await).unwrap();
    std::fs::write(path.join("main.py"), OURS).unwrap();
    let push = format!(
        "git init -q -b main; echo goes > old.txt; ln -s main.py link.py; ln -s main.py linked; printf x > tool; chmod +x tool
         git add -A; git commit -qm first; git remote add origin '{}'; git push -q origin main",
        server.path("orders.git").display()
    );
    run(path, &push);
    (world, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_proposal_of_a_plain_server_is_a_second_branch() {
    let server = GitServer::start();
    let (world, folder) = at_a_plain_server(&server).await;
    world.template(newer());
    let first = proposed(&world).await;
    // The team merges the branch, and takes the update back.
    run(
        folder.path(),
        &format!(
            "git pull -q --ff-only origin {}; git revert -n HEAD; git commit -qm back; echo more > own.txt; git add own.txt
             git commit -qm own; git push -q origin main",
            first.branch
        ),
    );
    let second = proposed(&world).await;
    assert_eq!(second.branch, format!("{}-2", first.branch));
    assert_ne!(second.page, first.page);
    let files = server.git("orders.git", &["ls-tree", "-r", "--name-only", &second.branch]);
    assert!(files.contains("bin/run") && files.contains("own.txt"), "{files}");
    // The first one has commits of the team by now, and stays what it is.
    let parent = server.git("orders.git", &["rev-parse", &format!("{}^", second.branch)]);
    assert_eq!(parent, server.git("orders.git", &["rev-parse", "main"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_a_plain_server_fetches_only_what_it_needs() {
    let server = GitServer::start();
    let (mut world, folder) = at_a_plain_server(&server).await;
    let fetches = || {
        let asked = server.asked().into_iter();
        asked
            .filter(|one| one.starts_with("POST") && one.ends_with("git-upload-pack"))
            .count()
    };
    world.project = world.noted().await;
    assert_eq!(world.standing().await, Standing::Current);
    assert_eq!(
        fetches(),
        1,
        "a server that cannot leave files out sends all of them"
    );
    world.project = world.noted().await;
    world.template(newer());
    assert_eq!(world.standing().await, Standing::Behind);
    assert_eq!(fetches(), 1, "the repository has not moved");
    for setting in ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"] {
        server.git("orders.git", &["config", setting, "true"]);
    }
    run(
        folder.path(),
        "echo b > b.txt; git add b.txt; git commit -qm more; git push -q origin main",
    );
    world.project = world.noted().await;
    assert_eq!(world.standing().await, Standing::Behind);
    assert_eq!(fetches(), 3, "the names of the files, and one file");
    run(
        folder.path(),
        "git rm -qr .backstage; git commit -qm gone; git push -q origin main",
    );
    let found = world.desk.check(&world.project).await.unwrap();
    let problem = found.problem.unwrap();
    assert!(
        problem.contains(".backstage/template.yaml in the branch main of http"),
        "{problem}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_pushed_to_a_plain_git_server() {
    let server = GitServer::start();
    let (world, _folder) = at_a_plain_server(&server).await;
    let address = world.project.repository.clone();
    assert_eq!(world.standing().await, Standing::Current);
    world.template(newer());
    let found = proposed(&world).await;
    assert!(!found.has_request);
    assert_eq!(found.page, format!("{address}#{}", found.branch));
    let tree = server.git("orders.git", &["ls-tree", "-r", &found.branch]);
    let modes: Vec<_> = tree
        .lines()
        .map(|line| (&line[..6], line.split_once('\t').unwrap().1))
        .collect();
    let expected = [
        ("100644", record::PATH),
        ("100755", "bin/run"),
        ("120000", "link.py"),
        ("120000", "linked"),
        ("100644", "main.py"),
        ("100755", "tool"),
    ];
    assert_eq!(modes, expected);
    assert_eq!(server.git("orders.git", &["fsck", "--strict"]), "");
    // What the template has where the team has a link or a folder stays away.
    let more = Change::new("more")
        .file("service/skeleton/link.py", "no link")
        .file("service/skeleton/tool/a", "below a file");
    world.template(more);
    let update = world.update(Value::Null).await.unwrap();
    let kept = update
        .changes
        .iter()
        .filter(|one| one.outcome == Outcome::KeptWhole);
    let kept: Vec<_> = kept.map(|one| (one.path.as_str(), one.changes())).collect();
    assert_eq!(kept, [("link.py", false), ("tool/a", false)]);
    let actor = Actor::system("test");
    world.desk.propose(&world.project, &update, &actor).await.unwrap();
}
