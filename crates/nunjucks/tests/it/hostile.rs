//! Templates that are made to cost more than they pay: each ends soon, in little room, with an error that names the bound or with a result.

use std::time::{Duration, Instant};

use nunjucks::{Extensions, Limits, Options, Template, TemplateError};
use serde_json::{Value, json};

/// Longest time of a template, without optimisation and on a busy machine.
const LONGEST: Duration = Duration::from_secs(30);

fn rendered(text: &str, fuel: u64) -> Result<Option<Value>, TemplateError> {
    let context = json!({
        "s": "x".repeat(1_000_000),
        "lines": "\n".repeat(1_000_000),
        "words": "a.com ".repeat(150_000),
        "list": (0..1_000).collect::<Vec<_>>(),
        "texts": vec!["y".repeat(4_000); 1_000],
    });
    let limits = Limits {
        fuel,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    Template::parse(text, &options).and_then(|template| template.render(&context, &Extensions::default()))
}

fn ends(text: &str) -> Result<Option<Value>, TemplateError> {
    ends_with(text, Limits::default().fuel)
}

fn ends_with(text: &str, fuel: u64) -> Result<Option<Value>, TemplateError> {
    let begun = Instant::now();
    let given = rendered(text, fuel);
    let name: String = text.chars().take(100).collect();
    assert!(begun.elapsed() < LONGEST, "{name}: {:?}", begun.elapsed());
    given
}

fn fails(text: &str, expected: &str) {
    let name: String = text.chars().take(100).collect();
    let failure = ends(text).expect_err(&name).text;
    assert!(failure.contains(expected), "{name}: {failure}");
}

/// A list that holds itself so many times, without that it is itself anywhere.
fn folded(times: usize, rest: &str) -> String {
    format!("{{% set a = [1] %}}{{% for i in range({times}) %}}{{% set a = [a, a] %}}{{% endfor %}}{rest}")
}

#[test]
fn lists_that_are_held_twice_count_twice() {
    for rest in [
        "${{ a }}",
        "${{ a ~ 'x' }}",
        "${{ a + 1 }}",
        "${{ -a }}",
        "${{ a < 1 }}",
        "${{ a is lt(1) }}",
        "${{ a | dump }}",
        "${{ a | string }}",
        "${{ a | join(',') }}",
        "${{ [1] | join(a) }}",
        "${{ a | length }}",
        "${{ s[a] }}",
        "${{ s.concat(a) }}",
        "${{ list.push(a) }}",
        "${{ list.push({b: a}) }}",
        "${{ a.flat(100) | length }}",
        "${{ a.sort() | length }}",
        "${{ a.join() }}",
        "${{ list[a:] }}",
        "${{ {b: a} | dump }}",
        "${{ range(a) }}",
        "{% filter replace(a, a) %}x{% endfilter %}",
    ] {
        fails(&folded(60, rest), "longer than");
    }
    assert!(
        ends("{% set a = [1] %}{% for i in range(60) %}{% set a = [a, a] %}{% endfor %}${{ a === a }}x")
            .is_err()
    );
    assert_eq!(ends(&folded(3, "${{ a }}")), Ok(Some(json!("1,1,1,1,1,1,1,1"))));
}

/// Values that are nested without bound are let go of without using up the stack.
#[test]
fn deep_values_are_let_go_of() {
    for (begin, deeper) in [
        ("[1]", "[a]"),
        ("[1]", "{b: a}"),
        ("[1]", "[[a].push]"),
        ("[1]", "joiner(a)"),
        ("[1]", "cycler(a, a)"),
    ] {
        let text = format!(
            "{{% set a = {begin} %}}{{% for i in range(40000) %}}{{% set a = {deeper} %}}{{% endfor %}}x"
        );
        assert_eq!(ends(&text), Ok(Some(json!("x"))), "{deeper}");
    }
    let callers = "{% macro m(kept) %}{% set x = kept.push([caller]) %}{% endmacro %}{% set kept = [] %}\
        {% for i in range(20000) %}{% set before = kept.pop() %}{% call m(kept) %}${{ before }}{% endcall %}{% endfor %}x";
    fails(callers, "coerced");
    fails(
        "{% set a = [1] %}{% for i in range(300) %}{% set a = [a] %}{% endfor %}${{ a | dump }}",
        "nested too deeply",
    );
    fails("{% set a = [1] %}{% set b = a.push(a.push) %}", "coerced");
    assert_eq!(
        ends("{% set a = [1] %}{% set b = a.push({c: a}) %}${{ a | dump }}"),
        Ok(Some(json!("[1,{\"c\":[1]}]")))
    );
}

/// Statements that are nested count where they are called again and again.
#[test]
fn macros_with_nested_statements_end() {
    for (open, close) in [
        ("{% if 1 %}", "{% endif %}"),
        ("{% switch 1 %}{% case 1 %}", "{% endswitch %}"),
        ("{% set x %}", "{% endset %}"),
        ("{% filter upper %}", "{% endfilter %}"),
    ] {
        let text = format!(
            "{{% macro m() %}}{}${{{{ m() }}}}{}{{% endmacro %}}${{{{ m() }}}}",
            open.repeat(60),
            close.repeat(60)
        );
        fails(&text, "nested too deeply");
    }
}

#[test]
fn results_are_measured_before_they_are_made() {
    for (text, expected) in [
        ("${{ lines | indent(1000) }}", "too long"),
        ("${{ list | join(s) }}", "too long"),
        ("${{ list.join(s) }}", "too long"),
        (
            "${{ [[[[[list]]]]] | dump(10) | length }}x{% set a = list.concat(list,list,list,list) %}",
            "",
        ),
        ("{% set t = s ~ s ~ s ~ s %}${{ t.split('') }}", "too long"),
        ("{% set t = s ~ s ~ s ~ s %}${{ t.split('x') }}", "too long"),
        ("{% set t = s ~ s ~ s ~ s %}${{ t | list }}", "too long"),
        (
            "{% set t = s ~ s ~ s ~ s %}${{ t | batch(2) | length }}",
            "too long",
        ),
        (
            "{% set t = words ~ words ~ words ~ words %}${{ t | urlize }}",
            "too long",
        ),
        (
            "{% set t = range(215000) %}${{ t.concat(t, t, t, t, t, t, t, t, t) | length }}",
            "too long",
        ),
    ] {
        if expected.is_empty() {
            assert!(ends(text).is_ok(), "{text}");
        } else {
            fails(text, expected);
        }
    }
    let all = ends("{% set t = s ~ s ~ s ~ s %}${{ t.split('', 2) }}${{ t | first }}${{ t | last }}");
    assert_eq!(all, Ok(Some(json!("x,xxx"))));
    let replaced = ends("${{ (s ~ 'abc') | replace('b', s) | length }}");
    assert_eq!(replaced, Ok(Some(json!(2_000_002))));
}

#[test]
fn work_is_paid_for() {
    let names = |count: usize| {
        (0..count)
            .map(|at| format!("a{at}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let given = (0..3_000)
        .map(|at| format!("a{at}=1"))
        .collect::<Vec<_>>()
        .join(",");
    let in_loops = |inside: &str| {
        format!(
            "{{% for i in range(3000) %}}{{% for j in range(3000) %}}{inside}{{% endfor %}}{{% endfor %}}"
        )
    };
    let nothing = "{% macro n() %}{% endmacro %}".repeat(2_000);
    let long = "y".repeat(100_000);
    for text in [
        in_loops("{% set r = range(1000000) %}"),
        in_loops(&format!("{{% if '{long}' %}}{{% endif %}}")),
        in_loops(&format!("{{% set x = {{'{long}': 1}} %}}")),
        in_loops(&nothing),
        in_loops("${{ '' if s | replace(r/z/, s) }}"),
        in_loops("{% set x = texts | sort %}"),
        in_loops("{% set x = list | select('lt', s) %}"),
        in_loops("{% set x = list | selectattr(s) %}"),
        in_loops("{% switch s %}{% case s ~ '' %}{% endswitch %}"),
        format!(
            "{{% macro m({}) %}}{{% endmacro %}}{}",
            names(3_000),
            in_loops(&format!("${{{{ m({given}) }}}}"))
        ),
        in_loops(&format!("{{% set {} = 1 %}}", names(3_000))),
        format!(
            "{{% set l = [[1]] %}}{}",
            in_loops(&format!("{{% for {} in l %}}{{% endfor %}}", names(3_000)))
        ),
    ] {
        let name: String = text.chars().take(100).collect();
        let failure = ends_with(&text, 300_000).expect_err(&name).text;
        assert!(failure.contains("more work"), "{name}: {failure}");
    }
}

/// What took the square of the length takes some of the length.
#[test]
fn long_texts_and_lists_are_gone_through_once() {
    for text in [
        "{% set t = s ~ 'y' %}${{ (s ~ s).indexOf(t) }}",
        "{% set t = 'y' ~ s %}${{ (s ~ s).lastIndexOf(t) }}",
        "${{ (range(300000) | groupby) | length }}",
        "${{ s.split('') | sum | length }}",
        "${{ (s | replace('x', '1')) | float }}",
        "${{ s | replace(r/x/g, '$<') | length }}",
    ] {
        assert!(ends(text).is_ok(), "{text}: {:?}", ends(text));
    }
    for (begin, many, end) in [
        ("", "${{ 1 }}", ""),
        ("{% raw %}", "{% ", "{% endraw %}"),
        ("{% raw %}", "{% ", "%}{% endraw %}"),
        ("{% raw %}", "{% ", ""),
        ("", "{# #}", ""),
        ("${{ 1 | ", "a.", "b }}"),
    ] {
        let text = format!("{begin}{}{end}", many.repeat(100_000));
        drop(ends(&text));
    }
    fails(&format!("${{{{ {} }}}}", "n".repeat(1_001)), "1000");
}

/// Numbers and texts have no order that holds for all of them.
#[test]
fn lists_without_an_order_are_sorted_all_the_same() {
    let mixed: Vec<Value> = (0..500)
        .map(|at| match at % 3 {
            0 => json!(format!("text {}", at * 7 % 101)),
            1 => json!(at * 13 % 89),
            _ => Value::Null,
        })
        .collect();
    let template = Template::parse("${{ mixed | sort | length }}", &Options::default()).expect("a template");
    let given = template.render(&json!({ "mixed": mixed }), &Extensions::default());
    assert_eq!(given, Ok(Some(json!(500))));
}
