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
    let shares_calls =
        !is_rust || !is_product(name) || MAY_MAKE_CALLS.iter().any(|one| name.starts_with(one));
    let may_have_sql = !is_rust || may_have_sql(name);
    for (number, line) in text.lines().enumerate() {
        if !may_have_sql && has_sql(line) {
            let reason = "SQL outside of a module named `tables`";
            problems.push(format!("{}:{}: {reason}", name.display(), number + 1));
        }
        if !shares_calls && line.contains("OutsideCalls::new(") {
            let reason = "a client of its own: the one that `portal` makes is handed to features and plugins";
            problems.push(format!("{}:{}: {reason}", name.display(), number + 1));
        }
        if let Some(reason) = forbidden(line) {
            problems.push(format!("{}:{}: {reason}", name.display(), number + 1));
        }
    }
    problems
}

/// Where a client for outside calls is made: the client's own crate, the portal, and the commands that ask a portal.
const MAY_MAKE_CALLS: [&str; 3] = [
    "crates/outside",
    "crates/portal/src/outside_calls.rs",
    "crates/backstage/src/commands/remote.rs",
];

/// Whether a file is part of what is shipped.
fn is_product(name: &Path) -> bool {
    let is_shipped = |part: std::path::Component<'_>| part.as_os_str() == "src";
    name.starts_with("crates") && name.components().any(is_shipped) && !name.ends_with("tests.rs")
}

/// The store's own crate, modules named `tables`, and this file, which names the words.
fn may_have_sql(name: &Path) -> bool {
    name.starts_with("crates/store")
        || name.starts_with("xtask")
        || name
            .components()
            .any(|part| part.as_os_str() == "tables" || part.as_os_str() == "tables.rs")
}

/// Whether a text in the line begins as a statement does that reads or writes rows.
fn has_sql(line: &str) -> bool {
    let begins = [
        "\"SELECT ",
        "\"INSERT INTO ",
        "\"UPDATE ",
        "\"DELETE FROM ",
        "\"WITH ",
        "\"REPLACE INTO ",
    ];
    !line.trim_start().starts_with("//") && begins.iter().any(|begin| line.contains(begin))
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
    fn sql_stands_in_modules_named_tables() {
        let text = "//! x\nlet text = \"SELECT 1\";\nlet other = \"DELETE FROM a WHERE b = ?\";";
        let count = |name| problems_of(Path::new(name), text).len();
        assert_eq!(count("crates/jobs/src/jobs.rs"), 2);
        assert_eq!(count("crates/jobs/src/tables.rs"), 0);
        assert_eq!(count("crates/jobs/src/tables/claims.rs"), 0);
        assert_eq!(count("crates/store/src/nodes.rs"), 0);
        let request = "//! x\nportal.check(\"DELETE /entities\", \"204\");";
        assert!(problems_of(Path::new("crates/a/tests/it/api.rs"), request).is_empty());
    }

    #[test]
    fn one_client_is_shared() {
        let text = "//! x\nlet calls = OutsideCalls::new(settings, clock);";
        let count = |name| problems_of(Path::new(name), text).len();
        assert_eq!(count("crates/scm/src/reader.rs"), 1);
        assert_eq!(count("crates/scm/tests/it/server.rs"), 0);
        assert_eq!(count("crates/portal/src/outside_calls.rs"), 0);
    }

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
