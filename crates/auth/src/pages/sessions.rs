//! The section of the settings page about one's own sessions.

use std::time::Instant;

use async_trait::async_trait;
use jiff::Timestamp;
use maud::{Markup, html};
use model::{Principal, Viewer};
use plugin::{Body, Place, RenderError, SettingsSection};
use ui::{Badge, Button, ButtonKind, Column, PostForm, Row, Table, Tone, badge, data_table, post_form, time};

use crate::front::Front;
use crate::session::Session;

static PLACE: Place = Place::new("sessions", "Sessions", 10);

/// One's own sessions, each of which can be ended.
pub(crate) struct SessionsSection(pub Front);

#[async_trait]
impl SettingsSection for SessionsSection {
    fn place(&self) -> &Place {
        &PLACE
    }

    async fn show(&self, viewer: Viewer, _: Instant) -> Result<Body, RenderError> {
        let Principal::Person { entity, session } = &viewer.who else {
            return Ok(Body::Ours(without_session(self.0.offered().next().is_some())));
        };
        let all = self
            .0
            .sessions
            .all_of(entity)
            .await
            .map_err(|fault| RenderError {
                message: fault.message,
                hint: Some("Reload the page in a moment.".to_owned()),
            })?;
        Ok(Body::Ours(sessions(&all, session.as_deref(), self.0.clock.now())))
    }
}

/// For the guest, and for callers that another program signed in.
pub(super) fn without_session(can_sign_in: bool) -> Markup {
    html! {
        p.muted { "You have not signed in here." }
        @if can_sign_in { p { a href="/sign-in?return=/settings" { "Sign in" } } }
    }
}

pub(super) fn sessions(all: &[Session], own: Option<&str>, now: Timestamp) -> Markup {
    let rows = all
        .iter()
        .map(|session| row(session, own == Some(session.id.as_str()), now));
    let table = Table {
        caption: "Your sessions",
        columns: vec![
            Column::new("Browser"),
            Column::optional("Signed in"),
            Column::new("Last used"),
            Column::optional("Ends"),
            Column::controls("Sign out"),
        ],
        rows: rows.collect(),
    };
    let everywhere = Button {
        label: "Sign out everywhere",
        icon: Some("sign-out"),
        kind: ButtonKind::Danger,
        ..Button::default()
    };
    html! {
        div.stack {
            (data_table(&table))
            div { (post_form(PostForm { action: "/sign-out/session", values: &[], button: everywhere })) }
        }
    }
}

fn row(session: &Session, is_own: bool, now: Timestamp) -> Row {
    let sign_out = Button {
        label: "Sign out",
        kind: ButtonKind::Ghost,
        ..Button::default()
    };
    let here = Badge {
        text: "this one",
        tone: Tone::Green,
        ..Badge::default()
    };
    let cells = vec![
        html! { @if is_own { (badge(here)) " " } (session.browser) },
        html! { (time(session.created, now)) },
        html! { (time(session.last_used, now)) },
        html! { (time(session.expires, now)) },
        post_form(PostForm {
            action: "/sign-out/session",
            values: &[("id", session.id.as_str())],
            button: sign_out,
        }),
    ];
    Row::new(cells).key(format!("session-{}", session.id))
}
