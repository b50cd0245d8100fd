//! Definitions that are not what they are declared to be: a reason, and the line where it is known.

use api_docs::{Format, Reading, read};

fn check(declared: &str, text: &str, expected: &str) {
    let told = match read(Format::of(declared, text), text) {
        Reading::Broken(broken) => broken.to_string(),
        Reading::Outline(outline) => format!("outline with {}", outline.problems.join("; ")),
        Reading::Plain => "plain".to_owned(),
    };
    assert_eq!(told, expected, "{declared}: {text}");
}

#[test]
fn every_format_tells_what_is_wrong_and_where() {
    check(
        "openapi",
        "openapi: 3.0.0\ninfo:\n  title: [unclosed\n",
        "The definition could not be read, line 4, column 1: Flow sequence in block collection must be sufficiently indented and end with a ].",
    );
    check(
        "openapi",
        "{\"openapi\": \"3.0.0\",\n \"info\": {\"title\": }}",
        "The definition could not be read, line 2, column 20: expected value.",
    );
    check(
        "openapi",
        "just words",
        "The definition could not be read: it is not a mapping of keys to values.",
    );
    check(
        "openapi",
        "name: something else\n",
        "The definition could not be read: it declares nothing that a definition in OpenAPI has.",
    );
    check(
        "asyncapi",
        "- a\n- b\n",
        "The definition could not be read: it is not a mapping of keys to values.",
    );
    check(
        "grpc",
        "syntax = \"proto3\";\n\nmessage Order {\n  string id = ;\n}\n",
        "The definition could not be read, line 4, column 15: expected an integer, but found ';'.",
    );
    check(
        "graphql",
        "this is no schema",
        "The definition could not be read, line 1, column 1: expected definition.",
    );
}

#[test]
fn half_a_schema_still_shows_its_half() {
    check(
        "graphql",
        "type Query { a: String }\ntype Broken { b: }\n",
        "outline with Line 2, column 18: expected a Type",
    );
}

#[test]
fn an_unknown_format_is_plain_text() {
    check("webhook", "# Alerts\n\nWe post to you.\n", "plain");
    check("other", "words", "plain");
    check("", "", "plain");
}
