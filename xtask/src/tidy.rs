//! House rules that no linter knows: how long a file may be, what may not be in the repository.

use std::path::Path;

use anyhow::{Result, bail};

use crate::process::{output, root};

/// Lines a Rust file may have; split by meaning beyond that.
const MAX_LINES: usize = 500;

/// Reports every violation at once.
pub fn check() -> Result<()> {
    let listing = output("git", &["ls-files", "--cached", "--others", "--exclude-standard"])?;
    let mut violations = Vec::new();
    for name in listing.lines() {
        let path = root().join(name);
        if let Ok(text) = std::fs::read_to_string(&path) {
            violations.extend(problems_of(Path::new(name), &text));
        }
    }
    if !violations.is_empty() {
        bail!("not tidy:\n  {}", violations.join("\n  "));
    }
    println!("tidy: {} files", listing.lines().count());
    Ok(())
}

fn problems_of(name: &Path, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let is_rust = name.extension().is_some_and(|extension| extension == "rs");
    let lines = text.lines().count();
    if is_rust && lines > MAX_LINES {
        problems.push(format!("{}: {lines} lines, at most {MAX_LINES}", name.display()));
    }
    if is_rust && !text.starts_with("//!") && !name.starts_with("fuzz") {
        problems.push(format!("{}: begins without a module comment", name.display()));
    }
    for (number, line) in text.lines().enumerate() {
        if let Some(reason) = forbidden(line) {
            problems.push(format!("{}:{}: {reason}", name.display(), number + 1));
        }
    }
    problems
}

/// Why a line may not be in the repository.
fn forbidden(line: &str) -> Option<&'static str> {
    let machine_paths = [
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/main"),
        concat!("/wo", "rk/wt-"),
    ];
    if machine_paths.iter().any(|path| line.contains(path)) {
        return Some("a path of one machine");
    }
    if line.contains(concat!("FIX", "ME")) && !line.contains(concat!("FIX", "ME(")) {
        return Some("a mark of a known bug without a name of what is asserted");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_and_machine_paths_are_reported() {
        let long = format!("//! x\n{}", "\n".repeat(MAX_LINES));
        assert_eq!(problems_of(Path::new("a.rs"), &long).len(), 1);
        assert_eq!(
            problems_of(Path::new("a.md"), concat!("see /ro", "ot/x")).len(),
            1
        );
        assert!(problems_of(Path::new("a.md"), "see ./x").is_empty());
    }
}
