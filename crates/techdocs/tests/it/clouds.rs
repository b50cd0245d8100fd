//! Sites in a bucket of Google and in a container of Azure: read, published, and refused with the key of the configuration.

use std::sync::Arc;

use model::FaultKind;
use serde_json::{Value, json};
use techdocs::PublishedSites;

use crate::fake_azure::{ACCOUNT, KEY, SIGNATURE};
use crate::fake_google::{EMAIL, key_file};
use crate::fake_store::{BUCKET, Cloud, FakeStore};
use crate::published::{FOLDER, LATER, OUTLINE, fixture, html, site, sites};
use crate::publishing::{FIRST, SECOND, both_versions, files, opened, orders};

fn google(server: &FakeStore, root: &str) -> Value {
    let settings = json!({
        "bucketName": BUCKET, "bucketRootPath": root, "endpoint": server.endpoint(), "projectId": "example",
        "credentials": key_file().to_string(),
    });
    json!({"type": "googleGcs", "googleGcs": settings})
}

fn azure(server: &FakeStore, key: &str) -> Value {
    let connection = format!(
        "DefaultEndpointsProtocol=http;AccountName={ACCOUNT};{key};BlobEndpoint={}/{ACCOUNT};",
        server.endpoint()
    );
    let settings = json!({"containerName": BUCKET, "connectionString": connection});
    json!({"type": "azureBlobStorage", "azureBlobStorage": settings})
}

fn with_key(server: &FakeStore) -> Value {
    azure(server, &format!("AccountKey={KEY}"))
}

fn with_signature(server: &FakeStore, signature: &str) -> Value {
    let signature = signature.replace('=', "%3D");
    azure(
        server,
        &format!("SharedAccessSignature=sv=2023-11-03&sp=rl&sig={signature}"),
    )
}

fn in_place(publisher: &Value) -> PublishedSites {
    sites(json!({"builder": "external", "publisher": publisher}))
}

/// A server of each kind with a site, how it is configured, and the key below which the site lies.
async fn servers() -> Vec<(FakeStore, Value, String)> {
    let mut servers = Vec::new();
    for (cloud, root) in [
        (Cloud::Google, "all/sites/"),
        (Cloud::Azure, ""),
        (Cloud::Azure, ""),
    ] {
        let server = FakeStore::start(cloud).await;
        let below = format!("{root}{FOLDER}");
        server.publish(&fixture().join(FOLDER), &below);
        let publisher = match (cloud, servers.len()) {
            (Cloud::Google, _) => google(&server, root),
            (_, 1) => with_key(&server),
            _ => with_signature(&server, SIGNATURE),
        };
        servers.push((server, publisher, below));
    }
    servers
}

#[tokio::test]
async fn sites_are_read_and_unchanged_files_are_not_sent_again() {
    for (server, publisher, below) in servers().await {
        let sites = in_place(&publisher);
        let first = site(&sites).await;
        assert_eq!(first.outline().join("\n"), OUTLINE, "{publisher}");
        let page = html(&sites, &first, "operations/").await;
        assert!(page.contains("Text before any heading."), "{page}");
        assert_eq!(sites.file(FOLDER, "nothing.png").await.unwrap(), None);
        server.asked();
        tokio::time::sleep(LATER).await;
        assert!(sites.site(FOLDER, Some(&first.version)).await.unwrap().is_none());
        let same = ["index.html", "search/search_index.json", "techdocs_metadata.json"]
            .map(|path| (format!("{below}/{path}"), 304));
        assert_eq!(server.asked(), same);
        // Without the metadata the files are listed.
        server.remove(&format!("{below}/techdocs_metadata.json"));
        let listed = site(&in_place(&publisher)).await;
        assert_eq!(listed.outline().join("\n"), OUTLINE, "{publisher}");
    }
}

#[tokio::test]
async fn servers_that_are_away_leave_what_was_read() {
    for (server, publisher, _) in servers().await {
        let sites = in_place(&publisher);
        let site = site(&sites).await;
        let before = html(&sites, &site, "").await;
        server.stop().await;
        tokio::time::sleep(LATER).await;
        let fault = sites.site(FOLDER, Some(&site.version)).await.unwrap_err();
        assert!(
            fault.message.contains("is away") && fault.is(&FaultKind::Unavailable),
            "{fault}"
        );
        assert!(!fault.message.contains("sig="), "{fault}");
        assert_eq!(html(&sites, &site, "").await, before);
    }
}

#[tokio::test]
async fn sites_are_published() {
    for (cloud, root) in [(Cloud::Google, "sites/"), (Cloud::Azure, "")] {
        let server = FakeStore::start(cloud).await;
        let other = format!("{root}default/component/other/index.html");
        server.put(&other, "of another entity");
        let publisher = if cloud == Cloud::Google {
            google(&server, root)
        } else {
            with_key(&server)
        };
        both_versions(&publisher).await;
        let expected = [
            "assets/stylesheets/docs.css",
            "index.html",
            "search/search_index.json",
            "techdocs_metadata.json",
        ];
        let expected = expected.map(|path| format!("{root}default/component/orders/{path}"));
        let mut expected = Vec::from(expected);
        expected.push(other);
        assert_eq!(server.keys(), expected);
        let last = ["index.html", "techdocs_metadata.json"]
            .map(|name| format!("{root}default/component/orders/{name}"));
        let written = server.written();
        assert_eq!(written[written.len() - 2..], last);
    }
}

#[tokio::test]
async fn a_file_that_another_publisher_removed_first_is_as_good() {
    for (server, publisher, _) in servers().await.into_iter().take(2) {
        let (publisher, _) = opened(&publisher);
        publisher.publish(&orders(), files(&FIRST)).await.unwrap();
        server.lose_next_removal();
        let second = publisher.publish(&orders(), files(&SECOND)).await.unwrap();
        assert_eq!((second.written, second.removed), (4, 0));
    }
}

#[tokio::test]
async fn refusals_of_google_name_the_key_of_the_configuration() {
    let server = FakeStore::start(Cloud::Google).await;
    let mut someone = key_file();
    someone["client_email"] = json!("someone@example.iam.gserviceaccount.com");
    for (key, value, words, kind) in [
        (
            "bucketName",
            json!("other"),
            "no bucket of this name; correct techdocs.publisher.googleGcs.bucketName",
            FaultKind::Input,
        ),
        (
            "credentials",
            json!(someone.to_string()),
            "does not know the key of the service account",
            FaultKind::Authentication,
        ),
        (
            "bucketRootPath",
            json!("elsewhere"),
            "No documentation is published",
            FaultKind::NotFound,
        ),
        (
            "endpoint",
            json!("nowhere"),
            "correct techdocs.publisher.googleGcs.endpoint",
            FaultKind::Plain,
        ),
        // The key as settings is as good as its text.
        (
            "credentials",
            key_file(),
            "No documentation is published",
            FaultKind::NotFound,
        ),
    ] {
        let mut publisher = google(&server, "");
        publisher["googleGcs"][key] = value;
        refused(&publisher, words, kind).await;
    }
    for (refusal, words, kind) in [
        (
            (403, "AccessDenied"),
            "role Storage Object Viewer",
            FaultKind::NotAllowed,
        ),
        (
            (401, "AuthenticationRequired"),
            "techdocs.publisher.googleGcs.credentials",
            FaultKind::Authentication,
        ),
        ((503, "ServiceUnavailable"), "503", FaultKind::Unavailable),
    ] {
        server.refuse(Some(refusal));
        refused(&google(&server, ""), words, kind).await;
    }
    server.refuse(Some((403, "AccessDenied")));
    not_published(&google(&server, ""), "role Storage Object User").await;
}

#[tokio::test]
async fn refusals_of_azure_name_the_key_of_the_configuration() {
    let server = FakeStore::start(Cloud::Azure).await;
    let mut other = with_key(&server);
    other["azureBlobStorage"]["containerName"] = json!("other");
    for (publisher, words, kind) in [
        (
            other,
            "no container of this name; correct techdocs.publisher.azureBlobStorage.containerName",
            FaultKind::Input,
        ),
        (
            azure(&server, "AccountKey=Z2VoZWlt"),
            "azureBlobStorage.credentials.accountKey",
            FaultKind::Authentication,
        ),
        (
            with_signature(&server, "Z2VoZWlt"),
            "or connectionString",
            FaultKind::Authentication,
        ),
        (
            with_key(&server),
            "No documentation is published",
            FaultKind::NotFound,
        ),
    ] {
        refused(&publisher, words, kind).await;
    }
    for (refusal, words, kind) in [
        (
            (403, "AuthorizationPermissionMismatch"),
            "role Storage Blob Data Reader",
            FaultKind::NotAllowed,
        ),
        (
            (401, "InvalidAuthenticationInfo"),
            "AZURE_TENANT_ID",
            FaultKind::Authentication,
        ),
        ((503, "ServerBusy"), "503", FaultKind::Unavailable),
    ] {
        server.refuse(Some(refusal));
        refused(&with_key(&server), words, kind).await;
    }
    server.refuse(None);
    // One that may write and not remove: the refusal stands within an answer of success.
    let (publisher, _) = opened(&with_key(&server));
    publisher.publish(&orders(), files(&FIRST)).await.unwrap();
    server.refuse_removals((403, "AuthorizationPermissionMismatch"));
    let failed = publisher.publish(&orders(), files(&SECOND)).await.unwrap_err();
    assert!(
        failed.message.contains("role Storage Blob Data Contributor"),
        "{failed}"
    );
    server.refuse(Some((403, "AuthorizationFailure")));
    not_published(&with_key(&server), "role Storage Blob Data Contributor").await;
}

async fn refused(publisher: &Value, words: &str, kind: FaultKind) {
    let fault = in_place(publisher).site(FOLDER, None).await.unwrap_err();
    assert!(
        fault.message.contains(words) && fault.is(&kind),
        "{words}: {fault}"
    );
    for secret in ["Z2VoZWlt", KEY, SIGNATURE, "PRIVATE KEY", EMAIL] {
        assert!(!fault.message.contains(secret), "{fault}");
    }
}

async fn not_published(publisher: &Value, words: &str) {
    let (publisher, _) = opened(publisher);
    let failed = publisher.publish(&orders(), files(&FIRST)).await.unwrap_err();
    assert!(failed.message.contains(words), "{words}: {failed}");
    assert!(failed.is(&FaultKind::NotAllowed), "{failed}");
}

#[tokio::test]
async fn folders_keep_their_case_where_it_is_configured() {
    let server = FakeStore::start(Cloud::Azure).await;
    server.put(
        "default/Component/Orders/index.html",
        "<article><h1 id='o'>Orders</h1></article>",
    );
    let settings = json!({
        "builder": "external", "legacyUseCaseSensitiveTripletPaths": "true", "publisher": with_key(&server),
    });
    let sites = sites(settings);
    let found = sites.site("default/Component/Orders", None).await.unwrap();
    let site = Arc::new(found.unwrap());
    assert_eq!(site.outline(), ["Home -> /"]);
    let page = html(&sites, &site, "").await;
    assert!(page.contains("Orders"), "{page}");
}
