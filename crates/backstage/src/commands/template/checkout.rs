//! A checkout of a project's repository on this disk: which project it is, whether an update may touch it, and putting the update's
//! files into it. Git itself is asked; nothing is committed.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use scaffolder::merge::{Outcome, merge_file};
use scm::TreeFile;

/// Largest file that is read for merging.
const MAX_FILE: u64 = 64 << 20;
/// Most changed files that an error names.
const MOST_NAMED: usize = 5;
/// The bits of a mode that let a file be run.
const RUNS: u32 = 0o111;

/// The root of a checkout.
pub struct Checkout(PathBuf);

/// A file as an update has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub path: String,
    /// As the portal has read it; nothing where there was none.
    pub before: Option<TreeFile>,
    /// As it is to be; nothing where there is none.
    pub after: Option<TreeFile>,
}

/// What is at a path.
enum Found {
    Nothing,
    File(TreeFile),
    /// A link, a folder, or a file that is too large to merge.
    Other,
}

impl Checkout {
    /// The checkout that a folder is in.
    pub fn of(folder: &Path) -> Result<Self> {
        let root = git(folder, &["rev-parse", "--show-toplevel"]);
        let root = root.with_context(|| format!("{} is in no checkout of Git", folder.display()))?;
        Ok(Self(PathBuf::from(root.trim_end_matches('\n'))))
    }

    /// Owner and name of the repository that the remote `origin` names, as a project is found by them.
    pub fn project(&self) -> Result<String> {
        let origin = git(&self.0, &["remote", "get-url", "origin"]).with_context(|| {
            let folder = self.0.display();
            format!("{folder} has no remote origin; name the project: backstage template update OWNER/NAME --write")
        })?;
        Ok(path_of(origin.trim()).to_owned())
    }

    /// Fails where something in it is not committed.
    pub fn check_clean(&self) -> Result<()> {
        let changed = git(&self.0, &["status", "--porcelain=v1", "--untracked-files=all"])?;
        let changed: Vec<&str> = changed.lines().collect();
        if changed.is_empty() {
            return Ok(());
        }
        let named: Vec<&str> = changed
            .iter()
            .filter_map(|line| line.get(3..))
            .take(MOST_NAMED)
            .collect();
        let more = changed.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        bail!(
            "{} has changes that are not committed ({}{more}); commit or stash them, or update over them with --force",
            self.0.display(),
            named.join(", ")
        )
    }

    /// Puts a file of an update into the checkout, merged with what is there. What a person has to decide stands in the file between
    /// marks.
    pub fn write(&self, wanted: &Wanted) -> Result<Outcome> {
        let target = self.target(&wanted.path)?;
        let ours = match read(&target)? {
            Found::Nothing => None,
            Found::File(file) => Some(file),
            Found::Other => return Ok(Outcome::KeptWhole),
        };
        if ours == wanted.after {
            return Ok(Outcome::Merged);
        }
        let (before, after) = (wanted.before.as_ref(), wanted.after.as_ref());
        let (outcome, merged) = merge_file(before, after, ours.as_ref());
        match merged {
            Some(file) if Some(&file) != ours.as_ref() => put(&target, &file)?,
            None if outcome == Outcome::Removed => {
                fs::remove_file(&target)
                    .with_context(|| format!("{} cannot be removed", target.display()))?;
            }
            _ => {}
        }
        Ok(outcome)
    }

    /// Writes a text, whatever is in its place.
    pub fn replace(&self, path: &str, text: &str) -> Result<()> {
        let target = self.target(path)?;
        if fs::symlink_metadata(&target).is_ok_and(|found| !found.is_file()) {
            bail!("{path} is a link or a folder in this checkout; move it away first");
        }
        let file = TreeFile {
            bytes: text.as_bytes().to_vec().into(),
            is_executable: false,
        };
        put(&target, &file)
    }

    /// The place of a file. Fails where it is not within the checkout, or the way to it leads over a link.
    fn target(&self, path: &str) -> Result<PathBuf> {
        let parts: Vec<Component<'_>> = Path::new(path).components().collect();
        let is_plain = |part: &Component<'_>| matches!(part, Component::Normal(_));
        let is_git = |part: &Component<'_>| part.as_os_str().eq_ignore_ascii_case(".git");
        if parts.is_empty() || !parts.iter().all(is_plain) || parts.iter().any(is_git) {
            bail!("the portal names {path:?}, which is no path within a checkout; nothing more is written");
        }
        let mut target = self.0.clone();
        for (index, part) in parts.iter().enumerate() {
            target.push(part);
            let is_last = index + 1 == parts.len();
            if !is_last && fs::symlink_metadata(&target).is_ok_and(|found| !found.is_dir()) {
                bail!(
                    "{path} cannot be written: {} is no folder; move it away first",
                    target.display()
                );
            }
        }
        Ok(target)
    }
}

/// What Git prints.
fn git(folder: &Path, arguments: &[&str]) -> Result<String> {
    let ran = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let ran = ran.context("git cannot be run; --write needs it to look at the checkout")?;
    if !ran.status.success() {
        bail!("git says: {}", String::from_utf8_lossy(&ran.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
}

/// The path in an address of a repository, as HTTP or SSH take it.
fn path_of(address: &str) -> &str {
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => address.split_once(':').map_or(address, |(_, path)| path),
    };
    let path = path.trim_matches('/');
    path.strip_suffix(".git").unwrap_or(path)
}

fn read(target: &Path) -> Result<Found> {
    let found = match fs::symlink_metadata(target) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", target.display())),
    };
    if !found.is_file() || found.len() > MAX_FILE {
        return Ok(Found::Other);
    }
    let bytes = fs::read(target).with_context(|| format!("{} cannot be read", target.display()))?;
    Ok(Found::File(TreeFile {
        bytes: bytes.into(),
        is_executable: found.permissions().mode() & RUNS != 0,
    }))
}

fn put(target: &Path, file: &TreeFile) -> Result<()> {
    let written = || {
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(target, &file.bytes)?;
        let mut permissions = fs::metadata(target)?.permissions();
        let mode = permissions.mode();
        let wanted = if file.is_executable {
            mode | RUNS
        } else {
            mode & !RUNS
        };
        permissions.set_mode(wanted);
        fs::set_permissions(target, permissions)
    };
    written().with_context(|| format!("{} cannot be written", target.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> TreeFile {
        TreeFile {
            bytes: text.as_bytes().to_vec().into(),
            is_executable: false,
        }
    }

    fn wanted(path: &str, before: Option<&str>, after: Option<&str>) -> Wanted {
        Wanted {
            path: path.to_owned(),
            before: before.map(file),
            after: after.map(file),
        }
    }

    #[test]
    fn addresses_of_remotes_name_projects() {
        for address in [
            "https://git.example.com/shop/orders.git",
            "https://git.example.com/shop/orders/",
            "git@git.example.com:shop/orders.git",
            "ssh://git@git.example.com:2222/shop/orders",
        ] {
            assert_eq!(path_of(address), "shop/orders", "{address}");
        }
    }

    #[test]
    fn files_are_merged_into_the_checkout() {
        let folder = tempfile::tempdir().unwrap();
        let checkout = Checkout(folder.path().to_owned());
        let at = |path: &str| folder.path().join(path);
        for (path, text) in [
            ("a", "1\n2\n3\n4\nmine\n"),
            ("b", "mine\n"),
            ("c", "old"),
            ("d", "mine"),
        ] {
            fs::write(at(path), text).unwrap();
        }
        let cases = [
            (
                wanted("a", Some("1\n2\n3\n4\n5\n"), Some("one\n2\n3\n4\n5\n")),
                Outcome::Merged,
            ),
            (wanted("b", Some("old\n"), Some("new\n")), Outcome::Conflict),
            (wanted("c", Some("old"), None), Outcome::Removed),
            (wanted("d", Some("old"), None), Outcome::KeptChanged),
            (wanted("e/f", None, Some("new")), Outcome::Added),
            (wanted("e/f", None, Some("new")), Outcome::Merged),
        ];
        for (wanted, outcome) in cases {
            assert_eq!(checkout.write(&wanted).unwrap(), outcome, "{wanted:?}");
        }
        let text = |path: &str| fs::read_to_string(at(path)).ok();
        assert_eq!(text("a").as_deref(), Some("one\n2\n3\n4\nmine\n"));
        let marked = "<<<<<<< this repository\nmine\n=======\nnew\n>>>>>>> newer template\n";
        assert_eq!(text("b").as_deref(), Some(marked));
        assert_eq!(
            (text("c"), text("d").as_deref(), text("e/f").as_deref()),
            (None, Some("mine"), Some("new"))
        );
    }

    #[test]
    fn modes_are_set_and_links_stay() {
        let folder = tempfile::tempdir().unwrap();
        let checkout = Checkout(folder.path().to_owned());
        let mut program = wanted("run", None, Some("x"));
        program.after.as_mut().unwrap().is_executable = true;
        checkout.write(&program).unwrap();
        let mode = fs::metadata(folder.path().join("run"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & RUNS, RUNS);
        std::os::unix::fs::symlink("run", folder.path().join("link")).unwrap();
        let linked = checkout.write(&wanted("link", None, Some("y"))).unwrap();
        assert_eq!(linked, Outcome::KeptWhole);
        assert_eq!(fs::read_to_string(folder.path().join("run")).unwrap(), "x");
    }

    #[test]
    fn paths_out_of_the_checkout_are_refused() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let checkout = Checkout(folder.path().to_owned());
        std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).unwrap();
        for path in [
            "../x",
            "/etc/x",
            "a/../../x",
            ".git/config",
            "a/.GIT/x",
            "",
            "out/x",
        ] {
            assert!(checkout.write(&wanted(path, None, Some("y"))).is_err(), "{path}");
        }
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
