//! The page for an entity that is not there: names that are near, and what may be the reason.

use maud::{Markup, html};
use model::{EntityRef, Problem};
use ui::{Button, EmptyState, PostForm, button, empty_state, entity_link, href, post_form, problem_panel};

/// Says that there is no such entity; shows why when the portal knows.
pub(crate) fn missing(reference: &EntityRef, problems: &[Problem], near: &[EntityRef]) -> Markup {
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
            p.suggestions { "Did you mean" @for other in near { (entity_link(other, None)) } }
        }
    }
}

/// The names nearest to a wanted one, at most `limit`, the nearest first.
pub(crate) fn nearest(
    wanted: &EntityRef,
    candidates: impl IntoIterator<Item = EntityRef>,
    limit: usize,
) -> Vec<EntityRef> {
    let most = wanted.name().chars().count() / 3 + 1;
    let mut found: Vec<(usize, EntityRef)> = candidates
        .into_iter()
        .filter_map(|other| {
            let distance = distance(wanted.name(), other.name(), most)?;
            Some((distance * 2 + usize::from(other.kind() != wanted.kind()), other))
        })
        .collect();
    found.sort();
    found.truncate(limit);
    found.into_iter().map(|(_, other)| other).collect()
}

/// Edits that lead from one name to the other, when there are at most `most`; one that contains the
/// other counts as one edit.
fn distance(left: &str, right: &str, most: usize) -> Option<usize> {
    if left == right {
        return Some(0);
    }
    if left.len().min(right.len()) >= 3 && (left.contains(right) || right.contains(left)) {
        return Some(1);
    }
    if left.len().abs_diff(right.len()) > most * 4 {
        return None;
    }
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (index, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(row[index] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &str, candidates: &[&str], expected: &[&str]) {
        let wanted: EntityRef = wanted.parse().unwrap();
        let all = candidates.iter().map(|text| text.parse::<EntityRef>().unwrap());
        let found: Vec<String> = nearest(&wanted, all, 3).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{wanted}");
    }

    #[test]
    fn near_names() {
        let all = [
            "component:default/orders",
            "api:default/orders",
            "component:default/orders-api",
            "component:x/payments",
        ];
        check(
            "component:default/order",
            &all,
            &[
                "component:default/orders",
                "component:default/orders-api",
                "api:default/orders",
            ],
        );
        check(
            "api:default/orders",
            &all,
            &[
                "api:default/orders",
                "component:default/orders",
                "component:default/orders-api",
            ],
        );
        check("component:default/paymets", &all, &["component:x/payments"]);
        check("component:default/zebra", &all, &[]);
    }
}
