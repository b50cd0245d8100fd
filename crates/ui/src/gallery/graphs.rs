//! Samples of graphs.

use std::time::Duration;

use super::Sample;
use crate::{Flow, Graph, GraphEdge, GraphNode, graph_view, layout};

/// More than any of these takes on a busy machine.
const BUDGET: Duration = Duration::from_secs(20);

pub(super) fn samples() -> Vec<Sample> {
    vec![
        drawn("Graph", &surroundings(Flow::Right)),
        drawn("Graph, downwards", &surroundings(Flow::Down)),
        drawn("Graph of one", &alone()),
    ]
}

fn drawn(name: &'static str, graph: &Graph) -> Sample {
    let layout = layout(graph, BUDGET).expect("a small graph is laid out in time");
    Sample::new(name, graph_view(graph, &layout, "What surrounds talentmesh-api."))
}

/// A node of every sort: root, usual, long, stack, missing; a circle, and two words on one arrow.
fn surroundings(flow: Flow) -> Graph {
    let node = |label: &str, kind: &str| GraphNode {
        label: label.to_owned(),
        title: format!("{label}, {kind}"),
        kind: kind.to_owned(),
        href: "/catalog".to_owned(),
        ..GraphNode::default()
    };
    let edge = |from, to, label: &str| GraphEdge {
        from,
        to,
        label: label.to_owned(),
    };
    Graph {
        nodes: vec![
            GraphNode {
                is_root: true,
                ..node("talentmesh-api", "Component")
            },
            node("Platform Team", "Group"),
            node("a-database-with-a-name-that-nobody-can-read-at-once", "Resource"),
            GraphNode {
                is_stack: true,
                ..node("12 × API", "API")
            },
            GraphNode {
                is_missing: true,
                ..node("valkey-cache", "Resource")
            },
            node("TalentMesh", "System"),
        ],
        edges: vec![
            edge(1, 0, "owns"),
            edge(0, 2, "depends on"),
            edge(0, 3, "provides, consumes"),
            edge(0, 4, "depends on"),
            edge(5, 0, "has part"),
            edge(2, 0, "depends on"),
        ],
        flow,
    }
}

fn alone() -> Graph {
    let mut graph = surroundings(Flow::Right);
    graph.nodes.truncate(1);
    graph.edges.clear();
    graph
}
