//! The Git data API of the GitHub in memory: blobs, trees, commits and branches, judged by Git.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{Repository, refusal};
use crate::bare_repository::Change;
use crate::small_server::{Asked, Reply};

impl Repository {
    pub(super) fn git_data(&mut self, asked: &Asked, rest: &[&str]) -> Reply {
        let body = asked.json();
        if self.bare.is_empty() {
            return refusal(409, "Git Repository is empty.");
        }
        match (asked.method.as_str(), rest) {
            ("GET", ["commits", branch]) => match self.bare.branch(branch) {
                Some(commit) => {
                    let tree = self.bare.tree_of(&commit);
                    Reply::json(200, &json!({"sha": commit, "commit": {"tree": {"sha": tree}}}))
                }
                None => refusal(422, &format!("No commit found for SHA: {branch}")),
            },
            ("GET", ["contents", path @ ..]) => {
                let reference = asked.query.get("ref").map_or("HEAD", String::as_str);
                let is_raw = asked.header("accept").is_some_and(|kind| kind.ends_with("raw"));
                match self.bare.file(reference, &path.join("/")) {
                    Some(bytes) if is_raw => Reply::of(200, bytes),
                    Some(bytes) => Reply::json(200, &json!({"content": BASE64_STANDARD.encode(bytes)})),
                    None => refusal(404, "Not Found"),
                }
            }
            ("POST", ["git", "blobs"]) => {
                let content = body["content"].as_str().unwrap_or_default();
                let bytes = match body["encoding"].as_str() {
                    Some("base64") => BASE64_STANDARD.decode(content).ok(),
                    _ => Some(content.as_bytes().to_vec()),
                };
                match bytes {
                    Some(bytes) => Reply::json(201, &json!({"sha": self.bare.blob(&bytes)})),
                    None => refusal(422, "content is not valid Base64"),
                }
            }
            ("POST", ["git", "trees"]) => self.tree(&body),
            ("POST", ["git", "commits"]) => self.commit(&body),
            ("GET", ["git", "ref", reference]) => {
                match reference
                    .strip_prefix("heads/")
                    .and_then(|name| self.bare.branch(name))
                {
                    Some(commit) => Reply::json(200, &json!({"object": {"sha": commit}})),
                    None => refusal(404, "Not Found"),
                }
            }
            ("POST", ["git", "refs"]) => {
                let name = body["ref"]
                    .as_str()
                    .and_then(|name| name.strip_prefix("refs/heads/"));
                match name {
                    Some(name) if self.bare.branch(name).is_some() => {
                        refusal(422, "Reference already exists")
                    }
                    Some(name) => self.set(name, &body, 201),
                    None => refusal(422, "Reference name must start with 'refs/'."),
                }
            }
            ("PATCH", ["git", "refs", reference]) => match reference.strip_prefix("heads/") {
                Some(name) if self.bare.branch(name).is_some() => self.set(name, &body, 200),
                _ => refusal(422, "Reference does not exist"),
            },
            _ => refusal(404, "Not Found"),
        }
    }

    fn set(&self, branch: &str, body: &Value, status: u16) -> Reply {
        let commit = body["sha"].as_str().unwrap_or_default();
        if !self.bare.has("commit", commit) || !self.bare.set_branch(branch, commit) {
            return refusal(422, "Object does not exist");
        }
        Reply::json(status, &json!({"object": {"sha": commit}}))
    }

    fn tree(&self, body: &Value) -> Reply {
        let mut changes: Vec<Change> = Vec::new();
        for entry in body["tree"].as_array().into_iter().flatten() {
            let path = entry["path"].as_str().unwrap_or_default().to_owned();
            let mode = entry["mode"].as_str().unwrap_or_default().to_owned();
            if path.is_empty()
                || path.starts_with('/')
                || !["100644", "100755", "120000"].contains(&mode.as_str())
            {
                return refusal(422, "tree.path contains a malformed path component");
            }
            let object = match (entry["content"].as_str(), entry["sha"].as_str()) {
                (Some(content), None) => Some(self.bare.blob(content.as_bytes())),
                (None, Some(name)) if self.bare.has("blob", name) => Some(name.to_owned()),
                (None, None) if entry["sha"].is_null() => None,
                _ => return refusal(422, "tree.sha is not a valid blob"),
            };
            changes.push((path, object.map(|name| (mode, name))));
        }
        let base = body["base_tree"].as_str();
        if changes.is_empty() || base.is_some_and(|base| !self.bare.has("tree", base)) {
            return refusal(422, "Invalid tree info");
        }
        match self.bare.tree(base, &changes) {
            Some(tree) => Reply::json(201, &json!({"sha": tree})),
            None => refusal(422, "GitRPC::BadObjectState"),
        }
    }

    fn commit(&self, body: &Value) -> Reply {
        let text = |key: &str| body[key].as_str().unwrap_or_default();
        let parents: Vec<&str> = body["parents"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let author = body["author"]["name"]
            .as_str()
            .zip(body["author"]["email"].as_str());
        let is_known = self.bare.has("tree", text("tree"))
            && parents.iter().all(|parent| self.bare.has("commit", parent));
        if !is_known || text("message").is_empty() {
            return refusal(422, "Tree SHA does not exist");
        }
        match self.bare.commit(text("tree"), &parents, text("message"), author) {
            Some(commit) => Reply::json(201, &json!({"sha": commit})),
            None => refusal(422, "Invalid commit"),
        }
    }
}
