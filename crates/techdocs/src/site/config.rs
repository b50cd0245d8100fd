//! `mkdocs.yml`, as far as it has a meaning here.

use std::collections::BTreeMap;

use bytes::Bytes;
use scm::TreeFile;
use serde_json::Value;
use yaml::Limits;

use super::Problem;

/// Names of the file, in the order in which they are looked for.
const FILES: [&str; 2] = ["mkdocs.yaml", "mkdocs.yml"];
/// Where pages are unless the file says otherwise.
const DOCS: &str = "docs";
/// Extensions with which pages have formulas.
const MATH: [&str; 3] = ["pymdownx.arithmatex", "arithmatex", "mdx_math"];

/// What the file says.
#[derive(Debug, Default)]
pub(crate) struct SiteConfig {
    /// The file, if there is one.
    pub file: Option<String>,
    /// Its text.
    pub text: String,
    pub name: String,
    pub description: String,
    pub docs_dir: String,
    pub nav: Value,
    repo_url: String,
    edit_uri: String,
    /// Whether an extension for formulas is on.
    pub has_math: bool,
    pub problems: Vec<Problem>,
}

impl SiteConfig {
    /// Reads the file among others. Without one, everything is as usual.
    pub(crate) fn read(files: &BTreeMap<String, TreeFile>) -> Self {
        let mut config = Self {
            docs_dir: DOCS.to_owned(),
            ..Self::default()
        };
        let Some((name, file)) = FILES.iter().find_map(|name| files.get_key_value(*name)) else {
            return config;
        };
        config.file = Some(name.clone());
        config.text = String::from_utf8_lossy(&file.bytes).into_owned();
        let limits = Limits {
            bytes: 1 << 20,
            merge_keys: true,
            ..Limits::default()
        };
        match yaml::parse_one(&config.text, &limits) {
            Ok(value) => config.take(&value),
            Err(error) => config.problem(None, format!("It is no valid YAML, and was left out: {error}")),
        }
        config
    }

    fn take(&mut self, value: &Value) {
        let text = |key: &str| value[key].as_str().unwrap_or_default().trim().to_owned();
        self.name = text("site_name");
        self.description = text("site_description");
        self.repo_url = text("repo_url");
        self.edit_uri = text("edit_uri");
        self.nav = value["nav"].clone();
        self.has_math = MATH.iter().any(|name| has_extension(value, name));
        match folder(&text("docs_dir")) {
            Some(folder) => self.docs_dir = folder,
            None => self.problem(
                Some("docs_dir"),
                "docs_dir leads out of the folder of the file; docs is used".to_owned(),
            ),
        }
        if !value["INHERIT"].is_null() {
            self.problem(
                Some("INHERIT"),
                "INHERIT is not followed; write the keys into this file".to_owned(),
            );
        }
    }

    /// Notes something that is wrong with a key of the file.
    pub(crate) fn problem(&mut self, key: Option<&str>, text: String) {
        let line = key.and_then(|key| self.line_of(&format!("{key}:")));
        let file = self.file.clone().unwrap_or_default();
        self.problems.push(Problem { file, line, text });
    }

    /// The first line with a text.
    pub(crate) fn line_of(&self, text: &str) -> Option<u32> {
        let at = self.text.lines().position(|line| line.contains(text))?;
        u32::try_from(at + 1).ok()
    }

    /// Whether the site is nothing but a readme.
    pub(crate) fn is_readme(&self, folder: &str, files: &BTreeMap<String, Bytes>) -> bool {
        folder.is_empty()
            && !self.docs_dir.is_empty()
            && !files.contains_key("index.md")
            && files.contains_key("README.md")
    }

    /// Where pages are edited, if the file says so.
    pub(crate) fn edit_base(&self) -> Option<String> {
        if self.repo_url.is_empty() || self.edit_uri.is_empty() || !self.repo_url.starts_with("http") {
            return None;
        }
        let (repository, rest) = (
            self.repo_url.trim_end_matches('/'),
            self.edit_uri.trim_start_matches('/'),
        );
        let slash = if rest.ends_with('/') { "" } else { "/" };
        Some(format!("{repository}/{rest}{slash}"))
    }
}

/// Whether an extension is in the list, by its name alone or with options.
fn has_extension(value: &Value, name: &str) -> bool {
    match &value["markdown_extensions"] {
        Value::Array(list) => list
            .iter()
            .any(|one| one.as_str() == Some(name) || one.get(name).is_some()),
        list => list.get(name).is_some(),
    }
}

/// A folder below that of the file; nothing if it is elsewhere.
fn folder(written: &str) -> Option<String> {
    if written.is_empty() {
        return Some(DOCS.to_owned());
    }
    let mut parts = Vec::new();
    for part in written.split('/') {
        match part {
            "" if parts.is_empty() && written.starts_with('/') => return None,
            "" | "." => {}
            ".." => return None,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
