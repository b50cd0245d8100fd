//! What the caller of a request sees of the catalog.
//!
//! This is the one place where a caller becomes a [`Sight`]. Handlers of every feature take a [`CurrentSight`];
//! without it they cannot ask the catalog anything. Where a portal has a policy, the policy decides; until then every
//! caller that proved who it is sees everything.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use catalog::Sight;
use model::{Fault, Viewer};
use plugin::{Decision, Permission, PermissionAction};
use web::{ApiError, CurrentViewer, Granted, Permissions};

/// The permission to see an entity.
pub static ENTITY_READ: Permission =
    Permission::new("catalog.entity.read", PermissionAction::Read).on("catalog-entity");

/// What the caller of the request at hand sees.
#[derive(Debug, Clone)]
pub struct CurrentSight(pub Sight);

/// The sight of a caller that sees everything; other callers are refused. For data of the whole portal that no filter
/// on entities can decide about: sources, registered locations, previews.
#[derive(Debug, Clone)]
pub struct WholeSight(pub Sight);

/// The entities to which the caller of the request at hand may do what its row needs the permission for
/// ([`plugin::Rule::needs_per_thing`]).
#[derive(Debug, Clone)]
pub struct CurrentReach(pub Sight);

/// What a caller sees. Where nothing decides about permissions, that is nothing.
async fn sight_of(viewer: &Viewer, permissions: Option<&Permissions>) -> Result<Sight, Fault> {
    let decision = match permissions {
        Some(permissions) => permissions.decide(viewer, &ENTITY_READ).await?,
        None => Decision::Deny,
    };
    Sight::of(&decision)
}

impl<S: Send + Sync> FromRequestParts<S> for CurrentSight {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentViewer(viewer) = CurrentViewer::from_request_parts(parts, state).await?;
        let permissions = parts.extensions.get::<Permissions>().cloned();
        let sight = sight_of(&viewer, permissions.as_ref()).await;
        sight
            .map(Self)
            .map_err(|fault| ApiError::new(fault).into_response())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CurrentReach {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Granted(decision) = Granted::from_request_parts(parts, state).await?;
        let reach = Sight::of(&decision);
        reach
            .map(Self)
            .map_err(|fault| ApiError::new(fault).into_response())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for WholeSight {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentSight(sight) = CurrentSight::from_request_parts(parts, state).await?;
        if sight.is_everything() {
            return Ok(Self(sight));
        }
        let fault = Fault::not_allowed("This is open to callers who may see the whole catalog");
        Err(ApiError::new(fault).into_response())
    }
}

/// An answer that depends on what the caller sees: caches must not give it to another caller, and equal texts for
/// different sights have different tags.
pub fn for_sight(sight: &Sight, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Cookie, Authorization"));
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    if let (Some(tag), Some(key)) = (tag.and_then(|tag| tag.strip_suffix('"')), sight.key().tag())
        && let Ok(tag) = HeaderValue::from_str(&format!("{tag}-{key}\""))
    {
        headers.insert(header::ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use async_trait::async_trait;
    use catalog::SightKey;
    use model::Restriction;
    use plugin::{Condition, PluginId, Policy};
    use serde_json::json;

    struct Says(Vec<Decision>);

    #[async_trait]
    impl Policy for Says {
        async fn decide(&self, _: &Viewer, _: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
            Ok(self.0.clone())
        }
    }

    fn permissions(policy: Option<Vec<Decision>>) -> Permissions {
        let policy = policy.map(|says| Arc::new(Says(says)) as Arc<dyn Policy>);
        Permissions::new(policy, PluginId::built_in("catalog"))
    }

    async fn check(viewer: &Viewer, policy: Option<Vec<Decision>>, is_everything: bool) {
        let sight = sight_of(viewer, Some(&permissions(policy))).await.unwrap();
        assert_eq!(sight.key() == SightKey::Everything, is_everything, "{viewer:?}");
    }

    #[tokio::test]
    async fn a_policy_decides_and_without_one_every_caller_that_is_somebody_sees_everything() {
        check(&Viewer::guest(), None, true).await;
        check(&Viewer::service("ci", Vec::new()), None, true).await;
        check(&Viewer::nobody(), None, false).await;
        let restricted = |actions: &[&str]| Restriction {
            plugin: "catalog".to_owned(),
            permissions: Vec::new(),
            actions: actions.iter().map(ToString::to_string).collect(),
        };
        check(&Viewer::service("ci", vec![restricted(&["read"])]), None, true).await;
        check(&Viewer::service("ci", vec![restricted(&["create"])]), None, false).await;
        let ungated = sight_of(&Viewer::guest(), None).await.unwrap();
        assert!(
            ungated.key() != SightKey::Everything,
            "without a gate nothing is seen"
        );
        check(&Viewer::guest(), Some(vec![Decision::Allow]), true).await;
        check(&Viewer::guest(), Some(vec![Decision::Deny]), false).await;
        // A policy that forgets to answer allows nothing.
        check(&Viewer::guest(), Some(Vec::new()), false).await;
        let kind = Condition::Rule {
            name: "IS_ENTITY_KIND".to_owned(),
            parameters: json!({"kinds": ["API"]}),
        };
        check(&Viewer::guest(), Some(vec![Decision::Conditional(kind)]), false).await;
    }

    #[tokio::test]
    async fn a_rule_that_does_not_exist_is_an_error_and_not_a_sight() {
        let unknown = Condition::Rule {
            name: "IS_NICE".to_owned(),
            parameters: json!({}),
        };
        let permissions = permissions(Some(vec![Decision::Conditional(unknown)]));
        let fault = sight_of(&Viewer::guest(), Some(&permissions)).await.unwrap_err();
        assert!(fault.message.contains("'IS_NICE' does not exist"), "{fault}");
    }
}
