//! `publish:gitea:pull-request`, at a server that speaks Git.

use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Change, Kind, Repository, Trouble};

use crate::acting::Acting;

const OPENING: &str = "POST /repos/{owner}/{repo}/pulls";

fn shop() -> FakeGitea {
    let gitea = FakeGitea::start();
    gitea.user("jane");
    gitea.repository(Repository::new("shop/cart").first(|first| {
        first
            .file("README.md", "# Cart\n")
            .file("old.txt", "old")
            .file("apps/cart/a.yaml", "a")
            .executable("tools/check", "#!/bin/sh\n")
            .symlink("link", "README.md")
    }));
    gitea
}

fn input(gitea: &FakeGitea, more: Value) -> Value {
    let mut input = json!({
        "repoUrl": format!("{}?owner=shop&repo=cart", gitea.host()), "branchName": "add-orders", "title": "Add orders",
        "description": "By a template.",
    });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

/// The paths at a branch, as Git lists them out of a clone.
fn listed(gitea: &FakeGitea, branch: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let address = gitea
        .url()
        .replace("http://", &format!("http://x:{}@", gitea.token()));
    let run = |arguments: &[&str]| {
        let ran = std::process::Command::new("git")
            .current_dir(folder.path())
            .args(arguments)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).into_owned()
    };
    run(&[
        "clone",
        "-q",
        "-b",
        branch,
        &format!("{address}/shop/cart.git"),
        "cart",
    ]);
    run(&["-C", "cart", "fsck", "--strict"]);
    let rows = run(&["-C", "cart", "ls-tree", "-r", "HEAD"]);
    let row = |row: &str| format!("{} {}", &row[..6], row.split('\t').nth(1).unwrap());
    rows.lines().map(row).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn files_become_a_pull_request_beside_those_that_are_there() {
    let gitea = shop();
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    let more = json!({
        "targetPath": "apps/orders", "filesToDelete": ["old.txt", "none.txt"], "reviewers": ["jane"], "teamReviewers": ["platform"],
        "assignees": ["jane"], "draft": true, "commitMessage": "Orders come in", "gitAuthorName": "Ines",
    });
    let output = acting
        .run("publish:gitea:pull-request", input(&gitea, more))
        .await
        .right();
    let page = format!("{}/shop/cart/pulls/1", gitea.url());
    assert_eq!(
        output,
        json!({"targetBranchName": "main", "remoteUrl": page, "pullRequestNumber": 1})
    );
    assert_eq!(
        listed(&gitea, "add-orders"),
        "100644 README.md\n100644 apps/cart/a.yaml\n100644 apps/orders/README.md\n100755 apps/orders/bin/run\n\
         100644 apps/orders/src/main.ts\n120000 link\n100755 tools/check"
    );
    let request = gitea
        .requests()
        .into_iter()
        .find(|request| request.route == OPENING)
        .unwrap();
    let request: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        request,
        json!({
            "head": "add-orders", "base": "main", "title": "WIP: Add orders", "body": "By a template.", "assignees": ["jane"],
        })
    );
    assert_eq!(gitea.reviewers("shop/cart", 1), ["jane", "team platform"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_done_again_opens_nothing_twice() {
    let gitea = shop();
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    // The branch is pushed, and the pull request is not opened.
    gitea.trouble(Trouble::with("POST /repos/shop/cart/pulls", Kind::Empty(500)).times(1));
    let failed = acting
        .run("publish:gitea:pull-request", input(&gitea, json!({})))
        .await;
    let checkpoint = failed.checkpoint.clone();
    assert!(
        failed
            .wrong()
            .contains("A pull request cannot be opened in shop/cart")
    );
    let pushed = gitea.edit("shop/cart", |one| one.head("add-orders").unwrap().to_owned());
    // Meanwhile the branch on which it builds goes on.
    gitea.push("shop/cart", "main", Change::new("Go on").file("next.txt", "next"));
    for _ in 0..2 {
        let acted = acting
            .again(
                "publish:gitea:pull-request",
                input(&gitea, json!({})),
                &checkpoint,
            )
            .await;
        assert!(acted.log.contains("was pushed before"), "{}", acted.log);
        assert_eq!(acted.right()["pullRequestNumber"], 1);
    }
    assert_eq!(gitea.calls_of(OPENING), 2);
    assert_eq!(
        gitea.edit("shop/cart", |one| one.head("add-orders").unwrap().to_owned()),
        pushed
    );
    // Another task may not take the branch, unless it says so.
    acting.write("README.md", "# More orders\n");
    let refused = acting
        .run("publish:gitea:pull-request", input(&gitea, json!({})))
        .await
        .wrong();
    assert!(
        refused.contains("The branch add-orders of") && refused.contains("set update"),
        "{refused}"
    );
    let acted = acting
        .run(
            "publish:gitea:pull-request",
            input(&gitea, json!({"update": true})),
        )
        .await;
    assert!(
        acted
            .log
            .contains("The pull request 1 of shop/cart is there already"),
        "{}",
        acted.log
    );
    assert_eq!(acted.right()["pullRequestNumber"], 1);
    let now = gitea.edit("shop/cart", |one| one.head("add-orders").unwrap().to_owned());
    assert_ne!(now, pushed);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_change_and_what_cannot_be_proposed() {
    let gitea = shop();
    gitea.repository(Repository::new("shop/empty"));
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    acting.write("same/README.md", "# Cart\n");
    let same = json!({"sourcePath": "same", "createWhenEmpty": false});
    let acted = acting
        .run("publish:gitea:pull-request", input(&gitea, same))
        .await;
    assert!(acted.log.contains("No file differs from main"), "{}", acted.log);
    assert_eq!(acted.right(), json!({"targetBranchName": "main"}));
    assert_eq!(gitea.calls_of(OPENING), 0);
    let empty = format!("{}?owner=shop&repo=empty", gitea.host());
    for (more, expected) in [
        (json!({"repoUrl": empty}), "has no commits yet"),
        (
            json!({"targetBranchName": "next"}),
            "has no branch next; it has main",
        ),
        (json!({"branchName": "main"}), "cannot be proposed to itself"),
        (json!({"branchName": "a b"}), "is no name of a branch"),
        (
            json!({"targetPath": "README.md"}),
            "there is a folder of that name, or a file where it needs a folder",
        ),
        (json!({"reviewers": ["nobody"]}), "Reviews of the pull request"),
    ] {
        let refused = acting
            .run("publish:gitea:pull-request", input(&gitea, more))
            .await
            .wrong();
        assert!(refused.contains(expected), "{expected}: {refused}");
    }
}
