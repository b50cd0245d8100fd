//! A GitHub in memory: the part of the REST API that steps of templates call, with its refusals, and Git over HTTP.
//!
//! Repositories are real ones, kept by the program `git`. A request with a wrong token or a wrong body is refused with the status
//! and the message of GitHub.

mod git_data;
mod routes;
mod sealed;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bare_repository::{BareRepository, text_files};
use crate::small_server::{Asked, Reply, SmallServer, serve};

/// The token that is accepted.
const TOKEN: &str = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
/// The login of the token's user.
const LOGIN: &str = "octocat";

/// A running GitHub; it stops when dropped.
pub struct FakeGithub {
    world: Arc<Mutex<World>>,
    server: SmallServer,
}

struct World {
    url: String,
    folder: TempDir,
    /// Organisations with the short names of their teams.
    organizations: BTreeMap<String, Vec<String>>,
    repositories: BTreeMap<String, Repository>,
    calls: Vec<String>,
    trouble: Option<(String, Reply)>,
}

struct Repository {
    bare: BareRepository,
    /// What it was made with, and what was set later, by the name of the part.
    parts: Value,
    pulls: Vec<Value>,
    hooks: Vec<Value>,
    may_push: bool,
    parent: Option<String>,
}

impl FakeGithub {
    /// Starts a server with the organisation `acme`, its team `platform`, and the token's user `octocat`.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let world = Arc::new(Mutex::new(World {
            url: String::new(),
            folder,
            organizations: BTreeMap::from([("acme".to_owned(), vec!["platform".to_owned()])]),
            repositories: BTreeMap::new(),
            calls: Vec::new(),
            trouble: None,
        }));
        let shared = world.clone();
        let server = serve(|url| {
            url.clone_into(&mut lock(&shared).url);
            move |asked: &Asked| lock(&shared).answer(asked)
        });
        Self { world, server }
    }

    /// The address of the API.
    pub fn api(&self) -> String {
        format!("{}/api/v3", self.server.url)
    }

    /// The host as it stands in `repoUrl`.
    pub fn host(&self) -> &str {
        self.server.url.trim_start_matches("http://")
    }

    /// The token that is accepted.
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// Adds a repository with files on its branch `main`; without files it is empty.
    pub fn add(&self, full_name: &str, files: &[(&str, &str)], may_push: bool) {
        lock(&self.world).add(full_name, files, may_push);
    }

    /// What a repository has beside its files: the parts that were set, `pulls` and `hooks`. Nothing where there is none.
    pub fn repository(&self, full_name: &str) -> Option<Value> {
        let world = lock(&self.world);
        let found = world.repositories.get(full_name)?;
        let mut told = found.parts.clone();
        told["pulls"] = json!(found.pulls);
        told["hooks"] = json!(found.hooks);
        Some(told)
    }

    /// The files of a branch, each with its mode and content.
    pub fn files(&self, full_name: &str, branch: &str) -> BTreeMap<String, (String, String)> {
        let bare = lock(&self.world)
            .repositories
            .get(full_name)
            .map(|found| found.bare.clone());
        bare.map(|bare| text_files(&bare, branch)).unwrap_or_default()
    }

    /// Author and message of the newest commit of a branch.
    pub fn told(&self, full_name: &str, branch: &str) -> Option<String> {
        let bare = lock(&self.world).repositories.get(full_name)?.bare.clone();
        bare.told(branch)
    }

    /// Has somebody open a pull request for a branch of a fork.
    ///
    /// # Panics
    ///
    /// Where there is no such repository.
    pub fn propose_from(&self, full_name: &str, fork: &str, branch: &str) {
        let mut world = lock(&self.world);
        let page = format!("{}/{full_name}", world.url);
        let found = world.repositories.get_mut(full_name);
        found
            .expect("the repository is there")
            .propose(&page, fork, branch);
    }

    /// The calls so far, as `METHOD path`.
    pub fn calls(&self) -> Vec<String> {
        lock(&self.world).calls.clone()
    }

    /// Answers the next call that contains a text in this way, once.
    pub fn refuse(&self, call: &str, status: u16, headers: &[(&str, &str)], body: &Value) {
        let mut reply = Reply::json(status, body);
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        reply.headers.extend(headers);
        lock(&self.world).trouble = Some((call.to_owned(), reply));
    }
}

fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    fn add(&mut self, full_name: &str, files: &[(&str, &str)], may_push: bool) {
        let bare = BareRepository::make(self.folder.path(), full_name);
        bare.add_files(files);
        let made = Repository {
            bare,
            parts: json!({}),
            pulls: Vec::new(),
            hooks: Vec::new(),
            may_push,
            parent: None,
        };
        self.repositories.insert(full_name.to_owned(), made);
    }

    fn answer(&mut self, asked: &Asked) -> Reply {
        let call = format!("{} /{}", asked.method, asked.path.join("/"));
        self.calls.push(call.clone());
        if let Some((_, reply)) = self.trouble.take_if(|(part, _)| call.contains(part.as_str())) {
            return reply;
        }
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["api", "v3", rest @ ..] => {
                if asked.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
                    return refusal(401, "Bad credentials");
                }
                self.route(asked, rest)
            }
            [owner, name, ..] => self.git(asked, owner, name),
            _ => Reply::of(404, "Not Found"),
        }
    }

    fn git(&self, asked: &Asked, owner: &str, name: &str) -> Reply {
        let expected = BASE64_STANDARD.encode(format!("x-access-token:{TOKEN}"));
        if asked.header("authorization") != Some(&format!("Basic {expected}")) {
            let mut reply = Reply::of(401, "Invalid username or token.");
            reply
                .headers
                .push(("www-authenticate".to_owned(), "Basic realm=\"GitHub\"".to_owned()));
            return reply;
        }
        let full_name = format!("{owner}/{}", name.strip_suffix(".git").unwrap_or_default());
        match self.repositories.get(&full_name) {
            Some(found) => found.bare.answer(asked),
            None => Reply::of(404, "Repository not found."),
        }
    }
}

fn refusal(status: u16, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({"message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string()}),
    )
}

/// A refusal of values.
fn invalid(message: &str, error: &Value) -> Reply {
    Reply::json(422, &json!({"message": message, "errors": [error]}))
}
