//! A repository: what a test says about it, and what the server keeps of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::change::Change;
use super::git::{Commit, Entry, Files, ObjectFormat, Signature};
use super::work::{Issue, Release, Run, Status};

/// A repository. Made with builder methods, handed to [`crate::FakeGitea::repository`], changed with [`crate::FakeGitea::edit`].
///
/// Without any file it is an empty repository, one without commits.
#[derive(Debug, Clone)]
pub struct Repository {
    /// The number that stays through renames; given by the server.
    pub id: u64,
    /// Name of the owning user or organisation.
    pub owner: String,
    /// Name below the owner.
    pub name: String,
    /// What it is, in words.
    pub description: String,
    /// An address of its own.
    pub website: String,
    /// Only those with access see it.
    pub private: bool,
    /// Nobody may change it: writing answers 423.
    pub archived: bool,
    /// It follows a repository elsewhere.
    pub mirror: bool,
    /// Others may be generated from it.
    pub template: bool,
    /// Full name of the repository it was forked from.
    pub fork_of: Option<String>,
    /// The branch that is read when none is named.
    pub default_branch: String,
    /// Its topics.
    pub topics: Vec<String>,
    /// Bytes by language, the largest is the main one.
    pub languages: BTreeMap<String, u64>,
    /// How its objects are named.
    pub format: ObjectFormat,
    /// When it was made.
    pub created: Timestamp,
    /// When commits, branches or topics last changed. Gitea leaves it as it is when a repository is renamed, given away, made private or
    /// archived, and for every other setting (measured with 1.26).
    pub updated: Timestamp,
    /// The first push came, but the server has not worked it through: for half a second `empty` is still true, its branches are
    /// 500 and `raw` is 404, whereas `contents` and `git/trees` answer already (measured with 1.26).
    pub settling: bool,
    pub(super) archived_since: Option<Timestamp>,
    pub(super) branches: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) commits: HashMap<String, Arc<Commit>>,
    pub(super) issues: Vec<Issue>,
    pub(super) releases: Vec<Release>,
    pub(super) runs: Vec<Run>,
    pub(super) statuses: Vec<Status>,
    pub(super) first: Change,
    pub(super) plan: Vec<(String, Change)>,
}

impl Repository {
    /// A public, empty repository `owner/name` with the default branch `main`.
    ///
    /// # Panics
    ///
    /// When `full_name` has no slash.
    pub fn new(full_name: &str) -> Self {
        let (owner, name) = full_name.split_once('/').expect("a repository is owner/name");
        Self {
            id: 0,
            owner: owner.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            website: String::new(),
            private: false,
            archived: false,
            mirror: false,
            template: false,
            fork_of: None,
            default_branch: "main".to_owned(),
            topics: Vec::new(),
            languages: BTreeMap::new(),
            format: ObjectFormat::Sha1,
            created: Timestamp::UNIX_EPOCH,
            updated: Timestamp::UNIX_EPOCH,
            settling: false,
            archived_since: None,
            branches: BTreeMap::new(),
            tags: BTreeMap::new(),
            commits: HashMap::new(),
            issues: Vec::new(),
            releases: Vec::new(),
            runs: Vec::new(),
            statuses: Vec::new(),
            first: Change::new("First version"),
            plan: Vec::new(),
        }
    }

    /// With a description.
    pub fn description(mut self, text: &str) -> Self {
        text.clone_into(&mut self.description);
        self
    }

    /// Private.
    pub fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// Archived, after its commits.
    pub fn archived(mut self) -> Self {
        self.archived = true;
        self
    }

    /// A mirror of a repository elsewhere.
    pub fn mirror(mut self) -> Self {
        self.mirror = true;
        self
    }

    /// A fork of `owner/name`.
    pub fn fork_of(mut self, full_name: &str) -> Self {
        self.fork_of = Some(full_name.to_owned());
        self
    }

    /// With another default branch than `main`.
    pub fn default_branch(mut self, name: &str) -> Self {
        name.clone_into(&mut self.default_branch);
        self
    }

    /// With topics.
    pub fn topics(mut self, topics: &[&str]) -> Self {
        self.topics = topics.iter().map(|topic| (*topic).to_owned()).collect();
        self
    }

    /// With so many bytes in a language.
    pub fn language(mut self, name: &str, bytes: u64) -> Self {
        self.languages.insert(name.to_owned(), bytes);
        self
    }

    /// With ids of 64 digits.
    pub fn sha256(mut self) -> Self {
        self.format = ObjectFormat::Sha256;
        self
    }

    /// With a file in the first commit of the default branch.
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.first = self.first.file(path, content);
        self
    }

    /// With more than plain files in the first commit.
    pub fn first(mut self, edit: impl FnOnce(Change) -> Change) -> Self {
        self.first = edit(self.first);
        self
    }

    /// With one more commit on a branch, which is made from the default branch if it is new.
    pub fn commit(mut self, branch: &str, change: Change) -> Self {
        self.plan.push((branch.to_owned(), change));
        self
    }

    /// Keeps since when it is archived.
    pub(super) fn note_archived(&mut self, now: Timestamp) {
        self.archived_since = self.archived.then(|| self.archived_since.unwrap_or(now));
    }

    /// Its name with its owner's.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// Whether it has no commit.
    pub fn is_empty(&self) -> bool {
        self.branches.is_empty()
    }

    /// Whether the server says so.
    pub(super) fn seems_empty(&self) -> bool {
        self.settling || self.is_empty()
    }

    /// The newest commit of a branch.
    pub fn head(&self, branch: &str) -> Option<&str> {
        self.branches.get(branch).map(String::as_str)
    }

    /// The commit of a branch, a tag or an id; of the default branch for an empty name.
    pub(super) fn commit_of(&self, reference: &str) -> Option<&Arc<Commit>> {
        let reference = if reference.is_empty() {
            &self.default_branch
        } else {
            reference
        };
        let short = reference
            .strip_prefix("refs/heads/")
            .or_else(|| reference.strip_prefix("refs/tags/"));
        let name = short.unwrap_or(reference);
        let id = self.branches.get(name).or_else(|| self.tags.get(name));
        self.commits.get(id.map_or(name, String::as_str))
    }

    /// A commit and those before it, newest first.
    pub(super) fn history<'a>(&'a self, commit: &'a Arc<Commit>) -> impl Iterator<Item = &'a Arc<Commit>> {
        let parent = |commit: &&'a Arc<Commit>| commit.parent.as_ref().and_then(|id| self.commits.get(id));
        std::iter::successors(Some(commit), parent)
    }

    pub(super) fn parent_files(&self, commit: &Commit) -> Arc<Files> {
        let parent = commit.parent.as_ref().and_then(|id| self.commits.get(id));
        parent.map(|parent| parent.files.clone()).unwrap_or_default()
    }

    /// The newest commit that changed a file, or anything below a folder; for an empty path the newest of all.
    pub(super) fn last_change<'a>(&'a self, of: &'a Arc<Commit>, path: &str) -> Option<&'a Arc<Commit>> {
        self.history(of).find(|commit| self.touches(commit, path))
    }

    /// Whether a commit changed a file, or anything below a folder.
    pub(super) fn touches(&self, commit: &Commit, path: &str) -> bool {
        let before = self.parent_files(commit);
        path.is_empty() || !below(&before, path).eq(below(&commit.files, path))
    }

    /// Commits to a branch; a new one begins at the default branch, or at nothing.
    pub(super) fn commit_to(
        &mut self,
        branch: &str,
        change: &Change,
        author: Signature,
        at: Timestamp,
    ) -> Arc<Commit> {
        let default = self.branches.get(&self.default_branch);
        let parent = self.branches.get(branch).or(default).cloned();
        let mut files = Files::new();
        if let Some(parent) = parent.as_ref().and_then(|id| self.commits.get(id)) {
            files.clone_from(&*parent.files);
        }
        change.apply(&mut files);
        let author = change.author.clone().unwrap_or(author);
        let moment = change.at.unwrap_or(at);
        let made = Commit::new(self.format, parent, files, author, moment, change.message.clone());
        let made = Arc::new(made);
        self.commits.insert(made.id.clone(), made.clone());
        self.branches.insert(branch.to_owned(), made.id.clone());
        self.updated = at;
        made
    }
}

fn below<'a>(files: &'a Files, path: &'a str) -> impl Iterator<Item = (&'a String, &'a Arc<Entry>)> {
    let inside = |rest: &str| rest.is_empty() || rest.starts_with('/');
    let starting = files
        .range(path.to_owned()..)
        .take_while(move |(name, _)| name.starts_with(path));
    starting.filter(move |(name, _)| inside(&name[path.len()..]))
}
