//! Parts of pages that are taken from other files, as the extension `snippets` writes them: which files there are, and why
//! nothing is taken of one. Where a page asks for one is found by whoever reads Markdown.

use markdown::Snippet;

use super::lines::Lines;
use super::{Findings, Places, Problem, Rule, links};

/// How much text is read for the snippets of one page, in bytes.
const MAX_TEXT: usize = 16 << 20;

/// Snippets of one page.
pub(super) struct Snippets<'a> {
    pub(super) places: &'a Places,
    /// The page in the source.
    pub(super) file: &'a str,
    /// The lines of its text.
    pub(super) lines: &'a Lines<'a>,
    left: usize,
    /// What is wrong with them.
    pub(super) findings: Findings,
}

impl<'a> Snippets<'a> {
    pub(super) fn of(places: &'a Places, file: &'a str, lines: &'a Lines<'a>) -> Self {
        Self {
            places,
            file,
            lines,
            left: MAX_TEXT,
            findings: Findings::default(),
        }
    }

    /// The text of a file that a page asks for; nothing with a problem.
    pub(super) fn take(&mut self, asked: &Snippet<'_>) -> Option<String> {
        match self.found(asked) {
            Ok(text) => Some(text),
            Err((reason, way_out)) => {
                self.findings.note(Rule::Snippet, || {
                    let column = self.lines.column_of(asked.line, asked.name);
                    let text = format!("The snippet {} {reason}", asked.name);
                    Problem::new(Rule::Snippet, self.file, text)
                        .at(Some(asked.line), column)
                        .way_out(way_out)
                });
                None
            }
        }
    }

    fn found(&mut self, asked: &Snippet<'_>) -> Result<String, (&'static str, String)> {
        let (places, name) = (self.places, asked.name);
        if name.starts_with("https://") || name.starts_with("http://") {
            let reason = "lies on another server, from which nothing is taken in";
            return Err((reason, "Copy it to the documentation.".to_owned()));
        }
        let path = links::normalised(asked.path).filter(|_| !name.starts_with('/'));
        let Some(path) = path else {
            return Err(("leads out of the repository", way_out(places)));
        };
        let Some(bytes) = places.part(&path) else {
            let reason = if places.beside.has(&path) {
                "lies outside of the documentation, so that nothing is taken of it"
            } else {
                "does not exist"
            };
            return Err((reason, way_out(places)));
        };
        let Some(left) = self.left.checked_sub(bytes.len()) else {
            let reason = "is left out, because the snippets of this page have too much text";
            return Err((reason, "Divide the page.".to_owned()));
        };
        self.left = left;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

fn way_out(places: &Places) -> String {
    let folder = match places.parts.folder.as_str() {
        "" => "the folder of mkdocs.yml",
        folder => folder,
    };
    format!(
        "Put the file into {folder} or, as Markdown, beside mkdocs.yml; name it as it is called from the folder of mkdocs.yml."
    )
}
