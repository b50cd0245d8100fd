//! The check of an action's input against the action's schema.
//!
//! The crate `jsonschema` does it, without its access to files and network. Plugins write these schemas in the whole of
//! JSON Schema, and a check that passes over a keyword lets wrong input through. The portal's other two checks are no
//! replacement: that of request bodies (`web::api`) and that of entities (`model`) know the keywords of the original's own
//! descriptions alone, and answer in the original's words.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use model::Fault;
use serde_json::Value;

/// Most mistakes that one error names.
const MOST_TOLD: usize = 5;

/// Checks inputs of one action.
pub(crate) struct InputCheck(Validator);

impl InputCheck {
    /// Fails for a schema that is none, with the reason.
    pub(crate) fn new(schema: &Value) -> Result<Self, String> {
        let validator = jsonschema::options().should_validate_formats(true).build(schema);
        validator.map(Self).map_err(|error| error.to_string())
    }

    /// Fails with each place of an input that does not fit. The error repeats no value, which may be secret.
    pub(crate) fn check(&self, action: &str, input: &Value) -> Result<(), Fault> {
        let mut mistakes = self.0.iter_errors(input);
        let Some(first) = mistakes.next() else {
            return Ok(());
        };
        let path = place(&first);
        let mut told = vec![sentence(&first)];
        told.extend(
            mistakes
                .by_ref()
                .take(MOST_TOLD - 1)
                .map(|error| sentence(&error)),
        );
        if mistakes.next().is_some() {
            told.push("and more".to_owned());
        }
        let message = format!(
            "the input of the action \"{action}\" does not fit: {}",
            told.join("; ")
        );
        Err(Fault {
            path: Some(path),
            ..Fault::input(message)
        })
    }
}

fn sentence(error: &ValidationError<'_>) -> String {
    let (place, reason) = (place(error), error.masked_with("this value").to_string());
    if place.is_empty() {
        reason.replacen("this value", "it", 1)
    } else {
        format!("{place}: {reason}")
    }
}

/// JSON pointer of what is wrong; that of the missing field where one is missing.
fn place(error: &ValidationError<'_>) -> String {
    let place = error.instance_path().as_str();
    match error.kind() {
        ValidationErrorKind::Required { property } => match property.as_str() {
            Some(name) => format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")),
            None => place.to_owned(),
        },
        _ => place.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(input: &Value) -> String {
        let schema = json!({
            "type": "object",
            "required": ["repository"],
            "additionalProperties": false,
            "properties": {
                "repository": {"type": "string", "pattern": "^[a-z]+/[a-z]+$"},
                "visibility": {"enum": ["public", "private"]},
                "reviewers": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
                "token": {"type": "string", "minLength": 20},
            },
        });
        let check = InputCheck::new(&schema).unwrap();
        check
            .check("git:publish", input)
            .err()
            .map_or_else(String::new, |fault| fault.message)
    }

    #[test]
    fn places_reasons_and_allowed_values_are_told() {
        for (input, expected) in [
            (json!({"repository": "a/b", "visibility": "public"}), ""),
            (json!([]), "it is not of type \"object\""),
            (json!({}), "/repository: \"repository\" is a required property"),
            (
                json!({"repository": "a/b", "visibility": "secret"}),
                "/visibility: this value is not one of \"public\" or \"private\"",
            ),
            (
                json!({"repository": "a/b", "reviewers": ["x", 7]}),
                "/reviewers/1: this value is not of type \"string\"",
            ),
            (
                json!({"repository": "a/b", "reposiotry": 1}),
                "it: Additional properties are not allowed ('reposiotry' was unexpected)",
            ),
            (
                json!({"repository": "a/b", "token": "hush"}),
                "/token: this value is shorter than 20 characters",
            ),
        ] {
            let told = told(&input);
            assert!(told.ends_with(expected), "{input}: {told}");
            assert!(!told.contains("hush"), "{told}");
        }
    }

    #[test]
    fn a_schema_that_is_none_is_told_and_nothing_is_fetched_for_it() {
        for schema in [
            json!({"type": "objekt"}),
            json!({"$ref": "https://schemas.example/input.json"}),
            json!({"$ref": "file:///etc/passwd"}),
        ] {
            assert!(InputCheck::new(&schema).is_err(), "{schema}");
        }
    }
}
