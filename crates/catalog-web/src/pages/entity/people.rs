//! The parts of the pages of groups and people: members, groups below, and what they own.

use maud::{Markup, html};
use model::{EntityRef, entity};
use serde_json::Value;
use ui::{Card, Pagination, Tab, card, entity_link_among, href, pagination, person, segmented};
use url::form_urlencoded;

use crate::pages::failure::PageFailure;
use crate::pages::link::twins_among;
use crate::pages::organization::view::{Drawing, TeamLine, owned_href, team_tree};
use catalog::organization::Organization;
use catalog::{View, browse};

/// Relations that these parts show, so that no card shows them again.
pub(super) const SHOWN_BY_PEOPLE: [&str; 4] = ["hasMember", "parentOf", "childOf", "ownerOf"];
/// Members on a page.
const MEMBERS: usize = 24;
/// Owned entities listed.
const OWNED: usize = 10;

/// Whether an entity is a group or a person, and so has these parts.
pub(super) fn has_people_parts(reference: &EntityRef) -> bool {
    ["group", "user"].contains(&reference.kind())
}

/// What a group or person owns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ownership {
    /// Kinds with counts and the list of those entities.
    pub(crate) kinds: Vec<(String, usize, Option<String>)>,
    /// The first ones by name.
    pub(crate) entities: Vec<Value>,
    /// All of them.
    pub(crate) total: usize,
    /// The list of all of them.
    pub(crate) href: Option<String>,
    /// Switch between what is owned directly and what is owned through groups.
    pub(crate) switch: Vec<Tab>,
}

/// Members of a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Members {
    /// Those of this page: reference and name.
    pub(crate) people: Vec<(EntityRef, String)>,
    /// All of them.
    pub(crate) total: usize,
    /// First and last of this page, counted from 1.
    pub(crate) range: (usize, usize),
    /// The page before.
    pub(crate) previous: Option<String>,
    /// The page after.
    pub(crate) next: Option<String>,
    /// Switch between direct members and those of groups below.
    pub(crate) switch: Vec<Tab>,
}

/// All parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct PeopleParts {
    /// Members, for groups.
    pub(crate) members: Option<Members>,
    /// Groups below.
    pub(crate) below: Vec<TeamLine>,
    /// Ownership.
    pub(crate) ownership: Ownership,
}

/// The parts for an entity; nothing for what is neither group nor person.
pub(super) async fn load(
    seen: View<'_>,
    value: &Value,
    reference: &EntityRef,
    query: &str,
) -> Result<Markup, PageFailure> {
    if !has_people_parts(reference) {
        return Ok(html! {});
    }
    let asked = PeopleParams::parse(query);
    let parts = if reference.kind() == "group" {
        group(seen, reference, &asked).await?
    } else {
        let mut owners = vec![reference.clone()];
        let groups = entity::relations(value).filter(|(kind, _)| *kind == "memberOf");
        owners.extend(groups.filter_map(|(_, target)| target.parse::<EntityRef>().ok()));
        PeopleParts {
            ownership: ownership(seen, reference, &owners, &asked, "With groups").await?,
            ..PeopleParts::default()
        }
    };
    Ok(view(&parts))
}

/// What the address asks for.
#[derive(Debug, Default)]
struct PeopleParams {
    direct_members: bool,
    direct_ownership: bool,
    page: usize,
}

impl PeopleParams {
    fn parse(query: &str) -> Self {
        let mut asked = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match key.as_ref() {
                "members" => asked.direct_members = value == "direct",
                "owns" => asked.direct_ownership = value == "direct",
                "people" => asked.page = value.parse::<usize>().unwrap_or(1).saturating_sub(1),
                _ => {}
            }
        }
        asked
    }

    fn href(&self, reference: &EntityRef, anchor: &str) -> String {
        let page = (self.page + 1).to_string();
        let pairs = [
            ("members", if self.direct_members { "direct" } else { "" }),
            ("owns", if self.direct_ownership { "direct" } else { "" }),
            ("people", if self.page == 0 { "" } else { &page }),
        ];
        format!("{}#{anchor}", href::with_query(&href::entity(reference), pairs))
    }
}

async fn group(
    seen: View<'_>,
    reference: &EntityRef,
    asked: &PeopleParams,
) -> Result<PeopleParts, PageFailure> {
    let organization = seen.organization().await?;
    let all = organization.with_below(reference);
    let owned = |groups: &[EntityRef]| seen.total_of(&browse::owned_by(groups), "");
    let tree = Drawing::new(&organization, &owned).line(reference);
    Ok(PeopleParts {
        members: Some(members(seen, &organization, reference, &all, asked)),
        below: tree.map(|line| line.below).unwrap_or_default(),
        ownership: ownership(seen, reference, &all, asked, "With groups below").await?,
    })
}

fn members(
    seen: View<'_>,
    organization: &Organization,
    reference: &EntityRef,
    all: &[EntityRef],
    asked: &PeopleParams,
) -> Members {
    let direct = organization.members(&all[..1]);
    let everybody = organization.members(all);
    let differs = everybody.len() != direct.len();
    let shown = if asked.direct_members { &direct } else { &everybody };
    let pages = shown.len().div_ceil(MEMBERS).max(1);
    let page = asked.page.min(pages - 1);
    let people: Vec<EntityRef> = shown.iter().skip(page * MEMBERS).take(MEMBERS).cloned().collect();
    let known = seen.known(&people);
    let step = |page: usize| PeopleParams { page, ..*asked }.href(reference, "members");
    let choice = |direct_members: bool| {
        PeopleParams {
            direct_members,
            page: 0,
            ..*asked
        }
        .href(reference, "members")
    };
    let tab = |title: &str, is_direct: bool, count: usize| Tab {
        count: Some(count),
        ..Tab::new(title, choice(is_direct), asked.direct_members == is_direct)
    };
    let named = |person: &EntityRef| {
        let title = browse::title_of(&known, person).unwrap_or(person.name());
        (person.clone(), title.to_owned())
    };
    Members {
        range: (page * MEMBERS + 1, page * MEMBERS + people.len()),
        people: people.iter().map(named).collect(),
        total: shown.len(),
        previous: (page > 0).then(|| step(page - 1)),
        next: (page + 1 < pages).then(|| step(page + 1)),
        switch: if differs {
            vec![
                tab("With groups below", false, everybody.len()),
                tab("Direct", true, direct.len()),
            ]
        } else {
            Vec::new()
        },
    }
}

async fn ownership(
    seen: View<'_>,
    reference: &EntityRef,
    all: &[EntityRef],
    asked: &PeopleParams,
    title: &str,
) -> Result<Ownership, PageFailure> {
    let count = |owners: &[EntityRef]| seen.total_of(&browse::owned_by(owners), "");
    let (direct, everything) = (count(&all[..1]), count(all));
    let owners = if asked.direct_ownership { &all[..1] } else { all };
    let listing = seen.owned(owners, OWNED).await?;
    let kinds = seen.owned_kinds(owners);
    let choice = |direct_ownership: bool| {
        PeopleParams {
            direct_ownership,
            ..*asked
        }
        .href(reference, "owns")
    };
    let tab = |title: &str, is_direct: bool, count: usize| Tab {
        count: Some(count),
        ..Tab::new(title, choice(is_direct), asked.direct_ownership == is_direct)
    };
    Ok(Ownership {
        kinds: kinds
            .into_iter()
            .map(|(kind, count)| {
                let href = owned_href(owners, Some(&kind.to_lowercase()));
                (kind, count, href)
            })
            .collect(),
        entities: listing.entities,
        total: listing.total,
        href: owned_href(owners, None),
        switch: if direct == everything {
            Vec::new()
        } else {
            vec![tab(title, false, everything), tab("Direct", true, direct)]
        },
    })
}

/// All parts, as cards.
pub(crate) fn view(parts: &PeopleParts) -> Markup {
    html! {
        (ownership_card(&parts.ownership))
        @if let Some(members) = &parts.members { (members_card(members)) }
        @if !parts.below.is_empty() {
            (card(Card { title: "Groups below", count: Some(parts.below.len()), ..Card::default() }, team_tree(&parts.below)))
        }
    }
}

fn members_card(members: &Members) -> Markup {
    let switch = (!members.switch.is_empty()).then(|| segmented("Which members", &members.switch));
    let count = members.switch.is_empty().then_some(members.total);
    let header = Card {
        title: "Members",
        count,
        actions: switch,
        id: Some("members"),
        ..Card::default()
    };
    card(
        header,
        html! {
            @if members.people.is_empty() { p.muted { "Nobody. People join with " code { "spec.memberOf" } ", or are named in the group's " code { "spec.members" } "." } }
            @else { ul.people { @for (reference, name) in &members.people { li { (person(name, Some(&href::entity(reference)))) } } } }
            @if members.previous.is_some() || members.next.is_some() {
                (pagination(&Pagination {
                    label: "Pages of members",
                    previous: members.previous.clone(),
                    next: members.next.clone(),
                    range: Some(members.range),
                    total: Some(members.total),
                }))
            }
        },
    )
}

fn ownership_card(ownership: &Ownership) -> Markup {
    let switch = (!ownership.switch.is_empty()).then(|| segmented("Whose", &ownership.switch));
    let count = ownership.switch.is_empty().then_some(ownership.total);
    let header = Card {
        title: "Owns",
        count,
        actions: switch,
        id: Some("owns"),
        flush: true,
    };
    card(
        header,
        html! {
            @if ownership.total == 0 { p.muted { "Nothing names it in " code { "spec.owner" } "." } }
            @else {
                div.tiles { @for (kind, count, href) in &ownership.kinds { (tile(kind, *count, href.as_deref())) } }
                @let same = twins_among(&ownership.entities);
                ul.entity-lines.lined {
                    @for value in &ownership.entities {
                        @if let Some(reference) = EntityRef::of(value) {
                            li { (entity_link_among(&reference, browse::shown_title(value), same.contains(&reference))) span.entity-note { (entity::spec_type(value).unwrap_or_default()) } }
                        }
                    }
                }
                @if ownership.total > ownership.entities.len() && let Some(href) = &ownership.href { p { a href=(href) { "All " (ownership.total) " in the catalog" } } }
            }
        },
    )
}

fn tile(kind: &str, count: usize, href: Option<&str>) -> Markup {
    let content = html! { span.tile-count { (count) } span.tile-title { (ui::kind_icon(kind)) (kind) } };
    html! {
        @match href {
            Some(href) => { a.tile href=(href) { (content) } }
            None => { span.tile { (content) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_what_was_chosen() {
        let group = EntityRef::new("group", "default", "a");
        for (query, expected) in [
            ("", "/catalog/default/group/a#members"),
            (
                "members=direct&owns=x",
                "/catalog/default/group/a?members=direct#members",
            ),
            (
                "people=3&owns=direct",
                "/catalog/default/group/a?owns=direct&people=3#members",
            ),
            ("people=0", "/catalog/default/group/a#members"),
        ] {
            assert_eq!(
                PeopleParams::parse(query).href(&group, "members"),
                expected,
                "{query}"
            );
        }
    }
}
