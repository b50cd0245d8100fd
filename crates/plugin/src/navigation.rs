//! Entries of the left navigation.

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
    pub title: &'static str,
    /// Path the link leads to; also marks the entry as current for pages below it. With a query, the
    /// entry is current for that path when the page's address has the same parameters.
    pub path: &'static str,
    /// Name of an icon of the `ui` crate.
    pub icon: &'static str,
    /// Where the entry stands.
    pub section: NavigationSection,
    /// Order within the section, low first.
    pub order: i32,
}
