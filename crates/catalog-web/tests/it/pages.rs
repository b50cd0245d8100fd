//! Every page in its states, as text; a change of a page is read like a change of code.

use std::fmt::Write;

#[test]
fn samples_look_as_before() {
    let mut text = String::new();
    for sample in catalog_web::pages::page_samples() {
        let lines = sample.markup.0.replace("><", ">\n<");
        writeln!(text, "== {}\n{lines}", sample.name).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn pages_have_one_heading_no_inline_code_and_named_controls() {
    for sample in catalog_web::pages::page_samples() {
        let (name, text) = (sample.name, &sample.markup.0);
        assert_eq!(
            text.matches("<h1").count(),
            1,
            "{name}: headings of the first level"
        );
        for part in [" style=", " onclick=", "javascript:", "href=\"\""] {
            assert!(!text.contains(part), "{name}: {part}");
        }
        for button in text.split("<button").skip(1) {
            let button = button.split("</button>").next().unwrap();
            let content = button.split_once('>').unwrap().1;
            let has_text = content.contains("<span>") || !content.starts_with('<');
            assert!(
                has_text || button.contains("aria-label="),
                "{name}: a button without a name: {button}"
            );
        }
    }
}
