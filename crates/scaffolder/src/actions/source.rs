//! Where steps fetch from: a folder beside the template, or one of a Git host.

use std::path::Path;
use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use scm::{Tree, TreeFile, TreeLimits, TreeRead, UrlReader, read_folder};
use url::Url;

use super::blocking;
use crate::workspace::leads_out;

/// Reads what addresses of steps name. Cheap to clone.
#[derive(Clone)]
pub(super) struct Sources(Arc<UrlReader>);

/// An address of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Below the folder of a template on this machine.
    Disk { root: String, path: String },
    /// At a Git host.
    Url(String),
}

impl Sources {
    pub(super) fn new(reader: UrlReader) -> Self {
        Self(Arc::new(reader))
    }

    /// The files of a folder.
    pub(super) async fn folder(&self, address: &str, context: &ActionContext) -> Result<Tree, Fault> {
        let limits = TreeLimits::default();
        let (tree, below) = match self.place(address, context)? {
            Place::Disk { root, path } => {
                let below = path.clone();
                let read = move || read_folder(Path::new(&root), &path, &limits);
                (blocking(read).await?, below)
            }
            Place::Url(url) => match self.0.read_tree(&url, None, &limits).await? {
                TreeRead::New(tree) => (tree, String::new()),
                TreeRead::Same => return Err(Fault::error(format!("{url} gave no files"))),
            },
        };
        if tree.files.is_empty() {
            return Err(Fault::not_found(format!(
                "There are no files at {address}; the address is relative to the template's own file"
            )));
        }
        Ok(relative(tree, &below))
    }

    /// One file.
    pub(super) async fn file(&self, address: &str, context: &ActionContext) -> Result<TreeFile, Fault> {
        match self.place(address, context)? {
            Place::Disk { root, path } => {
                let wanted = path.clone();
                let read = move || read_folder(Path::new(&root), &path, &TreeLimits::default());
                let mut tree = blocking(read).await?;
                let missing = || Fault::not_found(format!("There is no file {address} beside the template"));
                tree.files.remove(&wanted).ok_or_else(missing)
            }
            Place::Url(url) => {
                let read = self.0.read_url(&url, None).await?;
                Ok(TreeFile {
                    bytes: read.bytes,
                    is_executable: false,
                })
            }
        }
    }

    fn place(&self, address: &str, context: &ActionContext) -> Result<Place, Fault> {
        let is_absolute = Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if is_absolute {
            return Ok(Place::Url(address.to_owned()));
        }
        let base = context
            .template_run
            .as_ref()
            .and_then(|run| run.base_url.as_deref());
        let base = base.ok_or_else(|| {
            Fault::input(format!(
                "The address {address} is relative, and the template's own address is not known; write a whole address"
            ))
        })?;
        if let Some(file) = base.strip_prefix("file://") {
            let root = file.rsplit_once('/').map_or(".", |(folder, _)| folder);
            let path = confined(address)?;
            return Ok(Place::Disk {
                root: root.to_owned(),
                path,
            });
        }
        self.0.integrations().resolve_url(base, address).map(Place::Url)
    }
}

/// A relative path without `.`; one that leads out is refused.
fn confined(path: &str) -> Result<String, Fault> {
    if path.starts_with('/')
        || path.contains('\0')
        || path.split('/').any(|part| part == "..")
        || path.contains(':')
    {
        return Err(leads_out());
    }
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    Ok(parts.collect::<Vec<_>>().join("/"))
}

/// The files below a folder, by their paths within it.
fn relative(tree: Tree, below: &str) -> Tree {
    if below.is_empty() {
        return tree;
    }
    let prefix = format!("{below}/");
    let files = tree.files.into_iter();
    let files = files.filter_map(|(path, file)| Some((path.strip_prefix(&prefix)?.to_owned(), file)));
    Tree {
        files: files.collect(),
        version: tree.version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_beside_a_template_stay_there() {
        assert_eq!(confined("./skeleton/a").unwrap(), "skeleton/a");
        assert_eq!(confined(".").unwrap(), "");
        for path in ["../x", "a/../../x", "/etc", "file:///etc", "a\0b"] {
            assert!(confined(path).is_err(), "{path:?}");
        }
    }
}
