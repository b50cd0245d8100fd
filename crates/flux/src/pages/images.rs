//! Tables of images: which tag is the newest, where it was looked for, and who writes it into Git.

use maud::{Markup, html};
use ui::{Column, Row, Table, time};

use super::running::linked;
use super::scene::Scene;
use super::tables::{acts, framed, more, name_cell};
use super::view::mark;
use crate::engine::images::{latest, policy_repository, previous, rule};
use crate::engine::kinds::{IMAGE_AUTOMATIONS, IMAGE_POLICIES, IMAGE_REPOSITORIES};
use crate::engine::{Placed, Revision, state};

/// All tables of images.
pub(crate) fn tables(scene: &Scene) -> Markup {
    html! {
        (policies(scene))
        (repositories(scene))
        (automations(scene))
    }
}

fn of<'a>(scene: &'a Scene, kind: &'static kubernetes::engine::Kind) -> impl Iterator<Item = &'a Placed> {
    scene
        .found
        .images
        .iter()
        .filter(move |placed| placed.object.kind() == kind)
}

/// The first two cells and the key of a row.
fn row(scene: &Scene, placed: &Placed, cells: Vec<Markup>) -> Row {
    let object = &placed.object;
    let told = state::of(object);
    let mut all = vec![
        name_cell(object, &placed.cluster, &placed.title, &Markup::default()),
        html! { (mark(&told)) (more(object, &told, scene)) (acts(scene, &placed.cluster, object)) },
    ];
    all.extend(cells);
    Row::new(all).key(format!("image-{}", object.uid()))
}

fn policies(scene: &Scene) -> Markup {
    let rows = of(scene, &IMAGE_POLICIES).map(|placed| {
        let object = &placed.object;
        let (namespace, name) = policy_repository(object);
        let chosen = latest(object);
        let before = previous(object).filter(|before| Some(before) != chosen.as_ref());
        let since = state::of(object).since;
        let cells = vec![
            html! { @if let Some((word, value)) = rule(object) { (word) " / " code { (value) } } },
            html! { span.flux-address { (namespace) "/" (name) } },
            html! {
                @match &chosen {
                    Some((image, tag)) => { div.flux-address { (image) ":" strong { (tag) } } }
                    None => { span.muted { "none yet" } }
                }
                @if let Some((_, tag)) = &before { div.muted { "before " (tag) } }
            },
            since.map_or_else(Markup::default, |at| time(at, scene.now)),
        ];
        row(scene, placed, cells)
    });
    let table = Table {
        caption: "Image policies",
        columns: vec![
            Column::new("Name"),
            Column::new("State"),
            Column::optional("Rule"),
            Column::optional("Image repository"),
            Column::optional("Latest image"),
            Column::optional("Updated"),
        ],
        rows: rows.collect(),
    };
    framed("Image policies", &table)
}

fn repositories(scene: &Scene) -> Markup {
    let rows = of(scene, &IMAGE_REPOSITORIES).map(|placed| {
        let object = &placed.object;
        let scan = &object.value["status"]["lastScanResult"];
        let at = scan["scanTime"].as_str().and_then(|at| at.parse().ok());
        let cells = vec![
            html! { span.flux-address { (object.text("/spec/image").unwrap_or_default()) } },
            html! { @match scan["tagCount"].as_u64() { Some(count) => { (count) } None => { span.muted { "not known" } } } },
            at.map_or_else(Markup::default, |at| time(at, scene.now)),
        ];
        row(scene, placed, cells)
    });
    let table = Table {
        caption: "Image repositories",
        columns: vec![
            Column::new("Name"),
            Column::new("State"),
            Column::optional("Image"),
            Column::optional("Tags"),
            Column::optional("Last scan"),
        ],
        rows: rows.collect(),
    };
    framed("Image repositories", &table)
}

fn automations(scene: &Scene) -> Markup {
    let rows = of(scene, &IMAGE_AUTOMATIONS).map(|placed| {
        let object = &placed.object;
        let moment = |pointer: &str| {
            object
                .moment(pointer)
                .map_or_else(|| html! { span.muted { "never" } }, |at| time(at, scene.now))
        };
        let pushed = object.text("/status/lastPushCommit");
        let pushed = pushed.and_then(|sha| Revision::read(Some(&format!("sha1:{sha}"))));
        let repository = repository_of(scene, placed);
        let cells = vec![
            moment("/status/lastAutomationRunTime"),
            html! { @match &pushed { Some(pushed) => { (linked(repository, pushed)) } None => { span.muted { "none" } } } },
            moment("/status/lastPushTime"),
        ];
        row(scene, placed, cells)
    });
    let table = Table {
        caption: "Image automation",
        columns: vec![
            Column::new("Name"),
            Column::new("State"),
            Column::optional("Last run"),
            Column::optional("Last push"),
            Column::optional("Pushed"),
        ],
        rows: rows.collect(),
    };
    framed("Image automation", &table)
}

/// The repository that an automation writes into, if it is one of the entity's.
fn repository_of<'a>(scene: &'a Scene, placed: &Placed) -> Option<&'a str> {
    let reference = &placed.object.value["spec"]["sourceRef"];
    let namespace = reference["namespace"]
        .as_str()
        .unwrap_or(placed.object.namespace());
    let mut all = scene.found.all.iter();
    let found = all.find(|one| {
        one.source_name.as_ref().is_some_and(|(_, in_namespace, name)| {
            one.cluster == placed.cluster && in_namespace == namespace && reference["name"] == name.as_str()
        })
    });
    found?.repository()
}
