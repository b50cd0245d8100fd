//! Values as JavaScript writes them.

use model::js;
use serde_json::{Value, json};

#[test]
fn numbers_are_written_as_javascript_does() {
    let check = |text: &str, expected: &str| {
        assert_eq!(js::number(text.parse().unwrap()), expected, "{text}");
    };
    check("0", "0");
    check("-0", "0");
    check("1.50", "1.5");
    check("1e3", "1000");
    check("1e21", "1e+21");
    check("123456789012345680000", "123456789012345680000");
    check("12345678901234567890", "12345678901234567000");
    check("9007199254740993", "9007199254740992");
    check("0.000001", "0.000001");
    check("1e-7", "1e-7");
    check("1.5e-9", "1.5e-9");
    check("-1.25e25", "-1.25e+25");
    check("5e-324", "5e-324");
    check("inf", "Infinity");
    check("NaN", "NaN");
}

#[test]
fn values_become_texts_as_in_javascript() {
    let check = |value: Value, expected: &str| assert_eq!(js::string_of(&value), expected, "{value}");
    check(json!(null), "null");
    check(json!(true), "true");
    check(json!([1, null, ["a", "b"]]), "1,,a,b");
    check(json!({"a": 1}), "[object Object]");
}

#[test]
fn stable_json_sorts_keys_and_json_puts_indices_first() {
    let value = json!({"b": 1e21, "10": "a\u{1}\"", "9": [1.0, {"z": 1, "a": null}], "01": 2});
    assert_eq!(
        js::stable_json(&value),
        r#"{"01":2,"10":"a\u0001\"","9":[1,{"a":null,"z":1}],"b":1e+21}"#
    );
    assert_eq!(
        js::json(&value),
        r#"{"9":[1,{"z":1,"a":null}],"10":"a\u0001\"","b":1e+21,"01":2}"#
    );
}

#[test]
fn lengths_are_utf16_units() {
    assert_eq!([js::length("aß"), js::length("😀"), js::length("")], [2, 2, 0]);
}

#[test]
fn white_space_is_javascripts() {
    assert_eq!(js::trim("\u{feff}\u{a0} a \n"), "a");
    assert_eq!(js::trim("\u{85}a"), "\u{85}a");
}
