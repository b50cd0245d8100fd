//! The bell above every page, with the number of unread notifications.

use std::sync::Arc;

use async_trait::async_trait;
use maud::{Markup, html};
use model::{Fault, Viewer};
use plugin::{Body, RenderError, TopBarPart};
use ui::icon;

use crate::inbox::{Inbox, failed};

/// The most that is counted.
const COUNTED: usize = 99;
/// Where the bell alone is fetched again.
pub(crate) const PATH: &str = "/notifications/bell";

/// The bell of an inbox.
pub(crate) struct Bell(pub(crate) Inbox);

#[async_trait]
impl TopBarPart for Bell {
    fn order(&self) -> i32 {
        10
    }

    async fn show(&self, viewer: Viewer) -> Result<Option<Body>, RenderError> {
        if viewer.is_service() {
            return Ok(None);
        }
        let bell = of(&self.0, &viewer).await.map_err(|fault| RenderError {
            message: fault.describe(),
            hint: None,
        })?;
        Ok(Some(Body::Ours(bell)))
    }
}

impl Bell {
    pub(crate) fn part(inbox: &Inbox) -> Arc<dyn TopBarPart> {
        Arc::new(Self(inbox.clone()))
    }
}

/// The bell of a person.
pub(crate) async fn of(inbox: &Inbox, viewer: &Viewer) -> Result<Markup, Fault> {
    let person = viewer.reference().to_string();
    let unread = inbox.unread(&person, COUNTED + 1).await.map_err(failed)?;
    let topics = inbox.live_topics_for(&person).await.map_err(failed)?;
    Ok(bell(unread, &topics))
}

/// The bell with a number.
pub(crate) fn bell(unread: usize, topics: &[String]) -> Markup {
    let shown = if unread > COUNTED {
        format!("{COUNTED}+")
    } else {
        unread.to_string()
    };
    let label = match unread {
        0 => "Notifications, none unread".to_owned(),
        _ => format!("Notifications, {shown} unread"),
    };
    html! {
        a #notifications-bell.icon-button.bell href="/notifications" aria-label=(label) title=(label)
            data-topics=(topics.join(" ")) data-source=(PATH) {
            (icon("bell"))
            @if unread > 0 { span.bell-count aria-hidden="true" { (shown) } }
        }
    }
}
