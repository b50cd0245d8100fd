//! The colours that drawings are made with.

use std::borrow::Cow;

use mermaid_svg::Theme;

use crate::color;

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
pub(crate) fn theme() -> Theme {
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
