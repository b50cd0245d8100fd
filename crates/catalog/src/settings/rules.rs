//! `catalog.rules`: which kinds may come from which registered location (as in `@backstage/plugin-catalog-backend` 4.0.0).

use std::path::Path;

use config::{AllowRule, CatalogRule, CatalogSection, RuleLocation};
use globset::{GlobBuilder, GlobMatcher};
use model::{Fault, LocationRef, entity, js};
use serde_json::Value;

use crate::paths::absolute;

/// Kinds that may come from anywhere when no rule is configured.
const DEFAULT_KINDS: [&str; 3] = ["component", "api", "location"];

/// All rules; one that allows is enough.
#[derive(Debug)]
pub(crate) struct KindRules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    allow: Vec<Allowed>,
    /// `None` means every location.
    locations: Option<Vec<Matcher>>,
}

#[derive(Debug)]
struct Allowed {
    kind: String,
    spec_type: Option<String>,
}

#[derive(Debug)]
struct Matcher {
    kind: String,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Any,
    Exact(String),
    Pattern(GlobMatcher),
}

impl KindRules {
    /// Reads the rules of the section and of its locations.
    pub fn new(section: &CatalogSection, directory: &Path) -> Result<Self, Fault> {
        let mut rules = match &section.rules {
            Some(rules) => rules.iter().map(Rule::new).collect::<Result<Vec<_>, _>>()?,
            None => vec![Rule {
                allow: DEFAULT_KINDS.into_iter().map(Allowed::kind).collect(),
                locations: None,
            }],
        };
        for location in &section.locations {
            for rule in location.rules.iter().flatten() {
                let target = absolute(directory, &location.kind, &location.target);
                rules.push(Rule {
                    allow: rule.allow.iter().map(|kind| Allowed::kind(kind)).collect(),
                    locations: Some(vec![Matcher {
                        kind: location.kind.clone(),
                        target: Target::Exact(target),
                    }]),
                });
            }
        }
        Ok(Self(rules))
    }

    /// Whether there is a location that this entity may come from.
    pub fn allow_somewhere(&self, value: &Value) -> bool {
        let kind = js::lowercase(entity::kind(value).unwrap_or_default());
        let spec_type = entity::spec_type(value).map(js::lowercase);
        self.0.iter().any(|rule| {
            let has_location = rule
                .locations
                .as_ref()
                .is_none_or(|locations| !locations.is_empty());
            has_location && rule.allows_kind(&kind, spec_type.as_deref())
        })
    }

    /// Whether this entity may come from the registered location `origin`.
    pub fn allow(&self, value: &Value, origin: &LocationRef) -> bool {
        let kind = js::lowercase(entity::kind(value).unwrap_or_default());
        let spec_type = entity::spec_type(value).map(js::lowercase);
        self.0
            .iter()
            .any(|rule| rule.allows(&kind, spec_type.as_deref(), origin))
    }
}

impl Rule {
    fn new(rule: &CatalogRule) -> Result<Self, Fault> {
        let allow = rule.allow.iter().map(Allowed::new).collect();
        let locations = match &rule.locations {
            Some(locations) => Some(
                locations
                    .iter()
                    .map(Matcher::new)
                    .collect::<Result<Vec<_>, _>>()?,
            ),
            None => None,
        };
        Ok(Self { allow, locations })
    }

    fn allows(&self, kind: &str, spec_type: Option<&str>, origin: &LocationRef) -> bool {
        self.locations
            .as_ref()
            .is_none_or(|all| all.iter().any(|one| one.matches(origin)))
            && self.allows_kind(kind, spec_type)
    }

    fn allows_kind(&self, kind: &str, spec_type: Option<&str>) -> bool {
        self.allow.iter().any(|allowed| {
            allowed.kind == kind
                && allowed
                    .spec_type
                    .as_deref()
                    .is_none_or(|wanted| Some(wanted) == spec_type)
        })
    }
}

impl Allowed {
    fn new(rule: &AllowRule) -> Self {
        match rule {
            AllowRule::Kind(kind) => Self::kind(kind),
            AllowRule::Typed(typed) => Self {
                kind: js::lowercase(&typed.kind),
                spec_type: typed.spec_type.as_deref().map(js::lowercase),
            },
        }
    }

    fn kind(kind: &str) -> Self {
        Self {
            kind: js::lowercase(kind),
            spec_type: None,
        }
    }
}

impl Matcher {
    fn new(location: &RuleLocation) -> Result<Self, Fault> {
        let target = match (&location.exact, &location.pattern) {
            (Some(_), Some(_)) => {
                return Err(Fault::error(
                    "A catalog rule location cannot have both exact and pattern values",
                ));
            }
            (Some(exact), None) => Target::Exact(exact.clone()),
            (None, Some(pattern)) => Target::Pattern(glob(pattern)?),
            (None, None) => Target::Any,
        };
        Ok(Self {
            kind: location.kind.clone(),
            target,
        })
    }

    fn matches(&self, origin: &LocationRef) -> bool {
        self.kind == origin.kind
            && match &self.target {
                Target::Any => true,
                Target::Exact(target) => *target == origin.target,
                Target::Pattern(pattern) => pattern.is_match(&origin.target),
            }
    }
}

fn glob(pattern: &str) -> Result<GlobMatcher, Fault> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .case_insensitive(true)
        .empty_alternates(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| {
            Fault::error(format!(
                "catalog.rules has the invalid pattern '{pattern}': {error}"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules(section: Value) -> Result<KindRules, Fault> {
        let section: CatalogSection = serde_json::from_value(section).unwrap();
        KindRules::new(&section, Path::new("/srv"))
    }

    #[test]
    fn rules_decide_by_kind_type_and_origin() {
        let check = |section: Value, kind: &str, spec_type: &str, origin: &str, expected: bool| {
            let entity = json!({"kind": kind, "metadata": {"name": "x"}, "spec": {"type": spec_type}});
            let origin = LocationRef::parse(origin).unwrap();
            assert_eq!(
                rules(section.clone()).unwrap().allow(&entity, &origin),
                expected,
                "{section} {kind} {origin}"
            );
        };
        let default = json!({});
        check(default.clone(), "API", "", "url:https://x/a.yaml", true);
        check(default, "Group", "", "url:https://x/a.yaml", false);
        let typed = json!({"rules": [{"allow": [{"kind": "component", "spec.type": "WEBSITE"}]}]});
        check(typed.clone(), "Component", "website", "file:/a", true);
        check(typed, "Component", "service", "file:/a", false);
        let pattern = json!({"rules": [{"allow": ["Template"], "locations": [{"type": "file", "pattern": "**/*-INVALID.yaml"}]}]});
        check(
            pattern.clone(),
            "Template",
            "",
            "file:/a/.b/mixed-invalid.yaml",
            true,
        );
        check(pattern, "Template", "", "file:/a/other.yaml", false);
        let none = json!({"rules": [{"allow": ["Template"], "locations": []}]});
        check(none, "Template", "", "file:/a", false);
        let own = json!({"rules": [], "locations": [{"type": "file", "target": "./t.yaml", "rules": [{"allow": ["Template"]}]}]});
        check(own.clone(), "Template", "", "file:/srv/t.yaml", true);
        check(own, "Template", "", "file:/srv/u.yaml", false);
    }

    #[test]
    fn exact_and_pattern_exclude_each_other() {
        let both = json!({"rules": [{"allow": ["API"], "locations": [{"type": "url", "exact": "a", "pattern": "b"}]}]});
        assert!(
            rules(both)
                .unwrap_err()
                .message
                .contains("both exact and pattern")
        );
    }
}
