//! Whoever is not asked for by a caller sees everything only with a reason that stands here.

use std::fs;
use std::path::{Path, PathBuf};

/// All uses of a sight that sees everything, outside of tests.
const USES: [(&str, &str); 18] = [
    ("auth/src/access_tokens.rs", "an access token finds its person"),
    ("auth/src/resolver.rs", "a sign-in finds the person"),
    (
        "backstage/src/commands/first_load.rs",
        "the summary of the first load",
    ),
    ("catalog/src/ownership.rs", "the groups of a person are found"),
    (
        "flux/src/pages/tab.rs",
        "when an entity changed is shown beside its deployments",
    ),
    (
        "gitea/src/ownership/repositories.rs",
        "owners of all repositories are read once for everybody",
    ),
    (
        "grafana/src/alerts/refresh.rs",
        "alerts are asked for once for all entities",
    ),
    (
        "kubernetes/src/found.rs",
        "clusters that are entities of the catalog are connected",
    ),
    (
        "kubernetes/src/roster/keeper.rs",
        "how entities run is judged once for everybody",
    ),
    (
        "notifications/src/recipients.rs",
        "a notification finds its recipients, whoever sends it",
    ),
    (
        "scaffolder/src/actions/catalog.rs",
        "a step of a template fetches an entity",
    ),
    (
        "scaffolder/src/actions/catalog.rs",
        "a step of a template waits for what it registered",
    ),
    (
        "scaffolder/src/tasks.rs",
        "the person that begins a task is put into it",
    ),
    (
        "scaffolder/src/updates/origin.rs",
        "a repository records the template that it is made from",
    ),
    (
        "scaffolder/src/updates/rendering.rs",
        "a template is looked for where the catalog has it from",
    ),
    (
        "scaffolder/src/updates/rendering.rs",
        "a template is rendered again for the person that used it first",
    ),
    ("techdocs/src/pushes.rs", "documentation that a push concerns"),
    (
        "techdocs/src/republished.rs",
        "documentation that was published anew",
    ),
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_use_has_a_reason_that_is_listed() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for entry in fs::read_dir(crates).unwrap() {
        rust_files(&entry.unwrap().path().join("src"), &mut files);
    }
    let mut found = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let name = file.strip_prefix(crates).unwrap().display().to_string();
        for (_, rest) in text
            .match_indices("Sight::system(\"")
            .map(|(at, found)| (at, &text[at + found.len()..]))
        {
            let reason = rest.split('"').next().unwrap_or_default();
            found.push((name.clone(), reason.to_owned()));
        }
    }
    found.sort();
    let expected = USES.map(|(file, reason)| (file.to_owned(), reason.to_owned()));
    assert!(files.len() > 300, "{} files were read", files.len());
    assert_eq!(found, expected);
}
