//! What is refused, with the words and places of the JavaScript package.

use crate::read;
use yaml::{Limits, parse};

/// Broken text, the code, and the full message the original gives.
const CASES: &[(&str, &str, &str)] = &[
    (
        "a: 1\na: 2\n",
        "DUPLICATE_KEY",
        "Map keys must be unique at line 2, column 1:\n\na: 1\na: 2\n^\n",
    ),
    (
        "a: b: c\n",
        "BLOCK_AS_IMPLICIT_KEY",
        "Nested mappings are not allowed in compact mappings at line 1, column 4:\n\na: b: c\n   ^\n",
    ),
    (
        "a:\n\t- b\n",
        "TAB_AS_INDENT",
        "Tabs are not allowed as indentation at line 2, column 1:\n\na:\n\t- b\n^\n",
    ),
    (
        "a:\n  b: 1\n c: 2\n",
        "BAD_INDENT",
        "All mapping items must start at the same column at line 3, column 1:\n\n  b: 1\n c: 2\n^\n",
    ),
    (
        "  a: 1\nb: 2\n",
        "UNEXPECTED_TOKEN",
        "Unexpected scalar at node end at line 2, column 1:\n\n  a: 1\nb: 2\n^\n",
    ),
    (
        "- a\nb\n",
        "UNEXPECTED_TOKEN",
        "Unexpected scalar at node end at line 2, column 1:\n\n- a\nb\n^\n",
    ),
    (
        "a: 'x\nb: 1\n",
        "MISSING_CHAR",
        "Missing closing 'quote at line 3, column 1:\n\nb: 1\n\n^\n",
    ),
    (
        "a: \"\\q\"\n",
        "BAD_DQ_ESCAPE",
        "Invalid escape sequence \\q at line 1, column 5:\n\na: \"\\q\"\n    ^\n",
    ),
    (
        "a: @x\n",
        "BAD_SCALAR_START",
        "Plain value cannot start with reserved character @ at line 1, column 4:\n\na: @x\n   ^\n",
    ),
    (
        "a: [b\nc: d\n",
        "BAD_INDENT",
        "Flow sequence in block collection must be sufficiently indented and end with a ] at line 2, column 1:\n\na: [b\nc: d\n^\n",
    ),
    (
        "[a, b\n",
        "MISSING_CHAR",
        "Flow sequence must end with a ] at line 2, column 1:\n\n[a, b\n\n^\n",
    ),
    (
        "{a: b c: d}\n",
        "BLOCK_IN_FLOW",
        "Block collections are not allowed within flow collections at line 1, column 5:\n\n{a: b c: d}\n    ^^^^^^\n",
    ),
    (
        "[a,,b]\n",
        "UNEXPECTED_TOKEN",
        "Unexpected , in flow sequence at line 1, column 4:\n\n[a,,b]\n   ^\n",
    ),
    (
        "a: - b\n",
        "UNEXPECTED_TOKEN",
        "Unexpected block-seq-ind on same line with key at line 1, column 4:\n\na: - b\n   ^\n",
    ),
    (
        "a: |x\n  y\n",
        "UNEXPECTED_TOKEN",
        "Block scalar header includes extra characters: |x at line 1, column 5:\n\na: |x\n    ^\n",
    ),
    (
        "a: *\n",
        "BAD_ALIAS",
        "Alias cannot be an empty string at line 1, column 4:\n\na: *\n   ^\n",
    ),
    (
        "&a &b x\n",
        "MULTIPLE_ANCHORS",
        "A node can have at most one anchor at line 1, column 4:\n\n&a &b x\n   ^^\n",
    ),
    (
        "a: }\n",
        "UNEXPECTED_TOKEN",
        "Unexpected flow-map-end token in YAML stream: \"}\" at line 1, column 4:\n\na: }\n   ^\n",
    ),
    (
        "}\n",
        "UNEXPECTED_TOKEN",
        "Unexpected flow-map-end token in YAML document: \"}\" at line 1, column 1:\n\n}\n^\n",
    ),
    (
        "a: 1\n--- b: c\n",
        "MISSING_CHAR",
        "Block collection cannot start on same line with directives-end marker at line 2, column 5:\n\n--- b: c\n    ^\n",
    ),
    (
        "%YAML 1.2\na: 1\n",
        "MISSING_CHAR",
        "Missing directives-end/doc-start indicator line at line 2, column 1:\n\n%YAML 1.2\na: 1\n^\n",
    ),
    (
        "a\nb: 1\n",
        "MULTILINE_IMPLICIT_KEY",
        "Implicit keys need to be on a single line at line 1, column 1:\n\na\n^\n",
    ),
    (
        "é𝒳: 1\né𝒳: 2\n",
        "DUPLICATE_KEY",
        "Map keys must be unique at line 2, column 1:\n\né𝒳: 1\né𝒳: 2\n^\n",
    ),
    (
        "a: x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x : y: z\n",
        "BLOCK_AS_IMPLICIT_KEY",
        "Nested mappings are not allowed in compact mappings at line 1, column 4:\n\na: x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x …\n   ^\n",
    ),
];

#[test]
fn messages_are_the_original_ones() {
    for (text, code, message) in CASES {
        let documents = parse(text, &Limits::default());
        let error = documents.into_iter().find_map(|document| document.value.err());
        let error = error.unwrap_or_else(|| panic!("{text:?} is read"));
        assert_eq!(
            (error.code, error.message.as_str()),
            (*code, *message),
            "{text:?}"
        );
    }
}

#[test]
fn a_broken_document_does_not_hide_the_others() {
    for broken in [
        "a: [b",
        "a: {",
        "a: \"x",
        "a: 'x",
        "a:\n\tb: c",
        "a: |\n  x\n y: z",
        "a: b: c",
        "- a\nb: c",
    ] {
        let text = format!("first: 1\n---\n{broken}\n---\nlast: 1\n");
        let documents = parse(&text, &Limits::default());
        let sound: Vec<bool> = documents.iter().map(|document| document.value.is_ok()).collect();
        assert_eq!(sound, [true, false, true], "{text:?}");
    }
}

#[test]
fn aliases() {
    let cases = [
        (
            "a: *x",
            "ReferenceError: Unresolved alias (the anchor must be set before the alias): x",
        ),
        ("a: &a [*a]", "ReferenceError: Alias refers to itself: a"),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text).unwrap_err(), expected);
    }
    let uses = |count: usize| format!("a: &a 1\nb: [{}]", vec!["*a"; count].join(","));
    assert!(read(&uses(99)).is_ok());
    let excess = "ReferenceError: Excessive alias count indicates a resource exhaustion attack";
    assert_eq!(read(&uses(100)).unwrap_err(), excess);
}
