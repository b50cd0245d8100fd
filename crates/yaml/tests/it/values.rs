//! Documents and the values they mean.

use crate::read;
use serde_json::{Value, json};
use yaml::{Limits, locate, parse, parse_one};

#[track_caller]
fn check(text: &str, expected: &Value) {
    let documents = read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    // Compared as text: the order of keys counts.
    assert_eq!(
        Value::from(documents).to_string(),
        expected.to_string(),
        "{text:?}"
    );
}

#[test]
fn scalars() {
    check(
        "a: 1\nb: 0x1F\nc: 0o17\nd: 012\ne: -0\nf: +12",
        &json!([{"a":1,"b":31,"c":15,"d":12,"e":0,"f":12}]),
    );
    check(
        "a: 1.0\nb: .5\nc: 5.\nd: 1e3\ne: 1_000",
        &json!([{"a":1,"b":0.5,"c":5,"d":1000,"e":"1_000"}]),
    );
    check(
        "- 9007199254740993\n- 12345678901234567890",
        &json!([[9_007_199_254_740_992_u64, 12_345_678_901_234_567_000_u64]]),
    );
    check(
        "[.inf, -.inf, .nan, ~, null, '']",
        &json!([[null, null, null, null, null, ""]]),
    );
    check(
        "[yes, no, on, y, True, FALSE]",
        &json!([["yes", "no", "on", "y", true, false]]),
    );
    check("a: 2001-12-14", &json!([{"a": "2001-12-14"}]));
}

#[test]
fn strings() {
    check(
        "a: 'it''s\n  x'\nb: \"x\\n\\x41\\u00e9\\ud83d\\ude00\"",
        &json!([{"a":"it's x","b":"x\nAé😀"}]),
    );
    check("a: \"x\n  y\n\n  z \"", &json!([{"a":"x y\nz "}]));
    check("a: x\n\n\n  y", &json!([{"a":"x\n\ny"}]));
    check(
        "a: |\n  x\n   y\n\nb: >-\n  x\n  y\n\n  z\n   q\n  r\n",
        &json!([{"a":"x\n y\n","b":"x y\nz\n q\nr"}]),
    );
    check(
        "a: |+\n  x\n\n\nb: |2\n   x",
        &json!([{"a":"x\n\n\n","b":" x\n"}]),
    );
    check(
        "a: 1\r\nb:\r\n  - |\r\n    t\r\n    u\r\n",
        &json!([{"a":1,"b":["t\nu\n"]}]),
    );
}

#[test]
fn keys() {
    check("null: x", &json!([{"":"x"}]));
    check("1: a\n'1': b", &json!([{"1":"b"}]));
    check("b: 1\n10: x\n2: y", &json!([{"2":"y","10":"x","b":1}]));
    check(
        "? [a, b]\n: 1\n? {c: 1}\n: 2",
        &json!([{"[ a, b ]":1,"{ c: 1 }":2}]),
    );
    check(
        "a:\n  b: 1\né: 2\nü:\n  - 1\n",
        &json!([{"a":{"b":1},"é":2,"ü":[1]}]),
    );
    check("name: {{ value }}", &json!([{"name":{"{ value }":null}}]));
    check("<<: 1", &json!([{"<<":1}]));
}

#[test]
fn documents() {
    check("", &json!([]));
    check("# only a comment\n", &json!([]));
    check("---\n---\n", &json!([null, null]));
    check("\u{feff}a: 1\n...\n# c\n---\nb: 2\n", &json!([{"a":1},{"b":2}]));
    check("--- |\n x\n--- a\n", &json!(["x\n", "a"]));
}

#[test]
fn tags() {
    check(
        "a: !!binary aGk=\nb: !!str 3\nc: !!int x\nd: !foo 1",
        &json!([{"a":{"type":"Buffer","data":[104,105]},"b":"3","c":"x","d":"1"}]),
    );
    check(
        "a: !!set {x, y}\nb: !!omap [x: 1]\nc: !!pairs [x: 1, x: 2]",
        &json!([{"a":{},"b":{},"c":[{"x":1},{"x":2}]}]),
    );
    check(
        "a: !!timestamp 2001-12-14t21:59:43.10-05:00",
        &json!([{"a":"2001-12-15T02:59:43.100Z"}]),
    );
    let warnings = &parse("a: !foo 1", &Limits::default())[0].warnings;
    assert!(
        warnings[0]
            .message
            .starts_with("Unresolved tag: !foo at line 1, column 4"),
        "{warnings:?}"
    );
}

#[test]
fn the_older_version() {
    check(
        "%YAML 1.1\n---\n[yes, 012, 1:30, 0b11, 1_000]",
        &json!([[true, 10, 90, 3, 1000]]),
    );
    check(
        "%YAML 1.1\n---\na: &a {x: 1, z: 1}\nb: {<<: *a, z: 2}",
        &json!([{"a":{"x":1,"z":1},"b":{"x":1,"z":2}}]),
    );
}

#[test]
fn merging_is_a_choice() {
    let limits = Limits {
        merge_keys: true,
        ..Limits::default()
    };
    let text = "a: &a {x: 1}\nb:\n  <<: *a\n  y: 2";
    assert_eq!(parse_one(text, &limits).unwrap()["b"], json!({"x":1,"y":2}));
    assert_eq!(
        parse_one(text, &Limits::default()).unwrap()["b"],
        json!({"<<":{"x":1},"y":2})
    );
}

#[test]
fn one_document() {
    assert_eq!(parse_one("", &Limits::default()).unwrap(), Value::Null);
    let error = parse_one("a\n---\nb\n", &Limits::default()).unwrap_err();
    assert_eq!((error.code, error.line, error.column), ("MULTIPLE_DOCS", 2, 1));
}

#[test]
fn places() {
    let text = "---\na: 1\n---\nspec:\n  owner: me\n  tags: [x, 'y']\n  list:\n    - k: v\n    - z\n";
    let cases: [(&[&str], (usize, usize)); 7] = [
        (&[], (4, 1)),
        (&["spec"], (4, 1)),
        (&["spec", "owner"], (5, 3)),
        (&["spec", "missing", "deeper"], (4, 1)),
        (&["spec", "tags", "1"], (6, 13)),
        (&["spec", "list", "0", "k"], (8, 7)),
        (&["spec", "list", "1"], (9, 7)),
    ];
    for (path, place) in cases {
        assert_eq!(locate(&text[13..], 4, path), Some(place), "{path:?}");
    }
    assert_eq!(locate(text, 1, &["a"]), Some((2, 1)));
    assert_eq!(locate("# nothing\n", 1, &[]), None);
    assert_eq!(locate(text, 0, &[]), None);
    let lines: Vec<(usize, usize)> = parse(text, &Limits::default())
        .iter()
        .map(|document| (document.line, document.offset))
        .collect();
    assert_eq!(lines, [(2, 4), (4, 13)]);
}
