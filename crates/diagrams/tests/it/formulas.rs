//! Formulas as `MathML`.

use diagrams::{Display, math};

#[test]
fn formulas_are_mathml_without_styles() {
    let fraction = math("\\frac{1}{x}", Display::Inline).unwrap();
    assert_eq!(fraction, "<math><mfrac><mn>1</mn><mi>x</mi></mfrac></math>");
    let aligned = math("\\begin{align} a &= b \\\\ c &= d \\end{align}", Display::Block).unwrap();
    assert!(aligned.starts_with("<math display=\"block\">"), "{aligned}");
    assert!(aligned.contains("class=\"math-right"), "{aligned}");
    let lines = math(
        "\\begin{array}{c|c} a & b \\\\ \\hline c & d \\end{array}",
        Display::Block,
    )
    .unwrap();
    assert!(
        lines.contains("math-line-right") && lines.contains("math-line-top"),
        "{lines}"
    );
    let red = math("\\color{red} x", Display::Inline).unwrap();
    assert!(red.contains("mathcolor=\"#FF0000\""), "{red}");
    for mathml in [aligned, lines, red] {
        assert!(!mathml.contains(" style=\""), "{mathml}");
    }
}

#[test]
fn text_stays_text() {
    let text = math("\\text{<img onerror=a> style=\"x\" > class}", Display::Inline).unwrap();
    assert!(!text.contains("<img") && text.contains("&lt;img"), "{text}");
    assert!(text.contains("style=”x”"), "{text}");
}

#[test]
fn what_is_wrong_has_a_place() {
    for (tex, expected) in [
        ("x + \\unknown{y}", "line 1, column 5: "),
        ("a\n+ \\frac{1}{2", "line 2, column 13: "),
        ("\\href{javascript:a()}{x}", "line 1, column 1: "),
    ] {
        let trouble = math(tex, Display::Inline).unwrap_err().to_string();
        assert!(trouble.starts_with(expected), "{tex}: {trouble}");
    }
}
