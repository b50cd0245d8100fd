//! What is left of dry runs that fail, and of those that are given up.

use std::time::Duration;

use async_trait::async_trait;
use config::Config;
use model::Viewer;
use plugin::{Action, ActionSchema, Of, PluginId};

use super::*;

/// Writes what it is given, then fails, or never ends.
struct Writes;

#[async_trait]
impl Action for Writes {
    fn id(&self) -> &'static str {
        "test:write"
    }

    fn description(&self) -> &'static str {
        "Writes."
    }

    fn schema(&self) -> plugin::ActionSchema {
        ActionSchema {
            input: json!({"type": "object"}),
            output: Value::Null,
        }
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let text = context.input["text"].as_str().unwrap_or_default().to_owned();
        context.workspace.write("a.txt", text.as_bytes(), false)?;
        match context.input["then"].as_str() {
            Some("fail") => Err(Fault::input(format!("refused {text}"))),
            Some("wait") => std::future::pending().await,
            _ => Ok(json!({})),
        }
    }
}

fn runner(folder: &Path) -> DryRunner {
    let slot: Slot<ActionRegistry> = Slot::default();
    let action = Of {
        plugin: PluginId::built_in("scaffolder"),
        part: Arc::new(Writes) as Arc<dyn Action>,
    };
    slot.fill(ActionRegistry::new(vec![action]).unwrap());
    let config = Config::from_value(json!({}), folder).unwrap();
    DryRunner::new(slot, Extensions::default(), Arc::new(Settings::new(&config)))
}

fn template(steps: &Value) -> Template {
    let entity = json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "probe"},
        "spec": {"type": "service", "steps": steps},
    });
    Template::of(&entity).unwrap()
}

fn wanted(template: &Template) -> DryRun<'_> {
    DryRun {
        limit: crate::ActionLimit::default(),
        template,
        values: &Value::Null,
        secrets: BTreeMap::from([("token".to_owned(), "hush-hush".to_owned())]),
        user: None,
        actor: Actor::caller(&Viewer::guest(), None),
        environment: None,
        beside: Beside::Files(Vec::new()),
        until: None,
        is_made_up: false,
    }
}

/// The folders of dry runs that there are.
fn folders(runner: &DryRunner) -> usize {
    std::fs::read_dir(&runner.settings.workspaces).map_or(0, Iterator::count)
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not in time: {what}");
}

#[tokio::test]
async fn a_step_that_fails_leaves_what_was_made_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let runner = runner(folder.path());
    let template = template(&json!([
        {"id": "one", "action": "test:write", "input": {"text": "${{ secrets.token }}", "then": "fail"}},
        {"id": "two", "action": "test:write"},
    ]));
    let stop = CancellationToken::new();
    let tried = runner.try_out(wanted(&template), &stop).await.unwrap();
    let failure = tried.report.failure.unwrap();
    assert_eq!(failure.message, "refused ***");
    assert_eq!(tried.report.files.len(), 1);
    let text = String::from_utf8(tried.report.files[0].bytes.clone()).unwrap();
    assert_eq!(tried.redactor.redact(&text), "***");
    let last = tried.report.log.last().unwrap();
    assert_eq!(
        (last.step.as_deref(), last.status),
        (Some("one"), Some(StepState::Failed))
    );
    let report = runner.run(wanted(&template), &stop).await.unwrap();
    assert_eq!(report.failure.unwrap().message, "refused ***");
    until("the folders are removed", || folders(&runner) == 0).await;
}

#[tokio::test]
async fn a_run_that_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let runner = runner(folder.path());
    let template = template(&json!([{"action": "test:write", "input": {"then": "wait"}}]));
    let stop = CancellationToken::new();
    let running = runner.try_out(wanted(&template), &stop);
    let given_up = tokio::time::timeout(Duration::from_millis(300), running).await;
    assert!(given_up.is_err());
    until("the folder is removed", || folders(&runner) == 0).await;
    assert_eq!(runner.places.available_permits(), AT_ONCE);
}

#[tokio::test]
async fn a_template_that_the_catalog_refuses_is_not_tried() {
    let folder = tempfile::tempdir().unwrap();
    let runner = runner(folder.path());
    let mut template = template(&json!([]));
    template.entity["spec"]["parameters"] = "no".into();
    let refused = runner
        .run(wanted(&template), &CancellationToken::new())
        .await
        .unwrap_err();
    assert!(refused.message.contains("/spec/parameters"), "{refused}");
    // What a placeholder stands for is not known here.
    template.entity["spec"]["owner"] = json!({"$text": "./owner"});
    let tried = runner.run(wanted(&template), &CancellationToken::new()).await;
    assert!(tried.is_ok(), "{tried:?}");
}
