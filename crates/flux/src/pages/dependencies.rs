//! The graph of sources, appliers and what they wait for, in which what blocks is marked.

use std::time::Duration;

use maud::{Markup, html};
use ui::{Card, Flow, Graph, GraphEdge, GraphNode, Layout, Tone, graph_view, href};

use super::scene::Scene;
use super::tables::anchor;
use super::view::look;
use crate::engine::Display;
use crate::engine::dependencies::{Dependencies, Node};

/// Time for placing the nodes.
const LAYOUT_TIME: Duration = Duration::from_millis(60);
/// Nodes with which the graph is drawn; a larger one says less than the table.
const MOST: usize = 60;

/// A graph with the places of its nodes.
pub(crate) struct Drawing {
    pub graph: Graph,
    pub layout: Layout,
}

/// Draws the graph, if there is more in it than one applier with its source. Takes milliseconds.
pub(crate) fn draw(dependencies: &Dependencies) -> Option<Drawing> {
    let Dependencies { nodes, arrows } = dependencies;
    let has_chain = arrows.iter().any(|arrow| !arrow.is_source);
    if nodes.len() > MOST || (nodes.len() < 3 && !has_chain) {
        return None;
    }
    let graph = Graph {
        nodes: nodes.iter().map(node).collect(),
        edges: arrows
            .iter()
            .filter(|arrow| arrow.from != arrow.to)
            .map(|arrow| GraphEdge {
                from: arrow.from,
                to: arrow.to,
                label: if arrow.is_source { "applied by" } else { "before" }.to_owned(),
            })
            .collect(),
        flow: Flow::Right,
    };
    let layout = ui::layout(&graph, LAYOUT_TIME).ok()?;
    Some(Drawing { graph, layout })
}

fn node(node: &Node) -> GraphNode {
    let words = words(node);
    let full_name = format!("{}/{}", node.namespace, node.name);
    let (tone, icon) = match &node.state {
        Some(state) => look(state.display),
        None => (Tone::Red, Some("problem")),
    };
    let is_shown = node.is_own || crate::engine::kinds::source(&node.kind).is_some();
    GraphNode {
        label: node.name.clone(),
        title: format!("{} {full_name}: {words}", node.kind),
        kind: node.kind.clone(),
        href: if is_shown {
            format!(
                "#{}",
                anchor(&node.cluster, &node.kind, &node.namespace, &node.name)
            )
        } else {
            href::with_query(
                "/flux",
                [("name", node.name.as_str()), ("kind", node.kind.as_str())],
            )
        },
        is_missing: node.state.is_none(),
        look: Some((tone, icon.unwrap_or("circle"))),
        is_marked: node.is_blocking,
        ..GraphNode::default()
    }
}

/// How a node is, in words.
fn words(node: &Node) -> String {
    let state = node
        .state
        .as_ref()
        .map_or("not there", |state| state.display.word());
    let mut text = state.to_owned();
    if node.is_in_circle {
        text.push_str(", in a circle: it waits for itself");
    } else if node.is_blocking {
        text.push_str(", others wait because of it");
    }
    text
}

/// The card of the graph, with what blocks in words, too.
pub(crate) fn card(scene: &Scene) -> Markup {
    let Some(drawing) = &scene.drawing else {
        return Markup::default();
    };
    let blocking: Vec<&Node> = scene
        .dependencies
        .nodes
        .iter()
        .filter(|node| node.is_blocking)
        .collect();
    let waiting = |node: &&Node| {
        node.state
            .as_ref()
            .is_some_and(|state| state.display == Display::Waiting)
    };
    let count = scene.dependencies.nodes.iter().filter(waiting).count();
    ui::card(
        Card {
            title: "Dependencies",
            flush: true,
            ..Card::default()
        },
        html! {
            @if !blocking.is_empty() {
                p.flux-graph-note {
                    @if count > 0 { (count) " wait. " }
                    "To look at: "
                    @for (at, node) in blocking.iter().enumerate() {
                        @if at > 0 { ", " }
                        code { (node.namespace) "/" (node.name) } " (" (words(node)) ")"
                    }
                }
            }
            (graph_view(&drawing.graph, &drawing.layout, "Sources, what applies them, and what waits for what."))
        },
    )
}
