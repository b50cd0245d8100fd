//! What a token is good for, of all that its holder may do.

use std::fmt::{self, Display};
use std::str::FromStr;

use crate::Fault;

/// Longest word for a scope, in bytes.
const LONGEST: usize = 100;

/// One thing that a token is good for. The holder needs the permission itself, too: a scope gives nothing, it leaves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// `all`: everything that its holder may do.
    All,
    /// `read`: every permission to read, and every route that only reads.
    Read,
    /// `catalog:read`: the same of one plugin.
    ReadOf(String),
    /// `catalog:write`: everything of one plugin, reading too.
    WriteOf(String),
    /// `catalog.entity.refresh`: one permission, by its name.
    Permission(String),
}

impl Scope {
    /// Whether it leaves a permission of this name. The first word of the name is the plugin's, for example `catalog`.
    pub fn leaves(&self, permission: &str, is_reading: bool) -> bool {
        let plugin = permission.split('.').next().unwrap_or_default();
        match self {
            Self::Permission(name) => name == permission,
            _ => self.opens(plugin, is_reading),
        }
    }

    /// Whether it opens a route of a plugin that needs no permission.
    pub fn opens(&self, plugin: &str, is_reading: bool) -> bool {
        match self {
            Self::All => true,
            Self::Read => is_reading,
            Self::ReadOf(of) => is_reading && of == plugin,
            Self::WriteOf(of) => of == plugin,
            Self::Permission(_) => false,
        }
    }

    /// Whether it names this permission or its plugin.
    pub fn names(&self, permission: &str) -> bool {
        !matches!(self, Self::All | Self::Read) && self.leaves(permission, true)
    }
}

impl Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => formatter.write_str("all"),
            Self::Read => formatter.write_str("read"),
            Self::ReadOf(plugin) => write!(formatter, "{plugin}:read"),
            Self::WriteOf(plugin) => write!(formatter, "{plugin}:write"),
            Self::Permission(name) => formatter.write_str(name),
        }
    }
}

impl FromStr for Scope {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let is_plain = |word: &str| {
            let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            word.starts_with(|first: char| first.is_ascii_lowercase()) && word.bytes().all(is_fine)
        };
        let scope = match text.split_once(':') {
            None if text == "all" => Self::All,
            None if text == "read" => Self::Read,
            None if text.contains('.') && text.split('.').all(is_plain) => Self::Permission(text.to_owned()),
            Some((plugin, "read")) if is_plain(plugin) => Self::ReadOf(plugin.to_owned()),
            Some((plugin, "write")) if is_plain(plugin) => Self::WriteOf(plugin.to_owned()),
            _ => return Err(no_scope(text)),
        };
        if text.len() > LONGEST {
            return Err(no_scope(text));
        }
        Ok(scope)
    }
}

fn no_scope(text: &str) -> Fault {
    let text: String = text.chars().take(LONGEST).collect();
    Fault::input(format!(
        "'{text}' is no scope; write 'all', 'read', '<plugin>:read', '<plugin>:write' or the name of a permission"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_written() {
        for word in [
            "all",
            "read",
            "catalog:read",
            "user-settings:write",
            "catalog.entity.refresh",
        ] {
            assert_eq!(word.parse::<Scope>().unwrap().to_string(), word);
        }
        let long = format!("a.{}", "b".repeat(200));
        for wrong in [
            "",
            "write",
            "catalog",
            "catalog:admin",
            ":read",
            "a b:read",
            "a..b",
            ".",
            "Ü:read",
            &long,
        ] {
            let fault = wrong.parse::<Scope>().unwrap_err();
            assert!(fault.message.contains("is no scope"), "{wrong}: {fault}");
        }
    }

    #[test]
    fn a_scope_leaves_what_it_names_and_no_more() {
        let check = |word: &str, permission: &str, is_reading: bool, expected: bool| {
            let scope: Scope = word.parse().unwrap();
            assert_eq!(
                scope.leaves(permission, is_reading),
                expected,
                "{word} {permission}"
            );
        };
        check("all", "catalog.entity.delete", false, true);
        check("read", "catalog.entity.read", true, true);
        check("read", "catalog.entity.delete", false, false);
        check("catalog:read", "catalog.entity.read", true, true);
        check("catalog:read", "catalog.entity.delete", false, false);
        check("catalog:read", "scaffolder.task.read", true, false);
        check("catalog:write", "catalog.entity.delete", false, true);
        check("catalog:write", "catalog.entity.read", true, true);
        check("catalog:write", "catalogue.entity.read", true, false);
        check("catalog.entity.refresh", "catalog.entity.refresh", false, true);
        check("catalog.entity.refresh", "catalog.entity.read", true, false);
    }

    #[test]
    fn a_name_of_a_permission_opens_no_other_route() {
        let scope: Scope = "catalog.entity.refresh".parse().unwrap();
        assert!(!scope.opens("catalog", true) && scope.names("catalog.entity.refresh"));
        assert!(!Scope::All.names("catalog.entity.refresh") && !Scope::Read.names("catalog.entity.read"));
    }
}
