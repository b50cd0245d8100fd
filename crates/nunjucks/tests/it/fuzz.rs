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

/// Whole statements and expressions that make values larger, deeper or hold each other.
const GROWING: &[&str] = &[
    "{% set s = s ~ s %}",
    "{% set list = [list, list] %}",
    "{% set list = {k: list} %}",
    "{% set list = [s, list, 1, null] %}",
    "{% set list = s.split('x') %}",
    "{% set list = range(2000) %}",
    "{% set list = s | list %}",
    "{% set list = list | batch(2, list) %}",
    "{% set list = list | slice(3, s) %}",
    "{% set list = object | dictsort %}",
    "{% set list = list | groupby('length') %}",
    "{% set list = list | sort(true, false, 'length') %}",
    "{% set list = joiner(list) %}",
    "{% set list = cycler(list, s) %}",
    "{% set list = list.concat(list, [list]) %}",
    "{% set list = list.flat(9) %}",
    "{% set list = list.sort().reverse() %}",
    "{% set list = list[::-1] %}",
    "{% set list = list.push %}",
    "{% set x = list.push(list, {k: list}) %}",
    "{% set x = list.unshift([list.pop()]) %}",
    "{% set x = list.splice(0, 1, list, list) %}",
    "{% set x = list.fill(list) %}",
    "{% set s = list | dump(4) %}",
    "{% set s = list | join(s) %}",
    "{% set s = list ~ s %}",
    "{% set s = s | indent(400, true) %}",
    "{% set s = s | replace('x', s) %}",
    "{% set s = s | replace(r/(x)|y*/g, \"$1$&$`$'\") %}",
    "{% set s = s | replace(r/(?<n>x*)*?(?<=\\k<n>)$/gi, '$<n>$<m>$<') %}",
    "{% set s = s.split(r/(x)?(y)?/) | string %}",
    "{% set s = s | urlencode | escape | urlize | center(5000) %}",
    "{% set s = s | title | striptags | truncate(900, true, s) %}",
    "{% set s = m(list, b=s) %}",
    "{% macro m(list, b) %}{% set x = list.push(b) %}${{ b }}${{ list }}${{ caller() }}{% endmacro %}",
    "{% call m(list, b=s) %}${{ s }}{% endcall %}",
    "{% for s in list %}",
    "{% for s, list in list %}",
    "{% for i in range(40) %}",
    "{% endfor %}",
    "{% if list == s or list < s or s in list %}",
    "{% endif %}",
    "${{ list }}",
    "${{ s }}",
    "${{ [list | sum, list | length, s | float, -list, list.indexOf(list)] }}",
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
    fn values_that_grow_end(steps in proptest::collection::vec(proptest::sample::select(GROWING), 0..25)) {
        // What is left open is closed.
        let open = |begin: &str| steps.iter().filter(|step| step.starts_with(begin)).count();
        let mut text = steps.concat();
        for (begin, end) in [("{% for", "{% endfor %}"), ("{% if", "{% endif %}")] {
            text.push_str(&end.repeat(open(begin).saturating_sub(open(end))));
        }
        ends(&text)?;
    }

    #[test]
    fn any_text_ends(text in ".{0,200}") {
        ends(&text)?;
    }
}
