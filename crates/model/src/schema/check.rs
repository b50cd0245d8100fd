//! Finding the first violation of a shape.

use serde_json::{Map, Value};

use super::{Fields, Others, Shape};
use crate::js;

/// The first thing that is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// JSON pointer of the value; empty for the root.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// The rule's parameters: ` - missingProperty: owner`.
    pub parameters: String,
    /// JSON pointer of the field to look at; that of the missing field when one is missing.
    pub field: String,
}

impl Violation {
    /// The place as messages name it.
    pub(crate) fn shown_place(&self) -> &str {
        if self.place.is_empty() {
            "<root>"
        } else {
            &self.place
        }
    }

    /// Place, message and parameters.
    pub(crate) fn describe(&self) -> String {
        format!("{} {}{}", self.shown_place(), self.message, self.parameters)
    }
}

/// Where the check stands; a path is only written out when something is wrong.
#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Field(&'a Step<'a>, &'a str),
    Item(&'a Step<'a>, usize),
}

impl Step<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Field(parent, name) => format!("{}/{}", parent.pointer(), escape(name)),
            Self::Item(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

/// Escapes a key for a JSON pointer (RFC 6901).
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

type Checked = Result<(), Violation>;

impl Shape {
    /// Checks a whole value.
    pub(crate) fn check(&self, value: &Value) -> Checked {
        self.check_at(value, &Step::Root)
    }

    fn check_at(&self, value: &Value, step: &Step<'_>) -> Checked {
        match self {
            Self::AnyObject => object(value, step).map(drop),
            Self::Text => text(value, step).map(drop),
            Self::NonEmpty => non_empty(value, step),
            Self::Limited(most) => limited(value, *most, step),
            Self::Word => word(value, step),
            Self::OneOfTexts(allowed) => {
                text(value, step)?;
                one_of(value, allowed, step)
            }
            Self::Exactly(wanted) => match value.as_str() {
                Some(text) if text == *wanted => Ok(()),
                _ => wrong(
                    step,
                    "must be equal to constant",
                    format!("allowedValue: {wanted}"),
                ),
            },
            Self::TextOrFlag if value.is_string() || value.is_boolean() => Ok(()),
            Self::TextOrFlag => wrong_type(step, "string,boolean"),
            Self::List { items, at_least } => list(value, items, *at_least, step),
            Self::TextMap => text_map(value, step),
            Self::Object(fields) => fields.check(value, step),
            Self::Either(first, second) => match first.check_at(value, step) {
                Err(violation) if second.check_at(value, step).is_err() => Err(violation),
                _ => Ok(()),
            },
        }
    }
}

impl Fields {
    /// Checks an object's member, which must be there, by these fields.
    pub(crate) fn check_within(&self, parent: &Value, name: &str) -> Checked {
        let root = Step::Root;
        match js::member(object(parent, &root)?, name) {
            Some(value) => self.check(value, &Step::Field(&root, name)),
            None => missing(&root, name),
        }
    }

    fn check(&self, value: &Value, step: &Step<'_>) -> Checked {
        let map = object(value, step)?;
        for name in self.required {
            if js::member(map, name).is_none() {
                return missing(step, name);
            }
        }
        self.check_others(map, step)?;
        for (name, shape) in self.known {
            if let Some(field) = js::member(map, name) {
                shape.check_at(field, &Step::Field(step, name))?;
            }
        }
        Ok(())
    }

    fn check_others(&self, map: &Map<String, Value>, step: &Step<'_>) -> Checked {
        if matches!(self.others, Others::Allowed) {
            return Ok(());
        }
        for (name, field) in js::entries(map) {
            if self.known.iter().any(|(known, _)| *known == name) {
                continue;
            }
            match self.others {
                Others::Allowed => {}
                Others::Forbidden => return additional(step, name),
                Others::Like(shape) => shape.check_at(field, &Step::Field(step, name))?,
            }
        }
        Ok(())
    }
}

fn violation(step: &Step<'_>, message: String, parameters: &str, field: Option<&str>) -> Violation {
    let place = step.pointer();
    let field = field.map_or_else(|| place.clone(), |name| format!("{place}/{}", escape(name)));
    Violation {
        place,
        message,
        parameters: format!(" - {parameters}"),
        field,
    }
}

fn wrong(step: &Step<'_>, message: impl Into<String>, parameters: impl AsRef<str>) -> Checked {
    Err(violation(step, message.into(), parameters.as_ref(), None))
}

fn wrong_type(step: &Step<'_>, wanted: &str) -> Checked {
    wrong(step, format!("must be {wanted}"), format!("type: {wanted}"))
}

fn missing(step: &Step<'_>, name: &str) -> Checked {
    let message = format!("must have required property '{name}'");
    Err(violation(
        step,
        message,
        &format!("missingProperty: {name}"),
        Some(name),
    ))
}

fn additional(step: &Step<'_>, name: &str) -> Checked {
    let message = "must NOT have additional properties".to_owned();
    Err(violation(
        step,
        message,
        &format!("additionalProperty: {name}"),
        Some(name),
    ))
}

fn text<'a>(value: &'a Value, step: &Step<'_>) -> Result<&'a str, Violation> {
    value
        .as_str()
        .ok_or_else(|| violation(step, "must be string".to_owned(), "type: string", None))
}

fn object<'a>(value: &'a Value, step: &Step<'_>) -> Result<&'a Map<String, Value>, Violation> {
    value
        .as_object()
        .ok_or_else(|| violation(step, "must be object".to_owned(), "type: object", None))
}

fn non_empty(value: &Value, step: &Step<'_>) -> Checked {
    if text(value, step)?.is_empty() {
        return wrong(step, "must NOT have fewer than 1 characters", "limit: 1");
    }
    Ok(())
}

/// The limit counts code points, unlike `length` in JavaScript.
fn limited(value: &Value, most: usize, step: &Step<'_>) -> Checked {
    if text(value, step)?.chars().count() > most {
        return wrong(
            step,
            format!("must NOT have more than {most} characters"),
            format!("limit: {most}"),
        );
    }
    non_empty(value, step)
}

fn word(value: &Value, step: &Step<'_>) -> Checked {
    non_empty(value, step)?;
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if text(value, step)?.chars().all(is_word) {
        return Ok(());
    }
    wrong(step, r#"must match pattern "^\w+$""#, r"pattern: ^\w+$")
}

fn one_of(value: &Value, allowed: &[&str], step: &Step<'_>) -> Checked {
    match value.as_str() {
        Some(text) if allowed.contains(&text) => Ok(()),
        _ => wrong(
            step,
            "must be equal to one of the allowed values",
            format!("allowedValues: {}", allowed.join(",")),
        ),
    }
}

fn list(value: &Value, shape: &Shape, at_least: usize, step: &Step<'_>) -> Checked {
    let Some(items) = value.as_array() else {
        return wrong_type(step, "array");
    };
    if items.len() < at_least {
        return wrong(
            step,
            format!("must NOT have fewer than {at_least} items"),
            format!("limit: {at_least}"),
        );
    }
    items
        .iter()
        .enumerate()
        .try_for_each(|(index, item)| shape.check_at(item, &Step::Item(step, index)))
}

/// Keys that are empty or contain a line break escape the original's pattern `^.+$`; the rules for
/// keys refuse them later.
fn text_map(value: &Value, step: &Step<'_>) -> Checked {
    let escapes = |key: &str| key.is_empty() || key.contains(['\n', '\r', '\u{2028}', '\u{2029}']);
    js::entries(object(value, step)?)
        .filter(|(key, _)| !escapes(key))
        .try_for_each(|(key, item)| text(item, &Step::Field(step, key)).map(drop))
}
