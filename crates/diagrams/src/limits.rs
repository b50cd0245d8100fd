//! What of a diagram is too much to be drawn. A short source can ask for endless work: a number says how often something is repeated, and lists
//! of nodes are joined each with each. It is refused before the library begins.

use mermaid_svg::{Diagram, ast};

use crate::Trouble;

/// Longest source, in bytes. Mermaid itself draws none with more than 50,000 characters.
const MAX_BYTES: usize = 64 << 10;
/// Most edges. Mermaid itself draws 500 unless it is told otherwise.
const MAX_EDGES: usize = 2_000;
/// Deepest nesting in braces.
const MAX_NESTING: usize = 40;
/// Largest number that says how often something is repeated.
const MAX_REPEATED: u64 = 4_096;
/// Years that a Gantt chart may span.
const MAX_YEARS: u64 = 100;

/// Checks a source before it is read.
pub(crate) fn source(source: &str) -> Result<(), Trouble> {
    if source.len() > MAX_BYTES {
        return Err(Trouble::of(format!(
            "the source has {} bytes, and at most {MAX_BYTES} are drawn; split the diagram",
            source.len()
        )));
    }
    let mut depth = 0_usize;
    for (at, line) in source.lines().enumerate() {
        if line.trim_end().ends_with('{') {
            depth += 1;
        } else if line.trim() == "}" {
            depth = depth.saturating_sub(1);
        }
        if depth > MAX_NESTING {
            return Err(Trouble {
                line: Some(at + 1),
                column: None,
                reason: format!("blocks are nested more than {MAX_NESTING} deep"),
            });
        }
    }
    Ok(())
}

/// Checks a diagram that was read, before it is drawn.
pub(crate) fn diagram(diagram: &Diagram, source: &str) -> Result<(), Trouble> {
    match diagram {
        Diagram::Flowchart(flowchart) => at_most(flowchart.edges.len(), MAX_EDGES, "edges"),
        Diagram::State(state) => at_most(state.transitions.len(), MAX_EDGES, "transitions"),
        Diagram::Packet(_) | Diagram::Block(_) => numbers(source, &|_| true),
        Diagram::Radar(_) => numbers(source, &|line| line.trim_start().starts_with("ticks")),
        Diagram::Mindmap(_) => at_most(source.lines().count(), MAX_EDGES, "nodes"),
        Diagram::Gantt(gantt) => years(gantt, source),
        _ => Ok(()),
    }
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
            return Err(Trouble {
                line: Some(at + 1),
                column: line.find(large).map(|byte| line[..byte].chars().count() + 1),
                reason: format!("the number is larger than {MAX_REPEATED}, the largest that is drawn"),
            });
        }
    }
    Ok(())
}

/// Refuses charts over more than a life: a mark is drawn for each day of them.
fn years(_: &ast::GanttDiagram, source: &str) -> Result<(), Trouble> {
    let refused = |at: usize| Trouble {
        line: Some(at + 1),
        column: None,
        reason: format!("the chart spans more than {MAX_YEARS} years, the longest that is drawn"),
    };
    let mut seen: Option<(u64, u64)> = None;
    for (at, line) in source.lines().enumerate() {
        for word in line.split([' ', ',', ':', '\t']) {
            let digits = word.bytes().take_while(u8::is_ascii_digit).count();
            let Ok(number) = word[..digits].parse::<u64>() else {
                if digits > 0 {
                    return Err(refused(at));
                }
                continue;
            };
            let unit = &word[digits..];
            let days = match unit {
                "y" => 366,
                "M" => 31,
                "w" => 7,
                "d" => 1,
                _ => 0,
            };
            if number.saturating_mul(days) > MAX_YEARS * 366 {
                return Err(refused(at));
            }
            if digits == 4 && unit.starts_with(['-', '/', '.']) {
                let (least, most) = seen.map_or((number, number), |(least, most)| {
                    (least.min(number), most.max(number))
                });
                seen = Some((least, most));
                if most - least > MAX_YEARS {
                    return Err(refused(at));
                }
            }
        }
    }
    Ok(())
}
