//! Webhooks, rules of branches and secrets of repositories.

use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Repository, Settings};

use crate::acting::Acting;

fn shop(version: &str) -> FakeGitea {
    let gitea = FakeGitea::with(Settings::version(version));
    gitea.repository(Repository::new("shop/cart").file("README.md", "# Cart\n"));
    gitea
}

fn input(gitea: &FakeGitea, more: Value) -> Value {
    let mut input = more;
    input["repoUrl"] = format!("{}?owner=shop&repo=cart", gitea.host()).into();
    input
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_one_webhook_for_an_address() {
    let gitea = shop("1.25.3");
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    let url = "https://ci.example/hook";
    let more =
        json!({"webhookUrl": url, "webhookSecret": "hush", "events": ["push", "pull_request", "moon"]});
    let acted = acting.run("gitea:webhook", input(&gitea, more.clone())).await;
    assert!(
        acted.log.contains("does not know the events moon"),
        "{}",
        acted.log
    );
    let checkpoint = acted.checkpoint.clone();
    acted.right();
    let [hook] = &gitea.hooks()[..] else {
        panic!("one webhook")
    };
    assert_eq!(
        (
            hook.url.as_str(),
            hook.secret.as_str(),
            hook.content_type.as_str()
        ),
        (url, "hush", "json")
    );
    assert_eq!((hook.active, hook.branch_filter.as_str()), (true, "*"));
    assert_eq!(hook.events, ["push", "pull_request"]);
    let first = hook.id;
    // The same step again, and one of another task with another secret.
    acting
        .again("gitea:webhook", input(&gitea, more), &checkpoint)
        .await
        .right();
    assert_eq!(gitea.hooks().len(), 1);
    let other = json!({"webhookUrl": url, "webhookSecret": "other", "active": false, "contentType": "form"});
    acting.run("gitea:webhook", input(&gitea, other)).await.right();
    let [hook] = &gitea.hooks()[..] else {
        panic!("one webhook")
    };
    assert_eq!(
        (hook.secret.as_str(), hook.active, hook.content_type.as_str()),
        ("other", false, "form")
    );
    assert_ne!(hook.id, first);
    // Without a secret the webhook that is there is changed.
    let plain = json!({"webhookUrl": url, "events": ["*"], "branchFilter": "main"});
    acting.run("gitea:webhook", input(&gitea, plain)).await.right();
    let [changed] = &gitea.hooks()[..] else {
        panic!("one webhook")
    };
    assert_eq!((changed.id, changed.branch_filter.as_str()), (hook.id, "main"));
    assert!(
        changed.events.contains(&"release".to_owned()),
        "{:?}",
        changed.events
    );
    let wrong = json!({"webhookUrl": "ci.example"});
    assert!(
        acting
            .run("gitea:webhook", input(&gitea, wrong))
            .await
            .wrong()
            .contains("webhookUrl is no address")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_made_once_and_what_a_version_lacks_is_told() {
    let gitea = shop("1.22.6");
    gitea.user("jane");
    gitea.team("shop", "release", &[]);
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    let acted = acting
        .run("gitea:branch-protection", input(&gitea, json!({})))
        .await;
    assert!(
        acted
            .log
            .contains("The version 1.22.6 of the server does not know block_admin_merge_override"),
        "{}",
        acted.log
    );
    acted.right();
    let more = json!({
        "branch": "release/**", "requiredApprovingReviewCount": 0, "enforceAdmins": false, "requireCodeOwnerReviews": true,
        "requiredCommitSigning": true, "dismissStaleReviews": true, "restrictions": {"users": ["jane"], "teams": ["release"]},
    });
    for _ in 0..2 {
        let acted = acting
            .run("gitea:branch-protection", input(&gitea, more.clone()))
            .await;
        assert!(!acted.log.contains("does not know"), "{}", acted.log);
        acted.right();
    }
    let rules = gitea.rules("shop/cart");
    let names: Vec<_> = rules.iter().map(|rule| rule["rule_name"].clone()).collect();
    assert_eq!(names, ["main", "release/**"]);
    assert_eq!(
        (&rules[0]["required_approvals"], &rules[0]["enable_push"]),
        (&json!(1), &json!(false))
    );
    for field in [
        "enable_push",
        "enable_push_whitelist",
        "block_on_official_review_requests",
        "require_signed_commits",
        "dismiss_stale_approvals",
    ] {
        assert_eq!(rules[1][field], true, "{field}");
    }
    assert_eq!(rules[1]["push_whitelist_usernames"], json!(["jane"]));
    let unknown = json!({"restrictions": {"users": ["nobody"]}});
    let refused = acting
        .run("gitea:branch-protection", input(&gitea, unknown))
        .await
        .wrong();
    assert!(refused.contains("user does not exist"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_set_and_shown_nowhere() {
    let gitea = shop("1.21.11");
    let acting = Acting::at(&gitea, gitea.token(), json!({})).await;
    for value in ["hush-hush", "other"] {
        let more = json!({"secretName": "registry_password", "secretValue": value});
        let acted = acting.run("gitea:actions:secret", input(&gitea, more)).await;
        assert!(!acted.log.contains(value), "{}", acted.log);
        acted.right();
        assert_eq!(
            gitea.secret("shop/cart", "REGISTRY_PASSWORD").as_deref(),
            Some(value)
        );
    }
    for (name, value, expected) in [
        (
            "gitea_token",
            "x",
            "names that begin with GITEA_ belong to the server",
        ),
        ("1x", "x", "/secretName"),
        ("key", "", "cannot be set to nothing"),
    ] {
        let more = json!({"secretName": name, "secretValue": value});
        let refused = acting
            .run("gitea:actions:secret", input(&gitea, more))
            .await
            .wrong();
        assert!(refused.contains(expected), "{name}: {refused}");
    }
    let old = shop("1.20.6");
    let acting = Acting::at(&old, old.token(), json!({})).await;
    let more = json!({"secretName": "key", "secretValue": "x"});
    let refused = acting
        .run("gitea:actions:secret", input(&old, more))
        .await
        .wrong();
    assert!(
        refused.contains("is Gitea 1.20.6, and secrets of Actions can be set from 1.21 on"),
        "{refused}"
    );
}
