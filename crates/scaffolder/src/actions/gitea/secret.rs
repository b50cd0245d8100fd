//! `gitea:actions:secret`: a secret that the runs of Actions see.

use async_trait::async_trait;
use config::Secret;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use super::super::{object, text};
use super::{Servers, target_properties, with};

/// Beginnings of names that the server keeps for itself.
const KEPT: [&str; 2] = ["GITEA_", "GITHUB_"];

pub(super) struct SetSecret(pub(super) Servers);

#[async_trait]
impl Action for SetSecret {
    fn id(&self) -> &'static str {
        "gitea:actions:secret"
    }

    fn description(&self) -> &'static str {
        "Sets a secret of a Gitea repository for its Actions."
    }

    fn schema(&self) -> ActionSchema {
        let own = json!({
            "secretName": {
                "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "maxLength": 255,
                "description": "The name of the secret: letters, digits and '_'. The server keeps it in capitals.",
            },
            "secretValue": text("The value of the secret. It is shown nowhere."),
        });
        ActionSchema {
            input: object(
                &["repoUrl", "secretName", "secretValue"],
                with(target_properties(), &own),
            ),
            output: object(&[], json!({})),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Gives the repository's workflows the password of a registry.".to_owned(),
            input: json!({
                "repoUrl": "gitea.com?owner=owner&repo=repo", "secretName": "REGISTRY_PASSWORD",
                "secretValue": "${{ secrets.REGISTRY_PASSWORD }}",
            }),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        let target = self.0.target(&context)?;
        let part = |key: &str| input[key].as_str().unwrap_or_default();
        let name = part("secretName").to_uppercase();
        if let Some(kept) = KEPT.iter().find(|kept| name.starts_with(*kept)) {
            return Err(Fault::input(format!(
                "The secret {name} cannot be set: names that begin with {kept} belong to the server; choose another name"
            )));
        }
        let value = Secret::new(part("secretValue"));
        // A dry run need not be given the secrets.
        if value.expose().is_empty() && !context.dry_run {
            return Err(Fault::input(format!(
                "The secret {name} cannot be set to nothing; does the secret of the task that secretValue names have a value?"
            )));
        }
        if context.dry_run {
            let work = format!("set the secret {name} of {}", target.full_name());
            self.0.foresee(&context, &target, &work);
            return Ok(json!({}));
        }
        let (gitea, repository) = self.0.repository(&target).await?;
        gitea.set_secret(&repository, &name, &value).await?;
        let line = format!("The secret {name} of {} is set", repository.full_name);
        context.log.info(line);
        Ok(json!({}))
    }
}
