//! The head of a part that comes up from below on a phone.

use maud::{Markup, html};

use crate::icon::icon;

/// Title and close button of the sheet with that id, with something between them. Wide windows, where the part
/// stands in the page, show the title and what is between.
pub fn sheet_head(title: &str, id: &str, between: &Markup) -> Markup {
    html! {
        div.sheet-head {
            h2 { (title) }
            (between)
            button.icon-button.sheet-close type="button" popovertarget=(id) popovertargetaction="hide" aria-label=(format_args!("Close {title}")) { (icon("close")) }
        }
    }
}
