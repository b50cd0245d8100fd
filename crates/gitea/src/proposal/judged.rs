//! What the catalog would say of a descriptor, without reading anything else.

use catalog::offline::with_texts;
use model::{EntityRef, Fault, Kinds, Place, Problem, Verdict};
use yaml::{Document, Limits};

/// Problems of a descriptor with their places. `path` names its file.
pub(crate) fn judge(path: &str, text: &str) -> Vec<Problem> {
    let documents = yaml::parse(text, &Limits::default());
    if documents.is_empty() {
        let fault = Fault::input("The descriptor is empty");
        return vec![Problem::error(fault).hint("Write an entity: apiVersion, kind, metadata and spec.")];
    }
    let ends: Vec<usize> = documents
        .iter()
        .skip(1)
        .map(|next| next.offset)
        .chain([text.len()])
        .collect();
    let mut problems = Vec::new();
    for (document, end) in documents.into_iter().zip(ends) {
        let own = &text[document.offset..end];
        problems.extend(of_document(path, own, document));
    }
    problems
}

fn of_document(path: &str, text: &str, document: Document) -> Vec<Problem> {
    let place = |line: usize, column: Option<usize>| Place {
        source: path.to_owned(),
        line: u32::try_from(line).ok(),
        column: column.and_then(|column| u32::try_from(column).ok()),
        document: u32::try_from(document.index).ok(),
        ..Place::default()
    };
    let mut value = match document.value {
        Ok(value) => value,
        Err(error) => {
            let at = place(error.line, Some(error.column));
            let problem = Problem::error(Fault::new(error.name, error.message)).at(at);
            return vec![Problem {
                hint: error.hint,
                ..problem
            }];
        }
    };
    let kinds = Kinds::builtin();
    let mut found = model::oddities(&value);
    with_texts(&mut value);
    if let Err(fault) = refuse(&kinds, &value) {
        let hint = model::hint_for(&kinds, &fault, &value);
        found.insert(
            0,
            Problem {
                hint,
                ..Problem::error(fault)
            },
        );
    }
    let located = found.into_iter().map(|problem| {
        let spot = problem
            .fault
            .field()
            .and_then(|field| locate(text, document.line, field));
        let (line, column) = spot.map_or((document.line, None), |(line, column)| (line, Some(column)));
        problem.at(place(line, column))
    });
    located.collect()
}

/// Why the catalog refuses a document, if it does.
fn refuse(kinds: &Kinds, value: &serde_json::Value) -> Result<(), Fault> {
    match model::validate_document(kinds, value) {
        Verdict::Valid(_) => {
            model::check_served_keys(value)?;
            model::check_relations(kinds, value)
        }
        Verdict::Invalid(fault) => Err(fault),
        Verdict::UnknownKind(reference) => Err(unknown(&reference)),
        Verdict::Empty => Err(Fault::input("The document is empty")),
        Verdict::NotObject(what) => Err(Fault::input(format!(
            "A {what} stands where an entity should: apiVersion, kind, metadata, spec"
        ))),
    }
}

fn unknown(reference: &EntityRef) -> Fault {
    Fault::input(format!("No processor recognized the entity {reference} as valid"))
}

/// Line and column of a field that is named by its JSON pointer.
fn locate(text: &str, first_line: usize, pointer: &str) -> Option<(usize, usize)> {
    let parts = pointer.split('/').skip(1);
    let path: Vec<String> = parts
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    yaml::locate(text, first_line, &path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_have_places() {
        let text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a b\nspec:\n  type: service\n";
        let found = judge("catalog-info.yaml", text);
        let place = found[0].place.as_ref().unwrap();
        assert_eq!((place.line, place.column), (Some(4), Some(3)), "{found:?}");
        let found = judge("catalog-info.yaml", "a: [\n");
        assert!(found[0].place.as_ref().unwrap().line.is_some(), "{found:?}");
        assert_eq!(judge("catalog-info.yaml", "# nothing\n").len(), 1);
        let second = judge("c.yaml", "---\n---\n- x\n");
        let lines: Vec<_> = second
            .iter()
            .map(|one| one.place.as_ref().unwrap().line)
            .collect();
        assert_eq!(lines, [Some(1), Some(3)], "{second:?}");
    }
}
