//! A workspace is like a folder, survives the end of its process, and cannot be led out of.

use std::fs;

use super::*;

struct Scratch {
    _folder: tempfile::TempDir,
    log: PathBuf,
}

fn scratch() -> Scratch {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("files.log");
    Scratch { _folder: folder, log }
}

fn some(scratch: &Scratch) -> Workspace {
    let workspace = Workspace::open(&scratch.log).unwrap();
    for (path, text) in [
        ("a.txt", "one"),
        ("src/lib.rs", "two"),
        ("src/bin/main.rs", "three"),
    ] {
        workspace.write(path, text.as_bytes(), false).unwrap();
    }
    workspace
}

#[test]
fn files_are_written_renamed_and_removed() {
    let scratch = scratch();
    let workspace = some(&scratch);
    workspace.write("run.sh", b"#!/bin/sh", true).unwrap();
    workspace.rewrite("run.sh", b"#!/bin/bash").unwrap();
    assert!(workspace.rewrite("none", b"").is_err());
    workspace.rename("src", "lib/src").unwrap();
    workspace.remove("a.txt").unwrap();
    workspace.remove("a.txt").unwrap();
    assert_eq!(
        workspace.paths(),
        ["lib/src/bin/main.rs", "lib/src/lib.rs", "run.sh"]
    );
    let files = workspace.files().unwrap();
    assert!(files[2].is_executable && files[2].bytes == b"#!/bin/bash");
    assert_eq!(workspace.text("lib/./src/lib.rs").unwrap(), "two");
    workspace.remove("lib").unwrap();
    assert_eq!(workspace.paths(), ["run.sh"]);
}

#[test]
fn folders_are_there_while_something_is_in_them() {
    let scratch = scratch();
    let workspace = some(&scratch);
    let source = workspace.below("src").unwrap();
    assert_eq!(source.paths(), ["bin/main.rs", "lib.rs"]);
    assert!(workspace.is_folder("src/bin") && !workspace.is_file("src") && !workspace.has("src/b"));
    let entries = source.entries(".").unwrap().unwrap();
    let names: Vec<(&str, bool)> = entries
        .iter()
        .map(|entry| (entry.path.as_str(), entry.is_folder))
        .collect();
    assert_eq!(names, [("bin", true), ("lib.rs", false)]);
    assert_eq!(workspace.entries("a.txt").unwrap(), None);
    assert!(workspace.write("src", b"", false).is_err(), "it is a folder");
    assert!(workspace.write("a.txt/b", b"", false).is_err(), "a.txt is a file");
    assert!(workspace.rename("src", "src/inner").is_err());
    assert!(workspace.rename("src", "a.txt").is_err());
    source.remove("bin").unwrap();
    assert!(!workspace.has("src/bin") && workspace.is_folder("src"));
}

/// `a.txt` sorts between `a` and `a/b`, which must not hide the folder.
#[test]
fn names_that_begin_alike_are_told_apart() {
    let scratch = scratch();
    let workspace = Workspace::open(&scratch.log).unwrap();
    for path in ["a/b", "a.txt", "a-c/d", "ab"] {
        workspace.write(path, b"x", false).unwrap();
    }
    let entries = workspace.entries("").unwrap().unwrap();
    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths, ["a", "a-c", "a.txt", "ab"]);
    workspace.remove("a").unwrap();
    assert_eq!(workspace.paths(), ["a-c/d", "a.txt", "ab"]);
}

#[test]
fn nothing_leads_out() {
    let scratch = scratch();
    let workspace = some(&scratch);
    for path in ["../x", "/etc/passwd", "src/../../x"] {
        assert!(workspace.write(path, b"x", false).is_err(), "{path}");
        assert!(workspace.bytes(path).is_err() && !workspace.has(path), "{path}");
        assert!(
            workspace.remove(path).is_err() && workspace.below(path).is_err(),
            "{path}"
        );
    }
    assert!(workspace.below("src").unwrap().bytes("../a.txt").is_err());
    assert!(workspace.remove(".").is_err() && workspace.rename(".", "x").is_err());
}

#[test]
fn another_process_finds_the_same_files() {
    let scratch = scratch();
    let first = some(&scratch);
    first.rename("src/bin", "bin").unwrap();
    first.write("a.txt", b"changed", true).unwrap();
    let before = first.stored();
    first.remove("a.txt").unwrap();
    first.reset(before).unwrap();
    let (paths, files) = (first.paths(), first.files().unwrap());
    drop(first);
    let second = Workspace::open(&scratch.log).unwrap();
    assert_eq!(second.paths(), paths);
    assert_eq!(second.files().unwrap(), files);
    second.write("b.txt", b"more", false).unwrap();
    assert_eq!(
        Workspace::open(&scratch.log).unwrap().text("b.txt").unwrap(),
        "more"
    );
}

/// At whatever byte a process is killed: the files that were written as a whole are there, and the next can write.
#[test]
fn a_torn_change_is_cut_off() {
    let scratch = scratch();
    drop(some(&scratch));
    let whole = fs::read(&scratch.log).unwrap();
    let mut most = 0;
    for length in 0..whole.len() {
        fs::write(&scratch.log, &whole[..length]).unwrap();
        let torn = Workspace::open(&scratch.log).unwrap();
        let found = torn.files().unwrap();
        assert!(found.len() >= most && found.len() < 3, "{length}");
        most = found.len();
        torn.write("next", b"!", false).unwrap();
        let again = Workspace::open(&scratch.log).unwrap();
        assert_eq!(again.paths().len(), most + 1, "{length}");
    }
    assert_eq!(most, 2);
}

/// A log that holds anything at all is opened or refused, and no content is handed out that was not written.
#[test]
fn rubbish_is_not_taken_for_files() {
    let scratch = scratch();
    let workspace = some(&scratch);
    let stored = workspace.stored();
    let mut whole = fs::read(&scratch.log).unwrap();
    for at in 0..whole.len() {
        whole[at] ^= 0x5a;
        fs::write(&scratch.log, &whole).unwrap();
        if let Ok(opened) = Workspace::open(&scratch.log) {
            let _ = opened.files();
        }
        whole[at] ^= 0x5a;
    }
    fs::write(&scratch.log, vec![b'x'; whole.len()]).unwrap();
    let contents = Contents::open(&scratch.log).unwrap();
    assert!(stored.iter().all(|(_, file)| contents.bytes(file).is_err()));
    assert!(Workspace::open(&scratch.log).unwrap().reset(stored).is_err());
}

#[test]
fn what_is_written_is_bounded() {
    let scratch = scratch();
    let workspace = Workspace::open(&scratch.log).unwrap();
    let large = vec![0; FILE_BYTES];
    let refused = (0..17).find_map(|number| workspace.write(&number.to_string(), &large, false).err());
    let refused = refused.unwrap().message;
    assert!(refused.contains("larger than 268435456 bytes"), "{refused}");
    assert_eq!(workspace.paths().len(), 16);
    workspace.remove("0").unwrap();
    workspace.write("16", &large, false).unwrap();
    assert_eq!(fs::metadata(&scratch.log).unwrap().len() >> 20, 17 * 16);
}
