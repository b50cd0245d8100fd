//! The search page in its states, as text; a change of it is read like a change of code.

use std::fmt::Write;

#[test]
fn samples_look_as_before() {
    let mut text = String::new();
    for (name, markup) in search::page_samples() {
        let lines = markup.0.replace("><", ">\n<");
        writeln!(text, "== {name}\n{lines}").unwrap();
    }
    insta::assert_snapshot!(text);
}
