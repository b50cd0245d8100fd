//! No text makes the parser panic, and none needs much more than linear time.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use markdown::{Options, ShortLinks, Snippet};

/// Pieces that are repeated, each a known way to make a Markdown parser slow.
const PIECES: [&str; 85] = [
    "\\(",
    "\\(a",
    "$a ",
    "$",
    "$$\n",
    "\\[\n",
    "$a $",
    "$$ a\n# b\n",
    "\\[ a\n# b\n",
    "\\begin{a}\n- b\n",
    "\\\\\\(",
    "$\\",
    "<br>",
    "<!",
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
    ":no_such:",
    ":material-a:{ .b }",
    "<div markdown><p>",
    "<script>\n",
    "<br>\n<p>\n",
    "\\`|",
    "1/2 1st ",
    "@a",
    "@a/b ",
    "#1",
    "a/b#1 ",
    "a.b-",
    "c/o",
];

/// Everything that a site can switch on.
fn options() -> Options {
    Options {
        line_numbers: true,
        blocks: ["tab", "note", "details"].map(str::to_owned).to_vec(),
        keys: true,
        icons: true,
        math: true,
        fences: vec!["x".to_owned()],
        short_links: Some(ShortLinks {
            user: "a".to_owned(),
            repository: "b".to_owned(),
            ..ShortLinks::default()
        }),
        ..Options::default()
    }
}

/// A file that takes itself; there is no other one.
fn included(asked: markdown::Snippet<'_>) -> Option<String> {
    (asked.path == "a").then(|| "--8<-- \"a\"\n".repeat(20))
}

/// What a page takes of the processor, or of the clock where the system does not say it.
fn time(text: &str) -> Duration {
    let begun = (spent(), Instant::now());
    std::hint::black_box(markdown::render_with(
        text,
        &options(),
        &mut |_| None,
        &mut included,
    ));
    let spent = begun.0.and_then(|before| spent()?.checked_sub(before));
    spent.unwrap_or_else(|| begun.1.elapsed())
}

/// The time that the thread had of the processor so far, as Linux says it.
fn spent() -> Option<Duration> {
    let said = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = said.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Ends that make a parser look for what is not there, behind repeated pieces.
const TAILS: [&str; 2] = ["", "\\\\) --> </div> ] $"];

/// Bytes of the longer of two texts that are compared.
const LONG: usize = 40_000;
/// The same in thousands.
const KILOBYTES: u32 = 40;

/// The time of the longer text, if four times as much takes about four times as long, at the best of several tries.
fn grows_evenly(text: impl Fn(usize) -> String) -> Result<Duration, String> {
    let mut told = String::new();
    for _ in 0..4 {
        let (short, long) = (time(&text(LONG / 4)), time(&text(LONG)));
        // Quadratic time is sixteen times as long. What takes no time at all grows by chance.
        if long < Duration::from_millis(60) || long < short * 9 {
            return Ok(long);
        }
        told = format!("{short:?}, and {long:?} for four times as much");
    }
    Err(told)
}

/// `cargo test -p markdown --test it repeated_pieces -- --nocapture` prints what each takes.
#[test]
fn repeated_pieces_take_linear_time() {
    println!("time for each KB, in a development build");
    for piece in PIECES {
        for tail in TAILS {
            let text = |bytes: usize| format!("{}{tail}", piece.repeat(bytes / piece.len()));
            match grows_evenly(text) {
                Ok(long) => println!("{:>12?}  {piece:?} before {tail:?}", long / KILOBYTES),
                Err(told) => panic!("{piece:?} before {tail:?}: {told}"),
            }
        }
    }
}

#[test]
fn a_snippet_forges_no_marks() {
    let forged = format!("<div>{}</div>", "\u{2}0\u{3}".repeat(4));
    let mut forging = |_: Snippet<'_>| Some(format!("{forged}\n\tcode\tx\n"));
    let page = "--8<-- \"a\"\n\ntext\n";
    let document = markdown::render_with(page, &options(), &mut |_| None, &mut forging);
    assert!(document.html.len() < 500, "{} bytes", document.html.len());
    assert!(
        !document.html.contains(['\u{2}', '\u{3}', '\t']),
        "{}",
        document.html
    );
    assert_eq!(document.left_out, []);
}

#[test]
fn snippets_bring_so_much_and_no_more() {
    let wide = "x".repeat(1 << 20);
    let mut many = |Snippet { path, .. }: Snippet<'_>| {
        Some(if path == "wide" {
            wide.clone()
        } else {
            "a\n".repeat(9_000)
        })
    };
    for path in ["wide", "long"] {
        let page = format!("--8<-- \"{path}\"\n").repeat(500);
        let document = markdown::render_with(&page, &options(), &mut |_| None, &mut many);
        assert!(document.html.len() < 6 << 20, "{path}: {}", document.html.len());
        assert_eq!(document.left_out.len(), 1, "{path}");
        assert!(
            (3..9).contains(&document.left_out[0].line),
            "{:?}",
            document.left_out
        );
    }
    let begun = Instant::now();
    let mut big = |_: Snippet<'_>| Some("a\n".repeat(500_000));
    let page = "--8<-- \"a:1:1\"\n".repeat(5_000);
    let document = markdown::render_with(&page, &options(), &mut |_| None, &mut big);
    assert_eq!(document.left_out.len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn a_page_that_is_too_long_says_so() {
    let page = "a\n\n".repeat(markdown::MAX_BYTES / 3 + 10);
    let document = markdown::render(&page);
    assert!(
        document.left_out[0].reason.contains("are read"),
        "{:?}",
        document.left_out
    );
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
