//! One pattern with the meaning that `.gitignore` gives it, without regard to case.

use globset::GlobBuilder;

/// Whether a pattern names a path or a folder above it. One that cannot be compiled names nothing.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let only_directories = pattern.ends_with('/');
    let body = pattern.trim_end_matches('/');
    // A slash in front or in the middle ties the pattern to the root.
    let is_anchored = body.contains('/');
    let body = body.trim_start_matches('/');
    if pattern.starts_with('!') || body.is_empty() || !can_match(body, path) {
        return false;
    }
    let glob = if is_anchored {
        body.to_owned()
    } else {
        format!("**/{body}")
    };
    let compiled = GlobBuilder::new(&glob)
        .literal_separator(true)
        .case_insensitive(true)
        .backslash_escape(true)
        .build();
    let Ok(glob) = compiled.map(|glob| glob.compile_matcher()) else {
        return false;
    };
    let is_file_match = !only_directories && !path.is_empty() && glob.is_match(path);
    is_file_match || path.match_indices('/').any(|(at, _)| glob.is_match(&path[..at]))
}

/// Whether the path has every name that the pattern spells out. Most patterns of a large file are ruled out by that,
/// without being compiled.
fn can_match(body: &str, path: &str) -> bool {
    let is_name = |part: &&str| !part.contains(['*', '?', '[', ']', '{', '}', '\\']);
    let mut names = body.split('/').filter(is_name);
    // Case of other letters may change their length: those are left to the compiled pattern.
    !body.is_ascii() || names.all(|name| path.split('/').any(|part| part.eq_ignore_ascii_case(name)))
}
