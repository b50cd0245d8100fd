//! Sites that another program published: read from a folder and from a bucket, changed, away, and refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use config::Config;
use model::{FaultKind, SystemClock};
use outside::{OutsideCalls, Settings};
use serde_json::{Value, json};
use techdocs::{PublishedSites, Site};

use crate::fake_s3::{KEY, REGION, SECRET};
use crate::fake_store::{BUCKET, Cloud, FakeStore};

pub const FOLDER: &str = "default/component/payments";
/// A little longer than a file is taken as it is.
pub const LATER: Duration = Duration::from_millis(2_100);

pub fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/published")
}

pub fn sites(techdocs: Value) -> PublishedSites {
    let config = Config::from_value(json!({ "techdocs": techdocs }), Path::new("/")).unwrap();
    let outside = OutsideCalls::new(Settings::default(), Arc::new(SystemClock));
    PublishedSites::open(&config, &outside).expect("another program builds")
}

fn in_folder(folder: &Path) -> PublishedSites {
    sites(
        json!({"builder": "external", "publisher": {"type": "local", "local": {"publishDirectory": folder}}}),
    )
}

fn bucket(server: &FakeStore) -> Value {
    json!({
        "bucketName": BUCKET, "bucketRootPath": "/all/sites/", "region": REGION, "endpoint": server.endpoint(),
        "s3ForcePathStyle": true, "credentials": {"accessKeyId": KEY, "secretAccessKey": SECRET},
    })
}

fn in_bucket(settings: Value) -> PublishedSites {
    sites(json!({"builder": "external", "publisher": {"type": "awsS3", "awsS3": settings}}))
}

async fn server() -> FakeStore {
    let server = FakeStore::start(Cloud::Amazon).await;
    server.publish(&fixture().join(FOLDER), &format!("all/sites/{FOLDER}"));
    server
}

pub async fn site(sites: &PublishedSites) -> Arc<Site> {
    Arc::new(
        sites
            .site(FOLDER, None)
            .await
            .unwrap()
            .expect("nothing is known yet"),
    )
}

pub async fn html(sites: &PublishedSites, site: &Arc<Site>, address: &str) -> String {
    let at = site.page_at(address).expect(address);
    let page = sites.page(site, at).await.unwrap().expect("the file is there");
    page.rendered.html.clone()
}

pub const OUTLINE: &str = "\
Home -> /
Guides
  Deploy -> guides/deploy/
  Refunds -> guides/refunds/
Operations -> operations/";

#[tokio::test]
async fn a_folder_has_sites() {
    let sites = in_folder(&fixture());
    let site = site(&sites).await;
    assert_eq!(site.name, "Payments handbook");
    assert_eq!(site.outline().join("\n"), OUTLINE);
    let front = html(&sites, &site, "").await;
    for expected in [
        "<h1 id=\"payments\">Payments<a class=\"headerlink\" href=\"#payments\"",
        "<a href=\"/-docs-/guides/deploy\"",
        "<a href=\"/-docs-/guides/refunds#within-a-day\"",
        "src=\"/-docs-/img/way.png\"",
        "<figcaption class=\"code-title\">terminal</figcaption>",
        "data-copy=\"docker run --rm -p 8080:8080 payments  # &lt;dev&gt;\"",
        "<div class=\"admonition tip\">",
        "<div class=\"docs-table\"",
    ] {
        assert!(front.contains(expected), "{expected} in {front}");
    }
    for gone in ["md-", "Edit this page", "<path", "linenos", "Made with"] {
        assert!(!front.contains(gone), "{gone} in {front}");
    }
    let refunds = html(&sites, &site, "guides/refunds/").await;
    assert!(
        !refunds.contains("alert(") && !refunds.contains("onerror"),
        "{refunds}"
    );
    assert!(refunds.contains("<a href=\"/-docs-/\""), "{refunds}");
    let deploy = html(&sites, &site, "guides/deploy/index.html").await;
    assert!(
        deploy.contains("tabbed-set") && deploy.contains("type=\"checkbox\""),
        "{deploy}"
    );
    let at = site.page_at("").unwrap();
    let page = sites.page(&site, at).await.unwrap().unwrap();
    let titles: Vec<&str> = page
        .rendered
        .headings
        .iter()
        .map(|heading| heading.text.as_str())
        .collect();
    assert_eq!(titles, ["Payments", "Run it", "Settings"]);
    assert_eq!(
        page.rendered.edit.as_deref(),
        Some("https://git.example.com/talent/payments/_edit/main/docs/index.md")
    );
}

#[tokio::test]
async fn what_can_be_found_is_that_of_the_index() {
    let sites = in_folder(&fixture());
    let site = site(&sites).await;
    let found = |address: &str| {
        let rendered = site.rendered(site.page_at(address).unwrap());
        let title = |at: usize| rendered.headings[at].text.clone();
        let sections = rendered.sections.iter();
        let found = sections.map(|section| (section.heading.map(title), section.text.clone()));
        found.collect::<Vec<_>>()
    };
    let text = "Refunds & returns are paid within a day. 1 alert(\"never runs\") On working days. ↩";
    assert_eq!(
        found("guides/refunds/")[1],
        (Some("Within a day".to_owned()), text.to_owned())
    );
    assert_eq!(
        found("operations/"),
        [
            (None, "Text before any heading.".to_owned()),
            (Some("Alerts".to_owned()), "Folded Paging at night.".to_owned())
        ]
    );
}

#[tokio::test]
async fn nothing_outside_of_the_folder_is_read() {
    let root = tempfile::tempdir().unwrap();
    let published = root.path().join("published");
    let site = published.join(FOLDER);
    fs::create_dir_all(&site).unwrap();
    fs::write(site.join("index.html"), "<article><h1 id=a>A</h1></article>").unwrap();
    fs::write(root.path().join("secret.txt"), "secret").unwrap();
    std::os::unix::fs::symlink(root.path().join("secret.txt"), site.join("link.txt")).unwrap();
    let sites = in_folder(&published);
    for path in [
        "link.txt",
        "../../../../secret.txt",
        "..\\secret.txt",
        "",
        "/etc/passwd",
        "search",
    ] {
        assert_eq!(sites.file(FOLDER, path).await.unwrap(), None, "{path}");
    }
    // Without the metadata the files are listed; a link out of the folder is none of them.
    let site = self::site(&sites).await;
    assert_eq!(site.outline(), ["Home -> /"]);
    fs::remove_dir_all(&published).unwrap();
    let fault = sites.file(FOLDER, "other.txt").await.unwrap_err();
    assert!(fault.message.contains("publishDirectory"), "{fault}");
}

#[tokio::test]
async fn a_bucket_has_sites_and_unchanged_files_are_not_sent_again() {
    let server = server().await;
    let sites = in_bucket(bucket(&server));
    let first = site(&sites).await;
    assert_eq!(first.outline().join("\n"), OUTLINE);
    assert!(
        html(&sites, &first, "operations/")
            .await
            .contains("Text before any heading.")
    );
    server.asked();
    assert!(sites.site(FOLDER, Some(&first.version)).await.unwrap().is_none());
    assert_eq!(server.asked(), [], "what was read just now is not asked for");
    tokio::time::sleep(LATER).await;
    assert!(sites.site(FOLDER, Some(&first.version)).await.unwrap().is_none());
    let key = |path: &str| format!("all/sites/{FOLDER}/{path}");
    let same =
        ["index.html", "search/search_index.json", "techdocs_metadata.json"].map(|path| (key(path), 304));
    assert_eq!(server.asked(), same);
    server.put(
        &key("operations/index.html"),
        "<article><h1 id='o'>Anew</h1></article>",
    );
    server.put(
        &key("techdocs_metadata.json"),
        r#"{"site_name": "Renamed", "files": ["index.html", "operations/index.html"]}"#,
    );
    tokio::time::sleep(LATER).await;
    let second = Arc::new(
        sites
            .site(FOLDER, Some(&first.version))
            .await
            .unwrap()
            .expect("a new version"),
    );
    assert_eq!(second.name, "Renamed");
    assert!(html(&sites, &second, "operations/").await.contains("Anew"));
    assert!(sites.published_at(FOLDER).await.unwrap().is_some());
}

#[tokio::test]
async fn without_metadata_the_files_of_a_bucket_are_listed() {
    let server = server().await;
    server.remove(&format!("all/sites/{FOLDER}/techdocs_metadata.json"));
    let sites = in_bucket(bucket(&server));
    assert_eq!(site(&sites).await.outline().join("\n"), OUTLINE);
}

#[tokio::test]
async fn a_server_that_is_away_leaves_what_was_read() {
    let server = server().await;
    let sites = in_bucket(bucket(&server));
    let site = site(&sites).await;
    let before = html(&sites, &site, "").await;
    server.stop().await;
    tokio::time::sleep(LATER).await;
    let fault = sites.site(FOLDER, Some(&site.version)).await.unwrap_err();
    assert!(
        fault.message.contains("is away") && fault.is(&FaultKind::Unavailable),
        "{fault}"
    );
    let page = sites
        .page(&site, site.page_at("").unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(page.rendered.html, before);
    assert!(
        page.failure
            .is_some_and(|fault| fault.message.contains("is away"))
    );
    let fault = sites
        .page(&site, site.page_at("operations/").unwrap())
        .await
        .err()
        .unwrap();
    assert!(fault.message.contains("is away"), "{fault}");
}

#[tokio::test]
async fn refusals_name_the_key_of_the_configuration() {
    let server = server().await;
    let changed = |pointer: &str, value: &str| {
        let mut settings = bucket(&server);
        *settings.pointer_mut(pointer).unwrap() = Value::from(value);
        in_bucket(settings)
    };
    for (pointer, value, key, kind) in [
        ("/bucketName", "other", "awsS3.bucketName", FaultKind::Input),
        (
            "/region",
            "us-east-1",
            "awsS3.region: it is 'eu-other-9'",
            FaultKind::Input,
        ),
        (
            "/credentials/accessKeyId",
            "AKIDOTHER",
            "credentials.accessKeyId",
            FaultKind::Authentication,
        ),
        (
            "/credentials/secretAccessKey",
            "geheim",
            "credentials.secretAccessKey",
            FaultKind::Authentication,
        ),
        (
            "/bucketRootPath",
            "elsewhere",
            "No documentation is published",
            FaultKind::NotFound,
        ),
        ("/endpoint", "nowhere", "awsS3.endpoint", FaultKind::Plain),
    ] {
        let fault = changed(pointer, value).site(FOLDER, None).await.unwrap_err();
        assert!(fault.message.contains(key), "{pointer}: {fault}");
        assert!(fault.is(&kind), "{pointer}: {fault}");
        assert!(
            !fault.message.contains("geheim") && !fault.message.contains(SECRET),
            "{fault}"
        );
    }
    for (refusal, words) in [
        ((403, "AccessDenied"), "s3:GetObject"),
        ((403, "RequestTimeTooSkewed"), "clocks"),
        ((400, "ExpiredToken"), "has ended"),
        ((503, "SlowDown"), "503"),
    ] {
        server.refuse(Some(refusal));
        let fault = in_bucket(bucket(&server)).site(FOLDER, None).await.unwrap_err();
        assert!(fault.message.contains(words), "{words}: {fault}");
    }
}

#[tokio::test]
async fn a_page_that_is_too_large_is_refused_alone() {
    let server = server().await;
    server.put(
        &format!("all/sites/{FOLDER}/operations/index.html"),
        vec![b' '; 5 << 20],
    );
    let sites = in_bucket(bucket(&server));
    let site = site(&sites).await;
    let fault = sites
        .page(&site, site.page_at("operations/").unwrap())
        .await
        .err()
        .unwrap();
    assert!(fault.message.contains("larger than"), "{fault}");
    assert!(html(&sites, &site, "").await.contains("Payments"));
}

#[test]
fn folders_are_lower_case_unless_configured() {
    let value = json!({"kind": "Component", "metadata": {"name": "Shop", "namespace": "Sales"}});
    let folder = |legacy: bool| {
        let more = json!({"builder": "external", "legacyUseCaseSensitiveTripletPaths": legacy,
            "publisher": {"local": {"publishDirectory": "x"}}});
        sites(more).folder_of(&value).unwrap()
    };
    assert_eq!(folder(false), "sales/component/shop");
    assert_eq!(folder(true), "Sales/Component/Shop");
}
