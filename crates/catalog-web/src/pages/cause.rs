//! Why something changed, as pages tell it: what happened, who asked for it, the file and the commit. Paths of the
//! server's own disk are not shown.

use catalog::commit_page;
use maud::{Markup, html};
use model::{Actor, Place, Principal};
use serde_json::Value;
use ui::{Tone, place_href, place_text};

/// Parts at the end of a path that stand for a file of the server.
const FILE_PARTS: usize = 2;
/// Characters shown of a commit.
const SHA: usize = 10;

/// What happened, with its colour and its icon.
pub(super) fn word(kind: &str) -> (&'static str, Tone, &'static str) {
    match kind {
        "created" => ("Created", Tone::Green, "plus"),
        "deleted" => ("Removed", Tone::Red, "trash"),
        "orphaned" => ("Orphaned", Tone::Amber, "warning"),
        "adopted" => ("Declared again", Tone::Green, "check"),
        _ => ("Changed", Tone::Blue, "edit"),
    }
}

/// Who asked for it, the file and the commit, as far as they are known.
pub(super) fn cause(cause: &Value) -> Markup {
    let text = |key: &str| cause[key].as_str();
    let actor = Actor::from_json(&cause["actor"]);
    html! {
        @if let Some(actor) = &actor { "by " strong { (actor_name(actor)) } " " }
        @if let Some(location) = text("location") { "in " (source(location)) }
        @else if let Some(request) = text("request").or_else(|| text("kind")) {
            @if actor.is_some() { "(" (request) ")" } @else { "by " (request) }
        }
        @if let Some(commit) = text("commit") { " at " (self::commit(text("location"), commit)) }
    }
}

/// A commit, as a link to it at the Git host where its address is known.
pub(super) fn commit(location: Option<&str>, sha: &str) -> Markup {
    let short = sha.get(..SHA).unwrap_or(sha);
    html! {
        @match location.and_then(|location| commit_page(location, sha)) {
            Some(page) => { a href=(page) { code { (short) } } }
            None => { code { (short) } }
        }
    }
}

/// A source by its end: as a link where a browser can show it.
pub(super) fn source(location: &str) -> Markup {
    let place = Place {
        source: location.to_owned(),
        ..Place::default()
    };
    html! {
        @match place_href(&place) {
            Some(href) => { a href=(href) { (short_source(location)) } }
            None => { code { (short_source(location)) } }
        }
    }
}

/// The end of an address, or the file's name with its folder.
pub(super) fn short_source(location: &str) -> String {
    let Some(path) = location.strip_prefix("file:") else {
        let source = location.to_owned();
        return place_text(&Place {
            source,
            ..Place::default()
        });
    };
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    parts[parts.len().saturating_sub(FILE_PARTS)..].join("/")
}

/// A JSON pointer in the dotted form that filters use, without what most begin with.
pub(super) fn field(pointer: &str) -> String {
    let path = pointer.trim_start_matches('/');
    let parts: Vec<String> = path
        .split('/')
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    match parts.as_slice() {
        [first, rest @ ..] if !rest.is_empty() && ["spec", "metadata"].contains(&&**first) => rest.join("."),
        parts => parts.join("."),
    }
}

/// A person by name, everybody else as the audit names them.
fn actor_name(actor: &Actor) -> String {
    match actor {
        Actor::Caller {
            who: Principal::Person { entity, .. },
            ..
        } => entity.name().to_owned(),
        Actor::System { reason } => format!("the portal ({reason})"),
        Actor::Caller { .. } => actor.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_by_their_end() {
        for (location, expected) in [
            ("file:/srv/portal/examples/catalog.yaml", "examples/catalog.yaml"),
            ("file:/catalog.yaml", "catalog.yaml"),
            (
                "url:https://git.example.com/shop/web/src/branch/main/catalog-info.yaml",
                "shop/web, catalog-info.yaml",
            ),
        ] {
            assert_eq!(short_source(location), expected);
        }
    }

    #[test]
    fn fields_are_told_without_what_most_begin_with() {
        for (pointer, expected) in [
            ("/spec/lifecycle", "lifecycle"),
            ("/metadata/annotations/a.io~1b", "annotations.a.io/b"),
            ("/spec", "spec"),
            ("/kind", "kind"),
        ] {
            assert_eq!(field(pointer), expected);
        }
    }
}
