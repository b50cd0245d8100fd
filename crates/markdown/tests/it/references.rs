//! Who reads a page decides where links and images lead, and learns where they stand.

use markdown::{Options, Reference, Target};

#[test]
fn references_with_their_lines() {
    let text = "---\nx: y\n---\n[a](one.md)\n\n- item\n\n    text\n    ![b](two.png)\n\n| t | u |\n|---|---|\n| [c] | x |\n\n[c]: three.md\n";
    let mut seen = Vec::new();
    let mut resolve = |reference: Reference<'_>| {
        seen.push((reference.target, reference.address.to_owned(), reference.line));
        (reference.address == "one.md").then(|| "/one/?a&b".to_owned())
    };
    let page = markdown::render_with(text, &Options::default(), &mut resolve, &mut |_| None);
    let expected = [
        (Target::Link, "one.md".to_owned(), 4),
        (Target::Image, "two.png".to_owned(), 9),
        (Target::Link, "three.md".to_owned(), 15),
    ];
    assert_eq!(seen, expected);
    assert!(
        page.html.contains("<a href=\"/one/?a&amp;b\">a</a>"),
        "{}",
        page.html
    );
    assert!(page.html.contains("src=\"two.png\""), "{}", page.html);
}

fn html(text: &str) -> String {
    markdown::render(text).html
}

/// Each expectation is what Python-Markdown with the extensions of `mkdocs-techdocs-core` makes of it.
#[test]
fn small_things_are_as_there() {
    for (text, expected) in [
        (
            "[a][^1] b\n\n[a]: x.md\n\n[^1]: n\n",
            "<a href=\"x.md\">a</a><sup",
        ),
        ("[a][none]\n\n[a]: x.md\n", "<a href=\"x.md\">a</a>[none]"),
        ("(C) (c) =/= c/o abc/o\n", "(C) &copy; &ne; &#8453; abc/o"),
        ("mail\\@example.org\n", "mail\\@example.org"),
        (
            "say 'https://example.org/a')}}\n",
            "'<a href=\"https://example.org/a\">https://example.org/a</a>')}}",
        ),
        ("#### <!-- note --> Text\n", "id=\"text\""),
        ("sum_{i,j}w_{ij}v\n", "sum_{i,j}w_{ij}v"),
        (":woman_in_lotus_position:\n", "🧘"),
        (
            "1. a\n\n    b\n\n        ```\n        x\n        ```\n\n        y\n",
            "```\n\n",
        ),
        ("``` py hl_lines=\"1 2\"\"\na\nb\n```\n", "data-marked=\"1 2\""),
    ] {
        let html = html(text);
        assert!(html.contains(expected), "{text}\n{html}");
    }
}
