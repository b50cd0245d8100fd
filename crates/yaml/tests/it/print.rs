//! Values printed as YAML.

use serde_json::json;
use yaml::{Style, to_string, to_string_in};

#[test]
fn ordinary_values() {
    let long = "Targeted process settings that dynamically reload without restarting the process at all";
    let cases = [
        (json!(null), "null\n"),
        (json!({}), "{}\n"),
        (json!({"a": [], "b": {}}), "a: []\nb: {}\n"),
        (
            json!({"a": [1, [2, 3], {"b": 4, "c": [5]}]}),
            "a:\n  - 1\n  - - 2\n    - 3\n  - b: 4\n    c:\n      - 5\n",
        ),
        (
            json!([
                "1",
                "true",
                "",
                "~",
                "- x",
                "a: b",
                "#",
                "x #y",
                "it's",
                "say \"hi\""
            ]),
            "- \"1\"\n- \"true\"\n- \"\"\n- \"~\"\n- \"- x\"\n- \"a: b\"\n- \"#\"\n- \"x #y\"\n- it's\n- say \"hi\"\n",
        ),
        (json!({"1": 1e21, "": 0.5}), "\"1\": 1e+21\n\"\": 0.5\n"),
        (
            json!({"a": "x\ny\n", "b": "x\ny", "c": "x\n\n", "d": " x\ny"}),
            "a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd: |2-\n   x\n  y\n",
        ),
        (
            json!({"description": long}),
            "description: Targeted process settings that dynamically reload without\n  restarting the process at all\n",
        ),
        (json!("a\u{7}b"), "\"a\\ab\"\n"),
    ];
    for (value, expected) in cases {
        assert_eq!(to_string(&value), expected);
    }
}

/// The texts are those of `yaml` 2.9 from npm.
#[test]
fn other_styles() {
    let value =
        json!({"a": {"b": [1, {"c": 2, "d": [3, [4]]}], "e": {}}, "t": "one two three four five six"});
    let style = |indent: usize, indents_sequences: bool, width: usize| Style {
        indent,
        indents_sequences,
        width,
    };
    for (style, expected) in [
        (
            style(4, true, 80),
            "a:\n    b:\n        - 1\n        - c: 2\n          d:\n              - 3\n              - - 4\n    e: {}\nt: one two three four five six\n",
        ),
        (
            style(2, false, 0),
            "a:\n  b:\n  - 1\n  - c: 2\n    d:\n    - 3\n    - - 4\n  e: {}\nt: one two three four five six\n",
        ),
        (
            style(4, false, 24),
            "a:\n    b:\n      - 1\n      - c: 2\n        d:\n          - 3\n          - - 4\n    e: {}\nt: one two three four\n    five six\n",
        ),
    ] {
        assert_eq!(to_string_in(&value, &style), expected, "{style:?}");
    }
}
