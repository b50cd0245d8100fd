//! Conditions of policies on templates, actions and tasks, with the rules of the original
//! (`@backstage/plugin-scaffolder-backend`).

use std::collections::BTreeSet;

use model::Fault;
use plugin::{Condition, Decision};
use serde_json::{Value, json};

/// The types of things that conditions are about.
pub(crate) const TEMPLATE: &str = "scaffolder-template";
pub(crate) const ACTION: &str = "scaffolder-action";
pub(crate) const TASK: &str = "scaffolder-task";

/// How names of actions begin that work with hosts of repositories, and how keys of their input end that name owners and
/// repositories, whose case does not count there.
const HOSTS: [&str; 6] = ["publish:", "github:", "gitlab:", "gitea:", "bitbucket", "azure:"];
const OWNERS: [&str; 7] = [
    "owner",
    "repo",
    "repourl",
    "repository",
    "organization",
    "workspace",
    "project",
];

/// A thing that a condition is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Thing<'a> {
    /// A page of parameters or a step, with its tags.
    Part { tags: &'a [&'a str] },
    /// An action; its input is nothing before it is known.
    Action { id: &'a str, input: Option<&'a Value> },
    /// A task, with who began it.
    Task { author: Option<&'a str> },
}

/// The actions that a task or a dry run may do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ActionLimit(Option<Condition>);

/// Whose tasks are seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authors {
    /// Those of these persons.
    Only(BTreeSet<String>),
    /// Those of everybody else, and those that nobody began.
    AllBut(BTreeSet<String>),
}

impl Default for Authors {
    fn default() -> Self {
        Self::AllBut(BTreeSet::new())
    }
}

/// Whether a decision holds for a thing.
///
/// # Errors
///
/// When the condition has a rule that things of the type do not have, or that lacks a parameter.
pub(crate) fn holds(decision: &Decision, thing: Thing<'_>) -> Result<bool, Fault> {
    match decision {
        Decision::Allow => Ok(true),
        Decision::Deny => Ok(false),
        Decision::Conditional(condition) => Ok(is_met(condition, thing)? == Some(true)),
    }
}

/// Whether a thing meets a condition; nothing where that is not known yet.
fn is_met(condition: &Condition, thing: Thing<'_>) -> Result<Option<bool>, Fault> {
    let of = |parts: &[Condition]| {
        let met = parts.iter().map(|part| is_met(part, thing));
        met.collect::<Result<Vec<_>, _>>()
    };
    Ok(match condition {
        Condition::Rule { name, parameters } => by_rule(name, parameters, thing)?,
        Condition::Not(part) => is_met(part, thing)?.map(|met| !met),
        Condition::All(parts) => {
            let met = of(parts)?;
            let is_known = met.iter().all(Option::is_some);
            let fails = met.contains(&Some(false));
            (is_known || fails).then_some(!fails)
        }
        Condition::Any(parts) => {
            let met = of(parts)?;
            let is_known = met.iter().all(Option::is_some);
            let holds = met.contains(&Some(true));
            (is_known || holds).then_some(holds)
        }
    })
}

fn by_rule(name: &str, parameters: &Value, thing: Thing<'_>) -> Result<Option<bool>, Fault> {
    let text = |key: &str| {
        let text = parameters[key].as_str();
        text.ok_or_else(|| Fault::error(format!("The rule {name} has to have the text '{key}'")))
    };
    match (thing, name) {
        (Thing::Part { tags }, "HAS_TAG") => Ok(Some(tags.contains(&text("tag")?))),
        (Thing::Action { id, .. }, "HAS_ACTION_ID") => Ok(Some(id == text("actionId")?)),
        (
            Thing::Action { id, input },
            "HAS_BOOLEAN_PROPERTY" | "HAS_NUMBER_PROPERTY" | "HAS_STRING_PROPERTY",
        ) => {
            let (key, value) = (text("key")?, parameters.get("value"));
            Ok(input.map(|input| has_property(name, (id, input), key, value)))
        }
        (Thing::Task { author }, "IS_TASK_OWNER") => {
            let authors = created_by(parameters)?;
            Ok(Some(author.is_some_and(|author| authors.contains(author))))
        }
        _ => Err(no_rule(name, resource(thing))),
    }
}

fn has_property(rule: &str, (action, input): (&str, &Value), key: &str, value: Option<&Value>) -> bool {
    let pointer: String = key
        .split(['.', '[', ']'])
        .filter(|part| !part.is_empty())
        .map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1")))
        .collect();
    let Some(found) = input.pointer(&pointer) else {
        return false;
    };
    let is_of_the_type = match rule {
        "HAS_BOOLEAN_PROPERTY" => found.is_boolean(),
        "HAS_NUMBER_PROPERTY" => found.is_number(),
        _ => found.is_string(),
    };
    let names_owner = HOSTS.iter().any(|host| action.starts_with(host))
        && OWNERS.iter().any(|end| key.to_ascii_lowercase().ends_with(end));
    let is_equal = |value: &Value| match (found.as_str(), value.as_str()) {
        (Some(found), Some(value)) if names_owner => found.eq_ignore_ascii_case(value),
        _ => found == value,
    };
    is_of_the_type && value.is_none_or(is_equal)
}

fn created_by(parameters: &Value) -> Result<BTreeSet<String>, Fault> {
    let list = parameters["createdBy"].as_array();
    let texts = list.and_then(|list| list.iter().map(|one| one.as_str().map(str::to_owned)).collect());
    texts.ok_or_else(|| Fault::error("The rule IS_TASK_OWNER has to have 'createdBy', a list of texts"))
}

fn resource(thing: Thing<'_>) -> &'static str {
    match thing {
        Thing::Part { .. } => TEMPLATE,
        Thing::Action { .. } => ACTION,
        Thing::Task { .. } => TASK,
    }
}

fn no_rule(name: &str, resource: &str) -> Fault {
    Fault::error(format!(
        "Permission rule '{name}' does not exist for resource type '{resource}'"
    ))
}

impl ActionLimit {
    /// The actions that meet a condition.
    pub fn under(condition: Condition) -> Self {
        Self(Some(condition))
    }

    /// The actions that a decision lets somebody run: nothing where it is none.
    pub(crate) fn of(decision: Decision) -> Option<Self> {
        match decision {
            Decision::Allow => Some(Self(None)),
            Decision::Deny => None,
            Decision::Conditional(condition) => Some(Self(Some(condition))),
        }
    }

    /// Refuses an action that may not be run. Without the input, one of which it is not known yet is refused too.
    pub(crate) fn check(&self, id: &str, input: Option<&Value>) -> Result<(), Fault> {
        let Some(condition) = &self.0 else {
            return Ok(());
        };
        if is_met(condition, Thing::Action { id, input })? == Some(true) {
            return Ok(());
        }
        Err(unauthorized(id))
    }

    /// As it is kept beside a task; nothing where all actions may be run.
    pub(crate) fn kept(&self) -> Option<String> {
        Some(self.0.as_ref()?.to_wire(ACTION).to_string())
    }

    /// Reads what was kept. A text that cannot be read lets nothing run.
    pub(crate) fn read(kept: Option<&str>) -> Result<Self, Fault> {
        let Some(text) = kept else {
            return Ok(Self(None));
        };
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        let condition = Condition::from_wire(&value).map_err(Fault::error)?;
        Ok(Self(Some(condition)))
    }
}

/// The refusal of an action, in the words of the original.
pub(crate) fn unauthorized(action: &str) -> Fault {
    Fault::not_allowed(format!(
        "Unauthorized action: {action}. The action is not allowed."
    ))
}

impl Authors {
    /// Whose tasks a decision shows, so that lists and counts are asked for these alone.
    pub(crate) fn of(decision: &Decision) -> Result<Self, Fault> {
        match decision {
            Decision::Allow => Ok(Self::default()),
            Decision::Deny => Ok(Self::Only(BTreeSet::new())),
            Decision::Conditional(condition) => Self::of_condition(condition),
        }
    }

    fn of_condition(condition: &Condition) -> Result<Self, Fault> {
        match condition {
            Condition::Rule { name, parameters } if name == "IS_TASK_OWNER" => {
                created_by(parameters).map(Self::Only)
            }
            Condition::Rule { name, .. } => Err(no_rule(name, TASK)),
            Condition::Not(part) => Ok(Self::of_condition(part)?.others()),
            Condition::All(parts) => {
                parts.iter().try_fold(
                    Self::default(),
                    |all, part| Ok(all.and(Self::of_condition(part)?)),
                )
            }
            // Some of these is the same as not: none of these.
            Condition::Any(parts) => {
                let none = parts.iter().try_fold(Self::default(), |all, part| {
                    Ok::<_, Fault>(all.and(Self::of_condition(part)?.others()))
                });
                Ok(none?.others())
            }
        }
    }

    fn others(self) -> Self {
        match self {
            Self::Only(some) => Self::AllBut(some),
            Self::AllBut(some) => Self::Only(some),
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Only(one), Self::Only(other)) => Self::Only(&one & &other),
            (Self::Only(some), Self::AllBut(others)) | (Self::AllBut(others), Self::Only(some)) => {
                Self::Only(&some - &others)
            }
            (Self::AllBut(one), Self::AllBut(other)) => Self::AllBut(&one | &other),
        }
    }
}

/// The rules with their parameters, for `/.well-known/backstage/permissions/metadata`.
pub(crate) fn rules() -> Value {
    let rule = |name: &str, description: &str, resource: &str, properties: Value, required: &[&str]| {
        json!({
            "name": name, "description": description, "resourceType": resource,
            "paramsSchema": {
                "type": "object", "properties": properties, "required": required, "additionalProperties": false,
                "$schema": "http://json-schema.org/draft-07/schema#",
            },
        })
    };
    let text = |description: &str| json!({"type": "string", "description": description});
    let property = |name: &str, kind: &str| {
        let properties = json!({
            "key": text(&format!("The {kind} property of the action's input")),
            "value": {"type": kind, "description": "The value that it has to have"},
        });
        rule(
            name,
            &format!("Allow actions with the specified {kind} property"),
            ACTION,
            properties,
            &["key"],
        )
    };
    let authors = json!({"type": "array", "items": {"type": "string"}, "description": "References of the persons that began the task"});
    json!([
        rule(
            "HAS_TAG",
            "Match parameters or steps with the given tag",
            TEMPLATE,
            json!({"tag": text("Name of the tag to match on")}),
            &["tag"]
        ),
        rule(
            "HAS_ACTION_ID",
            "Match actions with the given actionId",
            ACTION,
            json!({"actionId": text("Name of the action to match on")}),
            &["actionId"]
        ),
        property("HAS_BOOLEAN_PROPERTY", "boolean"),
        property("HAS_NUMBER_PROPERTY", "number"),
        property("HAS_STRING_PROPERTY", "string"),
        rule(
            "IS_TASK_OWNER",
            "Allow tasks that one of these persons began",
            TASK,
            json!({"createdBy": authors}),
            &["createdBy"]
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(value: Value) -> Condition {
        Condition::from_wire(&value).unwrap()
    }

    fn rule(name: &str, parameters: Value) -> Value {
        json!({"rule": name, "params": parameters})
    }

    fn owner(names: &[&str]) -> Value {
        rule("IS_TASK_OWNER", json!({"createdBy": names}))
    }

    #[test]
    fn conditions_on_tasks_become_lists_of_authors_that_agree_with_them() {
        let conditions = [
            owner(&["ada"]),
            owner(&[]),
            json!({"not": owner(&["ada"])}),
            json!({"anyOf": [owner(&["ada"]), owner(&["linus", "omar"])]}),
            json!({"allOf": [owner(&["ada", "linus"]), {"not": owner(&["ada"])}]}),
            json!({"anyOf": [{"not": owner(&["ada"])}, owner(&["linus"])]}),
            json!({"not": {"anyOf": [owner(&["ada"]), {"not": owner(&["linus"])}]}}),
        ];
        for value in conditions {
            let condition = condition(value.clone());
            let decision = Decision::Conditional(condition);
            let authors = Authors::of(&decision).unwrap();
            for author in [None, Some("ada"), Some("linus"), Some("omar"), Some("ines")] {
                let is_listed = match &authors {
                    Authors::Only(some) => author.is_some_and(|author| some.contains(author)),
                    Authors::AllBut(some) => author.is_none_or(|author| !some.contains(author)),
                };
                assert_eq!(
                    holds(&decision, Thing::Task { author }).unwrap(),
                    is_listed,
                    "{value} {author:?}"
                );
            }
        }
        assert_eq!(Authors::of(&Decision::Allow).unwrap(), Authors::default());
        assert_eq!(
            Authors::of(&Decision::Deny).unwrap(),
            Authors::Only(BTreeSet::new())
        );
    }

    #[test]
    fn a_rule_that_nobody_knows_is_an_error_and_lets_nothing_through() {
        let task = Thing::Task { author: None };
        for wrong in [
            rule("HAS_LUCK", json!({})),
            json!({"not": rule("HAS_LUCK", json!({}))}),
            rule("HAS_TAG", json!({"tag": "x"})),
            rule("IS_TASK_OWNER", json!({})),
            json!({"not": rule("IS_TASK_OWNER", json!({"createdBy": "ada"}))}),
        ] {
            let decision = Decision::Conditional(condition(wrong.clone()));
            assert!(
                holds(&decision, task).is_err() && Authors::of(&decision).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn actions_are_told_apart_by_name_and_input() {
        let input = json!({"repoUrl": "git.example?owner=Ada", "owner": "Ada", "deep": {"list": [{"on": true}]}, "count": 2});
        let check = |value: Value, id: &str, expected: Option<bool>, before: Option<bool>| {
            let condition = condition(value.clone());
            let known = Thing::Action {
                id,
                input: Some(&input),
            };
            assert_eq!(is_met(&condition, known).unwrap(), expected, "{value}");
            let unknown = Thing::Action { id, input: None };
            assert_eq!(
                is_met(&condition, unknown).unwrap(),
                before,
                "{value} before the input is known"
            );
        };
        let text = |key: &str, value: Value| rule("HAS_STRING_PROPERTY", json!({"key": key, "value": value}));
        let id = rule("HAS_ACTION_ID", json!({"actionId": "publish:gitea"}));
        check(id.clone(), "publish:gitea", Some(true), Some(true));
        check(id.clone(), "debug:log", Some(false), Some(false));
        check(text("owner", json!("ada")), "publish:gitea", Some(true), None);
        check(text("owner", json!("ada")), "debug:log", Some(false), None);
        check(
            json!({"not": text("owner", json!("linus"))}),
            "debug:log",
            Some(true),
            None,
        );
        check(
            json!({"anyOf": [id.clone(), text("owner", json!("x"))]}),
            "publish:gitea",
            Some(true),
            Some(true),
        );
        check(
            json!({"allOf": [id, text("owner", json!("x"))]}),
            "debug:log",
            Some(false),
            Some(false),
        );
        check(
            rule("HAS_STRING_PROPERTY", json!({"key": "count"})),
            "x",
            Some(false),
            None,
        );
        check(
            rule("HAS_NUMBER_PROPERTY", json!({"key": "count", "value": 2})),
            "x",
            Some(true),
            None,
        );
        check(
            rule("HAS_NUMBER_PROPERTY", json!({"key": "count", "value": 3})),
            "x",
            Some(false),
            None,
        );
        check(
            rule("HAS_BOOLEAN_PROPERTY", json!({"key": "deep.list[0].on"})),
            "x",
            Some(true),
            None,
        );
        check(
            rule("HAS_BOOLEAN_PROPERTY", json!({"key": "away"})),
            "x",
            Some(false),
            None,
        );
    }

    #[test]
    fn a_limit_is_kept_and_read() {
        let limit = ActionLimit(Some(condition(rule(
            "HAS_ACTION_ID",
            json!({"actionId": "debug:log"}),
        ))));
        let kept = limit.kept();
        let read = ActionLimit::read(kept.as_deref()).unwrap();
        assert_eq!(read, limit);
        assert!(read.check("debug:log", None).is_ok());
        let fault = read.check("publish:gitea", Some(&json!({}))).unwrap_err();
        assert_eq!(
            fault.message,
            "Unauthorized action: publish:gitea. The action is not allowed."
        );
        assert_eq!(ActionLimit::default().kept(), None);
        assert!(ActionLimit::read(Some("broken")).is_err());
        assert!(ActionLimit::of(Decision::Deny).is_none());
    }
}
