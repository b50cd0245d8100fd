//! `publish:git`, at a plain Git server over HTTP.

use serde_json::{Value, json};
use testkit::GitServer;

use crate::acting::Acting;

async fn acting(server: &GitServer) -> Acting {
    Acting::with(json!({"backend": {"reading": {"allow": [{"host": server.host()}]}}})).await
}

fn log(server: &GitServer, branch: &str) -> String {
    server.git("orders.git", &["log", "--format=%an %s", branch])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_repository_gets_its_first_commit_once() {
    let server = GitServer::start();
    let address = server.repository("orders.git");
    let acting = acting(&server).await;
    let input = json!({"remoteUrl": address, "gitCommitMessage": "Begin", "gitAuthorName": "Ines"});
    let first = acting.run("publish:git", input.clone()).await.right();
    let head = server.git("orders.git", &["rev-parse", "main"]);
    assert_eq!(
        first,
        json!({"remoteUrl": address, "commitHash": head.trim(), "branchName": "main", "isFirstCommit": true})
    );
    assert_eq!(log(&server, "main"), "Ines Begin\n");
    assert_eq!(server.git("orders.git", &["fsck", "--strict"]), "");
    assert_eq!(acting.run("publish:git", input.clone()).await.right(), first);
    acting.write("README.md", "# Others\n");
    let refused = acting.run("publish:git", input).await.wrong();
    assert!(
        refused.contains("has commits already that this task did not make"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_with_commits_gets_a_new_branch() {
    // With and without the server's leave to leave contents out.
    for filter in ["true", "false"] {
        let server = GitServer::start();
        let address = server.repository("orders.git");
        server.git("orders.git", &["config", "uploadpack.allowFilter", filter]);
        let acting = acting(&server).await;
        acting
            .run("publish:git", json!({"remoteUrl": address}))
            .await
            .right();
        acting.write("README.md", "# Orders, again\n");
        let branch = json!({"remoteUrl": address, "branchName": "feature/again", "sourcePath": ".", "targetPath": "next"});
        let acted = acting.run("publish:git", branch.clone()).await;
        let checkpoint = acted.checkpoint.clone();
        let output = acted.right();
        assert_eq!(output["branchName"], "feature/again");
        let again = acting
            .again("publish:git", branch.clone(), &checkpoint)
            .await
            .right();
        assert_eq!(again, output);
        assert_eq!(log(&server, "feature/again").lines().count(), 2);
        let files = server.git("orders.git", &["ls-tree", "-r", "--name-only", "feature/again"]);
        assert_eq!(
            files,
            "README.md\nbin/run\nnext/README.md\nnext/bin/run\nnext/src/main.ts\nsrc/main.ts\n"
        );
        assert_eq!(server.git("orders.git", &["fsck", "--strict"]), "");
        // Another task adds to the branch only where it says so.
        acting.write("README.md", "# Orders, once more\n");
        let refused = acting.run("publish:git", branch.clone()).await.wrong();
        assert!(refused.contains("set update"), "{refused}");
        let mut update = branch;
        update["update"] = true.into();
        acting.run("publish:git", update).await.right();
        assert_eq!(log(&server, "feature/again").lines().count(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_sent_to_their_host_alone() {
    let server = GitServer::with_password("ines", "hush-hush");
    let address = server.repository("orders.git");
    let acting = acting(&server).await;
    let sign_in = |user: Option<&str>, token: Option<&str>| {
        let mut input = json!({"remoteUrl": address});
        for (key, value) in [("username", user), ("token", token)] {
            if let Some(value) = value {
                input[key] = value.into();
            }
        }
        input
    };
    for (input, expected) in [
        (
            sign_in(None, None),
            "it wants a sign-in: give the integration of the host a token, or the step the input token",
        ),
        (
            sign_in(Some("ines"), Some("guess")),
            "the token of the integration or of the step is wrong",
        ),
    ] {
        let acted = acting.run("publish:git", input).await;
        assert!(!acted.log.contains("guess"), "{}", acted.log);
        let refused = acted.wrong();
        assert!(
            refused.contains(expected) && !refused.contains("guess"),
            "{refused}"
        );
    }
    acting
        .run("publish:git", sign_in(Some("ines"), Some("hush-hush")))
        .await
        .right();
    let elsewhere = |address: &str| -> Value { json!({"remoteUrl": address, "token": "hush-hush"}) };
    for (address, expected) in [
        ("https://git.elsewhere.example/a.git", "The portal may not go to"),
        (
            "https://ines:hush-hush@git.example/a.git",
            "must not have credentials in it",
        ),
        ("ssh://git.example/a.git", "SSH is not supported"),
        (
            "http://github.com/o/r.git",
            "not https://, and the integration's credentials are not sent there",
        ),
        ("https://github.com", "names no repository"),
        ("orders", "is no URL"),
    ] {
        let refused = acting.run("publish:git", elsewhere(address)).await.wrong();
        assert!(
            refused.contains(expected) && !refused.contains("hush-hush"),
            "{address}: {refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_says_reaches_people() {
    use std::os::unix::fs::PermissionsExt;
    let server = GitServer::start();
    let address = server.repository("orders.git");
    let hook = server.path("orders.git").join("hooks/pre-receive");
    std::fs::write(&hook, "#!/bin/sh\necho 'commits need a ticket' >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let acting = acting(&server).await;
    let refused = acting
        .run("publish:git", json!({"remoteUrl": address}))
        .await
        .wrong();
    assert!(
        refused.contains("pre-receive hook declined") && refused.contains("commits need a ticket"),
        "{refused}"
    );
    let missing = format!("http://{}/none.git", server.host());
    let refused = acting
        .run("publish:git", json!({"remoteUrl": missing}))
        .await
        .wrong();
    assert!(refused.contains("there is no such repository"), "{refused}");
    let dry = acting
        .dry("publish:git", json!({"remoteUrl": missing, "branchName": "x"}))
        .await;
    assert!(dry.log.contains("would push 3 file(s) to x"), "{}", dry.log);
    let asked = server.asked().len();
    dry.right();
    assert_eq!(server.asked().len(), asked);
}
