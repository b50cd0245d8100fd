//! From the text of an editor to a template, and what is wrong with it at which place.

use model::Kinds;
use nunjucks::Options;
use plugin::ActionRegistry;
use serde_json::Value;
use yaml::{Document, Limits};

use crate::refusal;
use crate::template::{Repeated, Template};
use crate::validation;

/// Longest text.
pub(super) const MOST_BYTES: usize = 256 << 10;
/// Most mistakes that are told.
const MOST_TOLD: usize = 30;

/// Something wrong in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct Mistake {
    pub message: String,
    /// Line and column from 1, the column as editors count it.
    pub place: Option<(usize, usize)>,
}

/// What a text is.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::pages) struct Judged {
    /// The template; nothing where the text cannot be read as one.
    pub template: Option<Template>,
    pub mistakes: Vec<Mistake>,
    /// Where the template's document begins: its line, and its first byte.
    start: (usize, usize),
}

impl Judged {
    /// The place of the step with a key.
    pub(in crate::pages) fn place_of_step(&self, text: &str, step: &str) -> Option<(usize, usize)> {
        let steps = &self.template.as_ref()?.steps;
        let number = steps.iter().position(|known| known.key == step)?;
        self.place(text, &["spec", "steps", &number.to_string()])
    }

    fn place(&self, text: &str, path: &[&str]) -> Option<(usize, usize)> {
        let (line, offset) = self.start;
        yaml::locate(text.get(offset..)?, line, path)
    }

    fn tell(&mut self, text: &str, path: &[&str], message: impl Into<String>) {
        if self.mistakes.len() < MOST_TOLD {
            let place = self.place(text, path);
            self.mistakes.push(Mistake {
                message: message.into(),
                place,
            });
        }
    }
}

/// Reads a text as a template and looks for what would fail when it is run.
pub(super) fn judge(text: &str, actions: Option<&ActionRegistry>) -> Judged {
    let mut judged = Judged::default();
    let Some((document, entity)) = template_document(text, &mut judged) else {
        return judged;
    };
    judged.start = (document.line, document.offset);
    match Template::of(&entity) {
        Ok(template) => {
            judge_steps(&template, text, actions, &mut judged);
            judge_pages(&template, text, &mut judged);
            judge_expressions(&entity, text, &mut judged);
            if judged.mistakes.is_empty() {
                // It tells of one mistake, which the others tell of in better words.
                judge_entity(&entity, text, &mut judged);
            }
            judged.mistakes.sort_by_key(|mistake| mistake.place);
            judged.template = Some(template);
        }
        Err(fault) => {
            let path = guilty(&entity);
            judged.tell(text, &path, fault.message);
        }
    }
    judged
}

/// The document of the template among those of a text.
fn template_document(text: &str, judged: &mut Judged) -> Option<(Document, Value)> {
    let limits = Limits {
        bytes: MOST_BYTES,
        nodes: 100_000,
        documents: 50,
        ..Limits::default()
    };
    let tell = |judged: &mut Judged, message: &str, place| {
        judged.mistakes.push(Mistake {
            message: message.to_owned(),
            place,
        });
    };
    let mut first = None;
    for document in yaml::parse(text, &limits) {
        match &document.value {
            Err(error) => {
                // Place and excerpt are shown apart from the message.
                let message = error.message.lines().next().unwrap_or_default();
                let message = message
                    .rsplit_once(" at line ")
                    .map_or(message, |(message, _)| message);
                tell(judged, message, Some((error.line, error.column)));
                return None;
            }
            Ok(value) if value["kind"] == "Template" => {
                let value = value.clone();
                return Some((document, value));
            }
            Ok(_) => {
                first.get_or_insert((document.line, 1));
            }
        }
    }
    let message = if first.is_some() {
        "There is no document of the kind Template; write `kind: Template`"
    } else {
        "There is no template yet: write or paste one, load one from the catalog, or choose a folder"
    };
    tell(judged, message, first);
    None
}

/// The part of an entity that is no template for which it is refused.
fn guilty(entity: &Value) -> Vec<&'static str> {
    if !entity["metadata"]["name"].is_string() {
        return vec!["metadata", "name"];
    }
    if entity["spec"]["steps"].is_array() {
        vec!["apiVersion"]
    } else {
        vec!["spec", "steps"]
    }
}

/// What the catalog would refuse.
fn judge_entity(entity: &Value, text: &str, judged: &mut Judged) {
    if let Some(fault) = refusal::of_document(&Kinds::builtin(), entity) {
        let pointer = fault.field().unwrap_or_default().to_owned();
        let path: Vec<&str> = pointer.split('/').skip(1).collect();
        judged.tell(text, &path, fault.message);
    }
}

fn judge_steps(template: &Template, text: &str, actions: Option<&ActionRegistry>, judged: &mut Judged) {
    let mut repeated = Repeated::default();
    for (index, step) in template.steps.iter().enumerate() {
        let number = index.to_string();
        let message = match actions {
            _ if step.action.is_empty() => Some(format!("The step {} names no action", step.id)),
            Some(actions) if actions.get(&step.action).is_none() => Some(format!(
                "This portal does not have the action {}; /create/actions lists those there are",
                step.action
            )),
            _ => None,
        };
        if let Some(message) = message {
            judged.tell(text, &["spec", "steps", &number, "action"], message);
        }
        if let Some(before) = repeated.before(index, step) {
            let message = format!(
                "The steps {} and {} have the same id {} and run together: expressions see the output of the later one",
                before + 1,
                index + 1,
                step.id
            );
            judged.tell(text, &["spec", "steps", &number, "id"], message);
        }
    }
}

fn judge_pages(template: &Template, text: &str, judged: &mut Judged) {
    let is_list = template.entity["spec"]["parameters"].is_array();
    for (index, page) in template.pages.iter().enumerate() {
        let Some(message) = validation::wrong_schema(&page.schema) else {
            continue;
        };
        let number = index.to_string();
        let path: &[&str] = if is_list {
            &["spec", "parameters", &number]
        } else {
            &["spec", "parameters"]
        };
        judged.tell(
            text,
            path,
            format!("The page “{}” has a wrong schema: {message}", page.title),
        );
    }
}

/// Looks for expressions that cannot be read, in the steps and in the output.
fn judge_expressions(entity: &Value, text: &str, judged: &mut Judged) {
    for (part, value) in [
        ("steps", &entity["spec"]["steps"]),
        ("output", &entity["spec"]["output"]),
    ] {
        let mut path = vec!["spec".to_owned(), part.to_owned()];
        expressions(value, &mut path, text, judged);
    }
}

fn expressions(value: &Value, path: &mut Vec<String>, text: &str, judged: &mut Judged) {
    match value {
        Value::String(written) => {
            let Err(error) = nunjucks::Template::parse(written, &Options::default()) else {
                return;
            };
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let message = format!(
                "{} (in the expression's line {}, column {})",
                error.text, error.line, error.column
            );
            judged.tell(text, &path, message);
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                expressions(item, path, text, judged);
                path.pop();
            }
        }
        Value::Object(entries) => {
            for (key, item) in entries {
                path.push(key.clone());
                expressions(item, path, text, judged);
                path.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: { name: x }\n";

    /// What is told of a text, with line and column.
    fn told(text: &str) -> Vec<String> {
        let mistakes = judge(text, Some(&ActionRegistry::default())).mistakes.into_iter();
        let line = |mistake: Mistake| {
            let place = mistake
                .place
                .map(|(line, column)| format!("{line}:{column} "))
                .unwrap_or_default();
            format!("{place}{}", mistake.message)
        };
        mistakes.map(line).collect()
    }

    fn check(text: &str, expected: &[&str]) {
        let told = told(text);
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.starts_with(expected), "{told}");
        }
    }

    #[test]
    fn mistakes_have_their_places() {
        check("", &["There is no template yet"]);
        check(
            "# x\n\nkind: Component\n",
            &["3:1 There is no document of the kind Template"],
        );
        check("kind: Template\nspec:\n  a: [b\n", &["4:1 "]);
        check(
            &format!("{HEAD}spec: {{}}\n"),
            &["4:1 template:default/x has no steps"],
        );
        check(
            "kind: Template\nmetadata: { name: x }\napiVersion: old\nspec:\n  steps: []\n",
            &["3:1 template:default/x has the apiVersion"],
        );
        let steps = "spec:\n  steps:\n    - id: a\n      action: no:such\n    - id: a\n      action: no:such\n      input:\n        text: ${{ parameters.name | }}\n";
        check(
            &format!("# first\n{HEAD}{steps}"),
            &[
                "8:7 This portal does not have the action no:such",
                "9:7 The steps 1 and 2 have the same id a",
                "10:7 This portal does not have the action no:such",
                "12:9 ",
            ],
        );
        check(
            &format!("{HEAD}spec:\n  type: x\n  parameters: 'no'\n  steps: []\n"),
            &["6:3 "],
        );
        // All steps of an id count, not the last one alone.
        let ways = "spec:\n  type: x\n  steps:\n    - { id: a, if: '${{ b }}', action: '' }\n    - { id: a, action: '' }\n    - { id: a, if: '${{ b }}', action: '' }\n    - { id: a, if: true, action: '' }\n";
        let repeated = told(&format!("{HEAD}{ways}")).into_iter();
        let repeated: Vec<String> = repeated.filter(|told| told.contains("same id")).collect();
        assert_eq!(repeated.len(), 2, "{repeated:#?}");
        assert!(repeated[0].starts_with("9:9 The steps 1 and 3"), "{repeated:#?}");
        assert!(repeated[1].starts_with("10:9 The steps 2 and 4"), "{repeated:#?}");
        let wrong = "spec:\n  parameters:\n    - title: One\n      properties: { name: { type: nothing } }\n  steps: []\n";
        check(
            &format!("{HEAD}{wrong}"),
            &["6:7 The page “One” has a wrong schema"],
        );
    }

    #[test]
    fn the_template_is_found_among_other_documents_and_its_steps_have_places() {
        let text =
            format!("kind: Group\n---\n{HEAD}spec:\n  type: x\n  steps:\n    - {{ id: hello, action: a }}\n");
        let judged = judge(&text, None);
        assert_eq!(judged.mistakes, []);
        assert_eq!(judged.place_of_step(&text, "hello"), Some((9, 7)));
        assert_eq!(judged.place_of_step(&text, "none"), None);
    }
}
