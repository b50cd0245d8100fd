//! Diagrams and formulas as parts of a page.

use std::time::{Duration, Instant};

use diagrams::Drawings;

fn drawn(language: &str, source: &str) -> String {
    Drawings::default()
        .of_code(language, source)
        .unwrap()
        .into_string()
}

#[test]
fn a_diagram_has_its_source_in_a_fold() {
    let html = drawn("mermaid", "flowchart TD\n  A[\"<b>x</b>\"] --> B\n");
    assert!(
        html.starts_with("<figure class=\"diagram\"><div class=\"diagram-scroll\""),
        "{html}"
    );
    assert!(html.contains("<summary>Show the source</summary>"), "{html}");
    assert!(html.contains("A[&quot;&lt;b&gt;x&lt;/b&gt;&quot;]"), "{html}");
}

#[test]
fn a_diagram_that_is_none_is_shown_as_it_is_written() {
    let html = drawn("mermaid", "flowchart TD\n  A[x --> B");
    assert!(html.contains("This diagram cannot be drawn"), "{html}");
    assert!(html.contains("line 2, column 3"), "{html}");
    assert!(html.contains("A[x --&gt; B"), "{html}");
    let unknown = drawn("mermaid", "<script>");
    assert!(!unknown.contains("<script>"), "{unknown}");
}

#[test]
fn other_languages_of_diagrams_are_text_with_a_note() {
    for (language, name) in [("plantuml", "PlantUML"), ("dot", "Graphviz")] {
        let html = drawn(language, "a -> b");
        assert!(html.contains(name) && html.contains("a -&gt; b"), "{html}");
    }
    assert!(Drawings::default().of_code("rust", "a").is_none());
}

#[test]
fn formulas_of_a_page() {
    let mut drawings = Drawings::default();
    let html = drawings.with_formulas(
        "<p>a <span class=\"arithmatex\">\\(x &lt; \\frac{1}{2}\\)</span> b</p>\
         <div class=\"arithmatex\">\\[ y \\]</div><p><span class=\"arithmatex\">\\(\\nope\\)</span>\
         <span class=\"arithmatex\">\\(open",
    );
    assert!(
        html.starts_with("<p>a <math><mi>x</mi><mo>&lt;</mo><mfrac>"),
        "{html}"
    );
    assert!(html.contains("<div class=\"math\" tabindex=\"0\""), "{html}");
    assert!(
        html.contains("<code class=\"math-trouble\" title=\"This is no formula: line 1, column 1:"),
        "{html}"
    );
    assert!(html.ends_with("<span class=\"arithmatex\">\\(open"), "{html}");
    assert!(drawn("math", "x^2").contains("<math display=\"block\"><msup>"));
}

#[test]
fn formulas_take_linear_time() {
    let time = |count: usize| {
        let html = format!(
            "{}{}",
            "<span class=\"arithmatex\">\\(x</span>".repeat(count),
            "<span class=\"arithmatex\">\\(".repeat(count)
        );
        let begun = Instant::now();
        assert_eq!(Drawings::default().with_formulas(&html).len(), html.len());
        begun.elapsed()
    };
    // Quadratic time is sixteen times as long, and other work of the machine makes a try slow.
    let is_even = |_| {
        let (short, long) = (time(20_000), time(80_000));
        long < Duration::from_millis(60) || long < short * 9
    };
    assert!((0..4).any(is_even));
}

#[test]
fn drawings_of_a_page_have_a_size_together() {
    let mut drawings = Drawings::default();
    let rows: String = (0..700)
        .map(|at| format!("{at} :2024-01-01, {}d\n", at + 1))
        .collect();
    let source = format!("gantt\n{rows}");
    let drawn: Vec<usize> = (0..200)
        .map(|_| drawings.of_code("mermaid", &source).unwrap().into_string())
        .take_while(|html| html.contains("diagram-scroll"))
        .map(|html| html.len())
        .collect();
    assert!((2..200).contains(&drawn.len()), "{}", drawn.len());
    let refused = drawings
        .of_code("mermaid", "flowchart TD\na")
        .unwrap()
        .into_string();
    assert!(refused.contains("move it to another page"), "{refused}");
    assert!(!drawings.is_passing());
}
