//! Commits and packs against the program `git`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use scm::git::{Author, CommitFile, CommitText, Objects, make_repository, pack};

fn git(folder: &Path, arguments: &[&str], input: &[u8]) -> String {
    let mut running = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    running.stdin.take().unwrap().write_all(input).unwrap();
    let ran = running.wait_with_output().unwrap();
    assert!(ran.status.success(), "{arguments:?}");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

fn objects() -> Objects {
    let file = |path: &str, bytes: &[u8], is_executable| CommitFile {
        path: path.to_owned(),
        bytes: bytes.to_vec(),
        is_executable,
    };
    let files = vec![
        file("README.md", b"# orders\n", false),
        file("src/main.ts", b"main", false),
        // Git orders folders as if their names ended in a slash.
        file("src.txt", b"main", false),
        file("src-a/x", b"", false),
        file("bin/run", b"#!/bin/sh\n", true),
        file("deep/er/still/large.bin", &vec![7; 100_000], false),
    ];
    let text = CommitText {
        author: Author {
            name: "Ines <D>".to_owned(),
            email: "ines@openova.example\nx".to_owned(),
        },
        time: 1_764_000_000,
        message: "initial commit\n\nwith a reason".to_owned(),
    };
    Objects::first_commit(files, &text).unwrap()
}

#[test]
fn a_repository_on_disk_is_one_for_git() {
    let folder = tempfile::tempdir().unwrap();
    let objects = objects();
    make_repository(folder.path(), &objects, "main").unwrap();
    make_repository(folder.path(), &objects, "main").unwrap();
    assert_eq!(
        git(folder.path(), &["fsck", "--strict", "--no-dangling"], b""),
        ""
    );
    let head = git(folder.path(), &["log", "--format=%H|%an|%ae|%at|%B"], b"");
    let expected = format!(
        "{}|Ines D|ines@openova.examplex|1764000000|initial commit\n\nwith a reason",
        objects.commit()
    );
    assert_eq!(head.trim(), expected);
    let modes = git(
        folder.path(),
        &["ls-tree", "-r", "HEAD", "bin/run", "src.txt"],
        b"",
    );
    assert!(modes.starts_with("100755") && modes.contains("100644"), "{modes}");
    // The files come out of the objects as they went in, and the index knows them.
    git(folder.path(), &["checkout", "-f", "main"], b"");
    assert_eq!(
        std::fs::read(folder.path().join("deep/er/still/large.bin")).unwrap(),
        vec![7; 100_000]
    );
    assert_eq!(git(folder.path(), &["status", "--porcelain"], b""), "");
}

#[test]
fn a_pack_is_one_for_git() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q"], b"");
    let objects = objects();
    git(
        folder.path(),
        &["unpack-objects", "-q", "--strict"],
        &pack(&objects).unwrap(),
    );
    git(
        folder.path(),
        &["update-ref", "refs/heads/main", &objects.commit()],
        b"",
    );
    assert_eq!(git(folder.path(), &["fsck", "--strict"], b""), "");
    assert_eq!(git(folder.path(), &["show", "main:src/main.ts"], b""), "main");
}

#[test]
fn paths_that_no_repository_has_are_refused() {
    for path in ["", "/a", "a//b", "../a", "a/.git/config", ".GIT/x", "a/."] {
        let file = CommitFile {
            path: path.to_owned(),
            bytes: Vec::new(),
            is_executable: false,
        };
        let text = CommitText {
            author: Author {
                name: String::new(),
                email: String::new(),
            },
            time: 0,
            message: String::new(),
        };
        assert!(Objects::first_commit(vec![file], &text).is_err(), "{path:?}");
    }
}
