//! Permissions for clients of the original, and for people who want to know what somebody may do and why.

mod authorize;
mod page;
pub(crate) mod view;

use std::sync::Arc;

use catalog::Catalog;
use plugin::{
    Audience, ConditionalThings, Contributions, HomeCard, NavigationItem, NavigationSection, Permission,
    PermissionAction, PluginId, Routes, Rows, Rule, Slot,
};
use serde_json::{Value, json};
use web::api::Json;

use crate::PERMISSION;
use crate::pages::AccessCard;
use crate::roles::RolesFile;

/// See what people may do, and why.
pub static POLICY_READ: Permission =
    Permission::new("policy.entity.read", PermissionAction::Read).for_administrators();
/// The permissions of the plugin.
pub static PERMISSIONS: [&Permission; 1] = [&POLICY_READ];

/// What handlers have at hand.
#[derive(Clone)]
struct Desk {
    catalog: Catalog,
    /// All permissions of all plugins.
    declared: Arc<[(PluginId, &'static Permission)]>,
    roles: Option<RolesFile>,
    /// Things of other plugins that conditions may be about.
    things: Slot<Vec<Arc<dyn ConditionalThings>>>,
}

/// The plugin. `roles` are those that decide, if they do; `declared` are the permissions of all plugins, and `things` what
/// conditions are about beside entities.
pub fn permission_contributions(
    (catalog, things): (&Catalog, Slot<Vec<Arc<dyn ConditionalThings>>>),
    roles: Option<RolesFile>,
    declared: Vec<(PluginId, &'static Permission)>,
    administrators: &[String],
) -> Contributions {
    let card = roles.clone().map(|roles| {
        Arc::new(AccessCard {
            roles,
            administrators: administrators.to_owned(),
        }) as Arc<dyn HomeCard>
    });
    let desk = Desk {
        catalog: catalog.clone(),
        declared: declared.into(),
        roles,
        things,
    };
    let api = Rows::new()
        .get("/health", Rule::anyone(), health)
        .post("/authorize", Rule::person(), authorize::authorize)
        .with_state(&desk);
    let pages = Rows::new()
        .get(page::PATH, Rule::signed_in().needs(&POLICY_READ), page::show)
        .post(page::PATH, Rule::person().needs(&POLICY_READ), page::tried)
        .with_state(&desk);
    let entry = NavigationItem::new(
        "Permissions",
        page::PATH,
        "lock",
        NavigationSection::Administration,
        55,
    );
    Contributions {
        routes: vec![Routes::new(PERMISSION).api(api).pages(pages)],
        navigation: vec![entry.needs(&POLICY_READ)],
        home_cards: card.into_iter().collect(),
        ..Contributions::of(PERMISSION)
    }
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

impl Desk {
    /// A permission that some plugin has.
    fn declared(&self, name: &str) -> Option<&(PluginId, &'static Permission)> {
        self.declared
            .iter()
            .find(|(_, permission)| permission.name == name)
    }
}

/// Whether administrators alone have a permission where no policy decides.
fn is_for_administrators(permission: &Permission) -> bool {
    permission.audience == Audience::Administrators
}
