//! What each format becomes, one file a case. To add a case, add a file to `fixtures`.

use std::fmt::Write;
use std::path::Path;

use api_docs::{Field, Format, Outline, Reading, read};

#[test]
fn fixtures_have_the_outlines_that_were_seen() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let declared = match name.rsplit('.').next().unwrap() {
            "graphql" => "graphql",
            "proto" => "grpc",
            // Those are told by their first words.
            _ => "",
        };
        let format = Format::of(declared, &text);
        let Reading::Outline(outline) = read(format, &text) else {
            panic!("{name} has no outline");
        };
        insta::assert_snapshot!(name.clone(), shown(format, &outline));
        count += 1;
    }
    assert_eq!(count, 7, "fixtures");
}

fn shown(format: Format, outline: &Outline) -> String {
    let mut text = format!("{}: {} {}\n", format.name(), outline.title, outline.version);
    let mut line = |depth: usize, content: &str| {
        writeln!(
            text,
            "{}{}",
            "  ".repeat(depth),
            content.replace('\n', "⏎").trim_end()
        )
        .unwrap();
    };
    line(0, &outline.description);
    for server in &outline.servers {
        line(0, &format!("server {server}"));
    }
    for problem in &outline.problems {
        line(0, &format!("problem: {problem}"));
    }
    for group in &outline.groups {
        line(0, &format!("[{}] {}", group.name, group.description));
        for operation in &group.operations {
            let mark = if operation.deprecated { " (deprecated)" } else { "" };
            line(
                1,
                &format!(
                    "{} {}{mark} — {}",
                    operation.verb, operation.signature, operation.summary
                ),
            );
            for section in &operation.sections {
                line(2, &format!("{}: {}", section.heading, section.description));
                section
                    .fields
                    .iter()
                    .for_each(|field| line(3 + usize::from(field.depth), &field_line(field)));
            }
        }
    }
    for kind in &outline.types {
        line(0, &format!("{} {}: {}", kind.kind, kind.name, kind.description));
        kind.fields
            .iter()
            .for_each(|field| line(1 + usize::from(field.depth), &field_line(field)));
    }
    text
}

fn field_line(field: &Field) -> String {
    let mark = if field.required { "!" } else { "" };
    format!("{}{mark}: {} — {}", field.name, field.kind, field.description)
}

#[test]
fn searching_keeps_what_mentions_every_word() {
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/openapi30.yaml"),
    )
    .unwrap();
    let Reading::Outline(outline) = read(Format::OpenApi, &text) else {
        panic!("no outline");
    };
    let check = |words: &str, operations: usize, types: &[&str]| {
        let found = outline.search(words);
        let names: Vec<&str> = found.types.iter().map(|kind| kind.name.as_str()).collect();
        assert_eq!(
            (found.operation_count(), names.as_slice()),
            (operations, types),
            "{words}"
        );
    };
    check("", 2, &["Order", "State", "Priced"]);
    check("ORDERS list", 1, &[]);
    check("price", 0, &["Priced"]);
    check("zebra", 0, &[]);
}
