//! What is wrong with a template, told before anybody uses it.
//!
//! A [`Linter`] holds a template's entity, its YAML text and the folders beside it against the actions, filters and fields that
//! there are. It reads nothing itself: [`fetched`] says which folders a template takes from beside itself, and whoever reads
//! them hands them in. What cannot be known before a task runs, such as the value of an expression, counts as right.

mod deprecated;
mod expressions;
mod finding;
mod form;
mod input;
mod names;
mod rule;
mod skeleton;
mod steps;

use std::collections::BTreeMap;

use model::{Fault, Kinds, Severity};
use nunjucks::Extensions;
use plugin::ActionRegistry;
use scm::Tree;
use serde_json::Value;
use yaml::YamlError;

pub use crate::refusal::has_placeholder;
pub use finding::Finding;
pub use rule::Rule;
pub use skeleton::fetched;

use crate::refusal;
use finding::Findings;

/// Files beside a template by the address by which its steps fetch them. An address that is missing was not read, and is not
/// judged; a tree without files stands for nothing being there.
pub type Folders = BTreeMap<String, Result<Tree, Fault>>;

/// Judges templates.
#[derive(Clone)]
pub struct Linter {
    actions: ActionRegistry,
    filters: Extensions,
    kinds: Kinds,
}

/// A template that is judged.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The file as people know it.
    pub file: &'a str,
    /// The text of the file from the template's document on; nothing where only the entity is known, and findings have no
    /// lines.
    pub text: Option<&'a str>,
    /// The line in the file with which `text` begins.
    pub line: usize,
    /// The entity, its placeholders filled.
    pub entity: &'a Value,
}

impl Linter {
    /// A judge by these actions, filters and kinds of entities.
    pub(crate) fn new(actions: ActionRegistry, filters: Extensions, kinds: Kinds) -> Self {
        Self {
            actions,
            filters,
            kinds,
        }
    }

    /// Judges a document: whether it is an entity that the catalog takes, and the template.
    pub fn lint(&self, subject: Subject<'_>, folders: &Folders) -> Vec<Finding> {
        let mut found = Findings::new(subject);
        check_entity(&self.kinds, subject, &mut found);
        self.template(subject, folders, &mut found);
        found.sorted()
    }

    /// Judges a template that the catalog has taken already.
    pub fn lint_served(&self, subject: Subject<'_>, folders: &Folders) -> Vec<Finding> {
        let mut found = Findings::new(subject);
        self.template(subject, folders, &mut found);
        found.sorted()
    }

    fn template(&self, subject: Subject<'_>, folders: &Folders, found: &mut Findings<'_>) {
        let spec = &subject.entity["spec"];
        let form = form::Declared::of(spec);
        let steps = steps::Steps::of(spec, &self.actions);
        form::check(spec, found);
        deprecated::check(spec, &steps, found);
        steps.check(&self.actions, found);
        input::check(&steps, found);
        let names = names::Names {
            form: &form,
            steps: &steps,
            filters: &self.filters,
        };
        expressions::check(spec, &names, found);
        skeleton::check(&steps, folders, &self.filters, found);
    }
}

/// What the catalog refuses about a template, nothing else.
pub fn of_entity(kinds: &Kinds, subject: Subject<'_>) -> Vec<Finding> {
    let mut found = Findings::new(subject);
    check_entity(kinds, subject, &mut found);
    found.sorted()
}

fn check_entity(kinds: &Kinds, subject: Subject<'_>, found: &mut Findings<'_>) {
    let Some(fault) = refusal::of_document(kinds, subject.entity) else {
        return;
    };
    let hint = model::hint_for(kinds, &fault, subject.entity);
    let pointer = fault.field().unwrap_or_default().to_owned();
    found.at_pointer(Rule::EntitySchema, &pointer, fault.to_string(), hint);
}

/// The finding of a document that cannot be read.
pub fn of_yaml(file: &str, error: &YamlError) -> Finding {
    let message = error.message.lines().next().unwrap_or_default();
    Finding {
        severity: Severity::Error,
        rule: Rule::YamlSyntax,
        message: message.trim_end_matches(':').to_owned(),
        file: file.to_owned(),
        path: String::new(),
        line: Some(error.line),
        column: Some(error.column),
        way_out: error.hint.clone(),
    }
}

/// Up to three known names that are much like another one.
fn near<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Vec<&'k str> {
    let farthest = match name.len() {
        0..5 => 1,
        5..9 => 2,
        _ => 3,
    };
    let lower = name.to_lowercase();
    let mut all: Vec<(usize, &str)> = known
        .map(|known| (strsim::osa_distance(&known.to_lowercase(), &lower), known))
        .filter(|(distance, _)| *distance <= farthest)
        .collect();
    all.sort_unstable();
    all.into_iter().take(3).map(|(_, known)| known).collect()
}

/// A way out that names what may be meant.
fn did_you_mean<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let near = near(name, known);
    let near: Vec<String> = near.iter().map(|one| format!("`{one}`")).collect();
    (!near.is_empty()).then(|| format!("Did you mean {}?", near.join(" or ")))
}
