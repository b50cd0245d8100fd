//! How the page of webhooks looks, from plain data.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{Fault, Problem};
use ui::{
    Badge, Button, Card, Code, Column, EmptyState, Language, PostForm, Row, Table, Tone, badge, card,
    code_block, data_table, definitions, empty_state, inline_code, post_form, problem_panel, time,
};

use crate::hooks::standing::{AllStandings, HookStanding, HostStanding, Standing};

/// What switches keeping on.
const MANAGE: &str = "portal:\n  gitea:\n    webhook: manage\nevents:\n  modules: { gitea: { webhookSecret: '${GITEA_WEBHOOK_SECRET}' } }\n";
/// What takes deliveries in.
const SECRET: &str = "events:\n  modules: { gitea: { webhookSecret: '${GITEA_WEBHOOK_SECRET}' } }\n";

/// All webhooks.
pub(super) fn webhooks(all: &AllStandings, now: Timestamp) -> Markup {
    let is_any_kept = all.hosts.iter().any(|host| host.host.is_kept);
    html! {
        div.page-head {
            h1 { "Webhooks" }
            @if is_any_kept {
                (post_form(PostForm {
                    action: "/gitea/webhooks",
                    values: &[],
                    button: Button { label: "Check now", icon: Some("refresh"), ..Button::default() },
                }))
            }
        }
        p.page-lead { "How Gitea tells the portal of pushes. Without a webhook a source is read again at its interval." }
        div.stack {
            @if !all.has_secret && !is_any_kept { (without_secret()) }
            @for host in &all.hosts { (of_host(host, all, now)) }
            (refused(all, now))
        }
    }
}

fn without_secret() -> Markup {
    let fault = Fault::input(
        "No delivery is taken in: there is no secret that would prove where it comes from".to_owned(),
    );
    let hint = "Set `events.modules.gitea.webhookSecret` to a random text of at least 8 characters.";
    problem_panel(&[Problem::warning(fault).hint(hint)])
}

fn of_host(one: &HostStanding, all: &AllStandings, now: Timestamp) -> Markup {
    let problem = one.host.problem.as_ref().map(|(fault, hint)| {
        let fault = Fault::input(fault.clone());
        Problem::error(fault).hint(hint.clone())
    });
    card(
        Card {
            title: &one.host.host,
            count: (!one.hooks.is_empty()).then_some(one.hooks.len()),
            flush: !one.hooks.is_empty() && problem.is_none(),
            ..Card::default()
        },
        html! {
            @if let Some(problem) = &problem { (problem_panel(std::slice::from_ref(problem))) }
            @else if one.hooks.is_empty() { (nothing(one, all)) }
            @else { (table(one, now)) }
        },
    )
}

/// What is said where there is no webhook to show.
fn nothing(one: &HostStanding, all: &AllStandings) -> Markup {
    html! {
        @if one.host.is_kept {
            (empty_state(EmptyState {
                icon: "clock",
                title: "Not checked yet",
                text: "The portal checks the webhooks when it starts, and every ten minutes.",
                actions: None,
            }))
        } @else {
            p { "Nothing has come in. Let the portal keep the webhook:" }
            (code_block(Code { first_line: None, ..Code::new(MANAGE, Language::Yaml) }))
            p {
                "or add one by hand at the organisation or the server: address " code.inline { (one.host.url) }
                ", content type " code.inline { "application/json" } ", the secret, and the events push, create, delete, repository and release."
            }
            @if !all.has_secret { (code_block(Code { first_line: None, ..Code::new(SECRET, Language::Yaml) })) }
        }
    }
}

fn table(one: &HostStanding, now: Timestamp) -> Markup {
    let rows = one.hooks.iter().map(|hook| Row {
        failed: hook.standing.is_bad(),
        ..Row::new(vec![
            scope(hook),
            state(hook),
            last(hook, now),
            html! { (hook.deliveries) },
            advice(one, hook, now),
        ])
        .key(format!("{} {}", one.host.host, hook.scope))
    });
    data_table(&Table {
        caption: "Webhooks",
        columns: vec![
            Column::new("Of"),
            Column::new("State"),
            Column::new("Last delivery"),
            Column::optional("Deliveries"),
            Column::growing("What there is to know"),
        ],
        rows: rows.collect(),
    })
}

fn scope(hook: &HookStanding) -> Markup {
    let name = if hook.scope.is_empty() {
        "Whole server"
    } else {
        hook.scope.as_str()
    };
    html! {
        @match &hook.page {
            Some(page) => { a href=(page) { (name) } }
            None => { (name) }
        }
    }
}

fn state(hook: &HookStanding) -> Markup {
    let (text, tone) = match &hook.standing {
        Standing::Failed(_) => ("Not kept", Tone::Red),
        Standing::Refused(_) => ("Refused", Tone::Red),
        Standing::Missed => ("Does not arrive", Tone::Amber),
        Standing::Delivers => ("Delivers", Tone::Green),
        Standing::Waits => ("Nothing to deliver yet", Tone::Neutral),
        Standing::Unknown => ("Unknown", Tone::Neutral),
    };
    badge(Badge {
        text,
        tone,
        ..Badge::default()
    })
}

fn last(hook: &HookStanding, now: Timestamp) -> Markup {
    html! {
        @match &hook.last {
            Some((at, event)) => { (time(*at, now)) @if !event.is_empty() { " · " (event) } }
            None => { "none" }
        }
    }
}

/// Why, and what to do.
fn advice(one: &HostStanding, hook: &HookStanding, now: Timestamp) -> Markup {
    html! {
        span.prewrap {
            @match &hook.standing {
                Standing::Failed(problem) => { (problem) }
                Standing::Refused(reason) => { (reason) ". The portal makes the webhook anew at its next check." }
                Standing::Missed => { (missed(&one.host.url)) }
                Standing::Waits => { "It is there. Nothing was pushed since." }
                Standing::Delivers | Standing::Unknown => {}
            }
            @if let Some((done, at)) = &hook.done {
                @if hook.standing != Standing::Delivers { " " }
                "The portal last changed it " (time(*at, now)) ": " (done) "."
            }
        }
    }
}

/// What to look at where a webhook tried and nothing came in.
fn missed(url: &str) -> Markup {
    let host = url::Url::parse(url).ok();
    let host = host.as_ref().and_then(url::Url::host_str).unwrap_or_default();
    inline_code(&format!(
        "Gitea tried to deliver, or somebody edited the webhook, and nothing came in. Open it at Gitea and see *Recent Deliveries*. \
         \"webhook can only call allowed HTTP servers\": add `{host}` to `ALLOWED_HOST_LIST` under `[webhook]` in Gitea's `app.ini`. \
         A time-out or an unknown host: `portal.gitea.webhookUrl` is the address under which Gitea reaches the portal."
    ))
}

fn refused(all: &AllStandings, now: Timestamp) -> Markup {
    html! {
        @if let Some(refusals) = &all.refusals {
            (card(
                Card { title: "Refused deliveries", ..Card::default() },
                definitions(&[
                    ("Last", html! { (time(refusals.at, now)) }),
                    ("Number", html! { (refusals.count) }),
                    ("Why", html! { (refusals.reason) }),
                ]),
            ))
        }
    }
}
