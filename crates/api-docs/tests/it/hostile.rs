//! Definitions made to exhaust the reader: every one ends soon, in bounded space, without a crash.

use std::fmt::Write;
use std::time::{Duration, Instant};

use api_docs::{Definition, Format, Outline, Reading, read};

use crate::whole;

/// Reads on a thread with the stack that the server's workers have.
fn outline(format: Format, text: String) -> Option<Outline> {
    let started = Instant::now();
    let reading = std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(move || read(format, &text))
        .unwrap()
        .join()
        .unwrap();
    let took = started.elapsed();
    // Ten times what an unoptimised build needs.
    assert!(took < Duration::from_secs(30), "{format:?} took {took:?}");
    match reading {
        Reading::Outline(outline) => Some(*outline),
        _ => None,
    }
}

#[test]
fn references_in_circles_end() {
    let text = r##"{"openapi": "3.0.0", "info": {"title": "circles"}, "paths": {"/a": {"$ref": "#/paths/~1a"},
        "/b": {"get": {"parameters": [{"$ref": "#/components/parameters/p"}]}}},
        "components": {"parameters": {"p": {"$ref": "#/components/parameters/p"}}, "schemas": {
            "Self": {"allOf": [{"$ref": "#/components/schemas/Self"}], "properties": {"x": {"type": "string"}}},
            "Ping": {"oneOf": [{"$ref": "#/components/schemas/Pong"}, {"$ref": "#/components/schemas/Ping"}]},
            "Pong": {"items": {"$ref": "#/components/schemas/Ping"}},
            "Loop": {"$ref": "#/components/schemas/Loop"}}}}"##;
    let found = outline(Format::OpenApi, text.to_owned()).unwrap();
    assert_eq!(found.type_count(), 4);
    let blocks: Vec<_> = found.entries().map(|(_, entry)| found.blocks(entry)).collect();
    assert!(blocks.len() >= 6);
}

#[test]
fn schemas_that_multiply_are_cut() {
    // Every schema is all of the three next ones: 3^30 ways.
    let mut text = "openapi: 3.0.0\ninfo: { title: many }\ncomponents:\n  schemas:\n".to_owned();
    for number in 0..30 {
        let next = number + 1;
        let part = format!("{{ $ref: '#/components/schemas/S{next}' }}");
        writeln!(text, "    S{number}: {{ allOf: [{part}, {part}, {part}] }}").unwrap();
    }
    text.push_str("    S30: { properties: { a: { type: string } } }\n");
    assert_eq!(outline(Format::OpenApi, text).unwrap().type_count(), 31);
}

#[test]
fn a_type_within_types_is_on_pages_of_its_own() {
    // As deep as a definition may be, and each page shows some of it.
    let mut schema = "{ type: string, description: innermost }".to_owned();
    for number in 0..40 {
        schema = format!("{{ type: object, properties: {{ p{number}: {schema} }} }}");
    }
    let text =
        format!("openapi: 3.0.0\ninfo: {{ title: deep }}\ncomponents: {{ schemas: {{ A: {schema} }} }}\n");
    let definition = Definition::read("openapi", &text);
    let pages = whole::pages(&definition);
    assert!(pages.len() > 4 && pages.len() < 20, "{}", pages.len());
    assert!(pages.iter().any(|page| page.contains("innermost")));
}

#[test]
fn deep_nesting_does_not_crash() {
    let deep = 100_000;
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(deep), close.repeat(deep));
    let properties = nested("{\"properties\":{\"a\":", "}}");
    outline(
        Format::OpenApi,
        format!("{{\"openapi\":\"3.0.0\",\"components\":{{\"schemas\":{{\"A\":{properties}}}}}}}"),
    );
    outline(
        Format::OpenApi,
        format!("openapi: 3.0.0\nx: {}", nested("[", "]")),
    );
    outline(
        Format::GraphQl,
        format!("type Query {{ a(b: {}): Int }}", nested("[", "]")),
    );
    outline(
        Format::GraphQl,
        format!("type A @d(x: {}) {{ a: Int }}", nested("{a:", "}")),
    );
    outline(
        Format::Protobuf,
        format!("syntax = \"proto3\";{}", nested("message A {", "}")),
    );
    outline(
        Format::Protobuf,
        format!("syntax = \"proto3\"; option (x) = {};", nested("{ a: ", "}")),
    );
}

#[test]
fn huge_definitions_are_refused_or_bounded() {
    let mut many = "openapi: 3.0.0\ninfo: { title: many }\ncomponents:\n  schemas:\n".to_owned();
    for number in 0..20_000 {
        writeln!(many, "    S{number}: {{ type: string }}").unwrap();
    }
    assert_eq!(outline(Format::OpenApi, many).unwrap().type_count(), 20_000);
    let long = format!("openapi: 3.0.0\n# {}", "x".repeat(9 * 1024 * 1024));
    assert!(outline(Format::OpenApi, long).is_none());
}
