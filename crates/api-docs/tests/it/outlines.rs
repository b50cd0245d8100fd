//! What each format becomes, one file a case. To add a case, add a file to `fixtures` and a row here.

use std::path::Path;

use api_docs::{Definition, Outline, Reading};

use crate::whole;

/// A definition of the fixtures.
pub fn fixture(name: &str) -> Definition {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let declared = match name.rsplit('.').next().unwrap() {
        "graphql" => "graphql",
        "proto" => "grpc",
        // Those are told by their first words.
        _ => "",
    };
    Definition::read(declared, &text)
}

pub fn outline(definition: &Definition) -> &Outline {
    match &definition.reading {
        Reading::Outline(outline) => outline,
        other => panic!("no outline: {other:?}"),
    }
}

/// A line for each group, and one below it for each entry.
fn shown(outline: &Outline) -> Vec<String> {
    let mut lines = vec![format!(
        "{} {} {}",
        outline.dialect, outline.title, outline.version
    )];
    lines.extend(outline.problems.iter().map(|problem| format!("! {problem}")));
    for group in &outline.groups {
        lines.push(format!("[{}]", group.name));
        for entry in &group.entries {
            let mark = if entry.deprecated { " (deprecated)" } else { "" };
            let line = format!("{} {}{mark} — {}", entry.verb, entry.signature, entry.summary);
            lines.push(line.trim_end_matches([' ', '—']).to_owned());
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

fn check(name: &str, expected: &[&str]) {
    assert_eq!(shown(outline(&fixture(name))), expected, "{name}");
}

#[test]
fn openapi_becomes_groups_of_entries() {
    check(
        "openapi30.yaml",
        &[
            "OpenAPI 3.0.3 Orders 1.2.0",
            "! /elsewhere is described in another file: other.yaml#/paths/x.",
            "! It refers to `other.yaml`. They are not part of the definition. Write `$openapi` or `$asyncapi` in place \
             of `$text` in the descriptor, and the portal brings in the files that it refers to.",
            "[orders]",
            "GET /orders — List orders",
            "[unused]",
            "[Operations]",
            "POST /orders (deprecated)",
            "[Types]",
            "object Order — One purchase",
            "enum State",
            "all of Priced",
            "[Responses]",
            "response Problem — It failed",
        ],
    );
    check(
        "openapi31.json",
        &[
            "OpenAPI 3.1.0 Sign-in 1",
            "[Webhooks]",
            "POST signedIn — Somebody signed in",
            "[Types]",
            "one of Choice",
        ],
    );
    check(
        "swagger2.yaml",
        &[
            "Swagger 2.0 Payments 2",
            "[Operations]",
            "DELETE /charges/{id}",
            "[Types]",
            "object Reason",
        ],
    );
}

#[test]
fn asyncapi_becomes_groups_of_entries() {
    check(
        "asyncapi2.yaml",
        &[
            "AsyncAPI 2.6.0 Events 1.0.0",
            "[orders.{tenant}]",
            "SUBSCRIBE orders.{tenant} — Orders as they change",
            "[Channels]",
            "channel orders.{tenant} — What happened to orders",
            "[Types]",
            "object Order",
            "[Messages]",
            "message Placed — An order was placed",
        ],
    );
    check(
        "asyncapi3.yaml",
        &[
            "AsyncAPI 3.0.0 Usage 3.0.0",
            "[usage.v1]",
            "SEND usage.v1 — sendUsage",
            "RECEIVE usage.v1 — Read it",
            "[Channels]",
            "channel usage",
        ],
    );
}

#[test]
fn graphql_becomes_groups_of_entries() {
    check(
        "schema.graphql",
        &[
            "GraphQL",
            "[Root]",
            "QUERY order(id: ID!, deep: Boolean): Order — One order",
            "QUERY old: String (deprecated)",
            "QUERY orders(first: Int): [Order!]!",
            "[Change]",
            "MUTATION place(input: NewOrder!): Order!",
            "[Types]",
            "type Order — A purchase",
            "interface Node",
            "input NewOrder",
            "enum State",
            "union Found",
            "type Shop",
            "scalar Date",
        ],
    );
    check(
        "federated.graphql",
        &[
            "GraphQL",
            "[Query]",
            "QUERY product(sku: ID!): Product — One product.",
            "[Types]",
            "type Product — Something that is *sold*.",
            "extend type Product",
            "enum Size",
            "extend enum Size",
            "input Filter",
            "union Hit",
            "extend union Hit",
            "scalar Money",
            "[Directives]",
            "directive @tag — Marks for tools.",
        ],
    );
}

#[test]
fn protocol_buffers_become_groups_of_entries() {
    check(
        "orders.proto",
        &[
            "Protocol buffers, proto3 shop.v1",
            "[Orders]",
            "RPC Place(Order) → Receipt — Places an order.",
            "RPC Watch(stream Order) → stream Receipt (deprecated)",
            "RPC Clear(Empty) → Empty",
            "[Types]",
            "message Order",
            "message Order.Line",
            "message Receipt",
            "enum State",
        ],
    );
    check(
        "editions.proto",
        &[
            "Protocol buffers, edition 2023 billing.v2",
            "[Billing]",
            "RPC Charge(ChargeRequest) → Charge (deprecated) — Takes money.",
            "[Types]",
            "message ChargeRequest — What is charged.",
            "message Charge",
            "enum Charge.State",
            "enum Currency — Money of the world.",
            "extend Charge",
        ],
    );
}

#[test]
fn resources_become_groups_of_entries() {
    check(
        "crd.yaml",
        &[
            "Custom resource Widget v1",
            "[Widget]",
            "v1beta1 Widget (deprecated) — shop.example/v1beta1",
            "v1 Widget — shop.example/v1",
        ],
    );
}

/// Words of a language, which are shown in another way or not at all.
const GRAMMAR: [&str; 34] = [
    "type",
    "schema",
    "query",
    "mutation",
    "subscription",
    "extend",
    "enum",
    "input",
    "interface",
    "union",
    "scalar",
    "directive",
    "implements",
    "on",
    "syntax",
    "edition",
    "package",
    "import",
    "service",
    "rpc",
    "returns",
    "message",
    "option",
    "reserved",
    "extensions",
    "stream",
    "repeated",
    "oneof",
    "map",
    "proto3",
    "optional",
    "to",
    "true",
    "reason",
];

#[test]
fn every_word_of_the_fixtures_is_on_one_of_their_pages() {
    for name in [
        "schema.graphql",
        "federated.graphql",
        "orders.proto",
        "editions.proto",
    ] {
        let definition = fixture(name);
        let known = whole::words_of_pages(&whole::pages(&definition));
        let is_graphql = name.ends_with("graphql");
        let lines = definition.text.lines();
        let said = lines.filter(|line| !is_graphql || !line.trim_start().starts_with('#'));
        let words = said.flat_map(whole::words_of);
        let lost: Vec<String> = words
            .filter(|word| !GRAMMAR.contains(&word.as_str()) && !known.contains(word))
            .collect();
        assert!(lost.is_empty(), "{name}: {lost:?}");
    }
}

#[test]
fn an_introspection_says_what_the_schema_says() {
    let text = r#"{"data": {"__schema": {"queryType": {"name": "Root"}, "mutationType": null, "types": [
        {"kind": "OBJECT", "name": "Root", "description": "All \"\"\"quoted\"\"\".", "interfaces": [], "fields": [
            {"name": "thing", "description": "One thing.", "isDeprecated": true, "deprecationReason": "use \"things\"",
             "args": [{"name": "id", "description": "Which.", "type": {"kind": "NON_NULL", "ofType": {"kind": "SCALAR", "name": "ID"}}, "defaultValue": null},
                      {"name": "size", "type": {"kind": "ENUM", "name": "Size"}, "defaultValue": "SMALL"}],
             "type": {"kind": "LIST", "ofType": {"kind": "OBJECT", "name": "Thing"}}}]},
        {"kind": "OBJECT", "name": "Thing", "interfaces": [{"kind": "INTERFACE", "name": "Node"}], "fields": []},
        {"kind": "ENUM", "name": "Size", "enumValues": [{"name": "SMALL", "description": "Least."}]},
        {"kind": "SCALAR", "name": "String"}, {"kind": "OBJECT", "name": "__Type", "fields": []}],
        "directives": [{"name": "cost", "description": "How dear.", "locations": ["FIELD_DEFINITION"], "args": []}]}}}"#;
    let definition = Definition::read("graphql", text);
    let lines = shown(outline(&definition));
    assert_eq!(
        lines[1..3],
        [
            "[Root]",
            "QUERY thing(id: ID!, size: Size): [Thing] (deprecated) — One thing."
        ]
    );
    let known = whole::words_of_pages(&whole::pages(&definition));
    for word in [
        "which", "small", "least", "things", "node", "cost", "dear", "quoted",
    ] {
        assert!(known.contains(word), "{word}");
    }
}
