//! The traps of the server in memory, one by one.

use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Account, Change, Kind, Repository, Run, Settings, Trouble};

use super::client::{self, Answer};

/// Asks with the administrator's token, another one, or none (an empty text).
async fn ask(fake: &FakeGitea, token: &str, path: &str) -> Answer {
    let authorization = format!("token {token}");
    let headers = [("authorization", authorization.as_str())];
    let headers = if token.is_empty() {
        &headers[..0]
    } else {
        &headers[..]
    };
    let url = format!("{}/api/v1{path}", fake.url());
    client::send("GET", &url, headers, "").await.expect("an answer")
}

pub(super) async fn get(fake: &FakeGitea, path: &str) -> Answer {
    ask(fake, fake.token(), path).await
}

#[tokio::test]
async fn pages_are_cut_and_links_lead_to_the_public_address() {
    let fake = FakeGitea::many(120, 0);
    let all = get(&fake, "/repos/search?sort=id&limit=100").await;
    assert_eq!(all.json()["data"].as_array().map(Vec::len), Some(50));
    assert_eq!(all.header("x-total-count"), "120");
    let plain = get(&fake, "/orgs/org-000/repos").await;
    assert_eq!(plain.json().as_array().map(Vec::len), Some(30));
    fake.set(|settings| settings.root_url = Some("https://git.example.com/".to_owned()));
    let last = get(&fake, "/repos/search?sort=id&limit=100&page=3").await;
    let link = last.header("link");
    assert_eq!(last.json()["data"].as_array().map(Vec::len), Some(20));
    assert!(
        link.contains(
            "<https://git.example.com/api/v1/repos/search?limit=100&page=1&sort=id>; rel=\"first\""
        ),
        "{link}"
    );
    assert!(!link.contains("next"), "{link}");
    fake.set(|settings| settings.max_response_items = 10);
    assert_eq!(
        get(&fake, "/orgs/org-000/repos")
            .await
            .json()
            .as_array()
            .map(Vec::len),
        Some(10)
    );
}

#[tokio::test]
async fn trouble_comes_as_it_was_laid() {
    let fake = FakeGitea::start();
    let kinds = [
        (Kind::SignInPage, 200, "<!DOCTYPE html>"),
        (Kind::ProxyPage(502), 502, "<html>"),
        (Kind::Fault(409, "no".to_owned()), 409, "{\"message\":\"no\""),
        (Kind::Empty(404), 404, ""),
        (
            Kind::MissingScope("read:user".to_owned()),
            403,
            "{\"message\":\"token does not have at least one of",
        ),
        (Kind::TooMany(Some(7)), 429, "<html>"),
        (Kind::ServerError, 500, "{\"message\":\"\""),
        (Kind::Redirect(307, "http://127.0.0.1:9/".to_owned()), 307, ""),
        (
            Kind::Body(413, "text/plain".to_owned(), "quota".to_owned()),
            413,
            "quota",
        ),
    ];
    for (kind, status, start) in kinds {
        fake.calm();
        fake.trouble(Trouble::with("GET /version", kind.clone()));
        let answer = get(&fake, "/version").await;
        assert_eq!(answer.status, status, "{kind:?}");
        assert!(answer.text().starts_with(start), "{kind:?}: {}", answer.text());
        let seconds = if status == 429 { "7" } else { "" };
        assert_eq!(answer.header("retry-after"), seconds);
    }
}

#[tokio::test]
async fn trouble_waits_and_ends() {
    let fake = FakeGitea::start();
    fake.trouble(Trouble::with("/version", Kind::Empty(503)).after(1).times(1));
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(get(&fake, "/version").await.status);
    }
    assert_eq!(seen, [200, 503, 200]);
    fake.trouble(Trouble::with("/version", Kind::Slow(Duration::from_millis(150))));
    let start = Instant::now();
    assert_eq!(get(&fake, "/version").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(150));
    fake.calm();
    fake.trouble(Trouble::with("", Kind::Half));
    let url = format!("{}/api/v1/version", fake.url());
    let broken = client::send("GET", &url, &[], "").await;
    assert!(broken.is_err(), "{broken:?}");
}

#[tokio::test]
async fn routes_come_with_their_version() {
    let fake = FakeGitea::start();
    fake.repository(Repository::new("shop/cart").file(".gitea/workflows/build.yaml", "on: push\n"));
    let id = fake.run("shop/cart", Run::new("build.yaml", "main", "success"));
    for (version, there) in [
        ("1.21.11", [false, false, false]),
        ("1.23.8", [true, false, false]),
        ("1.24.6", [true, true, false]),
        ("1.25.3", [true, true, true]),
        ("11.0.1+gitea-1.22.0", [true, false, false]),
    ] {
        fake.set(|settings| version.clone_into(&mut settings.version));
        assert_eq!(get(&fake, "/version").await.json(), json!({ "version": version }));
        for (path, there) in ["tasks", "workflows", "runs"].into_iter().zip(there) {
            let answer = get(&fake, &format!("/repos/shop/cart/actions/{path}")).await;
            assert_eq!(answer.status, if there { 200 } else { 404 }, "{version} {path}");
            let count = &answer.json()["total_count"];
            assert_eq!(
                *count,
                if there { json!(1) } else { Value::Null },
                "{version} {path}"
            );
        }
    }
    fake.set(|settings| "1.25.3".clone_into(&mut settings.version));
    let jobs = get(&fake, &format!("/repos/shop/cart/actions/runs/{id}/jobs"))
        .await
        .json();
    assert_eq!(jobs["jobs"][0]["conclusion"], "success");
    // The number that people see is another one, and leads to nothing without an error.
    let none = get(&fake, "/repos/shop/cart/actions/runs/1/jobs").await;
    assert_eq!(
        (none.status, none.json()),
        (200, json!({ "jobs": [], "total_count": 0 }))
    );
    assert_eq!(
        get(&fake, "/repos/shop/cart/actions/runs").await.json()["workflow_runs"][0]["run_number"],
        1
    );
}

#[tokio::test]
async fn older_versions_know_fewer_fields() {
    let fake = FakeGitea::with(Settings::version("1.22.6"));
    fake.repository(Repository::new("shop/cart").topics(&["web"]));
    let repository = get(&fake, "/repos/shop/cart").await.json();
    assert_eq!(repository["topics"], Value::Null);
    assert_eq!(repository["object_format_name"], "sha1");
    let missing = get(&fake, "/repos/shop/none").await.json();
    assert_eq!(missing["message"], "The target couldn't be found.");
}

#[tokio::test]
async fn files_are_of_every_kind() {
    let fake = FakeGitea::start();
    let first = |change: Change| {
        let change = change
            .lfs("big.bin", *b"the large content")
            .symlink("link", "README.md");
        change
            .submodule("sub", "https://git.example.com/a/b.git")
            .executable("run.sh", "#!/bin/sh\n")
    };
    fake.repository(
        Repository::new("shop/cart")
            .file("README.md", "# Cart, a long text\n")
            .first(first),
    );
    fake.set(|settings| settings.max_blob_size = 10);
    let contents = |path: &'static str| {
        let fake = &fake;
        async move {
            get(fake, &format!("/repos/shop/cart/contents/{path}"))
                .await
                .json()
        }
    };
    let large = contents("README.md").await;
    assert_eq!(
        (&large["content"], &large["encoding"], &large["size"]),
        (&Value::Null, &Value::Null, &json!(20))
    );
    let link = contents("link").await;
    assert_eq!(
        (&link["type"], &link["target"]),
        (&json!("symlink"), &json!("README.md"))
    );
    let sub = contents("sub").await;
    assert_eq!(
        (&sub["type"], &sub["html_url"]),
        (&json!("submodule"), &Value::Null)
    );
    assert_eq!(sub["submodule_git_url"], "https://git.example.com/a/b.git");
    let pointer = get(&fake, "/repos/shop/cart/raw/big.bin").await.text();
    assert!(
        pointer.starts_with("version https://git-lfs.github.com/spec/v1\noid sha256:"),
        "{pointer}"
    );
    assert_eq!(
        get(&fake, "/repos/shop/cart/media/big.bin").await.text(),
        "the large content"
    );
    fake.set(|settings| settings.large_files_at = Some("http://127.0.0.1:9/lfs".to_owned()));
    assert_eq!(get(&fake, "/repos/shop/cart/media/big.bin").await.status, 302);
    let tree = get(&fake, "/repos/shop/cart/git/trees/main").await.json();
    let kinds = tree["tree"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| format!("{} {}", row["mode"], row["type"]));
    let expected = [
        "100644 blob",
        "100644 blob",
        "120000 blob",
        "100755 blob",
        "160000 commit",
    ];
    assert_eq!(
        kinds.map(|kind| kind.replace('"', "")).collect::<Vec<_>>(),
        expected
    );
}

#[tokio::test]
async fn archives_have_one_folder_and_say_their_commit() {
    let fake = FakeGitea::start();
    fake.repository(
        Repository::new("Shop/Cart")
            .default_branch("trunk")
            .file("docs/a.md", "a"),
    );
    let push = fake.push("Shop/Cart", "feature/x", Change::new("More").file("b.txt", "b"));
    let answer = get(&fake, "/repos/Shop/Cart/archive/feature/x.tar.gz").await;
    let link = answer.header("link");
    assert!(
        link.ends_with(&format!("?rev={}>; rel=\"immutable\"", push.after)),
        "{link}"
    );
    assert_eq!(answer.header("etag"), "");
    let mut archive = tar::Archive::new(GzDecoder::new(&answer.bytes[..]));
    let entries = archive
        .entries()
        .expect("an archive")
        .map(|entry| entry.expect("an entry"));
    let paths = entries.map(|entry| entry.path().expect("a path").display().to_string());
    let paths: Vec<String> = paths.filter(|path| path != "pax_global_header").collect();
    assert_eq!(paths, ["cart/", "cart/docs/", "cart/b.txt", "cart/docs/a.md"]);
    fake.set(|settings| settings.archives_at = Some("http://127.0.0.1:9/archives".to_owned()));
    assert_eq!(fake.archive("Shop/Cart", "feature/x"), answer.bytes);
    let moved = get(&fake, "/repos/Shop/Cart/archive/trunk.tar.gz").await;
    assert_eq!(moved.status, 302);
    assert!(
        moved
            .header("location")
            .starts_with("http://127.0.0.1:9/archives/Shop/Cart/")
    );
}

#[tokio::test]
async fn what_somebody_may_not_see_is_not_there() {
    let fake = FakeGitea::start();
    fake.user("ada");
    fake.user("eve");
    fake.repository(Repository::new("shop/cart").file("a", "b"));
    fake.repository(Repository::new("shop/vault").private().file("a", "b"));
    fake.account(Account::organization("hidden").visibility("private"));
    fake.repository(Repository::new("hidden/plan").file("a", "b"));
    fake.team("shop", "cart-team", &["ada"]);
    fake.add_token("ada-reads", "ada", &["read:repository", "read:organization"]);
    fake.add_token("eve-reads", "eve", &["read:repository"]);
    fake.add_token("eve-nothing", "eve", &[]);
    let mut found = Vec::new();
    for token in ["", "ada-reads", "eve-reads", "eve-nothing", "wrong"] {
        let mut seen = Vec::new();
        for path in [
            "/repos/shop/cart",
            "/repos/shop/vault",
            "/repos/hidden/plan",
            "/orgs/shop/teams",
        ] {
            seen.push(ask(&fake, token, path).await.status);
        }
        let all = ask(&fake, token, "/repos/search").await;
        found.push((token, seen, all.header("x-total-count").to_owned()));
    }
    let text = |text: &str| text.to_owned();
    assert_eq!(
        found,
        [
            ("", vec![200, 404, 404, 401], text("1")),
            ("ada-reads", vec![200, 200, 404, 200], text("2")),
            ("eve-reads", vec![200, 404, 404, 403], text("1")),
            ("eve-nothing", vec![403, 403, 403, 403], text("")),
            ("wrong", vec![401, 401, 401, 401], text("")),
        ]
    );
    fake.set(|settings| settings.require_sign_in = true);
    assert_eq!(ask(&fake, "", "/repos/shop/cart").await.status, 403);
    fake.edit_account("ada", |ada| ada.active = false);
    assert_eq!(ask(&fake, "ada-reads", "/repos/shop/cart").await.status, 401);
}

#[tokio::test]
async fn repositories_move_and_keep_their_number() {
    let fake = FakeGitea::with(Settings {
        sub_path: "/git".to_owned(),
        ..Settings::default()
    });
    let id = fake.repository(Repository::new("shop/cart").file("a", "b"));
    let first = get(&fake, "/repos/shop/cart").await.json();
    fake.rename("shop/cart", "basket");
    fake.transfer("shop/basket", "portal-admin");
    let old = get(&fake, "/repos/shop/cart/contents/a?ref=main").await;
    assert_eq!(old.status, 301);
    assert_eq!(
        old.header("location"),
        "/git/api/v1/repos/portal-admin/basket/contents/a?ref=main"
    );
    let now = get(&fake, &format!("/repositories/{id}")).await.json();
    assert_eq!(now["full_name"], "portal-admin/basket");
    assert_eq!(now["html_url"], format!("{}/portal-admin/basket", fake.url()));
    // The old name may be given away.
    let new = fake.repository(Repository::new("shop/cart"));
    assert_eq!(get(&fake, "/repos/shop/cart").await.json()["id"], new);
    fake.edit("portal-admin/basket", |one| one.archived = true);
    assert_eq!(
        get(&fake, "/repos/portal-admin/basket").await.json()["archived"],
        true
    );
    // Of all this the moment of the last update says nothing.
    let moment = get(&fake, "/repos/portal-admin/basket").await.json()["updated_at"].clone();
    assert_eq!(moment, first["updated_at"]);
    fake.edit("portal-admin/basket", |one| one.topics.push("web".to_owned()));
    assert_ne!(
        get(&fake, "/repos/portal-admin/basket").await.json()["updated_at"],
        moment
    );
    fake.delete("portal-admin/basket");
    assert_eq!(get(&fake, &format!("/repositories/{id}")).await.status, 404);
}

#[tokio::test]
async fn search_knows_its_filters() {
    let fake = FakeGitea::start();
    fake.repository(Repository::new("b/two").topics(&["web"]).file("a", "b"));
    fake.repository(Repository::new("a/one").archived().file("a", "b"));
    fake.repository(
        Repository::new("a/three")
            .private()
            .mirror()
            .description("the web of it"),
    );
    fake.repository(Repository::new("a/four").fork_of("b/two"));
    let owner = get(&fake, "/orgs/a").await.json()["id"].to_string();
    for (query, expected) in [
        ("", "four one three two"),
        ("sort=id", "two one three four"),
        ("sort=id&order=desc", "four three one two"),
        ("order=desc", "four one three two"),
        ("archived=true", "one"),
        ("archived=false&sort=id", "two three four"),
        ("is_private=true", "three"),
        ("private=false&sort=id", "two one four"),
        ("mode=fork", "four"),
        ("mode=mirror", "three"),
        ("mode=source&sort=id", "two one"),
        ("q=web", "two"),
        ("q=web&topic=true", "two"),
        ("q=web&includeDesc=true&sort=id", "two three"),
        ("q=O&sort=id", "two one four"),
        (&format!("uid={owner}&sort=id"), "one three four"),
        ("uid=9999", ""),
    ] {
        let answer = get(&fake, &format!("/repos/search?{query}")).await.json();
        let names = answer["data"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one["name"].as_str());
        assert_eq!(names.collect::<Vec<_>>().join(" "), expected, "{query}");
    }
    assert_eq!(get(&fake, "/repos/search?mode=odd").await.status, 422);
    let fork = get(&fake, "/repos/a/four").await.json();
    assert_eq!(
        (&fork["empty"], &fork["parent"]["full_name"]),
        (&json!(true), &json!("b/two"))
    );
}
