//! The lines of Gitea and Forgejo: `<regular expression> @user @org/team …`.
//!
//! An expression has to match the whole path, which begins without a slash; one in front of an expression counts for nothing (since
//! 1.26; before, such a rule is for no path). `!` in front turns it round: the rule is for every path that does not match. Both servers ask the owners of all rules that match for a review; an entity has one owner, which the last
//! such rule names, as elsewhere.

use super::expression::compile;
use super::{Line, Rule};

/// A line that is not empty: its rule, or why it is none.
pub(super) fn rule(text: &str, number: u32) -> Option<Line> {
    let mut words = words(text).into_iter();
    let pattern = words.next()?;
    let owners: Vec<String> = words.filter_map(|word| owner(&word)).collect();
    if owners.is_empty() {
        return Some(Line::None(number, "it names no owner".to_owned()));
    }
    Some(Line::Rule(Rule {
        line: number,
        pattern,
        owners,
    }))
}

/// The words of a line up to a comment. A backslash takes the next character as it is.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut characters = line.trim().chars();
    while let Some(character) = characters.next() {
        let word = words.last_mut().expect("never empty");
        match character {
            '\\' => word.extend(characters.next()),
            '#' => break,
            ' ' | '\t' => words.push(String::new()),
            other => word.push(other),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A user or a team of an organization, with its `@`, which may be left out.
fn owner(word: &str) -> Option<String> {
    let name = word.strip_prefix('@').unwrap_or(word);
    let is_name = !name.is_empty() && name.matches('/').count() <= 1;
    is_name.then(|| format!("@{name}"))
}

/// Whether a rule is for a path. An expression that cannot be compiled is for none.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let (expression, is_negated) = apart(pattern);
    let Ok(compiled) = compile(expression) else {
        return false;
    };
    // One that takes too long counts as no match, as with the server.
    compiled.is_match(path).unwrap_or(false) != is_negated
}

/// Why a pattern is for no path at all.
pub(super) fn flaw(pattern: &str) -> Option<String> {
    compile(apart(pattern).0).err()
}

fn apart(pattern: &str) -> (&str, bool) {
    match pattern.strip_prefix('!') {
        Some(expression) => (expression, true),
        None => (pattern, false),
    }
}
