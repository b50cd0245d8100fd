//! From the bytes of a file to its documents, and to what is wrong with those that cannot be used.

use std::ops::Range;

use model::{EntityRef, Fault, LocationRef, Place, Problem, policy};
use serde_json::Value;
use yaml::{Document, Limits, YamlError};

/// Most documents of one file whose problems are told one by one. A file with more of them is something else.
const MAX_TOLD: usize = 1_000;

/// A document that cannot be used.
#[derive(Debug)]
pub(crate) struct Rejected {
    pub problem: Problem,
    /// The entity it was probably meant to be, for showing the problem there.
    pub reference: Option<String>,
}

impl Rejected {
    /// Whether it is known what the document declares, although it may not come from there.
    pub fn is_told(&self) -> bool {
        self.problem.fault.name == "NotAllowedError"
    }
}

/// A document that has the shape of an entity.
#[derive(Debug)]
pub(crate) struct Usable {
    pub entity: Value,
    pub place: Place,
    /// Where it lies in its file, in bytes.
    pub range: Range<usize>,
}

/// Reads all documents of a file. Empty ones are passed over.
pub(crate) fn read_documents(
    location: &LocationRef,
    bytes: &[u8],
    limits: &Limits,
) -> (Vec<Usable>, Vec<Rejected>) {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return (Vec::new(), vec![not_utf8(location, bytes, &error)]),
    };
    let (mut usable, mut rejected) = (Vec::new(), Vec::new());
    let mut untold = 0;
    let mut documents = yaml::parse(text, limits).into_iter().peekable();
    while let Some(document) = documents.next() {
        let end = documents.peek().map_or(text.len(), |next| next.offset);
        match judge(location, text, document.offset..end, document) {
            Some(Ok(one)) => usable.push(one),
            Some(Err(explain)) if rejected.len() < MAX_TOLD => rejected.push(explain()),
            Some(Err(_)) => untold += 1,
            None => {}
        }
    }
    if untold > 0 {
        rejected.push(too_many(location, untold));
    }
    (usable, rejected)
}

/// Says why a document cannot be used; finding the place in the text takes a while.
type Explain<'t> = Box<dyn FnOnce() -> Rejected + 't>;

/// Whether a document can be used; nothing for an empty one.
fn judge<'t>(
    location: &LocationRef,
    text: &'t str,
    range: Range<usize>,
    document: Document,
) -> Option<Result<Usable, Explain<'t>>> {
    let text = &text[range.clone()];
    let place = Place {
        source: location.to_string(),
        line: number(document.line),
        document: number(document.index),
        ..Place::default()
    };
    Some(match document.value {
        Ok(Value::Null) => return None,
        Ok(entity @ Value::Object(_)) => match policy::check_envelope(&entity) {
            Ok(()) => Ok(Usable { entity, place, range }),
            Err(fault) => Err(Box::new(move || refused(text, &entity, fault, place))),
        },
        Ok(other) => Err(Box::new(move || no_mapping(&other, place))),
        Err(error) => {
            let fault = Fault::error(format!("YAML error at {location}, {error}"));
            Err(Box::new(move || broken(text, error, fault, place)))
        }
    })
}

fn no_mapping(value: &Value, place: Place) -> Rejected {
    let fault = Fault::error(format!("Expected object at root, got {}", type_of(value)));
    let hint =
        "Every document of a catalog file is one entity: a mapping with apiVersion, kind and metadata.";
    Rejected {
        problem: Problem::error(fault).at(place).hint(hint),
        reference: None,
    }
}

fn broken(text: &str, error: YamlError, fault: Fault, place: Place) -> Rejected {
    let place = Place {
        line: number(error.line),
        column: number(error.column),
        ..place
    };
    let mut problem = Problem::error(fault).at(place);
    problem.hint = error.hint;
    Rejected {
        problem,
        reference: recover(text),
    }
}

fn too_many(location: &LocationRef, untold: usize) -> Rejected {
    let fault = Fault::error(format!("{untold} more documents of this file cannot be used"));
    let place = Place {
        source: location.to_string(),
        ..Place::default()
    };
    Rejected {
        problem: Problem::error(fault)
            .at(place)
            .hint("Correct the others first, or leave the file out if it is not meant for the catalog."),
        reference: None,
    }
}

fn refused(text: &str, entity: &Value, fault: Fault, place: Place) -> Rejected {
    let path = fault.field().map(str::to_owned);
    let place = located(text, place, path.as_deref());
    let problem = Problem::error(fault)
        .at(place)
        .hint("An entity needs apiVersion, kind and metadata.name, all of them text.");
    Rejected {
        problem,
        reference: EntityRef::of(entity).map(|reference| reference.to_string()),
    }
}

/// Completes the place of a document, of which this is the text, with line and column of a field, or of its
/// nearest ancestor.
pub(crate) fn located(text: &str, mut place: Place, path: Option<&str>) -> Place {
    let Some(path) = path else {
        return place;
    };
    let keys: Vec<String> = path
        .split('/')
        .skip(1)
        .map(|key| key.replace("~1", "/").replace("~0", "~"))
        .collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    if let Some((line, column)) = yaml::locate(text, place.line.unwrap_or(1) as usize, &keys) {
        place.line = number(line);
        place.column = number(column);
    }
    place.path = Some(path.to_owned());
    place
}

fn not_utf8(location: &LocationRef, bytes: &[u8], error: &std::str::Utf8Error) -> Rejected {
    let before = &bytes[..error.valid_up_to()];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let problem = Problem::error(Fault::error(format!(
        "YAML error at {location}, the file is not UTF-8: invalid byte at line {line}"
    )))
    .at(Place {
        source: location.to_string(),
        line: number(line),
        ..Place::default()
    })
    .hint("Save the file as UTF-8.");
    Rejected {
        problem,
        reference: None,
    }
}

/// Guesses which entity a broken document describes: the first `kind:`, `name:` and `namespace:`
/// of its lines up to the next document.
fn recover(text: &str) -> Option<String> {
    let (mut kind, mut name, mut namespace) = (None, None, None);
    for (index, line) in text.lines().enumerate() {
        if index > 0 && line.starts_with("---") {
            break;
        }
        let Some((key, value)) = line.trim_start().split_once(':') else {
            continue;
        };
        let indented = line.starts_with([' ', '\t']);
        let value = value
            .split(" #")
            .next()
            .unwrap_or_default()
            .trim()
            .trim_matches(['"', '\'']);
        let slot = match (key, indented) {
            ("kind", false) => &mut kind,
            ("name", true) => &mut name,
            ("namespace", true) => &mut namespace,
            _ => continue,
        };
        if slot.is_none() && !value.is_empty() {
            *slot = Some(value.to_owned());
        }
    }
    let namespace = namespace.as_deref().unwrap_or("default");
    Some(EntityRef::new(&kind?, namespace, &name?).to_string())
}

fn number(value: usize) -> Option<u32> {
    u32::try_from(value).ok()
}

/// The word JavaScript's `typeof` has for it.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Bool(_) => "boolean",
        _ => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (usize, Vec<(String, Option<String>)>) {
        let location = LocationRef::new("file", "/a.yaml");
        let (usable, rejected) = read_documents(&location, text.as_bytes(), &Limits::default());
        let faults = rejected.into_iter().map(|one| {
            (
                format!(
                    "{} @{:?}",
                    one.problem.fault.message.lines().next().unwrap_or_default(),
                    one.problem.place.unwrap().line
                ),
                one.reference,
            )
        });
        (usable.len(), faults.collect())
    }

    #[test]
    fn broken_documents_leave_their_neighbours_alone() {
        let good = "apiVersion: a\nkind: Component\nmetadata: {name: good}\n";
        let check = |text: &str, usable: usize, rejected: &[(&str, Option<&str>)]| {
            let expected = rejected
                .iter()
                .map(|(text, name)| ((*text).to_owned(), name.map(str::to_owned)))
                .collect();
            assert_eq!(read(text), (usable, expected), "{text}");
        };
        check(&format!("{good}---\n---\n# nothing\n---\n{good}"), 2, &[]);
        check(
            &format!("{good}---\njust text\n---\n- a\n"),
            1,
            &[
                ("Expected object at root, got string @Some(5)", None),
                ("Expected object at root, got object @Some(7)", None),
            ],
        );
        check(
            &format!("{good}---\nkind: Component\nmetadata: {{name: x}}\n"),
            1,
            &[(
                "<root> must have required property 'apiVersion' - missingProperty: apiVersion @Some(5)",
                Some("component:default/x"),
            )],
        );
    }

    #[test]
    fn of_very_many_bad_documents_the_first_are_told() {
        let good = "apiVersion: a\nkind: Component\nmetadata: {name: good}\n";
        let (usable, rejected) = read(&format!("{}{good}", "a: b\n---\n".repeat(MAX_TOLD + 20)));
        assert_eq!((usable, rejected.len()), (1, MAX_TOLD + 1));
        let last = rejected.last().map(|(told, _)| told.as_str());
        assert_eq!(last, Some("20 more documents of this file cannot be used @None"));
    }

    #[test]
    fn broken_yaml_still_names_its_entity() {
        let text = "apiVersion: a\nkind: Component\nmetadata:\n  name: Broken # really\n  namespace: ops\n worse: 1\n---\nkind: API\n";
        assert_eq!(recover(text).as_deref(), Some("component:ops/broken"));
        assert_eq!(recover("kind: API\n"), None);
    }

    #[test]
    fn other_encodings_are_named() {
        let location = LocationRef::new("file", "/a.yaml");
        let (_, rejected) = read_documents(&location, b"a: 1\nb: \xff\n", &Limits::default());
        assert!(
            rejected[0]
                .problem
                .fault
                .message
                .ends_with("not UTF-8: invalid byte at line 2")
        );
    }
}
