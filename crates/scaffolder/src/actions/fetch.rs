//! `fetch:plain` and `fetch:plain:file`: files as they are.

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use super::source::Sources;
use super::{blocking, object, text};

/// The input of both actions, with what they say of its keys.
fn schema(required: &[&str], url: &str, target: &str) -> ActionSchema {
    let properties = json!({
        "url": text(url),
        "targetPath": text(target),
        "token": text("An optional token to use for authentication when reading the resources."),
    });
    ActionSchema {
        input: object(required, properties),
        output: Value::Null,
    }
}

/// What is fetched; the log says so.
fn address(context: &ActionContext) -> &str {
    let address = context.input["url"].as_str().unwrap_or_default();
    context
        .log
        .info(format!("Fetching plain content from remote URL {address}"));
    address
}

pub(super) struct FetchPlain(pub(super) Sources);

#[async_trait]
impl Action for FetchPlain {
    fn id(&self) -> &'static str {
        "fetch:plain"
    }

    fn description(&self) -> &'static str {
        "Downloads content and places it in the workspace, or optionally in a subdirectory specified by the `targetPath` \
         input option."
    }

    fn schema(&self) -> ActionSchema {
        schema(
            &["url"],
            "Relative path or absolute URL pointing to the directory tree to fetch",
            "Target path within the working directory to download the contents to.",
        )
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Downloads content and places it in the workspace.".to_owned(),
            input: json!({"url": "https://github.com/backstage/community/tree/main/backstage-community-sessions/assets"}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let address = address(&context);
        let tree = self.0.folder(address, &context).await?;
        let target = context.input["targetPath"].as_str().unwrap_or("./");
        let workspace = context.workspace.below(target)?;
        blocking(move || {
            let mut files = tree.files.iter();
            files.try_for_each(|(path, file)| workspace.write(path, &file.bytes, file.is_executable))
        })
        .await?;
        Ok(json!({}))
    }
}

pub(super) struct FetchPlainFile(pub(super) Sources);

#[async_trait]
impl Action for FetchPlainFile {
    fn id(&self) -> &'static str {
        "fetch:plain:file"
    }

    fn description(&self) -> &'static str {
        "Downloads single file and places it in the workspace."
    }

    fn schema(&self) -> ActionSchema {
        schema(
            &["url", "targetPath"],
            "Relative path or absolute URL pointing to the single file to fetch.",
            "Target path within the working directory to download the file as.",
        )
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Downloads a file and places it in the workspace.".to_owned(),
            input: json!({"url": "./ci/workflow.yaml", "targetPath": ".gitea/workflows/build.yaml"}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let address = address(&context);
        let file = self.0.file(address, &context).await?;
        let target = context.input["targetPath"].as_str().unwrap_or_default();
        context.workspace.write(target, &file.bytes, file.is_executable)?;
        Ok(json!({}))
    }
}
