//! Mermaid as SVG.

use std::hash::{DefaultHasher, Hash, Hasher};

use maud::html;
use mermaid_svg::{Diagram, DiagramMeta, ParseError};

use crate::bounded::bounded;
use crate::extent::{self, Extent};
use crate::{Trouble, labels, limits, svg, theme};

/// Largest drawing, in bytes.
const MAX_DRAWN: usize = 4 << 20;

/// A diagram as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// An `svg` element that is safe to show.
    pub svg: String,
    /// What it is, for people who do not see it.
    pub label: String,
}

/// Draws a diagram. `number` tells it from the others of the page.
pub fn mermaid(source: &str, number: usize) -> Result<Picture, Trouble> {
    limits::source(source)?;
    let source = source.replace("\r\n", "\n");
    bounded(move || drawn(&source, number))
}

fn drawn(source: &str, number: usize) -> Result<Picture, Trouble> {
    let joined = labels::joined(source);
    let (diagram, meta) = mermaid_svg::parse_with_meta(&joined).map_err(|error| trouble(&joined, error))?;
    limits::diagram(&diagram, &joined)?;
    let drawn = mermaid_svg::render_diagram_with(&diagram, &theme::theme())
        .map_err(|error| Trouble::of(error.to_string()))?;
    if drawn.len() > MAX_DRAWN {
        return Err(Trouble::of(
            "the drawing is too large to be shown; split the diagram",
        ));
    }
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    let prefix = format!("drawing-{number}-{:016x}-", hasher.finish());
    let label = label(&diagram, &meta);
    Ok(Picture {
        svg: framed(&svg::safe(&drawn, &prefix), &meta, &label),
        label,
    })
}

fn trouble(source: &str, error: ParseError) -> Trouble {
    match error {
        ParseError::Syntax { line, message, .. } => {
            let written = source.lines().nth(line.saturating_sub(1)).unwrap_or_default();
            let spaces = written.chars().take_while(|one| one.is_whitespace()).count();
            Trouble {
                column: Some(spaces + 1),
                ..Trouble::in_line(line, message)
            }
        }
        ParseError::UnknownDiagramType(kind) => {
            let kind: String = kind.chars().take(40).collect();
            let line = source
                .lines()
                .position(|line| line.trim_start().starts_with(kind.trim()));
            Trouble {
                line: line.map(|line| line + 1),
                ..Trouble::of(format!("`{kind}` is no kind of diagram that the portal draws"))
            }
        }
        error => Trouble::of(error.to_string()),
    }
}

/// The root element with its size and with what it is for people who do not see it.
fn framed(svg: &str, meta: &DiagramMeta, label: &str) -> String {
    let Some((root, content)) = svg.split_once('>') else {
        return String::new();
    };
    let extent = extent::of(content, said(root));
    let (width, height) = (extent.right - extent.left, extent.bottom - extent.top);
    let class = match width {
        1_400.0.. => Some("drawing-huge"),
        640.0.. => Some("drawing-wide"),
        _ => None,
    };
    let view = format!("{:.1} {:.1} {width:.1} {height:.1}", extent.left, extent.top);
    let description = meta.acc_descr.as_deref().filter(|text| !text.trim().is_empty());
    // An image has no parts that can be reached, and links are some.
    let role = if content.contains("<a ") { "group" } else { "img" };
    let mut framed = html! {
        svg role=(role) aria-label=(label) class=[class] viewBox=(view) width=(format!("{width:.0}")) height=(format!("{height:.0}")) {
            @if let Some(description) = description { desc { (description) } }
        }
    }
    .into_string();
    framed.truncate(framed.len() - "</svg>".len());
    framed + content
}

/// The size that the library wrote.
fn said(root: &str) -> Extent {
    let view = root
        .split_once("viewBox=\"")
        .and_then(|(_, rest)| rest.split('"').next());
    let numbers: Vec<f64> = view
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|number| number.parse().ok())
        .collect();
    let (left, top, width, height) = match numbers[..] {
        [left, top, width, height] => (left, top, width, height),
        _ => (0.0, 0.0, 300.0, 150.0),
    };
    Extent {
        left,
        top,
        right: left + width,
        bottom: top + height,
    }
}

/// What the diagram is called, or else what it is.
fn label(diagram: &Diagram, meta: &DiagramMeta) -> String {
    let called = [&meta.acc_title, &meta.title].into_iter().flatten().next();
    called.map_or_else(|| kind(diagram).to_owned(), |called| called.trim().to_owned())
}

fn kind(diagram: &Diagram) -> &'static str {
    match diagram {
        Diagram::Sequence(_) => "Sequence diagram",
        Diagram::Flowchart(_) => "Flowchart",
        Diagram::State(_) => "State diagram",
        Diagram::Class(_) => "Class diagram",
        Diagram::Er(_) => "Entity relationship diagram",
        Diagram::Gantt(_) => "Gantt chart",
        Diagram::Pie(_) => "Pie chart",
        Diagram::Journey(_) => "User journey",
        Diagram::Timeline(_) => "Timeline",
        Diagram::Mindmap(_) => "Mind map",
        Diagram::GitGraph(_) => "Git graph",
        Diagram::Quadrant(_) => "Quadrant chart",
        _ => "Diagram",
    }
}
