//! Formulas are kept as TeX, and what only looks like one stays text.

use markdown::Options;

fn html(text: &str) -> String {
    let options = Options {
        math: true,
        ..Options::default()
    };
    markdown::render_with(text, &options, &mut |_| None, &mut |_| None).html
}

#[test]
fn formulas_keep_their_marks() {
    let inline = |tex: &str| format!("<span class=\"arithmatex\">\\({tex}\\)</span>");
    for (text, expected) in [
        ("a $x_1 * y_1$ b", format!("<p>a {} b</p>\n", inline("x_1 * y_1"))),
        ("\\(a < b\\)", format!("<p>{}</p>\n", inline("a &lt; b"))),
        ("- $x$\n", format!("<ul>\n<li>{}</li>\n</ul>\n", inline("x"))),
        ("`$x$` and \\$x$", "<p><code>$x$</code> and $x$</p>\n".to_owned()),
        ("$2.00 and $10.00", "<p>$2.00 and $10.00</p>\n".to_owned()),
        (
            "$$\na_1 * b_1\n$$\n\ntext",
            "<div class=\"arithmatex\">\\[\na_1 * b_1\n\\]</div>\n<p>text</p>\n".to_owned(),
        ),
        (
            "    $$ code $$",
            "<div class=\"highlight\"><pre><code>$$ code $$\n</code></pre></div>\n".to_owned(),
        ),
    ] {
        assert_eq!(html(text), expected, "{text}");
    }
}

#[test]
fn without_the_extension_there_are_no_formulas() {
    for text in ["$x$", "$$\nx\n$$", "\\begin{align}x\\end{align}"] {
        assert!(!markdown::render(text).html.contains("arithmatex"), "{text}");
    }
    assert_eq!(markdown::render("\\(x\\)").html, "<p>(x)</p>\n");
}
