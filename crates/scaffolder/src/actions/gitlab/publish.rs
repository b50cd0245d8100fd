//! `publish:gitlab`: the workspace becomes a project of GitLab
//! (`plugins/scaffolder-backend-module-gitlab/src/actions/gitlab.ts` of the original).

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use scm::git::{Objects, Pushed, Remote, push_first};
use scm::gitlab::{BranchProtected, Gitlab, Project};
use serde_json::{Value, json};

use super::super::at_host::{self, About, Marks, Parts, Place, example, is, would};
use super::super::published::plain_signed_commit;
use super::super::{flag, object, text};
use super::{account, repo_url, token, variable};

/// The mark of a project that this step began to make.
const MAKING: &str = "making";
/// Name of the first branch, unless the input says otherwise.
const BRANCH: &str = "master";

pub(super) fn about() -> About {
    let output = json!({
        "remoteUrl": text("Address of the project's page."),
        "repoContentsUrl": text("Address of the page that lists the files of the branch."),
        "projectId": {"type": "number", "description": "Number of the project."},
        "commitHash": text("Hash of the first commit."),
        "created": flag("True where the step made the project."),
    });
    About {
        id: "publish:gitlab",
        description: "Makes a project at GitLab and pushes the workspace to it.",
        input: at_host::input(&["repoUrl"], inputs()),
        output: object(&[], output),
        examples: example(
            "Makes a project in a group. All who are signed in see it.",
            json!({
                "repoUrl": "gitlab.com?repo=project_name&owner=group_name", "defaultBranch": "main",
                "settings": {"visibility": "internal", "description": "A service"},
            }),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

fn inputs() -> Value {
    let list =
        |description: &str| json!({"type": "array", "items": {"type": "string"}, "description": description});
    let visibility = |description: &str| json!({"type": "string", "enum": ["private", "public", "internal"], "description": description});
    json!({
        "repoUrl": repo_url(),
        "repoVisibility": visibility("Deprecated: write `settings.visibility`. Who sees the project. Default: `private`."),
        "defaultBranch": text("Branch that gets the first commit. Default: `master`."),
        "gitCommitMessage": text("Message of the first commit. Default: `scaffolder.defaultCommitMessage`, else `initial commit`."),
        "gitAuthorName": text("Name of the first commit's author. Default: `scaffolder.defaultAuthor.name`, else `Scaffolder`."),
        "gitAuthorEmail": text("Mail address of the first commit's author. Default: `scaffolder.defaultAuthor.email`, else `scaffolder@backstage.io`."),
        "signCommit": flag("True signs the commit with `commitSigningKey` of the integration, an OpenPGP private key. Default: `false`."),
        "sourcePath": {
            "type": ["string", "boolean"],
            "description": "Folder of the workspace that is pushed. `true` is the whole workspace. `false` pushes nothing. Default: `true`.",
        },
        "skipExisting": flag("True takes a project that is there as it is, and pushes nothing. Default: `false`."),
        "token": token(),
        "setUserAsOwner": flag("True makes the user of `token` an owner of the project. The integration needs a token that may do this. Default: `false`."),
        "topics": list("Deprecated: write `settings.topics`. Topics of the project. Default: none."),
        "settings": {
            "type": "object",
            "description": "Settings of the new project. Keys that are not listed here go to GitLab as they are. It lists them at https://docs.gitlab.com/ee/api/projects.html#create-project",
            "properties": {
                "name": text("Name that people read. Default: `repo` of `repoUrl`."),
                "path": text("Last part of the project's address. Default: GitLab makes it of the name."),
                "auto_devops_enabled": flag("True switches Auto DevOps on. Default: GitLab decides."),
                "ci_config_path": text("File that describes the pipelines. Write a path in the project. Default: `.gitlab-ci.yml`."),
                "description": text("What the project is for. Default: none."),
                "merge_method": {"type": "string", "enum": ["merge", "rebase_merge", "ff"], "description": "How GitLab merges. `merge` makes a merge commit. `rebase_merge` makes one after a rebase. `ff` makes none. Default: `merge`."},
                "squash_option": {"type": "string", "enum": ["default_off", "default_on", "never", "always"], "description": "Whether a merge squashes. `default_on` and `default_off` leave the choice to people. Default: GitLab decides."},
                "topics": list("Topics of the project. Default: none."),
                "visibility": visibility("Who sees the project. `internal` is all who are signed in. Default: `private`."),
                "only_allow_merge_if_all_discussions_are_resolved": flag("True stops a merge while a discussion is open. Default: GitLab decides."),
                "only_allow_merge_if_pipeline_succeeds": flag("True stops a merge until the pipeline has passed. Default: GitLab decides."),
                "allow_merge_on_skipped_pipeline": flag("True counts a skipped pipeline as passed. Default: GitLab decides."),
            },
        },
        "branches": {
            "type": "array",
            "description": "Branches that the step makes or protects. Default: none.",
            "items": {
                "type": "object", "required": ["name"],
                "properties": {
                    "name": text("Name of the branch."),
                    "protect": flag("True protects the branch. Default: `false`."),
                    "create": flag("True makes the branch of `ref` where it is missing. Default: `false`."),
                    "ref": text("Branch, tag or commit where a new branch begins. Default: `master`."),
                },
            },
        },
        "projectVariables": {
            "type": "array",
            "description": "Variables for the project's pipelines. GitLab lists the keys at https://docs.gitlab.com/ee/api/project_level_variables.html#create-a-variable",
            "items": {"type": "object", "required": ["key", "value"], "properties": variable::properties()},
        },
    })
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(&context, "gitlab")?;
    if place.owner.is_empty() || place.name.is_empty() {
        return Err(Fault::input(format!(
            "No owner provided for host: {}, and repo {}",
            place.host, place.name
        )));
    }
    // A project that is to stay empty gets no commit.
    let objects = if input["sourcePath"] == false {
        None
    } else {
        let hosts = &parts.integrations.gitlab;
        let host = hosts.iter().find(|one| one.host == place.host);
        let key = host.and_then(|host| host.commit_signing_key.as_ref());
        Some(plain_signed_commit(&context, &parts.settings, key).await?)
    };
    if context.dry_run {
        let page = format!("https://{}/{}", place.host, place.project_path());
        let what = format!("the project {} would be made", place.project_path());
        return Ok(would(&context, &what, output(input, &page, 0, objects.as_ref())));
    }
    let publishing = Publishing {
        gitlab: account(&parts, &place.host, input)?,
        place: &place,
        context: &context,
    };
    let (project, is_new) = publishing.project(&parts).await?;
    let page = project.http_url_to_repo.trim_end_matches(".git").to_owned();
    if !is_new {
        let branch = project.default_branch.as_deref().unwrap_or(BRANCH);
        return Ok(json!({
            "remoteUrl": page, "repoContentsUrl": format!("{page}/-/blob/{branch}"),
            "projectId": project.id, "created": false,
        }));
    }
    if let Some(objects) = &objects {
        publishing.push(&project, objects).await?;
        publishing.branches(&project).await?;
    }
    publishing.variables(&project).await?;
    Ok(output(input, &page, project.id, objects.as_ref()))
}

fn branch(input: &Value) -> &str {
    input["defaultBranch"]
        .as_str()
        .filter(|name| !name.is_empty())
        .unwrap_or(BRANCH)
}

fn output(input: &Value, page: &str, project: u64, objects: Option<&Objects>) -> Value {
    let mut output = json!({
        "remoteUrl": page,
        "repoContentsUrl": format!("{page}/-/blob/{}", branch(input)),
        "projectId": project,
        "created": true,
    });
    if let Some(objects) = objects {
        output["commitHash"] = objects.commit().into();
    }
    output
}

struct Publishing<'a> {
    gitlab: Gitlab,
    place: &'a Place,
    context: &'a ActionContext,
}

impl Publishing<'_> {
    /// The project, and whether this step made it. With `skipExisting` one that is there is taken as it is.
    async fn project(&self, parts: &Parts) -> Result<(Project, bool), Fault> {
        let (input, place) = (&self.context.input, self.place);
        let namespace = self.gitlab.namespace(&place.owner).await?.ok_or_else(|| {
            Fault::input(format!(
                "The namespace {} is not found or the user doesn't have permissions to access it",
                place.owner
            ))
        })?;
        let path = input["settings"]["path"].as_str().unwrap_or(&place.name);
        let path = format!("{}/{path}", place.owner);
        let marks = Marks(&self.context.checkpoint);
        let is_again = marks.own(MAKING).is_some();
        let known = if is_again || is(input, "skipExisting", false) {
            self.gitlab.project(&path).await?
        } else {
            None
        };
        if let Some(known) = known {
            self.context.log.info(format!(
                "Repo {} already exists in namespace {}.",
                place.name, place.owner
            ));
            return Ok((known, is_again));
        }
        self.context.log.info(format!(
            "Creating repo {} in namespace {}.",
            place.name, place.owner
        ));
        let new = settings(input, &place.name, namespace.id);
        let making = self.gitlab.create(&new);
        let made = marks.announce(MAKING, json!(path), making).await?;
        let has_admin = parts
            .integrations
            .gitlab
            .iter()
            .any(|one| one.host == place.host && one.token.is_some());
        if is(input, "setUserAsOwner", false) && has_admin {
            // The token of the input makes the project, the one of the integration may change who owns it.
            let user = self.gitlab.own_user().await?;
            let admin = Gitlab::of(&parts.integrations, &parts.calls, &place.host, None)?;
            admin.make_owner(made.id, user).await?;
        }
        Ok((made, true))
    }

    async fn push(&self, project: &Project, objects: &Objects) -> Result<(), Fault> {
        let branch = branch(&self.context.input);
        let remote = self.gitlab.remote(project)?;
        let target = Remote {
            host: self.gitlab.host(),
            repository: &remote,
            authorization: Some(self.gitlab.git_authorization()),
        };
        let word = match push_first(&target, branch, objects).await? {
            Pushed::New => "is pushed",
            Pushed::Known => "was pushed before",
        };
        self.context
            .log
            .info(format!("Commit {} {word} to {branch}", objects.commit()));
        Ok(())
    }

    async fn branches(&self, project: &Project) -> Result<(), Fault> {
        let (id, log) = (project.id.to_string(), &self.context.log);
        for one in self.context.input["branches"].as_array().into_iter().flatten() {
            let name = one["name"].as_str().unwrap_or_default();
            let from = one["ref"].as_str().unwrap_or(BRANCH);
            if is(one, "create", false) && self.gitlab.branch(&id, name).await?.is_none() {
                self.gitlab.create_branch(&id, name, from).await?;
                log.info(format!("Branch {name} created for {id} with ref {from}"));
            }
            if is(one, "protect", false) {
                log.info(match self.gitlab.protect(&id, name).await? {
                    BranchProtected::New => format!("Branch {name} protected for {id}"),
                    BranchProtected::Known => format!("Branch {name} is protected already"),
                });
            }
        }
        Ok(())
    }

    async fn variables(&self, project: &Project) -> Result<(), Fault> {
        let id = project.id.to_string();
        for one in self.context.input["projectVariables"]
            .as_array()
            .into_iter()
            .flatten()
        {
            // One that is there was made by an earlier attempt: the project is this step's own.
            self.gitlab
                .create_variable(&id, &variable::with_defaults(one))
                .await?;
        }
        Ok(())
    }
}

/// The keys of the call that makes a project; the settings stand over the older keys.
fn settings(input: &Value, name: &str, namespace: u64) -> Value {
    let mut all = json!({
        "namespace_id": namespace,
        "name": name,
        "visibility": input["repoVisibility"].as_str().unwrap_or("private"),
    });
    if input["topics"]
        .as_array()
        .is_some_and(|topics| !topics.is_empty())
    {
        all["topics"] = input["topics"].clone();
    }
    for (key, value) in input["settings"].as_object().into_iter().flatten() {
        all[key] = value.clone();
    }
    all
}
