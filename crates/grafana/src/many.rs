//! The alerts of many entities: of all that one owns, of all parts of a system, of all that one sees. From memory.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use catalog::query::ListRequest;
use catalog::{Catalog, Sight};
use jiff::Timestamp;
use maud::Markup;
use model::{EntityRef, Fault, Filter, Viewer, entity};
use plugin::{Body, EntityCard, EntityPage, HomeCard, Place, RenderError, Seen};
use serde_json::Value;

use crate::alerts::known::Known;
use crate::alerts::refresh::{SIGHT, TOPIC};
use crate::alerts::{Counts, Owned, Rule, State, counts_of, owned_of};
use crate::annotations::{ALERTS, Annotations, DASHBOARDS, OLD_DASHBOARDS};
use crate::grafana::Grafanas;
use crate::pages::many::waiting;

static HOME: Place = Place::new("alerts", "Alerts of what you own", 20);
static PARTS: Place = Place::new("alerts-of-parts", "Alerts of its parts", 41);
/// Most entities that are looked at.
const MOST: usize = 2_000;
/// Rules of one entity that are named.
const NAMED: usize = 3;

/// Whose alerts are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    /// What the viewer and its groups own.
    Mine,
    /// The parts of a system.
    Parts(EntityRef),
    /// Everything.
    All,
}

/// The alerts of an entity, in a few words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) entity: EntityRef,
    pub(crate) title: Option<String>,
    pub(crate) worst: State,
    pub(crate) counts: Counts,
    /// Rules that are loud, the worst first, and since when.
    pub(crate) rules: Vec<(String, Option<Timestamp>)>,
}

/// The alerts of many entities.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Lines {
    /// Entities with something that is loud, the worst first.
    pub(crate) loud: Vec<Line>,
    /// How many entities select alerts.
    pub(crate) total: usize,
    /// There are more entities than were looked at.
    pub(crate) is_cut: bool,
    /// Instances that do not answer, and when they did last.
    pub(crate) away: Vec<(String, Option<Timestamp>)>,
}

/// What knows the alerts of many entities.
#[derive(Clone)]
pub(crate) struct Many {
    pub(crate) grafanas: Arc<Grafanas>,
    pub(crate) known: Known,
    pub(crate) catalog: Catalog,
}

impl Whose {
    /// The word in addresses: `mine`, `all`, or the reference of a system. Anything else is what one owns.
    pub(crate) fn read(word: &str) -> Self {
        match word {
            "all" => Self::All,
            word => word.parse().map_or(Self::Mine, Self::Parts),
        }
    }

    /// The word in addresses.
    pub(crate) fn word(&self) -> String {
        match self {
            Self::Mine => "mine".to_owned(),
            Self::All => "all".to_owned(),
            Self::Parts(system) => system.to_string(),
        }
    }
}

/// Entities that may select alerts.
pub(crate) fn selecting() -> Filter {
    let keys = [ALERTS, DASHBOARDS, OLD_DASHBOARDS].map(|annotation| Filter::Exists {
        key: format!("metadata.annotations.{annotation}"),
    });
    Filter::Any(keys.to_vec())
}

/// Entities with one of these relations.
fn related(relation: &str, to: &[EntityRef]) -> Filter {
    Filter::In {
        key: format!("relations.{relation}"),
        values: to
            .iter()
            .map(|reference| reference.to_string().to_lowercase())
            .collect(),
    }
}

impl Many {
    async fn filter(&self, whose: &Whose, sight: &Sight, viewer: &Viewer) -> Result<Filter, Fault> {
        let narrower = match whose {
            Whose::All => return Ok(selecting()),
            Whose::Parts(system) => related("partof", std::slice::from_ref(system)),
            Whose::Mine => related("ownedby", &self.catalog.seen_by(sight).ownership(viewer).await?),
        };
        Ok(Filter::All(vec![selecting(), narrower]))
    }

    /// The alerts of these entities, as far as the sight lets them be seen.
    pub(crate) async fn lines(&self, whose: &Whose, sight: &Sight, viewer: &Viewer) -> Result<Lines, Fault> {
        let filter = self.filter(whose, sight, viewer).await?;
        let request = ListRequest::for_people(filter).page(0, MOST);
        let listing = self.catalog.seen_by(sight).listing(&request).await?;
        Ok(self.summary(&listing.entities, listing.next.is_some()))
    }

    fn summary(&self, entities: &[Value], is_cut: bool) -> Lines {
        let mut lines = Lines {
            is_cut,
            ..Lines::default()
        };
        for host in self.grafanas.all() {
            let known = self.known.of(&host.settings.id);
            // Of some thousands of rules a few are loud: only those are compared with the selectors of entities.
            let loud: Vec<&Rule> = known.rules.iter().filter(|rule| rule.may_be_loud()).collect();
            let mut is_asked = false;
            for value in entities {
                let annotations = Annotations::of(value);
                let own = self.grafanas.find(annotations.host);
                let is_own = own.is_ok_and(|own| own.settings.id == host.settings.id);
                if let (true, Some(Ok(selector))) = (is_own, &annotations.alerts) {
                    is_asked = true;
                    lines.total += 1;
                    lines.loud.extend(line(value, &loud, selector));
                }
            }
            if is_asked && (known.trouble.is_some() || known.known_at.is_none()) {
                lines.away.push((host.settings.id.clone(), known.known_at));
            }
        }
        lines.loud.sort_by(|one, other| {
            (one.worst, one.entity.to_string()).cmp(&(other.worst, other.entity.to_string()))
        });
        lines
    }
}

fn line(value: &Value, loud: &[&Rule], selector: &crate::selector::AlertSelector) -> Option<Line> {
    let owned = owned_of(loud.iter().copied(), selector);
    let owned: Vec<_> = owned.into_iter().filter(Owned::is_loud).collect();
    let first = owned.first()?;
    let since = |owned: &Owned<'_>| {
        let moments = owned
            .alerts
            .iter()
            .filter(|alert| alert.state <= State::Recovering);
        moments.filter_map(|alert| alert.since).min()
    };
    Some(Line {
        entity: EntityRef::of(value)?,
        title: entity::title(value).map(str::to_owned),
        worst: first.state,
        counts: counts_of(&owned),
        rules: owned
            .iter()
            .take(NAMED)
            .map(|owned| (owned.rule.name.clone(), since(owned)))
            .collect(),
    })
}

/// The card of the home page, for people who own something with alerts. Its content comes after the page, for what one sees.
pub(crate) struct OwnedAlerts(pub(crate) Many);

#[async_trait]
impl HomeCard for OwnedAlerts {
    fn place(&self) -> &Place {
        &HOME
    }

    async fn show(&self, viewer: Viewer, seen: Seen, _: Instant) -> Result<Option<Body>, RenderError> {
        let filter = self.0.filter(&Whose::Mine, &SIGHT, &viewer).await;
        let filter = filter.map_err(|fault| RenderError {
            message: fault.message,
            hint: None,
        })?;
        Ok((seen.count(&filter) > 0).then(|| Body::Ours(waiting(&Whose::Mine))))
    }
}

/// The card of a system with parts that select alerts.
pub(crate) struct AlertsOfParts;

#[async_trait]
impl EntityCard for AlertsOfParts {
    fn place(&self) -> &Place {
        &PARTS
    }

    fn applies_to(&self, entity: &Value) -> bool {
        entity::kind(entity).is_some_and(|kind| kind.eq_ignore_ascii_case("system"))
    }

    /// Only what the viewer sees of the parts makes a card: that there is one says nothing of others.
    fn is_for(&self, page: &EntityPage) -> bool {
        let parts = related("partof", std::slice::from_ref(&page.reference));
        page.seen.count(&Filter::All(vec![selecting(), parts])) > 0
    }

    fn topics(&self, _: &EntityRef) -> Vec<String> {
        vec![TOPIC.to_owned()]
    }

    async fn show(&self, page: EntityPage) -> Result<Body, RenderError> {
        Ok(Body::Ours(waiting(&Whose::Parts(page.reference))))
    }
}

/// The content for a place, made for somebody who sees this much.
pub(crate) async fn content(
    many: &Many,
    whose: &Whose,
    (sight, viewer): (&Sight, &Viewer),
    now: Timestamp,
) -> Result<Markup, Fault> {
    let lines = many.lines(whose, sight, viewer).await?;
    Ok(crate::pages::many::lines(&lines, whose, now))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::alerts::read;
    use crate::selector::AlertSelector;

    #[test]
    fn an_entity_is_listed_for_what_is_loud_alone() {
        let alert =
            |state: &str, since: &str| json!({"state": state, "activeAt": since, "labels": {"app": "a"}});
        let rules = read::rules(
            &json!({"data": {"groups": [{"rules": [
                {"name": "Slow", "state": "pending", "labels": {"app": "a"}, "alerts": [alert("pending", "2026-11-24T09:00:00Z")]},
                {"name": "Down", "state": "firing", "labels": {"app": "a"}, "alerts": [
                    alert("firing", "2026-11-24T08:00:00Z"), alert("firing", "2026-11-24T07:00:00Z")]},
                {"name": "Quiet", "state": "inactive", "labels": {"app": "b"}},
            ]}]}}),
            None,
        );
        let loud: Vec<&Rule> = rules.iter().filter(|rule| rule.may_be_loud()).collect();
        assert_eq!(loud.len(), 2);
        let entity = json!({"kind": "Component", "metadata": {"name": "orders"}});
        let of = |selector: &str| line(&entity, &loud, &AlertSelector::parse(selector).unwrap());
        let found = of("app=a").unwrap();
        assert_eq!((found.worst, found.counts.firing), (State::Firing, 2));
        let names: Vec<&str> = found.rules.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Down", "Slow"]);
        assert_eq!(
            found.rules[0].1,
            "2026-11-24T07:00:00Z".parse().ok(),
            "since the first of them"
        );
        assert_eq!(of("app=b"), None);
    }

    #[test]
    fn words_in_addresses_say_whose_alerts() {
        for (word, whose) in [
            ("all", Whose::All),
            ("mine", Whose::Mine),
            ("", Whose::Mine),
            (
                "system:default/shop",
                Whose::Parts(EntityRef::new("system", "default", "shop")),
            ),
        ] {
            assert_eq!(Whose::read(word), whose, "{word}");
            assert_eq!(Whose::read(&whose.word()), whose);
        }
    }
}
