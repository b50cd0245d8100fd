//! Commands that answer and end.

use crate::process::{fixtures, transcript};

#[test]
fn validate_as_text() {
    insta::assert_snapshot!(transcript(&fixtures(), &["catalog", "validate", "catalog"]));
}

#[test]
fn validate_as_json() {
    insta::assert_snapshot!(transcript(
        &fixtures(),
        &["catalog", "validate", "--format", "json", "catalog"]
    ));
}

#[test]
fn validate_only_problems() {
    let printed = transcript(
        &fixtures(),
        &["catalog", "validate", "--quiet", "catalog/good.yaml"],
    );
    assert!(
        printed.ends_with("1 file(s): 1 empty, 2 valid\n--- exit code 0\n"),
        "{printed}"
    );
    assert!(!printed.contains("ledger"), "{printed}");
}

#[test]
fn a_missing_file_is_no_verdict() {
    insta::assert_snapshot!(transcript(
        &fixtures(),
        &["catalog", "validate", "catalog/gone.yaml"]
    ));
}

#[test]
fn the_example_catalog_is_valid() {
    let examples = fixtures().join("../../../../../examples");
    let printed = transcript(&examples, &["catalog", "validate", "--quiet", "."]);
    assert!(printed.ends_with("exit code 0\n"), "{printed}");
    assert!(printed.contains(" taken in by another file"), "{printed}");
}

#[test]
fn a_file_that_another_takes_in_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "catalog-info.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: pay}\n\
         spec: {type: openapi, lifecycle: production, owner: team, definition: {$text: ./openapi.yaml}}\n",
    );
    write("openapi.yaml", "openapi: 3.1.0\n");
    insta::assert_snapshot!(transcript(folder.path(), &["catalog", "validate", "."]));
    let printed = transcript(folder.path(), &["catalog", "validate", "openapi.yaml"]);
    assert!(
        printed.ends_with("exit code 1\n"),
        "who names it means it: {printed}"
    );
    write("other.yaml", "openapi: 3.1.0\n");
    let printed = transcript(folder.path(), &["catalog", "validate", "--quiet", "."]);
    assert!(
        !printed.contains("openapi.yaml:1")
            && !printed.contains("other.yaml")
            && printed.ends_with("exit code 0\n"),
        "{printed}"
    );
}

#[test]
fn configuration_is_checked() {
    insta::assert_snapshot!(transcript(&fixtures().join("config"), &["config", "check"]));
}

#[test]
fn printed_configuration_has_no_secrets() {
    let printed = transcript(
        &fixtures().join("config"),
        &["config", "print", "--format", "json"],
    );
    assert!(
        printed.contains("Money") && !printed.contains("nobody-may-see"),
        "{printed}"
    );
}

#[test]
fn help() {
    insta::assert_snapshot!(transcript(&fixtures(), &["--help"]));
}

#[test]
fn wrong_use_is_exit_code_2() {
    let printed = transcript(&fixtures(), &["catalog", "validate"]);
    assert!(printed.ends_with("--- exit code 2\n"), "{printed}");
}
