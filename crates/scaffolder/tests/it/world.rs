//! A folder with templates, a catalog, and processes that run tasks.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use catalog::Catalog;
use config::Config;
use model::{Actor, EntityRef, Fault, SystemClock, Viewer};
use outside::OutsideCalls;
use plugin::{
    Action, ActionContext, ActionRegistry, ActionSchema, AuditEvent, AuditLog, Contributions, Of, PluginId,
    Routes, SearchFeed, Secrets, Services, Slot,
};
use scaffolder::ActionLimit;
use scaffolder::tasks::{TaskId, TaskReport, TaskState, Tasks};
use scaffolder::template::Template;
use serde_json::{Value, json};
use store::{Database, Store, StoreError, Tx};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use work::{Checkpoint, JobLog, JobRunner, Jobs, Pace};
use workspace::Workspace;

/// Longest wait for something that is to happen.
const PATIENCE: Duration = Duration::from_secs(30);
const QUICK: Pace = Pace {
    at_once: 8,
    poll: Duration::from_millis(20),
    hold: Duration::from_millis(1_200),
    // Longer than an action may take to end.
    grace: Duration::from_secs(10),
};

pub struct World {
    pub folder: TempDir,
    pub tasks: Tasks,
    pub catalog: Catalog,
    services: Services,
    config: Config,
    pub gate: Gate,
}

/// The action `test:gate`: counts its runs, and waits until it is let through.
#[derive(Clone)]
pub struct Gate {
    pub runs: Arc<AtomicUsize>,
    pub open: Arc<Semaphore>,
}

/// A task that came to its end.
pub struct Ran {
    pub task: TaskReport,
    pub messages: String,
}

impl Ran {
    /// What its action gave.
    pub fn output(&self) -> Value {
        assert_eq!(self.task.state, TaskState::Completed, "{}", self.messages);
        self.task.output.as_ref().unwrap()["all"].clone()
    }

    /// Why it failed.
    pub fn problem(&self) -> String {
        assert_eq!(self.task.state, TaskState::Failed, "{}", self.messages);
        self.task.problem.as_ref().unwrap().to_string()
    }
}

/// A process that runs tasks.
pub struct Process {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

struct Silent;

#[async_trait]
impl AuditLog for Silent {
    async fn record(&self, _: &mut Tx, _: AuditEvent) -> Result<(), StoreError> {
        Ok(())
    }

    async fn record_attempt(&self, _: AuditEvent) {}
}

#[async_trait]
impl SearchFeed for Silent {
    async fn changed(&self, _: &[EntityRef]) -> Result<(), Fault> {
        Ok(())
    }

    async fn changed_in(&self, _: &mut Tx, _: &[EntityRef]) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Action for Gate {
    fn id(&self) -> &'static str {
        "test:gate"
    }

    fn description(&self) -> &'static str {
        "Counts, and waits."
    }

    fn schema(&self) -> ActionSchema {
        ActionSchema {
            input: json!({"type": "object"}),
            output: Value::Null,
        }
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        context.log.info(format!("the input is {}", context.input));
        if context.input["fails"] == true {
            return Err(Fault::error(format!("refused with {}", context.input["why"])));
        }
        if context.input["keeps"] == true {
            let kept = context.checkpoint.get().unwrap_or_default();
            context.log.info(format!("run {run} finds {kept}"));
            context.checkpoint.save(&run).await?;
        }
        if context.input["waits"] == true {
            let passed = self.open.acquire().await;
            passed.map_err(|error| Fault::error(error.to_string()))?.forget();
        }
        Ok(json!({ "run": run }))
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with(json!({})).await
    }

    /// With further keys of the configuration.
    pub async fn with(more: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = json!({"catalog": {"rules": [{"allow": testkit::KINDS}]}});
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        let config = Config::from_value(config, folder.path()).unwrap();
        let tables = [
            (work::PLUGIN, work::MIGRATIONS),
            ("scaffolder", scaffolder::MIGRATIONS),
        ];
        let store = Store::open_with(&Database::SqliteMemory, &tables).await.unwrap();
        let catalog = Catalog::builder(Arc::new(config.clone()), store.clone())
            .local_folder(scaffolder::repositories_folder(&config));
        let catalog = catalog.build().unwrap();
        let services = Services {
            jobs: Jobs::new(store.clone()),
            outside: OutsideCalls::new(outside::Settings::default(), Arc::new(SystemClock)),
            search: Arc::new(Silent),
            store,
        };
        Self {
            tasks: Tasks::new(&services.store, &services.jobs, &catalog, Arc::new(Silent)),
            folder,
            catalog,
            services,
            config,
            gate: Gate {
                runs: Arc::default(),
                open: Arc::new(Semaphore::new(0)),
            },
        }
    }

    /// With a catalog that has these entities.
    pub async fn with_entities(entities: &[Value]) -> Self {
        let rules = json!([{"allow": testkit::KINDS}, {"allow": ["Template"]}]);
        let world = Self::with(json!({"catalog": {
            "rules": rules, "locations": [{"type": "file", "target": "all.yaml"}],
        }}))
        .await;
        let texts = entities.iter().map(|entity| format!("---\n{entity}\n"));
        std::fs::write(world.path("all.yaml"), texts.collect::<String>()).unwrap();
        world.catalog.start().await.unwrap();
        world.catalog.settle().await.unwrap();
        world.catalog.catch_up().await.unwrap();
        world
    }

    /// A template beside which `files` lie.
    pub fn template(&self, steps: &Value, output: &Value, files: &[(&str, &str)]) -> Template {
        for (path, text) in files {
            let path = self.folder.path().join("template").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let place = format!(
            "file:{}",
            self.folder.path().join("template/template.yaml").display()
        );
        let entity = json!({
            "apiVersion": "scaffolder.backstage.io/v1beta3",
            "kind": "Template",
            "metadata": {"name": "probe", "annotations": {"backstage.io/managed-by-location": place}},
            "spec": {
                "type": "service",
                "parameters": {"properties": {"name": {"type": "string"}}},
                "steps": steps,
                "output": output,
            },
        });
        Template::of(&entity).unwrap()
    }

    /// A template that fetches a skeleton of three files and runs one action, whose output it gives as `all`.
    pub fn skeleton_and(&self, action: &str, input: &Value) -> Template {
        let files = [
            ("skeleton/README.md", "# orders\n"),
            ("skeleton/src/main.ts", "// main\n"),
            ("skeleton/logo.bin", "\0\u{1}binary"),
        ];
        let steps = json!([
            {"id": "fetch", "action": "fetch:template", "input": {"url": "./skeleton", "values": {}}},
            {"id": "at", "action": action, "input": input},
        ]);
        self.template(&steps, &json!({"all": "${{ steps['at'].output }}"}), &files)
    }

    /// Runs the skeleton and one action to the end.
    pub async fn ran(&self, action: &str, input: &Value) -> Ran {
        let id = self.begin(&self.skeleton_and(action, input), &[]).await;
        Ran {
            task: self.ended(id).await,
            messages: self.messages(id).await,
        }
    }

    /// Tries one action with a workspace of one file, and gives what it says.
    pub async fn tried(&self, action: &str, input: &Value) -> (Result<Value, Fault>, String) {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(&folder.path().join("files.log")).unwrap();
        workspace.write("a.txt", b"a", false).unwrap();
        let log = JobLog::in_memory();
        let context = ActionContext {
            input: input.clone(),
            actor: Actor::system("test"),
            workspace,
            secrets: Secrets::default(),
            log: log.clone(),
            checkpoint: Checkpoint::in_memory(None),
            stop: CancellationToken::new(),
            dry_run: true,
            template_run: None,
        };
        let tried = self.actions().run(action, context).await;
        let lines = log.take().into_iter().map(|(_, line)| line);
        (tried, lines.collect::<Vec<_>>().join("\n"))
    }

    /// The hosts that were called so far.
    pub fn calls(&self) -> Vec<String> {
        let called = self.services.outside.status().into_iter();
        called
            .filter(|host| host.calls > 0)
            .map(|host| host.host)
            .collect()
    }

    /// Begins a task.
    pub async fn begin(&self, template: &Template, secrets: &[(&str, &str)]) -> TaskId {
        self.begin_with(template, secrets, &ActionLimit::default()).await
    }

    /// Begins a task that may run some actions only.
    pub async fn begin_within(&self, template: &Template, limit: &ActionLimit) -> TaskId {
        self.begin_with(template, &[], limit).await
    }

    async fn begin_with(&self, template: &Template, secrets: &[(&str, &str)], limit: &ActionLimit) -> TaskId {
        let secrets: BTreeMap<String, String> = secrets
            .iter()
            .map(|(name, secret)| ((*name).to_owned(), (*secret).to_owned()))
            .collect();
        let viewer = Viewer::guest();
        let actor = Actor::caller(&viewer, None);
        let values = json!({"name": "orders"});
        self.tasks
            .create(template, &values, &secrets, (&viewer, limit), &actor)
            .await
            .unwrap()
    }

    /// The pages and the API, without the rules of their rows.
    pub fn router(&self) -> Router {
        let made = self.contributions(Slot::default());
        let rows = made.routes.into_iter().flat_map(Routes::into_rows);
        rows.fold(Router::new(), |router, (head, endpoint)| {
            router.route(&head.full_path(), endpoint)
        })
    }

    fn contributions(&self, slot: Slot<ActionRegistry>) -> Contributions {
        scaffolder::contributions(
            &self.config,
            &self.catalog,
            &self.services,
            Arc::new(Silent),
            (slot, web::Inward::default()),
            CancellationToken::new(),
        )
    }

    /// All actions.
    pub fn actions(&self) -> ActionRegistry {
        let slot: Slot<ActionRegistry> = Slot::default();
        self.contribute(&slot);
        slot.get().unwrap().clone()
    }

    /// A process that runs tasks on the database of this world.
    pub fn process(&self) -> Process {
        let slot: Slot<ActionRegistry> = Slot::default();
        let jobs = self.contribute(&slot);
        let runner = JobRunner::builder(self.services.jobs.clone()).pace(QUICK);
        let runner = jobs
            .into_iter()
            .fold(runner, work::JobRunnerBuilder::handler)
            .build()
            .unwrap();
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move { runner.run(&stopped).await });
        Process { stop, task }
    }

    fn contribute(&self, slot: &Slot<ActionRegistry>) -> Vec<Arc<dyn work::JobHandler>> {
        let made = self.contributions(slot.clone());
        let of = |part: Arc<dyn Action>| Of {
            plugin: PluginId::built_in("scaffolder"),
            part,
        };
        let gate: Arc<dyn Action> = Arc::new(self.gate.clone());
        let actions = made.actions.into_iter().chain([gate]).map(of).collect();
        slot.fill(ActionRegistry::new(actions).unwrap());
        made.jobs
    }

    /// Waits for the end of a task.
    pub async fn ended(&self, id: TaskId) -> TaskReport {
        self.until(id, "the task has ended", |task| !task.state.is_open())
            .await
    }

    pub async fn until(&self, id: TaskId, what: &str, is_so: impl Fn(&TaskReport) -> bool) -> TaskReport {
        let looking = async {
            loop {
                let task = self.tasks.show(id).await.unwrap().unwrap();
                if is_so(&task) {
                    return task;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, looking).await;
        found.unwrap_or_else(|_| panic!("not in time: {what}"))
    }

    pub async fn runs_of_gate(&self, number: usize) {
        let counting = async {
            while self.gate.runs.load(Ordering::SeqCst) < number {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, counting)
            .await
            .expect("the gate is reached");
    }

    /// All messages of a task, one to a line.
    pub async fn messages(&self, id: TaskId) -> String {
        let events = self.tasks.events(id, 0).await.unwrap();
        events
            .iter()
            .map(|event| event.message.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }

    pub fn path(&self, path: &str) -> std::path::PathBuf {
        Path::new(self.folder.path()).join(path)
    }
}

impl Process {
    pub async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// As if the process were killed.
    pub async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}
