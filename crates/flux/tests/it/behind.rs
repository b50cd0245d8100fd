//! How far what runs is behind the newest commit, at a Gitea.

use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Change, Kind, Repository, Trouble};

use crate::world::{World, cluster, object, ready};

const COMPARE: &str = "GET /repos/{owner}/{repo}/compare/{*basehead}";

/// A Gitea with a repository, and its commits, the oldest first.
fn gitea(count: usize) -> (FakeGitea, Vec<String>) {
    let gitea = FakeGitea::start();
    gitea.repository(Repository::new("shop/fleet").file("apps/web.yaml", "kind: A"));
    let push = |number: usize| {
        let change =
            Change::new(&format!("Change {number}")).file("apps/web.yaml", format!("kind: B{number}"));
        gitea.push("shop/fleet", "main", change).after
    };
    let commits = (0..count).map(push).collect();
    gitea.forget_calls();
    (gitea, commits)
}

fn configured(gitea: &FakeGitea) -> Value {
    let host = gitea.url().trim_start_matches("http://").to_owned();
    json!({"integrations": {"gitea": [{"host": host, "baseUrl": gitea.url(), "password": gitea.token()}]}})
}

/// The appliers and the source, at two commits.
fn at(gitea: &FakeGitea, applied: &str, newest: &str) -> [(&'static str, Value); 2] {
    let revision = |sha: &str| format!("main@sha1:{sha}");
    let labels = json!({"kustomize.toolkit.fluxcd.io/name": "cluster", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"});
    let apps = json!({
        "spec": {"path": "./apps", "sourceRef": {"kind": "GitRepository", "name": "fleet"}},
        "status": {"lastAppliedRevision": revision(applied), "conditions": [ready("True", "ReconciliationSucceeded", "Applied")]},
    });
    let fleet = json!({
        "spec": {"url": format!("{}/shop/fleet.git", gitea.url())},
        "status": {"artifact": {"revision": revision(newest)}, "conditions": [ready("True", "Succeeded", "stored")]},
    });
    [
        ("kustomizations", object("flux-system", "apps", labels, apps)),
        (
            "gitrepositories",
            object("flux-system", "fleet", json!({}), fleet),
        ),
    ]
}

#[tokio::test]
async fn commits_that_are_not_applied_are_counted_once() {
    let (gitea, commits) = gitea(4);
    let server = cluster().await;
    for (plural, object) in at(&gitea, &commits[0], &commits[3]) {
        server.put(plural, object);
    }
    let world = World::of(&server, configured(&gitea)).await;
    let page = world.tab_with("", "3 commits behind").await;
    let range = format!(
        "{}/shop/fleet/compare/{}...{}",
        gitea.url(),
        commits[0],
        commits[3]
    );
    assert!(page.contains(&format!("href=\"{range}\"")), "{range}: {page}");
    assert!(page.contains("Change 0") && page.contains("Change 3"), "{page}");
    world.tab("").await;
    assert_eq!(gitea.calls_of(COMPARE), 1, "a pair is asked for once");

    // Another pair is another question.
    let (plural, next) = at(&gitea, &commits[2], &commits[3]).into_iter().next().unwrap();
    server.put(plural, next);
    world.tab_with("", "1 commit behind").await;
    let (plural, back) = at(&gitea, &commits[3], &commits[1]).into_iter().next().unwrap();
    server.put(plural, back);
    let [_, (plural, back)] = at(&gitea, &commits[3], &commits[1]);
    server.put(plural, back);
    world.tab_with("", "ahead of its source").await;
    assert_eq!(gitea.calls_of(COMPARE), 3);
}

#[tokio::test]
async fn a_host_that_does_not_compare_leaves_the_rest_of_the_line() {
    let (gitea, commits) = gitea(2);
    gitea.trouble(Trouble::with("GET /repos/shop/fleet/compare", Kind::ServerError));
    let server = cluster().await;
    for (plural, object) in at(&gitea, &commits[0], &commits[1]) {
        server.put(plural, object);
    }
    let world = World::of(&server, configured(&gitea)).await;
    let page = world.tab_with("", "Change 1").await;
    assert!(
        page.contains("behind") && !page.contains("commit behind"),
        "{page}"
    );
    assert!(
        page.contains("/compare/"),
        "the page that compares is still linked: {page}"
    );
}
