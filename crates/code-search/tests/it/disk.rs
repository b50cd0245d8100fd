//! What is on the disk: kept, tidied up, and damaged.

use std::fs;
use std::path::{Path, PathBuf};

use code_search::{Index, IndexCondition, Question, Rules};

use crate::index::{add, ask, blob};

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = all
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    all.sort();
    all
}

/// A repository of ten files that say its number.
fn numbered(index: &Index, number: usize, publish: bool) {
    let files = (0..10).map(|file| {
        let text = format!("repository {number:03} has file {file}\n").repeat(50);
        (
            format!("src/file{file}.txt"),
            blob(text.as_bytes()),
            text.into_bytes(),
        )
    });
    index
        .replace(&format!("r{number:03}"), "c1", Rules::default(), files)
        .unwrap();
    if publish {
        assert_eq!(index.publish().unwrap(), []);
    }
}

#[test]
fn an_index_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(index.condition(), &IndexCondition::New);
    add(&index, "one", &[("a.rs", "fn one() {}\n"), ("b.bin", "\u{0}")]);
    add(
        &index,
        "two",
        &[("a.rs", "fn two() {}\n"), ("c/same.rs", "fn one() {}\n")],
    );
    let before = ask(&index, "fn");
    let repository = index.repository("one");
    drop(index);
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(index.condition(), &IndexCondition::Kept);
    let after = ask(&index, "fn");
    assert_eq!((after.files, after.count), (before.files, before.count));
    assert_eq!(index.repository("one"), repository);
    assert_eq!(index.text("two", "c/same.rs").unwrap().unwrap(), b"fn one() {}\n");
    assert_eq!(index.size().unwrap().text, 24, "the same content lies there once");
}

#[test]
fn shards_are_merged_and_what_nobody_needs_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    for number in 0..20 {
        numbered(&index, number, true);
    }
    for number in 0..5 {
        index.remove(&format!("r{number:03}"));
    }
    index.publish().unwrap();
    let before = index.size().unwrap();
    while index.tidy().unwrap() {}
    let after = index.size().unwrap();
    assert!(after.shards < 8, "{after:?}");
    assert_eq!((before.shards, before.repositories, before.files), (20, 15, 150));
    assert_eq!(after.text, before.text / 20 * 15);
    assert!(after.disk < before.disk / 3 * 2, "{before:?} {after:?}");
    let check = |index: &Index| {
        assert_eq!(ask(index, "\"repository 004\"").count.number(), 0);
        for number in 5..20 {
            let answer = ask(index, &format!("\"repository {number:03} has file 7\""));
            assert_eq!((answer.count.number(), answer.looked.files), (1, 1), "{number}");
            assert_eq!(answer.files[0].line_count, 50);
        }
        assert_eq!(ask(index, "/^repository 0(0[5-9]|1\\d) has/").count.number(), 150);
    };
    check(&index);
    assert_eq!(index.verify(), 0);
    drop(index);
    assert_eq!(files(folder.path(), ".new"), Vec::<PathBuf>::new());
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(files(folder.path(), ".shard").len(), after.shards);
    check(&index);
}

#[test]
fn a_content_that_was_dropped_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    add(&index, "one", &[("a", "text of a\n")]);
    index.remove("one");
    index.publish().unwrap();
    let mut draft = index.draft("two", "c", Rules::default());
    assert!(draft.add("a", blob(b"text of a\n"), 10));
    draft.finish();
    // Nobody gave the content.
    while index.tidy().unwrap() {}
    assert_eq!(index.publish().unwrap(), ["two".into()]);
    assert_eq!(index.names().len(), 0);
    add(&index, "two", &[("a", "text of a\n")]);
    assert_eq!(ask(&index, "text").count.number(), 1);
}

#[test]
fn what_is_damaged_is_found_and_only_what_needs_it_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    add(&index, "one", &[("a", "text of one\n")]);
    add(&index, "two", &[("a", "text of two\n")]);
    drop(index);
    let shards = files(folder.path(), ".shard");
    let whole = fs::read(&shards[0]).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        fs::write(&shards[0], &bytes).unwrap();
        // Opening removes what it cannot read.
        let copy = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
        let index = Index::open(copy.path()).unwrap();
        let answer = ask(&index, "text");
        let found_at_once = matches!(index.condition(), IndexCondition::Damaged { .. });
        if found_at_once {
            assert_eq!(&*index.names(), ["two".into()], "byte {at}");
        } else {
            assert_eq!(index.verify(), 1, "byte {at}");
            assert_eq!(index.repair().unwrap(), ["one".into()], "byte {at}");
            assert!(
                answer
                    .files
                    .iter()
                    .all(|file| file.lines.iter().all(|line| line.text.starts_with("text of")))
            );
        }
        assert_eq!(ask(&index, "text").count.number(), 1, "byte {at}");
        assert_eq!(index.repair().unwrap(), []);
    }
    for length in [0, 1, whole.len() / 2, whole.len() - 1] {
        fs::write(&shards[0], &whole[..length]).unwrap();
        let manifest = fs::read(folder.path().join("manifest")).unwrap();
        let listings: Vec<(PathBuf, Vec<u8>)> = files(folder.path(), ".files")
            .into_iter()
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect();
        let index = Index::open(folder.path()).unwrap();
        assert_eq!(&*index.names(), ["two".into()]);
        drop(index);
        fs::write(folder.path().join("manifest"), manifest).unwrap();
        for (path, bytes) in &listings {
            fs::write(path, bytes).unwrap();
        }
    }
}

#[test]
fn a_manifest_or_listing_that_is_damaged_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    add(&index, "one", &[("a", "text of one\n")]);
    add(&index, "two", &[("a", "text of two\n")]);
    drop(index);
    let listing = &files(folder.path(), ".files")[0];
    let mut bytes = fs::read(listing).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(listing, bytes).unwrap();
    let index = Index::open(folder.path()).unwrap();
    assert!(matches!(index.condition(), IndexCondition::Damaged { .. }));
    assert_eq!(&*index.names(), ["two".into()]);
    drop(index);
    fs::write(folder.path().join("manifest"), "CODEIX99 of another version").unwrap();
    let index = Index::open(folder.path()).unwrap();
    let IndexCondition::Discarded { reason } = index.condition() else {
        panic!("{:?}", index.condition());
    };
    assert!(reason.contains("version"), "{reason}");
    assert_eq!(index.names().len(), 0);
    assert_eq!(files(folder.path(), ".shard"), Vec::<PathBuf>::new());
    add(&index, "one", &[("a", "text of one\n")]);
    assert_eq!(ask(&index, "text").count.number(), 1);
}

#[test]
fn it_is_searched_while_it_is_written_and_tidied() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    numbered(&index, 0, true);
    std::thread::scope(|scope| {
        let tidying = scope.spawn(|| {
            for _ in 0..60 {
                index.tidy().unwrap();
            }
        });
        let writing = scope.spawn(|| {
            for number in 1..60 {
                numbered(&index, number, true);
            }
        });
        while !tidying.is_finished() || !writing.is_finished() {
            let answer = index.answer(
                &Question::read("\"repository 000 has file 3\""),
                &code_search::Everything,
                &code_search::Bounds::default(),
            );
            assert_eq!((answer.count.number(), answer.looked.unreadable), (1, 0));
        }
    });
    while index.tidy().unwrap() {}
    assert_eq!(ask(&index, "\"has file 3\"").count.number(), 60);
    assert_eq!(index.verify(), 0);
}
