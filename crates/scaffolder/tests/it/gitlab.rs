//! Steps that work at GitLab, against a server in memory whose projects Git itself keeps.

use std::collections::BTreeMap;

use model::{Actor, Viewer};
use scaffolder::tasks::TaskState;
use serde_json::json;
use testkit::FakeGitlab;

use crate::world::World;

async fn world(gitlab: &FakeGitlab, token: &str) -> World {
    let one = json!({"host": gitlab.host(), "baseUrl": gitlab.url(), "token": token});
    World::with(json!({"integrations": {"gitlab": [one]}})).await
}

fn repo_url(gitlab: &FakeGitlab, name: &str) -> String {
    format!("{}?owner=acme&repo={name}", gitlab.host())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_becomes_a_project() {
    let gitlab = FakeGitlab::start();
    let world = world(&gitlab, gitlab.token()).await;
    let process = world.process();
    let input = json!({
        "repoUrl": repo_url(&gitlab, "orders"), "defaultBranch": "main", "title": "no input", "topics": ["old"],
        "repoVisibility": "public", "setUserAsOwner": true,
        "settings": {"visibility": "internal", "description": "Orders", "ci_config_path": "ci.yml"},
        "branches": [{"name": "main", "protect": true}, {"name": "next", "create": true, "ref": "main", "protect": true}],
        "projectVariables": [{"key": "STAGE", "value": "test", "masked": true}],
    });
    let ran = world.ran("publish:gitlab", &input).await;
    let told = ran.output();
    let page = format!("{}/acme/orders", gitlab.url());
    assert_eq!(told["remoteUrl"], page);
    assert_eq!(told["repoContentsUrl"], format!("{page}/-/blob/main"));
    assert_eq!(
        (&told["projectId"], &told["created"]),
        (&json!(100), &json!(true))
    );
    assert_eq!(told["commitHash"].as_str().unwrap().len(), 40);
    assert_eq!(gitlab.files("acme/orders", "main").len(), 3);
    assert_eq!(gitlab.files("acme/orders", "next").len(), 3);
    let made = gitlab.project("acme/orders").unwrap();
    for (key, expected) in [
        ("visibility", json!("internal")),
        ("description", json!("Orders")),
        ("topics", json!(["old"])),
        ("namespace_id", json!(3)),
        ("owner", json!(7)),
        ("protected next", json!(true)),
    ] {
        assert_eq!(made[key], expected, "{key}");
    }
    let variable = json!({
        "key": "STAGE", "value": "test", "masked": true, "variable_type": "env_var", "protected": false, "raw": false,
        "environment_scope": "*",
    });
    assert_eq!(made["variable STAGE"], variable);
    assert!(
        ran.messages.contains("publish:gitlab has no input title"),
        "{}",
        ran.messages
    );

    let again = world.ran("publish:gitlab", &input).await.problem();
    assert!(
        again.contains("The project orders cannot be made") && again.contains("name has already been taken"),
        "{again}"
    );
    let mut skipped = input.clone();
    skipped["skipExisting"] = true.into();
    let told = world.ran("publish:gitlab", &skipped).await.output();
    assert_eq!(
        (&told["created"], &told["projectId"]),
        (&json!(false), &json!(100))
    );
    let empty = json!({"repoUrl": repo_url(&gitlab, "empty"), "sourcePath": false});
    let told = world.ran("publish:gitlab", &empty).await.output();
    process.end().await;
    assert_eq!(told.get("commitHash"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_done_again_makes_nothing_twice() {
    let gitlab = FakeGitlab::start();
    gitlab.add("acme/apps", &[("a.txt", "a")]);
    let world = world(&gitlab, gitlab.token()).await;
    let process = world.process();
    let publish =
        json!({"repoUrl": repo_url(&gitlab, "orders"), "projectVariables": [{"key": "A", "value": "b"}]});
    let request = json!({"repoUrl": repo_url(&gitlab, "apps"), "branchName": "new", "title": "Add"});
    for (action, input, broken, once) in [
        (
            "publish:gitlab",
            publish,
            "git-receive-pack",
            "POST /api/v4/projects",
        ),
        (
            "publish:gitlab:merge-request",
            request,
            "POST /api/v4/projects/acme/apps/merge_requests",
            "POST /api/v4/projects/acme/apps/repository/commits",
        ),
    ] {
        let before = gitlab.calls().iter().filter(|call| *call == once).count();
        gitlab.refuse(broken, 500, &json!({"message": "down"}));
        let template = world.skeleton_and(action, &input);
        let id = world.begin(&template, &[]).await;
        assert_eq!(
            world.ended(id).await.state,
            TaskState::Failed,
            "{}",
            world.messages(id).await
        );
        let actor = Actor::caller(&Viewer::guest(), None);
        world
            .tasks
            .retry(id, None, &BTreeMap::new(), &actor)
            .await
            .unwrap();
        let task = world.ended(id).await;
        assert_eq!(task.state, TaskState::Completed, "{}", world.messages(id).await);
        let after = gitlab.calls().iter().filter(|call| *call == once).count();
        assert_eq!(after - before, 1, "{once}");
    }
    process.end().await;
    assert_eq!(gitlab.files("acme/orders", "master").len(), 3);
    assert_eq!(
        gitlab.project("acme/apps").unwrap()["requests"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// Its merge request gets what has changed, its project and variable are taken, and its issue is opened once more.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_task_made_is_taken_when_a_person_has_its_steps_done_again() {
    let gitlab = FakeGitlab::start();
    let project = gitlab.add("acme/apps", &[("old.txt", "old")]);
    let world = world(&gitlab, gitlab.token()).await;
    let process = world.process();
    let (apps, orders) = (repo_url(&gitlab, "apps"), repo_url(&gitlab, "orders"));
    let issue = json!({"repoUrl": apps, "projectId": project, "title": "Look"});
    let steps = json!([
        {"id": "fetch", "action": "fetch:plain:file", "input": {"url": "./a.txt", "targetPath": "a.txt"}},
        {"id": "issue", "action": "gitlab:issues:create", "input": issue},
        {"id": "publish", "action": "publish:gitlab", "input": {"repoUrl": orders, "sourcePath": false}},
        {"id": "request", "action": "publish:gitlab:merge-request", "input":
            {"repoUrl": apps, "branchName": "new", "title": "Add", "commitAction": "create"}},
        {"id": "late", "action": "test:gate", "input": {"fails": true, "why": "it is late"}},
    ]);
    let template = world.template(&steps, &json!({}), &[("a.txt", "one")]);
    let id = world.begin(&template, &[]).await;
    let actor = Actor::caller(&Viewer::guest(), None);
    for text in ["two", "two", "three", ""] {
        let task = world.ended(id).await;
        let problem = task.problem.unwrap().to_string();
        assert!(
            problem.contains("it is late"),
            "{text}: {problem}\n{}",
            world.messages(id).await
        );
        if !text.is_empty() {
            std::fs::write(world.path("template/a.txt"), text).unwrap();
            let none = BTreeMap::new();
            world.tasks.retry(id, Some("fetch"), &none, &actor).await.unwrap();
        }
    }
    process.end().await;
    let calls = gitlab.calls();
    let made = |what: &str| {
        calls
            .iter()
            .filter(|call| call.starts_with("POST") && call.ends_with(what))
            .count()
    };
    assert_eq!(made("/api/v4/projects"), 1, "{calls:?}");
    assert_eq!(made("/issues"), 4, "{calls:?}");
    assert_eq!(made("/acme/apps/repository/commits"), 3, "{calls:?}");
    let requests = &gitlab.project("acme/apps").unwrap()["requests"];
    assert_eq!(requests.as_array().unwrap().len(), 1);
    assert_eq!(gitlab.files("acme/apps", "new")["a.txt"].1, "three");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_as_what_they_are() {
    let gitlab = FakeGitlab::start();
    let token = "glpat-wrong-wrong-wrong-1";
    let wrong = world(&gitlab, token).await;
    let process = wrong.process();
    let ran = wrong
        .ran("publish:gitlab", &json!({"repoUrl": repo_url(&gitlab, "orders")}))
        .await;
    process.end().await;
    let told = ran.problem();
    assert!(
        told.contains(
            "answers 401 and does not accept the token; put a valid one into integrations.gitlab[].token"
        ),
        "{told}"
    );
    assert!(!ran.messages.contains(token) && !told.contains(token));
    let world = world(&gitlab, gitlab.token()).await;
    let process = world.process();
    for (input, expected) in [
        (
            json!({"repoUrl": format!("{}?owner=nobody&repo=x", gitlab.host())}),
            "The namespace nobody is not found or the user doesn't have permissions to access it",
        ),
        (
            json!({"repoUrl": "gitlab.com?owner=acme&repo=x"}),
            "No token available for host gitlab.com: set integrations.gitlab[].token",
        ),
        (
            json!({"repoUrl": format!("{}?repo=x", gitlab.host())}),
            "missing owner",
        ),
        (
            json!({"repoUrl": repo_url(&gitlab, "x"), "signCommit": true}),
            "no signing key is provided in the integration configuration",
        ),
    ] {
        let told = world.ran("publish:gitlab", &input).await.problem();
        assert!(told.contains(expected), "{told}");
    }
    process.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_becomes_a_merge_request() {
    let gitlab = FakeGitlab::start();
    let files = [
        ("apps/README.md", "# orders\n"),
        ("apps/src/main.ts", "// old\n"),
        ("z.txt", "z"),
    ];
    gitlab.add("acme/apps", &files);
    let world = world(&gitlab, gitlab.token()).await;
    let process = world.process();
    let input = json!({
        "repoUrl": repo_url(&gitlab, "apps"), "branchName": "new/orders", "title": "Add orders", "description": "Because",
        "sourcePath": ".", "targetPath": "apps", "removeSourceBranch": true, "assignee": "ines",
        "reviewers": ["ines", "nobody"], "labels": ["a", "b"], "assignReviewersFromApprovalRules": true,
    });
    let ran = world.ran("publish:gitlab:merge-request", &input).await;
    let page = format!("{}/acme/apps/-/merge_requests/1", gitlab.url());
    let expected = json!({
        "projectid": "acme/apps", "projectPath": "acme/apps", "targetBranchName": "main", "mergeRequestUrl": page,
    });
    assert_eq!(ran.output(), expected);
    let files = gitlab.files("acme/apps", "new/orders");
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        ["apps/README.md", "apps/logo.bin", "apps/src/main.ts", "z.txt"]
    );
    assert_eq!(files["apps/src/main.ts"].1, "// main\n");
    assert_eq!(files["apps/logo.bin"].1, "\0\u{1}binary");
    let made = &gitlab.project("acme/apps").unwrap()["requests"][0];
    for (key, expected) in [
        ("title", json!("Add orders")),
        ("description", json!("Because")),
        ("target_branch", json!("main")),
        ("remove_source_branch", json!(true)),
        ("assignee_id", json!(7)),
        ("reviewer_ids", json!([7, 9])),
        ("labels", json!("a,b")),
    ] {
        assert_eq!(made[key], expected, "{key}");
    }
    let unknown = "Failed to find gitlab user id for nobody";
    assert!(ran.messages.contains(unknown), "{}", ran.messages);
    let told = world.ran("publish:gitlab:merge-request", &input).await.problem();
    // A folder that is not there yet is made.
    let mut elsewhere = input.clone();
    elsewhere["branchName"] = "elsewhere".into();
    elsewhere["targetPath"] = "new/folder".into();
    world
        .ran("publish:gitlab:merge-request", &elsewhere)
        .await
        .output();
    process.end().await;
    assert_eq!(
        gitlab.files("acme/apps", "elsewhere")["new/folder/README.md"].1,
        "# orders\n"
    );
    let expected = format!("Additionally, there is a Merge Request for this branch: {page}");
    assert!(told.contains(&expected), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_becomes_a_commit() {
    let gitlab = FakeGitlab::start();
    gitlab.add("acme/apps", &[("README.md", "# other\n"), ("z.txt", "z")]);
    let world = world(&gitlab, gitlab.token()).await;
    let process = world.process();
    let mut input = json!({
        "repoUrl": repo_url(&gitlab, "apps"), "branchName": "next", "commitMessage": "Add the source", "sourcePath": "src",
        "targetPath": "src", "description": "no input",
    });
    let told = world.ran("gitlab:repo:push", &input).await.output();
    assert_eq!(
        (&told["projectid"], &told["projectPath"]),
        (&json!("acme/apps"), &json!("acme/apps"))
    );
    assert_eq!(told["commitHash"].as_str().unwrap().len(), 40);
    assert_eq!(
        gitlab.told("acme/apps", "next").unwrap(),
        "token's user <user@fake.example> Add the source"
    );
    assert_eq!(gitlab.files("acme/apps", "next")["src/main.ts"].1, "// main\n");
    assert_eq!(gitlab.files("acme/apps", "main").len(), 2);
    let refused = world.ran("gitlab:repo:push", &input).await.problem();
    assert!(
        refused.contains("Committing the changes to next failed")
            && refused.contains("A file with this name already exists"),
        "{refused}"
    );
    input["commitAction"] = "delete".into();
    world.ran("gitlab:repo:push", &input).await.output();
    process.end().await;
    assert_eq!(gitlab.files("acme/apps", "next").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_smaller_actions_do_their_work() {
    let gitlab = FakeGitlab::start();
    let project = gitlab.add("acme/apps", &[]);
    let world = world(&gitlab, gitlab.token()).await;
    let process = world.process();
    let group = json!({"repoUrl": gitlab.host(), "path": ["acme", {"name": "Shop", "slug": "shop"}, "api"]});
    assert_eq!(
        world.ran("gitlab:group:ensureExists", &group).await.output(),
        json!({"groupId": 12})
    );
    assert_eq!(gitlab.groups(), ["acme", "acme/shop", "acme/shop/api"]);
    assert_eq!(
        world.ran("gitlab:group:ensureExists", &group).await.output(),
        json!({"groupId": 12})
    );

    let apps = repo_url(&gitlab, "apps");
    let variable =
        json!({"repoUrl": apps, "projectId": project, "key": "A", "value": "b", "variableType": "file"});
    assert_eq!(
        world
            .ran("gitlab:projectVariable:create", &variable)
            .await
            .output(),
        json!({})
    );
    let told = world
        .ran("gitlab:projectVariable:create", &variable)
        .await
        .problem();
    assert!(told.contains("is there already"), "{told}");
    let token = json!({"repoUrl": apps, "projectId": "acme/apps", "expiresAt": "2030-01-02"});
    let told = world
        .ran("gitlab:projectAccessToken:create", &token)
        .await
        .output();
    assert_eq!(told, json!({"access_token": "glpat-of-the-project"}));
    let issue = json!({"repoUrl": apps, "projectId": project, "title": "Look", "assignees": [7], "dueDate": "2030-01-02T00:00:00Z"});
    let told = world.ran("gitlab:issues:create", &issue).await.output();
    process.end().await;
    assert_eq!((&told["issueId"], &told["issueIid"]), (&json!(900), &json!(1)));
    let made = gitlab.project("acme/apps").unwrap();
    assert_eq!(made["variable A"]["variable_type"], "file");
    let expected = json!({
        "name": "tokenname", "access_level": 40, "scopes": ["read_repository"], "expires_at": "2030-01-02",
    });
    assert_eq!(made["access token"], expected);
    let expected = json!({"title": "Look", "assignee_ids": [7], "due_date": "2030-01-02T00:00:00Z"});
    assert_eq!(made["issue"], expected);
}
