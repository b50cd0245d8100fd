//! The page for an entity that is not there: names that are near, and what may be the reason.

use maud::{Markup, html};
use model::{EntityRef, Problem};
use ui::{
    Button, EmptyState, PostForm, button, empty_state, entity_link_among, href, post_form, problem_panel,
    twins,
};

use catalog::browse::{Named, title_of};

/// Says that there is no such entity; shows why when the portal knows.
pub(crate) fn missing(
    reference: &EntityRef,
    problems: &[Problem],
    near: &[EntityRef],
    known: &Named,
) -> Markup {
    let same = twins(near.iter().map(|other| (other, title_of(known, other))));
    let title = format!("There is no {} “{}”", reference.kind(), reference.name());
    let text = if problems.is_empty() {
        format!(
            "Nothing in the catalog is called {reference}. It may have another kind or namespace, or its source may not be registered."
        )
    } else {
        "A source declares it, but it never was valid. What is wrong stands above.".to_owned()
    };
    let all = href::with_query("/search", [("query", reference.name())]);
    let name = reference.to_string();
    let here = href::entity(reference);
    let actions = html! {
        (button(Button { label: "Search for it", icon: Some("search"), href: Some(&all), ..Button::default() }))
        @if problems.is_empty() {
            (button(Button { label: "Register it", icon: Some("plus"), href: Some("/catalog-import"), ..Button::default() }))
        } @else {
            (button(Button { label: "All problems", icon: Some("problem"), href: Some("/unprocessed"), ..Button::default() }))
            (post_form(PostForm {
                action: "/catalog/refresh",
                values: &[("entityRef", name.as_str()), ("return", here.as_str())],
                button: Button { label: "Read it again", icon: Some("refresh"), ..Button::default() },
            }))
        }
    };
    html! {
        h1.visually-hidden { (title) }
        (problem_panel(problems))
        (empty_state(EmptyState { icon: "search", title: &title, text: &text, actions: Some(actions) }))
        @if !near.is_empty() {
            p.suggestions { "Did you mean" @for other in near { (entity_link_among(other, title_of(known, other), same.contains(other))) } }
        }
    }
}
