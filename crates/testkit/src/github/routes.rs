//! Repositories, access, pull requests, webhooks and workflows of the GitHub in memory.

use serde_json::{Value, json};

use super::{LOGIN, Repository, World, invalid, refusal};
use crate::small_server::{Asked, Reply};

/// The numbers of all teams, and of all people.
const TEAM: u64 = 21;
const PERSON: u64 = 12;

impl World {
    /// The answer to a call below the address of the API.
    pub(super) fn route(&mut self, asked: &Asked, path: &[&str]) -> Reply {
        match (asked.method.as_str(), path) {
            ("GET", ["user"]) => Reply::json(200, &json!({"login": LOGIN})),
            ("GET", ["users", name]) => self.owner(name),
            ("GET", ["orgs", organization, "teams", team]) if self.has_team(organization, team) => {
                Reply::json(200, &json!({"slug": team, "id": TEAM}))
            }
            ("PUT", ["orgs", organization, "teams", team, "repos", owner, name]) => {
                if !self.has_team(organization, team) {
                    return refusal(404, "Not Found");
                }
                self.set(
                    owner,
                    name,
                    &format!("team {team}"),
                    asked.json()["permission"].clone(),
                    204,
                )
            }
            ("POST", ["orgs", owner, "repos"]) if self.organizations.contains_key(*owner) => {
                self.create(owner, &asked.json())
            }
            ("POST", ["user", "repos"]) => self.create(LOGIN, &asked.json()),
            (_, ["repos", owner, name, rest @ ..]) => {
                let full_name = format!("{owner}/{name}");
                if !self.repositories.contains_key(&full_name) {
                    return refusal(404, "Not Found");
                }
                self.of_repository(asked, (owner, name), rest)
            }
            _ => refusal(404, "Not Found"),
        }
    }

    fn owner(&self, name: &str) -> Reply {
        let kind = if self.organizations.contains_key(name) {
            "Organization"
        } else if [LOGIN, "hubot"].contains(&name) {
            "User"
        } else {
            return refusal(404, "Not Found");
        };
        Reply::json(200, &json!({"login": name, "type": kind, "id": PERSON}))
    }

    fn has_team(&self, organization: &str, team: &str) -> bool {
        let teams = self.organizations.get(organization);
        teams.is_some_and(|teams| teams.iter().any(|one| one == team))
    }

    fn create(&mut self, owner: &str, body: &Value) -> Reply {
        let Some(name) = body["name"].as_str().filter(|name| !name.is_empty()) else {
            return refusal(422, "Repository creation failed.");
        };
        let full_name = format!("{owner}/{name}");
        if self.repositories.contains_key(&full_name) {
            let error = json!({
                "resource": "Repository", "code": "custom", "field": "name",
                "message": "name already exists on this account",
            });
            return invalid("Repository creation failed.", &error);
        }
        self.add(&full_name, &[], true);
        if let Some(made) = self.repositories.get_mut(&full_name) {
            made.parts = body.clone();
        }
        Reply::json(201, &self.shape(&full_name))
    }

    fn shape(&self, full_name: &str) -> Value {
        let found = &self.repositories[full_name];
        let mut shape = json!({
            "name": full_name.split('/').next_back(),
            "full_name": full_name,
            "html_url": format!("{}/{full_name}", self.url),
            "clone_url": format!("{}/{full_name}.git", self.url),
            "default_branch": found.bare.default_branch(),
            "permissions": {"pull": true, "push": found.may_push},
        });
        if let Some(parent) = &found.parent {
            shape["parent"] = self.shape(parent);
        }
        shape
    }

    /// Sets a part of a repository.
    fn set(&mut self, owner: &str, name: &str, part: &str, value: Value, status: u16) -> Reply {
        match self.repositories.get_mut(&format!("{owner}/{name}")) {
            Some(found) => {
                found.parts[part] = value;
                Reply::of(status, "")
            }
            None => refusal(404, "Not Found"),
        }
    }

    fn of_repository(&mut self, asked: &Asked, (owner, name): (&str, &str), rest: &[&str]) -> Reply {
        let full_name = format!("{owner}/{name}");
        let body = asked.json();
        match (asked.method.as_str(), rest) {
            ("GET", []) => Reply::json(200, &self.shape(&full_name)),
            ("PUT", ["collaborators", user]) => {
                if ![LOGIN, "hubot"].contains(user) {
                    return refusal(404, "Not Found");
                }
                self.set(
                    owner,
                    name,
                    &format!("user {user}"),
                    body["permission"].clone(),
                    201,
                )
            }
            ("PUT", ["topics"]) => {
                let names = body["names"].as_array().cloned().unwrap_or_default();
                let is_topic = |one: &Value| {
                    one.as_str().is_some_and(|one| {
                        !one.contains(|letter: char| letter.is_uppercase() || letter == ' ')
                    })
                };
                if !names.iter().all(is_topic) {
                    return refusal(422, "Validation Failed");
                }
                self.set(owner, name, "topics", json!(names), 200)
            }
            (_, ["environments", ..] | ["actions", "secrets", ..] | ["keys"]) => {
                let found = self.repositories.get_mut(&full_name).expect("it was looked up");
                found.deployments(asked, rest)
            }
            ("POST", ["actions", "variables"]) => {
                let key = format!("variable {}", body["name"].as_str().unwrap_or_default());
                if self.repositories[&full_name].parts.get(&key).is_some() {
                    return refusal(409, "Already exists - Variable already exists");
                }
                self.set(owner, name, &key, body["value"].clone(), 201)
            }
            ("PATCH", ["actions", "variables", variable]) => self.set(
                owner,
                name,
                &format!("variable {variable}"),
                body["value"].clone(),
                204,
            ),
            ("PUT", ["subscription"]) => self.set(owner, name, "subscribed", body["subscribed"].clone(), 200),
            ("POST", ["issues", number, what @ ("labels" | "assignees")]) => {
                self.set(owner, name, &format!("{what} {number}"), body[*what].clone(), 200)
            }
            ("POST", ["forks"]) => self.fork(&full_name, name),
            (_, ["branches", branch, "protection", more @ ..]) => {
                if self.repositories[&full_name].bare.branch(branch).is_none() {
                    return refusal(404, "Branch not found");
                }
                if more.is_empty() {
                    return self.set(owner, name, &format!("protection {branch}"), body, 200);
                }
                self.set(owner, name, &format!("signatures {branch}"), json!(true), 200)
            }
            (_, ["hooks" | "pulls" | "actions", ..]) => {
                let url = self.url.clone();
                let found = self.repositories.get_mut(&full_name).expect("it was looked up");
                found.work(asked, &url, (owner, name), rest)
            }
            _ => {
                let found = self.repositories.get_mut(&full_name).expect("it was looked up");
                found.git_data(asked, rest)
            }
        }
    }

    fn fork(&mut self, full_name: &str, name: &str) -> Reply {
        let own = format!("{LOGIN}/{name}");
        let parent = self.repositories[full_name].bare.clone();
        self.add(&own, &[], true);
        if let Some(made) = self.repositories.get_mut(&own) {
            made.parent = Some(full_name.to_owned());
            made.bare.fetch_from(&parent);
        }
        Reply::json(202, &self.shape(&own))
    }
}

impl Repository {
    fn work(&mut self, asked: &Asked, url: &str, (owner, name): (&str, &str), rest: &[&str]) -> Reply {
        let body = asked.json();
        match (asked.method.as_str(), rest) {
            ("POST", ["hooks"]) => {
                let address = &body["config"]["url"];
                if !address
                    .as_str()
                    .is_some_and(|address| address.starts_with("http"))
                {
                    return refusal(422, "Validation Failed");
                }
                if self.hooks.iter().any(|hook| hook["config"]["url"] == *address) {
                    let error = json!({
                        "resource": "Hook", "code": "custom", "message": "Hook already exists on this repository",
                    });
                    return invalid("Validation Failed", &error);
                }
                self.hooks.push(body.clone());
                Reply::json(201, &body)
            }
            ("GET", ["pulls"]) => {
                let head = asked.query.get("head").cloned().unwrap_or_default();
                let is_asked_for = |pull: &&Value| pull["head"]["label"] == head;
                let found: Vec<&Value> = self.pulls.iter().filter(is_asked_for).collect();
                Reply::json(200, &json!(found))
            }
            ("POST", ["pulls"]) => self.open(&body, url, (owner, name)),
            ("PATCH", ["pulls", number]) => {
                let Some(pull) = self.pull(number) else {
                    return refusal(404, "Not Found");
                };
                for key in ["title", "body"] {
                    pull[key] = body[key].clone();
                }
                Reply::json(200, pull)
            }
            ("POST", ["pulls", number, "requested_reviewers"]) => {
                let known = |one: &Value| one == LOGIN || one == "hubot";
                if !body["reviewers"].as_array().into_iter().flatten().all(known) {
                    return refusal(
                        422,
                        "Reviews may only be requested from collaborators. One or more of the users or teams you \
                         specified is not a collaborator of the repository.",
                    );
                }
                let Some(pull) = self.pull(number) else {
                    return refusal(404, "Not Found");
                };
                pull["reviewers"] = body;
                Reply::json(201, pull)
            }
            ("POST", ["actions", "workflows", workflow, "dispatches"]) => {
                let reference = body["ref"].as_str().unwrap_or_default();
                if self.bare.branch(reference).is_none() {
                    return refusal(422, &format!("No ref found for: {reference}"));
                }
                if self
                    .bare
                    .file(reference, &format!(".github/workflows/{workflow}"))
                    .is_none()
                {
                    return refusal(404, "Not Found");
                }
                let mut runs = self.parts["runs"].as_array().cloned().unwrap_or_default();
                runs.push(body);
                self.parts["runs"] = json!(runs);
                Reply::of(204, "")
            }
            ("GET", ["actions", "workflows", _, "runs"]) => {
                let runs = self.parts["runs"].as_array().map_or(0, Vec::len);
                Reply::json(200, &json!({"total_count": runs}))
            }
            _ => refusal(404, "Not Found"),
        }
    }

    fn pull(&mut self, number: &str) -> Option<&mut Value> {
        self.pulls
            .iter_mut()
            .find(|pull| pull["number"].as_u64() == number.parse().ok())
    }

    fn open(&mut self, body: &Value, url: &str, (owner, name): (&str, &str)) -> Reply {
        let head = body["head"].as_str().unwrap_or_default();
        let base = body["base"].as_str().unwrap_or_default();
        let field = |field: &str| {
            let error = json!({"resource": "PullRequest", "field": field, "code": "invalid"});
            invalid("Validation Failed", &error)
        };
        let is_here = head.strip_prefix(&format!("{owner}:"));
        if is_here.is_some_and(|branch| self.bare.branch(branch).is_none()) || !head.contains(':') {
            return field("head");
        }
        if self.bare.branch(base).is_none() {
            return field("base");
        }
        let from = format!("{}/{name}", head.split(':').next().unwrap_or_default());
        let is_it = |pull: &Value| pull["head"]["label"] == head && pull["head"]["repo"]["full_name"] == from;
        if self.pulls.iter().any(is_it) {
            let message = format!("A pull request already exists for {head}.");
            return invalid(
                "Validation Failed",
                &json!({"resource": "PullRequest", "code": "custom", "message": message}),
            );
        }
        let page = format!("{url}/{owner}/{name}");
        let pull = self.propose(
            &page,
            &from,
            head.split_once(':').map_or(head, |(_, branch)| branch),
        );
        for key in ["title", "body", "draft"] {
            pull[key] = body[key].clone();
        }
        pull["base"]["ref"] = base.into();
        Reply::json(201, pull)
    }

    /// Opens a pull request for a branch of a repository; `page` is that of this one.
    pub(super) fn propose(&mut self, page: &str, from: &str, branch: &str) -> &mut Value {
        let number = self.pulls.len() + 1;
        let owner = from.split('/').next().unwrap_or_default();
        self.pulls.push(json!({
            "number": number, "html_url": format!("{page}/pull/{number}"), "base": {"ref": "main"},
            "head": {"label": format!("{owner}:{branch}"), "ref": branch, "repo": {"full_name": from}},
        }));
        let last = self.pulls.len() - 1;
        &mut self.pulls[last]
    }
}
