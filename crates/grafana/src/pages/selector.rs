//! A selector that says nothing: what is wrong, where, and what to write instead.

use maud::{Markup, html};
use model::{Fault, Place, Problem};
use ui::problem_panel;

use crate::selector::BrokenSelector;

/// A broken selector in an annotation.
pub(crate) fn broken(annotation: &str, broken: &BrokenSelector) -> Markup {
    let mut message = format!("{}\n{}", broken.message, broken.text);
    if let Some(at) = broken.at {
        let units: Vec<u16> = broken.text.encode_utf16().take(at).collect();
        let before = String::from_utf16_lossy(&units).chars().count();
        message.push_str(&format!("\n{}^", " ".repeat(before)));
    }
    let place = Place {
        source: annotation.to_owned(),
        ..Place::default()
    };
    let problem = Problem::error(Fault::new("SelectorError", message)).at(place);
    let problem = problem.hint(broken.instead.clone());
    html! { div.part-problem { (problem_panel(&[problem])) } }
}
