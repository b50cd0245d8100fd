//! The steps as others of the lint see them, and what is wrong with a step itself.

use std::sync::Arc;

use model::PLACEHOLDERS;
use nunjucks::{Options, Template};
use plugin::{Action, ActionRegistry};
use serde_json::Value;

use super::finding::{Findings, Path, below};
use super::{Rule, did_you_mean};
use crate::refusal::is_placeholder;
use crate::template::{Repeated, Step};

/// Keys of a step that have an effect.
const KEYS: [&str; 6] = ["id", "name", "action", "input", "if", "each"];
/// Where the actions are listed.
const LIST: &str =
    "The actions that there are stand at /create/actions, and in GET /api/scaffolder/v2/actions.";

/// All steps of a template.
pub(super) struct Steps<'a> {
    pub(super) all: Vec<Placed<'a>>,
    /// There may be more of them: some come from a placeholder.
    pub(super) is_open: bool,
}

/// A step with its place.
pub(super) struct Placed<'a> {
    pub(super) step: Step,
    written: &'a Value,
    pub(super) path: Path,
    /// Nothing where there is no such action.
    pub(super) action: Option<Arc<dyn Action>>,
}

/// Whether a text has expressions or statements, whatever they give.
pub(super) fn is_expression(text: &str) -> bool {
    ["${{", "{%", "{#"].iter().any(|sign| text.contains(sign))
}

impl<'a> Steps<'a> {
    pub(super) fn of(spec: &'a Value, actions: &ActionRegistry) -> Self {
        let path = vec!["spec".to_owned(), "steps".to_owned()];
        let written = spec["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
        let placed = |(index, step): (usize, Step)| Placed {
            action: actions.get(&step.action).cloned(),
            path: below(&path, index),
            step,
            written: &written[index],
        };
        Self {
            is_open: is_placeholder(&spec["steps"]) || written.iter().any(is_placeholder),
            all: Step::read_all(written)
                .into_iter()
                .enumerate()
                .map(placed)
                .collect(),
        }
    }

    /// The steps with an id, and their places.
    pub(super) fn with_id(&self, id: &str) -> impl Iterator<Item = (usize, &Placed<'a>)> {
        self.all
            .iter()
            .enumerate()
            .filter(move |(_, placed)| placed.step.id == id)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|placed| placed.step.id.as_str())
    }

    pub(super) fn check(&self, actions: &ActionRegistry, found: &mut Findings<'_>) {
        let mut repeated = Repeated::default();
        for (index, placed) in self.all.iter().enumerate() {
            if let Some(before) = repeated.before(index, &placed.step) {
                let message = format!(
                    "The steps {} and {} have the same id `{}` and run together: expressions see the output of the later one",
                    before + 1,
                    index + 1,
                    placed.step.id
                );
                let way_out = "Give each an id of its own. Steps with one id are meant for conditions that exclude each other."
                    .to_owned();
                found.at(
                    Rule::RepeatedStepId,
                    &below(&placed.path, "id"),
                    message,
                    Some(way_out),
                );
            }
            placed.check(actions, found);
        }
    }
}

impl Placed<'_> {
    fn check(&self, actions: &ActionRegistry, found: &mut Findings<'_>) {
        self.check_action(actions, found);
        self.check_keys(found);
        self.check_condition(found);
        self.check_each(found);
    }

    fn check_action(&self, actions: &ActionRegistry, found: &mut Findings<'_>) {
        let name = self.step.action.as_str();
        if name.is_empty() || self.action.is_some() {
            // That it is missing is a matter of the entity's schema.
            return;
        }
        let near = did_you_mean(name, actions.all().map(|action| action.id()));
        let message = format!("There is no action `{name}`");
        found.at(
            Rule::UnknownAction,
            &below(&self.path, "action"),
            message,
            near.or_else(|| Some(LIST.to_owned())),
        );
    }

    fn check_keys(&self, found: &mut Findings<'_>) {
        let keys = self.written.as_object().into_iter().flat_map(|step| step.keys());
        let is_known = |key: &str| KEYS.contains(&key) || key.contains(':') || PLACEHOLDERS.contains(&key);
        for key in keys.filter(|key| !is_known(key)) {
            let known = format!("Steps have the keys {}.", KEYS.join(", "));
            let way_out = did_you_mean(key, KEYS.into_iter()).unwrap_or(known);
            let message = format!("A step has no key `{key}`: it is passed over");
            found.at(
                Rule::UnknownStepKey,
                &below(&self.path, key),
                message,
                Some(way_out),
            );
        }
    }

    fn check_condition(&self, found: &mut Findings<'_>) {
        let Some(Value::String(text)) = &self.step.condition else {
            return;
        };
        let always = Template::parse(text, &Options::default()).is_ok_and(|template| template.has_text());
        if !always || text == "true" {
            return;
        }
        let message =
            format!("The condition `{text}` is always true, because it is a text that is not empty");
        let way_out = if is_expression(text) {
            "Write all of it in one expression: `${{ … }}`."
        } else {
            "Write it as an expression, `${{ … }}`, or as true or false without quotes."
        };
        let path = below(&self.path, "if");
        found.at(Rule::ConstantCondition, &path, message, Some(way_out.to_owned()));
    }

    fn check_each(&self, found: &mut Findings<'_>) {
        let Some(each) = &self.step.each else { return };
        let is_right = match each {
            Value::Array(_) | Value::Object(_) => true,
            Value::String(text) => is_expression(text),
            _ => false,
        };
        if !is_right {
            let message = format!("`each` is {each}, which is neither a list nor an object");
            let way_out = "Write a list, or an expression that gives one: `${{ parameters.… }}`.".to_owned();
            found.at(
                Rule::EachValue,
                &below(&self.path, "each"),
                message,
                Some(way_out),
            );
        }
    }
}
