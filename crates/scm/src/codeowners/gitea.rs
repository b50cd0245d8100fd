//! The lines of Gitea and Forgejo: `<regular expression> @user @org/team …`.
//!
//! An expression has to match the whole path. `!` in front turns it round: the rule is for every path that does not
//! match. Both servers ask the owners of all rules that match for a review; an entity has one owner, which the last
//! such rule names, as elsewhere.

use regex::RegexBuilder;

use super::Rule;

/// Most memory of a compiled expression, in bytes.
const MAX_COMPILED: usize = 1 << 20;

/// The rule of a line; none without an owner.
pub(super) fn rule(line: &str) -> Option<Rule> {
    let mut words = words(line).into_iter();
    let pattern = words.next()?;
    let owners: Vec<String> = words.filter_map(|word| owner(&word)).collect();
    (!owners.is_empty()).then_some(Rule { pattern, owners })
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
    let (expression, is_negated) = match pattern.strip_prefix('!') {
        Some(expression) => (expression, true),
        None => (pattern, false),
    };
    let compiled = RegexBuilder::new(&format!("^{expression}$"))
        .size_limit(MAX_COMPILED)
        .dfa_size_limit(MAX_COMPILED)
        .build();
    compiled.is_ok_and(|expression| expression.is_match(path) != is_negated)
}
