//! The pages in their states, as text; a change of them is read like a change of code.

#[test]
fn samples_look_as_before() {
    let line =
        |(name, markup): (&str, maud::Markup)| format!("== {name}\n{}\n", markup.0.replace("><", ">\n<"));
    // Samples of the tab Code have a snapshot of their own.
    let samples = gitea::page_samples().into_iter();
    let samples = samples.filter(|(name, _)| *name != "code" && !name.starts_with("code-"));
    let text: String = samples.map(line).collect();
    insta::assert_snapshot!(text);
}
