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
