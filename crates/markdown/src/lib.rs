//! Markdown as Python-Markdown and the extensions of documentation sites read it, to HTML. No IO.
//!
//! The block grammar is that of Python-Markdown: a list does not interrupt a paragraph, items are continued by
//! indentation, a heading needs no blank line around it. Of the extensions there are those that documentation sites use:
//! fenced code with titles, tables, admonitions, foldable notes, tabs, footnotes, definition lists, attribute lists, task lists,
//! marks, emoji, abbreviations, front matter and GitHub's alerts.
//!
//! Raw HTML is passed on. **The result is not safe to show**: who shows it sanitises it.
//!
//! No input makes the parser panic or need more than about linear time: nesting is bounded, and what has to be searched
//! for has a budget.

mod attributes;
mod blocks;
mod containers;
mod context;
mod definitions;
mod escape;
mod fences;
mod headings;
mod html_blocks;
mod inline;
mod lines;
mod lists;
mod math;
mod slug;
mod tables;

pub use escape::{escape, unescape};
pub use slug::slug;

use context::Context;

/// Longest text that is read, in bytes. What comes behind is left out.
pub const MAX_BYTES: usize = 4 << 20;

/// What a link or image points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Something to go to.
    Link,
    /// Something to show.
    Image,
}

/// A link or image as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'a> {
    /// What it is.
    pub target: Target,
    /// Its address.
    pub address: &'a str,
    /// The line it is in, from 1 on.
    pub line: u32,
}

/// Where references lead: gets one, and gives the address to write, or nothing to leave it as it is.
pub type Resolve<'a> = dyn FnMut(Reference<'_>) -> Option<String> + 'a;

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// From 1 to 6.
    pub level: u8,
    /// Its id in the page.
    pub id: String,
    /// Its text without marks.
    pub text: String,
    /// The line it is in, from 1 on.
    pub line: u32,
}

/// A page that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The page as HTML.
    pub html: String,
    /// Its headings, in their order.
    pub headings: Vec<Heading>,
    /// The YAML before the text, without the lines of dashes.
    pub front_matter: Option<String>,
}

/// Reads a page. References are written as they stand.
pub fn render(text: &str) -> Document {
    render_with(text, &mut |_| None)
}

/// Reads a page; `resolve` says where references lead.
pub fn render_with(text: &str, resolve: &mut Resolve<'_>) -> Document {
    read(text, Context::new(resolve))
}

/// Like [`render_with`], and reads formulas too. They stay TeX, in elements of the class `arithmatex`: between `\(` and `\)` within
/// text, between `\[` and `\]` as a block.
pub fn render_with_math(text: &str, resolve: &mut Resolve<'_>) -> Document {
    let mut context = Context::new(resolve);
    context.math = true;
    read(text, context)
}

fn read(text: &str, mut context: Context<'_, '_>) -> Document {
    let text = bounded(text.strip_prefix('\u{feff}').unwrap_or(text));
    let (front_matter, text, first_line) = lines::split_front_matter(text);
    let expanded = lines::expand(text);
    let lines = lines::split(&expanded, first_line);
    let lines = definitions::collect(&mut context, &lines);
    let mut html = context.blocks(&lines, 0, false);
    html.push_str(&context.footnotes());
    Document {
        html,
        headings: context.headings,
        front_matter: front_matter.map(str::to_owned),
    }
}

fn bounded(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
