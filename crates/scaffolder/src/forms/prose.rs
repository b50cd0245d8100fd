//! Descriptions and help as templates write them: paragraphs with code, bold words and links. Anything else of Markdown
//! stays as it is written.

use maud::{Markup, html};

/// Longer texts are shown as they are.
const LONGEST: usize = 10_000;

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    Code(&'a str),
    Bold(&'a str),
    /// What is read, and where it leads.
    Link(&'a str, &'a str),
}

/// A text with its code, bold words and links.
pub(crate) fn prose(text: &str) -> Markup {
    html! {
        @for piece in pieces(text) {
            @match piece {
                Piece::Plain(text) => (text),
                Piece::Code(text) => { code.inline { (text) } },
                Piece::Bold(text) => { strong { (text) } },
                Piece::Link(text, href) => { a href=(href) target="_blank" rel="noopener noreferrer" { (text) } },
            }
        }
    }
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut plain) = (text, 0);
    while let Some(sign) = rest[plain..].chars().next().filter(|_| text.len() <= LONGEST) {
        match special(&rest[plain..]) {
            Some((piece, length)) => {
                if plain > 0 {
                    found.push(Piece::Plain(&rest[..plain]));
                }
                found.push(piece);
                rest = &rest[plain + length..];
                plain = 0;
            }
            None => plain += sign.len_utf8(),
        }
    }
    if !rest.is_empty() {
        found.push(Piece::Plain(rest));
    }
    found
}

/// The piece that a text begins with if it is not plain, and its length.
fn special(text: &str) -> Option<(Piece<'_>, usize)> {
    if let Some(inner) = enclosed(text, "`", "`") {
        return Some((Piece::Code(inner), inner.len() + 2));
    }
    if let Some(inner) = enclosed(text, "**", "**") {
        return Some((Piece::Bold(inner), inner.len() + 4));
    }
    if let Some(words) = enclosed(text, "[", "](") {
        let href = enclosed(&text[words.len() + 2..], "(", ")").filter(|href| is_address(href))?;
        return Some((Piece::Link(words, href), words.len() + href.len() + 4));
    }
    if !text.starts_with("http") {
        return None;
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let address = text[..end].trim_end_matches(['.', ',', ')', ';', ':', '!', '?', '>', '"', '\'']);
    is_address(address).then_some((Piece::Link(address, address), address.len()))
}

fn enclosed<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let inner = text.strip_prefix(open)?;
    let inner = &inner[..inner.find(close)?];
    (!inner.is_empty() && !inner.contains('\n')).then_some(inner)
}

/// Only addresses of the web lead away.
fn is_address(text: &str) -> bool {
    let has_scheme = text.starts_with("https://") || text.starts_with("http://");
    has_scheme && url::Url::parse(text).is_ok_and(|url| url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_bold_words_and_links_are_found_and_nothing_else() {
        let text =
            "As in `kubectl`, **not** [the docs](https://docs.example.com/a?b=c): see https://example.com/x.";
        let expected = [
            Piece::Plain("As in "),
            Piece::Code("kubectl"),
            Piece::Plain(", "),
            Piece::Bold("not"),
            Piece::Plain(" "),
            Piece::Link("the docs", "https://docs.example.com/a?b=c"),
            Piece::Plain(": see "),
            Piece::Link("https://example.com/x", "https://example.com/x"),
            Piece::Plain("."),
        ];
        assert_eq!(pieces(text), expected);
        for plain in [
            "[a](javascript:alert(1))",
            "odd ` one",
            "5 ** 2",
            "http://",
            "[a]",
            "Ä ö",
            "",
        ] {
            assert!(
                pieces(plain).iter().all(|piece| matches!(piece, Piece::Plain(_))),
                "{plain}"
            );
        }
        assert_eq!(prose("`<b>`").0, "<code class=\"inline\">&lt;b&gt;</code>");
    }
}
