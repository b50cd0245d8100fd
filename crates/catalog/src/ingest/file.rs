//! Local files: one path, or a pattern.

use std::collections::HashSet;
use std::fmt::Display;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use globset::{GlobBuilder, GlobMatcher};
use model::{Fault, LocationRef};

use super::room::Room;
use super::target::{Reading, SourceFile};
use crate::paths::normalize;

/// Deepest folder nesting that a pattern descends into.
const MAX_DEPTH: usize = 64;
/// Most folders that one pattern looks into.
const MAX_FOLDERS: usize = 20_000;

/// Reads what a `file` target names. A missing file is a `NotFoundError`; others are not hurt by one
/// that cannot be read.
pub(crate) fn read_files(target: &str, max_bytes: u64, max_matches: usize, room: &mut Room) -> Reading {
    let mut reading = Reading::default();
    let paths = match matches(target, max_matches) {
        Ok(paths) => paths,
        Err(fault) => {
            reading.faults.push(fault);
            return reading;
        }
    };
    if paths.is_empty() {
        reading
            .faults
            .push(Fault::not_found(format!("file {target} does not exist")));
    }
    for path in paths {
        if room.is_full() {
            break;
        }
        let read = read(&path, max_bytes);
        if let Ok(bytes) = &read
            && let Err(fault) = room.take(&format!("file {}", path.display()), bytes.len())
        {
            reading.faults.push(fault);
            break;
        }
        match read {
            Ok(bytes) => reading.files.push(SourceFile {
                location: LocationRef::new("file", normalize(&path)),
                bytes,
                commit: None,
            }),
            Err(reason) if reason.kind() == ErrorKind::NotFound && path.is_symlink() => {
                reading.faults.push(Fault::error(format!(
                    "file {} could not be read, it is a link to something that does not exist",
                    path.display()
                )));
            }
            Err(reason) if reason.kind() == ErrorKind::NotFound => {
                reading
                    .faults
                    .push(Fault::not_found(format!("file {target} does not exist")));
            }
            Err(reason) => reading.faults.push(Fault::error(format!(
                "file {} could not be read, {reason}",
                path.display()
            ))),
        }
    }
    reading
}

fn read(path: &Path, max_bytes: u64) -> std::io::Result<Bytes> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(std::io::Error::other(
            "it is a folder; name a file in it or use a pattern such as *.yaml",
        ));
    }
    if !metadata.is_file() {
        return Err(std::io::Error::other("it is no ordinary file"));
    }
    let too_large = |size: &dyn Display| {
        std::io::Error::other(format!(
            "it has {size} bytes, at most {max_bytes} are read; split it"
        ))
    };
    if metadata.len() > max_bytes {
        return Err(too_large(&metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    // It may have grown since.
    let mut bounded = File::open(path)?.take(max_bytes.saturating_add(1));
    if bounded.read_to_end(&mut bytes)? as u64 > max_bytes {
        return Err(too_large(&"too many"));
    }
    Ok(Bytes::from(bytes))
}

/// Whether the target is a pattern rather than a path.
pub(super) fn is_pattern(target: &str) -> bool {
    target.contains(['*', '?', '[', '{'])
}

/// The files a target names, sorted.
fn matches(target: &str, max_matches: usize) -> Result<Vec<PathBuf>, Fault> {
    let literal = Path::new(target);
    if !is_pattern(target) || literal.is_file() {
        return Ok(literal
            .symlink_metadata()
            .is_ok()
            .then(|| literal.to_path_buf())
            .into_iter()
            .collect());
    }
    let matcher = compile(target)?;
    let mut search = Search {
        matcher,
        target,
        found: Vec::new(),
        seen: HashSet::new(),
        max_matches,
    };
    search.visit(&base_folder(target), 0)?;
    search.found.sort();
    Ok(search.found)
}

/// The matcher of a pattern over whole paths.
pub(super) fn compile(pattern: &str) -> Result<GlobMatcher, Fault> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .empty_alternates(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| Fault::error(format!("file {pattern} could not be read, {error}")))
}

/// The deepest folder that contains all possible matches.
pub(super) fn base_folder(pattern: &str) -> PathBuf {
    let mut base = PathBuf::new();
    for part in Path::new(pattern).components() {
        if is_pattern(&part.as_os_str().to_string_lossy()) {
            break;
        }
        base.push(part);
    }
    base
}

struct Search<'a> {
    matcher: GlobMatcher,
    target: &'a str,
    found: Vec<PathBuf>,
    /// Folders by their real path: links may lead in circles.
    seen: HashSet<PathBuf>,
    max_matches: usize,
}

impl Search<'_> {
    fn visit(&mut self, folder: &Path, depth: usize) -> Result<(), Fault> {
        let Ok(real) = folder.canonicalize() else {
            return Ok(());
        };
        if depth > MAX_DEPTH || !self.seen.insert(real) {
            return Ok(());
        }
        if self.seen.len() > MAX_FOLDERS {
            return Err(self.too_many("looks into", MAX_FOLDERS, "folders"));
        }
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Ok(());
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if self.is_hidden(&entry.file_name().to_string_lossy()) {
                continue;
            }
            if path.is_dir() {
                // `**` does not follow links, as in the original: they may lead anywhere.
                if self.target.contains("**") && path.is_symlink() {
                    continue;
                }
                self.visit(&path, depth + 1)?;
            } else if self.matcher.is_match(&path) {
                self.found.push(path);
                if self.found.len() > self.max_matches {
                    return Err(self.too_many("matches", self.max_matches, "files"));
                }
            }
        }
        Ok(())
    }

    /// Names that begin with a dot are only meant when the pattern says so.
    fn is_hidden(&self, name: &str) -> bool {
        name.starts_with('.')
            && !self
                .target
                .split('/')
                .any(|part| part.starts_with('.') && part != "." && part != "..")
    }

    fn too_many(&self, verb: &str, most: usize, what: &str) -> Fault {
        Fault::error(format!(
            "file {} could not be read, the pattern {verb} more than {most} {what}; narrow it",
            self.target
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path, target: &str) -> (Vec<String>, Vec<String>) {
        let target = folder.join(target);
        let reading = read_files(&target.to_string_lossy(), 100, 50, &mut Room::of(1_000));
        let prefix = format!("{}/", folder.display());
        (
            reading
                .files
                .iter()
                .map(|file| file.location.target.replace(&prefix, ""))
                .collect(),
            reading
                .faults
                .iter()
                .map(|fault| fault.to_string().replace(&prefix, ""))
                .collect(),
        )
    }

    #[test]
    fn paths_and_patterns_name_files() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for path in [
            "a.yaml",
            "leaf-a.yaml",
            "leaf-b.yaml",
            "leaf-c.yaml",
            "deep/er/d.yaml",
            ".hidden/e.yaml",
        ] {
            write(path, "x: 1");
        }
        write("big.yml", &"x".repeat(101));
        std::os::unix::fs::symlink(folder.path(), folder.path().join("deep/loop")).unwrap();
        std::os::unix::fs::symlink("nothing", folder.path().join("link.yaml")).unwrap();
        let check = |target: &str, files: &[&str], faults: &[&str]| {
            assert_eq!(
                names(folder.path(), target),
                (
                    files.iter().map(ToString::to_string).collect(),
                    faults.iter().map(ToString::to_string).collect(),
                ),
                "{target}"
            );
        };
        check("a.yaml", &["a.yaml"], &[]);
        check("./deep/../a.yaml", &["a.yaml"], &[]);
        check("leaf-[ab].yaml", &["leaf-a.yaml", "leaf-b.yaml"], &[]);
        check("{a,leaf-c}.yaml", &["a.yaml", "leaf-c.yaml"], &[]);
        check("deep/**/*.yaml", &["deep/er/d.yaml"], &[]);
        check(".hidden/*.yaml", &[".hidden/e.yaml"], &[]);
        check(
            "gone.yaml",
            &[],
            &["NotFoundError: file gone.yaml does not exist"],
        );
        check(
            "gone-*.yaml",
            &[],
            &["NotFoundError: file gone-*.yaml does not exist"],
        );
        check(
            "big.yml",
            &[],
            &["Error: file big.yml could not be read, it has 101 bytes, at most 100 are read; split it"],
        );
        check(
            "{a,link}.yaml",
            &["a.yaml"],
            &["Error: file link.yaml could not be read, it is a link to something that does not exist"],
        );
        check(
            "deep",
            &[],
            &[
                "Error: file deep could not be read, it is a folder; name a file in it or use a pattern such as *.yaml",
            ],
        );
    }
}
