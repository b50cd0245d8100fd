//! What callers may do of whom a policy says that they may do it to some entities only.

use std::sync::Arc;

use async_trait::async_trait;
use model::{Fault, Viewer};
use plugin::{Condition, Decision, Permission, Policy};
use serde_json::json;

use super::Portal;

/// Lets everybody see what is no website, and refresh and delete what has the type `service`.
struct Services;

#[async_trait]
impl Policy for Services {
    async fn decide(&self, _: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        let of_type = |value: &str| Condition::Rule {
            name: "HAS_SPEC".to_owned(),
            parameters: json!({"key": "type", "value": value}),
        };
        let decide = |permission: &&'static Permission| match permission.name {
            "catalog.entity.read" => Decision::Conditional(Condition::Not(Box::new(of_type("website")))),
            "catalog.entity.delete" | "catalog.entity.refresh" => {
                let any = vec![of_type("service"), of_type("website")];
                Decision::Conditional(Condition::Any(any))
            }
            _ => Decision::Deny,
        };
        Ok(asked.iter().map(decide).collect())
    }
}

/// Lets everybody see everything and change nothing.
struct OnlyLooking;

#[async_trait]
impl Policy for OnlyLooking {
    async fn decide(&self, _: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        let decide = |permission: &&'static Permission| match permission.name {
            "catalog.entity.read" => Decision::Allow,
            _ => Decision::Deny,
        };
        Ok(asked.iter().map(decide).collect())
    }
}

async fn uid(portal: &Portal, reference: &str) -> String {
    let entity = portal.world.entity(reference).await.unwrap();
    entity["metadata"]["uid"].as_str().unwrap().to_owned()
}

/// A service that is seen, a library that is seen, a website that is hidden, and none.
const CASES: [(&str, bool); 4] = [
    ("component:default/alpha", true),
    ("component:default/with-comma", false),
    ("component:default/beta", false),
    ("component:default/nope", false),
];

#[tokio::test]
async fn a_condition_decides_which_entities_may_be_refreshed() {
    let portal = Portal::guarded(json!({}), Some(Arc::new(Services))).await;
    let refused = "403 This needs the permission catalog.entity.refresh for the entity";
    for (reference, is_allowed) in CASES {
        let expected = if is_allowed { "200" } else { refused };
        portal
            .check_post("/refresh", json!({"entityRef": reference}), expected)
            .await;
    }
}

#[tokio::test]
async fn a_condition_decides_which_entities_may_be_deleted() {
    let portal = Portal::guarded(json!({}), Some(Arc::new(Services))).await;
    let nobody = uuid::Uuid::from_u128(7).to_string();
    let refused = "403 This needs the permission catalog.entity.delete for the entity";
    for (reference, is_allowed) in CASES {
        let uid = match reference {
            "component:default/nope" => nobody.clone(),
            _ => uid(&portal, reference).await,
        };
        let expected = if is_allowed { "204" } else { refused };
        portal
            .check(&format!("DELETE /entities/by-uid/{uid}"), expected)
            .await;
        let is_there = portal.world.entity(reference).await.is_some();
        let was_there = uid != nobody;
        assert_eq!(is_there, was_there && !is_allowed, "{reference}");
    }
    portal.check("DELETE /entities/by-uid/none", refused).await;
    portal
        .check(&format!("DELETE /entities/unprocessed/delete/{nobody}"), "403")
        .await;
}

#[tokio::test]
async fn without_the_permission_nothing_may_be_done_to_any() {
    let portal = Portal::guarded(json!({}), Some(Arc::new(OnlyLooking))).await;
    for (reference, _) in CASES {
        portal
            .check_post("/refresh", json!({"entityRef": reference}), "403")
            .await;
    }
    let uid = uid(&portal, "component:default/alpha").await;
    portal
        .check(&format!("DELETE /entities/by-uid/{uid}"), "403")
        .await;
    assert!(portal.world.entity("component:default/alpha").await.is_some());
}
