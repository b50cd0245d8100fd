//! Paths of local files as the configuration writes them.

use std::path::{Path, PathBuf};

use crate::Catalog;

/// `file` targets as absolute paths, everything else as it is.
pub(crate) fn absolute(directory: &Path, kind: &str, target: &str) -> String {
    if kind != "file" || target.is_empty() {
        return target.to_owned();
    }
    let trailing = if target.ends_with('/') { "/" } else { "" };
    format!("{}{trailing}", normalize(&directory.join(target)))
}

/// Parts of a path outside the portal's folder that are shown.
const SHOWN_PARTS: usize = 2;

impl Catalog {
    /// The path of a local file as people write it: from the folder of the configuration on. Of one elsewhere only the last parts,
    /// because how the server's disk is laid out is nothing that a page tells.
    pub fn shown_path(&self, path: &str) -> String {
        shown(&self.parts.settings.folder, path)
    }
}

fn shown(directory: &Path, path: &str) -> String {
    if let Ok(below) = Path::new(path).strip_prefix(normalize(directory)) {
        return below.to_string_lossy().into_owned();
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.len().checked_sub(SHOWN_PARTS).filter(|more| *more > 0) {
        Some(more) => format!("…/{}", parts[more..].join("/")),
        None => path.to_owned(),
    }
}

/// Removes `.` and `..` from a path without looking at the disk.
pub(crate) fn normalize(path: &Path) -> String {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_targets_become_absolute() {
        let check = |kind: &str, target: &str, expected: &str| {
            assert_eq!(
                absolute(Path::new("/srv/portal"), kind, target),
                expected,
                "{kind}:{target}"
            );
        };
        check("file", "./a.yaml", "/srv/portal/a.yaml");
        check("file", "../b/*.yaml", "/srv/b/*.yaml");
        check("file", "/c/./d.yaml", "/c/d.yaml");
        check("file", "./more/", "/srv/portal/more/");
        check("url", "./a.yaml", "./a.yaml");
    }

    #[test]
    fn paths_are_shown_without_the_servers_folders() {
        for (path, expected) in [
            ("/srv/portal/teams/a.yaml", "teams/a.yaml"),
            ("/srv/portal/*.yaml", "*.yaml"),
            ("/home/somebody/private/teams/a.yaml", "…/teams/a.yaml"),
            ("/a.yaml", "/a.yaml"),
        ] {
            assert_eq!(shown(Path::new("/srv/portal"), path), expected, "{path}");
            assert_eq!(shown(Path::new("/srv/x/../portal/"), path), expected, "{path}");
        }
    }
}
