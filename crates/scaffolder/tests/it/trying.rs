//! Dry runs of the actions at Git hosts: they check their input, say what they would do, and call nobody.

use serde_json::{Value, json};

use crate::world::World;

const GITHUB: &str = "github.com?owner=acme&repo=orders";
const GITLAB: &str = "gitlab.com?owner=acme&repo=orders";

/// Tries each action: what it is given, what it says, and some of what it gives. No host has a token, and none is called.
async fn try_all(all: &[(&str, Value, &str, Value)]) {
    let world = World::new().await;
    for (action, input, said, output) in all {
        let (tried, log) = world.tried(action, input).await;
        let tried = tried.unwrap_or_else(|fault| panic!("{action}: {fault}"));
        assert!(log.contains(*said), "{action}: {log}");
        for (key, expected) in output.as_object().unwrap() {
            assert_eq!(tried[key], *expected, "{action} {key}");
        }
        // A wrong input is refused in a dry run, too.
        let mut wrong = input.clone();
        wrong["repoUrl"] = Value::from(7);
        assert!(world.tried(action, &wrong).await.0.is_err(), "{action}");
    }
    assert!(world.calls().is_empty(), "{:?}", world.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_at_github_say_what_they_would_do() {
    let page = "https://github.com/acme/orders";
    try_all(&[
        (
            "publish:github",
            json!({"repoUrl": GITHUB, "defaultBranch": "main"}),
            "to the branch main of acme/orders, and protect that branch",
            json!({"remoteUrl": format!("{page}.git"), "repoContentsUrl": format!("{page}/blob/main")}),
        ),
        (
            "github:repo:push",
            json!({"repoUrl": GITHUB, "protectDefaultBranch": false}),
            "would push the commit",
            json!({"repoContentsUrl": format!("{page}/blob/master")}),
        ),
        (
            "publish:github:pull-request",
            json!({"repoUrl": GITHUB, "branchName": "new", "title": "t", "description": "d", "filesToDelete": ["x"]}),
            "a pull request of the branch new would be opened in acme/orders, with 1 files and 1 deletions",
            json!({"targetBranchName": "new", "remoteUrl": GITHUB, "pullRequestNumber": 43}),
        ),
        (
            "github:repo:create",
            json!({"repoUrl": GITHUB}),
            "the repository acme/orders would be made",
            json!({"remoteUrl": GITHUB}),
        ),
        (
            "github:webhook",
            json!({"repoUrl": GITHUB, "webhookUrl": "https://ci.example"}),
            "the webhook https://ci.example would be made",
            json!({}),
        ),
        (
            "github:actions:dispatch",
            json!({"repoUrl": GITHUB, "workflowId": "a.yml", "branchOrTagName": "main"}),
            "the workflow a.yml of acme/orders would be begun",
            json!({}),
        ),
        (
            "github:branch-protection:create",
            json!({"repoUrl": GITHUB}),
            "the branch that is the default of acme/orders would be protected",
            json!({}),
        ),
        (
            "github:issues:label",
            json!({"repoUrl": GITHUB, "number": 1, "labels": ["a"]}),
            "acme/orders would get the labels a",
            json!({}),
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_at_gitlab_say_what_they_would_do() {
    try_all(&[
        (
            "publish:gitlab",
            json!({"repoUrl": GITLAB}),
            "the project acme/orders would be made",
            json!({"remoteUrl": "https://gitlab.com/acme/orders", "created": true, "projectId": 0}),
        ),
        (
            "publish:gitlab:merge-request",
            json!({"repoUrl": GITLAB, "branchName": "new", "title": "t", "targetBranchName": "main"}),
            "a merge request of the branch new would be opened in acme/orders, with 1 files",
            json!({"targetBranchName": "main", "projectid": "acme/orders"}),
        ),
        (
            "gitlab:repo:push",
            json!({"repoUrl": "gitlab.com?project=12", "branchName": "b", "commitMessage": "m"}),
            "1 files would be committed to the branch b of 12",
            json!({"projectid": "12"}),
        ),
        (
            "gitlab:group:ensureExists",
            json!({"repoUrl": "gitlab.com", "path": ["a", "b"]}),
            "the group a/b would be made where it is missing",
            json!({"groupId": 42}),
        ),
        (
            "gitlab:projectVariable:create",
            json!({"repoUrl": GITLAB, "projectId": 1, "key": "A", "value": "b", "variableType": "file"}),
            "the variable \"A\" of 1 would be made",
            json!({}),
        ),
        (
            "gitlab:projectAccessToken:create",
            json!({"repoUrl": GITLAB, "projectId": 1}),
            "an access token of 1 would be made",
            json!({"access_token": "<example>"}),
        ),
        (
            "gitlab:issues:create",
            json!({"repoUrl": GITLAB, "projectId": 1, "title": "Look"}),
            "the issue \"Look\" would be made in 1",
            json!({"issueId": 0}),
        ),
    ])
    .await;
}
