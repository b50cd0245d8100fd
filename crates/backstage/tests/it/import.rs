//! `catalog import` against running servers.

use std::path::Path;

use tempfile::TempDir;
use testkit::FileServer;

use crate::portal::Portal;
use crate::process::transcript;

/// A folder whose configuration lets `files` be read.
fn folder(files: &FileServer) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let host = files.url("").replace("http://", "");
    let config = format!(
        "backend:\n  listen: {{ host: 127.0.0.1, port: 0 }}\n  reading: {{ allow: [{{ host: '{host}' }}] }}\n  \
         database: {{ client: better-sqlite3, connection: ':memory:' }}\ncatalog: {{ locations: [] }}\n"
    );
    std::fs::write(folder.path().join("app-config.yaml"), config).unwrap();
    folder
}

/// Imports and returns what was printed.
fn import(folder: &Path, url: &str, more: &[&str]) -> String {
    transcript(folder, &[&["catalog", "import", "--url", url], more].concat())
}

#[test]
fn locations_are_previewed_registered_and_taken_over_from_another_server() {
    let files = FileServer::start();
    files.put(
        "/a.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: imported}\n\
         spec: {type: service, lifecycle: production, owner: team}\n",
    );
    let (first_folder, second_folder) = (folder(&files), folder(&files));
    let mut first = Portal::start(first_folder.path());
    let first_url = format!("http://{}", first.address());
    let mut second = Portal::start(second_folder.path());
    let second_url = format!("http://{}", second.address());
    let (good, gone) = (files.url("/a.yaml"), files.url("/gone.yaml"));
    let check = |server: &str, arguments: &[&str], expected: &[&str], code: &str| {
        let printed = import(first_folder.path(), server, arguments);
        for text in expected {
            assert!(printed.contains(text), "{text} in {printed}");
        }
        assert!(printed.ends_with(&format!("--- exit code {code}\n")), "{printed}");
    };
    let preview = [
        &format!("readable   url:{good}"),
        "component:default/imported",
        "refused",
        "no matching files",
    ];
    check(&first_url, &["--dry-run", &good, &gone], &preview, "1");
    check(&first_url, &[&good], &[&format!("registered url:{good}")], "0");
    check(&first_url, &[&good], &[&format!("exists     url:{good}")], "0");
    check(
        &first_url,
        &[&format!("url:{good}")],
        &[&format!("exists     url:{good}")],
        "0",
    );
    let other = files.url("/a.yaml?v=2");
    let never = [
        "foo",
        "./plain.yaml",
        "file:///etc/passwd",
        "ftp://h/x.yaml",
        &files.url("/x.yaml").replace("http://", "http://u:geheim@"),
        &other,
    ];
    let refused = [
        "refused    url:foo\n           it is no address that begins with http:// or https://",
        "refused    url:./plain.yaml",
        "refused    url:file:///etc/passwd",
        "refused    url:ftp://h/x.yaml",
        "refused    url:http://u:<secret>@",
        "contains a login",
        &format!("registered url:{other}"),
    ];
    check(&first_url, &never, &refused, "1");
    let printed = import(first_folder.path(), &first_url, &never);
    // The first line repeats the command.
    assert!(
        printed.lines().skip(1).all(|line| !line.contains("geheim")),
        "{printed}"
    );
    let kept = first.get("/api/catalog/locations");
    assert!(!kept.contains("geheim") && !kept.contains("passwd"), "{kept}");
    check(
        &second_url,
        &["--from", &first_url],
        &[&format!("registered url:{good}")],
        "0",
    );
    check(
        &second_url,
        &["--from", "http://127.0.0.1:1"],
        &["cannot be reached"],
        "2",
    );
}
