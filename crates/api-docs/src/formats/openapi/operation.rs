//! What is said of an operation, of a path, and of what the server calls back.

use serde_json::Value;
use ui::Language;

use super::super::keys::{Keys, laid_out, step};
use super::super::schema::resolve;
use super::super::within;
use super::{METHODS, media, parameter, security};
use crate::block::{Block, Fact, Field, Span};
use crate::formats::curl;

/// How deep callbacks are unfolded: an operation in a callback may have callbacks.
const MAX_CALLBACKS: usize = 2;

/// What is said of the operation at a place.
pub(crate) fn blocks_of(root: &Value, place: &str) -> Vec<Block> {
    let described = root.pointer(place).unwrap_or(&Value::Null);
    let (outer, method) = place.rsplit_once('/').unwrap_or_default();
    let outer = outer.strip_suffix("/additionalOperations").unwrap_or(outer);
    let item = root.pointer(outer).unwrap_or(&Value::Null);
    let mut shown = operation(root, described, (place, MAX_CALLBACKS), Some((item, outer)));
    if let Some(text) = curl::of_openapi(root, item, outer, method) {
        // Above what is seldom looked for.
        let last = shown
            .iter()
            .rposition(|block| !matches!(block, Block::More(_)))
            .map_or(0, |at| at + 1);
        shown.insert(last, request(text));
    }
    shown
}

fn request(text: String) -> Block {
    Block::Code {
        title: "Request with curl".to_owned(),
        language: Language::Shell,
        text,
    }
}

/// The blocks of an operation; `item` is the path it belongs to, whose parameters it shares.
fn operation(
    root: &Value,
    described: &Value,
    (place, callbacks): (&str, usize),
    item: Option<(&Value, &str)>,
) -> Vec<Block> {
    let keys = Keys::of(described);
    keys.is("deprecated");
    let mut shown = Vec::new();
    keys.text("summary");
    let said = keys.text("description");
    if !said.is_empty() {
        shown.push(Block::Prose(said));
    }
    let facts = facts(root, &keys);
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    if let Some((item, _)) = item {
        of_path(item, &mut shown);
    }
    let servers = within::servers(keys.list("servers"));
    if !servers.is_empty() {
        shown.push(Block::part(
            "Servers of this operation",
            vec![Block::Fields(servers)],
        ));
    }
    let (bodies, fields) = parameters(root, &keys, item, place);
    if !fields.is_empty() {
        shown.push(Block::part("Parameters", vec![Block::Fields(fields)]));
    }
    shown.extend(bodies);
    let body = keys.take("requestBody");
    if body.is_object() {
        shown.extend(referred(
            root,
            body,
            &format!("{place}/requestBody"),
            "Request body",
            media::body,
        ));
    }
    for (status, response) in keys.entries("responses") {
        let place = format!("{place}/responses/{}", step(status));
        shown.extend(referred(root, response, &place, status, |root, found, place| {
            media::response(root, status, found, place)
        }));
    }
    for (name, callback) in keys.entries("callbacks") {
        if callbacks == 0 {
            shown.push(Block::folded(format!("Callback · {name}"), laid_out(callback)));
            continue;
        }
        let (found, place) = resolve(root, callback, &format!("{place}/callbacks/{}", step(name)));
        let mut inside: Vec<Block> = callback["$ref"]
            .as_str()
            .map(within::same_as)
            .into_iter()
            .collect();
        inside.extend(called_back(root, found, &place, callbacks - 1));
        shown.push(Block::folded(format!("Callback · {name}"), inside));
    }
    keys.more(&mut shown);
    shown
}

/// What a reference leads to, or where it leads if that is not here. Keys beside the reference are not lost.
fn referred(
    root: &Value,
    value: &Value,
    place: &str,
    title: &str,
    read: impl Fn(&Value, &Value, &str) -> Vec<Block>,
) -> Vec<Block> {
    let (found, place) = resolve(root, value, place);
    if let Some(address) = found["$ref"].as_str() {
        return vec![Block::part(title, vec![within::same_as(address)])];
    }
    if value["$ref"].is_string() && value.as_object().is_some_and(|map| map.len() > 1) {
        let keys = Keys::of(value);
        keys.note("$ref");
        let mut shown = read(root, found, &place);
        shown.push(Block::part(title, laid_out(&value_without_reference(value))));
        return shown;
    }
    read(root, found, &place)
}

fn value_without_reference(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(map) = value.as_object_mut() {
        map.shift_remove("$ref");
    }
    value
}

fn facts(root: &Value, keys: &Keys<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    keys.fact(&mut facts, "operationId", "Operation");
    let tags: Vec<&str> = keys.list("tags").filter_map(Value::as_str).collect();
    if tags.len() > 1 {
        facts.push(Fact::new("Tags", Span::plain(tags.join(", "))));
    }
    match keys.peek("security").as_array() {
        Some(needs) => {
            keys.note("security");
            facts.push(security::needs(root, needs));
        }
        None => {
            if let Some(needs) = root["security"].as_array() {
                facts.push(security::needs(root, needs));
            }
        }
    }
    for (key, label) in [
        ("consumes", "Takes"),
        ("produces", "Answers in"),
        ("schemes", "Schemes"),
    ] {
        let named: Vec<&str> = keys.list(key).filter_map(Value::as_str).collect();
        if !named.is_empty() {
            facts.push(Fact::new(label, Span::code(named.join(", "))));
        }
    }
    within::related(keys, &mut facts);
    facts
}

/// What the path says of all its operations.
fn of_path(item: &Value, shown: &mut Vec<Block>) {
    let keys = Keys::of(item);
    for key in METHODS
        .iter()
        .chain(&["parameters", "additionalOperations", "$ref"])
    {
        keys.note(key);
    }
    let mut inside = within::prose(&keys);
    let servers = within::servers(keys.list("servers"));
    if !servers.is_empty() {
        inside.push(Block::Fields(servers));
    }
    keys.more(&mut inside);
    if !inside.is_empty() {
        shown.push(Block::part("Of this path", inside));
    }
}

/// Parameters as rows, and the bodies that Swagger 2 writes among them. An operation's own come in place of
/// those of its path that have the same name.
fn parameters(
    root: &Value,
    keys: &Keys<'_>,
    item: Option<(&Value, &str)>,
    place: &str,
) -> (Vec<Block>, Vec<Field>) {
    let of_path = item.map(|(item, outer)| (&item["parameters"], outer)).into_iter();
    let own = [(keys.take("parameters"), place)];
    let (mut bodies, mut fields) = (Vec::new(), Vec::new());
    for (listed, outer) in of_path.chain(own) {
        for (number, given) in listed.as_array().into_iter().flatten().enumerate() {
            let place = format!("{outer}/parameters/{number}");
            let (found, found_place) = resolve(root, given, &place);
            if found["in"] == "body" {
                bodies.push(old_body(root, found, &found_place));
            } else {
                fields.extend(parameter::rows(root, None, given, &place));
            }
        }
    }
    (bodies, fields)
}

fn old_body(root: &Value, body: &Value, place: &str) -> Block {
    let keys = Keys::of(body);
    keys.note("in");
    let mut shown = Vec::new();
    let said = keys.text("description");
    if !said.is_empty() {
        shown.push(Block::Prose(said));
    }
    let mut facts = Vec::new();
    keys.fact(&mut facts, "name", "Name");
    if keys.is("required") {
        facts.push(Fact::new("Required", Span::plain("yes")));
    }
    shown.push(Block::Facts(facts));
    let schema = keys.take("schema");
    shown.extend(super::super::schema::content(
        root,
        schema,
        &format!("{place}/schema"),
    ));
    keys.more(&mut shown);
    let mut heading = vec![Span::plain("Request body")];
    let kind = super::super::schema::kind_of(&Keys::of(schema));
    if !kind.is_empty() {
        heading.push(Span::plain(" · "));
        heading.extend(kind);
    }
    Block::Part(crate::block::Part {
        heading,
        folded: false,
        blocks: shown,
    })
}

/// A named callback.
pub(super) fn callback(root: &Value, callback: &Value, place: &str) -> Vec<Block> {
    called_back(root, callback, place, MAX_CALLBACKS - 1)
}

fn called_back(root: &Value, callback: &Value, place: &str, left: usize) -> Vec<Block> {
    let mut shown = Vec::new();
    for (address, item) in callback.as_object().into_iter().flatten() {
        let place = format!("{place}/{}", step(address));
        if !item.is_object() {
            shown.push(Block::Facts(vec![Fact::new(
                address,
                Span::code(super::super::keys::plain(item)),
            )]));
            continue;
        }
        let (found, place) = resolve(root, item, &place);
        shown.extend(operations_of(root, found, &place, address, left));
    }
    shown
}

/// A named path item.
pub(super) fn path_item(root: &Value, item: &Value, place: &str) -> Vec<Block> {
    operations_of(root, item, place, "", MAX_CALLBACKS)
}

fn operations_of(root: &Value, item: &Value, place: &str, address: &str, left: usize) -> Vec<Block> {
    let mut shown = Vec::new();
    of_path(item, &mut shown);
    for method in METHODS.iter().filter(|method| item[**method].is_object()) {
        let place_of_it = format!("{place}/{method}");
        let described = &item[*method];
        let mut inside = Vec::new();
        if let Some(summary) = described["summary"].as_str() {
            inside.push(Block::Prose(summary.to_owned()));
        }
        inside.extend(operation(
            root,
            described,
            (&place_of_it, left),
            Some((item, place)),
        ));
        let heading = format!("{} {address}", method.to_uppercase());
        shown.push(Block::part(heading.trim_end(), inside));
    }
    shown
}
