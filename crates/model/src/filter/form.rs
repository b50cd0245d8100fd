//! The form of predicates, checked as the original does.
//!
//! The original describes predicates as nested unions of forms (`zod`). A union takes the first form
//! that fits; failing that, the first that fits but for details; failing that, it lists what is wrong
//! with each. Known forms of a condition drop keys they do not know. The outcome and the words depend
//! on that order, so it is followed here form by form.

use serde_json::{Map, Value};

use super::issue::{Issue, Issues, Reason, Step};
use crate::js;

/// Most values looked at, over all forms tried.
const MOST_STEPS: usize = 20_000;
/// How deep predicates may nest.
const DEEPEST: usize = 64;

/// Why a predicate was not read.
pub(super) enum Refusal {
    /// It has the wrong form.
    Form(Issues),
    /// It nests too deep or offers too many readings.
    TooComplex,
}

/// Reads a predicate that stands at `path` of a request or cursor.
pub(super) fn read(predicate: &Value, path: &[&str]) -> Result<Value, Refusal> {
    let mut reader = Reader {
        path: path.iter().map(|key| Step::Key((*key).to_owned())).collect(),
        issues: Vec::new(),
        steps: 0,
        depth: 0,
    };
    let outcome = reader.predicate(Some(predicate));
    if reader.steps > MOST_STEPS {
        return Err(Refusal::TooComplex);
    }
    match outcome {
        Outcome::Fits(value) => Ok(value),
        _ => Err(Refusal::Form(Issues(reader.issues))),
    }
}

/// How a form fits a value.
enum Outcome {
    Fits(Value),
    /// Fits but for details, which are among the issues.
    Nearly(Value),
    Not,
}

struct Reader {
    path: Vec<Step>,
    issues: Vec<Issue>,
    steps: usize,
    depth: usize,
}

type Form = fn(&mut Reader, Option<&Value>) -> Outcome;

const PREDICATE: [Form; 5] = [
    |reader, value| reader.first_of(&EXPRESSION, value),
    |reader, value| reader.first_of(&PRIMITIVE, value),
    |reader, value| reader.object(value, "$all", Reader::predicates, true),
    |reader, value| reader.object(value, "$any", Reader::predicates, true),
    |reader, value| reader.object(value, "$not", Reader::predicate, true),
];

const EXPRESSION: [Form; 2] = [
    |reader, value| {
        reader.record(value, is_field, |reader, value| {
            reader.first_of(&CONDITION, value)
        })
    },
    |reader, value| {
        reader.record(
            value,
            |key| key.starts_with('$'),
            |reader, value| reader.refuse("never", value),
        )
    },
];

const CONDITION: [Form; 5] = [
    |reader, value| reader.first_of(&PRIMITIVE, value),
    |reader, value| reader.object(value, "$exists", Reader::flag, false),
    |reader, value| reader.object(value, "$in", Reader::primitives, false),
    |reader, value| reader.object(value, "$contains", Reader::predicate, false),
    |reader, value| reader.object(value, "$hasPrefix", Reader::text, false),
];

const PRIMITIVE: [Form; 3] = [Reader::text, Reader::number, Reader::flag];

/// `^(?:[^$\n\r].*)?$`, where `.` is anything but a line end.
fn is_field(key: &str) -> bool {
    let mut characters = key.chars();
    let ends_line = |character| matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}');
    characters
        .next()
        .is_none_or(|first| !matches!(first, '$' | '\n' | '\r'))
        && !characters.any(ends_line)
}

impl Reader {
    fn predicate(&mut self, value: Option<&Value>) -> Outcome {
        if self.depth == DEEPEST {
            self.steps = MOST_STEPS + 1;
            return Outcome::Not;
        }
        self.depth += 1;
        let outcome = self.first_of(&PREDICATE, value);
        self.depth -= 1;
        outcome
    }

    fn first_of(&mut self, forms: &[Form], value: Option<&Value>) -> Outcome {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Outcome::Not;
        }
        let before = std::mem::take(&mut self.issues);
        let mut nearly = None;
        let mut refusals = Vec::new();
        for form in forms {
            let outcome = form(self, value);
            let issues = std::mem::take(&mut self.issues);
            match outcome {
                Outcome::Fits(value) => {
                    self.issues = before;
                    return Outcome::Fits(value);
                }
                Outcome::Nearly(value) if nearly.is_none() => nearly = Some((value, issues.clone())),
                Outcome::Nearly(_) | Outcome::Not => {}
            }
            refusals.push(issues);
        }
        self.issues = before;
        match nearly {
            Some((value, issues)) => {
                self.issues.extend(issues);
                Outcome::Nearly(value)
            }
            None => self.note(Reason::Forms(refusals)),
        }
    }

    fn text(&mut self, value: Option<&Value>) -> Outcome {
        self.plain("string", Value::is_string, value)
    }

    fn number(&mut self, value: Option<&Value>) -> Outcome {
        self.plain("number", Value::is_number, value)
    }

    fn flag(&mut self, value: Option<&Value>) -> Outcome {
        self.plain("boolean", Value::is_boolean, value)
    }

    fn plain(&mut self, expected: &'static str, fits: fn(&Value) -> bool, value: Option<&Value>) -> Outcome {
        match value.filter(|value| fits(value)) {
            Some(value) => Outcome::Fits(value.clone()),
            None => self.refuse(expected, value),
        }
    }

    fn predicates(&mut self, value: Option<&Value>) -> Outcome {
        self.list(value, Self::predicate)
    }

    fn primitives(&mut self, value: Option<&Value>) -> Outcome {
        self.list(value, |reader, value| reader.first_of(&PRIMITIVE, value))
    }

    fn list(&mut self, value: Option<&Value>, form: Form) -> Outcome {
        let Some(Value::Array(items)) = value else {
            return self.refuse("array", value);
        };
        let mut parts = Parts::default();
        let mut read = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.path.push(Step::Index(index));
            read.extend(parts.take(form(self, Some(item))));
            self.path.pop();
        }
        parts.outcome(Value::Array(read))
    }

    /// An object with one known key; others are dropped, or refused when the form is `strict`.
    fn object(&mut self, value: Option<&Value>, key: &str, form: Form, strict: bool) -> Outcome {
        let Some(Value::Object(fields)) = value else {
            return self.refuse("object", value);
        };
        let mut parts = Parts::default();
        self.path.push(Step::Key(key.to_owned()));
        let read = parts.take(form(self, fields.get(key)));
        self.path.pop();
        let others = js::entries(fields)
            .map(|(other, _)| other)
            .filter(|other| *other != key);
        let others: Vec<String> = others.map(str::to_owned).collect();
        if strict && !others.is_empty() {
            self.note(Reason::Keys(others));
            parts.nearly = true;
        }
        let fields: Map<String, Value> = read.map(|value| (key.to_owned(), value)).into_iter().collect();
        parts.outcome(Value::Object(fields))
    }

    /// An object with any keys of a pattern.
    fn record(&mut self, value: Option<&Value>, is_key: fn(&str) -> bool, form: Form) -> Outcome {
        let Some(Value::Object(fields)) = value else {
            return self.refuse("object", value);
        };
        let mut parts = Parts::default();
        let mut read = Map::new();
        for (key, field) in js::entries(fields) {
            self.path.push(Step::Key(key.to_owned()));
            if !is_key(key) {
                self.note(Reason::Pattern);
                parts.nearly = true;
            }
            read.extend(
                parts
                    .take(form(self, Some(field)))
                    .map(|value| (key.to_owned(), value)),
            );
            self.path.pop();
        }
        parts.outcome(Value::Object(read))
    }

    fn refuse(&mut self, expected: &'static str, value: Option<&Value>) -> Outcome {
        self.note(Reason::Type {
            expected,
            received: js::type_of(value),
        })
    }

    fn note(&mut self, reason: Reason) -> Outcome {
        self.issues.push(Issue {
            path: self.path.clone(),
            reason,
        });
        Outcome::Not
    }
}

/// How the parts of a value fit, taken together.
#[derive(Default)]
struct Parts {
    nearly: bool,
    not: bool,
}

impl Parts {
    fn take(&mut self, outcome: Outcome) -> Option<Value> {
        match outcome {
            Outcome::Fits(value) => Some(value),
            Outcome::Nearly(value) => {
                self.nearly = true;
                Some(value)
            }
            Outcome::Not => {
                self.not = true;
                None
            }
        }
    }

    fn outcome(self, value: Value) -> Outcome {
        match (self.not, self.nearly) {
            (true, _) => Outcome::Not,
            (false, true) => Outcome::Nearly(value),
            (false, false) => Outcome::Fits(value),
        }
    }
}
