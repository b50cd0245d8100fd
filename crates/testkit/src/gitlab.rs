//! A GitLab in memory: the part of the REST API that steps of templates call, with its refusals, and Git over HTTP.
//!
//! Projects are real repositories, kept by the program `git`. A request with a wrong token or a wrong body is refused with the
//! status and the message of GitLab.

mod routes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bare_repository::{BareRepository, text_files};
use crate::small_server::{Asked, Reply, SmallServer, serve};

/// The token that is accepted.
const TOKEN: &str = "glpat-0123456789abcdefghij";
/// Number and name of the token's user.
const USER: (u64, &str) = (7, "ines");

/// A running GitLab; it stops when dropped.
pub struct FakeGitlab {
    world: Arc<Mutex<World>>,
    server: SmallServer,
}

struct World {
    url: String,
    folder: TempDir,
    /// Groups by their path, each with its number.
    groups: BTreeMap<String, u64>,
    /// Projects by their path with the group.
    projects: BTreeMap<String, Project>,
    calls: Vec<String>,
    trouble: Option<(String, Reply)>,
}

struct Project {
    id: u64,
    bare: BareRepository,
    /// What it was made with, and what was set later, by the name of the part.
    parts: Value,
    requests: Vec<Value>,
}

impl FakeGitlab {
    /// Starts a server with the group `acme`.
    pub fn start() -> Self {
        let world = Arc::new(Mutex::new(World {
            url: String::new(),
            folder: tempfile::tempdir().expect("the temporary folder is writable"),
            groups: BTreeMap::from([("acme".to_owned(), 3)]),
            projects: BTreeMap::new(),
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

    /// The address of the server.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// The host as it stands in `repoUrl`.
    pub fn host(&self) -> &str {
        self.server.url.trim_start_matches("http://")
    }

    /// The token that is accepted.
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// Adds a project with files on its branch `main`; without files it is empty. Gives its number.
    pub fn add(&self, path: &str, files: &[(&str, &str)]) -> u64 {
        lock(&self.world).add(path, files, json!({}))
    }

    /// What a project has beside its files: the parts that were set, and `requests`. Nothing where there is none.
    pub fn project(&self, path: &str) -> Option<Value> {
        let world = lock(&self.world);
        let found = world.projects.get(path)?;
        let mut told = found.parts.clone();
        told["requests"] = json!(found.requests);
        Some(told)
    }

    /// Has somebody open a merge request for a branch of a fork.
    ///
    /// # Panics
    ///
    /// Where there is no such project.
    pub fn propose_from_fork(&self, path: &str, branch: &str) {
        let mut world = lock(&self.world);
        let url = format!("{}/{path}", world.url);
        let found = world.projects.get_mut(path).expect("the project is there");
        let fork = found.id + 1_000;
        found.propose(
            json!({"source_branch": branch, "target_branch": "main"}),
            &url,
            fork,
        );
    }

    /// The groups by their paths.
    pub fn groups(&self) -> Vec<String> {
        lock(&self.world).groups.keys().cloned().collect()
    }

    /// The files of a branch, each with its mode and content.
    pub fn files(&self, path: &str, branch: &str) -> BTreeMap<String, (String, String)> {
        let bare = lock(&self.world)
            .projects
            .get(path)
            .map(|found| found.bare.clone());
        bare.map(|bare| text_files(&bare, branch)).unwrap_or_default()
    }

    /// Author and message of the newest commit of a branch.
    pub fn told(&self, path: &str, branch: &str) -> Option<String> {
        let bare = lock(&self.world).projects.get(path)?.bare.clone();
        bare.told(branch)
    }

    /// The calls so far, as `METHOD path`.
    pub fn calls(&self) -> Vec<String> {
        lock(&self.world).calls.clone()
    }

    /// Answers the next call that contains a text in this way, once.
    pub fn refuse(&self, call: &str, status: u16, body: &Value) {
        lock(&self.world).trouble = Some((call.to_owned(), Reply::json(status, body)));
    }
}

fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    fn add(&mut self, path: &str, files: &[(&str, &str)], parts: Value) -> u64 {
        let bare = BareRepository::make(self.folder.path(), path);
        bare.add_files(files);
        let id = 100 + self.projects.len() as u64;
        let made = Project {
            id,
            bare,
            parts,
            requests: Vec::new(),
        };
        self.projects.insert(path.to_owned(), made);
        id
    }

    fn answer(&mut self, asked: &Asked) -> Reply {
        let call = format!("{} /{}", asked.method, asked.path.join("/"));
        self.calls.push(call.clone());
        if let Some((_, reply)) = self.trouble.take_if(|(part, _)| call.contains(part.as_str())) {
            return reply;
        }
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["api", "v4", rest @ ..] => {
                if asked.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
                    return refusal(401, "401 Unauthorized");
                }
                self.route(asked, rest)
            }
            _ => self.git(asked, &path.join("/")),
        }
    }

    fn git(&self, asked: &Asked, path: &str) -> Reply {
        let expected = BASE64_STANDARD.encode(format!("oauth2:{TOKEN}"));
        if asked.header("authorization") != Some(&format!("Basic {expected}")) {
            let mut reply = Reply::of(401, "HTTP Basic: Access denied");
            let realm = ("www-authenticate".to_owned(), "Basic realm=\"GitLab\"".to_owned());
            reply.headers.push(realm);
            return reply;
        }
        let project = path
            .split_once(".git/")
            .and_then(|(project, _)| self.projects.get(project));
        project.map_or_else(
            || Reply::of(404, "Not Found"),
            |project| project.bare.answer(asked),
        )
    }
}

fn refusal(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "message": message }))
}
