//! Files below a folder, and nowhere else: no link is followed, written over or removed.
//!
//! What lies in the folder is looked at part by part, because a link anywhere on the way leads elsewhere. Which files belong to
//! whom is not known here.

use std::fs::{self, File, FileType};
use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

/// What the name of a file ends with until all of it is there.
const BEING_WRITTEN: &str = ".being-written";

/// A folder below which files are written and removed.
#[derive(Debug)]
pub struct ConfinedFolder {
    root: PathBuf,
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// Why a file is not written or removed.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    /// The path climbs, or is none.
    #[error("'{0}' names no file below the folder")]
    Path(String),
    /// There is a link at the path, or on the way to it.
    #[error("{0} is reached by a link, which may lead out of the folder; remove the link")]
    Link(String),
    /// A file lies where a folder has to be.
    #[error("{0} lies where a folder has to be; remove it")]
    NoFolder(String),
    /// A folder lies where the file has to be.
    #[error("{0} is a folder, and a file has to be there; remove it")]
    NoFile(String),
    /// The operating system refuses it.
    #[error("{path}: {error}")]
    Refused {
        /// The path in the folder.
        path: String,
        /// What the system says.
        error: io::Error,
    },
}

impl ConfinedFolder {
    /// Opens a folder, and makes it if it is not there. The folder itself may be named by a link.
    pub fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let root = fs::canonicalize(path)?;
        Ok(Self { root })
    }

    /// The folder, without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What lies at a path; nothing where the way to it is not there either.
    pub fn look(&self, path: &str) -> Result<Option<Lies>, Obstacle> {
        let mut way = self.root.clone();
        let mut lies = Some(Lies::Folder);
        for part in parts(path)? {
            if lies != Some(Lies::Folder) {
                return Ok(None);
            }
            way.push(part);
            lies = kind_of(&way, path)?.map(|kind| if kind.is_dir() { Lies::Folder } else { Lies::File });
        }
        Ok(lies)
    }

    /// Writes a file, and the folders on the way to it. One that is there is removed first, because it may have a second name
    /// elsewhere. May be called from several threads.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Obstacle> {
        let (file, is_there) = self.place(path)?;
        let removed = if is_there { fs::remove_file(&file) } else { Ok(()) };
        let written = removed.and_then(|()| File::create_new(&file)?.write_all(bytes));
        written.map_err(|error| refused(path, error))
    }

    /// The same where others read the file meanwhile: they find all of it, or the one that was there before. It takes longer.
    pub fn exchange(&self, path: &str, bytes: &[u8]) -> Result<(), Obstacle> {
        let (file, _) = self.place(path)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let new = file.with_file_name(format!(".{name}{BEING_WRITTEN}"));
        let written = write_new(&new, bytes).and_then(|()| fs::rename(&new, &file));
        written.map_err(|error| refused(path, error))
    }

    /// Removes a file, and the folders around it that are empty then; says whether there was one. What only a link leads to
    /// stays.
    pub fn remove(&self, path: &str) -> Result<bool, Obstacle> {
        match self.look(path) {
            Ok(Some(Lies::File)) => {}
            Ok(_) | Err(Obstacle::Link(_)) => return Ok(false),
            Err(obstacle) => return Err(obstacle),
        }
        let file = self.root.join(path);
        fs::remove_file(&file).map_err(|error| refused(path, error))?;
        let around = file.ancestors().skip(1);
        for folder in around.take_while(|folder| *folder != self.root) {
            // Fails where something is left in it.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(true)
    }

    /// Where a file is written, and whether there is one. The folders on the way are made part by part: a call that makes all of
    /// them would follow links.
    fn place(&self, path: &str) -> Result<(PathBuf, bool), Obstacle> {
        let parts = parts(path)?;
        let (name, folders) = parts
            .split_last()
            .ok_or_else(|| Obstacle::Path(path.to_owned()))?;
        let mut place = self.root.clone();
        let mut is_new = false;
        for part in folders {
            place.push(part);
            is_new = self.make_folder(&place, path)?;
        }
        place.push(name);
        if is_new {
            return Ok((place, false));
        }
        match kind_of(&place, path)? {
            Some(kind) if kind.is_dir() => Err(Obstacle::NoFile(path.to_owned())),
            found => Ok((place, found.is_some())),
        }
    }

    /// Makes a folder unless it is there, and says whether it is new.
    fn make_folder(&self, folder: &Path, path: &str) -> Result<bool, Obstacle> {
        let mut found = kind_of(folder, path)?;
        if found.is_none() {
            match fs::create_dir(folder) {
                Ok(()) => return Ok(true),
                // Another thread made it, or somebody something else.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => found = kind_of(folder, path)?,
                Err(error) => return Err(refused(path, error)),
            }
        }
        if found.is_some_and(|kind| kind.is_dir()) {
            return Ok(false);
        }
        let below = folder.strip_prefix(&self.root).unwrap_or(folder);
        Err(Obstacle::NoFolder(below.display().to_string()))
    }
}

/// The parts of a path that does not climb.
fn parts(path: &str) -> Result<Vec<&str>, Obstacle> {
    let part = |part: Component<'_>| matches!(part, Component::Normal(_));
    let is_plain = !path.is_empty() && Path::new(path).components().all(part);
    let parts: Vec<&str> = path.split('/').collect();
    if is_plain && parts.iter().all(|part| !part.is_empty() && *part != ".") {
        return Ok(parts);
    }
    Err(Obstacle::Path(path.to_owned()))
}

/// The kind of what lies somewhere; a link is an obstacle on the way to `path`.
fn kind_of(place: &Path, path: &str) -> Result<Option<FileType>, Obstacle> {
    match fs::symlink_metadata(place) {
        Ok(found) if found.is_symlink() => Err(Obstacle::Link(path.to_owned())),
        Ok(found) => Ok(Some(found.file_type())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(path, error)),
    }
}

/// Writes a file that is not there. One that was left half written is removed, and so is a link of that name.
fn write_new(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let opened = match File::create_new(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::remove_file(file)?;
            File::create_new(file)
        }
        opened => opened,
    };
    opened?.write_all(bytes)
}

fn refused(path: &str, error: io::Error) -> Obstacle {
    let path = path.to_owned();
    Obstacle::Refused { path, error }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn nothing_is_written_or_removed_by_a_link() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let letter = outside.path().join("letter.txt");
        fs::write(&letter, "dear").unwrap();
        let folder = ConfinedFolder::open(inside.path()).unwrap();
        symlink(outside.path(), inside.path().join("linked")).unwrap();
        symlink(&letter, inside.path().join("letter.txt")).unwrap();
        symlink(outside.path().join("new.txt"), inside.path().join("dangling.txt")).unwrap();
        for path in [
            "linked/letter.txt",
            "linked/a/b.txt",
            "letter.txt",
            "dangling.txt",
        ] {
            for refused in [folder.write(path, b"other"), folder.exchange(path, b"other")] {
                assert!(matches!(refused, Err(Obstacle::Link(_))), "{path}: {refused:?}");
            }
            assert!(!folder.remove(path).unwrap(), "{path}");
        }
        assert_eq!(fs::read_to_string(&letter).unwrap(), "dear");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
        // A second name of a file keeps its text.
        for write in [ConfinedFolder::write, ConfinedFolder::exchange] {
            let second = inside.path().join("second.txt");
            let _ = fs::remove_file(&second);
            fs::hard_link(&letter, &second).unwrap();
            write(&folder, "second.txt", b"other").unwrap();
            assert_eq!(fs::read_to_string(&second).unwrap(), "other");
            assert_eq!(fs::read_to_string(&letter).unwrap(), "dear");
        }
    }

    #[test]
    fn paths_that_climb_are_none() {
        let inside = tempfile::tempdir().unwrap();
        let folder = ConfinedFolder::open(&inside.path().join("a/b")).unwrap();
        for path in ["", ".", "..", "../x", "x/../../y", "/etc/x", "a//b", "./a", "a/."] {
            assert!(
                matches!(folder.write(path, b"x"), Err(Obstacle::Path(_))),
                "{path}"
            );
            assert!(matches!(folder.remove(path), Err(Obstacle::Path(_))), "{path}");
        }
        assert_eq!(fs::read_dir(inside.path()).unwrap().count(), 1);
    }

    #[test]
    fn folders_come_and_go_with_their_files() {
        let inside = tempfile::tempdir().unwrap();
        let folder = ConfinedFolder::open(inside.path()).unwrap();
        folder.write("a/b/c.txt", b"1").unwrap();
        folder.write("a/b/c.txt", b"2").unwrap();
        assert_eq!(fs::read(inside.path().join("a/b/c.txt")).unwrap(), b"2");
        assert_eq!(folder.look("a/b").unwrap(), Some(Lies::Folder));
        assert_eq!(folder.look("a/b/c.txt/d").unwrap(), None);
        assert!(matches!(folder.write("a/b", b"3"), Err(Obstacle::NoFile(_))));
        let in_the_way = folder.write("a/b/c.txt/d", b"3").unwrap_err();
        assert_eq!(
            in_the_way.to_string(),
            "a/b/c.txt lies where a folder has to be; remove it"
        );
        assert!(folder.remove("a/b/c.txt").unwrap() && !folder.remove("a/b/c.txt").unwrap());
        assert_eq!(fs::read_dir(inside.path()).unwrap().count(), 0);
        // What an interrupted run left is written over.
        fs::write(inside.path().join(".x.being-written"), "ha").unwrap();
        folder.exchange("x", b"half").unwrap();
        assert_eq!(fs::read_dir(inside.path()).unwrap().count(), 1);
    }
}
