//! Every page in its states, as text; a change of a page is read like a change of code.

use std::fmt::Write;

#[test]
fn samples_look_as_before() {
    let mut text = String::new();
    for sample in work_web::page_samples() {
        let lines = sample.markup.0.replace("><", ">\n<");
        writeln!(text, "== {}\n{lines}", sample.name).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn pages_have_one_heading_and_no_inline_code() {
    for sample in work_web::page_samples() {
        let (name, text) = (sample.name, &sample.markup.0);
        assert_eq!(text.matches("<h1").count(), 1, "{name}");
        for part in [" style=", " onclick=", "javascript:", "href=\"\"", "<no mkdocs"] {
            assert!(!text.contains(part), "{name}: {part}");
        }
    }
}
