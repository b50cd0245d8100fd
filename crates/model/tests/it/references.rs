//! References to entities and to sources.

use model::{EntityRef, LocationRef};
use proptest::prelude::*;
use serde_json::json;

#[test]
fn references_are_completed_and_lower_cased() {
    let check = |text: &str, expected: &str| {
        let found = EntityRef::parse(text, Some("Group"), "Shop");
        assert_eq!(
            found.map_or_else(|fault| fault.to_string(), |found| found.to_string()),
            expected,
            "{text}"
        );
    };
    check("a", "group:shop/a");
    check("User:A", "user:shop/a");
    check("Ops/A", "group:ops/a");
    check("user:ops/a", "user:ops/a");
    check("a/b:c", "group:a/b:c");
    check("user:ops/a/b", "user:ops/a/b");
    check("ΟΔΟΣ", "group:shop/οδος");
    check("İ", "group:shop/i\u{307}");
    check("", "Error: Entity reference must not be empty");
    for text in [":a", "/a", "user:", "user:/a", "ops/"] {
        check(
            text,
            &format!(
                "TypeError: Entity reference \"{text}\" was not on the form [<kind>:][<namespace>/]<name>"
            ),
        );
    }
}

#[test]
fn a_kind_must_come_from_somewhere() {
    let fault = "na\"me".parse::<EntityRef>().unwrap_err();
    assert_eq!(
        fault.to_string(),
        "Error: Entity reference \"na\\\"me\" had missing or empty kind (e.g. did not start with \"component:\" or similar)"
    );
}

#[test]
fn parts_keep_their_case() {
    let parts = EntityRef::parse_parts("User:Ada").unwrap();
    assert_eq!(
        (parts.kind.as_deref(), parts.namespace, parts.name.as_str()),
        (Some("User"), None, "Ada")
    );
}

#[test]
fn entities_without_namespace_are_in_the_default_one() {
    let reference = EntityRef::of(&json!({"kind": "User", "metadata": {"name": "Ada"}})).unwrap();
    assert_eq!(reference.to_string(), "user:default/ada");
    assert_eq!(EntityRef::of(&json!({"kind": "User"})), None);
}

proptest! {
    #[test]
    fn a_printed_reference_is_read_as_itself(kind in "[a-zA-Z]{1,5}", namespace in "[a-zA-Z.:-]{1,5}", name in r"\PC{1,8}") {
        let reference = EntityRef::new(&kind, &namespace.replace(':', "-"), &name);
        prop_assert_eq!(reference.to_string().parse::<EntityRef>(), Ok(reference));
    }

    #[test]
    fn any_text_is_read_or_refused(text in r"\PC*") {
        if let Ok(reference) = EntityRef::parse(&text, Some("x"), "default") {
            prop_assert_eq!(reference.to_string().parse::<EntityRef>(), Ok(reference));
        }
    }
}

#[test]
fn locations_have_a_type_and_a_target() {
    let check = |text: &str, expected: &str| {
        let found = LocationRef::parse(text);
        assert_eq!(
            found.map_or_else(|fault| fault.to_string(), |found| found.to_string()),
            expected,
            "{text}"
        );
    };
    check("url:https://host/path", "url:https://host/path");
    check(" file : ./a:b ", "file:./a:b");
    for text in ["nonsense", "url:", ":x", "url: "] {
        check(
            text,
            &format!(
                "TypeError: Unable to parse location ref '{text}', expected '<type>:<target>', e.g. 'url:https://host/path'"
            ),
        );
    }
    check(
        "https://host/path",
        "TypeError: Invalid location ref 'https://host/path', please prefix it with 'url:', e.g. 'url:https://host/path'",
    );
    check(
        "url:JAVA\nscript:alert(1)",
        "TypeError: Invalid location ref 'url:JAVA\nscript:alert(1)', target is a javascript: URL",
    );
    check("url:java script:x", "url:java script:x");
}

#[test]
fn put_together_locations_are_checked_too() {
    let check = |kind: &str, target: &str, expected: Result<(), &str>| {
        let found = LocationRef::new(kind, target).check();
        assert_eq!(
            found.map_err(|fault| fault.message),
            expected.map_err(str::to_owned)
        );
    };
    check("url", "x", Ok(()));
    check("", "x", Err("Unable to stringify location ref, empty type"));
    check("url", "", Err("Unable to stringify location ref, empty target"));
    check(
        "url",
        "\u{1} javascript:x",
        Err("Invalid location ref 'url:\u{1} javascript:x', target is a javascript: URL"),
    );
}

#[test]
fn generated_names_are_the_hash_of_the_location() {
    let location = LocationRef::new("url", "https://host/path");
    assert_eq!(
        location.generated_name(),
        "generated-ddec6ec9c37403402f9f95d49c01a2b809f71d23"
    );
}
