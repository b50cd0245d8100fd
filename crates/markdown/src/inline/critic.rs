//! Marks of an editor: `{++added++}`, `{--taken away--}`, `{~~old~>new~~}`, `{==marked==}`, `{>>comment<<}`.

use super::{Inline, Node};
use crate::attributes;
use crate::context::Context;
use crate::escape::escape;

/// Longest text between two marks, in bytes.
const MAX_BYTES: usize = 4_000;

/// Most nodes among which the mark is looked for that opens a text.
const MAX_NODES: usize = 200;

const MARKS: [(&str, &str, &str); 5] = [
    ("{++", "++}", "ins"),
    ("{--", "--}", "del"),
    ("{~~", "~~}", ""),
    ("{==", "==}", "mark"),
    ("{>>", "<<}", "span"),
];

impl Inline<'_> {
    pub(super) fn critic(&mut self, context: &mut Context<'_, '_>) -> bool {
        let rest = self.rest();
        if self.is_behind_element()
            && let Some((_, length)) = attributes::leading(rest)
        {
            // Attributes of an emphasised text or icon: none of them is shown.
            self.at += length;
            return true;
        }
        let Some((open, close, tag)) = MARKS.iter().find(|(open, ..)| rest.starts_with(open)) else {
            return false;
        };
        let mut most = rest.len().min(MAX_BYTES);
        while !rest.is_char_boundary(most) {
            most -= 1;
        }
        let Some(end) = rest[open.len()..most].find(close) else {
            return false;
        };
        let inner = &rest[open.len()..open.len() + end];
        let line = self.line();
        let html = match *tag {
            "" => {
                let Some((old, new)) = inner.split_once("~>") else {
                    return false;
                };
                format!(
                    "<del>{}</del><ins>{}</ins>",
                    context.inline(old, line),
                    context.inline(new, line)
                )
            }
            "span" => format!("<span class=\"critic comment\">{}</span>", escape(inner)),
            tag => format!("<{tag}>{}</{tag}>", context.inline(inner, line)),
        };
        self.push_html(html, open.len() + end + close.len());
        true
    }

    /// Whether an element ends where the text is read.
    fn is_behind_element(&self) -> bool {
        match self.nodes.last() {
            Some(Node::Mark(mark)) if mark.closes_text() => {
                let before = self.nodes.iter().rev().skip(1).take(MAX_NODES);
                before
                    .filter_map(|node| match node {
                        Node::Mark(before) => Some(before),
                        _ => None,
                    })
                    .any(|before| before.opens(mark))
            }
            Some(Node::Html(html)) => html.ends_with("</sup>") || html.ends_with("</span>"),
            _ => false,
        }
    }
}
