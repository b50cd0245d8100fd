//! AsyncAPI 2 and 3.

use serde_json::Value;

use super::schema::{fields, resolve, type_name, types};
use super::{entries, text_at};
use crate::outline::{Field, Group, Operation, Outline, Section};

pub(super) fn read(root: &Value) -> Outline {
    let info = &root["info"];
    Outline {
        title: text_at(info, "title"),
        version: text_at(info, "version"),
        description: text_at(info, "description"),
        servers: entries(root, "servers")
            .map(|(name, server)| server_line(name, server))
            .collect(),
        groups: if root["operations"].is_object() {
            operations_of_3(root)
        } else {
            channels_of_2(root)
        },
        types: types(root, &root["components"]["schemas"]),
        problems: Vec::new(),
    }
}

fn server_line(name: &str, server: &Value) -> String {
    let address = if server["url"].is_string() {
        text_at(server, "url")
    } else {
        text_at(server, "host")
    };
    format!("{name}: {address} ({})", text_at(server, "protocol"))
}

/// Version 2: a channel holds what others publish to it and what they get from it.
fn channels_of_2(root: &Value) -> Vec<Group> {
    let group = |(name, channel): (&String, &Value)| {
        let channel = resolve(root, channel);
        let operations = ["publish", "subscribe"]
            .iter()
            .filter(|verb| channel[**verb].is_object())
            .map(|verb| operation(root, verb, name, &channel[*verb], channel))
            .collect();
        Group {
            name: name.clone(),
            description: text_at(channel, "description"),
            operations,
        }
    };
    entries(root, "channels").map(group).collect()
}

/// Version 3: operations stand on their own and refer to a channel.
fn operations_of_3(root: &Value) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (name, described) in entries(root, "operations") {
        let channel = resolve(root, &described["channel"]);
        let address = if channel["address"].is_string() {
            text_at(channel, "address")
        } else {
            name.clone()
        };
        let verb = text_at(described, "action");
        let mut operation = operation(root, &verb, &address, described, channel);
        if operation.summary.is_empty() {
            operation.summary.clone_from(name);
        }
        match groups.iter_mut().find(|group| group.name == address) {
            Some(group) => group.operations.push(operation),
            None => groups.push(Group {
                name: address,
                description: text_at(channel, "description"),
                operations: vec![operation],
            }),
        }
    }
    groups
}

fn operation(root: &Value, verb: &str, channel_name: &str, described: &Value, channel: &Value) -> Operation {
    let mut sections = Vec::new();
    let parameters: Vec<Field> = entries(channel, "parameters")
        .map(|(name, p)| parameter(name, resolve(root, p)))
        .collect();
    if !parameters.is_empty() {
        sections.push(Section {
            heading: "Parameters".to_owned(),
            fields: parameters,
            ..Section::default()
        });
    }
    sections.extend(
        messages(root, described, channel)
            .into_iter()
            .map(|message| message_section(root, message)),
    );
    Operation {
        verb: verb.to_uppercase(),
        signature: channel_name.to_owned(),
        name: text_at(described, "operationId"),
        summary: text_at(described, "summary"),
        description: text_at(described, "description"),
        deprecated: false,
        sections,
        anchor: String::new(),
    }
}

fn parameter(name: &str, described: &Value) -> Field {
    Field {
        name: name.to_owned(),
        depth: 0,
        kind: type_name(&described["schema"]),
        required: true,
        description: text_at(described, "description"),
    }
}

/// Version 2 has `message` (or `oneOf` in it), version 3 `messages` on the operation or its channel.
fn messages<'a>(root: &'a Value, operation: &'a Value, channel: &'a Value) -> Vec<&'a Value> {
    let single = resolve(root, &operation["message"]);
    if let Some(choices) = single["oneOf"].as_array() {
        return choices.iter().map(|choice| resolve(root, choice)).collect();
    }
    if single.is_object() {
        return vec![single];
    }
    match operation["messages"].as_array() {
        Some(listed) => listed.iter().map(|message| resolve(root, message)).collect(),
        None => entries(channel, "messages")
            .map(|(_, message)| resolve(root, message))
            .collect(),
    }
}

fn message_section(root: &Value, message: &Value) -> Section {
    let name = ["title", "name"]
        .iter()
        .map(|key| text_at(message, key))
        .find(|name| !name.is_empty());
    Section {
        heading: format!(
            "Message · {}",
            name.unwrap_or_else(|| type_name(&message["payload"]))
        ),
        description: [text_at(message, "summary"), text_at(message, "description")]
            .join(" ")
            .trim()
            .to_owned(),
        fields: fields(root, &message["payload"]),
    }
}
