//! Rules of the styles and scripts.

use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn colours_are_named_only_in_the_tokens() {
    for (path, text) in files("css") {
        if path.ends_with("tokens.css") || path.extension().is_some_and(|extension| extension == "svg") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let hash = line
                .split('#')
                .skip(1)
                .any(|rest| rest.chars().take(3).all(|c| c.is_ascii_hexdigit()));
            let function = ["rgb(", "rgba(", "hsl(", "oklch(", "light-dark("]
                .iter()
                .any(|name| line.contains(name));
            assert!(
                !hash && !function,
                "{}:{}: a colour outside the tokens: {line}",
                path.display(),
                number + 1
            );
            assert!(
                !line.contains("!important"),
                "{}:{}: !important",
                path.display(),
                number + 1
            );
        }
    }
}

/// WCAG's contrast of normal text, for every colour of code on everything that can be behind it.
#[test]
fn colours_of_code_can_be_read() {
    let tokens = include_str!("../../css/tokens.css");
    let published = include_str!("../../../techdocs/css/published.css");
    let colours = |prefix: &str, side: usize| -> Vec<(String, String)> {
        let lines = tokens.lines().filter(|line| line.trim().starts_with(prefix));
        let pair = |line: &str| {
            let (name, value) = line.trim().split_once(": light-dark(").unwrap();
            let value = value.split([',', ')']).nth(side).unwrap().trim();
            (name.to_owned(), value.to_owned())
        };
        lines.map(pair).collect()
    };
    for side in [0, 1] {
        let texts = colours("--code-", side);
        assert_eq!(texts.len(), 10);
        let backs =
            ["--surface:", "--surface-sunken:", "--amber-fill:"].map(|name| colours(name, side).remove(0));
        for ((text, colour), (back, behind)) in texts
            .iter()
            .flat_map(|text| backs.iter().map(move |back| (text, back)))
        {
            assert!(
                contrast(colour, behind) >= 4.5,
                "{text} on {back}: {colour} on {behind}"
            );
        }
        for (text, back) in [
            ("--code-inserted", "--green-fill:"),
            ("--code-deleted", "--red-fill:"),
        ] {
            let (text, back) = (&colours(text, side)[0].1, &colours(back, side)[0].1);
            assert!(contrast(text, back) >= 4.5, "{text} on {back}");
        }
    }
    for (back, found) in [("#f3f4f6", 0), ("#1b222c", 1)] {
        assert!(
            published.contains(back),
            "code of built sites has another background than {back}"
        );
        let half = published
            .split("@media (prefers-color-scheme: dark)")
            .nth(found)
            .unwrap();
        let colours: Vec<&str> = half
            .split("--code-")
            .skip(1)
            .filter_map(|rest| rest.split_once('#'))
            .filter(|(name, _)| !name.contains(';'))
            .map(|(_, rest)| &rest[..6])
            .collect();
        assert_eq!(colours.len(), 10, "{colours:?}");
        for colour in colours {
            assert!(contrast(&format!("#{colour}"), back) >= 4.5, "{colour} on {back}");
        }
    }
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance of `#rrggbb` (WCAG 2.2).
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[test]
fn every_partial_and_script_is_sent() {
    let assets = include_str!("../../src/assets.rs");
    for (path, _) in files("css").into_iter().chain(files("js")) {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(assets.contains(name), "{name} is not part of the assets");
    }
}

#[test]
fn scripts_stay_small() {
    let bytes: usize = files("js").iter().map(|(_, text)| text.len()).sum();
    // A third of that is sent; the whole of a page is measured in the browser.
    assert!(bytes <= 32 * 1024, "{bytes} bytes of scripts before compression");
}

#[test]
fn markup_has_no_inline_styles_or_handlers() {
    for sample in ui::samples() {
        for part in [" style=", " onclick=", " onload=", "javascript:"] {
            assert!(!sample.markup.0.contains(part), "{}: {part}", sample.name);
        }
    }
}
