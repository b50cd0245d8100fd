//! What is deprecated says so above everything else: what comes instead, and who still needs it.

use catalog::View;
use catalog::browse::{Known, Named};
use catalog::impact::Direction;
use maud::{Markup, html};
use model::{EntityRef, entity};
use serde_json::Value;
use ui::{href, icon};

use super::addresses::web_address;
use super::dependencies;
use crate::pages::failure::PageFailure;
use crate::pages::link::named_link;

/// Dependents that are counted one by one.
const COUNTED: usize = 500;
/// Relations that lead to what comes instead.
const RELATIONS: [&str; 3] = ["replacedBy", "succeededBy", "supersededBy"];
/// How the keys of annotations end that name what comes instead.
const ANNOTATIONS: [&str; 4] = ["/replaced-by", "/replacement", "/successor", "/superseded-by"];

/// What comes instead of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Successor {
    Entity(EntityRef),
    Page(String),
    Words(String),
}

/// The banner of a deprecated entity.
pub(crate) struct Deprecation {
    successors: Vec<Successor>,
    known: Named,
    dependents: usize,
    is_counted: bool,
    address: String,
}

impl Deprecation {
    /// What is said of an entity; nothing unless it is deprecated.
    pub(super) async fn load(
        seen: View<'_>,
        value: &Value,
        reference: &EntityRef,
    ) -> Result<Option<Self>, PageFailure> {
        let is_deprecated =
            entity::lifecycle(value).is_some_and(|word| word.eq_ignore_ascii_case("deprecated"));
        if !is_deprecated {
            return Ok(None);
        }
        let successors = successors(value, reference);
        let named: Vec<EntityRef> = successors
            .iter()
            .filter_map(|one| match one {
                Successor::Entity(reference) => Some(reference.clone()),
                Successor::Page(_) | Successor::Words(_) => None,
            })
            .collect();
        let impact = seen.impact(reference, Direction::Dependents, COUNTED).await?;
        Ok(Some(Self {
            successors,
            known: seen.known(&named),
            dependents: impact
                .reached
                .iter()
                .filter(|reached| !reached.is_missing)
                .count(),
            is_counted: impact.left_out == 0,
            address: href::entity_tab(reference, dependencies::TAB),
        }))
    }
}

/// What is named to come instead: by relations, and else by an annotation.
fn successors(value: &Value, reference: &EntityRef) -> Vec<Successor> {
    let related: Vec<Successor> = entity::relations(value)
        .filter(|(kind, _)| RELATIONS.contains(kind))
        .filter_map(|(_, target)| target.parse().ok().map(Successor::Entity))
        .collect();
    if !related.is_empty() {
        return related;
    }
    let annotations = value["metadata"]["annotations"].as_object().into_iter().flatten();
    let named = annotations.filter(|(key, _)| ANNOTATIONS.iter().any(|end| key.ends_with(end)));
    named
        .filter_map(|(_, text)| Some(successor(text.as_str()?.trim(), reference)))
        .take(1)
        .collect()
}

fn successor(text: &str, reference: &EntityRef) -> Successor {
    if let Some(address) = web_address(Some(text)) {
        return Successor::Page(address.to_owned());
    }
    if text.contains(char::is_whitespace) {
        return Successor::Words(text.to_owned());
    }
    match EntityRef::parse(text, Some(reference.kind()), reference.namespace()) {
        Ok(successor) => Successor::Entity(successor),
        Err(_) => Successor::Words(text.to_owned()),
    }
}

/// The banner.
pub(crate) fn banner(deprecation: &Deprecation) -> Markup {
    html! {
        div.notice.tone-amber role="note" {
            (icon("warning"))
            div.deprecation {
                strong { "Deprecated" }
                @if deprecation.successors.is_empty() { span { "Nothing is named that comes instead." } }
                @for one in &deprecation.successors {
                    span.row-inline { "Use instead: "
                        @match one {
                            Successor::Entity(reference) => {
                                (named_link(reference, &deprecation.known))
                                @if deprecation.known.get(reference).and_then(Known::seen).is_some() { code { (reference) } }
                            }
                            Successor::Page(address) => { a href=(address) rel="external noreferrer" { (address) } }
                            Successor::Words(text) => { (text) }
                        }
                    }
                }
                @match deprecation.dependents {
                    0 => { span { "Nothing in the catalog depends on it." } }
                    1 => { a href=(deprecation.address) { "1 entity still depends on it" } }
                    number => { a href=(deprecation.address) { (number) @if !deprecation.is_counted { " or more" } " entities still depend on it" } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_comes_instead_is_named_by_relation_or_annotation() {
        let reference = EntityRef::new("component", "team", "old");
        let entity = |text: &str| Successor::Entity(text.parse().unwrap());
        for (annotation, relation, expected) in [
            (None, None, vec![]),
            (Some("new"), None, vec![entity("component:team/new")]),
            (Some("api:default/new"), None, vec![entity("api:default/new")]),
            (
                Some("https://example.com/new"),
                None,
                vec![Successor::Page("https://example.com/new".to_owned())],
            ),
            (
                Some("the new one!"),
                None,
                vec![Successor::Words("the new one!".to_owned())],
            ),
            (
                Some("new"),
                Some("component:team/newest"),
                vec![entity("component:team/newest")],
            ),
        ] {
            let mut value = json!({"metadata": {"annotations": {}}, "relations": []});
            if let Some(text) = annotation {
                value["metadata"]["annotations"]["example.com/successor"] = json!(text);
            }
            if let Some(target) = relation {
                value["relations"] = json!([{"type": "replacedBy", "targetRef": target}]);
            }
            assert_eq!(successors(&value, &reference), expected, "{value}");
        }
    }

    #[test]
    fn the_banner_says_who_still_needs_it() {
        for (dependents, is_counted, expected) in [
            (0, true, "Nothing in the catalog depends on it."),
            (1, true, "1 entity still depends on it"),
            (3, true, "3 entities still depend on it"),
            (500, false, "500 or more entities still depend on it"),
        ] {
            let page = banner(&Deprecation {
                successors: Vec::new(),
                known: Named::new(),
                dependents,
                is_counted,
                address: "/catalog/default/component/a/dependencies".to_owned(),
            });
            assert!(page.0.contains(expected), "{expected} in {}", page.0);
        }
    }
}
