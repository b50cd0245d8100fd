//! Which files count, how they merge, and what substitution and includes do.

use config::Config;
use serde_json::{Value, json};

use crate::support::{one_file, start};

fn check(files: &[(&str, &str)], env: &[(&str, &str)], key: &str, expected: &Value) {
    let config = start(files, env).config();
    assert_eq!(config.get(key).unwrap_or(&Value::Null), expected, "{files:?}");
}

#[test]
fn later_files_win() {
    let files = [
        ("app-config.yaml", "x: { a: 1, b: 1, c: 1, d: 1, e: 1 }"),
        ("app-config.prod.yaml", "x: { b: 2, c: 2, d: 2, e: 2 }"),
        ("app-config.local.yaml", "x: { c: 3, d: 3, e: 3 }"),
        ("app-config.prod.local.yaml", "x: { d: 4, e: 4 }"),
        ("app-config.other.yaml", "x: { a: 9 }"),
    ];
    let env = [("BACKSTAGE_ENV", " prod , absent,"), ("APP_CONFIG_x_e", "5")];
    check(
        &files,
        &env,
        "x",
        &json!({ "a": 1, "b": 2, "c": 3, "d": 4, "e": 5 }),
    );
}

#[test]
fn named_files_replace_the_list() {
    let files = [
        ("app-config.yaml", "x: 1"),
        ("a.yaml", "x: 2\ny: 2"),
        ("b.yaml", "x: 3"),
    ];
    let mut start = start(&files, &[]);
    start.options.files = vec!["a.yaml".into(), start.folder.path().join("b.yaml")];
    assert_eq!(start.config().value(), &json!({ "x": 3, "y": 2 }));
}

#[test]
fn objects_merge_and_the_rest_replaces() {
    let merged = |below: &str, above: &str, expected: Value| {
        check(
            &[("app-config.yaml", below), ("app-config.local.yaml", above)],
            &[],
            "x",
            &expected,
        );
    };
    merged(
        "x: { a: { b: 1, c: 2 } }",
        "x: { a: { c: 3, d: 4 } }",
        json!({ "a": { "b": 1, "c": 3, "d": 4 } }),
    );
    merged("x: [1, 2]", "x: [3]", json!([3]));
    merged("x: { a: 1 }", "x: text", json!("text"));
    merged("x: text", "x: { a: 1 }", json!({ "a": 1 }));
    merged("x: { a: 1, b: 2 }", "x: { a: null }", json!({ "b": 2 }));
    merged("x: { a: 1 }", "x: null", Value::Null);
    merged("x: { a: 1 }", "y: 1", json!({ "a": 1 }));
    merged("x: [null, 1]", "y: 1", json!([null, 1]));
}

#[test]
fn null_removes_and_a_later_file_may_set_again() {
    let files = [
        ("app-config.yaml", "x: { a: 1 }"),
        ("app-config.prod.yaml", "x: null"),
        ("app-config.local.yaml", "x: { b: 1 }"),
    ];
    check(&files, &[("BACKSTAGE_ENV", "prod")], "x", &json!({ "b": 1 }));
}

#[test]
fn variables() {
    let text = "\
x:
  set: pre-${NAME}-post
  unset: ${MISSING}
  fallback: ${MISSING:-other}
  empty: ${EMPTY:-other}
  escaped: $${NAME}
  list: ['${NAME}', '${MISSING}', last]
  env: { $env: NAME }
  unsetEnv: { $env: MISSING }
";
    let expected = json!({
        "set": "pre-value-post", "fallback": "other", "empty": "other", "escaped": "${NAME}",
        "list": ["value", "last"], "env": "value",
    });
    check(
        &[("app-config.yaml", text)],
        &[("NAME", " value "), ("EMPTY", "")],
        "x",
        &expected,
    );
}

#[test]
fn includes() {
    let files = [
        (
            "app-config.yaml",
            "x:\n  file: { $file: secrets/token.txt }\n  whole: { $include: parts/a.yaml }\n  \
             part: { $include: 'parts/a.yaml#deep.list' }\n  json: { $include: './parts/b.json#one' }\n  \
             absent: { $include: 'parts/a.yaml#nothing' }\n  named: { $file: '${FOLDER}/token.txt' }\n",
        ),
        ("secrets/token.txt", "abc\n\n"),
        (
            "parts/a.yaml",
            "deep: { list: [1, { $file: near.txt }] }\nvar: ${NAME}\n",
        ),
        ("parts/near.txt", "near "),
        ("parts/b.json", "{\"one\": \"${NAME}\"}"),
    ];
    let expected = json!({
        "file": "abc",
        "whole": { "deep": { "list": [1, "near"] }, "var": "value" },
        "part": [1, "near"],
        "json": "value",
        "named": "abc",
    });
    check(
        &files,
        &[("NAME", "value"), ("FOLDER", "secrets")],
        "x",
        &expected,
    );
}

#[test]
fn what_fails_is_said_with_file_and_line() {
    let text = "\
app:
  title: { $file: missing.txt }
x:
  adjacent: { $env: A, other: 1 }
  number: { $file: 1 }
  undefined: { $file: '${MISSING}' }
  kind: { $include: data.toml }
  broken: { $include: broken.json }
  noObject: { $include: 'list.yaml#a.b' }
  gone: [{ $include: gone.yaml }]
";
    let files = [
        ("app-config.yaml", text),
        ("broken.json", "{"),
        ("list.yaml", "a: [1]"),
    ];
    let failures = start(&files, &[]).failures();
    let prefix = "Error: Failed to read config file at \"app-config.yaml\", error at";
    let expected = [
        format!(
            "error 2 {prefix} .app.title, failed to read file missing.txt, NotFoundError: failed to include \"missing.txt\", file does not exist"
        ),
        format!("error 4 {prefix} .x.adjacent, include key $env should not have adjacent keys"),
        format!("error 5 {prefix} .x.number, $file include value is not a string"),
        format!("error 6 {prefix} .x.undefined, $file substitution value was undefined"),
        format!("error 7 {prefix} .x.kind, no configuration parser available for included file data.toml"),
        format!(
            "error 8 {prefix} .x.broken, failed to parse included file broken.json, SyntaxError: EOF while parsing an object at line 1 column 1"
        ),
        format!("error 9 {prefix} .x.noObject, value at 'a' in included file list.yaml is not an object"),
        format!("error 10 {prefix} .x.gone[0], failed to include \"gone.yaml\", file does not exist"),
    ];
    assert_eq!(failures, expected);
}

#[test]
fn files_that_include_each_other_end() {
    let files = [
        ("app-config.yaml", "x: { $include: a.yaml }"),
        ("a.yaml", "y: { $include: a.yaml }"),
    ];
    let failures = start(&files, &[]).failures();
    assert_eq!(failures.len(), 1);
    assert!(
        failures[0].ends_with("files include each other more than 32 deep"),
        "{failures:?}"
    );
}

#[test]
fn unusable_files() {
    let check = |text: &str, part: &str| {
        let failures = start(&[("app-config.yaml", text)], &[]).failures();
        assert!(
            failures.len() == 1 && failures[0].contains(part),
            "{text}: {failures:?}"
        );
    };
    check("- 1", "expected object at config root");
    check("text", "expected object at config root");
    check("a: [1", "YAMLParseError");
    let none = start(&[], &[]).failures();
    assert_eq!(
        none,
        ["error - NotFoundError: Config file \"app-config.yaml\" does not exist"]
    );
}

#[test]
fn an_empty_file_is_fine() {
    assert_eq!(one_file("# nothing\n").value(), &json!({}));
}

#[test]
fn environment_settings() {
    let env = [
        ("APP_CONFIG_app_title", "Plain text"),
        ("APP_CONFIG_app_baseUrl", "\"https://x.example\""),
        ("APP_CONFIG_x_number", "12"),
        ("APP_CONFIG_x_list", "[1,\"two\"]"),
        ("APP_CONFIG_x_empty", ""),
        ("APP_CONFIG_x_with-dash", "true"),
    ];
    let config = start(&[("app-config.yaml", "x: { list: [9, 9] }")], &env).config();
    assert_eq!(
        config.value()["app"],
        json!({ "title": "Plain text", "baseUrl": "https://x.example" })
    );
    assert_eq!(
        config.value()["x"],
        json!({ "list": [1, "two"], "number": 12, "with-dash": true })
    );
}

#[test]
fn environment_settings_that_are_refused() {
    let check = |env: &[(&str, &str)], expected: &str| {
        let failures = start(&[("app-config.yaml", "")], env).failures();
        assert_eq!(failures, [format!("error - TypeError: {expected}")]);
    };
    check(&[("APP_CONFIG_a__b", "1")], "Invalid env config key 'a__b'");
    check(&[("APP_CONFIG_1", "1")], "Invalid env config key '1'");
    check(
        &[("APP_CONFIG_a", "1"), ("APP_CONFIG_a_b", "1")],
        "Could not nest config for key 'a_b' under existing value 'a'",
    );
    check(
        &[("APP_CONFIG_a", "null")],
        "Failed to parse JSON-serialized config value for key 'a', Error: value may not be null",
    );
}

#[test]
fn the_built_in_default_starts_a_portal() {
    let start = start(&[], &[("APP_CONFIG_app_title", "Mine")]);
    assert!(!start.options.has_default_file());
    let config =
        Config::builtin_default(&start.options, "./examples/catalog.yaml").expect("the default is valid");
    assert_eq!(config.check(), []);
    assert_eq!(config.title(), "Mine");
    assert_eq!(config.catalog().locations[0].target, "./examples/catalog.yaml");
    assert_eq!(config.data_directory(), start.folder.path().join("data"));
    assert_eq!(config.base_url(), "http://127.0.0.1:7007");
}

/// Each of them says what to write instead.
#[test]
fn an_include_that_cannot_be_read_has_a_way_out() {
    for (value, expected) in [
        ("{ $file: missing.txt }", "from the folder of this file on"),
        (
            "{ $include: app-config.yaml }",
            "Remove the $include that leads back",
        ),
        ("{ $env: A, more: 1 }", "nothing stands beside them"),
    ] {
        let text = format!("app:\n  title: {value}\n");
        let start = start(&[("app-config.yaml", &text)], &[]);
        let problems = config::Config::load(&start.options).unwrap_err();
        let problem = &problems[0];
        assert_eq!(
            problem.place.as_ref().and_then(|place| place.line),
            Some(2),
            "{value}"
        );
        let hint = problem.hint.as_deref().unwrap_or_default();
        assert!(hint.contains(expected), "{value}: {hint}");
    }
}
