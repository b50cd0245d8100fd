//! The dashboards of an entity, and the frame around the charts of one of them.

use maud::{Markup, html};
use serde_json::json;
use ui::{Badge, Card, EmptyState, Tab, badge, card, empty_state, href, icon, segmented};

use super::{outward, selector, trouble};
use crate::annotations::DASHBOARDS;
use crate::boards::board::{Board, Drawn, Panel};
use crate::boards::interpolate::Values;
use crate::boards::signals;
use crate::boards::{Chosen, Hit, Match, Matches, NoMatches};
use crate::range::Range;
use crate::settings::HostSettings;
use crate::trouble::Trouble;

/// The id of the part of the tab that asks for dashboards.
pub(crate) const ID: &str = "monitoring-dashboards";
/// Panels that are drawn, and most of them where some are repeated.
const DRAWN: usize = 8;
const MOST_DRAWN: usize = 16;
/// Panels that are named beside them.
const NAMED: usize = 24;
/// Dashboards of the switch.
const SWITCH: usize = 6;

/// A dashboard with the values of its variables.
pub(crate) type Filled<'a> = (&'a Board, &'a [(String, String)]);

/// The dashboards of an entity and the one of which charts are drawn.
pub(crate) struct Shown<'a> {
    pub(crate) host: &'a HostSettings,
    /// Those that the selector means; nothing without a selector.
    pub(crate) matches: Option<&'a Result<Matches, NoMatches>>,
    /// The one that the entity names itself: its title and address.
    pub(crate) pinned: Option<(String, String)>,
    /// Uids and titles of those of which charts can be drawn.
    pub(crate) choices: Vec<(String, String)>,
    /// The one of which charts are drawn, with the values of its variables.
    pub(crate) board: Option<Result<Filled<'a>, &'a Trouble>>,
    pub(crate) range: Range,
    /// Address of the tab.
    pub(crate) path: &'a str,
}

/// Dashboards and charts.
pub(crate) fn boards(shown: &Shown<'_>) -> Markup {
    html! {
        div id=(ID) {
            (list(shown))
            @match &shown.board {
                Some(Ok((board, variables))) => { (charts(shown, board, variables)) }
                Some(Err(failed)) => { section.charts { h2 { "Charts" } (trouble(failed)) } }
                None => {}
            }
        }
    }
}

/// The place of the part until it has come.
pub(crate) fn waiting(path: &str, range: Range, dashboard: Option<&str>) -> Markup {
    let address = |part| {
        let pairs = [
            ("range", range.as_str()),
            ("dashboard", dashboard.unwrap_or_default()),
            ("part", part),
        ];
        href::with_query(&format!("{path}/dashboards"), pairs)
    };
    html! {
        div id=(ID) data-deferred=(address("monitoring")) {
            (card(Card { title: "Dashboards", ..Card::default() }, html! {
                p.muted { "Loading… " a href=(address("all")) { "Show now" } }
            }))
        }
    }
}

fn list(shown: &Shown<'_>) -> Markup {
    let count = match shown.matches {
        Some(Ok(matches)) => Some(matches.found.len() + matches.more),
        _ => None,
    };
    card(
        Card {
            title: "Dashboards",
            count: count.filter(|count| *count > 0),
            flush: true,
            ..Card::default()
        },
        html! {
            @if let Some((title, address)) = &shown.pinned {
                ul.board-list { li { (outward(address, title)) span.board-note { "named by the entity" } } }
            }
            @match shown.matches {
                None if shown.pinned.is_some() => {}
                None => { p.muted { "Nothing says which dashboards belong here. Add the annotation " code.inline { (DASHBOARDS) } ": a tag, or labels such as " code.inline { "app=orders" } "." } }
                Some(Err(NoMatches::Broken(broken))) => { (selector::broken(DASHBOARDS, broken)) }
                Some(Err(NoMatches::Trouble(failed))) => { (trouble(failed)) }
                Some(Ok(matches)) if matches.found.is_empty() => { (nothing(matches, shown.host)) }
                Some(Ok(matches)) => { (found(matches, shown)) }
            }
        },
    )
}

fn found(matches: &Matches, shown: &Shown<'_>) -> Markup {
    html! {
        ul.board-list {
            @for one in &matches.found {
                li {
                    (outward(&address(&one.hit, &one.variables, shown.range), one.hit.title()))
                    @if let Some((title, address)) = one.hit.folder() { span.board-note { (outward(address, title)) } }
                }
            }
        }
        @if matches.more > 0 { p.muted { (matches.more) " more; a narrower selector finds those that matter." } }
        (unfinished(matches))
    }
}

/// The address of a dashboard, opened for the entity and the span of time.
fn address(hit: &Hit, variables: &[(String, String)], range: Range) -> String {
    with_variables(hit.url(), variables, range)
}

pub(crate) fn with_variables(url: &str, variables: &[(String, String)], range: Range) -> String {
    let from = format!("now-{}", range.as_str());
    let names: Vec<(String, &str)> = variables
        .iter()
        .map(|(name, value)| (format!("var-{name}"), value.as_str()))
        .collect();
    let pairs = names.iter().map(|(name, value)| (name.as_str(), *value));
    href::with_query(url, pairs.chain([("from", from.as_str()), ("to", "now")]))
}

fn nothing(matches: &Matches, host: &HostSettings) -> Markup {
    let link = |tag: &str| host.link(&href::with_query("/dashboards", [("tag", tag)]));
    let text = format!(
        "{} dashboards were looked at, none of them has what the annotation grafana/dashboard-selector asks for.",
        matches.total
    );
    html! {
        (empty_state(EmptyState { icon: "dashboard", title: "No dashboard belongs to this entity", text: &text, actions: None }))
        @if !matches.looked_for.is_empty() {
            div.looked-for { span.muted { "Tags that were looked for" } @for tag in matches.looked_for.iter().take(12) { (ui::tag(tag, Some(&link(tag)))) } }
        }
        @if !matches.near.is_empty() {
            div.looked-for { span.muted { "Tags like these" } @for tag in &matches.near { (ui::tag(tag, Some(&link(tag)))) } }
        }
        (unfinished(matches))
    }
}

/// What was not looked at.
fn unfinished(matches: &Matches) -> Markup {
    html! {
        @if matches.is_cut {
            p.muted { "Only the first " (matches.total) " dashboards were looked at; " code.inline { "grafana.grafanaDashboardMaxPages" } " allows more." }
        }
        @if matches.unseen > 0 {
            p.muted { (matches.unseen) " dashboards were not looked into for variables of these labels." }
        }
    }
}

fn charts(shown: &Shown<'_>, board: &Board, variables: &[(String, String)]) -> Markup {
    let (drawn, others) = parted(board, shown.host.shows_others());
    let whole = with_variables(&shown.host.link(&board.path), variables, shown.range);
    html! {
        section.charts {
            div.charts-head {
                @if board.uid == signals::UID {
                    h2 { "Signals" }
                    (derived(variables))
                } @else {
                    h2 { (outward(&whole, &board.title)) }
                }
                span.muted { "times are UTC" }
                div.charts-tools { (choices(shown, board)) (ranges(shown, board)) (refresh(shown, board)) }
            }
            @if drawn.is_empty() { p.muted { "This dashboard has no panel that is drawn here." } }
            div.chart-places { @for side_by_side in runs(&drawn) { (places(shown, board, side_by_side)) } }
            @if !others.is_empty() {
                p.other-panels { span.muted { "Further panels: " }
                    @for panel in others.iter().take(NAMED) { (outward(&address_of(shown, board, variables, panel), &named(panel))) }
                    @if others.len() > NAMED { span.muted { (others.len() - NAMED) " more" } }
                }
            }
        }
    }
}

/// The panels that are drawn, and those that are links.
fn parted(board: &Board, shows_others: bool) -> (Vec<&Panel>, Vec<&Panel>) {
    let (mut drawn, mut others, mut count) = (Vec::new(), Vec::new(), 0);
    for panel in &board.panels {
        let is_drawn = panel.drawn.is_some() || (shows_others && panel.kind != "row");
        let is_first = panel.copied.number == 0;
        // What is repeated counts once, so that it does not push away all others.
        let has_room = drawn.len() < MOST_DRAWN && (!is_first || count < DRAWN);
        let belongs = is_first || drawn.iter().any(|known: &&Panel| known.id == panel.id);
        if is_drawn && has_room && belongs {
            count += usize::from(is_first);
            drawn.push(panel);
        } else {
            others.push(panel);
        }
    }
    (drawn, others)
}

/// Panels in the order in which they stand, those that were made of one together.
fn runs<'a>(drawn: &'a [&'a Panel]) -> impl Iterator<Item = &'a [&'a Panel]> {
    drawn.chunk_by(|one, next| one.id == next.id && one.repeat.is_some() && one.row.is_none())
}

/// The places of a panel, or of those that were made of one, as many beside each other as it says.
fn places(shown: &Shown<'_>, board: &Board, panels: &[&Panel]) -> Markup {
    let per_row = panels
        .first()
        .and_then(|panel| Some(panel.repeat.as_ref()?.per_row));
    let per_row = per_row.unwrap_or(1).min(panels.len());
    html! {
        @if panels.len() > 1 {
            div class=(format_args!("chart-repeat chart-repeat-{per_row}")) {
                @for panel in panels { (place(shown, board, panel)) }
            }
        } @else {
            @for panel in panels { (place(shown, board, panel)) }
        }
    }
}

/// The address of a panel in Grafana.
fn address_of(shown: &Shown<'_>, board: &Board, variables: &[(String, String)], panel: &Panel) -> String {
    let variables = with_own(variables.to_vec(), panel);
    let whole = with_variables(&shown.host.link(&board.path), &variables, shown.range);
    format!("{whole}&viewPanel={}", panel.id)
}

/// Values of variables, with those for which a panel is repeated in their places.
pub(crate) fn with_own(variables: Vec<(String, String)>, panel: &Panel) -> Vec<(String, String)> {
    let own = &panel.copied.values;
    let is_own = |name: &String| own.iter().any(|(known, _)| known == name);
    let others = variables.into_iter().filter(|(name, _)| !is_own(name));
    others.chain(own.iter().cloned()).collect()
}

/// Says that nobody made these charts for the entity, and what they ask for.
fn derived(variables: &[(String, String)]) -> Markup {
    let labels = variables.iter().find(|(name, _)| name == "labels");
    html! {
        (badge(Badge { text: "derived", ..Badge::default() }))
        span.muted { "by the usual names of metrics, for "
            @if let Some((_, labels)) = labels { code.inline { "{" (labels) "}" } }
        }
    }
}

/// The same page, anew.
fn refresh(shown: &Shown<'_>, board: &Board) -> Markup {
    let address = href::with_query(
        shown.path,
        [("range", shown.range.as_str()), ("dashboard", board.uid.as_str())],
    );
    html! { a.icon-button href=(address) title="Refresh" aria-label="Refresh the charts" { (icon("refresh")) } }
}

/// The switch between dashboards.
fn choices(shown: &Shown<'_>, board: &Board) -> Markup {
    let to = |uid: &str| href::with_query(shown.path, [("range", shown.range.as_str()), ("dashboard", uid)]);
    let tabs: Vec<Tab> = shown
        .choices
        .iter()
        .take(SWITCH)
        .map(|(uid, title)| Tab::new(title.clone(), to(uid), *uid == board.uid))
        .collect();
    html! { @if tabs.len() > 1 { (segmented("Dashboards", &tabs)) } }
}

fn ranges(shown: &Shown<'_>, board: &Board) -> Markup {
    let is_first = shown.choices.first().is_some_and(|(uid, _)| *uid == board.uid);
    let dashboard = if is_first { "" } else { board.uid.as_str() };
    let to =
        |range: Range| href::with_query(shown.path, [("range", range.as_str()), ("dashboard", dashboard)]);
    let tabs: Vec<Tab> = Range::ALL
        .into_iter()
        .map(|range| Tab::new(range.as_str(), to(range), range == shown.range))
        .collect();
    segmented("Time range", &tabs)
}

/// The place of a chart, which is asked for by itself.
fn place(shown: &Shown<'_>, board: &Board, panel: &Panel) -> Markup {
    let address = |part| {
        let path = format!(
            "{}/chart/{}/{}",
            shown.path,
            href::encode(&board.uid),
            panel.key()
        );
        let view = if part == "all" { "alone" } else { "" };
        href::with_query(
            &path,
            [("range", shown.range.as_str()), ("view", view), ("part", part)],
        )
    };
    let waiting = html! { p.muted { "Loading… " a href=(address("all")) { "Show now" } } };
    html! {
        div.chart-place.is-number[panel.drawn.is_some_and(Drawn::is_small)].is-wide[matches!(panel.drawn, Some(Drawn::Table | Drawn::Logs))] id=(chart_id(&board.uid, &panel.key())) data-deferred=(address("monitoring")) {
            (card(Card { title: &named(panel), ..Card::default() }, waiting))
        }
    }
}

/// The id of a chart's place.
pub(crate) fn chart_id(uid: &str, panel: &str) -> String {
    format!("chart-{uid}-{panel}")
}

/// The address of a panel in Grafana, below that of its dashboard. For a signal it is that of its query.
pub(crate) fn panel_address(
    host: &HostSettings,
    (whole, board): (&str, &Board),
    panel: &Panel,
    chosen: &Chosen,
) -> String {
    if board.uid != signals::UID {
        return format!("{whole}&viewPanel={}", panel.id);
    }
    let values = Values::new(board, chosen, (0, 0));
    let panes = json!({"a": {
        "datasource": panel.data_source["uid"],
        "queries": panel.targets.iter().map(|target| values.fill(target)).collect::<Vec<_>>(),
        "range": {"from": "now-6h", "to": "now"},
    }});
    let panes = panes.to_string();
    host.link(&href::with_query(
        "/explore",
        [("schemaVersion", "1"), ("panes", panes.as_str())],
    ))
}

/// The address of a dashboard in Grafana.
pub(crate) fn board_address(
    host: &HostSettings,
    board: &Board,
    variables: &[(String, String)],
    range: Range,
) -> String {
    with_variables(&host.link(&board.path), variables, range)
}

/// The title of a panel.
pub(crate) fn named(panel: &Panel) -> String {
    match (panel.title.trim(), panel.drawn) {
        ("", _) => format!("Panel {}", panel.id),
        (title, Some(_)) => title.to_owned(),
        (title, None) => format!("{title} ({})", panel.kind),
    }
}

impl Match {
    /// Uid and title.
    pub(crate) fn choice(&self) -> (String, String) {
        (self.hit.uid().to_owned(), self.hit.title().to_owned())
    }
}
