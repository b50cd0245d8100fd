//! Objects of kinds that the portal does not know by name.

use maud::{Markup, html};
use ui::{Card, Column, Row, Table, card, data_table, time};

use super::object::link;
use super::scene::Scene;
use super::summary::mark;
use crate::engine::surroundings::kinds_of_tab;
use crate::engine::{ClusterAnswer, Kind, Object};
use crate::health::{Health, custom};

/// A table of each such kind.
pub(crate) fn tables(scene: &Scene, one: &ClusterAnswer) -> Markup {
    let known = kinds_of_tab();
    let mut kinds: Vec<&'static Kind> = one
        .objects
        .iter()
        .map(Object::kind)
        .filter(|kind| !known.contains(kind))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    html! { @for kind in kinds { (of_kind(scene, one, kind)) } }
}

fn of_kind(scene: &Scene, one: &ClusterAnswer, kind: &'static Kind) -> Markup {
    let rows: Vec<Row> = one.of(kind).map(|object| row(scene, one, object)).collect();
    let count = rows.len();
    let table = Table {
        caption: kind.name,
        columns: vec![
            Column::new("Name"),
            Column::optional("Namespace"),
            Column::new("State"),
            Column::optional("Age"),
        ],
        rows,
    };
    let title = format!("{} ({}) in {}", kind.name, kind.group, one.title);
    card(
        Card {
            title: &title,
            count: Some(count),
            flush: true,
            ..Card::default()
        },
        data_table(&table),
    )
}

fn row(scene: &Scene, one: &ClusterAnswer, object: &Object) -> Row {
    let verdict = custom::verdict(&object.value);
    let at = object.moment("/metadata/creationTimestamp");
    let cells = vec![
        html! { (link(&scene.reference, &one.cluster, object, object.name())) },
        html! { (object.namespace()) },
        html! { (mark(&verdict)) @if let Some(reason) = &verdict.reason { p.k8s-why { (reason) } } },
        html! { @if let Some(at) = at { (time(at, scene.now)) } },
    ];
    Row {
        failed: verdict.health == Health::Down,
        ..Row::new(cells).key(format!("object-{}", object.uid()))
    }
}
