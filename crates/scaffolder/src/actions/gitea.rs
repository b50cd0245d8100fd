//! `publish:gitea`: the workspace becomes a repository of Gitea.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use config::IntegrationsSection;
use model::Fault;
use outside::OutsideCalls;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use scm::git::{PushTarget, Pushed, push};
use scm::gitea::{Gitea, NewRepository};
use serde_json::{Value, json};

use super::published::{branch, commit, output, properties};
use super::{flag, object, text};
use crate::filters::{Hosts, parse_repo_url};
use crate::settings::Settings;

/// Longest wait until the server shows what was pushed.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

pub(super) struct PublishGitea {
    pub(super) integrations: IntegrationsSection,
    pub(super) calls: OutsideCalls,
    pub(super) hosts: Hosts,
    pub(super) settings: Arc<Settings>,
}

#[async_trait]
impl Action for PublishGitea {
    fn id(&self) -> &'static str {
        "publish:gitea"
    }

    fn description(&self) -> &'static str {
        "Initializes a git repository using the content of the workspace, and publishes it to Gitea."
    }

    fn schema(&self) -> ActionSchema {
        let mut all = json!({
            "repoUrl": text("Repository Location: host?repo=name, or host?owner=name&repo=name. Without owner it is scaffolder.defaultOwner, else the token's user."),
        });
        let more = properties();
        for (key, value) in more.as_object().into_iter().flatten() {
            all[key] = value.clone();
        }
        all["repoVisibility"] = json!({
            "type": "string", "enum": ["private", "public"],
            "description": "Sets the visibility of the repository. The default is scaffolder.defaultVisibility, else 'public'.",
        });
        all["signCommit"] = flag("Sign commit with configured PGP private key");
        ActionSchema {
            input: object(&["repoUrl"], all),
            output: output(),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![
            ActionExample {
                description: "Initializes a Gitea repository of the configured owner.".to_owned(),
                input: json!({"repoUrl": "gitea.com?repo=repo"}),
            },
            ActionExample {
                description: "Initializes a private Gitea repository of an organisation.".to_owned(),
                input: json!({"repoUrl": "gitea.com?owner=owner&repo=repo", "description": "A service", "repoVisibility": "private"}),
            },
        ]
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        if input["signCommit"] == true {
            return Err(Fault::new(
                "NotImplementedError",
                "Commits cannot be signed yet; leave signCommit out",
            ));
        }
        let place = parse_repo_url(input["repoUrl"].as_str().unwrap_or_default(), &self.hosts)
            .map_err(Fault::input)?;
        let part = |key: &str| place[key].as_str();
        let (host, name) = (part("host").unwrap_or_default(), part("repo").unwrap_or_default());
        let gitea = Gitea::of(&self.integrations, &self.calls, host)?;
        let objects = commit(&context, &self.settings).await?;
        let is_private = match input["repoVisibility"].as_str() {
            Some(word) => word == "private",
            None => self.settings.is_private,
        };
        let new = NewRepository {
            owner: part("owner").or(self.settings.owner.as_deref()),
            name,
            description: input["description"].as_str().unwrap_or_default(),
            private: is_private,
            branch: branch(input),
        };
        let (repository, is_new) = gitea.create(&new).await?;
        let full_name = &repository.full_name;
        let word = if is_new { "is made" } else { "is there already" };
        context.log.info(format!("The repository {full_name} {word}"));
        let remote = format!("{}/{full_name}.git", gitea.base());
        let target = PushTarget {
            host: gitea.host(),
            repository: &remote,
            authorization: gitea.git_authorization()?,
            branch: branch(input),
        };
        let pushed = push(&target, &objects).await?;
        let word = if pushed == Pushed::New {
            "is pushed"
        } else {
            "was pushed before"
        };
        context
            .log
            .info(format!("Commit {} {word} to {}", objects.commit(), branch(input)));
        if !gitea
            .shows(&repository, branch(input), &objects.commit(), LONGEST_WAIT)
            .await?
        {
            context
                .log
                .warning("The server has taken the commit, and does not show it yet");
        }
        Ok(json!({
            "remoteUrl": format!("{}.git", gitea.page(full_name)),
            "repoContentsUrl": format!("{}/src/branch/{}/", gitea.page(full_name), branch(input)),
            "commitHash": objects.commit(),
        }))
    }
}
