//! What a person wants to be told: origins and topics to tick.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::Fault;
use ui::{
    Button, ButtonKind, Card, Chrome, EmptyState, Notice, PageHead, Tone, button, card, empty_state, notice,
};
use web::{ApiError, CurrentViewer};

use super::{Answer, Fields, crumbs};
use crate::choices::{Choices, ShownOrigin, Subject, named};
use crate::inbox::{Inbox, failed};

const PATH: &str = "/notifications/settings";

pub(super) async fn show(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    chrome: Chrome,
) -> Answer {
    let person = viewer.reference().to_string();
    let origins = inbox.origins(&person).await.map_err(failed)?;
    let is_kept = chrome.query.split('&').any(|pair| pair == "kept=1");
    let head = PageHead::new("Notification settings")
        .crumbs(crumbs("Settings"))
        .narrow();
    Ok(chrome.page(head, view(&origins, is_kept)).into_response())
}

pub(super) async fn keep(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    Form(form): Form<Fields>,
) -> Result<Response, ApiError> {
    let choices = choices(&form)?;
    let person = viewer.reference().to_string();
    inbox.decide(&person, &choices).await.map_err(failed)?;
    Ok(Redirect::to(&format!("{PATH}?kept=1")).into_response())
}

/// What a form says: `about` is everything that it shows, `on` what is ticked of that.
fn choices(form: &Fields) -> Result<Choices, Fault> {
    let of = |name: &str| -> Result<Vec<Subject>, Fault> {
        let values = form.iter().filter(|(key, _)| key == name);
        values.map(|(_, value)| read(value)).collect()
    };
    let on = of("on")?;
    let mut choices = Choices::default();
    for subject in of("about")? {
        let (origin, topic) = &subject;
        let is_on = |subject: &Subject| on.contains(subject);
        let is_wanted = is_on(&subject) && (topic.is_none() || is_on(&(origin.clone(), None)));
        choices.decide(subject, is_wanted)?;
    }
    Ok(choices)
}

/// An origin and maybe a topic, as one value of a form.
fn write(origin: &str, topic: Option<&str>) -> String {
    serde_json::json!([origin, topic]).to_string()
}

fn read(text: &str) -> Result<Subject, Fault> {
    let (origin, topic): (String, Option<String>) = serde_json::from_str(text)
        .map_err(|_| Fault::input(format!("'{text}' names no origin and topic; open the page again")))?;
    Ok((named(&origin)?, topic.as_deref().map(named).transpose()?))
}

pub(super) fn view(origins: &[ShownOrigin], is_kept: bool) -> Markup {
    html! {
        h1.page-title { "Notification settings" }
        @if is_kept { (notice(Notice { tone: Tone::Green, text: "Kept. It holds for what is sent from now on." })) }
        @if origins.is_empty() {
            (empty_state(EmptyState {
                icon: "settings",
                title: "Nothing to choose yet",
                text: "Whoever sends you something appears here, with its topics, and can be switched off.",
                actions: Some(button(Button { label: "Notifications", href: Some("/notifications"), ..Button::default() })),
            }))
        } @else {
            (card(Card { title: "What you are told", ..Card::default() }, form(origins)))
        }
    }
}

fn form(origins: &[ShownOrigin]) -> Markup {
    html! {
        form.form action=(PATH) method="post" {
            p.muted { "What is not ticked is not sent to you any more. What is sent to everybody comes in any case." }
            @for origin in origins {
                fieldset.notification-origin {
                    legend.visually-hidden { (origin.id) }
                    (choice(&origin.id, None, &origin.id, origin.is_on))
                    @if !origin.topics.is_empty() {
                        div.notification-topics {
                            @for (topic, is_on) in &origin.topics { (choice(&origin.id, Some(topic), topic, *is_on)) }
                        }
                    }
                }
            }
            div { (button(Button { label: "Keep", kind: ButtonKind::Primary, ..Button::default() })) }
        }
    }
}

fn choice(origin: &str, topic: Option<&str>, label: &str, is_on: bool) -> Markup {
    let value = write(origin, topic);
    html! {
        input type="hidden" name="about" value=(value);
        label.checkbox { input type="checkbox" name="on" value=(value) checked[is_on]; span { (label) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_is_on() {
        let pair = |name: &str, origin: &str, topic: Option<&str>| (name.to_owned(), write(origin, topic));
        let form = vec![
            pair("about", "ci", None),
            pair("on", "ci", None),
            pair("about", "ci", Some("builds")),
            pair("about", "ops", None),
            pair("about", "ops", Some("disks")),
            pair("on", "ops", Some("disks")),
        ];
        let found = choices(&form).unwrap();
        let expected = [
            (("ci", None), true),
            (("ci", Some("builds")), false),
            (("ops", None), false),
            (("ops", Some("disks")), false),
        ];
        let expected =
            expected.map(|((origin, topic), is_on)| ((origin.to_owned(), topic.map(str::to_owned)), is_on));
        assert_eq!(found.about, expected.into());
        let odd = choices(&vec![("about".to_owned(), "ci".to_owned())]).unwrap_err();
        assert!(odd.message.starts_with("'ci' names no origin"), "{odd}");
    }
}
