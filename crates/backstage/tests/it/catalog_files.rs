//! A folder of catalog files that change, and what must be served because of them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

/// Documents of one file.
const PER_FILE: usize = 30;

/// Some files with components, each in an edition of its own.
pub struct CatalogFiles {
    folder: tempfile::TempDir,
    editions: Vec<u32>,
}

impl CatalogFiles {
    /// So many files in their first edition, and a configuration on a database.
    pub fn new(files: usize, database: &Value) -> Self {
        let mut catalog = Self {
            folder: tempfile::tempdir().expect("a folder"),
            editions: vec![0; files],
        };
        for file in 0..files {
            catalog.edit(file);
        }
        catalog.configure("app-config.yaml", database);
        catalog
    }

    /// The folder to start a portal in.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Configures the same sources on another database.
    pub fn configure(&self, name: &str, database: &Value) {
        let config = json!({
            "backend": {"listen": {"host": "127.0.0.1", "port": 0}, "database": database},
            "catalog": {"locations": [
                {"type": "file", "target": self.path().join("sources/*.yaml")},
                {"type": "file", "target": self.path().join("root.yaml")},
            ]},
            "portal": {"claim": "1 second"},
        });
        std::fs::write(self.path().join(name), config.to_string()).expect("written");
    }

    /// Writes the next edition of a file. Its last documents come and go with the editions.
    pub fn edit(&mut self, file: usize) {
        self.editions[file] += 1;
        let edition = self.editions[file];
        let documents: Vec<String> = (0..documents(edition))
            .map(|number| component(file, number, edition))
            .collect();
        let sources = self.path().join("sources");
        std::fs::create_dir_all(&sources).expect("made");
        std::fs::create_dir_all(self.path().join("nested")).expect("made");
        // Every third file is read through a location of its own.
        let path = match file % 3 {
            0 => self.path().join(format!("nested/{file}.yaml")),
            _ => sources.join(format!("{file}.yaml")),
        };
        let fresh = self.path().join("fresh");
        std::fs::write(&fresh, documents.join("---\n")).expect("written");
        std::fs::rename(fresh, path).expect("renamed");
        let nested: Vec<String> = (0..self.editions.len())
            .step_by(3)
            .map(|file| format!("./nested/{file}.yaml"))
            .collect();
        let root = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Location", "metadata": {"name": "root"},
            "spec": {"targets": nested},
        });
        std::fs::write(self.path().join("root.yaml"), root.to_string()).expect("written");
    }

    /// Number of components served of each edition, when all is read.
    pub fn expected(&self) -> BTreeMap<String, u64> {
        let mut expected = BTreeMap::new();
        for (file, edition) in self.editions.iter().enumerate() {
            let count = documents(*edition) as u64;
            *expected
                .entry(format!("file-{file}-edition-{edition}"))
                .or_default() += count;
        }
        expected
    }
}

fn documents(edition: u32) -> usize {
    PER_FILE - (edition as usize % 3)
}

fn component(file: usize, number: usize, edition: u32) -> String {
    let next = format!("c-{file}-{}", (number + edition as usize) % PER_FILE);
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": format!("c-{file}-{number}"), "description": "x".repeat(200)},
        "spec": {
            "type": "service", "edition": format!("file-{file}-edition-{edition}"), "lifecycle": "production", "owner": format!("team-{number}"),
            "dependsOn": [format!("component:{next}"), "resource:shared"],
        },
    })
    .to_string()
        + "\n"
}
