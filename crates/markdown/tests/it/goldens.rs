//! Pages with the HTML that they become; `UPDATE_GOLDENS=1` writes it anew. `cargo xtask conformance docs` compares whole sites with
//! what Python-Markdown and the extensions of `mkdocs-techdocs-core` make of them.

use std::fs;
use std::path::Path;

use markdown::Options;

/// What the sites of the goldens switch on.
fn options() -> Options {
    let blocks = [
        "tab",
        "details",
        "html",
        "admonition",
        "note",
        "warning",
        "details-tip",
    ];
    Options {
        line_numbers: true,
        blocks: blocks.map(str::to_owned).to_vec(),
        fences: vec!["mermaid".to_owned()],
        keys: true,
        icons: true,
        ..Options::default()
    }
}

#[test]
fn pages_become_what_they_became() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let html = markdown::render_with(&text, &options(), &mut |_| None, &mut |_| None).html;
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::write(path.with_extension("html"), &html).unwrap();
        }
        let expected = fs::read_to_string(path.with_extension("html")).unwrap();
        assert_eq!(html, expected, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 10, "{seen} pages");
}

#[test]
fn front_matter_and_headings() {
    let page = markdown::render("---\ntitle: x\n---\n# One `two`\n\n## One *three*\n\n## One three\n");
    assert_eq!(page.front_matter.as_deref(), Some("title: x\n"));
    let headings: Vec<_> = page
        .headings
        .iter()
        .map(|heading| {
            (
                heading.level,
                heading.id.as_str(),
                heading.text.as_str(),
                heading.line,
            )
        })
        .collect();
    let expected = [
        (1, "one-two", "One two", 4),
        (2, "one-three", "One three", 6),
        (2, "one-three_1", "One three", 8),
    ];
    assert_eq!(headings, expected);
    assert_eq!(markdown::render("---\nno end").front_matter, None);
}

#[test]
fn keys_before_the_text_of_a_page_of_mkdocs() {
    let page = |text: &str| markdown::render_with(text, &options(), &mut |_| None, &mut |_| None);
    let read = page("Title: x\nauthor: y\n    z\n\n# One\n");
    assert_eq!(read.front_matter.as_deref(), Some("Title: x\nauthor: y\n    z\n"));
    assert_eq!(read.headings[0].line, 5);
    assert!(!read.html.contains("author"), "{}", read.html);
    for text in [
        "No key: x\n",
        "    code: x\n",
        "https://example.org\n",
        "# Title: x\n",
    ] {
        let kept = page(text).front_matter;
        assert_eq!(kept.is_some(), text.starts_with("https"), "{text}");
    }
    // A text that is no page of a site says what it says.
    assert!(markdown::render("Note: x\n").html.contains("Note: x"));
}

#[test]
fn alerts_as_git_hosts_write_them() {
    let html = markdown::render("> [!WARNING]\n> Mind the gap.\n").html;
    let expected = "<div class=\"admonition warning\">\n<p class=\"admonition-title\">Warning</p>\n<p>Mind the gap.</p>\n</div>\n";
    assert_eq!(html, expected);
}

#[test]
fn blocks_with_slashes() {
    let text = "/// note | Title\nText.\n///\n";
    assert!(markdown::render(text).html.starts_with("<p>///"));
    let html = markdown::render_with(text, &options(), &mut |_| None, &mut |_| None).html;
    let expected =
        "<div class=\"admonition note\">\n<p class=\"admonition-title\">Title</p>\n<p>Text.</p>\n</div>\n";
    assert_eq!(html, expected);
}
