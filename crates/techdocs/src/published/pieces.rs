//! HTML as a list of tags and texts, read as browsers read it.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use markdown::escape;

/// Elements without content.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
];

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// The beginning of an element.
    Start(Tag),
    /// The end of an element of this name.
    End(String),
    /// A text, without entities.
    Text(String),
}

/// The beginning of an element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// It has no content, and no end.
    pub(crate) is_void: bool,
}

impl Tag {
    /// The value of an attribute.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Its classes.
    pub(crate) fn classes(&self) -> impl Iterator<Item = &str> {
        self.get("class").unwrap_or_default().split_ascii_whitespace()
    }

    /// Whether it has a class.
    pub(crate) fn is_a(&self, class: &str) -> bool {
        self.classes().any(|own| own == class)
    }

    /// As HTML.
    pub(crate) fn write(&self, html: &mut String) {
        html.push('<');
        html.push_str(&self.name);
        for (name, value) in &self.attributes {
            html.push_str(&format!(" {name}=\"{}\"", escape(value)));
        }
        html.push('>');
    }
}

/// Reads a page.
pub(crate) fn read(html: &str) -> Vec<Piece> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Pieces::default(), TokenizerOpts::default());
    // The sink never asks for a pause.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// Where the pieces from `start` on end that belong to the element which begins there: behind its end.
pub(crate) fn end_of(pieces: &[Piece], start: usize) -> usize {
    let Some(Piece::Start(tag)) = pieces.get(start) else {
        return start + 1;
    };
    if tag.is_void {
        return start + 1;
    }
    let mut depth = 0_usize;
    for (at, piece) in pieces.iter().enumerate().skip(start) {
        match piece {
            Piece::Start(inner) if inner.name == tag.name && !inner.is_void => depth += 1,
            Piece::End(name) if *name == tag.name => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    pieces.len()
}

/// The text of pieces, without that of elements that are left out.
pub(crate) fn text_of(pieces: &[Piece], leave_out: impl Fn(&Tag) -> bool) -> String {
    let mut text = String::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        match piece {
            Piece::Start(tag) if leave_out(tag) => {
                at = end_of(pieces, at);
                continue;
            }
            Piece::Text(part) => text.push_str(part),
            Piece::Start(tag) if tag.name == "br" => text.push('\n'),
            _ => {}
        }
        at += 1;
    }
    text
}

/// A text in one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Pieces(RefCell<Vec<Piece>>);

impl Pieces {
    fn text(&self, more: &str) {
        let mut pieces = self.0.borrow_mut();
        match pieces.last_mut() {
            Some(Piece::Text(text)) => text.push_str(more),
            _ => pieces.push(Piece::Text(more.to_owned())),
        }
    }

    fn tag(&self, tag: html5ever::tokenizer::Tag) -> TokenSinkResult<()> {
        let name = tag.name.to_string();
        if tag.kind == TagKind::EndTag {
            self.0.borrow_mut().push(Piece::End(name));
            return TokenSinkResult::Continue;
        }
        let raw = match name.as_str() {
            "script" => Some(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => Some(RawKind::Rawtext),
            "title" | "textarea" => Some(RawKind::Rcdata),
            _ => None,
        };
        let attributes = tag.attrs.iter();
        let attributes = attributes.map(|one| (one.name.local.to_string(), one.value.to_string()));
        let piece = Tag {
            is_void: tag.self_closing || VOID.contains(&name.as_str()),
            attributes: attributes.collect(),
            name,
        };
        self.0.borrow_mut().push(Piece::Start(piece));
        raw.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }
}

impl TokenSink for Pieces {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => return self.tag(tag),
            Token::CharacterTokens(text) => self.text(&text),
            Token::NullCharacterToken
            | Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_texts_and_entities_are_letters() {
        let pieces =
            read("<!doctype html><p class='a b'>1 &amp; 2<script>if (a < b) { '<p>' }</script><br>3");
        let texts: Vec<&str> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(texts, ["1 & 2", "if (a < b) { '<p>' }", "3"]);
        assert!(matches!(&pieces[0], Piece::Start(tag) if tag.is_a("b") && !tag.is_a("c")));
        assert_eq!(text_of(&pieces, |tag| tag.name == "script"), "1 & 2\n3");
    }

    #[test]
    fn an_element_ends_at_its_own_end() {
        let pieces = read("<div><div>a</div><img><br/></div>b");
        assert_eq!(end_of(&pieces, 0), 7);
        assert_eq!(end_of(&pieces, 1), 4);
        assert_eq!(end_of(&read("<div>open"), 0), 2);
    }
}
