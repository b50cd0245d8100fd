//! Laws that hold for any input.

use proptest::prelude::*;
use serde_json::{Map, Value};
use yaml::{Limits, locate, parse, parse_one, to_string};

/// Text made of what matters to the syntax.
fn syntax() -> impl Strategy<Value = String> {
    let bits = prop::sample::select(vec![
        "a",
        "b: ",
        "- ",
        "? ",
        ": ",
        ":",
        "\n",
        "\n  ",
        "\n    ",
        "\t",
        " ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "'",
        "\"",
        "#",
        " #",
        "&a ",
        "*a",
        "!x ",
        "!!int ",
        "|",
        ">-\n",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "\r\n",
        "\\",
        "é",
        "𝒳",
        "@",
        "1",
        "~",
        "<<: *a",
        "\u{feff}",
        "\r",
    ]);
    prop::collection::vec(bits, 0..40).prop_map(|bits| bits.concat())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[ \na-c:#'\"0-9.-]{0,120}", syntax()]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let object = prop::collection::vec((text(), inner.clone()), 0..5)
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<String, Value>>()));
        prop_oneof![prop::collection::vec(inner, 0..5).prop_map(Value::Array), object]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![any::<String>(), syntax()]) {
        for document in parse(&text, &Limits::default()) {
            let _ = locate(&text[document.offset..], document.line, &["a", "0"]);
            if let Err(error) = document.value {
                prop_assert!(error.line >= 1 && error.column >= 1, "{error:?}");
            }
        }
    }

    #[test]
    fn printing_and_reading_are_inverse(value in value()) {
        let text = to_string(&value);
        prop_assert_eq!(parse_one(&text, &Limits::default()), Ok(value), "{}", text);
    }
}
