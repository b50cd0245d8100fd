//! The annotations by which an entity says what of Grafana belongs to it.

use model::entity;
use serde_json::Value;

use crate::selector::{AlertSelector, BrokenSelector, Selector};

pub(crate) const DASHBOARDS: &str = "grafana/dashboard-selector";
pub(crate) const OLD_DASHBOARDS: &str = "grafana/tag-selector";
pub(crate) const ALERTS: &str = "grafana/alert-label-selector";
pub(crate) const OVERVIEW: &str = "grafana/overview-dashboard";
pub(crate) const HOST: &str = "grafana/host-id";

/// What an entity says.
pub(crate) struct Annotations<'a> {
    /// Which instance.
    pub(crate) host: Option<&'a str>,
    /// Which dashboards.
    pub(crate) dashboards: Option<Result<Selector, BrokenSelector>>,
    /// Which alerts; by labels of their own, or by those of the dashboards.
    pub(crate) alerts: Option<Result<AlertSelector, BrokenSelector>>,
    /// The dashboard that is shown first, an address.
    pub(crate) overview: Option<&'a str>,
}

/// Whether an entity says anything.
pub(crate) fn any(entity: &Value) -> bool {
    [DASHBOARDS, OLD_DASHBOARDS, ALERTS, OVERVIEW]
        .iter()
        .any(|name| of(entity, name).is_some())
}

fn of<'a>(entity: &'a Value, name: &str) -> Option<&'a str> {
    entity::annotation(entity, name)
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

impl<'a> Annotations<'a> {
    /// The annotations of an entity.
    pub(crate) fn of(entity: &'a Value) -> Self {
        let selector = of(entity, DASHBOARDS).or_else(|| of(entity, OLD_DASHBOARDS));
        let dashboards = selector.map(Selector::parse);
        let alerts = match of(entity, ALERTS) {
            Some(text) => Some(AlertSelector::parse(text)),
            None => match &dashboards {
                Some(Ok(selector)) => AlertSelector::of_dashboards(selector).map(Ok),
                _ => None,
            },
        };
        Self {
            host: of(entity, HOST),
            dashboards,
            alerts,
            overview: of(entity, OVERVIEW),
        }
    }
}

/// The alerts of an entity, where it says which.
pub(crate) fn alerts(entity: &Value) -> Option<AlertSelector> {
    Annotations::of(entity).alerts?.ok()
}
