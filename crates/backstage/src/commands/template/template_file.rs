//! Files of templates: their documents, and the folders beside them.

use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use catalog::offline::Offline;
use model::entity;
use scaffolder::lint::{Folders, fetched, has_placeholder};
use scm::{TreeLimits, read_folder};
use serde_json::Value;
use yaml::{Document, Limits, YamlError};

use crate::commands::descriptor;

/// A file that was read.
pub struct TemplateFile {
    pub path: PathBuf,
    pub text: String,
    documents: Vec<Document>,
}

/// A template in a file.
pub struct Found<'a> {
    /// The text from the document on.
    pub text: &'a str,
    /// The line with which it begins.
    pub line: usize,
    /// The entity; placeholders are filled where all of them can be.
    pub entity: Value,
}

impl TemplateFile {
    pub fn read(path: &Path) -> std::io::Result<Self> {
        let bytes = descriptor::read(path)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Self {
            path: path.to_owned(),
            documents: yaml::parse(&text, &Limits::default()),
            text,
        })
    }

    /// Whether somebody meant it as a template to be used, not as one that is filled in first.
    pub fn is_meant_as_template(&self) -> bool {
        let is_filled_in = |text: &str| text.contains("{{");
        if is_filled_in(&self.path.to_string_lossy()) {
            return false;
        }
        let is_one = |document: &Document| document.value.as_ref().is_ok_and(is_template);
        let names_kind = |line: &str| line.trim_end() == "kind: Template";
        let looks_like_one = self.errors().next().is_some() && self.text.lines().any(names_kind);
        self.documents.iter().any(is_one) || looks_like_one
    }

    /// Why documents cannot be read.
    pub fn errors(&self) -> impl Iterator<Item = &YamlError> {
        self.documents
            .iter()
            .filter_map(|document| document.value.as_ref().err())
    }

    /// The templates.
    pub async fn templates(&self) -> Result<Vec<Found<'_>>> {
        let ends = self.documents.iter().skip(1).map(|next| next.offset);
        let ends = ends.chain([self.text.len()]);
        let mut all = Vec::new();
        for (document, end) in self.documents.iter().zip(ends) {
            if let Ok(value) = &document.value
                && is_template(value)
            {
                all.push(Found {
                    text: &self.text[document.offset..end],
                    line: document.line,
                    entity: self.filled(value).await?,
                });
            }
        }
        Ok(all)
    }

    /// An entity with what its placeholders name on this disk; as it is where one of them leads elsewhere.
    async fn filled(&self, entity: &Value) -> Result<Value> {
        if !has_placeholder(entity, 0) {
            return Ok(entity.clone());
        }
        let path = std::path::absolute(&self.path)?;
        let here = std::env::current_dir()?;
        let folder = path.parent().unwrap_or(&path);
        let root = if path.starts_with(&here) {
            here.as_path()
        } else {
            folder
        };
        let mut filled = entity.clone();
        let done = Offline::without_configuration()?
            .fill(&mut filled, &path, root)
            .await;
        Ok(if done.fault.is_none() && done.unread.is_empty() {
            filled
        } else {
            entity.clone()
        })
    }

    /// The folder that the file is in.
    pub fn folder(&self) -> &Path {
        descriptor::folder(&self.path)
    }

    /// What the steps of a template fetch from beside it.
    pub fn folders(&self, entity: &Value) -> Folders {
        let here = Path::new(".").join(self.folder());
        let read = |address: String| {
            let place = plain(&here.join(&address));
            let tree = if place.is_file() {
                let folder = place.parent().unwrap_or(Path::new("."));
                let name = place
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                read_folder(folder, &name, &TreeLimits::default()).map(|mut tree| {
                    // The address names the file itself.
                    tree.files = tree
                        .files
                        .into_values()
                        .map(|file| (String::new(), file))
                        .collect();
                    tree
                })
            } else if place.is_dir() {
                read_folder(&place, "", &TreeLimits::default())
            } else {
                Ok(scm::Tree::default())
            };
            (address, tree)
        };
        fetched(entity).into_iter().map(read).collect()
    }
}

/// Whether a document is a template of any version.
fn is_template(value: &Value) -> bool {
    let is_unfilled = entity::name(value).is_some_and(|name| name.contains("{{"));
    let version = entity::api_version(value).unwrap_or_default();
    entity::kind(value) == Some("Template") && version.contains("backstage.io/") && !is_unfilled
}

/// A path without `.` and, where the folder before it is written out, without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    if plain.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        plain
    }
}
