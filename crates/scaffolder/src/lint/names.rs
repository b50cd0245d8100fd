//! What an expression names, held against what there is.

use nunjucks::{Extensions, Mention, Mentioned, Template};
use serde_json::Value;

use super::form::Declared;
use super::steps::Steps;
use super::{Rule, did_you_mean};

/// Names that expressions of a template see.
const ROOTS: [&str; 6] = ["parameters", "steps", "secrets", "user", "environment", "context"];
/// Functions of conditions, beside those of the language.
pub(super) const FUNCTIONS: [&str; 2] = ["always", "failure"];

/// What expressions may name.
pub(super) struct Names<'a> {
    pub(super) form: &'a Declared,
    pub(super) steps: &'a Steps<'a>,
    pub(super) filters: &'a Extensions,
}

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standpoint {
    /// The steps before it: their outputs are there.
    pub(super) steps_before: usize,
    /// Secrets are seen.
    pub(super) sees_secrets: bool,
    /// It is in a step with `each`.
    pub(super) has_each: bool,
    /// What it gives is logged.
    pub(super) is_logged: bool,
}

/// What a template names. What it asks about in one place, it is prepared for in all others.
pub(super) fn mentions(template: &Template) -> Vec<Mention> {
    let mut all = template.mentions();
    let path_of = |mention: &Mention| match &mention.what {
        Mentioned::Value(path) => Some(path.iter().take(2).cloned().collect::<Vec<String>>()),
        _ => None,
    };
    let guarded: Vec<Vec<String>> = all
        .iter()
        .filter(|one| one.is_guarded)
        .filter_map(path_of)
        .collect();
    for mention in &mut all {
        mention.is_guarded |= path_of(mention).is_some_and(|path| guarded.contains(&path));
    }
    all
}

/// What is wrong with a name: the rule, a sentence, the way out.
pub(super) type Wrong = (Rule, String, Option<String>);

impl Names<'_> {
    /// What is wrong with something that an expression names.
    pub(super) fn judge(&self, template: &Template, mention: &Mention, at: Standpoint) -> Option<Wrong> {
        match &mention.what {
            Mentioned::Filter(name) => unknown_filter(template, name, self.filters),
            Mentioned::Function(name) => unknown_function(name, self.filters, &FUNCTIONS),
            Mentioned::Value(path) => self.value(path, mention.is_guarded, at),
        }
    }

    fn value(&self, path: &[String], is_guarded: bool, at: Standpoint) -> Option<Wrong> {
        let root = path.first()?.as_str();
        let key = path.get(1).map(String::as_str);
        match (root, key) {
            ("each", _) if at.has_each => None,
            ("each", _) => Some((
                Rule::UnknownName,
                "`each` is there in steps with the key `each` alone".to_owned(),
                None,
            )),
            ("secrets", _) | ("environment", Some("secrets")) => secret(at),
            ("parameters", Some(name)) if !is_guarded => self.parameter(name),
            ("steps", Some(id)) => self.step(id, &path[2..], is_guarded, at),
            (root, _) if is_guarded || ROOTS.contains(&root) => None,
            (root, _) => {
                let known = format!("They see {}, and `each`.", ROOTS.join(", "));
                let way_out = did_you_mean(root, ROOTS.into_iter()).unwrap_or(known);
                Some((
                    Rule::UnknownName,
                    format!("Expressions see nothing by the name `{root}`"),
                    Some(way_out),
                ))
            }
        }
    }

    fn parameter(&self, name: &str) -> Option<Wrong> {
        if self.form.is_open || self.form.names.contains(name) {
            return None;
        }
        let known = self.form.names.iter().map(String::as_str);
        let way_out = did_you_mean(name, known)
            .unwrap_or_else(|| "Declare it below `properties` of a page in spec.parameters.".to_owned());
        Some((
            Rule::UnknownParameter,
            format!("No page of the form declares the parameter `{name}`"),
            Some(way_out),
        ))
    }

    fn step(&self, id: &str, rest: &[String], is_guarded: bool, at: Standpoint) -> Option<Wrong> {
        let Some((index, _)) = self.steps.with_id(id).next() else {
            if self.steps.is_open || is_guarded {
                return None;
            }
            let way_out = self.with_minus(id).or_else(|| did_you_mean(id, self.steps.ids()));
            return Some((Rule::UnknownStep, format!("There is no step `{id}`"), way_out));
        };
        if index >= at.steps_before && !self.steps.is_open {
            let message = if index == at.steps_before {
                format!("The step `{id}` uses its own output, which is not there yet")
            } else {
                format!("The step `{id}` comes later, so that its output is not there yet")
            };
            let way_out = format!("Move the step behind `{id}`.");
            return Some((
                Rule::LaterStep,
                message,
                Some(way_out).filter(|_| index > at.steps_before),
            ));
        }
        self.output(id, rest)
    }

    /// A step whose name goes on with `-`, which is a minus in expressions.
    fn with_minus(&self, id: &str) -> Option<String> {
        let meant = self
            .steps
            .ids()
            .find(|known| known.strip_prefix(id).is_some_and(|rest| rest.starts_with('-')))?;
        Some(format!(
            "`-` is a minus in expressions: write `steps['{meant}']`."
        ))
    }

    fn output(&self, id: &str, rest: &[String]) -> Option<Wrong> {
        let (first, name) = (rest.first()?, rest.get(1));
        if first != "output" {
            let message = format!("`steps.{id}` has no `{first}`");
            return Some((
                Rule::UnknownOutput,
                message,
                Some(format!("Write `steps.{id}.output.…`.")),
            ));
        }
        let name = name?;
        let mut names = Vec::new();
        let mut actions = Vec::new();
        for (_, placed) in self.steps.with_id(id) {
            let action = placed.action.as_ref()?;
            let schema = action.schema().output;
            let is_closed = schema["additionalProperties"] == Value::Bool(false);
            let known = schema["properties"].as_object().filter(|_| is_closed)?;
            if known.contains_key(name) {
                return None;
            }
            names.extend(known.keys().cloned());
            actions.push(action.id().to_owned());
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let way_out = did_you_mean(name, names.iter().copied())
            .unwrap_or_else(|| format!("It gives {}.", names.join(", ")));
        let message = format!(
            "The step `{id}` gives no output `{name}`: its action is {}",
            actions.join(" or ")
        );
        Some((Rule::UnknownOutput, message, Some(way_out)))
    }
}

fn secret(at: Standpoint) -> Option<Wrong> {
    if at.is_logged {
        let message = "A secret is passed to debug:log".to_owned();
        let way_out = "The log shows `***` in its place: log something else.".to_owned();
        return Some((Rule::SecretInLog, message, Some(way_out)));
    }
    if at.sees_secrets {
        return None;
    }
    let message = "Secrets are seen in the input of steps alone; here they are nothing".to_owned();
    Some((Rule::SecretUnseen, message, None))
}

pub(super) fn unknown_filter(template: &Template, name: &str, filters: &Extensions) -> Option<Wrong> {
    let message = template.unknown_filter(name, filters)?;
    let (message, meant) = match message.split_once("; did you mean \"") {
        Some((message, meant)) => (message.to_owned(), Some(meant.trim_end_matches("\"?").to_owned())),
        None => (message, None),
    };
    let list = "The filters that there are stand at /create/filters, and in GET /api/scaffolder/v2/templating-extensions.";
    let way_out = meant.map_or_else(|| list.to_owned(), |meant| format!("Did you mean `{meant}`?"));
    let way_out = Some(way_out);
    Some((Rule::UnknownFilter, message, way_out))
}

pub(super) fn unknown_function(name: &str, filters: &Extensions, known: &[&str]) -> Option<Wrong> {
    if known.contains(&name) || filters.functions().any(|known| known == name) {
        return None;
    }
    let known = filters.functions().chain(known.iter().copied());
    let message = format!("There is no function `{name}`");
    Some((Rule::UnknownFunction, message, did_you_mean(name, known)))
}
