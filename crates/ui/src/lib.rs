//! The design system: page layout, components, icons, styles and the few scripts.
//!
//! Components are functions from a small property struct to markup. They know no feature, no query
//! and no store; a page decides what to show, this crate how it looks. Every component works
//! without JavaScript; the scripts only enhance. Each component has samples, shown by the gallery
//! and compared in a snapshot test.

mod assets;
mod chart;
mod components;
mod foreign;
mod gallery;
mod graph;
mod highlight;
pub mod href;
mod icon;
mod layout;
mod page;
mod plugin_files;
mod routes;
mod shell;
mod speculation;

pub use chart::{
    AxisScale, Gauge, HeatMap, HeatRow, LineChart, Marker, Point, Series, Stacking, Stat, StatValue,
    Threshold, Unit, bar_gauge, gauge, heat_map, line_chart, stat,
};
pub use components::{
    avatar::{avatar, person},
    badge::{Badge, Tone, badge, count, kind_badge, lifecycle_badge, lifecycle_tone, tag},
    button::{Button, ButtonKind, PostForm, button, copy_button, post_form, star_button},
    card::{Card, card, definitions, definitions_wide, section},
    code::{Code, code_block, inline_code},
    diff::{diff_view, text_diff, value_text},
    entity::{
        EntityHeader, EntityLine, entity_header, entity_lines, entity_link, entity_link_among, missing_link,
        twins,
    },
    facet::{Facet, FacetOption, Facets, facet_panel},
    field::{Field, checkbox, field, filter_form, search_field, select, text_area, text_input},
    pagination::{Pagination, pagination},
    place::{place_href, place_link, place_text},
    plain::plain_words,
    problem::{original_text, problem_fix, problem_panel, problem_summary, severity_icon},
    sheet::sheet_head,
    state::{EmptyState, Notice, empty_state, error_state, no_permission, notice},
    table::{Align, Cell, Column, Direction, Row, Table, data_table},
    tabs::{Tab, segmented, tabs},
    time::{duration, relative, time},
    timeline::{TimelineEntry, timeline},
    tree::{TreeNode, tree},
};
pub use foreign::{ForeignAddress, foreign_html, foreign_html_from};
pub use gallery::{Sample, gallery_page, samples};
pub use graph::{Flow, Graph, GraphEdge, GraphNode, Layout, LayoutRefused, graph_view, layout};
pub use highlight::{Language, coloured_code};
pub use icon::{icon, icon_names, kind_icon};
pub use layout::{Crumb, Live, PageHead};
pub use page::Page;
pub use plugin_files::PluginFiles;
pub use routes::rows;
pub use shell::{Chrome, Shell, Theme};
