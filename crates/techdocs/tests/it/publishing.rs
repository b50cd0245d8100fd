//! A site is written into a folder and into a bucket, and read again from there.

use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use config::Config;
use model::{EntityRef, SystemClock};
use outside::{OutsideCalls, Settings};
use serde_json::{Value, json};
use techdocs::{BuildOptions, PublishedSites, Publisher};

use crate::fake_s3::{KEY, REGION, SECRET};
use crate::fake_store::{BUCKET, Cloud, FakeStore};
use crate::site::site;

pub fn files(pages: &[(&str, &str)]) -> Vec<(String, Bytes)> {
    let files = Mutex::new(Vec::new());
    let take = |path: &str, bytes: &[u8]| {
        files
            .lock()
            .unwrap()
            .push((path.to_owned(), bytes.to_vec().into()));
        Ok(())
    };
    site(pages).build(&BuildOptions::default(), &take).unwrap();
    files.into_inner().unwrap()
}

pub const FIRST: [(&str, &str); 3] = [
    ("mkdocs.yml", "site_name: Orders\n"),
    ("docs/index.md", "# Orders\n\n[old](old.md)\n\n## Hours\n\nNine."),
    ("docs/old.md", "# Old"),
];
pub const SECOND: [(&str, &str); 2] = [FIRST[0], ("docs/index.md", "# Orders anew\n\n## Hours\n\nTen.")];

pub fn opened(publisher: &Value) -> (Publisher, PublishedSites) {
    let techdocs = json!({"techdocs": {"builder": "external", "publisher": publisher}});
    let config = Config::from_value(techdocs, Path::new("/")).unwrap();
    let outside = OutsideCalls::new(Settings::default(), Arc::new(SystemClock));
    let reader = PublishedSites::open(&config, &outside).unwrap();
    (Publisher::open(&config, &outside).unwrap(), reader)
}

pub fn orders() -> EntityRef {
    EntityRef::new("Component", "default", "Orders")
}

/// Publishes two versions, and reads each.
pub async fn both_versions(publisher: &Value) {
    let (publisher, reader) = opened(publisher);
    let first = publisher.publish(&orders(), files(&FIRST)).await.unwrap();
    assert_eq!(first.folder, "default/component/orders");
    assert_eq!((first.written, first.removed), (5, 0));
    let site = reader.site(&first.folder, None).await.unwrap().unwrap();
    assert_eq!(site.name, "Orders");
    assert_eq!(site.outline(), ["Orders -> /", "Old -> old/"]);
    let at = site.page_at("").unwrap();
    let page = reader.page(&Arc::new(site), at).await.unwrap().unwrap();
    assert!(
        page.rendered.html.contains("<h2 id=\"hours\">Hours"),
        "{}",
        page.rendered.html
    );
    let second = publisher.publish(&orders(), files(&SECOND)).await.unwrap();
    assert_eq!((second.written, second.removed), (4, 1));
}

#[tokio::test]
async fn into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("new/sites");
    let publisher = json!({"type": "local", "local": {"publishDirectory": root}});
    both_versions(&publisher).await;
    let site = root.join("default/component/orders");
    assert!(site.join("index.html").is_file() && !site.join("old").join("index.html").exists());
    // A link in the folder does not lead files elsewhere.
    std::fs::remove_file(site.join("index.html")).unwrap();
    std::os::unix::fs::symlink("/tmp/elsewhere", site.join("index.html")).unwrap();
    let failed = opened(&publisher)
        .0
        .publish(&orders(), files(&FIRST))
        .await
        .unwrap_err();
    assert!(failed.message.contains("by a link"), "{failed}");
}

#[cfg(unix)]
#[tokio::test]
async fn what_links_lead_to_stays() {
    let folder = tempfile::tempdir().unwrap();
    let publisher = json!({"type": "local", "local": {"publishDirectory": folder.path()}});
    let publish = async |pages| opened(&publisher).0.publish(&orders(), files(pages)).await;
    publish(&FIRST).await.unwrap();
    let site = folder.path().join("default/component/orders");
    // Pages of another entity, to which links lead, and a folder of another program.
    let other = folder.path().join("default/component/other");
    std::fs::create_dir(&other).unwrap();
    for (name, place) in [("page.html", &other), ("HEAD", &site.join(".git"))] {
        std::fs::create_dir_all(place).unwrap();
        std::fs::write(place.join(name), "mine").unwrap();
    }
    std::os::unix::fs::symlink(&other, site.join("linked")).unwrap();
    std::os::unix::fs::symlink(other.join("page.html"), site.join("page.html")).unwrap();
    let published = publish(&SECOND).await.unwrap();
    assert_eq!(published.removed, 1);
    assert!(other.join("page.html").is_file() && site.join(".git/HEAD").is_file());
    assert!(std::fs::symlink_metadata(site.join("page.html")).is_ok());
    // A link among the folders of a page leads it nowhere.
    std::os::unix::fs::symlink(&other, site.join("old")).unwrap();
    let failed = publish(&FIRST).await.unwrap_err();
    assert!(
        failed.message.contains("old/index.html is reached by a link"),
        "{failed}"
    );
    assert!(!other.join("index.html").exists());
}

#[tokio::test]
async fn files_become_folders_and_folders_files() {
    let folder = tempfile::tempdir().unwrap();
    let publisher = json!({"type": "local", "local": {"publishDirectory": folder.path()}});
    let publish = async |pages| opened(&publisher).0.publish(&orders(), files(pages)).await;
    let asset = [
        SECOND[0],
        SECOND[1],
        ("docs/guide", "a file"),
        ("docs/list/x.txt", "x"),
    ];
    let page = [
        SECOND[0],
        SECOND[1],
        ("docs/guide.md", "# A page"),
        ("docs/list", "a file"),
    ];
    for (pages, removed) in [(&asset, 0), (&page, 2), (&asset, 2)] {
        assert_eq!(publish(pages).await.unwrap().removed, removed);
    }
}

#[tokio::test]
async fn the_metadata_comes_last() {
    let server = FakeStore::start(Cloud::Amazon).await;
    let settings = json!({
        "bucketName": BUCKET, "region": REGION, "endpoint": server.endpoint(), "s3ForcePathStyle": true,
        "credentials": {"accessKeyId": KEY, "secretAccessKey": SECRET},
    });
    let (publisher, _) = opened(&json!({"type": "awsS3", "awsS3": settings}));
    publisher.publish(&orders(), files(&FIRST)).await.unwrap();
    let written = server.written();
    let last =
        ["index.html", "techdocs_metadata.json"].map(|name| format!("default/component/orders/{name}"));
    assert_eq!(written.len(), 5);
    assert_eq!(written[3..], last);
}

#[tokio::test]
async fn into_a_bucket() {
    let server = FakeStore::start(Cloud::Amazon).await;
    server.put("sites/default/component/other/index.html", "of another entity");
    let settings = json!({
        "bucketName": BUCKET, "bucketRootPath": "sites", "region": REGION, "endpoint": server.endpoint(), "sse": "AES256",
        "s3ForcePathStyle": true, "credentials": {"accessKeyId": KEY, "secretAccessKey": SECRET},
    });
    let publisher = json!({"type": "awsS3", "awsS3": settings});
    both_versions(&publisher).await;
    let expected = [
        "sites/default/component/orders/assets/stylesheets/docs.css",
        "sites/default/component/orders/index.html",
        "sites/default/component/orders/search/search_index.json",
        "sites/default/component/orders/techdocs_metadata.json",
        "sites/default/component/other/index.html",
    ];
    assert_eq!(server.keys(), expected);
    server.refuse(Some((403, "AccessDenied")));
    let failed = opened(&publisher)
        .0
        .publish(&orders(), files(&FIRST))
        .await
        .unwrap_err();
    assert!(failed.message.contains("s3:PutObject"), "{failed}");
}
