//! `catalog:register`, `catalog:write` and `catalog:fetch`.

use std::time::Duration;

use ::catalog::{Catalog, Sight};
use async_trait::async_trait;
use model::{EntityRef, Fault, entity};
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use super::{flag, object, text};
use crate::dry_run::fill;
use crate::sample;

/// Longest wait for what was registered.
const LONGEST: Duration = Duration::from_secs(10);
/// How often the catalog is asked.
const PAUSE: Duration = Duration::from_millis(50);
static FETCHED: Sight = Sight::system("a step of a template fetches an entity");
static REGISTERED: Sight = Sight::system("a step of a template waits for what it registered");
const FILE: &str = "catalog-info.yaml";

pub(super) struct Register(pub(super) Catalog);

#[async_trait]
impl Action for Register {
    fn id(&self) -> &'static str {
        "catalog:register"
    }

    fn description(&self) -> &'static str {
        "Registers entities from a catalog descriptor file in the workspace into the software catalog."
    }

    fn schema(&self) -> ActionSchema {
        let optional = flag("Permit the registered location to optionally exist. Default: false");
        let by_file = json!({
            "type": "object",
            "properties": {
                "catalogInfoUrl": text("An absolute URL pointing to the catalog info file location"),
                "optional": optional,
            },
            "required": ["catalogInfoUrl"],
            "additionalProperties": false,
        });
        let by_repository = json!({
            "type": "object",
            "properties": {
                "repoContentsUrl": text("An absolute URL pointing to the root of a repository directory tree. Without it, what the last step published"),
                "catalogInfoPath": text("A relative path from the repo root pointing to the catalog info file, defaults to /catalog-info.yaml"),
                "optional": optional,
            },
            "additionalProperties": false,
        });
        ActionSchema {
            input: json!({"anyOf": [by_file, by_repository], "$schema": "http://json-schema.org/draft-07/schema#"}),
            output: object(
                &[],
                json!({
                    "entityRef": text("The reference of the entity that was registered"),
                    "catalogInfoUrl": text("The address of the descriptor"),
                }),
            ),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![
            ActionExample {
                description: "Register what the step before has published".to_owned(),
                input: json!({}),
            },
            ActionExample {
                description: "Register with the catalog".to_owned(),
                input: json!({"catalogInfoUrl": "http://github.com/backstage/backstage/blob/master/catalog-info.yaml"}),
            },
        ]
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let url = descriptor(&context)?;
        let (kind, target) = match url.strip_prefix("file://") {
            Some(path) => ("file", path),
            None => ("url", url.as_str()),
        };
        context.log.info(format!("Registering {url} in the catalog"));
        let refresh = Some(config::ConflictStrategy::Refresh);
        let located = self
            .0
            .register_location(&context.actor, (kind, target), None, refresh)
            .await?;
        if let Some(seq) = located.seq {
            self.0.wait_for(seq, LONGEST).await;
        }
        let mut output = json!({ "catalogInfoUrl": url });
        match self.0.dry_run_location(kind, target).await {
            Ok(found) => {
                if let Some(reference) = main_entity(&found.entities) {
                    self.wait(&reference, &context).await?;
                    context.log.info(format!("Registered {reference}"));
                    output["entityRef"] = reference.to_string().into();
                }
            }
            Err(fault) if context.input["optional"] != true => return Err(fault),
            Err(fault) => context
                .log
                .warning(format!("Nothing is there yet: {}", fault.describe())),
        }
        Ok(output)
    }
}

impl Register {
    /// Waits until the catalog shows an entity, so that links to it lead somewhere.
    async fn wait(&self, reference: &EntityRef, context: &ActionContext) -> Result<(), Fault> {
        let end = tokio::time::Instant::now() + LONGEST;
        while tokio::time::Instant::now() < end && !context.stop.is_cancelled() {
            if self.0.seen_by(&REGISTERED).entity(reference).await?.is_some() {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        context.log.warning(format!(
            "{reference} is registered, and the catalog does not show it yet"
        ));
        Ok(())
    }
}

/// The address of the descriptor: that of the input, else the one in what was published last.
fn descriptor(context: &ActionContext) -> Result<String, Fault> {
    let input = &context.input;
    if let Some(url) = input["catalogInfoUrl"].as_str() {
        return Ok(url.to_owned());
    }
    let published = context
        .template_run
        .as_ref()
        .and_then(|run| run.published.as_ref());
    let contents = input["repoContentsUrl"].as_str();
    let contents = contents.or_else(|| published?.get("repoContentsUrl")?.as_str()).ok_or_else(|| {
        Fault::input(
            "There is nothing to register: no step before has published a repository. Give catalogInfoUrl or \
             repoContentsUrl",
        )
    })?;
    let path = input["catalogInfoPath"]
        .as_str()
        .unwrap_or(FILE)
        .trim_start_matches('/');
    Ok(format!("{}/{path}", contents.trim_end_matches('/')))
}

/// The entity that a descriptor is mainly about: a component, else whatever comes first and is no location.
fn main_entity(entities: &[Value]) -> Option<EntityRef> {
    let is_written = |value: &&Value| !entity::name(value).is_some_and(|name| name.starts_with("generated-"));
    let component = entities
        .iter()
        .filter(is_written)
        .find(|value| entity::kind(value) == Some("Component"));
    let found = component
        .or_else(|| entities.iter().find(is_written))
        .or_else(|| entities.first());
    EntityRef::of(found?)
}

pub(super) struct Write;

#[async_trait]
impl Action for Write {
    fn id(&self) -> &'static str {
        "catalog:write"
    }

    fn description(&self) -> &'static str {
        "Writes the catalog-info.yaml for your template"
    }

    fn schema(&self) -> ActionSchema {
        ActionSchema {
            input: object(
                &["entity"],
                json!({
                    "filePath": text("Defaults to catalog-info.yaml"),
                    "entity": {"type": "object", "additionalProperties": {}, "description": "You can provide the same values used in the Entity schema."},
                }),
            ),
            output: Value::Null,
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        let entity = json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Component",
            "metadata": {"name": "test"},
            "spec": {"type": "service", "lifecycle": "production", "owner": "default/owner"},
        });
        vec![ActionExample {
            description: "Write a catalog yaml file".to_owned(),
            input: json!({ "entity": entity }),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let mut entity = context.input["entity"].clone();
        if let Some(run) = &context.template_run
            && let Some(metadata) = entity.get_mut("metadata").and_then(Value::as_object_mut)
        {
            let annotations = metadata.entry("annotations").or_insert_with(|| json!({}));
            annotations["backstage.io/source-template"] = run.template.as_str().into();
        }
        let path = context.input["filePath"].as_str().unwrap_or(FILE);
        context.log.info(format!("Writing {path}"));
        context
            .workspace
            .write(path, yaml::to_string(&entity).as_bytes(), false)?;
        Ok(json!({}))
    }
}

pub(super) struct Fetch(pub(super) Catalog);

#[async_trait]
impl Action for Fetch {
    fn id(&self) -> &'static str {
        "catalog:fetch"
    }

    fn description(&self) -> &'static str {
        "Returns entity or entities from the catalog by entity reference(s)"
    }

    fn schema(&self) -> ActionSchema {
        ActionSchema {
            input: object(
                &[],
                json!({
                    "entityRef": text("Entity reference of the entity to get"),
                    "entityRefs": {"type": "array", "items": {"type": "string"}, "description": "Entity references of the entities to get"},
                    "optional": flag("Allow the entity or entities to optionally exist. Default: false"),
                    "defaultKind": text("The default kind"),
                    "defaultNamespace": text("The default namespace"),
                }),
            ),
            output: object(
                &[],
                json!({
                    "entity": {"description": "Object containing same values used in the Entity schema. Only when used with `entityRef` parameter."},
                    "entities": {"type": "array"},
                }),
            ),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Fetch entity by reference".to_owned(),
            input: json!({"entityRef": "component:default/name"}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        if let Some(one) = input["entityRef"].as_str() {
            let found = self.fetch(&[one], &context).await?;
            return Ok(json!({"entity": found.into_iter().next()}));
        }
        let Some(many) = input["entityRefs"].as_array() else {
            return Err(Fault::input("Missing entity reference or references"));
        };
        let many: Vec<&str> = many.iter().filter_map(Value::as_str).collect();
        Ok(json!({"entities": self.fetch(&many, &context).await?}))
    }
}

impl Fetch {
    async fn fetch(&self, names: &[&str], context: &ActionContext) -> Result<Vec<Value>, Fault> {
        let input = &context.input;
        let namespace = input["defaultNamespace"].as_str().unwrap_or("default");
        let references = names
            .iter()
            .map(|name| EntityRef::parse(name, input["defaultKind"].as_str(), namespace));
        let references = references.collect::<Result<Vec<_>, _>>()?;
        let found = self.0.seen_by(&FETCHED).entities(&references).await?;
        let each = found.into_iter().zip(references.iter().zip(names));
        let each = each.map(|(found, (reference, name))| match found {
            None if input["optional"] != true => {
                made_up(reference, context).ok_or_else(|| Fault::error(format!("Entity {name} not found")))
            }
            found => Ok(found.unwrap_or_default()),
        });
        each.collect()
    }
}

/// An entity in place of one that is not there, where a template is tried with values that are made up.
fn made_up(reference: &EntityRef, context: &ActionContext) -> Option<Value> {
    let read = context.template_run.as_ref()?.made_up_output.as_ref()?;
    let mut entity = sample::entity(reference);
    fill(&mut entity, &read["entity"]);
    context.log.warning(format!(
        "The catalog of this try has no {reference}: the entity is made up, with the values that the template reads of it"
    ));
    Some(entity)
}
