//! What colours a language has, and that no text is changed, whatever it is.

use std::fmt::Write;

use super::*;

mod files;
mod programs;

/// The language, the text, and the text with its colours: `k(name)` is a key, and so on.
type Sample = (&'static str, &'static str, &'static str);

fn samples() -> impl Iterator<Item = &'static Sample> {
    files::SAMPLES.iter().chain(programs::SAMPLES)
}

/// A coloured text in a form that is easily read: `k(name)`, with lines apart.
fn shown(text: &str, language: Language) -> String {
    let lines = highlight(text, language);
    let lines: Vec<String> = lines.iter().map(|line| short(&line.0)).collect();
    lines.join("\n")
}

fn short(markup: &str) -> String {
    let mut text = String::new();
    for part in markup.split("<span class=\"t-") {
        match part.split_once("\">") {
            Some((class, rest)) => {
                let (inside, after) = rest.split_once("</span>").unwrap();
                write!(text, "{class}({inside}){after}").unwrap();
            }
            None => text.push_str(part),
        }
    }
    unescaped(&text)
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// The text again, without the colours.
fn plain(markup: &str) -> String {
    let mut text = String::new();
    let mut is_inside = false;
    for c in markup.chars() {
        match c {
            '<' => is_inside = true,
            '>' => is_inside = false,
            c if !is_inside => text.push(c),
            _ => {}
        }
    }
    unescaped(&text)
}

fn check_nothing_is_lost(text: &str, language: Language) {
    let lines = highlight(text, language);
    let found: Vec<String> = lines.iter().map(|line| plain(&line.0)).collect();
    let expected: Vec<&str> = text.lines().collect();
    assert_eq!(found, expected, "{language:?}: {text:?}");
}

#[test]
fn each_language_has_its_colours() {
    for (name, text, expected) in samples() {
        let language = Language::of_name(name);
        assert_ne!(language, Language::Plain, "{name}");
        let shown = shown(text, language);
        assert_eq!(shown, *expected, "{name}: {text}\n{shown}");
    }
}

#[test]
fn every_language_has_a_sample() {
    let has_sample = |language| samples().any(|(name, ..)| Language::of_name(name) == language);
    let without: Vec<Language> = languages()
        .into_iter()
        .filter(|language| !has_sample(*language))
        .collect();
    assert_eq!(without, [Language::Plain]);
}

#[test]
fn nothing_is_lost_of_any_text_in_any_language() {
    let every: String = samples().map(|(_, text, _)| format!("{text}\r\n")).collect();
    for language in languages() {
        check_nothing_is_lost(&every, language);
        for (_, text, _) in samples() {
            check_nothing_is_lost(text, language);
        }
    }
    // Each text ends anywhere, in its own language and in those that read other languages.
    for (name, text, _) in samples() {
        for (at, _) in text.char_indices() {
            let language = Language::of_name(name);
            check_nothing_is_lost(&text[..at], language);
            check_nothing_is_lost(&text[at..], language);
        }
    }
}

#[test]
fn nothing_is_lost_of_noise() {
    const SIGNS: &[&str] = &[
        "\"",
        "'",
        "`",
        "\"\"\"",
        "'''",
        "${",
        "$(",
        "}",
        ")",
        "#{",
        "{{",
        "}}",
        "{%",
        "/*",
        "*/",
        "//",
        "#",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "<style>",
        "<<EOF",
        "EOF",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\\",
        "=",
        ":",
        "@",
        "a",
        "Ab",
        "0x1",
        "1.5e",
        "-",
        "<",
        ">",
        "[",
        "]",
        "(",
        "ü",
        "日本",
        "\u{0}",
        "\u{301}",
        "$ ",
        ">>> ",
        "```",
        "~~~ sh",
        "r#\"",
        "/",
        "!",
        "&",
        "&amp;",
        "FROM",
        "RUN",
        "HTTP/1.1",
        "GET ",
        "@@",
        "+",
        "%",
        ";",
        ",",
        "|",
        "---",
        "if",
        "x",
        "__",
        "..",
    ];
    let mut seed = 42_u64;
    let mut next = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..40 {
        let text: String = (0..60).map(|_| SIGNS[next(SIGNS.len())]).collect();
        let bytes: Vec<u8> = (0..80).map(|_| u8::try_from(next(256)).unwrap()).collect();
        for language in languages() {
            check_nothing_is_lost(&text, language);
            if round < 8 {
                check_nothing_is_lost(&String::from_utf8_lossy(&bytes), language);
            }
        }
    }
}

/// Beginnings without an end, over and over: the time must not grow with the square.
#[test]
fn time_grows_with_the_text() {
    for opening in ["\"${", "${", "<a '"] {
        let text = opening.repeat(80_000 / opening.len());
        for language in languages() {
            let before = processor_time();
            highlight(&text, language);
            let took = processor_time() - before;
            assert!(took < 150_000_000, "{language:?} {opening:?}: {took} ns");
        }
    }
}

/// Nanoseconds that this thread had a processor, which a busy machine does not lengthen.
fn processor_time() -> u64 {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    times.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn colours_go_on_over_lines_but_elements_do_not() {
    let lines = highlight("/* a\nb */ c", Language::Rust);
    assert_eq!(lines[0].0, "<span class=\"t-c\">/* a</span>");
    assert_eq!(lines[1].0, "<span class=\"t-c\">b */</span> c");
}

#[test]
fn a_text_that_is_too_long_stays_plain() {
    let text = "true ".repeat(MAX_COLOURED / 5 + 1);
    assert_eq!(highlight(&text, Language::Json)[0].0, text);
    assert_ne!(highlight(&text[..50], Language::Json)[0].0, text[..50]);
}

#[test]
fn names_and_files() {
    for (name, expected) in [
        ("Bash", Language::Shell),
        ("c++", Language::Cpp),
        ("C#", Language::CSharp),
        ("YML", Language::Yaml),
        ("py3", Language::Python),
        ("terraform", Language::Hcl),
        ("text", Language::Plain),
        ("", Language::Plain),
    ] {
        assert_eq!(Language::of_name(name), expected, "{name}");
    }
    for (path, expected) in [
        ("src/Main.java", Language::Java),
        ("Dockerfile", Language::Dockerfile),
        ("deploy/dockerfile.dev", Language::Dockerfile),
        ("GNUmakefile", Language::Makefile),
        ("a/BUILD", Language::Python),
        (".env.local", Language::Settings),
        ("catalog-info.yaml", Language::Yaml),
        ("api.wsdl", Language::Xml),
        ("Cargo.lock", Language::Toml),
        ("yaml", Language::Plain),
        ("a.b/c", Language::Plain),
        ("app.config", Language::Plain),
        ("", Language::Plain),
    ] {
        assert_eq!(Language::of_path(path), expected, "{path}");
    }
}

/// Every language that has a name, and the plain one.
fn languages() -> Vec<Language> {
    let mut languages = vec![Language::Plain];
    languages.extend(names::languages());
    languages
}
