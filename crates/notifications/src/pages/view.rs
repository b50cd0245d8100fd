//! The inbox, from plain data.

use jiff::Timestamp;
use maud::{Markup, html};
use ui::{
    Badge, Button, EmptyState, Field, Pagination, PostForm, Tab, Tone, badge, button, empty_state,
    filter_form, icon, pagination, post_form, select, tabs, tag, text_input, time,
};
use uuid::Uuid;

use super::{Asked, PAGE, Part};
use crate::link::{self, Target};
use crate::notification::{Notification, Severity};

/// What a page shows.
pub(super) struct Page {
    pub asked: Asked,
    pub shown: Vec<Shown>,
    /// How many notifications fit.
    pub total: usize,
    /// How many of all are unread, and how many are read.
    pub unread: usize,
    pub read: usize,
    pub topics: Vec<String>,
    pub now: Timestamp,
}

/// A notification as it is shown.
pub(super) struct Shown {
    pub id: Uuid,
    pub title: String,
    pub description: Option<String>,
    pub target: Option<Target>,
    pub severity: Severity,
    pub topic: Option<String>,
    pub origin: String,
    pub sent: Timestamp,
    pub is_for_everybody: bool,
    pub is_read: bool,
    pub is_saved: bool,
    pub is_updated: bool,
}

impl Shown {
    pub(super) fn of(one: &Notification) -> Self {
        let link = one.payload.link.as_deref().filter(|link| !link.is_empty());
        Self {
            id: one.id,
            title: one.payload.title.clone(),
            description: one.payload.description.clone().filter(|text| !text.is_empty()),
            target: link.and_then(link::target),
            severity: one.payload.severity,
            topic: one.payload.topic.clone().filter(|topic| !topic.is_empty()),
            origin: one.origin.clone(),
            sent: one.updated.unwrap_or(one.created),
            is_for_everybody: one.person.is_none(),
            is_read: one.read.is_some(),
            is_saved: one.saved.is_some(),
            is_updated: one.updated.is_some(),
        }
    }
}

/// Choices of the severity, with words for people.
const SEVERITIES: [(&str, &str); 4] = [
    ("", "Any"),
    ("normal", "Normal or higher"),
    ("high", "High or critical"),
    ("critical", "Critical"),
];

/// The inbox.
pub(super) fn inbox(page: &Page) -> Markup {
    let end = page.asked.offset + page.shown.len();
    let back = page.asked.offset.saturating_sub(PAGE);
    html! {
        div.page-head {
            h1 { "Notifications" }
            div.page-actions { (actions(page)) }
        }
        (tabs("Notifications", &parts(page)))
        div.stack {
            (form(page))
            @if page.shown.is_empty() {
                (nothing(page))
            } @else {
                ul.notifications aria-label="Notifications" {
                    @for one in &page.shown { (notification(one, page)) }
                }
            }
            (pagination(&Pagination {
                label: "Pages of notifications",
                previous: (page.asked.offset > 0).then(|| page.asked.address(back)),
                next: (end < page.total).then(|| page.asked.address(end)),
                range: (!page.shown.is_empty()).then_some((page.asked.offset + 1, end)),
                total: Some(page.total).filter(|_| !page.shown.is_empty()),
            }))
        }
    }
}

fn actions(page: &Page) -> Markup {
    let all = |read: &str, label: &str| {
        let (here, shown) = (page.asked.address(0), page.asked.query(0));
        post_form(PostForm {
            action: "/notifications/mark-all",
            values: &[
                ("read", read),
                ("shown", shown.as_str()),
                ("return", here.as_str()),
            ],
            button: Button {
                label,
                icon: (read == "true").then_some("check"),
                ..Button::default()
            },
        })
    };
    let is_unread = page.unread > 0 && page.asked.part != Part::Saved;
    let is_read = page.read > 0 && page.asked.part == Part::All;
    html! {
        @if is_unread && !page.shown.is_empty() { (all("true", "Mark all as read")) }
        @if is_read && !page.shown.is_empty() { (all("false", "Mark all as unread")) }
        (button(Button { label: "Settings", icon: Some("settings"), href: Some("/notifications/settings"), ..Button::default() }))
    }
}

fn parts(page: &Page) -> Vec<Tab> {
    let tab = |part: Part, title: &str| {
        let asked = Asked {
            part,
            ..page.asked.clone()
        };
        Tab::new(title, asked.address(0), part == page.asked.part)
    };
    let unread = Tab {
        count: Some(page.unread),
        ..tab(Part::Unread, "Unread")
    };
    vec![unread, tab(Part::All, "All"), tab(Part::Saved, "Saved")]
}

fn form(page: &Page) -> Markup {
    let field = |name, label| Field {
        name,
        label,
        is_filter: true,
        ..Field::default()
    };
    let mut topics = vec![("", "Any")];
    topics.extend(page.topics.iter().map(|topic| (topic.as_str(), topic.as_str())));
    let asked = &page.asked;
    let fields = html! {
        @if asked.part != Part::default() { input type="hidden" name="view" value=(asked.part.word()); }
        (select(field("severity", "Severity"), &SEVERITIES, asked.minimum.map_or("", Severity::as_str)))
        (select(field("topic", "Topic"), &topics, &asked.topic))
        (text_input(field("search", "Text"), "search", &asked.search, "disk almost full"))
    };
    let clear = Asked {
        part: asked.part,
        ..Asked::default()
    };
    filter_form("/notifications", &fields, (asked.filters(), &clear.address(0)))
}

fn nothing(page: &Page) -> Markup {
    let (title, text) = match page.asked.part {
        _ if page.asked.filters() > 0 => (
            "Nothing fits",
            "No notification fits these filters. Clear them to see more.",
        ),
        Part::Unread if page.read > 0 => (
            "Nothing unread",
            "You have read everything. What you were told stays under All.",
        ),
        Part::Saved => (
            "Nothing saved",
            "Save a notification to keep it: others are removed after some time.",
        ),
        _ => (
            "No notifications yet",
            "Templates and programs tell you here what concerns you, your teams, and what they own.",
        ),
    };
    empty_state(EmptyState {
        icon: "bell",
        title,
        text,
        actions: None,
    })
}

fn notification(one: &Shown, page: &Page) -> Markup {
    html! {
        li.notification.is-unread[!one.is_read] data-key=(one.id) {
            span.notification-mark { @if !one.is_read { span.visually-hidden { "Unread" } } }
            div.notification-body {
                div.notification-title { (title(one)) " " (severity(one.severity)) }
                @if let Some(text) = &one.description { p.notification-text { (text) } }
                div.notification-foot {
                    (time(one.sent, page.now))
                    @if one.is_updated { span { "sent again" } }
                    span { "from " (one.origin) }
                    @if one.is_for_everybody { span { "to everybody" } }
                    @if let Some(topic) = &one.topic {
                        @let asked = Asked { topic: topic.clone(), offset: 0, ..page.asked.clone() };
                        (tag(topic, Some(&asked.address(0))))
                    }
                }
            }
            div.notification-actions { (marks(one, &page.asked)) }
        }
    }
}

fn title(one: &Shown) -> Markup {
    html! {
        @match &one.target {
            Some(Target::Portal(path)) => { a href=(path) data-read=(one.id) { (one.title) } }
            Some(Target::Elsewhere(url)) => {
                a href=(url) rel="noopener noreferrer nofollow" data-read=(one.id) { (one.title) (icon("external")) }
            }
            None => { span { (one.title) } }
        }
    }
}

fn severity(severity: Severity) -> Markup {
    let (text, tone, icon) = match severity {
        Severity::Normal => return html! {},
        Severity::Low => ("Low", Tone::Neutral, None),
        Severity::High => ("High", Tone::Amber, Some("warning")),
        Severity::Critical => ("Critical", Tone::Red, Some("error")),
    };
    badge(Badge { text, tone, icon })
}

/// Buttons of one notification. Their names say which one it is, for who does not see where they stand.
fn marks(one: &Shown, asked: &Asked) -> Markup {
    let (read, read_icon) = if one.is_read {
        ("Mark as unread", "circle")
    } else {
        ("Mark as read", "check")
    };
    let save = if one.is_saved { "Remove from saved" } else { "Save" };
    html! {
        (mark(one, asked, ("read", !one.is_read), (read, read_icon), None))
        (mark(one, asked, ("saved", !one.is_saved), (save, "bookmark"), Some(one.is_saved)))
    }
}

fn mark(
    one: &Shown,
    asked: &Asked,
    (name, value): (&str, bool),
    (label, icon_name): (&str, &str),
    pressed: Option<bool>,
) -> Markup {
    html! {
        form.inline-form action="/notifications/mark" method="post" {
            input type="hidden" name="id" value=(one.id);
            input type="hidden" name="return" value=(asked.address(asked.offset));
            button.icon-button.is-pressed[pressed == Some(true)] type="submit" name=(name) value=(value) title=(label)
                aria-label=(format_args!("{label}: {}", one.title)) { (icon(icon_name)) }
        }
    }
}
