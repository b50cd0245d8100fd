//! Addresses of pages that a stock Backstage has and this portal keeps elsewhere, or does not have: bookmarks of colleagues
//! lead to the page, or say which plugin they were for.
//!
//! Only the first part of an address is looked at. Addresses that the portal itself serves never come here.

/// What a stock address stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StockAddress {
    /// The same thing is here, at another address.
    Moved(&'static str),
    /// The plugin that had the page.
    Missing(MissingPlugin),
}

/// A plugin that people know from other installations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MissingPlugin {
    /// Its name, as its own documentation writes it.
    pub name: &'static str,
    /// Label and address of the page here that does part of its work.
    pub nearest: Option<(&'static str, &'static str)>,
}

/// Sources: the routes of `create-app` and of the community plugins' installation guides.
const MOVED: [(&str, &str); 11] = [
    ("catalog-unprocessed-entities", "/unprocessed"),
    ("config", "/settings"),
    ("devtools", "/connections"),
    ("home", "/"),
    ("import", "/catalog-import"),
    ("learning-paths", "/docs"),
    ("my-groups", "/org"),
    ("rbac", "/permissions"),
    ("register-component", "/catalog-import"),
    ("scaffolder", "/create"),
    ("self-service", "/create"),
];

/// First part of the address, name of the plugin, and the page here that is nearest to it.
type Missing = (&'static str, &'static str, Option<(&'static str, &'static str)>);

const MISSING: [Missing; 18] = [
    (
        "adr",
        "Architecture Decision Records",
        Some(("Documentation", "/docs")),
    ),
    ("airbrake", "Airbrake", None),
    (
        "announcements",
        "Announcements",
        Some(("Notifications", "/notifications")),
    ),
    ("apache-airflow", "Apache Airflow", None),
    ("argocd", "Argo CD", Some(("Deployments by Flux", "/flux"))),
    (
        "bulk-import",
        "Bulk Import",
        Some(("Discovered repositories", "/gitea")),
    ),
    ("copilot", "GitHub Copilot", None),
    ("cost-insights", "Cost Insights", None),
    (
        "explore",
        "Explore",
        Some(("Domains of the catalog", "/catalog?kind=domain")),
    ),
    ("gcp-projects", "GCP Projects", None),
    (
        "graphiql",
        "GraphiQL",
        Some(("API definitions", "/catalog?kind=api")),
    ),
    ("lighthouse", "Lighthouse", None),
    ("newrelic", "New Relic", Some(("Alerts", "/alerts"))),
    (
        "ocm",
        "Open Cluster Management",
        Some(("Clusters", "/kubernetes/clusters")),
    ),
    ("playlist", "Playlist", Some(("Starred entities", "/starred"))),
    ("qeta", "Q&A", None),
    ("sentry", "Sentry", Some(("Alerts", "/alerts"))),
    ("tech-radar", "Tech Radar", None),
];

/// What the address is in a stock Backstage.
pub(crate) fn of(path: &str) -> Option<StockAddress> {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if first == "settings" {
        return Some(StockAddress::Moved("/settings"));
    }
    let moved = MOVED.iter().find(|(known, _)| *known == first);
    if let Some((_, address)) = moved {
        return Some(StockAddress::Moved(address));
    }
    let (_, name, nearest) = MISSING.iter().find(|(known, ..)| *known == first)?;
    Some(StockAddress::Missing(MissingPlugin {
        name,
        nearest: *nearest,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bookmarks_of_other_installations() {
        let missing = |name, nearest| Some(StockAddress::Missing(MissingPlugin { name, nearest }));
        let cases = [
            (
                "/catalog-unprocessed-entities",
                Some(StockAddress::Moved("/unprocessed")),
            ),
            ("/settings/feature-flags", Some(StockAddress::Moved("/settings"))),
            (
                "/rbac/roles/role/default/x",
                Some(StockAddress::Moved("/permissions")),
            ),
            ("/tech-radar", missing("Tech Radar", None)),
            (
                "/explore/groups",
                missing(
                    "Explore",
                    Some(("Domains of the catalog", "/catalog?kind=domain")),
                ),
            ),
            ("/explored", None),
            ("/", None),
            ("/catalog/default/api", None),
        ];
        for (path, expected) in cases {
            assert_eq!(of(path), expected, "{path}");
        }
    }
}
