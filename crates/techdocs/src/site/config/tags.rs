//! Tags of YAML that mean something to MkDocs: variables of the environment, and Python objects.
//!
//! Neither is followed. The environment of the portal is nobody's business who writes documentation, so that a variable has the
//! value that the file gives for its absence. Of Python objects only the names are known that the original lets pass; they
//! choose what is the same here.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::site::problem::{Problem, Rule};

/// Objects that the original accepts. All others end its build.
const ACCEPTED: [&str; 15] = [
    "name:pymdownx.emoji.emojione",
    "name:pymdownx.emoji.gemoji",
    "name:pymdownx.emoji.twemoji",
    "name:materialx.emoji.twemoji",
    "name:material.extensions.emoji.twemoji",
    "name:pymdownx.emoji.to_alt",
    "name:pymdownx.emoji.to_png",
    "name:pymdownx.emoji.to_png_sprite",
    "name:pymdownx.emoji.to_svg",
    "name:pymdownx.emoji.to_svg_sprite",
    "name:materialx.emoji.to_svg",
    "name:material.extensions.emoji.to_svg",
    "name:pymdownx.superfences.fence_code_format",
    "name:pymdownx.superfences.fence_div_format",
    "object/apply:pymdownx.slugs.slugify",
];

static ENV: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)^([^#\n]*?[:\-][ \t]+)!ENV[ \t]+(\[[^\]\n]*\]|\x22[^\x22\n]*\x22|[^\s#]+)").ok()
});
static PYTHON: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^([^#\n]*?[:\-][ \t]+)!!python/([A-Za-z/]+:[\w.]*)").ok());

/// The text without these tags, each place where it was, and what is wrong with them.
pub(super) fn without(text: &str, file: &str) -> (String, Vec<Problem>) {
    let mut problems = Vec::new();
    // Patterns take longer to make than most files to read.
    if !text.contains("!ENV") && !text.contains("!!python") {
        return (text.to_owned(), problems);
    }
    let Some((env, python)) = ENV.as_ref().zip(PYTHON.as_ref()) else {
        return (text.to_owned(), problems);
    };
    let text = env.replace_all(text, |found: &Captures<'_>| {
        let written = &found[0][found[1].len()..];
        format!("{}{}", &found[1], padded(&default_of(&found[2]), written))
    });
    let text = python.replace_all(&text, |found: &Captures<'_>| {
        let written = &found[0][found[1].len()..];
        let begin = found.get(0).map_or(0, |all| all.start());
        if !ACCEPTED.contains(&&found[2]) {
            problems.push(refused(&text[..begin], &found[1], written, file));
        }
        format!("{}{}", &found[1], padded("", written))
    });
    (text.into_owned(), problems)
}

/// What stands for a variable that is not set.
fn default_of(written: &str) -> String {
    let list = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let last = list.and_then(|list| list.rsplit_once(','));
    last.map_or("null".to_owned(), |(_, last)| last.trim().to_owned())
}

/// A text as long as another one, so that all places stay where they are.
fn padded(text: &str, written: &str) -> String {
    format!("{text:<width$}", width = written.chars().count())
}

fn refused(before: &str, own: &str, tag: &str, file: &str) -> Problem {
    let number = |count: usize| u32::try_from(count + 1).ok();
    let line = number(before.matches('\n').count());
    Problem::new(
        Rule::PythonTag,
        file,
        format!("The Python object {tag} is not made; the value is left out"),
    )
    .at(line, number(own.chars().count()))
    .way_out("Remove it. TechDocs of Backstage refuses the whole site for it.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_have_their_default_and_places_stay() {
        let text = "a: !ENV HOME\nb: !ENV [ONE, TWO, 'x y']\n# c: !ENV Z\nd: 'text !ENV A'\n";
        let (read, problems) = without(text, "mkdocs.yml");
        assert_eq!(
            read,
            "a: null     \nb: 'x y'                 \n# c: !ENV Z\nd: 'text !ENV A'\n"
        );
        assert_eq!(problems, []);
    }

    #[test]
    fn python_objects_are_left_out() {
        let text =
            "x:\n  - a: !!python/name:pymdownx.emoji.to_svg\n  - b: !!python/object/apply:os.system [ls]\n";
        let (read, problems) = without(text, "mkdocs.yml");
        assert!(!read.contains("python"), "{read}");
        assert!(read.contains(" [ls]"), "{read}");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!((problems[0].line, problems[0].column), (Some(3), Some(8)));
        assert!(
            problems[0].text.contains("!!python/object/apply:os.system"),
            "{problems:?}"
        );
    }
}
