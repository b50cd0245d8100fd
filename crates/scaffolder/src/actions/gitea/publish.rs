//! `publish:gitea`: the workspace becomes a repository of Gitea.

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use scm::git::check_branch;
use serde_json::{Value, json};

use super::super::published::{branch, output, properties, signed_commit};
use super::super::{flag, object};
use super::create::{new_repository, visibility};
use super::push::push_workspace;
use super::{Servers, addresses, protection, target_properties, with};

pub(super) struct Publish(pub(super) Servers);

#[async_trait]
impl Action for Publish {
    fn id(&self) -> &'static str {
        "publish:gitea"
    }

    fn description(&self) -> &'static str {
        "Initializes a git repository using the content of the workspace, and publishes it to Gitea."
    }

    fn schema(&self) -> ActionSchema {
        let own = json!({
            "repoVisibility": visibility(),
            "signCommit": flag("Sign the commit with commitSigningKey of the integration, an OpenPGP private key. Default: false."),
        });
        let mut all = with(target_properties(), &properties());
        all = with(all, &protection::default_branch_properties());
        ActionSchema {
            input: object(&["repoUrl"], with(all, &own)),
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
            ActionExample {
                description: "Initializes a Gitea repository whose default branch takes pull requests only."
                    .to_owned(),
                input: json!({
                    "repoUrl": "gitea.com?repo=repo", "protectDefaultBranch": true, "requiredApprovingReviewCount": 2,
                    "requiredStatusCheckContexts": ["test*"],
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
        let branch = branch(input);
        check_branch(branch)?;
        let new = new_repository(&target, input, &self.0.settings);
        if context.dry_run {
            let objects = signed_commit(&context, &self.0.settings, self.0.signing_key(&target)).await?;
            let work = format!(
                "make the {} repository {} and push {} file(s) to {branch}{}",
                new.visibility(),
                target.full_name(),
                objects.len(),
                protection::foreseen(input, branch)
            );
            let page = self.0.foresee(&context, &target, &work);
            return Ok(with(
                addresses(&page, branch),
                &json!({"commitHash": objects.commit()}),
            ));
        }
        let gitea = self.0.gitea(&target)?;
        let objects = signed_commit(&context, &self.0.settings, self.0.signing_key(&target)).await?;
        let (repository, is_new) = gitea.create(&new).await?;
        let word = if is_new { "is made" } else { "is there already" };
        let line = format!("The repository {} {word}", repository.full_name);
        context.log.info(line);
        push_workspace(&context, &gitea, &repository, branch, &objects).await
    }
}
