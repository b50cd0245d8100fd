//! The lists of entries: whole where they fit on a page, as lines where they do not.

use std::collections::HashSet;

use maud::{Markup, html};
use ui::{Badge, Notice, Tone, badge, count, href, icon, inline_code, notice};

use super::blocks::Frame;
use super::head::head;
use super::{Asked, MAX_ENTRIES, Place, pages};
use crate::formats::Format;
use crate::outline::{Entry, Group, Outline};

/// Bytes of entries that are shown whole on one page.
const MAX_WHOLE: usize = 560 << 10;
/// Bytes of what is said above the entries, and again of what is said of groups.
const MAX_ABOUT: usize = 160 << 10;
/// Entries that the outline beside the page names; of more, it names the groups.
const MAX_NAMED: usize = 120;
/// Groups that the outline beside the page names.
const MAX_GROUPS: usize = 200;
/// Found entries that are unfolded at once.
const MAX_OPEN: usize = 12;

/// A group with those of its entries that are shown.
type Shown<'a> = (&'a Group, Vec<&'a Entry>);

/// The first page.
pub(super) fn overview(format: Format, outline: &Outline, place: &Place, asked: &Asked) -> Markup {
    let found = outline.search(&asked.words);
    let is_first = asked.words.is_empty() && asked.page <= 1 && asked.from == 0;
    let about = html! {
        @if is_first {
            @for problem in &outline.problems {
                (notice(Notice { tone: Tone::Amber, text: &problem.replace('`', "") }))
            }
            @let frame = Frame::new(outline, place).with_level(3).within(MAX_ABOUT);
            div.api-about { (frame.blocks(&outline.about)) }
        }
    };
    let list = List {
        outline,
        place,
        asked,
        path: place.path.clone(),
        found,
    };
    html! {
        (head(format, Some(outline), place, asked))
        (list.with_outline(&about))
    }
}

/// The page of one group.
pub(super) fn group(
    format: Format,
    outline: &Outline,
    group: &Group,
    place: &Place,
    asked: &Asked,
) -> Markup {
    let list = List {
        outline,
        place,
        asked,
        path: format!("{}/group/{}", place.path, group.anchor),
        found: vec![(group, group.entries.iter().collect())],
    };
    html! {
        (head(format, Some(outline), place, asked))
        (back(&place.path))
        div data-results { (list.entries().0) }
    }
}

/// The way back to the first page.
pub(super) fn back(path: &str) -> Markup {
    html! { p.api-back { a href=(path) { (icon("chevron-left")) "Whole definition" } } }
}

struct List<'a> {
    outline: &'a Outline,
    place: &'a Place,
    asked: &'a Asked,
    /// Address of this list.
    path: String,
    found: Vec<Shown<'a>>,
}

impl List<'_> {
    fn count(&self) -> usize {
        self.found.iter().map(|(_, entries)| entries.len()).sum()
    }

    fn with_outline(&self, about: &Markup) -> Markup {
        let (entries, is_whole) = self.entries();
        html! {
            div.api-layout data-results {
                @if self.count() > 3 { (self.outline_beside(is_whole)) }
                div.api-main {
                    (about)
                    @if self.found.is_empty() { (self.nothing()) }
                    (entries)
                }
            }
        }
    }

    fn nothing(&self) -> Markup {
        let (words, path) = (&self.asked.words, &self.place.path);
        html! {
            @if words.is_empty() { p.api-none { "The definition describes no operations and no types." } }
            @else { p.api-none { "Nothing in this definition mentions “" (words) "”. " a href=(path) { "Show everything" } } }
        }
    }

    /// The names of what is on the page, or of the groups if those are too many.
    fn outline_beside(&self, is_whole: bool) -> Markup {
        let names_entries = self.count() <= MAX_NAMED;
        let groups = self.found.iter().take(MAX_GROUPS);
        html! {
            nav.api-outline aria-label="Outline of the definition" tabindex="0" {
                ul {
                    @for (group, entries) in groups {
                        li {
                            a href=(self.address_of(group, is_whole)) { (group.name) " " (count(entries.len())) }
                            @if names_entries && !entries.is_empty() {
                                ul {
                                    @for entry in entries {
                                        li { a href=(format_args!("#{}", entry.anchor)) title=(entry.signature) { (short(entry)) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn address_of(&self, group: &Group, is_whole: bool) -> String {
        if is_whole || !self.asked.words.is_empty() || self.count() <= MAX_ENTRIES {
            format!("#{}", group.anchor)
        } else {
            format!("{}/group/{}", self.place.path, group.anchor)
        }
    }

    /// The entries, and whether they are shown whole.
    fn entries(&self) -> (Markup, bool) {
        if self.asked.all_open {
            return (self.unfolded(), true);
        }
        if self.count() <= MAX_ENTRIES
            && let Some(whole) = self.whole()
        {
            return (whole, true);
        }
        (self.lines(), false)
    }

    /// All entries with what is said of them, if that fits on a page.
    fn whole(&self) -> Option<Markup> {
        let open = !self.asked.words.is_empty() && self.count() <= MAX_OPEN;
        let all = self.found.iter().flat_map(|(_, entries)| entries);
        let here: HashSet<&str> = all.map(|entry| entry.anchor.as_str()).collect();
        let mut frame = Frame::new(self.outline, self.place);
        frame.here = here;
        let (mut length, mut total) = (0, 0);
        let mut groups = Vec::new();
        for (group, entries) in &self.found {
            let mut shown = Vec::new();
            for entry in entries {
                let whole = unfolding(&frame, entry, open);
                length += whole.0.len();
                if length > MAX_WHOLE {
                    return None;
                }
                shown.push(whole);
            }
            let section = self.section(&frame, group, shown);
            total += section.0.len();
            if total > MAX_WHOLE {
                return None;
            }
            groups.push(section);
        }
        let address = self.address([("open", "all")]);
        Some(html! {
            @if self.count() > 1 && !open { p.api-all { a href=(address) { "Expand all" } } }
            @for group in groups { (group) }
        })
    }

    /// As many entries as fit, unfolded, from one on.
    fn unfolded(&self) -> Markup {
        let frame = Frame::new(self.outline, self.place);
        let of_groups = Frame::new(self.outline, self.place).within(MAX_ABOUT);
        let (mut length, mut at) = (0, 0);
        let mut groups = Vec::new();
        let mut next = None;
        'all: for (group, entries) in &self.found {
            let mut shown = Vec::new();
            for entry in entries {
                at += 1;
                if at <= self.asked.from {
                    continue;
                }
                let whole = unfolding(&frame, entry, true);
                length += whole.0.len();
                if length > MAX_WHOLE && at > self.asked.from + 1 {
                    next = Some((at - 1).to_string());
                    groups.push(self.section(&of_groups, group, shown));
                    break 'all;
                }
                shown.push(whole);
            }
            if !shown.is_empty() {
                groups.push(self.section(&of_groups, group, shown));
            }
        }
        html! {
            p.api-all { a href=(self.address([])) { "Collapse all" } }
            @for group in groups { (group) }
            @if let Some(next) = next {
                nav.api-pages aria-label="Pages" {
                    a.button.button-ghost href=(self.address([("open", "all"), ("from", next.as_str())])) rel="next" { "Next entries" }
                }
            }
        }
    }

    /// A line for each entry, which leads to a page of its own.
    fn lines(&self) -> Markup {
        let total = self.count();
        let count = total.div_ceil(MAX_ENTRIES);
        let current = self.asked.page.clamp(1, count.max(1));
        let first = (current - 1) * MAX_ENTRIES;
        let frame = Frame::new(self.outline, self.place).within(MAX_ABOUT);
        let mut at = 0;
        let mut groups = Vec::new();
        for (group, entries) in &self.found {
            let here = entries.iter().skip(first.saturating_sub(at));
            let here: Vec<&&Entry> = here
                .take((first + MAX_ENTRIES).saturating_sub(at.max(first)))
                .collect();
            let is_empty_group = entries.is_empty() && (first..first + MAX_ENTRIES).contains(&at);
            if !here.is_empty() || is_empty_group {
                let lines = here.iter().map(|entry| self.line(entry)).collect();
                groups.push(self.section(&frame, group, lines));
            }
            at += entries.len();
        }
        let address = |page: usize| {
            let page = page.to_string();
            self.address([("page", page.as_str())])
        };
        html! {
            @if total > 0 { p.api-all { a href=(self.address([("open", "all")])) { "Expand all" } } }
            @for group in groups { (group) }
            (pages(current, count, address))
        }
    }

    fn address<'p>(&'p self, pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> String {
        // Without words, this pair is left out.
        let words = [("q", self.asked.words.as_str())];
        href::with_query(&self.path, words.into_iter().chain(pairs))
    }

    fn section(&self, frame: &Frame<'_>, group: &Group, entries: Vec<Markup>) -> Markup {
        let says = self.asked.words.is_empty() && !group.about.is_empty();
        html! {
            section.api-group id=(group.anchor) {
                header { h3 { (group.name) } (count(group.entries.len())) }
                @if says { div.api-about { (frame.blocks(&group.about)) } }
                @if !entries.is_empty() { div.api-list { @for each in entries { (each) } } }
            }
        }
    }

    fn line(&self, entry: &Entry) -> Markup {
        let address = format!("{}/entry/{}", self.place.path, entry.anchor);
        html! { a.api-operation.api-line id=(entry.anchor) href=(address) { (line(entry)) } }
    }
}

/// The anchor is what is folded, not the disclosure: browsers unfold what they scroll to.
fn unfolding(frame: &Frame<'_>, entry: &Entry, open: bool) -> Markup {
    let address = format!("{}/entry/{}", frame.place.path, entry.anchor);
    html! {
        details.api-operation open[open] data-key=(entry.anchor) {
            summary { (line(entry)) }
            div.api-body id=(entry.anchor) {
                p.api-own { a href=(address) { "On its own page" } }
                (frame.body(entry))
            }
        }
    }
}

/// What stands in a list for an entry.
fn line(entry: &Entry) -> Markup {
    html! {
        (badge(Badge { text: &entry.verb, tone: tone(&entry.verb), icon: None }))
        code.api-signature { (entry.signature) }
        span.api-summary { (inline_code(&entry.summary)) }
        span.api-marks {
            @if entry.deprecated { (badge(Badge { text: "deprecated", tone: Tone::Amber, icon: None })) }
            (icon("chevron-right"))
        }
    }
}

/// What the outline beside the page calls an entry.
fn short(entry: &Entry) -> &str {
    let is_method = entry.signature.starts_with('/') && !entry.summary.is_empty();
    if is_method {
        return &entry.summary;
    }
    entry.signature.split('(').next().unwrap_or(&entry.signature)
}

/// Reading is blue, creating green, changing amber, removing red, everything else neutral or violet.
pub(super) fn tone(verb: &str) -> Tone {
    match verb {
        "GET" | "HEAD" | "QUERY" | "SUBSCRIBE" | "RECEIVE" => Tone::Blue,
        "POST" | "PUBLISH" | "SEND" => Tone::Green,
        "PUT" | "PATCH" | "MUTATION" => Tone::Amber,
        "DELETE" => Tone::Red,
        "RPC" | "SUBSCRIPTION" => Tone::Violet,
        _ => Tone::Neutral,
    }
}
