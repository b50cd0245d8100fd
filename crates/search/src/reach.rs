//! What a caller may find: what its sight shows, without documents of types that need a permission it does not have.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use catalog::Sight;
use model::Fault;
use plugin::{Decision, Permission, PluginId};
use sight::CurrentSight;
use web::{ApiError, Permissions};

use crate::search::Search;

/// What a caller may find.
#[derive(Debug, Clone)]
pub struct Reach {
    pub(crate) sight: Sight,
    /// Types of documents that are not found.
    pub(crate) hidden_types: Vec<String>,
}

impl Reach {
    /// Documents of every type, of the entities that a sight shows.
    pub fn of_every_type(sight: &Sight) -> Self {
        Self {
            sight: sight.clone(),
            hidden_types: Vec::new(),
        }
    }

    /// Whether documents of a type may be found.
    pub(crate) fn has_type(&self, kind: &str) -> bool {
        !self.hidden_types.iter().any(|hidden| hidden == kind)
    }
}

/// What the caller of the request at hand may find.
pub(crate) struct CurrentReach(pub(crate) Reach);

impl<S> FromRequestParts<S> for CurrentReach
where
    S: Send + Sync,
    Search: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentSight(sight) = CurrentSight::from_request_parts(parts, state).await?;
        let hidden = hidden_types(parts, &Search::from_ref(state)).await;
        let hidden_types = hidden.map_err(|fault| ApiError::new(fault).into_response())?;
        Ok(Self(Reach { sight, hidden_types }))
    }
}

/// Types that need a permission which the caller does not have as a whole. Without a gate nobody has any.
async fn hidden_types(parts: &mut Parts, search: &Search) -> Result<Vec<String>, Fault> {
    let guarded = search.guarded_types();
    if guarded.is_empty() {
        return Ok(Vec::new());
    }
    let asked: Vec<(&PluginId, &'static Permission)> = guarded
        .iter()
        .map(|(plugin, _, needs)| (*plugin, *needs))
        .collect();
    let viewer = parts.extensions.get::<model::Viewer>();
    let decisions = match parts.extensions.get::<Permissions>().zip(viewer) {
        Some((permissions, viewer)) => permissions.decide_all(viewer, &asked).await?,
        None => Vec::new(),
    };
    let is_hidden = |at: usize| decisions.get(at) != Some(&Decision::Allow);
    let kinds = guarded.iter().enumerate().filter(|(at, _)| is_hidden(*at));
    Ok(kinds.map(|(_, (_, kind, _))| (*kind).to_owned()).collect())
}
