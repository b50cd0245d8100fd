//! Markdown as Python-Markdown and the extensions of documentation sites read it, to HTML. No IO.
//!
//! The block grammar is that of Python-Markdown: a list does not interrupt a paragraph, items are continued by
//! indentation, a heading needs no blank line around it. Of the extensions there are those that documentation sites use:
//! fenced code with titles, tables, admonitions, foldable notes, tabs, footnotes, definition lists, attribute lists, task lists,
//! marks, emoji, abbreviations, front matter and GitHub's alerts.
//!
//! Raw HTML is passed on. **The result is not safe to show**: who shows it sanitises it.
//!
//! No input makes the parser panic. Nesting is bounded, and what is searched for again and again has a budget, so that the time grows
//! about with the length of a text; the tests hold a list of hostile texts to that, which is no proof for all others.

mod attributes;
mod blocks;
mod context;
mod escape;
mod inline;
mod lines;
mod math;
mod options;
mod slug;
mod source;
mod stash;
mod tree;
mod write;

pub use escape::{escape, escape_into, unescape};
pub use inline::punctuation::SmartPunctuation;
pub use inline::short_links::{GitHost, ShortLinks};
pub use options::Options;
pub use slug::slug;

use std::rc::Rc;

use blocks::Blocks;
use context::Context;
use lines::Line;
use stash::Stash;
use tree::{Id, ROOT, Tree};
use write::Writer;

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

/// Something that is not in a page, because a bound is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The line from which on it is left out, from 1 on.
    pub line: u32,
    /// The bound, as a sentence without a full stop.
    pub reason: String,
}

/// A page that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The page as HTML.
    pub html: String,
    /// Its headings, in their order.
    pub headings: Vec<Heading>,
    /// The YAML before the text, without the lines of dashes, or the lines `key: value`.
    pub front_matter: Option<String>,
    /// What is not in it, because a bound is met.
    pub left_out: Vec<LeftOut>,
}

/// A part of a file that a page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snippet<'a> {
    /// The file and which part of it, as the page writes it.
    pub name: &'a str,
    /// The file alone.
    pub path: &'a str,
    /// The line that asks for it, from 1 on.
    pub line: u32,
}

/// Files that pages take parts of: gives the text of a file, or nothing if there is none.
pub type Snippets<'a> = dyn FnMut(Snippet<'_>) -> Option<String> + 'a;

/// Reads a text as Git hosts do. References are written as they stand, and there are no snippets.
pub fn render(text: &str) -> Document {
    let options = Options {
        git_host: true,
        ..Options::default()
    };
    render_with(text, &options, &mut |_| None, &mut |_| None)
}

/// Reads a page; `resolve` says where references lead, `snippets` which files there are.
pub fn render_with(
    text: &str,
    options: &Options,
    resolve: &mut Resolve<'_>,
    snippets: &mut Snippets<'_>,
) -> Document {
    let mut left_out = Vec::new();
    let text = bounded(text.strip_prefix('\u{feff}').unwrap_or(text), &mut left_out);
    let (front_matter, text, first_line) = if options.git_host {
        lines::split_front_matter(text)
    } else {
        lines::split_metadata(text)
    };
    let lines = lines::expanded(text, first_line);
    let (lines, stash) = source::prepare(lines, options, snippets, &mut left_out);
    let stash = Rc::new(stash);
    let mut context = Context::new(resolve, stash.clone(), options);
    let html = written(&lines, &stash, options, &mut context);
    left_out.extend(stash.is_cut().then(too_much_html));
    Document {
        html,
        headings: context.headings,
        front_matter: front_matter.map(str::to_owned),
        left_out,
    }
}

/// What stands before the text of a page of MkDocs, as YAML or as lines `key: value`, and the text.
pub fn without_metadata(text: &str) -> (&str, &str) {
    let (before, text, _) = lines::split_metadata(text);
    (before.unwrap_or_default(), text)
}

fn written(
    lines: &[(String, u32)],
    stash: &Stash,
    options: &Options,
    context: &mut Context<'_, '_>,
) -> String {
    let lines: Vec<Line<'_>> = lines
        .iter()
        .map(|(text, number)| Line {
            text,
            number: *number,
        })
        .collect();
    let mut blocks = Blocks::new(context, stash, options);
    blocks.chunk(ROOT, &lines);
    let mut tree = blocks.tree;
    let texts: Vec<Vec<(String, u32)>> = context
        .footnotes
        .iter_mut()
        .map(|(_, footnote)| std::mem::take(&mut footnote.text))
        .collect();
    let mut notes = Tree::new();
    let bodies = footnotes(&texts, stash, options, context, &mut notes);
    context.know_abbreviations();
    let mut writer = Writer {
        tree: &mut tree,
        context,
        wanted: Vec::new(),
    };
    let mut html = writer.children(ROOT);
    let wanted = std::mem::take(&mut writer.wanted);
    let mut writer = Writer {
        tree: &mut notes,
        context,
        wanted,
    };
    html.push_str(&writer.footnotes(&bodies));
    writer.with_ids(&html)
}

/// Reads the texts of footnotes, each into an element of a tree of their own.
fn footnotes<'a>(
    texts: &'a [Vec<(String, u32)>],
    stash: &'a Stash,
    options: &'a Options,
    context: &mut Context<'_, '_>,
    tree: &mut Tree<'a>,
) -> Vec<Id> {
    let mut blocks = Blocks::new(context, stash, options);
    let mut bodies = Vec::with_capacity(texts.len());
    for text in texts {
        let lines: Vec<Line<'_>> = text
            .iter()
            .map(|(text, number)| Line {
                text,
                number: *number,
            })
            .collect();
        let body = blocks.tree.add_tag(ROOT, "div");
        blocks.chunk(body, &lines);
        bodies.push(body);
    }
    *tree = blocks.tree;
    bodies
}

fn bounded<'t>(text: &'t str, left_out: &mut Vec<LeftOut>) -> &'t str {
    let read = &text[..text.floor_char_boundary(MAX_BYTES)];
    if read.len() < text.len() {
        let line = read.bytes().filter(|byte| *byte == b'\n').count() + 1;
        left_out.push(LeftOut {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            reason: format!(
                "The page has {} bytes, and the first {MAX_BYTES} are read",
                text.len()
            ),
        });
    }
    read
}

fn too_much_html() -> LeftOut {
    LeftOut {
        line: 1,
        reason: format!(
            "The raw HTML and code of the page are more than {} bytes",
            stash::MAX_WRITTEN
        ),
    }
}
