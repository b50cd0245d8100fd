//! From the bytes of a file to its documents, and to the problems of documents that cannot be used.

use std::borrow::Cow;

use bytes::Bytes;
use model::{EntityRef, Fault, FaultKind, LocationRef, Place, Problem, hint_by_looks, oddities, policy};
use serde_json::Value;
use yaml::{Document, Limits, YamlError};

/// Most documents of one file whose problems are shown one by one. A file with more of them is no descriptor.
const MAX_SHOWN: usize = 1_000;

/// A document that cannot be used.
#[derive(Debug)]
pub(crate) struct Rejected {
    pub problem: Problem,
    /// The entity it was probably meant to be, for showing the problem there.
    pub reference: Option<String>,
}

impl Rejected {
    /// Whether it is known what the document declares, although it may not come from there.
    pub fn names_entity(&self) -> bool {
        self.problem.fault.is(&FaultKind::NotAllowed)
    }
}

/// A document that has the shape of an entity.
#[derive(Debug)]
pub(crate) struct Usable {
    pub entity: Value,
    pub place: Place,
    /// Its text.
    pub text: Bytes,
}

/// The documents of a file.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    pub usable: Vec<Usable>,
    pub rejected: Vec<Rejected>,
    /// What keeps no document from being used, but is probably not meant.
    pub warnings: Vec<Problem>,
}

/// Reads all documents of a file. Empty ones are passed over.
pub(crate) fn read_documents(location: &LocationRef, bytes: &Bytes, limits: &Limits) -> Documents {
    let mut found = Documents::default();
    if is_utf16(bytes) {
        found.rejected.push(utf16(location));
        return found;
    }
    let (bytes, text) = match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => (bytes.clone(), Cow::Borrowed(text)),
        Cow::Owned(text) => {
            found.warnings.push(not_utf8(location, bytes));
            (Bytes::from(text.clone()), Cow::Owned(text))
        }
    };
    let mut untold = 0;
    let mut documents = yaml::parse(&text, limits).into_iter().peekable();
    while let Some(document) = documents.next() {
        let end = documents.peek().map_or(text.len(), |next| next.offset);
        let own = bytes.slice(document.offset..end);
        match judge(location, &text[document.offset..end], own, document) {
            Some(Ok(one)) => found.take(one),
            Some(Err(explain)) if found.rejected.len() < MAX_SHOWN => found.rejected.push(explain()),
            Some(Err(_)) => untold += 1,
            None => {}
        }
    }
    if untold > 0 {
        found.rejected.push(too_many(location, untold));
    }
    found
}

impl Documents {
    fn take(&mut self, one: Usable) {
        if self.warnings.len() < MAX_SHOWN {
            let text = std::str::from_utf8(&one.text).unwrap_or_default();
            self.warnings.extend(oddities(&one.entity).into_iter().map(|odd| {
                let place = located(text, one.place.clone(), odd.fault.field());
                odd.at(place)
            }));
        }
        self.usable.push(one);
    }
}

/// Says why a document cannot be used; finding the place in the text takes a while.
type Explain<'t> = Box<dyn FnOnce() -> Rejected + 't>;

/// Whether a document can be used; nothing for an empty one.
fn judge<'t>(
    location: &LocationRef,
    text: &'t str,
    own: Bytes,
    document: Document,
) -> Option<Result<Usable, Explain<'t>>> {
    let place = Place {
        source: location.to_string(),
        line: number(document.line),
        document: number(document.index),
        ..Place::default()
    };
    Some(match document.value {
        Ok(Value::Null) => return None,
        Ok(entity @ Value::Object(_)) => match policy::check_envelope(&entity) {
            Ok(()) if has_nul(&entity) => Err(Box::new(move || nul_in_name(&entity, place))),
            Ok(()) => Ok(Usable {
                entity,
                place,
                text: own,
            }),
            Err(fault) => Err(Box::new(move || refused(text, &entity, fault, place))),
        },
        Ok(other) => Err(Box::new(move || no_mapping(text, &other, place))),
        Err(error) => {
            let fault = Fault::error(format!("YAML error at {location}, {error}"));
            Err(Box::new(move || broken(text, error, fault, place)))
        }
    })
}

fn no_mapping(text: &str, value: &Value, place: Place) -> Rejected {
    let fault = Fault::error(format!("Expected object at root, got {}", type_of(value)));
    let hint = hint_by_looks(text, Some(0)).unwrap_or_else(|| {
        "Every document of a catalog file is one entity: a mapping with apiVersion, kind and metadata."
            .to_owned()
    });
    Rejected {
        problem: Problem::error(fault).at(place).hint(hint),
        reference: None,
    }
}

fn broken(text: &str, error: YamlError, fault: Fault, place: Place) -> Rejected {
    let within = place.line.map(|first| error.line.saturating_sub(first as usize));
    let place = Place {
        line: number(error.line),
        column: number(error.column),
        ..place
    };
    let mut problem = Problem::error(fault).at(place);
    problem.hint = hint_by_looks(text, within).or(error.hint);
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
    let first = place.line;
    let place = located(text, place, path.as_deref());
    let hint = hint_by_looks(text, line_within(first, &place)).unwrap_or_else(|| {
        "An entity needs apiVersion, kind and metadata.name, all of them text.".to_owned()
    });
    let problem = Problem::error(fault).at(place).hint(hint);
    Rejected {
        problem,
        reference: EntityRef::of(entity)
            .map(|reference| reference.to_string())
            .filter(|reference| !reference.contains('\0')),
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

/// The line of a place within the text of its document, whose first line has the number `first`.
pub(crate) fn line_within(first: Option<u32>, place: &Place) -> Option<usize> {
    let line = place.line?.checked_sub(first?)?;
    usize::try_from(line).ok()
}

/// Whether a file says by its first bytes that it is UTF-16.
fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

fn utf16(location: &LocationRef) -> Rejected {
    let fault = Fault::error(format!("YAML error at {location}, the file is UTF-16, not UTF-8"));
    let place = Place {
        source: location.to_string(),
        line: Some(1),
        ..Place::default()
    };
    Rejected {
        problem: Problem::error(fault).at(place).hint("Save the file as UTF-8."),
        reference: None,
    }
}

/// Bytes that are no UTF-8 are read as U+FFFD, as the original reads them.
fn not_utf8(location: &LocationRef, bytes: &[u8]) -> Problem {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let line = bytes[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
    let fault = Fault::error(format!(
        "{location} is not UTF-8: the first invalid byte is in line {line}, and read as \u{fffd}"
    ));
    let place = Place {
        source: location.to_string(),
        line: number(line),
        ..Place::default()
    };
    Problem::warning(fault).at(place).hint("Save the file as UTF-8.")
}

/// Whether a document names itself by what no database can store.
fn has_nul(entity: &Value) -> bool {
    EntityRef::of(entity).is_some_and(|reference| reference.to_string().contains('\0'))
}

fn nul_in_name(entity: &Value, place: Place) -> Rejected {
    let name = EntityRef::of(entity).map(|reference| reference.to_string());
    let shown = name.unwrap_or_default().replace('\0', "\u{fffd}");
    let fault = Fault::input(format!(
        "The name of {shown} has a NUL character, which cannot be stored"
    ));
    Rejected {
        problem: Problem::error(fault)
            .at(place)
            .hint("Remove the character, written as \\0 or \\x00."),
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
    let reference = EntityRef::new(&kind?, namespace, &name?).to_string();
    (!reference.contains('\0')).then_some(reference)
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
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        let Documents { usable, rejected, .. } = read_documents(&location, &bytes, &Limits::default());
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
        let (usable, rejected) = read(&format!("{}{good}", "a: b\n---\n".repeat(MAX_SHOWN + 20)));
        assert_eq!((usable, rejected.len()), (1, MAX_SHOWN + 1));
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
    fn bytes_that_are_no_utf8_are_replaced() {
        let location = LocationRef::new("file", "/a.yaml");
        let read =
            |bytes: &'static [u8]| read_documents(&location, &Bytes::from_static(bytes), &Limits::default());
        let found =
            read(b"apiVersion: a\nkind: Component\nmetadata: {name: a}\nnote: caf\xe9\n---\nx: \xff\n");
        assert_eq!(found.usable[0].entity["note"], "caf\u{fffd}");
        assert_eq!(found.rejected[0].problem.place.as_ref().unwrap().line, Some(6));
        let told: Vec<_> = found
            .warnings
            .iter()
            .map(|warning| warning.fault.message.as_str())
            .collect();
        assert_eq!(
            told,
            ["file:/a.yaml is not UTF-8: the first invalid byte is in line 4, and read as \u{fffd}"]
        );
        let found = read(b"\xff\xfea\0:\0 \x001\0");
        assert_eq!((found.rejected.len(), found.warnings.len()), (1, 0));
        assert!(
            found.rejected[0]
                .problem
                .fault
                .message
                .ends_with("the file is UTF-16, not UTF-8")
        );
    }

    #[test]
    fn documents_that_are_something_else_are_told() {
        let check = |text: &str, expected: &str| {
            let bytes = Bytes::copy_from_slice(text.as_bytes());
            let found = read_documents(
                &LocationRef::new("url", "https://x/a.yaml"),
                &bytes,
                &Limits::default(),
            );
            let hints: Vec<_> = found
                .rejected
                .iter()
                .filter_map(|one| one.problem.hint.as_deref())
                .collect();
            assert!(
                hints.iter().any(|hint| hint.contains(expected)),
                "{text}: {hints:?}"
            );
        };
        check(
            "<!DOCTYPE html>\n<html><body><p>Sign in: please</p></body></html>\n",
            "page of HTML",
        );
        check("\n<HTML lang=en>\n<title>a: b</title>\n", "page of HTML");
        check(
            "apiVersion: a\n<<<<<<< HEAD\nkind: A\n=======\nkind: B\n>>>>>>> other\n",
            "merge conflict, the first in its line 2",
        );
        check(
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n",
            "Git LFS",
        );
        check(
            "{\"message\": \"Not Found\", \"documentation_url\": \"https://x\"}\n",
            "answer of a server",
        );
        check("PK\u{3}\0\0: [\n", "no text");
        check(
            "{%- if values.extra %}\napiVersion: a\nkind: API\n{%- endif %}\n",
            "as `{%- if values.extra %}` tells",
        );
        check(
            "kind: A\nmetadata:\n  name: {{ cookiecutter.name }}\n",
            "not filled in, as `{{ cookiecutter.name }}`",
        );
        check("{{- if .Values.on }}\nkind: A\n{{- end }}\n", "not filled in");
    }

    #[test]
    fn texts_that_look_like_more_are_warned_of() {
        let text = "apiVersion: a\nkind: API\nmetadata: {name: a}\nspec:\n  definition: |\n    $openapi: ./a.yaml\n  base: &b {cpu: 1}\n  prod: { <<: *b }\n  \
                    note: '$text: and more words'\n";
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        let found = read_documents(&LocationRef::new("file", "/a.yaml"), &bytes, &Limits::default());
        let told: Vec<_> = found
            .warnings
            .iter()
            .map(|warning| {
                (
                    warning.fault.message.as_str(),
                    warning.place.as_ref().and_then(|place| place.line),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (
                    "/spec/definition is a text that says $openapi, so nothing is read for it",
                    Some(5)
                ),
                (
                    "/spec/prod/<< is kept as a key with the name <<, nothing is merged",
                    Some(8)
                ),
            ]
        );
    }
}
