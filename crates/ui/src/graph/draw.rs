//! A laid out graph as SVG inside a frame that scrolls.

use std::fmt::Write;

use maud::{Markup, html};

use super::layout::{
    EDGE_LABEL_HEIGHT, MAX_TEXT, NODE_HEIGHT, Way, character_width, edge_label_width, text_width,
};
use super::{Graph, GraphEdge, GraphNode, Layout};
use crate::components::badge::kind_tone;
use crate::icon::{icon, kind_icon};

/// A graph at its natural size; the frame scrolls when it is larger. `label` says what it shows.
pub fn graph_view(graph: &Graph, layout: &Layout, label: &str) -> Markup {
    let (width, height) = (layout.width.ceil(), layout.height.ceil());
    let is_star = graph.is_star();
    html! {
        div.graph.js-graph.is-crowded[graph.is_crowded()] {
            div.graph-scroll tabindex="0" role="region" aria-label=(label) {
                svg.graph-canvas viewBox=(format_args!("0 0 {width} {height}")) width=(width) height=(height) {
                    defs {
                        marker #graph-arrow viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse" {
                            path.graph-arrow d="M0 .8 7 4 0 7.2z" {}
                        }
                    }
                    g aria-hidden="true" {
                        // Behind, so that those of the root are seen among many.
                        @for is_near in [false, true] {
                            @for (edge, way) in graph.edges.iter().zip(&layout.edges).filter(|(edge, _)| touches_root(graph, edge) == is_near) { (arrow(graph, edge, way, is_star)) }
                        }
                    }
                    @for (node, place) in graph.nodes.iter().zip(&layout.nodes) { (self::node(node, *place)) }
                }
            }
            (legend(graph))
            div.graph-tools hidden {
                @for (action, name, title) in TOOLS {
                    button.icon-button type="button" data-graph=(action) title=(title) aria-label=(title) { (icon(name)) }
                }
            }
        }
    }
}

const TOOLS: [(&str, &str, &str); 4] = [
    ("in", "plus", "Zoom in"),
    ("out", "minus", "Zoom out"),
    ("fit", "fit", "Fit into the frame"),
    ("full", "full-screen", "Full screen"),
];

/// Kinds of arrows named where the words are not on the arrows.
const LEGEND: usize = 6;

/// What the arrows without a word mean.
fn legend(graph: &Graph) -> Markup {
    let words = graph.words();
    let has_words = graph.edges.iter().any(|edge| graph.shows_word(edge));
    html! {
        @if has_words {
            @if let Some(word) = graph.usual_word() { p.graph-legend { "Arrows without a word: " (word) } }
        } @else if let [(word, _)] = words.as_slice() {
            p.graph-legend { "All arrows: " (word) }
        } @else if !words.is_empty() {
            p.graph-legend {
                "Arrows: "
                @for (at, (word, count)) in words.iter().take(LEGEND).enumerate() { @if at > 0 { ", " } (word) " (" (count) ")" }
                @if words.len() > LEGEND { ", and others" }
            }
        }
    }
}

fn touches_root(graph: &Graph, edge: &GraphEdge) -> bool {
    graph.nodes[edge.from].is_root || graph.nodes[edge.to].is_root
}

fn arrow(graph: &Graph, edge: &GraphEdge, way: &Way, is_star: bool) -> Markup {
    let words = way.label.filter(|_| graph.shows_word(edge));
    // The script brings out those of the node one looks at.
    let ends = graph.is_crowded().then(|| format!("{} {}", edge.from, edge.to));
    html! {
        @if way.points.len() >= 2 {
            g.graph-edge.is-near[touches_root(graph, edge)] data-ends=[ends] {
                path d=(line(graph, edge, way, is_star)) marker-end="url(#graph-arrow)" { title { (edge.label) } }
                @if let Some((x, y)) = words {
                    @let width = edge_label_width(&edge.label);
                    rect x=(rounded(x - width / 2.0)) y=(rounded(y - EDGE_LABEL_HEIGHT / 2.0)) width=(rounded(width)) height=(EDGE_LABEL_HEIGHT) rx="4" {}
                    text x=(rounded(x)) y=(rounded(y + 3.5)) text-anchor="middle" { (edge.label) }
                }
            }
        }
    }
}

fn line(graph: &Graph, edge: &GraphEdge, way: &Way, is_star: bool) -> String {
    let is_horizontal = graph.flow.is_horizontal();
    match way.points.as_slice() {
        [from, .., to] if is_star && touches_root(graph, edge) => {
            let end_at_root = if graph.nodes[edge.from].is_root {
                *from
            } else {
                *to
            };
            branch(*from, *to, end_at_root, is_horizontal)
        }
        points => curve(points, is_horizontal),
    }
}

/// Distance from the root at which the arrows of a star branch off.
const BRANCHING: f64 = 24.0;

/// A line along a trunk that all arrows of a star have in common: hundreds of curves would be a solid bar.
fn branch(from: (f64, f64), to: (f64, f64), root: (f64, f64), horizontal: bool) -> String {
    let along = |(x, y): (f64, f64)| if horizontal { x } else { y };
    let across = |(x, y): (f64, f64)| if horizontal { y } else { x };
    let other = if root == from { to } else { from };
    let trunk = along(root) + BRANCHING * (along(other) - along(root)).signum();
    let (first, second) = if horizontal { ('H', 'V') } else { ('V', 'H') };
    format!(
        "M{} {}{first}{}{second}{}{first}{}",
        rounded(from.0),
        rounded(from.1),
        rounded(trunk),
        rounded(across(to)),
        rounded(along(to))
    )
}

/// A smooth line through points that leaves and arrives along the flow.
fn curve(points: &[(f64, f64)], horizontal: bool) -> String {
    let mut path = format!("M{} {}", rounded(points[0].0), rounded(points[0].1));
    for pair in points.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let (first, second) = if horizontal {
            let middle = f64::midpoint(x, to_x);
            ((middle, y), (middle, to_y))
        } else {
            let middle = f64::midpoint(y, to_y);
            ((x, middle), (to_x, middle))
        };
        let numbers =
            [first.0, first.1, second.0, second.1, to_x, to_y].map(|number| rounded(number).to_string());
        let _ = write!(path, "C{}", numbers.join(" "));
    }
    path
}

fn node(node: &GraphNode, (x, y, width): (f64, f64, f64)) -> Markup {
    let (left, top) = (rounded(x - width / 2.0), rounded(y - NODE_HEIGHT / 2.0));
    let tone = node.look.map_or_else(|| kind_tone(&node.kind), |look| look.0);
    let mut class = format!("graph-node tone-{}", tone.as_str());
    for (holds, word) in [
        (node.is_root, " is-root"),
        (node.is_stack, " is-stack"),
        (node.is_missing, " is-missing"),
        (node.is_marked, " is-marked"),
    ] {
        if holds {
            class.push_str(word);
        }
    }
    html! {
        a class=(class) href=(node.href) aria-label=(node.title) aria-current=[node.is_root.then_some("true")] {
            title { (node.title) }
            @if node.is_stack { rect x=(left + 4.0) y=(top + 4.0) width=(rounded(width)) height=(NODE_HEIGHT) rx="8" {} }
            rect x=(left) y=(top) width=(rounded(width)) height=(NODE_HEIGHT) rx="8" {}
            svg x=(left + 10.0) y=(top + 8.0) width="16" height="16" { @match node.look { Some((_, name)) => { (icon(name)) } None => { (kind_icon(&node.kind)) } } }
            text x=(left + 33.0) y=(top + 20.5) { (cut(&node.label)) }
        }
    }
}

/// As much of a text as fits into a node.
fn cut(text: &str) -> String {
    if text_width(text) <= MAX_TEXT {
        return text.to_owned();
    }
    let mut room = MAX_TEXT - character_width('m');
    let mut kept: String = text
        .chars()
        .take_while(|c| {
            room -= character_width(*c);
            room >= 0.0
        })
        .collect();
    kept.push('…');
    kept
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_to_what_fits() {
        assert_eq!(cut("talentmesh-api"), "talentmesh-api");
        let cut = cut("a-name-that-is-longer-than-anybody-should-have-to-read");
        assert!(cut.ends_with('…') && text_width(&cut) <= MAX_TEXT, "{cut}");
    }

    #[test]
    fn arrows_of_a_star_share_a_trunk() {
        let (root, node) = ((10.0, 50.0), (90.0, 7.0));
        assert_eq!(branch(root, node, root, true), "M10 50H34V7H90");
        assert_eq!(branch(node, root, root, true), "M90 7H34V50H10");
        assert_eq!(branch(root, node, root, false), "M10 50V26H90V7");
    }

    #[test]
    fn curves_pass_through_their_points() {
        let points = [(0.0, 0.0), (10.0, 5.0), (20.0, 0.0)];
        assert_eq!(curve(&points, true), "M0 0C5 0 5 5 10 5C15 5 15 0 20 0");
        assert_eq!(curve(&points[..2], false), "M0 0C0 2.5 10 2.5 10 5");
    }
}
