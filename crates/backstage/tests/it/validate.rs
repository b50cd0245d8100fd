//! `catalog validate` says what the server would say, of whatever can be read.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;

use crate::process::{command, transcript};

const BROKEN: &str =
    "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: piped}\nspec: {}\n";

pub fn component(name: &str, more: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\n\
         spec: {{type: service, lifecycle: production, owner: team{more}}}\n"
    )
}

pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[track_caller]
pub fn check(folder: &Path, arguments: &[&str], expected: &[&str], code: u8) {
    let printed = transcript(folder, &[&["catalog", "validate"], arguments].concat());
    for text in expected {
        assert!(printed.contains(text), "{text} in {printed}");
    }
    assert!(printed.ends_with(&format!("--- exit code {code}\n")), "{printed}");
}

#[test]
fn what_the_server_refuses_later_is_invalid() {
    let files = folder(&[
        ("relation.yaml", &component("a", ", dependsOn: [foo]")),
        ("keys.yaml", &component("a", ", flavour: x, Flavour: y")),
        (
            "fine.yaml",
            &component("a", ", dependsOn: ['resource:foo'], flavour: x"),
        ),
        (
            "long.yaml",
            &component("a", &format!(", dependsOn: ['component:{}']", "x".repeat(2_000))),
        ),
        ("nul.yaml", &component("a", ", dependsOn: [\"component:a\\0b\"]")),
        (
            "annotation.yaml",
            &component("a, annotations: {backstage.io/Managed-by-location: x}", ""),
        ),
    ]);
    let check = |file: &str, expected: &[&str], code| check(files.path(), &[file], expected, code);
    let reason = "Entity reference \"foo\" had missing or empty kind";
    check(
        "relation.yaml",
        &["document 0: refused", reason, "hint: say what kind it is"],
        1,
    );
    let reason = "Entity has duplicate keys that vary only in casing, 'spec.flavour'";
    check(
        "keys.yaml",
        &["document 0: invalid", reason, "hint: rename one of the keys"],
        1,
    );
    check(
        "annotation.yaml",
        &["document 0: invalid", "vary only in casing"],
        1,
    );
    check("fine.yaml", &["document 0: valid"], 0);
    check(
        "long.yaml",
        &["document 0: refused", "has 2018 bytes, more than 1000"],
        1,
    );
    check("nul.yaml", &["document 0: refused", "has a NUL character"], 1);
}

#[test]
fn an_entity_that_two_files_declare_is_warned_of() {
    let files = folder(&[("a.yaml", &component("a", "")), ("b.yaml", &component("A", ""))]);
    let expected = [
        "b.yaml:1: document 0: valid",
        "warning: component:default/a is declared by ./a.yaml, too; only one of them is served",
        "2 file(s): 2 valid",
    ];
    check(files.path(), &["--quiet", "."], &expected, 0);
}

#[test]
fn bytes_that_are_no_utf8_are_replaced_and_told() {
    let files = folder(&[]);
    let bytes = [component("a", "").as_bytes(), b"# \xff\n"].concat();
    std::fs::write(files.path().join("latin.yaml"), bytes).unwrap();
    let expected = [
        "latin.yaml:1: document 0: valid",
        "warning: the file is not UTF-8: the first invalid byte is in line 5",
    ];
    check(files.path(), &["."], &expected, 0);
    std::fs::write(files.path().join("wide.yaml"), b"\xff\xfea\0:\0\n\0").unwrap();
    let expected = [
        "wide.yaml:1: document 0: yaml-error",
        "UTF-16",
        "hint: Save the file as UTF-8.",
    ];
    check(files.path(), &["wide.yaml"], &expected, 1);
}

#[test]
fn an_entity_that_occurs_twice_is_warned_of() {
    let text = [component("a", ""), component("b", ""), component("A", "")].join("---\n");
    let files = folder(&[("twice.yaml", &text)]);
    let expected = [
        "warning: component:default/a occurs more than once in twice.yaml; the last of them is served",
        "1 file(s): 3 valid",
    ];
    check(files.path(), &["twice.yaml"], &expected, 0);
    check(files.path(), &["--quiet", "twice.yaml"], &expected, 0);
    let printed = transcript(files.path(), &["catalog", "validate", "--format", "json", "."]);
    assert_eq!(printed.matches("\"warning\":").count(), 1, "{printed}");
}

#[test]
fn pipes_are_read() {
    let folder = folder(&[]);
    for name in ["-", "/dev/stdin"] {
        let mut process = command(folder.path(), &["catalog", "validate", name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        process
            .stdin
            .take()
            .unwrap()
            .write_all(BROKEN.as_bytes())
            .unwrap();
        let output = process.wait_with_output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(
            printed.contains(&format!("{name}:4: document 0: invalid")),
            "{printed}"
        );
        assert_eq!(output.status.code(), Some(1), "{printed}");
    }
}

#[test]
fn what_cannot_be_read_hides_no_verdict() {
    let files = folder(&[("broken.yaml", BROKEN)]);
    symlink("gone", files.path().join("a-link.yaml")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(files.path().join("pipe.yaml"))
        .status();
    assert!(pipe.unwrap().success());
    let expected = [
        "./broken.yaml:4: document 0: invalid",
        "./a-link.yaml: cannot be read: it is a link to something that does not exist",
        "./pipe.yaml: cannot be read: it is no ordinary file; only those are read in folders",
        "1 file(s): 1 invalid, 2 cannot be read",
    ];
    check(files.path(), &["."], &expected, 2);
    check(
        files.path(),
        &["gone.yaml", "broken.yaml"],
        &["gone.yaml: cannot be read: No such file", "1 invalid"],
        2,
    );
    let printed = transcript(
        files.path(),
        &["catalog", "validate", "--format", "json", "gone.yaml"],
    );
    assert!(printed.contains(r#""verdict":"unreadable""#), "{printed}");
}

#[test]
fn an_empty_folder_is_no_success() {
    let files = folder(&[("readme.txt", "")]);
    check(
        files.path(),
        &["."],
        &["error: there is no file *.yaml or *.yml in ."],
        2,
    );
}

#[test]
fn a_number_is_quoted_as_it_is_written() {
    let files = folder(&[("number.yaml", &component("1.10", ""))]);
    check(
        files.path(),
        &["."],
        &["hint: put it in quotes, as it is written"],
        1,
    );
}
