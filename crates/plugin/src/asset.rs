//! Files that plugins bring for browsers.

use std::borrow::Cow;

/// A style sheet or script of a plugin. It is served under an address that carries the hash of its content, and
/// every page links it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Sort of file.
    pub kind: AssetKind,
    /// Content.
    pub text: Cow<'static, str>,
}

/// Sort of a plugin's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssetKind {
    /// Cascading styles.
    Style,
    /// An ECMAScript module.
    Script,
}
