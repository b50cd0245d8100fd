//! The rules by their names.

use model::Severity;

/// A rule that templates are held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The document is YAML.
    YamlSyntax,
    /// The catalog takes the entity.
    EntitySchema,
    /// There is the action.
    UnknownAction,
    /// The input can fit the action's schema.
    ActionInput,
    /// A step has the keys that steps have.
    UnknownStepKey,
    /// Steps that run together have names of their own.
    RepeatedStepId,
    /// A condition can be false.
    ConstantCondition,
    /// What `each` goes through is a list or an object.
    EachValue,
    /// An expression can be read.
    ExpressionSyntax,
    /// Expressions are written `${{ … }}`.
    PlainBraces,
    /// There is the filter.
    UnknownFilter,
    /// There is the function.
    UnknownFunction,
    /// Expressions see the name.
    UnknownName,
    /// The form declares the parameter.
    UnknownParameter,
    /// There is the step.
    UnknownStep,
    /// A step uses what earlier steps made.
    LaterStep,
    /// The step's action gives the output.
    UnknownOutput,
    /// Secrets are not logged.
    SecretInLog,
    /// Secrets are used where they are seen.
    SecretUnseen,
    /// What is fetched from beside the template is there.
    SkeletonMissing,
    /// A file of a skeleton can be read as a template.
    SkeletonSyntax,
    /// The step passes on the value that a skeleton uses.
    UnknownValue,
    /// The schema of a page of the form is one.
    FormSchema,
    /// The form has the field that is required.
    RequiredUndeclared,
    /// The portal has the field of the form.
    UnknownField,
    /// The key has no newer name.
    DeprecatedKey,
}

/// All rules with their names, how bad it is to break them, and what is wrong then.
const RULES: [(Rule, &str, Severity, &str); 26] = [
    (
        Rule::YamlSyntax,
        "yaml-syntax",
        Severity::Error,
        "The document is no YAML.",
    ),
    (
        Rule::EntitySchema,
        "entity-schema",
        Severity::Error,
        "The catalog does not take the entity.",
    ),
    (
        Rule::UnknownAction,
        "unknown-action",
        Severity::Error,
        "There is no such action: the task would fail at the step.",
    ),
    (
        Rule::ActionInput,
        "action-input",
        Severity::Error,
        "Whatever the values are, the action refuses the input.",
    ),
    (
        Rule::UnknownStepKey,
        "unknown-step-key",
        Severity::Warning,
        "Steps have no such key: it has no effect.",
    ),
    (
        Rule::RepeatedStepId,
        "repeated-step-id",
        Severity::Warning,
        "Two steps with the same id run together: both without a condition, or with the same.",
    ),
    (
        Rule::ConstantCondition,
        "constant-condition",
        Severity::Warning,
        "An `if` that is always true, because it is a text.",
    ),
    (
        Rule::EachValue,
        "each-value",
        Severity::Error,
        "`each` is neither a list nor an object nor an expression.",
    ),
    (
        Rule::ExpressionSyntax,
        "expression-syntax",
        Severity::Error,
        "An expression cannot be read: the text stays as it is written.",
    ),
    (
        Rule::PlainBraces,
        "plain-braces",
        Severity::Warning,
        "`{{ parameters.… }}` without `$` is plain text.",
    ),
    (
        Rule::UnknownFilter,
        "unknown-filter",
        Severity::Error,
        "There is no such filter.",
    ),
    (
        Rule::UnknownFunction,
        "unknown-function",
        Severity::Error,
        "There is no such function.",
    ),
    (
        Rule::UnknownName,
        "unknown-name",
        Severity::Warning,
        "Expressions see no such name: its value is nothing.",
    ),
    (
        Rule::UnknownParameter,
        "unknown-parameter",
        Severity::Warning,
        "No page of the form has the parameter.",
    ),
    (
        Rule::UnknownStep,
        "unknown-step",
        Severity::Error,
        "There is no step of this id.",
    ),
    (
        Rule::LaterStep,
        "later-step",
        Severity::Error,
        "A step uses the output of itself or of a later one.",
    ),
    (
        Rule::UnknownOutput,
        "unknown-output",
        Severity::Warning,
        "The step's action gives no such output.",
    ),
    (
        Rule::SecretInLog,
        "secret-in-log",
        Severity::Warning,
        "A secret is passed to debug:log.",
    ),
    (
        Rule::SecretUnseen,
        "secret-unseen",
        Severity::Warning,
        "A secret is used where expressions see none: `if` and `output`.",
    ),
    (
        Rule::SkeletonMissing,
        "skeleton-missing",
        Severity::Error,
        "What a step fetches from beside the template is not there.",
    ),
    (
        Rule::SkeletonSyntax,
        "skeleton-syntax",
        Severity::Error,
        "A file of a skeleton cannot be read as a template: the step would fail.",
    ),
    (
        Rule::UnknownValue,
        "unknown-value",
        Severity::Warning,
        "A skeleton uses a value that the step does not pass on.",
    ),
    (
        Rule::FormSchema,
        "form-schema",
        Severity::Error,
        "The schema of a page of the form is none.",
    ),
    (
        Rule::RequiredUndeclared,
        "required-undeclared",
        Severity::Error,
        "A field is required that the form does not have: nobody can send it.",
    ),
    (
        Rule::UnknownField,
        "unknown-field",
        Severity::Warning,
        "The portal has no such `ui:field`: the form shows the plain field of the schema.",
    ),
    (
        Rule::DeprecatedKey,
        "deprecated-key",
        Severity::Info,
        "The key has another name now.",
    ),
];

impl Rule {
    fn row(self) -> &'static (Rule, &'static str, Severity, &'static str) {
        // The table has a row for each rule, in their order; a test holds it to that.
        &RULES[self as usize]
    }

    /// Its name.
    pub fn id(self) -> &'static str {
        self.row().1
    }

    /// How bad it is to break it.
    pub fn severity(self) -> Severity {
        self.row().2
    }

    /// What is wrong where it is broken.
    pub fn meaning(self) -> &'static str {
        self.row().3
    }

    /// All rules.
    pub fn all() -> impl Iterator<Item = Self> {
        RULES.iter().map(|(rule, ..)| *rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_row() {
        for (index, (rule, id, ..)) in RULES.iter().enumerate() {
            assert_eq!(*rule as usize, index, "{id}");
        }
        assert_eq!(Rule::DeprecatedKey as usize + 1, RULES.len());
    }

    #[test]
    fn the_guide_lists_every_rule() {
        let guide = include_str!("../../../../docs/templates.md");
        for rule in Rule::all() {
            let row = format!(
                "| `{}` | {} | {} |",
                rule.id(),
                rule.severity().as_str(),
                rule.meaning()
            );
            assert!(guide.contains(&row), "docs/templates.md lacks the row\n{row}");
        }
    }
}
