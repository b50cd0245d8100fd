//! Samples of every page in its states, for the snapshot test and for looking at.

mod changes;
mod data;
mod entity;

use std::collections::HashMap;

use maud::Markup;
use serde_json::Value;

use super::entity::{history, missing, text};
use super::graph::view as graph;
use super::list::view::{ListView, list};
use super::organization::view as organization;
use super::problems::state::ProblemsState;
use super::problems::view::problems as problems_page;
use super::register::RegisterAnswer;
use super::register::view::register;
use super::sources::state::SourcesState;
use super::sources::view::{confirm_unregister, sources};
use super::unprocessed::confirm_removal;
use catalog::{Fate, Preview, RepositoryDescriptors};
use changes::{changes_page, compared_sample, history_sample, no_changes, old_version};
use data::{component, entities, list_view, node, now, problems, problems_view, reference, source_lines};
use entity::{entity_overview, entity_tab};

/// A page in one of its states.
pub struct PageSample {
    /// Page and state, usable in a path.
    pub name: &'static str,
    /// Its content.
    pub markup: Markup,
}

/// Every page with its states.
pub fn page_samples() -> Vec<PageSample> {
    [lists(), entity_pages(), administration()]
        .into_iter()
        .flatten()
        .collect()
}

fn sample(name: &'static str, markup: Markup) -> PageSample {
    PageSample { name, markup }
}

fn entity_pages() -> Vec<PageSample> {
    vec![
        sample("entity", entity_overview()),
        sample("entity-history", entity_tab("history", &history_sample())),
        sample(
            "entity-version",
            entity_tab(
                "history",
                &history::version(&component(), &old_version(3, 1, Some("kind: Component\n"))),
            ),
        ),
        sample(
            "entity-versions-compared",
            entity_tab("history", &compared_sample()),
        ),
        sample(
            "entity-yaml",
            entity_tab(
                "yaml",
                &text::yaml_tab(
                    &component(),
                    "kind: Component\nmetadata:\n  name: talentmesh-api\n",
                ),
            ),
        ),
        sample(
            "entity-missing",
            missing::missing(
                &reference("component:default/talentmesh-ap"),
                &[],
                &[component()],
                &HashMap::new(),
            ),
        ),
        sample(
            "entity-never-valid",
            missing::missing(&component(), &problems(), &[], &HashMap::new()),
        ),
        sample("entity-team", entity_tab("", &entity::team_parts())),
        sample("entity-team-empty", entity_tab("", &entity::empty_team_parts())),
    ]
}

fn lists() -> Vec<PageSample> {
    vec![
        sample(
            "list",
            list(&list_view(
                "kind=component&owner=group:default/platform-team",
                entities(),
            )),
        ),
        sample(
            "list-empty",
            list(&ListView {
                catalog_is_empty: true,
                ..list_view("", Vec::new())
            }),
        ),
        sample(
            "list-nothing",
            list(&list_view("q=zebra&scope=starred", Vec::new())),
        ),
        sample("changes", changes_page()),
        sample("changes-nothing", no_changes()),
        sample(
            "graph",
            graph::page(&entity::graph_page(
                "rootEntityRefs[]=component:default/talentmesh-api&selectedKinds[]=api&maxDepth=3",
                entity::drawing(true),
            )),
        ),
        sample(
            "graph-too-large",
            graph::page(&entity::graph_page("", entity::drawing(false))),
        ),
        sample(
            "graph-empty",
            graph::page(&entity::graph_page("", graph::Drawing::default())),
        ),
        sample(
            "organization",
            organization::groups(&entity::team_lines(), 4, true),
        ),
        sample("organization-empty", organization::groups(&[], 0, false)),
        sample("people", organization::people(&people("", vec![data::person()]))),
        sample(
            "people-nobody",
            organization::people(&people("zebra", Vec::new())),
        ),
    ]
}

fn administration() -> Vec<PageSample> {
    vec![
        sample("register", register("", &RegisterAnswer::Question, false)),
        sample(
            "register-preview",
            register(
                "https://gitea.example.com/a/b/catalog-info.yaml",
                &RegisterAnswer::Preview(Preview {
                    exists: false,
                    entities: entities()
                        .into_iter()
                        .zip([Fate::New, Fate::Known, Fate::Taken].into_iter().cycle())
                        .collect(),
                    problems: problems(),
                }),
                false,
            ),
        ),
        sample(
            "register-invalid",
            register(
                "talentmesh",
                &RegisterAnswer::NoAddress(
                    "This is not an address. It has to begin with https://.".to_owned(),
                ),
                true,
            ),
        ),
        sample(
            "register-repository",
            register_repository(&["catalog-info.yaml", "web/catalog-info.yaml"]),
        ),
        sample("register-repository-without", register_repository(&[])),
        sample(
            "sources",
            sources(
                &source_lines(),
                &SourcesState::parse("open=location:default/generated-2"),
                false,
                now(),
            ),
        ),
        sample(
            "sources-empty",
            sources(&[], &SourcesState::default(), false, now()),
        ),
        sample(
            "unregister",
            confirm_unregister(
                "1",
                "url:https://gitea.example.com/a/b/catalog-info.yaml",
                (&[component()], &HashMap::new()),
                12,
            ),
        ),
        sample("problems", problems_page(&problems_view(""))),
        sample(
            "problems-warnings",
            problems_page(&problems_view("show=warnings")),
        ),
        sample("problems-empty", problems_page(&problems_view("show=orphaned"))),
        sample(
            "remove",
            confirm_removal(&node(), &ProblemsState::parse("show=errors")),
        ),
    ]
}

fn register_repository(files: &[&str]) -> Markup {
    let contents = "https://gitea.example.com/a/b/src/branch/main/";
    let answer = RegisterAnswer::Repository(RepositoryDescriptors {
        found: files.iter().map(|file| format!("{contents}{file}")).collect(),
        usual: format!("{contents}catalog-info.yaml"),
        proposal: "kind: Component\n".to_owned(),
    });
    register("https://gitea.example.com/a/b", &answer, false)
}

fn people(text: &str, people: Vec<Value>) -> organization::People {
    organization::People {
        groups: HashMap::new(),
        text: text.to_owned(),
        total: people.len(),
        range: (1, people.len()),
        people,
        previous: None,
        next: None,
    }
}
