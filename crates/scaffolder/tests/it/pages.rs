//! Every page in its states, as text; a change of a page is read like a change of code.

use std::fmt::Write as _;

#[test]
fn samples_look_as_before() {
    let mut text = String::new();
    for (name, markup) in scaffolder::page_samples() {
        let lines = markup.0.replace("><", ">\n<");
        writeln!(text, "== {name}\n{lines}").expect("a string takes all");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn pages_have_one_heading_no_inline_code_and_no_id_twice() {
    for (name, markup) in scaffolder::page_samples() {
        let text = &markup.0;
        assert_eq!(text.matches("<h1").count(), 1, "{name}");
        for part in [
            " style=",
            " onclick=",
            "javascript:",
            "href=\"\"",
            "<no mkdocs",
            "****",
        ] {
            assert!(!text.contains(part), "{name}: {part}");
        }
        let mut ids: Vec<&str> = text
            .match_indices(" id=\"")
            .map(|(at, mark)| &text[at + mark.len()..])
            .filter_map(|rest| rest.split('"').next())
            .collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: an id stands twice");
    }
}

#[test]
fn every_label_and_description_leads_to_its_field() {
    for (name, markup) in scaffolder::page_samples() {
        let text = &markup.0;
        for mark in [" for=\"", " aria-describedby=\""] {
            for (at, mark) in text.match_indices(mark) {
                let rest = &text[at + mark.len()..];
                for id in rest.split('"').next().unwrap_or_default().split(' ') {
                    assert!(text.contains(&format!(" id=\"{id}\"")), "{name}: {id} is nowhere");
                }
            }
        }
    }
}
