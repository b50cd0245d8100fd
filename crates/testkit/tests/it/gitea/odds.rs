//! Odd requests, history, work in progress and counts of the server in memory.

use serde_json::json;
use testkit::FakeGitea;
use testkit::gitea::{Change, Release, Repository};

use super::client;
use super::traps::get;

#[tokio::test]
async fn odd_requests_get_the_answers_of_gitea() {
    let fake = FakeGitea::start();
    fake.repository(Repository::new("shop/cart").file("docs/a.md", "a"));
    let send = async |method: &str, path: &str, body: &str| {
        let authorization = format!("token {}", fake.token());
        let headers = [("authorization", authorization.as_str())];
        let url = format!("{}/api/v1{path}", fake.url());
        client::send(method, &url, &headers, body)
            .await
            .expect("an answer")
            .status
    };
    assert_eq!(send("HEAD", "/repos/shop/cart", "").await, 405);
    assert_eq!(send("DELETE", "/version", "").await, 405);
    assert_eq!(send("POST", "/repos/shop/cart/issues", "{bad").await, 422);
    assert_eq!(send("GET", "/repos/shop/cart/commits?path=/docs/", "").await, 500);
    fake.edit("shop/cart", |one| one.settling = true);
    assert_eq!(get(&fake, "/repos/shop/cart").await.json()["empty"], true);
    assert_eq!(send("GET", "/repos/shop/cart/branches/main", "").await, 500);
    assert_eq!(send("GET", "/repos/shop/cart/raw/docs/a.md", "").await, 404);
    assert_eq!(send("GET", "/repos/shop/cart/contents/docs/a.md", "").await, 200);
}

#[tokio::test]
async fn history_is_told_by_path() {
    let fake = FakeGitea::start();
    fake.repository(
        Repository::new("shop/cart")
            .sha256()
            .file("docs/a.md", "a")
            .file("b.txt", "b"),
    );
    let docs = fake.push("shop/cart", "main", Change::new("Docs").file("docs/a.md", "more"));
    fake.push("shop/cart", "main", Change::new("Code").file("b.txt", "more"));
    assert_eq!(docs.after.len(), 64);
    let path = "/repos/shop/cart/commits?path=docs&limit=1&stat=false&verification=false&files=false";
    let newest = get(&fake, path).await;
    assert_eq!(newest.json()[0]["sha"], docs.after);
    assert_eq!(newest.header("x-total-count"), "2");
    let file = get(&fake, "/repos/shop/cart/contents/docs/a.md").await.json();
    assert_eq!(file["last_commit_sha"], docs.after);
    fake.set(|settings| settings.trees_truncated = true);
    assert_eq!(
        get(&fake, "/repos/shop/cart/git/trees/main").await.json()["truncated"],
        true
    );
}

#[tokio::test]
async fn work_is_listed() {
    let fake = FakeGitea::start();
    fake.repository(Repository::new("shop/cart").file("a", "b"));
    let branch = fake.branch("shop/cart", "feature/x");
    assert_eq!(fake.issue("shop/cart", "It is slow"), 1);
    assert_eq!(fake.pull("shop/cart", "feature/x", "Make it fast"), 2);
    fake.close("shop/cart", 1);
    fake.release(
        "shop/cart",
        Release {
            prerelease: true,
            ..Release::new("v2")
        },
    );
    fake.status("shop/cart", &branch.after, "ci", "pending");
    fake.status("shop/cart", "main", "ci", "failure");
    let count = |path: &'static str| {
        let fake = &fake;
        async move {
            get(fake, &format!("/repos/shop/cart/{path}"))
                .await
                .header("x-total-count")
                .to_owned()
        }
    };
    assert_eq!(count("issues?type=issues").await, "0");
    assert_eq!(count("issues?state=all").await, "2");
    assert_eq!(count("pulls").await, "1");
    assert_eq!(count("releases").await, "1");
    assert_eq!(get(&fake, "/repos/shop/cart/releases/latest").await.status, 404);
    let status = get(&fake, "/repos/shop/cart/commits/main/status").await.json();
    assert_eq!(
        (&status["state"], &status["total_count"]),
        (&json!("failure"), &json!(1))
    );
    assert_eq!(get(&fake, "/repos/shop/cart").await.json()["open_pr_counter"], 1);
}

#[tokio::test]
async fn calls_are_counted_by_route() {
    let fake = FakeGitea::start();
    fake.repository(Repository::new("shop/cart").file("docs/a.md", "a"));
    get(&fake, "/repos/shop/cart/contents/docs/a.md").await;
    get(&fake, "/repos/shop/cart/contents/docs?ref=main").await;
    get(&fake, "/nowhere").await;
    assert_eq!(fake.calls_of("GET /repos/{owner}/{repo}/contents/{*path}"), 2);
    assert_eq!(fake.calls_in_all(), 3);
    let asked = fake.requests().remove(1);
    assert_eq!(asked.target, "/repos/shop/cart/contents/docs?ref=main");
    assert_eq!(
        (asked.status, asked.viewer.as_deref()),
        (200, Some("portal-admin"))
    );
    let counts = format!("{}/fake/calls", fake.url());
    let told = client::send("GET", &counts, &[], "")
        .await
        .expect("an answer")
        .json();
    assert_eq!(
        told,
        json!({ "GET -": 1, "GET /repos/{owner}/{repo}/contents/{*path}": 2 })
    );
    client::send("DELETE", &counts, &[], "").await.expect("an answer");
    assert!(fake.calls().is_empty());
}

#[tokio::test]
async fn two_thousand_repositories_are_served() {
    let fake = FakeGitea::many(2000, 1500);
    let mut described = 0;
    for page in 1..=40 {
        let path = format!("/repos/search?sort=id&limit=50&page={page}");
        let page = get(&fake, &path).await.json();
        let page = page["data"].as_array().expect("a list");
        assert_eq!(page.len(), 50);
        let name = page[49]["full_name"].as_str().expect("a name");
        let path = format!("/repos/{name}/contents/catalog-info.yaml");
        described += usize::from(get(&fake, &path).await.status == 200);
    }
    assert_eq!(described, 30);
    assert_eq!(fake.calls_in_all(), 80);
}
