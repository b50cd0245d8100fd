//! A bare repository as the program `git` keeps it, and Git over HTTP as its `http-backend` speaks it.
//!
//! The servers of GitHub and GitLab in memory stand on it, so that what is pushed and committed is judged by Git itself.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::small_server::{Asked, Reply};

/// A repository in a folder.
#[derive(Debug, Clone)]
pub(crate) struct BareRepository {
    /// The folder that all repositories of the server are in.
    root: PathBuf,
    folder: PathBuf,
}

/// A change of one path: its mode and object, or that it is gone.
pub(crate) type Change = (String, Option<(String, String)>);

impl BareRepository {
    /// Makes an empty repository below a folder.
    pub(crate) fn make(root: &Path, full_name: &str) -> Self {
        let folder = root.join(format!("{full_name}.git"));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let made = Self {
            root: root.to_owned(),
            folder,
        };
        made.git(&["init", "-q", "--bare", "-b", "main"], b"")
            .expect("git makes a repository");
        made
    }

    /// Makes a commit of files on the branch `main`; nothing without files.
    pub(crate) fn add_files(&self, files: &[(&str, &str)]) {
        if files.is_empty() {
            return;
        }
        let change = |(path, text): &(&str, &str)| {
            let blob = self.blob(text.as_bytes());
            ((*path).to_owned(), Some(("100644".to_owned(), blob)))
        };
        let changes: Vec<Change> = files.iter().map(change).collect();
        let tree = self.tree(None, &changes).expect("the files of a test are files");
        let commit = self
            .commit(&tree, &[], "before", None)
            .expect("git makes a commit");
        assert!(self.set_branch("main", &commit), "git sets a branch");
    }

    fn git(&self, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
        let mut running = Command::new("git")
            .arg("-C")
            .arg(&self.folder)
            .args(arguments)
            .env("GIT_INDEX_FILE", self.folder.join("fake-index"))
            .envs([
                ("GIT_COMMITTER_NAME", "fake"),
                ("GIT_COMMITTER_EMAIL", "fake@fake.example"),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program git is installed");
        // A program that fails early does not read its input.
        let _ = running.stdin.take().expect("it is piped").write_all(input);
        let ran = running.wait_with_output().expect("the program ends");
        ran.status.success().then_some(ran.stdout)
    }

    fn line(&self, arguments: &[&str], input: &[u8]) -> Option<String> {
        let out = self.git(arguments, input)?;
        Some(String::from_utf8_lossy(&out).trim().to_owned())
    }

    /// Keeps a file and gives its name.
    pub(crate) fn blob(&self, bytes: &[u8]) -> String {
        self.line(&["hash-object", "-w", "--stdin"], bytes)
            .expect("git keeps a file")
    }

    /// Whether there is an object of a kind under a name.
    pub(crate) fn has(&self, kind: &str, name: &str) -> bool {
        self.line(&["cat-file", "-t", name], b"")
            .is_some_and(|found| found == kind)
    }

    /// A tree with changes; nothing where Git does not take them.
    pub(crate) fn tree(&self, base: Option<&str>, changes: &[Change]) -> Option<String> {
        let _ = std::fs::remove_file(self.folder.join("fake-index"));
        if let Some(base) = base {
            self.git(&["read-tree", base], b"")?;
        }
        let mut input = String::new();
        for (path, entry) in changes {
            match entry {
                Some((mode, name)) => input.push_str(&format!("{mode} {name}\t{path}\n")),
                None => input.push_str(&format!("0 {}\t{path}\n", "0".repeat(40))),
            }
        }
        self.git(&["update-index", "--add", "--index-info"], input.as_bytes())?;
        self.line(&["write-tree"], b"")
    }

    /// Keeps a commit and gives its name.
    pub(crate) fn commit(
        &self,
        tree: &str,
        parents: &[&str],
        message: &str,
        author: Option<(&str, &str)>,
    ) -> Option<String> {
        let (name, email) = author.unwrap_or(("token's user", "user@fake.example"));
        let (name, email) = (format!("author.name={name}"), format!("author.email={email}"));
        let mut arguments = vec!["-c", name.as_str(), "-c", email.as_str(), "commit-tree", tree];
        arguments.extend(parents.iter().flat_map(|parent| ["-p", parent]));
        self.line(&arguments, message.as_bytes())
    }

    /// The commit of a branch.
    pub(crate) fn branch(&self, name: &str) -> Option<String> {
        let reference = format!("refs/heads/{name}");
        self.line(&["rev-parse", "-q", "--verify", &reference], b"")
    }

    /// Sets a branch; whether Git takes it.
    pub(crate) fn set_branch(&self, name: &str, commit: &str) -> bool {
        self.git(&["update-ref", &format!("refs/heads/{name}"), commit], b"")
            .is_some()
    }

    /// Whether there is a commit.
    pub(crate) fn is_empty(&self) -> bool {
        self.line(&["for-each-ref", "--count=1"], b"")
            .is_none_or(|found| found.is_empty())
    }

    /// The branch that was pushed first, if `HEAD` names none: a host makes it the default.
    pub(crate) fn default_branch(&self) -> String {
        let names = self.line(&["for-each-ref", "--format=%(refname:short)", "refs/heads"], b"");
        let names = names.unwrap_or_default();
        if names.is_empty() || names.lines().any(|name| name == "main") {
            return "main".to_owned();
        }
        names.lines().next().unwrap_or("main").to_owned()
    }

    /// The tree of a commit.
    pub(crate) fn tree_of(&self, commit: &str) -> Option<String> {
        self.line(
            &["rev-parse", "-q", "--verify", &format!("{commit}^{{tree}}")],
            b"",
        )
    }

    /// The files of a commit or branch by path, each with its mode.
    pub(crate) fn files(&self, reference: &str) -> BTreeMap<String, String> {
        let listing = self
            .line(&["ls-tree", "-r", "-z", reference], b"")
            .unwrap_or_default();
        let entries = listing.split('\0').filter_map(|line| {
            let (about, path) = line.split_once('\t')?;
            Some((path.to_owned(), about.split(' ').next()?.to_owned()))
        });
        entries.collect()
    }

    /// A file of a commit or branch.
    pub(crate) fn file(&self, reference: &str, path: &str) -> Option<Vec<u8>> {
        self.git(&["cat-file", "blob", &format!("{reference}:{path}")], b"")
    }

    /// Takes the branches and commits of another repository.
    pub(crate) fn fetch_from(&self, other: &Self) {
        let other = other.folder.display().to_string();
        self.git(&["fetch", "-q", &other, "refs/heads/*:refs/heads/*"], b"")
            .expect("git fetches");
    }

    /// Author and message of a commit.
    pub(crate) fn told(&self, reference: &str) -> Option<String> {
        self.line(&["log", "-1", "--format=%an <%ae> %B", reference], b"")
    }

    /// Answers a request of Git itself.
    pub(crate) fn answer(&self, asked: &Asked) -> Reply {
        let header = |name: &str| asked.header(name).unwrap_or_default().to_owned();
        let mut running = Command::new("git")
            .arg("http-backend")
            .env("GIT_PROJECT_ROOT", &self.root)
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("REMOTE_USER", "token")
            .env("REQUEST_METHOD", &asked.method)
            .env("PATH_INFO", format!("/{}", asked.path.join("/")))
            .env("QUERY_STRING", &asked.raw_query)
            .env("CONTENT_TYPE", header("content-type"))
            .env("CONTENT_LENGTH", asked.body.len().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program git is installed");
        let _ = running.stdin.take().expect("it is piped").write_all(&asked.body);
        let ran = running.wait_with_output().expect("the program ends");
        from_cgi(&ran.stdout)
    }
}

/// The files of a branch, each with its mode and content as a text.
pub(crate) fn text_files(bare: &BareRepository, branch: &str) -> BTreeMap<String, (String, String)> {
    let content = |path: &str| {
        let bytes = bare.file(branch, path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let files = bare.files(branch).into_iter();
    files
        .map(|(path, mode)| (path.clone(), (mode, content(&path))))
        .collect()
}

/// The answer of a program that speaks CGI.
fn from_cgi(out: &[u8]) -> Reply {
    let end = out
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap_or(out.len());
    let head = String::from_utf8_lossy(&out[..end]).into_owned();
    let body = out.get(end + 4..).unwrap_or_default().to_vec();
    let mut reply = Reply::of(200, body);
    for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
        if name.eq_ignore_ascii_case("status") {
            reply.status = value
                .split(' ')
                .next()
                .and_then(|code| code.parse().ok())
                .unwrap_or(500);
        } else {
            reply.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
    reply
}
