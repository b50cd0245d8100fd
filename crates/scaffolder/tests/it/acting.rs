//! One action on its own, in a workspace, with the checkpoint that another attempt finds.

use model::{Actor, Fault, Viewer};
use plugin::{ActionContext, ActionRegistry, Secrets, TemplateRun};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::FakeGitea;
use tokio_util::sync::CancellationToken;
use work::{Checkpoint, JobLog};
use workspace::Workspace;

use crate::world::World;

/// A step of a task.
pub struct Acting {
    /// Keeps its folder.
    _world: World,
    /// Keeps the log of the workspace.
    _folder: TempDir,
    workspace: Workspace,
    actions: ActionRegistry,
}

/// What a run gave.
pub struct Acted {
    pub output: Result<Value, Fault>,
    pub log: String,
    /// What another attempt finds.
    pub checkpoint: Checkpoint,
}

impl Acted {
    pub fn right(self) -> Value {
        self.output
            .unwrap_or_else(|fault| panic!("{fault}\n{}", self.log))
    }

    pub fn wrong(self) -> String {
        self.output.expect_err("it fails").to_string()
    }
}

impl Acting {
    /// With keys of the configuration, and a workspace with a few files.
    pub async fn with(config: Value) -> Self {
        let world = World::with(config).await;
        let folder = tempfile::tempdir().unwrap();
        let acting = Self {
            actions: world.actions(),
            workspace: Workspace::open(&folder.path().join("files.log")).unwrap(),
            _folder: folder,
            _world: world,
        };
        acting.write("README.md", "# Orders\n");
        acting.write("src/main.ts", "run();\n");
        let executed = acting.workspace.write("bin/run", b"#!/bin/sh\n", true);
        executed.unwrap();
        acting
    }

    /// With a Gitea in the configuration, and further keys.
    pub async fn at(gitea: &FakeGitea, token: &str, more: Value) -> Self {
        let mut config = json!({"integrations": {"gitea": [
            {"host": gitea.host(), "baseUrl": gitea.url(), "password": token},
        ]}});
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        Self::with(config).await
    }

    pub fn write(&self, path: &str, text: &str) {
        self.workspace.write(path, text.as_bytes(), false).unwrap();
    }

    pub async fn run(&self, action: &str, input: Value) -> Acted {
        self.again(action, input, &Checkpoint::in_memory(None)).await
    }

    /// Another attempt at a step, which finds what an earlier one has kept.
    pub async fn again(&self, action: &str, input: Value, checkpoint: &Checkpoint) -> Acted {
        self.act(action, input, checkpoint, false).await
    }

    pub async fn dry(&self, action: &str, input: Value) -> Acted {
        self.act(action, input, &Checkpoint::in_memory(None), true).await
    }

    async fn act(&self, action: &str, input: Value, checkpoint: &Checkpoint, dry_run: bool) -> Acted {
        let log = JobLog::in_memory();
        let context = ActionContext {
            input,
            actor: Actor::caller(&Viewer::guest(), None),
            workspace: self.workspace.clone(),
            secrets: Secrets::default(),
            log: log.clone(),
            checkpoint: checkpoint.clone(),
            stop: CancellationToken::new(),
            dry_run,
            template_run: Some(TemplateRun {
                task: "task-1".to_owned(),
                begun_at: "2026-11-30T00:00:00Z".parse().unwrap(),
                template: "template:default/probe".to_owned(),
                base_url: None,
                version: None,
                root: None,
                record: None,
                folders: Vec::new(),
                made_up_output: None,
                published: None,
            }),
        };
        let output = self.actions.run(action, context).await;
        let lines = log.take().into_iter().map(|(_, line)| line);
        Acted {
            output,
            log: lines.collect::<Vec<_>>().join("\n"),
            checkpoint: checkpoint.clone(),
        }
    }
}
