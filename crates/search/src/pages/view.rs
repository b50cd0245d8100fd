//! The search page as markup.

use maud::{Markup, html};
use model::EntityRef;
use serde_json::Value;
use ui::{
    Button, EmptyState, Facet, FacetOption, Facets, Notice, Pagination, button, count, empty_state,
    facet_panel, kind_icon, notice, pagination, search_field,
};

use super::load::{Results, Words};
use super::state::{FILTERS, PAGE, PageState};
use crate::answer::Answer;
use crate::marks::Marked;
use crate::schema::Shown;

/// The whole content of the page.
pub fn results(results: &Results) -> Markup {
    let state = &results.state;
    let total = results.answer.as_ref().map(|answer| answer.total);
    html! {
        div.page-head { h1 { "Search" } @if let Some(total) = total { (count(total)) } }
        div.home-search { (search_field("/search", "query", &state.text, "Names, words, owners, tags, paths", &kept(state))) }
        @if !results.is_complete {
            (notice(Notice { tone: ui::Tone::Blue, text: "The search index is being built: what is missing here can be found in a moment." }))
        }
        div data-results {
            @match &results.answer {
                None => { (empty_state(EmptyState { icon: "search", title: "What are you looking for?", text: "Components, APIs and their operations, people, teams: type a part of a name, a word, an owner or a path.", actions: None })) }
                Some(answer) => { (found(results, answer)) }
            }
        }
    }
}

fn found(results: &Results, answer: &Answer) -> Markup {
    let state = &results.state;
    html! {
        (type_tabs(results, answer))
        @if let Some(suggestion) = &answer.suggestion {
            p.search-suggestion { "Did you mean " a href=(state.with(|state| state.text.clone_from(suggestion)).href()) { (suggestion) } "?" }
        }
        div.with-facets {
            (facet_panel(&facets(&results.words, state, answer)))
            div {
                @if answer.hits.is_empty() { (nothing(state)) }
                @else {
                    ol.search-results.js-rows { @for hit in &answer.hits { (result(&results.words, answer, hit)) } }
                    (pages(state, answer))
                }
            }
        }
    }
}

/// What a new text keeps of the address.
fn kept(state: &PageState) -> Vec<(&str, &str)> {
    let mut kept: Vec<(&str, &str)> = Vec::new();
    kept.extend(state.document_type.as_deref().map(|kind| ("type", kind)));
    for (filter, values) in FILTERS.iter().zip(&state.chosen) {
        kept.extend(values.iter().map(|value| (filter.name, value.as_str())));
    }
    kept
}

fn type_tabs(results: &Results, answer: &Answer) -> Markup {
    let state = &results.state;
    let all: usize = answer.types.iter().sum();
    let tab = |kind: Option<&str>, title: &str, number: usize| {
        let href = state
            .with(|state| state.document_type = kind.map(str::to_owned))
            .href();
        ui::Tab {
            count: Some(number),
            ..ui::Tab::new(title, href, state.document_type.as_deref() == kind)
        }
    };
    let mut tabs = vec![tab(None, "Everything", all)];
    for ((kind, title), number) in results.types.iter().zip(&answer.types) {
        if *number > 0 || state.document_type.as_deref() == Some(kind) {
            tabs.push(tab(Some(kind), title, *number));
        }
    }
    ui::tabs("Kinds of results", &tabs)
}

fn facets(words: &Words, state: &PageState, answer: &Answer) -> Facets {
    let mut groups = Vec::new();
    for (at, filter) in FILTERS.iter().enumerate() {
        let chosen = &state.chosen[at];
        let counts = answer.facets.get(at).map(Vec::as_slice).unwrap_or_default();
        let counts = counts.iter().filter(|(value, _)| !words.is_hidden(value));
        let counts: Vec<(String, usize)> = counts.cloned().collect();
        let gone = chosen
            .iter()
            .filter(|value| !counts.iter().any(|(known, _)| known == *value));
        let gone = gone.map(|value| (value.clone(), 0));
        let values: Vec<(String, usize)> = gone.chain(counts.iter().cloned()).collect();
        // A filter with one value that everything has says nothing.
        if chosen.is_empty() && values.len() < 2 {
            continue;
        }
        groups.push(Facet {
            title: filter.title.to_owned(),
            options: values
                .into_iter()
                .map(|(value, number)| option(words, state, at, value, number))
                .collect(),
            shown: 6,
            clear: (!chosen.is_empty()).then(|| state.with(|state| state.chosen[at].clear()).href()),
        });
    }
    Facets {
        groups,
        clear: (state.active() > 0).then(|| {
            let cleared = state.with(|state| state.chosen = Default::default());
            cleared.href()
        }),
        active: state.active(),
    }
}

fn option(words: &Words, state: &PageState, filter: usize, value: String, number: usize) -> FacetOption {
    let selected = state.chosen[filter].contains(&value);
    let switched = state.with(|state| {
        let values = &mut state.chosen[filter];
        if selected {
            values.retain(|known| *known != value);
        } else {
            values.push(value.clone());
        }
    });
    FacetOption {
        label: match FILTERS[filter].name {
            "kind" => words.kind(&value),
            _ => words.name(&value),
        }
        .to_owned(),
        count: Some(number),
        href: switched.href(),
        selected,
    }
}

fn result(words: &Words, answer: &Answer, hit: &Shown) -> Markup {
    let text = |name: &str| hit.document.get(name).and_then(Value::as_str).unwrap_or_default();
    let reference: Option<EntityRef> = hit.entity.parse().ok();
    let kind = reference.as_ref().map_or("", |reference| reference.kind());
    // The wire contract joins description, name and address with colons.
    let excerpt = answer.marker.excerpt(&text("text").replace(" : ", " · "));
    html! {
        li.search-result {
            div.search-result-head {
                a.search-result-title href=(text("location")) {
                    span.kind-icon { (kind_icon(kind)) }
                    span { (marked(&answer.marker.mark(words.title(hit)))) }
                }
                span.search-result-note { (note(words, hit)) }
            }
            @if !excerpt.text.is_empty() { p.search-result-text { (marked(&excerpt)) } }
        }
    }
}

/// What a result is, in a few words.
pub fn note(names: &Words, hit: &Shown) -> String {
    if !hit.note.is_empty() {
        return hit.note.clone();
    }
    let text = |name: &str| hit.document.get(name).and_then(Value::as_str).unwrap_or_default();
    let owner = names.owner(hit);
    let namespace = names
        .told_apart(hit)
        .or(Some(text("namespace")).filter(|namespace| *namespace != "default"));
    let kind = Some(text("type")).filter(|kind| *kind != "other");
    let words = [Some(text("kind")), kind, owner.as_deref(), namespace];
    let words: Vec<&str> = words
        .into_iter()
        .flatten()
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" · ")
}

/// A text with what was found in it.
pub fn marked(marked: &Marked) -> Markup {
    let mut at = 0;
    let mut parts: Vec<(&str, bool)> = Vec::new();
    for mark in &marked.marks {
        parts.push((&marked.text[at..mark.start], false));
        parts.push((&marked.text[mark.clone()], true));
        at = mark.end;
    }
    parts.push((&marked.text[at..], false));
    html! { @for (text, is_found) in parts { @if is_found { mark { (text) } } @else { (text) } } }
}

fn pages(state: &PageState, answer: &Answer) -> Markup {
    let first = state.page * PAGE;
    let last = first + answer.hits.len();
    let step = |page: usize| {
        let mut other = state.clone();
        other.page = page;
        other.href()
    };
    pagination(&Pagination {
        label: "Pages",
        previous: (state.page > 0).then(|| step(state.page - 1)),
        next: (last < answer.total).then(|| step(state.page + 1)),
        range: Some((first + 1, last)),
        total: Some(answer.total),
    })
}

fn nothing(state: &PageState) -> Markup {
    let without = state.with(|state| {
        state.chosen = Default::default();
        state.document_type = None;
    });
    let without = without.href();
    let is_filtered = state.active() > 0 || state.document_type.is_some();
    let actions = html! {
        @if is_filtered { (button(Button { label: "Search without filters", href: Some(&without), ..Button::default() })) }
        (button(Button { label: "Browse the catalog", href: Some("/catalog"), ..Button::default() }))
    };
    let text = if is_filtered {
        "Nothing that passes the filters has this in its name or text."
    } else {
        "No name and no text has this, not even nearly."
    };
    empty_state(EmptyState {
        icon: "search",
        title: "Nothing found",
        text,
        actions: Some(actions),
    })
}
