//! Objects of kinds that the portal does not know by name, with the columns that their definition gives them.

use maud::{Markup, html};
use ui::{Card, Column, Row, Table, card, data_table, time};

use super::object::link;
use super::scene::Scene;
use super::summary::mark;
use crate::engine::surroundings::kinds_of_tab;
use crate::engine::{self, ClusterAnswer, Kind, Object};
use crate::health::{Health, custom};

/// Columns of a definition that have room.
const MOST_COLUMNS: usize = 6;

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
    let columns = columns(scene, one, kind);
    let rows: Vec<Row> = one
        .of(kind)
        .map(|object| row(scene, one, object, &columns))
        .collect();
    let count = rows.len();
    let word = one.of(kind).next().map_or(kind.name, Object::kind_word);
    let mut heads = vec![
        Column::new("Name"),
        Column::optional("Namespace"),
        Column::new("State"),
    ];
    heads.extend(columns.iter().map(|column| Column::optional(&column.name)));
    heads.push(Column::optional("Age"));
    let table = Table {
        caption: word,
        columns: heads,
        rows,
    };
    let title = format!("{word} ({}) in {}", kind.group, one.title);
    let head = Card {
        title: &title,
        count: Some(count),
        flush: true,
        ..Card::default()
    };
    card(head, data_table(&table))
}

/// The columns of a kind's definition that narrow tables of `kubectl` show, without those that every object has here.
fn columns<'a>(scene: &'a Scene, one: &ClusterAnswer, kind: &'static Kind) -> Vec<&'a engine::Column> {
    let all = scene.columns.get(&(one.cluster.clone(), kind));
    let own = ["Name", "Namespace", "Age"];
    all.into_iter()
        .flat_map(|columns| columns.iter())
        .filter(|column| column.priority == 0 && !own.contains(&column.name.as_str()))
        .take(MOST_COLUMNS)
        .collect()
}

fn row(scene: &Scene, one: &ClusterAnswer, object: &Object, columns: &[&engine::Column]) -> Row {
    let verdict = custom::verdict(&object.value);
    let at = object.moment("/metadata/creationTimestamp");
    let mut cells = vec![
        html! { (link(&scene.reference, &one.cluster, object, object.name())) },
        html! { (object.namespace()) },
        html! { (mark(&verdict)) @if let Some(reason) = &verdict.reason { p.k8s-why { (reason) } } },
    ];
    cells.extend(columns.iter().map(|column| value(scene, column, object)));
    cells.push(html! { @if let Some(at) = at { (time(at, scene.now)) } });
    Row {
        failed: verdict.health == Health::Down,
        ..Row::new(cells).key(format!("object-{}", object.uid()))
    }
}

/// Moments are shown as ages, as `kubectl` does.
fn value(scene: &Scene, column: &engine::Column, object: &Object) -> Markup {
    let text = column.value(object).unwrap_or_default();
    let moment = (column.sort == "date").then(|| text.parse().ok()).flatten();
    html! {
        @match moment {
            Some(at) => { (time(at, scene.now)) }
            None => { (text) }
        }
    }
}
