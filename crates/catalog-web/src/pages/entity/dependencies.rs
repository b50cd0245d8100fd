//! What an entity needs and what needs it: the graph of dependencies, then a card per relation.

use maud::{Markup, html};
use model::{EntityRef, entity};
use serde_json::Value;
use ui::{Button, Flow, Tab, button, href, segmented};
use url::form_urlencoded;

use super::impact;
use super::relations::{RelatedEntities, relation_card, relation_pages};
use crate::pages::failure::PageFailure;
use crate::pages::graph::state::GraphState;
use crate::pages::graph::view::{Drawing, drawing};
use crate::pages::graph::{MAX_PLACES, draw};
use catalog::View;
use catalog::impact::Direction;
use catalog::neighbourhood::Request;

/// Path of the tab.
pub(super) const TAB: &str = "dependencies";
/// Relations that are dependencies, seen from either side.
const DEPENDENCIES: [&str; 9] = [
    "dependsOn",
    "dependencyOf",
    "providesApi",
    "apiProvidedBy",
    "consumesApi",
    "apiConsumedBy",
    "hasPart",
    "partOf",
    "subcomponentOf",
];
/// Forward names of the relations that the graph follows, unless the entity consists of parts.
const FOLLOWED: [&str; 3] = ["dependsOn", "providesApi", "consumesApi"];
/// Entities in the small graph of the overview, where many alike are one stack.
const SMALL: usize = 2_000;
/// The word of the address for everything around the entity.
const AROUND: &str = "both";
/// Steps that can be chosen.
const STEPS: [usize; 4] = [1, 2, 3, 4];

/// Whether the tab has something to say.
pub(super) fn applies_to(value: &Value) -> bool {
    entity::relations(value).any(|(kind, _)| DEPENDENCIES.contains(&kind))
}

fn graph_state(value: &Value, reference: &EntityRef, steps: usize) -> GraphState {
    let has_parts = entity::relations(value).any(|(kind, _)| kind == "hasPart");
    let mut relations: Vec<String> = FOLLOWED.map(str::to_owned).to_vec();
    if has_parts || !entity::relations(value).any(|(kind, _)| is_followed(kind)) {
        relations.push("hasPart".to_owned());
    }
    GraphState {
        depth: Some(steps),
        relations,
        ..GraphState::around(reference)
    }
}

fn is_followed(kind: &str) -> bool {
    DEPENDENCIES.contains(&kind) && kind != "partOf"
}

/// What surrounds an entity at one step, for the overview; nothing when that is nothing.
pub(super) async fn small(
    seen: View<'_>,
    value: &Value,
    reference: &EntityRef,
) -> Result<Option<Drawing>, PageFailure> {
    if !applies_to(value) {
        return Ok(None);
    }
    let request = Request {
        relations: DEPENDENCIES.map(str::to_owned).to_vec(),
        is_simplified: true,
        ..GraphState::around(reference).request(SMALL)
    };
    let drawing = draw(seen, &request, Flow::Right).await?;
    Ok((!drawing.found.arrows.is_empty() && drawing.layout.is_some()).then_some(drawing))
}

/// The tab's content.
pub(super) async fn tab(
    seen: View<'_>,
    value: &Value,
    reference: &EntityRef,
    query: &str,
) -> Result<Markup, PageFailure> {
    let shown = shown(value, query);
    let switch = switch(reference, shown);
    if let Some(direction) = shown {
        let page = impact::load(seen, value, reference, direction).await?;
        return Ok(html! { (switch) (impact::view(&page)) });
    }
    let state = graph_state(value, reference, steps(query));
    let picture = draw(seen, &state.request(MAX_PLACES), state.flow).await?;
    let relations = relation_pages(value, query, |kind| DEPENDENCIES.contains(&kind));
    let related = RelatedEntities::load(seen, reference, &relations).await?;
    let path = href::entity_tab(reference, TAB);
    let controls = controls(&path, &state);
    Ok(html! {
        (switch)
        div.stack {
            div { (controls) (drawing(&picture, &state)) }
            @for relation in &relations { (relation_card(relation, &related, &path)) }
        }
    })
}

/// The direction to show, or none for everything around: the one asked for, else who depends on the entity, which is the
/// question that brings most people here.
fn shown(value: &Value, query: &str) -> Option<Direction> {
    let asked_for_around = form_urlencoded::parse(query.as_bytes())
        .any(|(key, word)| (key == "direction" && word == AROUND) || key == "steps");
    if asked_for_around {
        return None;
    }
    let first = [Direction::Dependents, Direction::Dependencies]
        .into_iter()
        .find(|direction| direction.leads_from(value));
    impact::asked(query).or(first)
}

fn switch(reference: &EntityRef, shown: Option<Direction>) -> Markup {
    let path = href::entity_tab(reference, TAB);
    let tab = |title: &str, word: &str, is_current: bool| {
        Tab::new(title, href::with_query(&path, [("direction", word)]), is_current)
    };
    let of = |title, direction: Direction| tab(title, direction.as_str(), shown == Some(direction));
    let tabs = [
        of("Dependents", Direction::Dependents),
        of("Dependencies", Direction::Dependencies),
        tab("Both ways", AROUND, shown.is_none()),
    ];
    html! { div.toolbar { (segmented("Direction", &tabs)) } }
}

/// Steps of the address; two show what is needed indirectly without much clutter.
fn steps(query: &str) -> usize {
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == "steps")
        .and_then(|(_, value)| value.parse().ok())
        .filter(|steps| STEPS.contains(steps))
        .unwrap_or(2)
}

fn controls(path: &str, state: &GraphState) -> Markup {
    let steps: Vec<Tab> = STEPS
        .map(|steps| {
            let address = href::with_query(path, [("steps", steps.to_string().as_str())]);
            Tab::new(steps.to_string(), address, state.steps() == steps)
        })
        .to_vec();
    let explore = state.href();
    html! {
        div.toolbar {
            div.row { span.muted { "Steps" } (segmented("Steps from this entity", &steps)) }
            div.toolbar-end { (button(Button { label: "Explore the graph", icon: Some("graph"), href: Some(&explore), ..Button::default() })) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_graph_follows_parts_only_where_they_say_something() {
        let check = |kinds: &[&str], expected: Option<bool>| {
            let relations: Vec<Value> = kinds
                .iter()
                .map(|kind| json!({"type": kind, "targetRef": "component:default/b"}))
                .collect();
            let value = json!({ "relations": relations });
            let reference = "component:default/a".parse().unwrap();
            let follows = graph_state(&value, &reference, 2)
                .relations
                .contains(&"hasPart".to_owned());
            let found = applies_to(&value).then_some(follows);
            assert_eq!(found, expected, "{kinds:?}");
        };
        check(&["ownedBy"], None);
        check(&["dependsOn", "partOf"], Some(false));
        check(&["hasPart"], Some(true));
        check(&["partOf"], Some(true));
    }

    #[test]
    fn steps_are_bounded() {
        for (query, expected) in [
            ("", 2),
            ("steps=3", 3),
            ("steps=0", 2),
            ("steps=99", 2),
            ("steps=x", 2),
        ] {
            assert_eq!(steps(query), expected, "{query}");
        }
    }
}
