//! Entries of the left navigation.

use std::borrow::Cow;

use crate::Permission;

/// Where in the navigation an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NavigationSection {
    /// Home, Catalog, APIs, Docs, Create.
    Main,
    /// What plugins add.
    Plugins,
    /// Sources, problems, configuration.
    Administration,
    /// Settings, below everything else.
    Footer,
}

/// One link of the left navigation.
#[derive(Debug, Clone)]
pub struct NavigationItem {
    /// Text of the link.
    pub title: Cow<'static, str>,
    /// Path the link leads to; also marks the entry as current for pages below it. With a query, the
    /// entry is current for that path when the page's address has the same parameters.
    pub path: Cow<'static, str>,
    /// Name of an icon of the `ui` crate.
    pub icon: Cow<'static, str>,
    /// Where the entry stands.
    pub section: NavigationSection,
    /// Order within the section, low first.
    pub order: i32,
    /// The permission without which a caller does not see the entry.
    pub needs: Option<&'static Permission>,
}

impl NavigationItem {
    /// An entry of a built-in plugin.
    pub const fn new(
        title: &'static str,
        path: &'static str,
        icon: &'static str,
        section: NavigationSection,
        order: i32,
    ) -> Self {
        Self {
            title: Cow::Borrowed(title),
            path: Cow::Borrowed(path),
            icon: Cow::Borrowed(icon),
            section,
            order,
            needs: None,
        }
    }

    /// Shown only to callers who have this permission.
    pub const fn needs(mut self, permission: &'static Permission) -> Self {
        self.needs = Some(permission);
        self
    }
}
