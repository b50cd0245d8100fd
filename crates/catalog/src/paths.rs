//! Paths of local files as the configuration writes them.

use std::path::{Path, PathBuf};

/// `file` targets as absolute paths, everything else as it is.
pub(crate) fn absolute(directory: &Path, kind: &str, target: &str) -> String {
    if kind != "file" || target.is_empty() {
        return target.to_owned();
    }
    let trailing = if target.ends_with('/') { "/" } else { "" };
    format!("{}{trailing}", normalize(&directory.join(target)))
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
}
