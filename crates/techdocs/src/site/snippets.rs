//! Parts of pages that are taken from other files, as the extension `snippets` writes them: whether these files exist.
//!
//! `--8<-- "file.md"` names one, and lines between two marks name several. A mark behind a semicolon is an example of one.

use super::lines::Lines;
use super::{MAX_PROBLEMS, Places, Problem, Rule, links};

/// What is wrong with the snippets of a page.
pub(super) fn problems(places: &Places, path: &str, text: &str) -> Vec<Problem> {
    if !text.contains("8<-") {
        return Vec::new();
    }
    let file = places.in_source(path);
    let lines = Lines::of(text);
    let missing = named(text).into_iter().filter_map(|(line, name)| {
        let reason = reason(places, name)?;
        let column = lines.column_of(line, name);
        let problem = Problem::new(
            Rule::Snippet,
            file.clone(),
            format!("The snippet {name} {reason}"),
        );
        let way_out = "Name a file of the repository, relative to the folder of mkdocs.yml.";
        Some(problem.at(Some(line), column).way_out(way_out))
    });
    missing.take(MAX_PROBLEMS).collect()
}

/// The names of files, each with its line.
fn named(text: &str) -> Vec<(u32, &str)> {
    let mut found = Vec::new();
    let mut is_inside = false;
    for (line, written) in (1..).zip(text.lines()) {
        let words = written.trim();
        match behind_mark(words) {
            Some("") => is_inside = !is_inside,
            Some(rest) => {
                let name = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                found.extend(name.map(|name| (line, name)));
            }
            None if is_inside && !words.is_empty() && !words.starts_with(';') => found.push((line, words)),
            None => {}
        }
    }
    found
}

/// What follows a mark such as `--8<--`.
fn behind_mark(words: &str) -> Option<&str> {
    let rest = words
        .strip_prefix('-')?
        .trim_start_matches('-')
        .strip_prefix("8<-")?;
    Some(rest.trim_start_matches('-').trim())
}

/// Why a file cannot be taken in.
fn reason(places: &Places, name: &str) -> Option<&'static str> {
    if name.starts_with("https://") || name.starts_with("http://") {
        return Some("lies on another server, from which nothing is taken in");
    }
    // Behind a point there may be lines or the name of a section.
    let path = name.split(':').next().unwrap_or(name);
    let Some(path) = links::normalised(path).filter(|_| !name.starts_with('/')) else {
        return Some("leads out of the repository");
    };
    let inside = places.parts.in_site(&path);
    let is_there =
        inside.is_some_and(|inside| places.files.contains_key(&inside)) || places.beside.has(&path);
    (!is_there).then_some("does not exist")
}
