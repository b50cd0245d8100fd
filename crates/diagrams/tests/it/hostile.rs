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
    ] {
        let begun = Instant::now();
        let drawn = mermaid(&source, 1);
        let spent = begun.elapsed();
        let head: String = source.chars().take(60).collect();
        assert!(
            spent < Duration::from_secs(8),
            "{head:?} took {spent:?}: {drawn:?}"
        );
    }
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
