//! Actions: steps that templates, the command line and agents can run.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Actor, Fault};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use work::{Checkpoint, JobLog};
use workspace::Workspace;

use crate::action_input::InputCheck;
use crate::{Collisions, Of, PartFailure, PluginId, contained};

/// A step that something can be made of, for example `catalog:register`.
///
/// An action is run at least once: where it is a step of a job, a process may end after the work and before the
/// record of it. An action therefore does the same again without harm, or keeps what it has done in the checkpoint.
#[async_trait]
pub trait Action: Send + Sync + 'static {
    /// The name: a word for the area, `:`, and a word for the work.
    fn id(&self) -> &str;
    /// What it does, for people who choose one.
    fn description(&self) -> &str;
    /// What it takes and what it gives.
    fn schema(&self) -> ActionSchema;
    /// Inputs that are right, to be shown beside the description.
    fn examples(&self) -> Vec<ActionExample> {
        Vec::new()
    }
    /// Whether it can say what it would do without doing it. Others are passed over in a dry run.
    fn has_dry_run(&self) -> bool {
        false
    }
    /// Longest time of one run.
    fn time(&self) -> Duration {
        Duration::from_mins(10)
    }
    /// Does it; the answer is what the schema says.
    async fn run(&self, context: ActionContext) -> Result<Value, Fault>;
}

/// What an action takes and gives, as JSON Schema.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionSchema {
    /// Its input, an object.
    pub input: Value,
    /// Its answer.
    pub output: Value,
}

/// An input that is right.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionExample {
    /// What it shows.
    pub description: String,
    /// The input.
    pub input: Value,
}

/// What a run of an action has at hand.
pub struct ActionContext {
    /// The input.
    pub input: Value,
    /// In whose name it is run. What the actor may do is decided where it does it.
    pub actor: Actor,
    /// Files of this run alone; steps of one template share them.
    pub workspace: Workspace,
    /// Values that stand in no log.
    pub secrets: Secrets,
    /// What people read about the run.
    pub log: JobLog,
    /// What earlier attempts at the same step have kept.
    pub checkpoint: Checkpoint,
    /// Cancelled when the run must end.
    pub stop: CancellationToken,
    /// Nothing may change outside of the workspace.
    pub dry_run: bool,
    /// The run of a template that it is a step of; nothing where it is run on its own.
    pub template_run: Option<TemplateRun>,
}

/// The run of a template that a step belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateRun {
    /// Id of the task.
    pub task: String,
    /// When the task was begun.
    pub begun_at: Timestamp,
    /// Reference of the template.
    pub template: String,
    /// Address of the template's file, from which relative addresses start.
    pub base_url: Option<String>,
    /// Version of the template, as its annotation `backstage.io/template-version` says.
    pub version: Option<String>,
    /// The folder of this machine that relative addresses may not leave; nothing for the folder of the template's own file.
    pub root: Option<PathBuf>,
    /// The output of the last step that published something.
    pub published: Option<Value>,
    /// What a repository that the run makes keeps about its beginning, as the text of a file; nothing where it keeps nothing.
    pub record: Option<String>,
    /// Folders of this machine that stand for addresses, by the beginning of the address.
    pub folders: Vec<(String, PathBuf)>,
    /// What later steps read of the step's output, as an object of made-up values. It is there where a template is tried with
    /// values that are made up: what the step looks for and does not find is made up too, and its log says so.
    pub made_up_output: Option<Value>,
}

/// Secrets by name. Shown nowhere.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<String, SecretString>);

impl Secrets {
    /// These secrets.
    pub fn new(secrets: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(
            secrets
                .into_iter()
                .map(|(name, secret)| (name, secret.into()))
                .collect(),
        )
    }

    /// A secret, if there is one of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(ExposeSecret::expose_secret)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// All actions of a portal by their names.
#[derive(Clone, Default)]
pub struct ActionRegistry(Arc<BTreeMap<String, Registered>>);

struct Registered {
    of: Of<Arc<dyn Action>>,
    input: InputCheck,
}

/// Why actions cannot be registered.
#[derive(Debug, thiserror::Error)]
pub enum ActionsError {
    /// Two have the same name.
    #[error(transparent)]
    SameName(#[from] Collisions),
    /// The schema of an input is none.
    #[error(
        "the action \"{action}\" of the plugin {plugin} has a schema of its input that cannot be used: {reason}"
    )]
    Schema {
        /// The action.
        action: String,
        /// Its plugin.
        plugin: PluginId,
        /// What is wrong with the schema.
        reason: String,
    },
}

impl ActionRegistry {
    /// A registry of these actions; refuses two of the same name, and schemas that are none.
    pub fn new(actions: Vec<Of<Arc<dyn Action>>>) -> Result<Self, ActionsError> {
        let mut known: BTreeMap<String, Registered> = BTreeMap::new();
        let mut collisions = Vec::new();
        for of in actions {
            let (action, plugin) = (of.part.id().to_owned(), of.plugin.clone());
            let input = InputCheck::new(&of.part.schema().input).map_err(|reason| ActionsError::Schema {
                action: action.clone(),
                plugin: plugin.clone(),
                reason,
            })?;
            if let Some(other) = known.insert(action.clone(), Registered { of, input }) {
                collisions.push(format!(
                    "the action \"{action}\" is claimed by {} and by {plugin}",
                    other.of.plugin
                ));
            }
        }
        if collisions.is_empty() {
            Ok(Self(Arc::new(known)))
        } else {
            Err(Collisions(collisions).into())
        }
    }

    /// An action.
    pub fn get(&self, id: &str) -> Option<&Arc<dyn Action>> {
        self.0.get(id).map(|action| &action.of.part)
    }

    /// All actions by their names.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Action>> {
        self.0.values().map(|action| &action.of.part)
    }

    /// The same, each with the plugin that brings it.
    pub fn all_with_plugins(&self) -> impl Iterator<Item = (&PluginId, &Arc<dyn Action>)> {
        self.0.values().map(|action| (&action.of.plugin, &action.of.part))
    }

    /// The actions as lists on the wire and agents read them.
    pub fn to_json(&self) -> Value {
        let example = |one: &ActionExample| json!({"description": one.description, "input": one.input});
        let action = |action: &Arc<dyn Action>| {
            let ActionSchema { input, output } = action.schema();
            json!({
                "id": action.id(),
                "description": action.description(),
                "schema": {"input": input, "output": output},
                "examples": action.examples().iter().map(example).collect::<Vec<_>>(),
            })
        };
        self.all().map(action).collect()
    }

    /// Checks an input without running anything.
    pub fn check(&self, id: &str, input: &Value) -> Result<(), Fault> {
        self.registered(id)?.input.check(id, input)
    }

    fn registered(&self, id: &str) -> Result<&Registered, Fault> {
        self.0.get(id).ok_or_else(|| {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            Fault::not_found(format!(
                "there is no action \"{id}\"; there are: {}",
                known.join(", ")
            ))
        })
    }

    /// Runs an action as a task of its own, within its time: a panic is a fault. Input that does not fit the schema is a
    /// fault, and nothing is run. In a dry run an action that has none is passed over and gives an empty object.
    pub async fn run(&self, id: &str, context: ActionContext) -> Result<Value, Fault> {
        let Registered { of, input } = self.registered(id)?;
        let Of { plugin, part: action } = of;
        input.check(id, &context.input)?;
        if context.dry_run && !action.has_dry_run() {
            context.log.info(format!("{id} is passed over in a dry run"));
            return Ok(json!({}));
        }
        let (action, limit) = (action.clone(), action.time());
        let running = async move { action.run(context).await };
        let ended = contained(plugin, "action", limit, running).await;
        ended.map_err(|failure| match failure {
            PartFailure::Failed(fault) => fault,
            PartFailure::TooSlow(limit) => Fault::error(format!(
                "the action \"{id}\" took longer than the {} s that it may",
                limit.as_secs()
            )),
            PartFailure::Panicked => {
                Fault::error(format!("the action \"{id}\" panicked; the log says where"))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PluginId;

    /// Gives its input back, or does what the input says.
    struct Echo(&'static str, bool);

    #[async_trait]
    impl Action for Echo {
        fn id(&self) -> &str {
            self.0
        }

        fn description(&self) -> &'static str {
            "Says the same again."
        }

        fn schema(&self) -> ActionSchema {
            ActionSchema {
                input: json!({"properties": {"cups": {"type": "integer"}}}),
                output: json!({"type": "object"}),
            }
        }

        fn has_dry_run(&self) -> bool {
            self.1
        }

        fn time(&self) -> Duration {
            Duration::from_millis(100)
        }

        async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
            match context.input.as_str() {
                Some("panic") => panic!("as tests do"),
                Some("wait") => std::future::pending().await,
                Some("secret") => Ok(json!(context.secrets.get("token"))),
                _ => Ok(context.input),
            }
        }
    }

    const ONE: PluginId = PluginId::built_in("one");
    const TWO: PluginId = PluginId::built_in("two");

    fn of(plugin: PluginId, id: &'static str, has_dry_run: bool) -> Of<Arc<dyn Action>> {
        Of {
            plugin,
            part: Arc::new(Echo(id, has_dry_run)),
        }
    }

    fn context(input: Value, dry_run: bool) -> ActionContext {
        ActionContext {
            input,
            actor: Actor::system("test"),
            workspace: Workspace::open(std::path::Path::new("/nowhere")).unwrap(),
            secrets: Secrets::new([("token".to_owned(), "hush".to_owned())]),
            log: JobLog::in_memory(),
            checkpoint: Checkpoint::in_memory(None),
            stop: CancellationToken::new(),
            dry_run,
            template_run: None,
        }
    }

    #[test]
    fn equal_names_are_refused() {
        let actions = vec![of(ONE, "a:b", true), of(TWO, "a:b", true), of(TWO, "a:c", true)];
        let refused = ActionRegistry::new(actions).err().unwrap().to_string();
        assert!(
            refused.ends_with("the action \"a:b\" is claimed by one and by two"),
            "{refused}"
        );
    }

    #[tokio::test]
    async fn actions_may_fail_in_every_way() {
        let registry = ActionRegistry::new(vec![of(ONE, "a:b", true), of(TWO, "a:c", false)]).unwrap();
        let run = async |id, input, dry_run| registry.run(id, context(input, dry_run)).await;
        assert_eq!(run("a:b", json!({"x": 1}), true).await, Ok(json!({"x": 1})));
        assert_eq!(run("a:c", json!({"x": 1}), true).await, Ok(json!({})));
        assert_eq!(run("a:c", json!("secret"), false).await, Ok(json!("hush")));
        for is_dry in [true, false] {
            let fault = run("a:c", json!({"cups": "two"}), is_dry).await.unwrap_err();
            assert_eq!(
                fault.message,
                "the input of the action \"a:c\" does not fit: /cups: this value is not of type \"integer\""
            );
            assert_eq!(fault.path.as_deref(), Some("/cups"));
        }
        for (id, input, expected) in [
            ("a:d", "", "there is no action \"a:d\"; there are: a:b, a:c"),
            ("a:b", "panic", "the action \"a:b\" panicked"),
            ("a:b", "wait", "the action \"a:b\" took longer"),
        ] {
            let fault = run(id, json!(input), false).await.unwrap_err();
            assert!(fault.message.starts_with(expected), "{fault}");
        }
        let shown = format!("{:?}", context(Value::Null, true).secrets);
        assert_eq!(shown, "{\"token\"}");
        assert_eq!(registry.to_json()[0]["id"], "a:b");
    }
}
