//! States are kept, shown without secrets, and gone back to.

use super::*;
use crate::redaction::Redactor;

fn write(workspace: &Workspace, path: &str, text: &str) {
    workspace.write(path, text.as_bytes(), false).unwrap();
}

/// A workspace after two steps: the first wrote a file with a secret and one without, the second changed, added and removed.
fn two_steps() -> (tempfile::TempDir, Workspace, Kept) {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::of(&folder.path().join("task"));
    kept.make().unwrap();
    let workspace = Workspace::open(&kept.log()).unwrap();
    let mut redactor = Redactor::default();
    redactor.hide("hush-hush");
    let mut scanner = Scanner::default();
    write(&workspace, "src/a.ts", "token = 'hush-hush';\n");
    write(&workspace, "b.md", "one\n");
    write(&workspace, "hush-hush.md", "a name\n");
    workspace.write("logo.png", b"\x89\0\0hush-hush", true).unwrap();
    write(&workspace, "passing.md", "hush-hush for a moment\n");
    workspace.remove("passing.md").unwrap();
    scanner.keep(&workspace, &kept, "first", &redactor).unwrap();
    write(&workspace, "b.md", "two\n");
    write(&workspace, "c.md", "new\n");
    workspace.remove("logo.png").unwrap();
    scanner.keep(&workspace, &kept, "second", &redactor).unwrap();
    (folder, workspace, kept)
}

#[test]
fn secrets_are_not_shown_and_a_workspace_becomes_what_it_was() {
    let (_folder, workspace, kept) = two_steps();
    let states = kept.load().unwrap();
    let [first, second] = &states.states[..] else {
        panic!("two states")
    };
    let seen = kept.text(first.file("src/a.ts").unwrap());
    assert_eq!(seen.as_deref(), Some("token = '***';\n"));
    let named = kept.text(first.file("***.md").unwrap());
    assert!(named.as_deref() == Some("a name\n") && first.file("hush-hush.md").is_none());
    assert_eq!(kept.text(first.file("logo.png").unwrap()), None);
    assert_eq!(kept.text(second.file("b.md").unwrap()).as_deref(), Some("two\n"));
    assert!(second.file("logo.png").is_none() && second.file("c.md").is_some());

    kept.restore(&workspace, &["first".to_owned()]).unwrap();
    assert_eq!(workspace.text("b.md").unwrap(), "one\n");
    assert_eq!(
        workspace.text("src/a.ts").unwrap(),
        "token = 'hush-hush';\n",
        "the step needs the secret itself"
    );
    assert!(workspace.is_file("logo.png") && !workspace.has("c.md"));
    kept.restore(&workspace, &[]).unwrap();
    assert!(workspace.paths().is_empty());
    assert!(kept.restore(&workspace, &["never".to_owned()]).is_err());
}

#[test]
fn after_a_good_end_no_secret_is_left_on_the_disk() {
    let (_folder, _, kept) = two_steps();
    kept.seal(true).unwrap();
    let states = kept.load().unwrap();
    let file = states.states[1].file("src/a.ts").unwrap();
    assert_eq!(kept.text(file).as_deref(), Some("token = '***';\n"));
    for entry in fs::read_dir(&kept.0).unwrap().flatten() {
        let bytes = fs::read(entry.path()).unwrap();
        let holds = bytes.windows(9).any(|part| part == b"hush-hush");
        assert!(!holds, "{}", entry.path().display());
    }
}

#[test]
fn a_step_that_is_done_again_replaces_what_came_behind_it() {
    let (_folder, workspace, kept) = two_steps();
    let mut scanner = Scanner::default();
    let redactor = Redactor::default();
    scanner.keep(&workspace, &kept, "first", &redactor).unwrap();
    let steps = kept.load().unwrap().states;
    assert_eq!(
        steps.iter().map(|state| state.step.as_str()).collect::<Vec<_>>(),
        ["first"]
    );
}

#[test]
fn too_many_files_are_not_kept() {
    let (_folder, workspace, kept) = two_steps();
    for number in 0..=MOST_FILES {
        write(&workspace, &number.to_string(), "");
    }
    Scanner::default()
        .keep(&workspace, &kept, "third", &Redactor::default())
        .unwrap();
    assert_eq!(kept.load().unwrap().states[2].files, None);
    assert!(kept.restore(&workspace, &["third".to_owned()]).is_err());
    assert!(workspace.paths().len() > MOST_FILES, "nothing is changed");
}

#[test]
fn without_secrets_all_stays_as_it_is() {
    let (_folder, workspace, kept) = two_steps();
    let before = fs::read(kept.log()).unwrap();
    kept.seal(false).unwrap();
    assert_eq!(fs::read(kept.log()).unwrap(), before);
    let large = vec![b'x'; 16 << 20];
    for name in ["one", "two", "three"] {
        workspace.write(name, &large, false).unwrap();
    }
    kept.seal(false).unwrap();
    assert!(
        fs::metadata(kept.log()).unwrap().len() < 1 << 20,
        "what no state has is dropped where it is much"
    );
    let states = kept.load().unwrap();
    assert_eq!(
        kept.text(states.states[1].file("b.md").unwrap()).as_deref(),
        Some("two\n")
    );
}
