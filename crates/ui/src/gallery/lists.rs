//! Samples of lists and what stands around them.

use maud::html;
use model::EntityRef;

use super::Sample;
use crate::{
    Align, Column, Direction, Facet, FacetOption, Facets, Pagination, Row, Table, TreeNode, data_table,
    entity_link, facet_panel, lifecycle_badge, pagination, star_button, tree,
};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample::new("Table", data_table(&rows())),
        Sample::new(
            "Pagination",
            html! {
                (pagination(&Pagination { label: "Pages of components", previous: None, next: Some("?cursor=x".into()), range: Some((1, 50)), total: Some(12_345) }))
                (pagination(&Pagination { total: Some(3), ..Pagination::default() }))
            },
        ),
        Sample::new("Facets", facet_panel(&facets())),
        Sample::new(
            "Tree",
            tree(&[branch(
                "acme",
                vec![
                    branch("platform", vec![branch("platform-team", vec![])]),
                    branch("talent", vec![]),
                ],
            )]),
        ),
    ]
}

fn branch(name: &str, children: Vec<TreeNode>) -> TreeNode {
    let reference = EntityRef::new("group", "default", name);
    TreeNode {
        line: entity_link(&reference, None),
        children,
        open: true,
        key: name.to_owned(),
    }
}

fn rows() -> Table<'static> {
    let row = |name: &str, owner: &str, lifecycle: &str, text: &str| {
        let reference = EntityRef::new("component", "default", name);
        let owner = EntityRef::new("group", "default", owner);
        Row::new(vec![
            entity_link(&reference, None),
            entity_link(&owner, None),
            html! { "service" },
            lifecycle_badge(lifecycle),
            html! { (text) },
            html! { "12" },
            star_button(name, name.starts_with('t'), "/"),
        ])
        .key(name)
    };
    let ascending = Column {
        sort_href: Some("?order=-name".into()),
        sorted: Some(Direction::Ascending),
        ..Column::new("Name")
    };
    let number = Column {
        align: Align::End,
        sort_href: Some("?order=uses".into()),
        ..Column::new("Uses")
    };
    Table {
        caption: "Components",
        columns: vec![
            ascending,
            Column::new("Owner"),
            Column::optional("Type"),
            Column::optional("Lifecycle"),
            Column::growing("Description"),
            number,
            Column::controls("Star"),
        ],
        rows: vec![
            row(
                "talentmesh-api",
                "platform-team",
                "production",
                "Matches people and work; the public API of the talent platform.",
            ),
            row("orders", "commerce", "experimental", "Takes orders."),
            row(
                "a-component-with-a-very-long-name-that-somebody-really-chose",
                "legacy",
                "deprecated",
                "A description that is much longer than the column that shows it, so that it has to be cut somewhere near its end.",
            ),
        ],
    }
}

fn facets() -> Facets {
    let option = |label: &str, count, selected| FacetOption {
        label: label.into(),
        count: Some(count),
        href: "#".into(),
        selected,
    };
    let owners = (1..=12)
        .map(|number| option(&format!("team-{number}"), 130 - number * 7, number == 1))
        .collect();
    Facets {
        groups: vec![
            Facet {
                title: "Owner".into(),
                options: owners,
                shown: 6,
                clear: Some("#".into()),
            },
            Facet {
                title: "Lifecycle".into(),
                options: vec![
                    option("production", 1_240, false),
                    option("experimental", 31, false),
                ],
                ..Facet::default()
            },
        ],
        clear: Some("#".into()),
        active: 1,
    }
}
