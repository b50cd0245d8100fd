//! The scopes that mean something in this portal: of its plugins, and of their permissions.

use std::collections::BTreeSet;

use model::{Fault, Scope};
use plugin::Declaration;

/// Plugins and permissions that scopes may name.
#[derive(Debug, Clone, Default)]
pub struct KnownScopes {
    plugins: BTreeSet<String>,
    permissions: BTreeSet<&'static str>,
}

impl KnownScopes {
    /// Those of these plugins.
    pub fn of(declarations: &[Declaration]) -> Self {
        let permissions = declarations.iter().flat_map(|one| one.permissions);
        let permissions: BTreeSet<&str> = permissions.map(|permission| permission.name).collect();
        let ids = declarations.iter().map(|one| one.id.as_str());
        // The first word of a permission's name need not be the id of its plugin.
        let first_words = permissions.iter().filter_map(|name| name.split('.').next());
        Self {
            plugins: ids.chain(first_words).map(str::to_owned).collect(),
            permissions,
        }
    }

    /// The plugins, by name.
    pub(crate) fn plugins(&self) -> impl Iterator<Item = &str> {
        self.plugins.iter().map(String::as_str)
    }

    /// Refuses a scope of a plugin or permission that does not exist: a token with it would be good for nothing.
    pub(crate) fn check(&self, scope: &Scope) -> Result<(), Fault> {
        match scope {
            Scope::ReadOf(plugin) | Scope::WriteOf(plugin) if !self.plugins.contains(plugin) => {
                let known: Vec<&str> = self.plugins().collect();
                Err(Fault::input(format!(
                    "'{scope}' is about no plugin of this portal; they are {}",
                    known.join(", ")
                )))
            }
            Scope::Permission(name) if !self.permissions.contains(name.as_str()) => Err(Fault::input(
                format!("There is no permission '{name}' in this portal; /permissions lists them"),
            )),
            _ => Ok(()),
        }
    }
}
