//! Software templates as their entities describe them.

use std::collections::{HashMap, HashSet};

use model::{EntityRef, Fault, entity};
use serde_json::{Map, Value, json};

/// Title of a page of parameters that has none.
const PAGE_TITLE: &str = "Please enter the following information";
/// The version of templates that is understood.
const API_VERSION: &str = "scaffolder.backstage.io/v1beta3";

/// The annotation of templates that says their version, as the community's annotator action reads it.
pub(crate) const VERSION: &str = "backstage.io/template-version";

/// A software template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its entity's reference.
    pub reference: EntityRef,
    /// Its title, or its name.
    pub title: String,
    /// What it makes.
    pub description: Option<String>,
    /// What kind of thing it makes, for example `service`.
    pub kind: String,
    /// Who keeps it, as written in the entity.
    pub owner: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Pages of the form, in their order.
    pub pages: Vec<ParameterPage>,
    /// What is done, in this order.
    pub steps: Vec<Step>,
    /// What a finished task shows: an object in which expressions are not yet rendered.
    pub output: Value,
    /// JSON Schema of the secrets that a task needs.
    pub secrets_schema: Option<Value>,
    /// Words of the form's buttons, as written in the entity.
    pub presentation: Option<Value>,
    /// The folder that relative addresses start from: the address of the template's own file, or of its folder.
    pub base_url: Option<String>,
    /// The entity.
    pub entity: Value,
}

/// One page of a template's form.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterPage {
    /// Its heading.
    pub title: String,
    /// A text below the heading.
    pub description: Option<String>,
    /// Its JSON Schema with the `ui:` keys, as written in the entity.
    pub schema: Value,
}

/// One step of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name among all steps of the template: the id, and of a step whose id an earlier one has `<id>~<number from 1>`.
    pub key: String,
    /// Its name for expressions: what the template says, else `step-<number from 1>`. Several steps may have the same, mostly
    /// with conditions that exclude each other; expressions see the output of the last that ran.
    pub id: String,
    /// Its name for people: what the template says, else the action.
    pub name: String,
    /// The action.
    pub action: String,
    /// The action's input with expressions that are not yet rendered.
    pub input: Option<Value>,
    /// The step is passed over unless this is true; a text is an expression.
    pub condition: Option<Value>,
    /// The step is done for each entry of this list or object.
    pub each: Option<Value>,
}

impl Template {
    /// Reads an entity. Fails for one that is no template of the version that is understood.
    pub fn of(entity: &Value) -> Result<Self, Fault> {
        let reference = EntityRef::of(entity).ok_or_else(|| Fault::input("A template needs a name"))?;
        if reference.kind() != "template" {
            return Err(Fault::input("Invalid kind, only 'Template' kind is supported"));
        }
        if entity::api_version(entity) != Some(API_VERSION) {
            return Err(Fault::input(format!(
                "{reference} has the apiVersion {}, and only {API_VERSION} is understood",
                entity["apiVersion"]
            )));
        }
        let spec = &entity["spec"];
        let steps = spec["steps"]
            .as_array()
            .ok_or_else(|| Fault::input(format!("{reference} has no steps; list them under spec.steps")))?;
        Ok(Self {
            title: entity::title(entity).unwrap_or(reference.name()).to_owned(),
            description: entity::description(entity).map(str::to_owned),
            kind: entity::spec_type(entity).unwrap_or_default().to_owned(),
            owner: entity::owner(entity).map(str::to_owned),
            tags: entity::tags(entity).map(str::to_owned).collect(),
            pages: pages(&spec["parameters"]),
            steps: Step::read_all(steps),
            output: spec.get("output").cloned().unwrap_or_else(|| json!({})),
            secrets_schema: spec["secrets"].get("schema").cloned(),
            presentation: spec.get("presentation").cloned(),
            base_url: base_url(entity),
            entity: entity.clone(),
            reference,
        })
    }

    /// What a task of it keeps: the steps with their defaults, the values, the person and where the template comes from.
    pub(crate) fn task_spec(&self, values: &Value, user: Option<Value>) -> Value {
        let mut spec = json!({
            "apiVersion": API_VERSION,
            "steps": self.written_steps(),
            "output": self.output,
            "parameters": values,
        });
        if let Some(recovery) = self.entity["spec"].get("EXPERIMENTAL_recovery") {
            spec["EXPERIMENTAL_recovery"] = recovery.clone();
        }
        if let Some(user) = user {
            spec["user"] = user;
        }
        let mut info = json!({"entityRef": self.reference.to_string()});
        if let Some(base) = &self.base_url {
            info["baseUrl"] = base.as_str().into();
        }
        info["entity"] = json!({"metadata": self.entity["metadata"]});
        spec["templateInfo"] = info;
        spec
    }

    /// The steps as they are written, with the defaults filled in.
    fn written_steps(&self) -> Value {
        let written = self.entity["spec"]["steps"].as_array().into_iter().flatten();
        let filled = written.zip(&self.steps).map(|(written, step)| {
            let mut filled = written.as_object().cloned().unwrap_or_default();
            for (key, value) in [("id", &step.id), ("name", &step.name)] {
                filled.insert(key.to_owned(), value.as_str().into());
            }
            Value::Object(filled)
        });
        filled.collect()
    }
}

impl Step {
    /// Reads the steps of a template; what they leave out gets its default.
    pub(crate) fn read_all(written: &[Value]) -> Vec<Self> {
        let mut steps: Vec<Self> = written
            .iter()
            .enumerate()
            .map(|(index, step)| Self::read(index, step))
            .collect();
        let ids: HashSet<String> = steps.iter().map(|step| step.id.clone()).collect();
        let mut keys = HashSet::new();
        for (index, step) in steps.iter_mut().enumerate() {
            while !keys.insert(step.key.clone()) {
                step.key = format!("{}~{}", step.key, index + 1);
                while ids.contains(&step.key) {
                    step.key.push('~');
                }
            }
        }
        steps
    }

    fn read(index: usize, step: &Value) -> Self {
        let text = |key: &str| step[key].as_str().map(str::to_owned);
        let action = text("action").unwrap_or_default();
        let id = text("id").unwrap_or_else(|| format!("step-{}", index + 1));
        Self {
            key: id.clone(),
            id,
            name: text("name").unwrap_or_else(|| action.clone()),
            input: step.get("input").cloned(),
            condition: step.get("if").cloned(),
            each: step.get("each").cloned(),
            action,
        }
    }
}

/// Steps that have the id of an earlier one and run whenever that one does, as far as their conditions are written: both without one, or
/// both with the same.
#[derive(Debug, Default)]
pub(crate) struct Repeated<'a>(HashMap<(&'a str, Option<String>), usize>);

impl<'a> Repeated<'a> {
    /// The last step before this one that it repeats; steps are asked for in their order.
    pub(crate) fn before(&mut self, index: usize, step: &'a Step) -> Option<usize> {
        let told = step.condition.as_ref().filter(|condition| **condition != true);
        self.0.insert((&step.id, told.map(Value::to_string)), index)
    }
}

fn pages(parameters: &Value) -> Vec<ParameterPage> {
    let list = match parameters {
        Value::Array(pages) => pages.clone(),
        Value::Object(_) => vec![parameters.clone()],
        _ => Vec::new(),
    };
    let page = |schema: Value| ParameterPage {
        title: schema["title"].as_str().unwrap_or(PAGE_TITLE).to_owned(),
        description: schema["description"].as_str().map(str::to_owned),
        schema,
    };
    list.into_iter().map(page).collect()
}

/// The version of the template that a task's specification names.
pub(crate) fn template_version(spec: &Value) -> Option<String> {
    let version = entity::annotation(&spec["templateInfo"]["entity"], VERSION)?;
    Some(version.to_owned())
}

/// Where a template lies: its source location, else the location that it was read from. A template that came by URL names
/// no folder of this machine, whatever its author wrote.
fn base_url(entity: &Value) -> Option<String> {
    let own = entity::annotation(entity, entity::MANAGED_BY_LOCATION);
    let location = entity::annotation(entity, "backstage.io/source-location").or(own)?;
    let (kind, target) = location.split_once(':')?;
    match kind {
        "url" => Some(target.to_owned()),
        "file" if own.is_some_and(|own| own.starts_with("file:")) => Some(format!("file://{target}")),
        _ => None,
    }
}

/// An object's entries without one key.
pub(crate) fn without(object: &Value, key: &str) -> Map<String, Value> {
    let mut entries = object.as_object().cloned().unwrap_or_default();
    entries.shift_remove(key);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_with_one_id_have_keys_of_their_own() {
        let keys = |ids: &[&str]| -> Vec<String> {
            let written: Vec<Value> = ids.iter().map(|id| json!({"id": id, "action": "a"})).collect();
            let steps = Step::read_all(&written);
            assert!(steps.iter().map(|step| step.id.as_str()).eq(ids.iter().copied()));
            steps.into_iter().map(|step| step.key).collect()
        };
        assert_eq!(keys(&["a", "b", "a", "a"]), ["a", "b", "a~3", "a~4"]);
        // An id that looks like the key of another step.
        assert_eq!(keys(&["a", "a", "a~2"]), ["a", "a~2~", "a~2"]);
        assert_eq!(keys(&["a~2", "a", "a", "a~2"]), ["a~2", "a", "a~3", "a~2~4"]);
    }

    #[test]
    fn a_template_that_came_by_url_names_no_folder_of_this_machine() {
        let check = |own: &str, source: &str, expected: Option<&str>| {
            let annotations =
                json!({"backstage.io/managed-by-location": own, "backstage.io/source-location": source});
            let entity = json!({"metadata": {"annotations": annotations}});
            assert_eq!(base_url(&entity).as_deref(), expected, "{own} {source}");
        };
        check("url:https://x/t.yaml", "url:https://x/", Some("https://x/"));
        check("url:https://x/t.yaml", "file:/etc/", None);
        check("file:/a/t.yaml", "file:/a/", Some("file:///a/"));
        let entity =
            json!({"metadata": {"annotations": {"backstage.io/managed-by-location": "file:/a/t.yaml"}}});
        assert_eq!(base_url(&entity).as_deref(), Some("file:///a/t.yaml"));
    }
}
