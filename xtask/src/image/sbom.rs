//! What the binary is made of, from `Cargo.lock`, as `CycloneDX` 1.5.
//!
//! The lock does not say what is needed for tests alone, so the list names at least what is linked.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// A crate of the lock.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its archive; our own crates have none.
    pub checksum: Option<String>,
    /// As the lock names them: a name, with a version where that alone is not enough.
    depends_on: Vec<String>,
}

/// The packages that a crate is made of, itself included, by name and version.
pub fn packages(lock: &str, of: &str) -> Result<Vec<Package>> {
    let all: Vec<Package> = lock.split("[[package]]").skip(1).map(package).collect();
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, package) in all.iter().enumerate() {
        by_name.entry(&package.name).or_default().push(index);
    }
    let first = by_name
        .get(of)
        .with_context(|| format!("Cargo.lock has no package {of}"))?;
    let mut open = first.clone();
    let mut found = BTreeSet::new();
    while let Some(index) = open.pop() {
        if found.insert(index) {
            for wanted in &all[index].depends_on {
                let mut words = wanted.split(' ');
                let (name, version) = (words.next().unwrap_or_default(), words.next());
                let named = by_name.get(name).into_iter().flatten().copied();
                open.extend(named.filter(|&one| version.is_none_or(|version| all[one].version == version)));
            }
        }
    }
    Ok(found.into_iter().map(|index| all[index].clone()).collect())
}

/// The fields of one block of the lock.
fn package(block: &str) -> Package {
    let mut package = Package::default();
    for line in block.lines() {
        let line = line.trim().trim_end_matches(',');
        let quoted = |text: &str| text.trim_matches('"').to_owned();
        match line.split_once(" = ") {
            Some(("name", value)) => package.name = quoted(value),
            Some(("version", value)) => package.version = quoted(value),
            Some(("checksum", value)) => package.checksum = Some(quoted(value)),
            None if line.starts_with('"') => package.depends_on.push(quoted(line)),
            _ => {}
        }
    }
    package
}

/// The version of a package.
pub fn version<'a>(packages: &'a [Package], name: &str) -> Result<&'a str> {
    let package = packages.iter().find(|package| package.name == name);
    Ok(&package
        .with_context(|| format!("there is no package {name}"))?
        .version)
}

/// The list as text.
pub fn document(packages: &[Package], of: &str) -> String {
    let (own, others): (Vec<_>, Vec<_>) = packages.iter().partition(|package| package.name == of);
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": own.first().map(|package| component(package, "application")) },
        "components": others.iter().map(|package| component(package, "library")).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn component(package: &Package, kind: &str) -> Value {
    let address = format!("pkg:cargo/{}@{}", package.name, package.version);
    let mut component = json!({
        "type": kind,
        "bom-ref": address,
        "name": package.name,
        "version": package.version,
    });
    if let Some(checksum) = &package.checksum {
        component["purl"] = json!(address);
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

#[cfg(test)]
mod tests {
    use super::packages;

    #[test]
    fn what_leads_from_the_binary_is_listed() {
        let lock = r#"
version = 4

[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "aa"

[[package]]
name = "b"
version = "1.0.0"
checksum = "b1"

[[package]]
name = "b"
version = "2.0.0"
checksum = "b2"
dependencies = [
 "a",
]

[[package]]
name = "program"
version = "0.1.0"
dependencies = [
 "b 2.0.0",
]

[[package]]
name = "unused"
version = "0.1.0"
dependencies = [
 "b 1.0.0",
]
"#;
        let found = packages(lock, "program").expect("the lock has it");
        let names: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), one.version.as_str(), one.checksum.as_deref()))
            .collect();
        let expected = [
            ("a", "1.0.0", Some("aa")),
            ("b", "2.0.0", Some("b2")),
            ("program", "0.1.0", None),
        ];
        assert_eq!(names, expected);
        assert!(packages(lock, "other").is_err());
    }
}
