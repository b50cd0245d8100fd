//! `POST /api/permission/authorize`: what the caller may do, many questions at once.

use axum::Extension;
use axum::extract::State;
use catalog::Sight;
use model::{EntityRef, Fault, Viewer};
use plugin::Decision;
use serde_json::{Map, Value, json};
use web::api::{Json, JsonBody};
use web::{ApiError, CurrentViewer, Permissions};

use super::Desk;

/// Questions of one request.
const MOST: usize = 1_000;
/// Things of one question.
const MOST_THINGS: usize = 1_000;
/// The type of things of the catalog.
const ENTITY: &str = "catalog-entity";
/// Actions that a permission of the wire contract may have.
const ACTIONS: [&str; 4] = ["create", "read", "update", "delete"];

/// A question.
struct Question<'a> {
    id: &'a str,
    name: &'a str,
    /// The type of things, of a permission that is about things.
    resource: Option<&'a str>,
    things: Things<'a>,
}

/// The things of a question.
enum Things<'a> {
    None,
    One(&'a str),
    Many(Vec<&'a str>),
}

pub(super) async fn authorize(
    State(desk): State<Desk>,
    CurrentViewer(viewer): CurrentViewer,
    Extension(permissions): Extension<Permissions>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let items = body["items"].as_array().ok_or_else(|| not_a_list(&body))?;
    if items.len() > MOST {
        return Err(Fault::input(format!("At most {MOST} items are answered at once")).into());
    }
    let read = items.iter().enumerate().map(|(at, item)| {
        Question::read(item).map_err(|reason| Fault::input(format!("items/{at}: {reason}")))
    });
    let questions: Vec<Question<'_>> = read.collect::<Result<_, _>>()?;
    let asks_for_conditions =
        |question: &Question<'_>| question.resource.is_some() && matches!(question.things, Things::None);
    if !viewer.is_service() && questions.iter().any(asks_for_conditions) {
        return Err(Fault::input(
            "Resource permissions require a resourceRef to be set. Direct user requests without a resourceRef are not allowed.",
        )
        .into());
    }
    let mut answers = Vec::with_capacity(questions.len());
    for question in &questions {
        let decision = desk.decision(&viewer, &permissions, question).await?;
        answers.push(desk.answer(question, decision).await?);
    }
    Ok(Json(json!({ "items": answers })))
}

impl Desk {
    /// A permission that no plugin here has is allowed where no policy decides, and denied by a policy, which cannot know it.
    async fn decision(
        &self,
        viewer: &Viewer,
        permissions: &Permissions,
        question: &Question<'_>,
    ) -> Result<Decision, Fault> {
        match self.declared(question.name) {
            Some((plugin, permission)) => {
                let mut decided = permissions.decide_all(viewer, &[(plugin, permission)]).await?;
                Ok(decided.pop().unwrap_or(Decision::Deny))
            }
            None if permissions.has_policy() => Ok(Decision::Deny),
            None => Ok(Decision::Allow),
        }
    }

    async fn answer(&self, question: &Question<'_>, decision: Decision) -> Result<Value, Fault> {
        let result = match (&decision, &question.things) {
            (Decision::Allow, _) => json!("ALLOW"),
            (Decision::Deny, _) => json!("DENY"),
            (Decision::Conditional(condition), Things::None) => {
                let resource = question.resource.unwrap_or_default();
                let plugin = self.declared(question.name).map(|(plugin, _)| plugin.as_str());
                return Ok(json!({
                    "id": question.id, "result": "CONDITIONAL", "pluginId": plugin, "resourceType": resource,
                    "conditions": condition.to_wire(resource),
                }));
            }
            (_, Things::One(thing)) => self
                .of_things(question, &decision, &[*thing])
                .await?
                .remove(0)
                .into(),
            (_, Things::Many(things)) => self.of_things(question, &decision, things).await?.into(),
        };
        Ok(json!({ "id": question.id, "result": result }))
    }

    /// What a condition says of things: entities, or those of a plugin that tells. A condition on others lets nothing through.
    async fn of_things(
        &self,
        question: &Question<'_>,
        decision: &Decision,
        things: &[&str],
    ) -> Result<Vec<&'static str>, Fault> {
        let word = |is_met| if is_met { "ALLOW" } else { "DENY" };
        if question.resource != Some(ENTITY) {
            let known = self.things.get().into_iter().flatten();
            let of_plugin = known
                .into_iter()
                .find(|known| question.resource == Some(known.resource()));
            return Ok(match of_plugin {
                Some(of_plugin) => of_plugin
                    .meet(decision, things)
                    .await?
                    .into_iter()
                    .map(word)
                    .collect(),
                None => vec!["DENY"; things.len()],
            });
        }
        let sight = Sight::of(decision)?;
        let references = things.iter().map(|thing| thing.parse::<EntityRef>().ok());
        let references: Vec<Option<EntityRef>> = references.collect();
        let named: Vec<EntityRef> = references.iter().flatten().cloned().collect();
        let mut found = self.catalog.seen_by(&sight).entities(&named).await?.into_iter();
        let answers = references
            .iter()
            .map(|reference| word(reference.is_some() && found.next().flatten().is_some()));
        Ok(answers.collect())
    }
}

impl<'a> Question<'a> {
    fn read(item: &'a Value) -> Result<Self, String> {
        let id = item["id"].as_str().ok_or("id has to be a string")?;
        let permission = item["permission"]
            .as_object()
            .ok_or("permission has to be an object")?;
        let text = |key: &str| permission.get(key).and_then(Value::as_str);
        let name = text("name").ok_or("permission.name has to be a string")?;
        let attributes = permission.get("attributes").and_then(Value::as_object);
        check_action(attributes.ok_or("permission.attributes has to be an object")?)?;
        let things = things(item.get("resourceRef"))?;
        let resource = match text("type") {
            Some("basic") if matches!(things, Things::None) => None,
            Some("basic") => return Err("a basic permission has no resourceRef".to_owned()),
            Some("resource") => {
                Some(text("resourceType").ok_or("permission.resourceType has to be a string")?)
            }
            _ => return Err("permission.type has to be basic or resource".to_owned()),
        };
        Ok(Self {
            id,
            name,
            resource,
            things,
        })
    }
}

fn check_action(attributes: &Map<String, Value>) -> Result<(), String> {
    let known = |action: &Value| action.as_str().is_some_and(|action| ACTIONS.contains(&action));
    match attributes.get("action") {
        Some(action) if !known(action) => Err(format!(
            "permission.attributes.action has to be one of {}",
            ACTIONS.join(", ")
        )),
        _ => Ok(()),
    }
}

fn things(value: Option<&Value>) -> Result<Things<'_>, String> {
    const WRONG: &str = "resourceRef has to be a string, or a list of strings with at least one";
    match value {
        None => Ok(Things::None),
        Some(Value::String(thing)) => Ok(Things::One(thing)),
        Some(Value::Array(list)) if !list.is_empty() && list.len() <= MOST_THINGS => {
            let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
            texts.map(Things::Many).ok_or_else(|| WRONG.to_owned())
        }
        Some(_) => Err(WRONG.to_owned()),
    }
}

/// In the words of the original's validator.
fn not_a_list(body: &Value) -> Fault {
    let received = match &body["items"] {
        Value::Null if body.get("items").is_none() => "undefined",
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let message = match received {
        "undefined" => "Required".to_owned(),
        other => format!("Expected array, received {other}"),
    };
    let issue = json!([{"code": "invalid_type", "expected": "array", "received": received, "path": ["items"], "message": message}]);
    Fault::input(serde_json::to_string_pretty(&issue).unwrap_or_default())
}
