//! The card of the home page for people whom the policy gives nothing: an empty catalog would not tell them why.

use std::time::Instant;

use async_trait::async_trait;
use maud::{Markup, html};
use model::Viewer;
use plugin::{Body, HomeCard, Place, RenderError, Seen};

use crate::roles::RolesFile;

static PLACE: Place = Place::new("access", "You have no role in this portal", -10);

/// Says to people without a role what they lack and whom to ask.
pub(crate) struct AccessCard {
    pub roles: RolesFile,
    /// Who administers the portal.
    pub administrators: Vec<String>,
}

#[async_trait]
impl HomeCard for AccessCard {
    fn place(&self) -> &Place {
        &PLACE
    }

    async fn show(&self, viewer: Viewer, _: Seen, _: Instant) -> Result<Option<Body>, RenderError> {
        if viewer.is_service() || self.roles.current().has_any(&viewer) {
            return Ok(None);
        }
        Ok(Some(Body::Ours(no_role(&viewer, &self.administrators))))
    }
}

pub(super) fn no_role(viewer: &Viewer, administrators: &[String]) -> Markup {
    html! {
        p {
            "You are " code { (viewer.reference()) } ". The portal's policy gives neither you nor any of your groups a role, so you "
            "see nothing of the catalog and may change nothing."
        }
        p.muted {
            @if administrators.is_empty() { "Ask the people who run this portal for a role." }
            @else { "Ask for a role: " (administrators.join(", ")) "." }
        }
    }
}
