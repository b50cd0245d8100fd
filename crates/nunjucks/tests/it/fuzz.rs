//! Whatever is written as a template ends, with a result or an error that has a place in the text.

use std::time::{Duration, Instant};

use nunjucks::{Extensions, Limits, Options, Template};
use proptest::prelude::*;
use serde_json::json;

/// Longest time of one template under the limits below, on a slow machine.
const LONGEST: Duration = Duration::from_secs(10);

/// Pieces of the language, so that most texts get beyond the first sign.
const PIECES: &[&str] = &[
    "${{", "}}", "{%", "%}", "{#", "#}", "-%}", "{%-", "if", "else", "elif", "endif", "for", "in", "endfor",
    "set", "endset", "macro", "endmacro", "raw", "endraw", "m", "a", "b", "n", "s", "list", "object", "loop",
    "index", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", "~", "+", "-", "*", "/", "//", "%", "**",
    "==", "===", "!=", "<", ">", "=", "and", "or", "not", "is", "\"x\"", "'y'", "0", "1", "-1", "1.5", "1e9",
    "true", "none", "r/x+/g", "dump", "replace", "length", "join", "push", "split", "range", "default",
    "upper", " ", "\n", "ä", "\u{0}", "\\",
];

fn pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.join(" "))
}

/// A text around an expression, which is read to its end more often.
fn expression() -> impl Strategy<Value = String> {
    pieces().prop_map(|inside| format!("a\n${{{{ {} }}}} b", inside.replace("}}", "")))
}

fn ends(text: &str) -> Result<(), TestCaseError> {
    let limits = Limits {
        fuel: 20_000,
        output: 50_000,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let context =
        json!({"a": 1, "b": "text", "n": null, "s": "x y", "list": [1, [2], {"c": 3}], "object": {"k": "v"}});
    let begun = Instant::now();
    let given = Template::parse(text, &options)
        .and_then(|template| template.render(&context, &Extensions::default()));
    prop_assert!(begun.elapsed() < LONGEST, "{text:?} took {:?}", begun.elapsed());
    if let Err(error) = given {
        prop_assert!(!error.text.is_empty(), "{text:?} fails without a reason");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_of_the_language_end(text in pieces()) {
        ends(&text)?;
    }

    #[test]
    fn expressions_end(text in expression()) {
        ends(&text)?;
    }

    #[test]
    fn any_text_ends(text in ".{0,200}") {
        ends(&text)?;
    }
}
