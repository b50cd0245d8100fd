//! Who owns the folder by `CODEOWNERS`.

use maud::{Markup, html};

use super::part::{self, Part, Shown, note, title};
use super::scene::{Frame, Scene};
use crate::activity::Reference;
use crate::ownership::PathOwners;

/// The owners. Nothing is shown for a repository without the file.
pub(super) fn owners(scene: &Scene) -> Markup {
    let frame = &scene.frame;
    let known = scene.owners.value();
    if known.is_some_and(|known| known.row.path.is_none() && known.row.trouble.is_none()) {
        // The place stays, so that a part that was late can be put there.
        return html! { div id=(format_args!("repo-{}", Part::Owners.name())) {} };
    }
    let file = known.and_then(|known| {
        let path = known.row.path.as_deref()?;
        Some((
            frame
                .links
                .file(&Reference::Branch(known.row.branch.clone()), path),
            "CODEOWNERS",
        ))
    });
    let shown = Shown {
        part: Part::Owners,
        title: None,
        seen: &scene.owners,
        count: None,
        more: file,
    };
    part::show(frame, &shown, |known| content(frame, known))
}

fn content(frame: &Frame, known: &PathOwners) -> Markup {
    let mut owners: Vec<&str> = Vec::new();
    for owner in known.rules.iter().flat_map(|rule| &rule.owners) {
        if !owners.contains(&owner.as_str()) {
            owners.push(owner);
        }
    }
    html! {
        @if let Some(reason) = &known.row.trouble { (part::trouble(reason, false)) }
        @if owners.is_empty() { (note("No rule of CODEOWNERS names an owner of this folder.")) }
        @else {
            ul.repo-names.repo-owned {
                @for owner in owners { li { (title(&page(frame, owner).unwrap_or_default(), owner)) } }
            }
        }
    }
}

/// The page of an owner at the server; nothing for an address of mail.
fn page(frame: &Frame, owner: &str) -> Option<String> {
    let name = owner.strip_prefix('@')?;
    let (organization, team) = name.split_once('/').unwrap_or((name, ""));
    Some(if team.is_empty() {
        frame.links.at_server(name)
    } else {
        frame.links.at_server(&format!("org/{organization}/teams/{team}"))
    })
}
