//! What stands before a node: indicators, anchors, tags, blanks.

use super::{Composer, Outcome};
use crate::error::Fault;
use crate::token::{Kind, Span, Token};
use crate::tree::Node;

pub const COMMENT_SPACE: &str = "Comments must be separated from other tokens by white space characters";
const PROPERTY_SPACE: &str = "Tags and anchors must be separated from the next token by white space";
const TAB: &str = "Tabs are not allowed as indentation";

/// Where the tokens stand.
pub struct Place<'a> {
    /// The indicator that may be among them.
    pub indicator: Kind,
    pub next: Option<&'a Node>,
    /// What follows when no node does.
    pub next_token: Option<Token>,
    pub offset: usize,
    pub parent_indent: u32,
    /// Name of the flow collection around, for texts.
    pub flow: Option<&'static str>,
    pub starts_line: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Properties {
    pub comma: Option<Token>,
    pub found: Option<Token>,
    pub has_comment: bool,
    pub has_newline: bool,
    pub anchor: Option<Token>,
    pub tag: Option<Token>,
    pub newline_after: Option<Token>,
    pub end: usize,
    pub start: usize,
}

struct Reading {
    at_newline: bool,
    has_space: bool,
    needs_space: bool,
    tab: Option<Token>,
}

impl Composer<'_> {
    /// Reads the tokens before a node.
    pub(super) fn properties(&mut self, span: Span, place: &Place<'_>) -> Outcome<Properties> {
        let tokens = span.of(&self.tree.tokens);
        let mut out = Properties::default();
        let mut reading = Reading {
            at_newline: place.starts_line,
            has_space: place.starts_line,
            needs_space: false,
            tab: None,
        };
        for token in tokens {
            check_before(token, &mut reading)?;
            self.property(token, place, &mut out, &mut reading)?;
        }
        out.end = tokens.last().map_or(place.offset, |last| last.end as usize);
        out.start = match (out.anchor, out.tag) {
            (Some(anchor), Some(tag)) => anchor.start.min(tag.start) as usize,
            (Some(token), None) | (None, Some(token)) => token.start as usize,
            (None, None) => out.end,
        };
        check_after(place, &reading)?;
        Ok(out)
    }

    fn property(
        &mut self,
        token: &Token,
        place: &Place<'_>,
        out: &mut Properties,
        reading: &mut Reading,
    ) -> Outcome<()> {
        match token.kind {
            Kind::Space => {
                let root_flow =
                    place.indicator == Kind::DocumentStart && matches!(place.next, Some(Node::Flow { .. }));
                if place.flow.is_none() && !root_flow && token.text(self.text).contains('\t') {
                    reading.tab = Some(*token);
                }
                reading.has_space = true;
            }
            Kind::Comment => {
                if !reading.has_space {
                    return Err(Fault::token(token, "MISSING_CHAR", COMMENT_SPACE));
                }
                out.has_comment = true;
                reading.at_newline = false;
            }
            Kind::Newline => {
                reading.at_newline = true;
                reading.has_space = true;
                out.has_newline = true;
                if out.anchor.is_some() || out.tag.is_some() {
                    out.newline_after = Some(*token);
                }
            }
            Kind::Anchor | Kind::Tag => {
                self.anchor_or_tag(token, out)?;
                reading.at_newline = false;
                reading.has_space = false;
                reading.needs_space = true;
            }
            kind if kind == place.indicator => indicator(token, place, out, reading, self.text)?,
            Kind::Comma if place.flow.is_some() => {
                if out.comma.is_some() {
                    let message = format!("Unexpected , in {}", place.flow.unwrap_or_default());
                    return Err(Fault::token(token, "UNEXPECTED_TOKEN", message));
                }
                out.comma = Some(*token);
                reading.at_newline = false;
                reading.has_space = false;
            }
            kind => {
                let message = format!("Unexpected {} token", kind.name());
                return Err(Fault::token(token, "UNEXPECTED_TOKEN", message));
            }
        }
        Ok(())
    }

    fn anchor_or_tag(&mut self, token: &Token, out: &mut Properties) -> Outcome<()> {
        if token.kind == Kind::Tag {
            if out.tag.replace(*token).is_some() {
                return Err(Fault::token(
                    token,
                    "MULTIPLE_TAGS",
                    "A node can have at most one tag",
                ));
            }
            return Ok(());
        }
        if out.anchor.replace(*token).is_some() {
            return Err(Fault::token(
                token,
                "MULTIPLE_ANCHORS",
                "A node can have at most one anchor",
            ));
        }
        if token.text(self.text).ends_with(':') {
            self.warn(*token, "BAD_ALIAS", "Anchor ending in : is ambiguous".to_owned());
        }
        Ok(())
    }
}

fn indicator(
    token: &Token,
    place: &Place<'_>,
    out: &mut Properties,
    reading: &mut Reading,
    text: &str,
) -> Outcome<()> {
    let sign = token.text(text);
    if out.anchor.is_some() || out.tag.is_some() {
        let message = format!("Anchors and tags must be after the {sign} indicator");
        return Err(Fault::token(token, "BAD_PROP_ORDER", message));
    }
    if out.found.replace(*token).is_some() {
        let message = format!("Unexpected {sign} in {}", place.flow.unwrap_or("collection"));
        return Err(Fault::token(token, "UNEXPECTED_TOKEN", message));
    }
    reading.at_newline = matches!(place.indicator, Kind::Dash | Kind::Question);
    reading.has_space = false;
    Ok(())
}

fn check_before(token: &Token, reading: &mut Reading) -> Outcome<()> {
    if reading.needs_space && !matches!(token.kind, Kind::Space | Kind::Newline | Kind::Comma) {
        return Err(Fault::at(token.start as usize, "MISSING_CHAR", PROPERTY_SPACE));
    }
    reading.needs_space = false;
    match reading.tab.take() {
        Some(tab) if reading.at_newline && !matches!(token.kind, Kind::Comment | Kind::Newline) => {
            Err(Fault::token(&tab, "TAB_AS_INDENT", TAB))
        }
        _ => Ok(()),
    }
}

fn check_after(place: &Place<'_>, reading: &Reading) -> Outcome<()> {
    if reading.needs_space {
        let start = match place.next {
            Some(Node::Inline { token, .. }) if token.kind == Kind::Scalar && token.range().is_empty() => {
                None
            }
            Some(node) => Some(node.start()),
            None => place
                .next_token
                .filter(|token| !matches!(token.kind, Kind::Space | Kind::Newline | Kind::Comma))
                .map(|token| token.start),
        };
        if let Some(start) = start {
            return Err(Fault::at(start as usize, "MISSING_CHAR", PROPERTY_SPACE));
        }
    }
    let block = matches!(place.next, Some(Node::Map(_) | Node::Seq(_)));
    match &reading.tab {
        Some(tab) if (reading.at_newline && tab.indent <= place.parent_indent) || block => {
            Err(Fault::token(tab, "TAB_AS_INDENT", TAB))
        }
        _ => Ok(()),
    }
}
