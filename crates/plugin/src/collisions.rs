//! Two plugins must not claim the same name. Whoever starts the portal reads which two do.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use crate::{Collected, Declaration, Face, Of, PluginId, Routes};

/// Names that two plugins claim.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("plugins claim the same name: {}", .0.join("; "))]
pub struct Collisions(pub Vec<String>);

/// Refuses ids, kinds and sections of the configuration that two declarations claim.
pub fn refuse_same_declarations(all: &[Declaration]) -> Result<(), Collisions> {
    let mut found = Claims::default();
    for declaration in all {
        let plugin = &declaration.id;
        found.claim("plugin id", plugin, plugin);
        for kind in &declaration.kinds {
            for version in kind.api_versions() {
                found.claim("entity kind", &format!("{version} {}", kind.kind()), plugin);
            }
        }
        if let Some(section) = &declaration.config {
            found.claim("configuration section", section.path(), plugin);
        }
        for permission in declaration.permissions {
            found.claim("permission", permission.name, plugin);
        }
    }
    found.end()
}

impl Collected {
    /// Refuses names that two contributions claim. `reserved_tabs` are the paths of the tabs that every entity
    /// has, `reserved_columns` the names of columns and filters that every list has.
    pub fn refuse_collisions(
        &self,
        catalog: &PluginId,
        reserved_tabs: &[&str],
        reserved_columns: &[&str],
    ) -> Result<(), Collisions> {
        let mut found = Claims::default();
        for path in reserved_tabs {
            found.claim("entity tab", path, catalog);
        }
        for name in reserved_columns {
            found.claim("column of lists", name, catalog);
        }
        found.all("API mount", &self.routes, |routes| routes.plugin().to_string());
        for Of { plugin, part } in &self.routes {
            for row in part.table() {
                found.claim("route", row, plugin);
            }
        }
        self.claim_rows_of_every_api(&mut found);
        found.all("authenticator", &self.authenticators, |one| one.name().to_owned());
        found.all("entity tab", &self.entity_tabs, |tab| {
            tab.place().path.to_string()
        });
        found.all("entity card", &self.entity_cards, |card| {
            card.place().path.to_string()
        });
        found.all("column of lists", &self.entity_states, |states| {
            states.column().name.to_owned()
        });
        found.all("home card", &self.home_cards, |card| {
            card.place().path.to_string()
        });
        found.all("settings section", &self.settings_sections, |section| {
            section.place().path.to_string()
        });
        found.all("navigation entry", &self.navigation, |item| item.path.to_string());
        found.all("palette command", &self.palette_commands, |command| {
            command.title.to_string()
        });
        found.all("type of search document", &self.search_sources, |source| {
            source.document_type().to_owned()
        });
        found.all("action", &self.actions, |action| action.id().to_owned());
        found.all("kind of job", &self.jobs, |job| job.kind().to_owned());
        found.all("schedule", &self.schedules, |schedule| schedule.name().to_owned());
        found.all("live topic", &self.live_topics, |topic| topic.name.to_string());
        found.all("type of things", &self.conditional_things, |things| {
            things.resource().to_owned()
        });
        found.all("health check", &self.health_checks, |check| {
            check.name().to_owned()
        });
        found.end()
    }

    /// A row of every API must not be a row of one.
    fn claim_rows_of_every_api(&self, found: &mut Claims) {
        let mut everywhere = HashSet::new();
        for Of { plugin, part } in &self.rows_of_every_api {
            for row in Routes::new(plugin.clone()).api(part.rows()).table() {
                let name = format!("{} {}", row.method, row.path);
                found.claim("route of every API", &name, plugin);
                everywhere.insert(name);
            }
        }
        for row in self.routes.iter().flat_map(|of| of.part.table()) {
            let name = format!("{} {}", row.method, row.path);
            if row.face == Face::Api && everywhere.contains(&name) {
                found.claim("route of every API", &name, &row.plugin);
            }
        }
    }
}

#[derive(Default)]
struct Claims {
    owners: HashMap<(&'static str, String), PluginId>,
    collisions: Vec<String>,
}

impl Claims {
    fn all<T>(&mut self, point: &'static str, parts: &[Of<T>], name: impl Fn(&T) -> String) {
        for Of { plugin, part } in parts {
            self.claim(point, &name(part), plugin);
        }
    }

    fn claim(&mut self, point: &'static str, name: &(impl Display + ?Sized), plugin: &PluginId) {
        let name = name.to_string();
        let Some(other) = self.owners.insert((point, name.clone()), plugin.clone()) else {
            return;
        };
        let who = if other == *plugin {
            format!("twice by {plugin}")
        } else {
            format!("by {other} and by {plugin}")
        };
        self.collisions
            .push(format!("the {point} \"{name}\" is claimed {who}"));
    }

    fn end(self) -> Result<(), Collisions> {
        if self.collisions.is_empty() {
            Ok(())
        } else {
            Err(Collisions(self.collisions))
        }
    }
}
