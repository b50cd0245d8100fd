//! Folders of repositories: addresses, versions, bounds, patterns, and what is not followed.

use flate2::Compression;
use flate2::write::GzEncoder;
use scm::{Tree, TreeLimits, TreeRead};
use serde_json::json;
use tar::{Builder, EntryType, Header};

use crate::server::{Reply, Server, answer, reader};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn add(archive: &mut Builder<GzEncoder<Vec<u8>>>, path: &str, mode: u32, content: &str) {
    let mut header = Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(mode);
    archive
        .append_data(&mut header, path, content.as_bytes())
        .unwrap();
}

fn link(archive: &mut Builder<GzEncoder<Vec<u8>>>, path: &str, target: &str) {
    let mut header = Header::new_gnu();
    header.set_size(0);
    header.set_entry_type(EntryType::Symlink);
    archive.append_link(&mut header, path, target).unwrap();
}

fn archive() -> Vec<u8> {
    let mut archive = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    add(&mut archive, "r/README.md", 0o644, "# Read me");
    add(&mut archive, "r/docs/a.md", 0o644, "A");
    add(&mut archive, "r/docs/run.sh", 0o755, "#!/bin/sh");
    link(&mut archive, "r/docs/linked.md", "a.md");
    link(&mut archive, "r/docs/index.md", "../README.md");
    link(&mut archive, "r/docs/passwd", "/etc/passwd");
    link(&mut archive, "r/docs/loop", "loop");
    link(&mut archive, "r/docs/out", "../../x");
    add(&mut archive, "r/docsother/b.md", 0o644, "B");
    archive.into_inner().unwrap().finish().unwrap()
}

fn route(path: &str, _head: &str) -> Reply {
    let bytes = |body: Vec<u8>| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        Reply::Bytes([head.into_bytes(), body].concat())
    };
    match path {
        "/api/v1/repos/o/empty" => answer("200 OK", "", r#"{"full_name": "o/empty", "empty": true}"#),
        path if path.contains("empty") => answer("409 Conflict", "", "{}"),
        path if path.contains("gone") => answer("404 Not Found", "", ""),
        path if path.contains("none") => answer("200 OK", "", "[]"),
        path if path.contains("/broken/archive/") => bytes(b"no archive".to_vec()),
        path if path.starts_with("/api/v1/") && path.contains("/commits") => {
            answer("200 OK", "", &json!([{ "sha": COMMIT }]).to_string())
        }
        path if path.starts_with("/gh/") && path.contains("/commits?") => {
            let commit = json!({"message": "docs: more\n\nBecause.", "author": {"name": "Ada", "date": "2026-11-24T08:00:00Z"}});
            answer(
                "200 OK",
                "",
                &json!([{ "sha": COMMIT, "commit": commit }]).to_string(),
            )
        }
        path if path.starts_with("/api/v4/") && path.contains("/commits?") => {
            let commit = json!({"id": COMMIT, "message": "docs: more", "author_name": "Ada", "authored_date": "2026-11-24T08:00:00Z"});
            answer("200 OK", "", &json!([commit]).to_string())
        }
        path if path.starts_with("/gh/") && path.contains("/commits") => answer("200 OK", "", COMMIT),
        path if path.starts_with("/api/v4/") && path.contains("/commits") => {
            answer("200 OK", "", &json!({ "id": COMMIT }).to_string())
        }
        path if path.contains(COMMIT) => bytes(archive()),
        _ => answer("400 Bad Request", "", ""),
    }
}

fn integrations(server: &Server) -> scm::UrlReader {
    let base = server.url("");
    reader(json!({ "integrations": {
        "gitea": [{ "host": "git.example.com", "baseUrl": base }],
        "github": [{ "host": "github.com", "apiBaseUrl": format!("{base}/gh"), "rawBaseUrl": base }],
        "gitlab": [{ "host": format!("127.0.0.1:{}", server.port), "baseUrl": base }],
    }}))
}

async fn tree(server: &Server, url: &str) -> Result<Tree, String> {
    let read = integrations(server)
        .read_tree(url, None, &TreeLimits::default())
        .await;
    match read.map_err(|fault| fault.to_string())? {
        TreeRead::New(tree) => Ok(tree),
        TreeRead::Same => Err("the same without a version".to_owned()),
    }
}

pub fn paths(tree: &Tree) -> Vec<&str> {
    tree.files.keys().map(String::as_str).collect()
}

#[tokio::test]
async fn each_host_gives_its_archive() {
    let server = Server::start(route).await;
    let all = [
        "README.md",
        "docs/a.md",
        "docs/index.md",
        "docs/linked.md",
        "docs/run.sh",
        "docsother/b.md",
    ];
    let docs = ["a.md", "linked.md", "run.sh"];
    let gitlab = server.url("/g/s/r/-/tree/main/docs");
    for (url, expected) in [
        ("https://git.example.com/o/r", &all[..]),
        ("https://git.example.com/o/r/src/branch/main/", &all),
        ("https://git.example.com/o/r/src/branch/feature%2Fx/docs", &docs),
        ("https://github.com/o/r/tree/main/docs/", &docs),
        ("https://github.com/o/r", &all),
        (&gitlab, &docs),
    ] {
        let tree = tree(&server, url).await.unwrap();
        assert_eq!(paths(&tree), expected, "{url}");
        assert_eq!(tree.version, COMMIT);
    }
    let asked: Vec<String> = server
        .requests()
        .iter()
        .map(|head| head.split(' ').nth(1).unwrap().to_owned())
        .collect();
    let commits = "/api/v1/repos/o/r/commits?limit=1&stat=false&verification=false&files=false";
    for expected in [
        commits.to_owned(),
        format!("{commits}&sha=main"),
        format!("{commits}&sha=feature%2Fx&path=docs"),
        format!("/api/v1/repos/o/r/archive/{COMMIT}.tar.gz"),
        "/gh/repos/o/r/commits/HEAD".to_owned(),
        format!("/gh/repos/o/r/tarball/{COMMIT}"),
        "/api/v4/projects/g%2Fs%2Fr/repository/commits/main".to_owned(),
        format!("/api/v4/projects/g%2Fs%2Fr/repository/archive.tar.gz?sha={COMMIT}"),
    ] {
        assert!(asked.contains(&expected), "{expected} in {asked:#?}");
    }
}

#[tokio::test]
async fn files_keep_their_bit_and_links_their_content() {
    let server = Server::start(route).await;
    let tree = tree(&server, "https://git.example.com/o/r").await.unwrap();
    assert!(tree.files["docs/run.sh"].is_executable);
    assert!(!tree.files["docs/a.md"].is_executable);
    assert_eq!(tree.files["docs/linked.md"].bytes, "A");
    assert_eq!(tree.files["docs/index.md"].bytes, "# Read me");
}

#[tokio::test]
async fn what_is_unchanged_is_not_sent_again() {
    let server = Server::start(route).await;
    let url = "https://git.example.com/o/r/src/branch/main/docs";
    let reader = integrations(&server);
    let read = reader.read_tree(url, Some(COMMIT), &TreeLimits::default()).await;
    assert_eq!(read, Ok(TreeRead::Same));
    assert_eq!(reader.newest_commit(url).await.unwrap(), COMMIT);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn files_that_match_a_pattern_come_from_the_archive() {
    let server = Server::start(route).await;
    let reader = integrations(&server);
    let gitlab = server.url("/g/s/r/-/blob/main");
    for (before, after) in [
        (
            "https://github.com/o/r/blob/main",
            "https://github.com/o/r/tree/main",
        ),
        (gitlab.as_str(), gitlab.as_str()),
    ] {
        let url = format!("{before}/docs/*.md");
        let found = reader.search(&url, None).await.unwrap();
        let urls: Vec<&str> = found.files.iter().map(|file| file.url.as_str()).collect();
        assert_eq!(
            urls,
            [format!("{after}/docs/a.md"), format!("{after}/docs/linked.md")]
        );
        assert_eq!(found.etag.as_deref(), Some(COMMIT));
        assert!(reader.search(&url, Some(COMMIT)).await.unwrap().not_modified);
        assert!(
            reader
                .search(&format!("{before}/none/*.md"), None)
                .await
                .unwrap()
                .files
                .is_empty()
        );
    }
}

#[tokio::test]
async fn what_fails_says_why() {
    let server = Server::start(route).await;
    for (url, expected) in [
        (
            "https://git.example.com/o/empty",
            "NotFoundError: Unable to read https://git.example.com/o/empty: o/empty has no commits yet",
        ),
        (
            "https://git.example.com/o/gone",
            "NotFoundError: Unable to read https://git.example.com/o/gone: git.example.com answers 404 and does not know it",
        ),
        (
            "https://git.example.com/o/none",
            "NotFoundError: Unable to read https://git.example.com/o/none: git.example.com names no commit of o/none",
        ),
        (
            "https://git.example.com/o/broken",
            "Error: Unable to read https://git.example.com/o/broken, the archive of the",
        ),
        (
            "https://git.example.com/o/r/src/branch/main/nowhere",
            "NotFoundError: Unable to read https://git.example.com/o/r/src/branch/main/nowhere, commit 0123456789abcdef0123",
        ),
        (
            "https://git.example.com/o/r/issues/5",
            "InputError: Unable to read https://git.example.com/o/r/issues/5, it names",
        ),
        (
            "https://git.example.com/o/r/src/branch/main/../x",
            "Error: Invalid SCM URL: path traversal",
        ),
        (
            "https://bitbucket.org/o/r",
            "InputError: Folders of bitbucketCloud cannot be read",
        ),
        (
            "https://unknown.example/o/r",
            "NotAllowedError: Unable to read https://unknown.example/o/r, its host is none",
        ),
    ] {
        let error = tree(&server, url).await.unwrap_err();
        assert!(error.starts_with(expected), "{url}: {error}");
    }
    let few = TreeLimits {
        files: 2,
        bytes: 1000,
    };
    let small = TreeLimits {
        files: 100,
        bytes: 10,
    };
    for (limits, expected) in [
        (few, "it has more than 2 files"),
        (small, "its files are larger than 10 bytes"),
    ] {
        let read = integrations(&server)
            .read_tree("https://git.example.com/o/r", None, &limits)
            .await;
        let error = read.unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error}");
    }
}

#[tokio::test]
async fn hosts_say_who_changed_a_file_last() {
    let server = Server::start(route).await;
    let base = server.url("");
    let gitlab = format!("127.0.0.1:{}", server.port);
    let with = |token: Option<&str>| {
        let mut hosts = [
            json!({ "host": "github.com", "apiBaseUrl": format!("{base}/gh"), "rawBaseUrl": base }),
            json!({ "host": gitlab, "baseUrl": base }),
        ];
        for host in &mut hosts {
            if let Some(token) = token {
                host["token"] = token.into();
            }
        }
        reader(json!({ "integrations": {"github": [hosts[0]], "gitlab": [hosts[1]] }}))
    };
    let files = [
        "https://github.com/o/r/tree/main/docs/a%20b.md".to_owned(),
        format!("{base}/g/s/r/-/blob/main/docs/a%20b.md"),
    ];
    for file in &files {
        let told = with(Some("geheim")).newest_change(file).await.unwrap().unwrap();
        assert_eq!((told.sha.as_str(), told.author.as_deref()), (COMMIT, Some("Ada")));
        assert_eq!(told.at.as_deref(), Some("2026-11-24T08:00:00Z"));
        assert_eq!(with(Some("geheim")).last_change(file).await.unwrap(), COMMIT);
        // Without a token the few questions an hour are for reading.
        assert!(!with(None).tells_changes(file));
        assert_eq!(with(None).newest_change(file).await.unwrap(), None);
    }
    let asked: Vec<String> = server
        .requests()
        .iter()
        .map(|head| head.split(' ').nth(1).unwrap().to_owned())
        .collect();
    let query = "path=docs%2Fa+b.md&per_page=1";
    assert!(
        asked.contains(&format!("/gh/repos/o/r/commits?sha=main&{query}")),
        "{asked:?}"
    );
    let gitlab = format!("/api/v4/projects/g%2Fs%2Fr/repository/commits?ref_name=main&{query}");
    assert!(asked.contains(&gitlab), "{asked:?}");
    let fault = with(Some("geheim"))
        .last_change("https://github.com/o/none/tree/main/docs")
        .await;
    assert!(fault.unwrap_err().message.contains("names no commit"));
}
