//! Patterns in addresses.

use model::FaultKind;
use scm::{Search, UrlReader};
use serde_json::json;
use testkit::gitea::{Change, Repository};

use crate::gitea_world::{CART, gitea, reader_of};
use crate::server::reader;

fn shown(search: &Search) -> Vec<(&str, String)> {
    let files = search.files.iter();
    files
        .map(|file| {
            let path = file.url.strip_prefix(CART).unwrap_or(&file.url);
            (path, String::from_utf8_lossy(&file.bytes).into_owned())
        })
        .collect()
}

async fn search(reader: &UrlReader, path: &str) -> Search {
    reader.search(&format!("{CART}/{path}"), None).await.unwrap()
}

#[tokio::test]
async fn files_that_match_each_by_its_own_address() {
    let gitea = gitea();
    gitea.set(|settings| settings.trees_per_page = 3);
    let reader = reader_of(&gitea, "none.example");
    let all = search(&reader, "src/branch/trunk/**/catalog-info.yaml").await;
    let expected = [
        ("/src/branch/trunk/catalog-info.yaml", "kind: A".to_owned()),
        (
            "/src/branch/trunk/services/a/catalog-info.yaml",
            "kind: B".to_owned(),
        ),
    ];
    assert_eq!(shown(&all), expected);
    assert_eq!(all.files[0].commit, reader.newest_commit(CART).await.ok());
    let slashed = search(&reader, "raw/branch/feature/x/services/*/catalog-info.yaml").await;
    assert_eq!(
        shown(&slashed),
        [(
            "/raw/branch/feature/x/services/a/catalog-info.yaml",
            "kind: X".to_owned()
        )]
    );
    let odd = [(
        "/src/branch/trunk/services/b%20c/100%25%23%3F.yaml",
        "kind: C".to_owned(),
    )];
    for pattern in ["b%20c/*.yaml", "b*/100????yaml", "b%20c/100%3F%3F%3F.*"] {
        let found = search(&reader, &format!("src/branch/trunk/services/{pattern}")).await;
        assert_eq!(shown(&found), odd, "{pattern}");
    }
    // Without a query behind it a question mark may stand as it is.
    assert_eq!(
        shown(&search(&reader, "src/branch/trunk/services/b%20c/100%25%23?.yaml").await),
        odd
    );
    for none in [
        "src/branch/trunk/**/nothing.yaml",
        "src/branch/gone/*.yaml",
        "src/branch/trunk/gone/*.yaml",
    ] {
        assert!(search(&reader, none).await.files.is_empty(), "{none}");
    }
}

#[tokio::test]
async fn an_unchanged_folder_costs_one_call() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "none.example");
    let url = format!("{CART}/src/branch/trunk/services/*/catalog-info.yaml");
    let first = reader.search(&url, None).await.unwrap();
    gitea.push(
        "shop/cart",
        "trunk",
        Change::new("m").file("README.md", "# Other"),
    );
    gitea.forget_calls();
    let again = reader.search(&url, first.etag.as_deref()).await.unwrap();
    assert!(again.not_modified && again.etag == first.etag);
    assert_eq!(gitea.calls_in_all(), 1);
    let push = gitea.push(
        "shop/cart",
        "trunk",
        Change::new("m").file("services/z/catalog-info.yaml", "kind: Z"),
    );
    let new = reader.search(&url, first.etag.as_deref()).await.unwrap();
    assert_eq!(new.etag.as_deref(), Some(&*push.after));
    assert_eq!(shown(&new)[1].1, "kind: Z");
    assert_ne!(new.files[0].commit, new.files[1].commit);
}

#[tokio::test]
async fn too_much_is_refused() {
    let gitea = gitea();
    let files = (0..1_001).fold(Repository::new("shop/many"), |repository, number| {
        repository.file(&format!("d/{number}.yaml"), "x")
    });
    gitea.repository(files);
    let reader = reader_of(&gitea, "none.example");
    let url = "https://git.example.com/git/shop/many/src/branch/main/d/*.yaml";
    let fault = reader.search(url, None).await.unwrap_err();
    assert!(
        fault.is(&FaultKind::Input) && fault.message.contains("1001 files match, at most 1000"),
        "{fault}"
    );
}

#[tokio::test]
async fn hosts_that_are_read_file_by_file_have_no_patterns() {
    let reader = reader(json!({ "integrations": {} }));
    for url in [
        "https://bitbucket.org/o/r/src/main/*.yaml".to_owned(),
        "https://dev.azure.com/o/p/_git/r*?path=%2Fx.yaml".to_owned(),
    ] {
        for fault in [
            reader.search(&url, None).await.unwrap_err(),
            reader.check(&url).unwrap_err(),
        ] {
            assert_eq!(
                fault.to_string(),
                "Error: Unsupported search pattern URL",
                "{url}"
            );
        }
    }
    reader
        .check("https://github.com/o/r/blob/main/**/x.yaml")
        .unwrap();
}
