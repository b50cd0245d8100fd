//! The reader's conversions and texts.

use std::time::Duration;

use config::Config;
use model::Fault;
use serde_json::{Value, json};

fn config(value: &Value) -> Config {
    Config::from_value(json!({ "x": value }), std::path::Path::new("/srv")).expect("only foreign keys")
}

#[expect(clippy::needless_pass_by_value, reason = "reads better in the tables below")]
fn check<T: std::fmt::Debug + PartialEq>(
    value: Value,
    read: impl Fn(&Config) -> Result<Option<T>, Fault>,
    expected: Result<T, &str>,
) {
    let shown = value.to_string();
    let got = read(&config(&value)).map_err(|fault| fault.to_string());
    let expected = expected
        .map(Some)
        .map_err(|text| text.replace("CONTEXT", "'x' in 'mock-config'"));
    assert_eq!(got, expected, "{shown}");
}

#[test]
fn texts() {
    let read = |config: &Config| config.str("x").map(|text| text.map(str::to_owned));
    let refused = |value: Value, got: &str| {
        let message = format!("TypeError: Invalid type in config for key CONTEXT, got {got}, wanted string");
        check(value, read, Err(&message));
    };
    check(json!("a"), read, Ok("a".to_owned()));
    refused(json!(""), "empty-string");
    refused(json!(1), "number");
    refused(json!([]), "array");
    refused(json!({}), "object");
    refused(json!(true), "boolean");
}

#[test]
fn numbers() {
    let read = |config: &Config| config.number("x");
    for (value, expected) in [
        (json!(1.5), 1.5),
        (json!("12"), 12.0),
        (json!(" 1e3 "), 1000.0),
        (json!("0x10"), 16.0),
        (json!("-.5"), -0.5),
        (json!(""), 0.0),
    ] {
        check(value, read, Ok(expected));
    }
    for text in ["twelve", "1,5", "Infinity", "NaN", "1 2"] {
        check(
            json!(text),
            read,
            Err("Error: Unable to convert config value for key CONTEXT to a number"),
        );
    }
    check(
        json!(true),
        read,
        Err("TypeError: Invalid type in config for key CONTEXT, got boolean, wanted number"),
    );
}

#[test]
fn booleans() {
    let read = |config: &Config| config.bool("x");
    for value in [
        json!(true),
        json!("y"),
        json!("Yes"),
        json!(" TRUE "),
        json!("1"),
        json!(1),
        json!("on"),
    ] {
        check(value, read, Ok(true));
    }
    for value in [
        json!(false),
        json!("n"),
        json!("No"),
        json!("false"),
        json!(0),
        json!("OFF"),
    ] {
        check(value, read, Ok(false));
    }
    for value in [json!("maybe"), json!(2), json!("")] {
        check(
            value,
            read,
            Err("Error: Unable to convert config value for key CONTEXT to a boolean"),
        );
    }
    check(
        json!([]),
        read,
        Err("TypeError: Invalid type in config for key CONTEXT, got array, wanted boolean"),
    );
}

#[test]
fn lists_of_texts() {
    let read = |config: &Config| {
        config
            .strings("x")
            .map(|texts| texts.map(|texts| texts.into_iter().map(str::to_owned).collect::<Vec<_>>()))
    };
    check(json!(["a", "b"]), read, Ok(vec!["a".to_owned(), "b".to_owned()]));
    check(
        json!("a"),
        read,
        Err("TypeError: Invalid type in config for key CONTEXT, got string, wanted string-array"),
    );
    let second = "TypeError: Invalid type in config for key 'x[1]' in 'mock-config', got empty-string, wanted string-array";
    check(json!(["a", ""]), read, Err(second));
}

#[test]
fn durations_and_absence() {
    let read = |config: &Config| config.duration("x");
    check(json!({ "minutes": 2 }), read, Ok(Duration::from_mins(2)));
    check(json!("PT2M"), read, Ok(Duration::from_mins(2)));
    check(
        json!("7"),
        read,
        Err(
            "InputError: Invalid duration '7' in config at 'x', Error: The value cannot be a plain number; \
             try adding a unit like 'ms' or 'seconds'",
        ),
    );
    assert_eq!(config(&json!(1)).str("y"), Ok(None));
    assert_eq!(
        config(&json!(1)).required_str("y").map_err(|fault| fault.message),
        Err("Missing required config value at 'y' in 'mock-config'".to_owned())
    );
}

#[test]
fn keys() {
    let one = config(&json!({ "list": [{ "a": "b" }] }));
    assert_eq!(one.str("x.list[0].a"), Ok(Some("b")));
    assert_eq!(one.str("x.list[1].a"), Ok(None));
    let message = |key: &str| one.str(key).map_err(|fault| fault.message);
    assert_eq!(message("x._a"), Err("Invalid config key 'x._a'".to_owned()));
    assert_eq!(
        message("x.list[0].a.b"),
        Err(
            "Invalid type in config for key 'x.list[0].a' in 'mock-config', got string, wanted object"
                .to_owned()
        )
    );
}
