//! What the organisation looks like.

use std::collections::HashSet;

use maud::{Markup, html};
use model::{EntityRef, entity};
use serde_json::Value;
use ui::{
    Button, Column, EmptyState, Notice, Pagination, Row, Tab, Table, Tone, TreeNode, avatar, button, count,
    data_table, empty_state, entity_link, href, notice, pagination, search_field, segmented, tree,
};

use crate::pages::link::named_link;
use crate::pages::prose::plain;
use catalog::browse::{Named, shown_title};
use catalog::organization::Organization;

/// Where the tree of groups stands.
pub(crate) const GROUPS_PATH: &str = "/org";
/// Groups of a person that a row names.
pub(super) const GROUPS_SHOWN: usize = 2;
/// Where the people stand.
pub(crate) const PEOPLE_PATH: &str = "/org/people";
/// Levels of the tree that are open at first.
const OPEN_LEVELS: usize = 2;
/// Levels of the tree that are shown at all.
const MAX_LEVELS: usize = 12;
/// Lines of the tree that are shown at all: groups may stand below several others.
const MAX_LINES: usize = 2_000;
/// Owners that fit into the address of the catalog list.
pub(crate) const MAX_OWNERS: usize = 50;

/// A group of the tree with what it amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TeamLine {
    /// The group.
    pub(crate) reference: EntityRef,
    /// Its title.
    pub(crate) title: Option<String>,
    /// Its type.
    pub(crate) spec_type: Option<String>,
    /// One line about it.
    pub(crate) description: Option<String>,
    /// People in it or in groups below it.
    pub(crate) people: usize,
    /// Entities owned by it or by groups below it, and where they are listed.
    pub(crate) owned: usize,
    /// The catalog list of what is owned, when its address is short enough.
    pub(crate) owned_href: Option<String>,
    /// Groups below.
    pub(crate) below: Vec<TeamLine>,
}

/// A tree being drawn: what it shows already, and how much more it may.
pub(crate) struct Drawing<'a> {
    organization: &'a Organization,
    /// Counts what a set of groups owns.
    owned: &'a dyn Fn(&[EntityRef]) -> usize,
    /// Groups that were drawn with what is below them.
    drawn: HashSet<EntityRef>,
    /// Groups above the one at hand.
    above: Vec<EntityRef>,
    lines: usize,
}

impl<'a> Drawing<'a> {
    /// Nothing is drawn yet.
    pub(crate) fn new(organization: &'a Organization, owned: &'a dyn Fn(&[EntityRef]) -> usize) -> Self {
        Self {
            organization,
            owned,
            drawn: HashSet::new(),
            above: Vec::new(),
            lines: 0,
        }
    }

    /// The tree of the whole organisation.
    pub(crate) fn lines(&mut self) -> Vec<TeamLine> {
        let tops = self.organization.tops.iter();
        tops.filter_map(|top| self.line(top)).collect()
    }

    /// There is more than may be drawn.
    pub(crate) fn is_full(&self) -> bool {
        self.lines >= MAX_LINES
    }

    /// A group and what is below it; a group that is drawn already comes without what is below it.
    pub(crate) fn line(&mut self, at: &EntityRef) -> Option<TeamLine> {
        let team = self.organization.team(at)?;
        if self.above.len() >= MAX_LEVELS || self.is_full() || self.above.contains(at) {
            return None;
        }
        self.lines += 1;
        let groups = self.organization.with_below(at);
        Some(TeamLine {
            reference: at.clone(),
            title: team.title.clone(),
            spec_type: team.spec_type.clone(),
            description: team.description.as_deref().map(plain),
            people: self.organization.members(&groups).len(),
            owned: (self.owned)(&groups),
            owned_href: owned_href(&groups, None),
            below: self.below(at, &team.below),
        })
    }

    fn below(&mut self, at: &EntityRef, groups: &[EntityRef]) -> Vec<TeamLine> {
        // On the last level nothing is drawn below, so that the group may be drawn out elsewhere.
        if self.above.len() + 1 >= MAX_LEVELS || !self.drawn.insert(at.clone()) {
            return Vec::new();
        }
        self.above.push(at.clone());
        let lines = groups.iter().filter_map(|group| self.line(group)).collect();
        self.above.pop();
        lines
    }
}

/// The catalog list of what these own; nothing when they are too many for an address.
pub(crate) fn owned_href(owners: &[EntityRef], kind: Option<&str>) -> Option<String> {
    if owners.len() > MAX_OWNERS {
        return None;
    }
    let texts: Vec<String> = owners.iter().map(ToString::to_string).collect();
    let kind = kind.map(|kind| ("kind", kind));
    let owners = texts.iter().map(|text| ("owner", text.as_str()));
    Some(href::with_query("/catalog", kind.into_iter().chain(owners)))
}

fn head(total: usize, is_people: bool) -> Markup {
    let tabs = [
        Tab::new("Groups", GROUPS_PATH, !is_people),
        Tab::new("People", PEOPLE_PATH, is_people),
    ];
    html! {
        div.page-head { h1 { "Organisation" } (segmented("What to show", &tabs)) (count(total)) }
    }
}

/// The page of groups.
pub(crate) fn groups(tops: &[TeamLine], total: usize, is_partial: bool) -> Markup {
    html! {
        (head(total, false))
        @if is_partial { (notice(Notice { tone: Tone::Amber, text: "There are more groups than this page shows." })) }
        @if tops.is_empty() {
            (empty_state(EmptyState {
                icon: "group",
                title: "No groups yet",
                text: "Describe teams as entities of kind Group, with spec.parent or spec.children between them, and people as Users.",
                actions: Some(button(Button { label: "Register a file", icon: Some("plus"), href: Some("/catalog-import"), ..Button::default() })),
            }))
        } @else {
            div.team-tree { (team_tree(tops)) }
        }
    }
}

/// Groups as a tree.
pub(crate) fn team_tree(tops: &[TeamLine]) -> Markup {
    tree(&nodes(tops, 0))
}

fn nodes(lines: &[TeamLine], level: usize) -> Vec<TreeNode> {
    let node = |line: &TeamLine| TreeNode {
        line: team(line),
        children: nodes(&line.below, level + 1),
        open: level < OPEN_LEVELS,
        key: line.reference.to_string(),
    };
    lines.iter().map(node).collect()
}

fn team(line: &TeamLine) -> Markup {
    let people = format!(
        "{} {}",
        line.people,
        if line.people == 1 { "person" } else { "people" }
    );
    let owned = format!("owns {}", line.owned);
    html! {
        (entity_link(&line.reference, line.title.as_deref()))
        @if let Some(word) = &line.spec_type { span.team-type { (word) } }
        @if let Some(text) = &line.description { span.team-about title=(text) { (text) } }
        span.team-figures {
            span { (people) }
            @match line.owned_href.as_deref().filter(|_| line.owned > 0) {
                Some(address) => { a href=(address) { (owned) } }
                None => { span { (owned) } }
            }
        }
    }
}

/// One page of people.
pub(crate) struct People {
    /// Words that were asked for.
    pub(crate) text: String,
    /// The people of this page.
    pub(crate) people: Vec<Value>,
    /// How their groups are called.
    pub(crate) groups: Named,
    /// People on all pages.
    pub(crate) total: usize,
    /// First and last person of this page, counted from 1.
    pub(crate) range: (usize, usize),
    /// The page before.
    pub(crate) previous: Option<String>,
    /// The page after.
    pub(crate) next: Option<String>,
}

/// The page of people.
pub(crate) fn people(view: &People) -> Markup {
    html! {
        (head(view.total, true))
        div.toolbar { (search_field(PEOPLE_PATH, "q", &view.text, "Filter by name", &[])) }
        div data-results {
            @if view.people.is_empty() { (nobody(&view.text)) }
            @else {
                (data_table(&Table {
                    caption: "People",
                    columns: vec![Column::new("Name"), Column::optional("Mail"), Column::optional("Groups"), Column::growing("About")],
                    rows: view.people.iter().filter_map(|person| person_row(person, &view.groups)).collect(),
                }))
                (pagination(&Pagination { label: "Pages of people", previous: view.previous.clone(), next: view.next.clone(), range: Some(view.range), total: Some(view.total) }))
            }
        }
    }
}

fn nobody(text: &str) -> Markup {
    let (title, text) = if text.is_empty() {
        (
            "No people yet",
            "Describe people as entities of kind User, with the groups they belong to in spec.memberOf.",
        )
    } else {
        (
            "Nobody is called that",
            "No name or title of a person contains these words.",
        )
    };
    empty_state(EmptyState {
        icon: "user",
        title,
        text,
        actions: None,
    })
}

/// The groups that a person is in.
pub(super) fn groups_of(person: &Value) -> Vec<EntityRef> {
    entity::relations(person)
        .filter(|(kind, _)| *kind == "memberOf")
        .filter_map(|(_, target)| target.parse().ok())
        .collect()
}

fn person_row(value: &Value, known: &Named) -> Option<Row> {
    let reference = EntityRef::of(value)?;
    let name = shown_title(value).unwrap_or(reference.name());
    let mail = value["spec"]["profile"]["email"].as_str();
    let groups = groups_of(value);
    let cells = vec![
        html! { span.person { (avatar(name)) a.entity-name href=(href::entity(&reference)) title=(reference) { (name) } } },
        html! { @if let Some(mail) = mail { a.muted href=(format_args!("mailto:{mail}")) { (mail) } } },
        html! { span.row-inline { @for group in groups.iter().take(GROUPS_SHOWN) { (named_link(group, known)) } @if groups.len() > GROUPS_SHOWN { span.muted { "+" (groups.len() - GROUPS_SHOWN) } } } },
        html! { @if let Some(text) = entity::description(value).map(plain) { span title=(text) { (text) } } },
    ];
    Some(Row::new(cells).key(reference.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::organization::Team;

    fn team(number: usize, below: impl Iterator<Item = usize>) -> Team {
        let group = |number| EntityRef::new("group", "default", &format!("g{number:03}"));
        Team {
            reference: group(number),
            title: None,
            spec_type: None,
            description: None,
            members: std::collections::BTreeSet::new(),
            below: below.map(group).collect(),
        }
    }

    fn size(lines: &[TeamLine]) -> usize {
        lines.iter().map(|line| 1 + size(&line.below)).sum()
    }

    /// Drawn once for each way that leads to them, eleven such groups were gigabytes.
    #[test]
    fn groups_below_several_others_are_drawn_out_once() {
        let teams = (0..11).map(|number| team(number, (0..11).filter(move |other| *other != number)));
        let organization = Organization::from_teams(teams, false);
        let mut drawing = Drawing::new(&organization, &|_| 0);
        let lines = drawing.lines();
        assert!((11..=111).contains(&size(&lines)), "{}", size(&lines));
        assert!(!drawing.is_full());
    }

    #[test]
    fn a_tree_has_so_many_lines_and_says_when_there_are_more() {
        let teams = (0..100).map(|number| team(number, number + 1..100));
        let organization = Organization::from_teams(teams, false);
        let mut drawing = Drawing::new(&organization, &|_| 0);
        assert_eq!(size(&drawing.lines()), MAX_LINES);
        assert!(drawing.is_full());
    }
}
