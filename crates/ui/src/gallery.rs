//! Samples of every component, for the gallery page and the snapshot test.

use maud::{Markup, html};

use crate::layout::{Crumb, PageHead};
use crate::{Chrome, Page, section};

mod charts;
mod content;
mod graphs;
mod languages;
mod lists;

/// A component in one of its states.
pub struct Sample {
    /// Component and state.
    pub name: &'static str,
    /// What it looks like.
    pub markup: Markup,
}

impl Sample {
    fn new(name: &'static str, markup: Markup) -> Self {
        Self { name, markup }
    }
}

/// Every component with its states.
pub fn samples() -> Vec<Sample> {
    let mut samples = content::samples();
    samples.extend(lists::samples());
    samples.extend(graphs::samples());
    samples.extend(charts::samples());
    samples.extend(languages::samples());
    samples
}

/// The page that shows every sample.
pub fn gallery_page(chrome: Chrome) -> Page {
    let head = PageHead::new("Gallery").crumbs(vec![Crumb::to("Home", "/"), Crumb::here("Gallery")]);
    let body = html! {
        h1.page-title { "Gallery" }
        div.gallery { @for sample in samples() { (section(sample.name, sample.markup)) } }
    };
    chrome.page(head, body)
}
