//! States are kept, shown without secrets, and gone back to.

use super::*;
use crate::redaction::Redactor;

fn write(workspace: &Path, path: &str, text: &str) {
    Workspace::new(workspace)
        .write(path, text.as_bytes(), false)
        .unwrap();
}

/// A workspace after two steps: the first wrote a file with a secret and one without, the second changed, added and removed.
fn two_steps() -> (tempfile::TempDir, PathBuf, Kept) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("task");
    let kept = Kept::of(&workspace);
    let mut redactor = Redactor::default();
    redactor.hide("hush-hush");
    let mut scanner = Scanner::default();
    write(&workspace, "src/a.ts", "token = 'hush-hush';\n");
    write(&workspace, "b.md", "one\n");
    write(&workspace, "hush-hush.md", "a name\n");
    Workspace::new(&workspace)
        .write("logo.png", b"\x89\0\0hush-hush", true)
        .unwrap();
    scanner.keep(&workspace, &kept, "first", &redactor).unwrap();
    write(&workspace, "b.md", "two\n");
    write(&workspace, "c.md", "new\n");
    fs::remove_file(workspace.join("logo.png")).unwrap();
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
    assert_eq!(fs::read_to_string(workspace.join("b.md")).unwrap(), "one\n");
    let token = fs::read_to_string(workspace.join("src/a.ts")).unwrap();
    assert_eq!(
        token, "token = 'hush-hush';\n",
        "the step needs the secret itself"
    );
    assert!(workspace.join("logo.png").is_file() && !workspace.join("c.md").exists());
    kept.restore(&workspace, &[]).unwrap();
    assert!(Workspace::new(&workspace).paths().unwrap().is_empty());
    assert!(kept.restore(&workspace, &["never".to_owned()]).is_err());
}

#[test]
fn after_a_good_end_no_secret_is_left_on_the_disk() {
    let (_folder, _, kept) = two_steps();
    kept.seal().unwrap();
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
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("task");
    fs::create_dir(&workspace).unwrap();
    for number in 0..=MOST_FILES {
        fs::write(workspace.join(number.to_string()), "").unwrap();
    }
    let kept = Kept::of(&workspace);
    Scanner::default()
        .keep(&workspace, &kept, "only", &Redactor::default())
        .unwrap();
    assert_eq!(kept.load().unwrap().states[0].files, None);
    assert!(kept.restore(&workspace, &["only".to_owned()]).is_err());
    assert_eq!(
        Workspace::new(&workspace).paths().unwrap().len(),
        MOST_FILES + 1,
        "nothing is changed"
    );
}
