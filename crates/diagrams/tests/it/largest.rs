//! Each kind of diagram as large as a source may be: it is drawn or refused, and no thread works on it without an end.

use diagrams::mermaid;

/// Longest source that is drawn, in bytes.
const MAX_BYTES: usize = 64 << 10;

/// A head and as many lines as a source may have.
fn full(head: &str, line: impl Fn(usize) -> String) -> String {
    some(usize::MAX, head, line)
}

/// A head and so many lines.
fn some(count: usize, head: &str, line: impl Fn(usize) -> String) -> String {
    let mut source = format!("{head}\n");
    for at in 0..count {
        let line = line(at);
        if source.len() + line.len() + 1 > MAX_BYTES {
            break;
        }
        source.push_str(&line);
        source.push('\n');
    }
    source
}

/// Both, one behind the other.
fn with(first: &str, second: &str) -> String {
    format!("{first}{second}")
}

fn nested(head: &str, open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{head}\n{}{inner}\n{}", open.repeat(depth), close.repeat(depth))
}

fn flowcharts() -> Vec<String> {
    let chain = |at: usize| format!("n{at} --> n{}", at + 1);
    vec![
        full("flowchart TD", |at| format!("{at:x}")),
        full("flowchart LR", |at| format!("{at:x}[\"{}\"]", "word ".repeat(8))),
        with(
            &some(250, "flowchart TD", chain),
            &some(250, "", |_| "n0 --> n250".to_owned()),
        ),
        with(
            &some(250, "flowchart TD", chain),
            &some(250, "", |_| "n250 --> n0".to_owned()),
        ),
        some(500, "flowchart TD", |at| {
            format!("n{} --> n{}", at % 23, (at * 7) % 29)
        }),
        with(
            &some(500, "flowchart TD", |at| format!("n{at} --> m{at}")),
            &some(8_000, "", |at| format!("{at:x}")),
        ),
        with(
            &some(1_500, "flowchart TD", |at| format!("subgraph s{at}\na{at}\nend")),
            &some(499, "", |at| format!("s{at} --> s{}", at + 1)),
        ),
        with(
            &some(250, "flowchart TD", |at| format!("subgraph s{at}")),
            &some(250, "x --> y", |at| format!("end\nx --> s{at}")),
        ),
        some(9_000, "flowchart TD\nsubgraph s", |at| format!("{at:x}")) + "end",
        with(
            &format!(
                "flowchart TD\nclassDef a {}\n",
                "fill:#fff,stroke:#000,".repeat(300)
            ),
            &some(6_000, "", |at| format!("{at:x}:::a")),
        ),
        some(500, "flowchart TD", |at| {
            format!("a -->|{}| b{at}", "word ".repeat(18))
        }),
        some(500, "flowchart TD", |_| "a --> a".to_owned()),
        some(39, "flowchart TD", |at| {
            format!("subgraph s{at}\nend\nsubgraph s{at}")
        }) + &"end\n".repeat(39),
    ]
}

fn graphs() -> Vec<String> {
    vec![
        some(500, "stateDiagram-v2", |at| {
            format!("s{} --> s{}", at % 23, (at * 7) % 29)
        }),
        nested("stateDiagram-v2", "state s {\n", "a --> b", "}\n", 40),
        some(39, "stateDiagram-v2", |at| format!("state s{at} {{")) + "a --> b\n" + &"}\n".repeat(39),
        "stateDiagram-v2\nstate a {\nb\n}\nstate b {\na\n}".to_owned(),
        some(39, "stateDiagram-v2", |at| {
            format!("state s{at} {{\ns{0}\n--\ns{0}\n}}", at + 1)
        }),
        full("stateDiagram-v2", |at| format!("s{at} : word")),
        full("stateDiagram-v2\nstate s {", |at| format!("s{at}")) + "}",
        full("classDiagram", |at| format!("class A{at}")),
        full("classDiagram\nclass A {", |at| format!("+m{at}()")) + "}",
        some(500, "classDiagram", |at| {
            format!("A{} <|-- A{}", at % 23, (at * 7) % 29)
        }),
        full("classDiagram", |at| {
            format!("namespace N{at} {{\nclass A{at}\n}}")
        }),
        some(500, "erDiagram", |at| {
            format!("A{} ||--o{{ A{} : has", at % 23, (at * 7) % 29)
        }),
        full("erDiagram", |at| format!("A{at} {{\nint a\n}}")),
        some(500, "requirementDiagram", |at| {
            format!("requirement r{at} {{\nid: {at}\n}}")
        }),
        with(
            &some(40, "requirementDiagram", |at| {
                format!("element e{at} {{\ntype: a\n}}")
            }),
            &some(500, "", |at| {
                format!("e{} - satisfies -> e{}", at % 23, (at * 7) % 29)
            }),
        ),
        full("C4Context", |at| format!("Person(p{at}, \"word\")")),
        with(
            &some(500, "C4Context", |at| format!("System(p{at}, \"word\")")),
            &some(500, "", |at| format!("Rel(p{at}, p{}, \"uses\")", at * 7 % 500)),
        ),
        nested(
            "C4Context",
            "Boundary(b, \"b\") {\n",
            "Person(p, \"p\")",
            "}\n",
            40,
        ),
        full("block-beta\ncolumns 3", |at| format!("b{at}")),
        full("block-beta\ncolumns 4000", |at| format!("b{at}:4000")),
        nested("block-beta", "block\n", "a", "end\n", 39),
        nested("block-beta", "block\n", "a", "end\n", 6_000),
        full("architecture-beta", |at| format!("service s{at}(server)[w]")),
        with(
            &some(500, "architecture-beta", |at| format!("service s{at}(server)[w]")),
            &some(500, "", |at| format!("s0:R -- L:s{at}")),
        ),
        full("architecture-beta", |at| {
            format!("group g{}(cloud)[w] in g{at}", at + 1)
        }),
    ]
}

fn charts() -> Vec<String> {
    let list = |count: usize, of: &dyn Fn(usize) -> String| (0..count).map(of).collect::<Vec<_>>().join(",");
    vec![
        full("gantt\ndateFormat YYYY-MM-DD", |at| {
            format!("t{at} :2024-01-01, {}d", at % 900)
        }),
        full("gantt\nexcludes weekends", |at| format!("t{at} :1d")),
        full(
            "gantt\ndateFormat YYYY-MM-DD\ntickInterval 1day\na :2001-01-01, 90y",
            |at| format!("t{at} :after a, 0d"),
        ),
        full("pie", |at| format!("\"a{at}\" : 1")),
        full("quadrantChart", |at| format!("p{at}: [0.5, 0.5]")),
        format!("xychart-beta\nbar [{}]", list(4_000, &|at| at.to_string()))
            .chars()
            .take(8_000)
            .collect(),
        full("xychart-beta", |_| {
            format!("line [{}]", list(500, &|at| at.to_string()))
        }),
        "xychart-beta\nline [1e308, -1e308]".to_owned(),
        "xychart-beta\ny-axis 0 --> 1e-320\nline [1, 2]".to_owned(),
        full(
            &format!("radar-beta\naxis {}", list(900, &|at| format!("a{at}"))),
            |at| format!("curve c{at}{{{}}}", list(900, &|_| "1".to_owned())),
        ),
        "radar-beta\naxis a, b, c\ncurve c{1, 2, 3}\nticks 4096".to_owned(),
        full("journey", |at| format!("a{at}: 3: Me{at}")),
        full("timeline", |at| format!("{at} : event : event")),
        full("timeline", |at| format!("section s{at}")),
        some(500, "sankey-beta\n", |at| format!("a{at},a{},1", at + 1)),
        some(500, "sankey-beta\n", |at| format!("a{},b{},1", at % 23, at / 23)),
        some(500, "sankey-beta\n", |at| {
            format!("a{},a{},1", at % 23, (at * 7) % 29)
        }),
        full("kanban", |at| format!("  c{at}[word]\n    t{at}[word]")),
        full("treemap-beta", |at| format!("\"a{at}\": {}", at + 1)),
        some(300, "treemap-beta", |at| format!("{}\"a\"", " ".repeat(at))),
        full("packet-beta", |at| format!("{at}: \"a\"")),
        "packet-beta\n0-4000: \"a\"".to_owned(),
        format!(
            "---\nconfig:\n  packet:\n    bitsPerRow: 1\n---\npacket-beta\n0-4000: \"{}\"",
            "w".repeat(8_000)
        ),
        "---\nconfig:\n  packet:\n    bitsPerRow: 0\n---\npacket-beta\n0-40: \"a\"".to_owned(),
    ]
}

fn sequences() -> Vec<String> {
    vec![
        full("sequenceDiagram", |at| format!("participant a{at}")),
        full("sequenceDiagram", |at| format!("a{at}->>a{}: x", at + 1)),
        full("sequenceDiagram", |_| "a->>b: x".to_owned()),
        full("sequenceDiagram", |at| format!("a->>+b{at}: x")),
        nested("sequenceDiagram", "loop x\n", "a->>b: x", "end\n", 39),
        nested("sequenceDiagram", "loop x\n", "a->>b: x", "end\n", 5_000),
        nested("sequenceDiagram", "par x\nand y\n", "a->>b: x", "end\n", 1_000),
        with(
            &some(1_000, "sequenceDiagram", |at| format!("participant a{at}")),
            &full("", |_| "Note over a0,a999: word".to_owned()),
        ),
        full("zenuml", |at| format!("A.m{at}()")),
        nested("zenuml", "A.m() {\n", "B.x()", "}\n", 40),
        nested("zenuml", "A.m() { ", "B.x()", " }\n", 2_000),
        full("gitGraph", |_| "commit".to_owned()),
        full("gitGraph\ncommit", |at| format!("branch b{at}\ncommit")),
        full("gitGraph\ncommit\nbranch b", |_| {
            "commit\ncheckout main\nmerge b\ncheckout b".to_owned()
        }),
        some(2_000, "mindmap", |at| format!("{}a{at}", " ".repeat(at % 30))),
        some(1_990, "mindmap\n a", |at| format!("  b{at}")),
        some(340, "mindmap", |at| format!("{}a", " ".repeat(at))),
    ]
}

/// Whether the work on a source ends, of which nobody may be told in time on a busy machine: there are four threads, and another
/// diagram is drawn when one of them is free.
fn ends(source: &str) -> bool {
    for _ in 0..4 {
        if !mermaid(source, 1).is_err_and(|trouble| trouble.is_passing) {
            return true;
        }
    }
    (0..20).any(|_| mermaid("pie\n\"a\" : 1", 1).is_ok())
}

#[test]
fn the_largest_of_each_kind_ends() {
    let all = [flowcharts(), graphs(), charts(), sequences()].concat();
    for source in all {
        let head: String = source.chars().take(70).collect();
        assert!(ends(&source), "{head}");
    }
}

#[test]
fn groups_in_groups_without_an_end_are_refused() {
    let itself = mermaid("stateDiagram-v2\nstate a {\nb --> c\n}\nstate b {\na --> d\n}", 1).unwrap_err();
    assert!(itself.reason.contains("in themselves"), "{itself}");
    let twice = some(39, "stateDiagram-v2", |at| {
        format!("state s{at} {{\ns{0}\n--\ns{0}\n}}", at + 1)
    });
    let twice = mermaid(&twice, 1).unwrap_err();
    assert!(twice.reason.contains("too much"), "{twice}");
    let named = "flowchart TD\nloop --> box\nbox --> block\nsubgraph a\nsubgraph b\nend\nend\n".to_owned()
        + &"box --> loop\n".repeat(60);
    assert!(mermaid(&named, 1).is_ok());
}
