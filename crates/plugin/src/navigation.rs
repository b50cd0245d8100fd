//! Entries of the left navigation.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::{Decision, Permission};

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
    /// A number beside the text.
    pub count: Option<Counted>,
}

/// Counts what an entry of the navigation leads to. Answered from memory: it is part of every page.
pub trait NavigationCount: Send + Sync + 'static {
    /// The permission whose decision says what the caller may see of it.
    fn permission(&self) -> &'static Permission;
    /// The number for a caller about whom the policy decides like this; nothing is shown for 0.
    fn count(&self, decision: &Decision) -> usize;
    /// What is counted, after the number: `problems`.
    fn noun(&self) -> &'static str;
}

/// What counts for an entry of the navigation.
#[derive(Clone)]
pub struct Counted(pub Arc<dyn NavigationCount>);

impl fmt::Debug for Counted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Counted").field(&self.0.noun()).finish()
    }
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
            count: None,
        }
    }

    /// With a number beside the text.
    pub fn counted(mut self, count: Arc<dyn NavigationCount>) -> Self {
        self.count = Some(Counted(count));
        self
    }

    /// Shown only to callers who have this permission.
    pub const fn needs(mut self, permission: &'static Permission) -> Self {
        self.needs = Some(permission);
        self
    }
}
