//! Repositories as bare ones on disk, so that Git's own program can serve them, and what was pushed to them read back.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use jiff::Timestamp;

use super::git::{Commit, Entry, Files, ObjectFormat, Signature, commit_text, tree_content, tree_id};
use super::repository::Repository;

/// Servers let clients leave contents out, as Gitea does.
const CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n[http]\n\treceivepack = true\n[uploadpack]\n\tallowFilter = true\n";

/// Writes a repository to a folder; what is there already stays. `closed` are branches to which nobody may push.
pub(super) fn write(repository: &Repository, folder: &Path, closed: &[String]) {
    let put = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    };
    put(
        "HEAD",
        &format!("ref: refs/heads/{}\n", repository.default_branch),
    );
    put("config", CONFIG);
    fs::create_dir_all(folder.join("objects")).expect("the folder is ours");
    for kind in ["heads", "tags"] {
        let _ = fs::remove_dir_all(folder.join("refs").join(kind));
        fs::create_dir_all(folder.join("refs").join(kind)).expect("the folder is ours");
    }
    for commit in repository.commits.values() {
        write_commit(folder, commit, repository.format);
    }
    for (name, id) in &repository.branches {
        put(&format!("refs/heads/{name}"), &format!("{id}\n"));
    }
    for (name, id) in &repository.tags {
        put(&format!("refs/tags/{name}"), &format!("{id}\n"));
    }
    guard(folder, closed);
}

/// The hook that refuses pushes to closed branches, in the words of Gitea.
fn guard(folder: &Path, closed: &[String]) {
    use std::os::unix::fs::PermissionsExt;
    let refusals: String = closed
        .iter()
        .map(|branch| {
            format!(
                "if [ \"$name\" = refs/heads/{branch} ]; then printf '\\nerror:\\nerror: Not allowed to push to protected branch {branch}\\nerror:\\n' >&2; exit 1; fi\n"
            )
        })
        .collect();
    let script = format!("#!/bin/sh\nwhile read before after name; do\n:\n{refusals}done\n");
    let path = folder.join("hooks/pre-receive");
    fs::create_dir_all(folder.join("hooks")).expect("the folder is ours");
    fs::write(&path, script).expect("the folder is ours");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
}

fn write_commit(folder: &Path, commit: &Commit, format: ObjectFormat) {
    if object_path(folder, &commit.id).exists() {
        return;
    }
    write_tree(folder, &commit.files, "", format);
    write_object(folder, "commit", commit_text(commit).as_bytes(), format);
}

fn write_tree(folder: &Path, files: &Files, below: &str, format: ObjectFormat) {
    for row in super::git::rows(files, below, format) {
        match row.entry.as_deref() {
            None => write_tree(folder, files, &format!("{}/", row.path), format),
            Some(Entry::Submodule(..)) => {}
            Some(entry) => drop(write_object(folder, "blob", entry.blob(), format)),
        }
    }
    write_object(folder, "tree", &tree_content(files, below, format), format);
}

fn object_path(folder: &Path, id: &str) -> std::path::PathBuf {
    folder.join("objects").join(&id[..2]).join(&id[2..])
}

fn write_object(folder: &Path, kind: &str, content: &[u8], format: ObjectFormat) -> String {
    let id = format.id(kind, content);
    let path = object_path(folder, &id);
    if !path.exists() {
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder is ours");
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        let head = format!("{kind} {}\0", content.len());
        let whole = [head.as_bytes(), content].concat();
        packed.write_all(&whole).expect("memory takes it");
        fs::write(path, packed.finish().expect("memory takes it")).expect("the folder is ours");
    }
    id
}

/// Reads back what was pushed: branches that are new, changed or gone, and their commits. Whether anything was.
pub(super) fn read(repository: &mut Repository, folder: &Path, now: Timestamp) -> bool {
    let listing = git(
        folder,
        &[
            "for-each-ref",
            "--format=%(objectname) %(refname:short)",
            "refs/heads",
        ],
    );
    let listing = String::from_utf8_lossy(&listing).into_owned();
    let branches = listing.lines().filter_map(|line| line.split_once(' '));
    let branches: std::collections::BTreeMap<String, String> = branches
        .map(|(id, name)| (name.to_owned(), id.to_owned()))
        .collect();
    if branches == repository.branches {
        return false;
    }
    for id in branches.values() {
        let mut next = id.clone();
        while !next.is_empty() && !repository.commits.contains_key(&next) {
            let commit = read_commit(folder, &next, repository.format);
            let before = commit.parent.clone().unwrap_or_default();
            repository.commits.insert(next, Arc::new(commit));
            next = before;
        }
    }
    let was_empty = repository.branches.is_empty();
    repository.branches = branches;
    if was_empty && !repository.branches.contains_key(&repository.default_branch) {
        let first = repository.branches.keys().next().cloned();
        repository.default_branch = first.unwrap_or_default();
    }
    repository.updated = now;
    true
}

fn read_commit(folder: &Path, id: &str, format: ObjectFormat) -> Commit {
    let text = git(folder, &["cat-file", "commit", id]);
    let text = String::from_utf8_lossy(&text).into_owned();
    let (head, message) = text.split_once("\n\n").unwrap_or((&text, ""));
    let field = |name: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::to_owned)
    };
    let author = field("author ").unwrap_or_default();
    let (name, rest) = author.split_once(" <").unwrap_or((&author, ""));
    let (email, time) = rest.split_once("> ").unwrap_or((rest, ""));
    let seconds = time.split(' ').next().and_then(|seconds| seconds.parse().ok());
    let files = read_files(folder, id);
    Commit {
        id: id.to_owned(),
        tree: tree_id(&files, "", format),
        parent: field("parent "),
        files: Arc::new(files),
        author: Signature {
            name: name.to_owned(),
            email: email.to_owned(),
        },
        at: Timestamp::from_second(seconds.unwrap_or_default()).unwrap_or_default(),
        message: message.trim_end().to_owned(),
    }
}

fn read_files(folder: &Path, commit: &str) -> Files {
    let listing = git(folder, &["ls-tree", "-r", "-z", commit]);
    let mut files = Files::new();
    for row in listing.split(|byte| *byte == 0).filter(|row| !row.is_empty()) {
        let row = String::from_utf8_lossy(row).into_owned();
        let (head, path) = row.split_once('\t').expect("a row has a path");
        let parts: Vec<&str> = head.split(' ').collect();
        let content = || git(folder, &["cat-file", "blob", parts[2]]);
        let entry = match parts[0] {
            "100755" => Entry::Executable(content().into()),
            "120000" => Entry::Symlink(String::from_utf8_lossy(&content()).into_owned()),
            "160000" => Entry::Submodule(String::new(), parts[2].to_owned()),
            _ => Entry::File(content().into()),
        };
        files.insert(path.to_owned(), Arc::new(entry));
    }
    files
}

fn git(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let ran = Command::new("git")
        .arg("--git-dir")
        .arg(folder)
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is installed");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "git {arguments:?}: {said}");
    ran.stdout
}
