//! What a site switches on beyond what is always read.

use crate::inline::punctuation::SmartPunctuation;
use crate::inline::short_links::ShortLinks;

/// What a site switches on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Blocks of code have numbers of lines unless they say otherwise.
    pub line_numbers: bool,
    /// Indented code has none, whatever fenced code has.
    pub plain_code: bool,
    /// Names of blocks between slashes (`/// name`), among them `tab`, `details`, `html`, `caption`, and kinds of notes.
    pub blocks: Vec<String>,
    /// Languages whose code is drawn by something else, with options of its own.
    pub fences: Vec<String>,
    /// Keys to press: `++ctrl+c++`.
    pub keys: bool,
    /// Icons of the theme: `:material-check:`. Without it they are a text.
    pub icons: bool,
    /// Lists as Git hosts read them: nested by any number of spaces, directly below a text, with the number they begin with.
    pub git_host: bool,
    /// Formulas: `$x$`, `\(x\)`, and blocks `$$x$$`, `\[x\]`. They stay TeX, in elements of the class `arithmatex`.
    pub math: bool,
    /// Short names of people, repositories and issues are links.
    pub short_links: Option<ShortLinks>,
    /// Quotes, dashes and dots are exchanged for those of typesetters.
    pub punctuation: Option<SmartPunctuation>,
}
