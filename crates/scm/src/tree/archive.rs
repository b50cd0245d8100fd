//! The files of a folder in a `tar.gz` archive of a repository.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Component;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use model::Fault;
use tar::{Archive, Entry, EntryType};

use super::{Gathered, TreeFile, TreeLimits};

/// Most bytes that an archive may unpack to, what is not kept included.
const MAX_UNPACKED_BYTES: u64 = 1 << 30;
/// Most links in a row.
const MAX_LINKS: usize = 8;

/// Unpacks the files below `folder` that are to be kept, by their path in it. The archive has one folder on top, as Git hosts make them. A link to a file within
/// the folder is that file; all other links are left out.
pub(crate) fn unpack(
    source: &str,
    packed: &[u8],
    folder: &str,
    limits: &TreeLimits,
    keep: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, TreeFile>, Fault> {
    let broken = |error: std::io::Error| {
        Fault::error(format!(
            "Unable to read {source}, the archive of the repository is broken: {error}"
        ))
    };
    let mut archive = Archive::new(MultiGzDecoder::new(packed).take(MAX_UNPACKED_BYTES));
    let mut gathered = Gathered::new(source, limits);
    let mut links = Vec::new();
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let Some(path) = path_below(&entry, folder).filter(|path| keep(path)) else {
            continue;
        };
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {
                gathered.admit(entry.size())?;
                let file = file(&mut entry).map_err(broken)?;
                gathered.files.insert(path, file);
            }
            EntryType::Symlink if links.len() < limits.files => links.extend(link(&entry, path)),
            _ => {}
        }
    }
    for (path, target) in &links {
        if let Some(file) = target_of(target, &links, &gathered.files) {
            gathered.admit(file.bytes.len() as u64)?;
            gathered.files.insert(path.clone(), file);
        }
    }
    Ok(gathered.files)
}

fn file(entry: &mut Entry<'_, impl Read>) -> std::io::Result<TreeFile> {
    let is_executable = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0);
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes)?;
    Ok(TreeFile {
        bytes: Bytes::from(bytes),
        is_executable,
    })
}

/// The path of an entry below the folder; nothing if it is elsewhere or no plain path.
fn path_below(entry: &Entry<'_, impl Read>, folder: &str) -> Option<String> {
    let path = entry.path().ok()?;
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    let path = parts.get(1..)?.join("/");
    let below = match folder {
        "" => path.as_str(),
        folder => path.strip_prefix(folder)?.strip_prefix('/')?,
    };
    (!below.is_empty()).then(|| below.to_owned())
}

/// A link and the path it leads to, if that stays within the folder.
fn link(entry: &Entry<'_, impl Read>, path: String) -> Option<(String, String)> {
    let target = entry.link_name().ok()??;
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            _ => return None,
        }
    }
    let target = parts.join("/");
    Some((path, target))
}

fn target_of(
    target: &str,
    links: &[(String, String)],
    files: &BTreeMap<String, TreeFile>,
) -> Option<TreeFile> {
    let mut target = target;
    for _ in 0..MAX_LINKS {
        if let Some(file) = files.get(target) {
            return Some(file.clone());
        }
        target = links
            .iter()
            .find(|(path, _)| path == target)
            .map(|(_, target)| target.as_str())?;
    }
    None
}
