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
    let folders = [
        "catalog.yaml",
        "domains.yaml",
        "org",
        "platform",
        "talentmesh",
        "billing",
    ];
    let arguments = [&["catalog", "validate", "--quiet"], folders.as_slice()].concat();
    let printed = transcript(&examples, &arguments);
    assert!(printed.ends_with("exit code 0\n"), "{printed}");
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
