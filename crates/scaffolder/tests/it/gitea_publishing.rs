//! `publish:gitea`, `gitea:repo:create` and `gitea:repo:push`, at a server that speaks Git.

use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Account, Kind, Repository, Trouble};

use crate::acting::Acting;

fn place(gitea: &FakeGitea, query: &str) -> String {
    format!("{}?{query}", gitea.host())
}

fn head(gitea: &FakeGitea, repository: &str, branch: &str) -> String {
    gitea.edit(repository, |one| one.head(branch).unwrap_or_default().to_owned())
}

fn makings(gitea: &FakeGitea) -> usize {
    [
        "/orgs/{org}/repos",
        "/user/repos",
        "/admin/users/{username}/repos",
    ]
    .iter()
    .map(|path| gitea.calls_of(&format!("POST {path}")))
    .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_users_and_defaults_own_what_is_published() {
    let gitea = FakeGitea::start();
    gitea.organization("shop");
    gitea.organization("platform");
    gitea.user("jane");
    gitea.add_token("jane-token", "jane", &["write:repository", "write:user"]);
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    let with_default = json!({"scaffolder": {"defaultOwner": "platform", "defaultVisibility": "private"}});
    let defaults = Acting::at(&gitea, gitea.token(), with_default).await;
    let jane = Acting::at(&gitea, "jane-token", json!({})).await;
    for (acting, query, full_name, private) in [
        (&acting, "owner=shop&repo=cart", "shop/cart", false),
        (&acting, "owner=jane&repo=cart", "jane/cart", false),
        (&acting, "repo=cart", "portal-admin/cart", false),
        (&defaults, "repo=cart", "platform/cart", true),
        (&jane, "repo=own", "jane/own", false),
    ] {
        let output = acting
            .run("publish:gitea", json!({"repoUrl": place(&gitea, query)}))
            .await
            .right();
        let commit = head(&gitea, full_name, "main");
        let page = format!("{}/{full_name}", gitea.url());
        assert_eq!(
            output,
            json!({
                "remoteUrl": format!("{page}.git"),
                "repoContentsUrl": format!("{page}/src/branch/main/"),
                "commitHash": commit,
            })
        );
        assert_eq!(gitea.edit(full_name, |one| one.private), private, "{full_name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_done_again_goes_on() {
    let gitea = FakeGitea::start();
    gitea.organization("shop");
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    let input = json!({"repoUrl": place(&gitea, "owner=shop&repo=cart")});
    // The repository is made, and the push fails.
    gitea.trouble(Trouble::with("POST /shop/cart.git/git-receive-pack", Kind::Empty(502)).times(1));
    let failed = acting.run("publish:gitea", input.clone()).await;
    assert!(failed.wrong().contains("502"));
    let first = acting.run("publish:gitea", input.clone()).await.right();
    let second = acting.run("publish:gitea", input.clone()).await;
    assert!(second.log.contains("was pushed before"), "{}", second.log);
    assert_eq!(second.right(), first);
    assert_eq!(makings(&gitea), 1);
    // Other content is another commit, and somebody else's.
    acting.write("README.md", "# Others\n");
    let refused = acting.run("publish:gitea", input).await.wrong();
    assert!(
        refused.contains("has commits already that this task did not make; choose another name"),
        "{refused}"
    );
    assert_eq!(head(&gitea, "shop/cart", "main"), first["commitHash"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_branch_takes_no_pushes() {
    let gitea = FakeGitea::start();
    gitea.organization("shop");
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    let input = json!({
        "repoUrl": place(&gitea, "owner=shop&repo=cart"), "defaultBranch": "trunk", "protectDefaultBranch": true,
        "requiredApprovingReviewCount": 2, "requiredStatusCheckContexts": ["test*"],
    });
    for _ in 0..2 {
        let output = acting.run("publish:gitea", input.clone()).await.right();
        assert!(
            output["repoContentsUrl"]
                .as_str()
                .unwrap()
                .ends_with("/src/branch/trunk/")
        );
    }
    let rules = gitea.rules("shop/cart");
    assert_eq!(rules.len(), 1);
    for (field, value) in [
        ("rule_name", json!("trunk")),
        ("enable_push", json!(false)),
        ("required_approvals", json!(2)),
        ("enable_status_check", json!(true)),
        ("status_check_contexts", json!(["test*"])),
        ("block_on_outdated_branch", json!(true)),
        ("block_admin_merge_override", json!(true)),
    ] {
        assert_eq!(rules[0][field], value, "{field}");
    }
    // The server holds to it, and its words reach the author of the template.
    let git = json!({
        "remoteUrl": format!("{}/shop/cart.git", gitea.url()), "branchName": "trunk", "targetBranchName": "other", "update": true,
    });
    gitea.branch("shop/cart", "other");
    acting.write("more.txt", "more");
    let refused = acting.run("publish:git", git).await.wrong();
    assert!(
        refused.contains("(Not allowed to push to protected branch trunk)"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_created_once_with_its_settings() {
    let gitea = FakeGitea::start();
    gitea.organization("shop");
    gitea.user("jane");
    gitea.team("shop", "platform", &[]);
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    let input = json!({
        "repoUrl": place(&gitea, "owner=shop&repo=cart"), "description": "A cart", "repoVisibility": "private",
        "homepage": "https://cart.example", "topics": ["rust", "web"], "hasWiki": false, "deleteBranchOnMerge": true,
        "collaborators": [{"user": "jane", "access": "admin"}, {"team": "platform"}],
    });
    gitea.trouble(Trouble::with("PUT /repos/shop/cart/topics", Kind::Empty(500)).times(1));
    let failed = acting.run("gitea:repo:create", input.clone()).await;
    let checkpoint = failed.checkpoint.clone();
    assert!(failed.wrong().contains("topics of shop/cart"));
    for _ in 0..2 {
        let output = acting
            .again("gitea:repo:create", input.clone(), &checkpoint)
            .await
            .right();
        assert_eq!(output["remoteUrl"], format!("{}/shop/cart.git", gitea.url()));
    }
    assert_eq!(makings(&gitea), 1);
    let (private, topics, website) = gitea.edit("shop/cart", |one| {
        (one.private, one.topics.clone(), one.website.clone())
    });
    assert_eq!(
        (private, topics, website.as_str()),
        (true, vec!["rust".into(), "web".into()], "https://cart.example")
    );
    assert_eq!(gitea.collaborator("shop/cart", "jane").as_deref(), Some("admin"));
    let edits = gitea
        .requests()
        .into_iter()
        .filter(|request| request.route.starts_with("PATCH /repos/"));
    let edit: Value = serde_json::from_slice(&edits.last().unwrap().body).unwrap();
    assert_eq!(
        (&edit["has_wiki"], &edit["default_delete_branch_after_merge"]),
        (&json!(false), &json!(true))
    );
    // Another task finds it taken.
    let refused = acting.run("gitea:repo:create", input).await.wrong();
    assert!(
        refused.contains("shop/cart is there already; choose another name"),
        "{refused}"
    );
    // It is empty, and is pushed to.
    let push = json!({"repoUrl": place(&gitea, "owner=shop&repo=cart"), "sourcePath": "src"});
    let output = acting.run("gitea:repo:push", push).await.right();
    assert_eq!(output["commitHash"], head(&gitea, "shop/cart", "main"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_published_says_why() {
    let gitea = FakeGitea::start();
    gitea.organization("shop");
    gitea.account(Account::user("jane"));
    gitea.add_token(
        "weak",
        "jane",
        &["read:repository", "read:organization", "read:user"],
    );
    gitea.repository(Repository::new("shop/old").file("README.md", "old").archived());
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    let weak = Acting::at(&gitea, "weak", json!({})).await;
    for (acting, action, query, expected) in [
        (
            &acting,
            "publish:gitea",
            "owner=nobody&repo=x",
            "has no organisation or user nobody",
        ),
        (
            &acting,
            "publish:gitea",
            "owner=shop&repo=a%20b",
            "is no name of a repository",
        ),
        (
            &acting,
            "gitea:repo:push",
            "owner=shop&repo=none",
            "has no repository shop/none",
        ),
        (&acting, "gitea:repo:push", "owner=shop&repo=old", "archived"),
        (
            &weak,
            "publish:gitea",
            "owner=jane&repo=x",
            "the token lacks a scope",
        ),
    ] {
        let refused = acting
            .run(action, json!({"repoUrl": place(&gitea, query)}))
            .await
            .wrong();
        assert!(refused.contains(expected), "{action} {query}: {refused}");
    }
    // The token of a step counts in place of the integration's.
    let input = json!({"repoUrl": place(&gitea, "repo=x"), "token": gitea.token()});
    let output = weak.run("publish:gitea", input).await.right();
    assert_eq!(output["commitHash"], head(&gitea, "portal-admin/x", "main"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_calls_nobody() {
    let gitea = FakeGitea::start();
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    let repository = place(&gitea, "owner=shop&repo=cart");
    for (action, input, expected) in [
        (
            "publish:gitea",
            json!({"repoVisibility": "private", "protectDefaultBranch": true}),
            "make the private repository shop/cart and push 3 file(s) to main, and protect main",
        ),
        (
            "gitea:repo:create",
            json!({}),
            "make the public repository shop/cart",
        ),
        (
            "gitea:repo:push",
            json!({"sourcePath": "src"}),
            "push 1 file(s) to main of shop/cart",
        ),
        (
            "gitea:webhook",
            json!({"webhookUrl": "https://ci.example/hook"}),
            "make a webhook of shop/cart that sends push to https://ci.example/hook",
        ),
        (
            "gitea:branch-protection",
            json!({"branch": "release/*"}),
            "protect release/* of shop/cart",
        ),
        (
            "gitea:actions:secret",
            json!({"secretName": "key", "secretValue": "hush"}),
            "set the secret KEY of shop/cart",
        ),
        (
            "publish:gitea:pull-request",
            json!({"branchName": "add", "title": "Add", "description": ""}),
            "push 3 file(s) to the branch add of shop/cart and open the pull request \"Add\"",
        ),
    ] {
        let mut input = input;
        input["repoUrl"] = repository.clone().into();
        let acted = acting.dry(action, input.clone()).await;
        assert!(acted.log.contains(expected), "{action}: {}", acted.log);
        assert!(
            !acted.log.contains("hush") && !acted.log.contains("would fail"),
            "{}",
            acted.log
        );
        acted.right();
        // A host without integration is no reason to stop a dry run, and is told.
        input["repoUrl"] = json!("gitea.elsewhere.example?owner=shop&repo=cart");
        let acted = acting.dry(action, input.clone()).await;
        assert!(
            acted.log.contains(
                "would fail: No matching integration configuration for host gitea.elsewhere.example"
            ),
            "{}",
            acted.log
        );
        acted.right();
        input["repoUrl"] = json!("gitea.elsewhere.example");
        assert!(acting.dry(action, input).await.wrong().contains("missing repo"));
    }
    let wrong = json!({"repoUrl": repository, "defaultBranch": "a..b"});
    assert!(
        acting
            .dry("publish:gitea", wrong)
            .await
            .wrong()
            .contains("is no name of a branch")
    );
    assert_eq!(gitea.calls_in_all(), 0);
}
