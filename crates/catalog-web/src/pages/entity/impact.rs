//! Who is hurt when an entity goes away, or what it needs: the picture, the owners, and a table that can be taken along.

use std::collections::HashSet;

use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use catalog::View;
use catalog::browse::{Known, Named, shown_title, title_of};
use catalog::impact::{Direction, Impact, MOST, Reached};
use catalog::neighbourhood;
use maud::{Markup, html};
use model::{EntityRef, Fault};
use serde_json::Value;
use sight::CurrentSight;
use ui::{
    Align, Button, Column, EmptyState, Flow, Row, Table, button, data_table, empty_state, entity_link, href,
    missing_link,
};
use url::form_urlencoded;

use super::dependencies;
use crate::pages::Pages;
use crate::pages::failure::PageFailure;
use crate::pages::graph::state::GraphState;
use crate::pages::graph::view::{Drawing, drawing};
use crate::pages::graph::{MAX_PLACES, draw_found};
use crate::pages::list::csv_line;

/// Rows of the page; the file has all.
const ROWS: usize = 200;
/// Owners that are named.
const OWNERS: usize = 12;

/// The direction that an address asks for.
pub(super) fn asked(query: &str) -> Option<Direction> {
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == "direction")
        .and_then(|(_, word)| Direction::parse(&word))
}

/// What the page shows of one direction.
pub(crate) struct ImpactPage {
    /// The entity that was asked about.
    pub(crate) root: EntityRef,
    /// Which way was followed.
    pub(crate) direction: Direction,
    /// What is reached.
    pub(crate) impact: Impact,
    /// How owners are called.
    pub(crate) known: Named,
    /// The picture.
    pub(crate) picture: Drawing,
}

/// Fetches the page of one direction.
pub(super) async fn load(
    seen: View<'_>,
    value: &Value,
    root: &EntityRef,
    direction: Direction,
) -> Result<ImpactPage, PageFailure> {
    let impact = seen.impact(root, direction, MOST).await?;
    let owners: HashSet<&EntityRef> = impact
        .reached
        .iter()
        .flat_map(|reached| &reached.owners)
        .collect();
    let known = seen.known(owners);
    let found = impact.neighbourhood(root, shown_title(value), MAX_PLACES);
    let request = neighbourhood::Request {
        relations: direction.relations().map(str::to_owned).to_vec(),
        ..GraphState::around(root).request(MAX_PLACES)
    };
    Ok(ImpactPage {
        picture: draw_found(found, &request, Flow::Right).await?,
        root: root.clone(),
        direction,
        impact,
        known,
    })
}

/// The content below the switch of directions.
pub(crate) fn view(page: &ImpactPage) -> Markup {
    let reached = &page.impact.reached;
    if reached.is_empty() {
        return nothing(page.direction);
    }
    let state = GraphState::around(&page.root);
    html! {
        div.stack {
            div.toolbar {
                p { (summary(page)) }
                div.toolbar-end {
                    (button(Button { label: "CSV", icon: Some("download"), href: Some(&file_address(page)), ..Button::default() }))
                }
            }
            (owners(page))
            @if page.impact.left_out > 0 {
                p.muted { "Only the nearest " (reached.len()) " are listed; at least " (page.impact.left_out) " more are behind them." }
            }
            (table(page))
            (drawing(&page.picture, &state))
        }
    }
}

fn nothing(direction: Direction) -> Markup {
    let (title, text) = match direction {
        Direction::Dependents => (
            "Nothing depends on it",
            "No entity names it in dependsOn or consumes its APIs. What its dependents do not declare, nobody can see.",
        ),
        Direction::Dependencies => (
            "It depends on nothing",
            "It names nothing in dependsOn and consumes no API.",
        ),
    };
    empty_state(EmptyState {
        icon: "graph",
        title,
        text,
        actions: None,
    })
}

fn summary(page: &ImpactPage) -> String {
    let reached = &page.impact.reached;
    let counted =
        |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let direct = reached.iter().filter(|reached| reached.distance == 1).count();
    let in_production = reached
        .iter()
        .filter(|reached| reached.lifecycle.as_deref() == Some("production"))
        .count();
    let teams = page.impact.owners().len();
    let what = match page.direction {
        Direction::Dependents if reached.len() == 1 => "depends on it",
        Direction::Dependents => "depend on it",
        Direction::Dependencies => "needed by it",
    };
    format!(
        "{} {what}, {direct} directly, {in_production} in production, owned by {}.",
        counted(reached.len(), "entity", "entities"),
        counted(teams, "team", "teams"),
    )
}

fn owners(page: &ImpactPage) -> Markup {
    let owners = page.impact.owners();
    let more = owners.len().saturating_sub(OWNERS);
    html! {
        @if !owners.is_empty() {
            ul.row aria-label="Owners of these entities" {
                @for (owner, count) in owners.iter().take(OWNERS) {
                    li { (named(&page.known, owner)) " " span.count { (count) } }
                }
                @if more > 0 { li.muted { (more) " more in the file" } }
            }
        }
    }
}

fn named(known: &Named, reference: &EntityRef) -> Markup {
    match known.get(reference) {
        Some(Known::Missing) => missing_link(reference),
        _ => entity_link(reference, title_of(known, reference)),
    }
}

fn table(page: &ImpactPage) -> Markup {
    let reached = &page.impact.reached;
    let rows: Vec<Row> = reached
        .iter()
        .take(ROWS)
        .map(|reached| row(page, reached))
        .collect();
    let steps = Column {
        align: Align::End,
        ..Column::new("Steps")
    };
    html! {
        (data_table(&Table {
            caption: match page.direction {
                Direction::Dependents => "Dependents, the nearest first",
                Direction::Dependencies => "Dependencies, the nearest first",
            },
            columns: vec![
                Column::new("Entity"),
                steps,
                Column::new("Owner"),
                Column::optional("Lifecycle"),
                Column::optional("Type"),
                Column::growing("Through"),
            ],
            rows,
        }))
        @if reached.len() > ROWS { p.muted { "The first " (ROWS) " of " (reached.len()) "; the CSV file has all." } }
    }
}

fn row(page: &ImpactPage, reached: &Reached) -> Row {
    let entity = if reached.is_missing {
        missing_link(&reached.reference)
    } else {
        entity_link(&reached.reference, reached.title.as_deref())
    };
    Row::new(vec![
        entity,
        html! { (reached.distance) },
        html! { @for owner in &reached.owners { (named(&page.known, owner)) " " } },
        html! { (reached.lifecycle.as_deref().unwrap_or_default()) },
        html! { (reached.entity_type.as_deref().unwrap_or_default()) },
        html! { @if reached.distance > 1 { span.muted { (through(page, &reached.over)) } } },
    ])
}

/// How the entity one step nearer is called.
fn through(page: &ImpactPage, over: &EntityRef) -> String {
    let nearer = page
        .impact
        .reached
        .iter()
        .find(|reached| reached.reference == *over);
    let title = nearer.and_then(|reached| reached.title.clone());
    title.unwrap_or_else(|| over.name().to_owned())
}

fn file_address(page: &ImpactPage) -> String {
    let path = format!("{}/export.csv", href::entity_tab(&page.root, dependencies::TAB));
    href::with_query(&path, [("direction", page.direction.as_str())])
}

/// The whole list as comma-separated values.
pub(in crate::pages) async fn export(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    Path((namespace, kind, name)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageFailure> {
    let root = EntityRef::new(&kind, &namespace, &name);
    let seen = pages.catalog.seen_by(&sight);
    if seen.entity(&root).await?.is_none() {
        return Err(Fault::not_found(format!("There is no entity {root}")).into());
    }
    let direction = asked(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let impact = seen.impact(&root, direction, MOST).await?;
    let disposition = format!(
        "attachment; filename=\"{}-{}.csv\"",
        root.name(),
        direction.as_str()
    );
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, csv(&impact)).into_response())
}

fn csv(impact: &Impact) -> String {
    let heading = [
        "Reference",
        "Steps",
        "Owner",
        "Lifecycle",
        "Type",
        "Over",
        "Relation",
    ];
    let mut text = csv_line(heading.map(str::to_owned).into_iter());
    for reached in &impact.reached {
        let owners: Vec<String> = reached.owners.iter().map(ToString::to_string).collect();
        let cells = [
            reached.reference.to_string(),
            reached.distance.to_string(),
            owners.join(" "),
            reached.lifecycle.clone().unwrap_or_default(),
            reached.entity_type.clone().unwrap_or_default(),
            reached.over.to_string(),
            reached.relation.clone(),
        ];
        text.push_str(&csv_line(cells.into_iter()));
    }
    text
}
