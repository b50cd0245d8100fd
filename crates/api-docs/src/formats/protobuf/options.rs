//! Options, which the parser leaves as they are written.

use prost_types::UninterpretedOption;

use crate::block::{Fact, Span};

/// An option, `(google.api.http) = { get: "/v1" }` and the like, each as a fact.
pub(super) fn facts(options: &[UninterpretedOption]) -> Vec<Fact> {
    options
        .iter()
        .map(|option| Fact::new(name(option), Span::code(value(option))))
        .collect()
}

/// Whether one of them says that it is deprecated.
pub(super) fn is_deprecated(options: &[UninterpretedOption]) -> bool {
    options
        .iter()
        .any(|option| name(option) == "deprecated" && value(option) == "true")
}

fn name(option: &UninterpretedOption) -> String {
    let parts = option.name.iter().map(|part| {
        if part.is_extension {
            format!("({})", part.name_part)
        } else {
            part.name_part.clone()
        }
    });
    let name = parts.collect::<Vec<_>>().join(".");
    // So it is kept of an edition.
    if name == "(default)" {
        "default".to_owned()
    } else {
        name
    }
}

fn value(option: &UninterpretedOption) -> String {
    let text = option
        .string_value
        .as_ref()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let number = |found: Option<String>| found;
    text.or_else(|| option.identifier_value.clone())
        .or_else(|| option.aggregate_value.clone())
        .or_else(|| number(option.positive_int_value.map(|value| value.to_string())))
        .or_else(|| number(option.negative_int_value.map(|value| value.to_string())))
        .or_else(|| number(option.double_value.map(|value| value.to_string())))
        .unwrap_or_default()
}
