//! Notifications: what programs and templates tell people of the portal.
//!
//! A program sends through the API (`api`, the wire contract of the original), a template through `notification:send`
//! (`action`). Recipients are found in the catalog (`recipients`); each of them, or everybody, has the notification in the
//! inbox (`inbox`, `pages`), with the bell above every page (`bell`). People switch origins and topics off (`choices`).
//! Nothing is sent on by mail or chat.

mod action;
mod api;
mod bell;
mod choices;
mod inbox;
mod link;
mod live;
mod notification;
mod pages;
mod question;
mod recipients;
mod retention;
mod section;
mod tables;

pub use action::{ORIGIN, SendNotification};
pub use choices::Choices;
pub use inbox::{Inbox, Letter, Marks, Sent};
pub use notification::{Notification, Payload, Severity};
pub use pages::page_samples;
pub use question::{Order, Question};
pub use recipients::Recipients;
pub use retention::Retention;
pub use section::Section;
pub use tables::MIGRATIONS;
pub use tables::reading::{Listed, Status};

use std::borrow::Cow;
use std::sync::Arc;

use catalog::Catalog;
use plugin::{
    Asset, AssetKind, Contributions, Declaration, LiveTopic, PaletteCommand, PluginId, Routes, Services,
};
use serde_json::Value;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("notifications");

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(Section)),
        migrations: MIGRATIONS,
        ..Declaration::new(ID)
    }
}

/// The plugin. `section` is its part of the configuration; what cannot be read of it counts as not set, as `config check` says.
pub fn contributions(section: &Value, catalog: &Catalog, services: &Services) -> Contributions {
    let defaults = Choices::read(&section["defaultSettings"]).unwrap_or_default();
    let kept = section::retention(section).or_else(|_| section::retention(&Value::Null));
    let inbox = Inbox::new(&services.store, catalog, defaults);
    let command = PaletteCommand {
        title: "Notifications".into(),
        words: "inbox unread messages".into(),
        icon: "bell".into(),
        path: "/notifications".into(),
    };
    let asset = |kind, text: &'static str| Asset {
        kind,
        text: Cow::Borrowed(text),
    };
    Contributions {
        routes: vec![Routes::new(ID).api(api::rows(&inbox)).pages(pages::rows(&inbox))],
        assets: vec![
            asset(AssetKind::Style, include_str!("../css/notifications.css")),
            asset(AssetKind::Script, include_str!("../js/notifications.js")),
        ],
        top_bar_parts: vec![bell::Bell::part(&inbox)],
        palette_commands: vec![command],
        actions: vec![Arc::new(SendNotification(inbox.clone()))],
        live_topics: vec![LiveTopic {
            name: live::TOPIC.into(),
            needs: None,
            only_parts: true,
        }],
        schedules: vec![retention::schedule()],
        jobs: vec![Arc::new(Retention::new(inbox, kept.unwrap_or_default()))],
        ..Contributions::of(ID)
    }
}
