//! Each kind of diagram is drawn, with the words that it has.

use diagrams::mermaid;

/// Sources, each with words that must be read in the drawing.
const KINDS: [(&str, &[&str]); 17] = [
    (
        "flowchart LR\n  a[Größe] -->|ja| b{用户}\n  subgraph s [Group]\n  c\n  end\n  b --> c",
        &["Größe", "ja", "用户", "Group"],
    ),
    (
        "sequenceDiagram\n  actor A as User\n  A->>+B: GET /x\n  B-->>-A: 200\n  Note over A,B: note",
        &["User", "GET /x", "200", "note"],
    ),
    (
        "classDiagram\n  class Animal {\n    +String name\n    +eat() bool\n  }\n  Animal <|-- Duck : is",
        &["Animal", "+String name", "Duck", "is"],
    ),
    (
        "stateDiagram-v2\n  [*] --> Idle\n  Idle --> Busy : start",
        &["Idle", "Busy", "start"],
    ),
    (
        "erDiagram\n  CUSTOMER ||--o{ ORDER : places\n  CUSTOMER {\n    string name PK\n  }",
        &["CUSTOMER", "ORDER", "places", "name"],
    ),
    (
        "gantt\n  title A plan\n  dateFormat YYYY-MM-DD\n  section S\n  Draft :a1, 2024-01-06, 5d",
        &["A plan", "Draft"],
    ),
    (
        "pie showData\n  title Pets\n  \"Dogs\" : 3\n  \"Cats\" : 1",
        &["Pets", "Dogs [3]", "75%"],
    ),
    (
        "gitGraph\n  commit id: \"first\"\n  branch develop\n  commit tag: \"v1\"",
        &["first", "develop", "v1"],
    ),
    (
        "mindmap\n  root((Platform))\n    Origins\n      Long",
        &["Platform", "Origins", "Long"],
    ),
    (
        "timeline\n  title Past\n  2002 : One\n  2004 : Two",
        &["Past", "2002", "Two"],
    ),
    (
        "C4Context\n  Person(c, \"Customer\")\n  System(b, \"Bank\")\n  Rel(c, b, \"Uses\")",
        &["Customer", "Bank", "Uses"],
    ),
    (
        "journey\n  title Day\n  section Work\n  Tea: 5: Me",
        &["Day", "Work", "Tea"],
    ),
    (
        "quadrantChart\n  title Reach\n  quadrant-1 Expand\n  A: [0.3, 0.6]",
        &["Reach", "Expand"],
    ),
    (
        "xychart-beta\n  title \"Sales\"\n  x-axis [jan, feb]\n  bar [1, 2]",
        &["Sales", "jan"],
    ),
    (
        "requirementDiagram\n  requirement r {\n    id: 1\n    text: words\n  }",
        &["r", "Text: words"],
    ),
    (
        "block-beta\n  columns 2\n  a[\"Left\"] b[\"Right\"]",
        &["Left", "Right"],
    ),
    ("kanban\n  Todo\n    [Write]", &["Todo", "Write"]),
];

#[test]
fn every_kind_is_drawn_with_its_words() {
    for (source, words) in KINDS {
        let picture = mermaid(source, 1).unwrap_or_else(|trouble| panic!("{source}\n{trouble}"));
        for word in words {
            assert!(
                picture.svg.contains(&format!(">{word}<")),
                "{word} in {source}\n{}",
                picture.svg
            );
        }
        assert!(
            picture.svg.starts_with("<svg role=\"img\" aria-label=\""),
            "{}",
            picture.svg
        );
        for refused in [" style=", "<style", "foreignObject", "class=\"n", "#333"] {
            assert!(!picture.svg.contains(refused), "{refused} in {source}");
        }
    }
}

#[test]
fn labels_over_several_lines_and_with_marks() {
    let source =
        "flowchart TD\n  A[\"one\ntwo\"] --> B[\"a<br/>b\"]\n  B --> C[\"`**bold**\n  text`\"]\n  C --> [";
    let trouble = mermaid(source, 1).unwrap_err();
    assert_eq!(trouble.line, Some(6), "{trouble}");
    let svg = mermaid(source.rsplit_once('\n').unwrap().0, 1).unwrap().svg;
    for word in [">one<", ">two<", ">a<", ">b<", ">bold<"] {
        assert!(svg.contains(word), "{word} in {svg}");
    }
    assert!(!svg.contains("**") && !svg.contains('`'), "{svg}");
}

#[test]
fn colours_of_the_source_work_on_dark_pages() {
    let svg = mermaid("flowchart TD\n  A --> B\n  style A fill:#f96,stroke:#333", 1)
        .unwrap()
        .svg;
    assert!(svg.contains("fill=\"light-dark(#ff9966, #"), "{svg}");
    assert!(svg.contains("fill=\"var(--drawing-fill)\""), "{svg}");
}

#[test]
fn names_for_people_who_do_not_see_it() {
    let source = "flowchart TD\n  accTitle: How it is built\n  accDescr: From left to right\n  A --> B";
    let picture = mermaid(source, 1).unwrap();
    assert_eq!(picture.label, "How it is built");
    assert!(
        picture.svg.contains("aria-label=\"How it is built\""),
        "{}",
        picture.svg
    );
    assert!(
        picture.svg.contains("<desc>From left to right</desc>"),
        "{}",
        picture.svg
    );
    assert_eq!(mermaid("flowchart TD\n A", 1).unwrap().label, "Flowchart");
}

#[test]
fn ids_differ_between_the_diagrams_of_a_page() {
    let of = |number| mermaid("flowchart TD\n  A --> B", number).unwrap().svg;
    let id = |svg: &str| {
        svg.split_once(" id=\"")
            .unwrap()
            .1
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let (one, two) = (of(1), of(2));
    assert_ne!(id(&one), id(&two));
    assert!(one.contains(&format!("url(#{})", id(&one))), "{one}");
}
