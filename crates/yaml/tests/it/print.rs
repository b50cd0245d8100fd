//! Values printed as YAML.

use serde_json::json;
use yaml::to_string;

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
