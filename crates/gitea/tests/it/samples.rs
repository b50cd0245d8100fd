//! The pages of repositories and proposals in their states, as text; a change of them is read like a change of code.

#[test]
fn samples_look_as_before() {
    for (name, markup) in gitea::page_samples() {
        if name.starts_with("repositories") || name.starts_with("descriptor") {
            insta::assert_snapshot!(name, markup.0.replace("><", ">\n<"));
        }
    }
}
