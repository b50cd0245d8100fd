//! The name of a plugin.

use std::borrow::Cow;
use std::fmt;

/// Longest name, in characters.
const LONGEST: usize = 40;

/// A plugin's name. Its API is mounted at `/api/<id>`; its configuration, tables and metrics carry it too.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PluginId(Cow<'static, str>);

impl PluginId {
    /// The id of a built-in plugin.
    ///
    /// # Panics
    /// On a name that is none, at the first start of the program that has it.
    pub const fn built_in(name: &'static str) -> Self {
        assert!(
            is_name(name.as_bytes()),
            "a plugin's id is a-z, 0-9 and -, at most 40 characters"
        );
        Self(Cow::Borrowed(name))
    }

    /// The id of a plugin loaded at run time; nothing for a text that is no name: a lower-case letter, then
    /// up to 39 lower-case letters, digits or `-`.
    pub fn parse(name: &str) -> Option<Self> {
        is_name(name.as_bytes()).then(|| Self(Cow::Owned(name.to_owned())))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

const fn is_name(name: &[u8]) -> bool {
    if name.is_empty() || name.len() > LONGEST || !name[0].is_ascii_lowercase() {
        return false;
    }
    let mut at = 1;
    while at < name.len() {
        if !(name[at].is_ascii_lowercase() || name[at].is_ascii_digit() || name[at] == b'-') {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::PluginId;

    #[test]
    fn names_are_words_of_an_address() {
        for name in ["catalog", "user-settings", "k8s"] {
            assert_eq!(
                PluginId::parse(name).map(|id| id.to_string()).as_deref(),
                Some(name)
            );
        }
        for name in ["", "-x", "9x", "Catalog", "a b", "a/b", "ü", &"x".repeat(41)] {
            assert_eq!(PluginId::parse(name), None, "{name}");
        }
    }
}
