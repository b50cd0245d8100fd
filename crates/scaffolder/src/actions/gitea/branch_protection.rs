//! `gitea:branch-protection`: a rule for a branch, or for all whose names fit a pattern.

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use super::super::{flag, object};
use super::protection::{branch_property, fields, properties, protect};
use super::{Servers, target_properties, with};

pub(super) struct Protect(pub(super) Servers);

#[async_trait]
impl Action for Protect {
    fn id(&self) -> &'static str {
        "gitea:branch-protection"
    }

    fn description(&self) -> &'static str {
        "Configures the protection of a branch of a Gitea repository."
    }

    fn schema(&self) -> ActionSchema {
        let own = json!({
            "branch": branch_property(),
            "enforceAdmins": flag("Administrators are held to the rule, too (Gitea 1.23 and later). Default: true."),
        });
        let all = with(target_properties(), &with(own, &properties()));
        ActionSchema {
            input: object(&["repoUrl"], all),
            output: object(&[], json!({})),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![
            ActionExample {
                description: "Protects the default branch: changes need a pull request with one approval."
                    .to_owned(),
                input: json!({"repoUrl": "gitea.com?owner=owner&repo=repo"}),
            },
            ActionExample {
                description: "Protects all release branches, to which one team may push.".to_owned(),
                input: json!({
                    "repoUrl": "gitea.com?owner=owner&repo=repo", "branch": "release/**", "requiredApprovingReviewCount": 2,
                    "requiredStatusCheckContexts": ["build", "test*"], "restrictions": {"teams": ["release"]},
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
        let branch = input["branch"].as_str();
        let fields = fields(input, input["enforceAdmins"] != false);
        if context.dry_run {
            let branch = branch.unwrap_or("the default branch");
            let work = format!("protect {branch} of {}", target.full_name());
            self.0.foresee(&context, &target, &work);
            return Ok(json!({}));
        }
        let (gitea, repository) = self.0.repository(&target).await?;
        let branch = branch.unwrap_or(&repository.default_branch);
        protect(&context, &gitea, &repository, branch, &fields).await?;
        Ok(json!({}))
    }
}
