//! What a template may cost.

use nunjucks::{Extensions, Limits, Options, Template};
use serde_json::json;

fn failure(text: &str, limits: Limits) -> String {
    let options = Options {
        limits,
        ..Options::default()
    };
    let context = json!({"s": "x".repeat(1_000)});
    let given = Template::parse(text, &options)
        .and_then(|template| template.render(&context, &Extensions::default()));
    given.expect_err(&text.chars().take(60).collect::<String>()).text
}

#[test]
fn work_depth_and_output_are_bounded() {
    let small = Limits {
        fuel: 100_000,
        output: 100_000,
        ..Limits::default()
    };
    let nested = format!("${{{{ {}1{} }}}}", "(".repeat(5_000), ")".repeat(5_000));
    let chain = format!("${{{{ {}1 }}}}", "1 + ".repeat(5_000));
    let filters = format!("${{{{ 1{} }}}}", " | string".repeat(5_000));
    let members = format!("${{{{ a{} }}}}", ".b".repeat(5_000));
    let blocks = "{% if 1 %}".repeat(5_000);
    let minus = format!("${{{{ {}1{} }}}}", "-(".repeat(5_000), ")".repeat(5_000));
    let loops = "{% for a in range(900) %}{% for b in range(900) %}x{% endfor %}{% endfor %}";
    let doubling = "{% set s = s %}{% for a in range(60) %}{% set s = s + s %}{% endfor %}${{ s }}";
    let patterns = "{% for a in range(9999) %}${{ r/x+y/.test(s) }}{% endfor %}";
    let recursion = "{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}";
    for (text, expected) in [
        (nested.as_str(), "nested more than"),
        (&chain, "nested more than"),
        (&filters, "nested more than"),
        (&members, "nested more than"),
        (&blocks, "nested more than"),
        (&minus, "nested more than"),
        (loops, "more work"),
        (doubling, "longer than"),
        (recursion, "nested too deeply"),
        ("${{ range(1e9) }}", "Invalid numeric literal"),
        ("${{ range(999999999) }}", "range has"),
        ("${{ s | center(999999999) }}", "too long"),
        ("${{ s | replace(\"\", s) }}", "too long"),
        ("${{ \"abc\" | slice(999999999) }}", "at most"),
        ("${{ s | replace(r/x/g, s) }}", "too long"),
        (
            "${{ s | replace(r/(x+)+\\1y/, \"\") }}",
            "more work on a text of length 1000",
        ),
        (patterns, "more work"),
    ] {
        let failure = failure(text, small);
        assert!(
            failure.contains(expected),
            "{}: {failure}",
            &text[..text.len().min(60)]
        );
    }
}

#[test]
fn a_list_that_is_put_into_itself_ends() {
    let text = "{% set a = [1] %}{% set x = a.push(a) %}${{ a | dump }}";
    let given = nunjucks::render(text, &json!({}), &Extensions::default());
    assert_eq!(given, Ok(Some(json!("[1,[1]]"))));
}
