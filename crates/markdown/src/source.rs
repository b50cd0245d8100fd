//! A page before its blocks are read: alerts become notes, snippets are put in, fenced code and raw HTML are taken out.

mod alerts;
mod elements;
pub(crate) mod fences;
mod html;
mod snippets;

use crate::stash::Stash;
use crate::{LeftOut, Options, Snippets};

/// A line of the page and its number.
pub(crate) type Numbered = (String, u32);

/// The lines whose blocks are read, and what was taken out of them.
pub(crate) fn prepare(
    lines: Vec<Numbered>,
    options: &Options,
    snippets: &mut Snippets<'_>,
    left_out: &mut Vec<LeftOut>,
) -> (Vec<Numbered>, Stash) {
    let mut stash = Stash::default();
    let lines = alerts::to_notes(lines);
    let lines = snippets::put_in(lines, snippets, left_out);
    let lines = fences::take_out(lines, options, &mut stash);
    let lines = html::take_out(&lines, &mut stash);
    (lines, stash)
}
