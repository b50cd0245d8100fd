//! From the paths of a site to those of its source: a site may have the folders of several.

use super::config::{EditConfig, SiteConfig};
use super::includes::Includes;

/// Where the pages of a site come from.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// The folder of the documentation in the source, empty or with a slash at the end.
    pub(crate) folder: String,
    /// The front page is the readme beside that folder.
    pub(crate) is_readme_front: bool,
    /// There is nothing but a readme.
    pub(crate) is_readme_alone: bool,
    edit: EditConfig,
    included: Vec<Part>,
}

/// A site that was taken in.
#[derive(Debug)]
struct Part {
    /// Its folder in the site, with a slash at the end.
    prefix: String,
    /// Its folder in the source, with a slash at the end.
    folder: String,
    edit: EditConfig,
}

/// The readme beside the folder of the documentation.
pub(crate) const README: &str = "README.md";
/// The front page.
pub(crate) const INDEX: &str = "index.md";

impl Parts {
    pub(crate) fn new(config: &SiteConfig, includes: &Includes) -> Self {
        let part = |site: &super::includes::Included| Part {
            prefix: format!("{}/", site.alias),
            folder: with_slash(&site.config.docs_dir),
            edit: site.config.edit.clone(),
        };
        let mut included: Vec<Part> = includes.sites.values().map(part).collect();
        // The innermost folder counts.
        included.sort_by_key(|part| std::cmp::Reverse(part.prefix.len()));
        Self {
            folder: with_slash(&config.docs_dir),
            is_readme_front: false,
            is_readme_alone: false,
            edit: config.edit.clone(),
            included,
        }
    }

    /// Folders in the source, each with its own in the site.
    pub(crate) fn included(&self) -> impl Iterator<Item = (&str, &str)> {
        self.included
            .iter()
            .map(|part| (part.folder.as_str(), part.prefix.as_str()))
    }

    fn part_of(&self, path: &str) -> Option<&Part> {
        self.included.iter().find(|part| path.starts_with(&part.prefix))
    }

    /// A file as the source has it.
    pub(crate) fn in_source(&self, path: &str) -> String {
        match self.part_of(path) {
            Some(part) => format!("{}{}", part.folder, &path[part.prefix.len()..]),
            None if self.is_readme_front && path == INDEX => README.to_owned(),
            None => format!("{}{path}", self.folder),
        }
    }

    /// A file of the source as the site has it; nothing if it is none of the site.
    pub(crate) fn in_site(&self, file: &str) -> Option<String> {
        if self.is_readme_front && file == README {
            return Some(INDEX.to_owned());
        }
        let part = self.included.iter().find(|part| file.starts_with(&part.folder));
        if let Some(part) = part {
            return Some(format!("{}{}", part.prefix, &file[part.folder.len()..]));
        }
        file.strip_prefix(&self.folder).map(str::to_owned)
    }

    /// Where a page is edited, as its configuration says it.
    pub(crate) fn edit_url(&self, path: &str) -> Option<String> {
        match self.part_of(path) {
            Some(part) => part.edit.url(&path[part.prefix.len()..]),
            None => self.edit.url(path),
        }
    }

    /// The same by what is known of its host.
    pub(crate) fn guessed_edit_url(&self, path: &str) -> Option<String> {
        self.part_of(path)
            .is_none()
            .then(|| self.edit.guessed_url(path))
            .flatten()
    }
}

fn with_slash(folder: &str) -> String {
    if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    }
}
