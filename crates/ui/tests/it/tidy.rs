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
