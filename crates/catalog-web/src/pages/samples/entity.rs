//! Samples of the entity page, its graph and the parts for groups and people.

use std::collections::HashMap;

use maud::Markup;
use model::EntityRef;
use plugin::Denied;
use serde_json::{Value, json};
use ui::{Flow, Tab};

use super::data::{component, entities, problems, reference};
use crate::pages::entity::about::Places;
use crate::pages::entity::contacts::Contact;
use crate::pages::entity::people::{Members, Ownership, PeopleParts};
use crate::pages::entity::relations::{Related, RelatedEntities, RelationPage};
use crate::pages::entity::{people, view};
use crate::pages::graph::state::GraphState;
use crate::pages::graph::view::{Drawing, GraphPage, graph};
use crate::pages::organization::view::TeamLine;
use catalog::browse::{Head, Known};
use catalog::neighbourhood::{Arrow, Neighbourhood, Place};

pub(super) fn full_entity() -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
        "metadata": {
            "name": "talentmesh-api", "namespace": "default", "title": "TalentMesh API",
            "description": "Matches people and work; the public API of the talent platform.",
            "tags": ["rust", "talent"],
            "labels": {"tier": "1"},
            "annotations": {
                "backstage.io/kubernetes-id": "talentmesh-api",
                "grafana/dashboard-selector": "app=talentmesh-api",
                "backstage.io/managed-by-location": "url:https://gitea.example.com/talent/api/src/branch/main/catalog-info.yaml",
                "backstage.io/view-url": "https://gitea.example.com/talent/api",
            },
            "links": [{"url": "https://grafana.example.com/d/1", "title": "Dashboard", "icon": "dashboard"}, {"url": "javascript:alert(1)", "title": "Bad"}],
        },
        "spec": {"type": "service", "lifecycle": "production", "owner": "platform-team", "system": "talentmesh"},
        "relations": [
            {"type": "ownedBy", "targetRef": "group:default/platform-team"},
            {"type": "partOf", "targetRef": "system:default/talentmesh"},
        ],
    })
}

pub(super) fn frame(current: &str) -> view::EntityFrame {
    let tabs = [
        ("", "Overview"),
        ("dependencies", "Dependencies"),
        ("history", "History"),
        ("yaml", "YAML"),
    ];
    view::EntityFrame {
        entity: std::sync::Arc::new(full_entity()),
        reference: component(),
        problems: problems(),
        starred: true,
        tabs: tabs
            .map(|(path, title)| (path.to_owned(), title.to_owned()))
            .to_vec(),
        current: current.to_owned(),
        known: HashMap::new(),
        location_id: None,
        denied: Denied::default(),
    }
}

pub(super) fn entity_tab(current: &str, content: &Markup) -> Markup {
    view::entity_page(&frame(current), Default::default(), content)
}

/// The owner, with every way to reach it.
fn team() -> Value {
    json!({
        "kind": "Group",
        "metadata": {
            "name": "platform-team", "title": "Platform Team",
            "annotations": {"pagerduty.com/service-id": "P1"},
            "links": [{"url": "slack://channel?id=C1", "title": "#platform"}],
        },
        "spec": {"profile": {"email": "platform@example.com"}},
    })
}

/// The overview of a component with everything on it.
pub(super) fn entity_overview() -> Markup {
    let page = |kind: &str, targets: &[&str], total| RelationPage {
        kind: kind.to_owned(),
        targets: targets.iter().map(|text| reference(text)).collect(),
        total,
        page: 0,
    };
    let known = Head {
        kind: None,
        title: Some("PostgreSQL".to_owned()),
        spec_type: Some("database".to_owned()),
    };
    let value = full_entity();
    let overview = view::Overview {
        entity: &value,
        drawing: Some(drawing(true)),
        people: maud::html! {},
        places: Places::of(&value, str::to_owned),
        cards: Vec::new(),
        relations: vec![
            page("providesApi", &["api:default/talentmesh"], 1),
            page(
                "dependsOn",
                &["resource:default/cnpg-database", "resource:default/valkey-cache"],
                24,
            ),
        ],
        related: RelatedEntities {
            known: HashMap::from([
                (reference("resource:default/cnpg-database"), Known::Seen(known)),
                (reference("api:default/talentmesh"), Known::Seen(Head::default())),
            ]),
            facts: HashMap::from([(
                reference("resource:default/cnpg-database"),
                Related {
                    lifecycle: Some("production".to_owned()),
                    owner: Some(reference("group:default/platform-team")),
                    about: "A cluster of three instances.".to_owned(),
                },
            )]),
            unserved: Vec::new(),
        },
        owners: vec![Contact::of(
            &reference("group:default/platform-team"),
            Some(&team()),
        )],
        itself: None,
        deprecation: None,
        path: ui::href::entity(&component()),
        graph_href: GraphState::around(&component()).href(),
    };
    entity_tab("", &view::overview(&overview))
}

/// A small graph; without a layout as when it took too long.
pub(super) fn drawing(is_laid_out: bool) -> Drawing {
    let place = |text: &str, depth: usize, is_missing: bool| Place {
        reference: reference(text),
        title: None,
        kind: reference(text).kind().to_owned(),
        entity_type: None,
        depth,
        is_missing,
        stack: Vec::new(),
    };
    let arrow = |from, to, relation: &str| Arrow {
        from,
        to,
        relations: vec![relation.to_owned()],
    };
    let found = Neighbourhood {
        places: vec![
            place("component:default/talentmesh-api", 0, false),
            place("resource:default/cnpg-database", 1, false),
            place("resource:default/valkey-cache", 1, true),
            Place {
                stack: vec![reference("api:default/a"), reference("api:default/b")],
                ..place("api:default/a", 1, false)
            },
        ],
        arrows: vec![
            arrow(0, 1, "dependsOn"),
            arrow(0, 2, "dependsOn"),
            arrow(0, 3, "providesApi"),
        ],
        left_out: if is_laid_out { 0 } else { 1_200 },
    };
    let request = GraphState::around(&component()).request(100);
    let graph = graph(&found, &request, Flow::Right);
    let layout = ui::layout(&graph, std::time::Duration::from_secs(20)).ok();
    Drawing {
        found,
        graph,
        layout: layout.filter(|_| is_laid_out),
    }
}

/// The graph's page.
pub(super) fn graph_page(query: &str, drawing: Drawing) -> GraphPage {
    GraphPage {
        state: GraphState::parse(query),
        kinds: ["API", "Component", "Resource"].map(str::to_owned).to_vec(),
        drawing,
        roots: HashMap::new(),
    }
}

/// What the page of a group shows beside its description.
pub(super) fn team_parts() -> Markup {
    let user = |name: &str, title: &str| (EntityRef::new("user", "default", name), title.to_owned());
    let switch = |all: &str| {
        vec![
            Tab {
                count: Some(31),
                ..Tab::new(all, "/catalog/default/group/platform-team", true)
            },
            Tab {
                count: Some(2),
                ..Tab::new(
                    "Direct",
                    "/catalog/default/group/platform-team?members=direct",
                    false,
                )
            },
        ]
    };
    people::view(&PeopleParts {
        members: Some(Members {
            people: vec![user("ines", "Ines Duarte"), user("mei", "mei")],
            total: 31,
            range: (1, 24),
            previous: None,
            next: Some("/catalog/default/group/platform-team?people=2".to_owned()),
            switch: switch("With groups below"),
        }),
        below: team_lines(),
        ownership: Ownership {
            kinds: vec![
                (
                    "Component".to_owned(),
                    21,
                    Some("/catalog?kind=component".to_owned()),
                ),
                ("API".to_owned(), 2, None),
            ],
            entities: entities(),
            total: 23,
            href: Some("/catalog?owner=group:default/platform-team".to_owned()),
            switch: switch("With groups below"),
        },
    })
}

/// The same of a group without anybody or anything.
pub(super) fn empty_team_parts() -> Markup {
    people::view(&PeopleParts {
        members: Some(Members::default()),
        ..PeopleParts::default()
    })
}

/// A tree of groups.
pub(super) fn team_lines() -> Vec<TeamLine> {
    let line = |name: &str, below: Vec<TeamLine>| TeamLine {
        reference: EntityRef::new("group", "default", name),
        title: None,
        spec_type: Some("team".to_owned()),
        description: Some(
            "Builds and runs the Kubernetes platform, and explains it to everybody who asks.".to_owned(),
        ),
        people: below.len() + 1,
        owned: below.len() * 12,
        owned_href: Some("/catalog?owner=group:default/a".to_owned()),
        below,
    };
    let deep = line("storage", vec![line("backup", Vec::new())]);
    vec![line(
        "platform-team",
        vec![deep, line("security-team", Vec::new())],
    )]
}
