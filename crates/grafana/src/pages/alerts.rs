//! The alerts of an entity: what is firing first, quiet rules behind a fold.

use jiff::Timestamp;
use maud::{Markup, html};
use ui::{
    Badge, Card, Column, Row, Table, Tone, badge, card, data_table, href, icon, inline_code, tag, time,
};

use super::{outward, selector, trouble};
use crate::alerts::silences::SilenceNote;
use crate::alerts::{Alert, HostAlerts, Labels, Owned, Rule, State};
use crate::annotations::ALERTS;
use crate::selector::{AlertSelector, BrokenSelector};
use crate::settings::HostSettings;

/// Alerts of one rule that are listed.
const LISTED: usize = 10;
/// Annotations that say in a sentence what is the matter.
const SUMMARIES: [&str; 3] = ["summary", "description", "message"];
const RUNBOOKS: [&str; 3] = ["runbook_url", "runbook", "runbookURL"];

/// The alerts of an entity.
pub(crate) struct Alerts<'a> {
    pub(crate) selector: Option<&'a Result<AlertSelector, BrokenSelector>>,
    pub(crate) known: &'a HostAlerts,
    pub(crate) host: &'a HostSettings,
    pub(crate) entity: &'a str,
    pub(crate) now: Timestamp,
}

/// The card of the alerts.
pub(crate) fn alerts(alerts: &Alerts<'_>) -> Markup {
    let owned = match alerts.selector {
        Some(Ok(selector)) => alerts.known.of(selector),
        _ => Vec::new(),
    };
    let firing: usize = owned.iter().map(Owned::firing).sum();
    let freshness = alerts
        .known
        .known_at
        .map(|at| html! { span.muted { "as of " (time(at, alerts.now)) } });
    card(
        Card {
            title: "Alerts",
            count: (firing > 0).then_some(firing),
            actions: freshness,
            id: Some("alerts"),
            flush: true,
        },
        html! {
            @if let Some(failed) = &alerts.known.trouble { (stale(failed, alerts)) }
            @match alerts.selector {
                None => { (unnamed(alerts.entity)) }
                Some(Err(broken)) => { (selector::broken(ALERTS, broken)) }
                Some(Ok(_)) if alerts.known.known_at.is_none() => {
                    @if alerts.known.trouble.is_none() { p.muted { "Grafana has not been asked for alerts yet; that happens within a minute." } }
                }
                Some(Ok(selector)) => { (rules(&owned, selector, alerts)) }
            }
        },
    )
}

/// Grafana did not answer: what is shown is as old as its last answer.
fn stale(failed: &crate::trouble::Trouble, alerts: &Alerts<'_>) -> Markup {
    html! {
        (trouble(failed))
        @if let Some(at) = alerts.known.known_at {
            p.part-note { "What follows is what Grafana said " (time(at, alerts.now)) "." }
        }
    }
}

fn unnamed(entity: &str) -> Markup {
    html! {
        p.muted { (inline_code(&format!(
            "Nothing says which alerts belong here. Add the annotation `{ALERTS}: app={entity}` with a label that the alert rules have."
        ))) }
    }
}

fn rules(owned: &[Owned<'_>], selector: &AlertSelector, alerts: &Alerts<'_>) -> Markup {
    let (loud, quiet): (Vec<_>, Vec<_>) = owned.iter().partition(|owned| owned.is_loud());
    let silenced: usize = owned.iter().map(Owned::silenced).sum();
    html! {
        @if owned.is_empty() {
            div.all-quiet { (icon("info")) p {
                "No alert rule has " (looked_for(selector)) ". "
                span.muted { (inline_code("Give the rules this label, or correct the annotation `grafana/alert-label-selector`.")) }
            } }
        } @else if loud.is_empty() {
            div.all-quiet { span.tone-green.quiet-mark { (icon("check")) } p {
                @if silenced > 0 { (silenced) @if silenced == 1 { " alert fires and is silenced." } @else { " alerts fire and are silenced." } }
                @else { "No alert is firing." }
            } }
        } @else {
            ul.alert-list { @for owned in &loud { (rule(owned, alerts)) } }
        }
        @if !quiet.is_empty() { (quiet_rules(&quiet, alerts)) }
    }
}

/// The labels of a selector, in words.
fn looked_for(selector: &AlertSelector) -> Markup {
    let sets = selector.any.iter().map(|pairs| {
        let pairs = pairs.iter().map(|pair| {
            let sign = if pair.is_not { "!=" } else { "=" };
            format!("{}{sign}{}", pair.label, pair.values.join("|"))
        });
        pairs.collect::<Vec<_>>().join(", ")
    });
    html! { @for (at, set) in sets.enumerate() { @if at > 0 { " or " } code.inline { (set) } } }
}

fn rule(owned: &Owned<'_>, alerts: &Alerts<'_>) -> Markup {
    let rule = owned.rule;
    let first = owned.alerts.iter().find(|alert| alert.state == owned.state);
    let annotations = first.map_or(&rule.annotations, |alert| &alert.annotations);
    let loud: Vec<&&Alert> = owned
        .alerts
        .iter()
        .filter(|alert| alert.state <= State::Recovering)
        .collect();
    html! {
        li.alert data-key=(format_args!("alert-{}-{}", rule.place, rule.name)) {
            div.alert-head {
                (state(owned.state))
                h3 { (outward(&alerts.host.rule_link(rule.uid.as_deref(), &rule.name), &rule.name)) }
                @if let Some(since) = first.and_then(|alert| alert.since) { span.alert-since { "began " (time(since, alerts.now)) } }
            }
            @if let Some(summary) = SUMMARIES.iter().find_map(|name| annotations.get(*name)) { p.alert-summary { (summary) } }
            @if let Some(error) = rule.error.as_ref().filter(|_| owned.state == State::Failed) { p.alert-summary { (error) } }
            ul.alert-cases {
                @for alert in loud.iter().take(LISTED) { (case(alert, loud.len() > 1, alerts.now)) }
            }
            @if loud.len() > LISTED { p.muted { (loud.len() - LISTED) " more" } }
            div.alert-links {
                @if let Some(runbook) = RUNBOOKS.iter().find_map(|name| annotations.get(*name)) { (outward(runbook, "Runbook")) }
                @if let Some(panel) = panel(annotations, alerts.host) { (outward(&panel, "Panel")) }
                // Of data sources only Grafana knows which alert manager is theirs.
                @if owned.state == State::Firing && rule.source.is_none() { (outward(&silence_link(rule, first, alerts.host), "Silence")) }
                span.muted { (rule.place) @if let Some(source) = &rule.source { " · " (source) } }
            }
        }
    }
}

/// One alert: its value and the labels that are not said elsewhere.
fn case(alert: &Alert, is_one_of_many: bool, now: Timestamp) -> Markup {
    let labels = alert
        .labels
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "alertname" | "grafana_folder"));
    let labels = labels.filter(|(name, _)| !name.starts_with("__"));
    html! {
        li {
            @if is_one_of_many { (state(alert.state)) }
            @if let Some(silence) = &alert.silence { (silenced(silence, now)) }
            @if let Some(value) = &alert.value { span.alert-value { span.muted { "value " } (value) } }
            span.tags { @for (name, value) in labels { (tag(&format!("{name}={value}"), None)) } }
            @if is_one_of_many { @if let Some(since) = alert.since { span.muted { (time(since, now)) } } }
        }
    }
}

/// Who silenced an alert, until when and why.
fn silenced(silence: &SilenceNote, now: Timestamp) -> Markup {
    html! {
        span.alert-silence {
            (icon("bell")) "silenced"
            @if !silence.by.is_empty() { " by " (silence.by) }
            @if let Some(until) = silence.until { " until " (time(until, now)) }
            @if !silence.comment.is_empty() { ": " (silence.comment) }
        }
    }
}

/// The panel that shows what a rule is about.
fn panel(annotations: &Labels, host: &HostSettings) -> Option<String> {
    let is_word = |text: &&String| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let uid = annotations.get("__dashboardUid__").filter(is_word)?;
    let panel = annotations.get("__panelId__").filter(is_word);
    let panel = panel
        .map(|panel| format!("?viewPanel={panel}"))
        .unwrap_or_default();
    Some(host.link(&format!("/d/{uid}{panel}")))
}

/// Grafana's form for a silence of an alert, with its labels filled in.
fn silence_link(rule: &Rule, first: Option<&&Alert>, host: &HostSettings) -> String {
    let labels = first.map_or(&rule.labels, |alert| &alert.labels);
    let shown = labels
        .iter()
        .filter(|(name, _)| !name.starts_with("__") && name.as_str() != "alertname");
    let matchers: Vec<(&str, String)> = std::iter::once(("matcher", format!("alertname={}", rule.name)))
        .chain(shown.map(|(name, value)| ("matcher", format!("{name}={value}"))))
        .collect();
    let manager = [("alertmanager", "grafana")];
    let pairs = manager
        .into_iter()
        .chain(matchers.iter().map(|(key, value)| (*key, value.as_str())));
    host.link(&href::with_query("/alerting/silence/new", pairs))
}

/// A state as a badge.
pub(crate) fn state(state: State) -> Markup {
    let (text, tone, icon) = match state {
        State::Firing => ("Firing", Tone::Red, Some("problem")),
        State::Failed => ("Cannot be evaluated", Tone::Amber, Some("warning")),
        State::Pending => ("Pending", Tone::Amber, Some("clock")),
        State::Recovering => ("Recovering", Tone::Blue, None),
        State::NoData => ("No data", Tone::Neutral, None),
        State::Normal => ("Normal", Tone::Green, None),
        State::Unknown => ("Unknown", Tone::Neutral, None),
    };
    badge(Badge { text, tone, icon })
}

fn quiet_rules(quiet: &[&Owned<'_>], alerts: &Alerts<'_>) -> Markup {
    let rows = quiet.iter().map(|owned| {
        let rule = owned.rule;
        let paused = badge(Badge {
            text: "Paused",
            ..Badge::default()
        });
        Row::new(vec![
            html! { (outward(&alerts.host.rule_link(rule.uid.as_deref(), &rule.name), &rule.name)) },
            html! {
                @if rule.is_paused { (paused) } @else { (state(owned.state)) }
                @if let Some(silence) = owned.silence() { " " (silenced(silence, alerts.now)) }
            },
            html! { (rule.place) },
        ])
    });
    html! {
        details.quiet-rules data-key="quiet-rules" {
            summary { (quiet.len()) @if quiet.len() == 1 { " rule is quiet" } @else { " rules are quiet" } }
            (data_table(&Table {
                caption: "Quiet rules",
                columns: vec![Column::new("Rule"), Column::new("State"), Column::optional("Where")],
                rows: rows.collect(),
            }))
        }
    }
}

/// What the overview says in a few lines.
pub(crate) fn short(alerts: &Alerts<'_>, href: &str) -> Markup {
    let owned = match alerts.selector {
        Some(Ok(selector)) => alerts.known.of(selector),
        _ => Vec::new(),
    };
    let loud: Vec<&Owned<'_>> = owned.iter().filter(|owned| owned.is_loud()).collect();
    html! {
        @if alerts.known.known_at.is_none() {
            p.muted { "Nothing is known of its alerts yet. " a href=(href) { "Monitoring" } " says why." }
        } @else if loud.is_empty() {
            div.all-quiet.is-bare { span.tone-green.quiet-mark { (icon("check")) } p {
                "No alert is firing. " a href=(href) { (owned.len()) @if owned.len() == 1 { " rule" } @else { " rules" } }
            } }
        } @else {
            ul.alert-lines {
                @for owned in loud.iter().take(4) {
                    li { (state(owned.state)) a href=(href) { (owned.rule.name) }
                        @if let Some(since) = owned.alerts.iter().filter_map(|alert| alert.since).min() { span.muted { "began " (time(since, alerts.now)) } } }
                }
            }
            @if loud.len() > 4 { p { a href=(href) { (loud.len() - 4) " more" } } }
        }
        @if let (Some(_), Some(at)) = (&alerts.known.trouble, alerts.known.known_at) {
            p.muted { "Grafana does not answer; this is from " (time(at, alerts.now)) "." }
        }
    }
}
