//! Steps that work at GitHub, against a server in memory whose repositories Git itself keeps.

use std::collections::BTreeMap;

use model::{Actor, Viewer};
use scaffolder::tasks::TaskState;
use serde_json::{Value, json};
use testkit::FakeGithub;

use crate::world::World;

async fn world(github: &FakeGithub, token: &str) -> World {
    let one = json!({"host": github.host(), "apiBaseUrl": github.api(), "token": token});
    World::with(json!({"integrations": {"github": [one]}})).await
}

fn repo_url(github: &FakeGithub, name: &str) -> String {
    format!("{}?owner=acme&repo={name}", github.host())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_becomes_a_repository() {
    let github = FakeGithub::start();
    let world = world(&github, github.token()).await;
    let process = world.process();
    let input = json!({
        "repoUrl": repo_url(&github, "orders"), "description": "Orders", "defaultBranch": "main",
        "topics": ["Java", "k8s"], "allowedHosts": ["github.com"], "access": "acme/platform",
        "collaborators": [{"user": "user:default/hubot", "access": "push"}, {"team": "nobody", "access": "pull"}],
        "repoVariables": {"STAGE": "test"}, "secrets": {"TOKEN": "hush"}, "requiredApprovingReviewCount": 2, "requiredCommitSigning": true,
    });
    let ran = world.ran("publish:github", &input).await;
    let told = ran.output();
    let page = format!("http://{}/acme/orders", github.host());
    assert_eq!(told["remoteUrl"], format!("{page}.git"));
    assert_eq!(told["repoContentsUrl"], format!("{page}/blob/main"));
    assert_eq!(told["commitHash"].as_str().unwrap().len(), 40);
    let files = github.files("acme/orders", "main");
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        ["README.md", "logo.bin", "src/main.ts"]
    );
    assert_eq!(
        github.told("acme/orders", "main").unwrap(),
        "Scaffolder <scaffolder@backstage.io> initial commit"
    );
    let made = github.repository("acme/orders").unwrap();
    for (key, expected) in [
        ("private", json!(true)),
        ("visibility", json!("private")),
        ("description", json!("Orders")),
        ("squash_merge_commit_title", json!("COMMIT_OR_PR_TITLE")),
        ("topics", json!(["java", "k8s"])),
        ("team platform", json!("admin")),
        ("user hubot", json!("push")),
        ("variable STAGE", json!("test")),
        ("secret TOKEN", json!("hush")),
        ("signatures main", json!(true)),
    ] {
        assert_eq!(made[key], expected, "{key}");
    }
    let rules = &made["protection main"];
    assert_eq!(
        rules["required_pull_request_reviews"]["required_approving_review_count"],
        2
    );
    assert_eq!(
        (&rules["enforce_admins"], &rules["restrictions"]),
        (&json!(true), &Value::Null)
    );
    for expected in [
        "publish:github has no input allowedHosts; it has no effect",
        "Skipping pull access for nobody, nobody cannot be given pull access to acme/orders",
        "The branch main is protected",
    ] {
        assert!(ran.messages.contains(expected), "{expected}: {}", ran.messages);
    }
    // Another task may not take it.
    let ran = world.ran("publish:github", &input).await;
    process.end().await;
    let problem = ran.problem();
    assert!(
        problem.contains("Failed to create the Organization repository acme/orders")
            && problem.contains("name already exists on this account"),
        "{problem}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_done_again_makes_nothing_twice() {
    let github = FakeGithub::start();
    let world = world(&github, github.token()).await;
    let process = world.process();
    let template = world.skeleton_and("publish:github", &json!({"repoUrl": repo_url(&github, "orders")}));
    github.refuse("git-receive-pack", 500, &[], &json!({}));
    let id = world.begin(&template, &[]).await;
    let task = world.ended(id).await;
    assert_eq!(task.state, TaskState::Failed);
    let actor = Actor::caller(&Viewer::guest(), None);
    world
        .tasks
        .retry(id, None, &BTreeMap::new(), &actor)
        .await
        .unwrap();
    let task = world.ended(id).await;
    assert_eq!(task.state, TaskState::Completed, "{}", world.messages(id).await);
    let made = github
        .calls()
        .iter()
        .filter(|call| *call == "POST /api/v3/orgs/acme/repos")
        .count();
    assert_eq!(made, 1);
    assert_eq!(github.files("acme/orders", "master").len(), 3);
    // A repository that another task made stays its own, however often this one is tried.
    let id = world.begin(&template, &[]).await;
    for attempt in ["first", "second"] {
        let task = world.ended(id).await;
        let problem = task.problem.unwrap().to_string();
        assert!(
            problem.contains("name already exists on this account"),
            "{attempt}: {problem}"
        );
        if attempt == "first" {
            world
                .tasks
                .retry(id, None, &BTreeMap::new(), &actor)
                .await
                .unwrap();
        }
    }
    process.end().await;
}

/// The repository is the task's own, also where a person has the finished step done again.
#[tokio::test(flavor = "multi_thread")]
async fn a_repository_of_the_task_is_taken_when_its_step_is_done_again() {
    let github = FakeGithub::start();
    let world = world(&github, github.token()).await;
    let process = world.process();
    let steps = json!([
        {"id": "fetch", "action": "fetch:plain:file", "input": {"url": "./a.txt", "targetPath": "a.txt"}},
        {"id": "at", "action": "publish:github", "input": {"repoUrl": repo_url(&github, "orders")}},
        {"id": "late", "action": "test:gate", "input": {"fails": true, "why": "it is late"}},
    ]);
    let template = world.template(&steps, &json!({}), &[("a.txt", "x")]);
    let id = world.begin(&template, &[]).await;
    let actor = Actor::caller(&Viewer::guest(), None);
    for attempt in 0..3 {
        let task = world.ended(id).await;
        let problem = task.problem.unwrap().to_string();
        let messages = world.messages(id).await;
        assert!(problem.contains("it is late"), "{attempt}: {problem}\n{messages}");
        if attempt < 2 {
            let none = BTreeMap::new();
            world.tasks.retry(id, Some("at"), &none, &actor).await.unwrap();
        }
    }
    process.end().await;
    let is_made = |call: &&String| *call == "POST /api/v3/orgs/acme/repos";
    assert_eq!(github.calls().iter().filter(is_made).count(), 1);
}

/// Lists of GitHub come in pages.
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_on_a_later_page_is_not_made_again() {
    let github = FakeGithub::start();
    github.add("acme/orders", &[("README.md", "# Orders")], true);
    let world = world(&github, github.token()).await;
    let process = world.process();
    let names: Vec<String> = (0..205).map(|number| format!("release/{number}")).collect();
    let policies = json!({
        "repoUrl": repo_url(&github, "orders"), "name": "production", "customBranchPolicyNames": names,
        "deploymentBranchPolicy": {"protected_branches": false, "custom_branch_policies": true},
    });
    for _ in 0..2 {
        world.ran("github:environment:create", &policies).await.output();
    }
    for key in (0..35).chain([34]) {
        let input = json!({
            "repoUrl": repo_url(&github, "orders"), "publicKey": format!("ssh-ed25519 KEY{key} ines@host"),
            "privateKey": "the private half", "deployKeyName": format!("key {key}"),
        });
        world.ran("github:deployKey:create", &input).await.output();
    }
    process.end().await;
    let made = github.repository("acme/orders").unwrap();
    let count = |key: &str| made[key].as_array().map(Vec::len);
    assert_eq!(
        (count("policies production"), count("keys")),
        (Some(205), Some(35))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_as_what_they_are() {
    let github = FakeGithub::start();
    let input = json!({"repoUrl": repo_url(&github, "orders")});
    let token = "ghp_wrong_wrong_wrong_wrong_wrong_wrong_1";
    let wrong = world(&github, token).await;
    let process = wrong.process();
    let ran = wrong.ran("publish:github", &input).await;
    process.end().await;
    let told = ran.problem();
    assert!(
        told.contains("answers 401 and does not accept the token; put a valid one into integrations.github[].token (Bad credentials)"),
        "{told}"
    );
    assert!(!ran.messages.contains(token) && !told.contains(token));

    let world = world(&github, github.token()).await;
    let process = world.process();
    let headers = [
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1893456000"),
    ];
    github.refuse(
        "/users/acme",
        403,
        &headers,
        &json!({"message": "API rate limit exceeded"}),
    );
    let ran = world.ran("publish:github", &input).await;
    let told = ran.problem();
    assert!(
        told.contains("has no calls left for this token until 2030-01-01T00:00:00Z"),
        "{told}"
    );
    for (input, expected) in [
        (
            json!({"repoUrl": format!("{}?owner=hubot&repo=x", github.host())}),
            "hubot is a user, and the token belongs to octocat",
        ),
        (
            json!({"repoUrl": format!("{}?owner=nobody&repo=x", github.host())}),
            "The owner nobody cannot be looked up",
        ),
        (
            json!({"repoUrl": repo_url(&github, "x"), "access": "acme/ghosts"}),
            "one of org: acme or team: ghosts was not found within GitHub",
        ),
        (
            json!({"repoUrl": "github.com?owner=acme&repo=x"}),
            "No token available for host github.com: set integrations.github[].token",
        ),
        (
            json!({"repoUrl": repo_url(&github, "x"), "repoVisibility": "secret"}),
            "Invalid input passed to action publish:github, instance.repoVisibility",
        ),
    ] {
        let ran = world.ran("publish:github", &input).await;
        let told = ran.problem();
        assert!(told.contains(expected), "{told}");
    }
    process.end().await;
    assert!(github.repository("acme/x").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_becomes_a_pull_request() {
    let github = FakeGithub::start();
    github.add(
        "acme/apps",
        &[("old.txt", "old"), ("apps/gone.txt", "x"), ("kept.txt", "k")],
        true,
    );
    let world = world(&github, github.token()).await;
    let process = world.process();
    let mut input = json!({
        "repoUrl": repo_url(&github, "apps"), "branchName": "new/orders", "title": "Add orders",
        "description": "Because", "sourcePath": "src", "targetPath": "./apps/", "draft": true,
        "filesToDelete": ["gone.txt", "never-was.txt"], "reviewers": ["hubot"], "teamReviewers": ["platform", "platform"],
        "assignees": ["hubot"],
    });
    let ran = world.ran("publish:github:pull-request", &input).await;
    let told = ran.output();
    let page = format!("http://{}/acme/apps/pull/1", github.host());
    let expected = json!({"targetBranchName": "main", "remoteUrl": page, "pullRequestNumber": 1});
    assert_eq!(told, expected);
    let files = github.files("acme/apps", "new/orders");
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        ["apps/main.ts", "kept.txt", "old.txt"]
    );
    assert_eq!(
        github.told("acme/apps", "new/orders").unwrap(),
        "token's user <user@fake.example> Add orders"
    );
    let made = github.repository("acme/apps").unwrap();
    let pull = &made["pulls"][0];
    assert_eq!(
        (&pull["title"], &pull["body"], &pull["draft"]),
        (&json!("Add orders"), &json!("Because"), &json!(true))
    );
    assert_eq!(
        pull["reviewers"],
        json!({"reviewers": ["hubot"], "team_reviewers": ["platform"]})
    );
    assert_eq!(made["assignees 1"], json!(["hubot"]));

    let ran = world.ran("publish:github:pull-request", &input).await;
    let told = ran.problem();
    let expected =
        format!("Pull request creation failed: Pull request already exists: {page}. Set update=true");
    assert!(told.contains(&expected), "{told}");

    // An update takes the whole workspace, binary files included.
    input["update"] = true.into();
    input["sourcePath"] = ".".into();
    input["gitAuthorName"] = "Ines".into();
    input["commitMessage"] = "Again".into();
    let ran = world.ran("publish:github:pull-request", &input).await;
    assert_eq!(ran.output()["pullRequestNumber"], 1);
    let files = github.files("acme/apps", "new/orders");
    assert_eq!(files["apps/logo.bin"].1, "\0\u{1}binary");
    assert_eq!(
        github.told("acme/apps", "new/orders").unwrap(),
        "Ines <scaffolder@backstage.io> Again"
    );
    process.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_without_change_is_only_opened_when_wanted() {
    let github = FakeGithub::start();
    github.add("acme/apps", &[("main.ts", "// main\n")], true);
    let world = world(&github, github.token()).await;
    let process = world.process();
    let input = json!({
        "repoUrl": repo_url(&github, "apps"), "branchName": "same", "title": "Nothing", "description": "",
        "sourcePath": "src", "createWhenEmpty": false,
    });
    let ran = world.ran("publish:github:pull-request", &input).await;
    assert_eq!(ran.output(), json!({}));
    assert!(
        ran.messages
            .contains("No changes to commit, pull request was not created"),
        "{}",
        ran.messages
    );
    assert_eq!(github.repository("acme/apps").unwrap()["pulls"], json!([]));
    process.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_push_opens_it_from_a_fork() {
    let github = FakeGithub::start();
    github.add("acme/apps", &[("a.txt", "a")], false);
    let world = world(&github, github.token()).await;
    let process = world.process();
    let input = json!({
        "repoUrl": repo_url(&github, "apps"), "branchName": "mine", "title": "From outside", "description": "x",
    });
    let ran = world.ran("publish:github:pull-request", &input).await;
    process.end().await;
    assert_eq!(ran.output()["pullRequestNumber"], 1);
    assert!(
        ran.messages.contains("The fork octocat/apps is used"),
        "{}",
        ran.messages
    );
    assert_eq!(
        github.repository("acme/apps").unwrap()["pulls"][0]["head"]["label"],
        "octocat:mine"
    );
    assert_eq!(github.files("octocat/apps", "mine").len(), 4);
    assert!(github.files("acme/apps", "mine").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_smaller_actions_do_their_work() {
    let github = FakeGithub::start();
    let workflow = (".github/workflows/build.yml", "on: workflow_dispatch");
    github.add("acme/apps", &[workflow], true);
    let world = world(&github, github.token()).await;
    let process = world.process();
    let orders = repo_url(&github, "orders");
    let ran = world.ran("github:repo:create", &json!({"repoUrl": orders})).await;
    let remote = format!("http://{}/acme/orders.git", github.host());
    assert_eq!(ran.output(), json!({"remoteUrl": remote}));
    let push = json!({"repoUrl": orders, "defaultBranch": "trunk", "protectDefaultBranch": false});
    let ran = world.ran("github:repo:push", &push).await;
    assert_eq!(ran.output()["remoteUrl"], remote);
    assert_eq!(github.files("acme/orders", "trunk").len(), 3);
    let ran = world
        .ran("github:branch-protection:create", &json!({"repoUrl": orders}))
        .await;
    ran.output();
    assert_eq!(
        github.repository("acme/orders").unwrap()["protection trunk"]["block_creations"],
        false
    );

    let apps = repo_url(&github, "apps");
    let hook = json!({"repoUrl": apps, "webhookUrl": "https://ci.example/hook", "webhookSecret": "shh-shh", "contentType": "json"});
    for expected in ["created successfully", "is there already"] {
        let ran = world.ran("github:webhook", &hook).await;
        ran.output();
        assert!(ran.messages.contains(expected), "{}", ran.messages);
    }
    let hooks = &github.repository("acme/apps").unwrap()["hooks"];
    assert_eq!(hooks.as_array().unwrap().len(), 1);
    assert_eq!(hooks[0]["config"]["content_type"], "json");
    assert_eq!(
        (&hooks[0]["events"], &hooks[0]["config"]["insecure_ssl"]),
        (&json!(["push"]), &json!("0"))
    );

    let dispatch = |workflow: &str| json!({"repoUrl": apps, "workflowId": workflow, "branchOrTagName": "main", "workflowInputs": {"team": "a"}});
    let ran = world.ran("github:actions:dispatch", &dispatch("build.yml")).await;
    ran.output();
    let ran = world.ran("github:actions:dispatch", &dispatch("none.yml")).await;
    assert!(
        ran.problem()
            .contains("The workflow none.yml of acme/apps cannot be begun on main")
    );
    let runs = &github.repository("acme/apps").unwrap()["runs"];
    assert_eq!(*runs, json!([{"ref": "main", "inputs": {"team": "a"}}]));

    let labels = json!({"repoUrl": apps, "number": 7, "labels": ["bug"]});
    let ran = world.ran("github:issues:label", &labels).await;
    process.end().await;
    ran.output();
    assert_eq!(
        github.repository("acme/apps").unwrap()["labels 7"],
        json!(["bug"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_gets_its_rules_variables_and_secrets() {
    let github = FakeGithub::start();
    github.add("acme/orders", &[("README.md", "# Orders")], true);
    let world = world(&github, github.token()).await;
    let process = world.process();
    let input = json!({
        "repoUrl": repo_url(&github, "orders"), "name": "production", "waitTimer": 5, "preventSelfReview": true,
        "deploymentBranchPolicy": {"protected_branches": false, "custom_branch_policies": true},
        "customBranchPolicyNames": ["release/*"], "customTagPolicyNames": ["v*"],
        "environmentVariables": {"REGION": "eu"}, "secrets": {"TOKEN": "hush"},
        "reviewers": ["user:default/hubot", "group:default/platform", "user:default/nobody"],
    });
    for attempt in ["first", "again"] {
        let ran = world.ran("github:environment:create", &input).await;
        ran.output();
        let told = "User not found: The user nobody cannot be looked up";
        assert!(ran.messages.contains(told), "{attempt}: {}", ran.messages);
        assert!(!ran.messages.contains("hush"), "{attempt}: {}", ran.messages);
    }
    process.end().await;
    let made = github.repository("acme/orders").unwrap();
    let rules = &made["environment production"];
    assert_eq!(
        (&rules["wait_timer"], &rules["prevent_self_review"]),
        (&json!(5), &json!(true))
    );
    assert_eq!(rules["deployment_branch_policy"]["custom_branch_policies"], true);
    let reviewers = json!([{"type": "User", "id": 12}, {"type": "Team", "id": 21}]);
    assert_eq!(rules["reviewers"], reviewers);
    let policies = json!([{"name": "release/*", "type": "branch"}, {"name": "v*", "type": "tag"}]);
    assert_eq!(made["policies production"], policies);
    assert_eq!(made["variable production REGION"], "eu");
    assert_eq!(made["secret production TOKEN"], "hush");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deploy_key_leaves_its_private_half_as_a_secret() {
    let github = FakeGithub::start();
    github.add("acme/orders", &[("README.md", "# Orders")], true);
    let world = world(&github, github.token()).await;
    let process = world.process();
    let input = json!({
        "repoUrl": repo_url(&github, "orders"), "publicKey": "ssh-ed25519 AAAA ines@host", "privateKey": "the private half",
        "deployKeyName": "Push Tags",
    });
    for _ in 0..2 {
        let ran = world.ran("github:deployKey:create", &input).await;
        assert_eq!(ran.output()["privateKeySecretName"], "PUSH_TAGS_PRIVATE_KEY");
    }
    process.end().await;
    let made = github.repository("acme/orders").unwrap();
    let keys = json!([{"title": "Push Tags", "key": "ssh-ed25519 AAAA ines@host"}]);
    assert_eq!(made["keys"], keys);
    assert_eq!(made["secret PUSH_TAGS_PRIVATE_KEY"], "the private half");
}
