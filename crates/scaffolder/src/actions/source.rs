//! Where steps fetch from: a folder beside the template, or one of a Git host.

use std::path::Path;
use std::sync::Arc;

use model::{Fault, FaultKind};
use plugin::ActionContext;
use scm::{Tree, TreeFile, TreeLimits, TreeRead, UrlReader, read_folder};
use url::Url;
use workspace::leads_out;

use super::blocking;

/// Reads what addresses of steps name. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sources(Arc<UrlReader>);

/// An address of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Below the folder of a template on this machine.
    Disk { root: String, path: String },
    /// At a Git host.
    Url(String),
}

impl Sources {
    pub(crate) fn new(reader: UrlReader) -> Self {
        Self(Arc::new(reader))
    }

    /// The files of a folder.
    pub(super) async fn folder(&self, address: &str, context: &ActionContext) -> Result<Tree, Fault> {
        let tree = self.tree(self.place_of(address, context)?).await?;
        if tree.files.is_empty() {
            return Err(Fault::not_found(format!(
                "There are no files at {address}; the address is relative to the template's own file"
            )));
        }
        Ok(tree)
    }

    /// What lies at an address beside a template's file: a folder or a file, else nothing.
    pub(crate) async fn beside(&self, base: &str, address: &str) -> Result<Tree, Fault> {
        let of_folder = self.tree(self.place(address, Some(base), None)?).await;
        if of_folder.as_ref().is_ok_and(|tree| !tree.files.is_empty()) {
            return of_folder;
        }
        let file = self.file_at(self.place(address, Some(base), None)?).await;
        match file {
            Ok(Some(file)) => Ok(Tree {
                files: [(String::new(), file)].into(),
                ..Tree::default()
            }),
            Ok(None) => Ok(Tree::default()),
            Err(fault) if fault.is(&FaultKind::NotFound) => Ok(Tree::default()),
            Err(fault) => Err(fault),
        }
    }

    /// The text of a file by its whole address.
    pub(crate) async fn text_at(&self, address: &str) -> Result<String, Fault> {
        let name = address.rsplit('/').next().unwrap_or_default();
        let place = match address.strip_prefix("file://") {
            Some(_) => self.place(name, Some(address), None)?,
            None => Place::Url(address.to_owned()),
        };
        let missing = || Fault::not_found(format!("There is no file {address}"));
        let file = self.file_at(place).await?.ok_or_else(missing)?;
        Ok(String::from_utf8_lossy(&file.bytes).into_owned())
    }

    async fn tree(&self, place: Place) -> Result<Tree, Fault> {
        let limits = TreeLimits::default();
        let (tree, below) = match place {
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
        Ok(relative(tree, &below))
    }

    /// One file.
    pub(super) async fn file(&self, address: &str, context: &ActionContext) -> Result<TreeFile, Fault> {
        let missing = || Fault::not_found(format!("There is no file {address} beside the template"));
        let place = self.place_of(address, context)?;
        self.file_at(place).await?.ok_or_else(missing)
    }

    async fn file_at(&self, place: Place) -> Result<Option<TreeFile>, Fault> {
        match place {
            Place::Disk { root, path } => {
                let wanted = path.clone();
                let read = move || read_folder(Path::new(&root), &path, &TreeLimits::default());
                Ok(blocking(read).await?.files.remove(&wanted))
            }
            Place::Url(url) => {
                let read = self.0.read_url(&url, None).await?;
                Ok(Some(TreeFile {
                    bytes: read.bytes,
                    is_executable: false,
                }))
            }
        }
    }

    /// The place of an address of a step: where a folder of this machine stands for it, below that.
    fn place_of(&self, address: &str, context: &ActionContext) -> Result<Place, Fault> {
        let run = context.template_run.as_ref();
        let folders = run.map(|run| run.folders.as_slice()).unwrap_or_default();
        for (begin, folder) in folders {
            let begin = begin.trim_end_matches('/');
            let rest = address.strip_prefix(begin);
            if let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
                return Ok(Place::Disk {
                    root: folder.display().to_string(),
                    path: confined(rest.trim_start_matches('/'))?,
                });
            }
        }
        self.place(address, base_of(context), root_of(context))
    }

    /// The place of an address. One that is relative starts at `base`, the template's own file; on this disk it stays below `root`, or
    /// below the file's folder.
    fn place(&self, address: &str, base: Option<&str>, root: Option<&Path>) -> Result<Place, Fault> {
        let is_absolute = Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if is_absolute {
            return Ok(Place::Url(address.to_owned()));
        }
        let base = base.ok_or_else(|| {
            Fault::input(format!(
                "The address {address} is relative, and the template's own address is not known; write a whole address"
            ))
        })?;
        if let Some(file) = base.strip_prefix("file://") {
            let folder = file.rsplit_once('/').map_or(".", |(folder, _)| folder);
            return match root.map(|root| (root, Path::new(folder).strip_prefix(root))) {
                Some((root, Ok(below))) => Ok(Place::Disk {
                    root: root.display().to_string(),
                    path: joined(&below.to_string_lossy(), address)?,
                }),
                _ => Ok(Place::Disk {
                    root: folder.to_owned(),
                    path: confined(address)?,
                }),
            };
        }
        self.0.integrations().resolve_url(base, address).map(Place::Url)
    }
}

/// The address of the template's own file.
fn base_of(context: &ActionContext) -> Option<&str> {
    context
        .template_run
        .as_ref()
        .and_then(|run| run.base_url.as_deref())
}

fn root_of(context: &ActionContext) -> Option<&Path> {
    let run = context.template_run.as_ref();
    run.and_then(|run| run.root.as_deref())
}

/// An address relative to a folder, as a path from the root; one that leads out of the root is refused.
fn joined(folder: &str, address: &str) -> Result<String, Fault> {
    if address.starts_with('/') || address.contains('\0') || address.contains(':') {
        return Err(leads_out());
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(address.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().ok_or_else(leads_out)?),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
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

    #[test]
    fn paths_in_a_repository_stay_in_it() {
        assert_eq!(joined("a/b", "../../shared/c").unwrap(), "shared/c");
        assert_eq!(joined("", "./skeleton").unwrap(), "skeleton");
        for address in ["../../../x", "/etc", "file:///etc", "a\0b"] {
            assert!(joined("a/b", address).is_err(), "{address:?}");
        }
    }
}
