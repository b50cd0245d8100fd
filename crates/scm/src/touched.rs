//! The files that a push touched, as far as a webhook names all of them.
//!
//! A host names added, modified and removed files for each commit, but cuts long lists of commits (Gitea 1.26 after five). A
//! list that begins elsewhere, as that of a branch which was set back, names nothing of what went away: then the head is not in it.
//! A branch that was rewritten on top (`git commit --amend` and a forced push) looks like any push in Gitea's webhook.

use serde_json::Value;

/// Most files of one push that are listed.
const MAX_FILES: usize = 1_000;
/// Longest text of all their paths together, in bytes.
const MAX_BYTES: usize = 100_000;
/// Signs that make a segment of an address a pattern.
const PATTERN: [char; 5] = ['*', '?', '[', '{', '!'];
/// The file from which owners of all others are read.
const OWNERS: &str = "CODEOWNERS";

/// Paths of all files that the commits of a push touched; nothing where the webhook does not name all of them, or where one
/// of them is about all others.
pub(crate) fn files(payload: &Value, after: &str) -> Option<Vec<String>> {
    let commits = payload["commits"].as_array()?;
    let total = payload["total_commits"]
        .as_u64()
        .or_else(|| payload["total_commits_count"].as_u64());
    let is_complete =
        total.is_some_and(|total| usize::try_from(total).is_ok_and(|total| total <= commits.len()));
    let has_head = commits.iter().any(|commit| commit["id"] == after);
    if !is_complete || !has_head || payload["forced"] == true {
        return None;
    }
    let mut files = Vec::new();
    for commit in commits {
        for kind in ["added", "modified", "removed"] {
            let named = match &commit[kind] {
                Value::Null => continue,
                other => other.as_array()?,
            };
            for file in named {
                files.push(file.as_str()?.to_owned());
            }
        }
    }
    files.sort_unstable();
    files.dedup();
    let bytes: usize = files.iter().map(String::len).sum();
    let is_owners = |file: &String| file.rsplit('/').next() == Some(OWNERS);
    // A host that names no file of any commit names none at all.
    let is_usable = !files.is_empty() && files.len() <= MAX_FILES && bytes <= MAX_BYTES;
    (is_usable && !files.iter().any(is_owners)).then_some(files)
}

/// Whether a file is at a path, below it, or may be what a pattern in it means.
pub(crate) fn is_within(file: &str, path: &[String]) -> bool {
    let literal = path
        .iter()
        .position(|segment| segment.contains(PATTERN))
        .unwrap_or(path.len());
    let mut segments = file.split('/');
    let begins = path[..literal]
        .iter()
        .all(|segment| segments.next().is_some_and(|own| own == segment));
    let Some(last) = path[literal..].last() else {
        return begins;
    };
    // `services/*/catalog-info.yaml` can only mean files of this name.
    begins && (last.contains(PATTERN) || file.rsplit('/').next() == Some(last))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(payload: &Value, expected: Option<&[&str]>) {
        let found = files(payload, "b");
        let expected = expected.map(|files| files.iter().map(|file| (*file).to_owned()).collect());
        assert_eq!(found, expected, "{payload}");
    }

    #[test]
    fn only_a_whole_list_is_taken() {
        let one = json!({"id": "b", "added": ["a"], "modified": ["m", "a"], "removed": null});
        let other = json!({"id": "a", "added": [], "removed": ["docs/r"]});
        check(
            &json!({"commits": [one, other], "total_commits": 2}),
            Some(&["a", "docs/r", "m"]),
        );
        check(&json!({"commits": [one], "total_commits": 2}), None);
        check(&json!({"commits": [one]}), None);
        check(
            &json!({"commits": [one], "total_commits": 1, "forced": true}),
            None,
        );
        check(&json!({"commits": [], "total_commits": 0}), None);
        check(&json!({"commits": [other], "total_commits": 1}), None);
        check(&json!({"commits": null, "total_commits": 0}), None);
        check(
            &json!({"commits": [{"id": "b", "added": ["a", 1]}], "total_commits": 1}),
            None,
        );
        check(&json!({"commits": [{"id": "b"}], "total_commits": 1}), None);
    }

    #[test]
    fn owners_are_about_all_files() {
        let commit = json!({"id": "b", "modified": [".gitea/CODEOWNERS", "README.md"]});
        check(&json!({"commits": [commit], "total_commits": 1}), None);
    }

    #[test]
    fn long_lists_are_not_kept() {
        let names: Vec<String> = (0..=MAX_FILES).map(|number| number.to_string()).collect();
        check(
            &json!({"commits": [{"id": "b", "added": names}], "total_commits": 1}),
            None,
        );
    }
}
