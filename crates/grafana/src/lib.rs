//! Dashboards, charts and alerts of entities, from Grafana.
//!
//! An entity says by annotations which dashboards and alerts are its own (`selector`). One job asks each Grafana for its
//! alert rules, once for all entities (`alerts::refresh`); what it says is kept in a table and in the memory of every process
//! (`alerts::known`), from which badges and pages are made. Dashboards are listed once a minute and read when somebody looks
//! (`boards`); the numbers of a panel are asked for by the chart that shows them, so that a slow data source holds up nothing
//! else. Charts are drawn on the server by `ui`.

mod alert_states;
mod alerts;
mod annotate;
mod annotations;
mod api;
mod boards;
mod client;
mod grafana;
mod head;
mod many;
mod measured;
mod notes;
mod overview_board;
mod pages;
mod pictures;
mod proxy;
mod range;
mod selector;
mod settings;
mod tab;
mod trouble;

pub use alerts::tables::MIGRATIONS;
pub use measured::AnsweredPanels;
pub use pages::page_samples;
pub use settings::Section;

use std::borrow::Cow;
use std::sync::Arc;

use ::catalog::Catalog;
use config::Config;
use plugin::{
    Action, Asset, AssetKind, Contributions, Declaration, EntityTab, LiveTopic, NavigationItem,
    NavigationSection, PluginId, Routes, Services,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use work::{Schedule, Subscription};

use crate::alert_states::AlertStates;
use crate::alerts::known::Known;
use crate::alerts::pushed::{self, Pushed, WEBHOOKS};
use crate::alerts::refresh::{KIND, Refresh, TOPIC};
use crate::annotate::CreateAnnotation;
use crate::grafana::Grafanas;
use crate::head::{AlertBadges, AlertCard};
use crate::many::{AlertsOfParts, Many, OwnedAlerts};
use crate::settings::Settings;
use crate::tab::Monitoring;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("grafana");

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(Section)),
        migrations: MIGRATIONS,
        ..Declaration::new(ID)
    }
}

/// The plugin, which reads its section of the configuration and that of the proxy. What is known of alerts is followed until `stop`.
pub fn contributions(
    config: &Config,
    catalog: &Catalog,
    services: &Services,
    stop: CancellationToken,
) -> Contributions {
    let known = Known::default();
    let section = |name: &str| config.value().get(name).unwrap_or(&Value::Null);
    let settings = Settings::read(section("grafana"), section("proxy"), &|path, secret| {
        config.followed(path, secret)
    });
    let every = settings
        .as_ref()
        .map(|settings| settings.every)
        .unwrap_or_default();
    let grafanas = settings.and_then(|settings| match Grafanas::new(settings, &services.outside) {
        Ok(grafanas) => Some(Arc::new(grafanas)),
        Err(error) => {
            tracing::error!(%error, "Grafana cannot be called");
            None
        }
    });
    let monitoring = Arc::new(Monitoring {
        grafanas: grafanas.clone(),
        known: known.clone(),
    });
    let tab: Arc<dyn EntityTab> = monitoring.clone();
    let api = api::rows(&api::Api {
        grafanas: grafanas.clone(),
        known: known.clone(),
        catalog: catalog.clone(),
        tab: monitoring.clone(),
    });
    let many = grafanas.clone().map(|grafanas| Many {
        grafanas,
        known: known.clone(),
        catalog: catalog.clone(),
    });
    let base = Contributions {
        routes: vec![
            Routes::new(ID).api(api).pages(pages::many::rows(many.as_ref())),
            Routes::new(proxy::ID).api(proxy::rows(&grafanas)),
        ],
        assets: vec![Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(include_str!("../css/monitoring.css")),
        }],
        entity_tabs: vec![tab],
        frame_hosts: grafanas.iter().flat_map(|all| all.framed()).collect(),
        live_topics: vec![LiveTopic {
            name: TOPIC.into(),
            needs: None,
            only_parts: false,
        }],
        ..Contributions::of(ID)
    };
    let (Some(grafanas), Some(many)) = (grafanas, many) else {
        return base;
    };
    tokio::spawn(known.clone().follow(services.store.clone(), stop.clone()));
    let states = AlertStates::new(many.clone());
    tokio::spawn(states.clone().follow(services.store.clone(), stop));
    let annotate = CreateAnnotation(grafanas.clone());
    let annotates = grafanas.all().iter().any(|host| host.settings.annotates);
    let actions: Vec<Arc<dyn Action>> = if annotates {
        vec![Arc::new(annotate)]
    } else {
        Vec::new()
    };
    let refresh = Arc::new(Refresh {
        every,
        grafanas: grafanas.clone(),
        catalog: catalog.clone(),
        store: services.store.clone(),
    });
    Contributions {
        actions,
        entity_badges: vec![Arc::new(AlertBadges {
            grafanas: grafanas.clone(),
            known: known.clone(),
            every,
        })],
        entity_cards: vec![Arc::new(AlertCard { grafanas, known }), Arc::new(AlertsOfParts)],
        entity_states: vec![Arc::new(states)],
        home_cards: vec![Arc::new(OwnedAlerts(many))],
        navigation: vec![NavigationItem::new(
            "Alerts",
            pages::many::ADDRESS,
            "bell",
            NavigationSection::Main,
            33,
        )],
        jobs: vec![refresh.clone(), Arc::new(Pushed(refresh))],
        subscriptions: vec![Subscription::new(events::webhooks_of(WEBHOOKS), pushed::KIND)],
        schedules: vec![Schedule::every(KIND, every, KIND)],
        ..base
    }
}
