//! Updates of projects at GitHub, at GitLab and at a plain Git server; their templates are at the Gitea in memory.

use std::path::Path;
use std::process::Command;

use model::Actor;
use serde_json::{Value, json};
use testkit::gitea::Change;
use testkit::{FakeGithub, FakeGitlab, GitServer};

use super::{MAIN, World, record};
use crate::updates::merge::Outcome;
use crate::updates::proposal::{Proposed, branch_in};
use crate::updates::tables::Standing;

const OURS: &str = "name = 'orders'\na = 1\nb = 2\nc = 'ours'\n";

/// A newer template: a line of a file changes, a program is new, and a file goes.
fn newer() -> Change {
    Change::new("newer")
        .file("service/skeleton/main.py", MAIN.replace("a = 1", "a = 'newer'"))
        .executable("service/skeleton/bin/run", "#!/bin/sh\necho ${{ values.name }}\n")
        .delete("service/skeleton/old.txt")
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
    let found = proposed(&world).await;
    assert_eq!(found.page, format!("http://{}/acme/orders/pull/1", github.host()));
    assert!(found.has_request && branch_in(&found.page).is_none());
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
    let pull = &github.repository("acme/orders").unwrap()["pulls"][0];
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
    let found = proposed(&world).await;
    assert_eq!(
        found.page,
        format!("{}/acme/orders/-/merge_requests/1", gitlab.url())
    );
    let files = gitlab.files("acme/orders", &found.branch);
    assert_eq!((files["bin/run"].0.as_str(), files.len()), ("100755", 3));
    let request = &gitlab.project("acme/orders").unwrap()["requests"][0];
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
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_pushed_to_a_plain_git_server() {
    let server = GitServer::start();
    let mut world = World::with(&json!({"allow": [{"host": server.host()}]})).await;
    let address = server.repository("orders.git");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::create_dir_all(path.join(".backstage")).unwrap();
    std::fs::write(path.join(record::PATH), world.at("main", record::PATH).await).unwrap();
    std::fs::write(path.join("main.py"), OURS).unwrap();
    let push = format!(
        "export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=ines GIT_AUTHOR_EMAIL=i@x GIT_COMMITTER_NAME=ines GIT_COMMITTER_EMAIL=i@x
         git init -q -b main; echo goes > old.txt; ln -s main.py link.py; ln -s main.py linked; printf x > tool; chmod +x tool
         git add -A; git commit -qm first; git push -q '{}' main",
        server.path("orders.git").display()
    );
    run(path, &push);
    world.project.repository.clone_from(&address);
    assert_eq!(world.standing().await, Standing::Current);
    world.template(newer());
    let found = proposed(&world).await;
    assert!(!found.has_request);
    assert_eq!(found.page, format!("{address}#{}", found.branch));
    assert_eq!(branch_in(&found.page), Some(found.branch.as_str()));
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
