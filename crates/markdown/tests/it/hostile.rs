//! No text makes the parser panic, and none needs much more than linear time.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use markdown::Options;

/// Pieces that are repeated, each a known way to make a Markdown parser slow.
const PIECES: [&str; 64] = [
    "[",
    "![",
    "]",
    "*",
    "**a ",
    "_a *b ",
    "`",
    "` ``",
    "<",
    "<a ",
    "<!--",
    "<div>\n",
    "<div markdown>\n",
    "&",
    "a@b",
    "> ",
    ">",
    "- ",
    "  - a\n",
    "1. a\n\n",
    "!!! a\n    ",
    "=== \"a\"\n    ",
    "/// a\n",
    "~~a~b^c==",
    "[a](b",
    "[a][b]",
    "[a]: b\n",
    "[^a]",
    "[^a]: b\n",
    "*[a]: b\n",
    "|a|b\n|-|-\n|",
    "| a | b\n",
    "# a\n",
    "a\n: b\n",
    "```\n",
    "\\",
    "http://a",
    "{: .a }",
    "??? a\n    ",
    "a\n# b\n",
    "a\n---\n",
    "> a\n# b\n",
    "- a\n\n",
    "  - a\n\n",
    "1. a\n  - b\n",
    "[^a]: b\n\n    c\n\n",
    "```a\n~~~\n",
    "> ```\n",
    "    ```\n    a\n    ```\n",
    "/// tab | a\n",
    "/// note\n///\n",
    "--8<-- \"a\"\n",
    "--8<--\n",
    "++a+b++",
    "{++",
    "{~~a~>b~~}",
    "{==a",
    ":smile:",
    ":material-a:{ .b }",
    "<div markdown><p>",
    "<script>\n",
    "<br>\n<p>\n",
    "\\`|",
    "1/2 1st ",
];

/// Everything that a site can switch on.
fn options() -> Options {
    Options {
        line_numbers: true,
        blocks: ["tab", "note", "details"].map(str::to_owned).to_vec(),
        keys: true,
        icons: true,
        ..Options::default()
    }
}

/// A file that takes itself; there is no other one.
fn included(asked: markdown::Snippet<'_>) -> Option<String> {
    (asked.path == "a").then(|| "--8<-- \"a\"\n".repeat(20))
}

fn time(text: &str) -> Duration {
    let begun = Instant::now();
    std::hint::black_box(markdown::render_with(
        text,
        &options(),
        &mut |_| None,
        &mut included,
    ));
    begun.elapsed()
}

#[test]
fn repeated_pieces_take_linear_time() {
    for piece in PIECES {
        let text = piece.repeat(30_000 / piece.len());
        let spent = time(&text);
        // Debug builds on a busy machine need up to a few hundred milliseconds; quadratic time would be minutes.
        assert!(spent < Duration::from_secs(8), "{piece:?} took {spent:?}");
    }
}

#[test]
fn pairs_of_pieces_are_harmless() {
    for one in PIECES {
        for other in PIECES {
            let text = format!("{}{}", one.repeat(60), other.repeat(60));
            time(&text);
            time(&format!("{one}{other}").repeat(60));
        }
    }
}

#[test]
fn deep_nesting_is_a_text() {
    for piece in ["> ", "- ", "!!! a\n    "] {
        let html = markdown::render(&format!("{}x", piece.repeat(5_000))).html;
        assert!(html.len() < 2_000_000, "{piece:?}: {}", html.len());
    }
    let nested: String = (0..500)
        .map(|depth| format!("{}- a\n", "  ".repeat(depth)))
        .collect();
    assert!(markdown::render(&nested).html.contains("<li>"));
}

#[test]
fn every_beginning_of_a_page_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        for (end, _) in text.char_indices() {
            markdown::render(&text[..end]);
            markdown::render(&text[end..]);
        }
    }
}
