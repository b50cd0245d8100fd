//! What people see: the tab and the card of an entity, an object of it, and logs.

mod actions;
mod all_clusters;
mod all_workloads;
mod clusters;
mod commands;
mod connect;
mod custom;
mod log_lines;
mod logs;
mod object;
mod others;
mod pods;
mod redacted;
mod samples;
mod scene;
mod states;
mod summary;
mod tab;
mod usage;
mod workload_page;
mod workloads;

pub(crate) use actions::rows as action_rows;
pub use connect::no_cluster;
pub(crate) use log_lines::ReadLine;
pub(crate) use object::ObjectAddress;
pub use samples::page_samples;
pub(crate) use scene::below;

use std::borrow::Cow;

use maud::Markup;
use plugin::{Asset, AssetKind, NavigationItem, NavigationSection, Rows, Rule};
use ui::{Tab as Choice, segmented};

use crate::api::Desk;
use crate::{CLUSTERS_READ, PROXY, RESOURCES_READ};

pub(crate) use states::RuntimeStates;
pub(crate) use tab::{Card, Tab};

/// The pages with their full paths.
pub(crate) fn rows(desk: &Desk) -> Rows {
    let workloads = Rule::signed_in().needs(&RESOURCES_READ);
    let clusters = Rule::signed_in().needs(&CLUSTERS_READ);
    Rows::new()
        .get(all_workloads::PATH, workloads.prefetch(), all_workloads::show)
        .get(workload_page::PATH, workloads.prefetch(), workload_page::show)
        .get(all_clusters::PATH, clusters.prefetch(), all_clusters::show)
        .get(all_clusters::ONE, clusters.prefetch(), all_clusters::show_one)
        .get(logs::PATH, Rule::signed_in().needs(&PROXY), logs::show)
        .with_state(desk)
}

/// The entry of the navigation.
pub(crate) fn navigation() -> NavigationItem {
    let item = NavigationItem::new(
        "Kubernetes",
        all_workloads::PATH,
        "system",
        NavigationSection::Plugins,
        10,
    );
    item.needs(&RESOURCES_READ)
}

/// The choice between the pages about all clusters.
fn sections(current: &str) -> Markup {
    let choices = [
        ("workloads", "Workloads", all_workloads::PATH),
        ("clusters", "Clusters", all_clusters::PATH),
    ];
    let tabs = choices.map(|(name, title, path)| Choice::new(title, path, name == current));
    segmented("Pages about Kubernetes", &tabs)
}

/// Styles and scripts of these pages.
pub(crate) fn assets() -> Vec<Asset> {
    vec![
        Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(include_str!("../css/kubernetes.css")),
        },
        Asset {
            kind: AssetKind::Script,
            text: Cow::Borrowed(include_str!("../js/log.js")),
        },
    ]
}
