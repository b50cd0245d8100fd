//! Files and folders of a Gitea: every form of an address, versions, refusals, and what lies elsewhere.

use std::time::Duration;

use scm::{Tree, TreeLimits, TreeRead, UrlReader};
use testkit::gitea::{Change, Kind, Trouble};

use crate::gitea_world::{CART, gitea, reader_of};
use crate::server::{Reply, Server};

async fn text(reader: &UrlReader, url: &str) -> Result<String, String> {
    let read = reader.read_url(url, None).await;
    let read = read.map_err(|fault| fault.to_string())?;
    Ok(String::from_utf8_lossy(&read.bytes).into_owned())
}

async fn folder(reader: &UrlReader, url: &str, version: Option<&str>) -> Result<Tree, String> {
    match reader.read_tree(url, version, &TreeLimits::default()).await {
        Ok(TreeRead::New(tree)) => Ok(tree),
        Ok(TreeRead::Same) => Err("the same".to_owned()),
        Err(fault) => Err(fault.to_string()),
    }
}

#[tokio::test]
async fn files_by_every_form_of_their_address() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    let commit = reader.newest_commit(CART).await.unwrap();
    for (path, expected) in [
        ("src/branch/trunk/catalog-info.yaml", "kind: A"),
        ("src/branch/trunk/catalog-info.yaml#L1", "kind: A"),
        ("raw/branch/trunk/catalog-info.yaml", "kind: A"),
        ("media/branch/trunk/catalog-info.yaml", "kind: A"),
        ("src/trunk/catalog-info.yaml", "kind: A"),
        ("blob/trunk/catalog-info.yaml", "kind: A"),
        ("_edit/trunk/catalog-info.yaml", "kind: A"),
        ("src/branch/trunk/services/b%20c/100%25%23%3F.yaml", "kind: C"),
        ("src/branch/feature/x/services/a/catalog-info.yaml", "kind: X"),
        ("src/branch/feature%2Fx/services/a/catalog-info.yaml", "kind: X"),
        ("src/feature/x/catalog-info.yaml", "kind: A"),
        ("src/branch/release/v1/late/docs/late.md", "late"),
        (&format!("src/commit/{commit}/catalog-info.yaml"), "kind: A"),
        (&format!("blob/{commit}/services/a/catalog-info.yaml"), "kind: B"),
    ] {
        assert_eq!(
            text(&reader, &format!("{CART}/{path}")).await.as_deref(),
            Ok(expected),
            "{path}"
        );
    }
}

#[tokio::test]
async fn references_of_a_branch_with_slashes_stay_in_it() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    let url = format!("{CART}/src/branch/feature/x/services/a/catalog-info.yaml");
    text(&reader, &url).await.unwrap();
    let root = reader.integrations().resolve_url(&url, "/CODEOWNERS").unwrap();
    assert_eq!(root, format!("{CART}/src/branch/feature/x/CODEOWNERS"));
    let edit = reader.integrations().edit_url(&url);
    assert_eq!(
        edit,
        format!("{CART}/_edit/feature/x/services/a/catalog-info.yaml")
    );
    let tag = format!("{CART}/src/tag/v1/x.yaml");
    assert_eq!(
        reader.integrations().edit_url(&tag),
        tag,
        "a tag cannot be edited"
    );
}

#[tokio::test]
async fn an_unchanged_file_costs_one_call_and_branches_are_asked_for_once() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    let url = format!("{CART}/src/branch/feature/x/services/a/catalog-info.yaml");
    let first = reader.read_url(&url, None).await.unwrap();
    gitea.forget_calls();
    let again = reader.read_url(&url, first.etag.as_deref()).await.unwrap();
    assert!(again.not_modified);
    assert_eq!(gitea.calls_in_all(), 1);
    let push = gitea.push(
        "shop/cart",
        "feature/x",
        Change::new("m").file("services/a/catalog-info.yaml", "kind: Y"),
    );
    let new = reader.read_url(&url, first.etag.as_deref()).await.unwrap();
    assert_eq!(
        (&new.bytes[..], new.commit.as_deref()),
        (&b"kind: Y"[..], Some(&*push.after))
    );
    assert_eq!(
        gitea.calls_of("GET /repos/{owner}/{repo}/git/refs/{*reference}"),
        0
    );
}

#[tokio::test]
async fn a_file_of_another_branch_is_not_taken_for_it() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    for path in [
        "src/branch/gone/catalog-info.yaml",
        "src/branch/gone/docs/index.md",
    ] {
        let error = text(&reader, &format!("{CART}/{path}")).await.unwrap_err();
        assert!(
            error.starts_with("NotFoundError: ") && error.ends_with("404 Not Found"),
            "{error}"
        );
    }
    // The default branch has the same file.
    let url = format!("{CART}/src/branch/feature%2Fx/README.md");
    let etag = reader.read_url(&url, None).await.unwrap().etag;
    gitea.delete_branch("shop/cart", "feature/x");
    // A portal that just started does not know that the branch was there.
    let error = reader_of(&gitea, "none.example")
        .read_url(&url, etag.as_deref())
        .await;
    assert!(error.unwrap_err().is(&model::FaultKind::NotFound));
}

#[tokio::test]
async fn a_folder_has_the_commit_that_last_changed_it() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    let docs = format!("{CART}/src/branch/trunk/docs");
    let tree = folder(&reader, &docs, None).await.unwrap();
    gitea.push(
        "shop/cart",
        "trunk",
        Change::new("m").file("README.md", "# Other"),
    );
    assert_eq!(
        folder(&reader, &docs, Some(&tree.version)).await.unwrap_err(),
        "the same"
    );
    let push = gitea.push("shop/cart", "trunk", Change::new("m").file("docs/new.md", "new"));
    let new = folder(&reader, &docs, Some(&tree.version)).await.unwrap();
    assert_eq!(new.version, push.after);
    assert_eq!(new.files["new.md"].bytes, "new");
    for (path, file) in [
        ("", "README.md"),
        (".git", "README.md"),
        ("/src/branch/release/v1/late", "docs/late.md"),
    ] {
        let tree = folder(&reader, &format!("{CART}{path}"), None).await.unwrap();
        assert!(tree.files.contains_key(file), "{path}");
    }
    let late = folder(&reader, &format!("{CART}/src/branch/release/v1/late/docs"), None).await;
    assert!(late.unwrap().files.contains_key("late.md"));
}

#[tokio::test]
async fn what_lies_in_object_storage_is_read_without_the_token() {
    let storage =
        Server::start(|_, _| Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlarge".to_vec()))
            .await;
    let gitea = gitea();
    let url = format!("{CART}/src/branch/trunk/docs/large.png");
    let here = reader_of(&gitea, "none.example")
        .read_url(&url, None)
        .await
        .unwrap();
    assert_eq!(here.bytes, vec![7; 2_000]);
    gitea.set(|settings| settings.large_files_at = Some(storage.url("/lfs")));
    let refused = reader_of(&gitea, "none.example")
        .read_url(&url, None)
        .await
        .unwrap_err();
    assert!(
        refused.message.contains("/lfs/") && refused.message.contains("backend.reading.allow"),
        "{refused}"
    );
    assert!(!refused.message.contains("Signature"), "{refused}");
    let reader = reader_of(&gitea, &format!("127.0.0.1:{}", storage.port));
    assert_eq!(reader.read_url(&url, None).await.unwrap().bytes, "large");
    gitea.set(|settings| settings.archives_at = Some(storage.url("/archives")));
    let broken = folder(&reader, CART, None).await.unwrap_err();
    assert!(
        broken.contains("the archive of the repository is broken"),
        "{broken}"
    );
    let heads = storage.requests();
    assert!(heads.iter().any(|head| head.contains("/archives/")), "{heads:?}");
    assert!(
        !heads.concat().to_lowercase().contains("authorization"),
        "{heads:?}"
    );
}

#[tokio::test]
async fn refusals_say_what_they_are() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    let url = format!("{CART}/src/branch/trunk/catalog-info.yaml");
    for (kind, expected) in [
        (
            Kind::SignInPage,
            "Error: URL could not be read, a page came instead of the file: a sign-in page or a proxy",
        ),
        (
            Kind::Empty(401),
            "AuthenticationError: URL could not be read as RAW, 401 Unauthorized; git.example.com does not accept the token",
        ),
        (
            Kind::Empty(403),
            "AuthenticationError: URL could not be read, 403 Forbidden",
        ),
        (
            Kind::MissingScope("read:repository".to_owned()),
            "AuthenticationError: URL could not be read, 403 Forbidden; git.example.com does not allow it; the token lacks a scope",
        ),
        (
            Kind::Empty(410),
            "NotFoundError: URL could not be read as RAW, 410 Gone; git.example.com had it once",
        ),
        (
            Kind::Empty(423),
            "ConflictError: URL could not be read as RAW, 423 Locked; git.example.com keeps it locked",
        ),
        (
            Kind::ServerError,
            "ServiceUnavailableError: URL could not be read as RAW, 500 Internal Server Error; git.example.com fails at it",
        ),
        (
            Kind::Empty(404),
            "NotFoundError: URL could not be read as RAW, 404 Not Found",
        ),
    ] {
        gitea.trouble(Trouble::with("/raw/", kind).times(1));
        let error = text(&reader, &url).await.unwrap_err();
        let raw = format!(
            "{}/api/v1/repos/shop/cart/raw/catalog-info.yaml?ref=trunk",
            gitea.url()
        );
        let shown = error.replace(&raw, "RAW").replace(&url, "URL");
        assert!(shown.starts_with(expected), "{shown}");
        assert!(!error.contains(gitea.token()), "{error}");
    }
}

#[tokio::test]
async fn an_empty_repository_has_no_commits_yet() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    let empty = "https://git.example.com/git/shop/empty";
    let error = folder(&reader, empty, None).await.unwrap_err();
    assert!(error.ends_with("shop/empty has no commits yet"), "{error}");
    let found = reader
        .search(&format!("{empty}/src/branch/main/**/x.yaml"), None)
        .await;
    assert_eq!(found, Ok(scm::Search::default()));
}

#[tokio::test]
async fn a_server_that_asks_for_a_pause_gets_it() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    let url = format!("{CART}/src/branch/trunk/catalog-info.yaml");
    gitea.trouble(Trouble::with("/raw/", Kind::TooMany(Some(60))).times(1));
    let error = text(&reader, &url).await.unwrap_err();
    assert!(
        error.contains("429 Too Many Requests") && error.contains("a pause of 60 s"),
        "{error}"
    );
    let error = tokio::time::timeout(Duration::from_secs(5), text(&reader, &url)).await;
    assert!(error.unwrap().unwrap_err().contains("left alone"));
    assert_eq!(gitea.calls_in_all(), 1);
}
