//! Panels that Grafana draws: in a frame, or as a picture.

use maud::{Markup, html};
use model::EntityRef;
use ui::{Card, href, icon};

use super::boards::{named, with_variables};
use super::trouble;
use crate::boards::board::{Board, Panel};
use crate::range::Range;
use crate::trouble::Trouble;

/// Size of a picture in pixels: twice that of a chart, for sharp screens.
const SIZE: [(&str, &str); 2] = [("width", "1000"), ("height", "500")];

/// The path of the page that shows one panel alone.
pub(crate) fn page(board: &Board, panel: &Panel, variables: &[(String, String)], range: Range) -> String {
    let path = format!("/d-solo/{}/{}", href::encode(&board.uid), "panel");
    let page = with_variables(&path, variables, range);
    format!("{page}&panelId={}", panel.id)
}

/// The path of its picture, below `/render`.
pub(crate) fn rendered(page: &str, is_dark: bool) -> String {
    let theme = if is_dark { "dark" } else { "light" };
    let size: Vec<String> = SIZE
        .iter()
        .map(|(key, value)| format!("&{key}={value}"))
        .collect();
    format!("{page}&theme={theme}&tz=UTC{}", size.concat())
}

/// The panel in a frame.
pub(crate) fn frame(address: &str, panel: &Panel) -> Markup {
    html! {
        iframe.foreign-panel src=(address) title=(named(panel)) loading="lazy" referrerpolicy="strict-origin-when-cross-origin" {}
    }
}

/// The panel as a picture, which the portal hands through: in the colours that the browser prefers.
pub(crate) fn picture(entity: &EntityRef, (board, panel): (&Board, &Panel), range: Range) -> Markup {
    let path = [entity.kind(), entity.namespace(), entity.name(), &board.uid];
    let path: Vec<String> = path.iter().map(|part| href::encode(part)).collect();
    let address = |theme| {
        let path = format!("/api/grafana/pictures/{}/{}", path.join("/"), panel.id);
        href::with_query(&path, [("range", range.as_str()), ("theme", theme)])
    };
    html! {
        picture {
            source media="(prefers-color-scheme: dark)" srcset=(address("dark"));
            img.foreign-panel src=(address("light")) alt=(named(panel)) width="1000" height="500" loading="lazy";
        }
    }
}

/// The card of such a panel.
pub(crate) fn card(id: &str, (panel, address): (&Panel, &str), shown: Result<Markup, Trouble>) -> Markup {
    let title = panel.title.as_str();
    let title = if title.is_empty() { "Panel" } else { title };
    let open = html! {
        a.icon-button href=(address) rel="external noreferrer" title="Open in Grafana" aria-label=(format_args!("Open {title} in Grafana")) { (icon("external")) }
    };
    let content = shown.unwrap_or_else(|failed| trouble(&failed));
    html! {
        div.chart-place id=(id) { (ui::card(Card { title, actions: Some(open), ..Card::default() }, content)) }
    }
}
