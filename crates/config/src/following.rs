//! What may change while the portal runs, and what has to wait for its next start.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::json_path::dotted;
use crate::node::{Content, Node};
use crate::sections::IntegrationsSection;
use crate::{Config, Secret};

/// The keys whose secrets are read from their files each time they are used. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Following {
    keys: Arc<Mutex<BTreeSet<Vec<String>>>>,
}

/// What differs between two readings of the configuration, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Secrets that are in use already.
    pub followed: Vec<String>,
    /// What counts from the next start on.
    pub waiting: Vec<String>,
}

impl Following {
    /// Has a secret follow its file, if a file is where it comes from.
    fn attach(&self, tree: &Node, path: Vec<String>, secret: Secret) -> Secret {
        let file = tree.at(&path).and_then(|node| node.origin.file.clone());
        let Some(file) = file else {
            return secret;
        };
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path);
        secret.following(file)
    }

    /// Has the credentials of Git hosts follow their files.
    pub(crate) fn integrations(&self, section: &mut IntegrationsSection, tree: &Node) {
        let follow = |path: &[&str], secret: &mut Option<Secret>| {
            let path = ["integrations"].iter().chain(path).map(|&part| part.to_owned());
            *secret = secret
                .take()
                .map(|known| self.attach(tree, path.collect(), known));
        };
        for (at, one) in numbered(&mut section.github) {
            follow(&["github", &at, "token"], &mut one.token);
        }
        for (at, one) in numbered(&mut section.gitlab) {
            follow(&["gitlab", &at, "token"], &mut one.token);
        }
        for (at, one) in numbered(&mut section.gitea) {
            follow(&["gitea", &at, "password"], &mut one.password);
        }
        for (at, one) in numbered(&mut section.bitbucket_cloud) {
            follow(&["bitbucketCloud", &at, "token"], &mut one.token);
            follow(&["bitbucketCloud", &at, "appPassword"], &mut one.app_password);
        }
        for (at, one) in numbered(&mut section.bitbucket_server) {
            follow(&["bitbucketServer", &at, "token"], &mut one.token);
            follow(&["bitbucketServer", &at, "password"], &mut one.password);
        }
        for (at, one) in numbered(&mut section.azure) {
            for (place, credential) in numbered(&mut one.credentials) {
                let path = ["azure", &at, "credentials", &place, "personalAccessToken"];
                follow(&path, &mut credential.personal_access_token);
            }
        }
    }
}

/// The parts of a list with their numbers as paths have them.
fn numbered<T>(list: &mut [T]) -> impl Iterator<Item = (String, &mut T)> {
    list.iter_mut().enumerate().map(|(at, one)| (at.to_string(), one))
}

impl Config {
    /// Has a secret that was read at this path follow its file, if `$file` names it there. Who asks for this uses
    /// [`Secret::current`] from then on.
    pub fn followed(&self, path: &[&str], secret: Secret) -> Secret {
        let path = path.iter().map(|&part| part.to_owned()).collect();
        self.inner().following.attach(self.tree(), path, secret)
    }

    /// Every file that a part of the configuration was read from.
    pub fn sources(&self) -> BTreeSet<PathBuf> {
        let mut files: BTreeSet<PathBuf> = self.files().iter().cloned().collect();
        for leaf in leaves(self.tree()).values() {
            files.extend(leaf.source.map(Path::to_owned));
            files.extend(leaf.file.map(Path::to_owned));
        }
        files
    }

    /// What another reading of the same configuration has changed, by key and without any value.
    pub fn changes(&self, newer: &Self) -> Changes {
        let (before, after) = (leaves(self.tree()), leaves(newer.tree()));
        let followed = self
            .inner()
            .following
            .keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut changes = Changes::default();
        let paths: BTreeSet<&Vec<String>> = before.keys().chain(after.keys()).collect();
        for path in paths {
            let (old, new) = (before.get(path), after.get(path));
            if old.map(|leaf| leaf.value) == new.map(|leaf| leaf.value) {
                continue;
            }
            let is_same_file = old.and_then(|leaf| leaf.file) == new.and_then(|leaf| leaf.file);
            if is_same_file && followed.contains(path) {
                changes.followed.push(dotted(path));
            } else {
                changes.waiting.push(dotted(path));
            }
        }
        changes
    }
}

/// A value that has no others below it.
struct Leaf<'t> {
    /// None for an empty list or object.
    value: Option<&'t Value>,
    source: Option<&'t Path>,
    file: Option<&'t Path>,
}

fn leaves(tree: &Node) -> BTreeMap<Vec<String>, Leaf<'_>> {
    let mut found = BTreeMap::new();
    gather(tree, &mut Vec::new(), &mut found);
    found
}

fn gather<'t>(node: &'t Node, path: &mut Vec<String>, found: &mut BTreeMap<Vec<String>, Leaf<'t>>) {
    let mut below = |segment: String, child: &'t Node| {
        path.push(segment);
        gather(child, path, found);
        path.pop();
    };
    let value = match &node.content {
        Content::Scalar(value) => Some(value),
        Content::List(items) if items.is_empty() => None,
        Content::Object(entries) if entries.is_empty() => None,
        Content::List(items) => {
            let items = items.iter().enumerate();
            return items.for_each(|(at, item)| below(at.to_string(), item));
        }
        Content::Object(entries) => {
            return entries.iter().for_each(|(key, item)| below(key.clone(), item));
        }
    };
    let leaf = Leaf {
        value,
        source: node.origin.source.file.as_deref(),
        file: node
            .origin
            .file
            .as_ref()
            .map(crate::secret_file::SecretFile::path),
    };
    found.insert(path.clone(), leaf);
}
