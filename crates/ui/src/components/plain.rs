//! What is wrong in plain words. The original's own words are kept beside them, for who searches for them.

use model::Fault;

/// What the original writes between a mistake and where the rules are.
const FURTHER: &str = ". To learn more about catalog file format, visit: ";

/// The first line of what is wrong: plain words where they are known, and else the message of the innermost fault.
pub fn plain_words(fault: &Fault) -> String {
    let message = first_line(fault);
    schema_words(message)
        .or_else(|| conflict_words(message))
        .or_else(|| kind_words(message))
        .unwrap_or_else(|| message.to_owned())
}

/// The first line of the innermost message, without where to read on.
pub(super) fn first_line(fault: &Fault) -> &str {
    let message = &fault.root().message;
    let line = message.lines().next().unwrap_or_default();
    line.split_once(FURTHER).map_or(line, |(line, _)| line)
}

/// Where to read on, if the original says so.
pub(super) fn further(fault: &Fault) -> Option<&str> {
    let line = fault.root().message.lines().next()?;
    let (_, address) = line.split_once(FURTHER)?;
    address.starts_with("https://").then_some(address)
}

/// What a rule of a schema says: `/spec must have required property 'owner' - missingProperty: owner`.
fn schema_words(message: &str) -> Option<String> {
    let (pointer, rest) = message.split_once(' ')?;
    if !pointer.starts_with('/') && pointer != "<root>" {
        return None;
    }
    let (rule, detail) = rest.split_once(" - ").unwrap_or((rest, ""));
    let detail = detail.split_once(": ").map_or("", |(_, value)| value);
    let field = field(pointer);
    let below = |name: &str| match field.as_str() {
        "the document" => format!("`{name}`"),
        field => format!("{}.{name}`", field.trim_end_matches('`')),
    };
    if let Some(name) = rule.strip_prefix("must have required property ") {
        return Some(format!("{} is missing", below(name.trim_matches('\''))));
    }
    Some(match rule {
        "must be object" => format!("{field} must be a map of keys and values"),
        "must be array" => format!("{field} must be a list"),
        "must be string" => format!("{field} must be text"),
        "must be boolean" => format!("{field} must be true or false"),
        "must NOT have fewer than 1 characters" => format!("{field} is empty"),
        "must NOT have additional properties" if !detail.is_empty() => {
            format!("{} is not known", below(detail))
        }
        _ => return None,
    })
}

/// `Detected conflicting entityRef A already referenced by B and now also C`.
fn conflict_words(message: &str) -> Option<String> {
    let rest = message.strip_prefix("Detected conflicting entityRef ")?;
    let (entity, rest) = rest.split_once(" already referenced by ")?;
    let (first, second) = rest.split_once(" and now also ")?;
    Some(format!(
        "`{entity}` is declared by {first}, and once more by {second}"
    ))
}

/// `Entity A at B, originated at C, is not of an allowed kind for that location`.
fn kind_words(message: &str) -> Option<String> {
    let rest = message.strip_prefix("Entity ")?;
    let rest = rest.strip_suffix(", is not of an allowed kind for that location")?;
    let (entity, _) = rest.split_once(" at ")?;
    Some(format!("the kind of `{entity}` is not allowed where it stands"))
}

/// `/spec/owner` as people write it.
fn field(pointer: &str) -> String {
    match pointer.trim_start_matches('/') {
        "" | "<root>" => "the document".to_owned(),
        path => format!("`{}`", path.replace('/', ".")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, expected: &str) {
        let fault = Fault::input("Processor X threw an error").caused_by(Fault::type_error(message));
        assert_eq!(plain_words(&fault), expected, "{message}");
    }

    #[test]
    fn rules_are_said_in_plain_words() {
        check(
            "/spec must have required property 'owner' - missingProperty: owner",
            "`spec.owner` is missing",
        );
        check(
            "<root> must have required property 'kind' - missingProperty: kind",
            "`kind` is missing",
        );
        check(
            "/metadata/annotations must be object - type: object",
            "`metadata.annotations` must be a map of keys and values",
        );
        check(
            "/spec/type must NOT have fewer than 1 characters - limit: 1",
            "`spec.type` is empty",
        );
        check(
            "/spec/owner must be string - type: string",
            "`spec.owner` must be text",
        );
        check(
            "Detected conflicting entityRef api:default/a already referenced by file:/a.yaml (line 3) and now also file:/b.yaml",
            "`api:default/a` is declared by file:/a.yaml (line 3), and once more by file:/b.yaml",
        );
        check(
            "Entity user:default/u at file:/a.yaml, originated at file:/a.yaml, is not of an allowed kind for that location",
            "the kind of `user:default/u` is not allowed where it stands",
        );
    }

    #[test]
    fn other_messages_stay_as_they_are() {
        check(
            "Placeholder $text could not form a URL",
            "Placeholder $text could not form a URL",
        );
        check(
            "\"metadata.name\" is not valid; expected x. To learn more about catalog file format, visit: https://x.example",
            "\"metadata.name\" is not valid; expected x",
        );
        check(
            "/spec must match something else",
            "/spec must match something else",
        );
    }
}
