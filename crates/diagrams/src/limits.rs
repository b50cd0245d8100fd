//! What of a diagram is too much to be drawn. A short source can ask for endless work: a number says how often something is repeated, and lists
//! of nodes are joined each with each. It is refused before the library begins, because work on a thread cannot be stopped.

mod gantt;
mod groups;

use mermaid_svg::Diagram;
use mermaid_svg::ast::{CompositeState, Subgraph};

use crate::Trouble;

/// Longest source, in bytes. Mermaid itself draws none with more than 50,000 characters.
const MAX_BYTES: usize = 64 << 10;
/// Longest line, in bytes. What is said once can be repeated for each node, such as a style.
const MAX_LINE: usize = 8 << 10;
/// Most edges. It is Mermaid's own number.
const MAX_EDGES: usize = 500;
/// Most edges that lists joined with `&` can ask for before the source is read, over all lines. It is more than are drawn, because
/// `&` in a label asks for none.
const MAX_JOINED: usize = 40_000;
/// Most nodes of a mind map.
const MAX_NODES: usize = 2_000;
/// Largest number that says how often something is repeated.
const MAX_REPEATED: u64 = 4_096;

/// Checks a source before it is read.
pub(crate) fn source(source: &str) -> Result<(), Trouble> {
    if source.len() > MAX_BYTES {
        return Err(Trouble::of(format!(
            "the source has {} bytes, and at most {MAX_BYTES} are drawn; split the diagram",
            source.len()
        )));
    }
    let openers = openers(source);
    let (mut depth, mut joined) = (0_usize, 0_usize);
    for (at, line) in source.lines().enumerate() {
        joined = joined.saturating_add(most_joined(line));
        if line.len() > MAX_LINE {
            let reason = format!(
                "the line has {} bytes, and at most {MAX_LINE} are drawn",
                line.len()
            );
            return Err(Trouble::in_line(at + 1, reason));
        }
        if joined > MAX_JOINED {
            let reason =
                format!("lists joined with `&` ask for too many edges, and at most {MAX_EDGES} are drawn");
            return Err(Trouble::in_line(at + 1, reason));
        }
        depth = depth_behind(line, depth, &openers);
        if depth > groups::MAX_DEPTH {
            let reason = format!("blocks are nested more than {} deep", groups::MAX_DEPTH);
            return Err(Trouble::in_line(at + 1, reason));
        }
    }
    Ok(())
}

/// Words that open a block up to `end`, by how a line begins that says the kind of diagram.
const OPENERS: [(&str, &[&str]); 4] = [
    ("graph", &["subgraph"]),
    ("flowchart", &["subgraph"]),
    ("block", &["block"]),
    (
        "sequence",
        &["loop", "alt", "opt", "par", "critical", "break", "rect", "box"],
    ),
];
/// The kind whose blocks in braces may stand in one line.
const BRACES: &str = "zenuml";

/// The words that open blocks in a source.
fn openers(source: &str) -> Vec<&'static str> {
    let begins = |head: &str| source.lines().any(|line| line.trim_start().starts_with(head));
    let known = OPENERS.into_iter().filter(|(head, _)| begins(head));
    let words = known.flat_map(|(_, words)| words.iter().copied());
    words.chain(begins(BRACES).then_some(BRACES)).collect()
}

/// How many blocks are open behind a line.
fn depth_behind(line: &str, depth: usize, openers: &[&str]) -> usize {
    let line = line.trim();
    if openers.contains(&BRACES) {
        let count = |brace: char| line.matches(brace).count();
        return (depth + count('{')).saturating_sub(count('}'));
    }
    let word = line
        .split(|one: char| !one.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let is_head = line.starts_with("block-");
    if line.ends_with('{') || (openers.contains(&word) && !is_head) {
        depth + 1
    } else if line == "}" || line == "end" {
        depth.saturating_sub(1)
    } else {
        depth
    }
}

/// The most edges that the signs `&` of a line can ask for, wherever in it they and the arrows stand: each half of them in one list, and
/// all of one list joined with all of the other.
fn most_joined(line: &str) -> usize {
    let signs = line.bytes().filter(|byte| *byte == b'&').count();
    if signs == 0 {
        0
    } else {
        (signs / 2 + 1).pow(2) + signs
    }
}

/// Checks a diagram that was read, before it is drawn.
pub(crate) fn diagram(diagram: &Diagram, source: &str) -> Result<(), Trouble> {
    match diagram {
        Diagram::Flowchart(flowchart) => {
            at_most(flowchart.edges.len(), MAX_EDGES, "edges")?;
            groups::check(flowchart.subgraphs.iter().map(subgraph).collect())
        }
        Diagram::State(state) => {
            at_most(state.transitions.len(), MAX_EDGES, "transitions")?;
            groups::check(state.composites.iter().map(composite).collect())
        }
        Diagram::Class(classes) => at_most(classes.relations.len(), MAX_EDGES, "relations"),
        Diagram::Er(er) => at_most(er.relations.len(), MAX_EDGES, "relations"),
        Diagram::Requirement(all) => at_most(all.relations.len(), MAX_EDGES, "relations"),
        Diagram::C4(c4) => at_most(c4.relations.len(), MAX_EDGES, "relations"),
        Diagram::Architecture(all) => at_most(all.edges.len(), MAX_EDGES, "edges"),
        Diagram::Sankey(sankey) => at_most(sankey.links.len(), MAX_EDGES, "links"),
        Diagram::Packet(_) | Diagram::Block(_) => numbers(source, &|_| true),
        Diagram::Radar(_) => numbers(source, &|line| line.trim_start().starts_with("ticks")),
        Diagram::Mindmap(_) => at_most(source.lines().count(), MAX_NODES, "nodes"),
        Diagram::Gantt(chart) => gantt::check(chart, source),
        _ => Ok(()),
    }
}

fn subgraph(group: &Subgraph) -> groups::Group<'_> {
    let inner = group.child_subgraph_ids.iter().map(String::as_str);
    (&group.id, group.node_ids.len(), inner.collect())
}

fn composite(group: &CompositeState) -> groups::Group<'_> {
    let inner: Vec<&str> = group.regions.iter().flatten().map(String::as_str).collect();
    (&group.id, inner.len(), inner)
}

fn at_most(count: usize, most: usize, what: &str) -> Result<(), Trouble> {
    if count <= most {
        return Ok(());
    }
    Err(Trouble::of(format!(
        "the diagram has {count} {what}, and at most {most} are drawn; split it"
    )))
}

/// Refuses numbers that are too large, in lines of a kind.
fn numbers(source: &str, is_checked: &dyn Fn(&str) -> bool) -> Result<(), Trouble> {
    for (at, line) in source.lines().enumerate().filter(|(_, line)| is_checked(line)) {
        let large = line.split(|one: char| !one.is_ascii_digit()).find(|digits| {
            digits.len() > 18 || digits.parse::<u64>().is_ok_and(|number| number > MAX_REPEATED)
        });
        if let Some(large) = large {
            let reason = format!("the number is larger than {MAX_REPEATED}, the largest that is drawn");
            return Err(Trouble {
                column: line.find(large).map(|byte| line[..byte].chars().count() + 1),
                ..Trouble::in_line(at + 1, reason)
            });
        }
    }
    Ok(())
}
