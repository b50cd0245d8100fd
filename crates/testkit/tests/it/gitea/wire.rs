//! Git's own program against the server in memory.

use std::path::Path;
use std::process::{Command, Output};

use testkit::FakeGitea;
use testkit::gitea::{Change, Repository, Settings};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .current_dir(folder)
        .args([
            "-c",
            "user.name=Ines",
            "-c",
            "user.email=ines@example.com",
            "-c",
            "credential.helper=",
        ])
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is installed")
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let ran = run(folder, arguments);
    assert!(
        ran.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let ran = run(folder, arguments);
    assert!(!ran.status.success(), "{arguments:?}");
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

fn address(fake: &FakeGitea, token: &str, repository: &str) -> String {
    fake.url().replace("http://", &format!("http://token:{token}@")) + &format!("/{repository}.git")
}

#[test]
fn what_is_cloned_changed_and_pushed_is_there() {
    let fake = FakeGitea::with(Settings {
        sub_path: "/git".to_owned(),
        ..Settings::default()
    });
    fake.repository(
        Repository::new("shop/cart")
            .first(|first| {
                first
                    .file("a/b.txt", "b")
                    .executable("run", "#!/bin/sh\n")
                    .symlink("link", "a/b.txt")
            })
            .commit("main", Change::new("Second").file("c.txt", "c")),
    );
    let folder = tempfile::tempdir().unwrap();
    let at = address(&fake, fake.token(), "shop/cart");
    git(folder.path(), &["clone", "-q", &at, "cart"]);
    let cart = folder.path().join("cart");
    git(&cart, &["fsck", "--strict"]);
    let head = fake.edit("shop/cart", |one| one.head("main").unwrap().to_owned());
    assert_eq!(git(&cart, &["rev-parse", "HEAD"]).trim(), head);
    std::fs::write(cart.join("d.txt"), "d").unwrap();
    git(&cart, &["checkout", "-q", "-b", "feature/d"]);
    git(&cart, &["add", "."]);
    git(&cart, &["commit", "-q", "-m", "Add d"]);
    git(&cart, &["push", "-q", "origin", "feature/d"]);
    let pushed = fake.edit("shop/cart", |one| one.head("feature/d").unwrap().to_owned());
    assert_eq!(git(&cart, &["rev-parse", "HEAD"]).trim(), pushed);
    // What is done from inside afterwards builds on it.
    fake.push("shop/cart", "feature/d", Change::new("More").file("e.txt", "e"));
    git(&cart, &["pull", "-q", "--ff-only", "origin", "feature/d"]);
    assert_eq!(
        git(&cart, &["ls-files"]),
        "a/b.txt\nc.txt\nd.txt\ne.txt\nlink\nrun\n"
    );
}

#[test]
fn rights_count_and_tokens_of_the_api_do_not() {
    let fake = FakeGitea::start();
    fake.user("jane");
    fake.add_token("jane-token", "jane", &["write:repository"]);
    fake.add_token("reading", "portal-admin", &["read:repository"]);
    fake.repository(Repository::new("shop/cart").file("a", "a"));
    fake.repository(Repository::new("shop/secret").file("a", "a").private());
    let folder = tempfile::tempdir().unwrap();
    let list = |at: &str| run(folder.path(), &["ls-remote", at]).status.success();
    assert!(
        list(&format!("{}/shop/cart.git", fake.url())),
        "public ones need no sign-in"
    );
    assert!(!list(&format!("{}/shop/secret.git", fake.url())));
    assert!(!list(&address(&fake, "jane-token", "shop/secret")));
    assert!(list(&address(&fake, "reading", "shop/secret")));
    let header = format!("http.extraHeader=Authorization: token {}", fake.token());
    let said = refused(
        folder.path(),
        &[
            "-c",
            &header,
            "ls-remote",
            &format!("{}/shop/secret.git", fake.url()),
        ],
    );
    assert!(
        said.contains("Authentication failed") || said.contains("could not read"),
        "{said}"
    );
    git(
        folder.path(),
        &["clone", "-q", &address(&fake, "reading", "shop/cart"), "cart"],
    );
    let cart = folder.path().join("cart");
    for (token, words) in [("jane-token", "403"), ("reading", "403")] {
        let said = refused(
            &cart,
            &["push", &address(&fake, token, "shop/cart"), "HEAD:other"],
        );
        assert!(said.contains(words), "{said}");
    }
}
