//! Who owns which path, and which repositories have owners that are unknown or gone.

use std::time::Duration;

use model::Actor;
use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Change, Kind, Push, Repository, Trouble};
use work::{JobOptions, JobState};

use crate::people_world::World;

const OWNERS: &str = "\
# who
.*              @shop/web
docs/.*         @shop/docs @ada
!.*\\\\.md         @ghost
lonely
";

fn component(name: &str, owner: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\n\
         spec: {{ type: service, lifecycle: production, owner: {owner} }}\n"
    )
}

fn shop() -> FakeGitea {
    let gitea = FakeGitea::start();
    gitea.user("ada");
    gitea.organization("shop");
    gitea.team("shop", "web", &["ada"]);
    gitea.team("shop", "docs", &["ada"]);
    gitea.repository(
        Repository::new("shop/cart")
            .default_branch("release/1.x")
            .file("catalog-info.yaml", component("cart", "web"))
            .file("docs/index.md", "# Cart\n")
            .file("docs/catalog-info.yaml", component("cart-docs", "user:nobody"))
            .file("docs/CODEOWNERS", OWNERS)
            .file("src/main.rs", "fn main() {}\n"),
    );
    gitea.repository(Repository::new("shop/bare").file("catalog-info.yaml", component("bare", "web")));
    gitea.repository(Repository::new("shop/forgotten").file("README.md", "nothing\n"));
    gitea
}

/// A portal that reads the descriptors of the shop and its people, finds repositories if asked to, and has gone through all.
async fn portal(gitea: &FakeGitea, finds: bool) -> World {
    let target = |path: &str| json!({"type": "url", "target": format!("{}/shop/{path}", gitea.url())});
    let found = if finds {
        json!({"all": {"host": gitea.host()}})
    } else {
        json!({})
    };
    let catalog = json!({
        "locations": [
            target("cart/src/branch/release%2F1.x/catalog-info.yaml"),
            target("cart/src/branch/release%2F1.x/docs/catalog-info.yaml"),
            target("bare/src/branch/main/catalog-info.yaml"),
        ],
        "providers": {
            "giteaOrg": {"main": {"host": gitea.host(), "schedule": {"frequency": {"seconds": 1}}}},
            "gitea": found,
        },
    });
    let world = World::start(gitea, catalog, "").await;
    for name in [
        "component:default/cart",
        "component:default/cart-docs",
        "component:default/bare",
        "group:default/web",
    ] {
        world.until(name, |_| true).await;
    }
    go_through(&world).await;
    world
}

/// Goes through all repositories.
async fn go_through(world: &World) {
    run(world, "gitea.owners", &Value::Null).await;
}

/// Does a job.
async fn run(world: &World, kind: &str, payload: &Value) {
    let mut tx = world.jobs.begin().await.unwrap();
    let options = JobOptions::of(Actor::system("test"));
    let id = world.jobs.enqueue(&mut tx, kind, payload, options).await.unwrap();
    tx.commit().await.unwrap();
    world.jobs.nudge();
    for _ in 0..1_500 {
        let report = world.jobs.show(id).await.unwrap().unwrap();
        if report.state == JobState::Done {
            return;
        }
        assert_ne!(report.state, JobState::Failed, "{report:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the repositories are not gone through in time");
}

async fn ask(world: &World, address: &str) -> Value {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("url", address)
        .finish();
    world.api(&format!("/api/gitea/owners?{query}")).await
}

fn lines(answer: &Value) -> Vec<i64> {
    let rules = answer["rules"].as_array().unwrap();
    rules.iter().map(|rule| rule["line"].as_i64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_owns_a_path_and_by_which_rule() {
    let gitea = shop();
    let world = portal(&gitea, false).await;
    let page = format!("{}/shop/cart", gitea.url());
    let file = ask(&world, &format!("{page}/src/branch/release/1.x/src/main.rs")).await;
    assert_eq!(file["path"], "src/main.rs");
    assert_eq!(lines(&file), [2, 4]);
    assert_eq!(file["verdict"], "agree");
    assert_eq!(file["exists"], true);
    assert_eq!(file["codeowners"]["path"], "docs/CODEOWNERS");
    let rule = &file["rules"][0];
    assert_eq!(
        rule["url"],
        format!("{page}/src/branch/release/1.x/docs/CODEOWNERS#L2")
    );
    let owners: Vec<(&str, Option<&str>, Option<bool>)> = file["owners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["name"].as_str().unwrap(),
                one["entityRef"].as_str(),
                one["knownToServer"].as_bool(),
            )
        })
        .collect();
    assert_eq!(
        owners,
        [
            ("@shop/web", Some("group:default/web"), Some(true)),
            ("@ghost", None, Some(false))
        ]
    );
    assert_eq!(file["descriptor"]["path"], "catalog-info.yaml");
    assert_eq!(
        file["descriptor"]["entities"][0]["entityRef"],
        "component:default/cart"
    );
    // The nearest descriptor counts, and it names somebody else.
    let folder = ask(&world, &format!("{page}/src/branch/release%2F1.x/docs")).await;
    assert_eq!(folder["path"], "docs/");
    assert_eq!(lines(&folder), [2, 3, 4]);
    assert_eq!(
        folder["descriptor"]["entities"][0]["entityRef"],
        "component:default/cart-docs"
    );
    assert_eq!(folder["verdict"], "disagree");
    let entries = folder["entries"].as_array().unwrap();
    let index = entries.iter().find(|one| one["name"] == "index.md").unwrap();
    assert_eq!(index["owners"], json!(["@shop/web", "@shop/docs", "@ada"]));
    let missing = ask(&world, &format!("{page}/src/branch/release/1.x/none.md")).await;
    assert_eq!(
        (missing["exists"].as_bool(), lines(&missing)),
        (Some(false), vec![2])
    );
    let bare = ask(&world, &format!("{}/shop/bare", gitea.url())).await;
    assert_eq!(
        (bare["path"].as_str(), bare["verdict"].as_str()),
        (Some(""), Some("only-entity"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_without_an_answer() {
    let gitea = shop();
    let world = portal(&gitea, false).await;
    for (query, part) in [
        ("", "url is missing"),
        ("url=nothing", "is no address"),
        (
            "url=https://github.com/o/r",
            "at none of the hosts of integrations.gitea",
        ),
        ("repository=cart", "must be host/owner/name"),
        (
            "repository=shop/none",
            "has no repository shop/none that the token sees",
        ),
    ] {
        let (status, text) = world.get(&format!("/api/gitea/owners?{query}")).await;
        assert!(
            (400..500).contains(&status) && text.contains(part),
            "{query}: {status} {text}"
        );
        let (status, text) = world.get(&format!("/gitea/owners?{query}")).await;
        assert_eq!(status, 200, "{text}");
        assert!(query.is_empty() || text.contains(part), "{query}: {text}");
    }
    let by_name = world
        .api("/api/gitea/owners?repository=shop/cart&path=docs/")
        .await;
    assert_eq!(by_name["path"], "docs/");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repositories_whose_owners_are_unknown_or_gone() {
    let gitea = shop();
    let world = portal(&gitea, true).await;
    let (status, page) = world.get("/gitea/ownership").await;
    assert_eq!(status, 200, "{page}");
    for part in [
        "its owner user:default/nobody is not in the catalog",
        "line 4: Gitea knows no @ghost",
        "line 5: it names no owner",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains(">shop/bare<"), "it is in order");
    let (_, gone) = world.get("/gitea/ownership?finding=owner-gone").await;
    assert!(gone.contains(">shop/cart<") && !gone.contains(">shop/forgotten<"));
    let (_, all) = world.get("/gitea/ownership?all=true&q=BARE").await;
    assert!(all.contains(">shop/bare<") && !all.contains(">shop/cart<"));
    let (_, wrong) = world.get("/gitea/ownership?finding=x").await;
    assert!(
        wrong.contains("finding &#39;x&#39; is unknown") || wrong.contains("finding 'x' is unknown"),
        "{wrong}"
    );
    // A repository that nobody describes is known once it is found.
    for _ in 0..500 {
        go_through(&world).await;
        let (_, none) = world.get("/gitea/ownership?finding=no-owner").await;
        if none.contains(">shop/forgotten<") {
            assert!(!none.contains(">shop/cart<"));
            return;
        }
    }
    panic!("shop/forgotten is not found");
}

const PUSHED: &str = "gitea.owners-pushed";

/// A push as the event tells of it.
fn payload(gitea: &FakeGitea, push: &Push, is_default: bool) -> Value {
    let Push {
        branch,
        before,
        after,
        ..
    } = push;
    json!({
        "repository": format!("{}/shop/cart", gitea.url()), "name": branch, "isTag": false, "isDefault": is_default,
        "before": before, "after": after,
    })
}

/// How often the file was asked for.
fn reads(gitea: &FakeGitea) -> usize {
    let requests = gitea.requests();
    requests
        .iter()
        .filter(|one| one.target.contains("/contents/docs/CODEOWNERS"))
        .count()
}

/// Each file is read once for a commit, whether repositories are found or known by their descriptors alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_read_once_for_each_commit() {
    let gitea = shop();
    let world = portal(&gitea, false).await;
    assert_eq!(reads(&gitea), 1);
    go_through(&world).await;
    assert_eq!(reads(&gitea), 1);
    let text = "src/.* @ada\n";
    let change = Change::new("owners").file("docs/CODEOWNERS", text);
    let push = gitea.push("shop/cart", "release/1.x", change);
    run(&world, PUSHED, &payload(&gitea, &push, true)).await;
    assert_eq!(reads(&gitea), 2);
    let page = format!("{}/shop/cart", gitea.url());
    let file = ask(&world, &format!("{page}/src/branch/release/1.x/src/main.rs")).await;
    assert_eq!(lines(&file), [1]);
    // Ada belongs to the group that owns the entity.
    assert_eq!(file["verdict"], "agree");
    assert_eq!(file["owners"][0]["entityRef"], "user:default/ada");
}

/// A repository that was found costs nothing until its list or a push says that there is something new.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_has_the_file_read_again() {
    let gitea = shop();
    let world = portal(&gitea, true).await;
    let page = format!("{}/shop/cart", gitea.url());
    let asked = format!("{page}/src/branch/release/1.x/src/main.rs");
    assert_eq!(lines(&ask(&world, &asked).await), [2, 4]);
    let text = "src/.* @ada\n";
    let push = gitea.push(
        "shop/cart",
        "release/1.x",
        Change::new("owners").file("docs/CODEOWNERS", text),
    );
    run(&world, PUSHED, &payload(&gitea, &push, true)).await;
    assert_eq!(lines(&ask(&world, &asked).await), [1]);
    gitea.forget_calls();
    run(&world, PUSHED, &payload(&gitea, &push, false)).await;
    assert_eq!(gitea.calls_of("GET /repos/{owner}/{repo}/branches/{*branch}"), 0);
}

/// A server that fails leaves what was read, and the page says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_keeps_the_file() {
    let gitea = shop();
    let world = portal(&gitea, false).await;
    gitea.trouble(Trouble::with("/branches/", Kind::ServerError));
    let push = gitea.push(
        "shop/cart",
        "release/1.x",
        Change::new("more").file("more.md", "x"),
    );
    run(&world, PUSHED, &payload(&gitea, &push, true)).await;
    let page = format!("{}/shop/cart", gitea.url());
    let file = ask(&world, &format!("{page}/src/branch/release/1.x/src/main.rs")).await;
    assert_eq!(lines(&file), [2, 4]);
    assert!(
        file["trouble"].as_str().unwrap().contains("answers 500"),
        "{file}"
    );
    let (_, failed) = world.get("/gitea/ownership?finding=not-read").await;
    assert!(failed.contains(">shop/cart<"));
    gitea.calm();
    go_through(&world).await;
    let (_, failed) = world.get("/gitea/ownership?finding=not-read").await;
    assert!(!failed.contains(">shop/cart<"));
}
