//! How the page looks, from plain data.

use jiff::Timestamp;
use maud::{Markup, html};
use ui::{
    Code, EmptyState, Field, Language, Notice, Pagination, Tab, Tone, code_block, duration, empty_state,
    filter_form, notice, pagination, segmented, select, text_input, time,
};

use super::filter::{Filter, PAGE, State};
use super::table::table;
use crate::discovery::{Known, Round};

/// What has to stand in the configuration.
const EXAMPLE: &str = "catalog:\n  providers:\n    gitea:\n      main:\n        host: gitea.example.com\n";

/// All that the page shows.
#[derive(Default)]
pub(in crate::pages) struct Overview {
    /// Each provider.
    pub providers: Vec<Status>,
    /// All repositories.
    pub entries: Vec<Entry>,
    /// The viewer may propose descriptors.
    pub may_propose: bool,
}

/// How a provider is.
pub(in crate::pages) struct Status {
    id: String,
    repositories: usize,
    described: usize,
    round: Option<Round>,
}

impl Status {
    /// By what a provider knows.
    pub fn of(id: &str, known: &[Known], round: Option<Round>) -> Self {
        let described = known.iter().filter(|one| !one.descriptors.is_empty());
        Self {
            id: id.to_owned(),
            repositories: known.len(),
            described: described.count(),
            round,
        }
    }
}

/// A repository of a provider.
pub(in crate::pages) struct Entry {
    /// The provider that found it.
    pub provider: String,
    /// The address of its server.
    pub web: String,
    /// What is known of it.
    pub known: Known,
}

impl Entry {
    /// Of a provider, whose server is at this address.
    pub fn new(provider: &str, web: &str, known: Known) -> Self {
        Self {
            provider: provider.to_owned(),
            web: web.to_owned(),
            known,
        }
    }
}

/// The page.
pub(in crate::pages) fn repositories(overview: &mut Overview, filter: &Filter, now: Timestamp) -> Markup {
    let place = |entry: &Entry| entry.known.repository.full_name.to_lowercase();
    overview.entries.sort_by_cached_key(place);
    html! {
        div.page-head { h1 { "Repositories" } }
        p.page-lead { "Repositories that were found at Gitea, and the descriptors by which the catalog knows what is in them." }
        @if overview.providers.is_empty() { (not_configured()) }
        @else {
            div.stack {
                (providers(&overview.providers, now))
                @if overview.entries.is_empty() { (nothing_yet(&overview.providers)) }
                @else { (list(overview, filter, now)) }
            }
        }
    }
}

fn not_configured() -> Markup {
    html! {
        (empty_state(EmptyState {
            icon: "sources",
            title: "No repositories are looked for",
            text: "Name a Gitea under catalog.providers.gitea, beside its entry under integrations.gitea. Every repository that the \
                   token sees is listed here, and its catalog-info.yaml is read.",
            actions: None,
        }))
        (code_block(Code { title: Some("app-config.yaml"), ..Code::new(EXAMPLE, Language::Yaml) }))
    }
}

fn nothing_yet(providers: &[Status]) -> Markup {
    let is_listed = providers
        .iter()
        .any(|one| one.round.as_ref().is_some_and(|round| round.listed_at.is_some()));
    let (title, text) = if is_listed {
        (
            "No repositories",
            "The token sees none in the organisations and users of catalog.providers.gitea.",
        )
    } else {
        (
            "Not listed yet",
            "The first list begins with the portal, after initialDelay.",
        )
    };
    empty_state(EmptyState {
        icon: "sources",
        title,
        text,
        actions: None,
    })
}

fn providers(all: &[Status], now: Timestamp) -> Markup {
    html! {
        @for one in all {
            ul.provider-status {
                li { strong { (one.id) } }
                @match &one.round {
                    Some(Round { listed_at: Some(at), took, .. }) => { li { "listed " (time(*at, now)) } li { "took " (duration(*took)) } }
                    _ => { li { "not listed yet" } }
                }
                li { (one.repositories) " repositories" }
                li { (one.described) " with descriptor" }
            }
            @for problem in one.round.iter().flat_map(|round| &round.problems) {
                (notice(Notice { tone: Tone::Amber, text: problem }))
            }
        }
    }
}

fn list(overview: &Overview, filter: &Filter, now: Timestamp) -> Markup {
    let fitting: Vec<&Entry> = overview
        .entries
        .iter()
        .filter(|entry| filter.fits(entry))
        .collect();
    let shown: Vec<&Entry> = fitting
        .iter()
        .copied()
        .filter(|entry| filter.state.fits(entry))
        .collect();
    let total = shown.len();
    let first = (filter.page * PAGE).min(total.saturating_sub(1) / PAGE * PAGE);
    let last = (first + PAGE).min(total);
    let page = first / PAGE;
    let at = |page: usize| {
        Filter {
            page,
            ..filter.clone()
        }
        .address()
    };
    html! {
        (filters(overview, filter, &fitting))
        @if shown.is_empty() {
            (empty_state(EmptyState {
                icon: "search",
                title: "No repository fits",
                text: "Change the filters, or clear them.",
                actions: Some(html! { a.button href="/gitea" { "All repositories" } }),
            }))
        } @else {
            (table(&shown[first..last], overview.may_propose, overview.providers.len() > 1, now))
            (pagination(&Pagination {
                label: "Repositories",
                previous: (page > 0).then(|| at(page.saturating_sub(1))),
                next: (last < total).then(|| at(page + 1)),
                range: Some((first + 1, last)),
                total: Some(total),
            }))
        }
    }
}

fn filters(overview: &Overview, filter: &Filter, fitting: &[&Entry]) -> Markup {
    let states: Vec<Tab> = State::ALL
        .into_iter()
        .map(|state| Tab {
            count: Some(fitting.iter().filter(|entry| state.fits(entry)).count()),
            ..Tab::new(
                state.title(),
                filter.with_state(state).address(),
                filter.state == state,
            )
        })
        .filter(|tab| tab.current || tab.count != Some(0))
        .collect();
    let mut owners: Vec<&str> = overview
        .entries
        .iter()
        .map(|entry| entry.known.repository.owner.login.as_str())
        .collect();
    owners.sort_by_key(|owner| owner.to_lowercase());
    owners.dedup();
    let owners: Vec<(&str, &str)> = std::iter::once(("", "Everybody"))
        .chain(owners.into_iter().map(|owner| (owner, owner)))
        .collect();
    let active = usize::from(!filter.text.is_empty()) + usize::from(!filter.owner.is_empty());
    let clear = Filter {
        state: filter.state,
        ..Filter::default()
    }
    .address();
    html! {
        (segmented("Descriptor", &states))
        (filter_form("/gitea", &html! {
            @if filter.state != State::All { input type="hidden" name="state" value=(filter.state.word()); }
            (text_input(Field { name: "q", label: "Text", is_filter: true, ..Field::default() }, "search", &filter.text, "Name, topic, language"))
            (select(Field { name: "owner", label: "Organisation or user", is_filter: true, ..Field::default() }, &owners, &filter.owner))
        }, (active, &clear)))
    }
}
