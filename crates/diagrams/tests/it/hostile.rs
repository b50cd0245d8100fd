//! No source makes drawing panic, act on the page or take long.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use diagrams::{Display, math, mermaid};

fn lines(head: &str, count: usize, line: impl Fn(usize) -> String) -> String {
    let mut source = format!("{head}\n");
    for at in 0..count {
        let _ = writeln!(source, "{}", line(at));
    }
    source
}

#[test]
fn large_sources_are_drawn_or_refused_in_time() {
    let nested =
        |open: &str, close: &str, count: usize| format!("{}\na\n{}", open.repeat(count), close.repeat(count));
    for source in [
        lines("flowchart TD", 1_500, |at| format!("n{at} --> n{}", at + 1)),
        lines("flowchart TD", 10_000, |at| format!("n{at}")),
        format!("flowchart TD\n{}b --> {}d", "a&".repeat(500), "c&".repeat(500)),
        format!("flowchart TD\n{}", nested("subgraph s\n", "end\n", 2_000)),
        format!("flowchart TD\na{}", "[".repeat(60_000)),
        format!("flowchart TD\na[\"`{}`\"]", "**".repeat(15_000)),
        format!("stateDiagram-v2\n{}", nested("state s {\n", "}\n", 2_500)),
        format!("sequenceDiagram\n{}", nested("loop x\n", "end\n", 4_000)),
        format!("block-beta\n{}", nested("block\n", "end\n", 4_000)),
        lines("mindmap", 340, |at| format!("{}a", " ".repeat(at))),
        lines("classDiagram", 1_000, |at| format!("A{at} <|-- B{at}")),
        "packet-beta\n0-4294967290: \"a\"".to_owned(),
        "block-beta\nspace:999999999\na".to_owned(),
        "radar-beta\naxis a,b,c\ncurve x{1,2,3}\nticks 999999999".to_owned(),
        "gantt\ndateFormat YYYY-MM-DD\na :0001-01-01, 9999-12-31".to_owned(),
        "gantt\ndateFormat YYYY-MM-DD\na :2001-01-01, 99999999999999999999y".to_owned(),
        "architecture-beta\ngroup a(cloud)[x] in b\ngroup b(cloud)[x] in a\nservice s(server)[x] in a"
            .to_owned(),
        "x".repeat(1 << 20),
        String::new(),
        lines("gantt\ntickInterval 1day", 3_000, |at| format!("t{at} :100y")),
        lines("gantt\nexcludes weekends", 3_000, |at| format!("t{at} :100y")),
        lines("gantt\nexcludes weekends", 3_000, |at| {
            format!("t{at} :2000-01-01, 99y")
        }),
        "gantt\nexcludes weekends,monday,tuesday,wednesday,thursday,friday\na :2001-01-01, 2d".to_owned(),
        "gantt\nweekend friday\nexcludes weekends,sunday,monday,tuesday,wednesday,thursday\na :2001-01-01, 2d"
            .to_owned(),
        format!(
            "gantt\nexcludes weekends{}\na :2001-01-01, 90y",
            ",2001-01-01".repeat(700)
        ),
        "gantt\ndateFormat DD-MM-YYYY\nexcludes weekends\na :01-01-99999, 5d\nb :01-01-1999, 5d".to_owned(),
        "gantt\ndateFormat DD-MM-YYYY\na :01-99999-1999, 5d\nb :01-01-1999, 5d".to_owned(),
        "gantt\na :2001-01-01, 1e300d\nb :infd\nc :2001-01-01, NaNd".to_owned(),
        format!("gantt\ntickInterval 1day\naxisFormat {}\na :2001-01-01, 90y", "%A".repeat(4_000)),
        lines("flowchart TD", 500, |at| {
            if at < 250 { format!("n{at} --> n{}", at + 1) } else { "n0 --> n250".to_owned() }
        }),
        lines("classDiagram", 500, |at| {
            if at < 250 { format!("n{at} --> n{}", at + 1) } else { "n0 --> n250".to_owned() }
        }),
        lines("flowchart TD\nclassDef a fill:#fff,stroke:#000", 7_000, |at| format!("{at:x}:::a")),
    ] {
        let begun = Instant::now();
        let drawn = mermaid(&source, 1);
        let spent = begun.elapsed();
        let head: String = source.chars().take(60).collect();
        assert!(
            spent < Duration::from_secs(8),
            "{head:?} took {spent:?}: {drawn:?}"
        );
        // A thread that takes too long cannot be stopped.
        assert!(
            !drawn.is_err_and(|trouble| trouble.is_passing),
            "{head:?} was begun and did not end in time"
        );
    }
}

#[test]
fn lists_joined_with_each_other_are_refused_before_they_are_read() {
    let two = |count: usize| {
        format!(
            "flowchart TD\n{}a --> {}b",
            "a&".repeat(count),
            "c&".repeat(count)
        )
    };
    let three = format!("flowchart TD\n{0}a --> {0}b --> {0}c", "a&".repeat(1_000));
    let many = lines("flowchart TD", 500, |_| {
        "a&b&c&d&e&f&g&h&i --> a&b&c&d&e&f&g&h&i".to_owned()
    });
    for source in [two(15_000), two(2_000), two(500), three, many] {
        let refused = mermaid(&source, 1).unwrap_err();
        let reason = refused.to_string();
        assert!(
            reason.contains("at most 500 are drawn") || reason.contains("at most 8192"),
            "{reason}"
        );
        assert!(refused.line.is_some(), "{reason}");
    }
    assert!(mermaid("flowchart TD\na & b[\"x & y\"] --> c & d & e", 1).is_ok());
    let labels = lines("flowchart TD", 300, |at| {
        format!("a{at}[\"this &amp; that &lt;\"]")
    });
    assert!(mermaid(&labels, 1).is_ok());
}

#[test]
fn charts_of_tasks_are_placed_before_they_are_drawn() {
    let chart = |tasks: &str| {
        mermaid(
            &format!("gantt\ndateFormat YYYY-MM-DD\nexcludes weekends\n{tasks}"),
            1,
        )
    };
    let ordinary =
        "section A\na :a1, 2024-01-01, 30d\nb :after a1, 2w\nc :crit, 2024-03-01, 2024-05-01\nd :5d\n";
    assert!(chart(ordinary).is_ok());
    let long = chart("a :2024-01-01, 30d\nb :60y\nc :60y\nd :1d").unwrap_err();
    assert_eq!(
        long.to_string(),
        "line 6: the chart spans more than 100 years, the longest that is drawn"
    );
    let hours = mermaid("gantt\ndateFormat HH:mm\na :09:00, 30m\nb :10:00, 18:14", 1);
    assert!(hours.is_ok(), "{hours:?}");
}

#[test]
fn nothing_of_a_source_acts() {
    for source in [
        "flowchart TD\n  a[\"<script>alert(1)</script><img src=x onerror=alert(1)>\"]",
        "flowchart TD\n  a --> b\n  click a \"javascript:alert(1)\"\n  click b call alert()",
        "flowchart TD\n  a --> b\n  style a fill:url(https://x.example/a),stroke:red\n  classDef c fill:url(#x)",
        "flowchart TD\n  a@{ img: \"https://x.example/a.png\", label: \"x\" }",
        "sequenceDiagram\n  participant A\n  link A: x @ javascript:alert(1)\n  A->>A: <svg onload=alert(1)>",
        "%%{init: {\"themeCSS\": \"*{background:url(https://x.example)}\", \"fontFamily\": \"a\\\" onload=\\\"alert(1)\"}}%%\nflowchart TD\n  a",
    ] {
        let Ok(picture) = mermaid(source, 1) else { continue };
        for refused in [
            "<script",
            "<img",
            "javascript:",
            "onload=\"",
            "onerror=\"",
            "x.example",
            "<style",
            " style=\"",
        ] {
            assert!(
                !picture.svg.contains(refused),
                "{refused} in {source}\n{}",
                picture.svg
            );
        }
    }
}

#[test]
fn hostile_formulas_are_refused_in_time() {
    for piece in [
        "\\sqrt",
        "{",
        "x^{",
        "\\begin{array}{c}",
        "\\left(",
        "\\frac",
        "'",
        "x+",
        "日",
        "\\text{",
    ] {
        let begun = Instant::now();
        let drawn = math(&piece.repeat(7_900 / piece.len()), Display::Block);
        assert!(begun.elapsed() < Duration::from_secs(8), "{piece}: {drawn:?}");
    }
    assert!(math(&"x".repeat(1 << 20), Display::Block).is_err());
}
