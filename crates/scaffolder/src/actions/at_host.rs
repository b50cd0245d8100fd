//! What the actions at GitHub and GitLab have in common: how one is described, where it works, and what of it was done before
//! an interruption.

use std::sync::Arc;

use async_trait::async_trait;
use config::IntegrationsSection;
use futures::future::BoxFuture;
use model::{Fault, FaultKind};
use outside::OutsideCalls;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};
use work::Checkpoint;

use super::object;
use crate::filters::{Hosts, parse_repo_url};
use crate::run::EARLIER;
use crate::settings::Settings;

/// What the actions work with.
pub(super) struct Parts {
    pub(super) integrations: IntegrationsSection,
    pub(super) calls: OutsideCalls,
    pub(super) hosts: Hosts,
    pub(super) settings: Arc<Settings>,
}

/// What an action is.
pub(super) struct About {
    pub(super) id: &'static str,
    pub(super) description: &'static str,
    /// The schema of its input.
    pub(super) input: Value,
    /// The schema of its output.
    pub(super) output: Value,
    pub(super) examples: Vec<ActionExample>,
    pub(super) run: fn(Arc<Parts>, ActionContext) -> BoxFuture<'static, Result<Value, Fault>>,
}

/// An action at a Git host.
pub(super) struct HostAction {
    pub(super) about: About,
    pub(super) parts: Arc<Parts>,
}

#[async_trait]
impl Action for HostAction {
    fn id(&self) -> &str {
        self.about.id
    }

    fn description(&self) -> &str {
        self.about.description
    }

    fn schema(&self) -> ActionSchema {
        ActionSchema {
            input: self.about.input.clone(),
            output: self.about.output.clone(),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        self.about.examples.clone()
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let known = &self.about.input["properties"];
        let given = context.input.as_object().into_iter().flatten();
        let unknown: Vec<&str> = given
            .map(|(key, _)| key.as_str())
            .filter(|key| known.get(key).is_none())
            .collect();
        if !unknown.is_empty() {
            context.log.warning(format!(
                "{} has no input {}; it has no effect",
                self.about.id,
                unknown.join(", ")
            ));
        }
        (self.about.run)(self.parts.clone(), context).await
    }
}

/// The schema of an input. Templates in use give these actions keys that have no effect, mostly `allowedHosts`, which belongs to
/// the form: such keys are told in the log, and not refused.
pub(super) fn input(required: &[&str], properties: Value) -> Value {
    let mut schema = object(required, properties);
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("additionalProperties");
    }
    schema
}

/// An input that shows what an action is for.
pub(super) fn example(description: &str, input: Value) -> Vec<ActionExample> {
    vec![ActionExample {
        description: description.to_owned(),
        input,
    }]
}

/// The repository that an input names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) host: String,
    pub(super) owner: String,
    pub(super) name: String,
    /// Of a GitLab, a project by its number or whole path.
    pub(super) project: Option<String>,
}

impl Parts {
    /// The repository that `repoUrl` names. A dry run takes a host without integration for one of this kind, and warns of it.
    pub(super) fn place(&self, context: &ActionContext, kind: &str) -> Result<Place, Fault> {
        let text = context.input["repoUrl"].as_str().unwrap_or_default();
        let mut hosts = (*self.hosts).clone();
        let host = text.split(['?', '/']).next().unwrap_or_default();
        if context.dry_run && !host.is_empty() && !hosts.contains_key(host) {
            context.log.warning(format!(
                "Outside of a dry run the step would fail: No matching integration configuration for host {host}, please check \
                 your integrations config"
            ));
            hosts.insert(host.to_owned(), kind.to_owned());
        }
        let place = parse_repo_url(text, &hosts).map_err(Fault::input)?;
        let part = |key: &str| place[key].as_str().unwrap_or_default().to_owned();
        Ok(Place {
            host: part("host"),
            owner: part("owner"),
            name: part("repo"),
            project: place["project"].as_str().map(str::to_owned),
        })
    }
}

/// What a step has done so far: marks that survive the end of the process.
pub(super) struct Marks<'a>(pub(super) &'a Checkpoint);

impl Marks<'_> {
    /// A mark, if it was set before.
    pub(super) fn get(&self, name: &str) -> Option<Value> {
        self.0.get()?.get(name).filter(|mark| !mark.is_null()).cloned()
    }

    /// A mark, also one that was set before a person had the step done again: it says what the task made itself.
    pub(super) fn own(&self, name: &str) -> Option<Value> {
        let earlier = || self.0.get()?.get(EARLIER)?.get(name).cloned();
        self.get(name).or_else(earlier).filter(|mark| !mark.is_null())
    }

    /// Sets a mark and does what it announces. A host that refuses has made nothing, and the mark goes; after another failure
    /// it stays, for the host may have done it.
    pub(super) async fn announce<T>(
        &self,
        name: &str,
        value: Value,
        work: impl Future<Output = Result<T, Fault>> + Send,
    ) -> Result<T, Fault> {
        self.set(name, value).await?;
        let done = work.await;
        if let Err(fault) = &done
            && !matches!(
                fault.kind(),
                FaultKind::Fetch | FaultKind::Unavailable | FaultKind::Plain
            )
        {
            self.set(name, Value::Null).await?;
        }
        done
    }

    /// Sets a mark.
    pub(super) async fn set(&self, name: &str, value: Value) -> Result<(), Fault> {
        let mut all = self.0.get().filter(Value::is_object).unwrap_or_else(|| json!({}));
        all[name] = value;
        Ok(self.0.save(&all).await?)
    }
}

/// A flag of an input.
pub(super) fn is(input: &Value, key: &str, default: bool) -> bool {
    input[key].as_bool().unwrap_or(default)
}

/// The texts of a list of an input.
pub(super) fn texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten();
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The name in a reference of an entity, as the original takes it: what stands behind the last `:` or `/`.
pub(super) fn name_of(reference: &str) -> &str {
    reference.rsplit([':', '/']).next().unwrap_or(reference)
}

/// Ends a dry run: the log says what would be done.
pub(super) fn would(context: &ActionContext, what: &str, output: Value) -> Value {
    context.log.info(format!("Dry run: {what}"));
    output
}
