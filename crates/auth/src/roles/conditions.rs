//! What roles may do to things that meet a condition: `conditionalPoliciesFile` of Red Hat Developer Hub.
//!
//! ```yaml
//! result: CONDITIONAL
//! roleEntityRef: role:default/developer
//! pluginId: catalog
//! resourceType: catalog-entity
//! permissionMapping: [delete]
//! conditions: {rule: IS_ENTITY_OWNER, resourceType: catalog-entity, params: {claims: [$ownerRefs]}}
//! ```

use catalog::Sight;
use model::{Fault, Viewer};
use plugin::{Condition, Decision, Permission};
use serde_json::Value;

use super::Roles;
use super::csv::role_of;

/// The type of things of the catalog.
const ENTITY: &str = "catalog-entity";
/// In parameters: the person that is asking.
const CURRENT_USER: &str = "$currentUser";
/// In parameters: the person and its groups.
const OWNER_REFS: &str = "$ownerRefs";

/// What a role may do to some things.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ConditionalPolicy {
    /// The type of things.
    resource: String,
    actions: Vec<String>,
    condition: Condition,
    /// Its first line in the file, from 1.
    pub number: usize,
}

impl ConditionalPolicy {
    pub fn is_about(&self, permission: &Permission) -> bool {
        permission.resource == Some(self.resource.as_str())
            && self
                .actions
                .iter()
                .any(|action| action == permission.action.as_str())
    }

    /// Whether the catalog can hold to the condition: a rule that it does not know would fail every answer to the role.
    fn check(&self) -> Result<(), String> {
        if self.resource != ENTITY {
            return Ok(());
        }
        let condition = self.for_viewer(&Viewer::guest());
        let sight = Sight::of(&Decision::Conditional(condition));
        sight.map(drop).map_err(|fault| fault.message)
    }

    /// The condition as it is for a viewer.
    pub fn for_viewer(&self, viewer: &Viewer) -> Condition {
        self.condition
            .with_parameters(&|parameters| filled_value(parameters, viewer))
    }
}

impl Roles {
    /// Adds the policies of a file; its name stands in errors.
    pub fn add_conditions(&mut self, text: &str, name: &str) -> Result<(), Fault> {
        for document in yaml::parse(text, &yaml::Limits::default()) {
            let at = |reason: String| Fault::input(format!("{name}:{}: {reason}", document.line));
            let value = document.value.as_ref().map_err(|error| at(error.to_string()))?;
            if value.is_null() {
                continue;
            }
            let (role, policy) = read(value, document.line).map_err(at)?;
            policy.check().map_err(at)?;
            self.conditional.entry(role).or_default().push(policy);
        }
        Ok(())
    }
}

fn read(value: &Value, number: usize) -> Result<(String, ConditionalPolicy), String> {
    let text = |key: &str| {
        let text = value[key].as_str().filter(|text| !text.is_empty());
        text.ok_or_else(|| format!("{key} is missing, or no text"))
    };
    if text("result")? != "CONDITIONAL" {
        return Err("result has to be CONDITIONAL".to_owned());
    }
    let actions: Option<Vec<String>> = value["permissionMapping"].as_array().and_then(|list| {
        let texts = list.iter().map(|action| action.as_str().map(str::to_owned));
        texts.collect()
    });
    let policy = ConditionalPolicy {
        resource: text("resourceType")?.to_owned(),
        actions: actions
            .filter(|actions| !actions.is_empty())
            .ok_or("permissionMapping has to be a list of actions: create, read, update, delete or use")?,
        condition: Condition::from_wire(&value["conditions"])?,
        number,
    };
    Ok((role_of(text("roleEntityRef")?)?, policy))
}

/// With the viewer in place of what stands for it.
fn filled_value(value: &Value, viewer: &Viewer) -> Value {
    let own = || Value::from(viewer.reference().to_string());
    match value {
        Value::String(text) if text == CURRENT_USER => own(),
        Value::Array(list) => list
            .iter()
            .flat_map(|entry| match entry.as_str() {
                Some(OWNER_REFS) => viewer
                    .claims
                    .iter()
                    .map(|claim| claim.to_string().into())
                    .collect(),
                _ => vec![filled_value(entry, viewer)],
            })
            .collect(),
        Value::Object(map) => {
            let filled = map
                .iter()
                .map(|(key, value)| (key.clone(), filled_value(value, viewer)));
            Value::Object(filled.collect())
        }
        other => other.clone(),
    }
}
