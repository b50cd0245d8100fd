//! A repository on disk, as `git init`, `git add` and `git commit` would leave it.

use std::fs;
use std::path::Path;

use model::Fault;

use super::objects::{Object, Objects, hex, sha1};
use super::pack::packed;

const CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n";

/// Makes the `.git` of a folder whose files are those of the commit. Doing it again changes nothing. Blocks.
pub fn make_repository(folder: &Path, objects: &Objects, branch: &str) -> Result<(), Fault> {
    check_branch(branch)?;
    let git = folder.join(".git");
    for object in &objects.list {
        write_loose(&git, object)?;
    }
    put(&git, "config", CONFIG.as_bytes())?;
    put(&git, "index", &index(objects))?;
    put(&git, "HEAD", format!("ref: refs/heads/{branch}\n").as_bytes())?;
    fs::create_dir_all(git.join("refs/tags")).map_err(|error| unwritable(&git, &error))?;
    put(
        &git,
        &format!("refs/heads/{branch}"),
        format!("{}\n", objects.commit()).as_bytes(),
    )
}

/// Fails for a name that no branch may have.
pub fn check_branch(branch: &str) -> Result<(), Fault> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    let has_wrong_part = branch.split('/').any(|part| {
        part.is_empty() || part.starts_with(['.', '-']) || part.to_ascii_lowercase().ends_with(".lock")
    });
    if branch.is_empty() || has_wrong_part || branch.contains("..") || !branch.chars().all(is_letter) {
        return Err(Fault::input(format!(
            "{branch:?} is no name of a branch: it has letters, digits, '-', '_', '.' and '/'"
        )));
    }
    Ok(())
}

fn write_loose(git: &Path, object: &Object) -> Result<(), Fault> {
    let id = hex(&object.id);
    let (folder, name) = id.split_at(2);
    let path = format!("objects/{folder}/{name}");
    if git.join(&path).exists() {
        return Ok(());
    }
    let mut whole = format!("{} {}\0", object.kind.word(), object.bytes.len()).into_bytes();
    whole.extend_from_slice(&object.bytes);
    put(git, &path, &packed(&whole)?)
}

/// Writes a file whole or not at all.
fn put(git: &Path, path: &str, bytes: &[u8]) -> Result<(), Fault> {
    let target = git.join(path);
    let folder = target.parent().unwrap_or(git);
    let written = fs::create_dir_all(folder).and_then(|()| {
        let draft = target.with_extension("draft");
        fs::write(&draft, bytes)?;
        fs::rename(&draft, &target)
    });
    written.map_err(|error| unwritable(&target, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::error(format!("{} cannot be written: {error}", path.display()))
}

/// The index: all files, to be compared with those on disk by whoever looks first.
fn index(objects: &Objects) -> Vec<u8> {
    let count = u32::try_from(objects.files.len()).unwrap_or(u32::MAX);
    let mut index = b"DIRC\0\0\0\x02".to_vec();
    index.extend_from_slice(&count.to_be_bytes());
    for file in &objects.files {
        let start = index.len();
        // Times, device, inode: not known.
        index.extend_from_slice(&[0; 24]);
        let mode: u32 = if file.is_executable { 0o100_755 } else { 0o100_644 };
        index.extend_from_slice(&mode.to_be_bytes());
        // Owner, group, size: not known.
        index.extend_from_slice(&[0; 12]);
        index.extend_from_slice(&file.id);
        let length = u16::try_from(file.path.len()).unwrap_or(u16::MAX).min(0x0fff);
        index.extend_from_slice(&length.to_be_bytes());
        index.extend_from_slice(file.path.as_bytes());
        // At least one zero, up to a multiple of eight.
        let padding = 8 - (index.len() - start) % 8;
        index.extend_from_slice(&[0; 8][..padding]);
    }
    let digest = sha1(&index);
    index.extend_from_slice(&digest);
    index
}
