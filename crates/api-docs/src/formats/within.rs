//! Small blocks that several formats have.

use serde_json::Value;

use super::keys::{Keys, plain};
use super::schema::{external, reference};
use crate::block::{Block, Fact, Field, Span};

/// Says that a part is what a reference names.
pub(super) fn same_as(address: &str) -> Block {
    let mut facts = vec![Fact::new("The same as", reference(address))];
    if !address.starts_with('#') {
        facts.push(Fact::new("Note", Span::plain(OTHER_FILE)));
    }
    Block::Facts(facts)
}

/// What to do about references to other files.
pub(super) const OTHER_FILE: &str = "That file is not part of the definition. Write `$openapi` or `$asyncapi` in place of \
     `$text` in the descriptor, and the portal brings in the files that it refers to.";

/// Summary and description as prose.
pub(super) fn prose(keys: &Keys<'_>) -> Vec<Block> {
    let texts = ["summary", "description"].map(|key| {
        if keys.is_read(key) {
            String::new()
        } else {
            keys.text(key)
        }
    });
    let said = texts.into_iter().filter(|text| !text.is_empty());
    said.map(Block::Prose).collect()
}

/// Says that clients should not count on something.
pub(super) fn deprecated() -> Fact {
    Fact::new("Deprecated", Span::plain("Clients should move away from it."))
}

/// Facts of the keys that contacts, licences and the like have.
pub(super) fn info(info: &Value) -> Vec<Block> {
    let keys = Keys::of(info);
    for key in ["title", "version"] {
        keys.text(key);
    }
    let mut shown = prose(&keys);
    let mut facts = Vec::new();
    person(&keys, "contact", "Contact", &mut facts);
    person(&keys, "license", "Licence", &mut facts);
    keys.web(&mut facts, "termsOfService", "Terms of service");
    related(&keys, &mut facts);
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    keys.more(&mut shown);
    shown
}

/// Somebody or something with a name and addresses.
fn person(keys: &Keys<'_>, key: &str, label: &str, facts: &mut Vec<Fact>) {
    if !keys.peek(key).is_object() {
        return;
    }
    let person = Keys::of(keys.take(key));
    let mut value = Vec::new();
    let mut add = |span: Span| {
        if !span.text.is_empty() {
            if !value.is_empty() {
                value.push(Span::plain(" · "));
            }
            value.push(span);
        }
    };
    add(Span::plain(person.text("name")));
    let mail = person.text("email");
    if !mail.is_empty() {
        add(Span {
            look: crate::block::Look::Web(format!("mailto:{mail}")),
            text: mail,
        });
    }
    add(Span::web(person.text("url")));
    add(Span::code(person.text("identifier")));
    add(Span::code(person.rest().trim_end()));
    facts.push(Fact {
        label: label.to_owned(),
        value,
    });
}

/// External documents and tags.
pub(super) fn related(keys: &Keys<'_>, facts: &mut Vec<Fact>) {
    let documents = keys.peek("externalDocs");
    if documents.is_object() {
        keys.note("externalDocs");
        match documents["$ref"].as_str() {
            Some(address) => facts.push(Fact::new("See also", reference(address))),
            None => facts.extend(external(documents).into_iter().map(|fact| Fact {
                label: if fact.label == "see also" {
                    "See also".to_owned()
                } else {
                    fact.label
                },
                ..fact
            })),
        }
    }
}

/// Servers with their variables.
pub(super) fn servers<'a>(servers: impl Iterator<Item = &'a Value>) -> Vec<Field> {
    let mut fields = Vec::new();
    for server in servers {
        let keys = Keys::of(server);
        let mut facts = Vec::new();
        let name = keys.text("name");
        if !name.is_empty() {
            facts.push(Fact::new("name", Span::plain(name)));
        }
        let variables: Vec<(&String, &Value)> = keys.entries("variables").collect();
        fields.push(Field {
            name: keys.text("url"),
            description: keys.text("description"),
            facts,
            more: keys.rest(),
            ..Field::default()
        });
        fields.extend(
            variables
                .into_iter()
                .map(|(name, variable)| self::variable(name, variable, 1)),
        );
    }
    fields
}

/// A variable of an address.
pub(super) fn variable(name: &str, variable: &Value, depth: usize) -> Field {
    let keys = Keys::of(variable);
    let mut facts = Vec::new();
    let values: Vec<String> = keys.list("enum").map(plain).collect();
    if !values.is_empty() {
        facts.push(Fact::new("one of", Span::code(values.join(", "))));
    }
    keys.fact(&mut facts, "default", "default");
    for example in keys.list("examples") {
        facts.push(Fact::new("example", Span::code(plain(example))));
    }
    keys.fact(&mut facts, "location", "taken from");
    Field {
        name: name.to_owned(),
        depth,
        description: keys.text("description"),
        facts,
        more: keys.rest(),
        ..Field::default()
    }
}
