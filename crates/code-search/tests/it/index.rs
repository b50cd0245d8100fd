//! The index from outside.

use std::sync::LazyLock;

use code_search::{
    Answer, BlobId, Bounds, Count, Everything, Index, IndexError, Question, Reason, Rules, Sight,
};
use proptest::prelude::*;

use crate::question::any_question;

/// An id that a content has.
pub fn blob(text: &[u8]) -> BlobId {
    let mut bytes = [0; 20];
    for part in 0..5u32 {
        let sum = text.iter().fold(0x811c_9dc5 ^ part, |sum: u32, byte| {
            (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
        bytes[part as usize * 4..][..4].copy_from_slice(&sum.to_be_bytes());
    }
    BlobId::of_bytes(&bytes).unwrap()
}

pub fn add(index: &Index, repository: &str, files: &[(&str, &str)]) {
    let files = files.iter().map(|(path, text)| {
        (
            (*path).to_owned(),
            blob(text.as_bytes()),
            text.as_bytes().to_vec(),
        )
    });
    index
        .replace(repository, "c0ffee", Rules::default(), files)
        .unwrap();
    index.publish().unwrap();
}

pub fn ask(index: &Index, question: &str) -> Answer {
    index.answer(&Question::read(question), &Everything, &Bounds::default())
}

fn paths(answer: &Answer) -> Vec<String> {
    answer
        .files
        .iter()
        .map(|file| format!("{}:{}", file.repository, file.path))
        .collect()
}

fn shop() -> (tempfile::TempDir, Index) {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    add(
        &index,
        "git/shop/cart",
        &[
            (
                "src/cart.rs",
                "use std::fmt;\n\npub fn total(items: &[Item]) -> Price {\n    items.iter().sum()\n}\n",
            ),
            (
                "src/main.rs",
                "fn main() {\n    println!(\"{}\", cart::total(&[]));\r\n}",
            ),
            (
                "tests/cart.rs",
                "fn total_of_nothing() { assert_eq!(total(&[]), 0) }\n",
            ),
            ("README.md", "# The cart\nTOTAL is a word.\n"),
            ("logo.png", "\u{0}PNG total"),
        ],
    );
    add(
        &index,
        "git/shop/pay",
        &[("main.go", "package main\n\nfunc Total() int { return 0 }\n")],
    );
    (folder, index)
}

#[test]
fn questions_find_files_and_lines() {
    let (_folder, index) = shop();
    let all = [
        "git/shop/cart:README.md",
        "git/shop/cart:src/cart.rs",
        "git/shop/cart:src/main.rs",
        "git/shop/cart:tests/cart.rs",
        "git/shop/pay:main.go",
    ];
    let cases: &[(&str, &[&str])] = &[
        ("total", &all),
        ("total case:yes", &[all[1], all[2], all[3]]),
        ("Total case:auto", &[all[4]]),
        ("total repo:pay", &[all[4]]),
        ("total -repo:pay lang:rust", &[all[1], all[2], all[3]]),
        ("total lang:rust lang:go -path:tests/", &[all[1], all[2], all[4]]),
        ("total path:*.md", &[all[0]]),
        ("total path:/src/", &[all[1], all[2]]),
        ("total path:src/*.rs", &[all[1], all[2]]),
        ("total path:src", &[all[1], all[2]]),
        ("path:src", &[all[1], all[2]]),
        ("-total repo:shop", &["git/shop/cart:logo.png"]),
        ("total println", &[all[2]]),
        ("total -println -lang:go", &[all[0], all[1], all[3]]),
        ("\"fn total\"", &[all[1], all[3]]),
        ("/fn (total|main)\\b/", &[all[1], all[2]]),
        ("/^}$/", &[all[1], all[2]]),
        ("/\\{[^}]*x/", &[]),
        ("/&\\[\\]\\)\\);\\r$/", &[all[2]]),
        ("logo", &["git/shop/cart:logo.png"]),
        ("cart main", &[all[2]]),
        ("ſrc", &[all[1], all[2]]),
        ("nothing-of-that", &[]),
        ("owner:me total", &[]),
        ("-owner:me total", &all),
    ];
    for (question, expected) in cases {
        let answer = ask(&index, question);
        let mut found = paths(&answer);
        found.sort();
        assert_eq!(&found, expected, "{question}");
        assert_eq!(answer.count, Count::Exactly(expected.len() as u64), "{question}");
    }
}

#[test]
fn a_line_has_number_text_and_places() {
    let (_folder, index) = shop();
    let answer = ask(&index, "total path:main.rs");
    let file = &answer.files[0];
    assert_eq!((file.line_count, &*file.commit), (1, "c0ffee"));
    let line = &file.lines[0];
    assert_eq!(line.number, 2);
    assert_eq!(line.text, "    println!(\"{}\", cart::total(&[]));");
    assert_eq!(
        line.highlights
            .iter()
            .map(|place| &line.text[place.clone()])
            .collect::<Vec<_>>(),
        ["total"]
    );
}

#[test]
fn definitions_and_names_come_first_and_tests_last() {
    let (_folder, index) = shop();
    let found = paths(&ask(&index, "total"));
    assert_eq!(found.last().unwrap(), "git/shop/cart:tests/cart.rs");
    assert_eq!(found[1], "git/shop/cart:src/cart.rs", "{found:?}");
    assert!(ask(&index, "total").files[1].lines[0].definition);
    assert_eq!(paths(&ask(&index, "cart"))[0], "git/shop/cart:src/cart.rs");
}

struct Only(&'static str);

impl Sight for Only {
    fn sees(&self, repository: &str) -> bool {
        repository == self.0
    }
}

#[test]
fn what_is_not_seen_counts_nowhere() {
    let (_folder, index) = shop();
    let ask = |sight: &dyn Sight, question: &str| {
        index.answer(&Question::read(question), sight, &Bounds::default())
    };
    let answer = ask(&Only("git/shop/pay"), "total");
    assert_eq!(paths(&answer), ["git/shop/pay:main.go"]);
    assert_eq!(answer.count, Count::Exactly(1));
    assert_eq!(
        (
            answer.looked.repositories,
            answer.looked.candidates,
            answer.looked.files
        ),
        (1, 1, 1)
    );
    let hidden = ask(&Only("git/shop/pay"), "repo:cart total");
    let mut nowhere = ask(&Only("git/shop/pay"), "repo:nowhere total");
    nowhere.looked.time = hidden.looked.time;
    assert_eq!(hidden.looked, nowhere.looked);
    assert_eq!(ask(&Only("git/none"), "path:main").count, Count::Exactly(0));
}

#[test]
fn a_repository_is_replaced_and_removed() {
    let (_folder, index) = shop();
    add(&index, "git/shop/pay", &[("main.go", "package main\n")]);
    assert_eq!(ask(&index, "total repo:pay").files.len(), 0);
    index.remove("git/shop/cart");
    index.publish().unwrap();
    assert_eq!(ask(&index, "total").files.len(), 0);
    assert_eq!(index.names().len(), 1);
}

#[test]
fn contents_are_asked_for_once_and_what_is_left_out_is_counted() {
    let (_folder, index) = shop();
    let mut draft = index.draft("git/shop/copy", "c1", Rules::default());
    let known = blob(b"package main\n\nfunc Total() int { return 0 }\n");
    assert!(!draft.add("go/main.go", known, 44));
    assert!(!draft.add("node_modules/x/index.js", blob(b"x"), 1));
    assert!(!draft.add("Cargo.lock", blob(b"y"), 1));
    assert!(!draft.add("big.txt", blob(b"z"), 5 << 20));
    assert!(draft.add("gen.go", blob(b"gen"), 10));
    draft
        .content(
            "gen.go",
            blob(b"gen"),
            b"// Code generated by x. DO NOT EDIT.\npackage total\n",
        )
        .unwrap();
    draft.finish();
    index.publish().unwrap();
    let repository = index.repository("git/shop/copy").unwrap();
    assert_eq!((repository.files, repository.bytes), (1, 44));
    let counts: Vec<(Reason, u64)> = repository.left_out.into_iter().collect();
    assert_eq!(
        counts,
        [(Reason::Large, 1), (Reason::Vendored, 1), (Reason::Generated, 2)]
    );
    assert_eq!(
        paths(&ask(&index, "total repo:copy")),
        ["git/shop/copy:go/main.go"]
    );
    assert_eq!(
        index.text("git/shop/copy", "go/main.go").unwrap().unwrap().len(),
        44
    );
    assert_eq!(index.text("git/shop/copy", "gen.go").unwrap(), None);
}

#[test]
fn attributes_of_a_repository_decide() {
    let mut rules = Rules::default();
    rules.attributes.add("", b"*.gen.rs linguist-generated\n/out/** linguist-generated=true\nvendor/ours/** -linguist-vendored\n# x\n");
    rules.attributes.add("sub", b"lib/*.c linguist-vendored\n");
    let cases = [
        ("a/b.gen.rs", Some(Reason::Generated)),
        ("out/a/b.rs", Some(Reason::Generated)),
        ("a/out/b.rs", None),
        ("vendor/ours/x.rs", None),
        ("vendor/theirs/x.rs", Some(Reason::Vendored)),
        ("sub/lib/x.c", Some(Reason::Vendored)),
        ("lib/x.c", None),
    ];
    for (path, reason) in cases {
        assert_eq!(rules.left_out(path, 1), reason, "{path}");
    }
}

#[test]
fn bounds_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    let files: Vec<(String, String)> = (0..500)
        .map(|number| (format!("f{number:03}"), format!("same {number}\n")))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    add(&index, "r", &files);
    let bounds = Bounds {
        enough: 40,
        ..Bounds::default()
    };
    let first = index.answer(&Question::read("same"), &Everything, &bounds);
    assert_eq!(first.count, Count::AtLeast(40));
    assert_eq!(first.looked.candidates, 500);
    assert!(first.looked.files < 200);
    let again = index.answer(
        &Question::read("same"),
        &Everything,
        &Bounds { threads: 1, ..bounds },
    );
    assert_eq!(paths(&first), paths(&again));
    let second = index.answer(
        &Question::read("same"),
        &Everything,
        &Bounds { skip: 20, ..bounds },
    );
    assert!(paths(&second).iter().all(|path| !paths(&first).contains(path)));
    let late = Bounds {
        time: std::time::Duration::ZERO,
        ..Bounds::default()
    };
    let late = index.answer(&Question::read("/[a-z]/"), &Everything, &late);
    assert_eq!(
        (late.looked.stopped, late.looked.files),
        (Some(code_search::Stop::Time), 0)
    );
}

#[test]
fn long_and_strange_terms_find_what_they_say_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    let signs = "+*?({[".repeat(250);
    add(&index, "r", &[("signs", &signs), ("other", "nothing of that\n")]);
    for question in [
        signs.clone(),
        format!("\"{signs}\" case:yes"),
        format!("\"{}\"", &signs[..1_200]),
    ] {
        assert_eq!(paths(&ask(&index, &question)), ["r:signs"], "{question}");
    }
    let long = format!("/{}/", "a?".repeat(900));
    assert_eq!(ask(&index, &long).count, Count::Exactly(0));
    assert_eq!(ask(&index, &format!("path:\"{signs}\"")).count, Count::Exactly(0));
}

proptest! {
    #[test]
    fn any_question_has_an_answer(text in any_question()) {
        let (_folder, index) = &*SHOP;
        let answer = ask(index, &text);
        prop_assert_eq!(answer.looked.unreadable, 0);
        prop_assert_eq!(answer.count, Count::Exactly(answer.files.len() as u64));
        for line in answer.files.iter().flat_map(|file| &file.lines) {
            prop_assert!(line.highlights.iter().all(|place| line.text.get(place.clone()).is_some()));
        }
    }
}

static SHOP: LazyLock<(tempfile::TempDir, Index)> = LazyLock::new(shop);

#[test]
fn a_folder_belongs_to_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let _index = Index::open(folder.path()).unwrap();
    assert!(matches!(Index::open(folder.path()), Err(IndexError::Locked(_))));
}
