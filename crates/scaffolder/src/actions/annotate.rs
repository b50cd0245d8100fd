//! `catalog:annotate` and what is made of it: `catalog:scaffolded-from`, `catalog:template:version` and
//! `catalog:timestamping`, as in `@backstage-community/plugin-scaffolder-backend-module-annotator`.

use async_trait::async_trait;
use jiff::Timestamp;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Map, Value, json};
use workspace::Workspace;

use super::{object, text};
use crate::template::VERSION;

const FILE: &str = "./catalog-info.yaml";
const CREATED_AT: &str = "backstage.io/createdAt";

/// What an action adds by itself.
#[derive(Clone, Copy)]
enum Adds {
    Nothing,
    Template,
    Version,
    Time,
}

/// Adds labels, annotations and keys of the spec to an entity's file.
pub(super) struct Annotate {
    id: &'static str,
    description: &'static str,
    adds: Adds,
}

/// All of them.
pub(super) const ALL: [Annotate; 4] = [
    Annotate {
        id: "catalog:annotate",
        description: "Annotates the entity object with specified label(s), annotation(s) and spec property(ies).",
        adds: Adds::Nothing,
    },
    Annotate {
        id: "catalog:scaffolded-from",
        description: "Updates a catalog-info.yaml with the entityRef of the template that created it.",
        adds: Adds::Template,
    },
    Annotate {
        id: "catalog:template:version",
        description: "Updates a catalog-info.yaml with the versioning information from the scaffolder template: the template's annotation backstage.io/template-version, or the one of the input.",
        adds: Adds::Version,
    },
    Annotate {
        id: "catalog:timestamping",
        description: "Annotates scaffolded entities with creation timestamp.",
        adds: Adds::Time,
    },
];

#[async_trait]
impl Action for Annotate {
    fn id(&self) -> &str {
        self.id
    }

    fn description(&self) -> &str {
        self.description
    }

    fn schema(&self) -> ActionSchema {
        let texts = |description: &str| {
            json!({
                "type": "object", "additionalProperties": {"type": "string"}, "description": description,
            })
        };
        let any = |description: &str| json!({"type": "object", "description": description});
        ActionSchema {
            input: object(
                &[],
                json!({
                    "labels": texts("Labels that will be applied to the `metadata.labels` of the entity object"),
                    "annotations": texts("Annotations that will be applied to the `metadata.annotations` of the entity object"),
                    "spec": any("Key-Value pair(s) that will be applied to the `spec` of the entity object"),
                    "entityFilePath": text("Path to the entity yaml you want to annotate. Default path `./catalog-info.yaml`"),
                    "objectYaml": any("Entity object yaml you want to annotate"),
                    "writeToFile": text("Path to the file you want to write. Default path `./catalog-info.yaml`"),
                }),
            ),
            output: object(
                &["annotatedObject"],
                json!({"annotatedObject": text("The entity as YAML")}),
            ),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        let input = match self.adds {
            Adds::Nothing => json!({"labels": {"team": "payments"}}),
            Adds::Version => json!({"annotations": {VERSION: "1.2.0"}}),
            Adds::Template | Adds::Time => json!({}),
        };
        vec![ActionExample {
            description: "Annotate catalog-info.yaml".to_owned(),
            input,
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        let workspace = context.workspace.clone();
        let mut entity = if input["objectYaml"].is_object() {
            input["objectYaml"].clone()
        } else {
            read(&workspace, input["entityFilePath"].as_str().unwrap_or(FILE))?
        };
        let mut additions = self.additions(&context)?;
        for part in ["annotations", "labels", "spec"] {
            let given = input[part].as_object().cloned().unwrap_or_default();
            extend(&mut additions, part, given);
        }
        let has_additions = additions.values().any(|part| part != &json!({}));
        let metadata = entity["metadata"].as_object().cloned().unwrap_or_default();
        let mut metadata = metadata;
        for part in ["annotations", "labels"] {
            extend(&mut metadata, part, take(&mut additions, part));
        }
        entity["metadata"] = metadata.into();
        if let Some(entity) = entity.as_object_mut() {
            extend(entity, "spec", take(&mut additions, "spec"));
        }
        let text = yaml::to_string(&entity);
        if has_additions {
            let path = input["writeToFile"].as_str().unwrap_or(FILE);
            context.log.info(format!("Annotating {path}"));
            workspace.write(path, text.as_bytes(), false)?;
        }
        Ok(json!({ "annotatedObject": text }))
    }
}

impl Annotate {
    /// What the action adds by itself.
    fn additions(&self, context: &ActionContext) -> Result<Map<String, Value>, Fault> {
        let run = context.template_run.as_ref();
        let begun = || run.map_or_else(Timestamp::now, |run| run.begun_at);
        let added = match self.adds {
            Adds::Nothing => json!({}),
            Adds::Template => {
                let template = run.map(|run| run.template.as_str());
                let template =
                    template.ok_or_else(|| Fault::input("There is no template that this is a step of"))?;
                json!({"spec": {"scaffoldedFrom": template}})
            }
            Adds::Version => match run.and_then(|run| run.version.as_deref()) {
                Some(version) => json!({"annotations": {VERSION: version}}),
                None if context.input["annotations"][VERSION].is_string() => json!({}),
                None => {
                    return Err(Fault::input(format!(
                        "The version of the template is not known. Give the template the annotation {VERSION}, or the \
                         step annotations with this key"
                    )));
                }
            },
            Adds::Time => json!({"annotations": {CREATED_AT: format!("{:.3}", begun())}}),
        };
        Ok(added.as_object().cloned().unwrap_or_default())
    }
}

fn read(workspace: &Workspace, path: &str) -> Result<Value, Fault> {
    let text = workspace.text(path)?;
    let entity = yaml::parse_one(&text, &yaml::Limits::default())
        .map_err(|error| Fault::input(format!("{path} is no YAML: {error}")))?;
    if entity.is_object() {
        Ok(entity)
    } else {
        Err(Fault::input(format!("{path} describes no entity")))
    }
}

fn take(from: &mut Map<String, Value>, key: &str) -> Map<String, Value> {
    let part = from.get_mut(key).map(Value::take);
    part.and_then(|part| part.as_object().cloned())
        .unwrap_or_default()
}

/// Adds entries to a part of an object, which is made if it is not there.
fn extend(object: &mut Map<String, Value>, part: &str, more: Map<String, Value>) {
    let part = object.entry(part.to_owned()).or_insert_with(|| json!({}));
    if !part.is_object() {
        *part = json!({});
    }
    if let Some(part) = part.as_object_mut() {
        part.extend(more);
    }
}
