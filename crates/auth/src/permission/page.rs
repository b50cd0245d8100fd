//! `/permissions`: what somebody may do and why, and what lines of a policy would change, before they are written.

use axum::Form;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use model::{EntityRef, Viewer};
use plugin::Decision;
use serde::Deserialize;
use ui::{Chrome, PageHead};
use url::form_urlencoded;
use web::{ApiError, CurrentViewer};

use super::view::{Answered, Changed, PermissionsPage, Row, page};
use super::{Desk, is_for_administrators};
use crate::resolver::ownership;
use crate::roles::{Explanation, Roles};

/// The address of the page.
pub(super) const PATH: &str = "/permissions";
/// Longest text of lines that are tried, in bytes.
const LONGEST: usize = 64 << 10;

/// Lines to be tried for somebody.
#[derive(Deserialize)]
pub(super) struct Tried {
    #[serde(default)]
    who: String,
    #[serde(default)]
    lines: String,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    CurrentViewer(viewer): CurrentViewer,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let query = query.unwrap_or_default();
    let who = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "who");
    let who = who.map_or_else(
        || viewer.reference().to_string(),
        |(_, who)| who.trim().to_owned(),
    );
    Ok(shown(chrome, &desk.page(&who, "").await))
}

pub(super) async fn tried(
    State(desk): State<Desk>,
    chrome: Chrome,
    Form(tried): Form<Tried>,
) -> Result<Response, ApiError> {
    Ok(shown(chrome, &desk.page(tried.who.trim(), &tried.lines).await))
}

fn shown(chrome: Chrome, view: &PermissionsPage) -> Response {
    chrome
        .page(PageHead::new("Permissions"), page(view))
        .into_response()
}

impl Desk {
    async fn page(&self, who: &str, lines: &str) -> PermissionsPage {
        let answered = self.answered(who, lines).await;
        let files = self.roles.as_ref();
        PermissionsPage {
            who: who.to_owned(),
            lines: lines.to_owned(),
            files: files.map(crate::roles::RolesFile::names),
            fault: files
                .and_then(crate::roles::RolesFile::fault)
                .map(|fault| fault.message),
            answered,
        }
    }

    async fn answered(&self, who: &str, lines: &str) -> Result<Answered, String> {
        let person = who
            .parse::<EntityRef>()
            .ok()
            .filter(|person| person.kind() == "user");
        let person =
            person.ok_or_else(|| format!("'{who}' is no person; write for example user:default/ada"))?;
        let groups = ownership(&self.catalog, &person)
            .await
            .map_err(|fault| fault.message)?;
        let viewer = Viewer::person(person, groups, None);
        let Some(roles) = &self.roles else {
            return Ok(Answered {
                groups: viewer.claims.to_vec(),
                roles: Vec::new(),
                rows: self.without_policy(),
            });
        };
        let roles = roles.current();
        let changed = changed(&roles, lines)?;
        let rows = self.declared.iter().map(|(plugin, permission)| {
            let explanation = roles.explain(&viewer, permission);
            let after = changed
                .as_ref()
                .map(|changed| changed.explain(&viewer, permission));
            Row {
                plugin: plugin.as_str().to_owned(),
                permission,
                changed: after.and_then(|after| Changed::between(&explanation.decision, &after.decision)),
                explanation: Some(explanation),
            }
        });
        Ok(Answered {
            rows: rows.collect(),
            roles: roles.roles_of(&viewer),
            groups: viewer.claims.to_vec(),
        })
    }

    /// Where no policy decides, everybody may do what is not for administrators.
    fn without_policy(&self) -> Vec<Row> {
        let rows = self.declared.iter().map(|(plugin, permission)| Row {
            plugin: plugin.as_str().to_owned(),
            permission,
            explanation: (!is_for_administrators(permission)).then(|| Explanation {
                decision: Decision::Allow,
                because: Vec::new(),
            }),
            changed: None,
        });
        rows.collect()
    }
}

/// The roles with further lines, if there are any.
fn changed(roles: &Roles, lines: &str) -> Result<Option<Roles>, String> {
    if lines.trim().is_empty() {
        return Ok(None);
    }
    if lines.len() > LONGEST {
        return Err(format!("More than {LONGEST} bytes of lines are not tried"));
    }
    let mut changed = roles.clone();
    changed.add_lines(lines, "line").map_err(|fault| fault.message)?;
    Ok(Some(changed))
}
