//! The pages in their states, as text; a change of them is read like a change of code.

#[test]
fn samples_look_as_before() {
    let line =
        |(name, markup): (&str, maud::Markup)| format!("== {name}\n{}\n", markup.0.replace("><", ">\n<"));
    let text: String = notifications::page_samples().into_iter().map(line).collect();
    insta::assert_snapshot!(text);
}
