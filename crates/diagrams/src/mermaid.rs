//! Mermaid as SVG.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use maud::html;
use mermaid_svg::{Diagram, DiagramMeta, ParseError, Theme};

use crate::bounded::bounded;
use crate::extent::{self, Extent};
use crate::{Trouble, color, limits, svg};

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
    let joined = joined_labels(source);
    let (diagram, meta) = mermaid_svg::parse_with_meta(&joined).map_err(|error| trouble(&joined, error))?;
    limits::diagram(&diagram, &joined)?;
    let drawn = mermaid_svg::render_diagram_with(&diagram, &theme())
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

/// The source with each label in quotes on one line, as the library wants it. Lines keep their numbers.
fn joined_labels(source: &str) -> Cow<'_, str> {
    if !is_flowchart(source) || !source.lines().any(|line| line.matches('"').count() % 2 == 1) {
        return Cow::Borrowed(source);
    }
    let mut joined = String::with_capacity(source.len() + 64);
    let (mut is_open, mut passed) = (false, 0);
    for line in source.lines() {
        let line = if is_open { line.trim_start() } else { line };
        joined.push_str(line);
        is_open ^= line.matches('"').count() % 2 == 1;
        if is_open {
            joined.push_str("<br/>");
            passed += 1;
        } else {
            joined.push('\n');
            joined.extend(std::iter::repeat_n('\n', std::mem::take(&mut passed)));
        }
    }
    // A quote without an end is for the library to find.
    if is_open {
        return Cow::Borrowed(source);
    }
    Cow::Owned(with_marked_labels(&joined))
}

/// The source with the Markdown of joined labels as HTML: the library reads Markdown in one line only.
fn with_marked_labels(source: &str) -> String {
    let mut html = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, (label, behind))) = rest
        .split_once("\"`")
        .and_then(|(before, behind)| Some((before, behind.split_once("`\"")?)))
    {
        html.push_str(before);
        if label.contains("<br/>") {
            let label = paired(&paired(label, "**", "b"), "*", "i");
            html.push_str(&format!("\"{label}\""));
        } else {
            html.push_str(&format!("\"`{label}`\""));
        }
        rest = behind;
    }
    html + rest
}

/// A text with pairs of a mark as an element.
fn paired(text: &str, mark: &str, element: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, (inner, behind))) = rest
        .split_once(mark)
        .and_then(|(before, behind)| Some((before, behind.split_once(mark)?)))
    {
        html.push_str(&format!("{before}<{element}>{inner}</{element}>"));
        rest = behind;
    }
    html + rest
}

fn is_flowchart(source: &str) -> bool {
    let is_head = |line: &str| {
        ["graph", "flowchart"]
            .iter()
            .any(|head| line.trim_start().starts_with(head))
    };
    source.lines().any(is_head)
}

fn trouble(source: &str, error: ParseError) -> Trouble {
    match error {
        ParseError::Syntax { line, message, .. } => {
            let written = source.lines().nth(line.saturating_sub(1)).unwrap_or_default();
            let spaces = written.chars().take_while(|one| one.is_whitespace()).count();
            Trouble {
                line: Some(line),
                column: Some(spaces + 1),
                reason: message,
            }
        }
        ParseError::UnknownDiagramType(kind) => {
            let kind: String = kind.chars().take(40).collect();
            let line = source
                .lines()
                .position(|line| line.trim_start().starts_with(kind.trim()));
            Trouble {
                line: line.map(|line| line + 1),
                column: None,
                reason: format!("`{kind}` is no kind of diagram that the portal draws"),
            }
        }
        error => Trouble::of(error.to_string()),
    }
}

/// Fills that dark text is read on.
const PASTEL: [&str; 8] = [
    "#bfcdfb", "#f8d79a", "#b0e2c3", "#f5bdcf", "#a8dfe2", "#d9c5f7", "#f6c3a8", "#ccd1da",
];
/// Lines and marks, which are seen on light and on dark.
const STRONG: [&str; 8] = [
    "#5c74e8", "#c07d12", "#2f9e5b", "#d2558f", "#1e9aa3", "#8a5bdc", "#d4622f", "#6b7384",
];

fn palette(colors: &'static [&'static str; 8]) -> Cow<'static, [Cow<'static, str>]> {
    colors.iter().map(|color| Cow::Borrowed(*color)).collect()
}

/// The colours and fonts that drawings are made with. What a source says of themes is left out, because the page has one.
fn theme() -> Theme {
    Theme {
        fg: color::TEXT.into(),
        fg_muted: color::TEXT_MUTED.into(),
        bg: color::PAGE.into(),
        actor_fill: color::FILL.into(),
        actor_stroke: color::BORDER.into(),
        lifeline: color::LINE.into(),
        arrow_stroke: color::LINE.into(),
        note_fill: color::NOTE.into(),
        note_stroke: color::NOTE_BORDER.into(),
        activation_fill: color::FILL.into(),
        activation_stroke: color::BORDER.into(),
        frame_label_fill: color::FILL.into(),
        flow_node_fill: color::FILL.into(),
        flow_node_stroke: color::BORDER.into(),
        flow_edge_stroke: color::LINE.into(),
        flow_label_bg: color::LABEL.into(),
        flow_cluster_fill: color::GROUP.into(),
        flow_cluster_stroke: color::GROUP_BORDER.into(),
        cscale_palette: palette(&PASTEL),
        pie_palette: palette(&PASTEL),
        git_palette: palette(&STRONG),
        xychart_palette: palette(&STRONG),
        pie_stroke: Some(color::PAGE.into()),
        ..Theme::default_theme()
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
