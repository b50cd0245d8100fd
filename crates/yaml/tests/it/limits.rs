//! Input that is too large, too deep or too clever.

use yaml::{Limits, parse};

#[track_caller]
fn refused(text: &str, limits: &Limits, code: &str) {
    let documents = parse(text, limits);
    let codes: Vec<&str> = documents
        .iter()
        .filter_map(|document| document.value.as_ref().err())
        .map(|error| error.code)
        .collect();
    assert_eq!(codes.last(), Some(&code));
}

#[test]
fn nesting_is_bounded() {
    for open in ["[", "{a: ", "- ", "? ", ": ", "[a: ", "{? ", "[- "] {
        refused(&open.repeat(10_000), &Limits::default(), "LIMIT_DEPTH");
    }
    let steps: Vec<String> = (0..500)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    let steps = steps.concat();
    refused(&steps, &Limits::default(), "LIMIT_DEPTH");
    let after = parse(&format!("{}\n---\na: 1\n", "[".repeat(1000)), &Limits::default());
    assert!(after[1].value.is_ok());
}

#[test]
fn aliases_cannot_explode() {
    let row = |name: usize, inner: usize| {
        format!(
            "a{name}: &a{name} [{}]\n",
            vec![format!("*a{inner}"); 9].join(",")
        )
    };
    let bomb: String = (1..10).map(|level| row(level, level - 1)).collect();
    refused(&format!("a0: &a0 [x]\n{bomb}"), &Limits::default(), "ALIAS_LIMIT");
    let wide = format!(
        "a: &a [{}]\nb: [{}]\n",
        vec!["x"; 1000].join(","),
        vec!["*a"; 90].join(",")
    );
    refused(
        &wide,
        &Limits {
            nodes: 50_000,
            ..Limits::default()
        },
        "LIMIT_NODES",
    );
}

#[test]
fn sizes_are_bounded() {
    refused(
        "a: 1",
        &Limits {
            bytes: 3,
            ..Limits::default()
        },
        "LIMIT_BYTES",
    );
    refused(
        &"- a\n".repeat(100),
        &Limits {
            nodes: 99,
            ..Limits::default()
        },
        "LIMIT_NODES",
    );
    let documents = parse(
        &"---\na\n".repeat(10),
        &Limits {
            documents: 5,
            ..Limits::default()
        },
    );
    assert_eq!(documents.len(), 6);
    assert_eq!(documents[5].value.as_ref().unwrap_err().code, "LIMIT_DOCUMENTS");
}
