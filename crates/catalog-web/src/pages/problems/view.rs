//! What the page of problems looks like.

use std::collections::HashMap;

use catalog::Finding;
use catalog::browse::{Named, title_of};
use maud::{Markup, html};
use model::{Cause, EntityRef, Health, Place, Severity};
use ui::{
    Button, ButtonKind, EmptyState, Facet, FacetOption, Facets, Pagination, PostForm, Tab, button,
    empty_state, entity_link, facet_panel, href, icon, inline_code, original_text, pagination, place_link,
    plain_words, post_form, segmented, severity_icon,
};

use super::groups::{Key, common_fix};
use super::state::{Choices, FILTERS, NONE, ProblemsState, TABS};
use crate::pages::link::named_link;

/// Parts at the end of an address that stand for a source.
const SOURCE_PARTS: usize = 3;
/// Things of a group that are shown before the rest is folded.
const OPEN: usize = 10;

/// One thing that is wrong, with what the page shows beside it.
pub(crate) struct Item {
    /// The thing.
    pub(crate) finding: Finding,
    /// The entity that it is, or is called like.
    pub(crate) subject: Option<EntityRef>,
    /// Where it is written.
    pub(crate) place: Option<Place>,
    /// The first entities that suffer from it, each with where it is written.
    pub(crate) affected: Vec<(EntityRef, Option<Place>)>,
    /// What may have been meant.
    pub(crate) meant: Vec<EntityRef>,
}

impl Item {
    /// The entities that are named beside it.
    pub(crate) fn references(&self) -> impl Iterator<Item = EntityRef> + '_ {
        let owner = self.finding.owner.as_ref().and_then(|owner| owner.parse().ok());
        let affected = self.affected.iter().map(|(reference, _)| reference.clone());
        affected
            .chain(self.meant.iter().cloned())
            .chain(self.subject.clone())
            .chain(owner)
    }
}

/// A group as far as this page shows it.
pub(crate) struct Group {
    /// What its things have in common.
    pub(crate) key: Key,
    /// Its things on this page.
    pub(crate) items: Vec<Item>,
    /// Its things on all pages.
    pub(crate) total: usize,
}

/// The whole page.
pub(crate) struct ProblemsView {
    /// What the address says.
    pub(crate) state: ProblemsState,
    /// Things on each tab.
    pub(crate) counts: [usize; TABS.len()],
    /// Values of the filters.
    pub(crate) choices: Choices,
    /// The groups of this page.
    pub(crate) groups: Vec<Group>,
    /// What is known of the entities that are named.
    pub(crate) known: Named,
    /// Things on the pages before, and on all.
    pub(crate) start: usize,
    pub(crate) total: usize,
    /// Where the pages beside this one begin.
    pub(crate) next: Option<usize>,
    pub(crate) previous: Option<usize>,
}

/// Puts the things of a page back into their groups.
pub(crate) fn regrouped(items: Vec<(Key, Item)>, totals: &HashMap<Key, usize>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (key, item) in items {
        match groups.last_mut().filter(|group| group.key == key) {
            Some(group) => group.items.push(item),
            None => groups.push(Group {
                total: totals.get(&key).copied().unwrap_or(1),
                key,
                items: vec![item],
            }),
        }
    }
    groups
}

/// The whole content of the page.
pub(crate) fn problems(view: &ProblemsView) -> Markup {
    let tabs: Vec<Tab> = TABS
        .iter()
        .zip(view.counts)
        .map(|((health, _, title), count)| {
            let href = view.state.with(|state| state.tab = Some(*health)).href();
            Tab {
                count: Some(count),
                ..Tab::new(*title, href, view.state.tab() == *health)
            }
        })
        .collect();
    html! {
        div.page-head { h1 { "Problems" } (segmented("How bad", &tabs)) }
        p.page-lead { (lead(view.state.tab())) }
        div.with-facets {
            (facet_panel(&facets(view)))
            div {
                @if view.groups.is_empty() { (nothing(view)) }
                @for group in &view.groups { (section(view, group)) }
                (pages(view))
            }
        }
    }
}

fn lead(health: Health) -> &'static str {
    match health {
        Health::Error => {
            "What does not work. An entity that was valid before stays in the catalog as it was; one that never was is not shown there."
        }
        Health::Warning | Health::Healthy => "What works, but is probably not what was meant.",
        Health::Orphaned => "Entities that no source declares any more. Remove them, or declare them again.",
    }
}

fn nothing(view: &ProblemsView) -> Markup {
    let is_filtered = view.state.chosen.iter().any(Option::is_some);
    let others: usize = view.counts.iter().sum();
    let (title, text) = match view.state.tab() {
        _ if is_filtered => ("Nothing here", "No problem passes these filters."),
        Health::Error if others > 0 => (
            "No errors",
            "Everything that a source declares is valid. There are warnings or orphans.",
        ),
        Health::Error => ("No problems", "Everything that a source declares is valid."),
        Health::Warning | Health::Healthy => (
            "No warnings",
            "Every reference leads somewhere, and nothing is declared twice.",
        ),
        Health::Orphaned => ("No orphans", "Every entity is declared by a source."),
    };
    empty_state(EmptyState {
        icon: "check",
        title,
        text,
        actions: None,
    })
}

fn facets(view: &ProblemsView) -> Facets {
    let group = |at: usize| {
        let (_, title, none) = FILTERS[at];
        let chosen = view.state.chosen[at].as_deref();
        let option = |(value, count): &(String, usize)| {
            let selected = chosen == Some(value);
            let next = (!selected).then(|| value.clone());
            FacetOption {
                label: if value == NONE {
                    none.to_owned()
                } else {
                    label(view, value)
                },
                count: Some(*count),
                href: view.state.with(|state| state.chosen[at] = next).href(),
                selected,
            }
        };
        Facet {
            title: title.to_owned(),
            options: view.choices[at].iter().map(option).collect(),
            shown: 6,
            clear: chosen.map(|_| view.state.with(|state| state.chosen[at] = None).href()),
        }
    };
    let active = view.state.chosen.iter().flatten().count();
    let cleared = view.state.with(|state| state.chosen = Default::default());
    Facets {
        groups: (0..FILTERS.len()).map(group).collect(),
        clear: (active > 0).then(|| cleared.href()),
        active,
    }
}

/// A value as people read it: the title of a team, the address of a source without its type.
fn label(view: &ProblemsView, value: &str) -> String {
    match value.parse::<EntityRef>() {
        Ok(reference) if value.starts_with("group:") || value.starts_with("user:") => {
            title_of(&view.known, &reference)
                .unwrap_or(reference.name())
                .to_owned()
        }
        _ => short_source(value),
    }
}

/// The end of an address, which tells sources apart: their beginnings are often the same.
fn short_source(value: &str) -> String {
    let parts: Vec<&str> = value.rsplitn(SOURCE_PARTS + 1, '/').collect();
    if parts.len() <= SOURCE_PARTS {
        return value.to_owned();
    }
    let end: Vec<&str> = parts.into_iter().take(SOURCE_PARTS).rev().collect();
    end.join("/")
}

fn section(view: &ProblemsView, group: &Group) -> Markup {
    let key = &group.key;
    let severity = if key.health == Health::Error {
        Severity::Error
    } else {
        Severity::Warning
    };
    let problems = group.items.iter().map(|item| &item.finding.problem);
    let fix = common_fix(key.cause, problems);
    let (open, folded) = group.items.split_at(group.items.len().min(OPEN));
    html! {
        section class=(format_args!("finding-group finding-{}", key.health.as_str())) data-key=(format_args!("{} {}", key.cause.as_str(), key.same)) {
            header.finding-head {
                (icon(severity_icon(severity)))
                h2 { (inline_code(&key.title())) }
                span.count { (group.total) }
                p.problem-hint { strong { "Fix: " } (inline_code(&fix)) }
            }
            @for item in open { (one(view, item, key, &fix)) }
            @if !folded.is_empty() {
                details.finding-more data-key=(format_args!("more {} {}", key.cause.as_str(), key.same)) {
                    summary { (folded.len()) " more" }
                    @for item in folded { (one(view, item, key, &fix)) }
                }
            }
        }
    }
}

fn one(view: &ProblemsView, item: &Item, key: &Key, fix: &str) -> Markup {
    let finding = &item.finding;
    let problem = &finding.problem;
    let words = plain_words(&problem.fault);
    // The heading of the group says it.
    let is_told = words == key.title()
        || matches!(
            finding.cause,
            Cause::MissingReference | Cause::Orphaned | Cause::NotAllowed
        );
    let own_fix = problem.hint.as_deref().filter(|hint| *hint != fix);
    let owner = finding.owner.as_ref().and_then(|owner| owner.parse().ok());
    html! {
        div.finding data-key=(format_args!("{} {}", finding.subject, words)) {
            div.finding-line {
                (subject(view, item))
                @if !finding.is_served && finding.cause != Cause::MissingReference { span.badge.tone-neutral { "not in the catalog" } }
                @if let Some(owner) = owner.filter(|_| finding.cause != Cause::MissingReference) { (owner_link(view, &owner)) }
                @if let Some(place) = item.place.as_ref().filter(|_| finding.cause != Cause::MissingReference) { (place_at_commit(place)) }
            }
            (actions(view, item))
            @if !is_told { p.finding-text { (inline_code(&words)) } }
            @if let Some(hint) = own_fix { p.problem-hint { strong { "Fix: " } (inline_code(hint)) } }
            (affected(view, item))
            @if finding.cause != Cause::MissingReference && finding.cause != Cause::Orphaned { (original_text(problem)) }
        }
    }
}

fn subject(view: &ProblemsView, item: &Item) -> Markup {
    let Some(reference) = &item.subject else {
        return html! { strong { (item.finding.subject) } };
    };
    if item.finding.cause == Cause::MissingReference {
        return html! {
            code { (reference) }
            @if !item.meant.is_empty() {
                span.finding-note { "did you mean " @for (at, meant) in item.meant.iter().enumerate() { @if at > 0 { " or " } (entity_link(meant, Some(&meant.to_string()))) } "?" }
            }
        };
    }
    // A location without a name of its own is known by where it leads.
    let is_generated = reference.name().starts_with("generated-");
    let title = title_of(&view.known, reference);
    let origin = item.finding.origin.as_deref().filter(|_| is_generated);
    entity_link(reference, title.or(origin))
}

fn owner_link(view: &ProblemsView, owner: &EntityRef) -> Markup {
    html! { span.finding-note { (named_link(owner, &view.known)) } }
}

/// The entities that suffer from it.
fn affected(view: &ProblemsView, item: &Item) -> Markup {
    let finding = &item.finding;
    let more = finding.affected_total.saturating_sub(item.affected.len());
    let words = match finding.cause {
        Cause::MissingReference => "named by",
        Cause::SourceUnread => "as it was last read:",
        _ => "needed by",
    };
    let all = href::with_query("/catalog", [("missing", finding.subject.as_str())]);
    html! {
        @if !item.affected.is_empty() {
            div.finding-line {
                span.finding-note { (words) }
                @for (reference, place) in &item.affected {
                    span.finding-line {
                        (entity_link(reference, title_of(&view.known, reference)))
                        @if let Some(place) = place.as_ref().filter(|_| finding.cause == Cause::MissingReference) { (place_link(place)) }
                    }
                }
                @if more > 0 {
                    @if finding.cause == Cause::MissingReference { a href=(all) { "and " (more) " more" } } @else { span.finding-note { "and " (more) " more" } }
                }
            }
        }
    }
}

fn actions(view: &ProblemsView, item: &Item) -> Markup {
    let finding = &item.finding;
    let name = finding.subject.as_str();
    let is_entity = item.subject.is_some() && finding.cause != Cause::MissingReference;
    let here = view.state.href();
    let removable =
        finding.cause == Cause::Orphaned || (!finding.is_served && finding.cause != Cause::NotAllowed);
    let remove = href::with_query(
        "/unprocessed/delete",
        [("entity", name), ("show", view.state.word())],
    );
    html! {
        @if is_entity {
            div.row-actions {
                (post_form(PostForm {
                    action: "/catalog/refresh",
                    values: &[("entityRef", name), ("return", &here)],
                    button: Button { label: "Refresh", icon: Some("refresh"), kind: ButtonKind::Ghost, ..Button::default() },
                }))
                @if removable {
                    (button(Button { label: "Remove", icon: Some("trash"), kind: ButtonKind::Ghost, href: Some(&remove), ..Button::default() }))
                }
            }
        }
    }
}

fn pages(view: &ProblemsView) -> Markup {
    let step = |start: Option<usize>| {
        let start = start?;
        Some(view.state.with(|state| state.start = start).href())
    };
    let on_page: usize = view.groups.iter().map(|group| group.items.len()).sum();
    html! {
        @if view.next.is_some() || view.previous.is_some() {
            (pagination(&Pagination {
                label: "Pages",
                previous: step(view.previous),
                next: step(view.next),
                range: Some((view.start + 1, view.start + on_page)),
                total: Some(view.total),
            }))
        }
    }
}

/// Where it is, and the commit that last changed the file, which says whose change it was.
fn place_at_commit(place: &Place) -> Markup {
    let short = |commit: &str| commit.get(..10).unwrap_or(commit).to_owned();
    html! {
        (place_link(place))
        @if let Some(commit) = &place.commit { span.muted { "at commit " code { (short(commit)) } } }
    }
}
