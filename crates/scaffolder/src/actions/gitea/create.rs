//! `gitea:repo:create`: an empty repository with its settings.

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use scm::git::check_branch;
use scm::gitea::{Gitea, NewRepository, Repository};
use serde_json::{Map, Value, json};

use super::super::published::branch;
use super::super::{flag, object, text};
use super::{Servers, Target, addresses, target_properties, texts, with};
use crate::settings::Settings;

/// The inputs that are fields of a repository, with the words of the API for them.
const FIELDS: [(&str, &str); 8] = [
    ("homepage", "website"),
    ("hasIssues", "has_issues"),
    ("hasProjects", "has_projects"),
    ("hasWiki", "has_wiki"),
    ("allowMergeCommit", "allow_merge_commits"),
    ("allowRebaseMerge", "allow_rebase"),
    ("allowSquashMerge", "allow_squash_merge"),
    ("deleteBranchOnMerge", "default_delete_branch_after_merge"),
];

pub(super) struct Create(pub(super) Servers);

/// The input `repoVisibility`.
pub(super) fn visibility() -> Value {
    json!({
        "type": "string", "enum": ["private", "public"],
        "description": "Sets the visibility of the repository. The default is scaffolder.defaultVisibility, else 'public'.",
    })
}

/// The repository that a step asks for.
pub(super) fn new_repository<'a>(
    target: &'a Target,
    input: &'a Value,
    settings: &Settings,
) -> NewRepository<'a> {
    NewRepository {
        owner: target.owner.as_deref(),
        name: &target.name,
        description: input["description"].as_str().unwrap_or_default(),
        private: match input["repoVisibility"].as_str() {
            Some(word) => word == "private",
            None => settings.is_private,
        },
        branch: branch(input),
    }
}

fn properties() -> Value {
    json!({
        "description": text("Repository Description"),
        "homepage": text("Repository Homepage"),
        "repoVisibility": visibility(),
        "defaultBranch": text("Sets the default branch on the repository. The default value is 'main'"),
        "topics": {
            "type": "array", "maxItems": 25,
            "items": {"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]{0,34}$"},
            "description": "Topics of the repository",
        },
        "hasIssues": flag("Enable issues for the repository"),
        "hasProjects": flag("Enable projects for the repository"),
        "hasWiki": flag("Enable the wiki for the repository"),
        "allowMergeCommit": flag("Allow merge commits"),
        "allowRebaseMerge": flag("Allow rebase merges"),
        "allowSquashMerge": flag("Allow squash merges"),
        "deleteBranchOnMerge": flag("Delete the branch after merging the PR, unless the one who merges says otherwise"),
        "collaborators": {
            "type": "array",
            "description": "Users with their rights, and teams of the organisation, which keep the right that they have",
            "items": {
                "type": "object", "additionalProperties": false,
                "properties": {
                    "user": text("The name of a user"),
                    "team": text("The name of a team"),
                    "access": {"type": "string", "enum": ["read", "write", "admin"], "description": "The right of a user. Default: write."},
                },
                "oneOf": [{"required": ["user"]}, {"required": ["team"]}],
            },
        },
    })
}

#[async_trait]
impl Action for Create {
    fn id(&self) -> &'static str {
        "gitea:repo:create"
    }

    fn description(&self) -> &'static str {
        "Creates an empty Gitea repository."
    }

    fn schema(&self) -> ActionSchema {
        ActionSchema {
            input: object(&["repoUrl"], with(target_properties(), &properties())),
            output: object(
                &[],
                json!({
                    "remoteUrl": text("A URL to the repository with the provider"),
                    "repoContentsUrl": text("A URL to the root of the repository"),
                }),
            ),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![
            ActionExample {
                description: "Creates an empty repository.".to_owned(),
                input: json!({"repoUrl": "gitea.com?owner=owner&repo=repo", "description": "A service"}),
            },
            ActionExample {
                description: "Creates a private repository with topics, a team, and squash merges alone."
                    .to_owned(),
                input: json!({
                    "repoUrl": "gitea.com?owner=owner&repo=repo", "repoVisibility": "private", "topics": ["rust", "service"],
                    "allowMergeCommit": false, "allowRebaseMerge": false, "deleteBranchOnMerge": true,
                    "collaborators": [{"team": "platform"}, {"user": "jane", "access": "admin"}],
                }),
            },
        ]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        let target = self.0.target(&context)?;
        check_branch(branch(input))?;
        let new = new_repository(&target, input, &self.0.settings);
        if context.dry_run {
            let work = format!("make the {} repository {}", new.visibility(), target.full_name());
            let page = self.0.foresee(&context, &target, &work);
            return Ok(addresses(&page, branch(input)));
        }
        let gitea = self.0.gitea(&target)?;
        let repository = made(&context, &gitea, &new).await?;
        set_up(input, &gitea, &repository).await?;
        Ok(addresses(&gitea.page(&repository.full_name), branch(input)))
    }
}

/// Makes the repository. One that is there already is taken only where an earlier attempt of this step began to make it.
async fn made(context: &ActionContext, gitea: &Gitea, new: &NewRepository<'_>) -> Result<Repository, Fault> {
    let owner = match new.owner {
        Some(owner) => owner.to_owned(),
        None => gitea.own_user().await?,
    };
    // Also where a person has the step done again: the repository is the task's own.
    let was_begun = context.checkpoint.get().is_some();
    if !was_begun {
        if let Some(known) = gitea.repository(&owner, new.name).await? {
            return Err(Fault::conflict(format!(
                "The repository {} is there already; choose another name, or remove it",
                known.full_name
            )));
        }
        let begun = context.checkpoint.save(&json!({"begun": true})).await;
        begun.map_err(|error| Fault::error(error.to_string()))?;
    }
    let (repository, is_new) = gitea.create(new).await?;
    let word = if is_new { "is made" } else { "was made before" };
    let line = format!("The repository {} {word}", repository.full_name);
    context.log.info(line);
    Ok(repository)
}

/// Settings, topics and people. All of it may be done again.
async fn set_up(input: &Value, gitea: &Gitea, repository: &Repository) -> Result<(), Fault> {
    let fields: Map<String, Value> = FIELDS
        .iter()
        .filter(|(key, _)| !input[*key].is_null())
        .map(|(key, field)| ((*field).to_owned(), input[*key].clone()))
        .collect();
    if !fields.is_empty() {
        gitea.set_up(repository, &fields).await?;
    }
    let topics = texts(&input["topics"]);
    if !topics.is_empty() {
        gitea.set_topics(repository, &topics).await?;
    }
    for one in input["collaborators"].as_array().into_iter().flatten() {
        match (one["user"].as_str(), one["team"].as_str()) {
            (Some(user), _) => {
                let right = one["access"].as_str().unwrap_or("write");
                gitea.add_collaborator(repository, user, right).await?;
            }
            (None, Some(team)) => gitea.add_team(repository, team).await?,
            (None, None) => {}
        }
    }
    Ok(())
}
