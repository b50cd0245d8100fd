//! The page of one path, from plain data.

use jiff::Timestamp;
use maud::{Markup, html};
use model::{EntityRef, Fault};
use ui::{
    Badge, Button, ButtonKind, Card, Column, Field, Notice, Row, Table, Tone, badge, button, card,
    data_table, definitions, entity_link, error_state, href, missing_link, notice, text_input, time,
};

use super::{PATH, framed};
use crate::api::ownership::Asked;
use crate::ownership::{
    Answer, DescribedEntity, Descriptor, EntityOwner, EntryOwners, Matched, NameStanding, Verdict,
};

/// Digits of a commit that people compare.
const SHORT: usize = 10;

/// The question, and why there is no answer.
pub(super) fn question(asked: &Asked, fault: Option<&Fault>) -> Markup {
    let content = html! {
        div.stack {
            (form(&asked.address))
            @if let Some(fault) = fault {
                (error_state("No answer", &fault.message, Some("Copy the address of a file or folder from the browser.")))
            }
        }
    };
    framed(PATH, &content)
}

/// The answer below the question.
pub(super) fn answer(asked: &Asked, answer: &Answer, now: Timestamp) -> Markup {
    let nothing = "Nothing lies at this path of the default branch; the rules below would hold for it.";
    let content = html! {
        div.stack {
            (form(&asked.address))
            (notice(verdict_notice(&answer.verdict)))
            @if answer.is_there == Some(false) { (notice(Notice { tone: Tone::Amber, text: nothing })) }
            (facts(answer, now))
            (by_file(answer))
            (by_descriptor(answer))
            @if !answer.entries.is_empty() { (entries(answer)) }
        }
    };
    framed(PATH, &content)
}

fn form(address: &str) -> Markup {
    let field = Field {
        name: "url",
        label: "Address of a file or folder",
        required: true,
        ..Field::default()
    };
    let example = "https://gitea.example.com/shop/web/src/branch/main/src/cart.rs";
    let submit = Button {
        label: "Show owners",
        kind: ButtonKind::Primary,
        ..Button::default()
    };
    html! {
        form.form action=(PATH) method="get" {
            (text_input(field, "url", address, example))
            div { (button(submit)) }
        }
    }
}

fn verdict_notice(verdict: &Verdict) -> Notice<'static> {
    let (tone, text) = match verdict {
        Verdict::Agree => (Tone::Green, "CODEOWNERS and the catalog name the same owner."),
        Verdict::Disagree(_) => (
            Tone::Amber,
            "CODEOWNERS does not name the owner that the catalog has.",
        ),
        Verdict::OnlyFile => (
            Tone::Blue,
            "Only CODEOWNERS names owners: no entity with an owner has its descriptor above this path.",
        ),
        Verdict::OnlyEntity => (
            Tone::Blue,
            "Only the catalog names an owner: no rule of CODEOWNERS is for this path.",
        ),
        Verdict::Nobody => (
            Tone::Red,
            "Nobody owns this path: no rule of CODEOWNERS is for it, and no entity with an owner has its descriptor above it.",
        ),
        Verdict::Unclear => (
            Tone::Blue,
            "CODEOWNERS or the catalog names an owner that you may not see.",
        ),
    };
    Notice { tone, text }
}

fn facts(answer: &Answer, now: Timestamp) -> Markup {
    let path = if answer.path.is_empty() {
        "the whole repository"
    } else {
        &answer.path
    };
    let branch = if answer.branch.is_empty() {
        "no commits yet"
    } else {
        &answer.branch
    };
    let mut items = vec![
        (
            "Repository",
            html! { a href=(answer.page) { (answer.full_name) } },
        ),
        ("Path", html! { code { (path) } }),
        ("Branch", html! { (branch) }),
    ];
    if let Some((file, address, commit)) = &answer.file {
        let short = commit.get(..SHORT).unwrap_or(commit);
        items.push((
            "File",
            html! { a href=(address) { (file) } " at " code { (short) } },
        ));
    }
    items.push(("Looked at", time(answer.checked_at, now)));
    definitions(&items)
}

fn by_file(answer: &Answer) -> Markup {
    let body = html! {
        @if let Some(trouble) = &answer.trouble {
            p { "The file could not be read: " (trouble) }
        } @else if answer.file.is_none() {
            p { "The repository has no CODEOWNERS on its default branch." }
        } @else if answer.rules.is_empty() {
            p { "No rule of the file is for this path." }
        } @else {
            (rules(answer))
        }
    };
    let count = answer.rules.len();
    let title = Card {
        title: "By CODEOWNERS",
        count: (count > 0).then_some(count),
        flush: count > 0,
        ..Card::default()
    };
    card(title, body)
}

fn rules(answer: &Answer) -> Markup {
    let row = |matched: &Matched| {
        let rule = &matched.rule;
        let owners = rule.owners.iter().map(|owner| {
            let mut standings = answer.owners.iter();
            let standing = standings.find(|one| one.name.eq_ignore_ascii_case(owner));
            standing.map_or_else(|| html! { (owner) }, name)
        });
        let owners: Vec<Markup> = owners.collect();
        let cells = vec![
            html! { a href=(matched.address) { "line " (rule.line) } " " code.wraps { (rule.pattern) } },
            html! { @for owner in &owners { div.wraps { (owner) } } },
        ];
        Row::new(cells).key(format!("line-{}", rule.line))
    };
    data_table(&Table {
        caption: "Rules that are for this path",
        columns: vec![Column::new("Rule"), Column::new("Owners")],
        rows: answer.rules.iter().map(row).collect(),
    })
}

/// A name of the file with its entity, or with what is wrong about it.
fn name(standing: &NameStanding) -> Markup {
    let mark = |text, tone| {
        badge(Badge {
            text,
            tone,
            icon: None,
        })
    };
    html! {
        @match &standing.entity {
            Some((entity, title)) => { (entity_link(entity, title.as_deref())) " " span.muted { (standing.name) } }
            None => { (standing.name) }
        }
        @if standing.at_server == Some(false) {
            " " (mark("unknown in Gitea", Tone::Red))
        } @else if standing.entity.is_none() && !standing.is_hidden {
            " " (mark("not in the catalog", Tone::Amber))
        }
    }
}

fn by_descriptor(answer: &Answer) -> Markup {
    let body = match &answer.descriptor {
        None => html! { p { "No descriptor that the catalog reads lies in a folder above this path." } },
        Some(found) => entities(found, &answer.verdict),
    };
    let title = Card {
        title: "By the catalog",
        flush: answer.descriptor.is_some(),
        ..Card::default()
    };
    card(title, body)
}

fn entities(found: &Descriptor, verdict: &Verdict) -> Markup {
    let strangers = match verdict {
        Verdict::Disagree(strangers) => strangers.as_slice(),
        _ => &[],
    };
    let mark = Badge {
        text: "not in CODEOWNERS",
        tone: Tone::Amber,
        icon: None,
    };
    let row = |one: &DescribedEntity| {
        let is_stranger = strangers.iter().any(|(entity, _)| *entity == one.reference);
        let cells = vec![
            entity_link(&one.reference, one.title.as_deref()),
            html! { div.wraps { (owner(&one.owner, found)) @if is_stranger { " " (badge(mark)) } } },
            html! { a href=(found.address) { (found.path) } },
        ];
        Row::new(cells).key(one.reference.to_string())
    };
    data_table(&Table {
        caption: "Entities of the nearest descriptor",
        columns: vec![
            Column::new("Entity"),
            Column::new("Owner"),
            Column::optional("Descriptor"),
        ],
        rows: found.entities.iter().map(row).collect(),
    })
}

fn owner(owner: &EntityOwner, found: &Descriptor) -> Markup {
    let known = |owner: &EntityRef| match found.owners.get(owner) {
        Some(title) => entity_link(owner, title.as_deref()),
        None if found.hidden.contains(owner) => html! { "an owner that you may not see" },
        None => missing_link(owner),
    };
    match owner {
        EntityOwner::None => html! { "none" },
        EntityOwner::Unreadable(text) => html! { code { (text) } },
        EntityOwner::Entity(owner) => known(owner),
    }
}

fn entries(answer: &Answer) -> Markup {
    let row = |entry: &EntryOwners| {
        let owners = if entry.owners.is_empty() {
            "nobody".to_owned()
        } else {
            entry.owners.join(", ")
        };
        let cells = vec![
            html! { a href=(of_entry(answer, entry)) { (entry.name) @if entry.is_folder { "/" } } },
            html! { span.wraps { (owners) } },
        ];
        Row::new(cells).key(format!("entry-{}", entry.name))
    };
    let table = data_table(&Table {
        caption: "What lies in the folder",
        columns: vec![Column::new("Name"), Column::new("Owners by CODEOWNERS")],
        rows: answer.entries.iter().map(row).collect(),
    });
    let title = Card {
        title: "What lies in the folder",
        count: Some(answer.entries.len()),
        flush: true,
        ..Card::default()
    };
    card(title, table)
}

/// The same page for an entry of the folder.
fn of_entry(answer: &Answer, entry: &EntryOwners) -> String {
    let repository = format!("{}/{}", answer.host, answer.full_name);
    let slash = if entry.is_folder { "/" } else { "" };
    let path = format!("{}{}{slash}", answer.path, entry.name);
    href::with_query(
        PATH,
        [("repository", repository.as_str()), ("path", path.as_str())],
    )
}
