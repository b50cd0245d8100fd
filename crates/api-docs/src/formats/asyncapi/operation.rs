//! Operations of both versions, and what answers them.

use serde_json::Value;

use super::super::keys::Keys;
use super::super::openapi::{scheme_blocks, security_needs};
use super::super::schema::{reference, resolve};
use super::super::within;
use super::{bindings_at, channel, message, tags};
use crate::block::{Block, Fact, Span};

/// Messages shown whole; others are links.
const MAX_MESSAGES: usize = 20;

/// An operation of version 2, which stands in its channel.
pub(super) fn of_2(root: &Value, described: &Value, place: &str) -> Vec<Block> {
    let (outer, _) = place.rsplit_once('/').unwrap_or_default();
    let holder = root.pointer(outer).unwrap_or(&Value::Null);
    let between = of_channel(root, holder, outer, false);
    blocks(root, described, place, between)
}

/// An operation of version 3, which refers to its channel; also a trait.
pub(super) fn of_3(root: &Value, given: &Value, place: &str) -> Vec<Block> {
    let (described, place) = resolve(root, given, place);
    let (holder, outer) = resolve(root, &described["channel"], "");
    let between = of_channel(root, holder, &outer, !described["messages"].is_array());
    blocks(root, described, &place, between)
}

/// What an operation has from its channel.
fn of_channel(root: &Value, channel: &Value, place: &str, with_messages: bool) -> Vec<Block> {
    let keys = Keys::of(channel);
    let fields = channel::parameters(root, &keys, place);
    let mut shown = Vec::new();
    if !fields.is_empty() {
        shown.push(Block::part("Parameters", vec![Block::Fields(fields)]));
    }
    if with_messages {
        for (name, message) in keys.entries("messages").take(MAX_MESSAGES) {
            shown.push(message::part(
                root,
                message,
                &format!("{place}/messages"),
                Some(name),
            ));
        }
    }
    shown
}

/// What both versions say; `between` comes before the messages.
fn blocks(root: &Value, described: &Value, place: &str, between: Vec<Block>) -> Vec<Block> {
    let keys = Keys::of(described);
    keys.text("summary");
    let mut shown = within::prose(&keys);
    let mut facts = Vec::new();
    for (key, label) in [
        ("operationId", "Operation"),
        ("title", "Title"),
        ("action", "Action"),
    ] {
        keys.fact(&mut facts, key, label);
    }
    if let Some(address) = keys.peek("channel")["$ref"].as_str() {
        keys.note("channel");
        facts.push(Fact::new("Channel", reference(address)));
    }
    within::related(&keys, &mut facts);
    tags(root, &keys, &mut facts);
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    security(root, &keys, &mut shown);
    shown.extend(between);
    messages(root, &keys, place, &mut shown);
    let reply = keys.peek("reply");
    if reply.is_object() {
        keys.note("reply");
        shown.push(Block::part(
            "Reply",
            self::reply(root, reply, &format!("{place}/reply")),
        ));
    }
    bindings_at(root, &keys, place, &mut shown);
    for (number, given) in keys.list("traits").enumerate() {
        shown.push(operation_trait(root, given, &format!("{place}/traits/{number}")));
    }
    keys.more(&mut shown);
    shown
}

fn operation_trait(root: &Value, given: &Value, place: &str) -> Block {
    let (found, place) = resolve(root, given, place);
    let mut inside: Vec<Block> = given["$ref"].as_str().map(within::same_as).into_iter().collect();
    // A trait has no traits.
    if !found["traits"].is_array() {
        if let Some(summary) = found["summary"].as_str() {
            inside.push(Block::Prose(summary.to_owned()));
        }
        inside.extend(blocks(root, found, &place, Vec::new()));
    }
    Block::folded("Trait", inside)
}

/// Version 2 has `message`, or `oneOf` in it; version 3 a list.
fn messages(root: &Value, keys: &Keys<'_>, place: &str, shown: &mut Vec<Block>) {
    let single = keys.peek("message");
    let (listed, place): (Vec<&Value>, String) = if single.is_object() {
        keys.note("message");
        let Some(listed) = single["oneOf"].as_array() else {
            shown.push(message::part(root, single, &format!("{place}/message"), None));
            return;
        };
        (listed.iter().collect(), format!("{place}/message/oneOf"))
    } else {
        (keys.list("messages").collect(), format!("{place}/messages"))
    };
    for (number, given) in listed.into_iter().enumerate() {
        match given["$ref"].as_str().filter(|_| number >= MAX_MESSAGES) {
            Some(address) => shown.push(Block::Facts(vec![Fact::new("Message", reference(address))])),
            None => shown.push(message::part(root, given, &format!("{place}/{number}"), None)),
        }
    }
}

/// Where an answer goes, and what it is.
pub(super) fn reply(root: &Value, given: &Value, place: &str) -> Vec<Block> {
    let (reply, place) = resolve(root, given, place);
    let keys = Keys::of(reply);
    let mut shown: Vec<Block> = given["$ref"].as_str().map(within::same_as).into_iter().collect();
    let mut facts = Vec::new();
    let address = keys.peek("address");
    if address.is_object() {
        keys.note("address");
        let (found, _) = resolve(root, address, "");
        let found = Keys::of(found);
        found.fact(&mut facts, "location", "Address from");
        found.fact(&mut facts, "description", "Address");
        let rest = found.rest();
        if !rest.is_empty() {
            facts.push(Fact::new("Address, further", Span::code(rest.trim_end())));
        }
    }
    if let Some(address) = keys.peek("channel")["$ref"].as_str() {
        keys.note("channel");
        facts.push(Fact::new("Channel", reference(address)));
    }
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    messages(root, &keys, &place, &mut shown);
    keys.more(&mut shown);
    shown
}

/// Who may take part: names of schemes in version 2, schemes in version 3.
pub(super) fn security(root: &Value, keys: &Keys<'_>, shown: &mut Vec<Block>) {
    let Some(listed) = keys.peek("security").as_array() else {
        return;
    };
    keys.note("security");
    let is_scheme = |given: &&Value| given["$ref"].is_string() || given["type"].is_string();
    let (schemes, names): (Vec<&Value>, Vec<&Value>) = listed.iter().partition(is_scheme);
    if !names.is_empty() {
        let names: Vec<Value> = names.into_iter().cloned().collect();
        shown.push(Block::Facts(vec![security_needs(root, &names)]));
    }
    for given in schemes {
        match given["$ref"].as_str() {
            Some(address) => {
                shown.push(Block::Facts(vec![Fact::new(
                    "Authentication",
                    reference(address),
                )]));
            }
            None => shown.push(Block::part("Authentication", scheme_blocks(given))),
        }
    }
}
