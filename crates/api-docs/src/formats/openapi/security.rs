//! Who may call, and how one says who one is.

use serde_json::Value;

use super::super::keys::{Keys, plain};
use super::super::schema::name_of_reference;
use crate::block::{Block, Fact, Field, Span};

/// What one of the lists of needs says: `bearerAuth or (key and oauth: read)`.
pub(crate) fn needs(root: &Value, listed: &[Value]) -> Fact {
    let mut value = Vec::new();
    for need in listed {
        if !value.is_empty() {
            value.push(Span::plain(" or "));
        }
        match need.as_object().filter(|need| !need.is_empty()) {
            None => value.push(Span::plain("nothing")),
            Some(need) => {
                for (number, (name, scopes)) in need.iter().enumerate() {
                    if number > 0 {
                        value.push(Span::plain(" and "));
                    }
                    value.push(link(root, name));
                    scopes_of(scopes, &mut value);
                }
            }
        }
    }
    if value.is_empty() {
        value.push(Span::plain("nothing: everybody may call"));
    }
    Fact {
        label: "Authentication".to_owned(),
        value,
    }
}

fn scopes_of(scopes: &Value, value: &mut Vec<Span>) {
    let scopes: Vec<String> = scopes.as_array().into_iter().flatten().map(plain).collect();
    if !scopes.is_empty() {
        value.push(Span::plain(" with "));
        value.push(Span::code(scopes.join(", ")));
    }
}

fn link(root: &Value, name: &str) -> Span {
    let key = if root["components"].is_object() {
        "components/securitySchemes"
    } else {
        "securityDefinitions"
    };
    let name = name_of_reference(name);
    Span::definition(
        name.clone(),
        format!("#/{key}/{}", super::super::keys::step(&name)),
    )
}

/// What is said of a scheme.
pub(crate) fn scheme(scheme: &Value) -> Vec<Block> {
    let keys = Keys::of(scheme);
    let mut shown = Vec::new();
    let said = keys.text("description");
    if !said.is_empty() {
        shown.push(Block::Prose(said));
    }
    let mut facts = Vec::new();
    for (key, label) in [
        ("type", "Type"),
        ("scheme", "Scheme"),
        ("bearerFormat", "Token"),
        ("name", "Name"),
        ("in", "Sent in"),
        ("flow", "Flow"),
    ] {
        keys.fact(&mut facts, key, label);
    }
    for (key, label) in [
        ("openIdConnectUrl", "OpenID Connect"),
        ("oauth2MetadataUrl", "Metadata"),
        ("authorizationUrl", "Authorisation"),
        ("tokenUrl", "Token"),
    ] {
        keys.web(&mut facts, key, label);
    }
    shown.push(Block::Facts(facts));
    scopes(&keys, "scopes", &mut shown);
    for (name, flow) in keys.entries("flows") {
        shown.push(Block::part(format!("Flow · {name}"), self::flow(flow)));
    }
    keys.more(&mut shown);
    shown
}

fn flow(flow: &Value) -> Vec<Block> {
    let keys = Keys::of(flow);
    let mut facts = Vec::new();
    for (key, label) in [
        ("authorizationUrl", "Authorisation"),
        ("tokenUrl", "Token"),
        ("refreshUrl", "Refresh"),
        ("deviceAuthorizationUrl", "Device"),
    ] {
        keys.web(&mut facts, key, label);
    }
    let mut shown = vec![Block::Facts(facts)];
    scopes(&keys, "scopes", &mut shown);
    scopes(&keys, "availableScopes", &mut shown);
    keys.more(&mut shown);
    shown
}

fn scopes(keys: &Keys<'_>, key: &str, shown: &mut Vec<Block>) {
    let named = keys.entries(key).map(|(name, said)| Field {
        name: name.clone(),
        description: plain(said),
        ..Field::default()
    });
    let listed = keys.list(key).map(|name| Field {
        name: plain(name),
        ..Field::default()
    });
    let fields: Vec<Field> = named.chain(listed).collect();
    if !fields.is_empty() {
        shown.push(Block::Fields(fields));
    }
}
