//! The list of all documentation, and what is shown where there is none.

use maud::{Markup, html};
use model::{EntityRef, Fault, FaultKind};
use ui::{
    Button, Code, EmptyState, Language, Pagination, Tab, button, code_block, empty_state, entity_link,
    error_state, href, kind_icon, pagination, search_field, segmented,
};

use crate::findable::base;
use crate::pages::index::{Documented, IndexView};

/// The list.
pub(crate) fn index(view: &IndexView) -> Markup {
    html! {
        div.page-head { h1 { "Docs" } (scopes(view)) }
        div.toolbar { (search_field("/docs", "q", &view.words, "Find documentation", &[("scope", &view.scope)])) }
        div data-results {
            @if view.entities.is_empty() { (nothing(view)) } @else {
                ul.docs-list { @for one in &view.entities { (entry(one)) } }
                (pagination(&Pagination {
                    label: "Documentation",
                    previous: view.previous.map(|offset| address(view, offset)),
                    next: view.next.map(|offset| address(view, offset)),
                    range: Some((view.start + 1, view.start + view.entities.len())),
                    total: Some(view.total),
                }))
            }
        }
    }
}

fn scopes(view: &IndexView) -> Markup {
    let tabs: Vec<Tab> = [("owned", "Owned"), ("starred", "Starred"), ("", "All")]
        .iter()
        .zip(view.counts)
        .map(|((scope, title), count)| {
            let pairs = [("scope", *scope), ("q", view.words.as_str())];
            let href = href::with_query("/docs", pairs.into_iter().filter(|(_, value)| !value.is_empty()));
            Tab {
                count: Some(count),
                ..Tab::new(*title, href, view.scope == *scope)
            }
        })
        .collect();
    segmented("Which documentation", &tabs)
}

fn address(view: &IndexView, offset: usize) -> String {
    let offset = offset.to_string();
    let pairs = [
        ("scope", view.scope.as_str()),
        ("q", view.words.as_str()),
        ("offset", offset.as_str()),
    ];
    href::with_query(
        "/docs",
        pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty() && *value != "0"),
    )
}

fn entry(one: &Documented) -> Markup {
    html! {
        li.docs-entry {
            span.docs-entry-icon { (kind_icon(&one.kind)) }
            div {
                a.docs-entry-title href=(base(&one.reference).trim_end_matches('/')) { (one.title) }
                @if !one.description.is_empty() { p { (one.description) } }
                p.docs-entry-facts {
                    (one.kind) @if !one.spec_type.is_empty() { " · " (one.spec_type) }
                    @if let Some(owner) = &one.owner { " · " (entity_link(owner, one.owner_title.as_deref())) }
                    @if one.is_starred { " · starred" }
                }
            }
        }
    }
}

fn nothing(view: &IndexView) -> Markup {
    let all = || {
        Some(button(Button {
            label: "Show all documentation",
            href: Some("/docs"),
            ..Button::default()
        }))
    };
    match (view.words.as_str(), view.scope.as_str()) {
        ("", "owned") => empty_state(EmptyState {
            icon: "docs",
            title: "None of what you own has documentation",
            text: "Documentation appears here as soon as an entity that you or your team own says where it lies.",
            actions: all(),
        }),
        ("", "starred") => empty_state(EmptyState {
            icon: "star",
            title: "None of your starred entities has documentation",
            text: "Star an entity on its page, and its documentation is found here.",
            actions: all(),
        }),
        ("", _) => how_to(),
        (words, _) => empty_state(EmptyState {
            icon: "search",
            title: "No documentation of that name",
            text: &format!(
                "No entity with documentation has “{words}” in its name or title. The search at the top looks into the texts."
            ),
            actions: all(),
        }),
    }
}

/// How documentation is written.
fn how_to() -> Markup {
    let text = "metadata:\n  annotations:\n    backstage.io/techdocs-ref: dir:.\n# beside the descriptor: mkdocs.yml and docs/index.md,\n# or nothing but a README.md\n";
    html! {
        (empty_state(EmptyState {
            icon: "docs",
            title: "No documentation yet",
            text: "Write Markdown beside the descriptor of an entity, and say in the descriptor that it is there:",
            actions: None,
        }))
        (code_block(Code { title: Some("catalog-info.yaml"), first_line: None, ..Code::new(text, Language::Yaml) }))
    }
}

/// An entity that does not say where its documentation lies.
pub(crate) fn not_written(reference: &EntityRef) -> Markup {
    html! {
        div.page-head { h1 { "No documentation of " (entity_link(reference, None)) } }
        (how_to())
    }
}

/// An entity whose documentation is that of another one.
pub(crate) fn elsewhere(target: &str) -> Markup {
    empty_state(EmptyState {
        icon: "docs",
        title: "Documented together with another entity",
        text: "What is written about this entity is part of the documentation of another one.",
        actions: Some(button(Button {
            label: "Open the documentation",
            href: Some(target),
            ..Button::default()
        })),
    })
}

/// A site that cannot be read.
pub(crate) fn unreadable(reference: &EntityRef, fault: &Fault, is_published: bool) -> Markup {
    html! {
        div.page-head { h1 { "Documentation of " (entity_link(reference, None)) } }
        (error_state("The documentation cannot be read", &fault.message, Some(&advice(fault, is_published))))
    }
}

/// What to do about it. `is_published` where another program builds the sites.
pub(crate) fn advice(fault: &Fault, is_published: bool) -> String {
    if is_published {
        return advice_on_published(fault).to_owned();
    }
    match fault.kind() {
        FaultKind::NotFound => "Check the annotation backstage.io/techdocs-ref, and whether the repository and branch still exist.",
        FaultKind::Authentication => "The portal's account on the Git host may not read the repository; check 'integrations' in the configuration.",
        FaultKind::NotAllowed => "Add the host to 'integrations' in the configuration.",
        FaultKind::Input => "Correct the annotation backstage.io/techdocs-ref of the entity.",
        _ => "The page tries again by itself when it is loaded again. Connections shows how the Git host answers.",
    }
    .to_owned()
}

/// What to do about a published site; the message names the key of the configuration already.
fn advice_on_published(fault: &Fault) -> &'static str {
    match fault.kind() {
        FaultKind::NotFound => {
            "Publish it with 'techdocs-cli publish'. Where that was done: the folder in the storage is namespace/kind/name, in lower \
             case unless techdocs.legacyUseCaseSensitiveTripletPaths is set, below techdocs.publisher.awsS3.bucketRootPath."
        }
        FaultKind::Authentication | FaultKind::NotAllowed | FaultKind::Input => {
            "Mend the configuration of the portal, and start it again."
        }
        _ => {
            "The page tries again by itself when it is loaded again. Connections shows how the storage answers."
        }
    }
}
