//! The tab Code: what it shows, what it costs the server, and every way in which the server may not answer.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::json;
use testkit::FakeGitea;
use testkit::gitea::{Change, Kind, Release, Repository, Run, Settings, Trouble};

use crate::code_world::{Code, until_announced};

const SOON: Duration = Duration::from_secs(10);

fn filled(gitea: &FakeGitea) {
    gitea.repository(
        Repository::new("shop/orders")
            .description("Takes orders")
            .topics(&["checkout"])
            .language("Go", 900)
            .language("Python", 100)
            .file("README.md", "# Orders\n\nSee [the docs](docs/run.md).\n")
            .commit(
                "main",
                Change::new("orders: totals\n\nBecause.").file("a.go", "package a\n"),
            )
            .commit(
                "feature/cancel",
                Change::new("Cancel").file("b.go", "package b\n"),
            ),
    );
    gitea.issue("shop/orders", "Totals are rounded twice");
    gitea.pull("shop/orders", "feature/cancel", "Orders can be cancelled");
    gitea.release("shop/orders", Release::new("v1.2.0"));
    gitea.run("shop/orders", Run::new("build.yaml", "main", "failure"));
}

fn contains(tab: &str, texts: &[&str]) {
    for text in texts {
        assert!(tab.contains(text), "{text} is not in {tab}");
    }
}

/// The part of a name, as it stands in the tab.
fn part<'a>(tab: &'a str, name: &str) -> &'a str {
    let from = tab.find(&format!("id=\"repo-{name}\"")).unwrap();
    let rest = &tab[from..];
    let end = rest[1..].find("id=\"repo-").map_or(rest.len(), |end| end + 1);
    &rest[..end]
}

#[tokio::test]
async fn all_that_goes_on_is_shown_and_many_viewers_cost_one_call_each() {
    let gitea = FakeGitea::start();
    filled(&gitea);
    let code = Code::at(&gitea).await;
    assert_eq!(
        gitea.calls_in_all(),
        0,
        "nothing is asked for before somebody looks"
    );
    let entity = code.entity("shop/orders/src/branch/main/");
    let tab = code.whole(&entity).await;
    contains(part(&tab, "about"), &["Takes orders", "checkout"]);
    contains(part(&tab, "languages"), &["Go", "90.0 %", "10.0 %"]);
    contains(
        part(&tab, "issues"),
        &["Totals are rounded twice", "/shop/orders/issues/1\""],
    );
    contains(
        part(&tab, "pull-requests"),
        &["Orders can be cancelled", "/shop/orders/pulls/2\""],
    );
    contains(part(&tab, "releases"), &["v1.2.0", "latest"]);
    contains(
        part(&tab, "branches"),
        &["feature/cancel", "/src/branch/feature/cancel\"", "default"],
    );
    contains(part(&tab, "commits"), &["orders: totals", "CI: failing"]);
    contains(
        part(&tab, "readme"),
        &["/shop/orders/src/branch/main/docs/run.md"],
    );
    let before = gitea.calls();
    let again = join_all((0..20).map(|_| code.tab(&entity, "", SOON))).await;
    assert!(
        again
            .iter()
            .all(|tab| tab.as_ref().unwrap().contains("orders: totals"))
    );
    assert_eq!(gitea.calls(), before, "all viewers get the same answers");
    let lists = [
        "pulls",
        "issues",
        "releases",
        "branches",
        "commits",
        "languages",
        "actions/runs",
    ];
    for list in lists {
        assert_eq!(
            gitea.calls_of(&format!("GET /repos/{{owner}}/{{repo}}/{list}")),
            1,
            "{list}"
        );
    }
    contains(
        &code.card(&entity).await,
        &["failing", "orders: totals", "1 pull request", "1 issue", "v1.2.0"],
    );
    assert_eq!(gitea.calls(), before, "the card has them, too");
}

#[tokio::test]
async fn viewers_who_come_at_the_same_time_share_the_first_answers() {
    let gitea = FakeGitea::start();
    filled(&gitea);
    let code = Code::at(&gitea).await;
    let entity = code.entity("shop/orders");
    join_all((0..30).map(|_| code.tab(&entity, "", SOON))).await;
    code.whole(&entity).await;
    assert_eq!(gitea.calls_of("GET /repos/{owner}/{repo}/commits"), 1);
    assert_eq!(gitea.calls_of("GET /repos/{owner}/{repo}/pulls"), 1);
}

#[tokio::test]
async fn a_push_and_a_webhook_make_the_open_tab_anew() {
    let gitea = FakeGitea::start();
    filled(&gitea);
    let code = Code::at(&gitea).await;
    let entity = code.entity("shop/orders");
    code.whole(&entity).await;
    let mut announcements = code.store.announcements();
    gitea.push(
        "shop/orders",
        "main",
        Change::new("orders: newer").file("c.go", "x"),
    );
    assert!(
        !code.whole(&entity).await.contains("orders: newer"),
        "it is kept until the server says so"
    );
    let page = format!("{}/shop/orders", gitea.url());
    code.event(json!({"repository": page, "name": "main"})).await;
    until_announced(&mut announcements, &code.topics()[0]).await;
    assert!(code.whole(&entity).await.contains("orders: newer"));
    gitea.issue("shop/orders", "A new issue");
    let webhook = json!({"topic": "gitea", "eventPayload": {"repository": {"html_url": page.to_uppercase().replace("HTTP", "http")}}});
    code.event(webhook).await;
    until_announced(&mut announcements, &code.topics()[0]).await;
    assert!(code.whole(&entity).await.contains("A new issue"));
}

#[tokio::test]
async fn ci_is_taken_from_what_the_version_has() {
    for (version, runs, tasks, statuses) in [
        ("1.25.3", 1, 0, 0),
        ("1.23.1", 0, 1, 0),
        ("11.0.1+gitea-1.22.0", 0, 1, 0),
        ("1.21.11", 0, 0, 1),
    ] {
        let gitea = FakeGitea::with(Settings::version(version));
        gitea.repository(Repository::new("shop/orders").file("a", "b"));
        gitea.run(
            "shop/orders",
            Run::new("build.yaml", "main", "").status("in_progress"),
        );
        gitea.status("shop/orders", "main", "ci/build", "failure");
        let code = Code::at(&gitea).await;
        let tab = code.whole(&code.entity("shop/orders")).await;
        let word = if statuses == 0 { "running" } else { "failing" };
        contains(part(&tab, "runs"), &[word]);
        let calls = |list: &str| gitea.calls_of(&format!("GET /repos/{{owner}}/{{repo}}/actions/{list}"));
        assert_eq!((calls("runs"), calls("tasks")), (runs, tasks), "{version}");
    }
}

#[tokio::test]
async fn a_branch_without_ci_says_so() {
    let gitea = FakeGitea::start();
    gitea.repository(Repository::new("shop/orders").file("a", "b"));
    let code = Code::at(&gitea).await;
    contains(&code.whole(&code.entity("shop/orders")).await, &["no CI"]);
    contains(&code.card(&code.entity("shop/orders")).await, &["no CI"]);
}

#[tokio::test]
async fn the_page_of_a_run_is_the_one_that_the_server_links() {
    for version in ["1.25.3", "1.26.0"] {
        let gitea = FakeGitea::with(Settings::version(version));
        gitea.repository(Repository::new("shop/orders").file("a", "b"));
        let id = gitea.run("shop/orders", Run::new("build.yaml", "main", "success"));
        let code = Code::at(&gitea).await;
        let tab = code.whole(&code.entity("shop/orders")).await;
        assert_ne!(id, 1, "the id is not the number");
        let page = if version == "1.26.0" { id } else { 1 };
        contains(
            part(&tab, "runs"),
            &[&format!("/shop/orders/actions/runs/{page}\""), "build.yaml #1"],
        );
    }
}

#[tokio::test]
async fn each_part_fails_alone_with_the_reason() {
    for (path, name) in [
        ("/orders/pulls", "pull-requests"),
        ("/orders/issues", "issues"),
        ("/orders/releases", "releases"),
        ("/orders/branches?", "branches"),
        ("/orders/commits?", "commits"),
        ("/orders/languages", "languages"),
        ("/orders/contents", "readme"),
        ("/orders/actions/runs", "runs"),
    ] {
        let gitea = FakeGitea::start();
        filled(&gitea);
        gitea.trouble(Trouble::with(path, Kind::MissingScope("read:issue".to_owned())));
        let code = Code::at(&gitea).await;
        let tab = code.whole(&code.entity("shop/orders")).await;
        contains(part(&tab, name), &["the token lacks a scope"]);
        assert_eq!(tab.matches("repo-trouble").count(), 1, "{path}: {tab}");
        assert!(!tab.contains(gitea.token()));
    }
}

#[tokio::test]
async fn what_was_known_stays_while_the_server_is_away() {
    let gitea = FakeGitea::start();
    filled(&gitea);
    let code = Code::at(&gitea).await;
    let entity = code.entity("shop/orders");
    code.whole(&entity).await;
    gitea.trouble(Trouble::with("/pulls", Kind::ServerError));
    let mut announcements = code.store.announcements();
    code.event(json!({"repository": format!("{}/shop/orders", gitea.url())}))
        .await;
    until_announced(&mut announcements, &code.topics()[0]).await;
    let tab = code.whole(&entity).await;
    contains(
        part(&tab, "pull-requests"),
        &["Orders can be cancelled", "was known before", "answers 500"],
    );
}

#[tokio::test]
async fn a_slow_part_comes_after_the_page_and_holds_up_nothing() {
    let gitea = FakeGitea::start();
    filled(&gitea);
    let code = Code::at(&gitea).await;
    let entity = code.entity("shop/orders");
    gitea.trouble(Trouble::with(
        "/orders/releases",
        Kind::Slow(Duration::from_secs(2)),
    ));
    let begun = Instant::now();
    let tab = code.tab(&entity, "", Duration::from_millis(1_500)).await.unwrap();
    assert!(
        begun.elapsed() < Duration::from_millis(1_400),
        "{:?}",
        begun.elapsed()
    );
    contains(
        part(&tab, "releases"),
        &["data-deferred=\"/catalog/default/component/orders/code/releases?part=code\""],
    );
    let late = code
        .tab(&entity, "releases", Duration::from_millis(400))
        .await
        .unwrap();
    contains(&late, &["has not answered yet", "/connections"]);
    let later = code.tab(&entity, "releases", SOON).await.unwrap();
    contains(&later, &["id=\"repo-releases\"", "v1.2.0"]);
    assert_eq!(gitea.calls_of("GET /repos/{owner}/{repo}/releases"), 1);
    assert!(code.tab(&entity, "nothing", SOON).await.is_none());
}

#[tokio::test]
async fn an_empty_repository_has_no_commits_yet_and_no_errors() {
    let gitea = FakeGitea::start();
    gitea.repository(Repository::new("shop/orders").description("Soon"));
    let code = Code::at(&gitea).await;
    let tab = code.whole(&code.entity("shop/orders")).await;
    contains(&tab, &["No commits yet", "Soon"]);
    assert!(!tab.contains("repo-trouble"), "{tab}");
    contains(&code.card(&code.entity("shop/orders")).await, &["none yet"]);
}

#[tokio::test]
async fn an_archived_private_repository_says_so() {
    let gitea = FakeGitea::start();
    gitea.repository(Repository::new("shop/orders").file("a", "b").archived().private());
    let code = Code::at(&gitea).await;
    contains(
        &code.whole(&code.entity("shop/orders")).await,
        &["is archived", "private"],
    );
}

#[tokio::test]
async fn a_folder_on_a_branch_with_slashes_has_its_own_commits_and_readme() {
    let gitea = FakeGitea::start();
    gitea.repository(
        Repository::new("shop/mono")
            .file("README.md", "# Mono\n")
            .file("apps/api/README.md", "# The API\n\n[root](/LICENSE)\n")
            .file("apps/web/index.html", "web"),
    );
    gitea.branch("shop/mono", "release/1.2");
    gitea.push(
        "shop/mono",
        "release/1.2",
        Change::new("api: faster").file("apps/api/x", "1"),
    );
    gitea.push(
        "shop/mono",
        "release/1.2",
        Change::new("web: nicer").file("apps/web/x", "1"),
    );
    let code = Code::at(&gitea).await;
    let tab = code
        .whole(&code.entity("shop/mono/src/branch/release/1.2/apps/api/"))
        .await;
    contains(
        part(&tab, "readme"),
        &["The API", "/src/branch/release/1.2/LICENSE\""],
    );
    contains(part(&tab, "commits"), &["api: faster", "Commits in apps/api"]);
    assert!(!part(&tab, "commits").contains("web: nicer"), "{tab}");
    let web = code
        .whole(&code.entity("shop/mono/src/branch/release/1.2/apps/web/"))
        .await;
    contains(part(&web, "readme"), &["Mono"]);
    assert_eq!(
        gitea.calls_of("GET /repos/{owner}/{repo}/pulls"),
        1,
        "the repository is asked once for both"
    );
}

#[tokio::test]
async fn owners_are_those_of_the_folder() {
    let gitea = FakeGitea::start();
    gitea.repository(
        Repository::new("shop/mono")
            .file("CODEOWNERS", "apps/api/.* @shop/api-team\napps/web/.* @web\n")
            .file("apps/api/x", "1"),
    );
    let code = Code::at(&gitea).await;
    let tab = code
        .whole(&code.entity("shop/mono/src/branch/main/apps/api/"))
        .await;
    contains(
        part(&tab, "owners"),
        &[
            "@shop/api-team",
            "/org/shop/teams/api-team\"",
            "/src/branch/main/CODEOWNERS\"",
        ],
    );
    assert!(!part(&tab, "owners").contains("@web"), "{tab}");
}

#[tokio::test]
async fn a_repository_that_is_not_seen_and_a_server_that_is_not_connected_say_what_to_do() {
    let gitea = FakeGitea::start();
    let code = Code::at(&gitea).await;
    let tab = code.whole(&code.entity("shop/gone")).await;
    contains(
        &tab,
        &["has no repository shop/gone", "integrations.gitea[].password"],
    );
    assert_eq!(
        tab.matches("repo-trouble").count(),
        1,
        "one reason for all parts: {tab}"
    );
    let other = Code::entity_at("https://other.example.com/shop/orders/src/branch/main/");
    assert!(code.applies_to(&other));
    contains(
        &code.whole(&other).await,
        &["other.example.com is not connected", "integrations:"],
    );
    assert!(!code.applies_to(&Code::entity_at("https://github.com/o/r/tree/main/")));
}

#[test]
fn samples_look_as_before() {
    let samples = gitea::page_samples().into_iter();
    let samples = samples.filter(|(name, _)| *name == "code" || name.starts_with("code-"));
    let line =
        |(name, markup): (&str, maud::Markup)| format!("== {name}\n{}\n", markup.0.replace("><", ">\n<"));
    let text: String = samples.map(line).collect();
    for part in [" style=", " onclick=", "javascript:"] {
        assert!(!text.contains(part), "{part}");
    }
    insta::assert_snapshot!(text);
}
