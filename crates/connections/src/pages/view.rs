//! The page of the servers, from plain data.

use jiff::Timestamp;
use maud::{Markup, html};
use outside::{BreakerState, HostStatus};
use ui::{Align, Badge, Column, EmptyState, Row, Table, Tone, badge, data_table, empty_state, time};

/// All servers with their state.
pub(crate) fn hosts(hosts: &[HostStatus], now: Timestamp) -> Markup {
    html! {
        div.page-head { h1 { "Connections" } }
        p.page-lead { "Servers that the portal calls, and how they answered since this process began." }
        @if hosts.is_empty() {
            (empty_state(EmptyState {
                icon: "link",
                title: "No connection yet",
                text: "A server is listed as soon as the portal is to call it, for example because the catalog reads a file there.",
                actions: None,
            }))
        } @else {
            (table(hosts, now))
        }
    }
}

fn table(hosts: &[HostStatus], now: Timestamp) -> Markup {
    let rows = hosts.iter().map(|one| {
        let cells = vec![
            html! { (one.host) },
            state(one, now),
            html! { (one.calls) },
            html! { (one.failures) },
            one.last_success
                .map_or_else(|| html! { "never" }, |at| time(at, now)),
            last_failure(one, now),
        ];
        Row {
            failed: one.failing_since.is_some(),
            ..Row::new(cells).key(format!("host-{}", one.host))
        }
    });
    data_table(&Table {
        caption: "Connections",
        columns: vec![
            Column::new("Server"),
            Column::new("State"),
            Column {
                align: Align::End,
                ..Column::optional("Calls")
            },
            Column {
                align: Align::End,
                ..Column::optional("Failed")
            },
            Column::optional("Last answer"),
            Column::growing("Last failure"),
        ],
        rows: rows.collect(),
    })
}

fn state(one: &HostStatus, now: Timestamp) -> Markup {
    let (text, tone) = match one.breaker {
        BreakerState::Open { .. } => ("Left alone", Tone::Amber),
        BreakerState::Probing => ("Being tried", Tone::Amber),
        BreakerState::Closed if one.failing_since.is_some() => ("Failing", Tone::Red),
        BreakerState::Closed if one.calls == 0 => ("Not called yet", Tone::Neutral),
        BreakerState::Closed => ("Answers", Tone::Green),
    };
    let mark = badge(Badge {
        text,
        tone,
        ..Badge::default()
    });
    html! {
        (mark)
        @if let Some(since) = one.failing_since { " since " (time(since, now)) }
        @if let BreakerState::Open { until } = one.breaker { ", tried again " (time(until, now)) }
    }
}

fn last_failure(one: &HostStatus, now: Timestamp) -> Markup {
    html! {
        @match &one.last_failure {
            Some(failure) => { (time(failure.at, now)) " " span.prewrap { (failure.reason) } }
            None => { "none" }
        }
    }
}
