//! Places for nodes and ways for arrows, by dagre's algorithm, within a time budget.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use dugong::graphlib::{self, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, LayoutError, NodeLabel, RankDir, WorkControl, WorkError};

use super::{Flow, Graph, GraphEdge, GraphNode, extent};

/// Height of every node.
pub(super) const NODE_HEIGHT: f64 = 32.0;
/// Room in a node beside its text: icon and padding.
pub(super) const NODE_PADDING: f64 = 44.0;
/// Widest text in a node.
pub(super) const MAX_TEXT: f64 = 190.0;
/// Height of a word on an arrow.
pub(super) const EDGE_LABEL_HEIGHT: f64 = 16.0;
/// Most pieces of arrows that are laid out. So many take about half a second, twice as many may take
/// ten: measured on trees, stars, chains, layers, hubs and random graphs of 500 nodes.
const MAX_PIECES: usize = 6_000;
/// Free space around the graph.
const MARGIN: f64 = 16.0;

/// Where everything stands, in pixels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    /// Width of the whole.
    pub width: f64,
    /// Height of the whole.
    pub height: f64,
    /// Centre and width of each node, in the order of the graph.
    pub nodes: Vec<(f64, f64, f64)>,
    /// Way of each arrow, in the order of the graph.
    pub edges: Vec<Way>,
}

/// The way of an arrow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Way {
    /// Points from border to border.
    pub points: Vec<(f64, f64)>,
    /// Centre of the word on it.
    pub label: Option<(f64, f64)>,
}

/// The graph is too entangled to be laid out in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the graph is too large to be drawn in time")]
pub struct LayoutRefused;

/// Gives up when the time is over; asked between steps of the layout.
struct Deadline(Instant);

impl WorkControl for Deadline {
    fn charge(&mut self, _units: usize) -> Result<(), WorkError> {
        if Instant::now() < self.0 {
            Ok(())
        } else {
            Err(WorkError::Interrupted)
        }
    }
}

/// Lays a graph out, at most for `budget`. Takes milliseconds for a hundred nodes: call it off the
/// threads that serve requests.
///
/// A graph too entangled for that is placed by its shortest ways alone; the other arrows then lead
/// straight from node to node.
pub fn layout(graph: &Graph, budget: Duration) -> Result<Layout, LayoutRefused> {
    if graph.is_star() || extent::pieces(graph) > MAX_PIECES {
        return attempt(graph, &shortest_ways(graph), budget);
    }
    let everything: Vec<usize> = (0..graph.edges.len()).collect();
    attempt(graph, &everything, budget.mul_f64(0.6))
        .or_else(|_| attempt(graph, &shortest_ways(graph), budget.mul_f64(0.4)))
}

/// Indices of the edges that first lead to a node, walking from the roots and then from any node left.
fn shortest_ways(graph: &Graph) -> Vec<usize> {
    let mut touching: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
    for (index, edge) in graph.edges.iter().enumerate() {
        touching[edge.from].push(index);
        touching[edge.to].push(index);
    }
    let mut seen = vec![false; graph.nodes.len()];
    let mut found = Vec::new();
    let roots = (0..graph.nodes.len()).filter(|index| graph.nodes[*index].is_root);
    for start in roots.chain(0..graph.nodes.len()) {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut reached = VecDeque::from([start]);
        while let Some(at) = reached.pop_front() {
            for index in &touching[at] {
                let edge = &graph.edges[*index];
                let other = if edge.from == at { edge.to } else { edge.from };
                if !std::mem::replace(&mut seen[other], true) {
                    found.push(*index);
                    reached.push_back(other);
                }
            }
        }
    }
    found
}

/// Lays out with these edges only.
fn attempt(graph: &Graph, edges: &[usize], budget: Duration) -> Result<Layout, LayoutRefused> {
    let mut work = prepared(graph, edges);
    match dugong::layout_controlled(&mut work, &mut Deadline(Instant::now() + budget)) {
        Ok(()) => Ok(read(graph, &work)),
        Err(LayoutError::Work(_)) => Err(LayoutRefused),
        Err(error) => {
            debug_assert!(false, "{error}");
            Err(LayoutRefused)
        }
    }
}

type Work = graphlib::Graph<NodeLabel, EdgeLabel, GraphLabel>;

fn prepared(graph: &Graph, edges: &[usize]) -> Work {
    let mut work = Work::new(GraphOptions {
        directed: true,
        multigraph: true,
        compound: false,
    });
    work.set_graph(GraphLabel {
        rankdir: match graph.flow {
            Flow::Right => RankDir::LR,
            Flow::Down => RankDir::TB,
            Flow::Left => RankDir::RL,
            Flow::Up => RankDir::BT,
        },
        nodesep: 14.0,
        edgesep: 10.0,
        ranksep: if graph.edges.iter().any(|edge| graph.shows_word(edge)) {
            34.0
        } else {
            64.0
        },
        marginx: MARGIN,
        marginy: MARGIN,
        ..GraphLabel::default()
    });
    for (index, node) in graph.nodes.iter().enumerate() {
        let label = NodeLabel {
            width: width(node),
            height: NODE_HEIGHT,
            ..NodeLabel::default()
        };
        work.set_node(index.to_string(), label);
    }
    for index in edges {
        let edge = &graph.edges[*index];
        let (width, height) = if graph.shows_word(edge) {
            (edge_label_width(&edge.label), EDGE_LABEL_HEIGHT)
        } else {
            (0.0, 0.0)
        };
        let label = EdgeLabel {
            width,
            height,
            weight: 1.0,
            ..EdgeLabel::default()
        };
        work.set_edge_named(
            edge.from.to_string(),
            edge.to.to_string(),
            Some(index.to_string()),
            Some(label),
        );
    }
    work
}

fn read(graph: &Graph, work: &Work) -> Layout {
    let place = |(index, node): (usize, &GraphNode)| {
        let label = work.node(&index.to_string());
        let at = |value: Option<f64>| value.unwrap_or_default();
        label.map_or((0.0, 0.0, width(node)), |label| {
            (at(label.x), at(label.y), label.width)
        })
    };
    let edges = graph.edges.iter().enumerate().map(|(index, edge)| {
        let name = index.to_string();
        let label = work.edge(&edge.from.to_string(), &edge.to.to_string(), Some(&name));
        // An edge that was left out leads straight.
        let straight = || Way {
            points: vec![(0.0, 0.0); 2],
            label: None,
        };
        label.map_or_else(straight, |label| Way {
            points: label.points.iter().map(|point| (point.x, point.y)).collect(),
            label: label.x.zip(label.y),
        })
    });
    let nodes: Vec<(f64, f64, f64)> = graph.nodes.iter().enumerate().map(place).collect();
    let docked = |(edge, way): (&GraphEdge, Way)| docked(way, nodes[edge.from], nodes[edge.to], graph.flow);
    let edges = graph.edges.iter().zip(edges).map(docked).collect();
    Layout {
        width: work.graph().width.max(2.0 * MARGIN),
        height: work.graph().height.max(2.0 * MARGIN),
        nodes,
        edges,
    }
}

/// The way from the middle of one side to the middle of another, where dagre takes the nearest point
/// of the border. Arrows against the flow leave and arrive at the opposite sides.
fn docked(mut way: Way, from: (f64, f64, f64), to: (f64, f64, f64), flow: Flow) -> Way {
    let side = |(x, y, width): (f64, f64, f64), sign: f64| {
        if flow.is_horizontal() {
            (x + sign * width / 2.0, y)
        } else {
            (x, y + sign * NODE_HEIGHT / 2.0)
        }
    };
    let along = if flow.is_horizontal() {
        to.0 - from.0
    } else {
        to.1 - from.1
    };
    let count = way.points.len();
    let is_straight = way.points == [(0.0, 0.0); 2];
    if count >= 2 && (along.abs() > 1.0 || is_straight) {
        let along = if along.abs() > 1.0 { along } else { 1.0 };
        way.points[0] = side(from, along.signum());
        way.points[count - 1] = side(to, -along.signum());
    }
    way
}

fn width(node: &GraphNode) -> f64 {
    text_width(&node.label).min(MAX_TEXT) + NODE_PADDING
}

pub(super) fn edge_label_width(text: &str) -> f64 {
    text_width(text) * 0.85 + 8.0
}

/// Width of a text at 13 pixels, estimated: the server has no fonts. Rather too wide than cut.
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().map(character_width).sum()
}

pub(super) fn character_width(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' | '!' => 4.2,
        'f' | 't' | 'r' | '-' | ' ' | '(' | ')' | '/' => 5.4,
        'm' | 'w' | 'M' | 'W' => 12.4,
        c if c.is_ascii_uppercase() || c == '_' => 9.2,
        c if c.is_ascii() => 8.2,
        c if u32::from(c) >= 0x1100 => 14.0,
        _ => 8.6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph whose node `n` leads to `n / 2`, a tree of any size.
    fn tree(size: usize, flow: Flow) -> Graph {
        let node = |number| GraphNode {
            label: format!("service-{number}"),
            ..GraphNode::default()
        };
        let edge = |to: usize| GraphEdge {
            from: to / 2,
            to,
            label: "depends on".to_owned(),
        };
        Graph {
            nodes: (0..size).map(node).collect(),
            edges: (1..size).map(edge).collect(),
            flow,
        }
    }

    #[test]
    fn nodes_do_not_overlap_and_arrows_lead_along_the_flow() {
        for (flow, ..) in Flow::ALL {
            let graph = tree(40, flow);
            let layout = layout(&graph, Duration::from_secs(20)).unwrap();
            for (index, left) in layout.nodes.iter().enumerate() {
                for right in &layout.nodes[index + 1..] {
                    let apart = (left.0 - right.0).abs() >= f64::midpoint(left.2, right.2)
                        || (left.1 - right.1).abs() >= NODE_HEIGHT;
                    assert!(apart, "{flow:?}: {left:?} and {right:?}");
                }
            }
            for edge in &graph.edges {
                let (from, to) = (layout.nodes[edge.from], layout.nodes[edge.to]);
                let along = match flow {
                    Flow::Right => to.0 - from.0,
                    Flow::Left => from.0 - to.0,
                    Flow::Down => to.1 - from.1,
                    Flow::Up => from.1 - to.1,
                };
                assert!(along > 0.0, "{flow:?}: {edge:?}");
            }
        }
    }

    #[test]
    fn circles_loops_doubles_and_nothing_are_laid_out() {
        let edge = |from, to| GraphEdge {
            from,
            to,
            label: "depends on".to_owned(),
        };
        let mut graph = tree(3, Flow::Right);
        graph.edges = vec![edge(0, 1), edge(1, 2), edge(2, 0), edge(1, 1), edge(0, 1)];
        let layout_of = |graph: &Graph| layout(graph, Duration::from_secs(20)).unwrap();
        assert!(layout_of(&graph).edges.iter().all(|way| way.points.len() >= 2));
        assert_eq!(layout_of(&Graph::default()).nodes.len(), 0);
        assert!(layout_of(&tree(1, Flow::Down)).width > NODE_PADDING);
    }

    #[test]
    fn an_entangled_graph_is_placed_by_its_shortest_ways() {
        let mut graph = tree(6, Flow::Right);
        graph.nodes[0].is_root = true;
        let edge = |from, to| GraphEdge {
            from,
            to,
            label: "depends on".to_owned(),
        };
        graph.edges.extend([edge(0, 5), edge(5, 3), edge(4, 0)]);
        // 0-1 and 0-5, 0-4 are first; 1-2 and 1-3 next. What is left closes circles.
        let ways = shortest_ways(&graph);
        assert_eq!(ways.len(), graph.nodes.len() - 1);
        let layout = attempt(&graph, &ways, Duration::from_secs(20)).unwrap();
        for (index, way) in layout.edges.iter().enumerate() {
            let edge = &graph.edges[index];
            let near = |point: (f64, f64), node: usize| {
                let place = layout.nodes[node];
                (point.0 - place.0).abs() <= place.2 / 2.0 + 1.0 && (point.1 - place.1).abs() <= NODE_HEIGHT
            };
            assert!(near(way.points[0], edge.from), "{index}: {way:?}");
            assert!(
                near(way.points[way.points.len() - 1], edge.to),
                "{index}: {way:?}"
            );
        }
    }

    #[test]
    fn a_graph_with_too_many_pieces_is_not_even_tried() {
        // A chain, and its first node leads to every other: 200² / 2 pieces.
        let mut graph = tree(200, Flow::Right);
        let edge = |from, to| GraphEdge {
            from,
            to,
            label: "depends on".to_owned(),
        };
        graph.nodes[0].is_root = true;
        graph.edges = (1..200).flat_map(|to| [edge(to - 1, to), edge(0, to)]).collect();
        assert!(extent::pieces(&graph) > MAX_PIECES);
        let layout = layout(&graph, Duration::from_secs(20)).unwrap();
        // All stand beside the first one, so no arrow has more than its two ends.
        assert!(layout.edges.iter().all(|way| way.points.len() <= 3));
        assert!(layout.width < 1_000.0, "{}", layout.width);
    }

    #[test]
    fn a_layout_that_takes_too_long_is_given_up() {
        assert_eq!(
            layout(&tree(200, Flow::Right), Duration::ZERO),
            Err(LayoutRefused)
        );
    }
}
