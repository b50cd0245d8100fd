//! The API of the GitLab in memory.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{Project, USER, World, refusal};
use crate::bare_repository::Change;
use crate::small_server::{Asked, Reply};

/// Entries of a page, whatever is asked for: so that a client that reads one page is seen.
const PAGE: usize = 2;

impl World {
    /// The answer to a call below the address of the API.
    pub(super) fn route(&mut self, asked: &Asked, path: &[&str]) -> Reply {
        let body = asked.json();
        match (asked.method.as_str(), path) {
            ("GET", ["user"]) => Reply::json(200, &json!({"id": USER.0, "username": USER.1})),
            ("GET", ["users"]) => {
                let is_own = asked.query.get("username").is_some_and(|name| name == USER.1);
                let found = if is_own {
                    json!([{"id": USER.0}])
                } else {
                    json!([])
                };
                Reply::json(200, &found)
            }
            ("GET", ["namespaces" | "groups", group]) => match self.groups.get(*group) {
                Some(id) => Reply::json(200, &json!({"id": id, "full_path": group})),
                None => refusal(404, "404 Group Not Found"),
            },
            ("POST", ["groups"]) => self.create_group(&body),
            ("POST", ["projects"]) => self.create(&body),
            (_, ["projects", project, rest @ ..]) => {
                let known = self
                    .projects
                    .iter()
                    .find(|(path, one)| *path == project || one.id.to_string() == *project);
                let Some(path) = known.map(|(path, _)| path.clone()) else {
                    return refusal(404, "404 Project Not Found");
                };
                let url = format!("{}/{path}", self.url);
                let found = self.projects.get_mut(&path).expect("it was looked up");
                found.route(asked, rest, &url, &path)
            }
            _ => refusal(404, "404 Not Found"),
        }
    }

    fn create_group(&mut self, body: &Value) -> Reply {
        let path = body["path"].as_str().unwrap_or_default();
        let parent = match body["parent_id"].as_u64() {
            None => String::new(),
            Some(id) => match self.groups.iter().find(|(_, known)| **known == id) {
                Some((path, _)) => format!("{path}/"),
                None => return refusal(404, "404 Group Not Found"),
            },
        };
        let id = 10 + self.groups.len() as u64;
        self.groups.insert(format!("{parent}{path}"), id);
        Reply::json(201, &json!({ "id": id }))
    }

    fn create(&mut self, body: &Value) -> Reply {
        let name = body["name"].as_str().unwrap_or_default();
        let group = self.groups.iter().find(|(_, id)| body["namespace_id"] == **id);
        let Some((group, _)) = group else {
            return Reply::json(400, &json!({"message": {"namespace": ["is not valid"]}}));
        };
        let path = format!("{group}/{}", body["path"].as_str().unwrap_or(name));
        if self.projects.contains_key(&path) {
            let taken =
                json!({"message": {"name": ["has already been taken"], "path": ["has already been taken"]}});
            return Reply::json(400, &taken);
        }
        self.add(&path, &[], body.clone());
        let url = format!("{}/{path}", self.url);
        Reply::json(201, &self.projects[&path].shape(&url, &path))
    }
}

impl Project {
    fn shape(&self, url: &str, path: &str) -> Value {
        let branch = (!self.bare.is_empty()).then(|| self.bare.default_branch());
        json!({
            "id": self.id, "path_with_namespace": path, "http_url_to_repo": format!("{url}.git"),
            "default_branch": branch,
        })
    }

    fn route(&mut self, asked: &Asked, rest: &[&str], url: &str, path: &str) -> Reply {
        let body = asked.json();
        match (asked.method.as_str(), rest) {
            ("GET", []) => Reply::json(200, &self.shape(url, path)),
            ("POST", ["members"]) => {
                self.parts["owner"] = body["user_id"].clone();
                Reply::json(201, &body)
            }
            ("GET", ["repository", "branches", name]) => match self.branch(name, url) {
                Some(branch) => Reply::json(200, &branch),
                None => refusal(404, "404 Branch Not Found"),
            },
            ("POST", ["repository", "branches"]) => self.create_branch(&body, url),
            ("POST", ["protected_branches"]) => {
                let key = format!("protected {}", body["name"].as_str().unwrap_or_default());
                if self.parts.get(&key).is_some() || body["name"] == self.bare.default_branch().as_str() {
                    return refusal(409, "Protected branch already exists");
                }
                self.parts[&key] = json!(true);
                Reply::json(201, &body)
            }
            ("GET", ["repository", "tree"]) => self.tree(asked),
            ("GET", ["repository", "files", path, "raw"]) => {
                let reference = asked.query.get("ref").map_or("HEAD", String::as_str);
                self.bare.file(reference, path).map_or_else(
                    || refusal(404, "404 File Not Found"),
                    |bytes| Reply::of(200, bytes),
                )
            }
            ("POST", ["repository", "commits"]) => self.commit(&body),
            ("POST", ["variables"]) => {
                let key = format!("variable {}", body["key"].as_str().unwrap_or_default());
                if self.parts.get(&key).is_some() {
                    return Reply::json(400, &json!({"message": {"key": ["(X) has already been taken"]}}));
                }
                self.parts[&key] = body.clone();
                Reply::json(201, &body)
            }
            ("POST", ["access_tokens"]) => {
                self.parts["access token"] = body;
                Reply::json(201, &json!({"token": "glpat-of-the-project"}))
            }
            ("POST", ["issues"]) => {
                self.parts["issue"] = body;
                Reply::json(
                    201,
                    &json!({"id": 900, "iid": 1, "web_url": format!("{url}/-/issues/1")}),
                )
            }
            (_, ["merge_requests", more @ ..]) => self.merge_requests(asked, more, url),
            _ => refusal(404, "404 Not Found"),
        }
    }

    fn branch(&self, name: &str, url: &str) -> Option<Value> {
        let commit = self.bare.branch(name)?;
        let told = self.bare.told(&commit).unwrap_or_default();
        let message = told.split_once("> ").map_or("", |(_, message)| message);
        let commit = json!({"id": commit, "message": message});
        Some(json!({"name": name, "web_url": format!("{url}/-/tree/{name}"), "commit": commit}))
    }

    fn create_branch(&self, body: &Value, url: &str) -> Reply {
        let text = |key: &str| body[key].as_str().unwrap_or_default();
        if self.bare.branch(text("branch")).is_some() {
            return refusal(400, "Branch already exists");
        }
        let Some(from) = self.bare.branch(text("ref")) else {
            return refusal(400, "Invalid reference name: ref");
        };
        self.bare.set_branch(text("branch"), &from);
        Reply::json(201, &self.branch(text("branch"), url).unwrap_or_default())
    }

    fn tree(&self, asked: &Asked) -> Reply {
        let query = |key: &str| asked.query.get(key).cloned().unwrap_or_default();
        let (reference, folder) = (query("ref"), query("path"));
        let below = |path: &String| folder.is_empty() || path.starts_with(&format!("{folder}/"));
        let files: Vec<String> = self.bare.files(&reference).into_keys().filter(below).collect();
        if files.is_empty() {
            return refusal(404, "404 Tree Not Found");
        }
        let page: usize = query("page").parse().unwrap_or(1);
        let shown: Vec<Value> = files
            .iter()
            .skip((page - 1) * PAGE)
            .take(PAGE)
            .map(|path| {
                let id = self
                    .bare
                    .blob(&self.bare.file(&reference, path).unwrap_or_default());
                json!({"id": id, "type": "blob", "path": path})
            })
            .collect();
        let mut reply = Reply::json(200, &json!(shown));
        let next = if page * PAGE < files.len() {
            (page + 1).to_string()
        } else {
            String::new()
        };
        reply.headers.push(("x-next-page".to_owned(), next));
        reply
    }

    fn commit(&self, body: &Value) -> Reply {
        let text = |key: &str| body[key].as_str().unwrap_or_default();
        let Some(parent) = self.bare.branch(text("branch")) else {
            return refusal(400, "You can only create or edit files when you are on a branch");
        };
        let known = self.bare.files(&parent);
        let mut changes: Vec<Change> = Vec::new();
        for action in body["actions"].as_array().into_iter().flatten() {
            let path = action["file_path"].as_str().unwrap_or_default().to_owned();
            let content = BASE64_STANDARD.decode(action["content"].as_str().unwrap_or_default());
            let mode = if action["execute_filemode"] == true {
                "100755"
            } else {
                "100644"
            };
            let object = match (action["action"].as_str(), known.contains_key(&path), content) {
                (Some("create"), true, _) => return refusal(400, "A file with this name already exists"),
                (Some("update" | "delete"), false, _) => {
                    return refusal(400, "A file with this name doesn't exist");
                }
                (Some("delete"), true, _) => None,
                (Some("create" | "update"), _, Ok(bytes)) if action["encoding"] == "base64" => {
                    Some((mode.to_owned(), self.bare.blob(&bytes)))
                }
                _ => return Reply::json(400, &json!({"error": "actions is invalid"})),
            };
            changes.push((path, object));
        }
        if changes.is_empty() || text("commit_message").is_empty() {
            return Reply::json(
                400,
                &json!({"error": "commit_message is missing, actions is empty"}),
            );
        }
        let tree = self.bare.tree(self.bare.tree_of(&parent).as_deref(), &changes);
        let commit = tree.and_then(|tree| self.bare.commit(&tree, &[&parent], text("commit_message"), None));
        match commit {
            Some(commit) if self.bare.set_branch(text("branch"), &commit) => {
                Reply::json(201, &json!({ "id": commit }))
            }
            _ => refusal(400, "The commit was not made"),
        }
    }

    fn merge_requests(&mut self, asked: &Asked, rest: &[&str], url: &str) -> Reply {
        let body = asked.json();
        match (asked.method.as_str(), rest) {
            ("GET", []) => {
                let branch = asked.query.get("source_branch").cloned().unwrap_or_default();
                let found: Vec<&Value> = self
                    .requests
                    .iter()
                    .filter(|one| one["source_branch"] == branch)
                    .collect();
                Reply::json(200, &json!(found))
            }
            ("POST", []) => {
                let has = |key: &str| {
                    body[key]
                        .as_str()
                        .is_some_and(|name| self.bare.branch(name).is_some())
                };
                if !has("source_branch") || !has("target_branch") {
                    return Reply::json(400, &json!({"error": "source_branch is missing"}));
                }
                let is_it = |one: &Value| {
                    one["source_branch"] == body["source_branch"] && one["source_project_id"] == self.id
                };
                if self.requests.iter().any(is_it) {
                    let message = "Another open merge request already exists for this source branch: !1";
                    return Reply::json(409, &json!({ "message": [message] }));
                }
                let made = self.propose(body, url, self.id);
                Reply::json(201, &made)
            }
            ("GET", [_]) => Reply::json(200, &json!({"detailed_merge_status": "mergeable"})),
            ("GET", [_, "approval_rules"]) => Reply::json(
                200,
                &json!([{"eligible_approvers": [{"id": 7}, {"id": 9}]}, {"name": "any"}]),
            ),
            ("PUT", [iid]) => match self
                .requests
                .iter_mut()
                .find(|one| one["iid"].as_u64() == iid.parse().ok())
            {
                Some(request) => {
                    request["reviewer_ids"] = body["reviewer_ids"].clone();
                    Reply::json(200, request)
                }
                None => refusal(404, "404 Not found"),
            },
            _ => refusal(404, "404 Not Found"),
        }
    }

    /// Opens a merge request for a branch of a project, this one or a fork.
    pub(super) fn propose(&mut self, mut made: Value, url: &str, from: u64) -> Value {
        let iid = self.requests.len() + 1;
        made["iid"] = json!(iid);
        made["web_url"] = format!("{url}/-/merge_requests/{iid}").into();
        made["source_project_id"] = from.into();
        made["target_project_id"] = self.id.into();
        self.requests.push(made.clone());
        made
    }
}
