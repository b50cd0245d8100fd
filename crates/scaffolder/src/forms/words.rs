//! What is wrong with a value, in human words.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use super::kind::{Kind, kind};
use super::strangers::stranger;

/// What is said where a field has no value: in the template's words, else by its control.
pub(super) fn missing(object: &Value, name: &str) -> String {
    let of_object = &object["errorMessage"]["required"];
    let own = of_object[name].as_str().or(of_object.as_str());
    if let Some(text) = own {
        return text.to_owned();
    }
    let text = match object["properties"].get(name).map(kind) {
        Some(Kind::Select | Kind::Radio | Kind::Entity) => "Choose one.",
        Some(Kind::Switch) => "Tick the box.",
        Some(Kind::Boxes) => "Choose at least one.",
        _ => "This is missing.",
    };
    text.to_owned()
}

/// What is said of a value that does not fit: in the template's words, else by the rule that is broken.
pub(super) fn sentence(field: &Value, error: &ValidationError<'_>) -> String {
    let own = &field["errorMessage"];
    let keyword = error
        .schema_path()
        .as_str()
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let own = own[keyword].as_str().or(own.as_str());
    own.map_or_else(|| by_rule(field, error), str::to_owned)
}

fn by_rule(field: &Value, error: &ValidationError<'_>) -> String {
    use ValidationErrorKind as Error;
    let length = error.instance().as_str().map_or(0, |text| text.chars().count());
    match error.kind() {
        Error::MinLength { limit } => format!("Too short: {length} of at least {}.", characters(*limit)),
        Error::MaxLength { limit } => format!("Too long: {length}, and at most {} fit.", characters(*limit)),
        Error::Pattern { pattern } => wrong_form(pattern, error.instance()),
        Error::Format { format } => format!("This is not {}.", format_word(format)),
        Error::Minimum { limit } => format!("At least {limit}."),
        Error::Maximum { limit } => format!("At most {limit}."),
        Error::ExclusiveMinimum { limit } => format!("More than {limit}."),
        Error::ExclusiveMaximum { limit } => format!("Less than {limit}."),
        Error::MultipleOf { multiple_of } => format!("A multiple of {multiple_of}."),
        Error::Enum { .. } => "Choose one of the values.".to_owned(),
        Error::Constant { expected_value } if **expected_value == true => "Tick the box.".to_owned(),
        Error::Constant { expected_value } => {
            format!("This has to be {}.", super::options::text_of(expected_value))
        }
        Error::MinItems { limit } | Error::MinProperties { limit } => format!("At least {}.", rows(*limit)),
        Error::MaxItems { limit } | Error::MaxProperties { limit } => format!("At most {}.", rows(*limit)),
        Error::UniqueItems => "Each only once.".to_owned(),
        Error::Contains => "What has to be among the entries is missing.".to_owned(),
        Error::PropertyNames { error } => format!("A name does not fit: {}", by_rule(&Value::Null, error)),
        Error::Not { .. } | Error::FalseSchema => "This value is not allowed here.".to_owned(),
        Error::AnyOf { .. } | Error::OneOfNotValid { .. } => {
            "This fits none of the ways to fill it in.".to_owned()
        }
        Error::OneOfMultipleValid { .. } => "This fits more than one of the ways to fill it in.".to_owned(),
        Error::Type { .. } if error.instance().is_null() => "This is missing.".to_owned(),
        Error::Type { kind } => wrong_type(field, kind),
        Error::AdditionalProperties { unexpected } => {
            format!("These are not asked for: {}.", unexpected.join(", "))
        }
        _ => format!("This does not fit: {}.", error.masked_with("the value")),
    }
}

/// A sign that the pattern takes nowhere says more than the pattern.
fn wrong_form(pattern: &str, value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    match stranger(pattern, text) {
        Some((sign, known)) => format!("{sign} is not allowed here, only {known}."),
        None => format!("This does not have the form that is asked for: {pattern}"),
    }
}

fn characters(number: u64) -> String {
    let word = if number == 1 { "character" } else { "characters" };
    format!("{number} {word}")
}

fn rows(number: u64) -> String {
    let word = if number == 1 { "entry" } else { "entries" };
    format!("{number} {word}")
}

fn format_word(format: &str) -> String {
    match format {
        "email" | "idn-email" => "an e-mail address".to_owned(),
        "uri" | "uri-reference" | "iri" | "url" => {
            "an address; it begins with https:// or http://".to_owned()
        }
        "date" => "a date, for example 2026-01-31".to_owned(),
        "date-time" => "a date with time, for example 2026-01-31T09:30:00Z".to_owned(),
        "time" => "a time, for example 09:30:00".to_owned(),
        "hostname" => "the name of a host".to_owned(),
        "ipv4" => "an IPv4 address".to_owned(),
        "ipv6" => "an IPv6 address".to_owned(),
        "uuid" => "a UUID".to_owned(),
        other => format!("of the format {other}"),
    }
}

fn wrong_type(field: &Value, wanted: &TypeKind) -> String {
    if kind(field) == Kind::Json {
        return "This is not JSON of the kind that is asked for.".to_owned();
    }
    let words = format!("{wanted:?}").to_lowercase();
    let text = if words.contains("integer") {
        "This is not a whole number."
    } else if words.contains("number") {
        "This is not a number."
    } else {
        "This is not of the kind that is asked for."
    };
    text.to_owned()
}
