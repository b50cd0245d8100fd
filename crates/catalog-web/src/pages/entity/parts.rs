//! The parts of plugins on the entity page: tabs, cards, badges and actions.
//!
//! Every part runs contained: an error, a panic or slowness is shown in its place and hurts nothing else. A deferred
//! part is left out of the page at first; the page names an address that answers with the part filled in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use maud::{Markup, html};
use model::{EntityRef, Fault, Viewer};
use plugin::{
    Badge, BadgeTone, Body, Decision, Denied, EntityAction, EntityActions, EntityBadges, EntityCard,
    EntityMarkers, EntityPage, EntityStates, EntityTab, Form, Markers, Moment, Of, Permission, PluginId,
    RenderError, TabAnswer, contained, contained_now,
};
use serde_json::Value;
use ui::{Button, Card, Tone, badge, button, card, error_state, href, no_permission};
use web::Permissions;

use crate::pages::list::states::PluginStates;

/// Longest that a part may hold up the page.
const INLINE_TIME: Duration = Duration::from_millis(300);
/// Longest that a tab may take that is made with its page.
const TAB_TIME: Duration = Duration::from_millis(1_500);
/// Longest that a deferred part may take.
const DEFERRED_TIME: Duration = Duration::from_secs(10);
/// The parameter that asks for deferred parts: `all`, or the path of one.
const PART: &str = "part";

/// What plugins contribute to the pages of entities and to lists of them.
#[derive(Default)]
pub struct EntityParts {
    tabs: Vec<Of<Arc<dyn EntityTab>>>,
    cards: Vec<Of<Arc<dyn EntityCard>>>,
    badges: Vec<Of<Arc<dyn EntityBadges>>>,
    actions: Vec<Of<Arc<dyn EntityActions>>>,
    markers: Vec<Of<Arc<dyn EntityMarkers>>>,
    /// What the catalog's lists show of entities.
    pub(crate) states: PluginStates,
}

/// Which deferred parts a request asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted(Option<String>);

/// Whether the viewer lacks what a part needs.
fn is_denied(denied: &Denied, needed: Option<&'static Permission>) -> bool {
    needed.is_some_and(|permission| denied.has(permission))
}

fn refusal(denied: &Denied, title: &str, needed: Option<&'static Permission>) -> Option<Markup> {
    let needed = needed.filter(|permission| denied.has(permission))?;
    Some(no_permission(title, needed.name))
}

impl Wanted {
    /// Splits the request's query into the wish and the query that parts see.
    pub(crate) fn split(query: &str) -> (Self, String) {
        let is_wish = |pair: &&str| pair.split('=').next() == Some(PART);
        let wish = query.split('&').find(is_wish);
        let value = wish
            .and_then(|pair| pair.split_once('='))
            .map(|(_, value)| value.to_owned());
        let rest: Vec<&str> = query.split('&').filter(|pair| !is_wish(pair)).collect();
        (Self(value), rest.join("&"))
    }

    fn asks_for(&self, path: &str) -> bool {
        self.0
            .as_deref()
            .is_some_and(|wish| wish == "all" || wish == path)
    }
}

impl EntityParts {
    /// The parts of all plugins, put in order.
    pub fn new(
        mut tabs: Vec<Of<Arc<dyn EntityTab>>>,
        mut cards: Vec<Of<Arc<dyn EntityCard>>>,
        badges: Vec<Of<Arc<dyn EntityBadges>>>,
        actions: Vec<Of<Arc<dyn EntityActions>>>,
        states: Vec<Of<Arc<dyn EntityStates>>>,
        markers: Vec<Of<Arc<dyn EntityMarkers>>>,
    ) -> Self {
        tabs.sort_by_key(|tab| tab.part.place().order);
        cards.sort_by_key(|card| card.part.place().order);
        Self {
            tabs,
            cards,
            badges,
            actions,
            markers,
            states: PluginStates(states),
        }
    }

    /// Order, path and title of the tabs that apply.
    pub(crate) fn tabs(&self, entity: &Value) -> impl Iterator<Item = (i32, String, String)> {
        self.tabs
            .iter()
            .filter(|tab| applies(&tab.plugin, "tab", || tab.part.applies_to(entity)))
            .map(|tab| {
                let place = tab.part.place();
                (place.order, place.path.to_string(), place.title.to_string())
            })
    }

    /// The permissions that the viewer lacks: of those that parts need, and of those that the tab at hand offers something with.
    pub(crate) async fn denied(
        &self,
        viewer: &Viewer,
        permissions: Option<&Permissions>,
        path: &str,
    ) -> Result<Denied, Fault> {
        let shown = self.tabs.iter().find(|tab| tab.part.place().path == path);
        let offered = shown.map(|tab| tab.part.offers()).unwrap_or_default();
        let tabs = self.tabs.iter().map(|of| (&of.plugin, of.part.needs()));
        let cards = self.cards.iter().map(|of| (&of.plugin, of.part.needs()));
        let badges = self.badges.iter().map(|of| (&of.plugin, of.part.needs()));
        let markers = self.markers.iter().map(|of| (&of.plugin, of.part.needs()));
        let needed = tabs.chain(cards).chain(badges).chain(markers);
        let needed = needed.filter_map(|(plugin, permission)| Some((plugin, permission?)));
        let needed: Vec<(&PluginId, &'static Permission)> = needed
            .chain(offered.iter().map(|(plugin, permission)| (plugin, *permission)))
            .collect();
        let decisions = match permissions {
            Some(permissions) => permissions.decide_all(viewer, &needed).await?,
            None => vec![Decision::Deny; needed.len()],
        };
        let denied = needed.iter().zip(decisions);
        let denied = denied.filter(|(_, decision)| *decision != Decision::Allow);
        Ok(denied.map(|((_, permission), _)| *permission).collect())
    }

    /// Topics that the open page follows: those of the tab shown, or of the cards of the overview, and of the badges.
    pub(crate) fn topics(
        &self,
        path: &str,
        reference: &EntityRef,
        entity: &Value,
        denied: &Denied,
    ) -> Vec<String> {
        let tab = self.tabs.iter().find(|tab| tab.part.place().path == path);
        let tab = tab.filter(|tab| !is_denied(denied, tab.part.needs()));
        let cards = self.cards.iter().filter(|card| {
            path.is_empty()
                && !is_denied(denied, card.part.needs())
                && applies(&card.plugin, "card", || card.part.applies_to(entity))
        });
        let topics = tab.into_iter().map(|tab| tab.part.topics(reference));
        topics
            .chain(cards.map(|card| card.part.topics(reference)))
            .flatten()
            .chain(self.badge_topics(reference, entity, denied))
            .collect()
    }

    /// A tab's answer; nothing where no plugin has a tab of this path.
    pub(crate) async fn tab(
        &self,
        path: &str,
        wanted: &Wanted,
        page: EntityPage,
        denied: &Denied,
    ) -> Option<TabAnswer> {
        let tab = self.tabs.iter().find(|tab| tab.part.place().path == path)?;
        if let Some(refused) = refusal(denied, &tab.part.place().title, tab.part.needs()) {
            return Some(TabAnswer::Content(Body::Ours(refused)));
        }
        let is_deferred = tab.part.moment_of(&page.rest) == Moment::Deferred;
        if is_deferred && !wanted.asks_for(path) {
            let address = address(&href::entity_tab(&page.reference, path), &page);
            let waiting = placeholder(&format!("tab-{path}"), path, &address);
            return Some(TabAnswer::Content(Body::Ours(waiting)));
        }
        let limit = if is_deferred { DEFERRED_TIME } else { TAB_TIME };
        let (part, id) = (tab.part.clone(), format!("tab-{path}"));
        let page = due(page, limit);
        let shown = contained(&tab.plugin, "tab", limit, async move { part.show(page).await }).await;
        Some(match shown {
            Ok(TabAnswer::Content(body)) => {
                TabAnswer::Content(Body::Ours(html! { div id=(id) { (ours(body)) } }))
            }
            Ok(other) => other,
            Err(failure) => {
                let error = failure.explain(&tab.plugin);
                TabAnswer::Content(Body::Ours(broken("This view could not be made", &error)))
            }
        })
    }

    /// A tab's answer to a form; nothing where no plugin has a tab of this path.
    pub(crate) async fn act(
        &self,
        path: &str,
        page: EntityPage,
        form: Form,
        denied: &Denied,
    ) -> Option<TabAnswer> {
        let tab = self.tabs.iter().find(|tab| tab.part.place().path == path)?;
        if let Some(refused) = refusal(denied, &tab.part.place().title, tab.part.needs()) {
            return Some(TabAnswer::Content(Body::Ours(refused)));
        }
        let part = tab.part.clone();
        let page = due(page, DEFERRED_TIME);
        let done = contained(&tab.plugin, "tab", DEFERRED_TIME, async move {
            part.act(page, form).await
        })
        .await;
        Some(done.unwrap_or_else(|failure| {
            let error = failure.explain(&tab.plugin);
            TabAnswer::Content(Body::Ours(broken("This could not be done", &error)))
        }))
    }

    /// The cards that apply, made at the same time.
    pub(crate) async fn cards(&self, wanted: &Wanted, page: &EntityPage, denied: &Denied) -> Vec<Markup> {
        let applying = self.cards.iter().filter(|card| {
            !is_denied(denied, card.part.needs())
                && applies(&card.plugin, "card", || {
                    card.part.applies_to(&page.entity) && card.part.is_for(page)
                })
        });
        join_all(applying.map(|card| one_card(card, wanted, page))).await
    }

    /// What plugins tell of what happened to entities, as far as the viewer may see it.
    pub(crate) fn markers(&self, denied: &Denied) -> Markers {
        let shown = self
            .markers
            .iter()
            .filter(|of| !is_denied(denied, of.part.needs()));
        Markers::of(shown.cloned().collect())
    }

    /// Badges for the head of the page.
    pub(crate) fn badges(
        &self,
        reference: &EntityRef,
        entity: &Value,
        viewer: &Viewer,
        denied: &Denied,
    ) -> Markup {
        let shown = self
            .badges
            .iter()
            .filter(|of| !is_denied(denied, of.part.needs()));
        let all = shown.flat_map(|of| {
            contained_now(&of.plugin, "badge", || of.part.badges(reference, entity, viewer))
                .unwrap_or_default()
        });
        html! { @for one in all { (one_badge(&one)) } }
    }

    /// Topics on whose announcements the badges may change.
    fn badge_topics(&self, reference: &EntityRef, entity: &Value, denied: &Denied) -> Vec<String> {
        let shown = self
            .badges
            .iter()
            .filter(|of| !is_denied(denied, of.part.needs()));
        let all = shown.flat_map(|of| {
            contained_now(&of.plugin, "badge", || of.part.topics(reference, entity)).unwrap_or_default()
        });
        all.collect()
    }

    /// Actions for the head of the page.
    pub(crate) fn actions(&self, reference: &EntityRef, entity: &Value, viewer: &Viewer) -> Markup {
        let all = self.actions.iter().flat_map(|of| {
            contained_now(&of.plugin, "action", || {
                of.part.actions(reference, entity, viewer)
            })
            .unwrap_or_default()
        });
        html! { @for one in all { (one_action(&one)) } }
    }
}

/// Whether a part has something to say; one that panics has not.
fn applies(plugin: &PluginId, part: &'static str, ask: impl FnOnce() -> bool) -> bool {
    contained_now(plugin, part, ask) == Some(true)
}

async fn one_card(of: &Of<Arc<dyn EntityCard>>, wanted: &Wanted, page: &EntityPage) -> Markup {
    let place = of.part.place();
    let id = format!("card-{}", place.path);
    let is_deferred = of.part.moment() == Moment::Deferred;
    let content = if is_deferred && !wanted.asks_for(&place.path) {
        placeholder(&id, &place.path, &address(&href::entity(&page.reference), page))
    } else {
        let limit = if is_deferred { DEFERRED_TIME } else { INLINE_TIME };
        let (part, page) = (of.part.clone(), due(page.clone(), limit));
        let shown = contained(&of.plugin, "card", limit, async move { part.show(page).await }).await;
        let made = shown.map_or_else(
            |failure| broken("This card could not be made", &failure.explain(&of.plugin)),
            ours,
        );
        html! { div id=(id) { (made) } }
    };
    card(
        Card {
            title: &place.title,
            ..Card::default()
        },
        content,
    )
}

/// The page with the moment at which the part is given up.
fn due(page: EntityPage, limit: Duration) -> EntityPage {
    EntityPage {
        deadline: Instant::now() + limit,
        ..page
    }
}

fn ours(body: Body) -> Markup {
    match body {
        Body::Ours(markup) => markup,
        Body::Foreign(html) => ui::foreign_html(&html),
    }
}

fn broken(title: &str, error: &RenderError) -> Markup {
    error_state(title, &error.message, error.hint.as_deref())
}

/// The address of the page at hand.
fn address(path: &str, page: &EntityPage) -> String {
    let path = if page.rest.is_empty() {
        path.to_owned()
    } else {
        format!("{path}/{}", page.rest)
    };
    if page.query.is_empty() {
        format!("{path}?")
    } else {
        format!("{path}?{}&", page.query)
    }
}

/// Stands for a deferred part until the script has fetched it. Without scripts the link leads to the page with all
/// its parts.
fn placeholder(id: &str, path: &str, address: &str) -> Markup {
    html! {
        div.deferred id=(id) data-deferred=(format!("{address}{PART}={path}")) {
            p.muted { "Loading… " a href=(format!("{address}{PART}=all")) { "Show now" } }
        }
    }
}

/// The colour of a badge.
pub(crate) fn badge_tone(tone: BadgeTone) -> Tone {
    match tone {
        BadgeTone::Neutral => Tone::Neutral,
        BadgeTone::Good => Tone::Green,
        BadgeTone::Changing => Tone::Blue,
        BadgeTone::Warning => Tone::Amber,
        BadgeTone::Bad => Tone::Red,
    }
}

fn one_badge(one: &Badge) -> Markup {
    let shown = badge(ui::Badge {
        text: &one.text,
        tone: badge_tone(one.tone),
        ..ui::Badge::default()
    });
    match one.path.as_deref().filter(|path| href::is_local(path)) {
        Some(path) => html! { a.badge-link href=(path) { (shown) } },
        None => shown,
    }
}

/// An action whose target is neither a path of this portal nor an `https:` address is left out.
fn one_action(one: &EntityAction) -> Markup {
    if !href::is_local(&one.target) && !one.target.starts_with("https://") {
        return Markup::default();
    }
    button(Button {
        label: &one.title,
        icon: Some(&one.icon),
        href: Some(&one.target),
        command: Some(&one.title),
        ..Button::default()
    })
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn the_wish_is_not_part_of_the_query_that_parts_see() {
        for (query, wish, rest) in [
            ("", None, ""),
            ("q=x&part=all&y=1", Some("all"), "q=x&y=1"),
            ("part=pods", Some("pods"), ""),
            ("apart=1", None, "apart=1"),
        ] {
            let (wanted, seen) = Wanted::split(query);
            assert_eq!((wanted.0.as_deref(), seen.as_str()), (wish, rest), "{query}");
        }
    }
}
