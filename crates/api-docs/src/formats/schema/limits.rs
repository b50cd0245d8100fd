//! What a schema says beside its type: bounds, allowed values, defaults, examples.

use serde_json::Value;

use crate::block::{Fact, Field, Span};
use crate::formats::keys::{Keys, laid_out, plain};
use crate::formats::schema::reference;

/// Allowed values that are named; a table of thousands is for programs.
const MAX_VALUES: usize = 1_000;

/// Keys with a plain value, and the words for them.
const PLAIN: [(&str, &str); 24] = [
    ("title", "title"),
    ("const", "always"),
    ("default", "default"),
    ("minimum", "at least"),
    ("maximum", "at most"),
    ("exclusiveMinimum", "more than"),
    ("exclusiveMaximum", "less than"),
    ("multipleOf", "multiple of"),
    ("minLength", "min length"),
    ("maxLength", "max length"),
    ("pattern", "pattern"),
    ("minItems", "min items"),
    ("maxItems", "max items"),
    ("minContains", "min contained"),
    ("maxContains", "max contained"),
    ("minProperties", "min properties"),
    ("maxProperties", "max properties"),
    ("contentEncoding", "encoding"),
    ("contentMediaType", "media type"),
    ("collectionFormat", "list as"),
    ("$comment", "comment"),
    ("$id", "id"),
    ("$anchor", "anchor"),
    ("$schema", "written in"),
];
/// Keys that say yes or no.
const FLAGS: [(&str, &str); 6] = [
    ("readOnly", "read only"),
    ("writeOnly", "write only"),
    ("uniqueItems", "unique items"),
    ("exclusiveMinimum", "without the least itself"),
    ("exclusiveMaximum", "without the most itself"),
    ("x-nullable", "or null"),
];

/// Adds all of it to the row.
pub(super) fn read(keys: &Keys<'_>, field: &mut Field) {
    for (key, label) in FLAGS {
        if keys.is(key) {
            field.marks.push(label.to_owned());
        }
    }
    values(keys, &mut field.facts);
    for (key, label) in PLAIN {
        if !keys.is_read(key) {
            keys.fact(&mut field.facts, key, label);
        }
    }
    for (key, label) in [("default", "default"), ("const", "always")] {
        if keys.peek(key).is_object() || keys.peek(key).is_array() {
            field
                .facts
                .push(Fact::new(label, Span::code(plain(keys.take(key)))));
        }
    }
    openness(keys, &mut field.facts);
    examples(keys, &mut field.facts);
    discriminator(keys, &mut field.facts);
    related(keys, &mut field.facts);
}

fn values(keys: &Keys<'_>, facts: &mut Vec<Fact>) {
    let Some(values) = keys.peek("enum").as_array() else {
        return;
    };
    keys.note("enum");
    let mut spans = Vec::new();
    for value in values.iter().take(MAX_VALUES) {
        if !spans.is_empty() {
            spans.push(Span::plain(", "));
        }
        spans.push(Span::code(plain(value)));
    }
    if values.len() > MAX_VALUES {
        spans.push(Span::plain(format!(
            ", and {} more in the raw definition",
            values.len() - MAX_VALUES
        )));
    }
    facts.push(Fact {
        label: "one of".to_owned(),
        value: spans,
    });
}

/// Whether there may be more than what is described.
fn openness(keys: &Keys<'_>, facts: &mut Vec<Fact>) {
    for (key, label) in [
        ("additionalProperties", "other properties"),
        ("unevaluatedProperties", "other properties"),
        ("additionalItems", "other items"),
        ("unevaluatedItems", "other items"),
    ] {
        if let Some(allowed) = keys.peek(key).as_bool() {
            keys.note(key);
            facts.push(Fact::new(
                label,
                Span::plain(if allowed { "allowed" } else { "not allowed" }),
            ));
        }
    }
    for (name, others) in keys.entries("dependentRequired") {
        let label = format!("with {name}");
        facts.push(Fact::new(
            label,
            Span::code(format!("requires {}", plain(others))),
        ));
    }
}

fn examples(keys: &Keys<'_>, facts: &mut Vec<Fact>) {
    let one = keys.take("example");
    if !one.is_null() {
        facts.push(Fact::new("example", Span::code(plain(one))));
    }
    for value in keys.list("examples") {
        facts.push(Fact::new("example", Span::code(plain(value))));
    }
    for (name, value) in keys.entries("examples") {
        facts.push(Fact::new(format!("example {name}"), Span::code(plain(value))));
    }
}

/// By what the forms of a type are told apart.
fn discriminator(keys: &Keys<'_>, facts: &mut Vec<Fact>) {
    let told = keys.peek("discriminator");
    if let Some(name) = told.as_str() {
        keys.note("discriminator");
        facts.push(Fact::new("told apart by", Span::code(name)));
        return;
    }
    if !told.is_object() {
        return;
    }
    keys.note("discriminator");
    let told = Keys::of(told);
    let mut value = vec![Span::code(told.text("propertyName"))];
    for (name, target) in told.entries("mapping") {
        let target = plain(target);
        let link = if target.contains(['#', '/']) {
            reference(&target)
        } else {
            Span::definition(target.clone(), format!("#/components/schemas/{target}"))
        };
        value.extend([Span::plain(", "), Span::code(name), Span::plain(" → "), link]);
    }
    facts.push(Fact {
        label: "told apart by".to_owned(),
        value,
    });
    let rest = told.rest();
    if !rest.is_empty() {
        facts.push(Fact::new("and", Span::code(rest.trim_end())));
    }
}

fn related(keys: &Keys<'_>, facts: &mut Vec<Fact>) {
    let documents = keys.peek("externalDocs");
    if documents.is_object() {
        keys.note("externalDocs");
        facts.extend(external(documents));
    }
    if keys.peek("xml").is_object() {
        for block in laid_out(keys.take("xml")) {
            if let crate::block::Block::Facts(found) = block {
                let named = found.into_iter().map(|fact| Fact {
                    label: format!("XML {}", fact.label),
                    ..fact
                });
                facts.extend(named);
            }
        }
    }
}

/// A link to documents elsewhere.
pub(crate) fn external(documents: &Value) -> Vec<Fact> {
    let keys = Keys::of(documents);
    let mut facts = Vec::new();
    keys.web(&mut facts, "url", "see also");
    let said = keys.text("description");
    if !said.is_empty() {
        match facts.first_mut() {
            Some(fact) => fact.value.push(Span::plain(format!(" — {said}"))),
            None => facts.push(Fact::new("see also", Span::plain(said))),
        }
    }
    let rest = keys.rest();
    if !rest.is_empty() {
        facts.push(Fact::new("and", Span::code(rest.trim_end())));
    }
    facts
}
