//! Rules about dependencies: licences we can ship, crates we never link, and the direction in which
//! our own crates may depend on each other. Advisories are not checked: their database cannot be
//! reached where the tests run.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::output;

/// Licences that may be linked into one Apache-2.0 binary.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that would bring a second TLS stack or break the static binary.
const BANNED: &[&str] = &["openssl-sys", "native-tls", "aws-lc-sys", "aws-lc-rs"];

/// Crates that make HTTP calls, and the one of our crates that may use them; the commands of the repository are not shipped.
const CLIENTS: &[&str] = &["reqwest", "ureq", "hyper-rustls", "hyper-tls", "curl", "isahc"];
const CALLER: &str = "outside";
const NOT_SHIPPED: &str = "xtask";

/// Which of our crates each of our crates may use (ARCHITECTURE.md).
const ARROWS: &[(&str, &[&str])] = &[
    ("yaml", &[]),
    ("model", &[]),
    ("read-model", &["model"]),
    ("code-search", &[]),
    ("config", &["model", "yaml"]),
    ("outside", &["model"]),
    ("store", &["model"]),
    ("work", &["model", "store"]),
    ("workspace", &["model"]),
    ("plugin", &["model", "outside", "store", "work", "workspace"]),
    ("web", &["config", "model", "plugin"]),
    ("ui", &["model", "plugin"]),
    ("scm", &["config", "model", "outside", "plugin", "workspace"]),
    (
        "catalog",
        &[
            "config",
            "model",
            "plugin",
            "read-model",
            "scm",
            "store",
            "work",
            "yaml",
        ],
    ),
    (
        "catalog-web",
        &[
            "catalog",
            "config",
            // Descriptions of entities are Markdown.
            "markdown",
            "model",
            "plugin",
            "sight",
            "store",
            "ui",
            "user-settings",
            "web",
            "yaml",
        ],
    ),
    ("work-web", &["model", "plugin", "ui", "web", "work"]),
    ("sight", &["catalog", "model", "plugin", "web"]),
    (
        "api-docs",
        &[
            "catalog", "markdown", "model", "plugin", "sight", "ui", "web", "yaml",
        ],
    ),
    (
        "user-settings",
        &[
            "catalog", "config", "model", "plugin", "sight", "store", "ui", "web",
        ],
    ),
    (
        "search",
        &[
            "catalog",
            "config",
            "model",
            "plugin",
            "sight",
            "store",
            "ui",
            "user-settings",
            "web",
        ],
    ),
    ("audit", &["model", "plugin", "store", "ui", "web"]),
    ("connections", &["model", "outside", "plugin", "ui", "web"]),
    (
        "events",
        &[
            "catalog", "config", "model", "plugin", "scm", "store", "web", "work",
        ],
    ),
    (
        "gitea",
        &[
            "catalog", "config", "diagrams", "events", "markdown", "model", "outside", "plugin", "scm",
            "sight", "store", "ui", "web", "work", "yaml",
        ],
    ),
    ("nunjucks", &[]),
    ("markdown", &[]),
    ("diagrams", &["ui"]),
    (
        "scaffolder",
        &[
            "auth",
            "catalog",
            "config",
            "model",
            "nunjucks",
            "outside",
            "plugin",
            "scm",
            "sight",
            "store",
            "ui",
            "user-settings",
            "web",
            "work",
            "workspace",
            "yaml",
        ],
    ),
    (
        "techdocs",
        &[
            "catalog",
            "config",
            "diagrams",
            "markdown",
            "model",
            "outside",
            "plugin",
            "scm",
            "sight",
            "store",
            "ui",
            "user-settings",
            "web",
            "work",
            "yaml",
        ],
    ),
    (
        "auth",
        &[
            "catalog", "config", "model", "outside", "plugin", "sight", "store", "ui", "web", "work", "yaml",
        ],
    ),
    (
        "kubernetes",
        &[
            "catalog", "config", "model", "outside", "plugin", "scm", "sight", "store", "ui", "web", "work",
            "yaml",
        ],
    ),
    (
        "flux",
        &[
            "catalog",
            "config",
            "events",
            "kubernetes",
            "model",
            "outside",
            "plugin",
            "scm",
            "sight",
            "store",
            "ui",
            "web",
            "work",
        ],
    ),
    (
        "grafana",
        &[
            "catalog", "config", "events", "model", "outside", "plugin", "sight", "store", "ui", "web",
            "work",
        ],
    ),
    (
        "notifications",
        &[
            "catalog", "config", "model", "plugin", "store", "ui", "web", "work",
        ],
    ),
    ("testkit", &["model"]),
    ("backstage", EVERYTHING),
    ("portal", EVERYTHING),
    ("xtask", &["config", "model", "yaml"]),
];

/// The binary puts all others together.
const EVERYTHING: &[&str] = &["*"];

/// Checks all three rules and reports every violation at once.
pub fn check() -> Result<()> {
    let text = output("cargo", &["metadata", "--format-version", "1", "--locked"])?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata printed no JSON")?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists no packages")?;
    let mut violations = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        if BANNED.contains(&name) {
            violations.push(format!(
                "{name} is banned: it breaks the one static binary with one TLS stack"
            ));
        }
        if package["source"].is_null() {
            violations.extend(foreign_arrows(name, package));
            violations.extend(own_client(name, package));
        } else if !licensed(package["license"].as_str().unwrap_or_default()) {
            violations.push(format!(
                "{name}: licence {} is not on the list",
                package["license"]
            ));
        }
    }
    if !violations.is_empty() {
        bail!("dependency rules are broken:\n  {}", violations.join("\n  "));
    }
    println!(
        "dependencies: {} packages, licences, bans and arrows hold",
        packages.len()
    );
    Ok(())
}

/// Own crates that `name` uses in its product code although it may not. A crate without a row is
/// a violation by itself.
fn foreign_arrows(name: &str, package: &Value) -> Vec<String> {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let Some(allowed) = arrows.get(name).copied() else {
        return vec![format!(
            "{name} has no row in the arrows of xtask/src/dependencies.rs: say there, and in ARCHITECTURE.md, what it may use"
        )];
    };
    if allowed == EVERYTHING {
        return Vec::new();
    }
    let own = |dependency: &&Value| dependency["path"].is_string() && dependency["kind"].is_null();
    package["dependencies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(own)
        .filter_map(|dependency| dependency["name"].as_str())
        .filter(|dependency| !allowed.contains(dependency))
        .map(|dependency| format!("{name} must not depend on {dependency}"))
        .collect()
}

/// A client for HTTP calls in the product code of a crate that must leave them to `outside`.
fn own_client(name: &str, package: &Value) -> Option<String> {
    let mut dependencies = package["dependencies"].as_array().into_iter().flatten();
    let client = dependencies.find_map(|dependency| {
        let used = dependency["name"].as_str().filter(|used| CLIENTS.contains(used));
        used.filter(|_| dependency["kind"].is_null())
    })?;
    (name != CALLER && name != NOT_SHIPPED).then(|| {
        format!("{name} must not use {client}: the crate {CALLER} makes calls, bounds them and counts them")
    })
}

/// Whether some choice the expression offers is on our list; `AND` needs all its parts.
fn licensed(expression: &str) -> bool {
    let cleaned = expression.replace('/', " OR ").replace(['(', ')'], " ");
    cleaned
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|choice| LICENCES.contains(&choice.trim())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{foreign_arrows, licensed, own_client};

    #[test]
    fn one_crate_makes_calls() {
        let package = json!({ "dependencies": [{ "name": "reqwest", "kind": null }] });
        let for_tests = json!({ "dependencies": [{ "name": "reqwest", "kind": "dev" }] });
        assert!(own_client("scm", &package).is_some());
        assert!(own_client("backstage", &package).is_some());
        assert_eq!(own_client("outside", &package), None);
        assert_eq!(own_client("scm", &for_tests), None);
    }

    #[test]
    fn a_crate_uses_only_what_its_row_allows() {
        let package = |name: &str| {
            json!({ "dependencies": [
                { "name": name, "path": "/x", "kind": null },
                { "name": "catalog", "path": "/x", "kind": "dev" },
                { "name": "serde", "kind": null },
            ]})
        };
        let violations = |name: &str, uses: &str| foreign_arrows(name, &package(uses));
        assert_eq!(violations("store", "model"), [""; 0]);
        assert_eq!(violations("store", "ui"), ["store must not depend on ui"]);
        assert_eq!(violations("backstage", "catalog"), [""; 0]);
        let without_row = violations("newcomer", "model");
        assert!(
            without_row[0].starts_with("newcomer has no row in the arrows"),
            "{without_row:?}"
        );
        assert_eq!(
            foreign_arrows("newcomer", &json!({ "dependencies": [] })).len(),
            1
        );
    }

    #[test]
    fn a_choice_is_enough_and_a_conjunction_needs_all() {
        for (expression, expected) in [
            ("MIT", true),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0 OR MIT", true),
            ("GPL-3.0", false),
            ("MIT AND GPL-3.0", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("", false),
        ] {
            assert_eq!(licensed(expression), expected, "{expression}");
        }
    }
}
